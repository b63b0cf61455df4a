//! `moretta-fx new`: a small pack to begin with.

use std::path::Path;

use moretta_pack::limits::MAX_PACK_ID_CHARS;

use crate::{Error, folder};

/// The files of the pack. The manifest has `{id}` and `{name}` where the new pack's go.
const FILES: [(&str, &[u8]); 3] = [
    ("blush.png", include_bytes!("../starter/blush.png")),
    ("bow.png", include_bytes!("../starter/bow.png")),
    ("hearts.png", include_bytes!("../starter/hearts.png")),
];
const MANIFEST: &str = include_str!("../starter/effect.json");

/// Makes the folder `root` with the pack.
///
/// # Errors
/// [`Error::Usage`] if something is there, or its name and `id` make no id of a pack; [`Error::Write`].
pub(crate) fn run(root: &Path, id: Option<&str>) -> Result<(), Error> {
    if !folder::is_free(root)? {
        return Err(Error::Usage(format!(
            "{}: an empty folder or none expected, found something",
            root.display()
        )));
    }
    // Of `.` as well.
    let whole = root.canonicalize();
    let named = whole.as_deref().unwrap_or(root);
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    let id = match id {
        Some(id) => id.to_owned(),
        None => format!("org.example.{}", part_of_id(&name)),
    };
    if !is_id(&id) {
        return Err(Error::Usage(format!(
            "{id:?}: an id such as org.example.cat expected: at least two parts of a-z, 0-9 and -, joined by dots"
        )));
    }
    folder::make(root)?;
    let shown = title(&name);
    let manifest = MANIFEST
        .replace("{id}", &id)
        .replace("\"{name}\"", &serde_json::Value::from(shown).to_string());
    folder::write(&root.join("effect.json"), manifest.as_bytes())?;
    for (file, bytes) in FILES {
        folder::write(&root.join(file), bytes)?;
    }
    let root = root.display();
    println!("{root}: a pack with the id {id}. Next:");
    println!("  moretta-fx preview {root}");
    println!("  moretta-fx validate {root}");
    println!("  moretta-fx diff {root} --accept");
    Ok(())
}

/// A folder's name as a part of an id.
fn part_of_id(name: &str) -> String {
    let letters = name.chars().map(|it| it.to_ascii_lowercase());
    let part: String = letters
        .map(|it| {
            if it.is_ascii_lowercase() || it.is_ascii_digit() {
                it
            } else {
                '-'
            }
        })
        .collect();
    let part = part.trim_matches('-');
    if part.is_empty() {
        "effect".to_owned()
    } else {
        part.to_owned()
    }
}

/// Whether it is an id as `docs/PACKS.md` has it.
fn is_id(id: &str) -> bool {
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let part = |part: &str| !part.is_empty() && part.bytes().all(plain);
    id.len() <= MAX_PACK_ID_CHARS && id.contains('.') && id.split('.').all(part)
}

/// A folder's name as people read it: with a capital, and spaces between words.
fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    let title: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    if title.is_empty() {
        "Effect".to_owned()
    } else {
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders_make_ids_and_titles() {
        for (name, part, shown) in [
            ("cat", "cat", "Cat"),
            ("My Cat_2", "my-cat-2", "My Cat 2"),
            ("猫", "effect", "猫"),
            ("-", "effect", "Effect"),
            ("", "effect", "Effect"),
        ] {
            assert_eq!(part_of_id(name), part);
            assert_eq!(title(name), shown);
            assert!(is_id(&format!("org.example.{part}")));
        }
    }

    #[test]
    fn ids_are_reverse_domain_names() {
        for id in ["a.b", "org.example.cat-2"] {
            assert!(is_id(id), "{id}");
        }
        let long = format!("org.{}", "a".repeat(200));
        for id in [
            "", "cat", "org.", ".cat", "org..cat", "Org.Cat", "org.c_t", "org.cät", &long,
        ] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn the_manifest_has_places_for_what_is_new() {
        assert_eq!(MANIFEST.matches("\"{id}\"").count(), 1);
        assert_eq!(MANIFEST.matches("\"{name}\"").count(), 1);
    }
}
