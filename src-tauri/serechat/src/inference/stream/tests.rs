//! The stream over scripted bodies, with time paused: ends, silence, bounds, JSON bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::stream;
use tokio::time::sleep;

use super::*;
use crate::inference::events::FinishReason;
use crate::sse::MAX_LINE;

const SILENCE: Duration = Duration::from_secs(90);
const CONTENT: &str = "event: content\ndata: {\"content\":\"a\"}\n\n";
const FINISH: &str = "event: finish\ndata: {\"finish_reason\":\"stop\"}\n\n";
const DONE: &str = "event: done\ndata: {}\n\n";

/// What a body does next.
enum Step {
    Says(&'static str),
    Waits(u64),
    Breaks,
    Hangs,
}

fn body(steps: Vec<Step>) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    stream::iter(steps).filter_map(|step| async move {
        match step {
            Step::Says(text) => Some(Ok(Bytes::from_static(text.as_bytes()))),
            Step::Waits(seconds) => {
                sleep(Duration::from_secs(seconds)).await;
                None
            }
            Step::Breaks => Some(Err(Error::new(ErrorKind::Interrupted))),
            Step::Hangs => std::future::pending().await,
        }
    })
}

type Item = Result<StreamEvent, ErrorKind>;

async fn items(steps: Vec<Step>) -> Vec<Item> {
    EventStream::new(body(steps), 200, SILENCE)
        .map(|item| item.map_err(|error| error.kind()))
        .collect()
        .await
}

async fn said(text: &'static str) -> Vec<Item> {
    items(vec![Step::Says(text)]).await
}

fn content(text: &str) -> Item {
    Ok(StreamEvent::Content(text.to_owned()))
}

fn finish(reason: FinishReason) -> Item {
    Ok(StreamEvent::Finish(reason))
}

/// A stream of these steps, and whether it has dropped its body, which closes the connection.
fn watched(steps: Vec<Step>) -> (EventStream, Arc<AtomicBool>) {
    struct Watched(Arc<AtomicBool>);
    impl Drop for Watched {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicBool::new(false));
    let watched = Watched(Arc::clone(&dropped));
    let body = body(steps).map(move |item| {
        let _ = &watched;
        item
    });
    (EventStream::new(body, 200, SILENCE), dropped)
}

#[tokio::test(start_paused = true)]
async fn done_is_the_last_item_and_drops_the_body() {
    let steps = vec![Step::Says(CONTENT), Step::Says(DONE), Step::Hangs];
    let (mut stream, dropped) = watched(steps);
    assert!(matches!(
        stream.next().await,
        Some(Ok(StreamEvent::Content(_)))
    ));
    assert!(!dropped.load(Ordering::SeqCst));
    assert!(matches!(stream.next().await, Some(Ok(StreamEvent::Done))));
    assert!(dropped.load(Ordering::SeqCst));
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn whatever_ends_the_stream_drops_the_body_with_the_last_item() {
    let long: &'static str = "x".repeat(MAX_LINE + 1).leak();
    for end in [
        Step::Hangs,
        Step::Breaks,
        Step::Says(DONE),
        Step::Says("data: [DONE]\n\n"),
        Step::Says(long),
    ] {
        let steps = vec![Step::Says(CONTENT), end, Step::Hangs];
        let (mut stream, dropped) = watched(steps);
        assert!(stream.next().await.is_some());
        assert!(!dropped.load(Ordering::SeqCst));
        assert!(stream.next().await.is_some());
        assert!(dropped.load(Ordering::SeqCst), "with the item, not after");
        assert!(stream.next().await.is_none());
    }
    let (mut stream, dropped) = watched(vec![Step::Says("<html>"), Step::Hangs]);
    assert!(stream.next().await.is_some_and(|item| item.is_err()));
    assert!(dropped.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_trickle_of_one_byte_a_second_is_slow_and_no_more() {
    let reply: &'static str = format!("{CONTENT}{CONTENT}{FINISH}{DONE}").leak();
    let steps = (0..reply.len()).flat_map(|at| [Step::Waits(1), Step::Says(&reply[at..=at])]);
    let (mut stream, dropped) = watched(steps.chain([Step::Hangs]).collect());
    let start = Instant::now();
    let mut times = Vec::new();
    while let Some(item) = stream.next().await {
        assert!(item.is_ok());
        times.push(start.elapsed().as_secs());
    }
    // Each event as soon as its last byte is there.
    let [content, finish] = [CONTENT.len() as u64, FINISH.len() as u64];
    let done = reply.len() as u64;
    assert_eq!(times, [content, 2 * content, 2 * content + finish, done]);
    assert!(dropped.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_ends_without_done_is_complete_after_a_finish_else_interrupted() {
    let complete = [
        content("a"),
        finish(FinishReason::Stop),
        Ok(StreamEvent::Done),
    ];
    let steps = || vec![Step::Says(CONTENT), Step::Says(FINISH)];
    assert_eq!(items(steps()).await, complete);
    for last in [Step::Breaks, Step::Hangs] {
        let mut steps = steps();
        steps.push(last);
        assert_eq!(items(steps).await, complete);
    }
    let interrupted = [content("a"), Err(ErrorKind::Interrupted)];
    assert_eq!(items(vec![Step::Says(CONTENT)]).await, interrupted);
    assert_eq!(
        items(vec![Step::Says(CONTENT), Step::Breaks, Step::Says(DONE)]).await,
        interrupted
    );
    assert_eq!(items(vec![]).await, [Err(ErrorKind::Interrupted)]);
}

#[tokio::test(start_paused = true)]
async fn the_last_event_counts_without_its_blank_line() {
    assert_eq!(
        said("event: content\ndata: {\"content\":\"a\"}\n\nevent: done\ndata: {}").await,
        [content("a"), Ok(StreamEvent::Done)]
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_at_all_for_90_seconds_is_silence() {
    let start = Instant::now();
    assert_eq!(
        items(vec![Step::Says(CONTENT), Step::Waits(60), Step::Hangs]).await,
        [content("a"), Err(ErrorKind::Silence)]
    );
    assert_eq!(start.elapsed(), SILENCE);
    let start = Instant::now();
    assert_eq!(items(vec![Step::Hangs]).await, [Err(ErrorKind::Silence)]);
    assert_eq!(start.elapsed(), SILENCE);
}

#[tokio::test(start_paused = true)]
async fn comments_unknown_events_and_parts_of_a_line_count_as_life() {
    let mut steps = Vec::new();
    for text in [
        ": ping\n\n",
        "event: x\ndata: 1\n\n",
        "event: content\nda",
        "ta: {",
    ] {
        steps.push(Step::Waits(80));
        steps.push(Step::Says(text));
    }
    steps.extend([Step::Waits(80), Step::Says("\"content\":\"a\"}\n\n")]);
    steps.extend([Step::Waits(80), Step::Says(DONE)]);
    assert_eq!(
        items(steps).await,
        [Ok(StreamEvent::Alive), content("a"), Ok(StreamEvent::Done)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_takes_long_does_not_make_the_server_silent() {
    let steps = vec![Step::Says(CONTENT), Step::Says(CONTENT), Step::Says(DONE)];
    let mut stream = EventStream::new(body(steps), 200, SILENCE);
    let mut count = 0;
    while let Some(item) = stream.next().await {
        assert!(item.is_ok());
        count += 1;
        sleep(10 * SILENCE).await;
    }
    assert_eq!(count, 3);
}

#[tokio::test(start_paused = true)]
async fn an_endless_limit_on_silence_is_no_limit() {
    let steps = vec![
        Step::Says(CONTENT),
        Step::Waits(1_000_000),
        Step::Says(DONE),
    ];
    let stream = EventStream::new(body(steps), 200, Duration::MAX);
    assert_eq!(stream.count().await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_passed_bound_ends_the_stream_and_what_came_before_is_kept() {
    let line: &'static str = "x".repeat(600_000).leak();
    assert_eq!(
        items(vec![
            Step::Says(CONTENT),
            Step::Says(line),
            Step::Says(line),
            Step::Says(DONE)
        ])
        .await,
        [content("a"), Err(ErrorKind::Bound("1 MiB a line"))]
    );
}

#[tokio::test(start_paused = true)]
async fn a_json_body_of_more_than_8_mib_passes_the_bound() {
    let mib = Bytes::from(vec![b' '; 1024 * 1024]);
    let chunks = std::iter::once(Ok(Bytes::from_static(b"{")))
        .chain(std::iter::repeat_with(move || Ok(mib.clone())));
    let stream = EventStream::new(stream::iter(chunks), 200, SILENCE);
    let kinds: Vec<_> = stream
        .map(|item| item.map_err(|error| error.kind()))
        .collect()
        .await;
    assert_eq!(kinds, [Err(ErrorKind::Bound("8 MiB an event"))]);
}

mod json_bodies {
    use super::*;
    use crate::inference::events::ToolCall;

    #[tokio::test(start_paused = true)]
    async fn a_plain_one_is_shown_as_one_piece() {
        let whole = [
            content("Hello"),
            finish(FinishReason::Stop),
            Ok(StreamEvent::Done),
        ];
        for body in [
            r#"{"content":"Hello"}"#,
            "\u{feff}\n {\"content\": \"Hello\", \"finish_reason\": \"stop\", \"error\": null}\n",
            r#"{"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#,
        ] {
            assert_eq!(said(body).await, whole, "{body}");
        }
        let bytes = r#"{"content":"Hello"}"#;
        let steps = (0..bytes.len()).map(|at| Step::Says(&bytes[at..=at]));
        assert_eq!(items(steps.collect()).await, whole);
    }

    #[tokio::test(start_paused = true)]
    async fn it_brings_reasoning_tool_calls_and_the_reason_for_the_finish() {
        let call = ToolCall {
            id: "a".to_owned(),
            name: "f".to_owned(),
            arguments: "{}".to_owned(),
        };
        assert_eq!(
            said(
                r#"{"choices":[{"message":{"content":null,"reasoning_content":"hm","tool_calls":
                [{"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}"#
            )
            .await,
            [
                Ok(StreamEvent::Reasoning("hm".to_owned())),
                Ok(StreamEvent::ToolCalls(vec![call])),
                finish(FinishReason::ToolCalls),
                Ok(StreamEvent::Done),
            ]
        );
        assert_eq!(
            said(r#"{"content":"cut","finish_reason":"length"}"#).await[1],
            finish(FinishReason::Length)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_with_an_error_is_a_fatal_error() {
        for body in [
            r#"{"error":"Oops"}"#,
            r#"{"error":{"message":"Oops"},"choices":[]}"#,
        ] {
            assert_eq!(
                said(body).await,
                [
                    Ok(StreamEvent::Error("Oops".to_owned())),
                    Ok(StreamEvent::Done)
                ]
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_another_shape_cannot_be_read_and_one_that_is_cut_is_interrupted() {
        for body in [
            "{}",
            r#"{"content":7}"#,
            r#"{"choices":[{}]}"#,
            "{nonsense}",
            "{} {}",
        ] {
            assert_eq!(
                said(body).await,
                [Err(ErrorKind::UnreadableAnswer)],
                "{body}"
            );
        }
        assert_eq!(
            said(r#"{"content":"Hel"#).await,
            [Err(ErrorKind::Interrupted)]
        );
        assert_eq!(
            items(vec![Step::Says("{\"content\":"), Step::Hangs]).await,
            [Err(ErrorKind::Silence)]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_of_garbage_is_an_unreadable_answer() {
    for body in [
        "garbage",
        "<html><body>Log in to the hotel</body></html>",
        "\n\n <!doctype html>",
        "[1,2,3]\n",
        "\"text\"",
    ] {
        assert_eq!(
            said(body).await,
            [Err(ErrorKind::UnreadableAnswer)],
            "{body}"
        );
    }
    let spaces: &'static str = " ".repeat(10_000).leak();
    assert_eq!(said(spaces).await, [Err(ErrorKind::UnreadableAnswer)]);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_event_is_shown_and_the_stream_goes_on() {
    assert_eq!(
        items(vec![
            Step::Says("event: content\ndata: {oops\n\n"),
            Step::Says(CONTENT),
            Step::Says(DONE)
        ])
        .await,
        [
            Ok(StreamEvent::Unreadable),
            content("a"),
            Ok(StreamEvent::Done)
        ]
    );
}
