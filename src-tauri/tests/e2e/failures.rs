//! Refusals and broken streams: every row of the inference table (`protocol.md`).

use std::time::Duration;

use serechat_simulator::Options;

use crate::support::chat::{complaint, composer, offer, question, reply, sign_in_button};
use crate::support::person::Habit;
use crate::support::wait::{PATIENCE, until, within};
use crate::support::{App, By, World, any};

const INFERENCE: &str = "/api/inference/llm";

/// Signs in, chooses a model and asks.
async fn asked<'world>(world: &'world World, model: &str, text: &str) -> App<'world> {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model(model).await;
    app.asks(text).await;
    app
}

/// Waits until the service was asked for `count` replies.
async fn asked_times(world: &World, count: usize) {
    let mut last = 0;
    let asked = within(PATIENCE * 2, async || {
        last = world.simulator().requests_to(INFERENCE).len();
        (last == count).then_some(())
    });
    let came = asked.await.is_some();
    assert!(came, "asked {last} times, not {count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_balance_offers_to_top_up_and_to_try_again() {
    let world = World::new().await;
    let app = asked(&world, "Fails once: balance empty", "Worth a lot").await;
    app.sees(&complaint()).await;
    app.click(&offer("Top up")).await;
    let page = world.person().sees(2).await;
    assert_eq!(page, format!("{}/plan", world.simulator().base_url()));
    // Never by itself.
    asked_times(&world, 1).await;
    app.click(&offer("Retry")).await;
    asked_times(&world, 2).await;
    app.waits_for_the_end().await;
    app.misses(&complaint()).await;
    app.reads(&question(), "Worth a lot").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_leads_to_sign_in_and_the_message_goes_again_in_one_click() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.asks("Before").await;
    app.waits_for_the_end().await;
    world.simulator().revoke_all_tokens();
    app.types(&composer(), "Not to be lost").await;
    app.click(&By::button("Send")).await;
    app.sees(&sign_in_button()).await;
    app.reads(&any("alert"), "no longer accepts").await;
    app.signs_in().await;
    app.reads(&question(), "Not to be lost").await;
    app.click(&offer("Retry")).await;
    app.waits_for_the_end().await;
    app.replies_with("Not to be lost").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_count_down_and_now_asks_at_once() {
    let options = Options {
        retry_after: Duration::from_secs(300),
        ..Options::instant()
    };
    let world = World::plan().options(options).build().await;
    let app = asked(&world, "Fails once: too busy", "Soon").await;
    let countdown = any("status").within(reply());
    app.sees_that(&countdown, "counting the seconds", |seen| {
        seen.text.chars().any(|letter| letter.is_ascii_digit())
    })
    .await;
    app.sees(&offer("Cancel")).await;
    app.click(&offer("Now")).await;
    asked_times(&world, 2).await;
    app.waits_for_the_end().await;
    app.misses(&complaint()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_to_come_back_at_counts_down_too_and_cancel_keeps_the_message() {
    let options = Options {
        retry_after: Duration::from_secs(300),
        ..Options::instant()
    };
    let world = World::plan().options(options).build().await;
    let app = asked(&world, "Fails once: busy until", "Later").await;
    app.click(&offer("Cancel")).await;
    app.misses(&offer("Now")).await;
    app.reads(&question(), "Later").await;
    asked_times(&world, 1).await;
    app.click(&offer("Retry")).await;
    asked_times(&world, 2).await;
    app.waits_for_the_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_is_tried_again_three_times_and_then_left_to_the_user() {
    let world = World::new().await;
    let app = asked(&world, "Fails: server error", "Anyone there").await;
    asked_times(&world, 4).await;
    app.sees(&complaint()).await;
    app.reads(&complaint(), "500").await;
    app.click(&offer("Retry")).await;
    asked_times(&world, 5).await;
    app.reads(&question(), "Anyone there").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_that_passes_needs_no_one() {
    let world = World::new().await;
    let app = asked(&world, "Fails once: server error", "Hello").await;
    asked_times(&world, 2).await;
    app.waits_for_the_end().await;
    app.sees(&offer("Copy")).await;
    app.misses(&complaint()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_model_offers_the_model_picker() {
    let world = World::new().await;
    let app = asked(&world, "Fails: retired model", "Old friend").await;
    app.sees(&complaint()).await;
    app.click(&offer("Choose another model")).await;
    app.sees_that(&By::role("combobox", "Model"), "focused or open", |seen| {
        seen.focused || seen.expanded.as_deref() == Some("true")
    })
    .await;
    asked_times(&world, 1).await;
    app.picks_model("Echo").await;
    app.click(&offer("Retry")).await;
    app.waits_for_the_end().await;
    app.replies_with("Old friend").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_shows_the_servers_own_words_and_is_not_repeated() {
    let world = World::new().await;
    let app = asked(&world, "Fails: bad request", "Hm").await;
    app.reads(&complaint(), "400").await;
    asked_times(&world, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_keeps_what_arrived_and_offers_to_go_on() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks("Talk").await;
    let gate = world.simulator().gate().await;
    gate.content("what arrived").await.unwrap();
    app.replies_with("what arrived").await;
    gate.cut().await.unwrap();
    app.sees(&complaint()).await;
    app.replies_with("what arrived").await;
    app.sees(&offer("Continue")).await;
    app.sees(&offer("Retry")).await;
    // The user was being charged already: nothing is asked for by itself.
    asked_times(&world, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_ends_without_a_word_is_interrupted() {
    let world = World::new().await;
    let app = asked(&world, "Trails off", "Talk").await;
    app.sees(&complaint()).await;
    app.sees(&offer("Continue")).await;
    app.sees(&offer("Retry")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fatal_error_in_the_stream_keeps_what_arrived() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks("Talk").await;
    let gate = world.simulator().gate().await;
    gate.content("what arrived").await.unwrap();
    gate.error("The model has left").await.unwrap();
    gate.event("done", &serde_json::json!({})).await.unwrap();
    app.reads(&complaint(), "The model has left").await;
    app.replies_with("what arrived").await;
    app.sees(&offer("Retry")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_the_stream_survives_is_a_note_and_the_reply_goes_on() {
    let world = World::new().await;
    let app = asked(&world, "Stumbles", "Talk").await;
    app.waits_for_the_end().await;
    app.sees(&offer("Copy")).await;
    app.misses(&offer("Continue")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_garbage_is_a_sentence_and_never_shown() {
    let world = World::new().await;
    let app = asked(&world, "Captive portal", "Hello").await;
    let seen = app.sees(&complaint()).await;
    assert!(!seen.text.contains('<'), "no HTML: {}", seen.text);
    app.sees(&offer("Retry")).await;
    app.picks_model("Garbled").await;
    app.asks("And now").await;
    app.waits_for_the_end().await;
    app.reads(&reply(), "could not be read").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cannot_be_reached_is_said_in_a_sentence() {
    let world = World::plan()
        .person(Habit::Approves)
        .base_url("http://127.0.0.1:9")
        .build()
        .await;
    let app = world.start().await;
    app.click(&sign_in_button()).await;
    let said = until(async || {
        let page = app
            .run("return document.body.innerText", vec![])
            .await
            .ok()?;
        let page = page.as_str()?.to_lowercase();
        (page.contains("reach") || page.contains("connect")).then_some(())
    });
    if said.await.is_none() {
        app.fail("a sentence about the service being out of reach")
            .await;
    }
    app.misses(&composer()).await;
}
