//! What the UI is told when something went wrong: a closed code it acts on, and a sentence it shows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the UI does about an error. A code exists only if the UI acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// Shown with `Sign in`.
    Unauthorized,
    /// Shown with `Top up` and `Retry`.
    PaymentRequired,
    /// Shown with `Choose another model` and `Retry`.
    UnknownModel,
    /// The reply ended early; what arrived is kept. Shown with `Continue` and `Retry`.
    Interrupted,
    /// The request failed and may be sent again: shown with `Retry`.
    Failed,
    /// As [`Code::Failed`], and it persists: shown with `Retry` and the support hint.
    Persistent,
    /// What the user gave cannot be used as it is; it is kept. Shown beside its field.
    InvalidInput,
    /// A part of the reply could not be read or the server reported a non-fatal error: a note, no button.
    Notice,
}

/// An error as it crosses to the UI. `message` is a whole sentence, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct IpcError {
    /// What the UI does about it.
    pub code: Code,
    /// What happened, what was kept, what to do: plain words, no markup.
    pub message: String,
    /// The HTTP status, shown small beside the sentence for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status: Option<u16>,
    /// Seconds the server asked us to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u32>,
    /// Sign-in attempts left, of five.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub attempts_left: Option<u8>,
}

impl IpcError {
    /// An error that is no answer of the service: a code and a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status: None,
            retry_after: None,
            attempts_left: None,
        }
    }
}
