//! Values against the schemas of the description: the part of JSON Schema that the description
//! uses. An unknown keyword is an error, so that nothing is accepted unchecked.

use serde_json::Value;

/// Keywords that constrain nothing here.
const ANNOTATIONS: [&str; 9] = [
    "$ref",
    "default",
    "description",
    "example",
    "examples",
    "format",
    "title",
    "minLength",
    "maxLength",
];
/// Keywords that are checked.
const CHECKED: [&str; 16] = [
    "type",
    "enum",
    "const",
    "required",
    "properties",
    "propertyNames",
    "additionalProperties",
    "items",
    "prefixItems",
    "oneOf",
    "anyOf",
    "allOf",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
];

/// What is wrong with a value; each line starts with the place of the fault.
pub fn errors(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { document }.value(schema, value, "$", &mut found);
    found
}

struct Check<'a> {
    document: &'a Value,
}

impl Check<'_> {
    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.value(schema, value, "$", &mut found);
        found.is_empty()
    }

    fn value(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let Some(keywords) = schema.as_object() else {
            return; // `true` or an empty schema accepts everything.
        };
        for keyword in keywords.keys().map(String::as_str) {
            if !CHECKED.contains(&keyword) && !ANNOTATIONS.contains(&keyword) {
                found.push(format!("{at}: the keyword {keyword} is not known"));
            }
        }
        if let Some(name) = schema["$ref"].as_str() {
            let schema = self.document.pointer(name.trim_start_matches('#'));
            return match schema {
                Some(schema) => self.value(schema, value, at, found),
                None => found.push(format!("{at}: no schema {name}")),
            };
        }
        self.alternatives(schema, value, at, found);
        if !types(schema).is_empty() && !types(schema).iter().any(|t| is_of(value, t)) {
            found.push(format!("{at}: {value} is not {:?}", types(schema)));
        }
        let allowed = schema["enum"].as_array();
        if allowed.is_some_and(|allowed| !allowed.contains(value)) {
            found.push(format!("{at}: {value} is not one of {:?}", schema["enum"]));
        }
        if keywords.get("const").is_some_and(|only| only != value) {
            found.push(format!("{at}: {value} is not {}", schema["const"]));
        }
        let number = value.as_f64();
        let below = number
            .zip(schema["minimum"].as_f64())
            .is_some_and(|(n, low)| n < low);
        let above = number
            .zip(schema["maximum"].as_f64())
            .is_some_and(|(n, high)| n > high);
        if below || above {
            found.push(format!("{at}: {value} is out of range"));
        }
        self.object(schema, value, at, found);
        self.list(schema, value, at, found);
    }

    fn alternatives(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let parts = |key: &str| schema[key].as_array().cloned();
        let count = |parts: &[Value]| parts.iter().filter(|p| self.fits(p, value)).count();
        if parts("oneOf").is_some_and(|parts| count(&parts) != 1) {
            found.push(format!(
                "{at}: {value} fits not exactly one of {}",
                schema["oneOf"]
            ));
        }
        if parts("anyOf").is_some_and(|parts| count(&parts) == 0) {
            found.push(format!("{at}: {value} fits none of {}", schema["anyOf"]));
        }
        for part in parts("allOf").into_iter().flatten() {
            self.value(&part, value, at, found);
        }
    }

    fn object(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let Some(object) = value.as_object() else {
            return;
        };
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap_or_default()) {
                found.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, value) in object {
            let at = format!("{at}.{name}");
            let as_value = Value::String(name.clone());
            self.value(&schema["propertyNames"], &as_value, &at, found);
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (Value::Null, Value::Bool(false)) => found.push(format!("{at} is not known")),
                (Value::Null, rest) => self.value(rest, value, &at, found),
                (own, _) => self.value(own, value, &at, found),
            }
        }
    }

    fn list(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let Some(list) = value.as_array() else {
            return;
        };
        let count = list.len() as u64;
        let few = schema["minItems"]
            .as_u64()
            .is_some_and(|least| count < least);
        let many = schema["maxItems"].as_u64().is_some_and(|most| count > most);
        if few || many {
            found.push(format!("{at}: {count} items"));
        }
        for (i, value) in list.iter().enumerate() {
            let at = format!("{at}[{i}]");
            match &schema["prefixItems"][i] {
                Value::Null if schema["items"] == false => found.push(format!("{at} is too much")),
                Value::Null => self.value(&schema["items"], value, &at, found),
                own => self.value(own, value, &at, found),
            }
        }
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

#[test]
fn values_that_do_not_fit_are_found() {
    use serde_json::json;
    let document = json!({ "components": { "schemas": { "Day": { "type": "string" } } } });
    let schema = json!({
        "type": "object",
        "required": ["n"],
        "properties": {
            "n": { "type": ["integer", "null"], "minimum": 0 },
            "day": { "$ref": "#/components/schemas/Day" },
            "pair": { "type": "array", "prefixItems": [{ "type": "number" }], "items": false }
        },
        "additionalProperties": false
    });
    for good in [
        json!({ "n": 1 }),
        json!({ "n": null, "day": "x", "pair": [0.5] }),
    ] {
        assert_eq!(errors(&document, &schema, &good), Vec::<String>::new());
    }
    for bad in [
        json!([]),
        json!({}),
        json!({ "n": 0.5 }),
        json!({ "n": -1 }),
        json!({ "n": 1, "day": 2 }),
        json!({ "n": 1, "pair": ["x"] }),
        json!({ "n": 1, "pair": [1, 2] }),
        json!({ "n": 1, "more": 1 }),
    ] {
        assert_eq!(errors(&document, &schema, &bad).len(), 1, "{bad}");
    }
    assert!(!errors(&document, &json!({ "pattern": "x" }), &json!("y")).is_empty());
}
