//! The real server on a free port, with a database of its own.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use rapport::{
    accounts::{self, NewPerson, Role, credentials},
    app::Application,
    assessment::{self, Questionnaire, questionnaire::SERVICE_ATTITUDE},
    config::Config,
    db::{Database, write_transaction},
    feedback::{
        Mapping, Summary, import,
        upload::{Duplicates, begin_import},
    },
    types::{Id, Instant},
    worker, workforce,
};
use serde_json::json;

use super::{client::Client, database::TestDatabase};

pub const PASSWORD: &str = "a password for tests";
pub static HASH: LazyLock<String> =
    LazyLock::new(|| credentials::hash_password(PASSWORD, &[]).expect("long enough"));

/// The real server on a free port.
pub struct TestApp {
    pub base: String,
    pub db: Database,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    pub database: TestDatabase,
}

impl TestApp {
    pub fn start() -> Self {
        Self::start_with(|_| ())
    }

    pub fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::migrated();
        let mut config = database.config();
        change(&mut config);
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(config).expect("builds");
                let base = format!("http://{}", application.address().expect("address"));
                let db = application.database().clone();
                let started =
                    move |handle| sender.send((base, db, handle)).expect("the test waits");
                application.run(started).await.expect("runs");
            });
        });
        let (base, db, handle) = receiver.recv().expect("the server starts");
        Self {
            base,
            db,
            handle,
            thread: Some(thread),
            database,
        }
    }

    /// Does all background work there is.
    pub fn run_jobs(&self) {
        loop {
            match worker::run_next(&self.db).expect("queue") {
                worker::Outcome::Empty => break,
                worker::Outcome::Done => {}
                worker::Outcome::Failed => panic!("a job failed"),
            }
        }
    }

    pub fn write<T>(
        &self,
        f: impl FnOnce(&mut rapport::db::DbConnection) -> anyhow::Result<T>,
    ) -> T {
        let mut c = self.db.connect().expect("connects");
        write_transaction::<T, anyhow::Error>(&mut c, f).expect("writes")
    }

    /// An organisation with the shipped questionnaire and one person a role.
    pub fn organisation(&self, name: &str) -> Organisation {
        let now = Instant::now();
        self.write(|c| {
            let id = accounts::create_organisation(c, name, false, now)?;
            let q = Questionnaire::parse(SERVICE_ATTITUDE)?;
            let questionnaire = assessment::publish(c, id, &q, "system", now)?;
            let new = workforce::NewAgent {
                reference: "self",
                name: &format!("{name} agent"),
                team: None,
                hired: None,
            };
            let agent = workforce::add_agent(c, id, &new, now)?;
            for role in Role::ALL {
                let email = format!("{}@{}.example", role.as_str(), name.to_lowercase());
                let new = NewPerson {
                    email,
                    name: format!("{name} {}", role.as_str()),
                    role,
                    password_hash: HASH.clone(),
                    agent: (role == Role::Agent).then_some(agent.id),
                    department: (role == Role::Department).then(|| "Workforce planning".to_owned()),
                };
                accounts::create_person(c, id, new, "system", now)?;
            }
            Ok(Organisation {
                id,
                name: name.to_owned(),
                questionnaire,
            })
        })
    }

    /// Gives an invited person the password of tests.
    pub fn choose_password(&self, email: &str) {
        let now = Instant::now();
        self.write(|c| {
            let all = accounts::organisations(c)?.into_iter();
            let people = all.map(|o| accounts::people(c, o.id));
            let people: Vec<_> = people.collect::<Result<Vec<_>, _>>()?.concat();
            let person = people.into_iter().find(|person| person.email == email);
            let person = person.expect("a person with this address");
            let by = "system";
            let link = accounts::create_link(c, person.organisation_id, person.id, by, now)?;
            Ok(accounts::choose_password(c, &link.token, &HASH, now)?)
        });
    }

    /// Imports a file, and returns the import with its counts.
    pub fn import(
        &self,
        organisation: &Organisation,
        mapping: &Mapping,
        duplicates: Duplicates,
        file: &[u8],
    ) -> (Id, Summary) {
        let (id, now) = (organisation.id, Instant::now());
        let begin = |c: &mut _| {
            Ok(begin_import(
                c, id, "system", "t.csv", mapping, duplicates, now,
            )?)
        };
        let mut row = self.write(begin);
        let done = import::run(&self.db, &mut row, mapping, file, &mut import::Unwatched);
        (row.id, done.expect("runs"))
    }

    pub fn anonymous(&self) -> Client {
        Client {
            base: self.base.clone(),
            bearer: None,
            cookie: None,
        }
    }

    /// Signed in at the API.
    pub fn api(&self, organisation: &Organisation, role: Role) -> Client {
        let mut client = self.anonymous();
        let body = json!({ "email": organisation.email(role), "password": PASSWORD });
        let reply = client.send(
            "POST",
            "/api/v1/tokens",
            "application/json",
            Some(body.to_string().as_bytes()),
            &[("X-Forwarded-For", &another_source())],
        );
        assert_eq!(reply.status, 200, "{}", reply.text());
        client.bearer = reply.json()["access_token"].as_str().map(str::to_owned);
        client
    }

    /// Signed in as a browser is.
    pub fn browser(&self, organisation: &Organisation, role: Role) -> Client {
        let mut client = self.anonymous();
        let reply = client.send(
            "POST",
            "/sign-in",
            "application/x-www-form-urlencoded",
            Some(format!("email={}&password={PASSWORD}", organisation.email(role)).as_bytes()),
            &[("X-Forwarded-For", &another_source())],
        );
        assert_eq!(reply.status, 303, "{}", reply.text());
        let cookie = reply.header("set-cookie").expect("a cookie");
        client.cookie = cookie.split(';').next().map(str::to_owned);
        client
    }
}

/// An address that no sign-in came from yet. It counts where a test trusts a proxy.
fn another_source() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0xc612_0000);
    std::net::Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed)).to_string()
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // On a thread of its own: a test may be inside a runtime already.
        let stop = self.handle.stop(false);
        let stopping = std::thread::spawn(move || actix_web::rt::System::new().block_on(stop));
        assert!(
            stopping.join().is_ok() || std::thread::panicking(),
            "the server could not be stopped"
        );
        if let Some(thread) = self.thread.take() {
            let joined = thread.join();
            assert!(
                std::thread::panicking() || joined.is_ok(),
                "the server panicked"
            );
        }
    }
}

pub struct Organisation {
    pub id: Id,
    pub name: String,
    pub questionnaire: Id,
}

impl Organisation {
    pub fn email(&self, role: Role) -> String {
        format!("{}@{}.example", role.as_str(), self.name.to_lowercase())
    }
}
