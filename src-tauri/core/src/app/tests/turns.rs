//! Turns: the rows of `protocol.md`, *Inference* and *The event stream*, as the user meets them.

use super::*;

/// The status of the error on a turn's last event.
fn status(event: &Value) -> Option<u64> {
    event["error"]["status"].as_u64()
}

#[tokio::test]
async fn the_question_is_saved_before_it_is_sent_and_the_reply_when_it_ends() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "What falls?").await;
    let gate = bench.simulator.gate().await;
    let path = bench.path(&conversation);
    assert_eq!(path[0].text(), "What falls?");
    assert_eq!(path[1].status, MessageStatus::Streaming);
    gate.content("Rain.").await.unwrap();
    assert_eq!(bench.event("content").await["part"], 0);
    gate.complete().await.unwrap();
    bench.event("saved").await;
    let reply = bench.reply(&conversation);
    assert_eq!(reply.text(), "Rain.");
    assert_eq!(reply.status, MessageStatus::Complete);
}

#[tokio::test]
async fn one_delta_is_told_while_the_service_waits() {
    let mut bench = Bench::signed_in().await;
    bench.ask("one-then-wait", "Go on").await;
    bench.event("content").await;
    assert_eq!(bench.simulator.open_streams(), 1);
}

#[tokio::test]
async fn events_are_numbered_without_gaps_and_a_snapshot_says_where_it_stands() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Count").await;
    let gate = bench.simulator.gate().await;
    gate.content("one ").await.unwrap();
    let event = bench.event("content").await;
    let snapshot = bench
        .app
        .open_conversation(conversation.clone())
        .await
        .unwrap();
    assert_eq!(snapshot.seq, event["seq"].as_u64().unwrap());
    assert_eq!(snapshot.turn.unwrap().id, event["turn"]);
    assert_eq!(snapshot.page.messages[1].status, MessageStatus::Streaming);
    let shown = serde_json::to_string(&snapshot.page.messages[1].parts).unwrap();
    assert!(shown.contains("one"), "{shown}");

    gate.content("two").await.unwrap();
    gate.complete().await.unwrap();
    let mut last = snapshot.seq;
    loop {
        let Said::Turn(event) = bench.hear().await else {
            continue;
        };
        last += 1;
        assert_eq!(event["seq"], last);
        if event["type"] == "saved" {
            break;
        }
    }
    assert_eq!(bench.reply(&conversation).text(), "one two");
}

#[tokio::test]
async fn two_thousand_deltas_arrive_once_each() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("count", "Count").await;
    let text = reply.text();
    let numbers: Vec<u32> = text
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    assert_eq!(numbers, (1..=2000).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_request_is_the_visible_path_with_the_model_and_the_length_limit() {
    let mut bench = Bench::signed_in().await;
    let patch = SettingsPatch {
        max_tokens: Some(777),
        ..SettingsPatch::default()
    };
    bench.app.update_settings(patch).await.unwrap();
    let (conversation, _) = bench.exchange("echo", "First").await;
    bench
        .app
        .send(Draft::Of(conversation), "Second".to_owned(), "echo")
        .await
        .unwrap();
    bench.event("saved").await;
    let request = bench.inference_requests().pop().unwrap();
    assert_eq!(request["model"], "echo");
    assert_eq!(request["max_tokens"], 777);
    assert_eq!(request["stream"], true);
    let messages = request["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    assert_eq!(messages[0]["content"], "First");
    assert_eq!(messages[2]["content"], "Second");
}

#[tokio::test]
async fn stop_keeps_what_arrived_and_closes_the_connection() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Stop me").await;
    let gate = bench.simulator.gate().await;
    gate.content("So far").await.unwrap();
    bench.event("content").await;
    bench.app.stop(&conversation);
    assert_eq!(bench.event("done").await["status"], "stopped");
    assert_eq!(bench.reply(&conversation).text(), "So far");
    timeout(PATIENCE, gate.closed()).await.unwrap();
}

#[tokio::test]
async fn one_stop_stops_one_of_several_turns() {
    let mut bench = Bench::signed_in().await;
    let first = bench.ask("held", "One").await;
    let gate = bench.simulator.gate().await;
    let second = bench.ask("held", "Two").await;
    let other_gate = bench.simulator.gate().await;
    gate.content("a").await.unwrap();
    bench.event("content").await;
    other_gate.content("b").await.unwrap();
    bench.event("content").await;
    let running = bench
        .app
        .conversation_rows(ListScope::Active, 0, 9)
        .await
        .unwrap();
    assert!(running.len() == 2 && running.iter().all(|summary| summary.running));
    bench.app.stop(&first);
    bench.event("saved").await;
    other_gate.content("c").await.unwrap();
    other_gate.complete().await.unwrap();
    bench.event("saved").await;
    assert_eq!(bench.reply(&first).status, MessageStatus::Stopped);
    assert_eq!(bench.reply(&second).text(), "bc");
}

#[tokio::test]
async fn thinking_is_kept_apart_with_its_time() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("reasoning", "Think").await;
    assert!(
        matches!(&reply.parts[0], Part::Reasoning { text, took: Some(_), .. } if !text.is_empty())
    );
    assert!(matches!(&reply.parts[1], Part::Text { .. }));
}

#[tokio::test]
async fn tool_calls_are_run_and_answered_in_a_second_request() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("tools", "What time is it?").await;
    assert_eq!(reply.status, MessageStatus::Complete);
    let call = reply
        .parts
        .iter()
        .find_map(|part| match part {
            Part::Tool { call, .. } => Some(call),
            _ => None,
        })
        .unwrap();
    assert_eq!(call.state, ToolCallState::Succeeded);
    let requests = bench.inference_requests();
    assert_eq!(requests.len(), 2);
    let [.., asked, answered] = &requests[1]["messages"].as_array().unwrap()[..] else {
        panic!("the call and its result are sent");
    };
    assert_eq!(asked["tool_calls"][0]["id"], call.id);
    assert_eq!(answered["role"], "tool");
    assert_eq!(answered["tool_call_id"], call.id);
}

#[tokio::test]
async fn a_400_is_never_sent_again_and_an_unknown_model_offers_another() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("400", "Hello").await;
    assert_eq!(reply.status, MessageStatus::Failed);
    assert_eq!(reply.error.unwrap().status, Some(400));
    let (_, reply) = bench.exchange("no-such-model", "Hello").await;
    assert_eq!(reply.error.unwrap().code, Code::UnknownModel);
    assert_eq!(bench.inference_requests().len(), 2);
}

#[tokio::test]
async fn a_402_offers_topping_up_and_is_sent_again_only_by_the_user() {
    let mut bench = Bench::signed_in().await;
    bench.simulator.set_balance(0);
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    assert_eq!(reply.error.unwrap().code, Code::PaymentRequired);
    assert_eq!(bench.inference_requests().len(), 1);
    bench.simulator.set_balance(100);
    bench.app.retry(reply.id, "plain").await.unwrap();
    bench.event("saved").await;
    let shown = bench.shown(&conversation);
    assert_eq!(shown[1].message.status, MessageStatus::Complete);
    assert_eq!(shown[1].versions, 1, "what came to nothing is no version");
}

/// A service whose rate limit asks for five minutes.
fn patient() -> Options {
    Options {
        retry_after: Duration::from_secs(300),
        ..Options::instant()
    }
}

#[tokio::test]
async fn a_429_counts_down_as_long_as_the_service_says_and_now_sends_at_once() {
    let mut bench = Bench::signed_in_with(patient()).await;
    let conversation = bench.ask("429-once", "Hello").await;
    let retrying = bench.event("retrying").await["retrying"].clone();
    assert_eq!(retrying["attempt"], 2);
    assert_eq!(status(&retrying), Some(429));
    let wait = retrying["at"].as_i64().unwrap() - now();
    assert!(wait > 200_000, "{wait}");
    let shown = bench
        .app
        .open_conversation(conversation.clone())
        .await
        .unwrap();
    assert!(shown.turn.unwrap().retrying.is_some());
    bench.app.retry_now(&conversation);
    bench.event("requesting").await;
    bench.event("saved").await;
    assert_eq!(bench.reply(&conversation).status, MessageStatus::Complete);
}

#[tokio::test]
async fn cancel_gives_up_on_a_waiting_request_and_keeps_the_question() {
    let mut bench = Bench::signed_in_with(patient()).await;
    let conversation = bench.ask("429-once", "Hello").await;
    bench.event("retrying").await;
    bench.app.retry_cancel(&conversation);
    let done = bench.event("done").await;
    assert_eq!(done["status"], "failed");
    assert_eq!(status(&done), Some(429));
    assert_eq!(bench.path(&conversation)[0].text(), "Hello");
    assert_eq!(bench.inference_requests().len(), 1);
}

#[tokio::test]
async fn a_429_is_tried_five_times_at_most() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("429", "Hello").await;
    for attempt in 2..=5 {
        let retrying = bench.event("retrying").await["retrying"].clone();
        assert_eq!(retrying["attempt"], attempt);
        assert_eq!(retrying["of"], 5);
        bench.app.retry_now(&conversation);
    }
    assert_eq!(status(&bench.event("done").await), Some(429));
    assert_eq!(bench.inference_requests().len(), 5);
}

#[tokio::test]
async fn a_500_is_sent_again_three_times_and_then_counts_as_persistent() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("500", "Hello").await;
    for _ in 0..3 {
        bench.event("retrying").await;
        bench.app.retry_now(&conversation);
    }
    assert_eq!(bench.event("done").await["error"]["code"], "persistent");
    assert_eq!(bench.inference_requests().len(), 4);
}

#[tokio::test]
async fn other_statuses_are_shown_with_their_number_and_never_their_page() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("418", "Hello").await;
    assert_eq!(reply.error.unwrap().status, Some(418));
    let conversation = bench.ask("504-html", "Hello").await;
    for _ in 0..3 {
        bench.event("retrying").await;
        bench.app.retry_now(&conversation);
    }
    bench.event("saved").await;
    let error = bench.reply(&conversation).error.unwrap();
    assert!(!error.message.contains('<'), "{}", error.message);
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_what_arrived_and_is_never_asked_for_again_by_itself() {
    for model in ["cut", "no-done"] {
        let mut bench = Bench::signed_in().await;
        let (_, reply) = bench.exchange(model, "Hello").await;
        assert_eq!(reply.status, MessageStatus::Interrupted, "{model}");
        assert_eq!(reply.error.as_ref().unwrap().code, Code::Interrupted);
        assert!(!reply.text().is_empty());
        assert_eq!(bench.inference_requests().len(), 1, "{model}");
    }
}

#[tokio::test]
async fn a_stream_without_done_is_whole_once_it_said_finish() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("finish-no-done", "Hello").await;
    assert_eq!(reply.status, MessageStatus::Complete);
}

fn notes(reply: &Message) -> usize {
    reply
        .parts
        .iter()
        .filter(|part| matches!(part, Part::Notice { .. }))
        .count()
}

#[tokio::test]
async fn an_error_with_more_after_it_is_a_note_and_one_before_done_is_the_end() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("error-and-go-on", "Hello").await;
    assert_eq!((reply.status, notes(&reply)), (MessageStatus::Complete, 1));
    let (_, reply) = bench.exchange("error-and-done", "Hello").await;
    assert_eq!((reply.status, notes(&reply)), (MessageStatus::Failed, 0));
    assert!(!reply.text().is_empty(), "what arrived is kept");
}

#[tokio::test]
async fn an_error_with_nothing_after_it_is_shown_while_the_service_waits() {
    let mut bench = Bench::signed_in().await;
    bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    gate.error("a hiccup").await.unwrap();
    let event = bench.event("error").await;
    assert!(
        event["error"]["message"]
            .as_str()
            .unwrap()
            .contains("a hiccup")
    );
}

#[tokio::test]
async fn unreadable_events_are_noted_once_and_the_rest_is_whole() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("garbage", "Hello").await;
    assert_eq!((reply.status, notes(&reply)), (MessageStatus::Complete, 1));
}

#[tokio::test]
async fn a_reply_without_a_word_says_so() {
    let mut bench = Bench::signed_in().await;
    let (_, reply) = bench.exchange("empty", "Hello").await;
    assert!(matches!(reply.parts[..], [Part::Notice { .. }]));
}

#[tokio::test]
async fn other_dialects_and_servers_that_do_not_stream_are_understood() {
    for model in [
        "openai-chunks",
        "json",
        "crlf",
        "split",
        "comments",
        "unknown-events",
    ] {
        let mut bench = Bench::signed_in().await;
        let (_, reply) = bench.exchange(model, "Hello").await;
        assert_eq!(reply.status, MessageStatus::Complete, "{model}");
        assert!(!reply.text().is_empty(), "{model}");
    }
}

#[tokio::test]
async fn at_the_length_limit_the_model_goes_on_only_when_asked() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("length", "Tell me").await;
    assert_eq!(reply.status, MessageStatus::Length);
    assert_eq!(bench.inference_requests().len(), 1);
    let half = reply.text();
    bench
        .app
        .continue_reply(reply.id.clone(), "length")
        .await
        .unwrap();
    bench.event("saved").await;
    let whole = bench.reply(&conversation);
    assert_eq!(
        (&whole.id, whole.status),
        (&reply.id, MessageStatus::Complete)
    );
    assert!(whole.text().starts_with(&half) && whole.text().len() > half.len());
    assert_eq!(
        whole.parts.len(),
        reply.parts.len(),
        "the text goes on in one piece"
    );
    let request = bench.inference_requests().pop().unwrap();
    assert_eq!(request["messages"][1]["content"], half);
    assert_eq!(request["messages"][2]["role"], "user");

    // Later requests tell it as it was.
    bench
        .app
        .send(Draft::Of(conversation), "More".to_owned(), "echo")
        .await
        .unwrap();
    bench.event("saved").await;
    let request = bench.inference_requests().pop().unwrap();
    let roles: Vec<&str> = request["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"]);
    assert_eq!(request["messages"][1]["content"], half);
}

#[tokio::test]
async fn quitting_keeps_what_arrived_and_marks_it_interrupted() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    gate.content("So far").await.unwrap();
    bench.event("content").await;
    timeout(PATIENCE, bench.app.quit()).await.unwrap();
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert_eq!(reply.text(), "So far");
}

#[tokio::test]
async fn input_that_cannot_be_sent_is_refused_and_nothing_is_saved() {
    let bench = Bench::signed_in().await;
    let long = "x".repeat(MESSAGE_BYTES + 1);
    for (text, model) in [
        ("", "plain"),
        (" \n", "plain"),
        (&long, "plain"),
        ("Hello", " "),
    ] {
        let error = bench
            .app
            .send(Draft::New(NewChat::Main), text.to_owned(), model)
            .await
            .unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
    }
    assert!(
        bench
            .app
            .conversation_rows(ListScope::Active, 0, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(bench.inference_requests().is_empty());
}

#[tokio::test]
async fn a_second_question_while_a_reply_is_running_is_refused() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "One").await;
    bench.event("started").await;
    let refused = bench
        .app
        .send(Draft::Of(conversation.clone()), "Two".to_owned(), "held")
        .await;
    assert_eq!(refused.unwrap_err().code, Code::InvalidInput);
    assert_eq!(bench.path(&conversation).len(), 2);
}

#[tokio::test]
async fn a_sent_draft_is_cleared_and_one_that_could_not_be_sent_is_kept() {
    let mut bench = Bench::signed_in().await;
    bench
        .app
        .save_draft(Draft::New(NewChat::Main), "Hello".to_owned())
        .await
        .unwrap();
    bench
        .app
        .send(Draft::New(NewChat::Main), String::new(), "plain")
        .await
        .unwrap_err();
    assert_eq!(bench.app.draft(NewChat::Main).await.unwrap(), "Hello");
    bench.exchange("plain", "Hello").await;
    assert_eq!(bench.app.draft(NewChat::Main).await.unwrap(), "");
}

#[tokio::test]
async fn a_deleted_conversation_ends_its_turn() {
    let mut bench = Bench::signed_in().await;
    let conversation = bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    gate.content("So far").await.unwrap();
    bench.event("content").await;
    let deleted = bench
        .app
        .delete_conversations(vec![conversation.clone()])
        .await
        .unwrap();
    timeout(PATIENCE, gate.closed()).await.unwrap();
    bench.event("saved").await;
    assert!(
        bench
            .app
            .conversation_rows(ListScope::Active, 0, 9)
            .await
            .unwrap()
            .is_empty()
    );
    bench.app.undo_delete(deleted.deletion).await.unwrap();
    let reply = bench.reply(&conversation);
    assert_eq!(
        (reply.status, reply.text().as_str()),
        (MessageStatus::Stopped, "So far")
    );
}

#[tokio::test]
async fn a_reply_of_which_nothing_arrived_can_be_continued_too() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("400", "Hello").await;
    assert!(reply.parts.is_empty());
    bench
        .app
        .continue_reply(reply.id.clone(), "plain")
        .await
        .unwrap();
    bench.event("saved").await;
    let whole = bench.reply(&conversation);
    assert_eq!(
        (&whole.id, whole.status),
        (&reply.id, MessageStatus::Complete)
    );
    let request = bench.inference_requests().pop().unwrap();
    assert_eq!(request["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn pressing_now_twice_skips_one_wait() {
    let mut bench = Bench::signed_in_with(patient()).await;
    let conversation = bench.ask("500", "Hello").await;
    bench.event("retrying").await;
    bench.app.retry_now(&conversation);
    bench.app.retry_now(&conversation);
    let retrying = bench.event("retrying").await["retrying"].clone();
    assert_eq!(retrying["attempt"], 3);
    let shown = bench
        .app
        .open_conversation(conversation.clone())
        .await
        .unwrap();
    assert_eq!(
        shown.turn.unwrap().retrying.unwrap().attempt,
        3,
        "the second wait goes on"
    );
    bench.app.retry_cancel(&conversation);
    bench.event("saved").await;
    assert_eq!(bench.inference_requests().len(), 2);
}

#[tokio::test]
async fn a_reply_that_could_not_be_continued_can_still_be() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("cut", "Hello").await;
    bench
        .app
        .continue_reply(reply.id.clone(), "418")
        .await
        .unwrap();
    bench.event("saved").await;
    let after = bench.reply(&conversation);
    assert_eq!(after.status, MessageStatus::Interrupted);
    assert_eq!(after.error.as_ref().unwrap().code, Code::Interrupted);
    assert!(after.text().starts_with(&reply.text()));
}

#[tokio::test]
async fn each_window_has_a_new_chat_of_its_own() {
    let bench = Bench::signed_in().await;
    for (place, text) in [(NewChat::Main, "Long letter"), (NewChat::Quick, "Hello")] {
        bench
            .app
            .save_draft(Draft::New(place), text.to_owned())
            .await
            .unwrap();
    }
    bench
        .app
        .send(Draft::New(NewChat::Quick), "Hello".to_owned(), "plain")
        .await
        .unwrap();
    assert_eq!(bench.app.draft(NewChat::Quick).await.unwrap(), "");
    assert_eq!(bench.app.draft(NewChat::Main).await.unwrap(), "Long letter");
}
