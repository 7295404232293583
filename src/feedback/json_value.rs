//! JSON that loses nothing: fields that an object has twice are kept, so that a reader can refuse
//! them. The parser of serde_json keeps the last one.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Name of the only field of an object that holds both values of a field.
const TWICE: &str = "(several values)";

/// Whole numbers from here on are not all exact in a 64-bit float (2^53).
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// Parses one JSON value.
///
/// # Errors
/// The text is not JSON.
pub fn parse(text: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(text).map(|CompleteJson(value)| value)
}

/// Parses JSON values that follow one another.
///
/// # Errors
/// The text is not JSON.
pub fn parse_all(text: &[u8]) -> serde_json::Result<Vec<Value>> {
    let values = serde_json::Deserializer::from_slice(text).into_iter();
    values
        .map(|value| value.map(|CompleteJson(value)| value))
        .collect()
}

/// The values of a field that an object has several times with different values.
pub fn repeated(value: &Value) -> Option<&Value> {
    value.as_object()?.get(TWICE)
}

/// Whether a number lost digits when it was parsed.
pub fn is_inexact(number: &Number) -> bool {
    number.is_f64() && number.as_f64().is_some_and(|n| n.abs() >= INEXACT)
}

/// A value whose objects keep the fields that they have twice.
pub struct CompleteJson(pub Value);

impl<'de> Deserialize<'de> for CompleteJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any).map(Self)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(CompleteJson(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, CompleteJson(value))) = fields.next_entry::<String, CompleteJson>()? {
            let kept = match object.remove(&name) {
                Some(known) if known != value => {
                    let both = Map::from_iter([(TWICE.to_owned(), vec![known, value].into())]);
                    both.into()
                }
                _ => value,
            };
            object.insert(name, kept);
        }
        Ok(object.into())
    }
}
