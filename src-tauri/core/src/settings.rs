//! The user's settings. Never secrets: the store is a plain file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The user's settings, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// The service's address; empty means SereChat's own.
    pub base_url: String,
    /// The model of new conversations.
    pub model: Option<String>,
    /// Tokens a reply may have at most; `None` leaves it to the service.
    pub max_tokens: Option<u32>,
    /// Light, dark, or as the system has it.
    pub appearance: Appearance,
    /// Text size in per cent: 75 to 200.
    pub text_size: u16,
    /// Which key sends.
    pub send_key: SendKey,
    /// How thinking is shown.
    pub reasoning: ReasoningDisplay,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            model: None,
            max_tokens: None,
            appearance: Appearance::System,
            text_size: 100,
            send_key: SendKey::Enter,
            reasoning: ReasoningDisplay::Folded,
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Appearance {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which key sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SendKey {
    /// `Enter`; `Shift+Enter` is a new line.
    Enter,
    /// `Ctrl+Enter` (`Cmd+Enter` on macOS); `Enter` is a new line.
    ModEnter,
}

/// How thinking is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ReasoningDisplay {
    /// A folded block.
    Folded,
    /// An open block.
    Open,
    /// Not at all.
    Hidden,
}

/// A change to some settings; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SettingsPatch {
    /// See [`Settings::base_url`].
    pub base_url: Option<String>,
    /// See [`Settings::model`].
    pub model: Option<String>,
    /// See [`Settings::max_tokens`]; 0 leaves it to the service.
    pub max_tokens: Option<u32>,
    /// See [`Settings::appearance`].
    pub appearance: Option<Appearance>,
    /// See [`Settings::text_size`].
    pub text_size: Option<u16>,
    /// See [`Settings::send_key`].
    pub send_key: Option<SendKey>,
    /// See [`Settings::reasoning`].
    pub reasoning: Option<ReasoningDisplay>,
}
