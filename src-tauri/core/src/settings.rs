//! The user's settings. Never secrets: the store is a plain file.

use serde::{Deserialize, Serialize};
use serechat::BaseUrl;
use ts_rs::TS;

use crate::error::IpcError;
use crate::sentences;

/// Text sizes on offer, in per cent.
const TEXT_SIZES: std::ops::RangeInclusive<u16> = 75..=200;
/// `max_tokens` at most: more than any model writes.
const MAX_TOKENS: u32 = 10_000_000;

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
    /// Whether a new answer that outgrows the view is left at its start instead of being followed.
    pub keep_start_in_view: bool,
    /// Whether tools are offered to the model, where a conversation does not choose otherwise.
    pub tools: bool,
    /// Tools that run without asking, because the user allowed them for good.
    pub allowed_tools: Vec<String>,
    /// Whether the model is asked for a title after the first exchange of a conversation.
    pub title_by_model: bool,
    /// The keys that show the quick ask from anywhere, as `Ctrl+Shift+Space`; empty: none.
    pub shortcut: String,
    /// Whether the quick ask stays when the focus goes while a reply runs in it.
    pub quick_keep_open: bool,
    /// Whether Serein is started, hidden, when the user signs in to the computer.
    pub autostart: bool,
    /// Whether Serein goes on when its main window is closed where no tray icon shows that it does.
    pub keep_running: bool,
}

/// The shortcut until the user records another.
pub const DEFAULT_SHORTCUT: &str = if cfg!(target_os = "macos") {
    "Cmd+Shift+Space"
} else {
    "Ctrl+Shift+Space"
};

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
            keep_start_in_view: false,
            tools: false,
            allowed_tools: Vec::new(),
            title_by_model: false,
            shortcut: DEFAULT_SHORTCUT.to_owned(),
            quick_keep_open: true,
            autostart: false,
            keep_running: false,
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
    /// See [`Settings::keep_start_in_view`].
    pub keep_start_in_view: Option<bool>,
    /// See [`Settings::tools`].
    pub tools: Option<bool>,
    /// See [`Settings::allowed_tools`].
    pub allowed_tools: Option<Vec<String>>,
    /// See [`Settings::title_by_model`].
    pub title_by_model: Option<bool>,
    /// See [`Settings::shortcut`]. Only the shell sets it: it knows whether the keys can be had.
    #[serde(skip)]
    #[ts(skip)]
    pub shortcut: Option<String>,
    /// See [`Settings::quick_keep_open`].
    pub quick_keep_open: Option<bool>,
    /// See [`Settings::autostart`].
    pub autostart: Option<bool>,
    /// See [`Settings::keep_running`].
    pub keep_running: Option<bool>,
}

impl SettingsPatch {
    /// `settings` with the change made.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidInput`] when a value cannot be used.
    pub fn applied_to(self, settings: &Settings) -> Result<Settings, IpcError> {
        let mut new = settings.clone();
        if let Some(base_url) = self.base_url {
            let base_url = base_url.trim();
            if !base_url.is_empty() {
                BaseUrl::parse(base_url).map_err(|error| sentences::bad_base_url(&error))?;
            }
            new.base_url = base_url.to_owned();
        }
        if let Some(model) = self.model {
            let model = model.trim();
            new.model = (!model.is_empty()).then(|| model.to_owned());
        }
        match self.max_tokens {
            Some(0) => new.max_tokens = None,
            Some(tokens) if tokens <= MAX_TOKENS => new.max_tokens = Some(tokens),
            Some(_) => return Err(sentences::bad_max_tokens(MAX_TOKENS)),
            None => {}
        }
        if let Some(size) = self.text_size {
            new.text_size = size.clamp(*TEXT_SIZES.start(), *TEXT_SIZES.end());
        }
        new.appearance = self.appearance.unwrap_or(new.appearance);
        new.send_key = self.send_key.unwrap_or(new.send_key);
        new.reasoning = self.reasoning.unwrap_or(new.reasoning);
        new.keep_start_in_view = self.keep_start_in_view.unwrap_or(new.keep_start_in_view);
        new.tools = self.tools.unwrap_or(new.tools);
        new.title_by_model = self.title_by_model.unwrap_or(new.title_by_model);
        new.shortcut = self.shortcut.unwrap_or(new.shortcut);
        new.quick_keep_open = self.quick_keep_open.unwrap_or(new.quick_keep_open);
        new.autostart = self.autostart.unwrap_or(new.autostart);
        new.keep_running = self.keep_running.unwrap_or(new.keep_running);
        if let Some(mut allowed) = self.allowed_tools {
            allowed.sort();
            allowed.dedup();
            new.allowed_tools = allowed;
        }
        Ok(new)
    }
}

impl Settings {
    /// Reads stored settings value by value: what cannot be read is the default, and named.
    pub fn from_stored(stored: &serde_json::Map<String, serde_json::Value>) -> (Self, Vec<String>) {
        let mut good = serde_json::Map::new();
        let mut bad = Vec::new();
        for (name, value) in stored {
            good.insert(name.clone(), value.clone());
            if serde_json::from_value::<Self>(serde_json::Value::Object(good.clone())).is_err() {
                good.remove(name);
                bad.push(name.clone());
            }
        }
        let settings = serde_json::from_value(serde_json::Value::Object(good)).unwrap_or_default();
        (settings, bad)
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a failed expectation is the test's failure"
    )]

    use serde_json::json;

    use super::*;
    use crate::error::Code;

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let patch: SettingsPatch = serde_json::from_value(
            json!({"appearance": "dark", "text_size": 150, "title_by_model": true}),
        )
        .unwrap();
        let new = patch.applied_to(&Settings::default()).unwrap();
        assert_eq!(
            new,
            Settings {
                appearance: Appearance::Dark,
                text_size: 150,
                title_by_model: true,
                ..Settings::default()
            }
        );
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_with_a_sentence() {
        for address in [
            "no url",
            "ftp://serechat.com",
            "http://example.com",
            "https://user:pw@example.com",
        ] {
            let patch = SettingsPatch {
                base_url: Some(address.to_owned()),
                ..SettingsPatch::default()
            };
            let error = patch.applied_to(&Settings::default()).unwrap_err();
            assert_eq!(error.code, Code::InvalidInput, "{address}");
            assert!(error.message.ends_with('.'), "{}", error.message);
        }
    }

    #[test]
    fn zero_leaves_the_length_to_the_service_and_absurd_lengths_are_refused() {
        let with = |tokens| SettingsPatch {
            max_tokens: Some(tokens),
            ..SettingsPatch::default()
        };
        let set = with(512).applied_to(&Settings::default()).unwrap();
        assert_eq!(set.max_tokens, Some(512));
        assert_eq!(with(0).applied_to(&set).unwrap().max_tokens, None);
        assert_eq!(
            with(u32::MAX).applied_to(&set).unwrap_err().code,
            Code::InvalidInput
        );
    }

    #[test]
    fn stored_values_that_cannot_be_read_are_defaults_and_are_named() {
        let stored = json!({"appearance": "plaid", "text_size": 120, "later": 1});
        let (settings, bad) = Settings::from_stored(stored.as_object().unwrap());
        assert_eq!(settings.text_size, 120);
        assert_eq!(settings.appearance, Appearance::System);
        assert_eq!(bad, ["appearance"]);
    }
}
