//! Synthetic organisation for the demo, created by the same code paths as real data.
//!
//! Candidates answer according to a statistical model with known parameters ([`model`]), their
//! answers are scored, some are hired, a year of customer feedback about them is imported, and
//! plans are created. Every page and document of this organisation says that its data is synthetic.

pub mod model;

use anyhow::Context;
use chrono::Duration;

use crate::{
    accounts::{self, Actor, NewPerson, Role, WorkingDays, credentials},
    assessment::{
        self, ItemKind, Questionnaire, questionnaire::SERVICE_ATTITUDE, writer::NewAnswer,
    },
    coaching::{
        self,
        one_to_ones::{
            self,
            content::{ActionOwner, NewAction, NewOneToOne, OneToOneContent},
            create,
        },
        steps::{Choice, NewStep},
    },
    db::{Database, DbConnection, write_transaction},
    feedback::{
        self, Mapping, import,
        upload::{self, Duplicates},
    },
    hiring::{self, Decision},
    locale::Locale,
    quality,
    types::{Id, Instant},
    worker,
};
use model::{Draws, Person, TEAMS, Truth, feedback_file};

/// Name of the organisation.
pub const ORGANISATION: &str = "Harbour & Lane (synthetic demo)";
/// Department of the demo's department account; an owner of themes in the shipped taxonomy.
const DEPARTMENT: &str = "Workforce planning";

/// Size of the synthetic organisation.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Finished sittings in the first vacancy.
    pub candidates: usize,
    pub hires: usize,
    /// Customer scores per agent in the year.
    pub feedback_per_agent: usize,
}

impl Size {
    /// The size that `rapport demo` creates.
    pub const FULL: Self = Self {
        candidates: 180,
        hires: 60,
        feedback_per_agent: 190,
    };
}

/// Sign-ins and links into the synthetic organisation.
#[derive(Clone, Debug)]
pub struct Demo {
    pub organisation: Id,
    /// Role, e-mail address and password of each account.
    pub sign_ins: Vec<(Role, String, String)>,
    /// Token of a candidate's link that has not been opened yet.
    pub open_token: String,
    /// References of agents with a plan.
    pub planned: Vec<String>,
    /// Name and reference of the agent who has an account.
    pub agent: (String, String),
}

/// Fills an empty database. `progress` is called with the name of each step.
///
/// # Errors
/// Errors of the capabilities, with context.
pub fn fill(
    database: &Database,
    size: Size,
    now: Instant,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<Demo> {
    let mut draws = Draws::seeded();
    let q = Questionnaire::parse(SERVICE_ATTITUDE).context("the shipped questionnaire")?;
    let last_year = now.plus(Duration::days(-420));
    progress("Creating the organisation");
    let mut c = database.connect()?;
    let (organisation, questionnaire, mut sign_ins, recruiter) =
        write_transaction(&mut c, |c| create_organisation(c, &q, last_year))?;

    progress("Candidates answer the questionnaire");
    let first = write_transaction(&mut c, |c| {
        hiring::create_vacancy(
            c,
            &recruiter,
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
                &recruiter,
                &mut draws,
                &q,
                first.id,
                &person,
                number,
                at,
                q.items.len(),
            )
        })?;
        people.push((id, person));
    }
    drop(c);
    while worker::run_next(database)? != worker::Outcome::Empty {}
    let mut c = database.connect()?;

    progress("Recruiters decide whom to hire");
    let agents = write_transaction(&mut c, |c| {
        hire(
            c, &recruiter, &mut draws, first.id, people, size.hires, last_year,
        )
    })?;

    progress("Importing a year of customer feedback");
    let csv = feedback_file(&mut draws, &agents, size.feedback_per_agent, now);
    let mapping = Mapping::shipped("contact-centre")?;
    let mut import = write_transaction(&mut c, |c| {
        upload::begin_import(
            c,
            organisation,
            "system",
            "synthetic-year.csv",
            &mapping,
            Duplicates::Skip,
            now,
        )
    })?;
    drop(c);
    let summary = import::run(
        database,
        &mut import,
        &mapping,
        csv.as_bytes(),
        &mut feedback::import::Unwatched,
    )?;
    anyhow::ensure!(
        summary.problem.is_none(),
        "the synthetic feedback file could not be read completely"
    );

    progress("Importing quality checks");
    let mut c = database.connect()?;
    write_transaction(&mut c, |c| quality_checks(c, organisation, &agents, now))?;

    progress("Creating an open vacancy and coaching plans");
    let recently = now.plus(Duration::days(-6));
    let second = write_transaction(&mut c, |c| {
        hiring::create_vacancy(
            c,
            &recruiter,
            "Customer adviser, this intake",
            questionnaire,
            recently,
        )
    })?;
    for number in 0..16 {
        let person = draws.person(size.candidates + number, q.facets.len());
        let at = recently.plus(Duration::hours(5 * number as i64));
        // Two have not started; one stopped half-way.
        let answered = match number {
            13 | 14 => 0,
            15 => 22,
            _ => q.items.len(),
        };
        write_transaction(&mut c, |c| {
            sit(
                c,
                &recruiter,
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
            &recruiter,
            &links(),
            second.id,
            "Robin Example",
            "robin@candidate.example",
            now,
        )
    })?
    .token;
    let (planned, agent, agent_sign_in) =
        write_transaction(&mut c, |c| plans(c, organisation, &agents, now))?;
    sign_ins.push(agent_sign_in);
    Ok(Demo {
        organisation,
        sign_ins,
        open_token,
        planned,
        agent,
    })
}

type Created = (Id, Id, Vec<(Role, String, String)>, Actor);

fn create_organisation(
    c: &mut DbConnection,
    q: &Questionnaire,
    at: Instant,
) -> anyhow::Result<Created> {
    let organisation = accounts::create_organisation(c, ORGANISATION, true, at)?;
    let questionnaire = assessment::publish(c, organisation, q, "system", at)?;
    let mut sign_ins = Vec::new();
    let mut recruiter = None;
    let mut roles = Role::ALL.to_vec();
    // The agent's account is created together with the plans.
    roles.retain(|role| *role != Role::Agent);
    for role in roles {
        let department = (role == Role::Department).then_some(DEPARTMENT);
        let (id, sign_in) = account(c, organisation, role, None, department, at)?;
        if role == Role::Recruiter {
            recruiter = Some(Actor {
                organisation,
                person: id,
                roles: role.into(),
                agent: None,
                api_key: None,
                name: "Demo recruiter".to_owned(),
            });
        }
        sign_ins.push(sign_in);
    }
    Ok((
        organisation,
        questionnaire,
        sign_ins,
        recruiter.context("no recruiter was created")?,
    ))
}

fn account(
    c: &mut DbConnection,
    organisation: Id,
    role: Role,
    agent: Option<Id>,
    department: Option<&str>,
    at: Instant,
) -> anyhow::Result<(Id, (Role, String, String))> {
    let email = format!("{}@demo.example", role.as_str());
    let password: String = accounts::new_token()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect();
    let password_hash = credentials::hash_password(&password, &[])?;
    let name = format!("Demo {}", role.as_str());
    let new = NewPerson {
        email: email.clone(),
        name,
        role,
        password_hash,
        agent,
        department: department.map(str::to_owned),
    };
    Ok((
        accounts::create_person(c, organisation, new, "system", at)?,
        (role, email, password),
    ))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one candidate's sitting from invitation to finish"
)]
fn sit(
    c: &mut DbConnection,
    recruiter: &Actor,
    draws: &mut Draws,
    q: &Questionnaire,
    vacancy: Id,
    person: &Person,
    number: usize,
    at: Instant,
    answered: usize,
) -> anyhow::Result<Id> {
    let email = format!("candidate{number}@candidate.example");
    let invited = hiring::add_candidate(c, recruiter, &links(), vacancy, &person.name, &email, at)?;
    if answered == 0 {
        return Ok(invited.candidate_id);
    }
    let guest = hiring::open_link(c, &invited.token, at)?;
    let sitting = assessment::start(
        c,
        guest.organisation,
        invited.candidate_id,
        guest.questionnaire_id,
        at,
    )?;
    // 4 % answer without reading.
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
    Ok(invited.candidate_id)
}

fn hire(
    c: &mut DbConnection,
    recruiter: &Actor,
    draws: &mut Draws,
    vacancy: Id,
    people: Vec<(Id, Person)>,
    hires: usize,
    at: Instant,
) -> anyhow::Result<Vec<Truth>> {
    let entries = hiring::shortlist(c, recruiter, vacancy)?;
    let mut agents = Vec::new();
    // The score influences the decision but does not make it: noise of 12 T points is added.
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
                recruiter,
                *id,
                Decision::Declined,
                "Other applicants fitted the schedule better",
                at,
            )?;
            continue;
        }
        hiring::decide(
            c,
            recruiter,
            *id,
            Decision::Hired,
            "Convincing in the structured interview",
            at,
        )?;
        let team = TEAMS[place % TEAMS.len()];
        let agent = hiring::hire(
            c,
            recruiter,
            *id,
            team,
            &format!("HL-{:04}", 1_001 + place),
            at,
        )?;
        let g = people
            .iter()
            .find(|(p, _)| p == id)
            .map_or(0.0, |(_, p)| p.g);
        let weak = draws.chance(0.3).then(|| draws.below(8));
        let strong = draws.below(10);
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

/// Quality checks of each agent in the last two months.
const CHECKS: i64 = 6;

/// Imports quality checks of every agent, with the example of a mapping.
fn quality_checks(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Truth],
    now: Instant,
) -> anyhow::Result<()> {
    let mapping = quality::mapping::Mapping::parse(quality::mapping::EXAMPLE)?;
    let mut csv =
        String::from("Agent,Date,Evaluator,Contact,Greeting,Listening,Solution,Data protection\n");
    for (i, agent) in agents.iter().enumerate() {
        for check in 0..CHECKS {
            let date = now.plus(Duration::days(-10 * check - 1)).date();
            // About four of five are met. The draws of the model stay as they are.
            let met = |criterion: usize| (5 * i + 3 * check as usize + 7 * criterion) % 11 > 1;
            let word = |criterion| if met(criterion) { "yes" } else { "no" };
            let (reference, points) = (&agent.reference, if met(1) { 5 } else { 3 });
            csv.push_str(&format!(
                "{reference},{date},Synthetic evaluator,QA-{reference}-{check},{},{points},{},{}\n",
                word(0),
                word(2),
                word(3)
            ));
        }
    }
    let found = quality::reader::read(csv.as_bytes(), &mapping, now)?;
    let name = "synthetic-scorecards.csv";
    quality::import::import(c, organisation, "system", name, &mapping, found, now)?;
    Ok(())
}

/// References of agents with a plan, and the one with an account: name and reference, and sign-in.
type Planned = (Vec<String>, (String, String), (Role, String, String));

/// Creates plans for three agents with a focus area and one without; the first also gets an
/// account.
fn plans(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Truth],
    now: Instant,
) -> anyhow::Result<Planned> {
    let coach = coach(c, organisation)?;
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
    for (at, agent) in planned.iter().enumerate() {
        let stored = coaching::create(c, organisation, &coach.label(), agent.id, now)?;
        coaching::take_step(c, &coach, stored.id, NewStep::Shared {}, now)?;
        // One of the plans has already been accepted.
        if let (1, Some(focus)) = (at, stored.plan.focus.first()) {
            let items = vec![Choice {
                theme: Some(focus.theme.clone()),
                ..Choice::default()
            }];
            let promise = NewStep::Promised {
                promise: "Thirty minutes off the phone for the practice".to_owned(),
                due: WorkingDays::default().from(now.date() + Duration::days(5)),
            };
            for step in [NewStep::Accepted { items }, promise] {
                coaching::take_step(c, &coach, stored.id, step, now)?;
            }
        }
    }
    let first = planned.first().context("no agent has a plan")?;
    let (_, sign_in) = account(c, organisation, Role::Agent, Some(first.id), None, now)?;
    example_one_to_ones(c, &coach, first.id, now)?;
    Ok((
        planned.iter().map(|a| a.reference.clone()).collect(),
        (first.name.clone(), first.reference.clone()),
        sign_in,
    ))
}

/// The coach of the organisation, as they act.
fn coach(c: &mut DbConnection, organisation: Id) -> anyhow::Result<Actor> {
    let people = accounts::people(c, organisation)?;
    let coach = people
        .iter()
        .find(|person| person.roles.contains(Role::Coach));
    Ok(accounts::actor_of(coach.context("no coach was created")?))
}

/// A 1:1 that was held two weeks ago, with an open action, and one that is planned.
fn example_one_to_ones(
    c: &mut DbConnection,
    coach: &Actor,
    agent: Id,
    now: Instant,
) -> anyhow::Result<()> {
    let locale = Locale::english();
    let day = |days: i64| WorkingDays::default().from(now.date() + Duration::days(days));
    let new = |days: i64, agenda: Option<Vec<String>>| NewOneToOne {
        date: day(days),
        agenda,
        shared: true,
    };
    // What the plan proposes is newer than that.
    let agenda = ["How are things going?", "Two contacts of last week"].map(str::to_owned);
    let held = create(c, coach, agent, &new(-14, Some(agenda.into())), locale, now)?;
    let content = OneToOneContent {
        date: held.date,
        held_on: Some(held.date),
        agenda: held.agenda,
        shared_notes: "We listened to two contacts from last week and looked for the moment to \
            pause.\nGoes well: greeting and closing. Next time we look at long calls."
            .to_owned(),
        private_notes: None,
        shared: true,
    };
    one_to_ones::change(c, coach, (agent, held.id), &content, now)?;
    let action = NewAction {
        action: "Note three contacts in which a pause helped".to_owned(),
        owner: ActionOwner::Agent,
        due: Some(day(3)),
    };
    one_to_ones::add_action(c, coach, (agent, held.id), &action, now)?;
    create(c, coach, agent, &new(3, None), locale, now)?;
    Ok(())
}

/// Keys that nobody keeps: the links of the demo are not shown again.
fn links() -> hiring::LinkKeys {
    hiring::LinkKeys::new(&accounts::new_token())
}
