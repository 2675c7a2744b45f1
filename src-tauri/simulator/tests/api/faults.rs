//! The scenarios that fail: by status, and in mid-stream.

use std::time::{Duration, SystemTime};

use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use serechat_simulator::Options;

use crate::support::{content, events, order, refusal, start, start_with};

#[tokio::test]
async fn a_status_scenario_answers_its_status_every_time() {
    let session = start().await;
    for (model, status, text) in [
        (
            "400",
            400,
            "Malformed request body: messages[0].content is not supported",
        ),
        (
            "402",
            402,
            "Insufficient balance. Top up at serechat.com/plan.",
        ),
        ("418", 418, "teapot"),
        ("429", 429, "Rate limit exceeded"),
        ("500", 500, "Unexpected server error"),
    ] {
        for _ in 0..3 {
            let response = session.ask(model, "Hi").await;
            assert!(!response.headers().contains_key(header::RETRY_AFTER));
            assert_eq!(refusal(response).await, (status, text.to_owned()));
        }
    }
}

#[tokio::test]
async fn the_gateway_scenarios_answer_in_other_shapes() {
    let session = start().await;
    let response = session.ask("502", "Hi").await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    let body: Value = response.json().await.unwrap();
    assert!(body["error"]["message"].is_string() && body["error"]["code"].is_string());

    let response = session.ask("503", "Hi").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.json::<Value>().await.unwrap()["detail"].is_string());

    for (model, status) in [
        ("504-html", StatusCode::GATEWAY_TIMEOUT),
        ("html-200", StatusCode::OK),
    ] {
        let response = session.ask(model, "Hi").await;
        assert_eq!(response.status(), status);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/html; charset=utf-8"
        );
        assert!(response.text().await.unwrap().contains("<html>"));
    }
}

#[tokio::test]
async fn the_scenario_401_revokes_the_token_it_was_asked_with() {
    let session = start().await;
    let answer = refusal(session.ask("401", "Hi").await).await;
    assert_eq!(answer, (401, "Token revoked".to_owned()));
    let answer = refusal(session.ask("plain", "Hi").await).await;
    assert_eq!(answer, (401, "Token revoked".to_owned()));
}

#[tokio::test]
async fn a_once_scenario_fails_once_a_turn() {
    let session = start().await;
    for (model, status) in [
        ("402-once", 402),
        ("429-once", 429),
        ("429-date", 429),
        ("500-once", 500),
    ] {
        for question in ["First", "Second"] {
            let refused = session.ask(model, question).await;
            assert_eq!(refused.status().as_u16(), status);
            for _ in 0..2 {
                let answered = session.ask(model, question).await;
                assert_eq!(answered.status(), StatusCode::OK, "{model}");
            }
        }
        let same_words_later = session
            .llm(&json!({ "model": model, "messages": [
                { "role": "user", "content": "First" },
                { "role": "assistant", "content": "Yes?" },
                { "role": "user", "content": "First" },
            ] }))
            .await;
        assert_eq!(same_words_later.status().as_u16(), status);
    }
}

#[tokio::test]
async fn retry_after_comes_in_seconds_or_as_a_date() {
    let session = start_with(Options {
        retry_after: Duration::from_millis(2_500),
        ..Options::instant()
    })
    .await;
    let seconds = session.ask("429-once", "Hi").await;
    assert_eq!(seconds.headers()[header::RETRY_AFTER], "3");
    let date = session.ask("429-date", "Hi").await;
    let date = date.headers()[header::RETRY_AFTER].to_str().unwrap();
    let date = httpdate::parse_http_date(date).unwrap();
    assert!(date > SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
}

#[tokio::test]
async fn an_error_may_be_followed_by_more_or_by_the_end() {
    let session = start().await;
    let goes_on = session.events("error-and-go-on").await;
    assert_eq!(
        order(&goes_on),
        ["content", "error", "content", "finish", "done"]
    );
    let ends = session.events("error-and-done").await;
    assert_eq!(order(&ends), ["content", "error", "done"]);
    assert_eq!(
        ends[ends.len() - 2].data["error"],
        "Inference failed unexpectedly"
    );
}

#[tokio::test]
async fn a_stream_may_end_without_done_or_finish() {
    let session = start().await;
    assert_eq!(order(&session.events("no-done").await), ["content"]);
    let finished = session.events("finish-no-done").await;
    assert_eq!(order(&finished), ["content", "finish"]);
}

#[tokio::test]
async fn cut_drops_the_connection_after_half_of_the_reply_has_arrived() {
    let session = start().await;
    let bytes = session.raw("cut").await;
    let response = String::from_utf8(bytes).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK"));
    assert!(response.contains("The "));
    let half = content(&session.events("no-done").await);
    let last_word = half.split_whitespace().last().unwrap();
    assert!(
        response.contains(last_word),
        "the last delta before the cut is not lost"
    );
    assert!(
        !response.ends_with("0\r\n\r\n"),
        "the body must not end properly"
    );

    let response = session.ask("cut", "Hello?").await;
    assert!(response.text().await.is_err());
}

#[tokio::test]
async fn an_interrupted_reply_can_be_continued_to_its_end() {
    let session = start().await;
    let half = content(&session.events("no-done").await);
    for model in ["cut", "no-done", "error-and-done"] {
        let response = session
            .llm(&json!({ "model": model, "messages": [
                { "role": "user", "content": "Hello?" },
                { "role": "assistant", "content": half },
                { "role": "user", "content": "Continue" },
            ] }))
            .await;
        let rest = events(&response.text().await.unwrap());
        assert_eq!(order(&rest), ["content", "finish", "done"]);
        let whole = content(&session.events("finish-no-done").await);
        assert_eq!(half.clone() + &content(&rest), whole);
    }
}

#[tokio::test]
async fn garbage_stands_among_events_that_are_whole() {
    let session = start().await;
    let response = session.ask("garbage", "Hi").await;
    let body = response.bytes().await.unwrap();
    assert!(std::str::from_utf8(&body).is_err());
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("data: this is no JSON\n\n"));
    assert!(body.contains("data: {\"content\": \"never closed\n\n"));
    assert!(body.ends_with("event: done\ndata: {}\n\n"));
}
