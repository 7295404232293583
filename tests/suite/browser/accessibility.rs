//! Every page under the rules of axe, at two widths, in light and dark.

use super::*;

#[test]
fn every_page_is_accessible_at_360_and_1280_in_light_and_dark() {
    if !axe().exists() {
        return skip("accessibility of pages: run npm ci in tests/browser");
    }
    run(|driver| async move {
        let app = tokio::task::spawn_blocking(TestApp::start)
            .await
            .expect("starts");
        let size = demo::Size {
            candidates: 30,
            hires: 24,
            feedback_per_agent: 150,
        };
        let db = app.db.clone();
        let made =
            tokio::task::spawn_blocking(move || demo::fill(&db, size, Instant::now(), &mut |_| ()))
                .await
                .expect("runs")
                .expect("fills");
        let ids = Ids::read(&app, made.organisation);
        for (width, dark) in [(360, false), (1280, true), (1280, false)] {
            for (role, email, password) in &made.sign_ins {
                let c = driver.open(width, dark, true).await;
                sign_in(&c, &app.base, email, password).await;
                for path in ids.pages(*role) {
                    c.goto(&format!("{}{path}", app.base)).await.expect("opens");
                    assert!(
                        script(&c, "return document.title")
                            .await
                            .as_str()
                            .is_some_and(|t| t.ends_with("Rapport") && !t.starts_with("Not")),
                        "{path}"
                    );
                    let name =
                        format!("{}{path}{}", role.as_str(), if dark { "-dark" } else { "" });
                    check(
                        &c,
                        width,
                        &name
                            .replace(|c: char| c.is_ascii_digit(), "")
                            .replace("--", ""),
                    )
                    .await;
                }
                c.close().await.expect("closes");
            }
            let c = driver.open(width, dark, true).await;
            for path in ["/sign-in", "/nothing", &format!("/c/{}", made.open_token)] {
                c.goto(&format!("{}{path}", app.base)).await.expect("opens");
                let name = if path.starts_with("/c/") {
                    "welcome"
                } else {
                    path
                };
                check(
                    &c,
                    width,
                    &format!("{name}{}", if dark { "-dark" } else { "" }),
                )
                .await;
            }
            c.close().await.expect("closes");
        }
        tokio::task::spawn_blocking(move || drop(app))
            .await
            .expect("stops");
    });
}
