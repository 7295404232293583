//! Throughput of acknowledged answers: the group-commit writer against one pooled transaction per
//! answer, on the same database.
//!
//! `cargo bench --bench answers`; `DATABASE_URL` selects an empty database, by default a temporary
//! SQLite file.

use std::{sync::Arc, time::Instant as Clock};

use rapport::{
    accounts::{self, Actor, Role},
    assessment::{
        self, AssessmentError, Questionnaire, Sitting,
        questionnaire::SERVICE_ATTITUDE,
        writer::{AnswerWriter, NewAnswer, save_in_transaction},
    },
    config::Config,
    db::{Database, write_transaction},
    hiring,
    types::{Id, Instant},
};

const CANDIDATES: usize = 64;
const ANSWERS: usize = 50;

fn sittings(db: &Database) -> anyhow::Result<Vec<Sitting>> {
    let now = Instant::now();
    let mut c = db.connect()?;
    write_transaction(&mut c, |c| {
        let organisation =
            accounts::create_organisation(c, &format!("Bench {}", Id::new()), true, now)?;
        let q = Questionnaire::parse(SERVICE_ATTITUDE)?;
        let questionnaire = assessment::publish(c, organisation, &q, "system", now)?;
        let actor = Actor {
            organisation,
            person: Id::new(),
            roles: Role::Recruiter.into(),
            agent: None,
            api_key: None,
            name: "Bench".to_owned(),
        };
        let links = hiring::LinkKeys::new("a bench");
        let vacancy = hiring::create_vacancy(c, &actor, "Bench", questionnaire, now)?;
        (0..CANDIDATES)
            .map(|i| {
                let email = format!("b{i}@bench.example");
                let invited =
                    hiring::add_candidate(c, &actor, &links, vacancy.id, "Bench", &email, now)?;
                Ok(assessment::start(
                    c,
                    organisation,
                    invited.candidate_id,
                    questionnaire,
                    now,
                )?)
            })
            .collect()
    })
}

fn answers() -> Vec<NewAnswer> {
    let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
    let item = |(i, item): (usize, &assessment::Item)| NewAnswer {
        item: item.id.clone(),
        value: 3,
        sequence: i as i64 + 1,
    };
    q.items.iter().enumerate().map(item).take(ANSWERS).collect()
}

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bench.db").display().to_string();
    let config = Config::from_lookup(|name| match name {
        "DATABASE_URL" => Some(std::env::var(name).unwrap_or_else(|_| format!("sqlite://{file}"))),
        _ => None,
    })?;
    let db = Database::open(&config.database_url, config.database_connections)?;
    db.migrate()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let total = (CANDIDATES * ANSWERS) as f64;

    let pooled = sittings(&db)?;
    let started = Clock::now();
    runtime.block_on(async {
        let tasks = pooled.into_iter().map(|sitting| {
            let db = db.clone();
            tokio::spawn(async move {
                for answer in answers() {
                    let sitting = sitting.clone();
                    let save = move |c: &mut _| {
                        save_in_transaction(c, &sitting, &[answer], Instant::now())
                    };
                    db.write::<_, AssessmentError, _>(save).await?;
                }
                Ok::<(), AssessmentError>(())
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    let baseline = started.elapsed().as_secs_f64();

    let batched = sittings(&db)?;
    let writer = Arc::new(AnswerWriter::start(db.clone())?);
    let started = Clock::now();
    runtime.block_on(async {
        let tasks = batched.into_iter().map(|sitting| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                for answer in answers() {
                    writer.save(sitting.clone(), vec![answer]).await?;
                }
                Ok::<(), AssessmentError>(())
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    let ours = started.elapsed().as_secs_f64();
    eprintln!(
        "{total:.0} answers of {CANDIDATES} concurrent candidates, each acknowledged after its commit"
    );
    eprintln!(
        "one transaction each: {:>8.0} answers per second",
        total / baseline
    );
    eprintln!(
        "group-commit writer:  {:>8.0} answers per second, {:.1} times as many",
        total / ours,
        baseline / ours
    );
    Ok(())
}
