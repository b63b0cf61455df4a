//! What a library is made of: the packages below it, their licences, and a bill of materials.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::error::Error;
use crate::process;
use crate::workspace::{cargo, read};

/// A package that ends up in the library, or that writes code which does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Material {
    name: String,
    version: String,
    licence: String,
    /// Where it comes from; none of this workspace's own.
    source: Option<String>,
    folder: PathBuf,
}

impl Material {
    /// All packages below `package`, itself included, as it is built for `triple`. Build scripts and tests apart.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Malformed`].
    pub(crate) fn all(package: &str, triple: &str) -> Result<Vec<Self>, Error> {
        let arguments = [
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            triple,
        ];
        Self::parse(&process::output(cargo().args(arguments))?, package)
    }

    fn parse(json: &str, package: &str) -> Result<Vec<Self>, Error> {
        let value: Value = serde_json::from_str(json).map_err(|error| malformed(&error.to_string()))?;
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut packages = BTreeMap::new();
        for entry in list(value.get("packages")) {
            let need = |key| text(&entry, key).ok_or_else(|| malformed(key));
            let material = Self {
                name: need("name")?,
                version: need("version")?,
                licence: text(&entry, "license").unwrap_or_default(),
                source: text(&entry, "source"),
                folder: Path::new(&need("manifest_path")?)
                    .parent()
                    .unwrap_or(Path::new("/"))
                    .to_owned(),
            };
            packages.insert(need("id")?, material);
        }
        let nodes: BTreeMap<_, _> = list(value.get("resolve").and_then(|it| it.get("nodes")))
            .into_iter()
            .filter_map(|node| Some((text(&node, "id")?, node)))
            .collect();
        let first = packages
            .iter()
            .find(|(_, it)| it.name == package && it.source.is_none());
        let mut open = vec![first.ok_or_else(|| malformed(package))?.0.clone()];
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let node = nodes.get(&id).ok_or_else(|| malformed(&id))?;
            for dependency in list(node.get("deps")) {
                let kinds = list(dependency.get("dep_kinds"));
                if kinds
                    .iter()
                    .any(|kind| kind.get("kind").is_some_and(Value::is_null))
                {
                    open.extend(text(&dependency, "pkg"));
                }
            }
        }
        let mut found: Vec<_> = seen.iter().filter_map(|id| packages.get(id)).cloned().collect();
        found.sort();
        Ok(found)
    }
}

fn malformed(found: &str) -> Error {
    Error::Malformed {
        what: "cargo metadata".to_owned(),
        expected: "packages, and what each depends on",
        found: found.to_owned(),
    }
}

/// The licences of all that is not our own, each with its text; the same text once.
///
/// # Errors
/// [`Error::Read`]; [`Error::Malformed`] if a package names no licence.
pub(crate) fn notices(materials: &[Material]) -> Result<String, Error> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut out = String::from("libmoretta is built with the following packages.\n\n");
    let mut without = Vec::new();
    for it in materials.iter().filter(|it| it.source.is_some()) {
        if it.licence.is_empty() {
            return Err(malformed(&format!("no licence of {}", it.name)));
        }
        let _ = writeln!(out, "{} {}: {}", it.name, it.version, it.licence);
        let files = licences(&it.folder)?;
        if files.is_empty() {
            without.push(format!("{} {}", it.name, it.version));
        }
        for file in files {
            texts
                .entry(read(&file)?)
                .or_default()
                .push(format!("{} {}", it.name, it.version));
        }
    }
    if !without.is_empty() {
        let _ = writeln!(
            out,
            "\nThese come without a licence's text of their own; those they name are below: {}.",
            without.join(", ")
        );
    }
    for (text, of) in texts {
        let line = "-".repeat(100);
        let _ = writeln!(out, "\n{line}\n{}\n{line}\n\n{}", of.join(", "), text.trim_end());
    }
    Ok(out)
}

/// The files in a package's folder that hold licences and notices.
fn licences(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unread = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        let is = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];
        if path.is_file() && is.iter().any(|is| name.starts_with(is)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The bill of materials, in CycloneDX 1.5.
///
/// # Errors
/// [`Error::Malformed`] if there is nothing.
pub(crate) fn bill(materials: &[Material]) -> Result<String, Error> {
    let purl = |it: &Material| format!("pkg:cargo/{}@{}", it.name, it.version);
    let component = |it: &Material| {
        json!({
            "type": "library",
            "bom-ref": purl(it),
            "name": it.name,
            "version": it.version,
            "licenses": [{ "expression": it.licence.replace('/', " OR ") }],
            "purl": purl(it),
        })
    };
    let first = materials
        .iter()
        .find(|it| it.name == "moretta-ffi" && it.source.is_none());
    let first = first.ok_or_else(|| malformed("no moretta-ffi"))?;
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(first) },
        "components": materials.iter().filter(|it| *it != first).map(component).collect::<Vec<_>>(),
    });
    Ok(format!("{bill:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
        "packages": [
            { "id": "f", "name": "moretta-ffi", "version": "1.0.0", "license": "MIT", "source": null, "manifest_path": "/f/Cargo.toml" },
            { "id": "a", "name": "a", "version": "2.0.0", "license": "MIT/Zlib", "source": "registry", "manifest_path": "/a/Cargo.toml" },
            { "id": "b", "name": "b", "version": "3.0.0", "license": "MIT", "source": "registry", "manifest_path": "/b/Cargo.toml" },
            { "id": "c", "name": "c", "version": "4.0.0", "license": "MIT", "source": "registry", "manifest_path": "/c/Cargo.toml" }
        ],
        "resolve": { "nodes": [
            { "id": "f", "deps": [
                { "pkg": "a", "dep_kinds": [{ "kind": null }] },
                { "pkg": "c", "dep_kinds": [{ "kind": "dev" }, { "kind": "build" }] }
            ] },
            { "id": "a", "deps": [{ "pkg": "b", "dep_kinds": [{ "kind": "build" }, { "kind": null }] }] },
            { "id": "b", "deps": [] },
            { "id": "c", "deps": [] }
        ] }
    }"#;

    #[test]
    fn what_is_built_in_is_listed_and_tools_are_not() {
        let found = Material::parse(METADATA, "moretta-ffi").unwrap();
        let names: Vec<_> = found.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "moretta-ffi"]);
        assert!(Material::parse(METADATA, "a").is_err(), "none of ours");
        let bill: Value = serde_json::from_str(&bill(&found).unwrap()).unwrap();
        assert_eq!(bill["components"].as_array().unwrap().len(), 2);
        assert_eq!(bill["components"][0]["licenses"][0]["expression"], "MIT OR Zlib");
        assert_eq!(
            bill["metadata"]["component"]["purl"],
            "pkg:cargo/moretta-ffi@1.0.0"
        );
    }

    #[test]
    fn a_package_without_a_licence_is_refused() {
        let mut found = Material::parse(METADATA, "moretta-ffi").unwrap();
        found[0].licence.clear();
        assert!(notices(&found).is_err());
    }
}
