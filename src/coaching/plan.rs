//! A coaching plan as a value: what the rules found and what it rests on, without its sentences.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    gates,
    library::{Practice, practice_for},
    reasons::{AlternativeEvidence, CheckInPurpose, Explanation, NoFocus, RateNote},
};
use crate::{
    accounts::WorkingDays,
    feedback::{Period, score_format::ScoreRule},
    locale::{Localised, Message, list},
    msg,
    praise::IssueStatus,
    quality::results::QualityResult,
    stats::intervals::Interval,
    text::taxonomy::Control,
    types::Id,
};

/// A customer's words and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    pub text: String,
    pub date: NaiveDate,
    /// Evidence words of the theme mention.
    pub words: String,
    /// Channel and issue; empty if the file did not have them, and in plans of older rules.
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub issue: String,
    /// Key of the record (`moderation::record_key`), by which quotations of records that are
    /// withheld later are removed.
    #[serde(default)]
    pub record: String,
}

/// The rate of good scores, shrunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rate {
    pub scores: u64,
    /// How many scores of the same age they are worth: older scores count less. Absent in plans of
    /// rules version 6 and before, where each counts 1.
    #[serde(default)]
    pub weight: Option<f64>,
    /// Weighted share of good scores.
    pub raw: f64,
    /// Peers' rate with the same channels and issues, and over all of them. Absent in plans of
    /// rules version 1.
    #[serde(default)]
    pub expected: Option<f64>,
    #[serde(default)]
    pub peers: Option<f64>,
    /// Shrunk rate, adjusted to everybody's channels and issues.
    pub shrunk: f64,
    /// 80 % interval of the true rate.
    pub interval: Interval,
    /// Where 80 % of the team's agents are expected to lie.
    pub team_band: Option<Interval>,
    pub reliability: f64,
}

/// Something the agent does well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Strength {
    pub theme: String,
    pub name: String,
    pub said: String,
    pub customers: u64,
    /// P(true praise rate > peers'); absent if the difference is not credible.
    pub probability: Option<f64>,
    pub quotes: Vec<Quote>,
    #[serde(default)]
    pub practice: Option<Practice>,
}

/// Something that one customer praises: a quotation, and a strength only if the coach confirms it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SinglePraise {
    pub theme: String,
    pub name: String,
    pub said: String,
    pub quote: Quote,
    #[serde(default)]
    pub practice: Option<Practice>,
}

/// Praise of a colleague who agreed to show it, as an example of good practice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ColleagueExample {
    /// Key of the consent: the example is left out when it is withdrawn.
    pub consent: Id,
    pub theme: String,
    /// Name of the theme.
    pub name: String,
    /// Name of the colleague, if they agreed to show it.
    pub colleague: Option<String>,
    /// What the colleague does, in their own words; may be empty.
    pub words: String,
    pub quote: Quote,
}

/// How often a coach saw a behaviour in the contacts they listened to: evidence beside comments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Observed {
    pub theme: String,
    /// Name of the person who listened.
    pub by: String,
    pub seen: u64,
    /// Contacts in which the behaviour could have been seen.
    pub contacts: u64,
}

impl Localised for Observed {
    fn message(&self) -> Message {
        msg!(
            "plan-observed",
            by = &self.by,
            seen = self.seen,
            count = self.contacts
        )
    }
}

/// Comments that praise a theme, and comments that complain about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    pub theme: String,
    pub name: String,
    pub control: Control,
    pub positive: u64,
    pub negative: u64,
}

/// A theme with more complaints than peers have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FocusArea {
    pub theme: String,
    pub name: String,
    pub said: String,
    pub control: Control,
    // `clauses` in earlier plans.
    #[serde(alias = "clauses")]
    pub mentions: usize,
    /// Comments of the agent that were read.
    pub comments: u64,
    pub customers: usize,
    /// Expected number of customers who do complain of it, by the probabilities of their mentions.
    #[serde(default)]
    pub expected_customers: f64,
    pub weeks: usize,
    /// P(true trouble rate > 1.25 x peers').
    pub probability: f64,
    /// Shrunk rate of comments with this trouble, and peers' rate with the same channels and
    /// issues.
    pub rate: f64,
    pub peer_rate: f64,
    /// Expected benefit, by which focus areas are ordered.
    pub benefit: f64,
    /// How much the theme moves scores here, 1 for an average theme.
    #[serde(default = "one")]
    pub driver_weight: f64,
    pub quotes: Vec<Quote>,
    #[serde(default)]
    pub practice: Option<Practice>,
}

fn one() -> f64 {
    1.0
}

/// Where an alternative to the feedback's own focus areas comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeKind {
    /// Scores on one issue are worse than those of peers with the same issue.
    Knowledge,
    /// What the whole team works on.
    Team,
}

/// Something to work on where the agent's own comments show no focus area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alternative {
    /// A theme's id, or "issue:" and the issue.
    pub key: String,
    pub kind: AlternativeKind,
    pub name: String,
    pub evidence: Explanation<AlternativeEvidence>,
    #[serde(default)]
    pub practice: Option<Practice>,
}

/// Good scores by week, and the result of the control chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trend {
    /// First day of the week, good scores, scores.
    pub weeks: Vec<(NaiveDate, u64, u64)>,
    pub change: TrendChange,
}

/// A change is named only when the chart signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendChange {
    NoReliableChange,
    Improved,
    Declined,
}

impl Localised for TrendChange {
    fn message(&self) -> Message {
        match self {
            Self::NoReliableChange => msg!("trend-no-change"),
            Self::Improved => msg!("trend-improved"),
            Self::Declined => msg!("trend-declined"),
        }
    }
}

/// A theme that another department owns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProcessIssue {
    pub theme: String,
    pub name: String,
    pub said: String,
    pub owner: String,
    pub comments: u64,
    pub quote: Option<Quote>,
    /// The owner's latest status.
    #[serde(default)]
    // `fate` in plans of rules version 4 and before.
    #[serde(alias = "fate")]
    pub owner_status: Option<OwnerStatus>,
}

/// Status of a theme with its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OwnerStatus {
    pub status: IssueStatus,
    pub note: String,
    pub on: NaiveDate,
}

/// The data that a plan rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Basis {
    pub period: Period,
    pub days: i64,
    /// Days in which the weight of feedback halves. Absent in plans of rules version 6 and before,
    /// where all feedback of the period counts alike.
    #[serde(default)]
    pub half_life_days: Option<f64>,
    /// Day of the newest feedback in the period. Absent in plans that older versions stored.
    #[serde(default)]
    pub newest: Option<NaiveDate>,
    pub scores: u64,
    /// Which scores count as good. Empty in plans that older versions stored.
    #[serde(default)]
    pub rules: Vec<ScoreRule>,
    pub analysed: u64,
    pub not_analysed: u64,
    pub no_content: u64,
    /// Comments whose words contradict their score, left out as evidence.
    pub contradicting: usize,
    /// Insulting or discriminating comments, which are withheld.
    pub withheld: usize,
    pub organisation_icc: Option<f64>,
    /// Scores needed for a reliability of .7.
    pub n_for_70: Option<u64>,
    pub taxonomy_version: i32,
    /// Names of themes left out because annotators do not agree on them.
    #[serde(default, alias = "barred")]
    pub unreliable: Vec<String>,
}

/// A plan as the rules propose it. A coach accepts it; nothing is decided by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    pub rules_version: i32,
    pub synthetic: bool,
    pub organisation: String,
    pub agent: String,
    pub agent_reference: String,
    pub team: Option<String>,
    pub created: NaiveDate,
    pub basis: Basis,
    pub rate: Option<Rate>,
    /// Why there is no rate, or how to read it.
    pub rate_note: Explanation<RateNote>,
    pub strengths: Vec<Strength>,
    /// Themes that one customer praises. Absent in plans of rules version 5 and before.
    #[serde(default)]
    pub single_praise: Vec<SinglePraise>,
    /// Customers who were pleased without giving a reason. Absent in plans of rules version 5 and
    /// before.
    #[serde(default)]
    pub pleased: u64,
    pub balance: Vec<Balance>,
    pub focus: Vec<FocusArea>,
    /// Alternatives to a focus area, in the order in which they are offered.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Where there is no focus area. Absent in plans that older versions stored.
    #[serde(default)]
    pub example: Option<ColleagueExample>,
    #[serde(default)]
    pub trend: Option<Trend>,
    /// Why there is no focus area.
    pub no_focus: Option<Explanation<NoFocus>>,
    /// Credible themes that are shared with the process: a focus area only if the coach confirms
    /// it.
    pub for_the_coach: Vec<FocusArea>,
    /// Less certain, but worth a question.
    pub worth_asking: Vec<FocusArea>,
    /// Names of themes with more complaints about peers too.
    pub environment: Vec<String>,
    /// Observed contacts, of themes that the plan names as a strength or as an area. Absent in
    /// plans that older versions stored.
    #[serde(default)]
    pub observed: Vec<Observed>,
    /// Quality checks by criterion. Absent in plans that older versions stored.
    #[serde(default)]
    pub quality: Vec<QualityResult>,
    pub not_yours: Vec<ProcessIssue>,
    pub check_ins: Vec<CheckIn>,
    /// By which check-ins are dated; plans of older versions know weekends only.
    #[serde(default)]
    pub working_days: WorkingDays,
    /// Smallest change of the rate that two such windows could show, in points of 100.
    pub detectable_change: Option<f64>,
}

/// A check-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckIn {
    pub date: NaiveDate,
    pub purpose: Explanation<CheckInPurpose>,
}

impl Quote {
    /// Where praise comes from. Without the issue, whose name may sound like an accusation.
    pub fn praise_source(&self) -> Message {
        if self.channel.is_empty() {
            return msg!("customer-on", date = self.date);
        }
        msg!("customer-on-about", date = self.date, about = &self.channel)
    }
}

impl Localised for Quote {
    /// Where the quotation comes from.
    fn message(&self) -> Message {
        let about = [&self.channel, &self.issue];
        let about: Vec<&String> = about.into_iter().filter(|text| !text.is_empty()).collect();
        if about.is_empty() {
            return msg!("customer-on", date = self.date);
        }
        msg!("customer-on-about", date = self.date, about = list(about))
    }
}

impl FocusArea {
    /// Practice for it; plans of older rules use the shipped library.
    pub fn practice(&self) -> Option<&Practice> {
        self.practice.as_ref().or_else(|| practice_for(&self.theme))
    }
}

impl Strength {
    /// Practice to extend it.
    pub fn practice(&self) -> Option<&Practice> {
        self.practice.as_ref().or_else(|| practice_for(&self.theme))
    }
}

impl SinglePraise {
    /// The strength that it is after the coach has confirmed it.
    pub fn confirmed(self) -> Strength {
        Strength {
            theme: self.theme,
            name: self.name,
            said: self.said,
            customers: 1,
            probability: None,
            quotes: vec![self.quote],
            practice: self.practice,
        }
    }
}

impl Plan {
    /// Day of the newest feedback, if it is too old to plan from.
    pub fn stale_since(&self) -> Option<NaiveDate> {
        let newest = self.basis.newest?;
        let is_weighted = self.basis.half_life_days.is_some();
        (is_weighted && gates::is_stale(newest, self.created)).then_some(newest)
    }

    /// Removes quotations of these records.
    pub fn forget(&mut self, held: &BTreeSet<String>) {
        let kept = |quote: &Quote| !held.contains(&quote.record);
        let findings = [
            &mut self.focus,
            &mut self.for_the_coach,
            &mut self.worth_asking,
        ];
        for finding in findings.into_iter().flatten() {
            finding.quotes.retain(kept);
        }
        for strength in &mut self.strengths {
            strength.quotes.retain(kept);
        }
        self.single_praise.retain(|praise| kept(&praise.quote));
        self.example = self.example.take().filter(|example| kept(&example.quote));
        for theirs in &mut self.not_yours {
            theirs.quote = theirs.quote.take().filter(kept);
        }
    }

    /// Removes the example of a colleague whose consent is not among these.
    pub fn keep_consented(&mut self, consents: &BTreeSet<Id>) {
        let example = self.example.take();
        self.example = example.filter(|example| consents.contains(&example.consent));
    }

    /// What coaches observed of a theme.
    pub fn observed_of(&self, theme: &str) -> impl Iterator<Item = &Observed> {
        self.observed.iter().filter(move |o| o.theme == theme)
    }

    /// Quality checks of the criteria that belong to a theme.
    pub fn quality_of(&self, theme: &str) -> impl Iterator<Item = &QualityResult> {
        let is_of = move |result: &&QualityResult| result.theme.as_deref() == Some(theme);
        self.quality.iter().filter(is_of)
    }

    /// Themes that the plan names as a strength or as an area.
    pub fn named_themes(&self) -> BTreeSet<&str> {
        let areas = [&self.focus, &self.for_the_coach, &self.worth_asking];
        let areas = areas.into_iter().flatten().map(|area| &area.theme);
        let strengths = self.strengths.iter().map(|strength| &strength.theme);
        let single = self.single_praise.iter().map(|praise| &praise.theme);
        let named = areas.chain(strengths).chain(single);
        named.map(String::as_str).collect()
    }

    /// Day by which a goal is to be reached: that of the third check-in.
    pub fn goal_date(&self) -> Option<NaiveDate> {
        self.check_ins.get(2).map(|c| c.date)
    }

    /// Practice for what is offered under `key`.
    pub fn practice_of(&self, key: &str) -> Option<&Practice> {
        let findings = [&self.focus, &self.for_the_coach, &self.worth_asking];
        let finding = findings.into_iter().flatten().find(|f| f.theme == key);
        let alternative = || self.alternatives.iter().find(|a| a.key == key);
        let strength = || self.strengths.iter().find(|s| s.theme == key);
        let single = || self.single_praise.iter().find(|s| s.theme == key);
        finding
            .and_then(FocusArea::practice)
            .or_else(|| alternative().and_then(|a| a.practice.as_ref()))
            .or_else(|| strength().and_then(Strength::practice))
            .or_else(|| single().and_then(|s| s.practice.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn earlier_plans_are_read() {
        let area: FocusArea = serde_json::from_value(json!({
            "theme": "patience", "name": "Patience", "said": "lost patience", "control": "A",
            "clauses": 4, "comments": 20, "customers": 3, "weeks": 2, "probability": 0.9,
            "rate": 0.2, "peer_rate": 0.1, "benefit": 0.1, "quotes": [],
        }))
        .expect("reads");
        assert_eq!(area.mentions, 4);
        let issue: ProcessIssue = serde_json::from_value(json!({
            "theme": "access", "name": "Reaching us", "said": "waited", "owner": "Planning",
            "comments": 2, "quote": null,
            "fate": { "status": "mended", "note": "", "on": "2026-11-20" },
        }))
        .expect("reads");
        let status = issue.owner_status.map(|status| status.status);
        assert_eq!(status, Some(IssueStatus::Fixed));
    }
}
