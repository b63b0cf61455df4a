//! What stands in several places, compared: `exports.rs` with `Native.kt`, `Constants.kt` and `sys.rs` with the C ABI, and the
//! rule that every export is guarded. Each comparison is shown something that has drifted, and must see it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use moretta_ffi::{CONSTANTS, STRUCTS};

use crate::sys;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn kotlin(file: &str) -> String {
    read(&format!("../android/moretta/src/main/kotlin/dev/moretta/{file}"))
}

/// Name and types of each function of a source in which `start` begins one.
fn functions(source: &str, start: &str, word: impl Fn(&str) -> String) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for function in source.split(start).skip(1) {
        let (name, rest) = function.split_once('(').unwrap();
        let (parameters, rest) = rest.split_once(')').unwrap();
        let end = rest.find(['{', '\n', ';']).unwrap_or(rest.len());
        let returns = rest[..end].trim().trim_start_matches([':', '-', '>']).trim();
        let types = parameters.split(',').filter_map(|it| it.split_once(": "));
        let mut types: Vec<_> = types.map(|(_, of)| word(of.trim())).collect();
        types.push(word(returns));
        let name = name.split('<').next().unwrap().to_owned();
        found.insert(name, types);
    }
    found
}

fn exports(source: &str) -> BTreeMap<String, Vec<String>> {
    // A comma inside of a type would look like another parameter.
    let source = source.replace("JObjectArray<'local, JByteBuffer<'local>>", "Buffers");
    let words = |of: &str| {
        let simple = of.replace("<'local>", "");
        let word = match simple.as_str() {
            "jint" => "Int",
            "jlong" => "Long",
            "jfloat" => "Float",
            "JString" => "String",
            "JByteBuffer" => "ByteBuffer",
            "JLongArray" => "LongArray",
            "JFloatArray" => "FloatArray",
            "JObject" => "android.view.Surface",
            "Buffers" => "Array<ByteBuffer>",
            other => other,
        };
        word.to_owned()
    };
    let mut found = functions(&source, "extern \"system\" fn Java_dev_moretta_Native_", words);
    for types in found.values_mut() {
        assert_eq!(types.drain(..2).collect::<Vec<_>>(), ["EnvUnowned", "JClass"]);
    }
    found
}

fn natives(source: &str) -> BTreeMap<String, Vec<String>> {
    functions(source, "@JvmStatic external fun ", |of| {
        of.trim_end_matches('?').to_owned()
    })
}

#[test]
fn exports_are_what_kotlin_declares() {
    let (rust, kotlin) = (read("src/exports.rs"), kotlin("Native.kt"));
    assert_eq!(exports(&rust), natives(&kotlin));
    assert!(exports(&rust).len() > 25, "{}", exports(&rust).len());
    for (from, to) in [
        ("effect: Long)", "effect: Int)"),
        ("fun tap(session: Long)", "fun tap()"),
        (
            "fun poll(session: Long, timeoutMs: Int",
            "fun poll(timeoutMs: Int, session: Long",
        ),
        ("@JvmStatic external fun wipeAll()", ""),
        ("fun check(session: Long): Int", "fun check(session: Long): Long"),
    ] {
        assert!(kotlin.contains(from), "{from}");
        assert_ne!(exports(&rust), natives(&kotlin.replace(from, to)), "{to}");
    }
}

/// The exports that do anything outside of the guard: their body is one call of it.
fn unguarded(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for function in source.split("extern \"system\" fn ").skip(1) {
        let name = function.split(['(', '<']).next().unwrap();
        let body = function
            .split_once(" {\n")
            .unwrap()
            .1
            .split_once("\n}")
            .unwrap()
            .0;
        let inner = body.trim().trim_end_matches(';');
        let statements = body
            .lines()
            .filter(|line| line.starts_with("    ") && !line.starts_with("     "));
        let one = statements
            .filter(|line| !line.trim_start().starts_with('}'))
            .count()
            == 1;
        if !inner.starts_with("entry(env, |") || !inner.ends_with(')') || !one {
            found.push(name.to_owned());
        }
    }
    found
}

#[test]
fn every_export_is_guarded() {
    assert_eq!(unguarded(&read("src/exports.rs")), [""; 0]);
    let head = "extern \"system\" fn a(env: E) -> jint {\n";
    assert_eq!(
        unguarded(&format!("{head}    entry(env, |_| Ok(1))\n}}\n")),
        [""; 0]
    );
    for bad in [
        "    7\n}\n",
        "    let b = c();\n    entry(env, |_| Ok(b))\n}\n",
        "    entry(env, |_| Ok(1));\n    c()\n}\n",
    ] {
        assert_eq!(unguarded(&format!("{head}{bad}")), ["a"], "{bad}");
    }
    for file in ["calls", "entry", "fault", "lib", "memory", "sys", "window"] {
        assert!(!read(&format!("src/{file}.rs")).contains("no_mangle"), "{file}");
    }
}

/// The constants of `Constants.kt` by their names in the header.
fn constants(source: &str) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    let mut prefix = String::new();
    for line in source.lines() {
        let line = line.trim();
        if let Some(name) = line
            .strip_prefix("enum class ")
            .and_then(|it| it.split('(').next())
        {
            prefix = match name {
                "AgeBand" => "AGE".to_owned(),
                "InputKind" => "INPUT".to_owned(),
                "ReportForm" => "REPORT".to_owned(),
                "DonorFace" => "DONOR".to_owned(),
                other => other.to_uppercase(),
            };
        } else if line == "object Status {" {
            prefix = "STATUS".to_owned();
        }
        let valued = match line.strip_prefix("const val ") {
            Some(constant) => constant.split_once(" = "),
            None => line.trim_end_matches(',').trim_end_matches(')').split_once('('),
        };
        if let Some((name, value)) = valued
            && let Ok(value) = value.parse()
        {
            found.insert(format!("{prefix}_{name}"), value);
        }
    }
    found
}

fn strange(constants: &BTreeMap<String, i64>) -> Vec<String> {
    let known = |name: &str, value: i64| CONSTANTS.iter().any(|(of, is)| *of == name && *is == value);
    let strange = constants.iter().filter(|(name, value)| !known(name, **value));
    strange.map(|(name, value)| format!("{name} {value}")).collect()
}

#[test]
fn kotlins_constants_are_those_of_the_header() {
    let source = kotlin("Constants.kt");
    let found = constants(&source);
    assert_eq!(strange(&found), [""; 0]);
    // Those of a kind that Kotlin has are there in whole.
    for (name, _) in CONSTANTS {
        let kind = name.split('_').next().unwrap();
        let other = ["ABI", "MAX", "EVERYONE", "FRAME", "SURFACE", "LOG"].contains(&kind);
        assert!(
            other || *name == "INPUT_NAME_BYTES" || found.contains_key(*name),
            "{name}"
        );
    }
    for (from, to) in [
        ("NV21(4)", "NV21(5)"),
        ("BUSY = -4", "BUSY = -5"),
        ("MANY(3)", "SOME(3)"),
    ] {
        assert!(source.contains(from), "{from}");
        assert_eq!(strange(&constants(&source.replace(from, to))).len(), 1, "{to}");
    }
    assert!(kotlin("Session.kt").contains("const val EVERYONE = -1\n"));
    let frame = kotlin("Frame.kt");
    assert!(frame.contains("const val MIRROR = 1L\n") && frame.contains("const val CONSUMED = 2L\n"));
}

/// A function's types in the words of `sys.rs`, from those of the header.
fn in_rust(of: &str) -> String {
    let of = of.replace("const ", "");
    let (base, stars) = of.split_at(of.find('*').unwrap_or(of.len()));
    let base = base.trim();
    let word = match base {
        "uint8_t" => "u8".to_owned(),
        "uint32_t" => "u32".to_owned(),
        "uint64_t" => "u64".to_owned(),
        "size_t" => "usize".to_owned(),
        "float" => "f32".to_owned(),
        "char" => "c_char".to_owned(),
        "void" => "c_void".to_owned(),
        "moretta_status" => "i32".to_owned(),
        "moretta_log_callback" => "Option<LogCallback>".to_owned(),
        other => {
            let name = other.strip_prefix("moretta_").unwrap_or(other);
            format!("{}{}", name[..1].to_uppercase(), &name[1..])
        }
    };
    let handle = ["Session", "Effect", "Donor"].contains(&word.as_str());
    let pointers = stars.len() - usize::from(handle && !stars.is_empty());
    format!("{}{word}", "*".repeat(pointers))
}

/// The header's functions: each one's types, the last what it returns.
fn declared(header: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for function in header.split("\nMORETTA_API ").skip(1) {
        let function = function.split_once(';').unwrap().0.replace('\n', " ");
        let (head, parameters) = function.trim_end_matches(')').split_once('(').unwrap();
        let split = |text: &str| {
            let at = text.rfind([' ', '*']).map_or(0, |at| at + 1);
            (text[..at].trim().replace(" *", "*"), text[at..].to_owned())
        };
        let (returns, name) = split(head.trim());
        let parameters = parameters.split(',').map(str::trim).filter(|it| *it != "void");
        let mut types: Vec<_> = parameters.map(|it| in_rust(&split(it).0)).collect();
        types.push(in_rust(&returns));
        found.insert(name, types);
    }
    found
}

/// The functions of `sys.rs` in the same words, and which of them are safe.
fn used(source: &str) -> (BTreeMap<String, Vec<String>>, BTreeSet<String>) {
    let block = source.split_once("unsafe extern \"C\" {").unwrap().1;
    let word = |of: &str| of.replace("*const ", "*").replace("*mut ", "*");
    let plain = block.replace("safe fn ", "fn ");
    let safe = block
        .split("safe fn ")
        .skip(1)
        .map(|it| it.split_once('(').unwrap().0.to_owned());
    (functions(&plain, "fn ", word), safe.collect())
}

/// What is wrong with `sys.rs`.
fn drifted(sys: &str, header: &str) -> Vec<String> {
    let (declared, (used, safe)) = (declared(header), used(sys));
    let other = used
        .iter()
        .filter(|(name, types)| declared.get(*name) != Some(types));
    let mut wrong: Vec<_> = other
        .map(|(name, types)| format!("{name}: {types:?}, in the header {:?}", declared.get(name)))
        .collect();
    // What takes an address is not safe to call with any.
    let addressed = |name: &String| {
        let types = &used[name];
        types[..types.len() - 1]
            .iter()
            .any(|of| of.contains('*') || of.contains("LogCallback"))
    };
    wrong.extend(
        safe.iter()
            .filter(|name| addressed(name))
            .map(|name| format!("{name} is not safe")),
    );
    wrong
}

#[test]
fn declarations_are_those_of_the_header() {
    let (rust, header) = (read("src/sys.rs"), read("../include/moretta.h"));
    assert!(used(&rust).0.len() > 30 && used(&rust).1.len() > 15);
    assert_eq!(drifted(&rust, &header), [""; 0]);
    for (from, to) in [
        ("timeout_ms: u32", "timeout_ms: u64"),
        (
            "    pub(crate) fn moretta_submit",
            "    pub(crate) safe fn moretta_submit",
        ),
        (
            "options: *const Options, out: *mut Session",
            "out: *mut Session, options: *const Options",
        ),
        ("fn moretta_pause", "fn moretta_paws"),
    ] {
        assert!(rust.contains(from), "{from}");
        assert!(!drifted(&rust.replace(from, to), &header).is_empty(), "{to}");
    }
}

/// Name, size and fields of a struct of `sys.rs`.
macro_rules! layout {
    ($Name:ident { $( $field:ident ),* }) => {
        (
            size_of::<sys::$Name>(),
            vec![$( (stringify!($field), std::mem::offset_of!(sys::$Name, $field)) ),*],
        )
    };
}

#[test]
fn layouts_are_those_of_the_library() {
    let ours = [
        ("bytes", layout!(Bytes { data, len })),
        (
            "options",
            layout!(Options {
                struct_size,
                policy,
                backing,
                max_faces,
                range,
                smoothing,
                quality,
                frame_budget_us,
                disclose_presence,
                software,
                fov_y_degrees,
                overlap,
                share_with,
                models,
                model_count,
                models_path,
                models_path_len
            }),
        ),
        (
            "plane",
            layout!(Plane {
                data,
                len,
                row_stride,
                pixel_stride
            }),
        ),
        (
            "frame",
            layout!(Frame {
                struct_size,
                format,
                width,
                height,
                plane_count,
                rotation_degrees,
                flags,
                matrix,
                levels,
                reserved,
                timestamp_ns,
                planes
            }),
        ),
        (
            "picture",
            layout!(Picture {
                struct_size,
                format,
                data,
                len,
                row_stride
            }),
        ),
        (
            "result",
            layout!(Result {
                struct_size,
                status,
                token,
                presence,
                presented,
                passed_through,
                reserved,
                track_ns,
                draw_ns,
                whole_ns
            }),
        ),
        (
            "surface",
            layout!(Surface {
                struct_size,
                kind,
                width,
                height,
                fit,
                flags,
                display,
                window
            }),
        ),
        (
            "input",
            layout!(Input {
                struct_size,
                kind,
                min,
                max,
                initial,
                reserved,
                name
            }),
        ),
        (
            "statistics",
            layout!(Statistics {
                struct_size,
                quality,
                frames,
                failed,
                dropped,
                wipes,
                locked_bytes,
                last_track_ns,
                last_draw_ns,
                last_whole_ns,
                mean_track_ns,
                mean_draw_ns,
                mean_whole_ns
            }),
        ),
    ];
    for (name, (size, fields)) in ours {
        let theirs = STRUCTS.iter().find(|it| it.name == name).unwrap();
        let offsets: Vec<_> = theirs.fields.iter().map(|(field, at, _)| (*field, *at)).collect();
        assert_eq!((size, fields), (theirs.size, offsets), "{name}");
    }
    let constant = |name: &str| CONSTANTS.iter().find(|it| it.0 == name).unwrap().1;
    // As of a header, an older one will do.
    let (own, library) = (i64::from(sys::ABI), constant("ABI"));
    assert!(own >> 16 == library >> 16 && own <= library);
    for (name, value) in [
        ("STATUS_OK", sys::STATUS_OK.into()),
        ("STATUS_EMPTY", sys::STATUS_EMPTY.into()),
        ("STATUS_ARGUMENT", sys::STATUS_ARGUMENT.into()),
        ("STATUS_DEVICE", sys::STATUS_DEVICE.into()),
        ("STATUS_TOO_SMALL", sys::STATUS_TOO_SMALL.into()),
        ("STATUS_BUG", sys::STATUS_BUG.into()),
        ("INPUT_NAME_BYTES", sys::INPUT_NAME_BYTES as i64),
        ("MAX_PLANES", sys::MAX_PLANES as i64),
        ("SURFACE_ANDROID", sys::SURFACE_ANDROID.into()),
    ] {
        assert_eq!(value, constant(name), "{name}");
    }
}
