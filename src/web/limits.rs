//! Rate limits, in memory and per process: how often one source, link, person or sender may ask for
//! what costs much or what can be guessed.
//!
//! The algorithm is GCRA (ITU-T I.371, "virtual scheduling"): each key has a time at which it would
//! be at rest again. A request moves that time on by one interval, and is refused if the time would
//! lie further ahead than a burst allows.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Mutex,
    time::{Duration, Instant},
};

use actix_web::HttpRequest;

use super::error::WebError;

/// What is limited, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Attempts to sign in, by source. An office may share one.
    SignIn,
    /// Mails for a forgotten password, by address.
    ResetMail,
    /// Exchanges of refresh tokens, by source.
    Refresh,
    /// Sign-outs, by source.
    SignOut,
    /// Guesses at the present password, by person.
    Password,
    /// Wrong codes of two-step sign-in, by person, from whatever source.
    WrongCode,
    /// Links of candidates that do not exist, by source.
    UnknownLink,
    /// Requests of one candidate, by link.
    Link,
    /// Requests with an API key, by key.
    Key,
    /// API keys that do not work, by source.
    WrongKey,
    /// Deliveries, by sender.
    Delivery,
    /// Deliveries with a wrong signature, by source.
    WrongDelivery,
    /// Uploads, by person or API key.
    Upload,
}

impl Limit {
    /// Requests at once, and the interval after which one more is allowed.
    fn quota(self) -> (u32, Duration) {
        let (burst, millis) = match self {
            Self::SignIn => (60, 1_000),
            Self::ResetMail => (3, 600_000),
            Self::Refresh | Self::SignOut => (120, 500),
            Self::Password => (5, 30_000),
            // 154 guesses on a day, each at three codes of a million.
            Self::WrongCode => (10, 600_000),
            Self::UnknownLink => (60, 2_000),
            Self::Link => (1_000, 50),
            Self::Key | Self::Delivery => (600, 100),
            Self::WrongKey | Self::WrongDelivery | Self::Upload => (60, 2_000),
        };
        (burst, Duration::from_millis(millis))
    }
}

/// Keys remembered at most.
const MOST_KEYS: usize = 100_000;

/// When each key is at rest again.
#[derive(Default)]
pub struct Limits {
    rest: Mutex<BTreeMap<(Limit, u64), Instant>>,
    keys: RandomState,
}

impl Limits {
    /// Counts a request.
    ///
    /// # Errors
    /// A [`WebError`] with the time to wait if there were too many.
    pub fn take(&self, limit: Limit, key: impl Hash) -> Result<(), WebError> {
        self.take_at(limit, key, Instant::now())
            .map_err(WebError::too_many)
    }

    /// Whether the key has a request left, without counting one.
    ///
    /// # Errors
    /// Errors of [`take`](Self::take).
    pub fn check(&self, limit: Limit, key: impl Hash) -> Result<(), WebError> {
        let key = self.keys.hash_one(key);
        let Ok(rest) = self.rest.lock() else {
            return Ok(());
        };
        next_rest(&rest, limit, key, Instant::now()).map_err(WebError::too_many)?;
        Ok(())
    }

    fn take_at(&self, limit: Limit, key: impl Hash, now: Instant) -> Result<(), Duration> {
        let key = self.keys.hash_one(key);
        let Ok(mut rest) = self.rest.lock() else {
            return Ok(());
        };
        let next = next_rest(&rest, limit, key, now)?;
        if rest.len() >= MOST_KEYS {
            rest.retain(|_, at| *at > now);
            while rest.len() >= MOST_KEYS {
                rest.pop_last();
            }
        }
        rest.insert((limit, key), next);
        Ok(())
    }
}

/// When a key is at rest after one more request, or how long it has to wait for it.
fn next_rest(
    rest: &BTreeMap<(Limit, u64), Instant>,
    limit: Limit,
    key: u64,
    now: Instant,
) -> Result<Instant, Duration> {
    let (burst, interval) = limit.quota();
    let known = rest.get(&(limit, key)).copied();
    let next = known.map_or(now, |rest| rest.max(now)) + interval;
    match (next - now).checked_sub(interval * burst) {
        Some(wait) if !wait.is_zero() => Err(wait),
        _ => Ok(next),
    }
}

/// Network address of whoever sent a request. Behind `proxies` trusted proxies it is what the first
/// of them wrote into `X-Forwarded-For`; what stands before that, a stranger may have written. Of
/// an IPv6 address only the network counts, because one host has as many addresses as it likes.
pub fn source(req: &HttpRequest, proxies: usize) -> IpAddr {
    let peer = req.peer_addr().map(|peer| peer.ip());
    let forwarded = || {
        let values = req.headers().get_all("x-forwarded-for");
        let hops: Vec<&str> = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let hop = hops.len().checked_sub(proxies)?;
        let hop = hops.get(hop)?.trim();
        // Some gateways write the port, too.
        let with_port = |hop: &str| hop.parse().ok().map(|address: SocketAddr| address.ip());
        hop.parse().ok().or_else(|| with_port(hop))
    };
    let address = if proxies == 0 { None } else { forwarded() };
    match address.or(peer) {
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(Ipv6Addr::from(u128::from(address) >> 64 << 64)),
        },
        Some(address) => address,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_one_request_each_interval() {
        let (limits, start) = (Limits::default(), Instant::now());
        let at =
            |millis: u64| limits.take_at(Limit::SignIn, "a", start + Duration::from_millis(millis));
        for request in 0..60 {
            assert_eq!(at(0), Ok(()), "{request}");
        }
        assert_eq!(at(0), Err(Duration::from_secs(1)));
        assert_eq!(at(400), Err(Duration::from_millis(600)));
        assert_eq!(at(1_000), Ok(()));
        assert_eq!(at(1_000), Err(Duration::from_secs(1)));
        assert_eq!(limits.take_at(Limit::SignIn, "b", start), Ok(()));
        assert_eq!(limits.take_at(Limit::Refresh, "a", start), Ok(()));
        assert_eq!(at(3_600_000), Ok(()));
    }

    #[test]
    fn keys_are_forgotten_before_they_fill_the_memory() {
        let (limits, now) = (Limits::default(), Instant::now());
        for key in 0..MOST_KEYS + 10 {
            limits
                .take_at(Limit::UnknownLink, key, now)
                .expect("one each");
        }
        assert_eq!(limits.rest.lock().expect("no panic").len(), MOST_KEYS);
    }

    #[test]
    fn the_source_is_the_peer_unless_proxies_are_trusted() {
        let request = |peer: &str, forwarded: &[&str]| {
            let mut request = TestRequest::default().peer_addr(peer.parse().expect("an address"));
            for value in forwarded {
                request = request.append_header(("X-Forwarded-For", *value));
            }
            request.to_http_request()
        };
        for (peer, forwarded, proxies, expected) in [
            ("198.51.100.7:80", &["192.0.2.1"][..], 0, "198.51.100.7"),
            ("198.51.100.7:80", &["192.0.2.1, 192.0.2.2"], 1, "192.0.2.2"),
            (
                "198.51.100.7:80",
                &["192.0.2.1", "192.0.2.2, 192.0.2.3"],
                2,
                "192.0.2.2",
            ),
            ("198.51.100.7:80", &["192.0.2.1"], 2, "198.51.100.7"),
            ("198.51.100.7:80", &["unknown"], 1, "198.51.100.7"),
            ("198.51.100.7:80", &["192.0.2.4:5678"], 1, "192.0.2.4"),
            ("[2001:db8:1:2:3:4:5:6]:80", &[], 0, "2001:db8:1:2::"),
            ("[::ffff:192.0.2.9]:80", &[], 0, "192.0.2.9"),
        ] {
            let found = source(&request(peer, forwarded), proxies);
            assert_eq!(
                found.to_string(),
                expected,
                "{peer} {forwarded:?} {proxies}"
            );
        }
    }
}
