//! Failed attempts to sign in, in memory and per process, and the pauses that follow them.
//!
//! A stranger who guesses must not lock out the owner, so the pause belongs to an account and a
//! source together. Guesses from many sources slow down the account as a whole; a device on which
//! its owner has signed in before is counted by itself and not slowed down by others. Unknown
//! accounts are counted like known ones, so that pauses tell nothing.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::Mutex,
    time::{Duration, Instant},
};

/// Failures from one source without a pause.
const FREE_FROM_SOURCE: u32 = 5;
/// Failures from all sources together without a pause.
const FREE_IN_ALL: u32 = 20;
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);
/// Time after which failures are forgotten.
const REMEMBERED: Duration = Duration::from_secs(3_600);
/// Accounts and sources remembered at most; the rest is forgotten first.
const MOST_KEYS: usize = 100_000;

/// Who tries to sign in.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub enum Origin {
    /// A network address.
    Source(std::net::IpAddr),
    /// A device on which the owner of the account has signed in.
    KnownDevice(String),
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// The pause after the last failure: 1, 2, 4 … seconds beyond those that are `free`.
    fn pause(self, free: u32) -> Duration {
        match self.count.checked_sub(free) {
            None => Duration::ZERO,
            Some(beyond) => Duration::from_secs(1 << beyond.min(6)).min(LONGEST),
        }
    }
}

/// Failed attempts by account and origin.
#[derive(Default)]
pub struct Attempts {
    failures: Mutex<BTreeMap<u64, Failures>>,
    keys: RandomState,
}

impl Attempts {
    /// How long this origin has to wait before it may try this account; `None` if it may now.
    /// `account` is the address as typed.
    pub fn wait(&self, account: &str, origin: &Origin, now: Instant) -> Option<Duration> {
        let account = account.trim().to_lowercase();
        let failures = self.failures.lock().ok()?;
        let left = |key: u64, free: u32| {
            let found = failures.get(&key)?;
            let pause = found.pause(free);
            pause.checked_sub(now.saturating_duration_since(found.last))
        };
        let own = left(self.key((&account, origin)), FREE_FROM_SOURCE);
        let all = match origin {
            Origin::Source(_) => left(self.key(&account), FREE_IN_ALL),
            Origin::KnownDevice(_) => None,
        };
        own.max(all).filter(|left| !left.is_zero())
    }

    /// Counts a failure. Returns the number of failures at this account within an hour.
    pub fn failed(&self, account: &str, origin: &Origin, now: Instant) -> u32 {
        let account = account.trim().to_lowercase();
        let Ok(mut failures) = self.failures.lock() else {
            return 1;
        };
        let is_fresh = |f: &Failures| now.saturating_duration_since(f.last) < REMEMBERED;
        if failures.len() >= MOST_KEYS {
            failures.retain(|_, f| is_fresh(f));
            while failures.len() >= MOST_KEYS {
                failures.pop_first();
            }
        }
        let mut count = |key: u64| {
            let before = failures.get(&key).copied().filter(is_fresh);
            let count = before.map_or(1, |before| before.count.saturating_add(1));
            failures.insert(key, Failures { count, last: now });
            count
        };
        count(self.key((&account, origin)));
        count(self.key(&account))
    }

    /// Forgets the failures of an origin that has signed in.
    pub fn succeeded(&self, account: &str, origin: &Origin) {
        let account = account.trim().to_lowercase();
        if let Ok(mut failures) = self.failures.lock() {
            failures.remove(&self.key((&account, origin)));
        }
    }

    fn key(&self, of: impl Hash) -> u64 {
        self.keys.hash_one(of)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const ACCOUNT: &str = "ann@acme.example";

    fn source(last: u8) -> Origin {
        Origin::Source(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn seconds(wait: Option<Duration>) -> u64 {
        wait.map_or(0, |wait| wait.as_secs())
    }

    #[test]
    fn pauses_of_a_source_double_up_to_a_minute_and_end() {
        let (attempts, start) = (Attempts::default(), Instant::now());
        let mut now = start;
        let mut pauses = Vec::new();
        for _ in 0..13 {
            attempts.failed(ACCOUNT, &source(1), now);
            let pause = attempts.wait(ACCOUNT, &source(1), now);
            pauses.push(seconds(pause));
            now += pause.unwrap_or_default();
        }
        assert_eq!(pauses, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(attempts.wait(ACCOUNT, &source(1), now), None);
        assert_eq!(attempts.failed(ACCOUNT, &source(1), now + REMEMBERED), 1);
    }

    #[test]
    fn a_stranger_pauses_neither_other_sources_nor_other_accounts() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..19 {
            attempts.failed(" Ann@ACME.example", &source(1), now);
        }
        assert!(attempts.wait(ACCOUNT, &source(1), now).is_some());
        assert_eq!(attempts.wait(ACCOUNT, &source(2), now), None);
        assert_eq!(attempts.wait("ben@acme.example", &source(1), now), None);
    }

    #[test]
    fn guesses_from_many_sources_pause_the_account_but_not_its_owners_device() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for number in 0..30 {
            attempts.failed(ACCOUNT, &source(number), now);
        }
        assert_eq!(seconds(attempts.wait(ACCOUNT, &source(99), now)), 60);
        let own = Origin::KnownDevice("laptop".to_owned());
        assert_eq!(attempts.wait(ACCOUNT, &own, now), None);
        for _ in 0..6 {
            attempts.failed(ACCOUNT, &own, now);
        }
        assert!(
            attempts.wait(ACCOUNT, &own, now).is_some(),
            "a thief guesses too"
        );
        attempts.succeeded(ACCOUNT, &own);
        assert_eq!(attempts.wait(ACCOUNT, &own, now), None);
    }
}
