//! The questionnaire and a plan by keyboard alone, and without scripts.

use super::*;

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
                roles: Role::Coach.into(),
                agent: None,
                api_key: None,
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
