//! Where in a text a JSON pointer points to: editors jump to lines, not to pointers.

/// The line and the column, both from 1 and counted in characters, of what `pointer` (RFC 6901) points to in `json`: of
/// its key in an object, of the item itself in a list. Where a part of it is missing, of the last part that is there.
///
/// `None` if there is nothing to point into, or the text is no JSON up to there.
pub(crate) fn locate(json: &str, pointer: &str) -> Option<(usize, usize)> {
    let parts: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let mut scanner = Scanner { json, at: 0 };
    let place = scanner.find(&parts)?;
    let before = json.get(..place)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    Some((line, before[line_start..].chars().count() + 1))
}

/// Reads over JSON. Each function is called at the start of what it reads, and leaves off after it.
struct Scanner<'a> {
    json: &'a str,
    at: usize,
}

impl Scanner<'_> {
    /// The place of what `parts` lead to from the value here.
    fn find(&mut self, parts: &[String]) -> Option<usize> {
        let mut place = self.next_token()?.0;
        for part in parts {
            let found = match self.next_token()?.1 {
                b'{' => self.find_key(part),
                b'[' => self.find_item(part),
                _ => None,
            };
            match found {
                Some(at) => place = at,
                None => break,
            }
        }
        Some(place)
    }

    /// The place of a key of the object here. Leaves off at its value.
    fn find_key(&mut self, wanted: &str) -> Option<usize> {
        self.at += 1;
        loop {
            let (place, first) = self.next_token()?;
            if first != b'"' {
                return None;
            }
            self.skip_string()?;
            let key: String = serde_json::from_str(self.json.get(place..self.at)?).ok()?;
            self.expect(b':')?;
            if key == wanted {
                return Some(place);
            }
            self.skip_value()?;
            self.expect(b',')?;
        }
    }

    /// The place of an item of the list here. Leaves off there.
    fn find_item(&mut self, wanted: &str) -> Option<usize> {
        let wanted: usize = wanted.parse().ok()?;
        self.at += 1;
        for _ in 0..wanted {
            self.skip_value()?;
            self.expect(b',')?;
        }
        let (place, first) = self.next_token()?;
        (first != b']').then_some(place)
    }

    /// Skips a value, however deep: only brackets and strings matter.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.next_token()?.1 {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b',' | b':' => return None,
                _ => self.skip_word(),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let bytes = self.json.as_bytes();
        self.at += 1;
        while *bytes.get(self.at)? != b'"' {
            self.at += if bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        Some(())
    }

    /// A number, `true`, `false` or `null`.
    fn skip_word(&mut self) {
        let rest = &self.json.as_bytes()[self.at..];
        let end = |byte: &u8| byte.is_ascii_whitespace() || b",:[]{}\"".contains(byte);
        self.at += rest.iter().position(end).unwrap_or(rest.len()).max(1);
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let (at, found) = self.next_token()?;
        (found == byte).then(|| self.at = at + 1)
    }

    /// The place and the first byte of what comes after white space.
    fn next_token(&mut self) -> Option<(usize, u8)> {
        let bytes = self.json.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        Some((self.at, bytes[self.at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{
  "name": {"en": "A \"cat\", {with} [braces]", "zh": "猫"},
  "nodes": [
    {"id": "a", "size": [1, -2.5e3]},
    {"id": "b", "size": true, "a/b~c": null}
  ],
  "last": {}
}"#;

    #[test]
    fn pointers_lead_to_lines_and_columns() {
        for (pointer, place) in [
            ("", (1, 1)),
            ("/name", (2, 3)),
            ("/name/zh", (2, 48)),
            ("/nodes", (3, 3)),
            ("/nodes/0", (4, 5)),
            ("/nodes/0/size/1", (4, 29)),
            ("/nodes/1/size", (5, 17)),
            ("/nodes/1/a~1b~0c", (5, 31)),
            ("/last", (7, 3)),
        ] {
            assert_eq!(locate(JSON, pointer), Some(place), "{pointer}");
        }
    }

    #[test]
    fn what_is_missing_is_where_it_should_be() {
        for (pointer, place) in [
            ("/nodes/1/asset", (5, 5)),
            ("/nodes/2", (3, 3)),
            ("/nodes/x", (3, 3)),
            ("/license", (1, 1)),
            ("/last/a/b", (7, 3)),
            ("/nodes/1/size/0", (5, 17)),
        ] {
            assert_eq!(locate(JSON, pointer), Some(place), "{pointer}");
        }
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(locate(r#"{"猫猫": 1, "b": 2}"#, "/b"), Some((1, 11)));
    }

    #[test]
    fn broken_text_leads_nowhere_and_ends() {
        for text in ["", "   ", "\"a", "{\"a", "{\"a\\"] {
            let _ = locate(text, "/a/b");
        }
        assert_eq!(locate("", "/a"), None);
        assert_eq!(locate("{\"a\":[}", "/b"), Some((1, 1)));
        let deep = "[".repeat(100_000);
        assert_eq!(locate(&deep, "/1"), Some((1, 1)));
    }
}
