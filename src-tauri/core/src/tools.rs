//! The tools a model may call. Their results go back to the model as text.

use std::time::Duration;

use serde_json::Value;

use crate::view::{ToolCallState, ToolCallView};

/// Time a tool may take.
pub(crate) const TOOL_TIME: Duration = Duration::from_secs(60);

/// Runs one call. Never fails: what goes wrong is the result, for the model to read.
pub(crate) async fn run(call: &ToolCallView) -> (ToolCallState, String) {
    let outcome = match parse_arguments(&call.arguments) {
        Err(error) => Err(error),
        Ok(arguments) => {
            match tokio::time::timeout(TOOL_TIME, dispatch(&call.name, &arguments)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(format!(
                    "the tool did not answer within {} seconds",
                    TOOL_TIME.as_secs()
                )),
            }
        }
    };
    match outcome {
        Ok(result) => (ToolCallState::Succeeded, result),
        Err(reason) => (
            ToolCallState::Failed,
            serde_json::json!({ "error": reason }).to_string(),
        ),
    }
}

/// Arguments are a JSON object; none at all means an empty one.
fn parse_arguments(arguments: &str) -> Result<Value, String> {
    if arguments.trim().is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_str(arguments) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("the arguments are no JSON object".to_owned()),
        Err(error) => Err(format!("the arguments are no valid JSON: {error}")),
    }
}

async fn dispatch(name: &str, _arguments: &Value) -> Result<String, String> {
    match name {
        "current_time" => current_time(),
        _ => Err(format!("there is no tool named {name:?}")),
    }
}

/// The present time in UTC, as RFC 3339.
fn current_time() -> Result<String, String> {
    time::OffsetDateTime::now_utc()
        .format(&time::format_description::well_known::Rfc3339)
        .map(|now| serde_json::json!({ "utc": now }).to_string())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a failed expectation is the test's failure"
    )]

    use super::*;

    fn call(name: &str, arguments: &str) -> ToolCallView {
        ToolCallView {
            id: "call_1".to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            state: ToolCallState::Running,
            result: None,
        }
    }

    #[tokio::test]
    async fn a_known_tool_answers_with_json() {
        let (state, result) = run(&call("current_time", "{}")).await;
        assert_eq!(state, ToolCallState::Succeeded);
        let result: Value = serde_json::from_str(&result).unwrap();
        assert!(result["utc"].as_str().unwrap().ends_with('Z'));
    }

    #[tokio::test]
    async fn an_unknown_tool_is_an_error_the_model_can_read() {
        let (state, result) = run(&call("launch", "{}")).await;
        assert_eq!(state, ToolCallState::Failed);
        assert_eq!(result, r#"{"error":"there is no tool named \"launch\""}"#);
    }

    #[tokio::test]
    async fn arguments_that_are_no_json_are_an_error_the_model_can_read() {
        for arguments in ["{\"city\":", "[]", "7"] {
            let (state, result) = run(&call("current_time", arguments)).await;
            assert_eq!(state, ToolCallState::Failed, "{arguments}");
            assert!(result.contains("arguments"), "{result}");
        }
    }
}
