//! The bans of deny.toml, read once more: `check-deps` enforces them where cargo-deny is not installed.

use toml::{Table, Value};

use crate::error::Error;

/// A crate that no tree may hold, except right below its wrappers.
#[derive(Debug, PartialEq)]
pub(crate) struct Ban {
    pub(crate) name: String,
    pub(crate) reason: String,
    /// The only packages that may depend on it; where empty, none may.
    pub(crate) wrappers: Vec<String>,
}

/// Reads `bans.deny` of a deny.toml.
///
/// # Errors
/// [`Error::Malformed`] if it is not TOML, bans nothing, or holds an entry that this program would misread:
/// each must have a plain `crate` name, a `reason`, perhaps `wrappers`, and nothing else.
pub(crate) fn parse(deny_toml: &str) -> Result<Vec<Ban>, Error> {
    let table: Table = deny_toml
        .parse()
        .map_err(|error: toml::de::Error| malformed("TOML", &error.to_string()))?;
    let entries = table
        .get("bans")
        .and_then(|bans| bans.get("deny"))
        .and_then(Value::as_array);
    let bans = entries
        .into_iter()
        .flatten()
        .map(ban)
        .collect::<Result<Vec<_>, _>>()?;
    if bans.is_empty() {
        Err(malformed("a list of bans", "none"))
    } else {
        Ok(bans)
    }
}

fn ban(entry: &Value) -> Result<Ban, Error> {
    let refuse = |expected| Err(malformed(expected, &format!("{entry:?}")));
    let Some(fields) = entry.as_table() else {
        return refuse("a table");
    };
    if fields
        .keys()
        .any(|key| !matches!(key.as_str(), "crate" | "reason" | "wrappers"))
    {
        return refuse("the keys crate, reason and wrappers");
    }
    // cargo-deny also reads `name@version` here; a ban on some versions alone would be a hole.
    let Some(name) = fields
        .get("crate")
        .and_then(Value::as_str)
        .filter(|name| is_package_name(name))
    else {
        return refuse("a crate's name without a version");
    };
    let Some(reason) = fields.get("reason").and_then(Value::as_str) else {
        return refuse("a reason");
    };
    let wrappers = match fields.get("wrappers") {
        None => Some(Vec::new()),
        Some(list) => list.as_array().and_then(|list| {
            list.iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        }),
    };
    let Some(wrappers) = wrappers else {
        return refuse("a list of names as wrappers");
    };
    Ok(Ban {
        name: name.to_owned(),
        reason: reason.to_owned(),
        wrappers,
    })
}

fn is_package_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn malformed(expected: &'static str, found: &str) -> Error {
    Error::Malformed {
        what: "deny.toml".to_owned(),
        expected,
        found: found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{read, root};

    const DENY: &str = r#"
[bans]
deny = [
  { crate = "reqwest", reason = "network" },
  { crate = "moretta-veil", reason = "trusted", wrappers = ["moretta-proofs"] },
]
"#;

    #[test]
    fn bans_are_read_with_reason_and_wrappers() {
        let ban = |name: &str, reason: &str, wrappers: &[&str]| Ban {
            name: name.to_owned(),
            reason: reason.to_owned(),
            wrappers: wrappers.iter().map(|&name| name.to_owned()).collect(),
        };
        let expected = [
            ban("reqwest", "network", &[]),
            ban("moretta-veil", "trusted", &["moretta-proofs"]),
        ];
        assert_eq!(parse(DENY).unwrap(), expected);
    }

    #[test]
    fn an_entry_of_another_form_is_an_error_and_never_skipped() {
        let good = r#"{ crate = "reqwest", reason = "network" }"#;
        assert!(DENY.contains(good));
        for bad in [
            r#""reqwest""#,
            r#"{ crate = "reqwest@1", reason = "network" }"#,
            r#"{ crate = "", reason = "network" }"#,
            r#"{ name = "reqwest", reason = "network" }"#,
            r#"{ crate = "reqwest" }"#,
            r#"{ crate = "reqwest", reason = "network", deny-multiple-versions = true }"#,
            r#"{ crate = "reqwest", reason = "network", wrappers = "all" }"#,
            r#"{ crate = "reqwest", reason = "network", wrappers = [1] }"#,
            r#"{ crate = "reqwest" "#,
        ] {
            assert!(parse(&DENY.replace(good, bad)).is_err(), "{bad}");
        }
        assert!(parse("").is_err());
        assert!(parse("[bans]\ndeny = []").is_err());
    }

    #[test]
    fn the_real_file_bans_network_telemetry_files_and_wraps_the_veil() {
        let bans = parse(&read(&root().join("deny.toml")).unwrap()).unwrap();
        for name in [
            "reqwest",
            "hyper",
            "socket2",
            "rustls",
            "sentry",
            "opentelemetry",
            "tempfile",
            "tracing-appender",
        ] {
            let ban = bans.iter().find(|ban| ban.name == name);
            assert!(
                ban.is_some_and(|ban| ban.wrappers.is_empty() && !ban.reason.is_empty()),
                "{name}: {ban:?}"
            );
        }
        let veil = bans.iter().find(|ban| ban.name == "moretta-veil");
        assert!(veil.is_some_and(|ban| !ban.wrappers.is_empty()), "{veil:?}");
    }
}
