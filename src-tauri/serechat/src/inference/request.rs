//! What is asked of a model: OpenAI-shaped messages and tools. `Debug` shows no text of them.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::events::ToolCall;

/// The body of an inference call. It always asks for a stream.
#[derive(Clone, PartialEq)]
pub struct InferenceRequest {
    /// The model's id.
    pub model: String,
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// What the model may call; left out when empty.
    pub tools: Vec<Tool>,
    /// How many tokens the reply has at most; left out when `None`.
    pub max_tokens: Option<u32>,
}

impl Serialize for InferenceRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let length =
            3 + usize::from(!self.tools.is_empty()) + usize::from(self.max_tokens.is_some());
        let mut body = serializer.serialize_struct("InferenceRequest", length)?;
        body.serialize_field("model", &self.model)?;
        body.serialize_field("messages", &self.messages)?;
        if !self.tools.is_empty() {
            body.serialize_field("tools", &self.tools)?;
        }
        if let Some(max_tokens) = self.max_tokens {
            body.serialize_field("max_tokens", &max_tokens)?;
        }
        body.serialize_field("stream", &true)?;
        body.end()
    }
}

impl fmt::Debug for InferenceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InferenceRequest")
            .field("model", &self.model)
            .field("messages", &self.messages.len())
            .field("tools", &self.tools.len())
            .field("max_tokens", &self.max_tokens)
            .finish()
    }
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub enum Message {
    /// Instructions.
    System {
        /// Their text.
        content: String,
    },
    /// What the user said.
    User {
        /// Its text.
        content: String,
    },
    /// What the model said.
    Assistant {
        /// Its text; `null` on the wire when there is none.
        content: Option<String>,
        /// What it called; left out when empty.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<ToolCall>,
    },
    /// What a tool answered.
    Tool {
        /// The call's id.
        tool_call_id: String,
        /// The result.
        content: String,
    },
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, length) = match self {
            Self::System { content } => ("System", content.len()),
            Self::User { content } => ("User", content.len()),
            Self::Assistant { content, .. } => {
                ("Assistant", content.as_ref().map_or(0, String::len))
            }
            Self::Tool { content, .. } => ("Tool", content.len()),
        };
        write!(f, "{role}({length} bytes)")
    }
}

/// A function that the model may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub parameters: Value,
}

impl Serialize for Tool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": self.parameters,
            },
        })
        .serialize(serializer)
    }
}

impl Serialize for ToolCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({
            "id": self.id,
            "type": "function",
            "function": { "name": self.name, "arguments": self.arguments },
        })
        .serialize(serializer)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn request() -> InferenceRequest {
        InferenceRequest {
            model: "m".to_owned(),
            messages: vec![
                Message::System {
                    content: "Be brief.".to_owned(),
                },
                Message::User {
                    content: "Weather?".to_owned(),
                },
                Message::Assistant {
                    content: None,
                    tool_calls: vec![ToolCall {
                        id: "call_1".to_owned(),
                        name: "get_weather".to_owned(),
                        arguments: r#"{"city":"Amsterdam"}"#.to_owned(),
                    }],
                },
                Message::Tool {
                    tool_call_id: "call_1".to_owned(),
                    content: "Rain.".to_owned(),
                },
                Message::Assistant {
                    content: Some("It rains.".to_owned()),
                    tool_calls: vec![],
                },
            ],
            tools: vec![Tool {
                name: "get_weather".to_owned(),
                description: "Tells the weather.".to_owned(),
                parameters: json!({ "type": "object" }),
            }],
            max_tokens: Some(512),
        }
    }

    #[test]
    fn a_request_is_of_openais_shape_and_asks_for_a_stream() {
        assert_eq!(
            serde_json::to_value(request()).unwrap(),
            json!({
                "model": "m",
                "messages": [
                    { "role": "system", "content": "Be brief." },
                    { "role": "user", "content": "Weather?" },
                    { "role": "assistant", "content": null, "tool_calls": [{
                        "id": "call_1",
                        "type": "function",
                        "function": {
                            "name": "get_weather",
                            "arguments": "{\"city\":\"Amsterdam\"}",
                        },
                    }] },
                    { "role": "tool", "tool_call_id": "call_1", "content": "Rain." },
                    { "role": "assistant", "content": "It rains." },
                ],
                "tools": [{ "type": "function", "function": {
                    "name": "get_weather",
                    "description": "Tells the weather.",
                    "parameters": { "type": "object" },
                } }],
                "max_tokens": 512,
                "stream": true,
            })
        );
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        let request = InferenceRequest {
            model: "m".to_owned(),
            messages: vec![],
            tools: vec![],
            max_tokens: None,
        };
        assert_eq!(
            serde_json::to_value(request).unwrap(),
            json!({ "model": "m", "messages": [], "stream": true })
        );
    }

    #[test]
    fn debug_shows_no_text_of_a_conversation() {
        let shown = format!("{:?} {:?}", request(), request().messages);
        for text in ["brief", "Weather", "Rain", "rains", "Amsterdam"] {
            assert!(!shown.contains(text), "{shown}");
        }
    }
}
