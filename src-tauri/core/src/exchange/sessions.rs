//! The official client's conversations: a file for each, `~/.serechat/sessions/<id>.json`.
//!
//! SereChat Desktop writes `id`, `title`, `created` and `updated` (in seconds), `project`, `messages` and
//! `allowed_tools`. A message has a `role`, its `content` (of one that `failed`, what went wrong), and a
//! reply its `reasoning`, `reasoning_ms`, `model`, `usage`, `cost` and `tool_calls`; a prompt may have
//! `attachments`. A `compaction` is a summary that stands for everything before it. A reply of several
//! steps is as many messages. Other lists of messages with a `role` and a `content` are read too.

use serde::Deserialize;
use serde_json::Value as Json;

use super::json::{MENDED, parse};
use super::reading::{Entry, model, seconds, time};
use super::staging::Body;
use super::tree::{Kind, Node};
use crate::error::{Code, IpcError};
use crate::message::Part;
use crate::view::{MessageStatus, Role, ToolCallState, ToolCallView};

/// What went wrong is shown up to so many characters.
const ERROR_CHARACTERS: usize = 500;

#[derive(Deserialize)]
struct Stored {
    role: String,
    #[serde(default)]
    content: Json,
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    reasoning_ms: Option<u64>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    failed: bool,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    tool_calls: Vec<Call>,
    #[serde(default, alias = "created_at", alias = "timestamp")]
    created: Option<Json>,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    call_id: String,
    name: String,
    #[serde(default)]
    arguments: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    output: String,
}

/// Reads the `n`-th message.
pub(super) fn message(raw: &[u8], n: usize) -> Entry {
    let mut entry = Entry::default();
    let (stored, mended) = match parse::<Stored>(raw) {
        Ok(stored) => stored,
        Err(_) => {
            entry.is_bad = true;
            entry
                .problems
                .push("could not be read and was left out.".to_owned());
            return entry;
        }
    };
    if mended {
        entry.problems.push(MENDED.to_owned());
    }
    let kind = match stored.role.as_str() {
        "user" => Kind::Message(Role::User),
        "assistant" => Kind::Message(Role::Assistant),
        "tool" => Kind::Result,
        "system" | "developer" => Kind::Folded,
        _ => {
            entry.is_bad = true;
            entry
                .problems
                .push("is by neither you nor a model and was left out.".to_owned());
            Kind::Folded
        }
    };
    let Some(mut text) = content(&stored.content) else {
        entry.is_bad = true;
        entry
            .problems
            .push("has no text that can be read and was left out.".to_owned());
        return entry;
    };
    if !stored.attachments.is_empty() {
        let count = stored.attachments.len() as u64;
        entry.left_out.push(("Attached files".to_owned(), count));
        if text.is_empty() {
            let names: Vec<String> = stored
                .attachments
                .iter()
                .map(|attachment| format!("[{}]", super::names::one_line(&attachment.name)))
                .collect();
            text = names.join(" ");
        }
    }
    let created_at = stored.created.as_ref().and_then(any_time);
    let mut body = Body::default();
    let mut status = MessageStatus::Complete;
    if let Some(reasoning) = stored.reasoning.filter(|reasoning| !reasoning.is_empty()) {
        body.parts.push(Part::Reasoning {
            text: reasoning,
            started_at: created_at.unwrap_or_default(),
            took: Some(stored.reasoning_ms.unwrap_or_default()),
        });
    }
    if stored.failed {
        status = MessageStatus::Failed;
        let words: String = text.chars().take(ERROR_CHARACTERS).collect();
        body.error = Some(IpcError::new(Code::Failed, words));
    } else if !text.is_empty() {
        body.parts.push(Part::text(text));
    }
    body.parts
        .extend(stored.tool_calls.into_iter().map(|call| Part::Tool {
            call: call.into_view(),
            round: 0,
        }));
    entry.node = Some(Node {
        // No id that a message could have: it is given one.
        id: format!("message {n}"),
        parent: n.checked_sub(1).map(|n| format!("message {n}")),
        kind,
        status,
        model: model(stored.model.as_deref()),
        created_at,
        finished_at: None,
    });
    entry.body = body;
    entry
}

impl Call {
    fn into_view(self) -> ToolCallView {
        let state = match self.status.as_str() {
            "done" => ToolCallState::Succeeded,
            "failed" => ToolCallState::Failed,
            "denied" => ToolCallState::Denied,
            // It will not run any more.
            _ => ToolCallState::Skipped,
        };
        ToolCallView {
            id: self.call_id,
            name: self.name,
            arguments: self.arguments,
            state,
            result: (state != ToolCallState::Skipped).then_some(self.output),
        }
    }
}

/// A text, or the texts of a list of pieces.
fn content(content: &Json) -> Option<String> {
    match content {
        Json::Null => Some(String::new()),
        Json::String(text) => Some(text.clone()),
        Json::Array(pieces) => {
            let texts: Vec<&str> = pieces
                .iter()
                .filter_map(|piece| piece.as_str().or_else(|| piece.get("text")?.as_str()))
                .collect();
            Some(texts.join("\n\n"))
        }
        _ => None,
    }
}

/// Seconds, milliseconds, or a date in words.
fn any_time(value: &Json) -> Option<i64> {
    match value {
        Json::String(date) => time(date.parse::<jiff::Timestamp>().ok()?.as_millisecond()),
        // More seconds than that would be in the year 5138.
        Json::Number(number) if number.as_f64().is_some_and(|number| number >= 1e11) => {
            time(number.as_i64()?)
        }
        other => seconds(Some(other)),
    }
}
