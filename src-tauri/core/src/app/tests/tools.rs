//! Tool rounds: the approval, several calls, the bound, and stopping in the middle.

use serde_json::json;

use super::*;

fn calls(reply: &Message) -> Vec<&crate::view::ToolCallView> {
    reply
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Tool { call, .. } => Some(call),
            _ => None,
        })
        .collect()
}

impl Bench {
    /// A reply that calls `fetch_url` and waits for the user. Answers with the part that asks.
    async fn asking(&mut self) -> (String, u32) {
        let conversation = self.ask("held", "Read this").await;
        let gate = self.simulator.gate().await;
        gate.tool_call("a", "fetch_url", r#"{"url":"http://127.0.0.1/"}"#)
            .await
            .unwrap();
        gate.finish("tool_calls").await.unwrap();
        gate.complete().await.unwrap();
        let event = self.event("tool_result").await;
        assert_eq!(event["call"]["state"], "waiting");
        let part = u32::try_from(event["part"].as_u64().unwrap()).unwrap();
        (conversation, part)
    }

    /// Ends the second round with a word.
    async fn conclude(&mut self) {
        let gate = self.simulator.gate().await;
        gate.content("Done.").await.unwrap();
        gate.complete().await.unwrap();
        self.event("saved").await;
    }
}

#[tokio::test]
async fn a_tool_that_asks_waits_and_a_refusal_is_told_to_the_model() {
    let mut bench = Bench::signed_in().await;
    let (conversation, part) = bench.asking().await;
    bench.app.answer_tool(&conversation, part, ToolAnswer::Deny);
    bench.conclude().await;
    let reply = bench.reply(&conversation);
    assert_eq!(calls(&reply)[0].state, ToolCallState::Denied);
    let request = bench.inference_requests().pop().unwrap();
    let answer = request["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(answer["tool_call_id"], "a");
    assert!(
        answer["content"]
            .as_str()
            .unwrap()
            .contains("did not allow")
    );
}

#[tokio::test]
async fn allowing_once_asks_again_and_allowing_for_good_does_not() {
    let mut bench = Bench::signed_in().await;
    let (conversation, part) = bench.asking().await;
    bench.app.answer_tool(&conversation, part, ToolAnswer::Once);
    bench.conclude().await;
    assert!(bench.app.settings().allowed_tools.is_empty());
    assert_eq!(
        calls(&bench.reply(&conversation))[0].state,
        ToolCallState::Failed,
        "it ran"
    );

    let (conversation, part) = bench.asking().await;
    bench
        .app
        .answer_tool(&conversation, part, ToolAnswer::Always);
    bench.conclude().await;
    assert_eq!(bench.app.settings().allowed_tools, ["fetch_url"]);

    // Where tools are not offered, it asks all the same.
    let (conversation, part) = bench.asking().await;
    bench.app.answer_tool(&conversation, part, ToolAnswer::Deny);
    bench.conclude().await;

    let patch = SettingsPatch {
        tools: Some(true),
        ..SettingsPatch::default()
    };
    bench.app.update_settings(patch).await.unwrap();
    let conversation = bench.ask("held", "Again").await;
    let gate = bench.simulator.gate().await;
    gate.tool_call("b", "fetch_url", r#"{"url":"http://127.0.0.1/"}"#)
        .await
        .unwrap();
    gate.finish("tool_calls").await.unwrap();
    gate.complete().await.unwrap();
    bench.conclude().await;
    assert_eq!(
        calls(&bench.reply(&conversation))[0].state,
        ToolCallState::Failed,
        "it ran unasked"
    );
}

#[tokio::test]
async fn stop_while_a_tool_asks_ends_the_turn_without_running_it() {
    let mut bench = Bench::signed_in().await;
    let (conversation, _) = bench.asking().await;
    bench.app.stop(&conversation);
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Stopped);
    assert_eq!(calls(&reply)[0].state, ToolCallState::Skipped);
    assert_eq!(bench.inference_requests().len(), 1);
}

#[tokio::test]
async fn several_calls_of_a_round_are_answered_together_in_their_order() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Calculate").await;
    let gate = bench.simulator.gate().await;
    gate.content("Let me see.").await.unwrap();
    let call = |id: &str, name: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let both = json!({"tool_calls": [
        call("a", "calculate", r#"{"expression":"6*7"}"#),
        call("b", "launch", "{}"),
    ]});
    gate.event("tool_calls", &both).await.unwrap();
    gate.tool_call("c", "calculate", "{broken").await.unwrap();
    gate.finish("tool_calls").await.unwrap();
    gate.complete().await.unwrap();
    bench.conclude().await;
    let reply = bench.reply(&conversation);
    let states: Vec<_> = calls(&reply).iter().map(|call| call.state).collect();
    assert_eq!(
        states,
        [
            ToolCallState::Succeeded,
            ToolCallState::Failed,
            ToolCallState::Failed
        ]
    );
    let request = bench.inference_requests().pop().unwrap();
    let messages = request["messages"].as_array().unwrap();
    assert_eq!(messages[1]["content"], "Let me see.");
    assert_eq!(messages[1]["tool_calls"].as_array().unwrap().len(), 3);
    let answered: Vec<&str> = messages[2..]
        .iter()
        .map(|message| message["tool_call_id"].as_str().unwrap())
        .collect();
    assert_eq!(answered, ["a", "b", "c"]);
    assert!(messages[2]["content"].as_str().unwrap().contains("42"));
    assert_eq!(reply.text(), "Let me see.\n\nDone.");
}

#[tokio::test]
async fn calls_cut_by_the_length_limit_are_not_run() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Calculate").await;
    let gate = bench.simulator.gate().await;
    gate.tool_call("a", "calculate", "{\"expr").await.unwrap();
    gate.finish("length").await.unwrap();
    gate.complete().await.unwrap();
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Length);
    assert_eq!(calls(&reply)[0].state, ToolCallState::Skipped);
    assert_eq!(bench.inference_requests().len(), 1);
}

#[tokio::test]
async fn a_model_that_never_stops_calling_is_stopped_after_25_rounds() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Loop").await;
    for round in 0..25 {
        let gate = bench.simulator.gate().await;
        gate.tool_call(&format!("call_{round}"), "current_time", "{}")
            .await
            .unwrap();
        gate.finish("tool_calls").await.unwrap();
        gate.complete().await.unwrap();
    }
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert!(reply.error.as_ref().unwrap().message.contains("25"));
    assert_eq!(bench.inference_requests().len(), 25);
    assert_eq!(calls(&reply).len(), 25);
}

#[tokio::test]
async fn tools_are_offered_where_the_setting_or_the_conversation_says_so() {
    let mut bench = Bench::signed_in().await;
    let (conversation, _) = bench.exchange("plain", "One").await;
    bench
        .app
        .set_conversation_tools(conversation.clone(), Some(true))
        .await
        .unwrap();
    bench
        .app
        .send(Draft::Of(conversation), "Two".to_owned(), "plain")
        .await
        .unwrap();
    bench.event("saved").await;
    let patch = SettingsPatch {
        tools: Some(true),
        ..SettingsPatch::default()
    };
    bench.app.update_settings(patch).await.unwrap();
    let (conversation, _) = bench.exchange("plain", "Three").await;
    bench
        .app
        .set_conversation_tools(conversation.clone(), Some(false))
        .await
        .unwrap();
    bench
        .app
        .send(Draft::Of(conversation), "Four".to_owned(), "plain")
        .await
        .unwrap();
    bench.event("saved").await;
    let offered: Vec<usize> = bench
        .inference_requests()
        .iter()
        .map(|request| request["tools"].as_array().map_or(0, Vec::len))
        .collect();
    assert_eq!(offered, [0, 3, 3, 0]);
}

#[tokio::test]
async fn text_and_calls_of_one_reply_are_one_message_wherever_they_stood() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Both").await;
    let gate = bench.simulator.gate().await;
    gate.content("A ").await.unwrap();
    gate.tool_call("a", "current_time", "{}").await.unwrap();
    gate.content("B").await.unwrap();
    gate.tool_call("b", "current_time", "{}").await.unwrap();
    gate.content(" C").await.unwrap();
    gate.finish("tool_calls").await.unwrap();
    gate.complete().await.unwrap();
    bench.conclude().await;
    let request = bench.inference_requests().pop().unwrap();
    let messages = request["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant", "tool", "tool"]);
    assert_eq!(messages[1]["content"], "A B C");
    assert_eq!(messages[1]["tool_calls"].as_array().unwrap().len(), 2);
    assert_eq!(bench.reply(&conversation).status, MessageStatus::Complete);
}

#[tokio::test]
async fn a_failure_after_rounds_of_tools_goes_on_from_their_results() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Time?").await;
    let gate = bench.simulator.gate().await;
    gate.tool_call("a", "current_time", "{}").await.unwrap();
    gate.finish("tool_calls").await.unwrap();
    bench.simulator.set_balance(0);
    gate.complete().await.unwrap();
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert_eq!(reply.error.as_ref().unwrap().code, Code::PaymentRequired);
    bench.simulator.set_balance(100);
    bench.app.continue_reply(reply.id, "held").await.unwrap();
    bench.conclude().await;
    let request = bench.inference_requests().pop().unwrap();
    let roles: Vec<&str> = request["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant", "tool"]);
    assert_eq!(bench.reply(&conversation).text(), "Done.");
}
