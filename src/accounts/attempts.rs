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

/// Failures from one source at which pauses begin. Of one source's failures, only these count for
/// the account: one stranger alone must not pause it.
const FROM_SOURCE: u32 = 5;
/// Failures from all sources together at which pauses of the account begin.
const IN_ALL: u32 = 20;
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);
/// Time after which failures are forgotten.
const REMEMBERED: Duration = Duration::from_secs(3_600);
/// Accounts and sources remembered at most; the oldest are forgotten first.
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
    first: Instant,
    last: Instant,
}

impl Failures {
    /// The pause after the last failure: 1, 2, 4 … seconds from the failure number `from` on.
    fn pause(self, from: u32) -> Duration {
        match self.count.checked_sub(from) {
            None => Duration::ZERO,
            Some(beyond) => Duration::from_secs(1 << beyond.min(6)).min(LONGEST),
        }
    }
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    Accepted,
    /// Number of failures at this account, or of this origin if they are more, within an hour.
    Failed(u32),
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
        self.pause(&*self.failures.lock().ok()?, &account, origin, now)
    }

    /// Settles an attempt whose password was checked. Of attempts at the same time, those that are
    /// settled during a pause tell nothing, whether the password was right or not.
    ///
    /// # Errors
    /// The time to wait, if a pause has begun meanwhile.
    pub fn settle(
        &self,
        account: &str,
        origin: &Origin,
        accepted: bool,
        now: Instant,
    ) -> Result<Settled, Duration> {
        let account = account.trim().to_lowercase();
        let Ok(mut failures) = self.failures.lock() else {
            return Ok(if accepted {
                Settled::Accepted
            } else {
                Settled::Failed(1)
            });
        };
        if let Some(wait) = self.pause(&failures, &account, origin, now) {
            return Err(wait);
        }
        let own = self.key((&account, origin));
        if accepted {
            failures.remove(&own);
            return Ok(Settled::Accepted);
        }
        forget_oldest(&mut failures, now);
        let from_origin = count(&mut failures, own, now);
        let all = self.key(&account);
        let in_all = if from_origin <= FROM_SOURCE {
            count(&mut failures, all, now)
        } else {
            failures.get(&all).map_or(1, |all| all.count)
        };
        Ok(Settled::Failed(in_all.max(from_origin)))
    }

    fn pause(
        &self,
        failures: &BTreeMap<u64, Failures>,
        account: &str,
        origin: &Origin,
        now: Instant,
    ) -> Option<Duration> {
        let left = |key: u64, from: u32| {
            let found = failures.get(&key)?;
            let passed = now.saturating_duration_since(found.last);
            found.pause(from).checked_sub(passed)
        };
        let own = left(self.key((account, origin)), FROM_SOURCE);
        let all = match origin {
            Origin::Source(_) => left(self.key(account), IN_ALL),
            Origin::KnownDevice(_) => None,
        };
        own.max(all).filter(|left| !left.is_zero())
    }

    fn key(&self, of: impl Hash) -> u64 {
        self.keys.hash_one(of)
    }
}

/// Counts a failure under a key. Failures count for an hour from the first.
fn count(failures: &mut BTreeMap<u64, Failures>, key: u64, now: Instant) -> u32 {
    let is_fresh = |f: &Failures| now.saturating_duration_since(f.first) < REMEMBERED;
    let before = failures.get(&key).copied().filter(is_fresh);
    let found = Failures {
        count: before.map_or(1, |before| before.count.saturating_add(1)),
        first: before.map_or(now, |before| before.first),
        last: now,
    };
    failures.insert(key, found);
    found.count
}

/// Makes room where the memory is full.
fn forget_oldest(failures: &mut BTreeMap<u64, Failures>, now: Instant) {
    if failures.len() < MOST_KEYS {
        return;
    }
    let mut times: Vec<Instant> = failures.values().map(|f| f.last).collect();
    times.sort_unstable();
    let tenth = times.get(times.len() / 10).copied().unwrap_or(now);
    failures.retain(|_, f| f.last > tenth);
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

    fn fail(attempts: &Attempts, account: &str, origin: &Origin, now: Instant) {
        let settled = attempts.settle(account, origin, false, now);
        assert!(matches!(settled, Ok(Settled::Failed(_))), "{settled:?}");
    }

    #[test]
    fn pauses_of_a_source_double_up_to_a_minute_and_end() {
        let (attempts, start) = (Attempts::default(), Instant::now());
        let mut now = start;
        let mut pauses = Vec::new();
        for _ in 0..13 {
            fail(&attempts, ACCOUNT, &source(1), now);
            let pause = attempts.wait(ACCOUNT, &source(1), now);
            pauses.push(seconds(pause));
            now += pause.unwrap_or_default();
        }
        assert_eq!(pauses, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(attempts.wait(ACCOUNT, &source(1), now), None);
        let later = attempts.settle(ACCOUNT, &source(1), false, start + REMEMBERED);
        assert_eq!(later, Ok(Settled::Failed(1)));
    }

    #[test]
    fn guesses_at_the_same_time_tell_no_more_than_five() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let told = (0..30).filter(|guess| {
            let right = *guess == 29;
            attempts.settle(ACCOUNT, &source(1), right, now).is_ok()
        });
        assert_eq!(told.count(), 5);
        let many = Attempts::default();
        let right = (0..30).filter(|_| many.settle(ACCOUNT, &source(1), true, now).is_ok());
        assert_eq!(right.count(), 30, "right passwords need no pause");
    }

    #[test]
    fn a_stranger_pauses_neither_other_sources_nor_other_accounts() {
        let (attempts, mut now) = (Attempts::default(), Instant::now());
        for _ in 0..50 {
            now += attempts.wait(ACCOUNT, &source(1), now).unwrap_or_default();
            fail(&attempts, " Ann@ACME.example", &source(1), now);
        }
        assert!(attempts.wait(ACCOUNT, &source(1), now).is_some());
        assert_eq!(attempts.wait(ACCOUNT, &source(2), now), None);
        assert_eq!(attempts.wait("ben@acme.example", &source(1), now), None);
    }

    #[test]
    fn guesses_from_many_sources_pause_the_account_but_not_its_owners_device() {
        let (attempts, mut now) = (Attempts::default(), Instant::now());
        for number in 0..30 {
            now += attempts
                .wait(ACCOUNT, &source(number), now)
                .unwrap_or_default();
            fail(&attempts, ACCOUNT, &source(number), now);
        }
        assert_eq!(seconds(attempts.wait(ACCOUNT, &source(99), now)), 60);
        let own = Origin::KnownDevice("laptop".to_owned());
        assert_eq!(attempts.wait(ACCOUNT, &own, now), None);
        for _ in 0..5 {
            fail(&attempts, ACCOUNT, &own, now);
        }
        let wait = attempts.wait(ACCOUNT, &own, now);
        assert_eq!(seconds(wait), 1, "a thief guesses too");
        let later = now + Duration::from_secs(1);
        let accepted = attempts.settle(ACCOUNT, &own, true, later);
        assert_eq!(accepted, Ok(Settled::Accepted));
    }

    #[test]
    fn the_oldest_are_forgotten_before_the_memory_is_full() {
        let (attempts, start) = (Attempts::default(), Instant::now());
        for number in 0..60_000_u64 {
            let account = format!("{number}@acme.example");
            fail(
                &attempts,
                &account,
                &source(1),
                start + Duration::from_millis(number),
            );
        }
        assert!(attempts.failures.lock().expect("no panic").len() <= MOST_KEYS);
        let newest = attempts.key("59999@acme.example");
        assert!(
            attempts
                .failures
                .lock()
                .expect("no panic")
                .contains_key(&newest)
        );
    }
}
