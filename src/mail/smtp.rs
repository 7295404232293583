//! Handing a mail over to the mail server.

use lettre::{
    Address, Message, SmtpTransport, Transport,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};

use super::store::Mail;
use crate::mail_server::{Encryption, MailServer};

/// Longest error that is kept, in characters.
const ERROR_CHARS: usize = 300;
/// Replies about the login of this service and not about a mail (RFC 4954).
const LOGIN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// Rejection of a mail, by the server or before it was handed over.
#[derive(Clone, Debug)]
pub struct SmtpRejection {
    /// Whether another attempt is in vain.
    pub is_permanent: bool,
    /// Status of the server's reply, for the log.
    pub status: Option<String>,
    /// Problem, for administrators. It may quote the address.
    pub text: String,
}

impl SmtpRejection {
    fn new(is_permanent: bool, error: &dyn std::error::Error) -> Self {
        Self {
            is_permanent,
            status: None,
            text: one_line(&crate::telemetry::chain(error)),
        }
    }
}

impl From<smtp::Error> for SmtpRejection {
    fn from(error: smtp::Error) -> Self {
        let code = error.status().map(u16::from);
        let is_permanent =
            error.is_permanent() && !code.is_some_and(|code| LOGIN_REFUSED.contains(&code));
        Self {
            status: code.map(|code| code.to_string()),
            ..Self::new(is_permanent, &error)
        }
    }
}

/// Cleans a server's reply to one line that a database takes.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(ERROR_CHARS).collect()
}

/// Hands a mail over.
///
/// # Errors
/// [`SmtpRejection`].
pub fn hand_over(server: &MailServer, mail: &Mail) -> Result<(), SmtpRejection> {
    let message = message(server, mail)?;
    if server.is_silent() {
        return Err(SmtpRejection {
            is_permanent: false,
            status: None,
            text: "the mail server did not answer within the last minute".to_owned(),
        });
    }
    let sent = transport(server)?.send(&message);
    if sent.as_ref().is_err_and(is_silence) {
        server.note_silence();
    }
    sent?;
    Ok(())
}

/// Whether a server kept us waiting for its answer.
fn is_silence(error: &smtp::Error) -> bool {
    use std::{
        error::Error,
        io::ErrorKind::{TimedOut, WouldBlock},
    };
    let mut source = error.source();
    while let Some(cause) = source {
        let kind = cause
            .downcast_ref::<std::io::Error>()
            .map(std::io::Error::kind);
        // A read that takes too long is one or the other, depending on the system.
        if matches!(kind, Some(TimedOut | WouldBlock)) {
            return true;
        }
        source = cause.source();
    }
    false
}

fn message(server: &MailServer, mail: &Mail) -> Result<Message, SmtpRejection> {
    let to = mail
        .recipient
        .parse::<Address>()
        .map_err(|e| SmtpRejection::new(true, &e))?;
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(server.from.clone())
        .to(Mailbox::new(None, to))
        .subject(&*mail.subject)
        // The same for every attempt, so that a mail that arrives twice is recognised.
        .message_id(Some(format!(
            "<{}@{}>",
            mail.id,
            server.from.email.domain()
        )))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|e| SmtpRejection::new(true, &e))
}

fn transport(server: &MailServer) -> Result<SmtpTransport, smtp::Error> {
    let tls = match server.encryption {
        Encryption::None => Tls::None,
        Encryption::StartTls => Tls::Required(parameters(server)?),
        Encryption::Tls => Tls::Wrapper(parameters(server)?),
    };
    let domain = server.from.email.domain().to_owned();
    let builder = SmtpTransport::builder_dangerous(&*server.host)
        .port(server.port)
        .tls(tls)
        .hello_name(ClientId::Domain(domain))
        .timeout(Some(server.patience));
    let builder = match &server.login {
        Some(login) => {
            let (user, password) = (login.user.clone(), login.password.clone());
            builder.credentials(Credentials::new(user, password))
        }
        None => builder,
    };
    Ok(builder.build())
}

fn parameters(server: &MailServer) -> Result<TlsParameters, smtp::Error> {
    let builder = TlsParameters::builder(server.host.clone());
    let builder = match &server.authority {
        Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem)?),
        None => builder,
    };
    builder.build()
}
