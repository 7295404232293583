//! Deadlines in the address of a PostgreSQL server.

/// Parameters of libpq: seconds until a connection attempt ends, milliseconds until unacknowledged
/// data ends a connection, and when a silent peer is asked whether it is there (seconds and count).
const PARAMETERS: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("tcp_user_timeout", "5000"),
    ("keepalives_idle", "3"),
    ("keepalives_interval", "1"),
    ("keepalives_count", "3"),
];

/// Settings of a session. The server ends what it no longer hears of, so that the locks of a lost
/// connection do not keep others waiting.
const SETTINGS: [(&str, &str); 8] = [
    ("TimeZone", "UTC"),
    ("statement_timeout", "25s"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("tcp_keepalives_idle", "3"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "5000"),
];

/// The address with every deadline that it does not set itself. Settings travel in the first
/// message, so that `connect_timeout` covers them.
pub(super) fn with_deadlines(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut own = "";
    let mut parameters = Vec::new();
    for parameter in query.split('&').filter(|p| !p.is_empty()) {
        match parameter.split_once('=') {
            Some(("options", options)) => own = options,
            _ => parameters.push(parameter.to_owned()),
        }
    }
    for (name, value) in PARAMETERS {
        let is_set = |p: &String| p.split('=').next() == Some(name);
        if !parameters.iter().any(is_set) {
            parameters.push(format!("{name}={value}"));
        }
    }
    // The last of several values counts.
    let mut options: Vec<String> = SETTINGS
        .iter()
        .map(|(name, value)| format!("-c%20{name}%3D{value}"))
        .collect();
    options.extend((!own.is_empty()).then(|| own.to_owned()));
    parameters.push(format!("options={}", options.join("%20")));
    format!("{base}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_added_to_any_address() {
        for url in [
            "postgres://ann:p%40ss@db:5432/r",
            "postgres://db",
            "postgresql://db/r?",
            "postgresql:///r?host=/run/pg",
        ] {
            let full = with_deadlines(url);
            assert!(full.starts_with(url.trim_end_matches('?')), "{full}");
            assert_eq!(full.matches('?').count(), 1, "{full}");
            for part in [
                "connect_timeout=3",
                "&options=-c%20TimeZone%3DUTC%20-c%20statement_timeout%3D25s",
            ] {
                assert!(full.contains(part), "{full}");
            }
        }
    }

    #[test]
    fn what_an_address_sets_is_kept() {
        let url =
            "postgres://db/r?connect_timeout=9&options=-c%20statement_timeout%3D9s&sslmode=disable";
        let full = with_deadlines(url);
        assert!(
            full.contains("?connect_timeout=9&sslmode=disable&"),
            "{full}"
        );
        assert_eq!(full.matches("connect_timeout").count(), 1);
        assert!(full.ends_with("%20-c%20statement_timeout%3D9s"), "{full}");
    }
}
