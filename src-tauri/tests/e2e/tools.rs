//! Tool calls: offered when the user wants it, asked for where it matters, answered to the model.

use serde_json::json;
use serechat_simulator::Gate;

use crate::support::chat::reply;
use crate::support::{App, By, World};

const INFERENCE: &str = "/api/inference/llm";

/// Signs in, offers the tools to the held model, and has it call one.
async fn called<'world>(world: &'world World, name: &str, arguments: &str) -> App<'world> {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.click(&By::button("Tools")).await;
    app.asks("Use a tool").await;
    let gate = world.simulator().gate().await;
    gate.tool_call("call-1", name, arguments).await.unwrap();
    gate.finish("tool_calls").await.unwrap();
    gate.event("done", &json!({})).await.unwrap();
    app
}

/// The next round of the same turn, with what the tool said.
async fn next_round(world: &World) -> (Gate, String) {
    let gate = world.simulator().gate().await;
    let sent = world.simulator().requests_to(INFERENCE);
    let messages = sent.last().unwrap().json()["messages"].clone();
    let last = messages.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["role"], "tool");
    assert_eq!(last["tool_call_id"], "call-1");
    (gate, last["content"].as_str().unwrap().to_owned())
}

fn card(name: &str) -> By {
    By::role("group", &format!("Tool {name}")).within(reply())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_harmless_tool_runs_and_its_result_goes_back_to_the_model() {
    let world = World::new().await;
    let app = called(&world, "calculate", r#"{"expression": "6 * 7"}"#).await;
    let (gate, result) = next_round(&world).await;
    assert!(result.contains("42"), "{result}");
    app.reads(&card("calculate"), "Done").await;
    gate.content("It is 42.").await.unwrap();
    gate.complete().await.unwrap();
    app.replies_with("It is 42.").await;
    app.waits_for_the_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_reaches_out_asks_first_and_a_refusal_is_told_to_the_model() {
    let world = World::new().await;
    let page = format!(r#"{{"url": "{}/plan"}}"#, world.simulator().base_url());
    let app = called(&world, "fetch_url", &page).await;
    let ask = card("fetch_url");
    app.sees(&By::button("Allow once").within(ask.clone()))
        .await;
    app.sees(&By::button("Always allow").within(ask.clone()))
        .await;
    // Nothing happens before the answer.
    assert_eq!(world.simulator().requests_to(INFERENCE).len(), 1);
    assert!(world.simulator().requests_to("/plan").is_empty());
    app.click(&By::button("Deny").within(ask.clone())).await;
    let (gate, _) = next_round(&world).await;
    assert!(world.simulator().requests_to("/plan").is_empty());
    app.reads(&ask, "Not allowed").await;
    gate.content("Then without.").await.unwrap();
    gate.complete().await.unwrap();
    app.replies_with("Then without.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_nobody_knows_is_an_error_result_and_the_reply_goes_on() {
    let world = World::new().await;
    let app = called(&world, "make_coffee", "{}").await;
    let (gate, _) = next_round(&world).await;
    app.reads(&card("make_coffee"), "Failed").await;
    gate.content("No coffee.").await.unwrap();
    gate.complete().await.unwrap();
    app.replies_with("No coffee.").await;
}
