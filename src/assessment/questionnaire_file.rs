//! Parser and validator of questionnaire files (TOML). Errors name the line.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::questionnaire::{
    Facet, Item, ItemKind, NormSource, Quality, Questionnaire, Texts, Translation,
};
use crate::{
    psychometrics::responses::Scale,
    toml_file::{self, TomlError},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    format: Spanned<u32>,
    slug: Spanned<String>,
    version: Spanned<i32>,
    locale: Spanned<String>,
    title: Spanned<String>,
    minutes: Spanned<u32>,
    items_per_page: Spanned<usize>,
    scale: Spanned<ScaleSource>,
    text: Texts,
    norm: Spanned<NormSource>,
    quality: Spanned<Quality>,
    facets: Vec<Spanned<Facet>>,
    #[serde(default)]
    instructed: Vec<Spanned<InstructedSource>>,
    items: Vec<Spanned<ItemSource>>,
    #[serde(default)]
    translations: BTreeMap<String, Spanned<Translation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScaleSource {
    min: i32,
    max: i32,
    labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstructedSource {
    id: String,
    text: String,
    expected: i32,
    after: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemSource {
    id: String,
    facet: String,
    text: String,
    #[serde(default)]
    reverse: bool,
}

/// Reports problems with the line number of a byte offset.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn error(&self, span: std::ops::Range<usize>, problem: impl Into<String>) -> TomlError {
        TomlError {
            line: toml_file::line_at(self.0, span.start),
            problem: problem.into(),
        }
    }

    fn require<T>(
        &self,
        at: &Spanned<T>,
        holds: bool,
        problem: impl Into<String>,
    ) -> Result<(), TomlError> {
        if holds {
            Ok(())
        } else {
            Err(self.error(at.span(), problem))
        }
    }
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

impl Questionnaire {
    /// Parses and validates a questionnaire file.
    ///
    /// # Errors
    /// [`TomlError`] with the line of the first problem.
    pub fn parse(text: &str) -> Result<Self, TomlError> {
        let lines = Lines(text);
        let source: Source = toml_file::parse(text)?;
        let known_format = *source.format.get_ref() == 1;
        lines.require(&source.format, known_format, "format must be 1")?;
        lines.require(
            &source.slug,
            is_slug(source.slug.get_ref()),
            "slug allows lower-case letters, digits, - and _",
        )?;
        lines.require(
            &source.version,
            *source.version.get_ref() >= 1,
            "version must be 1 or more",
        )?;
        lines.require(
            &source.locale,
            is_slug(&source.locale.get_ref().to_lowercase()),
            "locale must look like en or pt-br",
        )?;
        lines.require(
            &source.title,
            !source.title.get_ref().trim().is_empty(),
            "the title is empty",
        )?;
        lines.require(
            &source.minutes,
            (1..=180).contains(source.minutes.get_ref()),
            "minutes must be 1 to 180",
        )?;
        let per_page = (1..=50).contains(source.items_per_page.get_ref());
        lines.require(
            &source.items_per_page,
            per_page,
            "items_per_page must be 1 to 50",
        )?;
        let scale = check_scale(&lines, &source.scale)?;
        check_norm(&lines, &source.norm, scale)?;
        let q = source.quality.get_ref();
        lines.require(
            &source.quality,
            q.seconds_per_item > 0.0 && q.longstring >= 5,
            "quality: seconds_per_item must be positive and longstring at least 5",
        )?;
        check_facets(&lines, &source.facets)?;
        let items = order_items(&lines, &source, scale)?;
        check_translations(&lines, &source, &items)?;
        Ok(Self {
            slug: source.slug.into_inner(),
            version: source.version.into_inner(),
            locale: source.locale.into_inner(),
            title: source.title.into_inner(),
            minutes: source.minutes.into_inner(),
            items_per_page: source.items_per_page.into_inner(),
            scale,
            labels: source.scale.into_inner().labels,
            text: source.text,
            norm: source.norm.into_inner(),
            quality: source.quality.into_inner(),
            facets: source.facets.into_iter().map(Spanned::into_inner).collect(),
            items,
            translations: source
                .translations
                .into_iter()
                .map(|(locale, t)| (locale, t.into_inner()))
                .collect(),
        })
    }
}

fn check_scale(lines: &Lines<'_>, source: &Spanned<ScaleSource>) -> Result<Scale, TomlError> {
    let s = source.get_ref();
    lines.require(
        source,
        s.min < s.max && s.max - s.min <= 10,
        "scale: min must be below max, with at most 11 options",
    )?;
    let options = usize::try_from(s.max - s.min + 1).unwrap_or(0);
    let problem = format!(
        "scale: {} to {} needs {options} labels, there are {}",
        s.min,
        s.max,
        s.labels.len()
    );
    lines.require(source, s.labels.len() == options, problem)?;
    Ok(Scale {
        min: s.min,
        max: s.max,
    })
}

fn check_norm(
    lines: &Lines<'_>,
    source: &Spanned<NormSource>,
    scale: Scale,
) -> Result<(), TomlError> {
    let n = source.get_ref();
    let inside = f64::from(scale.min) < n.mean && n.mean < f64::from(scale.max);
    lines.require(source, inside, "norm: mean must be within the answer scale")?;
    lines.require(source, n.sd > 0.0, "norm: sd must be positive")?;
    lines.require(
        source,
        (0.0..1.0).contains(&n.facet_correlation),
        "norm: facet_correlation must be in [0, 1)",
    )?;
    lines.require(
        source,
        n.reliability > 0.0 && n.reliability < 1.0,
        "norm: reliability must be in (0, 1)",
    )
}

fn check_facets(lines: &Lines<'_>, facets: &[Spanned<Facet>]) -> Result<(), TomlError> {
    if facets.is_empty() {
        return Err(lines.error(0..0, "there are no facets"));
    }
    let mut seen = BTreeSet::new();
    for facet in facets {
        let f = facet.get_ref();
        lines.require(
            facet,
            is_slug(&f.id),
            format!(
                "facet id \"{}\" allows lower-case letters, digits, - and _",
                f.id
            ),
        )?;
        lines.require(
            facet,
            seen.insert(&f.id),
            format!("facet \"{}\" is defined twice", f.id),
        )?;
        let weight_ok = f.weight.is_finite() && f.weight >= 0.0;
        lines.require(
            facet,
            weight_ok,
            format!("facet \"{}\": weight must be 0 or more", f.id),
        )?;
        lines.require(
            facet,
            !f.interview.is_empty(),
            format!("facet \"{}\" has no interview question", f.id),
        )?;
        let complete = [&f.name, &f.definition, &f.low, &f.middle, &f.high]
            .iter()
            .all(|t| !t.trim().is_empty());
        lines.require(
            facet,
            complete,
            format!(
                "facet \"{}\": name, definition, low, middle and high must not be empty",
                f.id
            ),
        )?;
    }
    if facets.iter().map(|f| f.get_ref().weight).sum::<f64>() <= 0.0 {
        return Err(lines.error(facets[0].span(), "all facet weights are 0"));
    }
    Ok(())
}

/// Checks that translations cover exactly the items and facets, so that no sitting mixes languages.
fn check_translations(lines: &Lines<'_>, source: &Source, items: &[Item]) -> Result<(), TomlError> {
    for (locale, at) in &source.translations {
        let t = at.get_ref();
        lines.require(
            at,
            is_slug(&locale.to_lowercase()),
            format!("translation \"{locale}\": a locale looks like en or pt-br"),
        )?;
        let labels = source.scale.get_ref().labels.len();
        lines.require(
            at,
            t.labels.len() == labels,
            format!(
                "translation \"{locale}\" needs {labels} labels, it has {}",
                t.labels.len()
            ),
        )?;
        for (kind, expected, given) in [
            (
                "item",
                items.iter().map(|i| &i.id).collect::<BTreeSet<_>>(),
                t.items.keys().collect::<BTreeSet<_>>(),
            ),
            (
                "facet",
                source.facets.iter().map(|f| &f.get_ref().id).collect(),
                t.facets.keys().collect(),
            ),
        ] {
            if let Some(missing) = expected.difference(&given).next() {
                return Err(lines.error(
                    at.span(),
                    format!("translation \"{locale}\" has no {kind} \"{missing}\""),
                ));
            }
            if let Some(unknown) = given.difference(&expected).next() {
                return Err(lines.error(
                    at.span(),
                    format!(
                        "translation \"{locale}\" has {kind} \"{unknown}\", which is not in the questionnaire"
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// Presentation order: rounds of one item per facet, with instructed items after their stated
/// position. Each facet starts one item later than the previous one, which spreads reversed
/// statements over all rounds, so that attentive agreement does not produce long runs.
fn order_items(lines: &Lines<'_>, source: &Source, scale: Scale) -> Result<Vec<Item>, TomlError> {
    let mut seen = BTreeSet::new();
    let mut by_facet: Vec<Vec<Item>> = source.facets.iter().map(|_| Vec::new()).collect();
    for item in &source.items {
        let i = item.get_ref();
        lines.require(
            item,
            is_slug(&i.id),
            format!(
                "item id \"{}\" allows lower-case letters, digits, - and _",
                i.id
            ),
        )?;
        lines.require(
            item,
            seen.insert(i.id.clone()),
            format!("item \"{}\" is defined twice", i.id),
        )?;
        lines.require(
            item,
            !i.text.trim().is_empty(),
            format!("item \"{}\" has no text", i.id),
        )?;
        let Some(facet) = source.facets.iter().position(|f| f.get_ref().id == i.facet) else {
            return Err(lines.error(
                item.span(),
                format!(
                    "item \"{}\" belongs to \"{}\", which is not a facet",
                    i.id, i.facet
                ),
            ));
        };
        let kind = ItemKind::Facet {
            facet: i.facet.clone(),
            reversed: i.reverse,
        };
        by_facet[facet].push(Item {
            id: i.id.clone(),
            text: i.text.clone(),
            kind,
        });
    }
    for (facet, items) in source.facets.iter().zip(&by_facet) {
        let problem = format!(
            "facet \"{}\" has {} items; at least 3 are needed",
            facet.get_ref().id,
            items.len()
        );
        lines.require(facet, items.len() >= 3, problem)?;
    }
    let rounds = by_facet.iter().map(Vec::len).max().unwrap_or(0);
    let mut ordered: Vec<Item> = (0..rounds)
        .flat_map(|round| {
            by_facet
                .iter()
                .enumerate()
                .filter(move |(_, items)| round < items.len())
                .map(move |(facet, items)| items[(round + facet) % items.len()].clone())
        })
        .collect();
    let mut instructed: Vec<_> = source.instructed.iter().collect();
    instructed.sort_by_key(|i| std::cmp::Reverse(i.get_ref().after));
    for check in instructed {
        let i = check.get_ref();
        lines.require(
            check,
            is_slug(&i.id) && seen.insert(i.id.clone()),
            format!("instructed item \"{}\": the id is taken or invalid", i.id),
        )?;
        lines.require(
            check,
            scale.allows(i.expected),
            format!("instructed item \"{}\": expected is not on the scale", i.id),
        )?;
        lines.require(
            check,
            i.after <= ordered.len(),
            format!(
                "instructed item \"{}\": after is beyond the last item",
                i.id
            ),
        )?;
        let kind = ItemKind::Instructed {
            expected: i.expected,
        };
        ordered.insert(
            i.after,
            Item {
                id: i.id.clone(),
                text: i.text.clone(),
                kind,
            },
        );
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::{
        super::questionnaire::{FacetWords, SERVICE_ATTITUDE},
        *,
    };

    #[test]
    fn shipped_questionnaire_has_the_designed_structure() {
        let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
        let reversed = |i: &&Item| matches!(i.kind, ItemKind::Facet { reversed: true, .. });
        assert_eq!((q.facets.len(), q.items.len(), q.pages()), (6, 50, 10));
        assert_eq!(q.items.iter().filter(reversed).count(), 18);
        for facet in &q.facets {
            let of =
                |i: &&Item| matches!(&i.kind, ItemKind::Facet { facet: f, .. } if *f == facet.id);
            assert_eq!(q.items.iter().filter(of).count(), 8, "{}", facet.id);
        }
        assert!(q.page(0).is_empty() && q.page(11).is_empty());
        assert_eq!(q.page(10).len(), 5);
    }

    /// Flesch-Kincaid grade of all statements together: .39 words per sentence + 11.8 syllables per
    /// word - 15.59 (Kincaid 1975), with syllables counted as vowel groups.
    #[test]
    fn statements_read_below_grade_eight() {
        let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
        let (mut words, mut syllables) = (0.0, 0.0);
        for item in &q.items {
            for word in item.text.split_whitespace() {
                words += 1.0;
                let letters: Vec<bool> = word
                    .to_lowercase()
                    .chars()
                    .map(|c| "aeiouy".contains(c))
                    .collect();
                let groups =
                    letters.windows(2).filter(|w| !w[0] && w[1]).count() + usize::from(letters[0]);
                let silent =
                    usize::from(word.trim_matches(['.', ',']).ends_with('e') && groups > 1);
                syllables += (groups - silent).max(1) as f64;
            }
        }
        let grade = 0.39 * words / q.items.len() as f64 + 11.8 * syllables / words - 15.59;
        assert!(grade < 8.0, "{grade}");
    }

    /// The shipped questionnaire with a generated second language whose texts start with "xx".
    fn with_translation(change: impl Fn(String) -> String) -> String {
        let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
        let texts = |q: &Questionnaire| Texts {
            instruction: format!("xx {}", q.text.instruction),
            ..q.text.clone()
        };
        let words = |f: &Facet| FacetWords {
            name: format!("xx {}", f.name),
            definition: f.definition.clone(),
            low: f.low.clone(),
            middle: f.middle.clone(),
            high: f.high.clone(),
        };
        let translation = Translation {
            title: format!("xx {}", q.title),
            labels: q.labels.iter().map(|l| format!("xx {l}")).collect(),
            text: texts(&q),
            items: q
                .items
                .iter()
                .map(|i| (i.id.clone(), format!("xx {}", i.text)))
                .collect(),
            facets: q.facets.iter().map(|f| (f.id.clone(), words(f))).collect(),
        };
        let table = BTreeMap::from([("translations", BTreeMap::from([("xx", translation)]))]);
        change(format!(
            "{SERVICE_ATTITUDE}\n{}",
            toml::to_string(&table).expect("writes")
        ))
    }

    #[test]
    fn translations_change_texts_and_no_keys() {
        let q = Questionnaire::parse(&with_translation(|t| t)).expect("translated");
        let ask = |languages: &[&str]| {
            q.in_language(
                &languages
                    .iter()
                    .map(|l| (*l).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            (
                ask(&["fr", "xx-YY", "en"]).locale.as_str(),
                ask(&["en-GB", "xx"]).locale.as_str(),
                ask(&["fr"]).locale.as_str()
            ),
            ("xx", "en", "en")
        );
        let shown = ask(&["xx"]);
        assert!(
            shown.items.iter().all(|i| i.text.starts_with("xx "))
                && shown.labels[0].starts_with("xx ")
        );
        assert!(
            shown
                .items
                .iter()
                .zip(&q.items)
                .all(|(a, b)| (&a.id, &a.kind) == (&b.id, &b.kind))
        );
        for (from, to, part) in [
            (
                "patience1 = \"xx",
                "patience9 = \"xx",
                "has no item \"patience1\"",
            ),
            (
                "labels = [\"xx Strongly disagree\", ",
                "labels = [",
                "needs 5 labels",
            ),
        ] {
            let error = Questionnaire::parse(&with_translation(|t| t.replacen(from, to, 1)))
                .expect_err(from);
            assert!(error.problem.contains(part), "{error}");
        }
    }

    #[test]
    fn errors_name_the_line() {
        for (from, to, part) in [
            ("format = 1", "format = 2", "format must be 1"),
            ("version = 2", "version = \"two\"", "invalid type"),
            (
                "facet = \"empathy\"",
                "facet = \"telepathy\"",
                "is not a facet",
            ),
            ("id = \"empathy2\"", "id = \"empathy1\"", "defined twice"),
            ("weight = 3", "weight = -3", "weight must be 0 or more"),
            ("sd = 0.55", "sd = 0.0", "sd must be positive"),
            ("\"Strongly disagree\", ", "", "needs 5 labels"),
            ("expected = 4", "expected = 9", "not on the scale"),
            ("minutes = 12", "minuets = 12", "unknown field"),
            ("title = \"Serv", "title = Serv", ""),
        ] {
            let broken = SERVICE_ATTITUDE.replacen(from, to, 1);
            let at = broken
                .lines()
                .position(|l| l.contains(to) && !to.is_empty())
                .map(|l| l + 1);
            let error = Questionnaire::parse(&broken).expect_err(from);
            assert!(error.problem.contains(part), "{from}: {error}");
            if let Some(at) = at {
                assert!(
                    error.line.abs_diff(at) <= 8,
                    "{from}: {error}, expected near line {at}"
                );
            }
        }
    }
}
