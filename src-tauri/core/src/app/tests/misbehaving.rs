//! Streams that misbehave: what the user sees, what is kept, and that the connection is closed.

use super::*;

/// How a reply ended.
struct Ended {
    reply: Message,
    requests: usize,
}

impl Ended {
    fn notes(&self) -> usize {
        self.reply
            .parts
            .iter()
            .filter(|part| matches!(part, Part::Notice { .. }))
            .count()
    }

    /// The sentence on the reply.
    fn sentence(&self) -> &str {
        self.reply.error.as_ref().map_or("", |error| &error.message)
    }
}

/// The reply to a stream of these bytes, after which the service says nothing more and waits.
async fn reply_to(pieces: &[&[u8]]) -> Ended {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    for piece in pieces {
        // The app may have had enough.
        if gate.raw(piece.to_vec()).await.is_err() {
            break;
        }
    }
    bench.event("saved").await;
    timeout(PATIENCE, gate.closed())
        .await
        .expect("the app closes the connection");
    Ended {
        reply: bench.reply(&conversation),
        requests: bench.inference_requests().len(),
    }
}

fn event(name: &str, data: &str) -> Vec<u8> {
    format!("event: {name}\ndata: {data}\n\n").into_bytes()
}

fn content(text: &str) -> Vec<u8> {
    event(
        "content",
        &serde_json::json!({ "content": text }).to_string(),
    )
}

fn done() -> Vec<u8> {
    event("done", "{}")
}

#[tokio::test]
async fn done_closes_the_connection_and_nothing_after_it_counts() {
    let stream = [
        content("Rain."),
        event("finish", r#"{"finish_reason":"stop"}"#),
        done(),
        content(" More"),
    ]
    .concat();
    let ended = reply_to(&[&stream]).await;
    assert_eq!(ended.reply.status, MessageStatus::Complete);
    assert_eq!(ended.reply.text(), "Rain.");
}

#[tokio::test]
async fn finish_may_come_twice_and_content_after_it_is_kept() {
    let finish = event("finish", r#"{"finish_reason":"stop"}"#);
    let length = event("finish", r#"{"finish_reason":"length"}"#);
    let stream = [content("Rain"), finish, content(" falls."), length, done()].concat();
    let ended = reply_to(&[&stream]).await;
    assert_eq!(
        ended.reply.status,
        MessageStatus::Complete,
        "the first reason counts"
    );
    assert_eq!(ended.reply.text(), "Rain falls.");
}

#[tokio::test]
async fn an_event_past_its_bound_ends_the_turn_with_a_sentence_that_names_the_bound() {
    let line = vec![b'x'; 64 << 10];
    let mut pieces: Vec<&[u8]> = vec![
        b"event: content\ndata: {\"content\":\"kept\"}\n\n",
        b"data: ",
    ];
    pieces.extend(std::iter::repeat_n(&line[..], 64));
    let ended = reply_to(&pieces).await;
    assert_eq!(ended.reply.status, MessageStatus::Interrupted);
    assert_eq!(ended.reply.text(), "kept");
    assert!(ended.sentence().contains("limit"), "{}", ended.sentence());
    assert_eq!(ended.requests, 1);
}

#[tokio::test]
async fn ten_thousand_tool_calls_end_the_turn_and_none_is_run() {
    let call =
        r#"{"id":"a","type":"function","function":{"name":"current_time","arguments":"{}"}}"#;
    let calls = vec![call; 10_000].join(",");
    let stream = [
        content("kept"),
        event("tool_calls", &format!("{{\"tool_calls\":[{calls}]}}")),
    ]
    .concat();
    let pieces: Vec<&[u8]> = stream.chunks(32 << 10).collect();
    let ended = reply_to(&pieces).await;
    assert_eq!(ended.reply.status, MessageStatus::Interrupted);
    assert_eq!(ended.reply.text(), "kept");
    assert!(ended.sentence().contains("limit"), "{}", ended.sentence());
    assert!(!ended.reply.parts.iter().any(
        |part| matches!(part, Part::Tool { call, .. } if call.state == ToolCallState::Succeeded)
    ));
}

#[tokio::test]
async fn deeply_nested_and_invalid_data_are_noted_and_the_rest_is_whole() {
    let deep = format!(
        "{{\"content\":{}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let stream = [
        content("Rain"),
        event("content", &deep),
        event("content", "{\"content\": 7"),
        content(" falls."),
        done(),
    ]
    .concat();
    let pieces: Vec<&[u8]> = stream.chunks(32 << 10).collect();
    let ended = reply_to(&pieces).await;
    assert_eq!(ended.reply.status, MessageStatus::Complete);
    assert_eq!(ended.notes(), 1);
    assert!(ended.reply.text().starts_with("Rain") && ended.reply.text().ends_with(" falls."));
}

#[tokio::test]
async fn bytes_that_are_no_text_never_stop_a_reply() {
    let mut stream = b"event: content\ndata: {\"content\":\"a\xff\xfe\"}\n\n".to_vec();
    stream.extend(content("b"));
    stream.extend(done());
    let ended = reply_to(&[&stream]).await;
    assert_eq!(ended.reply.status, MessageStatus::Complete);
    assert!(
        ended.reply.text().ends_with('b'),
        "{:?}",
        ended.reply.text()
    );
}

#[tokio::test]
async fn a_stream_cut_in_the_middle_of_an_event_keeps_what_was_whole() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    gate.content("Rain").await.unwrap();
    gate.raw(&b"event: content\ndata: {\"content\":\" fal"[..])
        .await
        .unwrap();
    bench.event("content").await;
    gate.cut().await.unwrap();
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert_eq!(reply.text(), "Rain");
    assert_eq!(bench.inference_requests().len(), 1);
}

#[tokio::test]
async fn an_error_at_the_end_without_done_is_noted_and_the_reply_is_interrupted() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    gate.content("Rain").await.unwrap();
    gate.error("a hiccup").await.unwrap();
    gate.end();
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert_eq!(reply.text(), "Rain");
    assert!(
        reply.parts.iter().any(
            |part| matches!(part, Part::Notice { error } if error.message.contains("a hiccup"))
        )
    );
}

#[tokio::test]
async fn a_page_instead_of_a_stream_is_a_sentence_and_never_the_page() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("html-200", "Hello").await;
    assert_eq!(reply.status, MessageStatus::Failed);
    assert!(reply.parts.is_empty());
    let sentence = reply.error.unwrap().message;
    assert!(
        sentence.contains("could not be read") && !sentence.contains('<'),
        "{sentence}"
    );
    assert_eq!(bench.inference_requests().len(), 1);
}
