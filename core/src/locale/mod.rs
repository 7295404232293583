//! Sentences for people. They are in `locales/<language>/*.ftl` ([Fluent]); code names them by id.
//!
//! Rules and errors return a [`Message`], an id with arguments; pages and documents ask a
//! [`Locale`] for the text. A test finds ids that are missing, unused, or lack a plural form.
//!
//! [Fluent]: https://projectfluent.org

mod message;

use std::{borrow::Cow, sync::LazyLock};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use fluent_bundle::{
    FluentArgs, FluentError, FluentResource, FluentValue, concurrent::FluentBundle,
};
use unic_langid::LanguageIdentifier;

pub use message::{Localised, Message, Value, decimal, list, percent, sentences};

/// English texts, by file name.
pub const ENGLISH: [(&str, &str); 17] = [
    ("common", include_str!("../../../locales/en/common.ftl")),
    ("api", include_str!("../../../locales/en/api.ftl")),
    ("accounts", include_str!("../../../locales/en/accounts.ftl")),
    ("charts", include_str!("../../../locales/en/charts.ftl")),
    ("coaching", include_str!("../../../locales/en/coaching.ftl")),
    ("errors", include_str!("../../../locales/en/errors.ftl")),
    ("feedback", include_str!("../../../locales/en/feedback.ftl")),
    ("hiring", include_str!("../../../locales/en/hiring.ftl")),
    ("insight", include_str!("../../../locales/en/insight.ftl")),
    ("mail", include_str!("../../../locales/en/mail.ftl")),
    ("plan", include_str!("../../../locales/en/plan.ftl")),
    ("praise", include_str!("../../../locales/en/praise.ftl")),
    ("quality", include_str!("../../../locales/en/quality.ftl")),
    ("sittings", include_str!("../../../locales/en/sittings.ftl")),
    ("tables", include_str!("../../../locales/en/tables.ftl")),
    ("tagging", include_str!("../../../locales/en/tagging.ftl")),
    ("validity", include_str!("../../../locales/en/validity.ftl")),
];

/// Texts in one language.
pub struct Locale {
    language: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

/// Writing direction of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    /// The value of the HTML attribute `dir`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "the files are embedded and a test parses them"
)]
static ENGLISH_LOCALE: LazyLock<Locale> =
    LazyLock::new(|| Locale::parse("en", &ENGLISH).expect("embedded texts"));

/// A locale file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LocaleError {
    #[error("\"{0}\" is not a language tag")]
    Language(String),
    #[error("{file}: {problem}")]
    File { file: String, problem: String },
}

impl Locale {
    /// The English texts.
    pub fn english() -> &'static Self {
        &ENGLISH_LOCALE
    }

    /// The best locale for a reader who prefers these languages, as BCP 47 tags, best first;
    /// English if there are texts in none of them.
    pub fn preferred(languages: &[String]) -> &'static Self {
        let available = [Self::english()];
        let of = |tag: &String| {
            let language = tag.split('-').next()?;
            let mut available = available.into_iter();
            available.find(|l| l.language.language.as_str() == language)
        };
        languages.iter().find_map(of).unwrap_or(available[0])
    }

    /// Parses the texts of a language, given as file names and contents.
    ///
    /// # Errors
    /// [`LocaleError::Language`]; [`LocaleError::File`] for a syntax error or a repeated id.
    pub fn parse(language: &str, files: &[(&str, &str)]) -> Result<Self, LocaleError> {
        let language: LanguageIdentifier = language
            .parse()
            .map_err(|_e| LocaleError::Language(language.to_owned()))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // Isolation marks keep a left-to-right name from breaking a right-to-left sentence; in
        // left-to-right languages they would only add invisible characters to every document.
        bundle.set_use_isolating(direction_of(&language) == Direction::RightToLeft);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(grouped(number.value)),
            _ => None,
        }));
        for (file, text) in files {
            let problem = |problem: String| LocaleError::File {
                file: (*file).to_owned(),
                problem,
            };
            let resource = FluentResource::try_new((*text).to_owned())
                .map_err(|(_, errors)| problem(format!("{errors:?}")))?;
            bundle
                .add_resource(resource)
                .map_err(|errors| problem(format!("{errors:?}")))?;
        }
        Ok(Self { language, bundle })
    }

    /// BCP 47 tag, for example `en`.
    pub fn language(&self) -> String {
        self.language.to_string()
    }

    /// Writing direction.
    pub fn direction(&self) -> Direction {
        direction_of(&self.language)
    }

    /// Whether there is a text with this id.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// A text without arguments.
    pub fn text(&self, id: &'static str) -> String {
        self.format(&Message::new(id))
    }

    /// The text of a message. A missing text gives its id, which a test rules out.
    pub fn format(&self, message: &Message) -> String {
        let Some((text, errors)) = self.formatted(message) else {
            return message.id.clone().into_owned();
        };
        debug_assert!(errors.is_empty(), "{message}: {errors:?}");
        text
    }

    /// The text of a message from another version of the program; `None` if a text is missing or
    /// needs other arguments now.
    pub fn format_stored(&self, message: &Message) -> Option<String> {
        if !self.has_all(message) {
            return None;
        }
        let (text, errors) = self.formatted(message)?;
        errors.is_empty().then_some(text)
    }

    /// Whether there are texts for a message and for those among its arguments.
    fn has_all(&self, message: &Message) -> bool {
        self.has(&message.id) && message.args.iter().all(|(_, value)| self.has_all_of(value))
    }

    fn has_all_of(&self, value: &Value) -> bool {
        match value {
            Value::Message(message) => self.has_all(message),
            Value::List(items) => items.iter().all(|item| self.has_all_of(item)),
            Value::Sentences(messages) => messages.iter().all(|message| self.has_all(message)),
            _ => true,
        }
    }

    /// The text of a message and what is wrong with its arguments; `None` without a text.
    fn formatted(&self, message: &Message) -> Option<(String, Vec<FluentError>)> {
        let pattern = self.bundle.get_message(&message.id)?.value()?;
        let mut args = FluentArgs::new();
        for (name, value) in &message.args {
            args.set(name.as_ref(), self.argument(value));
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        Some((text.into_owned(), errors))
    }

    /// The texts of messages that are whole sentences, one after another.
    pub fn sentences(&self, messages: impl IntoIterator<Item = Message>) -> String {
        let texts: Vec<String> = messages.into_iter().map(|m| self.format(&m)).collect();
        texts.join(" ")
    }

    fn list(&self, items: &[Value]) -> String {
        let add = |before: String, item: String| {
            let message = Message::new("list").with("before", before);
            self.format(&message.with("item", item))
        };
        let items = items.iter().map(|item| self.value(item));
        items.reduce(add).unwrap_or_default()
    }

    /// A value by itself, as it appears in a text.
    pub fn value(&self, value: &Value) -> String {
        match self.argument(value) {
            FluentValue::Number(number) => grouped(number.value),
            FluentValue::String(text) => text.into_owned(),
            _ => String::new(),
        }
    }

    /// A date, for example "22 Nov 2026".
    pub fn date(&self, date: NaiveDate) -> String {
        self.format(
            &Message::new("date")
                .with("day", date.day())
                .with("month", date.month())
                .with("year", date.year().to_string()),
        )
    }

    /// A time to the minute, for example "22 Nov 2026, 09:30 UTC".
    pub fn time(&self, time: DateTime<Utc>) -> String {
        self.format(
            &Message::new("time")
                .with("date", time.date_naive())
                .with("time", time.format("%H:%M").to_string()),
        )
    }

    /// A share from 0 to 1 in whole per cent, or "under 1 %".
    pub fn percent(&self, share: f64) -> String {
        if share > 0.0 && share < 0.005 {
            return self.text("percent-under-one");
        }
        let percent = Value::Text(format!("{:.0}", 100.0 * share));
        self.format(&Message::new("percent").with("percent", percent))
    }

    fn argument(&self, value: &Value) -> FluentValue<'static> {
        let text = |text: String| FluentValue::String(Cow::Owned(text));
        match value {
            Value::Text(own) => text(own.clone()),
            Value::Count(count) => FluentValue::from(*count as f64),
            Value::Decimal(number, digits) => text(format!("{number:.*}", usize::from(*digits))),
            Value::Percent(share) => text(self.percent(*share)),
            Value::Date(date) => text(self.date(*date)),
            Value::Time(time) => text(self.time(*time)),
            Value::Message(message) => text(self.format(message)),
            Value::List(items) => text(self.list(items)),
            Value::Sentences(messages) => text(self.sentences(messages.iter().cloned())),
        }
    }
}

/// The English text of a value, for the command line and the log.
pub fn english(value: &impl Localised) -> String {
    Locale::english().format(&value.message())
}

/// Writing direction of a BCP 47 tag; left to right where the tag is malformed.
pub fn direction(tag: &str) -> Direction {
    tag.parse()
        .map_or(Direction::LeftToRight, |language| direction_of(&language))
}

fn direction_of(language: &LanguageIdentifier) -> Direction {
    match language.language.as_str() {
        "ar" | "fa" | "he" | "ur" => Direction::RightToLeft,
        _ => Direction::LeftToRight,
    }
}

/// A whole number with a comma between groups of three digits.
fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0.0 {
        text.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;

    fn sample() -> Locale {
        let text = "plans = { $count ->\n    [one] One plan\n   *[other] { $count } plans\n } for { $team }\nwhen = on { $day }, { $share }\n";
        let files = [("common", ENGLISH[0].1), ("sample", text)];
        Locale::parse("en", &files).expect("parses")
    }

    #[test]
    fn plural_forms_and_digit_groups_follow_the_count() {
        let locale = sample();
        let plans = |count: u64| locale.format(&msg!("plans", count = count, team = "Blue"));
        assert_eq!(plans(1), "One plan for Blue");
        assert_eq!(plans(0), "0 plans for Blue");
        assert_eq!(plans(12_206), "12,206 plans for Blue");
    }

    #[test]
    fn dates_and_shares_are_formatted() {
        let locale = sample();
        let day = NaiveDate::from_ymd_opt(2026, 11, 2).expect("day");
        let when = |share| locale.format(&msg!("when", day = day, share = percent(share)));
        assert_eq!(when(0.343), "on 2 Nov 2026, 34 %");
        assert_eq!(when(0.001), "on 2 Nov 2026, under 1 %");
    }

    #[test]
    fn lists_and_sentences_are_put_together() {
        let locale = sample();
        let days = [3, 4].map(|day| NaiveDate::from_ymd_opt(2026, 11, day).expect("day"));
        assert_eq!(locale.value(&list(days)), "3 Nov 2026, 4 Nov 2026");
        assert_eq!(locale.value(&list([""; 0])), "");
        let plans = |team: &str| msg!("plans", count = 1, team = team);
        assert_eq!(
            locale.value(&sentences([plans("Blue"), plans("Red")])),
            "One plan for Blue One plan for Red"
        );
    }

    #[test]
    fn times_are_formatted_to_the_minute() {
        let time = DateTime::from_timestamp(1_800_000_000, 0).expect("in range");
        assert_eq!(sample().time(time), "15 Jan 2027, 08:00 UTC");
    }

    #[test]
    fn a_reader_of_an_unknown_language_gets_english() {
        for languages in [vec![], vec!["fr".to_owned(), "en-GB".to_owned()]] {
            assert_eq!(Locale::preferred(&languages).language(), "en");
        }
    }

    #[test]
    fn a_stored_message_of_another_version_has_no_text() {
        let locale = sample();
        let text = |message: &Message| locale.format_stored(message);
        let plans = msg!("plans", count = 2, team = "Blue");
        assert_eq!(text(&plans).as_deref(), Some("2 plans for Blue"));
        for other in [
            msg!("plans", count = 2),
            msg!("renamed"),
            msg!("plans", count = 2, team = msg!("renamed")),
            msg!("plans", count = 2, team = sentences([msg!("renamed")])),
        ] {
            assert_eq!(text(&other), None, "{other}");
        }
    }

    #[test]
    fn a_message_is_the_same_after_storing() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 2).expect("day");
        let time = DateTime::from_timestamp(1_800_000_000, 0).expect("in range");
        let message = msg!(
            "when",
            count = 3,
            score = decimal(4.25, 1),
            share = percent(0.5),
            days = list([day]),
            time = Value::Time(time),
            why = msg!("plans", team = "\"Blue\""),
            more = sentences([msg!("plans", count = 1)])
        );
        let stored = serde_json::to_string(&message).expect("serialises");
        let read: Message = serde_json::from_str(&stored).expect("reads");
        assert_eq!(read, message, "{stored}");
    }

    #[test]
    fn a_syntax_error_names_its_file() {
        let error = Locale::parse("en", &[("broken", "a = { $b")])
            .err()
            .expect("error");
        assert!(error.to_string().starts_with("broken: "), "{error}");
    }
}
