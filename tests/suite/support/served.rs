//! The real program, serving in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{client::Client, database::TestDatabase};

/// `rapport serve` on a free port; killed when dropped.
pub struct Served {
    pub base: String,
    /// Its log up to the line that says where it serves.
    pub log: String,
    child: Child,
}

impl Served {
    pub fn start(database: &TestDatabase) -> Self {
        Self::start_with(database, &[])
    }

    /// With further environment variables.
    pub fn start_with(database: &TestDatabase, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rapport"))
            .arg("serve")
            .env("DATABASE_URL", &database.url)
            .env("RAPPORT_DATA_DIR", database.folder.path())
            .env("RAPPORT_LISTEN", "127.0.0.1:0")
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut log = String::new();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .inspect(|line| log += &format!("{line}\n"))
            .find_map(|line| {
                serde_json::from_str::<serde_json::Value>(&line).ok()?["address"]
                    .as_str()
                    .map(str::to_owned)
            })
            .expect("says where it serves");
        // Keep reading, so that the server never blocks on its log.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            base: format!("http://{address}"),
            log,
            child,
        }
    }

    pub fn anonymous(&self) -> Client {
        Client {
            base: self.base.clone(),
            bearer: None,
            cookie: None,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM; the process must end by itself within `patience`.
    pub fn terminate(&mut self, patience: Duration) {
        let status = Command::new("kill").arg(self.id().to_string()).status();
        assert!(status.expect("kill").success());
        let until = Instant::now() + patience;
        while self.child.try_wait().expect("waits").is_none() {
            assert!(Instant::now() < until, "still running after {patience:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill -9");
        self.child.wait().expect("gone");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
