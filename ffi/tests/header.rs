//! `moretta.h` against the library: layouts and constants as a compiler sees them, signatures as both sources write them,
//! and exported symbols. Each check is shown a header that has drifted, and must see it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;

use moretta_ffi::{CONSTANTS, STRUCTS};
use support::{built, header, package, scratch, succeed};

/// What a header says, comments apart.
struct Header {
    code: String,
}

impl Header {
    fn of(text: &str) -> Self {
        let mut code = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("/*") {
            code.push_str(before);
            rest = after.split_once("*/").unwrap().1;
        }
        code.push_str(rest);
        Self { code }
    }

    /// Each struct's name without its prefix, and its fields' names in order.
    fn structs(&self) -> Vec<(String, Vec<String>)> {
        let mut structs = Vec::new();
        for part in self.code.split("typedef struct moretta_").skip(1) {
            let Some((name, body)) = part.split_once(" {") else {
                continue; // an opaque one
            };
            if name.contains(';') {
                continue;
            }
            let body = body.split_once('}').unwrap().0;
            let fields = body.split(';').map(str::trim).filter(|field| !field.is_empty());
            let name_of = |field: &str| {
                let field = field.split('[').next().unwrap();
                let name = field.rsplit([' ', '*']).next().unwrap();
                name.to_owned()
            };
            structs.push((name.to_owned(), fields.map(name_of).collect()));
        }
        structs
    }

    /// Each constant's name without its prefix.
    fn constants(&self) -> Vec<String> {
        let defined = self
            .code
            .lines()
            .filter_map(|line| line.strip_prefix("#define MORETTA_"));
        let named = defined
            .filter_map(|line| line.split_once(' '))
            .map(|(name, _)| name);
        let other = |name: &str| name == "H" || name == "API" || name.ends_with("_INIT");
        named.filter(|name| !other(name)).map(str::to_owned).collect()
    }

    /// Each function's name, and its signature in the words of both languages.
    fn functions(&self) -> BTreeSet<(String, String)> {
        let declared = self
            .code
            .split("MORETTA_API ")
            .skip(1)
            .filter(|it| it.contains('('));
        let function = |text: &str| {
            let text = text.split_once(';').unwrap().0.replace('\n', " ");
            let (head, parameters) = text.trim_end_matches(')').split_once('(').unwrap();
            let (name, returns) = typed(head);
            let parameters = parameters
                .split(',')
                .map(|it| typed(it).1)
                .filter(|of| of != "void");
            let parameters: Vec<_> = parameters.collect();
            (name, format!("({}) {returns}", parameters.join(", ")))
        };
        declared
            .filter(|it| !it.starts_with("__"))
            .filter(|it| it.contains(';'))
            .map(function)
            .collect()
    }
}

/// Name and type of a C declaration, the type without spaces.
fn typed(text: &str) -> (String, String) {
    let text = text.trim();
    let start = text
        .rfind(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .map_or(0, |at| at + 1);
    if start == 0 {
        return (String::new(), text.to_owned());
    }
    (text[start..].to_owned(), text[..start].replace(' ', ""))
}

/// What a C compiler makes of the structs and constants: a line each.
fn compiled(name: &str, text: &str) -> Result<Vec<String>, String> {
    let header = Header::of(text);
    let mut code = String::from("#include \"moretta.h\"\n#include <stdio.h>\nint main(void)\n{\n");
    for (name, fields) in header.structs() {
        let of = format!("moretta_{name}");
        writeln!(code, "printf(\"struct {name} %zu\\n\", sizeof({of}));").unwrap();
        for field in fields {
            writeln!(
                code,
                "printf(\"field {name}.{field} at %zu of %zu\\n\", offsetof({of}, {field}), sizeof((({of} *)0)->{field}));"
            )
            .unwrap();
        }
    }
    for name in header.constants() {
        writeln!(
            code,
            "printf(\"constant {name} %lld\\n\", (long long)(MORETTA_{name}));"
        )
        .unwrap();
    }
    code.push_str("return 0;\n}\n");
    let folder = scratch("header").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    #[allow(clippy::disallowed_methods, reason = "a test writes what it compiles")]
    {
        std::fs::write(folder.join("moretta.h"), text).unwrap();
        std::fs::write(folder.join("layout.c"), code).unwrap();
    }
    let program = folder.join("layout");
    let built = Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(&folder)
        .arg(folder.join("layout.c"))
        .arg("-o")
        .arg(&program)
        .output()
        .unwrap();
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned());
    }
    let output = succeed(&mut Command::new(&program)).stdout;
    Ok(String::from_utf8(output)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect())
}

/// The same lines as Rust has them.
fn expected() -> Vec<String> {
    let mut lines = Vec::new();
    for layout in STRUCTS {
        lines.push(format!("struct {} {}", layout.name, layout.size));
        for (field, offset, size) in layout.fields {
            lines.push(format!("field {}.{field} at {offset} of {size}", layout.name));
        }
    }
    lines.extend(
        CONSTANTS
            .iter()
            .map(|(name, value)| format!("constant {name} {value}")),
    );
    lines
}

fn differences(one: &[String], other: &[String]) -> Vec<String> {
    let set = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<_>>();
    let (one, other) = (set(one), set(other));
    one.symmetric_difference(&other).cloned().collect()
}

#[test]
fn layouts_and_constants_are_those_of_the_library() {
    let found = compiled("as it is", &header()).unwrap();
    assert!(found.len() > 150, "{} lines", found.len());
    assert_eq!(differences(&found, &expected()), [""; 0]);
}

#[test]
fn a_header_whose_layouts_or_constants_have_drifted_is_seen() {
    let seeds: [(&str, &str, &str); 6] = [
        ("swapped fields", "uint32_t width;", "uint32_t height_;"),
        ("a wider field", "uint32_t plane_count;", "uint64_t plane_count;"),
        (
            "another number",
            "#define MORETTA_FORMAT_NV21 4",
            "#define MORETTA_FORMAT_NV21 5",
        ),
        ("one constant less", "#define MORETTA_MATRIX_BT709 2\n", ""),
        (
            "one constant more",
            "#define MORETTA_MAX_PLANES 3\n",
            "#define MORETTA_MAX_PLANES 3\n#define MORETTA_MORE 1\n",
        ),
        (
            "another sign",
            "#define MORETTA_STATUS_BUSY (-4)",
            "#define MORETTA_STATUS_BUSY 4",
        ),
    ];
    for (name, from, to) in seeds {
        let text = header();
        assert!(text.contains(from), "{name}");
        let found = compiled(name, &text.replace(from, to)).unwrap();
        assert!(!differences(&found, &expected()).is_empty(), "{name} is not seen");
    }
}

/// Each exported function as the Rust sources have it.
fn written() -> BTreeSet<(String, String)> {
    let mut functions = BTreeSet::new();
    for entry in std::fs::read_dir(package().join("src/exports")).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in source.split("extern \"C\" fn ").skip(1) {
            let (name, rest) = part.split_once('(').unwrap();
            let (parameters, rest) = rest.split_once(')').unwrap();
            let returns = rest.split_once('{').unwrap().0.trim().trim_start_matches("-> ");
            let types = parameters
                .split(',')
                .filter_map(|it| it.split_once(": "))
                .map(|(_, of)| of.trim());
            let types: Vec<_> = types.map(in_c).collect();
            functions.insert((
                name.to_owned(),
                format!("({}) {}", types.join(", "), in_c(returns)),
            ));
        }
    }
    functions
}

/// What C calls a type of an exported function, without spaces. Whether a handle is const says nothing: it is a number.
fn in_c(of: &str) -> String {
    let simple = [
        ("u32", "uint32_t"),
        ("i32", "moretta_status"),
        ("f32", "float"),
        ("usize", "size_t"),
        ("Status", "moretta_status"),
        ("SessionHandle", "moretta_session*"),
        ("EffectHandle", "moretta_effect*"),
        ("DonorHandle", "moretta_donor*"),
        ("Out<DonorHandle>", "moretta_donor**"),
        ("Out<SessionHandle>", "moretta_session**"),
        ("Out<EffectHandle>", "moretta_effect**"),
        ("Out<usize>", "size_t*"),
        ("Out<u64>", "uint64_t*"),
        ("Out<u8>", "bytes*"),
        ("In<u8>", "constbytes*"),
        ("*const c_char", "constbytes*"),
        ("*mut c_void", "void*"),
        ("Option<Callback>", "moretta_log_callback"),
    ];
    if let Some((_, c)) = simple.iter().find(|(rust, _)| *rust == of) {
        return (*c).to_owned();
    }
    let named = |prefix| of.strip_prefix(prefix)?.strip_suffix('>').map(str::to_lowercase);
    if let Some(name) = named("In<abi::") {
        return format!("constmoretta_{name}*");
    }
    named("Out<abi::").map_or_else(|| format!("unknown {of}"), |name| format!("moretta_{name}*"))
}

/// The header's functions in the same words.
fn declared(text: &str) -> BTreeSet<(String, String)> {
    let same = |signature: String| {
        let signature = signature
            .replace("constmoretta_effect*", "moretta_effect*")
            .replace("constmoretta_donor*", "moretta_donor*");
        signature.replace("char*", "bytes*").replace("uint8_t*", "bytes*")
    };
    Header::of(text)
        .functions()
        .into_iter()
        .map(|(name, signature)| (name, same(signature)))
        .collect()
}

#[test]
fn signatures_are_those_of_the_library() {
    let (declared, written) = (declared(&header()), written());
    assert!(declared.len() > 25, "{}", declared.len());
    let apart: Vec<_> = declared.symmetric_difference(&written).collect();
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
fn a_signature_that_has_drifted_is_seen() {
    for (from, to) in [
        ("uint32_t slot, const char *name", "size_t slot, const char *name"),
        ("const moretta_picture *picture", "moretta_picture *picture"),
        (
            "MORETTA_API uint32_t moretta_abi(void);",
            "MORETTA_API size_t moretta_abi(void);",
        ),
        (
            "uint32_t timeout_ms, moretta_result *result",
            "moretta_result *result, uint32_t timeout_ms",
        ),
    ] {
        let text = header();
        assert!(text.contains(from), "{from}");
        assert_ne!(declared(&text.replace(from, to)), written(), "{to}");
    }
}

/// What the library exports.
fn exported() -> BTreeSet<String> {
    let output = succeed(
        Command::new("nm")
            .args(["-D", "--defined-only", "--format=posix"])
            .arg(built()),
    );
    let lines = String::from_utf8(output.stdout).unwrap();
    let names = lines.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn what_is_exported_is_what_is_declared() {
    let declared = |text: &str| -> BTreeSet<_> { declared(text).into_iter().map(|(name, _)| name).collect() };
    let exported = exported();
    assert_eq!(declared(&header()), exported);

    let less = header().replace(
        "MORETTA_API moretta_status moretta_tap(moretta_session *session);",
        "",
    );
    assert_ne!(
        declared(&less),
        exported,
        "one that is missing in the header is seen"
    );
    let more = format!("{}\nMORETTA_API moretta_status moretta_more(void);\n", header());
    assert_ne!(
        declared(&more),
        exported,
        "one that is missing in the library is seen"
    );
}

#[test]
fn the_library_is_called_by_the_version_of_its_interface() {
    let output = succeed(Command::new("readelf").arg("-d").arg(built()));
    let dynamic = String::from_utf8(output.stdout).unwrap();
    let name = dynamic.lines().find(|line| line.contains("(SONAME)")).unwrap();
    let abi = CONSTANTS.iter().find(|(name, _)| *name == "ABI").unwrap().1;
    assert!(
        name.ends_with(&format!("[libmoretta.so.{}]", abi >> 16)),
        "{name}"
    );
    assert!(
        dynamic.lines().any(|line| line.contains("NODELETE")),
        "its threads would run on in memory that is gone: {dynamic}"
    );
    let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    for library in needed {
        let known = [
            "libc.so",
            "libm.so",
            "libgcc_s.so",
            "ld-linux",
            "libdl.so",
            "libpthread.so",
        ];
        assert!(known.iter().any(|known| library.contains(known)), "{library}");
    }
}
