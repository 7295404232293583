//! A proxy before PostgreSQL that can stop forwarding without closing, as a network does that drops
//! packets, or a server that hangs.

use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

/// Connections of an odd epoch, and all of earlier epochs, stay silent.
#[derive(Default)]
struct Shared {
    epoch: AtomicU32,
    closed: AtomicBool,
}

impl Shared {
    fn forwards(&self, born: u32) -> bool {
        born.is_multiple_of(2) && self.epoch.load(Ordering::SeqCst) == born
    }
}

pub struct Proxy {
    /// The database, through the proxy.
    pub url: String,
    shared: Arc<Shared>,
}

impl Proxy {
    pub fn before(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a scheme");
        let (authority, database) = rest.split_once('/').expect("a database");
        let (person, server) = authority.rsplit_once('@').unwrap_or(("", authority));
        let server = match server.rsplit_once(':') {
            Some(_) => server.to_owned(),
            None => format!("{server}:5432"),
        };
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let at = if person.is_empty() { "" } else { "@" };
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.closed.load(Ordering::SeqCst) {
                    return;
                }
                let born = accepting.epoch.load(Ordering::SeqCst);
                let server = TcpStream::connect(&server).expect("the server answers");
                let back = [&client, &server].map(|s| s.try_clone().expect("cloned"));
                let [to_client, from_server] = back;
                let ends = [(client, server), (from_server, to_client)];
                for (from, to) in ends {
                    let shared = Arc::clone(&accepting);
                    thread::spawn(move || forward(from, to, &shared, born));
                }
            }
        });
        Self {
            url: format!("{scheme}://{person}{at}127.0.0.1:{port}/{database}"),
            shared,
        }
    }

    /// From now on nothing passes, and nothing is closed. What is open now stays silent for ever.
    pub fn fall_silent(&self) {
        self.shared.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// Connections that are opened from now on pass.
    pub fn answer_again(&self) {
        self.shared.epoch.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, shared: &Shared, born: u32) {
    let patience = Duration::from_millis(50);
    from.set_read_timeout(Some(patience)).expect("a timeout");
    let mut buffer = [0; 16_384];
    while !shared.closed.load(Ordering::SeqCst) {
        if !shared.forwards(born) {
            thread::sleep(patience);
            continue;
        }
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) if shared.forwards(born) => {
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    drop(to.shutdown(std::net::Shutdown::Both));
}
