//! `check-deps` as it is run, on small workspaces that Cargo really reads: one that keeps the rules, and the
//! same with one fault each.

#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "the scratch workspaces are files")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TABLE: &str = "\
| crate | holds | may depend on |
|---|---|---|
| `crates/space` `moretta-space` | maths | `maths` |
| `crates/veil` `moretta-veil` | the vault | - |
| `crates/frame` `moretta-frame` | frames | `moretta-space`, `moretta-veil` |
";

const DENY: &str = r#"
[bans]
deny = [
  { crate = "reqwest", reason = "network" },
  { crate = "moretta-veil", reason = "trusted", wrappers = ["moretta-frame"] },
]
"#;

const UNSAFE: &str = "\
| `unsafe` may stand in | for |
|---|---|
| `crates/veil/src/lib.rs` | the vault |
";

/// A workspace of path dependencies alone, so that nothing is downloaded.
struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// The workspace that keeps the rules, in a folder of its own.
    fn good(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("check_deps")
            .join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        let scratch = Self { root };
        scratch.file(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\nexclude = [\"outside\"]\n\
             [workspace.lints.rust]\nunsafe_code = \"deny\"\n",
        );
        scratch.file("PRIVACY.md", UNSAFE);
        scratch.file("ARCHITECTURE.md", TABLE);
        scratch.file("deny.toml", DENY);
        scratch.package("outside/reqwest", "");
        scratch.package("outside/maths", "");
        scratch.package("crates/space", "maths = { path = \"../../outside/maths\" }");
        scratch.package("crates/veil", "");
        let frame = "moretta-space = { path = \"../space\" }\nmoretta-veil = { path = \"../veil\" }";
        scratch.package("crates/frame", frame);
        scratch
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a package; those in `crates/` are called `moretta-` and their folder.
    fn package(&self, path: &str, dependencies: &str) {
        let name = path.replace("crates/", "moretta-").replace("outside/", "");
        let own = path.starts_with("crates/");
        let lints = if own { "\n[lints]\nworkspace = true\n" } else { "" };
        let head = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"");
        self.file(
            &format!("{path}/Cargo.toml"),
            &format!("{head}\n\n[dependencies]\n{dependencies}\n{lints}"),
        );
        let veil = path == "crates/veil";
        let source = if veil { "#![allow(unsafe_code)]\n" } else { "" };
        self.file(&format!("{path}/src/lib.rs"), source);
    }

    /// Whether `check-deps` is content, and what it says.
    fn check(&self) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command
            .args(["check-deps", "--root"])
            .arg(&self.root)
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    }
}

#[track_caller]
fn assert_caught(scratch: &Scratch, violation: &str) {
    let (content, words) = scratch.check();
    assert!(!content && words.contains(violation), "{words}");
    assert!(words.contains("dependency violations: 1"), "{words}");
}

#[test]
fn the_workspace_that_keeps_the_rules_passes() {
    let (content, words) = Scratch::good("passes").check();
    assert!(content, "{words}");
    assert!(
        words.contains("3 crates as in ARCHITECTURE.md; none of the 2 banned crates"),
        "{words}"
    );
}

#[test]
fn a_forbidden_edge_is_caught() {
    let scratch = Scratch::good("forbidden_edge");
    scratch.package("crates/veil", "maths = { path = \"../../outside/maths\" }");
    assert_caught(
        &scratch,
        "moretta-veil depends on maths, which its row in the crate table does not allow",
    );
}

#[test]
fn a_network_crate_below_an_allowed_one_is_caught() {
    let scratch = Scratch::good("network");
    scratch.package("outside/maths", "reqwest = { path = \"../reqwest\" }");
    assert_caught(
        &scratch,
        "moretta-space -> maths -> reqwest: banned by deny.toml: network",
    );
}

#[test]
fn an_optional_and_foreign_network_crate_is_caught_too() {
    let scratch = Scratch::good("optional");
    let dependency = "reqwest = { path = \"../reqwest\", optional = true }";
    let dependencies =
        format!("\n[target.'cfg(windows)'.dependencies]\n{dependency}\n[features]\nnet = [\"dep:reqwest\"]");
    scratch.package("outside/maths", &dependencies);
    scratch.package(
        "crates/space",
        "maths = { path = \"../../outside/maths\", features = [\"net\"] }",
    );
    assert_caught(
        &scratch,
        "moretta-space -> maths -> reqwest: banned by deny.toml: network",
    );
}

#[test]
fn a_development_dependency_is_nobodys_concern() {
    let scratch = Scratch::good("development");
    scratch.package(
        "crates/veil",
        "\n[dev-dependencies]\nreqwest = { path = \"../../outside/reqwest\" }",
    );
    let (content, words) = scratch.check();
    assert!(content, "{words}");
}

#[test]
fn a_crate_without_a_row_is_caught() {
    let scratch = Scratch::good("unlisted");
    scratch.package("crates/new", "");
    assert_caught(
        &scratch,
        "moretta-new in crates/new has no row in the crate table of ARCHITECTURE.md",
    );
}

#[test]
fn a_row_without_a_crate_is_caught() {
    let scratch = Scratch::good("absent");
    scratch.file(
        "ARCHITECTURE.md",
        &format!("{TABLE}| `crates/pack` `moretta-pack` | packs | - |\n"),
    );
    assert_caught(
        &scratch,
        "the crate table lists moretta-pack in crates/pack: no such crate",
    );
}
