//! The rows of the authorization table.

use std::time::Duration;

use serde_json::json;
use serechat::{Code, Error, ErrorKind, Grant, RequestId};

use crate::client;
use crate::server::{Answer, Server};

async fn request(answer: Answer) -> Result<RequestId, Error> {
    let server = Server::start([answer]).await;
    client(&server.base).request_authorization("Serein").await
}

async fn exchange(answer: Answer) -> Result<Grant, Error> {
    let server = Server::start([answer]).await;
    let id = RequestId::parse("id-1").unwrap();
    let code = Code::parse("123456").unwrap();
    client(&server.base).exchange(&id, &code).await
}

async fn refused(answer: Answer) -> Error {
    exchange(answer).await.unwrap_err()
}

pub(crate) async fn a_request_says_the_apps_name_and_gets_an_id() {
    let id = "0b2f6f0e-5a2e-4a54-9e0c-000000000001";
    let answer = Answer::json(200, &format!(r#"{{"request_id":"{id}","more":1}}"#));
    let mut server = Server::start([answer]).await;
    let got = client(&server.base).request_authorization("Serein").await;
    assert_eq!(got.unwrap().as_str(), id);

    let request = server.request().await;
    assert_eq!(request.line, "POST /api/auth/app/request");
    assert_eq!(request.json(), json!({ "app_name": "Serein" }));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), None);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        request.header("user-agent"),
        Some(format!("Serein/{version}").as_str())
    );
}

pub(crate) async fn an_exchange_brings_the_code_and_gets_the_token() {
    let body = r#"{"access_token":"tok-1","token_type":"bearer","expires_in":31536000}"#;
    let mut server = Server::start([Answer::json(200, body)]).await;
    let id = RequestId::parse("id-1").unwrap();
    let code = Code::parse("123 456").unwrap();
    let grant = client(&server.base).exchange(&id, &code).await.unwrap();
    assert_eq!(grant.token.expose(), "tok-1");
    assert_eq!(grant.expires_in, Some(Duration::from_secs(31_536_000)));

    let request = server.request().await;
    assert_eq!(request.line, "POST /api/auth/app/exchange");
    assert_eq!(
        request.json(),
        json!({ "request_id": "id-1", "code": "123456" })
    );
    assert_eq!(request.header("authorization"), None);
}

pub(crate) async fn a_400_for_a_missing_field_keeps_the_servers_text() {
    let answer = Answer::json(400, r#"{"error":"app_name required"}"#);
    let error = request(answer).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert_eq!(error.server_text(), Some("app_name required"));
    assert!(!error.is_invalid_code() && !error.is_retryable());

    let error = refused(Answer::json(
        400,
        r#"{"error":"request_id and code required"}"#,
    ))
    .await;
    assert_eq!(error.server_text(), Some("request_id and code required"));
    assert!(!error.is_invalid_code());
}

pub(crate) async fn a_400_for_a_wrong_code_says_how_many_attempts_are_left() {
    let body = r#"{"error":"Invalid code"}"#;
    let error = refused(Answer::new(400, &[("X-Attempts-Remaining", "3")], body)).await;
    assert!(error.is_invalid_code());
    assert_eq!(error.attempts_left(), Some(3));
    assert!(!error.is_retryable());

    let error = refused(Answer::json(400, body)).await;
    assert!(error.is_invalid_code());
    assert_eq!(error.attempts_left(), None);
}

pub(crate) async fn a_404_is_expired() {
    let error = refused(Answer::json(
        404,
        r#"{"error":"Request not found or expired"}"#,
    ))
    .await;
    assert!(error.is_expired() && !error.is_retryable());
}

pub(crate) async fn a_409_is_no_failure_and_the_same_code_succeeds_later() {
    let wait = || Answer::json(409, r#"{"error":"Not yet authorized"}"#);
    let grant = Answer::json(200, r#"{"access_token":"tok-1"}"#);
    let mut server = Server::start([wait(), wait(), grant]).await;
    let client = client(&server.base);
    let id = RequestId::parse("id-1").unwrap();
    let code = Code::parse("123456").unwrap();
    for _ in 0..2 {
        let error = client.exchange(&id, &code).await.unwrap_err();
        assert!(error.is_not_yet_authorized());
        assert!(!error.is_retryable() && !error.is_invalid_code());
        assert_eq!(error.attempts_left(), None);
    }
    assert!(client.exchange(&id, &code).await.is_ok());
    let first = server.request().await.json();
    assert_eq!(server.request().await.json(), first);
    assert_eq!(server.request().await.json(), first);
}

pub(crate) async fn the_page_to_approve_on_carries_the_id_and_no_other_text_can() {
    let id = request(Answer::json(200, r#"{"request_id":"0b2f-Id"}"#)).await;
    let base = serechat::BaseUrl::serechat();
    assert_eq!(
        base.authorize_page(&id.unwrap()).as_str(),
        "https://serechat.com/authorize-app?request_id=0b2f-Id"
    );
    for id in ["", "a&b", "../a", "a b", "é", &"a".repeat(65)] {
        let body = json!({ "request_id": id }).to_string();
        let error = request(Answer::json(200, &body)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnreadableAnswer, "{id}");
    }
}

pub(crate) async fn a_410_is_invalidated() {
    let error = refused(Answer::json(410, r#"{"error":"Request invalidated"}"#)).await;
    assert!(error.is_invalidated() && !error.is_retryable());
}

pub(crate) async fn a_429_or_5xx_is_retryable_and_a_wish_to_wait_is_kept() {
    let error = refused(Answer::new(429, &[("Retry-After", "7")], "")).await;
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    for status in [500, 502, 503, 504] {
        let error = refused(Answer::json(status, "{}")).await;
        assert!(error.is_server_error() && error.is_retryable(), "{status}");
    }
}

pub(crate) async fn no_connection_is_retryable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&base).request_authorization("Serein").await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_retryable() && error.cause().is_some());
    assert_eq!(error.status(), None);
}

#[tokio::test]
async fn a_connection_lost_before_the_answer_is_no_connection() {
    let error = refused(Answer(vec![])).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    let error = refused(Answer::raw(b"HTTP/1.1 200 O")).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_interrupted() {
    let error = refused(Answer::raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_to",
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Interrupted);
}

#[tokio::test]
async fn a_success_that_is_not_what_was_agreed_is_an_unreadable_answer() {
    for body in [
        "",
        "garbage",
        "<html></html>",
        "[]",
        "{}",
        r#"{"access_token":7}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":"a b"}"#,
        r#"{"access_token":"a\r\nX: y"}"#,
    ] {
        let error = refused(Answer::json(200, body)).await;
        assert_eq!(error.kind(), ErrorKind::UnreadableAnswer, "{body}");
        assert_eq!(error.status(), Some(200));
    }
    let error = request(Answer::json(200, "{}")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnreadableAnswer);
}

#[tokio::test]
async fn an_answer_of_more_than_1_mib_is_not_read() {
    let body = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(1024 * 1024));
    let error = refused(Answer::json(200, &body)).await;
    assert!(matches!(error.kind(), ErrorKind::Bound(_)));
}
