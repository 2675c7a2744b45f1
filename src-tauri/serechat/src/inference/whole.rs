//! A reply that comes as one JSON body, from a server that does not stream.

use serde_json::Value;

use super::events::{FinishReason, StreamEvent};
use super::tool_calls::ToolCalls;
use crate::error::body::ErrorBody;
use crate::sse::BoundPassed;

/// What a body of JSON cannot be.
pub(super) enum Unfit {
    /// It ends before its JSON does.
    Cut,
    /// It is no JSON, or JSON of another shape.
    Unreadable,
    /// Too many tool calls.
    Bound(BoundPassed),
}

/// Reads `{"content": …}`, OpenAI's `choices[0].message` and `{"error": …}`, as the events
/// that a stream would have been; `Done` is the last.
pub(super) fn read(body: &[u8], seed: u64) -> Result<Vec<StreamEvent>, Unfit> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let json: Value = serde_json::from_slice(body).map_err(|error| {
        if error.is_eof() {
            Unfit::Cut
        } else {
            Unfit::Unreadable
        }
    })?;
    let mut events = Vec::new();
    if json.get("error").is_some_and(|error| !error.is_null()) {
        let text = ErrorBody::of(&json).text.unwrap_or_default();
        events.push(StreamEvent::Error(text));
        events.push(StreamEvent::Done);
        return Ok(events);
    }
    let choice = json.get("choices").and_then(|choices| choices.get(0));
    let message = match choice {
        Some(choice) => choice.get("message").ok_or(Unfit::Unreadable)?,
        None => &json,
    };
    let text = |name| {
        message
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let has_text = message.get("content").is_some_and(Value::is_string);
    events.extend(
        text("reasoning")
            .or_else(|| text("reasoning_content"))
            .map(StreamEvent::Reasoning),
    );
    events.extend(text("content").map(StreamEvent::Content));
    let mut reason = FinishReason::Stop;
    let mut has_calls = false;
    if let Some(list) = message.get("tool_calls").filter(|list| !list.is_null()) {
        let calls = ToolCalls::new(seed).whole(list).map_err(Unfit::Bound)?;
        let calls = calls.ok_or(Unfit::Unreadable)?;
        has_calls = !calls.is_empty();
        if has_calls {
            reason = FinishReason::ToolCalls;
            events.push(StreamEvent::ToolCalls(calls));
        }
    }
    if choice.is_none() && !has_text && !has_calls {
        return Err(Unfit::Unreadable);
    }
    let given = choice
        .unwrap_or(&json)
        .get("finish_reason")
        .and_then(Value::as_str);
    events.push(StreamEvent::Finish(given.map_or(reason, FinishReason::of)));
    events.push(StreamEvent::Done);
    Ok(events)
}
