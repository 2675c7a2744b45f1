//! Streams that misbehave, over sockets: which events come, in what way the stream ends, and that
//! the client closes the connection though the server keeps it. What hangs on the length of a
//! wait is tested with paused time, beside the code of the stream.

use std::time::Duration;

use futures_util::StreamExt;
use serechat::{BaseUrl, Client, ErrorKind, FinishReason, StreamEvent, Timeouts};
use tokio::sync::oneshot;

use crate::inference::{DELTA, DONE, ask, content, events};
use crate::server::{Answer, Server, Step};
use crate::{question, token};

type Item = Result<StreamEvent, ErrorKind>;

const FINISH: &str = "event: finish\ndata: {\"finish_reason\":\"stop\"}\n\n";
const LENGTH: &str = "event: finish\ndata: {\"finish_reason\":\"length\"}\n\n";
const ERROR: &str = "event: error\ndata: {\"error\":\"Oops\"}\n\n";

/// How deep the nested JSON is.
const LEVELS: usize = 100_000;

fn done() -> Item {
    Ok(StreamEvent::Done)
}

fn hello() -> Item {
    Ok(content("Hello"))
}

fn finish(reason: FinishReason) -> Item {
    Ok(StreamEvent::Finish(reason))
}

fn error() -> Item {
    Ok(StreamEvent::Error("Oops".to_owned()))
}

/// The items of a stream whose server never closes the connection; the client must.
async fn closed_by_the_client(answer: Answer) -> Vec<Item> {
    let (report, closed) = oneshot::channel();
    let items = events(answer.then(Step::UntilClosed(report))).await;
    closed.await.unwrap();
    items
}

async fn said(body: &str) -> Vec<Item> {
    closed_by_the_client(Answer::stream(body)).await
}

/// The items of a stream that ends with the connection.
async fn ended(body: &str) -> Vec<Item> {
    events(Answer::stream(body)).await
}

#[tokio::test]
async fn a_half_open_connection_is_silence_and_is_closed() {
    let (report, closed) = oneshot::channel();
    let answer = Answer::stream(DELTA).then(Step::UntilClosed(report));
    let server = Server::start([answer]).await;
    let timeouts = Timeouts {
        silence: Duration::from_millis(1),
        ..Timeouts::default()
    };
    let client = Client::new(BaseUrl::parse(&server.base).unwrap(), timeouts).unwrap();
    let mut stream = client.inference(&token(), &question()).await.unwrap();
    let mut last = None;
    while let Some(item) = stream.next().await {
        last = Some(item.map_err(|error| error.kind()));
    }
    assert_eq!(last, Some(Err(ErrorKind::Silence)));
    // The stream is still held: it closed the connection by itself.
    closed.await.unwrap();
    drop(stream);
}

#[tokio::test]
async fn a_reset_in_the_middle_of_an_event_is_interrupted_and_keeps_what_came() {
    let (go_on, word) = oneshot::channel();
    let half = format!("{DELTA}event: content\ndata: {{\"content\":\"ha");
    let answer = Answer::stream(&half)
        .then(Step::WaitsFor(word))
        .then(Step::Resets);
    let mut server = Server::start([answer, Answer::stream(DONE)]).await;
    let mut stream = ask(&server).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), content("Hello"));
    go_on.send(()).unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(!error.is_retryable());
    assert!(stream.next().await.is_none());
    server.request().await;
    assert!(server.is_idle(), "it is never asked again");
}

#[tokio::test]
async fn a_200_with_html_or_garbage_is_unreadable_and_html_is_not_read_on() {
    let html = "<!DOCTYPE html><html><body>Log in to the hotel</body></html>";
    assert_eq!(said(html).await, [Err(ErrorKind::UnreadableAnswer)]);
    let marked = format!("\u{feff}\r\n {html}");
    assert_eq!(said(&marked).await, [Err(ErrorKind::UnreadableAnswer)]);
    for body in ["garbage", "\u{0}\u{1}\u{2}", "[1,2]"] {
        assert_eq!(ended(body).await, [Err(ErrorKind::UnreadableAnswer)]);
    }
}

#[tokio::test]
async fn the_first_of_two_finishes_does_not_end_the_stream_and_both_are_told() {
    assert_eq!(
        said(&format!("{DELTA}{LENGTH}{FINISH}{DONE}")).await,
        [
            hello(),
            finish(FinishReason::Length),
            finish(FinishReason::Stop),
            done()
        ]
    );
}

#[tokio::test]
async fn content_after_a_finish_is_not_lost() {
    let expected = [hello(), finish(FinishReason::Stop), hello(), done()];
    assert_eq!(
        said(&format!("{DELTA}{FINISH}{DELTA}{DONE}")).await,
        expected
    );
    assert_eq!(ended(&format!("{DELTA}{FINISH}{DELTA}")).await, expected);
}

#[tokio::test]
async fn nothing_after_done_counts() {
    let late = format!("{DELTA}{DONE}{DELTA}{ERROR}{FINISH}{DONE}");
    assert_eq!(said(&late).await, [hello(), done()]);
    let late = format!("{DELTA}data: [DONE]\n\n{DELTA}event: done\n");
    assert_eq!(said(&late).await, [hello(), done()]);
}

#[tokio::test]
async fn an_error_is_told_where_it_stands_whatever_follows() {
    for (body, expected) in [
        // Then content: it was not fatal.
        (
            format!("{DELTA}{ERROR}{DELTA}{FINISH}{DONE}"),
            vec![
                hello(),
                error(),
                hello(),
                finish(FinishReason::Stop),
                done(),
            ],
        ),
        // Then done: it was.
        (
            format!("{DELTA}{ERROR}{DONE}"),
            vec![hello(), error(), done()],
        ),
        // A comment between is no event.
        (
            format!("{ERROR}: ping\n\n{DONE}"),
            vec![error(), Ok(StreamEvent::Alive), done()],
        ),
    ] {
        assert_eq!(said(&body).await, expected);
    }
    // Then nothing at all.
    assert_eq!(
        ended(&format!("{DELTA}{ERROR}")).await,
        [hello(), error(), Err(ErrorKind::Interrupted)]
    );
}

#[tokio::test]
async fn ten_thousand_tool_calls_pass_the_bound_and_close_the_connection() {
    let call = r#"{"id":"a","function":{"name":"f","arguments":"{}"}}"#;
    let bound = Err(ErrorKind::Bound("64 tool calls a reply"));
    let one = format!(
        "event: tool_calls\ndata: {{\"tool_calls\":[{}]}}\n\n",
        vec![call; 10_000].join(",")
    );
    assert_eq!(
        said(&format!("{DELTA}{one}")).await,
        [hello(), bound.clone()]
    );
    let each = format!("event: tool_calls\ndata: {{\"tool_calls\":[{call}]}}\n\n");
    let items = said(&each.repeat(10_000)).await;
    assert_eq!((items.len(), items.last()), (65, Some(&bound)));
    let fragments: String = (0..10_000)
        .map(|index| {
            format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index}}}]}}}}]}}\n\n")
        })
        .collect();
    assert_eq!(said(&fragments).await, [bound]);
}

#[tokio::test]
async fn what_is_no_utf8_is_replaced_and_the_rest_is_kept() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\nevent: content\ndata: {\"content\":\"a".to_vec();
    bytes.extend([0xff, b'b', 0xf0, 0x9f, 0x98]);
    bytes.extend(b"\"}\n\n");
    bytes.extend(DONE.as_bytes());
    let expected = [Ok(content("a\u{fffd}b\u{fffd}")), done()];
    assert_eq!(closed_by_the_client(Answer::raw(&bytes)).await, expected);
}

#[tokio::test]
async fn deeply_nested_json_is_unreadable_and_overflows_nothing() {
    let (open, close) = ("[".repeat(LEVELS), "]".repeat(LEVELS));
    let unreadable = || Ok(StreamEvent::Unreadable);
    for name in ["content", "tool_calls", "finish", "error", "message"] {
        let event = format!("event: {name}\ndata: {{\"{name}\":{open}{close}}}\n\n");
        let expected = [unreadable(), hello(), done()];
        assert_eq!(said(&format!("{event}{DELTA}{DONE}")).await, expected);
    }
    // Over many lines, and at the end without a blank line.
    let lines = "[\n".repeat(LEVELS);
    assert_eq!(
        said(&format!("event: content\ndata: {lines}\n{DONE}")).await,
        [unreadable(), done()]
    );
    assert_eq!(
        ended(&format!("{DELTA}data: {open}{close}")).await,
        [hello(), unreadable(), Err(ErrorKind::Interrupted)]
    );
    // As a whole answer, and as an error's body.
    assert_eq!(
        ended(&format!("{{\"content\":{open}{close}}}")).await,
        [Err(ErrorKind::UnreadableAnswer)]
    );
    let server = Server::start([Answer::json(400, &format!("{{\"error\":{open}{close}}}"))]).await;
    let error = ask(&server).await.map(drop).unwrap_err();
    assert_eq!((error.status(), error.server_text()), (Some(400), None));
}

#[tokio::test]
async fn a_compressed_stream_that_is_cut_is_interrupted() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n";
    // The head of a gzip stream, and garbage.
    for rest in [
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3][..],
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xff, 0xff, 0xff],
        b"no gzip at all",
    ] {
        let bytes = [head.as_slice(), rest].concat();
        let items = events(Answer::raw(&bytes)).await;
        assert_eq!(items, [Err(ErrorKind::Interrupted)]);
    }
}
