//! Two-step sign-in: set up, used, and used without scripts.

use super::*;
use crate::{
    support::PASSWORD,
    two_step::{Authenticator, key_on},
};

/// Types into a field and presses the button of its form.
async fn send(c: &Client, field: &str, text: &str) {
    let found = c.find(Locator::Id(field)).await.expect("field");
    found.send_keys(text).await.expect("types");
    let button = format!("//input[@id='{field}']/ancestor::form//button");
    let button = c.find(Locator::XPath(&button)).await.expect("button");
    button.click().await.expect("clicks");
}

async fn wait_for(c: &Client, css: &str) {
    let found = c.wait().for_element(Locator::Css(css)).await;
    found.unwrap_or_else(|e| panic!("{css}: {e}"));
}

async fn look(c: &Client, width: u32, what: &str) {
    if axe().exists() {
        check(c, width, what).await;
    }
}

/// Sends the right password, which leads to the page for the code.
async fn send_password(c: &Client, base: &str, email: &str) {
    c.goto(&format!("{base}/sign-in")).await.expect("opens");
    let field = c.find(Locator::Id("email")).await.expect("field");
    field.send_keys(email).await.expect("types");
    send(c, "password", PASSWORD).await;
    wait_for(c, "form[action='/sign-in/code']").await;
}

async fn set_up(c: &Client, base: &str, width: u32) -> Authenticator {
    let page = format!("{base}/account/two-step");
    c.goto(&page).await.expect("opens");
    look(c, width, "two-step-off").await;
    send(c, "begin-present", PASSWORD).await;
    wait_for(c, "svg[role=img][aria-label]").await;
    look(c, width, "two-step-key").await;
    let source = c.source().await.expect("a page");
    let app = Authenticator::new(&key_on(&source).expect("a key"));
    send(c, "code", &app.code(-1)).await;
    wait_for(c, "ol code").await;
    look(c, width, "two-step-recovery-codes").await;
    c.goto(&page).await.expect("opens");
    look(c, width, "two-step-on").await;
    app
}

#[test]
fn two_step_sign_in_is_accessible_and_works_without_scripts() {
    run(|driver| async move {
        let app = tokio::task::spawn_blocking(TestApp::start)
            .await
            .expect("starts");
        let org = app.organisation("Acme");
        for (width, role) in [(360, Role::Coach), (1280, Role::Admin)] {
            let email = org.email(role);
            let c = driver.open(width, false, true).await;
            sign_in(&c, &app.base, &email, PASSWORD).await;
            let phone = set_up(&c, &app.base, width).await;
            if role == Role::Admin {
                let rule = format!("{}/two-step", app.base);
                c.goto(&rule).await.expect("opens");
                look(&c, width, "two-step-rule").await;
            }
            c.close().await.expect("closes");

            let c = driver.open(width, true, true).await;
            send_password(&c, &app.base, &email).await;
            look(&c, width, "sign-in-code-dark").await;
            send(&c, "code", &phone.wrong_code()).await;
            wait_for(&c, "[role=alert]").await;
            look(&c, width, "sign-in-code-refused-dark").await;
            c.close().await.expect("closes");

            let c = driver.open(width, false, false).await;
            send_password(&c, &app.base, &email).await;
            send(&c, "code", &phone.code(0)).await;
            wait_for(&c, "nav[aria-label=Account]").await;
            c.close().await.expect("closes");
        }
        tokio::task::spawn_blocking(move || drop(app))
            .await
            .expect("stops");
    });
}
