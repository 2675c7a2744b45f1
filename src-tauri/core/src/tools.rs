//! The tools a model may call. What they return, and what went wrong, goes back to the model as text.

mod calculate;
mod current_time;
mod fetch_url;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use serechat::ToolCall;

use crate::view::{ToolCallState, ToolView};

/// Time a tool may take (`protocol.md`, *Tool rounds*).
pub const TOOL_TIME: Duration = Duration::from_secs(60);
/// Bytes of a result that go back to the model; the rest is cut, and said to be.
pub const RESULT_BYTES: usize = 64 << 10;

/// Whether the user is asked before a tool runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It touches nothing: it runs at once.
    Free,
    /// The user is asked each time, until they allow it for good.
    Ask,
}

/// Something a model may call.
pub trait Tool: Send + Sync {
    /// The name the model calls it by.
    fn name(&self) -> &'static str;
    /// What it does, for the model.
    fn description(&self) -> &'static str;
    /// What it does, for the user: a sentence.
    fn summary(&self) -> &'static str;
    /// Its arguments, as JSON Schema.
    fn parameters(&self) -> Value;
    /// Whether the user is asked first.
    fn permission(&self) -> Permission;
    /// Runs it.
    ///
    /// # Errors
    /// The reason, for the model to read.
    fn run(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, String>>;
}

/// The tools there are.
pub struct Tools {
    tools: Vec<Box<dyn Tool>>,
}

impl Default for Tools {
    fn default() -> Self {
        Self::new(vec![
            Box::new(current_time::CurrentTime),
            Box::new(calculate::Calculate),
            Box::new(fetch_url::FetchUrl::default()),
        ])
    }
}

impl Tools {
    /// Just these.
    pub fn new(tools: Vec<Box<dyn Tool>>) -> Self {
        Self { tools }
    }

    fn named(&self, name: &str) -> Option<&dyn Tool> {
        self.tools
            .iter()
            .map(|tool| &**tool)
            .find(|tool| tool.name() == name)
    }

    /// What a request offers the model.
    pub fn offers(&self) -> Vec<serechat::Tool> {
        self.tools
            .iter()
            .map(|tool| serechat::Tool {
                name: tool.name().to_owned(),
                description: tool.description().to_owned(),
                parameters: tool.parameters(),
            })
            .collect()
    }

    /// What Settings lists; `allowed` are the tools the user has allowed for good.
    pub fn views(&self, allowed: &[String]) -> Vec<ToolView> {
        self.tools
            .iter()
            .map(|tool| ToolView {
                name: tool.name().to_owned(),
                summary: tool.summary().to_owned(),
                asks: tool.permission() == Permission::Ask,
                allowed: allowed.iter().any(|name| name == tool.name()),
            })
            .collect()
    }

    /// Whether the user is asked before this call runs. A tool there is not is not asked about: the
    /// call fails by itself.
    pub fn asks(&self, name: &str, allowed: &[String]) -> bool {
        self.named(name).is_some_and(|tool| {
            tool.permission() == Permission::Ask && !allowed.iter().any(|allowed| allowed == name)
        })
    }

    /// Runs one call. Never fails: what goes wrong is the result, for the model to read.
    pub async fn run(&self, call: &ToolCall) -> (ToolCallState, String) {
        let outcome = match (self.named(&call.name), arguments(&call.arguments)) {
            (None, _) => Err(format!("there is no tool named {:?}", cut(&call.name, 100))),
            (_, Err(reason)) => Err(reason),
            (Some(tool), Ok(arguments)) => tokio::time::timeout(TOOL_TIME, tool.run(arguments))
                .await
                .unwrap_or_else(|_| {
                    Err(format!(
                        "the tool did not answer within {} seconds",
                        TOOL_TIME.as_secs()
                    ))
                }),
        };
        match outcome {
            Ok(result) => (ToolCallState::Succeeded, bounded(result)),
            Err(reason) => (ToolCallState::Failed, failure(&reason)),
        }
    }
}

/// A failure, as the model reads it.
pub fn failure(reason: &str) -> String {
    bounded(serde_json::json!({ "error": reason }).to_string())
}

/// Arguments are a JSON object; none at all means an empty one.
fn arguments(text: &str) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err("the arguments are no JSON object".to_owned()),
        Err(error) => Err(format!("the arguments are no valid JSON: {error}")),
    }
}

/// A text argument that must be there.
fn text<'a>(arguments: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    arguments
        .get(name)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| format!("the argument {name:?} is missing or no text"))
}

fn bounded(mut result: String) -> String {
    if result.len() > RESULT_BYTES {
        let whole = result.len();
        result.truncate(cut(&result, RESULT_BYTES).len());
        result.push_str(&format!(
            "\n[cut: the result had {whole} bytes, the first {RESULT_BYTES} are here]"
        ));
    }
    result
}

/// The first `bytes` of a text, or less: never within a character.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
