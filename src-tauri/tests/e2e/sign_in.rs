//! Signing in through the browser: every row of the authorization table (`protocol.md`).

use std::time::Duration;

use fantoccini::key::Key;

use crate::support::chat::{composer, digit, sign_in_button};
use crate::support::person::Habit;
use crate::support::wait::until;
use crate::support::{App, By, World, any, containing};

const EXCHANGE: &str = "/api/auth/app/exchange";

/// A code that is not `code`.
fn wrong(code: &str) -> String {
    code.chars()
        .map(|digit| if digit == '9' { '0' } else { '9' })
        .collect()
}

/// Waits until something on the screen that speaks up (a status or an alert) says `words`.
async fn hears(app: &App<'_>, words: &str) {
    let said = until(async || {
        let mut voices = app.all(&any("status")).await;
        voices.extend(app.all(&any("alert")).await);
        voices
            .iter()
            .any(|voice| voice.text.to_lowercase().contains(&words.to_lowercase()))
            .then_some(())
    });
    if said.await.is_none() {
        app.fail(&format!("a status or an alert to say ‘{words}’"))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_the_code_the_browser_shows() {
    let world = World::new().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let page = world.person().sees(1).await;
    assert!(
        page.starts_with(&format!(
            "{}/authorize-app?request_id=",
            world.simulator().base_url()
        )),
        "opened {page}"
    );
    hears(&app, "code").await;
    app.enters_the_code().await;
    app.sees(&composer()).await;
    app.misses(&sign_in_button()).await;
    assert_eq!(world.simulator().requests_to(EXCHANGE).len(), 1);
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_pasted_with_a_space_is_sent_by_itself() {
    let world = World::new().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let code = world.person().code().await;
    let (left, right) = code.split_at(3);
    app.pastes(&digit(1), &format!("{left} {right}")).await;
    app.sees(&composer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_says_how_many_attempts_are_left_and_clears_the_boxes() {
    let world = World::new().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let code = world.person().code().await;
    app.types_code(&wrong(&code)).await;
    hears(&app, "4 attempts left").await;
    for place in 1..=6 {
        app.sees_that(&digit(place), "empty", |seen| {
            seen.value.as_deref() == Some("")
        })
        .await;
    }
    app.sees_that(&digit(1), "focused", |seen| seen.focused)
        .await;
    app.strikes(&code).await;
    app.sees(&composer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_end_the_sign_in_and_start_again_opens_the_browser_anew() {
    let world = World::new().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let code = world.person().code().await;
    for left in (0..5).rev() {
        app.types_code(&wrong(&code)).await;
        if left > 0 {
            let attempts = match left {
                1 => "one attempt left".to_owned(),
                left => format!("{left} attempts left"),
            };
            hears(&app, &attempts).await;
            app.sees_that(&digit(1), "empty", |seen| seen.value.as_deref() == Some(""))
                .await;
        }
    }
    app.click(&By::button("Start again")).await;
    world.person().sees(2).await;
    app.enters_the_code().await;
    app.sees(&composer()).await;
    assert_eq!(world.simulator().requests_to(EXCHANGE).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_request_says_so_and_start_again_is_one_click() {
    let world = World::new().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let code = world.person().code().await;
    let request = world.simulator().last_request_id().unwrap();
    world.simulator().expire(&request);
    app.types_code(&code).await;
    hears(&app, "expired").await;
    app.click(&By::button("Start again")).await;
    world.person().sees(2).await;
    app.enters_the_code().await;
    app.sees(&composer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_before_the_approval_keeps_polling_and_then_signs_in() {
    let world = World::plan().person(Habit::Looks).build().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    world.person().sees(1).await;
    let request = world.simulator().last_request_id().unwrap();
    let code = world.simulator().code_of(&request).unwrap();
    app.types_code(&code).await;
    hears(&app, "approv").await;
    let polled = until(async || (world.simulator().requests_to(EXCHANGE).len() >= 3).then_some(()));
    assert!(polled.await.is_some(), "the exchange is polled");
    world.simulator().approve(&request).unwrap();
    app.sees(&composer()).await;
    // The same code every time, and no attempt spent on it.
    for exchange in world.simulator().requests_to(EXCHANGE) {
        assert_eq!(exchange.json()["code"], code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_at_the_service_keeps_the_code_and_goes_on_polling() {
    let world = World::new().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let code = world.person().code().await;
    world.simulator().fail_next(EXCHANGE, 503, 2);
    app.types_code(&code).await;
    app.sees(&composer()).await;
    assert_eq!(world.simulator().requests_to(EXCHANGE).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_busy_when_asked_for_a_request_is_asked_again() {
    let world = World::new().await;
    world.simulator().fail_next("/api/auth/app/request", 500, 1);
    let app = world.start().await;
    app.signs_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_link_stands_there_to_be_copied() {
    let world = World::plan().person(Habit::Absent).build().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let address = format!("{}/authorize-app?request_id=", world.simulator().base_url());
    let shown = until(async || {
        let page = app.run("return document.body.innerText + ' ' + [...document.querySelectorAll('a, input')].map(e => e.href ?? e.value).join(' ')", vec![]).await.ok()?;
        let page = page.as_str()?.to_owned();
        let start = page.find(&address)?;
        page[start..].split_whitespace().next().map(str::to_owned)
    });
    let Some(link) = shown.await else {
        app.fail("the link to the authorization page").await
    };
    app.sees(&containing("button", "Copy")).await;
    world.person().approve(&link);
    app.enters_the_code().await;
    app.sees(&composer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_can_be_cancelled_and_begun_again() {
    let world = World::plan().person(Habit::Looks).build().await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    world.person().sees(1).await;
    app.click(&By::button("Cancel")).await;
    world.person().now(Habit::Approves);
    app.signs_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_says_that_the_token_lives_on_and_leads_to_the_profile_page() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.asks("Keep this").await;
    app.waits_for_the_end().await;
    app.opens_settings().await;
    app.click(&By::button("Sign out")).await;
    app.sees(&sign_in_button()).await;
    let page = app
        .run("return document.body.innerText", vec![])
        .await
        .unwrap();
    assert!(
        page.as_str().unwrap().contains("profile"),
        "signing out revokes nothing, and the screen says where to do it: {page}"
    );
    // What was said is still there to be read.
    app.sees(&crate::support::chat::entry("Keep this")).await;
    app.signs_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_keyboard_alone() {
    let world = World::new().await;
    let app = world.start().await;
    app.sees(&sign_in_button()).await;
    reach(&app, &sign_in_button()).await;
    app.key(Key::Enter).await;
    let code = world.person().code().await;
    app.sees_that(&digit(1), "focused by itself", |seen| seen.focused)
        .await;
    app.strikes(&code).await;
    app.sees_that(&composer(), "focused by itself", |seen| seen.focused)
        .await;
    app.strikes("Hello").await;
    app.key(Key::Enter).await;
    app.reads(&crate::support::chat::question(), "Hello").await;
    app.waits_for_the_end().await;
}

/// Presses `Tab` until `by` has the keyboard.
async fn reach(app: &App<'_>, by: &By) {
    for _ in 0..20 {
        if app.glimpse(by).await.is_some_and(|seen| seen.focused) {
            return;
        }
        app.key(Key::Tab).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    app.fail(&format!("{by} to be reached by Tab")).await;
}
