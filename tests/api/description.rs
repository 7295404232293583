//! What the description of the API contains.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rapport::web::{auth::Access, routes::ROUTES};
use regex::Regex;
use serde_json::Value;

use super::schema::errors;
use crate::support::TestApp;

/// Operations that change something and need no body, because their path says everything.
const WITHOUT_BODY: [&str; 31] = [
    "create_one_time_link",
    "create_plan",
    "delete_observation",
    "delete_one_to_one",
    "delete_one_to_one_action",
    "delete_tally",
    "delete_practice_edit",
    "delete_taxonomy_edit",
    "end_other_sessions",
    "end_own_session",
    "end_pause",
    "end_session",
    "end_sessions",
    "finish_sitting",
    "mail_one_time_link",
    "pass_mail_on",
    "remove_two_step",
    "renew_invitation",
    "request_plan_export",
    "restore_redaction",
    "resume_person",
    "revoke_api_key",
    "send_mail",
    "suspend_person",
    "undo_import",
    "undo_scorecard_import",
    "withdraw_example",
    "withdraw_sitting",
    "drop_job",
    "retry_import",
    "retry_job",
];

fn document() -> Value {
    let app = TestApp::start();
    app.anonymous().get("/api/v1/openapi.json").json()
}

/// Every operation of the document, by method and path.
fn operations(document: &Value) -> BTreeMap<(String, String), Value> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let (path, item) = (path.clone(), item.as_object().expect("item").clone());
        let key = move |(method, operation): (String, Value)| {
            ((method.to_uppercase(), path.clone()), operation)
        };
        item.into_iter().map(key).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

fn present(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn every_api_route_is_described() {
    let mut described = operations(&document());
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/")) {
        let key = (route.method.to_string(), route.path.to_owned());
        let operation = described.remove(&key);
        let operation = operation.unwrap_or_else(|| panic!("{key:?} is not described"));
        assert!(present(&operation["operationId"]), "{key:?}");
        assert!(present(&operation["summary"]), "{key:?}");
        assert!(present(&operation["tags"][0]), "{key:?}");
        let guarded = route.access != Access::Public;
        assert_eq!(operation["security"].is_array(), guarded, "{key:?}");
    }
    assert!(described.is_empty(), "not served: {:?}", described.keys());
}

#[test]
fn operations_describe_their_parameters_and_bodies() {
    let parameter = Regex::new(r"\{([a-z]+)\}").expect("pattern");
    for ((method, path), operation) in operations(&document()) {
        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for name in parameter.captures_iter(&path) {
            let found = parameters.iter().find(|p| p["name"] == name[1]);
            assert_eq!(found.map(|p| &p["in"]), Some(&"path".into()), "{path}");
        }
        let id = operation["operationId"].as_str().expect("an id");
        let expected = method != "GET" && !WITHOUT_BODY.contains(&id);
        assert_eq!(
            operation["requestBody"].is_object(),
            expected,
            "{method} {path} {id}"
        );
    }
}

#[test]
fn operations_describe_their_replies() {
    for ((method, path), operation) in operations(&document()) {
        let responses = operation["responses"].as_object().expect("responses");
        assert!(
            responses.keys().any(|s| s.starts_with('2')),
            "{method} {path}"
        );
        for (status, response) in responses {
            assert!(
                present(&response["description"]),
                "{method} {path} {status}"
            );
            let content = &response["content"];
            if status.starts_with(['4', '5']) {
                let schema = &content["application/problem+json"]["schema"]["$ref"];
                assert_eq!(
                    *schema, "#/components/schemas/Problem",
                    "{method} {path} {status}"
                );
            } else if content.is_object() && content["application/json"].is_object() {
                let schema = &content["application/json"]["schema"];
                let dynamic = path.ends_with("openapi.json") || path.ends_with("{format}");
                assert!(
                    schema["$ref"].is_string() || dynamic,
                    "{method} {path}: {schema}"
                );
            }
        }
    }
}

#[test]
fn operation_ids_are_unique() {
    let mut seen = BTreeSet::new();
    for (key, operation) in operations(&document()) {
        let id = operation["operationId"].to_string();
        assert!(seen.insert(id.clone()), "{key:?}: {id} is there twice");
    }
}

#[test]
fn no_schema_shows_an_organisation_id() {
    let document = document();
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        assert!(
            !schema.to_string().contains("\"organisation_id\""),
            "{name}"
        );
    }
}

#[test]
fn examples_fit_their_schemas() {
    let document = document();
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        let properties = schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        for (property, schema) in properties {
            let examples = schema["examples"].as_array().cloned().unwrap_or_default();
            for example in examples.iter().chain(schema.get("example")) {
                let found = errors(&document, &schema, example);
                assert!(found.is_empty(), "{name}.{property}: {found:?}");
            }
        }
    }
}

/// The description keeps one schema for each name, so a second type with it would vanish.
#[test]
fn no_two_types_have_the_same_schema_name() {
    let item = Regex::new(
        r"#\[derive\(([^)]*)\)\]((?:\s*(?:#\[[^\n]*\]|//[^\n]*))*)\s*(?:pub(?:\([a-z]+\))? )?(?:struct|enum) (\w+)",
    )
    .expect("pattern");
    let renamed = Regex::new(r"schema\([^\n]*\bas = (\w+)").expect("pattern");
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in crate::layers::SOURCES
        .map(|src| sources(&root.join(src)))
        .concat()
    {
        for found in item
            .captures_iter(&text)
            .filter(|f| f[1].contains("ToSchema"))
        {
            let name = renamed
                .captures(&found[2])
                .map_or(found[3].to_owned(), |n| n[1].to_owned());
            if let Some(other) = seen.insert(name.clone(), path.clone()) {
                panic!("{name} is in {path} and {other}");
            }
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("text");
            found.push((path.display().to_string(), text));
        }
    }
    found
}
