//! The models list and the statuses of the inference table.

use std::time::Duration;

use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use serechat_simulator::{ModelsShape, Options, scenarios};

use crate::support::{asking, refusal, start, start_with};

#[tokio::test]
async fn the_models_list_has_an_entry_for_every_scenario() {
    let session = start().await;
    let response = session.get("/api/inference/models?type=llm").await;
    let body: Value = response.json().await.unwrap();
    let models = body["models"].as_array().unwrap();
    let ids: Vec<_> = models
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    let expected: Vec<_> = scenarios().iter().map(|scenario| scenario.id).collect();
    assert_eq!(ids, expected);
    for model in models {
        assert!(model["name"].is_string());
        assert!(model["input_cost_per_million"].is_f64());
        assert!(model["output_cost_per_million"].is_f64());
        assert!(model["context_window"].is_u64());
    }
}

#[tokio::test]
async fn the_models_list_comes_in_every_shape_a_client_has_to_accept() {
    for (shape, pointer) in [
        (ModelsShape::Models, "/models/0/id"),
        (ModelsShape::Data, "/data/0/id"),
        (ModelsShape::List, "/0/id"),
        (ModelsShape::Names, "/0"),
    ] {
        let session = start_with(Options {
            models_shape: shape,
            ..Options::instant()
        })
        .await;
        let response = session.get("/api/inference/models?type=llm").await;
        let body: Value = response.json().await.unwrap();
        assert_eq!(body.pointer(pointer).unwrap(), "plain", "{shape:?}");
    }
}

#[tokio::test]
async fn the_models_list_wants_a_type_and_a_token() {
    let mut session = start().await;
    let answer = refusal(session.get("/api/inference/models").await).await;
    assert_eq!(answer.0, 400);
    let media = session.get("/api/inference/models?type=media").await;
    assert_eq!(
        media.json::<Value>().await.unwrap(),
        json!({ "models": [] })
    );
    session.token = "sim_nobody".to_owned();
    let answer = refusal(session.get("/api/inference/models?type=llm").await).await;
    assert_eq!(answer, (401, "Invalid token".to_owned()));
}

#[tokio::test]
async fn every_way_of_having_no_valid_token_is_401() {
    let mut session = start().await;
    let url = session.url("/api/inference/llm");
    let bare = session.client.post(&url).json(&asking("plain", "Hi"));
    let answer = refusal(bare.send().await.unwrap()).await;
    assert_eq!(answer, (401, "Missing Authorization header".to_owned()));

    let basic = session
        .client
        .post(&url)
        .header(header::AUTHORIZATION, "Basic abc")
        .json(&asking("plain", "Hi"));
    let answer = refusal(basic.send().await.unwrap()).await;
    assert_eq!(answer, (401, "Invalid Authorization header".to_owned()));

    session.simulator.revoke_all_tokens();
    let answer = refusal(session.ask("plain", "Hi").await).await;
    assert_eq!(answer, (401, "Token revoked".to_owned()));

    session.token = "sim_nobody".to_owned();
    let answer = refusal(session.ask("plain", "Hi").await).await;
    assert_eq!(answer, (401, "Invalid token".to_owned()));

    let session = start_with(Options {
        token_lifetime: Duration::ZERO,
        ..Options::instant()
    })
    .await;
    let answer = refusal(session.ask("plain", "Hi").await).await;
    assert_eq!(answer, (401, "Token expired".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_in_a_400() {
    let session = start().await;
    let user = json!({ "role": "user", "content": "Hi" });
    let call = json!({ "role": "assistant", "content": null, "tool_calls": [
        { "id": "a", "type": "function", "function": { "name": "f", "arguments": "{}" } },
    ] });
    let result = |id: &str| json!({ "role": "tool", "tool_call_id": id, "content": "1" });
    let with = |messages: Value| json!({ "model": "plain", "messages": messages });
    for (body, text) in [
        (
            json!({ "messages": [user] }),
            "Missing required field: model",
        ),
        (
            json!({ "model": "plain" }),
            "Missing required field: messages",
        ),
        (with(json!([])), "Missing required field: messages"),
        (asking("gpt-0", "Hi"), "Unknown model: gpt-0"),
        (asking("retired", "Hi"), "Unknown model: retired"),
        (
            with(json!([{ "role": "bot", "content": "Hi" }])),
            "Invalid message role: bot",
        ),
        (
            with(json!([{ "content": "Hi" }])),
            "Missing required field: role",
        ),
        (
            with(json!([{ "role": "user" }])),
            "Missing required field: content",
        ),
        (
            with(json!([{ "role": "assistant", "content": null }])),
            "Missing required field: content",
        ),
        (
            with(json!([user, call, { "role": "tool", "content": "1" }])),
            "Missing required field: tool_call_id",
        ),
        (
            with(json!([user, call, result("b")])),
            "tool_call_id answers no tool call: b",
        ),
        (
            with(json!([user, call, user])),
            "No tool message answers the tool call: a",
        ),
        (
            with(json!([user, call])),
            "No tool message answers the tool call: a",
        ),
        (
            json!({ "model": "plain", "messages": [user], "max_tokens": 0 }),
            "max_tokens must be a positive integer",
        ),
        (
            json!({ "model": "plain", "messages": [user], "tools": [{ "name": "f" }] }),
            "Malformed tool definition",
        ),
        (
            json!({ "model": "plain", "messages": [user], "stream": false }),
            "Only streaming is supported: stream must be true",
        ),
    ] {
        let answer = refusal(session.llm(&body).await).await;
        assert_eq!(answer, (400, text.to_owned()));
    }
    let whole = with(json!([user, call, result("a")]));
    assert_eq!(session.llm(&whole).await.status(), StatusCode::OK);

    let request = session.client.post(session.url("/api/inference/llm"));
    let broken = request.bearer_auth(&session.token).body("{\"model\":");
    let answer = refusal(broken.send().await.unwrap()).await;
    assert!(
        answer.1.starts_with("Malformed request body: "),
        "{answer:?}"
    );
}

#[tokio::test]
async fn without_a_balance_everything_is_402_until_the_user_tops_up() {
    let session = start().await;
    for cents in [0, -250] {
        session.simulator.set_balance(cents);
        assert_eq!(refusal(session.ask("plain", "Hi").await).await.0, 402);
    }
    let topped_up = session.form("/plan/top-up", "").await;
    assert_eq!(topped_up.headers()[header::LOCATION], "/plan");
    assert_eq!(session.ask("plain", "Hi").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_past_its_bound_is_refused() {
    let session = start().await;
    let body = json!({ "app_name": "a".repeat(100_000) });
    let answer = session.post("/api/auth/app/request", &body).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_pasted_book_is_answered() {
    let session = start().await;
    let book = "word ".repeat(1_000_000);
    let response = session.ask("echo", &book).await;
    assert_eq!(response.status(), StatusCode::OK);
    let events = crate::support::events(&response.text().await.unwrap());
    assert_eq!(crate::support::content(&events), book);
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_in_the_same_words() {
    let session = start().await;
    assert_eq!(refusal(session.get("/api/nothing").await).await.0, 404);
    assert_eq!(
        refusal(session.get("/api/inference/llm").await).await.0,
        405
    );
}
