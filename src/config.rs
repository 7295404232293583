//! Settings, read from the environment through a lookup function so that tests do not depend on it.
//! Each variable is documented at its field; the README has the same list.

use std::path::PathBuf;

use crate::mail_server::MailServer;

/// Largest limit of an upload, in MB.
const MOST_UPLOAD_MB: u64 = 65_536;

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// `RAPPORT_DATA_DIR`: folder of the embedded database and the generated secret. Default
    /// `data`.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: `sqlite://PATH` or `postgres://…`. Default: `rapport.db` in the data folder.
    pub database_url: DatabaseUrl,
    /// `RAPPORT_DATABASE_CONNECTIONS`: size of the pool. Default 8.
    pub database_connections: u32,
    /// `RAPPORT_LISTEN`: address and port; port 0 picks a free one. Default `127.0.0.1:8080`.
    pub listen: String,
    /// `RAPPORT_PUBLIC_URL`: public address, for links and the Origin check. With `https://`, the
    /// session cookie is `Secure` and HSTS is sent. Default: `http://` and the listening address.
    pub public_url: Option<String>,
    /// `RAPPORT_SECRET`: key of at least 32 characters that signs access tokens; the same on every
    /// replica. Default: generated at first start and stored in the data folder.
    pub secret: Option<String>,
    /// `RAPPORT_UPLOAD_LIMIT_MB`: maximum size of an uploaded feedback file. Default 256.
    pub upload_limit_mb: u64,
    /// `RAPPORT_HTTP_THREADS`: number of HTTP threads. Default: one per core.
    pub http_threads: Option<usize>,
    /// `RAPPORT_TRUSTED_PROXIES`: number of reverse proxies in front, whose `X-Forwarded-For` tells
    /// where a request comes from. Default 0: the header is ignored.
    pub trusted_proxies: usize,
    /// `RAPPORT_RUN_WORKER`: `false` leaves background jobs to `rapport worker`. Default `true`.
    pub run_worker: bool,
    /// `RAPPORT_BACKUP_BEFORE_UPGRADE`: `false` migrates an existing database without a copy in the
    /// data folder. Default `true`.
    pub backup_before_upgrade: bool,
    /// `RAPPORT_SMTP_URL`: mail server, `smtp://` or `smtps://`, with user and password if it needs
    /// them. Default: none; mails are shown to administrators.
    pub mail_server: Option<MailServer>,
    /// `RAPPORT_LOG`: log filter, such as `info` or `rapport=debug`. Default `info`.
    pub log_filter: String,
    /// `RAPPORT_LOG_FORMAT`: `json` or `text`. Default `json` (`demo` uses `text`).
    pub log_format: LogFormat,
}

/// Database address. The scheme selects the database and is required, so that a typo cannot create
/// an empty database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    Postgres(String),
    Sqlite(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else if let Some(path) = text
            .strip_prefix("sqlite://")
            .filter(|path| !path.is_empty())
        {
            Ok(Self::Sqlite(path.to_owned()))
        } else {
            Err("must start with sqlite:// (followed by a file path) or postgres://".to_owned())
        }
    }
}

/// Log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Json,
    Text,
}

/// An environment variable with an invalid value.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    variable: &'static str,
    problem: String,
}

impl Config {
    /// Reads the settings from the process environment.
    ///
    /// # Errors
    /// [`ConfigError`] for the first invalid variable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads the settings through `lookup`; an empty value counts as unset.
    ///
    /// # Errors
    /// [`ConfigError`] for the first invalid variable.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let var = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let data_dir = PathBuf::from(var("RAPPORT_DATA_DIR").unwrap_or_else(|| "data".to_owned()));
        let database_url = var("DATABASE_URL")
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("rapport.db").display()));
        let config = Self {
            database_url: database_url.parse().map_err(|problem| ConfigError {
                variable: "DATABASE_URL",
                problem,
            })?,
            data_dir,
            database_connections: number(&var, "RAPPORT_DATABASE_CONNECTIONS")?.unwrap_or(8),
            listen: var("RAPPORT_LISTEN").unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
            public_url: var("RAPPORT_PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned()),
            secret: var("RAPPORT_SECRET"),
            upload_limit_mb: number(&var, "RAPPORT_UPLOAD_LIMIT_MB")?.unwrap_or(256),
            http_threads: number(&var, "RAPPORT_HTTP_THREADS")?,
            trusted_proxies: number(&var, "RAPPORT_TRUSTED_PROXIES")?.unwrap_or(0),
            run_worker: truth(&var, "RAPPORT_RUN_WORKER")?,
            backup_before_upgrade: truth(&var, "RAPPORT_BACKUP_BEFORE_UPGRADE")?,
            mail_server: mail_server(&var)?,
            log_filter: var("RAPPORT_LOG").unwrap_or_else(|| "info".to_owned()),
            log_format: match var("RAPPORT_LOG_FORMAT").as_deref() {
                None | Some("json") => LogFormat::Json,
                Some("text") => LogFormat::Text,
                Some(_) => return Err(problem("RAPPORT_LOG_FORMAT", "must be json or text")),
            },
        };
        if config
            .secret
            .as_ref()
            .is_some_and(|secret| secret.len() < 32)
        {
            return Err(problem(
                "RAPPORT_SECRET",
                "must have at least 32 characters",
            ));
        }
        let scheme_ok = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if config
            .public_url
            .as_ref()
            .is_some_and(|url| !scheme_ok(url))
        {
            return Err(problem(
                "RAPPORT_PUBLIC_URL",
                "must start with http:// or https://",
            ));
        }
        if config.http_threads == Some(0) {
            return Err(problem("RAPPORT_HTTP_THREADS", "must be at least 1"));
        }
        if !(1..=MOST_UPLOAD_MB).contains(&config.upload_limit_mb) {
            return Err(problem(
                "RAPPORT_UPLOAD_LIMIT_MB",
                "must be from 1 to 65536",
            ));
        }
        if !is_listening_address(&config.listen) {
            return Err(problem(
                "RAPPORT_LISTEN",
                "must be an address and a port, such as 127.0.0.1:8080",
            ));
        }
        if !is_log_filter(&config.log_filter) {
            return Err(problem(
                "RAPPORT_LOG",
                "must be a log filter, such as info or rapport=debug",
            ));
        }
        if config.database_connections == 0 {
            return Err(problem(
                "RAPPORT_DATABASE_CONNECTIONS",
                "must be at least 1",
            ));
        }
        Ok(config)
    }

    /// Scheme and authority of the public address, as browsers write them in `Origin`: in lower
    /// case, without a default port. `None` without a public address.
    pub fn public_origin(&self) -> Option<String> {
        let (scheme, rest) = self.public_url.as_ref()?.split_once("://")?;
        let authority = rest.split('/').next()?.to_ascii_lowercase();
        let default = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default).unwrap_or(&authority);
        Some(format!("{scheme}://{authority}"))
    }

    /// Whether the public address uses TLS.
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}

/// `RAPPORT_SMTP_URL` with the settings that only a mail server needs:
///
/// `RAPPORT_MAIL_FROM`: sender of mails, such as `Rapport <rapport@example.org>`.
///
/// `RAPPORT_SMTP_CA_FILE`: certificate of a private authority that signed the server's, in PEM.
fn mail_server(var: &impl Fn(&str) -> Option<String>) -> Result<Option<MailServer>, ConfigError> {
    let Some(url) = var("RAPPORT_SMTP_URL") else {
        return Ok(None);
    };
    let mut server = MailServer::parse(&url).map_err(|text| problem("RAPPORT_SMTP_URL", text))?;
    let from = var("RAPPORT_MAIL_FROM").unwrap_or_default();
    server.from = from.parse().map_err(|_invalid| {
        problem(
            "RAPPORT_MAIL_FROM",
            "must be an email address, such as rapport@example.org",
        )
    })?;
    if let Some(file) = var("RAPPORT_SMTP_CA_FILE") {
        let unusable = |text: &str| problem("RAPPORT_SMTP_CA_FILE", text);
        let pem = std::fs::read(&file).map_err(|e| unusable(&e.to_string()))?;
        server.trust(pem).map_err(unusable)?;
    }
    if var("RAPPORT_PUBLIC_URL").is_none() {
        return Err(problem(
            "RAPPORT_PUBLIC_URL",
            "must be set with a mail server: mails contain links to it",
        ));
    }
    Ok(Some(server))
}

/// Whether a text has a host and a port.
fn is_listening_address(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

fn is_log_filter(text: &str) -> bool {
    tracing_subscriber::EnvFilter::try_new(text).is_ok()
}

fn problem(variable: &'static str, text: &str) -> ConfigError {
    ConfigError {
        variable,
        problem: text.to_owned(),
    }
}

/// `true`, which is the default, or `false`.
fn truth(
    var: &impl Fn(&str) -> Option<String>,
    variable: &'static str,
) -> Result<bool, ConfigError> {
    match var(variable).as_deref() {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(problem(variable, "must be true or false")),
    }
}

fn number<T: std::str::FromStr>(
    var: &impl Fn(&str) -> Option<String>,
    variable: &'static str,
) -> Result<Option<T>, ConfigError> {
    var(variable)
        .map(|text| {
            text.parse()
                .map_err(|_e| problem(variable, "must be a whole number"))
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            pairs
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn defaults_are_an_embedded_database_on_localhost() {
        let config = with(&[]).expect("defaults");
        assert_eq!(
            config.database_url,
            DatabaseUrl::Sqlite("data/rapport.db".to_owned())
        );
        assert_eq!(config.listen, "127.0.0.1:8080");
        assert!(config.run_worker && !config.is_https());
    }

    #[test]
    fn errors_name_the_invalid_variable() {
        for (name, value) in [
            ("DATABASE_URL", "data/rapport.db"),
            ("DATABASE_URL", "sqlite://"),
            ("RAPPORT_SECRET", "short"),
            ("RAPPORT_UPLOAD_LIMIT_MB", "many"),
            ("RAPPORT_PUBLIC_URL", "rapport.example"),
            ("RAPPORT_RUN_WORKER", "yes"),
            ("RAPPORT_HTTP_THREADS", "0"),
            ("RAPPORT_UPLOAD_LIMIT_MB", "99999999999999"),
            ("RAPPORT_LISTEN", "8080"),
            ("RAPPORT_LOG", "rapport=loud"),
            ("RAPPORT_TRUSTED_PROXIES", "-1"),
            ("RAPPORT_SMTP_URL", "mail.example.org"),
        ] {
            let error = with(&[(name, value)]).expect_err(name).to_string();
            assert!(error.starts_with(name), "{error}");
        }
    }

    #[test]
    fn a_mail_server_needs_a_sender_and_a_public_address() {
        let server = ("RAPPORT_SMTP_URL", "smtp://mail.example.org");
        let from = ("RAPPORT_MAIL_FROM", "Rapport <a@example.org>");
        for (pairs, refused) in [
            (vec![server], "RAPPORT_MAIL_FROM"),
            (
                vec![server, ("RAPPORT_MAIL_FROM", "nobody")],
                "RAPPORT_MAIL_FROM",
            ),
            (
                vec![server, from, ("RAPPORT_SMTP_CA_FILE", "/nowhere")],
                "RAPPORT_SMTP_CA_FILE",
            ),
            (
                vec![server, from, ("RAPPORT_SMTP_CA_FILE", "Cargo.toml")],
                "RAPPORT_SMTP_CA_FILE",
            ),
            (vec![server, from], "RAPPORT_PUBLIC_URL"),
        ] {
            let error = with(&pairs).expect_err(refused).to_string();
            assert!(error.starts_with(refused), "{error}");
        }
        let config = with(&[server, from, ("RAPPORT_PUBLIC_URL", "https://x.example")]);
        let from = config.expect("valid").mail_server.expect("a server").from;
        assert_eq!(from.email.to_string(), "a@example.org");
    }
}
