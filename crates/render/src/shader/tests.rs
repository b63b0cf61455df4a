//! Every shader is parsed, validated for the least that a device can do, and written in each language that devices read,
//! which the tools of those languages then check.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use naga::back::{glsl, msl, spv};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, ScalarKind, ShaderStage, TypeInner, VectorSize};

use super::{ALL, LIBRARIES};
use crate::numbers::{UNIFORMS, layout};

/// The module of a source, or why there is none.
fn valid(source: &str) -> Result<(Module, ModuleInfo), String> {
    let module = naga::front::wgsl::parse_str(source).map_err(|error| error.emit_to_string(source))?;
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .map_err(|error| error.emit_to_string(source))?;
    Ok((module, info))
}

fn all_valid() -> impl Iterator<Item = (&'static str, Module, ModuleInfo)> {
    ALL.iter().map(|shader| match valid(&shader.source()) {
        Ok((module, info)) => (shader.name, module, info),
        Err(error) => panic!("{}: {error}", shader.name),
    })
}

#[test]
fn every_file_is_a_shader_or_a_library_that_one_needs() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".wgsl").map(str::to_owned))
            .collect()
    };
    let listed: BTreeSet<_> = ALL.iter().map(|shader| shader.name.to_owned()).collect();
    assert_eq!(names("shaders"), listed);
    let libraries: BTreeSet<_> = LIBRARIES
        .iter()
        .flat_map(|needed| needed.iter())
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(names("shaders/lib"), libraries);
    assert!(!listed.is_empty() && !libraries.is_empty());
}

#[test]
fn every_file_says_what_it_is() {
    for shader in ALL {
        for part in shader.parts {
            let header = part.lines().take_while(|line| line.starts_with("//"));
            let header: String = header.collect::<Vec<_>>().join("\n");
            let title = header.lines().next().unwrap_or_default();
            assert!(title.contains(": ") && title.ends_with('.'), "{title}");
            assert!(
                header.contains("Spaces") || header.contains("Colours"),
                "{title} names no space and no alpha convention"
            );
        }
    }
}

#[test]
fn every_shader_is_valid_and_needs_nothing_special() {
    let mut entries = 0;
    for (name, module, _) in all_valid() {
        if let Err(found) = modest(&module) {
            panic!("{name}: {found}");
        }
        entries += module.entry_points.len();
    }
    assert!(entries > 20, "{entries} entry points");
}

/// What OpenGL ES 3.0 has no equal for, or what leaves face data in memory that nobody clears.
fn modest(module: &Module) -> Result<(), String> {
    for entry in &module.entry_points {
        if !matches!(entry.stage, ShaderStage::Vertex | ShaderStage::Fragment) {
            return Err(format!("{} is a {:?} shader", entry.name, entry.stage));
        }
    }
    for (_, global) in module.global_variables.iter() {
        if !matches!(
            global.space,
            AddressSpace::Uniform | AddressSpace::Handle | AddressSpace::Private
        ) {
            return Err(format!("{:?} lies in {:?}", global.name, global.space));
        }
        if let TypeInner::Image {
            class: naga::ImageClass::Storage { .. },
            ..
        } = module.types[global.ty].inner
        {
            return Err(format!("{:?} is a storage texture", global.name));
        }
    }
    for (_, ty) in module.types.iter() {
        if let TypeInner::Matrix {
            rows: VectorSize::Bi, ..
        } = ty.inner
        {
            return Err("a matrix with two rows".to_owned());
        }
    }
    let gathers = module
        .functions
        .iter()
        .map(|(_, function)| function)
        .chain(module.entry_points.iter().map(|entry| &entry.function))
        .flat_map(|function| function.expressions.iter())
        .any(|(_, expression)| matches!(expression, naga::Expression::ImageSample { gather: Some(_), .. }));
    if gathers {
        return Err("textureGather".to_owned());
    }
    Ok(())
}

#[test]
fn what_is_special_is_found() {
    for (source, expected) in [
        ("@compute @workgroup_size(1) fn main() {}", "Compute"),
        (
            "var<workgroup> a: f32; @fragment fn main() -> @location(0) vec4<f32> { return vec4<f32>(1.0); }",
            "WorkGroup",
        ),
        (
            "@group(0) @binding(0) var a: texture_storage_2d<rgba8unorm, write>;",
            "storage texture",
        ),
        (
            "@group(0) @binding(0) var<uniform> a: mat4x2<f32>;",
            "two rows",
        ),
        (
            "@group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler;
             @fragment fn main() -> @location(0) vec4<f32> { return textureGather(0, t, s, vec2<f32>(0.0)); }",
            "textureGather",
        ),
    ] {
        let module = naga::front::wgsl::parse_str(source).unwrap();
        let found = modest(&module).expect_err(expected);
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn a_broken_shader_is_refused() {
    let good = super::LUT.source();
    assert!(valid(&good).is_ok(), "the control");
    for (from, to) in [
        ("pixel.rgb", "pixel.xyz.w"),
        ("-> @location(0) vec4<f32>", "-> vec4<f32>"),
        ("@builtin(position)", ""),
        ("textureDimensions(table)", "textureDimensions(missing)"),
    ] {
        let broken = good.replacen(from, to, 1);
        assert_ne!(broken, good, "{from}");
        assert!(valid(&broken).is_err(), "{from} as {to:?}");
    }
}

#[test]
fn uniforms_lie_as_shaders_read_them() {
    let mut compared = BTreeSet::new();
    for (name, module, _) in all_valid() {
        for expected in UNIFORMS {
            let Some(found) = uniform(&module, expected.name) else {
                continue;
            };
            compared.insert(expected.name);
            if let Err(difference) = same(&module, found, expected) {
                panic!("{name}, {}: {difference}", expected.name);
            }
        }
    }
    let all: BTreeSet<_> = UNIFORMS.iter().map(|it| it.name).collect();
    assert_eq!(compared, all);
}

/// The struct that a uniform of the module has, by its name.
fn uniform<'m>(module: &'m Module, name: &str) -> Option<&'m naga::Type> {
    module
        .global_variables
        .iter()
        .filter(|(_, global)| global.space == AddressSpace::Uniform)
        .map(|(_, global)| &module.types[global.ty])
        .find(|ty| ty.name.as_deref() == Some(name))
}

/// Compares name, offset, size and kind of each field, and the size of the whole.
fn same(module: &Module, found: &naga::Type, expected: &layout::Struct) -> Result<(), String> {
    let TypeInner::Struct { members, span } = &found.inner else {
        return Err("no struct".to_owned());
    };
    if members.len() != expected.fields.len() {
        return Err(format!("{} fields, not {}", members.len(), expected.fields.len()));
    }
    for (member, field) in members.iter().zip(expected.fields) {
        let inner = &module.types[member.ty].inner;
        let found = layout::Field {
            name: field.name,
            offset: member.offset as usize,
            size: inner.size(module.to_ctx()) as usize,
            float: is_float(module, inner),
        };
        if member.name.as_deref() != Some(field.name) || found != *field {
            return Err(format!("{:?}: {found:?}, not {field:?}", member.name));
        }
    }
    // WGSL rounds the whole up to its alignment, as the assertion on each struct here does.
    if *span as usize == expected.size {
        Ok(())
    } else {
        Err(format!("{span} bytes, not {}", expected.size))
    }
}

fn is_float(module: &Module, inner: &TypeInner) -> bool {
    match inner {
        TypeInner::Array { base, .. } => is_float(module, &module.types[*base].inner),
        other => other.scalar_kind() == Some(ScalarKind::Float),
    }
}

#[test]
fn a_uniform_that_lies_otherwise_is_found() {
    let good = "struct Frame { clip_from_camera: mat4x4<f32>, size_px: vec2<f32>, low_size: vec2<f32> }
                @group(0) @binding(0) var<uniform> frame: Frame;";
    let frame = UNIFORMS.iter().find(|it| it.name == "Frame").unwrap();
    let check = |source: &str| {
        let module = naga::front::wgsl::parse_str(source).unwrap();
        same(&module, uniform(&module, "Frame").unwrap(), frame)
    };
    assert_eq!(check(good), Ok(()), "the control");
    for (from, to) in [
        ("low_size: vec2<f32>", "lower_size: vec2<f32>"),
        ("low_size: vec2<f32>", "low_size: vec2<i32>"),
        ("size_px: vec2<f32>", "size_px: vec4<f32>"),
        ("size_px: vec2<f32>, ", ""),
        ("low_size: vec2<f32>", "low_size: vec2<f32>, more: f32"),
    ] {
        assert!(check(&good.replacen(from, to, 1)).is_err(), "{from} as {to}");
    }
}

/// What a tool says of `input`: `None` if it is not installed, else whether it is pleased.
fn ask(tool: &str, arguments: &[&str], input: &[u8]) -> Option<Result<(), String>> {
    let spawned = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{tool}: {error}"),
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return Some(Ok(()));
    }
    let words = [output.stdout, output.stderr].concat();
    Some(Err(String::from_utf8_lossy(&words).into_owned()))
}

/// Counts what a tool was asked and says what was left out.
#[derive(Default)]
struct Asked {
    pleased: usize,
    skipped: usize,
}

impl Asked {
    fn note(&mut self, what: &str, answer: Option<Result<(), String>>) {
        match answer {
            None => self.skipped += 1,
            Some(Ok(())) => self.pleased += 1,
            Some(Err(words)) => panic!("{what}: {words}"),
        }
    }

    fn report(&self, tool: &str, expected: usize) {
        assert_eq!(self.pleased + self.skipped, expected);
        if self.skipped > 0 {
            println!("{} checks skipped: {tool} is not installed", self.skipped);
        }
    }
}

fn glsl_of(module: &Module, info: &ModuleInfo, entry: &naga::EntryPoint) -> Result<String, glsl::Error> {
    let options = glsl::Options {
        version: glsl::Version::Embedded {
            version: 300,
            is_webgl: false,
        },
        ..glsl::Options::default()
    };
    let pipeline = glsl::PipelineOptions {
        shader_stage: entry.stage,
        entry_point: entry.name.clone(),
        multiview: None,
    };
    let mut text = String::new();
    glsl::Writer::new(
        &mut text,
        module,
        info,
        &options,
        &pipeline,
        naga::proc::BoundsCheckPolicies::default(),
    )?
    .write()?;
    Ok(text)
}

fn stage_of(entry: &naga::EntryPoint) -> &'static str {
    match entry.stage {
        ShaderStage::Vertex => "vert",
        _ => "frag",
    }
}

#[test]
fn every_entry_point_is_valid_in_opengl_es_3_0() {
    let (mut asked, mut entries) = (Asked::default(), 0);
    for (name, module, info) in all_valid() {
        for entry in &module.entry_points {
            let what = format!("{name}, {}", entry.name);
            let text = match glsl_of(&module, &info, entry) {
                Ok(text) => text,
                Err(error) => panic!("{what}: {error}"),
            };
            assert!(text.starts_with("#version 300 es"), "{what}");
            let answer = ask(
                "glslangValidator",
                &["--stdin", "-S", stage_of(entry)],
                text.as_bytes(),
            );
            asked.note(&what, answer);
            entries += 1;
        }
    }
    asked.report("glslangValidator", entries);
}

#[test]
fn every_entry_point_is_valid_spir_v() {
    let (mut asked, mut entries) = (Asked::default(), 0);
    for (name, module, info) in all_valid() {
        for entry in &module.entry_points {
            let what = format!("{name}, {}", entry.name);
            let options = spv::Options::default();
            let pipeline = spv::PipelineOptions {
                shader_stage: entry.stage,
                entry_point: entry.name.clone(),
            };
            let words = spv::write_vec(&module, &info, &options, Some(&pipeline)).expect(&what);
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let answer = ask("spirv-val", &["--target-env", "vulkan1.0", "-"], &bytes);
            asked.note(&what, answer);
            entries += 1;
        }
    }
    asked.report("spirv-val", entries);
}

#[test]
fn every_shader_can_be_written_for_metal() {
    for (name, module, info) in all_valid() {
        for entry in &module.entry_points {
            let pipeline = msl::PipelineOptions {
                entry_point: Some((entry.stage, entry.name.clone())),
                ..msl::PipelineOptions::default()
            };
            let options = msl::Options {
                // Where resources are bound is the library's business.
                fake_missing_bindings: true,
                ..msl::Options::default()
            };
            let (text, info) = msl::write_string(&module, &info, &options, &pipeline).expect(name);
            assert!(text.contains(entry.stage_keyword()), "{name}, {}", entry.name);
            for found in info.entry_point_names {
                found.expect(name);
            }
        }
    }
}

trait StageKeyword {
    fn stage_keyword(&self) -> &'static str;
}

impl StageKeyword for naga::EntryPoint {
    fn stage_keyword(&self) -> &'static str {
        match self.stage {
            ShaderStage::Vertex => "vertex ",
            _ => "fragment ",
        }
    }
}

#[test]
fn the_tools_refuse_what_is_wrong() {
    let good = "#version 300 es\nprecision highp float;\nout vec4 c;\nvoid main() { c = vec4(1.0); }\n";
    let mut asked = Asked::default();
    let validate = |text: &str| ask("glslangValidator", &["--stdin", "-S", "frag"], text.as_bytes());
    asked.note("the control", validate(good));
    if let Some(answer) = validate(&good.replace("vec4(1.0)", "vec3(1.0)")) {
        answer.unwrap_err();
    }
    asked.report("glslangValidator", 1);

    let (module, info) = valid(&super::SEED.source()).unwrap();
    let words = spv::write_vec(&module, &info, &spv::Options::default(), None).unwrap();
    let bytes = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_le_bytes()).collect() };
    let mut asked = Asked::default();
    asked.note("the control", ask("spirv-val", &["-"], &bytes(&words)));
    if let Some(answer) = ask("spirv-val", &["-"], &bytes(&words[..words.len() - 3])) {
        answer.unwrap_err();
    }
    asked.report("spirv-val", 1);
}
