//! The rules of a plan, pure: counts and clauses in, a plan out. Version [`RULES_VERSION`].
//!
//! A focus area must be signal: enough comments, from different customers in different weeks, and a posterior
//! probability of at least [`CREDIBLE`] that the agent's true rate of trouble is more than 1.25 times that of peers.
//! Rates are beta-binomial with the organisation's own spread; a small sample is pulled to the peers' rate and
//! simply does not reach the bar. Themes of process never become a focus; mixed ones only with the coach's word.
//! Peers' rates are those with the agent's own mix of channels and issues ([`PeerRates`]). Strengths come first. Focus areas are
//! ordered by expected benefit: excess over peers x how much the theme moves scores here x whose power it is in x recency.
//! Where comments show none, the plan offers in this order what else there is: matters of one kind that go worse than for
//! colleagues, what the whole team works on, what a coach saw, an own goal, a strength to extend; each says where it is from.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Duration, NaiveDate};

use super::{
    case_mix::PeerRates,
    evidence::Evidence,
    gates::{
        COPIED_WORDS, CREDIBLE, EXCESS, MIN_COMMENTS, MIN_ISSUE_SCORES, MIN_PEER_COMMENTS,
        MIN_SCORES, RULES_VERSION, STARTER_DAYS, THEME_ICC, WORTH_ASKING, detectable_change,
    },
    plan::{
        Alternative, AlternativeKind, Balance, Basis, CheckIn, FocusArea, OwnerStatus, Plan,
        ProcessIssue, Quote, Rate, Strength,
    },
    progress::weekday,
    team_theme::team_theme,
    trend::trend,
};
use crate::{
    feedback::ThemeMentionRow,
    insight::AgentTallies,
    praise::moderation::record_key,
    stats::{
        contingency::TwoRates,
        distributions::logistic,
        intervals::Interval,
        shrinkage::{
            BetaPrior, BinomialIcc, Tally, binomial_icc, n_for_reliability, reliability_at,
        },
    },
    text::{
        tagger::Polarity,
        taxonomy::{Control, Taxonomy, Theme},
    },
    types::Id,
};

/// Applies the rules.
pub fn draft(e: &Evidence) -> Plan {
    let taxonomy = &*e.taxonomy;
    let nothing = AgentTallies::default();
    let own = e.tallies.get(&e.agent.id).unwrap_or(&nothing);
    let spread = e.variance;
    let usable: Vec<&ThemeMentionRow> = e
        .mentions
        .iter()
        .filter(|c| !c.contradicts_score && !e.withheld.contains(&c.feedback_id))
        .collect();
    let contradicting: BTreeSet<Id> = e
        .mentions
        .iter()
        .filter(|c| c.contradicts_score)
        .map(|c| c.feedback_id)
        .collect();
    let (rate, rate_note) = rate(own.scores, spread, e.team.scores, &e.peer_rates);
    let enough_comments = own.analysed >= MIN_COMMENTS;
    let judged = Judged::new(e, own, &usable);

    let mut findings = Vec::new();
    let mut environment = Vec::new();
    for theme in taxonomy
        .themes
        .iter()
        .filter(|t| t.control != Control::Process && !e.barred.contains(&t.id))
    {
        let Some(finding) = judged.trouble(theme).filter(|_| enough_comments) else {
            continue;
        };
        if judged.peers_moved(theme) && finding.probability >= WORTH_ASKING {
            environment.push(theme.name.clone());
        } else {
            findings.push(finding);
        }
    }
    findings.sort_by(|a, b| {
        b.benefit
            .total_cmp(&a.benefit)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    let over_the_bar = |f: &FocusArea| {
        f.clauses >= 3 && f.customers >= 3 && f.weeks >= 2 && f.probability >= CREDIBLE
    };
    let (credible, rest): (Vec<FocusArea>, Vec<FocusArea>) =
        findings.into_iter().partition(over_the_bar);
    let starter = e.days_in_role.is_some_and(|days| days < STARTER_DAYS);
    let (mixed, mut focus): (Vec<FocusArea>, Vec<FocusArea>) = credible
        .into_iter()
        .filter(|_| !starter)
        .partition(|f| f.control == Control::Mixed);
    // At most two areas in all, whether the rules offer them or the coach confirms them.
    focus.truncate(2);
    let focus_areas = focus.len();
    // What customers value is not asked about as a trouble on the same page.
    let strengths = judged.strengths(taxonomy, enough_comments);
    let worth_asking: Vec<FocusArea> = rest
        .into_iter()
        .filter(|f| !starter && f.customers >= 2 && f.probability >= WORTH_ASKING)
        .filter(|f| !strengths.iter().any(|s| s.theme == f.theme))
        .take(2)
        .collect();
    let check_ins = check_ins(e.created.date(), !focus.is_empty());
    let no_focus = focus
        .is_empty()
        .then(|| no_focus_sentence(own, e, enough_comments, judged.peers.comments, &mixed));
    let known: BTreeSet<&str> = focus
        .iter()
        .chain(&mixed)
        .chain(&worth_asking)
        .map(|f| f.theme.as_str())
        .chain(strengths.iter().map(|s| s.theme.as_str()))
        .collect();
    let alternatives = if focus.is_empty() && !starter {
        judged.alternatives(taxonomy, &known)
    } else {
        Vec::new()
    };
    let named = |id: &String| taxonomy.theme(id).map(|t| t.name.clone());

    Plan {
        rules_version: RULES_VERSION,
        synthetic: e.synthetic,
        organisation: e.organisation.clone(),
        agent: e.agent.name.clone(),
        agent_reference: e.agent.reference.clone(),
        team: e.team.name.clone(),
        created: e.created.date(),
        detectable_change: rate
            .as_ref()
            .map(|r| 100.0 * detectable_change(r.shrunk, r.scores)),
        rate,
        rate_note,
        strengths,
        balance: judged.balance(taxonomy),
        focus,
        no_focus,
        for_the_coach: mixed.into_iter().take(2 - focus_areas).collect(),
        worth_asking,
        environment,
        alternatives,
        trend: trend(e),
        not_yours: judged.not_yours(taxonomy),
        check_ins,
        agreed: None,
        basis: Basis {
            period: e.period,
            days: e.days,
            scores: own.scores.n,
            analysed: own.analysed,
            not_analysed: own.not_analysed,
            no_content: own.no_content,
            contradicting: contradicting.len(),
            withheld: e.withheld.len(),
            organisation_icc: spread.map(|s| s.icc),
            n_for_70: spread.and_then(|s| n_for_reliability(0.7, s.icc)),
            taxonomy_version: taxonomy.version,
            barred: e.barred.iter().filter_map(named).collect(),
        },
    }
}

fn rate(
    own: Tally,
    spread: Option<BinomialIcc>,
    team: Option<Tally>,
    expected: &PeerRates,
) -> (Option<Rate>, String) {
    let Some(spread) = spread.filter(|s| s.icc > 0.0) else {
        let note =
            "No rate is shown: the scores of this organisation do not tell agents apart yet.";
        return (None, note.to_owned());
    };
    let needed = n_for_reliability(0.5, spread.icc)
        .unwrap_or(u64::MAX)
        .clamp(MIN_SCORES, 200);
    if own.n < needed {
        let note = format!(
            "No rate is shown: {} scores are too few to say something about one person; {} more are needed.",
            own.n,
            needed - own.n
        );
        return (None, note);
    }
    let (peers, with_mix) = expected.good_rate().unwrap_or((spread.mean, spread.mean));
    // Shrunk towards what this mix of cases leads to, then put on everybody's mix.
    let posterior = BetaPrior::from_icc(with_mix, spread.icc).posterior(own);
    let log_odds = |p: f64| (p / (1.0 - p)).ln();
    let shift = log_odds(peers.clamp(1e-6, 1.0 - 1e-6)) - log_odds(with_mix);
    let standardised = |rate: f64| logistic(log_odds(rate.clamp(1e-6, 1.0 - 1e-6)) + shift);
    let spread_out = |interval: Interval| Interval {
        low: standardised(interval.low),
        high: standardised(interval.high),
    };
    let interval = posterior.interval(0.8);
    let team_mean = team
        .filter(|t| t.n >= MIN_SCORES)
        .map(|t| t.successes as f64 / t.n as f64);
    let team_band = team_mean.map(|mean| {
        BetaPrior::from_icc(mean, spread.icc)
            .posterior(Tally::default())
            .interval(0.8)
    });
    let reliability = reliability_at(own.n, spread.icc);
    let rate = Rate {
        scores: own.n,
        raw: own.successes as f64 / own.n as f64,
        expected: Some(with_mix),
        peers: Some(peers),
        shrunk: standardised(posterior.mean()),
        interval: spread_out(interval),
        team_band: team_band.map(spread_out),
        reliability,
    };
    let note = format!(
        "The estimate is pulled towards everybody's mean by as much as chance explains (reliability {reliability:.2} with {} scores){}. The band shows where most of the team lies. It is no target and no rank.",
        own.n,
        if (with_mix - peers).abs() >= 0.01 {
            format!(
                ", and allows for channels and issues: with these, colleagues have {:.0} % good scores, over all {:.0} %",
                100.0 * with_mix,
                100.0 * peers
            )
        } else {
            String::new()
        }
    );
    (Some(rate), note)
}

fn no_focus_sentence(
    own: &AgentTallies,
    e: &Evidence,
    enough: bool,
    peers: u64,
    mixed: &[FocusArea],
) -> String {
    if let Some(days) = e.days_in_role.filter(|days| *days < STARTER_DAYS) {
        return format!(
            "{days} days in the role are too few for a focus area: this is a plan for starting well. Choose one thing to learn first, together."
        );
    }
    if !enough {
        return format!(
            "{} comments could be read in {} days, and statements about themes need {MIN_COMMENTS}. Choose an own goal, or something seen in at least three contacts together.",
            own.analysed, e.days
        );
    }
    if peers < MIN_PEER_COMMENTS {
        return format!(
            "There are {peers} comments about colleagues to compare with, and {MIN_PEER_COMMENTS} are needed. Choose an own goal, or something seen in at least three contacts together."
        );
    }
    if !mixed.is_empty() {
        return "Your feedback shows no area that is yours alone and differs from your peers'. The coach can confirm the shared theme below, with a reason, or you choose an own goal.".to_owned();
    }
    "Your feedback shows no area that differs from your peers' by more than chance explains. That is a normal result. Extend a strength, or choose an own goal.".to_owned()
}

fn check_ins(from: NaiveDate, has_focus: bool) -> Vec<CheckIn> {
    let purposes = if has_focus {
        [
            "10 minutes: has the sentence been tried? What got in the way?",
            "20 minutes: look at the tally and two contacts together",
            "30 minutes: review of the behaviour goal",
            "15 minutes: does it hold without practice?",
            "30 minutes: measure, close, continue or change",
        ]
    } else {
        [
            "10 minutes: is the goal we chose the right one? What gets in the way?",
            "20 minutes: look at two contacts together",
            "30 minutes: review of the goal we chose",
            "15 minutes: what stays of it?",
            "30 minutes: close, continue or choose another",
        ]
    };
    [7, 14, 30, 60, 90]
        .into_iter()
        .zip(purposes)
        .map(|(days, purpose)| CheckIn {
            date: weekday(from + Duration::days(days)),
            purpose: purpose.to_owned(),
        })
        .collect()
}

/// The agent's comments against everybody else's.
struct Judged<'a> {
    e: &'a Evidence,
    own: &'a AgentTallies,
    usable: &'a [&'a ThemeMentionRow],
    peers: Pool,
    peers_before: Pool,
}

/// Comments of many agents together.
#[derive(Default)]
struct Pool {
    comments: u64,
    themes: BTreeMap<(String, Polarity), u64>,
}

impl Pool {
    fn of<'a>(counts: impl Iterator<Item = (&'a Id, &'a AgentTallies)>, without: Id) -> Self {
        let mut pool = Self::default();
        for (_, c) in counts.filter(|(id, _)| **id != without) {
            pool.comments += c.analysed;
            for (key, n) in &c.themes {
                *pool.themes.entry(key.clone()).or_default() += n;
            }
        }
        pool
    }

    fn tally(&self, theme: &str, polarity: Polarity) -> Tally {
        let successes = self
            .themes
            .get(&(theme.to_owned(), polarity))
            .copied()
            .unwrap_or(0);
        Tally {
            successes: successes.min(self.comments),
            n: self.comments,
        }
    }
}

impl<'a> Judged<'a> {
    fn new(e: &'a Evidence, own: &'a AgentTallies, usable: &'a [&'a ThemeMentionRow]) -> Self {
        Self {
            e,
            own,
            usable,
            peers: Pool::of(e.tallies.iter(), e.agent.id),
            peers_before: Pool {
                comments: e.prior.comments,
                themes: e.prior.themes.clone(),
            },
        }
    }

    fn clauses(&self, theme: &str, polarity: Polarity) -> Vec<&'a ThemeMentionRow> {
        self.usable
            .iter()
            .copied()
            .filter(|c| c.theme == theme && c.polarity == polarity)
            .collect()
    }

    /// What is believed of the agent's rate of `polarity` on `theme` among comments read, from usable clauses.
    fn posterior(&self, theme: &str, polarity: Polarity) -> crate::stats::shrinkage::BetaPosterior {
        let per_agent: Vec<Tally> = self
            .e
            .tallies
            .values()
            .map(|c| {
                let n = c
                    .themes
                    .get(&(theme.to_owned(), polarity))
                    .copied()
                    .unwrap_or(0);
                Tally {
                    successes: n.min(c.analysed),
                    n: c.analysed,
                }
            })
            .collect();
        let icc = binomial_icc(&per_agent).map_or(THEME_ICC, |s| s.icc.clamp(0.02, 0.10));
        let customers = voices(&self.clauses(theme, polarity));
        let own = Tally {
            successes: (customers as u64).min(self.own.analysed),
            n: self.own.analysed,
        };
        BetaPrior::from_icc(self.e.peer_rates.theme_rate(theme, polarity), icc).posterior(own)
    }

    fn trouble(&self, theme: &Theme) -> Option<FocusArea> {
        let clauses = self.clauses(&theme.id, Polarity::Negative);
        if clauses.is_empty() {
            return None;
        }
        let customers = voices(&clauses);
        let weeks: BTreeSet<(i32, u32)> = clauses
            .iter()
            .map(|c| {
                let week = c.occurred_at.date().iso_week();
                (week.year(), week.week())
            })
            .collect();
        if self.peers.comments < MIN_PEER_COMMENTS {
            return None;
        }
        let peer_rate = self.e.peer_rates.theme_rate(&theme.id, Polarity::Negative);
        let posterior = self.posterior(&theme.id, Polarity::Negative);
        let weight = match theme.control {
            Control::Agent => 1.0,
            Control::AgentWithTraining => 0.9,
            Control::Mixed => 0.5,
            Control::Process => 0.0,
        };
        let driver_weight = self.e.drivers.weight(&theme.id);
        let age =
            |c: &&ThemeMentionRow| (self.e.period.to.0 - c.occurred_at.0).num_days().max(0) as f64;
        let recency = clauses
            .iter()
            .map(|c| 0.5_f64.powf(age(c) / 45.0))
            .sum::<f64>()
            / clauses.len() as f64;
        Some(FocusArea {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            said: theme.said_badly.clone(),
            control: theme.control,
            clauses: clauses.len(),
            comments: self.own.analysed,
            customers,
            weeks: weeks.len(),
            probability: posterior.probability_above(EXCESS * peer_rate),
            rate: posterior.mean(),
            peer_rate,
            benefit: (posterior.mean() - peer_rate).max(0.0) * driver_weight * weight * recency,
            driver_weight,
            quotes: self.quotes(&clauses, 3),
            practice: self.e.library.practice_for(&theme.id).cloned(),
        })
    }

    /// Whether trouble with a theme rose among peers too, by more than chance (one-sided z 1.64).
    fn peers_moved(&self, theme: &Theme) -> bool {
        let (now, then) = (
            self.peers.tally(&theme.id, Polarity::Negative),
            self.peers_before.tally(&theme.id, Polarity::Negative),
        );
        if now.n < 50 || then.n < 50 {
            return false;
        }
        let rates = TwoRates {
            x1: now.successes,
            n1: now.n,
            x2: then.successes,
            n2: then.n,
        };
        let (p1, p2) = (
            now.successes as f64 / now.n as f64,
            then.successes as f64 / then.n as f64,
        );
        p1 > EXCESS * p2 && rates.z().is_some_and(|(z, _)| z > 1.64)
    }

    fn strengths(&self, taxonomy: &Taxonomy, enough_comments: bool) -> Vec<Strength> {
        let enough = enough_comments && self.peers.comments >= MIN_PEER_COMMENTS;
        let mut found: Vec<Strength> = taxonomy
            .themes
            .iter()
            .filter(|t| t.control != Control::Process && !self.e.barred.contains(&t.id))
            .filter_map(|theme| {
                let clauses = self.clauses(&theme.id, Polarity::Positive);
                let customers = voices(&clauses) as u64;
                let p = self
                    .posterior(&theme.id, Polarity::Positive)
                    .probability_above(self.e.peer_rates.theme_rate(&theme.id, Polarity::Positive));
                (customers > 0).then(|| Strength {
                    theme: theme.id.clone(),
                    name: theme.name.clone(),
                    said: theme.said_well.clone(),
                    customers,
                    probability: Some(p).filter(|p| enough && *p >= CREDIBLE && customers >= 3),
                    quotes: self.quotes(&clauses, 2),
                    practice: self.e.library.practice_for(&theme.id).cloned(),
                })
            })
            .collect();
        // Credible ones by probability; then what most customers said, without comparison.
        found.sort_by(|a, b| {
            let key = |s: &Strength| s.probability.unwrap_or(-1.0);
            key(b)
                .total_cmp(&key(a))
                .then(b.customers.cmp(&a.customers))
                .then_with(|| a.theme.cmp(&b.theme))
        });
        let credible = found.iter().filter(|s| s.probability.is_some()).count();
        found.truncate(if credible == 0 { 3 } else { credible.min(3) });
        found
    }

    fn quotes(&self, clauses: &[&ThemeMentionRow], most: usize) -> Vec<Quote> {
        telling(clauses, most)
            .into_iter()
            .map(|c| {
                let row = self.e.rows.iter().find(|row| row.id == c.feedback_id);
                Quote {
                    text: c.clause_text.chars().take(220).collect(),
                    date: c.occurred_at.date(),
                    words: c.words.clone(),
                    channel: row.map(|r| r.channel.clone()).unwrap_or_default(),
                    issue: row.map(|r| r.issue.clone()).unwrap_or_default(),
                    record: row.map(|r| record_key(&r.external_id)).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// What else there is to work on: a kind of matter, and the team's theme.
    fn alternatives(&self, taxonomy: &Taxonomy, known: &BTreeSet<&str>) -> Vec<Alternative> {
        let knowledge = taxonomy.theme("knowledge");
        let mut found: Vec<Alternative> = self
            .weak_matter()
            .map(|(issue, own, peers, sure)| Alternative {
                key: format!("issue:{issue}"),
                kind: AlternativeKind::Knowledge,
                name: format!("Matters of {issue}"),
                evidence: format!(
                    "{} of {} scores on {issue} were not good; colleagues have {:.0} % with the same matters. {:.0} % sure that it goes worse than for them by more than chance.",
                    own.n - own.successes,
                    own.n,
                    100.0 * (1.0 - peers),
                    (100.0 * sure).min(99.0)
                ),
                practice: knowledge
                    .and_then(|t| self.e.library.practice_for(&t.id))
                    .cloned(),
            })
            .into_iter()
            .collect();
        found.extend(
            self.team_theme(taxonomy)
                .filter(|a| !known.contains(a.key.as_str())),
        );
        found
    }

    /// The kind of matter in which the agent most credibly has more than 1.25 times the peers' share of scores that are not good.
    fn weak_matter(&self) -> Option<(String, Tally, f64, f64)> {
        let judged = |(issue, (own, peers)): (&str, (Tally, Tally))| {
            if own.n < MIN_ISSUE_SCORES || peers.n < MIN_PEER_COMMENTS {
                return None;
            }
            let good = peers.successes as f64 / peers.n as f64;
            let bad = Tally {
                successes: own.n - own.successes,
                n: own.n,
            };
            let peers_bad = (1.0 - good).clamp(0.01, 0.79);
            let sure = BetaPrior::from_icc(peers_bad, 0.046)
                .posterior(bad)
                .probability_above((EXCESS * peers_bad).min(0.99));
            (sure >= CREDIBLE).then(|| (issue.to_owned(), own, good, sure))
        };
        let weak = self.e.peer_rates.issues().into_iter().filter_map(judged);
        weak.max_by(|a, b| a.3.total_cmp(&b.3).then_with(|| b.0.cmp(&a.0)))
    }

    /// What most moves the team's scores of what it has more trouble with than others: its theme of the quarter.
    fn team_theme(&self, taxonomy: &Taxonomy) -> Option<Alternative> {
        let found = team_theme(
            &self.e.tallies,
            &self.e.team.members,
            taxonomy,
            &self.e.drivers,
            &self.e.barred,
        )?;
        let theme = taxonomy.theme(&found.theme)?;
        Some(Alternative {
            key: theme.id.clone(),
            kind: AlternativeKind::Team,
            name: theme.name.clone(),
            evidence: format!(
                "{} comments about {} agents of the team spoke of {}: {:.1} % of the team's comments, {:.1} % elsewhere. The whole team works on it.",
                found.comments,
                found.agents,
                theme.said_badly,
                100.0 * found.rate,
                100.0 * found.elsewhere
            ),
            practice: self.e.library.practice_for(&theme.id).cloned(),
        })
    }

    fn balance(&self, taxonomy: &Taxonomy) -> Vec<Balance> {
        let count = |theme: &str, polarity: Polarity| {
            self.clauses(theme, polarity)
                .iter()
                .map(|c| c.feedback_id)
                .collect::<BTreeSet<_>>()
                .len() as u64
        };
        let mut all: Vec<Balance> = taxonomy
            .themes
            .iter()
            .map(|t| Balance {
                theme: t.id.clone(),
                name: t.name.clone(),
                control: t.control,
                positive: count(&t.id, Polarity::Positive),
                negative: count(&t.id, Polarity::Negative),
            })
            .filter(|b| b.positive + b.negative > 0)
            .collect();
        all.sort_by(|a, b| {
            (b.positive + b.negative)
                .cmp(&(a.positive + a.negative))
                .then_with(|| a.theme.cmp(&b.theme))
        });
        all.truncate(8);
        all
    }

    fn not_yours(&self, taxonomy: &Taxonomy) -> Vec<ProcessIssue> {
        let mut list: Vec<ProcessIssue> = taxonomy
            .themes
            .iter()
            .filter_map(|theme| {
                let owner = theme.owner.clone()?;
                let clauses = self.clauses(&theme.id, Polarity::Negative);
                let comments = clauses
                    .iter()
                    .map(|c| c.feedback_id)
                    .collect::<BTreeSet<_>>()
                    .len() as u64;
                (comments > 0).then(|| ProcessIssue {
                    theme: theme.id.clone(),
                    name: theme.name.clone(),
                    said: theme.said_badly.clone(),
                    owner,
                    comments,
                    quote: self.quotes(&clauses, 1).pop(),
                    owner_status: self.e.owner_updates.get(&theme.id).map(|word| OwnerStatus {
                        status: word.status,
                        note: word.note.clone(),
                        on: word.at.date(),
                    }),
                })
            })
            .collect();
        list.sort_by(|a, b| {
            b.comments
                .cmp(&a.comments)
                .then_with(|| a.theme.cmp(&b.theme))
        });
        list
    }
}

/// How many customers speak in these clauses. The same long sentence twice is one voice: a form sent again, or a copy.
fn voices(clauses: &[&ThemeMentionRow]) -> usize {
    let (mut rows, mut sentences) = (BTreeSet::new(), BTreeSet::new());
    let mut voices = BTreeSet::new();
    for clause in clauses {
        let new_row = rows.insert(clause.feedback_id);
        let long = clause.clause_text.split_whitespace().count() >= COPIED_WORDS;
        let new_sentence = !long || sentences.insert(clause.clause_text.to_lowercase());
        if new_row && new_sentence {
            voices.insert(clause.feedback_id);
        }
    }
    voices.len()
}

/// The most telling clauses, one a customer: those of 4 to 30 words before others, newest first.
fn telling<'a>(clauses: &[&'a ThemeMentionRow], most: usize) -> Vec<&'a ThemeMentionRow> {
    let telling =
        |c: &ThemeMentionRow| (4..=30).contains(&c.clause_text.split_whitespace().count());
    let mut sorted: Vec<&'a ThemeMentionRow> = clauses.to_vec();
    sorted.sort_by(|a, b| {
        (telling(b), b.occurred_at)
            .cmp(&(telling(a), a.occurred_at))
            .then_with(|| a.clause_text.cmp(&b.clause_text))
    });
    let mut customers = BTreeSet::new();
    let mut texts = BTreeSet::new();
    sorted
        .into_iter()
        .filter(|c| customers.insert(c.feedback_id) && texts.insert(c.clause_text.to_lowercase()))
        .take(most)
        .collect()
}
