//! Plans and other documents in five formats, an archive of plans, and check-ins as a calendar.

use chrono::NaiveTime;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    agreed_plan::AgreedPlan,
    document,
    error::{CoachingError, Result},
    plans::StoredPlan,
    reasons::CheckInPurpose,
};
use crate::{
    documents::{
        archive,
        calendar::{self, Entry},
        docx, html, markdown,
        model::Document,
        pdf,
    },
    locale::{Locale, Localised},
    msg,
};

/// Format of a document. Its name is the ending of file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DocumentFormat)]
pub enum Format {
    Pdf,
    Docx,
    Html,
    #[serde(rename = "md")]
    Markdown,
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [
        Self::Pdf,
        Self::Docx,
        Self::Html,
        Self::Markdown,
        Self::Json,
    ];

    /// Ending of file names.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }

    /// The format of a file name's ending.
    ///
    /// # Errors
    /// [`CoachingError::UnknownFormat`].
    pub fn parse(ending: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|f| f.ending() == ending);
        found.ok_or(CoachingError::UnknownFormat)
    }

    /// Media type for HTTP.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// Writes a plan out. Slow for PDF: call it without a database connection.
///
/// # Errors
/// [`CoachingError::Render`].
pub fn render(plan: &AgreedPlan, format: Format, locale: &Locale) -> Result<Vec<u8>> {
    if format == Format::Json {
        return Ok(serde_json::to_vec_pretty(plan)?);
    }
    render_document(&document::document(plan, locale), format)
}

/// Writes any document out; as JSON it is its blocks.
///
/// # Errors
/// [`CoachingError::Render`].
pub fn render_document(document: &Document, format: Format) -> Result<Vec<u8>> {
    Ok(match format {
        Format::Pdf => pdf::render(document)?,
        Format::Docx => docx::render(document)?,
        Format::Html => html::page(document).into_bytes(),
        Format::Markdown => markdown::render(document).into_bytes(),
        Format::Json => serde_json::to_vec_pretty(document)?,
    })
}

/// Plans as PDF in one archive. Slow: call it without a database connection. In place of a plan
/// that cannot be set, a text file says so; the cause goes to the log.
///
/// # Errors
/// [`CoachingError::Render`].
pub fn plan_archive(plans: &[StoredPlan], locale: &Locale) -> Result<Vec<u8>> {
    // One after another: the typesetter renders one document at a time with threads of its own.
    let files: Vec<_> = plans
        .iter()
        .map(|plan| {
            let day = plan.created_at.date().format("%Y-%m-%d");
            let name = format!("{} {day}", plan.plan.agent);
            archived(&name, render(&plan.agreed(), Format::Pdf, locale), locale)
        })
        .collect();
    Ok(archive::zip(&files)?)
}

/// Name and content of a file of an archive.
fn archived(name: &str, rendered: Result<Vec<u8>>, locale: &Locale) -> (String, Vec<u8>) {
    match rendered {
        Ok(bytes) => (format!("{name}.pdf"), bytes),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "A plan of an archive could not be set"
            );
            let text = locale.format(&msg!("plan-archive-failed"));
            (format!("{name}.txt"), text.into_bytes())
        }
    }
}

/// Local time at which calendars propose check-ins.
const CHECK_IN_TIME: NaiveTime = match NaiveTime::from_hms_opt(10, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// The check-ins to come as a calendar file.
pub fn calendar(plan: &StoredPlan, locale: &Locale) -> String {
    let title = locale.format(&msg!("check-in-calendar", agent = &plan.plan.agent));
    let entries: Vec<Entry> = plan
        .progress
        .meetings
        .iter()
        .enumerate()
        .filter(|(_, m)| m.done.is_none())
        .map(|(at, m)| Entry {
            uid: format!("{}-{at}@rapport", plan.id),
            starts: plan.plan.working_days.moment(m.due, CHECK_IN_TIME),
            minutes: m.purpose.reason().map_or(30, CheckInPurpose::minutes),
            title: title.clone(),
            text: locale.format(&m.purpose.message()),
        })
        .collect();
    let changed = plan.steps.last().map_or(plan.created_at, |s| s.at);
    calendar::render(&entries, changed.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plan_that_cannot_be_set_leaves_the_others_in_the_archive() {
        let broken = Err(CoachingError::UnknownFormat);
        let locale = Locale::english();
        let files = [
            archived("Ann", Ok(b"%PDF".to_vec()), locale),
            archived("Ben", broken, locale),
        ];
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Ann.pdf", "Ben.txt"]);
        assert!(String::from_utf8_lossy(&files[1].1).contains("Word"));
    }
}
