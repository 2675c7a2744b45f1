//! The authorization table of `protocol.md`, row by row.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use serechat_simulator::Options;

use crate::support::{refusal, start, start_with};

const WRONG: &str = "not it";

#[tokio::test]
async fn a_request_needs_an_app_name_of_at_most_80_characters() {
    let session = start().await;
    let path = "/api/auth/app/request";
    for body in [
        json!({}),
        json!({ "app_name": "  " }),
        json!({ "app_name": 7 }),
    ] {
        let answer = refusal(session.post(path, &body).await).await;
        assert_eq!(answer, (400, "app_name required".to_owned()));
    }
    let longest = json!({ "app_name": "ä".repeat(80) });
    assert_eq!(session.post(path, &longest).await.status(), StatusCode::OK);
    let too_long = json!({ "app_name": "ä".repeat(81) });
    assert_eq!(refusal(session.post(path, &too_long).await).await.0, 400);
    let no_json = session.client.post(session.url(path)).body("{");
    assert_eq!(
        no_json.send().await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn an_exchange_needs_both_fields() {
    let session = start().await;
    let id = session.open().await;
    for body in [
        json!({}),
        json!({ "request_id": id }),
        json!({ "code": "123456" }),
        json!({ "request_id": id, "code": "" }),
    ] {
        let answer = refusal(session.post("/api/auth/app/exchange", &body).await).await;
        assert_eq!(answer, (400, "request_id and code required".to_owned()));
    }
}

#[tokio::test]
async fn the_code_becomes_a_bearer_token_that_opens_the_api_once() {
    let mut session = start().await;
    let id = session.open().await;
    let code = session.simulator.approve(&id).unwrap();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let grant: Value = session.exchange(&id, &code).await.json().await.unwrap();
    assert_eq!(grant["token_type"], "bearer");
    assert_eq!(grant["expires_in"], 31_536_000);
    session.token = grant["access_token"].as_str().unwrap().to_owned();
    let models = session.get("/api/inference/models?type=llm").await;
    assert_eq!(models.status(), StatusCode::OK);

    let again = refusal(session.exchange(&id, &code).await).await;
    assert_eq!(again, (404, "Request not found or expired".to_owned()));
}

#[tokio::test]
async fn before_the_approval_any_code_is_409_and_spends_no_attempt() {
    let session = start().await;
    let id = session.open().await;
    let code = session.simulator.code_of(&id).unwrap();
    for code in [WRONG, &code, WRONG, WRONG, WRONG, WRONG, WRONG] {
        let answer = refusal(session.exchange(&id, code).await).await;
        assert_eq!(answer, (409, "Not yet authorized".to_owned()));
    }
    session.simulator.approve(&id).unwrap();
    assert_eq!(session.exchange(&id, &code).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_code_says_how_many_attempts_are_left_and_the_fifth_ends_the_request() {
    let session = start().await;
    let id = session.open().await;
    let code = session.simulator.approve(&id).unwrap();
    for left in ["4", "3", "2", "1"] {
        let response = session.exchange(&id, WRONG).await;
        assert_eq!(response.headers()["x-attempts-remaining"], left);
        assert_eq!(refusal(response).await, (400, "Invalid code".to_owned()));
    }
    let invalidated = (410, "Request invalidated".to_owned());
    assert_eq!(
        refusal(session.exchange(&id, WRONG).await).await,
        invalidated
    );
    assert_eq!(
        refusal(session.exchange(&id, &code).await).await,
        invalidated
    );
    assert_eq!(session.simulator.approve(&id), None);
}

#[tokio::test]
async fn the_fifth_wrong_code_can_be_told_to_answer_400_with_none_left() {
    let session = start_with(Options {
        late_invalidation: true,
        attempts_header: Some("Code-Tries-Attempts-Remaining".to_owned()),
        ..Options::instant()
    })
    .await;
    let id = session.open().await;
    session.simulator.approve(&id).unwrap();
    let mut left = Vec::new();
    for _ in 0..5 {
        let response = session.exchange(&id, WRONG).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let header = &response.headers()["code-tries-attempts-remaining"];
        left.push(header.to_str().unwrap().to_owned());
    }
    assert_eq!(left, ["4", "3", "2", "1", "0"]);
    assert_eq!(refusal(session.exchange(&id, WRONG).await).await.0, 410);
}

#[tokio::test]
async fn the_header_of_the_attempts_can_be_left_out() {
    let session = start_with(Options {
        attempts_header: None,
        ..Options::instant()
    })
    .await;
    let id = session.open().await;
    session.simulator.approve(&id).unwrap();
    let response = session.exchange(&id, WRONG).await;
    assert!(
        !response
            .headers()
            .keys()
            .any(|name| name.as_str().contains("attempt"))
    );
}

#[tokio::test]
async fn an_unknown_a_denied_and_an_expired_request_are_404() {
    let session = start().await;
    let not_found = (404, "Request not found or expired".to_owned());
    assert_eq!(
        refusal(session.exchange("nobody", "123456").await).await,
        not_found
    );

    let denied = session.open().await;
    session.simulator.deny(&denied);
    assert_eq!(
        refusal(session.exchange(&denied, "123456").await).await,
        not_found
    );
    assert_eq!(session.simulator.approve(&denied), None);

    let expired = session.open().await;
    let code = session.simulator.approve(&expired).unwrap();
    session.simulator.expire(&expired);
    assert_eq!(
        refusal(session.exchange(&expired, &code).await).await,
        not_found
    );
}

#[tokio::test]
async fn a_request_past_its_lifetime_is_404() {
    let session = start_with(Options {
        code_lifetime: Duration::ZERO,
        ..Options::instant()
    })
    .await;
    let id = session.open().await;
    assert_eq!(session.simulator.approve(&id), None);
    assert_eq!(refusal(session.exchange(&id, "123456").await).await.0, 404);
}
