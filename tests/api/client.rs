//! A client made from the OpenAPI document alone: it calls operations by their id, puts values
//! where the document says, and checks every request and reply against the document's schemas.

use serde_json::{Map, Value, json};

use super::schema;
use crate::support::{Client, Reply};

/// A client of the API that a document describes.
pub struct ApiClient {
    document: Value,
    http: Client,
}

/// An operation of the document.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    content: &'a Value,
}

impl ApiClient {
    /// Reads the document from its usual address.
    pub fn new(http: Client) -> Self {
        let document = http.get("/api/v1/openapi.json").json();
        Self { document, http }
    }

    /// Further operations that need it carry this token.
    pub fn authorize(&mut self, token: &Value) {
        self.http.bearer = token.as_str().map(str::to_owned);
    }

    fn operation(&self, id: &str) -> Operation<'_> {
        let paths = self.document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let item = item.as_object().expect("a path item").iter();
            item.map(move |(method, content)| Operation {
                method,
                path,
                content,
            })
        });
        let mut found = operations.filter(|o| o.content["operationId"] == id);
        found.next().unwrap_or_else(|| panic!("no operation {id}"))
    }

    /// Errors of a value against a schema of the document.
    fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        schema::errors(&self.document, schema, value)
    }

    /// Calls an operation. `parameters` is an object with a value for each parameter by name.
    pub fn call(&self, id: &str, parameters: &Value, body: Option<&Value>) -> Value {
        let reply = self.send(id, parameters, body);
        assert!(reply.status < 300, "{id}: {}", reply.text());
        if reply.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&reply.body).unwrap_or(Value::String(reply.text()))
    }

    /// Calls an operation and checks its reply, which may be an error, against the document.
    pub fn send(&self, id: &str, parameters: &Value, body: Option<&Value>) -> Reply {
        let operation = self.operation(id);
        let (path, headers) = place(&operation, parameters);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let (media_type, bytes) = self.body(&operation, body);
        let mut http = self.http.clone();
        if operation.content["security"].is_null() {
            http.bearer = None;
        }
        let method = operation.method.to_uppercase();
        let bytes = body.map(|_| bytes.as_slice());
        let reply = http.send(&method, &path, &media_type, bytes, &headers);
        self.check(id, operation.content, &reply);
        reply
    }

    /// The media type and bytes of a request body.
    fn body(&self, operation: &Operation<'_>, body: Option<&Value>) -> (String, Vec<u8>) {
        let content = operation.content["requestBody"]["content"].as_object();
        let Some(value) = body else {
            let required = &operation.content["requestBody"]["required"];
            assert_ne!(*required, true, "{} needs a body", operation.path);
            return (String::new(), Vec::new());
        };
        let (media_type, described) = content.and_then(|c| c.iter().next()).expect("a body");
        let errors = self.errors(&described["schema"], value);
        assert!(errors.is_empty(), "{}: {errors:?}", operation.path);
        if media_type == "multipart/form-data" {
            let fields = value.as_object().expect("fields");
            return ("multipart/form-data; boundary=x".to_owned(), parts(fields));
        }
        (media_type.clone(), value.to_string().into_bytes())
    }

    /// Checks that the document has the reply's status and media type, and its body by schema.
    fn check(&self, id: &str, operation: &Value, reply: &Reply) {
        let described = &operation["responses"][reply.status.to_string()];
        assert!(
            described.is_object(),
            "{id}: {} {}",
            reply.status,
            reply.text()
        );
        if reply.body.is_empty() {
            return;
        }
        let media_type = reply.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default();
        let content = &described["content"][media_type];
        assert!(content.is_object(), "{id}: {media_type} is not described");
        if media_type.ends_with("json") && content["schema"].is_object() {
            let errors = self.errors(&content["schema"], &reply.json());
            assert!(errors.is_empty(), "{id}: {errors:?} in {}", reply.text());
        }
    }
}

/// Puts parameters in the path, the query and the headers; returns the path and the headers.
fn place<'a>(operation: &Operation<'a>, given: &Value) -> (String, Vec<(&'a str, String)>) {
    let (mut path, mut query, mut headers) = (operation.path.to_owned(), Vec::new(), Vec::new());
    let mut given: Map<String, Value> = given.as_object().cloned().unwrap_or_default();
    let parameters = operation.content["parameters"].as_array();
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().expect("a name");
        let Some(value) = given.remove(name) else {
            assert_ne!(parameter["required"], true, "{}: {name}", operation.path);
            continue;
        };
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        match parameter["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), &text),
            Some("query") => query.push(format!("{name}={text}")),
            _ => headers.push((name, text)),
        }
    }
    assert!(
        given.is_empty(),
        "{}: no such parameters: {given:?}",
        operation.path
    );
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    (path, headers)
}

/// Fields as the parts of a multipart body, the file last.
fn parts(fields: &Map<String, Value>) -> Vec<u8> {
    let mut body = String::new();
    let (files, texts): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| *name == "file");
    for (name, value) in texts.into_iter().chain(files) {
        let file = if name == "file" {
            "; filename=\"data.csv\""
        } else {
            ""
        };
        let value = value.as_str().map_or(value.to_string(), str::to_owned);
        body += &format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
        );
    }
    (body + "--x--\r\n").into_bytes()
}

/// No parameters.
pub fn none() -> Value {
    json!({})
}
