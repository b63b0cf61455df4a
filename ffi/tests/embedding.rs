//! What `docs/EMBEDDING.md` shows is what the examples say, which are compiled and run.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod support;

use std::fs;

use support::root;

/// Each language of the page: what a snippet begins with, where its files lie, and how a part is marked.
const LANGUAGES: [(&str, &str, &str); 3] = [
    ("```c\n", "ffi/examples", "/* [NAME] */"),
    (
        "```kotlin\n",
        "ffi/android/sample/src/main/kotlin/dev/moretta/sample",
        "// [NAME]",
    ),
    ("```swift\n", "ffi/apple/Sample", "// [NAME]"),
];

/// The marked part of an example, without the indent of its first line.
fn part(source: &str, mark: &str) -> Option<String> {
    let mut parts = source.split(mark);
    let (_, part, _) = (parts.next()?, parts.next()?, parts.next()?);
    let lines: Vec<_> = part.trim_matches('\n').lines().collect();
    let lines = &lines[..lines.iter().rposition(|line| !line.trim().is_empty())? + 1];
    let indent = lines.first()?.len() - lines.first()?.trim_start().len();
    let cut = |line: &&str| line.get(indent..).unwrap_or_default().trim_end().to_owned();
    Some(lines.iter().map(cut).collect::<Vec<_>>().join("\n"))
}

/// What is wrong with the snippets of a page, and how many it has of each language.
fn wrong(page: &str) -> (Vec<String>, [usize; 3]) {
    let (mut wrong, mut count) = (Vec::new(), [0; 3]);
    for ((begin, folder, mark), count) in LANGUAGES.iter().zip(&mut count) {
        let mut rest = page;
        while let Some((before, after)) = rest.split_once(begin) {
            let (snippet, after) = after.split_once("\n```").unwrap();
            let label = before.trim_end().lines().last().unwrap_or_default();
            let named = label.strip_prefix("<!-- ").and_then(|it| it.strip_suffix(" -->"));
            let found = named.and_then(|it| it.split_once(' ')).and_then(|(file, name)| {
                let source = fs::read_to_string(root().join(folder).join(file)).ok()?;
                part(&source, &mark.replace("NAME", name))
            });
            match found {
                Some(expected) if expected == snippet => *count += 1,
                Some(expected) => wrong.push(format!("{label}: expected\n{expected}")),
                None => wrong.push(format!("{label}: no such part of an example")),
            }
            rest = after;
        }
    }
    (wrong, count)
}

#[test]
fn the_snippets_are_parts_of_the_examples() {
    let page = fs::read_to_string(root().join("docs/EMBEDDING.md")).unwrap();
    let (wrong, count) = wrong(&page);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let [c, kotlin, swift] = count;
    assert!(c >= 8 && kotlin >= 4 && swift >= 4, "{count:?}");
}

#[test]
fn a_snippet_that_has_drifted_is_seen() {
    let page = fs::read_to_string(root().join("docs/EMBEDDING.md")).unwrap();
    assert!(page.contains("MORETTA_FRAME_CONSUMED"));
    assert_eq!(wrong(&page.replace("MORETTA_FRAME_CONSUMED", "0")).0.len(), 1);
    for (label, other) in [
        ("<!-- nv12.c loop -->", "<!-- nv12.c no such -->"),
        (
            "<!-- MainActivity.kt camera -->",
            "<!-- MainActivity.kt effect -->",
        ),
        (
            "<!-- CameraViewController.swift camera -->",
            "<!-- No.swift camera -->",
        ),
    ] {
        assert!(page.contains(label), "{label}");
        assert_eq!(wrong(&page.replace(label, other)).0.len(), 1, "{label}");
    }
}
