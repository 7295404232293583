//! Locale files against the code: ids that are missing or unused, arguments that do not fit, and
//! sentences without a plural form.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::LazyLock,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use rapport::locale::ENGLISH;
use regex::Regex;

/// What a message refers to.
#[derive(Default)]
struct Uses {
    variables: BTreeSet<String>,
    /// Variables that select a form, with the keys of the forms.
    selectors: BTreeMap<String, BTreeSet<String>>,
    messages: BTreeSet<String>,
}

impl Uses {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                if let InlineExpression::VariableReference { id } = selector {
                    let keys = self.selectors.entry(id.name.to_owned()).or_default();
                    for variant in variants {
                        use fluent_syntax::ast::VariantKey::{Identifier, NumberLiteral};
                        let (Identifier { name } | NumberLiteral { value: name }) = &variant.key;
                        keys.insert((*name).to_owned());
                    }
                }
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.messages.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            _ => {}
        }
    }
}

/// Every English message.
static MESSAGES: LazyLock<BTreeMap<String, Uses>> = LazyLock::new(|| {
    let mut messages = BTreeMap::new();
    for (file, text) in ENGLISH {
        let resource = parser::parse(text).unwrap_or_else(|(_, e)| panic!("{file}.ftl: {e:?}"));
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let mut uses = Uses::default();
                uses.pattern(message.value.as_ref().expect("a value"));
                let id = message.id.name.to_owned();
                assert!(
                    messages.insert(id.clone(), uses).is_none(),
                    "{file}.ftl: {id} is there twice"
                );
            }
        }
    }
    messages
});

/// Sources and templates, by path.
fn code() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                let text = std::fs::read_to_string(&path).expect("text");
                let text = text
                    .split("#[cfg(test)]\nmod tests")
                    .next()
                    .unwrap_or_default();
                let lines = text.lines().filter(|l| !l.trim_start().starts_with("//"));
                let code = lines.collect::<Vec<_>>().join("\n");
                found.push((path.display().to_string(), code));
            }
        }
    }
    let mut found = Vec::new();
    for src in crate::layers::SOURCES {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(src), &mut found);
    }
    found
}

#[test]
fn every_id_in_the_code_has_a_text() {
    let call = Regex::new(
        r#"(?:msg!\(|\.t1\(|\.t2\(|Message::new\()\s*"([^"]+)"|\.t(?:ext)?\("([^"]+)"\)"#,
    )
    .expect("pattern");
    for (path, text) in code() {
        for found in call.captures_iter(&text) {
            let id = found.get(1).or(found.get(2)).expect("a group").as_str();
            assert!(
                MESSAGES.contains_key(id),
                "{path}: no text with the id {id}"
            );
        }
    }
}

#[test]
fn every_text_is_used() {
    let literal = Regex::new(r#""([a-z][a-z0-9-]*)""#).expect("pattern");
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (_, text) in code() {
        used.extend(
            literal
                .captures_iter(&text)
                .map(|found| found[1].to_owned()),
        );
    }
    for uses in MESSAGES.values() {
        used.extend(uses.messages.iter().cloned());
    }
    let unused: Vec<&String> = MESSAGES.keys().filter(|id| !used.contains(*id)).collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

/// What is inside an open parenthesis.
fn up_to_closing_parenthesis(text: &str) -> &str {
    let mut open = 1;
    let end = text.find(|c| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open == 0
    });
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn arguments_in_the_code_are_those_of_the_text() {
    let call = Regex::new(r#"msg!\(\s*"([^"]+)""#).expect("pattern");
    let argument = Regex::new(r",\s*([a-z_]+) = ").expect("pattern");
    let one = Regex::new(r#"\.t1\(\s*"([^"]+)",\s*"([a-z_]+)""#).expect("pattern");
    let two =
        Regex::new(r#"\.t2\(\s*"([^"]+)",\s*"([a-z_]+)",.*?,\s*"([a-z_]+)","#).expect("pattern");
    let check = |path: &str, id: &str, given: BTreeSet<String>| {
        let Some(uses) = MESSAGES.get(id) else { return };
        assert_eq!(uses.variables, given, "{path}: arguments of {id}");
    };
    for (path, text) in code() {
        for found in call.captures_iter(&text) {
            let rest = &text[found.get(0).expect("a match").end()..];
            let list = up_to_closing_parenthesis(rest);
            let given = argument.captures_iter(list).map(|a| a[1].to_owned());
            check(&path, &found[1], given.collect());
        }
        for found in one.captures_iter(&text) {
            check(&path, &found[1], [found[2].to_owned()].into());
        }
        for found in two.captures_iter(&text) {
            let given = [found[2].to_owned(), found[3].to_owned()];
            check(&path, &found[1], given.into());
        }
    }
}

#[test]
fn a_count_selects_a_singular_and_a_plural() {
    for (id, uses) in MESSAGES.iter() {
        if uses.variables.contains("count") {
            let forms = uses.selectors.get("count");
            let has = |form: &str| forms.is_some_and(|forms| forms.contains(form));
            assert!(
                has("one") && has("other"),
                "{id}: $count needs one and other"
            );
        }
    }
}
