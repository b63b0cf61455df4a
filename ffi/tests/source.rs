//! The rules that the source keeps, read from the source.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

use std::path::Path;

/// The exported functions of a source that do anything outside of a guard: their body is one call of it.
fn unguarded(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for function in source.split("extern \"C\" fn ").skip(1) {
        let name = function.split('(').next().unwrap();
        let body = function
            .split_once("{\n")
            .unwrap()
            .1
            .split_once("\n}\n")
            .unwrap()
            .0;
        let guarded = ["guard(", "guard_or(", "guard_session("]
            .iter()
            .any(|guard| body.trim_start().starts_with(guard));
        // One expression: what is not indented further than the body's first line is that line, and one bracket.
        let statements = body
            .lines()
            .filter(|line| line.starts_with("    ") && !line.starts_with("     "));
        let one = statements
            .filter(|line| !line.trim_start().starts_with(['}', ')']))
            .count()
            == 1;
        if !guarded || !one {
            found.push(name.to_owned());
        }
    }
    found
}

fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/exports");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files.map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn every_exported_function_is_guarded() {
    let mut functions = 0;
    for source in sources() {
        functions += source.matches("extern \"C\" fn ").count();
        assert_eq!(unguarded(&source), [""; 0]);
    }
    assert!(functions > 25, "{functions}");
}

#[test]
fn one_that_is_not_guarded_is_seen() {
    let good = "extern \"C\" fn a(b: u32) -> Status {\n    guard(|| {\n        Ok(())\n    })\n}\n";
    assert_eq!(unguarded(good), [""; 0]);
    for bad in [
        "extern \"C\" fn a(b: u32) -> Status {\n    Status(0)\n}\n",
        "extern \"C\" fn a(b: u32) -> Status {\n    let c = find(b);\n    guard(|| c)\n}\n",
        "extern \"C\" fn a(b: u32) -> Status {\n    guard(|| {\n        Ok(())\n    });\n    find(b)\n}\n",
    ] {
        assert_eq!(unguarded(bad), ["a"], "{bad}");
    }
}

#[test]
fn every_exported_function_is_in_the_exports() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let source = std::fs::read_to_string(&path).unwrap();
            assert!(!source.contains("no_mangle"), "{}", path.display());
        }
    }
}

#[test]
fn the_privacy_manifest_says_that_nothing_is_collected() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("apple/PrivacyInfo.xcprivacy");
    let manifest: String = std::fs::read_to_string(path)
        .unwrap()
        .split_whitespace()
        .collect();
    for said in [
        "<key>NSPrivacyTracking</key><false/>",
        "<key>NSPrivacyTrackingDomains</key><array/>",
        "<key>NSPrivacyCollectedDataTypes</key><array/>",
    ] {
        assert!(manifest.contains(said), "{said}");
    }
    assert_eq!(
        manifest.matches("<dict>").count(),
        manifest.matches("</dict>").count()
    );
}
