//! ChatGPT's export, and the official client's sessions.

use serde_json::{Value, json};

use super::*;

fn node(id: &str, parent: Option<&str>, children: &[&str], message: Value) -> (String, Value) {
    let value = json!({ "id": id, "parent": parent, "children": children, "message": message });
    (id.to_owned(), value)
}

fn said(role: &str, content: Value) -> Value {
    json!({
        "author": { "role": role },
        "create_time": 1_700_000_000.5,
        "content": content,
        "metadata": { "model_slug": "gpt-4o" },
        "recipient": "all",
    })
}

fn text(role: &str, text: &str) -> Value {
    said(role, json!({ "content_type": "text", "parts": [text] }))
}

fn chat(current: &str, nodes: Vec<(String, Value)>) -> String {
    // In the order given, which a map of `serde_json` need not keep.
    let entries: Vec<String> = nodes
        .into_iter()
        .map(|(id, value)| format!("{}:{value}", json!(id)))
        .collect();
    let facts = json!({
        "title": "Rain",
        "create_time": 1_700_000_000.0,
        "update_time": 1_700_000_100.25,
        "current_node": current,
        "conversation_id": "6f1c1c52-0000-4000-8000-000000000001",
        "is_archived": true,
        "default_model_slug": "gpt-4o",
    })
    .to_string();
    let (_, facts) = facts.split_at(1);
    format!("[{{\"mapping\":{{{}}},{facts}]", entries.join(","))
}

#[test]
fn a_chat_of_chatgpt_comes_in_with_its_branches_times_and_models() {
    let library = library();
    let export = chat(
        "a2",
        vec![
            node("client-created-root", None, &["s"], Value::Null),
            node("s", Some("client-created-root"), &["q"], text("system", "")),
            node("q", Some("s"), &["a1", "a2"], text("user", "What falls?")),
            // Written in another order than the children's.
            node("a2", Some("q"), &[], text("assistant", "Rain.")),
            node("a1", Some("q"), &[], text("assistant", "Snow.")),
        ],
    );
    let (done, view) = take_text(&library, &export);
    assert_eq!((done.conversations, done.messages), (1, 3));
    assert_eq!(reasons(&view), [""; 0]);
    let conversation = &conversations(&library)[0];
    assert_eq!(conversation.id, "6f1c1c52-0000-4000-8000-000000000001");
    assert_eq!(conversation.title, "Rain");
    assert_eq!(conversation.titled_by, "user");
    assert!(conversation.archived);
    assert_eq!(conversation.model.as_deref(), Some("gpt-4o"));
    assert_eq!(
        (conversation.created_at, conversation.updated_at),
        (1_700_000_000_000, 1_700_000_100_250)
    );
    assert_eq!(
        path(&library, &conversation.id),
        ["user: What falls?", "assistant: Rain."]
    );
    let all = messages(&library, &conversation.id);
    let shape: Vec<(String, Option<&str>, Option<&str>)> = all
        .iter()
        .map(|message| {
            (
                message.text(),
                message.parent.as_deref(),
                message.model.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        shape,
        [
            ("What falls?".to_owned(), None, None),
            ("Snow.".to_owned(), Some("q"), Some("gpt-4o")),
            ("Rain.".to_owned(), Some("q"), Some("gpt-4o")),
        ]
    );
    assert_eq!(all[0].created_at, 1_700_000_000_500);
    let (again, _) = take_text(&library, &export);
    assert_eq!((again.conversations, again.already), (0, 1));
}

#[test]
fn thinking_tools_and_their_results_are_one_reply_and_hidden_entries_are_folded_away() {
    let library = library();
    let mut thoughts = said(
        "assistant",
        json!({ "content_type": "thoughts", "thoughts": [
            { "summary": "Looking", "content": "At the sky." }, { "summary": "Done", "content": "" }] }),
    );
    thoughts["metadata"]["finished_duration_sec"] = json!(12);
    let mut call = said(
        "assistant",
        json!({ "content_type": "code", "language": "unknown", "text": "print(1)" }),
    );
    call["recipient"] = json!("python.exec");
    let mut hidden = text("user", "secret");
    hidden["metadata"]["is_visually_hidden_from_conversation"] = json!(true);
    let export = chat(
        "end",
        vec![
            node("root", None, &["h"], Value::Null),
            node("h", Some("root"), &["ctx"], hidden),
            node(
                "ctx",
                Some("h"),
                &["q"],
                said(
                    "user",
                    json!({ "content_type": "user_editable_context", "user_profile": "x" }),
                ),
            ),
            node("q", Some("ctx"), &["t"], text("user", "Count.")),
            node("t", Some("q"), &["r"], thoughts),
            node(
                "r",
                Some("t"),
                &["c"],
                said(
                    "assistant",
                    json!({ "content_type": "reasoning_recap", "content": "Thought for 12s" }),
                ),
            ),
            node("c", Some("r"), &["o"], call),
            node(
                "o",
                Some("c"),
                &["code"],
                said(
                    "tool",
                    json!({ "content_type": "execution_output", "text": "1" }),
                ),
            ),
            node(
                "code",
                Some("o"),
                &["end"],
                said(
                    "assistant",
                    json!({ "content_type": "code", "language": "python", "text": "a = \"```\"" }),
                ),
            ),
            node("end", Some("code"), &[], text("assistant", "It is **1**.")),
        ],
    );
    let (done, view) = take_text(&library, &export);
    assert_eq!((done.conversations, done.messages), (1, 2));
    assert_eq!(reasons(&view), [""; 0]);
    let id = &conversations(&library)[0].id;
    let all = messages(&library, id);
    assert_eq!(all[0].text(), "Count.");
    assert_eq!(all[1].parent.as_deref(), Some("q"));
    let [
        Part::Reasoning {
            text: thinking,
            took,
            ..
        },
        Part::Tool { call, round: 1 },
        Part::Text {
            text: code,
            round: 2,
            ..
        },
        Part::Text {
            text: end,
            round: 3,
            ..
        },
    ] = &all[1].parts[..]
    else {
        panic!("{:?}", all[1].parts)
    };
    assert_eq!(thinking, "**Looking**\n\nAt the sky.\n\n**Done**");
    assert_eq!(*took, Some(12_000));
    assert_eq!(
        (call.name.as_str(), call.arguments.as_str()),
        ("python_exec", r#"{"input":"print(1)"}"#)
    );
    assert_eq!(call.state, ToolCallState::Succeeded);
    assert_eq!(call.result.as_deref(), Some("1"));
    assert_eq!(code, "````python\na = \"```\"\n````");
    assert_eq!(end, "It is **1**.");
}

#[test]
fn what_of_a_chat_cannot_be_kept_is_named_with_its_number() {
    let library = library();
    let export = chat(
        "a",
        vec![
            node("root", None, &["q"], Value::Null),
            node(
                "q",
                Some("root"),
                &["a"],
                said(
                    "user",
                    json!({ "content_type": "multimodal_text", "parts": [
                { "content_type": "image_asset_pointer", "asset_pointer": "file-service://x" },
                { "content_type": "image_asset_pointer", "asset_pointer": "file-service://y" },
                { "content_type": "audio_transcription", "text": "spoken" },
                { "content_type": "hologram" },
                "What is this?" ] }),
                ),
            ),
            node(
                "a",
                Some("q"),
                &["w"],
                said(
                    "assistant",
                    json!({ "content_type": "telepathy", "text": "A cloud." }),
                ),
            ),
            node("w", Some("a"), &["bad"], text("wizard", "Abracadabra.")),
            (
                "bad".to_owned(),
                json!({ "parent": "w", "message": "no object" }),
            ),
            node("end", Some("bad"), &[], text("user", "Thanks.")),
        ],
    );
    let (done, view) = take_text(&library, &export);
    assert_eq!(done.conversations, 1);
    assert_eq!(
        reasons(&view),
        [
            "test.json: “Rain” | Message 4 is by neither you nor a model and was left out; what follows it is kept.",
            "test.json: “Rain” | Message 5 could not be read and was left out; what follows it is kept.",
            "test.json: “Rain” | Content of the kind “telepathy”: 1 left out; Serein cannot keep them.",
            "test.json: “Rain” | Images: 2 left out; Serein cannot keep them.",
            "test.json: “Rain” | Pieces of the kind “hologram”: 1 left out; Serein cannot keep them.",
        ]
    );
    let all = messages(&library, &conversations(&library)[0].id);
    let texts: Vec<String> = all.iter().map(Message::text).collect();
    assert_eq!(
        texts,
        [
            "[image]\n\n[image]\n\nspoken\n\n[left out]\n\nWhat is this?",
            "A cloud.",
            "Thanks."
        ]
    );
    assert_eq!(all[2].parent.as_deref(), Some("a"));
}

/// As SereChat Desktop writes it.
fn session() -> Value {
    json!({
        "id": "182c4f0a9b1e2f00",
        "title": "Weather",
        "created": 1_700_000_000,
        "updated": 1_700_000_100,
        "project": "/home/me/weather",
        "messages": [
            { "role": "user", "content": "Read it.", "attachments": [
                { "name": "a.png", "mime": "image/png", "size": 3, "path": "/home/me/.serechat/attachments/a.png" }] },
            { "role": "assistant", "content": "", "reasoning": "Which file?", "reasoning_ms": 1_500, "model": "sere-1",
              "usage": { "input_tokens": 3, "output_tokens": 4 }, "cost": 0.01,
              "tool_calls": [
                { "call_id": "c1", "name": "read_file", "arguments": "{\"path\":\"a\"}", "status": "done", "output": "rain" },
                { "call_id": "c2", "name": "run_command", "arguments": "{}", "status": "denied", "output": "The user declined." },
                { "call_id": "c3", "name": "run_command", "arguments": "{}", "status": "pending" }] },
            { "role": "assistant", "content": "It says rain.", "model": "sere-1" },
            { "role": "user", "content": "And now?" },
            { "role": "assistant", "content": "The connection was lost.", "failed": true },
        ],
        "allowed_tools": ["run_command"],
    })
}

#[test]
fn a_session_of_the_official_client_comes_in_with_its_tools_and_its_thinking() {
    let library = library();
    let (done, view) = take_text(&library, &session().to_string());
    assert_eq!((done.conversations, done.messages), (1, 4));
    assert_eq!(
        reasons(&view),
        ["test.json: “Weather” | Attached files: 1 left out; Serein cannot keep them."]
    );
    let conversation = &conversations(&library)[0];
    assert_eq!(conversation.id, "182c4f0a9b1e2f00");
    assert_eq!(conversation.model.as_deref(), Some("sere-1"));
    assert_eq!(
        (conversation.created_at, conversation.updated_at),
        (1_700_000_000_000, 1_700_000_100_000)
    );
    assert_eq!(
        path(&library, &conversation.id),
        [
            "user: Read it.",
            "assistant: It says rain.",
            "user: And now?",
            "assistant: "
        ]
    );
    let all = messages(&library, &conversation.id);
    let states: Vec<_> = all[1]
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Tool { call, round } => {
                Some((call.id.as_str(), call.state, call.result.as_deref(), *round))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        states,
        [
            ("c1", ToolCallState::Succeeded, Some("rain"), 0),
            ("c2", ToolCallState::Denied, Some("The user declined."), 0),
            ("c3", ToolCallState::Skipped, None, 0),
        ]
    );
    assert!(
        matches!(&all[1].parts[0], Part::Reasoning { text, took: Some(1_500), .. } if text == "Which file?")
    );
    assert!(matches!(&all[1].parts[4], Part::Text { round: 1, .. }));
    assert_eq!(all[3].status, MessageStatus::Failed);
    assert_eq!(
        all[3].error.as_ref().unwrap().message,
        "The connection was lost."
    );
    let before = library.every_row();
    let (again, _) = take_text(&library, &session().to_string());
    assert_eq!((again.conversations, again.already), (0, 1));
    assert_eq!(library.every_row(), before);
}

#[test]
fn two_sessions_do_not_share_their_messages_and_one_that_went_on_is_another() {
    let library = library();
    take_text(&library, &session().to_string());
    let mut other = session();
    other["id"] = json!("other");
    let (done, _) = take_text(&library, &other.to_string());
    assert_eq!(done.conversations, 1);
    let mut longer = session();
    longer["messages"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "role": "user", "content": "Hello?" }));
    for (added, already) in [(1, 0), (0, 1)] {
        let (done, _) = take_text(&library, &longer.to_string());
        assert_eq!((done.conversations, done.already), (added, already));
    }
    assert_eq!(library.message_count(None).unwrap(), 4 + 4 + 5);
}

#[test]
fn other_lists_of_messages_are_read_as_far_as_they_are_like_it() {
    let library = library();
    let (done, view) = take_text(
        &library,
        &json!({
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": [{ "type": "text", "text": "Hi" }], "timestamp": "2024-01-15T08:30:00Z" },
                { "role": "assistant", "content": "Hello.", "created_at": 1_705_307_410_000_i64 },
                { "role": "wizard", "content": "?" },
                { "content": "nobody" },
            ],
        })
        .to_string(),
    );
    assert_eq!((done.conversations, done.messages), (1, 2));
    let conversation = &conversations(&library)[0];
    assert_eq!(conversation.title, "Hi");
    let all = messages(&library, &conversation.id);
    assert_eq!(
        [all[0].created_at, all[1].created_at],
        [1_705_307_400_000, 1_705_307_410_000]
    );
    assert_eq!(
        reasons(&view),
        [
            "test.json: conversation 1 | Message 4 is by neither you nor a model and was left out.",
            "test.json: conversation 1 | Message 5 could not be read and was left out.",
            "test.json: conversation 1 | Its times cannot be right; those of its messages, or the present, were taken.",
        ]
    );
}
