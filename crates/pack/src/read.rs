//! JSON values to types, by serde: each error knows its JSON pointer, and each key that no type asked for is listed.
//!
//! One of several is an object whose key `kind` or `type` says which, or else an object with one key; serde knows neither
//! by itself without losing the pointers. A variant [`OTHER`], of a [`Value`], takes what no other has the name for.

use core::cell::RefCell;
use core::fmt::{self, Display, Write};

use serde::de::{self, DeserializeOwned, DeserializeSeed, Expected, Unexpected, Visitor};
use serde_json::{Map, Value, map};

use crate::error::quoted;

/// The name of the variant that takes kinds which the type does not know. No kind can be called so.
pub(crate) const OTHER: &str = "/";

/// A place in a JSON document, from the inside out.
#[derive(Clone, Copy)]
pub(crate) enum Pointer<'p> {
    Root,
    Key(&'p Pointer<'p>, &'p str),
    Item(&'p Pointer<'p>, usize),
}

impl<'p> Pointer<'p> {
    pub(crate) fn key(&'p self, key: &'p str) -> Self {
        Self::Key(self, key)
    }

    pub(crate) fn item(&'p self, item: usize) -> Self {
        Self::Item(self, item)
    }
}

impl Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(outer, key) => {
                write!(f, "{outer}/")?;
                key.chars().try_for_each(|character| match character {
                    '~' => f.write_str("~0"),
                    '/' => f.write_str("~1"),
                    other => f.write_char(other),
                })
            }
            Self::Item(outer, item) => write!(f, "{outer}/{item}"),
        }
    }
}

/// What is wrong with a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadError {
    /// A JSON pointer; `None` until the error has passed the place where it arose.
    pub(crate) pointer: Option<String>,
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl ReadError {
    pub(crate) fn new(expected: impl Display, found: impl Display) -> Self {
        Self {
            pointer: None,
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    /// The same, at this place unless it knows a nearer one.
    pub(crate) fn at(mut self, place: &Pointer<'_>) -> Self {
        self.pointer.get_or_insert_with(|| place.to_string());
        self
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = self.pointer.as_deref().unwrap_or_default();
        write!(f, "{pointer}: {} expected, {} found", self.expected, self.found)
    }
}

impl core::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new("something else", message)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(plain(&expected.to_string()), describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Self::new(plain(&expected.to_string()), format_args!("a list of {found}"))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        let names: Vec<&str> = expected.iter().copied().filter(|name| *name != OTHER).collect();
        Self::new(one_of(names), quoted(found))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format_args!("a key {field:?}"), "none")
    }
}

/// `"a"`, or `one of "a", "b"`.
pub(crate) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("{name:?}")).collect();
    if names.len() == 1 {
        names.concat()
    } else {
        format!("one of {}", names.join(", "))
    }
}

/// What Rust calls a type, in the words of `docs/PACKS.md`.
fn plain(expected: &str) -> String {
    if let Some(length) = expected.strip_prefix("an array of length ") {
        return format!("a list of {length}");
    }
    let word = match expected {
        "f32" | "f64" => "a constant number",
        "u8" => "a whole number, 0 to 255",
        "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        other => other,
    };
    word.to_owned()
}

fn describe(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        Unexpected::Float(value) => format!("{value:?}"),
        Unexpected::Str(text) => quoted(text),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// A JSON value as a message shows it.
pub(crate) fn describe_value(value: &Value) -> String {
    describe(unexpected(value))
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Unexpected::Unsigned(number),
            (None, Some(number)) => Unexpected::Signed(number),
            (None, None) => Unexpected::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

/// `value` as a `T`, and the pointers of the keys that no part of `T` knows.
pub(crate) fn from_value<T: DeserializeOwned>(value: &Value) -> Result<(T, Vec<String>), ReadError> {
    let unknown = RefCell::new(Vec::new());
    let reader = Reader {
        value,
        place: &Pointer::Root,
        tag: None,
        unknown: &unknown,
    };
    let read = T::deserialize(reader)?;
    Ok((read, unknown.into_inner()))
}

/// A value and where it stands.
#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Value,
    place: &'a Pointer<'a>,
    /// The key that said which variant this is, and that is no field of it.
    tag: Option<&'static str>,
    unknown: &'a RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    fn wrong<T>(&self, expected: &dyn Expected) -> Result<T, ReadError> {
        Err(<ReadError as de::Error>::invalid_type(unexpected(self.value), expected).at(self.place))
    }

    fn float(self) -> Option<f64> {
        // Beyond an f32 it would become an infinity, and no number of a pack is one.
        let number = self.value.as_f64()?;
        (number as f32).is_finite().then_some(number)
    }
}

macro_rules! whole_numbers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            let read = match self.value.as_number() {
                Some(number) if number.is_u64() => visitor.visit_u64(number.as_u64().unwrap_or_default()),
                Some(number) if number.is_i64() => visitor.visit_i64(number.as_i64().unwrap_or_default()),
                _ => return self.wrong(&visitor),
            };
            read.map_err(|error: ReadError| error.at(self.place))
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Value::Null => visitor
                .visit_unit()
                .map_err(|error: ReadError| error.at(self.place)),
            Value::Bool(_) => self.deserialize_bool(visitor),
            Value::Number(number) if number.is_f64() => self.deserialize_f64(visitor),
            Value::Number(_) => self.deserialize_i64(visitor),
            Value::String(_) => self.deserialize_str(visitor),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Value::Bool(value) => visitor
                .visit_bool(*value)
                .map_err(|error: ReadError| error.at(self.place)),
            _ => self.wrong(&visitor),
        }
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.float() {
            Some(number) => visitor
                .visit_f64(number)
                .map_err(|error: ReadError| error.at(self.place)),
            None => self.wrong(&visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_f32(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Value::String(text) => visitor
                .visit_str(text)
                .map_err(|error: ReadError| error.at(self.place)),
            _ => self.wrong(&visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.wrong(&visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.wrong(&visitor)
    }

    /// A key that is there has a value: `null` is none.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Value::Null => visitor
                .visit_unit()
                .map_err(|error: ReadError| error.at(self.place)),
            _ => self.wrong(&visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|error: ReadError| error.at(self.place))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let Value::Array(list) = self.value else {
            return self.wrong(&visitor);
        };
        let mut items = Items {
            list: list.iter().enumerate(),
            outer: self,
        };
        let read = visitor
            .visit_seq(&mut items)
            .map_err(|error: ReadError| error.at(self.place))?;
        if items.list.len() == 0 {
            return Ok(read);
        }
        let expected = format!("a list of {}", list.len() - items.list.len());
        Err(ReadError::new(expected, format_args!("a list of {}", list.len())).at(self.place))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let Value::Object(object) = self.value else {
            return self.wrong(&visitor);
        };
        let entries = Entries {
            entries: object.iter(),
            value: None,
            outer: self,
        };
        visitor
            .visit_map(entries)
            .map_err(|error: ReadError| error.at(self.place))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let access = match self.value {
            Value::String(name) => Variant {
                name,
                variants,
                content: None,
            },
            Value::Object(object) => self.variant(object, variants)?,
            _ => return self.wrong(&visitor),
        };
        visitor
            .visit_enum(access)
            .map_err(|error: ReadError| error.at(self.place))
    }

    /// Only what nobody asked for comes here.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.unknown.borrow_mut().push(self.place.to_string());
        visitor.visit_unit()
    }
}

impl<'a> Reader<'a> {
    /// Which variant an object is.
    fn variant(
        self,
        object: &'a Map<String, Value>,
        variants: &'static [&'static str],
    ) -> Result<Variant<'a>, ReadError> {
        for tag in TAGS {
            let Some(name) = object.get(tag) else { continue };
            let place = self.place.key(tag);
            let Value::String(name) = name else {
                return Err(ReadError::new("a string", describe_value(name)).at(&place));
            };
            let known = variants.contains(&name.as_str());
            if !known && !variants.contains(&OTHER) {
                return Err(<ReadError as de::Error>::unknown_variant(name, variants).at(&place));
            }
            let tag = known.then_some(tag);
            return Ok(Variant {
                name,
                variants,
                content: Some(Content::Whole(Self { tag, ..self })),
            });
        }
        let mut entries = object.iter();
        match (entries.next(), entries.next()) {
            (Some((name, value)), None) => Ok(Variant {
                name,
                variants,
                content: Some(Content::Value(name, value, self)),
            }),
            _ => {
                let names = one_of(variants.iter().copied().filter(|name| *name != OTHER));
                let expected = format!("an object with one key, {names},");
                Err(ReadError::new(expected, format_args!("{} keys", object.len())).at(self.place))
            }
        }
    }
}

/// The keys that say which variant an object is.
const TAGS: [&str; 2] = ["kind", "type"];

/// The items of a list that were not read yet.
struct Items<'a> {
    list: core::iter::Enumerate<core::slice::Iter<'a, Value>>,
    outer: Reader<'a>,
}

impl<'de> de::SeqAccess<'de> for &mut Items<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((item, value)) = self.list.next() else {
            return Ok(None);
        };
        let place = self.outer.place.item(item);
        let reader = Reader {
            value,
            place: &place,
            tag: None,
            unknown: self.outer.unknown,
        };
        seed.deserialize(reader)
            .map(Some)
            .map_err(|error| error.at(&place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.list.len())
    }
}

/// The entries of an object that were not read yet.
struct Entries<'a> {
    entries: map::Iter<'a>,
    value: Option<(&'a str, &'a Value)>,
    outer: Reader<'a>,
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let tag = self.outer.tag;
        let Some((key, value)) = self.entries.find(|(key, _)| Some(key.as_str()) != tag) else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let place = self.outer.place.key(key);
        seed.deserialize(de::value::StrDeserializer::new(key))
            .map(Some)
            .map_err(|error: ReadError| error.at(&place))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        let Some((key, value)) = self.value.take() else {
            return Err(ReadError::new("a key", "none"));
        };
        let place = self.outer.place.key(key);
        let reader = Reader {
            value,
            place: &place,
            tag: None,
            unknown: self.outer.unknown,
        };
        seed.deserialize(reader).map_err(|error| error.at(&place))
    }
}

/// One of several, and what belongs to it.
struct Variant<'a> {
    name: &'a str,
    variants: &'static [&'static str],
    content: Option<Content<'a>>,
}

enum Content<'a> {
    /// The object that has the tag.
    Whole(Reader<'a>),
    /// The value of the only key of an object.
    Value(&'a str, &'a Value, Reader<'a>),
}

impl<'de, 'a> de::EnumAccess<'de> for Variant<'a> {
    type Error = ReadError;
    type Variant = VariantContent<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), ReadError> {
        let known = self.variants.contains(&self.name);
        let name = if !known && self.variants.contains(&OTHER) {
            OTHER
        } else {
            self.name
        };
        let variant = seed.deserialize(de::value::StrDeserializer::<ReadError>::new(name))?;
        Ok((variant, VariantContent(self.content, self.name)))
    }
}

struct VariantContent<'a>(Option<Content<'a>>, &'a str);

impl<'de> de::VariantAccess<'de> for VariantContent<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(ReadError::new(format_args!("{:?}", self.1), "an object")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        match self.0 {
            Some(Content::Whole(reader)) => seed.deserialize(reader),
            Some(Content::Value(key, value, outer)) => {
                let place = outer.place.key(key);
                let reader = Reader {
                    value,
                    place: &place,
                    tag: None,
                    unknown: outer.unknown,
                };
                seed.deserialize(reader).map_err(|error| error.at(&place))
            }
            None => Err(ReadError::new("an object", quoted(self.1))),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        Err(<ReadError as de::Error>::invalid_type(
            Unexpected::TupleVariant,
            &visitor,
        ))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        Err(<ReadError as de::Error>::invalid_type(
            Unexpected::StructVariant,
            &visitor,
        ))
    }
}
