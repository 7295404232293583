//! Quotations of a plan: what may be printed of it in the customers' words, each clause once.

use std::collections::{BTreeMap, BTreeSet};

use super::{comparison::Comparison, strengths};
use crate::{
    coaching::{
        evidence::Evidence,
        plan::{FocusArea, Plan, Quote},
    },
    feedback::{
        FeedbackRow, ThemeMentionRow,
        printing::{is_certain, with_agent},
    },
    praise::moderation::record_key,
    text::mention::Polarity,
    types::Id,
};

/// Longest quotation, in characters.
const LONGEST_QUOTE: usize = 220;
/// Most strengths and themes that one customer praises, together.
const MOST_PRAISE: usize = 3;
/// Most quotations of a strength and of a focus area.
const QUOTES_OF_STRENGTH: usize = 2;
const QUOTES_OF_AREA: usize = 3;

/// Puts quotations into a plan, and keeps praise and complaints apart: no clause is printed twice,
/// and a theme that is worked on is not praised in the same plan. A strength that is not credible
/// needs a quotation of its own.
pub(super) fn choose(plan: &mut Plan, comparison: &Comparison<'_>) {
    let worked_on = themes(plan.focus.iter().chain(&plan.for_the_coach));
    plan.strengths.retain(|s| !worked_on.contains(&s.theme));
    plan.worth_asking
        .retain(|area| !plan.strengths.iter().any(|s| s.theme == area.theme));

    let mut quotations = Quotations::new(comparison);
    for strength in &mut plan.strengths {
        quotations.add(&mut strength.quotes, &strength.theme, Polarity::Positive);
    }
    plan.strengths
        .retain(|s| s.probability.is_some() || !s.quotes.is_empty());
    for area in plan.focus.iter_mut().chain(&mut plan.for_the_coach) {
        quotations.add(&mut area.quotes, &area.theme, Polarity::Negative);
    }
    for issue in &mut plan.not_yours {
        let mut quotes = Vec::new();
        quotations.add(&mut quotes, &issue.theme, Polarity::Negative);
        issue.quote = quotes.pop();
    }
    for strength in &mut plan.strengths {
        for _ in 1..QUOTES_OF_STRENGTH {
            quotations.add(&mut strength.quotes, &strength.theme, Polarity::Positive);
        }
    }
    for area in plan.focus.iter_mut().chain(&mut plan.for_the_coach) {
        for _ in 1..QUOTES_OF_AREA {
            quotations.add(&mut area.quotes, &area.theme, Polarity::Negative);
        }
    }
    for area in &mut plan.worth_asking {
        for _ in 0..QUOTES_OF_AREA {
            quotations.add(&mut area.quotes, &area.theme, Polarity::Negative);
        }
    }
    let mut room = MOST_PRAISE.saturating_sub(plan.strengths.len());
    let mut heard: Vec<Quote> = Vec::new();
    let taken = themes(plan.worth_asking.iter());
    plan.single_praise = strengths::single_praise(comparison, |theme| {
        if room == 0 || worked_on.contains(&theme.id) || taken.contains(&theme.id) {
            return None;
        }
        // Two themes that the same customer praises would read as two customers.
        let quoted = heard.len();
        quotations.add(&mut heard, &theme.id, Polarity::Positive);
        let quote = heard.get(quoted)?.clone();
        room -= 1;
        Some(quote)
    });
}

fn themes<'a>(areas: impl Iterator<Item = &'a FocusArea>) -> BTreeSet<String> {
    areas.map(|area| area.theme.clone()).collect()
}

/// Mentions that may be printed, and what was printed already.
struct Quotations<'c> {
    comparison: &'c Comparison<'c>,
    rows: BTreeMap<Id, &'c FeedbackRow>,
    /// Mentions by theme and polarity name, the most telling first.
    mentions: BTreeMap<(&'c str, &'static str), Vec<&'c ThemeMentionRow>>,
    printed: BTreeSet<String>,
}

impl<'c> Quotations<'c> {
    fn new(comparison: &'c Comparison<'c>) -> Self {
        let evidence = comparison.evidence;
        let rows: BTreeMap<Id, &FeedbackRow> = evidence.rows.iter().map(|r| (r.id, r)).collect();
        let may = |m: &&ThemeMentionRow| is_certain(m) && comparison.agrees(m);
        let mut mentions: BTreeMap<_, Vec<&ThemeMentionRow>> = BTreeMap::new();
        for mention in comparison.counted().filter(may) {
            let key = (mention.theme.as_str(), mention.polarity.as_str());
            mentions.entry(key).or_default().push(mention);
        }
        for list in mentions.values_mut() {
            most_telling_first(list, evidence);
        }
        Self {
            comparison,
            rows,
            mentions,
            printed: BTreeSet::new(),
        }
    }

    /// Adds the most telling quotation that is not printed yet, from a customer who is not quoted
    /// in `quotes`, if there is one.
    fn add(&mut self, quotes: &mut Vec<Quote>, theme: &str, polarity: Polarity) {
        let mentions = self.mentions.get(&(theme, polarity.as_str()));
        let mut mentions = mentions.into_iter().flatten();
        let found = mentions.find_map(|m| {
            let text = m.clause_text.to_lowercase();
            let quote = self.quote(m);
            let is_new =
                !self.printed.contains(&text) && !quotes.iter().any(|q| q.record == quote.record);
            is_new.then_some((text, quote))
        });
        if let Some((text, quote)) = found {
            self.printed.insert(text);
            quotes.push(quote);
        }
    }

    fn quote(&self, m: &ThemeMentionRow) -> Quote {
        let row = self.rows.get(&m.feedback_id);
        let agent = &self.comparison.evidence.agent.name;
        Quote {
            text: shortened(&with_agent(&m.clause_text, agent)),
            date: m.occurred_at.date(),
            words: m.words.clone(),
            channel: row.map(|r| r.channel.clone()).unwrap_or_default(),
            issue: row.map(|r| r.issue.clone()).unwrap_or_default(),
            record: row.map_or_else(|| m.feedback_id.to_string(), |r| record_key(&r.external_id)),
        }
    }
}

/// Cuts a text between words to at most [`LONGEST_QUOTE`] characters.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST_QUOTE) else {
        return text.to_owned();
    };
    let cut = &text[..end];
    let cut = cut.rfind(' ').map_or(cut, |space| &cut[..space]);
    format!("{} …", cut.trim_end_matches([',', ';', ' ']))
}

/// Clauses of 4 to 30 words first, then by probability and weight, then the newest.
fn most_telling_first(mentions: &mut [&ThemeMentionRow], evidence: &Evidence) {
    let certain = |m: &ThemeMentionRow| m.probability * evidence.weight(m.occurred_at);
    let telling = |m: &ThemeMentionRow| {
        let words = m.clause_text.split_whitespace().count();
        (4..=30).contains(&words)
    };
    mentions.sort_by(|a, b| {
        telling(b)
            .cmp(&telling(a))
            .then_with(|| certain(b).total_cmp(&certain(a)))
            .then_with(|| b.occurred_at.cmp(&a.occurred_at))
            .then_with(|| a.clause_text.cmp(&b.clause_text))
    });
}
