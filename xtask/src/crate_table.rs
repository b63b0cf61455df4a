//! The crate table of ARCHITECTURE.md: which crates there are, and what each may depend on.

use std::collections::BTreeSet;

use crate::error::Error;

/// The head of the table, cell by cell.
const HEAD: [&str; 3] = ["crate", "holds", "may depend on"];

/// A row of the table.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    /// The folder, from the root, with `/`.
    pub(crate) path: String,
    /// The name of the package in it.
    pub(crate) package: String,
    /// The packages that it may name as normal or build dependencies.
    pub(crate) may_depend_on: BTreeSet<String>,
}

/// Reads the table out of a Markdown text.
///
/// A row is ``| `path` `package` | prose | `dependency`, `dependency` |``; a package that lies in a folder of
/// its own name is written once, and `-` stands for no dependency.
///
/// # Errors
/// [`Error::Malformed`] if there is no table, or more than one, or a row has another form.
pub(crate) fn parse(markdown: &str) -> Result<Vec<Row>, Error> {
    let mut tables = markdown
        .lines()
        .enumerate()
        .filter(|(_, line)| cells(line) == Some(HEAD.to_vec()));
    let (Some((head, _)), None) = (tables.next(), tables.next()) else {
        return Err(malformed(
            "one table with the head `crate | holds | may depend on`",
            "none, or several",
        ));
    };
    let rows = markdown
        .lines()
        .skip(head + 2)
        .take_while(|line| line.starts_with('|'))
        .map(row);
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        Err(malformed("at least one row", "none"))
    } else {
        Ok(rows)
    }
}

fn row(line: &str) -> Result<Row, Error> {
    let Some([name, _, dependencies]) = cells(line).and_then(|cells| <[&str; 3]>::try_from(cells).ok())
    else {
        return Err(malformed("three cells", line));
    };
    let (path, package) = match names(name).as_deref() {
        Some([both]) => (both.clone(), both.clone()),
        Some([path, package]) => (path.clone(), package.clone()),
        _ => return Err(malformed("`path` `package` in the first cell", line)),
    };
    let may_depend_on = match dependencies {
        "-" => Vec::new(),
        list => names(list).ok_or_else(|| malformed("`names` or - in the last cell", line))?,
    };
    Ok(Row {
        path,
        package,
        may_depend_on: may_depend_on.into_iter().collect(),
    })
}

/// The cells between the bars of a table's line.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// The words between backticks; `None` if there are none, or other words than those.
fn names(cell: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = cell.split('`').collect();
    let between_is_empty = parts
        .iter()
        .step_by(2)
        .all(|between| matches!(between.trim(), "" | ","));
    let names: Vec<String> = parts
        .iter()
        .skip(1)
        .step_by(2)
        .map(|&name| name.to_owned())
        .collect();
    let whole = parts.len() % 2 == 1 && !names.is_empty() && names.iter().all(|name| !name.is_empty());
    (whole && between_is_empty).then_some(names)
}

fn malformed(expected: &'static str, found: &str) -> Error {
    Error::Malformed {
        what: "the crate table of ARCHITECTURE.md".to_owned(),
        expected,
        found: found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
before
| crate | holds | may depend on |
|---|---|---|
| `crates/a` `moretta-a` | things, `and` more | `glam`, `moretta-b` |
| `xtask` | commands | - |

after | this | is prose
";

    #[test]
    fn a_table_is_read_row_by_row() {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let row = |path: &str, package: &str, names| Row {
            path: path.to_owned(),
            package: package.to_owned(),
            may_depend_on: set(names),
        };
        let expected = [
            row("crates/a", "moretta-a", &["glam", "moretta-b"]),
            row("xtask", "xtask", &[]),
        ];
        assert_eq!(parse(TABLE).unwrap(), expected);
    }

    #[test]
    fn a_row_of_another_form_is_an_error_and_never_skipped() {
        for (good, bad) in [
            ("| `xtask` | commands | - |", "| xtask | commands | - |"),
            ("| `xtask` | commands | - |", "| `xtask` | commands |"),
            ("| `xtask` | commands | - |", "| `xtask` | commands | |"),
            ("| `xtask` | commands | - |", "| `a` `b` `c` | commands | - |"),
            ("`glam`, `moretta-b`", "all of `glam`"),
            ("`glam`, `moretta-b`", "glam"),
            ("`glam`, `moretta-b`", "`glam`, ``"),
            ("`glam`, `moretta-b`", "`glam"),
        ] {
            assert!(TABLE.contains(good));
            assert!(parse(&TABLE.replace(good, bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_table_two_tables_and_an_empty_table_are_errors() {
        assert!(parse("# Architecture").is_err());
        assert!(parse(&format!("{TABLE}\n{TABLE}")).is_err());
        assert!(parse("| crate | holds | may depend on |\n|---|---|---|\n").is_err());
    }
}
