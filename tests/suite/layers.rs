//! The shape of the house: modules import only what stands above them, SQL stays in stores, errors are documented.

use std::path::{Path, PathBuf};

use rapport::web::error::Code;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("folder").flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), found)
            } else {
                found.push(entry.path())
            }
        }
    }
    let (src, mut found) = (root().join("src"), Vec::new());
    walk(&src, &mut found);
    found.retain(|p| p.extension().is_some_and(|e| e == "rs"));
    found.sort();
    let name = |p: &PathBuf| p.strip_prefix(&src).expect("inside").display().to_string();
    found
        .iter()
        .map(|p| (name(p), std::fs::read_to_string(p).expect("reads")))
        .collect()
}

/// Modules in the order `lib.rs` lists them.
fn order() -> Vec<String> {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    lib.lines()
        .filter_map(|l| {
            l.strip_prefix("pub mod ")?
                .split(';')
                .next()
                .map(str::to_owned)
        })
        .collect()
}

#[test]
fn a_module_imports_only_what_stands_above_it() {
    let order = order();
    let rank = |module: &str| order.iter().position(|m| m == module);
    assert!(order.len() >= 18, "{order:?}");
    for (path, text) in sources() {
        let module = path.split(['/', '.']).next().expect("a module");
        let Some(own) = rank(module) else { continue };
        let code: String = text
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        // `use crate::{a, b::c}` and `crate::a::b` alike.
        for part in code.split("crate::").skip(1) {
            let names: Vec<&str> = match part.strip_prefix('{') {
                None => part
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .take(1)
                    .collect(),
                Some(list) => {
                    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
                    for (i, c) in list.char_indices() {
                        match c {
                            '{' => depth += 1,
                            '}' if depth == 0 => {
                                names.push(&list[start..i]);
                                break;
                            }
                            '}' => depth -= 1,
                            ',' if depth == 0 => {
                                names.push(&list[start..i]);
                                start = i + 1
                            }
                            _ => {}
                        }
                    }
                    names
                        .iter()
                        .map(|n| {
                            n.trim()
                                .split(|c: char| !c.is_alphanumeric() && c != '_')
                                .next()
                                .unwrap_or_default()
                        })
                        .collect()
                }
            };
            for used in names {
                if let Some(used_rank) = rank(used) {
                    assert!(
                        used_rank <= own,
                        "{path} must not import {used}, which stands below it in lib.rs"
                    );
                }
            }
        }
    }
}

#[test]
fn sql_stays_in_stores() {
    let allowed = |path: &str| {
        path.starts_with("db/")
            || path.ends_with("/store.rs")
            || ["queue.rs", "audit.rs", "types.rs"].contains(&path)
    };
    for (path, text) in sources().into_iter().filter(|(p, _)| !allowed(p)) {
        assert!(
            !text.contains("diesel"),
            "{path} speaks SQL; that belongs into a store"
        );
    }
}

#[test]
fn nothing_unwraps_outside_tests() {
    for (path, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains(".unwrap()"), "{path}");
    }
}

#[test]
fn error_codes_and_settings_are_in_the_readme() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README");
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    for code in Code::ALL {
        assert!(
            readme.contains(&format!("`{}`", code.as_str())),
            "{} is not in the README's list",
            code.as_str()
        );
        assert!(
            all.matches(&format!("Code::{code:?}")).count() >= 1,
            "{code:?} is never produced"
        );
    }
    let config = std::fs::read_to_string(root().join("src/config.rs")).expect("config");
    for line in config
        .lines()
        .filter(|l| l.trim_start().starts_with("/// `"))
    {
        let variable = line.split('`').nth(1).expect("a name");
        assert!(
            readme.contains(&format!("`{variable}`")),
            "{variable} is not in the README's list"
        );
    }
}
