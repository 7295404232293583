//! Where people are signed in: lists of sessions, ending them, and the last sign-in.

use rapport::{accounts::Role, types::Id};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, PASSWORD, TestApp, person};

const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A coach who signed in with Firefox.
fn firefox(app: &TestApp, org: &Organisation) -> Client {
    let mut client = app.anonymous();
    let body = format!("email={}&password={PASSWORD}", org.email(Role::Coach));
    let form = "application/x-www-form-urlencoded";
    let agent = [("User-Agent", FIREFOX)];
    let reply = client.send("POST", "/sign-in", form, Some(body.as_bytes()), &agent);
    let cookie = reply.header("set-cookie").expect("a cookie");
    client.cookie = cookie.split(';').next().map(str::to_owned);
    client
}

fn items(client: &Client, address: &str) -> Vec<Value> {
    let list = client.get(address).json();
    list["items"].as_array().expect("items").clone()
}

#[test]
fn people_see_where_they_are_signed_in_and_end_it() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (browser, program) = (firefox(&app, &org), app.api(&org, Role::Coach));
    let sessions = items(&program, "/api/v1/account/sessions");
    assert_eq!(sessions.len(), 2);
    let (own, others): (Vec<&Value>, Vec<&Value>) =
        sessions.iter().partition(|s| s["is_current"] == true);
    assert_eq!(own[0]["kind"], "refresh");
    let other = (&others[0]["kind"], &others[0]["device"]);
    assert_eq!(other, (&json!("browser"), &json!("Firefox, Windows")));
    let page = browser.get("/account").text();
    assert!(page.contains("Firefox, Windows") && page.contains("This session"));

    let end = format!(
        "/api/v1/account/sessions/{}/end",
        others[0]["id"].as_str().expect("id")
    );
    assert_eq!(program.post(&end, &json!({})).status, 204);
    assert_eq!(browser.get("/teams").status, 401);
    assert_eq!(program.post(&end, &json!({})).status, 404, "a second time");
    assert_eq!(items(&program, "/api/v1/account/sessions").len(), 1);
}

#[test]
fn signing_out_everywhere_else_keeps_this_session() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (browser, program) = (firefox(&app, &org), app.api(&org, Role::Coach));
    let other = app.browser(&org, Role::Analyst);
    assert_eq!(
        browser.form("/account/sessions/end", &[]).leads_to(),
        "/account"
    );
    assert_eq!(program.get("/api/v1/teams").status, 401);
    assert_eq!(browser.get("/teams").status, 200);
    assert_eq!(other.get("/overview").status, 200, "somebody else's");
}

#[test]
fn administrators_end_the_sessions_of_others() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (browser, program) = (firefox(&app, &org), app.api(&org, Role::Coach));
    let (admin, page) = (app.api(&org, Role::Admin), app.browser(&org, Role::Admin));
    let address = format!("/people/{}", person(&app, &org, Role::Coach));
    let sessions = items(&admin, &format!("/api/v1{address}/sessions"));
    assert_eq!(sessions.len(), 2);
    assert!(
        sessions
            .iter()
            .all(|session| session["is_current"] == false)
    );
    let of_browser = sessions.iter().find(|session| session["kind"] == "browser");
    let id = of_browser.expect("one")["id"].as_str().expect("id");
    assert!(page.get(&address).text().contains("Firefox, Windows"));
    let end = format!("{address}/sessions/{id}/end");
    assert_eq!(page.form(&end, &[]).leads_to(), address);
    assert_eq!(browser.get("/teams").status, 401);
    assert_eq!(program.get("/api/v1/teams").status, 200);
    let all = format!("/api/v1{address}/sessions/end");
    assert_eq!(admin.post(&all, &json!({})).status, 204);
    assert_eq!(program.get("/api/v1/teams").status, 401);
    let log = admin.get("/api/v1/audit").text();
    assert_eq!(log.matches("person.sessions_ended").count(), 2);
}

#[test]
fn sessions_of_others_are_not_there() {
    let app = TestApp::start();
    let (org, elsewhere) = (app.organisation("Acme"), app.organisation("Other"));
    let (coach, admin) = (app.api(&org, Role::Coach), app.api(&org, Role::Admin));
    let own = items(&admin, "/api/v1/account/sessions");
    let id = own[0]["id"].as_str().expect("id");
    let as_own = format!("/api/v1/account/sessions/{id}/end");
    assert_eq!(coach.post(&as_own, &json!({})).status, 404);
    let stranger = app.api(&elsewhere, Role::Admin);
    assert_eq!(stranger.post(&as_own, &json!({})).status, 404);
    let of_coach = format!(
        "/api/v1/people/{}/sessions",
        person(&app, &org, Role::Coach)
    );
    assert_eq!(stranger.get(&of_coach).status, 404);
    // A session of somebody else than the address names.
    let mixed = format!("{of_coach}/{id}/end");
    assert_eq!(admin.post(&mixed, &json!({})).status, 404);
    let unknown = format!("{of_coach}/{}/end", Id::new());
    assert_eq!(admin.post(&unknown, &json!({})).status, 404);
    assert_eq!(admin.get("/api/v1/people").status, 200);
}

#[test]
fn a_session_that_has_ended_does_not_end_again() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let body = json!({ "email": org.email(Role::Coach), "password": PASSWORD });
    let tokens = app.anonymous().post("/api/v1/tokens", &body).json();
    let token = json!({ "refresh_token": tokens["refresh_token"] });
    let revoke = || {
        let reply = app.anonymous().post("/api/v1/tokens/revoke", &token);
        reply.status
    };
    assert_eq!([revoke(), revoke(), revoke()], [204; 3]);
    let log = app.api(&org, Role::Admin).get("/api/v1/audit").text();
    assert_eq!(log.matches("person.signed_out").count(), 1);
    assert!((0..500).any(|_| revoke() == 429));
    let browser = app.browser(&org, Role::Coach);
    assert_eq!(
        browser.form("/sign-out", &[]).status,
        429,
        "from one source"
    );
}

#[test]
fn the_last_sign_in_is_shown() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.api(&org, Role::Admin);
    let address = format!("/api/v1/people/{}", person(&app, &org, Role::Coach));
    let signed_in_at = || admin.get(&address).json()["signed_in_at"].clone();
    assert_eq!(signed_in_at(), json!(null));
    app.api(&org, Role::Coach);
    assert!(signed_in_at().is_string());
    let people = app.browser(&org, Role::Admin).get("/people").text();
    assert!(people.contains("Last sign-in") && people.contains("Never"));
}
