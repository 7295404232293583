//! The frame around every page: navigation, name and banner.

use actix_web::{HttpMessage, HttpRequest};

use crate::accounts::{Actor, Role};

/// Part of every asset's address, so that a new release is not hidden by an old cache.
pub const ASSETS_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether the organisation of a request is synthetic, for the banner on its pages.
#[derive(Clone, Copy, Debug)]
pub struct Synthetic(pub bool);

/// The frame around every page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub signed_in: bool,
    pub name: String,
    /// Address and name of the pages this person may open.
    pub links: Vec<(&'static str, &'static str)>,
    pub here: String,
    pub synthetic: bool,
}

impl Frame {
    /// The frame for this request.
    pub fn of(req: &HttpRequest) -> Self {
        let who = req.extensions().get::<Actor>().cloned();
        let first = req.path().split('/').nth(1).unwrap_or_default();
        let here = match first {
            "candidates" => "/vacancies".to_owned(),
            "reading" | "terms" => "/taxonomy".to_owned(),
            "plans" if who.as_ref().is_some_and(|w| w.role == Role::Agent) => "/me".to_owned(),
            "plans" | "exports" | "practice" | "pauses" => "/agents".to_owned(),
            "praise" => "/praise/newest".to_owned(),
            other => format!("/{other}"),
        };
        Self {
            signed_in: who.is_some(),
            links: who.as_ref().map_or_else(Vec::new, |w| links(w.role)),
            name: who.map(|w| w.name).unwrap_or_default(),
            here,
            synthetic: req.extensions().get::<Synthetic>().is_some_and(|s| s.0),
        }
    }

    /// Says across the top that all data is made up.
    pub fn synthetic(mut self, synthetic: bool) -> Self {
        self.synthetic = synthetic;
        self
    }
}

fn links(role: Role) -> Vec<(&'static str, &'static str)> {
    let all: [(&str, &str, &[Role]); 12] = [
        ("/vacancies", "Vacancies", &[Role::Admin, Role::Recruiter]),
        ("/agents", "Agents", &[Role::Admin, Role::Coach]),
        ("/praise/newest", "Praise", &[Role::Admin, Role::Coach]),
        (
            "/departments",
            "Departments",
            &[Role::Admin, Role::Analyst, Role::Coach, Role::Department],
        ),
        (
            "/overview",
            "Overview",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/feedback", "Feedback", &[Role::Admin, Role::Analyst]),
        (
            "/taxonomy",
            "Themes",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/validity", "Validity", &[Role::Admin, Role::Analyst]),
        (
            "/effect",
            "Did it help?",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/people", "People", &[Role::Admin]),
        ("/audit", "Audit", &[Role::Admin]),
        ("/me", "My feedback", &[Role::Agent]),
    ];
    all.into_iter()
        .filter(|(_, _, roles)| roles.contains(&role))
        .map(|(path, name, _)| (path, name))
        .collect()
}

/// Where a person begins.
pub fn first_page(role: Role) -> &'static str {
    links(role).first().map_or("/account", |(path, _)| path)
}
