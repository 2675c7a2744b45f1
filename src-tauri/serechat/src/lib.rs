//! A client of the SereChat App API: authorization by device code, the list of models, and
//! inference as a stream of typed events. It knows the wire and nothing of the app.
//!
//! Where the API leaves a hole, the rule that fills it stands in the doc comment of the item
//! that follows it.

mod auth;
mod base_url;
mod client;
mod error;
mod inference;
mod models;
pub mod retry;
pub mod sse;

pub use auth::{AccessToken, Code, Grant, InvalidCode, InvalidRequestId, InvalidToken, RequestId};
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{Client, Timeouts};
pub use error::{Error, ErrorKind};
pub use inference::events::{FinishReason, ReplyDecoder, StreamEvent, ToolCall};
pub use inference::request::{InferenceRequest, Message, Tool};
pub use inference::stream::EventStream;
pub use models::Model;

/// Re-exported, for addresses of pages are given as this type.
pub use url::Url;
