//! How the bytes travel: dialects, odd forms, silence, and streams in the hand of a test.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use serechat_simulator::{Gone, Options};

use crate::support::{content, events, order, start, start_with};

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_json() {
    let session = start().await;
    let own: Value = serde_json::from_str(&session.body("json").await).unwrap();
    assert!(own["content"].is_string() && own["finish_reason"] == "stop");
    let other: Value = serde_json::from_str(&session.body("openai-json").await).unwrap();
    assert!(other["choices"][0]["message"]["content"].is_string());
}

/// The chunks of the second dialect, and whether `[DONE]` came last.
fn chunks(body: &str) -> (Vec<Value>, bool) {
    let mut lines: Vec<&str> = body
        .trim_end()
        .split("\n\n")
        .map(|block| block.strip_prefix("data: ").unwrap())
        .collect();
    let done = lines.last() == Some(&"[DONE]");
    if done {
        lines.pop();
    }
    let chunks = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    (chunks.collect(), done)
}

#[tokio::test]
async fn the_second_dialect_thinks_answers_and_ends_with_done() {
    let session = start().await;
    let (chunks, done) = chunks(&session.body("openai-chunks").await);
    assert!(done);
    let joined = |field: &str| -> String {
        chunks
            .iter()
            .filter_map(|chunk| chunk["choices"][0]["delta"][field].as_str())
            .collect()
    };
    assert!(joined("reasoning_content").contains("Nine coins"));
    assert!(joined("content").contains("**nine coins"));
    let reasons: Vec<_> = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str())
        .collect();
    assert_eq!(reasons, ["stop"]);
    assert!(chunks.last().unwrap()["usage"].is_object());
}

#[tokio::test]
async fn the_second_dialect_sends_tool_arguments_in_fragments() {
    let session = start().await;
    let (tools, _) = chunks(&session.body("openai-tools").await);
    let arguments: String = tools
        .iter()
        .filter_map(|chunk| {
            chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str()
        })
        .collect();
    let arguments: Value = serde_json::from_str(&arguments).unwrap();
    assert_eq!(arguments["timezone"], "Europe/Amsterdam");
    let (error, done) = chunks(&session.body("openai-error").await);
    assert!(done && error.last().unwrap()["error"]["message"].is_string());
}

#[tokio::test]
async fn the_printed_form_has_its_json_over_several_lines_and_no_last_blank_line() {
    let session = start().await;
    let body = session.body("multi-line").await;
    assert!(body.contains("event: finish\ndata: {\n\"finish_reason\": \"stop\"\n}\n\n"));
    assert!(body.ends_with("event: done\ndata: {}"));
}

#[tokio::test]
async fn unknown_events_comments_and_other_line_ends_are_sent() {
    let session = start().await;
    let unknown = session.body("unknown-events").await;
    assert!(unknown.contains("event: citation\n") && unknown.contains("\"logprobs\":null"));
    let comments = session.body("comments").await;
    assert!(comments.contains(": ping\nid: ") && comments.contains("retry: 3000\n"));
    let response = session.ask("crlf", "Hi").await;
    let crlf = response.bytes().await.unwrap();
    assert!(crlf.starts_with("\u{feff}event: content\r\ndata: ".as_bytes()));
    let crlf = String::from_utf8(crlf.to_vec()).unwrap();
    assert_eq!(crlf.matches('\n').count(), crlf.matches("\r\n").count());
}

#[tokio::test]
async fn split_cuts_inside_characters_and_still_joins_to_a_whole_reply() {
    let session = start().await;
    let events_of_whole = session.events("split").await;
    assert!(content(&events_of_whole).contains("👩‍👩‍👧‍👦"));
    let raw = session.raw("split").await;
    let head = raw.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    let mut rest = &raw[head..];
    let mut cut_inside_a_character = false;
    // Chunked transfer coding: a size in hexadecimal, a line end, the bytes, a line end.
    loop {
        let end = rest.windows(2).position(|it| it == b"\r\n").unwrap();
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        assert!(size <= 13);
        let chunk = &rest[end + 2..end + 2 + size];
        cut_inside_a_character |= std::str::from_utf8(chunk).is_err();
        rest = &rest[end + 2 + size + 2..];
    }
    assert!(cut_inside_a_character);
}

#[tokio::test]
async fn one_delta_arrives_while_the_rest_is_silence_and_closing_ends_the_stream() {
    let session = start().await;
    let mut response = session.ask("one-then-wait", "Hi").await;
    let first = response.chunk().await.unwrap().unwrap();
    let first = events(std::str::from_utf8(&first).unwrap());
    assert_eq!(content(&first), "One moment");
    assert_eq!(session.simulator.open_streams(), 1);
    drop(response);
    session.simulator.no_open_streams().await;
    assert_eq!(session.simulator.open_streams(), 0);
}

#[tokio::test]
async fn the_silence_ends_with_a_cut() {
    let session = start_with(Options {
        silence: Duration::ZERO,
        ..Options::instant()
    })
    .await;
    assert!(
        session
            .ask("one-then-wait", "Hi")
            .await
            .text()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_test_pushes_the_events_of_held_by_hand() {
    let session = start().await;
    let mut response = session.ask("held", "Are you there?").await;
    assert_eq!(response.status(), StatusCode::OK);
    let gate = session.simulator.gate().await;
    assert_eq!(gate.question(), "Are you there?");

    gate.reasoning("Hm.").await.unwrap();
    let chunk = response.chunk().await.unwrap().unwrap();
    assert_eq!(
        &chunk[..],
        b"event: reasoning\ndata: {\"content\":\"Hm.\"}\n\n"
    );
    gate.content("Yes.").await.unwrap();
    gate.complete().await.unwrap();
    let rest = events(&response.text().await.unwrap());
    assert_eq!(content(&rest), "Yes.");
    assert_eq!(order(&rest), ["content", "finish", "done"]);
}

#[tokio::test]
async fn a_held_stream_can_be_ended_or_cut_and_knows_when_its_client_has_gone() {
    let session = start().await;
    let ended = session.ask("held", "1").await;
    let gate = session.simulator.gate().await;
    gate.content("Half").await.unwrap();
    gate.end();
    assert_eq!(content(&events(&ended.text().await.unwrap())), "Half");

    let mut cut = session.ask("held", "2").await;
    let gate = session.simulator.gate().await;
    gate.content("Half").await.unwrap();
    gate.cut().await.unwrap();
    let chunk = cut.chunk().await.unwrap().unwrap();
    assert!(chunk.starts_with(b"event: content"));
    assert!(cut.chunk().await.is_err());

    let gone = session.ask("held", "3").await;
    let gate = session.simulator.gate().await;
    drop(gone);
    gate.closed().await;
    assert_eq!(gate.content("Anyone?").await, Err(Gone));
}

#[tokio::test]
async fn two_held_streams_have_a_gate_each() {
    let session = start().await;
    let first = session.ask("held", "first").await;
    let second = session.ask("held", "second").await;
    let (one, two) = (
        session.simulator.gate().await,
        session.simulator.gate().await,
    );
    assert_eq!((one.question(), two.question()), ("first", "second"));
    two.content("for the second").await.unwrap();
    two.complete().await.unwrap();
    one.content("for the first").await.unwrap();
    one.complete().await.unwrap();
    let second = second.text().await.unwrap();
    assert_eq!(content(&events(&second)), "for the second");
    let first = first.text().await.unwrap();
    assert_eq!(content(&events(&first)), "for the first");
}

#[tokio::test]
async fn stopping_the_simulator_cuts_what_is_open() {
    let session = start().await;
    let mut held = session.ask("held", "Hi").await;
    session.simulator.stop().await;
    assert!(held.chunk().await.is_err());
}

#[tokio::test]
async fn dropping_the_simulator_cuts_what_is_open() {
    let session = start().await;
    let url = session.url("/");
    let mut held = session.ask("held", "Hi").await;
    drop(session.simulator);
    assert!(held.chunk().await.is_err());
    drop(held);
    drop(session.client);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(client.get(url).send().await.is_err());
}
