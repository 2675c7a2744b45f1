//! What a test can see and order.

use reqwest::{StatusCode, header};
use serde_json::json;
use serechat_simulator::{Options, Simulator};

use crate::support::{asking, start, start_with};

#[tokio::test]
async fn every_request_is_logged_as_it_arrived() {
    let session = start().await;
    session.ask("plain", "Grüße").await;
    session.get("/api/inference/models?type=llm").await;
    let requests = session.simulator.requests();
    assert_eq!(requests.len(), 2);
    let ask = &session.simulator.requests_to("/api/inference/llm")[0];
    assert_eq!((ask.method.as_str(), ask.query.as_deref()), ("POST", None));
    assert_eq!(ask.json(), asking("plain", "Grüße"));
    let token = format!("Bearer {}", session.token);
    assert_eq!(ask.header("Authorization"), Some(token.as_str()));
    assert!(ask.headers.iter().any(|(name, _)| name == "authorization"));
    assert_eq!(requests[1].query.as_deref(), Some("type=llm"));
    session.simulator.clear_requests();
    assert!(session.simulator.requests().is_empty());
}

#[tokio::test]
async fn an_outage_lasts_as_long_as_it_was_ordered() {
    let session = start_with(Options {
        retry_after: std::time::Duration::from_secs(7),
        ..Options::instant()
    })
    .await;
    let path = "/api/auth/app/request";
    let body = json!({ "app_name": "Serein" });
    session.simulator.fail_next(path, 503, 2);
    for _ in 0..2 {
        let answer = session.post(path, &body).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(session.post(path, &body).await.status(), StatusCode::OK);

    session.simulator.fail_next(path, 429, 1);
    let answer = session.post(path, &body).await;
    assert_eq!(answer.headers()[header::RETRY_AFTER], "7");
    session.simulator.fail_next(path, 500, 0);
    assert_eq!(session.post(path, &body).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_models_list_can_be_replaced_by_garbage() {
    let session = start().await;
    let path = "/api/inference/models?type=llm";
    session
        .simulator
        .set_models_body(Some("{\"models\": 7".to_owned()));
    assert_eq!(
        session.get(path).await.text().await.unwrap(),
        "{\"models\": 7"
    );
    session.simulator.set_models_body(None);
    assert!(
        session
            .get(path)
            .await
            .text()
            .await
            .unwrap()
            .contains("\"plain\"")
    );
}

#[tokio::test]
async fn a_taken_port_falls_back_to_another() {
    let first = Simulator::start(Options::instant()).await.unwrap();
    let port = first
        .base_url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let second = Simulator::start(Options {
        port,
        ..Options::instant()
    })
    .await
    .unwrap();
    assert!(second.base_url().starts_with("http://127.0.0.1:"));
    assert_ne!(first.base_url(), second.base_url());
}
