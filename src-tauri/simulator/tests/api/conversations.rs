//! The scenarios that answer as a model does.

use serde_json::json;

use crate::support::{asking, content, events, finish, order, start, text};

#[tokio::test]
async fn plain_answers_the_question_word_by_word() {
    let session = start().await;
    let response = session.ask("plain", "Why is the sea salty?").await;
    assert_eq!(
        response.headers()["content-type"],
        "text/event-stream; charset=utf-8"
    );
    let events = events(&response.text().await.unwrap());
    assert!(content(&events).contains("Why is the sea salty?"));
    assert_eq!(order(&events), ["content", "finish", "done"]);
    assert!(events.len() > 50);
    assert_eq!(finish(&events), "stop");
    assert_eq!(events.last().unwrap().data, json!({}));
}

#[tokio::test]
async fn markdown_shows_everything_there_is_to_draw() {
    let session = start().await;
    let text = content(&session.events("markdown").await);
    for piece in [
        "# ",
        "## ",
        "1. ",
        "- [x] ",
        "- [ ] ",
        "| ",
        "> ",
        "```python",
        "```rust",
        "$$\n",
        "$m$",
        "](https://",
        "~~",
        "**",
        "`",
        "---",
    ] {
        assert!(text.contains(piece), "no {piece}");
    }
    assert_eq!(text.matches("```").count() % 2, 0);
    assert_eq!(text.matches("$$").count() % 2, 0);
}

#[tokio::test]
async fn long_firehose_rtl_and_cjk_are_what_they_say() {
    let session = start().await;
    assert!(content(&session.events("long").await).len() > 18_000);
    let firehose = session.events("firehose").await;
    assert!(firehose.len() > 5_000, "{}", firehose.len());
    assert!(content(&session.events("rtl").await).contains("النهر"));
    let cjk = session.events("cjk").await;
    assert!(content(&cjk).contains("茶馆"));
    assert!(cjk.len() > 100, "a script without spaces streams too");
}

#[tokio::test]
async fn count_sends_two_thousand_deltas() {
    let session = start().await;
    let events = session.events("count").await;
    assert_eq!(events.len(), 2_002);
    let expected: Vec<String> = (1..=2000).map(|number: i32| number.to_string()).collect();
    assert_eq!(content(&events), expected.join(" "));
}

#[tokio::test]
async fn echo_repeats_the_last_message_of_the_user() {
    let session = start().await;
    let question = "  # Two\nlines,\tsome 空白 and 🌊🌊\n\n";
    let response = session.ask("echo", question).await;
    let events = events(&response.text().await.unwrap());
    assert_eq!(content(&events), question);
}

#[tokio::test]
async fn reasoning_comes_before_the_answer() {
    let session = start().await;
    let events = session.events("reasoning").await;
    assert_eq!(order(&events), ["reasoning", "content", "finish", "done"]);
    assert!(text(&events, "reasoning").len() > 500);
}

#[tokio::test]
async fn empty_finishes_without_a_word() {
    let session = start().await;
    assert_eq!(order(&session.events("empty").await), ["finish", "done"]);
}

#[tokio::test]
async fn tools_calls_the_clock_and_then_uses_its_result() {
    let session = start().await;
    let first = session.events("tools").await;
    assert_eq!(order(&first), ["content", "tool_calls", "finish", "done"]);
    assert_eq!(finish(&first), "tool_calls");
    let calls = &first[first.len() - 3].data["tool_calls"];
    assert_eq!(calls[0]["type"], "function");
    assert_eq!(calls[0]["function"]["name"], "current_time");
    assert_eq!(calls[0]["function"]["arguments"], "{}");

    let second = session
        .llm(&json!({ "model": "tools", "stream": true, "messages": [
            { "role": "user", "content": "What time is it?" },
            { "role": "assistant", "content": "Let me look.", "tool_calls": calls },
            { "role": "tool", "tool_call_id": calls[0]["id"], "content": "{\"time\":\"12:34\"}" },
        ] }))
        .await;
    let second = events(&second.text().await.unwrap());
    assert!(content(&second).contains("**12:34**"));
    assert_eq!(finish(&second), "stop");
}

#[tokio::test]
async fn the_tools_that_misbehave_do_so() {
    let session = start().await;
    let two = session.events("tools-two").await;
    assert_eq!(two[0].data["tool_calls"].as_array().unwrap().len(), 2);
    let bad = session.events("tools-bad").await;
    assert!(bad[0].data["tool_calls"][0].get("id").is_none());
    let cut = session.events("tools-length").await;
    assert_eq!(finish(&cut), "length");

    let endless = session.events("tools-endless").await;
    let call = &endless[endless.len() - 3].data["tool_calls"];
    let again = session
        .llm(&json!({ "model": "tools-endless", "messages": [
            { "role": "user", "content": "Hi" },
            { "role": "assistant", "content": null, "tool_calls": call },
            { "role": "tool", "tool_call_id": call[0]["id"], "content": "12:34" },
        ] }))
        .await;
    let again = events(&again.text().await.unwrap());
    let second = &again[again.len() - 3].data["tool_calls"][0];
    assert_eq!(finish(&again), "tool_calls");
    assert_ne!(second["id"], call[0]["id"]);
}

#[tokio::test]
async fn length_stops_early_and_goes_on_when_its_text_is_there() {
    let session = start().await;
    let events_of = async |messages| {
        let request = json!({ "model": "length", "messages": messages });
        events(&session.llm(&request).await.text().await.unwrap())
    };
    let question = json!({ "role": "user", "content": "Tell me of rivers" });
    let first = events_of(json!([question])).await;
    assert_eq!(finish(&first), "length");
    let begun = json!({ "role": "assistant", "content": content(&first) });

    let prefilled = events_of(json!([question, begun])).await;
    let please = json!({ "role": "user", "content": "Continue." });
    let asked = events_of(json!([question, begun, please])).await;
    assert_eq!(prefilled, asked);
    assert_eq!(finish(&asked), "stop");
    let whole = content(&first) + &content(&asked);
    assert!(whole.starts_with("A river begins"));
    assert!(whole.ends_with("to the moss.\n"));
    assert_eq!(whole.matches("A river begins").count(), 1);
}

#[tokio::test]
async fn max_tokens_cuts_the_answer_with_length_and_continue_gives_the_rest() {
    let session = start().await;
    let mut request = asking("plain", "Why?");
    let whole = session.llm(&request).await.text().await.unwrap();
    request["max_tokens"] = json!(7);
    let cut = events(&session.llm(&request).await.text().await.unwrap());
    assert_eq!(cut.len(), 7 + 2);
    assert_eq!(finish(&cut), "length");

    let continued = session
        .llm(&json!({ "model": "plain", "messages": [
            { "role": "user", "content": "Why?" },
            { "role": "assistant", "content": content(&cut) },
            { "role": "user", "content": "Please continue where you stopped." },
        ] }))
        .await;
    let rest = events(&continued.text().await.unwrap());
    assert_eq!(content(&cut) + &content(&rest), content(&events(&whole)));
}
