//! The documentation against the program: commands, settings, error codes, the diagram, and links.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use rapport::web::error::Code;

use crate::layers::{imports, order, top};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

#[test]
fn the_readme_fits_its_page_and_has_the_two_commands() {
    let readme = read("README.md");
    assert!(readme.lines().count() <= 120);
    let first_screen: Vec<&str> = readme.lines().take(50).collect();
    for command in ["cargo run -- demo", "cargo test"] {
        assert!(first_screen.contains(&command), "{command}");
    }
}

#[test]
fn every_error_code_is_documented_and_produced() {
    let api = read("docs/api.md");
    let sources: String = crate::layers::sources().into_values().collect();
    for code in Code::ALL {
        let row = format!("| `{}` | {} |", code.as_str(), code.status().as_u16());
        assert!(api.contains(&row), "docs/api.md lacks {row}");
        let uses = sources.matches(&format!("Code::{code:?}")).count();
        assert!(uses >= 1, "{code:?} is never produced");
    }
}

#[test]
fn every_setting_is_documented() {
    let operations = read("docs/operations.md");
    for line in read("src/config.rs").lines() {
        let Some(setting) = line.trim_start().strip_prefix("/// `") else {
            continue;
        };
        let name = setting.split('`').next().unwrap_or_default();
        if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
            let row = format!("| `{name}` |");
            assert!(operations.contains(&row), "docs/operations.md lacks {name}");
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let docs = std::fs::read_dir(root().join("docs")).expect("docs");
    let mut files: Vec<PathBuf> = docs.flatten().map(|e| e.path()).collect();
    files.push(root().join("README.md"));
    for file in files
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "md"))
    {
        let text = std::fs::read_to_string(file).expect("text");
        let folder = file.parent().unwrap_or(Path::new("."));
        for link in text.split("](").skip(1).filter_map(|l| l.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                let found = folder.join(target).exists();
                assert!(found, "{}: {link} leads nowhere", file.display());
            }
        }
    }
}

/// Lines over 100 columns, with their numbers. Tables and code have lines of their own length.
fn long_lines(text: &str, prose_of: impl Fn(&str) -> Option<String>) -> Vec<usize> {
    let mut is_code = false;
    let mut long = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some(prose) = prose_of(line) else {
            is_code = false;
            continue;
        };
        if prose.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        let is_free = is_code || prose.trim_start().starts_with('|');
        if !is_free && line.chars().count() > 100 {
            long.push(number);
        }
    }
    long
}

#[test]
fn comments_and_prose_keep_within_100_columns() {
    for (file, source) in crate::layers::sources() {
        let comment = |line: &str| {
            let text = line.trim_start().strip_prefix("//")?;
            Some(text.trim_start_matches(['/', '!']).to_owned())
        };
        let long = long_lines(&source, comment);
        assert!(long.is_empty(), "{file}: {long:?}");
    }
    let docs = std::fs::read_dir(root().join("docs")).expect("docs");
    let mut files: Vec<PathBuf> = docs.flatten().map(|e| e.path()).collect();
    files.extend(["README.md", "CHANGELOG.md"].map(|name| root().join(name)));
    for file in files
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "md"))
    {
        let text = std::fs::read_to_string(file).expect("text");
        let long = long_lines(&text, |line| Some(line.to_owned()));
        assert!(long.is_empty(), "{}: {long:?}", file.display());
    }
}

/// Each test that `docs/security.md` names is there, in the file of its module.
#[test]
fn the_tests_of_the_security_document_exist() {
    let security = read("docs/security.md");
    let named: BTreeSet<&str> = security
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains("::") && *name != "module::name")
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        let (module, test) = name.rsplit_once("::").expect("a module");
        let path = module.replace("::", "/");
        let files = [".rs", "/mod.rs"].map(|end| root().join(format!("tests/suite/{path}{end}")));
        let text = files.iter().find_map(|f| std::fs::read_to_string(f).ok());
        let text = text.unwrap_or_else(|| panic!("{name}: no such module"));
        assert!(
            text.contains(&format!("#[test]\nfn {test}()")),
            "{name}: no such test"
        );
    }
}

/// The modules as a Mermaid graph: an arrow to each module that is imported directly and not
/// through another one.
fn diagram() -> String {
    let order = order();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, used) in imports() {
        let targets = used.iter().map(|u| top(u).to_owned());
        let targets = targets.filter(|t| *t != top(&file) && order.contains(t));
        uses.entry(top(&file).to_owned())
            .or_default()
            .extend(targets);
    }
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for module in &order {
        let mut all = BTreeSet::new();
        for used in uses.get(module).into_iter().flatten() {
            all.insert(used.as_str());
            all.extend(reach.get(used.as_str()).into_iter().flatten());
        }
        reach.insert(module, all);
    }
    let mut text = String::from("```mermaid\ngraph BT\n");
    for module in &order {
        let direct = uses.get(module).cloned().unwrap_or_default();
        let through = |target: &String| {
            let mut others = direct.iter().filter(|other| *other != target);
            others.any(|other| reach[other.as_str()].contains(target.as_str()))
        };
        text.push_str(&format!("  {module}\n"));
        for target in direct.iter().filter(|target| !through(target)) {
            text.push_str(&format!("  {module} --> {target}\n"));
        }
    }
    text.push_str("```\n");
    text
}

#[test]
fn the_diagram_is_that_of_the_source() {
    let (path, diagram) = (root().join("docs/architecture.md"), diagram());
    let text = read("docs/architecture.md");
    let start = text.find("```mermaid").expect("a diagram");
    let end = start + text[start..].find("\n```\n").expect("its end") + 5;
    if std::env::var_os("RAPPORT_UPDATE_DOCS").is_some() {
        let updated = format!("{}{diagram}{}", &text[..start], &text[end..]);
        std::fs::write(path, updated).expect("writes");
        return;
    }
    assert_eq!(
        &text[start..end],
        diagram,
        "run the tests with RAPPORT_UPDATE_DOCS=1 to update docs/architecture.md"
    );
}
