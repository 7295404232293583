//! A sentence before it has a language: the id of a message and its arguments.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A message id with arguments. [`Locale::format`](super::Locale::format) turns it into text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: Cow<'static, str>,
    pub args: Vec<(Cow<'static, str>, Value)>,
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Text(String),
    /// A whole number: selects plural forms, printed with digit groups.
    Count(i64),
    /// A number with so many decimals.
    Decimal(f64, u8),
    /// A share from 0 to 1, printed in whole per cent.
    Percent(f64),
    Date(NaiveDate),
    /// Printed to the minute.
    Time(DateTime<Utc>),
    Message(Box<Message>),
    /// Items with commas between them.
    List(Vec<Value>),
    /// Whole sentences, one after another.
    Sentences(Vec<Message>),
}

impl Message {
    /// A message without arguments.
    pub fn new(id: &'static str) -> Self {
        Self {
            id: Cow::Borrowed(id),
            args: Vec::new(),
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.push((Cow::Borrowed(name), value.into()));
        self
    }
}

impl AsRef<Self> for Message {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Builds a [`Message`]: `msg!("plan-count", count = plans.len(), team = &team.name)`.
#[macro_export]
macro_rules! msg {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::locale::Message::new($id)$(.with(stringify!($name), $value))*
    };
}

/// A value with a sentence for its readers. Error enums implement it next to `Display`, which is
/// terse and for the log.
pub trait Localised {
    /// The sentence, with what to do where there is something to do.
    fn message(&self) -> Message;
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Message> for Value {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<&NaiveDate> for Value {
    fn from(date: &NaiveDate) -> Self {
        Self::Date(*date)
    }
}

macro_rules! counts {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value {
            fn from(count: $integer) -> Self {
                Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
            }
        }
        impl From<&$integer> for Value {
            fn from(count: &$integer) -> Self {
                Self::from(*count)
            }
        }
    )*};
}

counts!(u8, u16, u32, u64, usize, i32, i64);

/// Items with commas between them.
pub fn list<V: Into<Value>>(items: impl IntoIterator<Item = V>) -> Value {
    Value::List(items.into_iter().map(Into::into).collect())
}

/// Whole sentences, one after another.
pub fn sentences(sentences: impl IntoIterator<Item = Message>) -> Value {
    Value::Sentences(sentences.into_iter().collect())
}

/// A number with `digits` decimals.
pub fn decimal(number: f64, digits: u8) -> Value {
    Value::Decimal(number, digits)
}

/// A share from 0 to 1 in whole per cent; "under 1 %" for a smaller one.
pub fn percent(share: f64) -> Value {
    Value::Percent(share)
}

impl fmt::Display for Message {
    /// Writes the id and the arguments, for logs and debugging.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value:?}")?;
        }
        Ok(())
    }
}
