//! From a vacancy to a plan, through a client that knows nothing but the description.

use std::fmt::Write as _;

use rapport::accounts::Role;
use serde_json::{Value, json};

use super::client::{ApiClient, none};
use crate::support::{Organisation, PASSWORD, TestApp};

/// A client that signed in as the administrator.
fn signed_in(app: &TestApp, org: &Organisation) -> ApiClient {
    let mut api = ApiClient::new(app.anonymous());
    let credentials = json!({ "email": org.email(Role::Admin), "password": PASSWORD });
    let tokens = api.call("sign_in", &none(), Some(&credentials));
    api.authorize(&tokens["access_token"]);
    api
}

/// A vacancy with one candidate; returns its id and the candidate.
fn candidate(api: &ApiClient) -> (Value, Value) {
    let questionnaires = api.call("list_questionnaires", &none(), None);
    let questionnaire = &questionnaires["items"][0]["id"];
    let vacancy = json!({ "title": "Adviser", "questionnaire_id": questionnaire });
    let once = json!({ "Idempotency-Key": "first" });
    let vacancy = api.call("create_vacancy", &once, Some(&vacancy));
    let invited = api.call(
        "add_candidate",
        &json!({ "id": vacancy["id"] }),
        Some(&json!({ "name": "Kim Test", "email": "kim@candidate.example" })),
    );
    (vacancy["id"].clone(), invited)
}

/// Answers every statement and finishes.
fn answer(api: &ApiClient, token: &Value) {
    let link = json!({ "token": token });
    let sitting = api.call("consent", &link, Some(&json!({ "agree": true })));
    let items = sitting["items"].as_array().expect("statements");
    for (i, item) in items.iter().enumerate() {
        let place = json!({ "token": token, "item": item["id"] });
        let answer = json!({ "value": 1 + i % 5, "sequence": i + 1 });
        api.call("save_answer", &place, Some(&answer));
    }
    let sitting = api.call("get_sitting", &link, None);
    assert_eq!(sitting["answered"], items.len());
    let finished = api.call("finish_sitting", &link, None);
    assert_eq!(finished["state"], "finished");
}

/// A file with praise and complaints about one agent.
fn feedback(reference: &str) -> String {
    let mut csv =
        String::from("id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n");
    for i in 0..60 {
        let (remark, score) = match i % 3 {
            0 => ("she rushed me and hung up", 1),
            _ => ("very polite and helpful", 5),
        };
        let day = 1 + i % 28;
        let row = format!("r{i},Phone,Order,Question,{remark},{day:02}/10/2025 10:00");
        writeln!(csv, "{row},{reference},Blue,{score}").expect("writes");
    }
    csv
}

#[test]
fn from_a_vacancy_to_a_plan() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = signed_in(&app, &org);

    let (vacancy, invited) = candidate(&api);
    answer(&api, &invited["token"]);
    let shortlist = api.call("get_shortlist", &json!({ "id": vacancy }), None);
    assert!(shortlist["items"][0]["score"].is_object(), "{shortlist}");

    let kim = json!({ "id": invited["id"] });
    let decision = json!({ "decision": "hired", "reason": "Convincing interview" });
    api.call("decide", &kim, Some(&decision));
    let seat = json!({ "team": "Blue", "reference": "HL-1" });
    let agent = api.call("hire", &kim, Some(&seat));

    let upload = json!({ "mapping": "contact-centre", "file": feedback("HL-1") });
    let import = api.call("upload_feedback", &none(), Some(&upload));
    app.run_jobs();
    let import = api.call("get_import", &json!({ "id": import["id"] }), None);
    assert_eq!(import["import"]["imported"], 60, "{import}");

    let agents = api.call("list_agents", &json!({ "find": "Kim" }), None);
    assert_eq!(agents["items"][0]["id"], agent["id"]);
    let plan = api.call("create_plan", &json!({ "id": agent["id"] }), None);
    let file = json!({ "id": plan["id"], "format": "md" });
    let text = api.call("download_plan", &file, None);
    assert!(
        text.as_str().is_some_and(|t| t.contains("Kim Test")),
        "{text}"
    );
}

#[test]
fn every_list_and_report_is_as_described() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = signed_in(&app, &org);
    for id in [
        "get_account",
        "get_coaching_effect",
        "get_overview",
        "get_practice_library",
        "get_taxonomy",
        "get_validity",
        "list_agents",
        "list_audit_entries",
        "list_department_themes",
        "list_emerging_terms",
        "list_imports",
        "list_pauses",
        "list_people",
        "list_response_rates",
        "list_sources",
        "list_vacancies",
        "next_annotation",
    ] {
        api.call(id, &none(), None);
    }
}

#[test]
fn failures_are_as_described() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = signed_in(&app, &org);
    let wrong = json!({ "email": org.email(Role::Admin), "password": "not this one" });
    assert_eq!(api.send("sign_in", &none(), Some(&wrong)).status, 401);
    let nobody = json!({ "id": "01966f3e-6a1e-7c3b-9d52-2f1f5a0c7b10" });
    assert_eq!(api.send("get_plan", &nobody, None).status, 404);
    let unknown = json!({ "token": "no-such-token" });
    assert_eq!(api.send("get_sitting", &unknown, None).status, 404);
    let again = json!({ "name": "X", "email": org.email(Role::Coach), "role": "coach", "password": PASSWORD });
    assert_eq!(api.send("create_person", &none(), Some(&again)).status, 409);
    let stranger = ApiClient::new(app.anonymous());
    assert_eq!(stranger.send("list_agents", &none(), None).status, 401);
}
