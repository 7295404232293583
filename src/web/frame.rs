//! The frame around every page: navigation, name and banner.

use actix_web::{HttpMessage, HttpRequest};

use super::{done::Done, language::locale_of};
use crate::{
    accounts::{Actor, Role, Roles},
    locale::{Locale, Message, Value, percent},
    types::Instant,
};

/// Part of every asset's address, so that a new release is not hidden by an old cache.
pub const ASSETS_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether the organisation of a request is synthetic; its pages then have a banner.
#[derive(Clone, Copy, Debug)]
pub struct Synthetic(pub bool);

/// The frame around every page.
#[derive(Clone)]
pub struct Frame {
    pub locale: &'static Locale,
    pub signed_in: bool,
    pub name: String,
    /// Navigation: path and text id of the pages that this person may open.
    pub links: Vec<(&'static str, &'static str)>,
    /// Path of the current entry of the navigation.
    pub here: String,
    pub synthetic: bool,
    /// What the form has done that led to this page.
    pub done: Option<Done>,
}

impl Frame {
    /// The frame for this request.
    pub fn of(req: &HttpRequest) -> Self {
        let actor = req.extensions().get::<Actor>().cloned();
        let first = req.path().split('/').nth(1).unwrap_or_default();
        let here = match first {
            "candidates" => "/vacancies".to_owned(),
            "annotations" | "terms" => "/taxonomy".to_owned(),
            "plans" if actor.as_ref().is_some_and(|a| !coaches(a.roles)) => "/me".to_owned(),
            "plans" | "exports" | "practice" | "pauses" => "/agents".to_owned(),
            "quality" => "/feedback".to_owned(),
            "mentions" | "issues" => "/departments".to_owned(),
            "redactions" | "jobs" => "/audit".to_owned(),
            "working-days" | "outbox" | "two-step" | "api-keys" => "/people".to_owned(),
            "praise" => "/praise/newest".to_owned(),
            other => format!("/{other}"),
        };
        Self {
            locale: locale_of(req),
            signed_in: actor.is_some(),
            links: actor.as_ref().map_or_else(Vec::new, |a| links(a.roles)),
            name: actor.map(|a| a.name).unwrap_or_default(),
            here,
            synthetic: req.extensions().get::<Synthetic>().is_some_and(|s| s.0),
            done: Done::of_query(req.query_string()),
        }
    }

    /// Whether the navigation of this person has a page.
    pub fn opens(&self, path: &str) -> bool {
        self.links.iter().any(|(own, _)| *own == path)
    }

    /// A text without arguments.
    pub fn t(&self, id: &'static str) -> String {
        self.locale.text(id)
    }

    /// A text with one argument.
    pub fn t1(&self, id: &'static str, name: &'static str, value: impl Into<Value>) -> String {
        self.locale.format(&Message::new(id).with(name, value))
    }

    /// A text with two arguments.
    pub fn t2(
        &self,
        id: &'static str,
        first: &'static str,
        one: impl Into<Value>,
        second: &'static str,
        two: impl Into<Value>,
    ) -> String {
        let message = Message::new(id).with(first, one).with(second, two);
        self.locale.format(&message)
    }

    /// The text of a message.
    pub fn m(&self, message: impl AsRef<Message>) -> String {
        self.locale.format(message.as_ref())
    }

    /// A whole number with digit groups.
    pub fn count(&self, number: impl Into<Value>) -> String {
        self.locale.value(&number.into())
    }

    /// A date.
    pub fn date(&self, date: chrono::NaiveDate) -> String {
        self.locale.date(date)
    }

    /// A time to the minute.
    pub fn time(&self, time: &Instant) -> String {
        self.locale.time(time.0)
    }

    /// A share from 0 to 1 in whole per cent.
    pub fn percent(&self, share: f64) -> String {
        self.locale.percent(share)
    }

    /// A range of shares in whole per cent.
    pub fn range(&self, low: f64, high: f64) -> String {
        self.t2("range", "low", percent(low), "high", percent(high))
    }

    /// Shows or hides the banner for synthetic data.
    pub fn synthetic(mut self, synthetic: bool) -> Self {
        self.synthetic = synthetic;
        self
    }
}

fn coaches(roles: Roles) -> bool {
    roles.allow(&[Role::Admin, Role::Coach])
}

fn links(own: Roles) -> Vec<(&'static str, &'static str)> {
    let all: [(&str, &str, &[Role]); 13] = [
        (
            "/vacancies",
            "nav-vacancies",
            &[Role::Admin, Role::Recruiter],
        ),
        ("/teams", "nav-teams", &[Role::Admin, Role::Coach]),
        ("/agents", "nav-agents", &[Role::Admin, Role::Coach]),
        ("/praise/newest", "nav-praise", &[Role::Admin, Role::Coach]),
        (
            "/departments",
            "nav-departments",
            &[Role::Admin, Role::Analyst, Role::Coach, Role::Department],
        ),
        (
            "/overview",
            "nav-overview",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/feedback", "nav-feedback", &[Role::Admin, Role::Analyst]),
        (
            "/taxonomy",
            "nav-themes",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/validity", "nav-validity", &[Role::Admin, Role::Analyst]),
        (
            "/effect",
            "nav-effect",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/people", "nav-people", &[Role::Admin]),
        ("/audit", "nav-audit", &[Role::Admin]),
        ("/me", "nav-me", &[Role::Agent]),
    ];
    all.into_iter()
        .filter(|(_, _, roles)| own.allow(roles))
        .map(|(path, name, _)| (path, name))
        .collect()
}

/// The page a person sees after signing in.
pub fn first_page(roles: Roles) -> &'static str {
    let others = [Role::Admin, Role::Recruiter, Role::Coach];
    if roles.contains(Role::Analyst) && !roles.allow(&others) {
        return "/overview";
    }
    links(roles).first().map_or("/account", |(path, _)| path)
}
