//! ChatGPT's `conversations.json`: a list of conversations, each a tree of entries that know their parent
//! and their children. Nobody documents it; this reads what its exports are known to hold, and names what
//! it does not know.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::json::{MENDED, parse};
use super::reading::{Entry, model, seconds};
use super::staging::Body;
use super::tree::{Kind, Node};
use crate::message::Part;
use crate::view::{MessageStatus, Role, ToolCallState, ToolCallView};

/// A function's name has at most so many characters, as the service has it.
const NAME_CHARACTERS: usize = 64;
/// Children whose order is kept, at most.
const RANKS: usize = 200_000;

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    children: Vec<String>,
    #[serde(default)]
    message: Option<Said>,
}

/// What is left of an entry that is none: where it stood.
#[derive(Deserialize)]
struct Skeleton {
    #[serde(default)]
    parent: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    author: Option<Author>,
    #[serde(default)]
    content: Map<String, Json>,
    #[serde(default)]
    create_time: Option<Json>,
    #[serde(default)]
    update_time: Option<Json>,
    #[serde(default)]
    recipient: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    metadata: Option<Map<String, Json>>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(default)]
    role: String,
}

/// Reads the entry with this id. `ranks` learns the order of its children.
pub(super) fn node(id: &str, raw: &[u8], ranks: &mut HashMap<String, u32>) -> Entry {
    let mut entry = Entry::default();
    let mut node = Node {
        id: id.to_owned(),
        parent: None,
        kind: Kind::Folded,
        status: MessageStatus::Complete,
        model: None,
        created_at: None,
        finished_at: None,
    };
    match parse::<Stored>(raw) {
        Ok((stored, mended)) => {
            if mended {
                entry.problems.push(MENDED.to_owned());
            }
            node.parent = stored.parent;
            if stored.children.len() > 1 {
                let room = RANKS.saturating_sub(ranks.len());
                ranks.extend(stored.children.into_iter().zip(0..).take(room));
            }
            if let Some(said) = stored.message {
                read(&said, &mut node, &mut entry);
            }
        }
        Err(_) => {
            entry.is_bad = true;
            entry
                .problems
                .push("could not be read and was left out; what follows it is kept.".to_owned());
            node.parent = parse::<Skeleton>(raw)
                .ok()
                .and_then(|(skeleton, _)| skeleton.parent);
        }
    }
    entry.node = Some(node);
    entry
}

fn read(said: &Said, node: &mut Node, entry: &mut Entry) {
    let metadata = said.metadata.as_ref();
    let of_metadata = |name: &str| metadata.and_then(|metadata| metadata.get(name));
    let role = said.author.as_ref().map_or("", |author| &author.role);
    let is_hidden = of_metadata("is_visually_hidden_from_conversation")
        .and_then(Json::as_bool)
        .unwrap_or(false);
    node.kind = match role {
        _ if is_hidden => Kind::Folded,
        "user" => Kind::Message(Role::User),
        "assistant" => Kind::Message(Role::Assistant),
        "tool" => Kind::Result,
        // What the model is told to be is no part of the conversation.
        "system" | "developer" | "" => Kind::Folded,
        _ => {
            entry.is_bad = true;
            entry.problems.push(
                "is by neither you nor a model and was left out; what follows it is kept."
                    .to_owned(),
            );
            Kind::Folded
        }
    };
    if node.kind == Kind::Folded {
        return;
    }
    node.created_at = seconds(said.create_time.as_ref());
    node.finished_at = seconds(said.update_time.as_ref());
    node.model = model(of_metadata("model_slug").and_then(Json::as_str));
    if node.kind == Kind::Message(Role::User) {
        node.model = None;
    }
    if said.status.as_deref() == Some("in_progress") {
        node.status = MessageStatus::Interrupted;
    }
    let mut parts = content(&said.content, node.created_at, entry);
    if let Some(recipient) = said.recipient.as_deref().filter(|name| *name != "all")
        && node.kind == Kind::Message(Role::Assistant)
    {
        parts = vec![call(&node.id, recipient, &crate::message::text_of(&parts))];
    }
    if let [Part::Reasoning { took, .. }] = parts.as_mut_slice()
        && let Some(seconds) = of_metadata("finished_duration_sec").and_then(Json::as_u64)
    {
        *took = Some(seconds.saturating_mul(1_000));
    }
    if parts.is_empty() {
        // Nothing to show; the chain goes on.
        node.kind = Kind::Folded;
    }
    entry.body = Body { parts, error: None };
}

/// A message to a tool is a call.
fn call(id: &str, recipient: &str, text: &str) -> Part {
    let name: String = recipient
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => character,
            _ => '_',
        })
        .take(NAME_CHARACTERS)
        .collect();
    // The service takes nothing but an object.
    let arguments = match serde_json::from_str::<Map<String, Json>>(text) {
        Ok(_) => text.to_owned(),
        Err(_) => json!({ "input": text }).to_string(),
    };
    Part::Tool {
        call: ToolCallView {
            id: id.to_owned(),
            name,
            arguments,
            state: ToolCallState::Skipped,
            result: None,
        },
        round: 0,
    }
}

/// What a message says, by the kind of its content.
fn content(content: &Map<String, Json>, created_at: Option<i64>, entry: &mut Entry) -> Vec<Part> {
    let text = |name: &str| content.get(name).and_then(Json::as_str).unwrap_or_default();
    let thinking = |text: String| Part::Reasoning {
        text,
        started_at: created_at.unwrap_or_default(),
        took: Some(0),
    };
    let kind = text("content_type");
    let words = match kind {
        "text" | "multimodal_text" | "" => pieces(content, entry),
        "code" => match text("language") {
            "" | "unknown" => text("text").to_owned(),
            language => fenced(language, text("text")),
        },
        "execution_output" | "system_error" => text("text").to_owned(),
        "tether_quote" | "sonic_webpage" => {
            let source = [text("title"), text("url")].map(str::trim);
            let source: Vec<&str> = source.into_iter().filter(|text| !text.is_empty()).collect();
            format!("{}\n\n{}", source.join(" – "), text("text"))
        }
        "tether_browsing_display" => {
            let result = text("result");
            if result.is_empty() {
                text("summary")
            } else {
                result
            }
            .to_owned()
        }
        "thoughts" => {
            let thoughts = content.get("thoughts").and_then(Json::as_array);
            let thoughts: Vec<String> = thoughts
                .into_iter()
                .flatten()
                .filter_map(|thought| {
                    let of =
                        |name: &str| thought.get(name).and_then(Json::as_str).unwrap_or_default();
                    match (of("summary"), of("content")) {
                        ("", "") => None,
                        ("", content) => Some(content.to_owned()),
                        (summary, "") => Some(format!("**{summary}**")),
                        (summary, content) => Some(format!("**{summary}**\n\n{content}")),
                    }
                })
                .collect();
            return if thoughts.is_empty() {
                Vec::new()
            } else {
                vec![thinking(thoughts.join("\n\n"))]
            };
        }
        // "Thought for 12 s": said by the thoughts themselves; and what is said of the user to the model.
        "reasoning_recap" | "user_editable_context" | "model_editable_context" => String::new(),
        unknown => {
            let kind = super::names::one_line(unknown);
            entry
                .left_out
                .push((format!("Content of the kind “{kind}”"), 1));
            match text("text") {
                "" => pieces(content, entry),
                text => text.to_owned(),
            }
        }
    };
    if words.trim().is_empty() {
        Vec::new()
    } else {
        vec![Part::text(words)]
    }
}

/// The texts among the pieces of a content; of what is no text, a word in its place.
fn pieces(content: &Map<String, Json>, entry: &mut Entry) -> String {
    let mut texts: Vec<String> = Vec::new();
    let pieces = content.get("parts").and_then(Json::as_array);
    for piece in pieces.into_iter().flatten() {
        match piece {
            Json::String(text) => {
                if !text.is_empty() {
                    texts.push(text.clone());
                }
            }
            Json::Object(piece) => {
                let kind = piece
                    .get("content_type")
                    .and_then(Json::as_str)
                    .unwrap_or("unknown");
                if let Some(text) = piece.get("text").and_then(Json::as_str) {
                    texts.push(text.to_owned());
                    continue;
                }
                let (what, place) = match kind {
                    "image_asset_pointer" => ("Images".to_owned(), "[image]"),
                    "audio_asset_pointer" | "real_time_user_audio_video_asset_pointer" => {
                        ("Recordings".to_owned(), "[recording]")
                    }
                    other => (
                        format!("Pieces of the kind “{}”", super::names::one_line(other)),
                        "[left out]",
                    ),
                };
                entry.left_out.push((what, 1));
                texts.push(place.to_owned());
            }
            _ => {
                entry
                    .left_out
                    .push(("Pieces of an unknown kind".to_owned(), 1));
            }
        }
    }
    texts.join("\n\n")
}

/// Code in a fence that nothing in it can close.
fn fenced(language: &str, code: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for byte in code.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest.max(2) + 1);
    let language: String = language
        .chars()
        .filter(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '#' | '_')
        })
        .collect();
    format!("{fence}{language}\n{code}\n{fence}")
}
