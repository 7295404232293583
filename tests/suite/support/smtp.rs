//! A small mail server in threads of the test process: RFC 5321 with `STARTTLS` and `AUTH PLAIN`.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use rapport::mail_server::{Encryption, MailServer};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::{TestApp, tool};

/// How a server behaves.
#[derive(Clone)]
pub struct Rules {
    /// Replies to `RCPT TO`, one for each mail; the last one repeats.
    pub replies: &'static [&'static str],
    /// Reply to `AUTH`.
    pub login: &'static str,
    pub encryption: Encryption,
    pub tls: Option<Arc<ServerConfig>>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            replies: &["250 2.1.5 ok"],
            login: "235 2.7.0 welcome",
            encryption: Encryption::None,
            tls: None,
        }
    }
}

/// What a server heard.
#[derive(Default)]
struct Heard {
    /// Mails that it took, with their recipients.
    mails: Vec<String>,
    logins: Vec<String>,
}

/// A mail server.
pub struct Smtp {
    port: u16,
    encryption: Encryption,
    heard: Arc<Mutex<Heard>>,
}

impl Smtp {
    pub fn start(rules: Rules) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::<Mutex<Heard>>::default();
        let (encryption, shared) = (rules.encryption, Arc::clone(&heard));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let reply = rules.replies.get(number).or(rules.replies.last());
                // A client that hangs up early is no failure.
                drop(serve(stream, &rules, reply.expect("a reply"), &shared));
            }
        });
        Self {
            port,
            encryption,
            heard,
        }
    }

    /// Settings that lead to this server.
    pub fn settings(&self) -> MailServer {
        let url = match self.encryption {
            Encryption::Tls => format!("smtps://localhost:{}", self.port),
            Encryption::StartTls => format!("smtp://localhost:{}", self.port),
            Encryption::None => format!("smtp://127.0.0.1:{}?tls=none", self.port),
        };
        let mut settings = MailServer::parse(&url).expect("valid");
        settings.from = "Rapport <rapport@sender.example>".parse().expect("valid");
        settings
    }

    /// The application with this server.
    pub fn app(&self) -> TestApp {
        let settings = self.settings();
        TestApp::start_with(|config| config.mail_server = Some(settings))
    }

    /// The mails that it took, with their recipients.
    pub fn mails(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").mails.clone()
    }

    /// What followed `AUTH`.
    pub fn logins(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").logins.clone()
    }
}

fn serve(tcp: TcpStream, rules: &Rules, reply: &str, heard: &Mutex<Heard>) -> io::Result<()> {
    let secured = |tcp: TcpStream| {
        let tls = Arc::clone(rules.tls.as_ref().expect("certificates"));
        let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
        Ok::<_, io::Error>(StreamOwned::new(connection, tcp))
    };
    match rules.encryption {
        Encryption::Tls => drop(converse(secured(tcp)?, rules, reply, heard, true)?),
        Encryption::None | Encryption::StartTls => {
            if let Some(tcp) = converse(tcp, rules, reply, heard, true)? {
                converse(secured(tcp)?, rules, reply, heard, false)?;
            }
        }
    }
    Ok(())
}

/// One conversation. A mail is kept before the server says that it has it. Returns the stream if
/// the client wants it encrypted.
fn converse<S: Read + Write>(
    stream: S,
    rules: &Rules,
    reply: &str,
    heard: &Mutex<Heard>,
    greets: bool,
) -> io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    if greets {
        say(&mut stream, "220 mail.test ESMTP")?;
    }
    let offers_tls = greets && rules.tls.is_some() && rules.encryption == Encryption::StartTls;
    let (mut text, mut in_data, mut line) = (String::new(), false, String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let heard_line = line.trim_end();
        let verb = heard_line.split([' ', ':']).next().unwrap_or_default();
        let answer = match (in_data, verb) {
            (true, ".") => {
                in_data = false;
                let mail = std::mem::take(&mut text);
                heard.lock().expect("no panic").mails.push(mail);
                "250 2.0.0 taken"
            }
            (true, _) => {
                text += &format!("{heard_line}\n");
                continue;
            }
            (false, "EHLO") if offers_tls => "250-mail.test\r\n250 STARTTLS",
            (false, "EHLO") => "250-mail.test\r\n250 AUTH PLAIN",
            (false, "STARTTLS") => {
                say(&mut stream, "220 2.0.0 go on")?;
                return Ok(Some(stream.into_inner()));
            }
            (false, "AUTH") => {
                let login = heard_line.to_owned();
                heard.lock().expect("no panic").logins.push(login);
                rules.login
            }
            (false, "DATA") => {
                in_data = true;
                "354 go on"
            }
            (false, "RCPT") => {
                text += &format!("{heard_line}\n");
                reply
            }
            (false, "QUIT") => {
                say(&mut stream, "221 2.0.0 bye")?;
                return Ok(None);
            }
            _ => "250 2.0.0 ok",
        };
        say(&mut stream, answer)?;
    }
}

fn say<S: Write>(stream: &mut BufReader<S>, line: &str) -> io::Result<()> {
    stream
        .get_mut()
        .write_all(format!("{line}\r\n").as_bytes())?;
    stream.get_mut().flush()
}

/// A private authority.
pub struct Authority {
    /// Its certificate, in PEM.
    pub pem: Vec<u8>,
    /// For `localhost`, signed by it.
    pub tls: Arc<ServerConfig>,
}

impl Authority {
    /// A new one, or `None` if OpenSSL is not installed.
    pub fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (ca, ca_key, cert, key) = (path("ca"), path("ca-key"), path("cert"), path("key"));
        let new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
        let new: Vec<&str> = new.split(' ').collect();
        let own = ["-subj", "/CN=Test", "-keyout", &ca_key, "-out", &ca];
        tool("openssl", &[&new[..], &own].concat())?;
        let signed = [
            &["-subj", "/CN=localhost", "-keyout", &key, "-out", &cert][..],
            &["-CA", &ca, "-CAkey", &ca_key],
            &["-addext", "subjectAltName=DNS:localhost"],
            &["-addext", "basicConstraints=critical,CA:FALSE"],
        ];
        tool("openssl", &[&new[..], &signed.concat()].concat())?;
        let read = |path: &str| std::fs::read(path).expect("reads");
        let certificate = CertificateDer::from_pem_slice(&read(&cert)).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(&read(&key)).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a pair");
        Some(Self {
            pem: read(&ca),
            tls: Arc::new(tls),
        })
    }
}
