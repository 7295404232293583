//! One synthetic organisation, made by running the real code: candidates answer from a stated model with known
//! truth, the scorer scores them, some are hired, a year of customer feedback about them goes through the importer,
//! and plans come out of the rules. Everything says that it is synthetic.
//!
//! The model, so that every figure can be checked against what made it: a person has a general attitude g ~ N(0, 1)
//! and in each facet theta = sqrt(.6) g + sqrt(.4) e. An answer of at least k follows a graded response model with
//! slope 1.7 and intercepts 4.2, 2.9, 1.0, -1.6. A customer's score is good with probability
//! logistic(1.45 + .35 g + .35 u + issue), u ~ N(0, 1) being all that the questionnaire does not see.

use std::fmt::Write as _;

use anyhow::Context;
use chrono::Duration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::{
    accounts::{self, Actor, NewPerson, Role, credentials},
    assessment::{
        self, ItemKind, Questionnaire, questionnaire::SERVICE_ATTITUDE, writer::NewAnswer,
    },
    coaching,
    db::{Database, DbConnection, write_transaction},
    feedback::{self, Mapping},
    hiring::{self, Decision},
    stats::distributions::normal_quantile,
    types::{Id, Instant},
    worker,
};

/// Name of the organisation; it says what it is.
pub const ORGANISATION: &str = "Harbour & Lane (synthetic demo)";

/// How much is made.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Finished sittings of the first intake.
    pub candidates: usize,
    pub hires: usize,
    /// Customer scores an agent in the year.
    pub feedback_per_agent: usize,
}

impl Size {
    /// What `rapport demo` makes.
    pub const FULL: Self = Self {
        candidates: 180,
        hires: 60,
        feedback_per_agent: 190,
    };
}

/// What a newcomer needs to look around.
#[derive(Clone, Debug)]
pub struct Demo {
    pub organisation: Id,
    /// Role, address and password of each sign-in.
    pub sign_ins: Vec<(Role, String, String)>,
    /// Token of a link that nobody has opened yet.
    pub open_token: String,
    /// References of agents with a plan.
    pub planned: Vec<String>,
}

const FIRST: [&str; 24] = [
    "Ada", "Bram", "Chidi", "Dora", "Emil", "Farah", "Goran", "Hana", "Idris", "Juno", "Kofi",
    "Lena", "Marek", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sami", "Tilda", "Umar", "Vera",
    "Wen", "Yara",
];
const LAST: [&str; 20] = [
    "Abara",
    "Brandt",
    "Castell",
    "Dufour",
    "Ekström",
    "Fiala",
    "Grange",
    "Holm",
    "Ivanov",
    "Jansen",
    "Kaya",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petit",
    "Quist",
    "Rahman",
    "Sousa",
    "Tanaka",
];
const TEAMS: [&str; 5] = ["Breakwater", "Lantern", "Compass", "Anchor", "Ferry"];
const ISSUES: [(&str, f64); 6] = [
    ("Order status", 0.3),
    ("Late delivery", -0.7),
    ("Refund", -0.4),
    ("Product question", 0.4),
    ("Invoice", -0.1),
    ("App", -0.2),
];

/// What customers write, by theme: praise, then trouble.
const VOICES: [(&str, &[&str], &[&str]); 14] = [
    (
        "courtesy",
        &[
            "She was very polite and respectful throughout",
            "A courteous and well mannered person",
        ],
        &[
            "He was rude to me from the first minute",
            "The tone was arrogant and I felt talked down to",
        ],
    ),
    (
        "warmth",
        &[
            "Such a friendly and cheerful voice",
            "A warm welcome and a pleasant conversation",
        ],
        &["The agent sounded bored and robotic"],
    ),
    (
        "empathy",
        &[
            "He understood my situation and reassured me",
            "I felt that she really cared and was so supportive",
        ],
        &[
            "Nobody seemed to care that my mother was waiting for it",
            "I was dismissed as if my problem did not exist",
        ],
    ),
    (
        "listening",
        &[
            "She listened carefully and asked the right questions",
            "Finally someone attentive who understood my question",
        ],
        &[
            "I had to repeat myself three times on one call",
            "My question was misunderstood and I had to start again",
        ],
    ),
    (
        "patience",
        &[
            "He stayed calm and took the time I needed",
            "Very patient with all my questions",
        ],
        &[
            "I felt she rushed me and then hung up",
            "He was impatient and in a hurry to end the call",
        ],
    ),
    (
        "ownership",
        &[
            "She took ownership and called me back as promised",
            "He went above and beyond to follow up",
        ],
        &[
            "I was promised a call and got no reply",
            "Nobody called me back although they said so",
        ],
    ),
    (
        "clarity",
        &[
            "She explained everything clearly step by step",
            "Good explanation, easy to understand",
        ],
        &[
            "The explanation was confusing and I still do not know what to do",
            "It was not clear what happens next",
        ],
    ),
    (
        "knowledge",
        &[
            "A knowledgeable and professional agent",
            "He knew exactly what to do",
        ],
        &[
            "I was given wrong information about the form",
            "The agent had no idea about my contract",
        ],
    ),
    (
        "resolution",
        &[
            "My problem was solved in one go",
            "Very helpful, all sorted out now",
        ],
        &[
            "The issue is still not solved",
            "It is still pending and nobody could help",
        ],
    ),
    (
        "pace",
        &["Quick and efficient", "I got a fast answer"],
        &["It took too long to find my order", "A very slow process"],
    ),
    (
        "access",
        &["They answered right away"],
        &[
            "I was on hold for forty minutes",
            "I waited too long in the queue before anyone picked up",
        ],
    ),
    (
        "product",
        &["Great product and fast delivery"],
        &[
            "The parcel arrived damaged",
            "A late delivery again and the wrong item in the box",
        ],
    ),
    (
        "policy",
        &["A hassle free return"],
        &[
            "The refund is still not there and the return policy is complicated",
            "No refund without paperwork",
        ],
    ),
    (
        "digital",
        &["The app is easy to use"],
        &[
            "The app keeps crashing when I log in",
            "The website showed an error",
        ],
    ),
];
const PLAIN_GOOD: [&str; 6] = [
    "Good service",
    "Thank you",
    "Great",
    "All fine, thanks",
    "Excellent support",
    "Very good",
];
const PLAIN_BAD: [&str; 4] = [
    "Worst service",
    "Bad experience",
    "Disappointed",
    "Not happy at all",
];

struct Person {
    name: String,
    g: f64,
    facets: Vec<f64>,
}

/// Draws from the stated model.
struct Draws(ChaCha12Rng);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0.random_range(1e-12..1.0)
    }

    fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let i = self.0.random_range(0..from.len());
        &from[i]
    }

    fn person(&mut self, number: usize, facets: usize) -> Person {
        let g = self.normal();
        let name = format!(
            "{} {}",
            FIRST[number % FIRST.len()],
            LAST[(number / FIRST.len() + number * 7) % LAST.len()]
        );
        Person {
            name,
            g,
            facets: (0..facets)
                .map(|_| 0.6_f64.sqrt() * g + 0.4_f64.sqrt() * self.normal())
                .collect(),
        }
    }

    /// An answer from 1 to 5 by the graded response model, reversed items turned back.
    fn answer(&mut self, theta: f64, reversed: bool) -> i32 {
        let u = self.uniform();
        let at_least = |d: f64| 1.0 / (1.0 + (-(1.7 * theta + d)).exp());
        let value = 1 + [4.2, 2.9, 1.0, -1.6]
            .into_iter()
            .filter(|d| u < at_least(*d))
            .count() as i32;
        if reversed { 6 - value } else { value }
    }
}

/// Fills an empty database. `progress` is told what comes next.
///
/// # Errors
/// Whatever the real code paths return.
pub fn fill(
    database: &Database,
    size: Size,
    now: Instant,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<Demo> {
    let mut draws = Draws(ChaCha12Rng::seed_from_u64(2_026));
    let q = Questionnaire::parse(SERVICE_ATTITUDE).context("the shipped questionnaire")?;
    let last_year = now.plus(Duration::days(-420));
    progress("Founding the organisation");
    let mut c = database.connect()?;
    let (organisation, questionnaire, mut sign_ins, boss) =
        write_transaction(&mut c, |c| found(c, &q, last_year))?;

    progress("Candidates answer the questionnaire");
    let first = write_transaction(&mut c, |c| {
        hiring::create_vacancy(
            c,
            &boss,
            "Customer adviser, last year's intake",
            questionnaire,
            last_year,
        )
    })?;
    let mut people = Vec::new();
    for number in 0..size.candidates {
        let person = draws.person(number, q.facets.len());
        let at = last_year.plus(Duration::hours(number as i64));
        let id = write_transaction(&mut c, |c| {
            sit(
                c,
                &boss,
                &mut draws,
                &q,
                first.id,
                &person,
                number,
                at,
                q.items.len(),
            )
        })?;
        people.push((id.0, person));
    }
    drop(c);
    while worker::run_next(database)? != worker::Outcome::Empty {}
    let mut c = database.connect()?;

    progress("A person decides whom to hire");
    let agents = write_transaction(&mut c, |c| {
        hire(
            c, &boss, &mut draws, first.id, people, size.hires, last_year,
        )
    })?;

    progress("A year of customer feedback is imported");
    let csv = feedback_file(&mut draws, &agents, size.feedback_per_agent, now);
    let mapping = Mapping::shipped("contact-centre")?;
    let mut import = write_transaction(&mut c, |c| {
        feedback::begin_import(
            c,
            organisation,
            "system",
            "synthetic-year.csv",
            &mapping,
            now,
        )
    })?;
    drop(c);
    let summary = feedback::import::run(
        database,
        &mut import,
        &mapping,
        csv.as_bytes(),
        &mut feedback::import::Unwatched,
    )?;
    anyhow::ensure!(
        summary.problem.is_none(),
        "the synthetic feedback could not be read to its end"
    );

    progress("The present intake, and plans");
    let mut c = database.connect()?;
    let recently = now.plus(Duration::days(-6));
    let second = write_transaction(&mut c, |c| {
        hiring::create_vacancy(
            c,
            &boss,
            "Customer adviser, this intake",
            questionnaire,
            recently,
        )
    })?;
    for number in 0..16 {
        let person = draws.person(size.candidates + number, q.facets.len());
        let at = recently.plus(Duration::hours(5 * number as i64));
        // Two have not begun, one stopped in the middle.
        let answered = match number {
            13 | 14 => 0,
            15 => 22,
            _ => q.items.len(),
        };
        write_transaction(&mut c, |c| {
            sit(
                c,
                &boss,
                &mut draws,
                &q,
                second.id,
                &person,
                1_000 + number,
                at,
                answered,
            )
        })?;
    }
    let open_token = write_transaction(&mut c, |c| {
        hiring::add_candidate(
            c,
            &boss,
            second.id,
            "Robin Example",
            "robin@candidate.example",
            now,
        )
    })?
    .token;
    let (planned, agent_sign_in) =
        write_transaction(&mut c, |c| plans(c, organisation, &boss, &agents, now))?;
    sign_ins.push(agent_sign_in);
    Ok(Demo {
        organisation,
        sign_ins,
        open_token,
        planned,
    })
}

type Founded = (Id, Id, Vec<(Role, String, String)>, Actor);

fn found(c: &mut DbConnection, q: &Questionnaire, at: Instant) -> anyhow::Result<Founded> {
    let organisation = accounts::create_organisation(c, ORGANISATION, true, at)?;
    let questionnaire = assessment::publish(c, organisation, q, "system", at)?;
    let mut sign_ins = Vec::new();
    let mut boss = None;
    for role in [Role::Admin, Role::Recruiter, Role::Analyst, Role::Coach] {
        let (id, sign_in) = account(c, organisation, role, None, at)?;
        if role == Role::Recruiter {
            boss = Some(Actor {
                organisation,
                person: id,
                role,
                agent: None,
                name: "Demo recruiter".to_owned(),
            });
        }
        sign_ins.push(sign_in);
    }
    Ok((
        organisation,
        questionnaire,
        sign_ins,
        boss.context("a recruiter was made")?,
    ))
}

fn account(
    c: &mut DbConnection,
    organisation: Id,
    role: Role,
    agent: Option<Id>,
    at: Instant,
) -> anyhow::Result<(Id, (Role, String, String))> {
    let email = format!("{}@demo.example", role.as_str());
    let password: String = accounts::new_token()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect();
    let password_hash = credentials::hash_password(&password)?;
    let name = format!("Demo {}", role.as_str());
    let new = NewPerson {
        email: email.clone(),
        name,
        role,
        password_hash,
        agent,
    };
    Ok((
        accounts::create_person(c, organisation, new, "system", at)?,
        (role, email, password),
    ))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one candidate's whole way through the questionnaire"
)]
fn sit(
    c: &mut DbConnection,
    boss: &Actor,
    draws: &mut Draws,
    q: &Questionnaire,
    vacancy: Id,
    person: &Person,
    number: usize,
    at: Instant,
    answered: usize,
) -> anyhow::Result<(Id, Option<f64>)> {
    let email = format!("candidate{number}@candidate.example");
    let invited = hiring::add_candidate(c, boss, vacancy, &person.name, &email, at)?;
    if answered == 0 {
        return Ok((invited.candidate_id, None));
    }
    let guest = hiring::open_link(c, &invited.token, at)?;
    let sitting = assessment::start(
        c,
        guest.organisation,
        invited.candidate_id,
        guest.questionnaire_id,
        at,
    )?;
    // One in twenty-five clicks through without reading.
    let careless = draws.chance(0.04);
    let mut clock = at;
    for (i, item) in q.items.iter().take(answered).enumerate() {
        let value = match &item.kind {
            _ if careless => 4,
            ItemKind::Instructed { expected } => *expected,
            ItemKind::Facet { facet, reversed } => {
                let place = q.facets.iter().position(|f| f.id == *facet).unwrap_or(0);
                draws.answer(person.facets[place], *reversed)
            }
        };
        let seconds = if careless {
            1.1
        } else {
            4.0 + 6.0 * draws.uniform()
        };
        clock = clock.plus(Duration::milliseconds((1_000.0 * seconds) as i64));
        let answer = NewAnswer {
            item: item.id.clone(),
            value,
            sequence: i as i64 + 1,
        };
        assessment::writer::save_in_transaction(c, &sitting, &[answer], clock)?;
    }
    if answered == q.items.len() {
        assessment::finish(c, &sitting, clock)?;
    }
    Ok((invited.candidate_id, None))
}

/// An agent with the truth behind them.
struct Truth {
    id: Id,
    reference: String,
    name: String,
    team: &'static str,
    g: f64,
    u: f64,
    /// Index into [`VOICES`] of what they are good at, and of what goes wrong more often with them.
    strong: usize,
    weak: Option<usize>,
}

fn hire(
    c: &mut DbConnection,
    boss: &Actor,
    draws: &mut Draws,
    vacancy: Id,
    people: Vec<(Id, Person)>,
    hires: usize,
    at: Instant,
) -> anyhow::Result<Vec<Truth>> {
    let entries = hiring::shortlist(c, boss, vacancy)?;
    let mut agents = Vec::new();
    // People decide, not ranks: the score tilts the choice, it does not make it.
    let mut order: Vec<(f64, Id)> = entries
        .iter()
        .filter_map(|e| {
            e.score
                .as_ref()
                .map(|s| (s.composite + 12.0 * draws.normal(), e.candidate_id))
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (place, (_, id)) in order.iter().enumerate() {
        if place >= hires {
            hiring::decide(
                c,
                boss,
                *id,
                Decision::Declined,
                "Other applicants fitted the schedule better",
                at,
            )?;
            continue;
        }
        hiring::decide(
            c,
            boss,
            *id,
            Decision::Hired,
            "Convincing in the structured interview",
            at,
        )?;
        let team = TEAMS[place % TEAMS.len()];
        let agent = feedback::hire(c, boss, *id, team, &format!("HL-{:04}", 1_001 + place), at)?;
        let g = people
            .iter()
            .find(|(p, _)| p == id)
            .map_or(0.0, |(_, p)| p.g);
        let weak = draws.chance(0.3).then(|| draws.0.random_range(0..8));
        let strong = draws.0.random_range(0..10);
        agents.push(Truth {
            id: agent.id,
            reference: agent.reference,
            name: agent.name,
            team,
            g,
            u: draws.normal(),
            strong,
            weak: weak.filter(|w| *w != strong),
        });
    }
    Ok(agents)
}

/// The year's feedback as a contact centre would export it, in the format of the shipped mapping.
fn feedback_file(draws: &mut Draws, agents: &[Truth], each: usize, now: Instant) -> String {
    let mut csv =
        String::from("id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n");
    let mut number = 0;
    for agent in agents {
        for _ in 0..each {
            number += 1;
            let (issue, effect) = *draws.pick(&ISSUES);
            let p = 1.0 / (1.0 + (-(1.45 + 0.35 * agent.g + 0.35 * agent.u + effect)).exp());
            let good = draws.chance(p);
            let csat = if good {
                4 + i32::from(draws.chance(0.75))
            } else {
                1 + i32::from(draws.chance(0.4)) + i32::from(draws.chance(0.2))
            };
            let remark = remark(draws, agent, good);
            let at = now
                .plus(Duration::minutes(-(draws.uniform() * 525_000.0) as i64))
                .0
                .format("%d/%m/%Y %H:%M");
            let channel = *draws.pick(&["Phone", "Chat", "Email"]);
            let quoted = remark.replace('"', "\"\"");
            // Writing to a string cannot fail.
            let _infallible = writeln!(
                csv,
                "S{number:06},{channel},Service,{issue},\"{quoted}\",{at},{},{},{csat}",
                agent.reference, agent.team
            );
        }
    }
    csv
}

fn remark(draws: &mut Draws, agent: &Truth, good: bool) -> String {
    if !draws.chance(if good { 0.3 } else { 0.45 }) {
        return String::new();
    }
    if draws.chance(0.3) {
        return (*draws.pick(if good {
            &PLAIN_GOOD[..]
        } else {
            &PLAIN_BAD[..]
        }))
        .to_owned();
    }
    let theme = |draws: &mut Draws, good: bool| {
        if good && draws.chance(0.25) {
            return agent.strong;
        }
        if let (false, Some(weak)) = (good, agent.weak)
            && draws.chance(0.45)
        {
            return weak;
        }
        // Trouble is mostly about process and about things not solved.
        if good {
            draws.0.random_range(0..11)
        } else {
            draws
                .0
                .random_range(0..VOICES.len() + 4)
                .clamp(4, VOICES.len() + 3)
                - 4
        }
    };
    let voice = |draws: &mut Draws, theme: usize, good: bool| {
        let (_, praise, trouble) = VOICES[theme.min(VOICES.len() - 1)];
        (*draws.pick(if good { praise } else { trouble })).to_owned()
    };
    let main = theme(draws, good);
    let mut text = voice(draws, main, good);
    if draws.chance(0.3) {
        let other = theme(draws, !good);
        text = format!("{text}, but {}", lower(&voice(draws, other, !good)));
    }
    if draws.chance(0.1) {
        text = format!(
            "{text}. Thank you {}",
            agent.name.split(' ').next().unwrap_or_default()
        );
    }
    if draws.chance(0.02) {
        text.push_str(". Please ring me on +49 151 2345 6789");
    }
    text
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_lowercase().to_string())
        .unwrap_or_default();
    if text.starts_with("I ") {
        text.to_owned()
    } else {
        first + chars.as_str()
    }
}

type Planned = (Vec<String>, (Role, String, String));

/// Plans for the first agents with a focus area and for one without; the first one also has an account.
fn plans(
    c: &mut DbConnection,
    organisation: Id,
    boss: &Actor,
    agents: &[Truth],
    now: Instant,
) -> anyhow::Result<Planned> {
    let (mut planned, mut without): (Vec<&Truth>, Option<&Truth>) = (Vec::new(), None);
    for agent in agents {
        let draft = coaching::draft(c, organisation, agent.id, now)?;
        if !draft.focus.is_empty() && planned.len() < 3 {
            planned.push(agent);
        } else if draft.focus.is_empty() && without.is_none() {
            without = Some(agent);
        }
        if planned.len() == 3 && without.is_some() {
            break;
        }
    }
    planned.extend(without);
    for agent in &planned {
        coaching::create(c, organisation, &boss.label(), agent.id, now)?;
    }
    let first = planned.first().context("somebody has a plan")?;
    let (_, sign_in) = account(c, organisation, Role::Agent, Some(first.id), now)?;
    Ok((
        planned.iter().map(|a| a.reference.clone()).collect(),
        sign_in,
    ))
}
