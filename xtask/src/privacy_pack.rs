//! What an app maker needs to say of faces, generated from PRIVACY.md and from the library that it lies beside.

use std::fmt::Write as _;

use crate::error::Error;

/// What is known of the library.
pub(crate) struct Subject<'a> {
    pub(crate) version: &'a str,
    pub(crate) triple: &'a str,
    pub(crate) profile: &'a str,
    /// PRIVACY.md.
    pub(crate) privacy: &'a str,
    /// What the library takes from the system's libraries, by name.
    pub(crate) imports: &'a [String],
    /// crates/proofs/imports.txt and imports-library.txt.
    pub(crate) listed: &'a str,
    pub(crate) packages: usize,
}

/// The files of the pack: names and texts.
///
/// # Errors
/// [`Error::Malformed`] if PRIVACY.md lacks a part, or the library takes a function that is not listed.
pub(crate) fn files(subject: &Subject<'_>) -> Result<Vec<(&'static str, String)>, Error> {
    let listed: Vec<_> = subject
        .listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(' ').next())
        .collect();
    let more: Vec<_> = subject
        .imports
        .iter()
        .filter(|name| !listed.contains(&name.as_str()))
        .map(String::as_str)
        .collect();
    if !more.is_empty() || subject.imports.is_empty() {
        return Err(Error::Malformed {
            what: "what the library imports".to_owned(),
            expected: "functions that crates/proofs/imports*.txt list",
            found: if more.is_empty() {
                "none at all".to_owned()
            } else {
                more.join(" ")
            },
        });
    }
    Ok(vec![
        ("PROMISE.md", promise(subject)?),
        ("STORES.md", stores(subject)),
        ("CONSENT.md", CONSENT.to_owned()),
        ("IMPACT.md", impact(subject)?),
        ("AUDIT.md", audit(subject)?),
    ])
}

/// The part of PRIVACY.md under this heading, up to the next of its kind.
fn part<'a>(privacy: &'a str, heading: &str) -> Result<&'a str, Error> {
    let found = privacy
        .split("\n## ")
        .find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n'));
    found
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Error::Malformed {
            what: "PRIVACY.md".to_owned(),
            expected: "the parts that the privacy pack is made of",
            found: format!("no `## {heading}`"),
        })
}

fn promise(subject: &Subject<'_>) -> Result<String, Error> {
    let clauses = part(subject.privacy, "Clause by clause")?;
    let limits = part(subject.privacy, "Limits, said aloud")?;
    Ok(format!(
        "# What an app with Moretta {} may say of faces\n\nEach sentence on the left may stand in the app's own policy, for what Moretta \
         does. What the app does with camera frames and finished pictures is the app's to say. From Moretta's PRIVACY.md.\n\n\
         ## Clause by clause\n\n{clauses}\n\n## Limits\n\n{limits}\n",
        subject.version
    ))
}

fn stores(subject: &Subject<'_>) -> String {
    format!(
        "# Answers for app stores: Moretta {}\n\nFor what Moretta does by itself. What else the app and its other libraries do \
         comes on top. The questions are the stores' own, and change: read them.\n\n\
         ## Google Play, data safety\n\n\
         | question | answer for Moretta |\n|---|---|\n\
         | Does it collect user data? (Sent off the device) | no: it opens no connection, and the AAR asks for no permission |\n\
         | Does it share user data? | no |\n\
         | Photos and videos; biometric data | processed on the device, in memory, for the time of a frame; not collected |\n\
         | Is data encrypted in transit? | nothing is in transit |\n\
         | Can users ask for deletion? | there is nothing to delete; taking the consent back wipes what a running session has |\n\n\
         ## Apple, app privacy\n\n\
         `PrivacyInfo.xcprivacy` lies beside this file: no tracking, no tracking domains, no collected data types. \
         The answer for Moretta is \"Data Not Collected\". The app needs `NSCameraUsageDescription`.\n",
        subject.version
    )
}

const CONSENT: &str = "# Asking for consent

Moretta analyses nothing until the app says that the person agreed, and takes no stored answer: ask at each start, or keep the
answer yourself. Ask before the camera's picture is shown with an effect, in words of your own that say at least:

> To draw effects on faces, this app looks for faces in the camera's picture. That happens on this device and for the picture on
> the screen alone. Nothing of it is kept, sent or shared. You can stop it at any time in [where].

- Offer `no` as plainly as `yes`, and go on without effects: frames then pass through, and nothing is analysed.
- Offer to take it back, and call `moretta_consent_revoke` then: it returns when everything is wiped.
- Other people may be in the picture. Say so to the person who holds the camera.

## Minors

Under fourteen a guardian has to be asked, and `MORETTA_AGE_UNDER_14_WITH_GUARDIAN` says that this was done. Where the law of a
place has a higher age, take that. Moretta never estimates an age. Do not ask for a birthday to find out: ask for the age band.
";

fn impact(subject: &Subject<'_>) -> Result<String, Error> {
    let clauses = part(subject.privacy, "Clause by clause")?.lines().skip(2);
    let mut text = format!(
        "# Paragraphs for an impact assessment: Moretta {}\n\n\
         **Processing.** The app hands camera frames to Moretta. Faces are found and measured (landmarks, pose, expression) on the \
         device, in order to draw an effect into the same frame. No template that could tell a person from another is made, and no \
         age, sex, origin or mood is inferred.\n\n\
         **Recipients, transfers, storage.** None. The library has no code for connections, and imports none (AUDIT.md).\n\n\
         **Retention.** One frame; what a face's track remembers from frame to frame dies with the track. Both are \
         wiped, and lie in memory that is locked: the strict policy refuses to start where the system does not grant it, and the \
         session's report says what took hold.\n\n\
         **Necessity.** Faces are looked for only if an effect that is worn needs them, and only under consent.\n\n\
         **Measures**, each with what shows it:\n\n",
        subject.version
    );
    for row in clauses {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [said, by, shown] = cells[..] else {
            return Err(Error::Malformed {
                what: "PRIVACY.md".to_owned(),
                expected: "three cells a row, clause by clause",
                found: row.to_owned(),
            });
        };
        let _ = writeln!(text, "- {said}: {by}. Shown by: {shown}.");
    }
    text.push_str("\n**Residual risks.** Those that PROMISE.md says under Limits; they are to be read.\n");
    Ok(text)
}

fn audit(subject: &Subject<'_>) -> Result<String, Error> {
    let proofs = part(subject.privacy, "Proofs: `cargo xtask prove`")?;
    let table: Vec<_> = proofs.lines().filter(|line| line.starts_with('|')).collect();
    let files = subject
        .privacy
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains(".rs` |"))
        .count();
    if table.len() < 10 || files == 0 {
        return Err(Error::Malformed {
            what: "PRIVACY.md".to_owned(),
            expected: "the tables of proofs and of files with `unsafe`",
            found: format!("{} and {files} rows", table.len()),
        });
    }
    Ok(format!(
        "# What can be checked: Moretta {}, {}, {} profile\n\n\
         - `sbom.cdx.json`, in the folder above: {} packages, with their versions and licences.\n\
         - `unsafe` may stand in {files} source files, which PRIVACY.md lists and `cargo xtask check-deps` looks for.\n\
         - The library beside this file takes the functions below from the system's libraries, none of them of sockets.\n\n\
         ## Proofs\n\n\
         `cargo xtask prove` in the source runs them, each with a control that must fail. Their results are not part of this \
         package: run it, and believe what you see.\n\n{}\n\n\
         ## Imported functions\n\n{}\n",
        subject.version,
        subject.triple,
        subject.profile,
        subject.packages,
        table.join("\n"),
        subject
            .imports
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{read, root};

    fn subject<'a>(privacy: &'a str, imports: &'a [String]) -> Subject<'a> {
        Subject {
            version: "1.2.3",
            triple: "x86_64-unknown-linux-gnu",
            profile: "release",
            privacy,
            imports,
            listed: "# words\nmalloc\nwrite why\n",
            packages: 7,
        }
    }

    #[test]
    fn the_pack_is_made_of_what_privacy_md_says() {
        let privacy = read(&root().join("PRIVACY.md")).unwrap();
        let imports = ["malloc", "write"].map(str::to_owned);
        let files = files(&subject(&privacy, &imports)).unwrap();
        let of = |name: &str| &files.iter().find(|(it, _)| *it == name).unwrap().1;
        assert!(of("PROMISE.md").contains("| No face information is collected |"));
        assert!(of("PROMISE.md").contains("**The app is trusted.**"));
        assert!(of("IMPACT.md").contains("- Children: under fourteen"));
        assert!(of("AUDIT.md").contains("`malloc`, `write`") && of("AUDIT.md").contains("| 13 | no branch"));
        assert!(of("CONSENT.md").contains("MORETTA_AGE_UNDER_14_WITH_GUARDIAN"));
        assert!(of("STORES.md").contains("Data Not Collected"));
    }

    #[test]
    fn a_library_that_takes_more_has_no_pack() {
        let privacy = read(&root().join("PRIVACY.md")).unwrap();
        let more = ["malloc", "connect"].map(str::to_owned);
        assert!(
            files(&subject(&privacy, &more))
                .unwrap_err()
                .to_string()
                .contains("connect")
        );
        assert!(files(&subject(&privacy, &[])).is_err());
        let one = ["malloc".to_owned()];
        assert!(files(&subject("# Privacy\n\n## Clause by clause\n", &one)).is_err());
    }
}
