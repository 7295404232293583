//! The application: database, answer writer, HTTP server and worker, built from the settings.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    body::{BoxBody, MessageBody},
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::{Compress, Next, from_fn},
    web::Data,
};
use tokio::sync::{Notify, watch};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder, TracingLogger};

use crate::{
    accounts::AccessKeys,
    assessment::writer::AnswerWriter,
    config::Config,
    db::Database,
    feedback::sources::DeliveryKeys,
    hiring::LinkKeys,
    installation, setup,
    web::{
        State, api_description, bodies, links::LocalAddress, openapi::Document, problem,
        reference::Reference, routes,
    },
    worker,
};

/// Time from the signal to stop to the end of the process.
const LAST_MOMENT: Duration = Duration::from_secs(25);

/// A server that is bound to its port but not running yet.
pub struct Application {
    listener: TcpListener,
    state: State,
}

impl Application {
    /// Opens and migrates the database, starts the answer writer, and binds the port.
    ///
    /// # Errors
    /// The first failing step, with its cause.
    pub fn build(config: Config) -> anyhow::Result<Self> {
        use anyhow::Context;
        let (db, secret) = installation::open_for_server(&config)?;
        db.watch().context("starting to watch the database")?;
        let writer = AnswerWriter::start(db.clone()).context("starting the answer writer")?;
        raise_descriptor_limit();
        if config.is_https() && config.trusted_proxies == 0 {
            tracing::warn!(
                "RAPPORT_TRUSTED_PROXIES is 0: behind a proxy, all people share the limits of one"
            );
        }
        let listener = TcpListener::bind(&config.listen)
            .with_context(|| format!("listening on {}", config.listen))?;
        if setup::is_needed(&mut *db.connect()?)? {
            let local = format!("http://{}", listener.local_addr()?);
            let base = config.public_url.as_deref().unwrap_or(&local);
            let (page, code) = (format!("{base}/setup"), setup::code(&secret));
            tracing::warn!(%page, %code, "There is no organisation yet: create it on this page with this code");
        }
        let state = State::new(
            db,
            writer,
            AccessKeys::new(&secret),
            (DeliveryKeys::new(&secret), LinkKeys::new(&secret)),
            Arc::new(config),
            Arc::new(Notify::new()),
        );
        Ok(Self { listener, state })
    }

    /// The bound address, with the actual port if the settings say 0.
    pub fn address(&self) -> std::io::Result<std::net::SocketAddr> {
        self.listener.local_addr()
    }

    /// The database, for the command line and for tests.
    pub fn database(&self) -> &Database {
        &self.state.db
    }

    /// Serves until SIGTERM, SIGINT or a stop through the handle passed to `started`. Open requests
    /// (up to 20 seconds) and a running job are finished first. The process ends 25 seconds after
    /// the signal at the latest.
    pub async fn run(self, started: impl FnOnce(ServerHandle)) -> std::io::Result<()> {
        let (stop, stopped) = watch::channel(false);
        let worker = self.state.config.run_worker.then(|| {
            tokio::spawn(worker::run(
                self.state.db.clone(),
                Arc::clone(&self.state.wake),
                stopped,
            ))
        });
        let threads = self.state.config.http_threads;
        let state = Data::new(self.state);
        let document = serde_json::to_value(api_description::describe())?;
        let reference = Data::new(Reference::of(&document));
        let document = Data::new(Document(document));
        let server = HttpServer::new(move || {
            let https = state.config.is_https();
            App::new()
                .app_data(state.clone())
                .app_data(document.clone())
                .app_data(reference.clone())
                .wrap(from_fn(bodies::deadline))
                .wrap(from_fn(problem::shape_errors))
                .wrap(Compress::default())
                .wrap(from_fn(move |req, next| security_headers(https, req, next)))
                .wrap(TracingLogger::<PrivateSpans>::new())
                .configure(routes::configure)
        });
        let server = server.on_connect(|connection, data| {
            let stream = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
            if let Some(Ok(address)) = stream.map(|stream| stream.local_addr()) {
                data.insert(LocalAddress(address));
            }
        });
        let server = match threads {
            Some(threads) => server.workers(threads),
            None => server,
        };
        let server = server.shutdown_timeout(20).listen(self.listener)?.run();
        started(server.handle());
        let stop = Arc::new(stop);
        // The worker is told at once: open requests may take longer than its job.
        let told = Arc::clone(&stop);
        tokio::spawn(async move {
            if asked_to_stop().await.is_ok() {
                end_at_last();
                told.send_replace(true);
            }
        });
        let outcome = server.await;
        stop.send_replace(true);
        if let Some(worker) = worker {
            drop(worker.await);
        }
        outcome
    }
}

/// Resolves on SIGTERM or SIGINT.
pub async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        result = tokio::signal::ctrl_c() => result,
    }
}

/// Ends the process after 25 seconds if it does not end before: a thread may wait for a database
/// that never answers.
pub fn end_at_last() {
    let end = || {
        std::thread::sleep(LAST_MOMENT);
        tracing::error!("Not everything ended in time; the process ends now");
        std::process::exit(1);
    };
    if let Err(error) = std::thread::Builder::new().spawn(end) {
        tracing::warn!(%error, "The end of the process has no time limit");
    }
}

/// Allows as many open files and connections as the system does. The usual 1,024 are soon used up
/// by connections that do nothing, and then nobody else gets in.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "The limit of open connections could not be raised");
    }
}

/// Request spans without personal data: neither IP address nor user agent, and the route pattern
/// instead of the path, which can contain a candidate's token.
struct PrivateSpans;

impl RootSpanBuilder for PrivateSpans {
    fn on_request_start(request: &ServiceRequest) -> Span {
        use actix_web::HttpMessage;
        let id = request
            .extensions()
            .get::<RequestId>()
            .map(ToString::to_string)
            .unwrap_or_default();
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        tracing::info_span!("request", request_id = %id, method = %request.method(), route = %route, status = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(
        span: Span,
        outcome: &Result<ServiceResponse<B>, actix_web::Error>,
    ) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        span.in_scope(|| tracing::info!(status = status.as_u16(), "Request answered"));
    }
}

/// Adds security headers, cache control and the request id to every response.
async fn security_headers(
    https: bool,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    use actix_web::HttpMessage;
    let for_candidate = req.path().starts_with("/c/");
    let id = req
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut response = next.call(req).await?.map_into_boxed_body();
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                  form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let mut fixed = vec![
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=()",
        ),
    ];
    if https {
        fixed.push((
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ));
    }
    for (name, value) in fixed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // The Back button must not show a candidate outdated answers.
        let cache = if for_candidate {
            "no-store"
        } else {
            "private, no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
