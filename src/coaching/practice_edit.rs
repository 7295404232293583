//! Checks of practice that somebody wrote in a form. Pure.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::library::{Library, Practice};
use crate::{
    locale::{Localised, Message, english},
    msg,
    text::normalise::tidy,
    types::hex,
};

/// Most characters of a field.
pub const LONGEST_FIELD: usize = 400;

/// A text of [`Practice`], by its key in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PracticeField {
    Below,
    At,
    Above,
    Goal,
    IfThen,
    See,
    Say,
    Do,
    Reflect,
    Teach,
}

impl PracticeField {
    /// All fields, in the order of plans.
    pub const ALL: [Self; 10] = [
        Self::Below,
        Self::At,
        Self::Above,
        Self::Goal,
        Self::IfThen,
        Self::See,
        Self::Say,
        Self::Do,
        Self::Reflect,
        Self::Teach,
    ];

    /// Stable name: the key in TOML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::At => "at",
            Self::Above => "above",
            Self::Goal => "goal",
            Self::IfThen => "if_then",
            Self::See => "see",
            Self::Say => "say",
            Self::Do => "do",
            Self::Reflect => "reflect",
            Self::Teach => "teach",
        }
    }

    /// Whether the field is an activity, which may be left out.
    pub fn is_activity(self) -> bool {
        self >= Self::See
    }

    /// The text of this field.
    pub fn of(self, practice: &Practice) -> &str {
        match self {
            Self::Below => &practice.below,
            Self::At => &practice.at,
            Self::Above => &practice.above,
            Self::Goal => &practice.goal,
            Self::IfThen => &practice.if_then,
            Self::See => &practice.see,
            Self::Say => &practice.say,
            Self::Do => &practice.act,
            Self::Reflect => &practice.reflect,
            Self::Teach => &practice.teach,
        }
    }

    /// Sets the text of this field.
    pub fn set(self, practice: &mut Practice, text: String) {
        let field = match self {
            Self::Below => &mut practice.below,
            Self::At => &mut practice.at,
            Self::Above => &mut practice.above,
            Self::Goal => &mut practice.goal,
            Self::IfThen => &mut practice.if_then,
            Self::See => &mut practice.see,
            Self::Say => &mut practice.say,
            Self::Do => &mut practice.act,
            Self::Reflect => &mut practice.reflect,
            Self::Teach => &mut practice.teach,
        };
        *field = text;
    }
}

impl Localised for PracticeField {
    fn message(&self) -> Message {
        match self {
            Self::Below => msg!("anchor-below"),
            Self::At => msg!("anchor-at"),
            Self::Above => msg!("anchor-above"),
            Self::Goal => msg!("practice-goal"),
            Self::IfThen => msg!("practice-field-if-then"),
            Self::See => msg!("practice-field-see"),
            Self::Say => msg!("practice-field-say"),
            Self::Do => msg!("practice-field-do"),
            Self::Reflect => msg!("practice-field-reflect"),
            Self::Teach => msg!("practice-field-teach"),
        }
    }
}

/// Why practice is refused: the field, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", english(self))]
pub enum PracticeError {
    Missing(PracticeField),
    TooLong(PracticeField),
    /// Not a sentence with "If" and "then".
    IfThen,
    /// No activity at all.
    NoActivity,
}

impl PracticeError {
    /// The field that the problem is about.
    pub fn field(self) -> PracticeField {
        match self {
            Self::Missing(field) | Self::TooLong(field) => field,
            Self::IfThen => PracticeField::IfThen,
            Self::NoActivity => PracticeField::See,
        }
    }
}

impl Localised for PracticeError {
    fn message(&self) -> Message {
        match self {
            Self::Missing(field) => msg!("error-practice-missing", field = field.message()),
            Self::TooLong(_) => msg!("error-practice-too-long", most = LONGEST_FIELD),
            Self::IfThen => msg!("error-practice-if-then"),
            Self::NoActivity => msg!("error-practice-no-activity"),
        }
    }
}

/// Checks practice, with tidy spacing.
///
/// # Errors
/// [`PracticeError`] for the first field with a problem.
pub fn checked(practice: &Practice) -> Result<Practice, PracticeError> {
    let mut clean = practice.clone();
    for field in PracticeField::ALL {
        let text = tidy(&field.of(practice).replace(['\n', '\r'], " ")).into_owned();
        if text.is_empty() && !field.is_activity() {
            return Err(PracticeError::Missing(field));
        }
        if text.chars().count() > LONGEST_FIELD {
            return Err(PracticeError::TooLong(field));
        }
        field.set(&mut clean, text);
    }
    if !Library::is_if_then(&clean.if_then) {
        return Err(PracticeError::IfThen);
    }
    if clean.activities().next().is_none() {
        return Err(PracticeError::NoActivity);
    }
    Ok(clean)
}

/// Fingerprint of practice, to notice that somebody has changed it.
pub fn fingerprint(practice: Option<&Practice>) -> String {
    let mut sha = Sha256::new();
    if let Some(practice) = practice {
        for field in PracticeField::ALL {
            let text = field.of(practice);
            sha.update((text.len() as u64).to_be_bytes());
            sha.update(text.as_bytes());
        }
    }
    hex(&sha.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coaching::library::practice_for;

    fn with(field: PracticeField, text: &str) -> Result<Practice, PracticeError> {
        let mut practice = practice_for("patience").expect("shipped").clone();
        field.set(&mut practice, text.to_owned());
        checked(&practice)
    }

    #[test]
    fn a_refusal_names_its_field() {
        use PracticeField as F;
        assert_eq!(with(F::At, " \n"), Err(PracticeError::Missing(F::At)));
        assert_eq!(
            with(F::Teach, &"x".repeat(401)),
            Err(PracticeError::TooLong(F::Teach))
        );
        assert_eq!(with(F::IfThen, "When it rains"), Err(PracticeError::IfThen));
        assert_eq!(with(F::Goal, "a\r\nb").expect("taken").goal, "a b");
    }

    #[test]
    fn an_activity_can_be_left_out_but_not_all() {
        let mut practice = with(PracticeField::Say, "").expect("taken");
        assert_eq!(practice.activities().count(), 4);
        for field in PracticeField::ALL.into_iter().filter(|f| f.is_activity()) {
            field.set(&mut practice, String::new());
        }
        assert_eq!(checked(&practice), Err(PracticeError::NoActivity));
    }

    #[test]
    fn fingerprints_tell_texts_apart() {
        let shipped = practice_for("patience");
        let other = with(PracticeField::Say, "").expect("taken");
        assert_eq!(fingerprint(shipped), fingerprint(shipped));
        assert_ne!(fingerprint(shipped), fingerprint(Some(&other)));
        assert_ne!(fingerprint(shipped), fingerprint(None));
    }
}
