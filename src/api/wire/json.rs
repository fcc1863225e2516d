//! Tolerant pieces of JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

/// Why an item was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad;

/// A row, and how many parts of it had to be set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The row.
    pub row: T,
    /// How many parts of it could not be read.
    pub set_aside: u32,
}

impl<T> Decoded<T> {
    /// A row of which everything could be read.
    pub fn whole(row: T) -> Self {
        Self { row, set_aside: 0 }
    }
}

/// Text, borrowed from the answer where it holds no escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(v)))
            }
            fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(v.to_owned())))
            }
        }
        deserializer.deserialize_str(Words)
    }
}

/// A field that is there and has its type, or else counts as absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Soft<T>(pub Option<T>);

impl<T> Default for Soft<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Soft<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

impl Soft<Text<'_>> {
    /// The text; empty if there is none.
    pub fn text(&self) -> &str {
        self.0.as_ref().map_or("", |t| &t.0)
    }
}

/// A number, also where it is told as text: some answers do that to counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(Self(raw.get().trim_matches('"').trim().parse().ok()))
    }
}

/// A part of an item: an object whose own fields are read. What is no object counts as absent; an object that
/// can't be read, such as one that tells a key twice, makes the item bad.
pub fn part<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<Option<T>, Bad> {
    match raw.map(RawValue::get) {
        Some(text) if text.starts_with('{') => serde_json::from_str(text).ok().map(Some).ok_or(Bad),
        _ => Ok(None),
    }
}

/// The items of an array; none for null. A thing that is neither is bad.
pub fn items(raw: Option<&RawValue>) -> Result<Vec<&RawValue>, Bad> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(Vec::new()),
        Some(text) => serde_json::from_str(text).ok().ok_or(Bad),
    }
}

/// An item: an object whose fields are read.
pub fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Bad> {
    serde_json::from_str(raw.get()).ok().ok_or(Bad)
}
