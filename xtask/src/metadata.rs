//! What `cargo metadata` says of the workspace: its packages, and what each really depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::error::Error;
use crate::process;
use crate::workspace::cargo;

/// The packages of a workspace and of everything below it, on every platform and with every feature.
///
/// Development dependencies are left out: they end up in no program that ships.
#[derive(Debug)]
pub(crate) struct Graph {
    /// By package id, which Cargo keeps unique.
    pub(crate) packages: BTreeMap<String, Package>,
    /// The ids of the workspace's own packages.
    pub(crate) members: Vec<String>,
}

/// A package of the graph.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder from the workspace's root, with `/`; absolute for packages that lie elsewhere.
    pub(crate) path: String,
    /// The names of the packages in its manifest's normal and build dependencies, optional ones too.
    pub(crate) declares: BTreeSet<String>,
    /// The ids of the packages that it is really built with, as normal or build dependencies.
    pub(crate) uses: BTreeSet<String>,
}

impl Graph {
    /// Asks Cargo about the workspace in `root`.
    ///
    /// # Errors
    /// [`Error::Failed`] if Cargo does not understand the workspace, [`Error::Malformed`] if its answer is strange.
    pub(crate) fn load(root: &Path) -> Result<Self, Error> {
        let mut command = cargo();
        command
            .args(["metadata", "--format-version", "1", "--all-features"])
            .current_dir(root);
        Self::parse(&process::output(&mut command)?)
    }

    /// Reads the answer of `cargo metadata --format-version 1`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if a field is missing or of another type.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let value: Value =
            serde_json::from_str(json).map_err(|error| malformed("JSON", &error.to_string()))?;
        let root = string(&value, "workspace_root")?;
        let mut packages = BTreeMap::new();
        for entry in array(&value, "packages")? {
            packages.insert(string(entry, "id")?.to_owned(), package(entry, root)?);
        }
        let resolve = value
            .get("resolve")
            .ok_or_else(|| malformed("a field `resolve`", "none"))?;
        for node in array(resolve, "nodes")? {
            let id = string(node, "id")?;
            let package = packages
                .get_mut(id)
                .ok_or_else(|| malformed("a package for each node", id))?;
            package.uses = uses(node)?;
        }
        let members = array(&value, "workspace_members")?.iter();
        let members = members
            .map(|id| id.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>();
        let members = members.ok_or_else(|| malformed("ids in `workspace_members`", "something else"))?;
        let graph = Self { packages, members };
        if let Some(id) = graph.ids().find(|id| !graph.packages.contains_key(*id)) {
            return Err(malformed("a package for each id", id));
        }
        Ok(graph)
    }

    /// Every id that is referred to.
    fn ids(&self) -> impl Iterator<Item = &String> {
        self.members
            .iter()
            .chain(self.packages.values().flat_map(|package| &package.uses))
    }
}

fn package(entry: &Value, root: &str) -> Result<Package, Error> {
    let mut declares = BTreeSet::new();
    for dependency in array(entry, "dependencies")? {
        if ships(dependency) {
            declares.insert(string(dependency, "name")?.to_owned());
        }
    }
    let manifest = Path::new(string(entry, "manifest_path")?);
    let folder = manifest.parent().unwrap_or(manifest);
    let folder = folder.strip_prefix(root).unwrap_or(folder);
    let path = folder
        .iter()
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("/");
    Ok(Package {
        name: string(entry, "name")?.to_owned(),
        path,
        declares,
        uses: BTreeSet::new(),
    })
}

fn uses(node: &Value) -> Result<BTreeSet<String>, Error> {
    let mut ids = BTreeSet::new();
    for dependency in array(node, "deps")? {
        if array(dependency, "dep_kinds")?.iter().any(ships) {
            ids.insert(string(dependency, "pkg")?.to_owned());
        }
    }
    Ok(ids)
}

/// Whether a dependency is needed to build what ships: Cargo's kinds are null (normal), "build" and "dev".
fn ships(dependency: &Value) -> bool {
    dependency.get("kind").and_then(Value::as_str) != Some("dev")
}

fn array<'a>(value: &'a Value, field: &'static str) -> Result<&'a [Value], Error> {
    value
        .get(field)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| malformed("a list", field))
}

fn string<'a>(value: &'a Value, field: &'static str) -> Result<&'a str, Error> {
    value
        .get(field)
        .and_then(Value::as_str)
        .ok_or_else(|| malformed("a string", field))
}

fn malformed(expected: &'static str, found: &str) -> Error {
    Error::Malformed {
        what: "cargo metadata".to_owned(),
        expected,
        found: found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::root;

    const ONE: &str = r#"{
        "workspace_root": "/w", "workspace_members": ["a"],
        "packages": [
            {"id": "a", "name": "moretta-a", "manifest_path": "/w/crates/a/Cargo.toml", "dependencies": [
                {"name": "glam", "kind": null}, {"name": "cc", "kind": "build"}, {"name": "proptest", "kind": "dev"}]},
            {"id": "g", "name": "glam", "manifest_path": "/registry/glam/Cargo.toml", "dependencies": []},
            {"id": "p", "name": "proptest", "manifest_path": "/registry/proptest/Cargo.toml", "dependencies": []}],
        "resolve": {"nodes": [
            {"id": "a", "deps": [{"pkg": "g", "dep_kinds": [{"kind": "dev"}, {"kind": null}]},
                                 {"pkg": "p", "dep_kinds": [{"kind": "dev"}]}]},
            {"id": "g", "deps": []}, {"id": "p", "deps": []}]}}"#;

    #[test]
    fn development_dependencies_are_left_out_and_the_rest_is_kept() {
        let graph = Graph::parse(ONE).unwrap();
        let package = &graph.packages["a"];
        assert_eq!(package.path, "crates/a");
        assert!(package.declares.iter().eq(["cc", "glam"]));
        assert!(package.uses.iter().eq(["g"]));
        assert_eq!(graph.members, ["a"]);
    }

    #[test]
    fn an_answer_with_a_hole_is_an_error() {
        for (good, bad) in [
            (r#""workspace_root": "/w","#, ""),
            (r#""workspace_members": ["a"]"#, r#""workspace_members": ["b"]"#),
            (r#""workspace_members": ["a"]"#, r#""workspace_members": [1]"#),
            (r#"{"pkg": "g""#, r#"{"pkg": "h""#),
            (r#""name": "glam", "manifest_path""#, r#""manifest_path""#),
            (r#""resolve": {"#, r#""resolved": {"#),
            (r#""dep_kinds": [{"kind": "dev"}]"#, r#""dep_kinds": null"#),
        ] {
            assert!(ONE.contains(good), "{good}");
            assert!(Graph::parse(&ONE.replace(good, bad)).is_err(), "{bad}");
        }
        assert!(Graph::parse("{").is_err());
    }

    #[test]
    fn this_workspace_can_be_read() {
        let graph = Graph::load(&root()).unwrap();
        let names: Vec<_> = graph
            .members
            .iter()
            .map(|id| graph.packages[id].name.as_str())
            .collect();
        assert!(names.contains(&"xtask"), "{names:?}");
        let xtask = graph
            .packages
            .values()
            .find(|package| package.name == "xtask")
            .unwrap();
        assert!(
            xtask.path == "xtask" && xtask.declares.contains("clap"),
            "{xtask:?}"
        );
    }
}
