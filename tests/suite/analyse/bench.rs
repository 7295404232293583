//! A folder of input files, and commands that run in it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::measurement::{LSAT7, Uniform};

/// A folder of input files.
pub struct Bench(tempfile::TempDir);

/// What a command left.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), content).expect("writes");
        self
    }

    /// `rapport analyse ...` in the folder.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with(&line.split(' ').collect::<Vec<_>>())
    }

    /// `rapport analyse ...` in the folder, with arguments that contain spaces.
    pub fn run_with<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_rapport"))
            .arg("analyse")
            .args(arguments)
            .current_dir(self.folder())
            .output()
            .expect("starts");
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

pub fn close(what: &str, ours: &Value, theirs: f64, tolerance: f64) {
    let ours = ours.as_f64().unwrap_or_else(|| panic!("{what}: {ours}"));
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0),
        "{what}: {ours} against {theirs}"
    );
}

pub fn has_keys(object: &Value, keys: &[&str]) {
    for key in keys {
        assert!(object.get(key).is_some(), "no {key} in {object}");
    }
}

/// LSAT section 7, one row a person.
pub fn lsat7() -> String {
    let mut csv = String::from("q1,q2,q3,q4,q5,group\n");
    for (pattern, n) in LSAT7.iter().enumerate() {
        for person in 0..*n {
            let answers: Vec<String> = (0..5)
                .map(|item| (pattern >> (4 - item) & 1).to_string())
                .collect();
            let group = if person % 2 == 0 {
                "reference"
            } else {
                "focal"
            };
            csv.push_str(&format!("{},{group}\n", answers.join(",")));
        }
    }
    csv
}

/// 240 persons, six items of five categories, the last one worded the other way.
pub fn survey() -> String {
    let mut uniform = Uniform(7);
    let mut csv = String::from("who,a,b,c,d,e,f,seconds\n");
    for person in 0..240 {
        let trait_ = uniform.normal();
        let mut answers: Vec<i64> = (0..6)
            .map(|_| {
                ((trait_ + uniform.normal()) * 0.8 + 3.0)
                    .round()
                    .clamp(1.0, 5.0) as i64
            })
            .collect();
        answers[5] = 6 - answers[5];
        let cells: Vec<String> = answers.iter().map(ToString::to_string).collect();
        csv.push_str(&format!(
            "p{person},{},{}\n",
            cells.join(","),
            20 + person % 60
        ));
    }
    csv
}

pub const KEY: &str = "min = 1\nmax = 5\nreverse = [\"f\"]\n\n[scales]\nservice = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\n";
