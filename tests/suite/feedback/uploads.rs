//! Uploads of files.

use super::*;

#[test]
fn the_upload_page_streams_to_the_worker_and_shows_what_happened() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let analyst = app.api(&org, Role::Analyst);
    let mut file = HEADER.as_bytes().to_vec();
    for i in 0..30_000 {
        file.extend(
            format!(
                "r{i},Phone,S,Question,,05/01/2024 10:00,Ann,Blue,{}\n",
                1 + i % 6
            )
            .bytes(),
        );
    }
    assert!(file.len() > 1_200_000, "more than one piece");
    let reply = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", "contact-centre")],
        &file,
    );
    assert_eq!(reply.status, 202, "{}", reply.text());
    let id = reply.json()["id"].as_str().expect("id").to_owned();
    app.run_jobs();
    let seen = analyst
        .get(&format!("/api/v1/feedback/imports/{id}"))
        .json();
    assert_eq!(
        (
            seen["import"]["state"].as_str(),
            seen["import"]["imported"].as_i64(),
            seen["import"]["rejected"].as_i64()
        ),
        (Some("finished"), Some(25_000), Some(5_000))
    );
    let page = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{id}"))
        .text();
    assert!(page.contains("is not a whole number from 1 to 5"));
    let csv = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{id}/rejections.csv"))
        .text();
    assert!(
        csv.lines().nth(1).is_some_and(|l| l.starts_with("7,csat,")),
        "{:?}",
        csv.lines().nth(1)
    );

    let own = "name = \"mine\"\n[columns]\nexternal_id = \"nr\"\nagent = \"who\"\ntime = \"at\"\nscore = \"s\"\n[time]\nformats = [\"%Y/%m/%d\"]\n[score]\nscale = \"nps_0_10\"\n";
    let reply = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", ""), ("mapping_file", own)],
        b"nr;who;at;s\n1;Ann;2024/01/05;9\n",
    );
    let id = reply.json()["id"].as_str().expect("id").to_owned();
    app.run_jobs();
    assert_eq!(
        analyst
            .get(&format!("/api/v1/feedback/imports/{id}"))
            .json()["import"]["imported"],
        1
    );
}

#[test]
fn uploads_are_bounded_and_unusable_ones_are_said() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let analyst = app.api(&org, Role::Analyst);
    let send = |fields: &[(&str, &str)], file: &[u8]| {
        analyst.upload("/api/v1/feedback/imports", fields, file)
    };
    let large = vec![b'a'; 4 << 20];
    assert_eq!(send(&[("mapping", "standard")], &large).code(), "too_large");
    assert_eq!(
        send(&[("mapping", "nothing")], b"a\n").code(),
        "mapping_invalid"
    );
    assert_eq!(
        send(&[("mapping_file", "name = 3")], b"a\n").code(),
        "mapping_invalid"
    );
    assert_eq!(
        send(&[("mapping", "standard")], b"").code(),
        "file_unreadable"
    );
    assert_eq!(
        analyst.post("/api/v1/feedback/imports", &json!({})).code(),
        "wrong_media_type"
    );
    for (file, said) in [
        (&b"PK\x03\x04zzzz"[..], "damaged"),
        (&b"\xff\xfea\0,\0"[..], "no column"),
        (&b"a,b\n1,2\n"[..], "no column"),
        (&b"   \n"[..], "empty"),
    ] {
        let id = send(&[("mapping", "standard")], file).json()["id"]
            .as_str()
            .expect("id")
            .to_owned();
        app.run_jobs();
        let seen = analyst
            .get(&format!("/api/v1/feedback/imports/{id}"))
            .json();
        assert_eq!(seen["import"]["state"], "stopped");
        assert!(
            seen["import"]["problem"]
                .as_str()
                .is_some_and(|p| p.contains(said)),
            "{seen}"
        );
    }
}
