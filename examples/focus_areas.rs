//! How often a plan offers an agent the right focus area: organisations with known rates of
//! complaints are simulated, and the rules draft the plans of some of their agents.
//!
//! ```sh
//! cargo run --release --example focus_areas           # 25 organisations each
//! cargo run --release --example focus_areas -- 5 7    # 5, with another seed; enough without --release
//! ```
//!
//! Sixty agents in five teams, eight themes within the agents' control. In each organisation six
//! agents get complaints about one of the three commonest themes twice as often as their peers; all
//! rates differ between agents with a coefficient of variation of .1. A complaint is read with a
//! probability of .85, and one in ten mentions is a misreading; each is given .9. A plan is drafted
//! after one quarter and after two. `found`: agents with twice their peers' complaints who are
//! offered that theme in the first plan or the second. `false`: plans of other agents that offer a
//! theme on which the agent's true rate is below 1.25 times their peers'.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use chrono::Duration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rapport::{
    accounts::WorkingDays,
    coaching::{
        Plan,
        case_mix::PeerRates,
        evidence::{Evidence, TeamEvidence},
        gates::{EXCESS, RECENT_DAYS, WINDOW_DAYS},
        library::Library,
        rules,
    },
    feedback::{FeedbackRow, MentionCount, Period, ThemeMentionRow},
    insight::{AgentTallies, CaseMix, CaseTallies, PriorPeriod, drivers::Drivers, tallies},
    stats::distributions::normal_quantile,
    text::{
        mention::{CommentState, Polarity},
        taxonomy::Taxonomy,
    },
    types::{Id, Instant},
    workforce::Agent,
};

const AGENTS: usize = 60;
const TEAMS: usize = 5;
const IN_TROUBLE: usize = 6;
/// Agents without trouble whose plans are drafted.
const OTHERS: usize = 18;
const THEMES: [&str; 8] = [
    "ownership",
    "knowledge",
    "courtesy",
    "clarity",
    "listening",
    "patience",
    "empathy",
    "warmth",
];
/// Share of comments that complain about each theme.
const COMMON: [f64; 8] = [0.12, 0.10, 0.08, 0.05, 0.04, 0.04, 0.02, 0.02];
const RARE: [f64; 8] = [0.05, 0.04, 0.03, 0.02, 0.015, 0.015, 0.01, 0.01];
/// Coefficient of variation of agents' rates.
const VARIATION: f64 = 0.1;
/// Probability that a complaint is read, and misreadings for each complaint.
const READ: f64 = 0.85;
const MISREAD: f64 = 0.1;
const PROBABILITY: f64 = 0.9;

struct Simulated {
    agent: Agent,
    team: usize,
    /// True rate of complaints by theme.
    rates: Vec<f64>,
    /// The theme on which the agent gets twice their peers' complaints.
    trouble: Option<usize>,
    rows: Vec<FeedbackRow>,
    mentions: Vec<ThemeMentionRow>,
}

#[derive(Default)]
struct Outcome {
    found: [f64; 2],
    in_trouble: f64,
    wrong: f64,
    plans: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let organisations: u64 = arguments.next().unwrap_or(25);
    let mut rng = ChaCha8Rng::seed_from_u64(arguments.next().unwrap_or(1));
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "commonest theme  comments a month  found in 1 quarter  in 2 quarters  false"
    )?;
    for rates in [COMMON, RARE] {
        for volume in [5.0, 10.0, 20.0, 50.0] {
            let mut outcome = Outcome::default();
            for _ in 0..organisations {
                simulate(&rates, volume, &mut outcome, &mut rng);
            }
            let [first, second] = outcome.found.map(|found| found / outcome.in_trouble);
            let (commonest, wrong) = (rates[0], outcome.wrong / outcome.plans);
            writeln!(
                out,
                "{commonest:>15.2}  {volume:>16}  {first:>18.2}  {second:>13.2}  {wrong:>5.3}"
            )?;
        }
    }
    Ok(())
}

/// One organisation: two quarters of feedback, and plans after each.
fn simulate(base: &[f64; 8], volume: f64, outcome: &mut Outcome, rng: &mut ChaCha8Rng) {
    let now = Instant::now();
    let mut agents: Vec<Simulated> = (0..AGENTS).map(|i| an_agent(i, base, now, rng)).collect();
    for agent in &mut agents {
        feedback(agent, volume, now, rng);
    }
    let ends = [now.plus(Duration::days(-90)), now];
    let mut found = [false; IN_TROUBLE];
    for (quarter, end) in ends.into_iter().enumerate() {
        let everybody = Everybody::of(&agents, end);
        for (place, agent) in agents.iter().enumerate().take(IN_TROUBLE + OTHERS) {
            let plan = rules::draft(&everybody.evidence(agent, end));
            let offered = offered(&plan);
            match agent.trouble {
                Some(theme) => found[place] |= offered.contains(THEMES[theme]),
                None => {
                    outcome.plans += 1.0;
                    let is_wrong = |i: &usize| agent.rates[*i] < EXCESS * base[*i];
                    let is_offered = |i: &usize| offered.contains(THEMES[*i]);
                    let wrong = (0..THEMES.len()).filter(is_offered).any(|i| is_wrong(&i));
                    outcome.wrong += f64::from(u8::from(wrong));
                }
            }
        }
        outcome.found[quarter] += found.iter().filter(|found| **found).count() as f64;
    }
    outcome.in_trouble += IN_TROUBLE as f64;
}

fn offered(plan: &Plan) -> BTreeSet<&str> {
    plan.focus.iter().map(|area| area.theme.as_str()).collect()
}

/// The first agents are in trouble.
fn an_agent(place: usize, base: &[f64; 8], now: Instant, rng: &mut ChaCha8Rng) -> Simulated {
    let vary = |rate: &f64| {
        let z = normal_quantile(rng.random_range(1e-9..1.0 - 1e-9));
        rate * (1.0 + VARIATION * z).max(0.2)
    };
    let mut rates: Vec<f64> = base.iter().map(vary).collect();
    let trouble = (place < IN_TROUBLE).then(|| rng.random_range(0..3));
    if let Some(theme) = trouble {
        rates[theme] = 2.0 * base[theme];
    }
    let name = format!("agent {place}");
    Simulated {
        agent: Agent {
            organisation_id: Id::new(),
            id: Id::new(),
            reference: name.clone(),
            name,
            team_id: None,
            candidate_id: None,
            hired_at: None,
            created_at: now,
        },
        team: place % TEAMS,
        rates,
        trouble,
        rows: Vec::new(),
        mentions: Vec::new(),
    }
}

/// Two quarters of comments.
fn feedback(simulated: &mut Simulated, volume: f64, now: Instant, rng: &mut ChaCha8Rng) {
    let agent = &simulated.agent;
    let days = 180.0;
    for n in 0..(volume * 6.0) as usize {
        let at = now.plus(Duration::seconds(
            -rng.random_range(0..(days * 86_400.0) as i64),
        ));
        let row = record(agent, at, n);
        for (theme, rate) in THEMES.iter().zip(&simulated.rates) {
            let complains = rng.random_bool(*rate) && rng.random_bool(READ);
            if complains || rng.random_bool(rate * MISREAD) {
                simulated.mentions.push(mention(&row, theme));
            }
        }
        simulated.rows.push(row);
    }
}

fn record(agent: &Agent, at: Instant, n: usize) -> FeedbackRow {
    FeedbackRow {
        organisation_id: agent.organisation_id,
        id: Id::new(),
        import_id: agent.id,
        external_id: format!("{}-{n}", agent.reference),
        agent_id: agent.id,
        team_id: None,
        occurred_at: at,
        channel: "phone".to_owned(),
        issue: String::new(),
        scale: None,
        score: None,
        good: None,
        comment: Some("a comment".to_owned()),
        comment_state: CommentState::Analysed,
        wording: None,
        mood: None,
        mood_probability: None,
        good_from: None,
        sent_at: None,
    }
}

fn mention(row: &FeedbackRow, theme: &str) -> ThemeMentionRow {
    ThemeMentionRow {
        organisation_id: row.organisation_id,
        id: Id::new(),
        feedback_id: row.id,
        agent_id: row.agent_id,
        occurred_at: row.occurred_at,
        clause: 0,
        clause_text: "a complaint".to_owned(),
        theme: theme.to_owned(),
        polarity: Polarity::Negative,
        words: "complaint".to_owned(),
        contradicts_score: false,
        taxonomy_version: 1,
        probability: PROBABILITY,
    }
}

/// What the plans of an organisation have in common.
struct Everybody {
    tallies: BTreeMap<Id, AgentTallies>,
    recent: BTreeMap<Id, AgentTallies>,
    teams: BTreeMap<Id, Id>,
    team_ids: Vec<Id>,
    case_mix: CaseMix,
}

impl Everybody {
    fn of(agents: &[Simulated], end: Instant) -> Self {
        let team_ids: Vec<Id> = (0..TEAMS).map(|_| Id::new()).collect();
        let tallies: BTreeMap<Id, AgentTallies> = agents
            .iter()
            .map(|a| (a.agent.id, tally(a, Period::ending(end, WINDOW_DAYS))))
            .collect();
        let recent = agents
            .iter()
            .map(|a| (a.agent.id, tally(a, Period::ending(end, RECENT_DAYS))));
        let mut case = CaseTallies::default();
        for own in tallies.values() {
            case.analysed += own.analysed;
            for (key, n) in &own.themes {
                *case.themes.entry(key.clone()).or_default() += *n;
            }
        }
        Self {
            recent: recent.collect(),
            teams: agents
                .iter()
                .map(|a| (a.agent.id, team_ids[a.team]))
                .collect(),
            case_mix: [(("phone".to_owned(), String::new()), case)].into(),
            tallies,
            team_ids,
        }
    }

    fn evidence(&self, simulated: &Simulated, end: Instant) -> Evidence {
        let period = Period::ending(end, WINDOW_DAYS);
        let inside = |at: Instant| at > period.from && at <= period.to;
        let rows = simulated.rows.iter().filter(|row| inside(row.occurred_at));
        let rows: Vec<FeedbackRow> = rows.cloned().collect();
        let mentions = simulated.mentions.iter().filter(|m| inside(m.occurred_at));
        let mentions: Vec<ThemeMentionRow> = mentions.cloned().collect();
        let own = tallies::case_mix_of(&rows, &mentions);
        let team = self.team_ids[simulated.team];
        let members = self.teams.iter().filter(|(_, of)| **of == team);
        Evidence {
            organisation: "Simulated".to_owned(),
            synthetic: true,
            agent: simulated.agent.clone(),
            days_in_role: None,
            created: end,
            period,
            recent: Period::ending(end, RECENT_DAYS),
            withheld: BTreeSet::new(),
            tallies: self.tallies.clone(),
            recent_tallies: self.recent.clone(),
            variance: None,
            prior: PriorPeriod::default(),
            team: TeamEvidence {
                name: None,
                members: members.map(|(agent, _)| *agent).collect(),
                of_agents: self.teams.clone(),
                scores: None,
            },
            peer_rates: PeerRates::new(&self.case_mix, &own),
            drivers: Drivers::default(),
            owner_updates: BTreeMap::new(),
            unreliable: BTreeSet::new(),
            observations: Vec::new(),
            quality: Vec::new(),
            examples: Vec::new(),
            taxonomy: Taxonomy::shipped_shared(),
            library: Library::shipped().clone(),
            working_days: WorkingDays::default(),
            rows,
            mentions,
        }
    }
}

fn tally(agent: &Simulated, period: Period) -> AgentTallies {
    let inside = |at: Instant| at > period.from && at <= period.to;
    let mut counts: BTreeMap<(String, Polarity), u64> = BTreeMap::new();
    for mention in agent.mentions.iter().filter(|m| inside(m.occurred_at)) {
        *counts
            .entry((mention.theme.clone(), mention.polarity))
            .or_default() += 1;
    }
    let count = |(key, n): ((String, Polarity), u64)| {
        (key, MentionCount::of(n, &vec![PROBABILITY; n as usize]))
    };
    let rows = agent.rows.iter().filter(|row| inside(row.occurred_at));
    AgentTallies {
        analysed: rows.count() as u64,
        themes: counts.into_iter().map(count).collect(),
        ..AgentTallies::default()
    }
}
