//! The log says who did what, and shows when somebody changed it.

use diesel::{RunQueryDsl, sql_query};
use rapport::{
    accounts::Role,
    audit::{self, Damage, Verdict},
    db::DbConnection,
};

use crate::support::{TestApp, invite};

fn run(c: &mut DbConnection, sql: &str) -> Result<usize, diesel::result::Error> {
    rapport::on_backend!(c, c => sql_query(sql).execute(c))
}

#[test]
fn every_change_is_on_record_and_the_chain_holds() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    invite(
        &app.api(&org, Role::Recruiter),
        &org,
        "kim@candidate.example",
    );
    let admin = app.api(&org, Role::Admin);
    let log = admin.get("/api/v1/audit").json();
    let actions: Vec<&str> = log["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|e| e["action"].as_str())
        .collect();
    for action in [
        "organisation.created",
        "questionnaire.published",
        "person.signed_in",
        "vacancy.created",
        "candidate.added",
        "invitation.created",
    ] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    let text = log.to_string();
    assert!(
        !text.contains("kim@") && !text.contains("Kim"),
        "no personal data in the log"
    );
    assert!(
        app.browser(&org, Role::Admin)
            .get("/audit")
            .text()
            .contains("The log is intact")
    );
}

#[test]
fn a_changed_removed_or_shortened_log_is_found() {
    for (tamper, expected) in [
        (
            "UPDATE audit_entries SET actor = 'somebody else' WHERE sequence = 3",
            (3, Damage::Changed),
        ),
        (
            "UPDATE audit_entries SET detail = '{}' WHERE sequence = 1",
            (1, Damage::Changed),
        ),
        (
            "UPDATE audit_entries SET previous_hash = hash WHERE sequence = 2",
            (2, Damage::Unlinked),
        ),
        (
            "DELETE FROM audit_entries WHERE sequence = 4",
            (4, Damage::Missing),
        ),
        (
            "DELETE FROM audit_entries WHERE sequence > 5",
            (6, Damage::Truncated),
        ),
        ("DELETE FROM audit_heads", (8, Damage::NoHead)),
    ] {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let mut c = app.db.connect().expect("connects");
        assert!(matches!(
            audit::verify(&mut c, org.id),
            Ok(Verdict::Intact { entries: 8 })
        ));
        if tamper.contains("audit_entries") {
            assert!(run(&mut c, tamper).is_err(), "a trigger refuses: {tamper}");
        }
        // An owner of the tables can drop the triggers first.
        for trigger in [
            "audit_entries_append_only",
            "audit_entries_no_update",
            "audit_entries_no_delete",
        ] {
            let table = if matches!(&*c, DbConnection::Postgres(_)) {
                " ON audit_entries"
            } else {
                ""
            };
            run(&mut c, &format!("DROP TRIGGER IF EXISTS {trigger}{table}")).expect("dropped");
        }
        run(&mut c, tamper).expect("tampered");
        match audit::verify(&mut c, org.id).expect("reads") {
            Verdict::Broken { sequence, damage } => {
                assert_eq!((sequence, damage), expected, "{tamper}");
            }
            intact => panic!("{tamper}: {intact:?}"),
        }
    }
}

#[test]
fn concurrent_writers_keep_one_chain() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    app.write(|c| {
                        let event =
                            audit::Event::new(org.id, "system", "test.happened", ("test", 1));
                        Ok(audit::record(c, event, rapport::types::Instant::now())?)
                    });
                }
            });
        }
    });
    let mut c = app.db.connect().expect("connects");
    assert!(
        matches!(audit::verify(&mut c, org.id), Ok(Verdict::Intact { entries }) if entries == 108),
        "8 of the start, 100 more"
    );
}
