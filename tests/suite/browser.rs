//! A real browser on the real server: the questionnaire by keyboard on a small screen, a browser
//! killed in the middle, and every page checked by axe-core at 360 and 1280 pixels, light and dark.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, wd::Capabilities};
use rapport::{accounts::Role, demo, praise, types::Instant, workforce};
use serde_json::{Value, json};

use crate::support::{TestApp, skip};

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

#[test]
fn every_page_is_accessible_at_360_and_1280_in_light_and_dark() {
    if !axe().exists() {
        return skip("accessibility of pages: run npm ci in tests/browser");
    }
    run(|driver| async move {
        let app = tokio::task::spawn_blocking(TestApp::start)
            .await
            .expect("starts");
        let size = demo::Size {
            candidates: 30,
            hires: 24,
            feedback_per_agent: 150,
        };
        let db = app.db.clone();
        let made =
            tokio::task::spawn_blocking(move || demo::fill(&db, size, Instant::now(), &mut |_| ()))
                .await
                .expect("runs")
                .expect("fills");
        let ids = Ids::read(&app, made.organisation);
        for (width, dark) in [(360, false), (1280, true), (1280, false)] {
            for (role, email, password) in &made.sign_ins {
                let c = driver.open(width, dark, true).await;
                sign_in(&c, &app.base, email, password).await;
                for path in ids.pages(*role) {
                    c.goto(&format!("{}{path}", app.base)).await.expect("opens");
                    assert!(
                        script(&c, "return document.title")
                            .await
                            .as_str()
                            .is_some_and(|t| t.ends_with("Rapport") && !t.starts_with("Not")),
                        "{path}"
                    );
                    let name =
                        format!("{}{path}{}", role.as_str(), if dark { "-dark" } else { "" });
                    check(
                        &c,
                        width,
                        &name
                            .replace(|c: char| c.is_ascii_digit(), "")
                            .replace("--", ""),
                    )
                    .await;
                }
                c.close().await.expect("closes");
            }
            let c = driver.open(width, dark, true).await;
            for path in ["/sign-in", "/nothing", &format!("/c/{}", made.open_token)] {
                c.goto(&format!("{}{path}", app.base)).await.expect("opens");
                let name = if path.starts_with("/c/") {
                    "welcome"
                } else {
                    path
                };
                check(
                    &c,
                    width,
                    &format!("{name}{}", if dark { "-dark" } else { "" }),
                )
                .await;
            }
            c.close().await.expect("closes");
        }
        tokio::task::spawn_blocking(move || drop(app))
            .await
            .expect("stops");
    });
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
}

impl Ids {
    fn read(app: &TestApp, organisation: rapport::types::Id) -> Self {
        use rapport::{accounts::Actor, coaching, feedback, hiring, types::Id};
        let mut c = app.db.connect().expect("connects");
        let actor = Actor {
            organisation,
            person: Id::new(),
            role: Role::Recruiter,
            agent: None,
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
            let agreed = coaching::create(c, organisation, "system", agent, now)?.id;
            let coach = Actor {
                role: Role::Coach,
                ..actor.clone()
            };
            let own = Actor {
                role: Role::Agent,
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
            let export = coaching::plan_export::request(c, &actor, team, now)?;
            let word = praise::Status::InProgress;
            praise::departments::update(c, &actor, "access", word, "Two more people from Monday", now)?;
            Ok((agreed, source, export))
        });
        let (agreed, source, export) = agreed;
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
        } = self;
        let of = |paths: &[&str]| paths.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
        match role {
            Role::Admin => of(&["/people", "/audit", "/account", "/api/v1/reference"]),
            Role::Recruiter => vec![
                "/vacancies".to_owned(),
                format!("/vacancies/{vacancy}"),
                format!("/candidates/{candidate}"),
            ],
            Role::Analyst => vec![
                "/feedback".to_owned(),
                format!("/feedback/imports/{import}"),
                "/validity".to_owned(),
                "/effect".to_owned(),
                "/terms".to_owned(),
                "/feedback/sources".to_owned(),
                format!("/feedback/sources/{source}"),
                "/taxonomy".to_owned(),
                "/overview".to_owned(),
            ],
            Role::Coach => vec![
                "/agents".to_owned(),
                format!("/agents/{agent}"),
                format!("/plans/{plan}"),
                format!("/plans/{agreed}"),
                "/departments".to_owned(),
                "/praise/newest".to_owned(),
                "/practice".to_owned(),
                "/annotations".to_owned(),
                format!("/exports/{export}"),
                "/pauses".to_owned(),
                format!("/pauses?agent={agent}"),
            ],
            Role::Department => of(&["/departments"]),
            Role::Agent => vec![
                "/me".to_owned(),
                format!("/plans/{plan}"),
                format!("/plans/{agreed}"),
            ],
        }
    }
}

#[test]
fn the_questionnaire_by_keyboard_on_a_phone_survives_a_killed_browser() {
    run(|driver| async move {
        let app = tokio::task::spawn_blocking(TestApp::start)
            .await
            .expect("starts");
        let (token, base) = {
            let app = &app;
            let org = app.organisation("Acme");
            let (_, _, token) = crate::support::invite(
                &app.api(&org, Role::Recruiter),
                &org,
                "kim@candidate.example",
            );
            (token, app.base.clone())
        };
        let keys = |c: Client, text: String| async move {
            c.active_element()
                .await
                .expect("focus")
                .send_keys(&text)
                .await
                .expect("types");
            c
        };
        let (tab, space, right) = ("\u{e004}", " ", "\u{e014}");
        let c = driver.open(360, false, true).await;
        c.goto(&format!("{base}/c/{token}")).await.expect("opens");
        if axe().exists() {
            check(&c, 360, "welcome").await;
        }
        c.find(Locator::Id("agree"))
            .await
            .expect("box")
            .send_keys(space)
            .await
            .expect("ticks");
        let c = keys(c, format!("{tab}\u{e007}")).await;
        c.wait()
            .for_element(Locator::Css("fieldset.item"))
            .await
            .expect("first page");
        if axe().exists() {
            check(&c, 360, "sitting").await;
        }
        // Two statements by keyboard: into the group, choose, on to the next group.
        c.find(Locator::Css("fieldset.item:nth-of-type(1) input"))
            .await
            .expect("radio")
            .send_keys(&format!("{space}{right}{right}"))
            .await
            .expect("chooses");
        let c = keys(c, format!("{tab}{space}")).await;
        for _ in 0..100 {
            if script(&c, "return document.getElementById('saved').textContent").await
                == json!("Saved")
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let chosen = script(
            &c,
            "return [...document.querySelectorAll('input:checked')].map(i => i.value)",
        )
        .await;
        assert_eq!(chosen, json!(["3", "1"]), "chosen with the keyboard alone");
        // The browser dies without saying goodbye.
        drop(driver);
        let driver = Driver::start().expect("again");
        let c = driver.open(360, false, true).await;
        c.goto(&format!("{base}/c/{token}")).await.expect("opens");
        assert!(
            c.current_url()
                .await
                .expect("url")
                .path()
                .ends_with("/page/1"),
            "back where it stopped"
        );
        let chosen = script(
            &c,
            "return [...document.querySelectorAll('input:checked')].map(i => i.value)",
        )
        .await;
        assert_eq!(chosen, json!(["3", "1"]), "nothing that was saved is lost");
        for page in 1..=10 {
            c.wait()
                .for_element(Locator::Css(&format!("form[action$='/page/{page}']")))
                .await
                .expect("page");
            script(&c, "document.querySelectorAll('fieldset.item').forEach(f => f.querySelectorAll('input')[3].click())").await;
            c.find(Locator::Css("button[value=next]"))
                .await
                .expect("next")
                .click()
                .await
                .expect("clicks");
        }
        c.wait()
            .for_element(Locator::Css("form[action$='/finish'] button"))
            .await
            .expect("review")
            .click()
            .await
            .expect("finishes");
        c.wait()
            .for_element(Locator::Css("details"))
            .await
            .expect("result");
        assert!(c.source().await.expect("page").contains("Your result"));
        if axe().exists() {
            check(&c, 360, "result").await;
        }
        c.close().await.expect("closes");
        tokio::task::spawn_blocking(move || drop(app))
            .await
            .expect("stops");
    });
}

#[test]
fn the_questionnaire_works_without_scripts() {
    run(|driver| async move {
        let app = tokio::task::spawn_blocking(TestApp::start)
            .await
            .expect("starts");
        let org = app.organisation("Acme");
        let (_, _, token) = crate::support::invite(
            &app.api(&org, Role::Recruiter),
            &org,
            "kim@candidate.example",
        );
        let c = driver.open(360, false, false).await;
        c.goto(&format!("{}/c/{token}", app.base))
            .await
            .expect("opens");
        c.find(Locator::Id("agree"))
            .await
            .expect("box")
            .click()
            .await
            .expect("ticks");
        c.find(Locator::Css("main button"))
            .await
            .expect("begin")
            .click()
            .await
            .expect("clicks");
        c.wait()
            .for_element(Locator::Css("fieldset.item"))
            .await
            .expect("statements");
        for choice in c
            .find_all(Locator::Css("fieldset.item .choice:nth-child(4) input"))
            .await
            .expect("radios")
        {
            choice.click().await.expect("chooses");
        }
        assert_eq!(
            c.find(Locator::Id("saved"))
                .await
                .expect("status")
                .text()
                .await
                .expect("text"),
            "",
            "no script ran"
        );
        c.find(Locator::Css("button[value=next]"))
            .await
            .expect("next")
            .click()
            .await
            .expect("clicks");
        c.wait()
            .for_element(Locator::Css("form[action$='/page/2']"))
            .await
            .expect("next page");
        let seen = app
            .anonymous()
            .get(&format!("/api/v1/sittings/{token}"))
            .json();
        assert_eq!(seen["answered"], 5);
        c.close().await.expect("closes");
        tokio::task::spawn_blocking(move || drop(app))
            .await
            .expect("stops");
    });
}

/// Presses Tab until the focus is where `css` says, and fails after a page's worth of stops: what
/// cannot be reached by Tab cannot be used by keyboard.
async fn tab_to(c: &Client, css: &str) {
    for _ in 0..150 {
        let there = format!(
            "const f = document.activeElement; return !!f && f.matches({});",
            json!(css)
        );
        if script(c, &there).await == json!(true) {
            let shown = "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;";
            assert_eq!(
                script(c, shown).await,
                json!(true),
                "the focus is seen on {css}"
            );
            return;
        }
        let focus = c.active_element().await.expect("focus");
        focus.send_keys("\u{e004}").await.expect("tabs");
    }
    panic!("{css} is not reached by Tab");
}

async fn press(c: &Client, keys: &str) {
    let focus = c.active_element().await.expect("focus");
    focus.send_keys(keys).await.expect("types");
}

/// Presses Enter on a button and waits for the page behind it.
async fn submit(c: &Client, what: &str) {
    script(c, "document.documentElement.dataset.old = 'yes'").await;
    press(c, "\u{e007}").await;
    for _ in 0..100 {
        let fresh =
            "return document.readyState === 'complete' && !document.documentElement.dataset.old";
        if script(c, fresh).await == json!(true) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} led nowhere");
}

#[test]
fn a_plan_is_agreed_and_answered_by_keyboard_alone() {
    run(|driver| async move {
        let app = tokio::task::spawn_blocking(TestApp::start)
            .await
            .expect("starts");
        let size = demo::Size {
            candidates: 4,
            hires: 12,
            feedback_per_agent: 60,
        };
        let db = app.db.clone();
        let made =
            tokio::task::spawn_blocking(move || demo::fill(&db, size, Instant::now(), &mut |_| ()))
                .await
                .expect("runs")
                .expect("fills");
        let ids = Ids::read(&app, made.organisation);
        let plan = format!("{}/plans/{}", app.base, ids.plan);
        // One plan is open at a time: the one that Ids agreed has to end first.
        app.write(|c| {
            let coach = rapport::accounts::Actor {
                organisation: made.organisation,
                person: rapport::types::Id::new(),
                role: Role::Coach,
                agent: None,
                name: String::new(),
            };
            let closed = json!({ "step": "closed", "outcome": "change", "note": "" });
            let agreed = ids.agreed.parse()?;
            let step = serde_json::from_value(closed)?;
            rapport::coaching::take_step(c, &coach, agreed, step, Instant::now())?;
            Ok(())
        });
        let sign = |role: Role| {
            let found = made.sign_ins.iter().find(|(r, _, _)| *r == role);
            let (_, email, password) = found.expect("a sign-in").clone();
            (email, password)
        };
        let c = driver.open(360, false, true).await;
        let (email, password) = sign(Role::Coach);
        sign_in(&c, &app.base, &email, &password).await;
        c.goto(&plan).await.expect("opens");
        tab_to(&c, "#own-goal").await;
        press(&c, "Say back what I heard").await;
        tab_to(&c, "#own-reason").await;
        press(&c, "Her own wish").await;
        tab_to(&c, "form.card button").await;
        submit(&c, "accepting").await;
        // A check-in: open the fold, note, tally, keep.
        tab_to(&c, "details summary").await;
        press(&c, " ").await;
        tab_to(&c, "#note-0").await;
        press(&c, "Tried it twice").await;
        tab_to(&c, "#seen-0").await;
        press(&c, "2").await;
        tab_to(&c, "#of-0").await;
        press(&c, "5").await;
        tab_to(&c, "details[open] button").await;
        submit(&c, "keeping the check-in").await;
        let text = script(&c, "return document.body.innerText").await;
        let text = text.as_str().expect("text");
        for part in ["agreed", "Say back what I heard", "Seen in 2 of 5 contacts"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // An agent is found, gets another reference, and a pause.
        c.goto(&format!("{}/agents", app.base))
            .await
            .expect("opens");
        tab_to(&c, "#find").await;
        press(&c, "hl-").await;
        tab_to(&c, "form[role=search] button").await;
        submit(&c, "finding").await;
        tab_to(&c, "section ul.plain a").await;
        submit(&c, "opening the agent").await;
        tab_to(&c, "details summary").await;
        press(&c, " ").await;
        tab_to(&c, "#reference").await;
        press(&c, "Till 7").await;
        tab_to(&c, "details[open] button").await;
        submit(&c, "adding the reference").await;
        let text = script(&c, "return document.body.innerText").await;
        let text = text.as_str().expect("text");
        assert!(text.contains("also Till 7"), "{text}");
        tab_to(&c, "a[href^='/pauses?agent=']").await;
        submit(&c, "opening the pauses").await;
        let first = Instant::now().date();
        let last = first + chrono::Days::new(4);
        tab_to(&c, "#first_day").await;
        press(&c, &first.format("%m%d%Y").to_string()).await;
        tab_to(&c, "#last_day").await;
        press(&c, &last.format("%m%d%Y").to_string()).await;
        tab_to(&c, "form[action='/pauses'] button").await;
        submit(&c, "beginning the pause").await;
        let text = script(&c, "return document.body.innerText").await;
        let text = text.as_str().expect("text");
        let told = last.format("%-d %b %Y").to_string();
        assert!(text.contains(&told), "{told}: {text}");
        c.close().await.expect("closes");

        let c = driver.open(360, false, true).await;
        let (email, password) = sign(Role::Agent);
        sign_in(&c, &app.base, &email, &password).await;
        c.goto(&plan).await.expect("opens");
        tab_to(&c, "#view").await;
        press(&c, "Mondays are hard").await;
        tab_to(&c, "form.card button").await;
        submit(&c, "reading").await;
        let text = script(&c, "return document.body.innerText").await;
        assert!(
            text.as_str()
                .is_some_and(|t| t.contains("Mondays are hard")),
            "{text}"
        );
        c.close().await.expect("closes");
        tokio::task::spawn_blocking(move || drop(app))
            .await
            .expect("stops");
    });
}
