//! Where the token goes: to the base URL's origin, whatever the server says.

use serechat::ErrorKind;

use crate::server::{Answer, Server};
use crate::{TOKEN, client, question, token};

fn redirect(status: u16, to: &str) -> Answer {
    Answer::new(status, &[("Location", to)], "")
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_an_error_and_nothing_is_sent_there() {
    for status in [301, 302, 307, 308] {
        let mut other = Server::start([]).await;
        let to = format!("{}/api/inference/llm", other.base);
        let server = Server::start([redirect(status, &to)]).await;
        let result = client(&server.base).inference(&token(), &question()).await;
        let error = result.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirected);
        assert_eq!(error.status(), Some(status));
        assert!(!error.is_retryable());
        assert!(other.is_idle());
    }
}

#[tokio::test]
async fn the_same_host_by_another_name_scheme_or_port_is_another_origin() {
    let server = Server::start([]).await;
    let (_, port) = server.base.rsplit_once(':').unwrap();
    for to in [
        format!("http://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "//127.0.0.1:1/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let server = Server::start([redirect(307, &to)]).await;
        let error = client(&server.base).models(&token()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirected, "{to}");
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_with_method_token_and_body() {
    for status in [301, 302, 307, 308] {
        let done = Answer::stream("event: done\ndata: {}\n\n");
        let mut server = Server::start([redirect(status, "/v2/llm?x=1"), done]).await;
        let result = client(&server.base).inference(&token(), &question()).await;
        assert!(result.is_ok(), "{status}");
        let first = server.request().await;
        let second = server.request().await;
        assert_eq!(second.line, "POST /v2/llm?x=1");
        assert_eq!(second.body, first.body);
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(second.header("authorization"), Some(bearer.as_str()));
        assert_eq!(second.header("referer"), None);
    }
}

#[tokio::test]
async fn user_information_in_a_redirect_does_not_become_credentials() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap();
    let to = format!("http://user:pass@{host}/v2");
    let mut server = Server::start_on(listener, [redirect(307, &to), Answer::json(200, "[]")]);
    assert!(client(&server.base).models(&token()).await.is_ok());
    server.request().await;
    let second = server.request().await;
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(second.header("authorization"), Some(bearer.as_str()));
}

#[tokio::test]
async fn redirects_without_an_end_end() {
    let answers = (0..20).map(|_| redirect(307, "/again"));
    let mut server = Server::start(answers).await;
    let error = client(&server.base).models(&token()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.status(), Some(307));
    for _ in 0..6 {
        server.request().await;
    }
    assert!(server.is_idle());
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_an_error_with_its_status() {
    for answer in [Answer::new(302, &[], ""), redirect(302, "http://[")] {
        let server = Server::start([answer]).await;
        let error = client(&server.base).models(&token()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Status, Some(302))
        );
    }
    let server = Server::start([redirect(303, "/elsewhere")]).await;
    let result = client(&server.base).inference(&token(), &question()).await;
    assert_eq!(result.map(drop).unwrap_err().status(), Some(303));
}

#[tokio::test]
async fn calls_stand_under_the_bases_path() {
    let mut server = Server::start([Answer::json(200, "[]")]).await;
    let base = format!("{}/chat/", server.base);
    assert!(client(&base).models(&token()).await.is_ok());
    let request = server.request().await;
    assert_eq!(request.line, "GET /chat/api/inference/models?type=llm");
}
