//! `cargo xtask check-deps`: the real dependencies against what ARCHITECTURE.md and deny.toml allow.
//!
//! 1. Each crate of the workspace has a row in the crate table, with its true folder, and each row has a crate.
//! 2. Each normal or build dependency in a crate's manifest is allowed by its row, and each allowance is used:
//!    one that nothing needs would let a dependency in unseen.
//! 3. No tree of a workspace crate holds a banned crate, on any platform, with any feature; a ban with wrappers
//!    lets these, and only these, depend on the crate.
//! 4. `unsafe` is allowed in the files that PRIVACY.md lists, and in no other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::bans::{self, Ban};
use crate::crate_table::{self, Row};
use crate::error::Error;
use crate::metadata::Graph;
use crate::process;
use crate::unsafe_list;
use crate::workspace::read;

/// Checks the workspace in `root`; with `deny` runs cargo-deny as well, which also knows advisories and licences.
///
/// # Errors
/// [`Error::Dependencies`] after listing each violation; [`Error::Missing`] if cargo-deny is asked for and absent.
pub(crate) fn run(root: &Path, deny: bool) -> Result<(), Error> {
    let rows = crate_table::parse(&read(&root.join("ARCHITECTURE.md"))?)?;
    let bans = bans::parse(&read(&root.join("deny.toml"))?)?;
    let graph = Graph::load(root)?;
    let folders = graph.members.iter().map(|id| graph.packages[id].path.as_str());
    let unsafe_ = unsafe_list::violations(root, folders)?;
    let found = violations(&rows, &bans, &graph);
    let violations: Vec<_> = found.iter().map(ToString::to_string).chain(unsafe_).collect();
    if !violations.is_empty() {
        for violation in &violations {
            eprintln!("check-deps: {violation}");
        }
        return Err(Error::Dependencies {
            violations: violations.len(),
        });
    }
    println!(
        "check-deps: {} crates as in ARCHITECTURE.md; none of the {} banned crates in their trees; unsafe only where \
         PRIVACY.md lists it",
        rows.len(),
        bans.len()
    );
    if deny { cargo_deny(root) } else { Ok(()) }
}

fn cargo_deny(root: &Path) -> Result<(), Error> {
    if !process::on_path("cargo-deny") {
        let advice = "cargo install cargo-deny --locked".to_owned();
        return Err(Error::Missing {
            tools: vec!["cargo-deny"],
            advice,
        });
    }
    process::run(
        Command::new("cargo-deny")
            .args(["--all-features", "check"])
            .current_dir(root),
    )
}

/// Something that the table or the bans do not allow.
#[derive(Debug, PartialEq)]
enum Violation {
    /// A crate of the workspace has no row.
    Unlisted { package: String, path: String },
    /// A row has no crate.
    Absent { package: String, path: String },
    /// A row and its crate disagree about the folder.
    Moved {
        package: String,
        table: String,
        found: String,
    },
    /// Two rows name one crate.
    Repeated { package: String },
    /// A dependency that the row does not allow.
    Forbidden { package: String, dependency: String },
    /// An allowance that no dependency uses.
    Unused { package: String, dependency: String },
    /// A banned crate; `chain` leads from a crate of the workspace to it.
    Banned { chain: Vec<String>, reason: String },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlisted { package, path } => {
                write!(
                    f,
                    "{package} in {path} has no row in the crate table of ARCHITECTURE.md"
                )
            }
            Self::Absent { package, path } => {
                write!(f, "the crate table lists {package} in {path}: no such crate")
            }
            Self::Moved {
                package,
                table,
                found,
            } => {
                write!(f, "the crate table puts {package} in {table}, it lies in {found}")
            }
            Self::Repeated { package } => write!(f, "the crate table lists {package} more than once"),
            Self::Forbidden { package, dependency } => {
                write!(
                    f,
                    "{package} depends on {dependency}, which its row in the crate table does not allow"
                )
            }
            Self::Unused { package, dependency } => {
                write!(
                    f,
                    "the crate table allows {package} to depend on {dependency}, which it does not"
                )
            }
            Self::Banned { chain, reason } => {
                write!(f, "{}: banned by deny.toml: {reason}", chain.join(" -> "))
            }
        }
    }
}

/// Everything that is wrong, in a stable order.
fn violations(rows: &[Row], bans: &[Ban], graph: &Graph) -> Vec<Violation> {
    let mut violations = against_table(rows, graph);
    violations.extend(bans.iter().flat_map(|ban| against_ban(ban, graph)));
    violations
}

fn against_table(rows: &[Row], graph: &Graph) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut unseen: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows {
        if unseen.insert(&row.package, row).is_some() {
            violations.push(Violation::Repeated {
                package: row.package.clone(),
            });
        }
    }
    for crate_ in graph.members.iter().map(|id| &graph.packages[id]) {
        let package = || crate_.name.clone();
        let Some(row) = unseen.remove(crate_.name.as_str()) else {
            violations.push(Violation::Unlisted {
                package: package(),
                path: crate_.path.clone(),
            });
            continue;
        };
        if row.path != crate_.path {
            let (table, found) = (row.path.clone(), crate_.path.clone());
            violations.push(Violation::Moved {
                package: package(),
                table,
                found,
            });
        }
        let forbidden = crate_.declares.difference(&row.may_depend_on).cloned();
        violations.extend(forbidden.map(|dependency| Violation::Forbidden {
            package: package(),
            dependency,
        }));
        let unused = row.may_depend_on.difference(&crate_.declares).cloned();
        violations.extend(unused.map(|dependency| Violation::Unused {
            package: package(),
            dependency,
        }));
    }
    let absent = unseen.into_values();
    violations.extend(absent.map(|row| Violation::Absent {
        package: row.package.clone(),
        path: row.path.clone(),
    }));
    violations
}

/// Walks every tree from the workspace's crates down, breadth first, and looks at each edge into the banned crate.
fn against_ban(ban: &Ban, graph: &Graph) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    let mut reached: BTreeSet<&str> = graph.members.iter().map(String::as_str).collect();
    let mut queue: VecDeque<&str> = reached.iter().copied().collect();
    while let Some(id) = queue.pop_front() {
        let package = &graph.packages[id];
        for next in &package.uses {
            let name = &graph.packages[next].name;
            if *name == ban.name && !ban.wrappers.contains(&package.name) {
                let mut chain = vec![name.clone(), package.name.clone()];
                let ancestors = std::iter::successors(parents.get(id), |parent| parents.get(*parent));
                chain.extend(ancestors.map(|&ancestor| graph.packages[ancestor].name.clone()));
                chain.reverse();
                violations.push(Violation::Banned {
                    chain,
                    reason: ban.reason.clone(),
                });
            }
            if reached.insert(next) {
                parents.insert(next, id);
                queue.push_back(next);
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
| crate | holds | may depend on |
|---|---|---|
| `crates/space` `moretta-space` | maths | `glam` |
| `crates/veil` `moretta-veil` | the vault | `libc` |
| `crates/frame` `moretta-frame` | frames | `moretta-space`, `moretta-veil` |
";
    const DENY: &str = r#"
[bans]
deny = [
  { crate = "reqwest", reason = "network" },
  { crate = "moretta-veil", reason = "trusted", wrappers = ["moretta-frame"] },
]
"#;
    /// Package, and what it depends on; those in `crates/` are the workspace's.
    const GOOD: [(&str, &[&str]); 6] = [
        ("crates/space", &["glam"]),
        ("crates/veil", &["libc"]),
        ("crates/frame", &["crates/space", "crates/veil"]),
        ("glam", &["build-helper"]),
        ("build-helper", &[]),
        ("libc", &[]),
    ];

    /// `cargo metadata` as it would speak of `packages`.
    fn metadata(packages: &[(&str, &[&str])]) -> Graph {
        let name = |id: &str| id.replace("crates/", "moretta-");
        let listed = packages.iter().map(|(id, dependencies)| {
            let declared = dependencies
                .iter()
                .map(|id| serde_json::json!({"name": name(id), "kind": null}));
            let manifest_path = format!("/w/{id}/Cargo.toml");
            serde_json::json!({"id": id, "name": name(id), "manifest_path": manifest_path,
                "dependencies": declared.collect::<Vec<_>>()})
        });
        let nodes = packages.iter().map(|(id, dependencies)| {
            let kinds = [serde_json::json!({"kind": null})];
            let used = dependencies
                .iter()
                .map(|id| serde_json::json!({"pkg": id, "dep_kinds": kinds}));
            serde_json::json!({"id": id, "deps": used.collect::<Vec<_>>()})
        });
        let members = packages
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| id.starts_with("crates/"));
        let whole = serde_json::json!({
            "workspace_root": "/w",
            "workspace_members": members.collect::<Vec<_>>(),
            "packages": listed.collect::<Vec<_>>(),
            "resolve": {"nodes": nodes.collect::<Vec<_>>()},
        });
        Graph::parse(&whole.to_string()).unwrap()
    }

    fn judge(table: &str, packages: &[(&str, &[&str])]) -> Vec<String> {
        let found = violations(
            &crate_table::parse(table).unwrap(),
            &bans::parse(DENY).unwrap(),
            &metadata(packages),
        );
        found.iter().map(ToString::to_string).collect()
    }

    /// `GOOD` with the dependencies of `package` replaced, and `more` packages.
    fn seeded<'a>(
        package: &str,
        now: &'a [&'a str],
        more: &[(&'a str, &'a [&'a str])],
    ) -> Vec<(&'a str, &'a [&'a str])> {
        let seed = |&(id, before): &(&'a str, &'a [&'a str])| (id, if id == package { now } else { before });
        let packages: Vec<_> = GOOD.iter().map(seed).chain(more.iter().copied()).collect();
        assert!(packages.iter().any(|(id, _)| *id == package), "{package}");
        packages
    }

    #[test]
    fn a_workspace_that_keeps_the_rules_passes() {
        assert_eq!(judge(TABLE, &GOOD), [""; 0]);
    }

    #[test]
    fn a_forbidden_edge_is_caught() {
        let found = judge(TABLE, &seeded("crates/space", &["glam", "libc"], &[]));
        assert_eq!(
            found,
            ["moretta-space depends on libc, which its row in the crate table does not allow"]
        );
    }

    #[test]
    fn an_edge_into_the_veil_past_its_wrappers_is_caught_even_if_the_table_allows_it() {
        let table = TABLE.replace("| `glam` |", "| `glam`, `moretta-veil` |");
        let found = judge(&table, &seeded("crates/space", &["glam", "crates/veil"], &[]));
        assert_eq!(
            found,
            ["moretta-space -> moretta-veil: banned by deny.toml: trusted"]
        );
    }

    #[test]
    fn a_banned_crate_deep_in_a_tree_is_caught() {
        let more: [(&str, &[&str]); 2] = [("telemetry", &["reqwest"]), ("reqwest", &[])];
        let found = judge(TABLE, &seeded("build-helper", &["telemetry"], &more));
        let chain = "moretta-space -> glam -> build-helper -> telemetry -> reqwest";
        assert_eq!(found, [format!("{chain}: banned by deny.toml: network")]);
    }

    #[test]
    fn a_banned_crate_that_no_workspace_crate_reaches_is_no_violation() {
        let more: [(&str, &[&str]); 2] = [("stranger", &["reqwest"]), ("reqwest", &[])];
        assert_eq!(judge(TABLE, &seeded("glam", &["build-helper"], &more)), [""; 0]);
    }

    #[test]
    fn an_unlisted_crate_is_caught() {
        let found = judge(TABLE, &seeded("libc", &[], &[("crates/new", &[])]));
        assert_eq!(
            found,
            ["moretta-new in crates/new has no row in the crate table of ARCHITECTURE.md"]
        );
    }

    #[test]
    fn a_row_without_a_crate_a_false_folder_and_a_second_row_are_caught() {
        let absent = format!("{TABLE}| `crates/pack` `moretta-pack` | packs | - |\n");
        assert_eq!(
            judge(&absent, &GOOD),
            ["the crate table lists moretta-pack in crates/pack: no such crate"]
        );
        let moved = TABLE.replace("`crates/space`", "`crates/room`");
        let expected = ["the crate table puts moretta-space in crates/room, it lies in crates/space"];
        assert_eq!(judge(&moved, &GOOD), expected);
        let repeated = format!("{TABLE}| `crates/veil` `moretta-veil` | again | `libc` |\n");
        assert_eq!(
            judge(&repeated, &GOOD),
            ["the crate table lists moretta-veil more than once"]
        );
    }

    #[test]
    fn an_allowance_that_nothing_uses_is_caught() {
        let table = TABLE.replace("| `libc` |", "| `libc`, `rand` |");
        let expected = ["the crate table allows moretta-veil to depend on rand, which it does not"];
        assert_eq!(judge(&table, &GOOD), expected);
    }
}
