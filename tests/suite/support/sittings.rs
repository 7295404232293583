//! Candidates and their sittings, over HTTP.

use rapport::assessment::{ItemKind, Questionnaire, questionnaire::SERVICE_ATTITUDE};
use serde_json::json;

use super::{app::Organisation, client::Client};

/// A vacancy and a candidate with their token.
pub fn invite(
    client: &Client,
    organisation: &Organisation,
    email: &str,
) -> (String, String, String) {
    let vacancy = client.post(
        "/api/v1/vacancies",
        &json!({ "title": "Adviser", "questionnaire_id": organisation.questionnaire }),
    );
    assert_eq!(vacancy.status, 201, "{}", vacancy.text());
    let vacancy = vacancy.json()["id"].as_str().expect("id").to_owned();
    let (candidate, token) = add(client, &vacancy, email);
    (vacancy, candidate, token)
}

pub fn add(client: &Client, vacancy: &str, email: &str) -> (String, String) {
    let reply = client.post(
        &format!("/api/v1/vacancies/{vacancy}/candidates"),
        &json!({ "name": "Kim Test", "email": email }),
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
    let text = |key: &str| reply.json()[key].as_str().expect("text").to_owned();
    (text("id"), text("token"))
}

/// Consents, answers everything with `value` of the keyed scale, and finishes.
pub fn take(client: &Client, token: &str, keyed: i32) {
    let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
    let begun = client.post(
        &format!("/api/v1/sittings/{token}/consent"),
        &json!({ "agree": true }),
    );
    assert_eq!(begun.status, 200, "{}", begun.text());
    for (i, item) in q.items.iter().enumerate() {
        let value = match &item.kind {
            ItemKind::Instructed { expected } => *expected,
            ItemKind::Facet { reversed, .. } => {
                if *reversed {
                    6 - keyed
                } else {
                    keyed
                }
            }
        };
        let reply = client.put(
            &format!("/api/v1/sittings/{token}/answers/{}", item.id),
            &json!({ "value": value, "sequence": i + 1 }),
        );
        assert_eq!(reply.status, 204, "{}", reply.text());
    }
    let done = client.post(&format!("/api/v1/sittings/{token}/finish"), &json!({}));
    assert_eq!(
        (done.status, done.json()["state"].as_str()),
        (200, Some("finished")),
        "{}",
        done.text()
    );
}
