//! Plans: the rules on people whose truth is known, and every format.

mod focus_areas;
mod formats;
mod little_feedback;
mod quotations;
mod strengths;

use diesel::prelude::*;
use rapport::{
    accounts::Role,
    coaching::{
        self, Format, Plan,
        reasons::{NoFocus, RateNote},
    },
    feedback::{self, Mapping, upload::Duplicates},
    locale::Locale,
    types::{Id, Instant},
    workforce,
};
use serde_json::json;

use crate::support::{Organisation, TestApp, organisation};

/// One line of the contact-centre format, `day` days before yesterday at noon.
fn line(id: usize, agent: &str, day: i64, csat: u8, remark: &str) -> String {
    let at = Instant::now()
        .plus(chrono::Duration::days(-day - 1))
        .0
        .format("%d/%m/%Y 12:00");
    format!("{agent}-{id},Phone,S,Question,{remark},{at},{agent},Blue,{csat}\n")
}

/// Ten ordinary agents with the same mixture of praise, process trouble and a little of everything.
fn peers() -> String {
    let said = [
        "very polite and helpful",
        "",
        "I was on hold for an hour",
        "quick answer",
        "",
        "explained everything clearly",
        "the parcel arrived damaged",
        "",
        "thank you",
        "she was rude to me",
    ];
    let mut csv =
        String::from("id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n");
    for agent in 0..10 {
        for i in 0..100 {
            let remark = if i % 10 == 9 && i % 40 != 9 {
                ""
            } else {
                said[i % 10]
            };
            let csat = if [2, 6, 9].contains(&(i % 10)) { 2 } else { 5 };
            let csat = if i % 13 == agent % 13 { 1 } else { csat };
            csv.push_str(&line(
                i,
                &format!("peer{agent}"),
                (i % 80) as i64,
                csat,
                remark,
            ));
        }
    }
    csv
}

fn load(app: &TestApp, org: &Organisation, csv: &str) {
    let mapping = Mapping::shipped("contact-centre").expect("shipped");
    let (_, done) = app.import(org, &mapping, Duplicates::Skip, csv.as_bytes());
    assert_eq!((done.rejected, done.duplicates), (0, 0));
}

fn draft(app: &TestApp, org: &Organisation, agent: &str) -> Plan {
    draft_at(app, org, agent, Instant::now())
}

fn draft_at(app: &TestApp, org: &Organisation, agent: &str, now: Instant) -> Plan {
    let mut c = app.db.connect().expect("connects");
    let id = workforce::agent_by_reference(&mut c, org.id, agent)
        .expect("is there")
        .id;
    coaching::draft(&mut c, org.id, id, now).expect("drafts")
}
