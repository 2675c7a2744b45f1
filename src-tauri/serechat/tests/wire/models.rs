//! The list of models over the wire; its shapes are tested beside the code.

use serechat::ErrorKind;

use crate::server::{Answer, Server};
use crate::{TOKEN, client, token};

pub(crate) async fn the_list_is_asked_for_with_the_token() {
    let body = r#"{"data":[{"id":"a","name":"The A"},"b",{"id":7}]}"#;
    let mut server = Server::start([Answer::json(200, body)]).await;
    let models = client(&server.base).models(&token()).await.unwrap();
    assert_eq!(models.len(), 2);
    assert_eq!(models[0].name.as_deref(), Some("The A"));
    assert_eq!(models[1].id, "b");

    let request = server.request().await;
    assert_eq!(request.line, "GET /api/inference/models?type=llm");
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(request.header("authorization"), Some(bearer.as_str()));
    assert_eq!(request.body, "");
}

#[tokio::test]
async fn a_401_is_unauthorized_and_garbage_is_an_unreadable_answer() {
    let answers = [
        Answer::json(401, r#"{"error":"Token revoked"}"#),
        Answer::new(200, &[], "\u{0}garbage"),
    ];
    let server = Server::start(answers).await;
    let client = client(&server.base);
    let error = client.models(&token()).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.server_text(), Some("Token revoked"));
    let error = client.models(&token()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnreadableAnswer);
}

#[tokio::test]
async fn a_list_of_more_than_8_mib_is_not_read() {
    let body = format!("[\"a\"{}]", " ".repeat(8 * 1024 * 1024));
    let server = Server::start([Answer::json(200, &body)]).await;
    let error = client(&server.base).models(&token()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Bound(_)));
}
