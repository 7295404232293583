//! The structure of the source: modules import only modules listed above them, files do not import
//! in circles, SQL stays in stores, and every table belongs to one store.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The packages of pure computation and of the program, in the order of their layers.
pub const SOURCES: [&str; 2] = ["core/src", "src"];

/// Every Rust file of both packages but `lib.rs`, by its path below `src`, with its text.
pub fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("folder").flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), found);
            } else {
                found.push(entry.path());
            }
        }
    }
    let mut files = BTreeMap::new();
    for src in SOURCES.map(|src| root().join(src)) {
        let mut found = Vec::new();
        walk(&src, &mut found);
        found.retain(|p| p.extension().is_some_and(|e| e == "rs") && !p.ends_with("lib.rs"));
        for path in found {
            let name = path.strip_prefix(&src).expect("inside").display();
            let before = files.insert(
                name.to_string(),
                std::fs::read_to_string(&path).expect("reads"),
            );
            assert_eq!(before, None, "{name} is in both packages");
        }
    }
    files
}

/// Code without comments and without the file's test module.
fn code(text: &str) -> String {
    text.split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Module path of a file: `a/b.rs` and `a/b/mod.rs` are both `[a, b]`.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

/// The paths in a `use` tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree);
        return vec![path.trim_end_matches("::self").trim().to_owned()];
    };
    let (prefix, inner) = (&tree[..open], tree[open + 1..].trim_end_matches('}'));
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(open + 1 + inner.len())];
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (i, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let parts = parts.into_iter().filter(|p| !p.trim().is_empty());
    parts
        .flat_map(expand)
        .map(|part| match part.as_str() {
            "self" => prefix.trim_end_matches("::").to_owned(),
            part => format!("{prefix}{part}"),
        })
        .collect()
}

/// Absolute module paths that a file names, in `use` items and in the code.
fn paths_in(file: &str, text: &str) -> BTreeSet<Vec<String>> {
    let code = code(text);
    let mut paths = Vec::new();
    for item in code.split("use ").skip(1) {
        let tree = item.split(';').next().unwrap_or_default();
        if ["crate::", "super::", "self::"]
            .iter()
            .any(|p| tree.starts_with(p))
        {
            paths.extend(expand(&tree.replace('\n', " ")));
        }
    }
    for prefix in ["crate::", "super::"] {
        for (at, _) in code.match_indices(prefix) {
            let end = code[at..]
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .map_or(code.len(), |n| at + n);
            let before = code[..at].chars().next_back().unwrap_or(' ');
            let is_tree = code[end..].starts_with(['{', '*']);
            if before != ':' && before != '$' && !is_tree {
                paths.push(code[at..end].trim_end_matches(':').to_owned());
            }
        }
    }
    let module = module_of(file);
    // Inside `a/mod.rs` and `a.rs` alike, `super` is the parent of `a`.
    let absolute = |path: String| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (i, part) in path.split("::").map(str::trim).enumerate() {
            match part {
                "crate" => found.clear(),
                "self" if i == 0 => found.clone_from(&module),
                "super" => {
                    if i == 0 {
                        found.clone_from(&module);
                    }
                    found.pop();
                }
                part => found.push(part.to_owned()),
            }
        }
        found
    };
    paths.into_iter().map(absolute).collect()
}

/// The file that a path leads to: the longest prefix that is a module with a file.
fn file_of(path: &[String], files: &BTreeMap<Vec<String>, String>) -> Option<String> {
    (1..=path.len())
        .rev()
        .find_map(|n| files.get(&path[..n]).cloned())
}

/// Which file imports which, without a file's own name.
pub fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let files: BTreeMap<Vec<String>, String> = sources
        .keys()
        .map(|file| (module_of(file), file.clone()))
        .collect();
    sources
        .iter()
        .map(|(file, text)| {
            let paths = paths_in(file, text);
            let used = paths.iter().filter_map(|path| file_of(path, &files));
            (file.clone(), used.filter(|used| used != file).collect())
        })
        .collect()
}

/// Top-level modules in the order in which the two `lib.rs` list them.
pub fn order() -> Vec<String> {
    SOURCES
        .map(|src| std::fs::read_to_string(root().join(src).join("lib.rs")).expect("lib.rs"))
        .iter()
        .flat_map(|lib| lib.lines())
        .filter_map(|l| Some(l.strip_prefix("pub mod ")?.split(';').next()?.to_owned()))
        .collect()
}

pub fn top(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn modules_import_only_modules_listed_above_them() {
    let order = order();
    let rank = |file: &str| order.iter().position(|m| m == top(file));
    assert!(order.len() >= 20, "{order:?}");
    for (file, used) in imports() {
        for used in used.iter().filter(|used| top(used) != top(&file)) {
            if let (Some(own), Some(theirs)) = (rank(&file), rank(used)) {
                assert!(
                    theirs < own,
                    "{file} imports {used}, which lib.rs lists below it"
                );
            }
        }
    }
}

#[test]
fn no_file_imports_the_mod_file_of_its_folder() {
    for (file, used) in imports() {
        let mut folder = std::path::Path::new(&file).parent();
        while let Some(path) = folder.filter(|p| !p.as_os_str().is_empty()) {
            let own = path.join("mod.rs").to_string_lossy().into_owned();
            assert!(
                file == own || !used.contains(&own),
                "{file} imports {own}, which lists it"
            );
            folder = path.parent();
        }
    }
}

/// Files whose imports have all been removed are removed, until only cycles are left.
#[test]
fn files_import_each_other_in_one_direction() {
    let mut left = imports();
    loop {
        let files: BTreeSet<String> = left.keys().cloned().collect();
        for used in left.values_mut() {
            used.retain(|u| files.contains(u));
        }
        let before = left.len();
        left.retain(|_, used| !used.is_empty());
        if left.len() == before {
            break;
        }
    }
    assert!(
        left.is_empty(),
        "these files import each other, or files that do: {left:#?}"
    );
}

fn is_store(file: &str) -> bool {
    file.ends_with("/store.rs") || file.contains("/store/")
}

#[test]
fn sql_stays_in_stores() {
    let allowed = ["queue", "audit", "types"];
    for (file, text) in sources() {
        let may = is_store(&file) || file.starts_with("db/") || allowed.contains(&top(&file));
        assert!(may || !text.contains("diesel"), "{file} contains SQL");
    }
}

#[test]
fn a_table_belongs_to_one_store_and_stores_are_private() {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources() {
        let shown = text.contains("pub mod store;");
        assert!(!shown, "{file} shows its store to others");
        for path in paths_in(&file, &text) {
            if let [db, schema, table, ..] = path.as_slice()
                && (db, schema) == (&"db".to_owned(), &"schema".to_owned())
            {
                let owner = top(&file).to_owned();
                owners.entry(table.clone()).or_default().insert(owner);
            }
        }
    }
    assert!(owners.len() > 30, "{owners:?}");
    for (table, owners) in owners {
        assert_eq!(owners.len(), 1, "{table} is read or written by {owners:?}");
    }
}

#[test]
fn nothing_unwraps_outside_tests() {
    for (path, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains(".unwrap()"), "{path}");
    }
}
