//! What the core asks of whatever shows it: a narrow trait that the shell implements.

use serde_json::value::RawValue;

use crate::settings::Settings;
use crate::view::{AccountView, JobView, LibraryHealth, ModelList};

/// The core's way out. Calls must not block and must not call back into the core.
pub trait Host: Send + Sync + 'static {
    /// The account or the sign-in under way changed.
    fn account_changed(&self, account: &AccountView);
    /// A turn of `conversation` has something to say: `event` is a [`crate::view::TurnEvent`] as JSON.
    /// Called in order within a conversation.
    fn turn_event(&self, conversation: &str, event: &RawValue);
    /// The settings changed.
    fn settings_changed(&self, settings: &Settings);
    /// The list of conversations changed.
    fn conversations_changed(&self);
    /// The models on offer changed.
    fn models_changed(&self, models: &ModelList);
    /// The library stopped keeping things, or keeps them again; or there is a new backup.
    fn library_health_changed(&self, health: &LibraryHealth);
    /// An export or an import has come along, or is over.
    fn job_changed(&self, job: &JobView);
    /// Opens a page in the system's browser; `false` if none could be opened. May block.
    fn open_in_browser(&self, url: &str) -> bool;
    /// Keeps the settings.
    ///
    /// # Errors
    /// A sentence that says why they could not be kept.
    fn save_settings(&self, settings: &Settings) -> Result<(), String>;
}
