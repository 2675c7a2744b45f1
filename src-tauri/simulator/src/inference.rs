//! `POST /api/inference/llm`: checks the request as SereChat would, then lets the scenario that
//! the model names answer it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    gate::Gate,
    scenarios::{self, Ask, Message, Reply, Role, Scenario},
    server::error,
    state::{Shared, locked},
    wire::{self, Step},
};

/// The bearer token of a request, when it is valid; else the `error` text of the 401.
pub(crate) fn token(shared: &Shared, headers: &HeaderMap) -> Result<String, &'static str> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err("Missing Authorization header");
    };
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = token.ok_or("Invalid Authorization header")?;
    match locked(&shared.account).check(token, Instant::now()) {
        Ok(()) => Ok(token.to_owned()),
        Err(refused) => Err(refused.text()),
    }
}

pub(crate) async fn llm(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = match token(&shared, &headers) {
        Ok(token) => token,
        Err(text) => return error(StatusCode::UNAUTHORIZED, text),
    };
    let (scenario, request) = match read(&body) {
        Ok(read) => read,
        Err(text) => return error(StatusCode::BAD_REQUEST, &text),
    };
    if locked(&shared.account).balance <= 0 {
        return error(StatusCode::PAYMENT_REQUIRED, NO_BALANCE);
    }
    let users = request
        .messages
        .iter()
        .filter(|message| message.role == Role::User)
        .count();
    let ask = Ask {
        asked_before: locked(&shared.turns).count(scenario.id, users, request.question()),
        messages: request.messages,
        max_tokens: request.max_tokens,
        options: &shared.options,
    };
    match (scenario.answer)(&ask) {
        Reply::Stream(steps) => stream(&shared, steps),
        Reply::Held => {
            let (gate, held) = Gate::new(ask.question().to_owned());
            let response = stream(&shared, vec![held]);
            shared.gates.put(gate);
            response
        }
        Reply::Refuse(status, text) => error(status, text),
        Reply::Raw {
            status,
            content_type,
            retry_after,
            body,
        } => {
            let mut response =
                (status, [(header::CONTENT_TYPE, content_type)], body).into_response();
            if let Some(value) = retry_after.and_then(|value| value.try_into().ok()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
        Reply::RevokeToken => {
            locked(&shared.account).revoke(&token);
            error(StatusCode::UNAUTHORIZED, "Token revoked")
        }
    }
}

/// The `error` text of a 402.
pub(crate) const NO_BALANCE: &str = "Insufficient balance. Top up at serechat.com/plan.";

/// A duration in the whole seconds of a `Retry-After`, rounded up.
pub(crate) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

fn stream(shared: &Shared, steps: Vec<Step>) -> Response {
    let body = wire::play(steps, shared.stop.clone(), &shared.streams);
    (
        [
            (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        Body::from_stream(body),
    )
        .into_response()
}

/// A request that is in order.
struct Request {
    messages: Vec<Message>,
    max_tokens: Option<usize>,
}

impl Request {
    fn question(&self) -> &str {
        scenarios::question(&self.messages)
    }
}

/// Reads the body, or says in the words of a 400 what is wrong with it.
fn read(body: &[u8]) -> Result<(&'static Scenario, Request), String> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| format!("Malformed request body: {error}"))?;
    let model = body["model"]
        .as_str()
        .ok_or("Missing required field: model")?;
    let messages = body["messages"]
        .as_array()
        .filter(|messages| !messages.is_empty())
        .ok_or("Missing required field: messages")?;
    if body["stream"] == Value::Bool(false) {
        return Err("Only streaming is supported: stream must be true".to_owned());
    }
    let scenario = scenarios::find(model).ok_or_else(|| format!("Unknown model: {model}"))?;
    let messages = messages
        .iter()
        .map(message)
        .collect::<Result<Vec<_>, _>>()?;
    results_answer_calls(&messages)?;
    tools(&body["tools"])?;
    let max_tokens = match &body["max_tokens"] {
        Value::Null => None,
        number => Some(
            number
                .as_u64()
                .filter(|number| *number > 0)
                .and_then(|number| usize::try_from(number).ok())
                .ok_or("max_tokens must be a positive integer")?,
        ),
    };
    let request = Request {
        messages,
        max_tokens,
    };
    Ok((scenario, request))
}

fn message(message: &Value) -> Result<Message, String> {
    let role = match message["role"].as_str() {
        Some("system") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => Role::Tool,
        Some(role) => return Err(format!("Invalid message role: {role}")),
        None => return Err("Missing required field: role".to_owned()),
    };
    let mut tool_calls = Vec::new();
    if role == Role::Assistant {
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let whole = call["type"] == "function"
                && call["function"]["name"].is_string()
                && call["function"]["arguments"].is_string();
            match call["id"].as_str() {
                Some(id) if whole => tool_calls.push(id.to_owned()),
                _ => return Err("Malformed tool call in an assistant message".to_owned()),
            }
        }
    }
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        Value::Null if !tool_calls.is_empty() => String::new(),
        _ => return Err("Missing required field: content".to_owned()),
    };
    let tool_call_id = match (role, message["tool_call_id"].as_str()) {
        (Role::Tool, None) => return Err("Missing required field: tool_call_id".to_owned()),
        (Role::Tool, Some(id)) => Some(id.to_owned()),
        _ => None,
    };
    Ok(Message {
        role,
        text,
        tool_calls,
        tool_call_id,
    })
}

/// Every tool call is answered by exactly one `tool` message right after it, and nothing else is:
/// the rule of the API that SereChat's messages are shaped after.
fn results_answer_calls(messages: &[Message]) -> Result<(), String> {
    let mut open: HashSet<&str> = HashSet::new();
    for message in messages {
        if let Some(id) = &message.tool_call_id {
            if !open.remove(id.as_str()) {
                return Err(format!("tool_call_id answers no tool call: {id}"));
            }
        } else if open.is_empty() {
            open.extend(message.tool_calls.iter().map(String::as_str));
        } else {
            break;
        }
    }
    match open.iter().next() {
        None => Ok(()),
        Some(id) => Err(format!("No tool message answers the tool call: {id}")),
    }
}

fn tools(tools: &Value) -> Result<(), String> {
    let tools = match tools {
        Value::Null => return Ok(()),
        Value::Array(tools) => tools,
        _ => return Err("tools must be a list".to_owned()),
    };
    let whole = |tool: &Value| {
        tool["type"] == "function"
            && tool["function"]["name"].is_string()
            && matches!(
                tool["function"]["parameters"],
                Value::Object(_) | Value::Null
            )
    };
    if tools.iter().all(whole) {
        Ok(())
    } else {
        Err("Malformed tool definition".to_owned())
    }
}
