//! Asking and watching the reply come, whatever the window does meanwhile.

use std::time::Duration;

use fantoccini::key::Key;
use serechat_simulator::Gate;

use crate::support::chat::{composer, entry, log, offer, question, reply};
use crate::support::wait::until;
use crate::support::{App, By, World, any};

/// How many deltas the long replies have.
const DELTAS: usize = 2_000;

/// The delta at `index`, unlike any other.
fn delta(index: usize) -> String {
    format!("w{index:04} ")
}

/// The whole of `count` deltas, without what stands between them.
fn whole(count: usize) -> String {
    (1..=count)
        .map(|index| delta(index).trim().to_owned())
        .collect()
}

/// Signs in, chooses the held model and asks.
async fn held<'world>(world: &'world World, text: &str) -> (App<'world>, Gate) {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks(text).await;
    let gate = world.simulator().gate().await;
    (app, gate)
}

/// Sends 2,000 deltas at a pace that outlasts a few movements of the window, then the end.
fn pour(gate: Gate) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        for index in 1..=DELTAS {
            gate.content(&delta(index)).await.unwrap();
            // A pace, not a wait: it spreads the deltas over several seconds.
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        gate.complete().await.unwrap();
    })
}

/// Waits until the reply has come past the delta `index`, and is still being written.
async fn passes(app: &App<'_>, index: usize) {
    let mark = delta(index);
    app.replies(&format!("past delta {index}"), |prose| {
        prose.contains(mark.trim())
    })
    .await;
    assert!(
        app.glimpse(&By::button("Stop")).await.is_some(),
        "this has to happen in mid-stream"
    );
}

/// Every delta exactly once, in order.
async fn has_every_delta_once(app: &App<'_>) {
    let last = delta(DELTAS);
    app.replies_with(last.trim()).await;
    app.waits_for_the_end().await;
    let seen = app.replies_with(last.trim()).await;
    let prose = seen.prose.unwrap_or_default();
    let words: Vec<&str> = prose
        .split_whitespace()
        .filter(|word| word.starts_with('w'))
        .collect();
    assert_eq!(words.concat(), whole(DELTAS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_to_the_end() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Counter").await;
    app.asks("Count for me").await;
    app.waits_for_the_end().await;
    let seen = app.replies_with("2000").await;
    let prose = seen.prose.unwrap_or_default();
    let numbers: Vec<usize> = prose
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|word| word.parse().ok())
        .collect();
    assert_eq!(numbers, (1..=2_000).collect::<Vec<_>>());
    app.sees(&offer("Copy")).await;
    app.sees(&entry("Count for me")).await;
    let sent = world.simulator().requests_to("/api/inference/llm");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].json()["model"], "count");
    assert_eq!(sent[0].json()["stream"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_delta_is_on_screen_while_the_server_waits() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Say one word").await;
    app.sees_that(&log(), "busy", |seen| seen.busy).await;
    gate.content("first").await.unwrap();
    app.replies_with("first").await;
    assert!(app.glimpse(&By::button("Stop")).await.is_some());
    gate.content(" second").await.unwrap();
    app.replies_with("first second").await;
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.replies_with("first second").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_closes_the_connection_and_keeps_what_arrived() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Talk").await;
    gate.content("so far").await.unwrap();
    app.replies_with("so far").await;
    app.click(&By::button("Stop")).await;
    gate.closed().await;
    app.waits_for_the_end().await;
    app.replies_with("so far").await;
    app.reads(&reply(), "Stopped").await;
    app.sees(&offer("Retry")).await;
    // Going on is asked for by the user, and only by the user.
    app.click(&offer("Continue")).await;
    let gate = world.simulator().gate().await;
    gate.content("and on").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.replies_with("and on").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_stops_a_reply() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Talk").await;
    gate.content("so far").await.unwrap();
    app.replies_with("so far").await;
    app.key(Key::Escape).await;
    gate.closed().await;
    app.waits_for_the_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_mid_stream_loses_and_doubles_nothing() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Pour").await;
    let pouring = pour(gate);
    for index in [200, 700, 1_200] {
        passes(&app, index).await;
        app.reload().await;
        app.sees(&composer()).await;
        // The window opens where the user was.
        app.reads(&question(), "Pour").await;
    }
    has_every_delta_once(&app).await;
    pouring.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_of_conversations_in_mid_stream_loses_and_doubles_nothing() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Pour").await;
    let pouring = pour(gate);
    passes(&app, 150).await;
    app.click(&By::button("New chat")).await;
    app.picks_model("Echo").await;
    app.asks("Meanwhile").await;
    app.replies_with("Meanwhile").await;
    for index in [500, 900] {
        app.click(&entry("Pour")).await;
        passes(&app, index).await;
        app.click(&entry("Meanwhile")).await;
        app.reads(&question(), "Meanwhile").await;
    }
    app.click(&entry("Pour")).await;
    has_every_delta_once(&app).await;
    pouring.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hiding_and_showing_in_mid_stream_loses_and_doubles_nothing() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Pour").await;
    let pouring = pour(gate);
    passes(&app, 200).await;
    let hidden = app.hide().await;
    // It goes on while nobody looks: the service is read to the end.
    pouring.await.unwrap();
    app.show(hidden).await;
    has_every_delta_once(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_conversations_stream_at_once() {
    let world = World::new().await;
    let (app, first) = held(&world, "First of two").await;
    app.click(&By::button("New chat")).await;
    app.picks_model("Held by a test").await;
    app.asks("Second of two").await;
    let second = world.simulator().gate().await;
    assert_eq!(second.question(), "Second of two");
    first.content("one ").await.unwrap();
    second.content("two ").await.unwrap();
    app.replies_with("two").await;
    app.click(&entry("First of two")).await;
    app.replies_with("one").await;
    second.content("two again").await.unwrap();
    first.content("one again").await.unwrap();
    app.replies_with("one one again").await;
    first.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.click(&entry("Second of two")).await;
    app.replies_with("two two again").await;
    second.complete().await.unwrap();
    app.waits_for_the_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_drawn_as_markdown() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Draw").await;
    gate.content("# Title\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n")
        .await
        .unwrap();
    gate.content("```rust\nfn main() {").await.unwrap();
    app.reads(&any("heading").within(reply()), "Title").await;
    let items = By::role("list", "").within(reply());
    app.sees(&items).await;
    app.sees(&any("table").within(reply())).await;
    // An open fence is a code block already.
    app.reads(&any("code").within(reply()), "fn main() {").await;
    gate.content("}\n```\n\n[link](https://example.org/) <b>no markup</b>")
        .await
        .unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.replies_with("<b>no markup</b>").await;
    // A link opens in the browser, by way of the app; the window stays where it is.
    app.click(&By::link("link").within(reply())).await;
    assert_eq!(world.person().sees(2).await, "https://example.org/");
    app.reads(&question(), "Draw").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thinking_is_a_fold_beside_the_reply() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Think").await;
    gate.reasoning("pondering").await.unwrap();
    let fold = By::role("group", "Reasoning").within(reply());
    app.reads(&fold, "Thinking").await;
    gate.content("answer").await.unwrap();
    app.replies_with("answer").await;
    app.reads(&fold, "Thought").await;
    app.sees_that(&fold, "folded", |seen| seen.open == Some(false))
        .await;
    gate.complete().await.unwrap();
    app.click(&any("summary").within(fold.clone())).await;
    app.sees_that(&fold, "open, with the thought", |seen| {
        seen.open == Some(true) && seen.text.contains("pondering")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_reached_its_limit_says_so_and_goes_on_when_asked() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Short of breath").await;
    app.asks("Tell me everything").await;
    app.waits_for_the_end().await;
    app.reads(&reply(), "Reached the length limit").await;
    app.click(&offer("Continue")).await;
    let asked = until(async || {
        (world.simulator().requests_to("/api/inference/llm").len() == 2).then_some(())
    });
    assert!(asked.await.is_some(), "Continue asks for more");
    app.waits_for_the_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_keeps_the_old_version_a_step_away() {
    let world = World::new().await;
    let (app, gate) = held(&world, "Again").await;
    gate.content("the first try").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.click(&offer("Retry")).await;
    let gate = world.simulator().gate().await;
    gate.content("the second try").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.replies_with("the second try").await;
    app.click(&offer("Previous version")).await;
    app.replies_with("the first try").await;
    app.click(&offer("Next version")).await;
    app.replies_with("the second try").await;
}
