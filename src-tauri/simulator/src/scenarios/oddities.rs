//! The scenarios that are right and yet unusual: other dialects, and odd ways to write an event
//! stream (WHATWG HTML, *Server-sent events*, 9.2.6).

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::json;

use super::{
    Ask, Reply,
    pace::{paced, reply, words},
    texts,
};
use crate::wire::{self, Step};

fn json_body(body: &serde_json::Value) -> Reply {
    Reply::Raw {
        status: StatusCode::OK,
        content_type: "application/json",
        retry_after: None,
        body: body.to_string(),
    }
}

pub(super) fn json(_: &Ask<'_>) -> Reply {
    json_body(&json!({ "content": texts::ISLAND, "finish_reason": "stop" }))
}

pub(super) fn openai_json(_: &Ask<'_>) -> Reply {
    json_body(&json!({
        "id": "chatcmpl-simulated",
        "object": "chat.completion",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": texts::ISLAND },
            "finish_reason": "stop",
        }],
    }))
}

fn openai_content(text: &str) -> Step {
    wire::openai_chunk(&json!({ "content": text }), None)
}

fn openai_reasoning(text: &str) -> Step {
    wire::openai_chunk(&json!({ "reasoning_content": text }), None)
}

pub(super) fn openai_chunks(ask: &Ask<'_>) -> Reply {
    let pace = ask.options.word_delta;
    let mut steps = vec![wire::openai_chunk(
        &json!({ "role": "assistant", "content": "" }),
        None,
    )];
    steps.extend(paced(&words(texts::THINKING), pace, openai_reasoning));
    steps.extend(paced(&words(texts::THOUGHT), pace, openai_content));
    steps.push(wire::openai_chunk(&json!({}), Some("stop")));
    steps.extend(wire::openai_end());
    Reply::Stream(steps)
}

pub(super) fn openai_tools(ask: &Ask<'_>) -> Reply {
    let pace = ask.options.word_delta;
    if let [result, ..] = ask.tool_results()[..] {
        let text = format!("The tool has answered: {result}");
        let mut steps = paced(&words(&text), pace, openai_content);
        steps.push(wire::openai_chunk(&json!({}), Some("stop")));
        steps.extend(wire::openai_end());
        return Reply::Stream(steps);
    }
    let mut steps = vec![wire::openai_chunk(
        &json!({ "role": "assistant", "content": null, "tool_calls": [{
            "index": 0,
            "id": "call_clock_1",
            "type": "function",
            "function": { "name": "current_time", "arguments": "" },
        }] }),
        None,
    )];
    for fragment in ["{\"time", "zone\":\"Eur", "ope/Am", "sterdam\"}"] {
        steps.push(wire::openai_chunk(
            &json!({ "tool_calls": [{
                "index": 0,
                "function": { "arguments": fragment },
            }] }),
            None,
        ));
        steps.push(Step::Pause(pace));
    }
    steps.push(wire::openai_chunk(&json!({}), Some("tool_calls")));
    steps.extend(wire::openai_end());
    Reply::Stream(steps)
}

pub(super) fn openai_error(ask: &Ask<'_>) -> Reply {
    let mut deltas = words(texts::ISLAND);
    deltas.truncate(deltas.len() / 2);
    let mut steps = paced(&deltas, ask.options.word_delta, openai_content);
    steps.extend([
        wire::text("data: {\"error\":{\"message\":\"Provider overloaded\",\"code\":529}}\n\n"),
        wire::text("data: [DONE]\n\n"),
    ]);
    Reply::Stream(steps)
}

/// The seed prints some events with their JSON over several physical lines after one `data:`;
/// here they come just so, and the last one without the blank line that should end it.
pub(super) fn multi_line(ask: &Ask<'_>) -> Reply {
    let mut steps = vec![wire::text(
        "event: reasoning\ndata: {\n\"content\": \"Over several lines, then.\"\n}\n\n",
    )];
    steps.extend(paced(
        &words(texts::ISLAND),
        ask.options.word_delta,
        |word| {
            let word = json!(word);
            wire::text(format!(
                "event: content\ndata: {{\n  \"content\": {word}\n}}\n\n"
            ))
        },
    ));
    steps.extend([
        wire::text("event: finish\ndata: {\n\"finish_reason\": \"stop\"\n}\n\n"),
        wire::text("event: done\ndata: {}"),
    ]);
    Reply::Stream(steps)
}

pub(super) fn unknown_events(ask: &Ask<'_>) -> Reply {
    let mut steps = vec![
        wire::text("event: hello\ndata: {\"protocol\": 9}\n\n"),
        wire::text("event: nothing\n\n"),
    ];
    steps.extend(paced(
        &words(texts::ISLAND),
        ask.options.word_delta,
        |word| {
            wire::event(
                "content",
                &json!({ "content": word, "index": 0, "logprobs": null }),
            )
        },
    ));
    steps.extend([
        wire::text("event: citation\ndata: {\"content\": \"not for the reply\"}\n\n"),
        wire::event(
            "finish",
            &json!({ "finish_reason": "stop", "usage": { "output_tokens": 120 } }),
        ),
        wire::done(),
    ]);
    Reply::Stream(steps)
}

pub(super) fn comments(ask: &Ask<'_>) -> Reply {
    let mut steps = vec![wire::text(": connected\nretry: 3000\n\n")];
    for (index, step) in reply(ask, texts::ISLAND).into_iter().enumerate() {
        if index % 7 == 0 {
            steps.push(wire::text(format!(": ping\nid: {index}\n\n")));
        }
        steps.push(step);
    }
    Reply::Stream(steps)
}

/// The bytes of the steps' events in one piece, without their pauses.
fn joined(steps: &[Step]) -> Vec<u8> {
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Send(bytes) => Some(&bytes[..]),
            _ => None,
        })
        .collect::<Vec<_>>()
        .concat()
}

/// Every chunk ends where it should not: after 1, 2, 3, 5, 7, 11 or 13 bytes, so inside field
/// names, line ends and characters of up to four bytes.
pub(super) fn split(ask: &Ask<'_>) -> Reply {
    let whole = Bytes::from(joined(&reply(ask, texts::CHARACTERS)));
    let mut steps = Vec::new();
    let mut start = 0;
    for size in [1, 2, 3, 5, 7, 11, 13].into_iter().cycle() {
        if start >= whole.len() {
            break;
        }
        let end = whole.len().min(start + size);
        steps.push(Step::Send(whole.slice(start..end)));
        steps.push(Step::Pause(ask.options.word_delta / 8));
        start = end;
    }
    Reply::Stream(steps)
}

pub(super) fn crlf(ask: &Ask<'_>) -> Reply {
    let mut steps = vec![wire::text("\u{feff}")];
    for step in reply(ask, texts::ISLAND) {
        steps.push(match step {
            Step::Send(bytes) => wire::text(String::from_utf8_lossy(&bytes).replace('\n', "\r\n")),
            other => other,
        });
    }
    Reply::Stream(steps)
}
