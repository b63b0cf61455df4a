//! Bytes to JSON, strictly: a key that occurs twice is an error, for two readers could take it in two ways.

use core::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{PackError, Place, quoted};

/// The JSON in the file at `file`.
pub(crate) fn parse(file: &str, bytes: &[u8]) -> Result<Value, PackError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let error = |error: serde_json::Error| {
        let message = error.to_string();
        // The place stands in fields of its own.
        let (message, _) = message.rsplit_once(" at line ").unwrap_or((&message, ""));
        PackError::Json {
            place: Place::file(file),
            line: error.line(),
            column: error.column(),
            expected: "JSON".to_owned(),
            found: message.to_owned(),
        }
    };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(PackError::Json {
            place: Place::file(file),
            line: 1,
            column: 1,
            expected: "JSON".to_owned(),
            found: "a byte order mark, which some editors write,".to_owned(),
        });
    }
    let value = Unique.deserialize(&mut deserializer).map_err(error)?;
    deserializer.end().map_err(error)?;
    Ok(value)
}

/// Reads a [`Value`] whose objects have each key once.
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(de::Error::custom(format_args!("the key {} twice", quoted(&key))));
            }
            let value = entries.next_value_seed(Self)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_json() {
        let value = parse(
            "a.json",
            br#" {"a": [1, -2, 2.5, null, true, "x"], "b": {"a": 1}} "#,
        )
        .unwrap();
        assert_eq!(value, json!({"a": [1, -2, 2.5, null, true, "x"], "b": {"a": 1}}));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let message = |text: &[u8]| parse("a.json", text).unwrap_err().to_string();
        for (text, expected) in [
            (
                &b""[..],
                "line 1, column 0: JSON expected, EOF while parsing a value found",
            ),
            (
                b"{\n \"a\": }",
                "line 2, column 7: JSON expected, expected value found",
            ),
            (
                b"1 2",
                "line 1, column 3: JSON expected, trailing characters found",
            ),
            (
                b"1e999",
                "line 1, column 5: JSON expected, number out of range found",
            ),
            (b"\xff", "line 1, column 1: JSON expected, expected value found"),
            (
                b"\xef\xbb\xbf{}",
                "line 1, column 1: JSON expected, a byte order mark, which some editors write, found",
            ),
            (
                b"{\"a\": 1, \"b\": {\"a\": 1, \"a\": 2}}",
                "line 1, column 26: JSON expected, the key \"a\" twice found",
            ),
            (
                &[b'['; 1000],
                "line 1, column 128: JSON expected, recursion limit exceeded found",
            ),
        ] {
            assert_eq!(message(text), format!("a.json: {expected}"));
        }
    }
}
