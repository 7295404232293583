//! Quality of a taxonomy: agreement, models, words that annotations suggest.

use crate::{
    db::DbConnection,
    feedback::retag::{self, Changed},
    locale::{Message, decimal},
    msg,
    tagging::{
        self,
        agreement::{self, Agreement, ThemeAgreement},
        mood_models::{self, MoodModelSummary},
        terms::{self, Proposed},
    },
    text::classifier::{
        model::ThemeModel,
        mood::{MoodQuality, WeightedTerm},
    },
    types::Id,
    web::error::WebError,
};

/// Quality of a taxonomy.
pub(super) struct Details {
    /// Changes of the last version.
    pub last: Option<Changed>,
    pub agreement: Agreement,
    /// Clauses that people have annotated.
    pub annotated: usize,
    pub model: Option<ThemeModel>,
    pub mood_model: Option<MoodModelSummary>,
    pub proposed: Vec<Proposed>,
}

pub(super) fn details(c: &mut DbConnection, organisation: Id) -> Result<Details, WebError> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    Ok(Details {
        last: retag::last(c, organisation)?,
        agreement: agreement::agreement(c, organisation, &taxonomy)?,
        annotated: tagging::annotated_clauses(c, organisation)?,
        model: tagging::model(c, organisation)?,
        mood_model: mood_models::summary(c, organisation)?,
        proposed: terms::proposed(c, organisation)?,
    })
}

impl Details {
    pub fn rolling(&self) -> Option<Message> {
        let rolling = self.agreement.rolling?;
        Some(msg!(
            "taxonomy-agreement-rolling",
            rolling = decimal(rolling, 2)
        ))
    }

    pub fn mood_quality(quality: &MoodQuality) -> Message {
        msg!(
            "taxonomy-mood-quality",
            accuracy = decimal(quality.accuracy, 2),
            commoner = decimal(quality.commoner, 2),
            auc = decimal(quality.auc, 2),
            words = decimal(quality.lexicon_auc, 2)
        )
    }

    pub fn terms(terms: &[WeightedTerm]) -> String {
        let terms: Vec<&str> = terms.iter().map(|term| term.term.as_str()).collect();
        terms.join(", ")
    }

    pub fn status(agreement: &ThemeAgreement) -> &'static str {
        match agreement.kappa {
            _ if agreement.unreliable => "taxonomy-unreliable",
            Some(_) => "taxonomy-reliable",
            None => "taxonomy-too-few",
        }
    }
}
