//! Inter-annotator agreement, by theme. Where it is low, the theme's definition is at fault.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{annotation::AnnotatedTheme, error::Result, sampling::Sampling, store};
use crate::{
    db::DbConnection,
    stats::agreement::{cohen_kappa, rolling},
    text::{mention::Polarity, taxonomy::Taxonomy},
    types::Id,
};

/// Kappa below which a theme is unreliable and left out of plans.
pub const MIN_KAPPA: f64 = 0.6;
/// Fewest clauses annotated by two people for a kappa, and of them fewest in which either sees the
/// theme.
pub const MIN_PAIRS: usize = 20;
pub const MIN_SEEN: usize = 5;

/// Agreement of two annotators on a theme.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ThemeAgreement {
    pub theme: String,
    pub name: String,
    /// Clauses in which at least one of the two sees the theme.
    pub seen: usize,
    /// Cohen's kappa over all clauses read by two.
    pub kappa: Option<f64>,
    /// Whether kappa is too low for plans.
    pub unreliable: bool,
}

/// Agreement of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Agreement {
    /// Clauses read by two people.
    pub clauses: usize,
    /// Mean over them of Rolling's 2C / (A + B), polarity and all.
    pub rolling: Option<f64>,
    pub themes: Vec<ThemeAgreement>,
}

type Tags = BTreeSet<(String, Polarity)>;

/// Agreement of the first two annotators of each clause, by the newest annotation of each.
pub fn agreement(c: &mut DbConnection, organisation: Id, taxonomy: &Taxonomy) -> Result<Agreement> {
    let mut by_clause: BTreeMap<String, Vec<(String, Tags)>> = BTreeMap::new();
    for row in store::annotations(c, organisation)? {
        let themes: Vec<AnnotatedTheme> = row.themes.read()?;
        let mentions = themes.into_iter().map(|t| (t.theme, t.polarity)).collect();
        let readers = by_clause.entry(row.clause_key).or_default();
        // Whoever picks an annotated clause corrects it and knows the annotation: no second
        // opinion.
        if row.sampling == Sampling::Purposive && !readers.is_empty() {
            continue;
        }
        match readers.iter_mut().find(|(who, _)| *who == row.created_by) {
            Some((_, earlier)) => *earlier = mentions,
            None => readers.push((row.created_by, mentions)),
        }
    }
    let pairs: Vec<(&Tags, &Tags)> = by_clause
        .values()
        .filter_map(|readers| Some((&readers.first()?.1, &readers.get(1)?.1)))
        .collect();
    Ok(agreement_of_pairs(&pairs, taxonomy))
}

fn agreement_of_pairs(pairs: &[(&Tags, &Tags)], taxonomy: &Taxonomy) -> Agreement {
    let themes = taxonomy.themes.iter().map(|theme| {
        let sees = |mentions: &Tags| mentions.iter().any(|(t, _)| *t == theme.id);
        let judged: Vec<(bool, bool)> = pairs.iter().map(|(a, b)| (sees(a), sees(b))).collect();
        let seen = judged.iter().filter(|(a, b)| *a || *b).count();
        let kappa = cohen_kappa(&judged).filter(|_| pairs.len() >= MIN_PAIRS && seen >= MIN_SEEN);
        ThemeAgreement {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            seen,
            unreliable: kappa.is_some_and(|k| k < MIN_KAPPA),
            kappa,
        }
    });
    let mean = pairs.iter().map(|(a, b)| rolling(a, b)).sum::<f64>() / pairs.len() as f64;
    Agreement {
        clauses: pairs.len(),
        rolling: (!pairs.is_empty()).then_some(mean),
        themes: themes.collect(),
    }
}

/// Ids of the unreliable themes, which plans leave out.
pub fn unreliable(
    c: &mut DbConnection,
    organisation: Id,
    taxonomy: &Taxonomy,
) -> Result<BTreeSet<String>> {
    let themes = agreement(c, organisation, taxonomy)?.themes;
    Ok(themes
        .into_iter()
        .filter(|t| t.unreliable)
        .map(|t| t.theme)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_that_readers_do_not_agree_on_is_unreliable() {
        let taxonomy = Taxonomy::shipped();
        let set = |themes: &[&str]| -> Tags {
            themes
                .iter()
                .map(|t| ((*t).to_owned(), Polarity::Negative))
                .collect()
        };
        let (both, first, second, none) =
            (set(&["courtesy"]), set(&["pace"]), set(&["pace"]), set(&[]));
        let mut pairs: Vec<(&Tags, &Tags)> = vec![(&both, &both); 10];
        pairs.extend(vec![(&first, &none); 5]);
        pairs.extend(vec![(&none, &second); 5]);
        let found = agreement_of_pairs(&pairs, taxonomy);
        let theme = |id: &str| found.themes.iter().find(|t| t.theme == id).expect("theme");
        assert_eq!(
            (theme("courtesy").kappa, theme("courtesy").unreliable),
            (Some(1.0), false)
        );
        assert!(theme("pace").unreliable);
        assert_eq!(theme("warmth").kappa, None);
        assert_eq!(found.rolling, Some(0.5));
        // Too few pairs give no kappa, so no theme is unreliable.
        assert!(
            agreement_of_pairs(&pairs[..15], taxonomy)
                .themes
                .iter()
                .all(|t| !t.unreliable)
        );
    }
}
