//! What a user can put in: nothing, far too much, half a word in an input method.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::chat::{composer, log, offer, question};
use crate::support::{App, By, World, any};

const INFERENCE: &str = "/api/inference/llm";

async fn signed_in<'world>(world: &'world World, model: &str) -> App<'world> {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model(model).await;
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_message_is_not_sent_and_a_sentence_says_so() {
    let world = World::new().await;
    let app = signed_in(&world, "Echo").await;
    app.click(&By::button("Send")).await;
    app.reads(&any("alert"), "nothing to send").await;
    app.types(&composer(), "   ").await;
    app.misses(&any("alert")).await;
    app.key(Key::Enter).await;
    app.reads(&any("alert"), "nothing to send").await;
    app.fills(&composer(), "something").await;
    app.key(Key::Enter).await;
    app.replies_with("something").await;
    assert_eq!(world.simulator().requests_to(INFERENCE).len(), 1);
}

/// The composer holds a text of this length: one too long to be drawn stays in its field all the same.
async fn holds(app: &App<'_>, length: usize) {
    let script =
        "return [...document.querySelectorAll('textarea')].map((field) => field.value.length)";
    let held = app.until(async || {
        let lengths = app.run(script, vec![]).await.ok()?;
        let lengths = lengths.as_array()?;
        lengths.contains(&json!(length)).then_some(())
    });
    if held.await.is_none() {
        app.fail("the composer to hold the text").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paste_of_5_megabytes_is_refused_in_a_sentence_and_not_lost() {
    let world = World::new().await;
    let app = signed_in(&world, "Echo").await;
    let text = "0123456789abcde\n".repeat(5 * 1024 * 1024 / 16);
    app.pastes(&composer(), &text).await;
    app.reads(&any("alert"), "too long").await;
    holds(&app, text.len()).await;
    app.click(&By::button("Send")).await;
    holds(&app, text.len()).await;
    assert_eq!(world.simulator().requests_to(INFERENCE).len(), 0);
    // Nothing hangs: the next, shorter message goes.
    app.click(&By::button("Clear")).await;
    app.asks("shorter").await;
    app.replies_with("shorter").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_message_is_sent_whole_and_shown_in_part() {
    let world = World::new().await;
    let app = signed_in(&world, "Breeze").await;
    let text = "0123456789abcde\n".repeat(2 * 1024 * 1024 / 16) + "end";
    app.pastes(&composer(), &text).await;
    holds(&app, text.len()).await;
    app.click(&By::button("Send")).await;
    app.sees(&question()).await;
    app.waits_for_the_end().await;
    app.sees(&offer("Copy")).await;
    let sent = world.simulator().requests_to(INFERENCE);
    // Compared without printing megabytes.
    assert!(sent[0].json()["messages"][0]["content"] == text.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_sends_and_shift_enter_makes_a_line() {
    let world = World::new().await;
    let app = signed_in(&world, "Echo").await;
    app.types(&composer(), "one").await;
    app.chord(&[Key::Shift], Key::Enter).await;
    app.strikes("two").await;
    app.key(Key::Enter).await;
    app.reads(&question(), "one two").await;
    app.waits_for_the_end().await;
    let sent = world.simulator().requests_to(INFERENCE);
    assert_eq!(sent[0].json()["messages"][0]["content"], "one\ntwo");
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_in_an_input_method_does_not_send() {
    let world = World::new().await;
    let app = signed_in(&world, "Echo").await;
    app.types(&composer(), "half").await;
    // What a web view sends while an input method composes, and the odd case of WebKit, where the
    // `Enter` that ends the composition comes after it with key code 229.
    for how in [
        json!({"key": "Enter", "isComposing": true}),
        json!({"key": "Enter", "keyCode": 229}),
    ] {
        app.run(
            "const [how] = arguments; const event = new KeyboardEvent('keydown', \
               {...how, bubbles: true, cancelable: true}); \
             if (how.keyCode) Object.defineProperty(event, 'keyCode', {value: how.keyCode}); \
             document.activeElement.dispatchEvent(event);",
            vec![how],
        )
        .await
        .unwrap();
    }
    app.sees_that(&composer(), "unsent", |seen| {
        seen.value.as_deref() == Some("half")
    })
    .await;
    app.key(Key::Enter).await;
    app.reads(&question(), "half").await;
    app.waits_for_the_end().await;
    assert_eq!(world.simulator().requests_to(INFERENCE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_keeps_the_old_version_a_step_away() {
    let world = World::new().await;
    let app = signed_in(&world, "Echo").await;
    app.asks("first wording").await;
    app.waits_for_the_end().await;
    app.click(&By::button("Edit").within(question())).await;
    let field = By::textbox("Edit message").within(log());
    app.fills(&field, "second wording").await;
    app.key(Key::Enter).await;
    app.replies_with("second wording").await;
    app.waits_for_the_end().await;
    app.click(&By::button("Previous version").within(question()))
        .await;
    app.replies_with("first wording").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_models_list_of_garbage_lets_the_user_type_a_model() {
    let world = World::new().await;
    world
        .simulator()
        .set_models_body(Some("<html>nonsense".to_owned()));
    let app = world.start().await;
    app.signs_in().await;
    app.types_model("echo").await;
    app.asks("typed").await;
    app.replies_with("typed").await;
    let sent = world.simulator().requests_to(INFERENCE);
    assert_eq!(sent[0].json()["model"], "echo");
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_a_conversation_by_its_words() {
    let world = World::new().await;
    let app = signed_in(&world, "Echo").await;
    app.asks("Apples and pears").await;
    app.waits_for_the_end().await;
    app.click(&By::button("New chat")).await;
    app.asks("Rivers and hills").await;
    app.waits_for_the_end().await;
    let search = By::role("searchbox", "Search conversations");
    app.types(&search, "pears").await;
    app.misses(&crate::support::chat::entry("Rivers")).await;
    app.click(&crate::support::chat::entry("Apples")).await;
    app.reads(&question(), "Apples and pears").await;
}
