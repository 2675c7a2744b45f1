//! From frames to what they mean: the API's named events and OpenAI's unnamed chunks, decided
//! event by event.

use log::warn;
use serde_json::Value;

use super::tool_calls::ToolCalls;
use crate::error::body::ErrorBody;
use crate::sse::{BoundPassed, DONE_MARK, Decoder, Frame};

/// The longest `finish_reason` that is kept, in characters.
const MAX_REASON: usize = 64;

/// How many events that cannot be read are logged one by one: a reply may hold millions.
const MAX_LOGGED: u64 = 10;

/// What a reply consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// More of the reply's text; never empty.
    Content(String),
    /// More of the model's thinking; never empty.
    Reasoning(String),
    /// Functions to call; never empty. The `Finish` that follows says whether they are whole:
    /// after [`FinishReason::Length`] they may be cut.
    ToolCalls(Vec<ToolCall>),
    /// The model stopped, and why.
    Finish(FinishReason),
    /// An error in the middle, with the server's words (perhaps empty, at most 2,000
    /// characters, no HTML). Fatal if `Done` is the next event.
    Error(String),
    /// An event whose JSON could not be read was skipped.
    Unreadable,
    /// A comment or a ping: the server lives, and says nothing.
    Alive,
    /// The end; always the last.
    Done,
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said everything.
    Stop,
    /// It waits for the results of its calls.
    ToolCalls,
    /// It reached `max_tokens`.
    Length,
    /// Anything else, at most 64 characters; empty when none was given.
    Other(String),
}

impl FinishReason {
    pub(super) fn of(reason: &str) -> Self {
        match reason {
            "stop" => Self::Stop,
            "tool_calls" => Self::ToolCalls,
            "length" => Self::Length,
            other => Self::Other(other.chars().take(MAX_REASON).collect()),
        }
    }

    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::ToolCalls => "tool_calls",
            Self::Length => "length",
            Self::Other(other) => other,
        }
    }
}

/// A function that the model wants called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// The server's id, or one made here (`call_` and 16 hexadecimal digits) if it gave none.
    pub id: String,
    /// The function's name, as the model wrote it.
    pub name: String,
    /// The arguments: what should be the text of a JSON object.
    pub arguments: String,
}

/// The decoder of one streamed reply: bytes in, events out. Pure, but for the log.
#[derive(Debug)]
pub struct ReplyDecoder {
    frames: Decoder,
    meaning: Meaning,
}

impl ReplyDecoder {
    /// A decoder at the start of a reply. Ids for tool calls that have none are made from
    /// `seed`: a random one keeps those of different replies apart.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            frames: Decoder::new(),
            meaning: Meaning::new(seed),
        }
    }

    /// Takes the next bytes and appends what they complete to `events`. After
    /// [`StreamEvent::Done`], nothing does.
    ///
    /// # Errors
    ///
    /// [`BoundPassed`]; what came before the bound is in `events`.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<StreamEvent>) -> Result<(), BoundPassed> {
        let mut rest = bytes;
        // What follows the end is not looked at, so no bound of it counts.
        while !self.meaning.done {
            let Some(frame) = self.frames.next_frame(&mut rest)? else {
                break;
            };
            self.meaning.read(&frame, events)?;
        }
        Ok(())
    }

    /// The stream is over: appends an event that no blank line ended, if it is whole, and
    /// [`StreamEvent::Done`] if the reply is complete, for it was finished.
    ///
    /// # Errors
    ///
    /// [`BoundPassed`], for a last event with too many tool calls.
    pub fn finish(&mut self, events: &mut Vec<StreamEvent>) -> Result<(), BoundPassed> {
        if self.meaning.done {
            return Ok(());
        }
        if let Some(frame) = self.frames.finish() {
            self.meaning.read(&frame, events)?;
        }
        if self.meaning.finished && !self.meaning.done {
            self.meaning.end(events);
        }
        Ok(())
    }

    /// Whether the last event was given.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.meaning.done
    }

    /// Whether anything so far was of the event-stream format.
    #[must_use]
    pub fn recognised(&self) -> bool {
        self.frames.recognised()
    }
}

/// The part that reads JSON.
#[derive(Debug)]
struct Meaning {
    tool_calls: ToolCalls,
    unreadable: u64,
    finished: bool,
    done: bool,
}

impl Meaning {
    fn new(seed: u64) -> Self {
        Self {
            tool_calls: ToolCalls::new(seed),
            unreadable: 0,
            finished: false,
            done: false,
        }
    }

    fn read(
        &mut self,
        frame: &Frame<'_>,
        events: &mut Vec<StreamEvent>,
    ) -> Result<(), BoundPassed> {
        let Frame::Event { name, data } = frame else {
            events.push(StreamEvent::Alive);
            return Ok(());
        };
        match name.as_ref() {
            _ if data.trim() == DONE_MARK => self.end(events),
            "done" => self.end(events),
            "content" | "reasoning" | "tool_calls" | "finish" | "error" => {
                let understood = match serde_json::from_str(data) {
                    Ok(json) => self.named(name, &json, events)?,
                    Err(_) => false,
                };
                if !understood {
                    self.skip(data.len(), events);
                }
            }
            // An event without a name is a `message` (9.2.6).
            "" | "message" if data.trim().is_empty() => events.push(StreamEvent::Alive),
            "" | "message" => {
                let understood = match serde_json::from_str(data) {
                    Ok(json) => self.chunk(&json, events)?,
                    Err(_) => false,
                };
                if !understood {
                    self.skip(data.len(), events);
                }
            }
            "ping" => events.push(StreamEvent::Alive),
            // Unknown names are skipped.
            _ => {}
        }
        Ok(())
    }

    /// One of the API's own events; `false` if its JSON is not what was agreed.
    fn named(
        &mut self,
        name: &str,
        json: &Value,
        events: &mut Vec<StreamEvent>,
    ) -> Result<bool, BoundPassed> {
        if !json.is_object() {
            return Ok(false);
        }
        Ok(match name {
            "content" => push_text(json.get("content"), StreamEvent::Content, events),
            "reasoning" => push_text(json.get("content"), StreamEvent::Reasoning, events),
            "tool_calls" => {
                let list = json.get("tool_calls").unwrap_or(&Value::Null);
                match self.tool_calls.whole(list)? {
                    Some(calls) => {
                        if !calls.is_empty() {
                            events.push(StreamEvent::ToolCalls(calls));
                        }
                        true
                    }
                    None => false,
                }
            }
            "finish" => match json.get("finish_reason") {
                Some(Value::String(reason)) => {
                    self.stop(FinishReason::of(reason), events);
                    true
                }
                None | Some(Value::Null) => {
                    self.stop(FinishReason::Other(String::new()), events);
                    true
                }
                Some(_) => false,
            },
            _ => {
                events.push(StreamEvent::Error(error_text(json)));
                true
            }
        })
    }

    /// A chunk of OpenAI's chat completions; `false` if a part of it is not of that shape.
    fn chunk(&mut self, json: &Value, events: &mut Vec<StreamEvent>) -> Result<bool, BoundPassed> {
        if !json.is_object() {
            return Ok(false);
        }
        if json.get("error").is_some_and(|error| !error.is_null()) {
            events.push(StreamEvent::Error(error_text(json)));
        }
        let Some(choice) = json.get("choices").and_then(|choices| choices.get(0)) else {
            return Ok(true);
        };
        let mut understood = true;
        if let Some(delta) = choice.get("delta") {
            let reasoning = ["reasoning", "reasoning_content"]
                .into_iter()
                .filter_map(|name| delta.get(name))
                .find(|value| !value.is_null());
            understood &= push_text(reasoning, StreamEvent::Reasoning, events);
            understood &= push_text(delta.get("content"), StreamEvent::Content, events);
            if let Some(list) = delta.get("tool_calls").filter(|list| !list.is_null()) {
                understood &= self.tool_calls.fragments(list)?;
            }
        }
        match choice.get("finish_reason") {
            None | Some(Value::Null) => {}
            Some(Value::String(reason)) => self.stop(FinishReason::of(reason), events),
            Some(_) => understood = false,
        }
        Ok(understood)
    }

    /// A finish; the calls that came in fragments are whole now, and go before it.
    fn stop(&mut self, reason: FinishReason, events: &mut Vec<StreamEvent>) {
        self.finished = true;
        self.flush(events);
        events.push(StreamEvent::Finish(reason));
    }

    fn end(&mut self, events: &mut Vec<StreamEvent>) {
        self.flush(events);
        events.push(StreamEvent::Done);
        self.done = true;
        if self.unreadable > 0 {
            warn!("{} events of the reply could not be read", self.unreadable);
        }
    }

    fn flush(&mut self, events: &mut Vec<StreamEvent>) {
        events.extend(self.tool_calls.assembled().map(StreamEvent::ToolCalls));
    }

    /// Skipped, counted, logged without its text, and shown.
    fn skip(&mut self, length: usize, events: &mut Vec<StreamEvent>) {
        self.unreadable += 1;
        if self.unreadable <= MAX_LOGGED {
            warn!(
                "skipped an event that cannot be read: {length} bytes, number {} of this reply",
                self.unreadable
            );
        }
        events.push(StreamEvent::Unreadable);
    }
}

/// Adds a piece of text, unless there is none; `false` if it is no text.
fn push_text(
    value: Option<&Value>,
    event: fn(String) -> StreamEvent,
    events: &mut Vec<StreamEvent>,
) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => {
            if !text.is_empty() {
                events.push(event(text.clone()));
            }
            true
        }
        Some(_) => false,
    }
}

fn error_text(json: &Value) -> String {
    ErrorBody::of(json).text.unwrap_or_default()
}

#[cfg(test)]
mod tests;
