//! The mail server of the settings: where it is, how the connection is encrypted, and who sends.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use lettre::{Address, message::Mailbox, transport::smtp::client::Certificate};
use percent_encoding::percent_decode_str;

/// Time for which a server that did not answer is left alone.
const REST: Duration = Duration::from_secs(60);

/// A mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// A relay may need none.
    pub login: Option<Login>,
    /// Sender of all mails.
    pub from: Mailbox,
    /// Certificates in PEM that count besides those of public authorities.
    pub authority: Option<Vec<u8>>,
    /// Time that the server has for each step.
    pub patience: Duration,
    silence: Arc<Silence>,
}

/// User and password at a mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// Time at which a server did not answer.
#[derive(Debug)]
struct Silence {
    start: Instant,
    /// Milliseconds from `start` until which the server is left alone.
    until: AtomicU64,
}

/// Encryption of the connection to a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the start.
    Tls,
    /// `STARTTLS`; nothing is sent if the server does not offer it.
    StartTls,
    /// None, for a relay on the same machine or in a private network.
    None,
}

impl MailServer {
    /// Reads `smtps://` or `smtp://`, then `[USER:PASSWORD@]HOST[:PORT]`, then `?tls=none` for no
    /// encryption. Reserved characters of user and password are percent-encoded. The sender is
    /// still a placeholder.
    ///
    /// # Errors
    /// What is wrong, without the password.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("must not contain spaces");
        }
        let (scheme, rest) = url
            .split_once("://")
            .ok_or("must start with smtp:// or smtps://")?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let encryption = match (scheme, query) {
            ("smtps", "") => Encryption::Tls,
            ("smtp", "") => Encryption::StartTls,
            ("smtp", "tls=none") => Encryption::None,
            ("smtp" | "smtps", _) => return Err("can only end with ?tls=none, after smtp://"),
            _ => return Err("must start with smtp:// or smtps://"),
        };
        let (login, place) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest.trim_end_matches('/')),
        };
        let login = login.map(login_of).transpose()?;
        if login.is_some() && encryption == Encryption::None {
            return Err("must not send a password without encryption");
        }
        let default = match encryption {
            Encryption::Tls => 465,
            Encryption::StartTls => 587,
            Encryption::None => 25,
        };
        let (host, port) = place_of(place, default)?;
        Ok(Self {
            host,
            port,
            encryption,
            login,
            from: Mailbox::new(None, Address::new_dangerous("rapport", "localhost")),
            authority: None,
            patience: Duration::from_secs(10),
            silence: Arc::new(Silence {
                start: Instant::now(),
                until: AtomicU64::new(0),
            }),
        })
    }

    /// Trusts the certificates of a file in PEM, too.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn trust(&mut self, pem: Vec<u8>) -> Result<(), &'static str> {
        let problem = "must contain certificates in PEM";
        let mark = b"-----BEGIN CERTIFICATE-----";
        let is_pem = pem.windows(mark.len()).any(|part| part == mark);
        if !is_pem || Certificate::from_pem(&pem).is_err() {
            return Err(problem);
        }
        self.authority = Some(pem);
        Ok(())
    }

    /// Notes that the server did not answer, for all copies of these settings: jobs run one at a
    /// time, and each mail would wait for it again.
    pub fn note_silence(&self) {
        let until = (self.silence.start.elapsed() + REST).as_millis();
        let until = u64::try_from(until).unwrap_or(u64::MAX);
        self.silence.until.store(until, Ordering::Relaxed);
    }

    /// Whether the server did not answer within the last minute.
    pub fn is_silent(&self) -> bool {
        let until = Duration::from_millis(self.silence.until.load(Ordering::Relaxed));
        self.silence.start.elapsed() < until
    }
}

fn login_of(login: &str) -> Result<Login, &'static str> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(|text| text.into_owned())
            .map_err(|_invalid| "must have a user and a password in UTF-8")
    };
    let (user, password) = login
        .split_once(':')
        .ok_or("must have a password after the user and a colon")?;
    Ok(Login {
        user: decoded(user)?,
        password: decoded(password)?,
    })
}

/// Host and port; an IPv6 address is in brackets.
fn place_of(place: &str, default: u16) -> Result<(String, u16), &'static str> {
    let (host, port) = match place.strip_prefix('[').and_then(|p| p.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = port.map_or(Ok(default), str::parse);
    let port = port.map_err(|_number| "must have a port from 1 to 65535")?;
    if host.is_empty() || port == 0 {
        return Err("must have a host and a port from 1 to 65535");
    }
    Ok((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_sets_encryption_and_port() {
        for (url, host, port, encryption) in [
            (
                "smtp://mail.example.org",
                "mail.example.org",
                587,
                Encryption::StartTls,
            ),
            (
                "smtps://mail.example.org/",
                "mail.example.org",
                465,
                Encryption::Tls,
            ),
            (
                "smtp://127.0.0.1:2525?tls=none",
                "127.0.0.1",
                2525,
                Encryption::None,
            ),
            ("smtp://[::1]:25?tls=none", "::1", 25, Encryption::None),
            ("smtp://relay?tls=none", "relay", 25, Encryption::None),
        ] {
            let server = MailServer::parse(url).expect(url);
            assert_eq!(
                (server.host.as_str(), server.port, server.encryption),
                (host, port, encryption)
            );
            assert_eq!(server.login, None);
        }
    }

    #[test]
    fn a_password_is_decoded_and_never_sent_in_the_clear() {
        let server = MailServer::parse("smtp://ann%40example.org:p%3Aw%2F@mail.example.org");
        let server = server.expect("valid");
        assert!(!format!("{server:?}").contains("p:w/"));
        let login = server.login.expect("a login");
        assert_eq!(
            (&*login.user, &*login.password),
            ("ann@example.org", "p:w/")
        );
        for url in [
            "smtp://ann:password@relay?tls=none",
            "smtp://ann@relay",
            "smtps://relay?tls=none",
            "smtp://relay:0",
            "smtp://",
            "http://relay",
            "relay:25",
            "smtp://relay\r\nHELO",
        ] {
            assert!(MailServer::parse(url).is_err(), "{url}");
        }
    }
}
