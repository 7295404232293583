//! The form that says which column of a file of scorecards is what.

use std::collections::BTreeMap;

use crate::{
    quality::{
        mapping::{Columns, Criterion, Mapping, MappingError},
        reader::FileColumn,
        scale::Scale,
    },
    tables::number::{DecimalMark, parse},
};

/// How a file can write days, with an example of each; ISO 8601 is always read.
pub const DATES: [(&str, &str); 4] = [
    ("", "2026-10-31"),
    ("%d.%m.%Y", "31.10.2026"),
    ("%d/%m/%Y", "31/10/2026"),
    ("%m/%d/%Y", "10/31/2026"),
];
/// Scales with the ids of their names.
pub const SCALES: [(&str, &str); 3] = [
    ("pass_fail", "quality-scale-pass-fail"),
    ("points", "quality-scale-points"),
    ("percent", "quality-scale-percent"),
];
/// What a column is used for, with the ids of its name, and words that tell it.
const GUESSES: [(&str, &[&str]); 4] = [
    ("agent", &["agent", "advisor", "employee"]),
    ("date", &["date", "day"]),
    (
        "evaluator",
        &["evaluator", "assessor", "reviewer", "auditor"],
    ),
    (
        "contact",
        &["contact", "interaction", "call id", "ticket", "case"],
    ),
];
/// A criterion that belongs to no theme.
pub const NO_THEME: &str = "-";

/// Fields: `agent`, `date`, `date_format`, `evaluator`, `contact`, `criterion`, `score`, `kind`,
/// `max`, `met_from`; `use.` with a criterion, whose value is a theme, [`NO_THEME`], or nothing if
/// it is left out; `named`, the column whose values the criteria are.
#[derive(Clone, Debug, Default)]
pub struct MappingForm(pub BTreeMap<String, String>);

impl MappingForm {
    pub fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    fn chosen(&self, name: &str) -> Option<String> {
        Some(self.field(name).to_owned()).filter(|value| !value.is_empty())
    }

    /// Whether a criterion is used in this way.
    pub fn uses(&self, criterion: &str, value: &str) -> bool {
        self.field(&format!("use.{criterion}")) == value
    }

    /// The column of criteria, where each row is one.
    pub fn criterion(&self) -> Option<&str> {
        let column = self.field("criterion");
        (!column.is_empty()).then_some(column)
    }

    /// Whether the criteria of the form are not those of the chosen column yet.
    pub fn lacks_criteria(&self) -> bool {
        self.field("named") != self.criterion().unwrap_or_default()
    }

    /// What the last mapping says about these columns or, without one, what their names suggest.
    pub fn suggested(last: Option<&Mapping>, columns: &[FileColumn]) -> Self {
        let mut form = Self::default();
        for (field, words) in GUESSES {
            let tells = |column: &&FileColumn| {
                let name = column.name.to_lowercase();
                words.iter().any(|word| name.contains(word))
            };
            form.set(field, columns.iter().find(tells).map(|c| &c.name));
        }
        let Some(last) = last else {
            return form;
        };
        let known = |name: &&String| columns.iter().any(|column| column.name == **name);
        let c = &last.columns;
        for (field, name) in [
            ("agent", Some(&c.agent)),
            ("date", Some(&c.date)),
            ("evaluator", c.evaluator.as_ref()),
            ("contact", c.contact.as_ref()),
            ("criterion", c.criterion.as_ref()),
            ("score", c.score.as_ref()),
        ] {
            if let Some(name) = name.filter(known) {
                form.set(field, Some(name));
            }
        }
        form.set("date_format", last.date_formats.first());
        form.set_scale(last.scale);
        for criterion in &last.criteria {
            let theme = criterion.theme.as_deref().unwrap_or(NO_THEME);
            let field = format!("use.{}", criterion.column);
            form.0.insert(field, theme.to_owned());
        }
        form
    }

    fn set(&mut self, field: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.0.insert(field.to_owned(), value.clone());
        }
    }

    fn set_scale(&mut self, scale: Scale) {
        let (kind, max, met_from) = match scale {
            Scale::PassFail {} => ("pass_fail", None, None),
            Scale::Points { max, met_from } => ("points", Some(max), met_from),
            Scale::Percent { met_from } => ("percent", None, met_from),
        };
        self.set("kind", Some(&kind.to_owned()));
        self.set("max", max.map(|max| max.to_string()).as_ref());
        self.set("met_from", met_from.map(|from| from.to_string()).as_ref());
    }

    /// The mapping; `criteria` are the names that a criterion can have.
    ///
    /// # Errors
    /// [`MappingError`] as for a file.
    pub fn mapping(&self, criteria: &[String]) -> Result<Mapping, MappingError> {
        let columns = Columns {
            agent: self.field("agent").to_owned(),
            date: self.field("date").to_owned(),
            evaluator: self.chosen("evaluator"),
            contact: self.chosen("contact"),
            criterion: self.chosen("criterion"),
            score: self.chosen("score"),
        };
        let criterion = |name: &String| {
            let theme = self.chosen(&format!("use.{name}"))?;
            Some(Criterion {
                column: name.clone(),
                name: None,
                theme: (theme != NO_THEME).then_some(theme),
                scale: None,
            })
        };
        let mapping = Mapping {
            columns,
            date_formats: self.date_formats(),
            scale: self.scale()?,
            criteria: criteria.iter().filter_map(criterion).collect(),
        };
        mapping.checked()
    }

    /// The chosen way to write days, with and without a time of day.
    fn date_formats(&self) -> Vec<String> {
        let Some(day) = self.chosen("date_format") else {
            return Vec::new();
        };
        let times = ["", " %H:%M", " %H:%M:%S"];
        times.map(|time| format!("{day}{time}")).to_vec()
    }

    fn scale(&self) -> Result<Scale, MappingError> {
        let number = |field| match self.field(field) {
            "" => Ok(None),
            text => match parse(text, DecimalMark::Dot) {
                Some(number) => Ok(Some(number)),
                None => Err(MappingError::Scale),
            },
        };
        let met_from = number("met_from")?;
        match self.field("kind") {
            "points" => Ok(Scale::Points {
                max: number("max")?.ok_or(MappingError::Scale)?,
                met_from,
            }),
            "percent" => Ok(Scale::Percent { met_from }),
            _ => Ok(Scale::PassFail {}),
        }
    }
}
