//! Long conversations: they open at their end, scroll without a jump, and stay light.

use fantoccini::key::Key;
use serde_json::{Value, json};
use serein_core::library::{Library, new_id};
use serein_core::message::{Message, Part};
use serein_core::view::{MessageStatus, Role};

use crate::support::chat::{composer, entry, log, question, reply};
use crate::support::{App, By, World};

/// Messages in the long conversation.
const MANY: usize = 20_000;
/// Messages in the document at most, however far one scrolls.
const LAID_OUT: u64 = 250;

/// Whatever every script here begins with: the conversation, its messages, and where one of them stands.
const PAGE: &str = "const log = document.querySelector('[role=log]'); \
     const articles = () => [...log.querySelectorAll('article')]; \
     const top = (node) => node.getBoundingClientRect().top - log.getBoundingClientRect().top; \
     const visible = () => articles().find((one) => top(one) + one.offsetHeight > 0); ";

/// A message's words, which say its place.
fn text(index: usize) -> String {
    if index.is_multiple_of(2) {
        return format!("Question {index}");
    }
    // Replies of many heights. No formulas: they are drawn when their turn comes, which moves what is below.
    let mut text = format!("Answer {index}.");
    for paragraph in 0..index % 7 {
        text.push_str("\n\n");
        text.push_str(&format!("Paragraph {paragraph} says that it rains. ").repeat(6));
    }
    match index % 5 {
        1 => text.push_str("\n\n```rust\nfn main() {\n    rain();\n}\n```"),
        3 => text.push_str("\n\n- one\n- two\n- three"),
        _ => {}
    }
    text
}

/// Puts a conversation of `count` messages into the library of a world whose app does not run.
fn prepare(world: &World, count: usize) {
    std::fs::create_dir_all(world.profile()).unwrap();
    let library = Library::open(&world.profile().join("serein.db")).unwrap();
    let conversation = library
        .create_conversation("The long one", "held", 1)
        .unwrap();
    let mut messages: Vec<Message> = Vec::with_capacity(count);
    for index in 0..count {
        messages.push(Message {
            id: new_id(),
            parent: messages.last().map(|message| message.id.clone()),
            role: if index.is_multiple_of(2) {
                Role::User
            } else {
                Role::Assistant
            },
            status: MessageStatus::Complete,
            parts: vec![Part::text(text(index))],
            error: None,
            model: None,
            created_at: 1,
            finished_at: Some(1),
        });
    }
    library
        .add_messages(&conversation, &messages, false, 1)
        .unwrap();
    library.checkpoint().unwrap();
}

/// The app, with a long conversation open.
async fn opened(world: &World, count: usize) -> App<'_> {
    prepare(world, count);
    let app = world.start().await;
    app.signs_in().await;
    app.click(&entry("The long one")).await;
    app.reads(&reply(), &format!("Answer {}", count - 1)).await;
    // Its last screens are there at once, and then what is before them.
    comes_true(
        &app,
        "what is before to be at hand",
        "return log.scrollTop >= 2 * log.clientHeight",
    )
    .await;
    rests(&app).await;
    app
}

async fn ask(app: &App<'_>, script: &str, arguments: Vec<Value>) -> Value {
    app.run(&format!("{PAGE}{script}"), arguments)
        .await
        .unwrap()
}

/// How many messages are in the document.
async fn laid_out(app: &App<'_>) -> u64 {
    ask(app, "return articles().length", vec![])
        .await
        .as_u64()
        .unwrap()
}

/// The numbers of the messages in the document, in order.
async fn places(app: &App<'_>) -> Vec<usize> {
    let script = "return articles().map((one) => Number(one.textContent.match(/(Question|Answer) (\\d+)/)?.[2] ?? -1))";
    serde_json::from_value(ask(app, script, vec![]).await).unwrap()
}

fn are_consecutive(places: &[usize]) -> bool {
    places.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

/// Waits until a script answers with `true`.
async fn comes_true(app: &App<'_>, what: &str, script: &str) {
    let so = app.until(async || {
        let answer = app.run(&format!("{PAGE}{script}"), vec![]).await.ok()?;
        (answer == true).then_some(())
    });
    if so.await.is_none() {
        app.fail(what).await;
    }
}

/// Waits until the view is at its very end, with the conversation's last message.
async fn is_at_the_end(app: &App<'_>, last: &str) {
    app.reads(&reply(), last).await;
    comes_true(
        app,
        "the view to be at its end",
        "return log.scrollHeight - log.clientHeight - log.scrollTop <= 1",
    )
    .await;
}

/// Waits until nothing scrolls and no messages come or go.
async fn rests(app: &App<'_>) {
    let state = async || {
        let script = "return [log.scrollTop, log.scrollHeight, articles().length]";
        app.run(&format!("{PAGE}{script}"), vec![]).await.ok()
    };
    let rested = app.until(async || {
        let before = state().await?;
        for _ in 0..2 {
            app.next_frame().await;
        }
        (state().await? == before).then_some(())
    });
    if rested.await.is_none() {
        app.fail("the view to rest").await;
    }
}

/// Scrolls towards one end of the messages at hand until there are others, and says by how many pixels what
/// was read has moved apart from that.
async fn page_moves(app: &App<'_>, up: bool) -> f64 {
    let (end, far, near) = match up {
        true => ("0", "2.3 * log.clientHeight", -0.5),
        false => ("-1", "log.scrollHeight - 3.3 * log.clientHeight", 0.5),
    };
    ask(app, &format!("log.scrollTop = {far}; return true;"), vec![]).await;
    rests(app).await;
    let middle = "window.marked = [...log.querySelectorAll('article p, article pre')] \
             .find((one) => top(one) > log.clientHeight / 2); ";
    let script = format!(
        "{middle} window.end = articles().at({end}); const before = top(marked); const from = log.scrollTop; \
         log.scrollTop += {near} * log.clientHeight; return before - (log.scrollTop - from);"
    );
    let expected = ask(app, &script, vec![]).await.as_f64().unwrap();
    let script = format!("return articles().at({end}) !== window.end");
    comes_true(app, "a page to come", &script).await;
    rests(app).await;
    let stands = ask(app, "return top(window.marked)", vec![]).await;
    stands.as_f64().unwrap() - expected
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_messages_open_at_their_end_and_scroll_without_a_jump() {
    let world = World::new().await;
    let app = opened(&world, MANY).await;
    is_at_the_end(&app, "Answer 19999").await;
    assert!(laid_out(&app).await <= LAID_OUT);
    for up in [true; 9].into_iter().chain([false; 5]) {
        let moved = page_moves(&app, up).await;
        assert!(moved.abs() <= 1.0, "what was read moved by {moved} px");
        assert!(laid_out(&app).await <= LAID_OUT);
        let shown = places(&app).await;
        assert!(are_consecutive(&shown), "{shown:?}");
    }
    let shown = places(&app).await;
    assert!(
        shown[0] > MANY - 240 && *shown.last().unwrap() < MANY - 1,
        "pages went at both ends: {shown:?}"
    );
    app.click(&By::button("Jump to latest")).await;
    is_at_the_end(&app, "Answer 19999").await;
    app.misses(&By::button("Jump to latest")).await;
    assert!(laid_out(&app).await <= LAID_OUT);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wheel_scrolls_through_pages_message_by_message() {
    let world = World::new().await;
    let app = opened(&world, 1_000).await;
    is_at_the_end(&app, "Answer 999").await;
    let script = "return Number(visible().textContent.match(/(Question|Answer) (\\d+)/)[2])";
    let read = async || ask(&app, script, vec![]).await.as_u64().unwrap();
    let (mut before, first) = (read().await, places(&app).await[0]);
    for _ in 0..60 {
        app.scrolls(-20).await;
        rests(&app).await;
        let now = read().await;
        // Two pages that were not made up for would be a jump of 48. One is seen now and then on a slow machine,
        // and is not mended yet: the bound is 20 where it is.
        assert!(now <= before && before - now < 20, "from {before} to {now}");
        before = now;
        let shown = places(&app).await;
        assert!(are_consecutive(&shown), "{shown:?}");
        if shown[0] + 72 <= first {
            return;
        }
    }
    app.fail("pages to come on the way up").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn home_leads_to_the_first_message_and_end_to_the_last() {
    let world = World::new().await;
    let app = opened(&world, MANY).await;
    ask(&app, "log.focus(); return true", vec![]).await;
    app.key(Key::Home).await;
    app.reads(&question().nth(0), "Question 0").await;
    comes_true(
        &app,
        "the view to be at its top",
        "return log.scrollTop === 0",
    )
    .await;
    assert_eq!(places(&app).await[0], 0);
    // The keyboard still scrolls.
    app.key(Key::PageDown).await;
    comes_true(&app, "the view to move", "return log.scrollTop > 0").await;
    app.key(Key::End).await;
    is_at_the_end(&app, "Answer 19999").await;
    assert!(laid_out(&app).await <= LAID_OUT);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_far_above_stays_while_a_reply_streams_at_the_end() {
    let world = World::new().await;
    let app = opened(&world, 2_000).await;
    app.picks_model("Held by a test").await;
    app.asks("And now?").await;
    let gate = world.simulator().gate().await;
    gate.content("first ").await.unwrap();
    app.replies_with("first").await;

    ask(&app, "log.focus(); return true", vec![]).await;
    app.key(Key::Home).await;
    app.reads(&question().nth(0), "Question 0").await;
    rests(&app).await;
    let before = ask(
        &app,
        "log.scrollTop = 300; window.marked = visible(); return top(window.marked)",
        vec![],
    )
    .await;
    for index in 0..200 {
        gate.content(&format!("w{index:03} and so on. "))
            .await
            .unwrap();
    }
    app.sees_that(&log(), "busy", |seen| seen.busy).await;
    app.next_frame().await;
    assert_eq!(ask(&app, "return top(window.marked)", vec![]).await, before);

    // Back at the end, the reply has all of it, once, and goes on.
    app.click(&By::button("Jump to latest")).await;
    app.replies_with("w199").await;
    gate.content("the end").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    let seen = app.replies_with("the end").await;
    let prose = seen.prose.unwrap_or_default();
    let words: Vec<&str> = prose
        .split_whitespace()
        .filter(|word| word.starts_with('w'))
        .collect();
    let expected: Vec<String> = (0..200).map(|index| format!("w{index:03}")).collect();
    assert_eq!(words, expected);

    // It ended while it was looked at; ending elsewhere moves nothing either.
    app.asks("Once more").await;
    let gate = world.simulator().gate().await;
    gate.content("more").await.unwrap();
    app.replies_with("more").await;
    ask(&app, "log.focus(); return true", vec![]).await;
    app.key(Key::Home).await;
    app.reads(&question().nth(0), "Question 0").await;
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.next_frame().await;
    assert_eq!(ask(&app, "return log.scrollTop", vec![]).await, json!(0));
    assert_eq!(places(&app).await[0], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_survives_streaming_and_stays_in_its_place() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks("Talk").await;
    let gate = world.simulator().gate().await;
    gate.content("Select these words, please.\n\n")
        .await
        .unwrap();
    app.replies_with("Select these words").await;
    let before = ask(
        &app,
        "const paragraph = articles().at(-1).querySelector('p'); \
         const range = document.createRange(); range.selectNodeContents(paragraph); \
         const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range); \
         window.marked = paragraph; return top(paragraph);",
        vec![],
    )
    .await;
    for index in 0..120 {
        gate.content(&format!("Paragraph {index}.\n\n"))
            .await
            .unwrap();
    }
    app.replies_with("Paragraph 119.").await;
    app.next_frame().await;
    assert_eq!(
        ask(&app, "return getSelection().toString().trim()", vec![]).await,
        "Select these words, please."
    );
    assert_eq!(ask(&app, "return top(window.marked)", vec![]).await, before);
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.click(&By::button("Jump to latest")).await;
    is_at_the_end(&app, "Paragraph 119.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_left_at_its_start_if_the_user_wants_it_so() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.opens_settings().await;
    let wish = By::role("switch", "Keep the start of a long answer in view");
    app.click(&wish).await;
    app.key(Key::Escape).await;
    app.sees(&composer()).await;
    app.picks_model("Held by a test").await;
    app.asks("Talk at length").await;
    let gate = world.simulator().gate().await;
    for index in 0..120 {
        gate.content(&format!("Paragraph {index}.\n\n"))
            .await
            .unwrap();
    }
    app.replies_with("Paragraph 119.").await;
    app.sees(&By::button("Jump to latest")).await;
    let start = ask(&app, "return top(articles().at(-1))", vec![]).await;
    let start = start.as_f64().unwrap();
    assert!((0.0..60.0).contains(&start), "it begins at {start} px");
    // Whoever goes to the end follows it there.
    app.click(&By::button("Jump to latest")).await;
    for index in 120..160 {
        gate.content(&format!("Paragraph {index}.\n\n"))
            .await
            .unwrap();
    }
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    is_at_the_end(&app, "Paragraph 159.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn growth_above_moves_nothing_that_is_read() {
    let world = World::new().await;
    let app = opened(&world, 60).await;
    let before = ask(
        &app,
        "log.scrollTop = log.scrollHeight / 2; window.marked = visible(); return top(window.marked)",
        vec![],
    )
    .await;
    rests(&app).await;
    for height in [500, 120, 0] {
        // As a picture does that has come, or that has gone.
        ask(
            &app,
            "const above = window.marked.previousElementSibling; \
             above.style.paddingBottom = arguments[0] + 'px'; return true",
            vec![json!(height)],
        )
        .await;
        app.next_frame().await;
        let after = ask(&app, "return top(window.marked)", vec![]).await;
        let moved = after.as_f64().unwrap() - before.as_f64().unwrap();
        assert!(moved.abs() <= 1.0, "what was read moved by {moved} px");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_far_above_is_chosen_without_a_jump() {
    let world = World::new().await;
    let app = opened(&world, 200).await;
    ask(&app, "log.focus(); return true", vec![]).await;
    app.key(Key::Home).await;
    app.reads(&question().nth(0), "Question 0").await;
    app.picks_model("Held by a test").await;
    let first = By::role("article", "Serein").nth(0);
    app.click(&By::button("Retry").within(first.clone())).await;
    let gate = world.simulator().gate().await;
    gate.content("another answer").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.reads(&first, "another answer").await;
    app.click(&By::button("Previous version").within(first.clone()))
        .await;
    app.reads(&first, "Answer 1").await;
    let shown = places(&app).await;
    assert_eq!(shown[..4], [0, 1, 2, 3]);
    assert!(are_consecutive(&shown));
    // All that followed it is there again.
    app.click(&By::button("Jump to latest")).await;
    is_at_the_end(&app, "Answer 199").await;
}

/// Presses the keys for printing until the app has something for the printer, which is not there to take it.
async fn prints(app: &App<'_>) {
    let script = "window.printed = 0; window.print = () => window.printed++";
    app.run(script, vec![]).await.unwrap();
    app.world().display().xdotool(&["key", "ctrl+p"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_long_conversation_is_printed_not_only_what_is_laid_out() {
    let world = World::new().await;
    let app = opened(&world, 600).await;
    prints(&app).await;
    comes_true(&app, "it to be printed", "return window.printed === 1").await;
    let script = "const paper = [...document.querySelectorAll('.paper > article')]; \
         return paper.map((one) => Number(one.textContent.match(/(Question|Answer) (\\d+)/)[2]))";
    let places: Vec<usize> = serde_json::from_value(ask(&app, script, vec![]).await).unwrap();
    assert_eq!(places, (0..600).collect::<Vec<_>>());
    // Nothing of it is on screen, and it is gone once the window is used again.
    assert!(laid_out(&app).await < 600);
    app.click(&log()).await;
    let gone = "return document.querySelector('.paper') === null";
    comes_true(&app, "the paper to be put away", gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_more_than_is_printed_at_once_the_user_is_asked_first() {
    let world = World::new().await;
    let app = opened(&world, 2_100).await;
    prints(&app).await;
    let part = By::button("Print this part");
    app.sees(&part).await;
    assert_eq!(ask(&app, "return window.printed", vec![]).await, 0);
    app.click(&part).await;
    comes_true(&app, "it to be printed", "return window.printed === 1").await;
    let script = "return [document.querySelectorAll('.paper > article').length, \
         document.querySelector('.paper > .about').textContent]";
    let answer = ask(&app, script, vec![]).await;
    assert_eq!(answer[0], 2_000);
    let about = answer[1].as_str().unwrap();
    assert!(
        about.contains("The last 2,000 of 2,100 messages"),
        "{about}"
    );
}
