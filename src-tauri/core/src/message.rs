//! A message as the library keeps it: its parts, and the requests they turn into.

use serde::{Deserialize, Serialize};
use serechat::{Message as WireMessage, ToolCall};

use crate::error::IpcError;
use crate::view::{MessageStatus, PartView, Role, ToolCallState, ToolCallView};

/// A user's text shown in the conversation is cut here; the whole is fetched when asked for.
pub const SHOWN_CHARACTERS: usize = 20_000;

/// What asks the model to go on after a reply that was cut. It stands in the request between the
/// two halves, because some models refuse a conversation that ends with their own words.
pub const CONTINUE_PROMPT: &str =
    "Continue exactly where you stopped. Do not repeat anything and do not comment on it.";

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// The user's words, or the reply's Markdown.
    Text {
        /// As written.
        text: String,
        /// Where the user asked for more, in bytes from the start: each a request that ended there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        continued_at: Vec<usize>,
        /// The inference call that wrote it, from 0.
        #[serde(default)]
        round: u32,
    },
    /// The model's thinking. Never sent back.
    Reasoning {
        /// As written.
        text: String,
        /// When it began, in milliseconds since the epoch.
        started_at: i64,
        /// How long it took, in milliseconds.
        took: Option<u64>,
    },
    /// A tool call and its result.
    Tool {
        /// The call.
        call: ToolCallView,
        /// The inference call that made it, from 0: all that one call gives is one message of the
        /// service's, and its calls are answered together.
        round: u32,
    },
    /// Something the user should know about the reply at this place.
    Notice {
        /// What.
        error: IpcError,
    },
    /// The user asked for more after something that is no text.
    Continued,
}

impl Part {
    /// A text in one piece.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            continued_at: Vec::new(),
            round: 0,
        }
    }

    /// The inference call that wrote it, if one did.
    pub fn round(&self) -> Option<u32> {
        match self {
            Self::Text { round, .. } | Self::Tool { round, .. } => Some(*round),
            Self::Reasoning { .. } | Self::Notice { .. } | Self::Continued => None,
        }
    }
}

/// A message as the library keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What it answers or follows.
    pub parent: Option<String>,
    /// Who wrote it.
    pub role: Role,
    /// How it stands.
    pub status: MessageStatus,
    /// What it consists of.
    pub parts: Vec<Part>,
    /// What went wrong.
    pub error: Option<IpcError>,
    /// The model that wrote it.
    pub model: Option<String>,
    /// When it was begun, in milliseconds since the epoch.
    pub created_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
}

impl Message {
    /// The words of it, without thinking, tools and notices: what is copied, searched and edited.
    pub fn text(&self) -> String {
        text_of(&self.parts)
    }
}

/// The words in `parts`, pieces apart by an empty line.
pub fn text_of(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        if let Part::Text { text: piece, .. } = part {
            if !text.is_empty() && !text.ends_with("\n\n") {
                text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
            }
            text.push_str(piece);
        }
    }
    text
}

/// A part as the UI shows it.
pub fn part_view(role: Role, part: &Part) -> PartView {
    match part {
        Part::Text { text, .. } => match role {
            Role::User => PartView::Plain {
                length: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
                text: match text.char_indices().nth(SHOWN_CHARACTERS) {
                    Some((cut, _)) => text[..cut].to_owned(),
                    None => text.clone(),
                },
            },
            Role::Assistant => PartView::Text {
                blocks: serein_markdown::parse_finished(text),
            },
        },
        Part::Reasoning {
            text,
            started_at,
            took,
        } => PartView::Reasoning {
            blocks: serein_markdown::parse_finished(text),
            started_at: *started_at,
            took: *took,
        },
        Part::Tool { call, .. } => PartView::Tool { call: call.clone() },
        Part::Notice { error } => PartView::Notice {
            error: error.clone(),
        },
        Part::Continued => PartView::Continued,
    }
}

/// The messages of a request: exactly the visible path, tool rounds spelled out.
pub fn wire_messages(path: &[Message]) -> Vec<WireMessage> {
    let mut messages = Vec::new();
    for message in path {
        match message.role {
            Role::User => messages.push(WireMessage::User {
                content: message.text(),
            }),
            Role::Assistant => push_reply(&mut messages, &message.parts),
        }
    }
    messages
}

/// A reply as the service knows it: what one inference call gave is one message with its text and its
/// calls, wherever among the text they stood, followed by the calls' results.
fn push_reply(messages: &mut Vec<WireMessage>, parts: &[Part]) {
    let mut open = Round::default();
    for part in parts {
        if let Some(round) = part.round()
            && open
                .number
                .replace(round)
                .is_some_and(|number| number != round)
        {
            open.close(messages);
        }
        match part {
            // A call that was never run has no result; the service refuses a call without one.
            Part::Tool { call, .. } if call.state != ToolCallState::Skipped => {
                open.calls.push(call)
            }
            Part::Text {
                text, continued_at, ..
            } => {
                let mut from = 0;
                for &at in continued_at {
                    open.text.push_str(text.get(from..at).unwrap_or_default());
                    from = at;
                    open.ask_for_more(messages);
                }
                open.text.push_str(text.get(from..).unwrap_or_default());
            }
            Part::Continued => open.ask_for_more(messages),
            Part::Tool { .. } | Part::Reasoning { .. } | Part::Notice { .. } => {}
        }
    }
    open.close(messages);
}

/// What one inference call gave.
#[derive(Default)]
struct Round<'a> {
    /// Which call; what follows a request for more belongs to the next, whichever that is.
    number: Option<u32>,
    text: String,
    calls: Vec<&'a ToolCallView>,
}

impl Round<'_> {
    fn ask_for_more(&mut self, messages: &mut Vec<WireMessage>) {
        self.close(messages);
        self.number = None;
        messages.push(WireMessage::User {
            content: CONTINUE_PROMPT.to_owned(),
        });
    }

    fn close(&mut self, messages: &mut Vec<WireMessage>) {
        let text = std::mem::take(&mut self.text);
        let calls = std::mem::take(&mut self.calls);
        if text.is_empty() && calls.is_empty() {
            return;
        }
        messages.push(WireMessage::Assistant {
            content: (!text.is_empty()).then_some(text),
            tool_calls: calls
                .iter()
                .map(|call| ToolCall {
                    id: call.id.clone(),
                    name: call.name.clone(),
                    arguments: call.arguments.clone(),
                })
                .collect(),
        });
        messages.extend(calls.into_iter().map(|call| WireMessage::Tool {
            tool_call_id: call.id.clone(),
            content: call.result.clone().unwrap_or_default(),
        }));
    }
}
