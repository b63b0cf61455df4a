//! What is written for Apple's systems, where there is no Swift compiler: that it names what the header has, and that the privacy
//! manifest is a property list that says what it should. The module map is read by clang in `cargo xtask test-ffi`.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use moretta_ffi::CONSTANTS;
use support::{header, package};

fn swift() -> String {
    let folder = package().join("apple/Sources/Moretta");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The words of a source that belong to the C interface.
fn words(source: &str) -> BTreeSet<&str> {
    let words = source.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    words
        .filter(|word| word.starts_with("moretta_") || word.starts_with("MORETTA_"))
        .collect()
}

/// What Swift uses and the header has not, or has in a form that Swift does not see: macros that are more than a number.
fn unknown(swift: &str, header: &str) -> Vec<String> {
    let seen = words(header);
    let hidden = |word: &str| {
        let line = header
            .lines()
            .find(|line| line.starts_with(&format!("#define {word} ")));
        line.is_some_and(|line| line.contains("UINT32_C")) || word.ends_with("_INIT")
    };
    let code: String = swift
        .lines()
        .filter(|line| !line.trim_start().starts_with("///"))
        .map(|line| format!("{line}\n"))
        .collect();
    let unknown = words(&code)
        .into_iter()
        .filter(|word| !seen.contains(word) || hidden(word));
    unknown.map(str::to_owned).collect()
}

#[test]
fn swift_names_what_the_header_has() {
    let (swift, header) = (swift(), header());
    assert!(words(&swift).len() > 60, "{}", words(&swift).len());
    assert_eq!(unknown(&swift, &header), [""; 0]);
    for (from, to) in [
        ("moretta_pause(handle)", "moretta_paws(handle)"),
        ("MORETTA_FIT_COVER", "MORETTA_FIT_FILL"),
        ("moretta_create(Self.abi", "moretta_create(MORETTA_ABI"),
    ] {
        assert!(swift.contains(from), "{from}");
        assert_eq!(unknown(&swift.replace(from, to), &header).len(), 1, "{to}");
    }
    let abi = swift.split_once("static let abi: UInt32 = 0x").unwrap().1;
    let abi = i64::from_str_radix(&abi.lines().next().unwrap().replace('_', ""), 16).unwrap();
    let library = CONSTANTS.iter().find(|(name, _)| *name == "ABI").unwrap().1;
    assert!(abi >> 16 == library >> 16 && abi <= library, "{abi} of {library}");
}

/// The functions of the header that Swift does without, each for a reason.
const LEFT_OUT: [&str; 3] = [
    "moretta_abi",         // `create` compares it
    "moretta_set_log",     // what goes wrong is thrown
    "moretta_status_name", // errors say it in words
];

/// What a header declares and Swift does not call.
fn uncalled(swift: &str, header: &str) -> Vec<String> {
    let declared = header.split("\nMORETTA_API ").skip(1).filter_map(|it| {
        let head = it.split('(').next()?;
        Some(head.rsplit([' ', '*']).next()?.to_owned())
    });
    let called = words(swift);
    declared
        .filter(|name| !called.contains(name.as_str()) && !LEFT_OUT.contains(&name.as_str()))
        .collect()
}

#[test]
fn swift_calls_what_there_is() {
    let (swift, header) = (swift(), header());
    assert_eq!(uncalled(&swift, &header), [""; 0]);
    assert_eq!(
        uncalled(&swift.replace("moretta_tap", "moretta_pat"), &header),
        ["moretta_tap"]
    );
    for name in LEFT_OUT {
        assert!(header.contains(name) && !words(&swift).contains(name), "{name}");
    }
}

/// The elements of a property list, each with its depth, or what is wrong with it.
fn elements(text: &str) -> Result<Vec<(usize, String)>, String> {
    let (mut open, mut found): (Vec<String>, _) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        if open.last().is_some_and(|it| it != "key" && it != "string") && !before.trim().is_empty() {
            return Err(format!("words in no element: {before}"));
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or("a comment without an end")?.1;
            continue;
        }
        let (tag, after) = after.split_once('>').ok_or("a tag without an end")?;
        rest = after;
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let name = tag.trim_end_matches('/').split(' ').next().unwrap_or_default();
        let of = match name {
            "key" | "string" => after.split('<').next().unwrap_or_default(),
            _ => "",
        };
        found.push((open.len(), format!("{name} {of}").trim().to_owned()));
        if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    if open.is_empty() {
        Ok(found)
    } else {
        Err(format!("{open:?} are not closed"))
    }
}

#[test]
fn the_privacy_manifest_is_a_property_list() {
    let text = fs::read_to_string(package().join("apple/PrivacyInfo.xcprivacy")).unwrap();
    let found = elements(&text).unwrap();
    assert_eq!(found[..2], [(0, "plist".to_owned()), (1, "dict".to_owned())]);
    let top: Vec<_> = found
        .iter()
        .filter(|(depth, _)| *depth == 2)
        .map(|(_, it)| it.as_str())
        .collect();
    assert_eq!(
        top,
        [
            "key NSPrivacyTracking",
            "false",
            "key NSPrivacyTrackingDomains",
            "array",
            "key NSPrivacyCollectedDataTypes",
            "array",
            "key NSPrivacyAccessedAPITypes",
            "array",
        ]
    );
    for (from, to) in [
        ("</array>", ""),
        ("<dict>", "<dict>words"),
        ("<false/>", "<false>"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(elements(&text.replacen(from, to, 1)).is_err(), "{from} {to}");
    }
}
