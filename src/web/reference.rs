//! `/api/v1/reference`: the description of the API as a page, made from the OpenAPI document alone.

use actix_web::{HttpRequest, web::Data};
use askama::Template;
use serde_json::{Map, Value, json};

use super::{error::WebResult, frame::Frame, render::page};

/// Levels of nested schemas that an example shows.
const LEVELS: usize = 6;

/// A text, cut at the code in it: whether a piece is code, and the piece.
type Text = Vec<(bool, String)>;

/// Everything that the page shows, built once at start.
pub struct Reference {
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// Operations with the same tag.
struct Group {
    name: String,
    description: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: Text,
    details: Vec<Text>,
    parameters: Vec<Field>,
    body: Option<Content>,
    replies: Vec<Reply>,
    /// All with the schema `Problem`.
    errors: Vec<Reply>,
}

/// A parameter, or a property of a schema.
struct Field {
    name: String,
    /// Id of the text that says where a parameter belongs.
    place: Option<&'static str>,
    required: bool,
    kind: Kind,
    description: Text,
    example: Option<String>,
}

/// A body of one media type.
struct Content {
    media_type: String,
    kind: Kind,
    example: Option<String>,
}

struct Reply {
    status: String,
    description: Text,
    contents: Vec<Content>,
}

struct Schema {
    name: String,
    description: Text,
    fields: Vec<Field>,
    /// Objects of which a value is one.
    variants: Vec<Variant>,
    /// Values that a text can have.
    values: Vec<String>,
    /// Schemas that a value is made of, or is one of.
    parts: Vec<Kind>,
}

struct Variant {
    description: Text,
    fields: Vec<Field>,
}

/// Type of a value.
#[derive(Default)]
struct Kind {
    list: bool,
    nullable: bool,
    /// Name of a schema on the page.
    schema: Option<String>,
    /// Id of the text for another type.
    text: &'static str,
    /// Values that a text can have.
    values: Vec<String>,
}

impl Reference {
    /// Reads an OpenAPI document.
    pub fn of(document: &Value) -> Self {
        let tags = document["tags"].as_array().into_iter().flatten();
        let schemas = document["components"]["schemas"].as_object();
        Self {
            groups: tags.map(|tag| group(document, tag)).collect(),
            schemas: schemas.into_iter().flatten().map(schema).collect(),
        }
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn text(value: &Value) -> Text {
    let pieces = value.as_str().unwrap_or_default().split('`');
    let pieces = pieces
        .enumerate()
        .map(|(i, piece)| (i % 2 == 1, piece.to_owned()));
    pieces.filter(|(_, piece)| !piece.is_empty()).collect()
}

fn group(document: &Value, tag: &Value) -> Group {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| (path, method, operation))
    });
    let tagged = all.filter(|(_, _, operation)| operation["tags"][0] == tag["name"]);
    Group {
        name: string(&tag["name"]),
        description: string(&tag["description"]),
        operations: tagged
            .map(|(path, method, found)| operation(document, path, method, found))
            .collect(),
    }
}

fn operation(document: &Value, path: &str, method: &str, found: &Value) -> Operation {
    let details = found["description"].as_str().unwrap_or_default();
    let details = details.split("\n\n").map(|part| text(&json!(part)));
    let parameters = found["parameters"].as_array().into_iter().flatten();
    let replies = found["responses"].as_object().into_iter().flatten();
    let replies = replies.map(|(status, found)| reply(document, status, found));
    let (errors, replies) = replies.partition(|reply| reply.status.starts_with(['4', '5']));
    let body = found["requestBody"]["content"].as_object();
    Operation {
        id: string(&found["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&found["summary"]),
        details: details.filter(|part| !part.is_empty()).collect(),
        parameters: parameters.map(parameter).collect(),
        body: body.and_then(|c| contents(document, c).into_iter().next()),
        replies,
        errors,
    }
}

fn parameter(found: &Value) -> Field {
    let place = match found["in"].as_str() {
        Some("path") => "reference-in-path",
        Some("query") => "reference-in-query",
        _ => "reference-in-header",
    };
    let mut field = field(
        &string(&found["name"]),
        &found["schema"],
        found["required"] == true,
    );
    field.place = Some(place);
    field.description = text(&found["description"]);
    field.example = found.get("example").map(shown).or(field.example);
    field
}

fn field(name: &str, schema: &Value, required: bool) -> Field {
    let example = schema.get("example").or_else(|| schema["examples"].get(0));
    Field {
        name: name.to_owned(),
        place: None,
        required,
        kind: kind(schema),
        description: text(&schema["description"]),
        example: example.map(shown),
    }
}

/// A value as the page shows it: a text without quotation marks.
fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn reply(document: &Value, status: &str, found: &Value) -> Reply {
    let content = found["content"].as_object();
    Reply {
        status: status.to_owned(),
        description: text(&found["description"]),
        contents: content.map(|c| contents(document, c)).unwrap_or_default(),
    }
}

fn contents(document: &Value, content: &Map<String, Value>) -> Vec<Content> {
    let one = |(media_type, found): (&String, &Value)| {
        let schema = found.get("schema");
        let json = schema.filter(|_| media_type.ends_with("json"));
        let own = found.get("example").cloned();
        let example = own.or_else(|| json.map(|schema| example(document, schema, LEVELS)));
        Content {
            media_type: media_type.clone(),
            kind: schema.map(kind).unwrap_or_default(),
            example: example.map(|e| format!("{e:#}")),
        }
    };
    content.iter().map(one).collect()
}

fn schema((name, found): (&String, &Value)) -> Schema {
    let mut schema = Schema {
        name: name.clone(),
        description: text(&found["description"]),
        fields: properties(found),
        variants: Vec::new(),
        values: values(found),
        parts: Vec::new(),
    };
    for part in found["allOf"].as_array().into_iter().flatten() {
        if part["$ref"].is_string() {
            schema.parts.push(kind(part));
        }
        schema.fields.extend(properties(part));
    }
    add_alternatives(found, &mut schema);
    schema
}

/// Adds what a value can be: schemas, objects, values of a text, or any text.
fn add_alternatives(found: &Value, schema: &mut Schema) {
    for part in ["oneOf", "anyOf"]
        .iter()
        .flat_map(|key| found[key].as_array())
        .flatten()
    {
        let fields = properties(part);
        if !fields.is_empty() {
            let description = text(&part["description"]);
            schema.variants.push(Variant {
                description,
                fields,
            });
        } else if part["enum"].is_array() {
            schema.values.extend(values(part));
        } else if part["oneOf"].is_array() {
            add_alternatives(part, schema);
        } else {
            schema.parts.push(kind(part));
        }
    }
}

fn values(schema: &Value) -> Vec<String> {
    let values = schema["enum"].as_array().into_iter().flatten();
    values.map(shown).collect()
}

fn properties(found: &Value) -> Vec<Field> {
    let required = found["required"].as_array().cloned().unwrap_or_default();
    let required = |name: &str| required.iter().any(|r| r == name);
    let properties = found["properties"].as_object().into_iter().flatten();
    let fields = properties.map(|(name, schema)| field(name, schema, required(name)));
    fields.collect()
}

fn kind(schema: &Value) -> Kind {
    if let Some(name) = reference(schema) {
        return Kind {
            schema: Some(name.to_owned()),
            ..Kind::default()
        };
    }
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(alternatives) = alternatives {
        let (null, others): (Vec<_>, Vec<_>) =
            alternatives.iter().partition(|part| part["type"] == "null");
        return match others.as_slice() {
            [one] => Kind {
                nullable: !null.is_empty(),
                ..kind(one)
            },
            _ => Kind {
                text: "reference-type-alternatives",
                ..Kind::default()
            },
        };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let nullable = types.contains(&"null");
    let of_list = types.contains(&"array") && schema["items"].is_object();
    if of_list {
        return Kind {
            list: true,
            nullable,
            ..kind(&schema["items"])
        };
    }
    Kind {
        nullable,
        text: type_text(types.into_iter().find(|t| *t != "null"), &schema["format"]),
        values: values(schema),
        ..Kind::default()
    }
}

/// Id of the text for a type.
fn type_text(name: Option<&str>, format: &Value) -> &'static str {
    match (name, format.as_str()) {
        (Some("string"), Some("date-time")) => "reference-type-time",
        (Some("string"), Some("date")) => "reference-type-date",
        (Some("string"), Some("uuid")) => "reference-type-id",
        (Some("string"), Some("binary")) => "reference-type-file",
        (Some("string"), _) => "reference-type-text",
        (Some("integer"), _) => "reference-type-integer",
        (Some("number"), _) => "reference-type-number",
        (Some("boolean"), _) => "reference-type-boolean",
        (Some("array"), _) => "reference-type-tuple",
        (Some("object"), _) => "reference-type-object",
        _ => "reference-type-any",
    }
}

/// Name of the schema that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// An example of a schema, made of the examples in it.
fn example(document: &Value, schema: &Value, levels: usize) -> Value {
    let given = schema.get("example").or_else(|| schema["examples"].get(0));
    if let Some(given) = given.or_else(|| schema.get("const")) {
        return given.clone();
    }
    if levels == 0 {
        return Value::Null;
    }
    let inner = |schema: &Value| example(document, schema, levels - 1);
    if let Some(name) = reference(schema) {
        return inner(&document["components"]["schemas"][name]);
    }
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(first) = alternatives.and_then(|a| a.iter().find(|s| s["type"] != "null")) {
        return inner(first);
    }
    let mut object = Map::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        object.extend(inner(part).as_object().cloned().unwrap_or_default());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        object.insert(name.clone(), inner(property));
    }
    if !object.is_empty() {
        return Value::Object(object);
    }
    let parts = schema["prefixItems"].as_array();
    match (&schema["enum"][0], parts) {
        (Value::Null, Some(parts)) => parts.iter().map(inner).collect(),
        (Value::Null, None) if schema["items"].is_object() => json!([inner(&schema["items"])]),
        (Value::Null, None) => plain_example(schema),
        (first, _) => first.clone(),
    }
}

/// An example of a type without parts.
fn plain_example(schema: &Value) -> Value {
    let name = match &schema["type"] {
        Value::Array(types) => types.iter().find(|t| **t != "null"),
        one => Some(one),
    };
    let format = schema["format"].as_str().unwrap_or_default();
    match (name.and_then(Value::as_str), format) {
        (Some("string"), "date-time") => json!("2026-11-22T09:30:00Z"),
        (Some("string"), "date") => json!("2026-11-24"),
        (Some("string"), "uuid") => json!("01966f3e-6a1e-7c3b-9d52-2f1f5a0c7b10"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => json!(1),
        (Some("number"), _) => json!(0.5),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        (Some("object"), _) => json!({}),
        _ => Value::Null,
    }
}

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferencePage<'a> {
    frame: Frame,
    reference: &'a Reference,
}

/// Returns this description as a page.
#[utoipa::path(
    get,
    path = "/api/v1/reference",
    tag = "Description",
    operation_id = "get_api_reference",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub async fn reference_page(req: HttpRequest, reference: Data<Reference>) -> WebResult {
    page(&ReferencePage {
        frame: Frame::of(&req),
        reference: &reference,
    })
}
