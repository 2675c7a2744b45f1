//! The rows of the inference table, and the stream over a socket.

use futures_util::StreamExt;
use serde_json::json;
use serechat::{Error, ErrorKind, EventStream, FinishReason, StreamEvent};
use tokio::sync::oneshot;

use crate::server::{Answer, Server, Step};
use crate::{TOKEN, client, question, token};

pub(crate) const DELTA: &str = "event: content\ndata: {\"content\":\"Hello\"}\n\n";
pub(crate) const DONE: &str = "event: done\ndata: {}\n\n";

pub(crate) async fn ask(server: &Server) -> Result<EventStream, Error> {
    client(&server.base).inference(&token(), &question()).await
}

async fn refused(answer: Answer) -> Error {
    let server = Server::start([answer]).await;
    ask(&server).await.map(drop).unwrap_err()
}

pub(crate) async fn events(answer: Answer) -> Vec<Result<StreamEvent, ErrorKind>> {
    let server = Server::start([answer]).await;
    let stream = ask(&server).await.unwrap();
    stream
        .map(|item| item.map_err(|error| error.kind()))
        .collect()
        .await
}

pub(crate) fn content(text: &str) -> StreamEvent {
    StreamEvent::Content(text.to_owned())
}

pub(crate) async fn a_call_carries_the_token_and_asks_for_a_stream() {
    let mut server = Server::start([Answer::stream(DONE)]).await;
    assert!(ask(&server).await.is_ok());
    let request = server.request().await;
    assert_eq!(request.line, "POST /api/inference/llm");
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(request.header("authorization"), Some(bearer.as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let accept = request.header("accept").unwrap();
    assert!(accept.contains("text/event-stream"));
    assert_eq!(
        request.json(),
        json!({
            "model": "gpt-9",
            "messages": [{ "role": "user", "content": "private question" }],
            "stream": true,
        })
    );
}

pub(crate) async fn a_delta_is_there_while_the_server_waits() {
    let (go_on, word) = oneshot::channel();
    let answer = Answer::stream(DELTA)
        .then(Step::WaitsFor(word))
        .then(Step::Says(DONE.into()));
    let server = Server::start([answer]).await;
    let mut stream = ask(&server).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), content("Hello"));
    go_on.send(()).unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), StreamEvent::Done);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_character_cut_between_packets_arrives_whole() {
    let (go_on, word) = oneshot::channel();
    let text = "event: content\ndata: {\"content\":\"a😀b\"}\n\n".as_bytes();
    let at = text.iter().position(|byte| *byte == 0xf0).unwrap() + 2;
    let answer = Answer::stream(DELTA)
        .then(Step::Says(text[..at].to_vec()))
        .then(Step::WaitsFor(word))
        .then(Step::Says([&text[at..], DONE.as_bytes()].concat()));
    let server = Server::start([answer]).await;
    let mut stream = ask(&server).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), content("Hello"));
    go_on.send(()).unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), content("a😀b"));
}

pub(crate) async fn done_closes_the_connection_though_the_server_keeps_it() {
    let (report, closed) = oneshot::channel();
    let answer = Answer::stream(DONE).then(Step::UntilClosed(report));
    let server = Server::start([answer]).await;
    let mut stream = ask(&server).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), StreamEvent::Done);
    closed.await.unwrap();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let (report, closed) = oneshot::channel();
    let answer = Answer::stream(DELTA).then(Step::UntilClosed(report));
    let server = Server::start([answer]).await;
    let mut stream = ask(&server).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), content("Hello"));
    drop(stream);
    closed.await.unwrap();
}

#[tokio::test]
async fn dropping_the_call_before_its_answer_closes_the_connection() {
    let (report, closed) = oneshot::channel();
    let mut server = Server::start([Answer(vec![Step::UntilClosed(report)])]).await;
    let client = client(&server.base);
    let call = tokio::spawn(async move { client.inference(&token(), &question()).await });
    server.request().await;
    call.abort();
    closed.await.unwrap();
}

pub(crate) async fn a_stream_that_is_cut_is_interrupted_however_the_connection_ends() {
    let cut = [Ok(content("Hello")), Err(ErrorKind::Interrupted)];
    assert_eq!(events(Answer::stream(DELTA)).await, cut);
    let chunk = format!("{:x}\r\n{DELTA}\r\n", DELTA.len());
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(
        events(Answer::raw(format!("{head}{chunk}").as_bytes())).await,
        cut
    );
}

pub(crate) async fn openais_chunks_are_understood() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n\
        data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    assert_eq!(
        events(Answer::stream(body)).await,
        [
            Ok(content("Hello")),
            Ok(StreamEvent::Finish(FinishReason::Stop)),
            Ok(StreamEvent::Done)
        ]
    );
}

pub(crate) async fn a_200_with_json_is_one_piece() {
    for body in [
        r#"{"content":"Hello"}"#,
        r#"{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}"#,
    ] {
        assert_eq!(
            events(Answer::json(200, body)).await,
            [
                Ok(content("Hello")),
                Ok(StreamEvent::Finish(FinishReason::Stop)),
                Ok(StreamEvent::Done)
            ]
        );
    }
}

#[tokio::test]
async fn a_compressed_stream_is_understood() {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    bytes.extend(ZIPPED);
    assert_eq!(
        events(Answer::raw(&bytes)).await,
        [Ok(content("zipped")), Ok(StreamEvent::Done)]
    );
}

/// One `content` and `done`, by gzip.
const ZIPPED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x2d, 0x4b, 0xcd, 0x2b, 0xb1,
    0x52, 0x48, 0xce, 0xcf, 0x2b, 0x01, 0x32, 0xb8, 0x52, 0x12, 0x4b, 0x12, 0xad, 0x14, 0xaa, 0x95,
    0xa0, 0x7c, 0x25, 0x2b, 0xa5, 0xaa, 0xcc, 0x82, 0x82, 0xd4, 0x14, 0xa5, 0x5a, 0x2e, 0xae, 0x54,
    0x88, 0xd2, 0x94, 0xfc, 0xbc, 0x54, 0x98, 0x3a, 0xa0, 0x28, 0x00, 0xd2, 0xe2, 0x41, 0x47, 0x41,
    0x00, 0x00, 0x00,
];

pub(crate) async fn a_400_shows_the_servers_text_and_tells_an_unknown_model() {
    let error = refused(Answer::json(400, r#"{"error":"Invalid role: robot"}"#)).await;
    assert_eq!(error.status(), Some(400));
    assert_eq!(error.server_text(), Some("Invalid role: robot"));
    assert!(!error.is_unknown_model() && !error.is_retryable());

    for body in [
        r#"{"error":"Unknown model ID"}"#,
        r#"{"error":{"message":"There is no GPT-9 here","code":"nope"}}"#,
        r#"{"error":{"message":"No such thing","code":"model_not_found"}}"#,
    ] {
        assert!(refused(Answer::json(400, body)).await.is_unknown_model());
    }
}

pub(crate) async fn a_401_is_unauthorized_and_is_never_retried() {
    let error = refused(Answer::json(401, r#"{"error":"Token expired"}"#)).await;
    assert!(error.is_unauthorized() && !error.is_retryable());
}

pub(crate) async fn a_402_asks_for_payment_and_is_never_retried() {
    let error = refused(Answer::json(402, r#"{"error":"Balance is zero"}"#)).await;
    assert!(error.is_payment_required() && !error.is_retryable());
    assert_eq!(error.server_text(), Some("Balance is zero"));
}

pub(crate) async fn a_429_is_retryable_and_says_when_in_seconds_or_by_date() {
    for (headers, seconds) in [
        (&[("Retry-After", "12")] as &[_], Some(12)),
        (
            &[
                ("Date", "Wed, 21 Oct 2026 07:28:00 GMT"),
                ("Retry-After", "Wed, 21 Oct 2026 07:29:00 GMT"),
            ],
            Some(60),
        ),
        (&[("Retry-After", "whenever")], None),
        (&[], None),
    ] {
        let error = refused(Answer::new(429, headers, r#"{"error":"Slow down"}"#)).await;
        assert!(error.is_rate_limited() && error.is_retryable());
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), seconds);
    }
}

pub(crate) async fn a_500_502_503_or_504_is_a_server_error_and_retryable() {
    for status in [500, 502, 503, 504] {
        let error = refused(Answer::json(status, r#"{"error":"Oops"}"#)).await;
        assert!(error.is_server_error() && error.is_retryable(), "{status}");
        assert_eq!(error.server_text(), Some("Oops"));
    }
}

pub(crate) async fn any_other_status_is_told_with_its_text_and_not_retried() {
    for status in [403, 418, 501, 599] {
        let error = refused(Answer::json(status, r#"{"detail":"Because"}"#)).await;
        assert_eq!(error.kind(), ErrorKind::Status);
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.server_text(), Some("Because"));
        assert!(!error.is_retryable());
    }
}

pub(crate) async fn an_errors_body_is_read_in_every_shape_and_never_shown_as_html() {
    for (body, text) in [
        (r#"{"error":"Oops"}"#, Some("Oops")),
        (r#"{"error":{"message":"Oops","code":"x"}}"#, Some("Oops")),
        (r#"{"error":"x","message":"Oops"}"#, Some("Oops")),
        (r#"{"detail":"Oops"}"#, Some("Oops")),
        ("<html><body><h1>502 Bad Gateway</h1></body></html>", None),
        (r#"{"error":"<html><h1>Oops</h1></html>"}"#, None),
        ("\u{0}\u{1}", None),
        ("", None),
    ] {
        let error = refused(Answer::new(502, &[], body)).await;
        assert!(error.is_server_error());
        assert_eq!(error.server_text(), text, "{body}");
    }
}

pub(crate) async fn a_stream_that_ends_after_content_never_gets_a_second_request() {
    let answers = [Answer::stream(DELTA), Answer::stream(DELTA)];
    let mut server = Server::start(answers).await;
    let items: Vec<_> = ask(&server).await.unwrap().collect().await;
    assert!(matches!(&items[..], [Ok(_), Err(error)] if !error.is_retryable()));
    server.request().await;
    assert!(server.is_idle(), "one call, one request");
}

#[tokio::test]
async fn an_errors_body_without_an_end_does_not_hide_the_status() {
    let body = "x".repeat(200_000);
    let answer = Answer::new(402, &[], &body).then(Step::Hangs);
    assert!(refused(answer).await.is_payment_required());
    let broken = b"HTTP/1.1 402 No\r\nContent-Length: 100\r\n\r\n{\"error\":";
    assert!(refused(Answer::raw(broken)).await.is_payment_required());
}
