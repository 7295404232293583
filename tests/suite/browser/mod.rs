//! A real browser on the real server: the questionnaire by keyboard on a small screen, a browser
//! killed in the middle, and every page checked by axe-core at 360 and 1280 pixels, light and dark.

mod accessibility;
mod keyboard;
mod two_step;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, wd::Capabilities};
use rapport::{accounts::Role, demo, praise, tagging, types::Instant, workforce};
use serde_json::{Value, json};

use crate::support::{TestApp, shared_plan, skip};

/// ChromeDriver on a free port, killed when dropped.
struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    fn start() -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .ok()?
            .local_addr()
            .ok()?
            .port();
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(Self {
                    child,
                    url: format!("http://127.0.0.1:{port}"),
                });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }

    async fn open(&self, width: u32, dark: bool, scripts: bool) -> Client {
        let mut args: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ]
        .map(str::to_owned)
        .to_vec();
        if dark {
            args.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let mut options = json!({ "args": args, "mobileEmulation": { "deviceMetrics": { "width": width, "height": 900, "pixelRatio": 1.0, "touch": false } } });
        if !scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let capabilities: Capabilities = serde_json::from_value(json!({
            "goog:chromeOptions": options,
            // axe is slow on the longest page while other tests run.
            "timeouts": { "script": 180_000 },
        }))
        .expect("capabilities");
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&self.url)
            .await
            .expect("chromium starts")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn axe() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/node_modules/axe-core/axe.min.js")
}

fn run<F: Future<Output = ()>>(test: impl FnOnce(Driver) -> F) {
    let Some(driver) = Driver::start() else {
        return skip("pages in a browser: chromedriver and chromium are not installed");
    };
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("runtime")
        .block_on(test(driver));
}

async fn sign_in(c: &Client, base: &str, email: &str, password: &str) {
    c.goto(&format!("{base}/sign-in")).await.expect("opens");
    c.find(Locator::Id("email"))
        .await
        .expect("field")
        .send_keys(email)
        .await
        .expect("types");
    c.find(Locator::Id("password"))
        .await
        .expect("field")
        .send_keys(password)
        .await
        .expect("types");
    c.find(Locator::Css("main button"))
        .await
        .expect("button")
        .click()
        .await
        .expect("clicks");
    c.wait()
        .for_element(Locator::Css("nav[aria-label=Account]"))
        .await
        .expect("signed in");
}

async fn script(c: &Client, text: &str) -> Value {
    c.execute(text, vec![]).await.expect("runs")
}

/// Checks one page: axe's rules for WCAG 2.2 AA, nothing wider than the screen, and no error on the
/// page.
async fn check(c: &Client, width: u32, what: &str) {
    let source = std::fs::read_to_string(axe()).expect("axe-core");
    c.execute(&source, vec![]).await.expect("axe loads");
    let run = "const done = arguments[0]; axe.run(document, { runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] }).then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))));";
    let violations = c.execute_async(run, vec![]).await.expect("axe runs");
    assert_eq!(violations, json!([]), "{what} at {width} px");
    let wide = "const edge = document.documentElement.clientWidth + 1; if (document.documentElement.scrollWidth < edge) return []; \
                return [...document.querySelectorAll('main *, header *')].filter(e => e.getBoundingClientRect().right > edge && !e.closest('.scroll')).map(e => e.outerHTML.slice(0, 120))";
    assert_eq!(
        script(c, wide).await,
        json!([]),
        "{what} is wider than {width} px"
    );
    if let Some(folder) = std::env::var_os("RAPPORT_SCREENSHOTS") {
        let png = c
            .find(Locator::Css("body"))
            .await
            .expect("body")
            .screenshot()
            .await
            .expect("screenshot");
        let name = format!(
            "{}-{width}.png",
            what.trim_matches('/').replace(['/', ' '], "-")
        );
        std::fs::write(Path::new(&folder).join(name), png).expect("writes");
    }
}

/// Addresses of one of each thing.
struct Ids {
    vacancy: String,
    candidate: String,
    import: String,
    agent: String,
    plan: String,
    /// A plan on its way.
    agreed: String,
    source: String,
    export: String,
    one_to_one: String,
    /// Account of a coach.
    coach: String,
}

impl Ids {
    fn read(app: &TestApp, organisation: rapport::types::Id) -> Self {
        use rapport::{accounts::Actor, coaching, feedback, hiring, types::Id};
        let mut c = app.db.connect().expect("connects");
        let actor = Actor {
            organisation,
            person: Id::new(),
            roles: Role::Recruiter.into(),
            agent: None,
            api_key: None,
            name: String::new(),
        };
        let vacancies = hiring::vacancies(&mut c, &actor, None, 10).expect("reads");
        let oldest = vacancies.last().expect("two").id;
        let candidate = hiring::shortlist(&mut c, &actor, oldest).expect("reads")[0].candidate_id;
        let import = feedback::imports(&mut c, organisation).expect("reads")[0].id;
        // The plan of the agent who has an account, so that both coach and agent may open it.
        let people = rapport::accounts::people(&mut c, organisation).expect("reads");
        let agent = people
            .iter()
            .find_map(|p| p.agent_id)
            .expect("an agent with an account");
        let plan = coaching::plans_of(&mut c, organisation, agent).expect("reads")[0].id;
        drop(c);
        let agreed = app.write(|c| {
            let now = Instant::now();
            let agreed = shared_plan(c, organisation, agent, now)?.id;
            let coach = Actor {
                roles: Role::Coach.into(),
                ..actor.clone()
            };
            let own = Actor {
                roles: Role::Agent.into(),
                agent: Some(agent),
                ..actor.clone()
            };
            for (who, step) in [
                (&coach, json!({ "step": "accepted", "items": [{ "goal": "Say back what I heard", "reason": "Own wish" }] })),
                (&coach, json!({ "step": "promised", "promise": "A headset that works", "due": "2030-01-06" })),
                (&coach, json!({ "step": "checked_in", "check_in": 0, "note": "Tried it twice", "seen": 2, "of": 5 })),
                (&own, json!({ "step": "disputed", "point": "He hung up", "reason": "The line dropped" })),
            ] {
                coaching::take_step(c, who, agreed, serde_json::from_value(step)?, now)?;
            }
            let mapping = feedback::mapping::SHIPPED[1].1;
            let source = feedback::sources::save(c, &actor, "Survey tool", mapping, now)?;
            let team = workforce::teams(c, organisation)?[0].id;
            let locale = rapport::locale::Locale::english();
            let export = coaching::plan_export::request(c, &actor, team, locale, now)?;
            let word = praise::IssueStatus::InProgress;
            let edit = json!({ "kind": "add_word", "theme": "billing", "list": "negative", "word": "teapot money" });
            tagging::taxonomy_draft::edit(c, &actor, &serde_json::from_value(edit)?, now)?;
            let edit = json!({ "theme": "patience", "practice": { "theme": "patience", "below": "b", "at": "a", "above": "c", "goal": "g", "if_then": "If x, then y", "see": "s", "say": "", "do": "d", "reflect": "", "teach": "" } });
            coaching::practice_draft::edit(c, &actor, &serde_json::from_value(edit)?, now)?;
            praise::departments::update(c, &actor, "access", word, "Two more people from Monday", now)?;
            let new = serde_json::from_value(json!({ "date": now.date(), "shared": true }))?;
            let demo_coach = people.iter().find(|p| p.roles.contains(Role::Coach));
            let author = Actor { person: demo_coach.expect("a coach").id, ..coach.clone() };
            let made = coaching::one_to_ones::create(c, &author, agent, &new, locale, now)?;
            let action = serde_json::from_value(json!({ "action": "Sit with Kim", "owner": "agent", "due": now.date() }))?;
            coaching::one_to_ones::add_action(c, &author, (agent, made.id), &action, now)?;
            Ok((agreed, source, export, made.id, author.person))
        });
        let (agreed, source, export, one_to_one, coach) = agreed;
        app.run_jobs();
        Self {
            vacancy: oldest.to_string(),
            candidate: candidate.to_string(),
            import: import.to_string(),
            agent: agent.to_string(),
            plan: plan.to_string(),
            agreed: agreed.to_string(),
            source: source.to_string(),
            export: export.to_string(),
            one_to_one: one_to_one.to_string(),
            coach: coach.to_string(),
        }
    }

    fn pages(&self, role: Role) -> Vec<String> {
        let Self {
            vacancy,
            candidate,
            import,
            agent,
            plan,
            agreed,
            source,
            export,
            one_to_one,
            coach,
        } = self;
        let of = |paths: &[&str]| paths.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
        match role {
            Role::Admin => vec![
                "/people".to_owned(),
                format!("/people/{coach}"),
                format!("/people/{coach}/close"),
                "/outbox".to_owned(),
                "/working-days".to_owned(),
                "/audit".to_owned(),
                "/redactions".to_owned(),
                "/jobs".to_owned(),
                "/account".to_owned(),
                "/account/two-step".to_owned(),
                "/two-step".to_owned(),
                "/api-keys".to_owned(),
                "/api/v1/reference".to_owned(),
            ],
            Role::Recruiter => vec![
                "/vacancies".to_owned(),
                format!("/vacancies/{vacancy}"),
                format!("/candidates/{candidate}"),
            ],
            Role::Analyst => vec![
                "/feedback".to_owned(),
                format!("/feedback/imports/{import}"),
                "/quality".to_owned(),
                "/validity".to_owned(),
                "/effect".to_owned(),
                "/terms".to_owned(),
                "/feedback/sources".to_owned(),
                format!("/feedback/sources/{source}"),
                "/taxonomy".to_owned(),
                "/taxonomy/themes/billing".to_owned(),
                "/taxonomy/draft".to_owned(),
                "/taxonomy/source".to_owned(),
                "/overview".to_owned(),
            ],
            Role::Coach => vec![
                "/agents".to_owned(),
                format!("/agents/{agent}"),
                format!("/agents/{agent}/comments"),
                format!("/agents/{agent}/observations"),
                format!("/agents/{agent}/one-to-ones"),
                format!("/agents/{agent}/one-to-ones/new"),
                format!("/agents/{agent}/one-to-ones/{one_to_one}"),
                format!("/agents/{agent}/quality"),
                format!("/plans/{plan}"),
                format!("/plans/{agreed}"),
                "/departments".to_owned(),
                "/mentions".to_owned(),
                "/issues".to_owned(),
                "/praise/newest".to_owned(),
                "/practice".to_owned(),
                "/practice/themes/patience".to_owned(),
                "/practice/draft".to_owned(),
                "/practice/source".to_owned(),
                "/annotations".to_owned(),
                format!("/exports/{export}"),
                "/pauses".to_owned(),
                format!("/pauses?agent={agent}"),
            ],
            Role::Department => of(&["/departments", "/mentions?theme=access"]),
            Role::Agent => vec![
                "/me".to_owned(),
                format!("/me/one-to-ones/{one_to_one}"),
                "/me/quality".to_owned(),
                "/me/examples".to_owned(),
                format!("/me/plans/{agreed}/tally"),
                format!("/plans/{plan}"),
                format!("/plans/{agreed}"),
            ],
        }
    }
}
