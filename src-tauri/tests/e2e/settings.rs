//! Settings: what they refuse, what they change, what they keep.

use fantoccini::key::Key;
use serde_json::Value;

use crate::support::chat::{composer, sign_in_button};
use crate::support::{App, By, World, any};

/// The address field.
fn address() -> By {
    By::textbox("Base URL")
}

/// The colour of the page's text, which differs between light and dark.
async fn colour(app: &App<'_>) -> Value {
    app.run("return getComputedStyle(document.body).color", vec![])
        .await
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_used_is_refused_in_a_sentence_and_stays_to_be_mended() {
    let world = World::plan().settings_decide().build().await;
    let app = world.start().await;
    app.sees(&sign_in_button()).await;
    app.opens_settings().await;
    for bad in ["not an address", "http://example.org", "ftp://127.0.0.1"] {
        app.fills(&address(), bad).await;
        app.key(Key::Enter).await;
        app.sees(&any("alert")).await;
        app.sees_that(&address(), "as it was typed", |seen| {
            seen.value.as_deref() == Some(bad)
        })
        .await;
    }
    app.fills(&address(), &world.simulator().base_url()).await;
    app.key(Key::Enter).await;
    app.misses(&any("alert")).await;
    app.key(Key::Escape).await;
    // The new address is the one that is used.
    app.signs_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_address_in_the_environment_is_said_in_a_sentence() {
    let world = World::plan().base_url("http://example.org").build().await;
    let app = world.start().await;
    app.sees(&any("alert")).await;
    app.misses(&composer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn appearance_changes_at_once_and_is_kept_over_a_restart() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.opens_settings().await;
    app.sets_appearance("Light").await;
    let light = colour(&app).await;
    app.sets_appearance("Dark").await;
    let changed = crate::support::until(async || {
        let now = colour(&app).await;
        (now != light).then_some(now)
    });
    let Some(dark) = changed.await else {
        app.fail("another colour in the dark").await
    };
    app.key(Key::Escape).await;
    app.quit().await;
    let app = world.start().await;
    app.sees(&composer()).await;
    assert_eq!(colour(&app).await, dark);
}
