//! The core's way to the windows, the browser and the settings file.

use serde_json::value::RawValue;
use serein_core::host::Host;
use serein_core::settings::Settings;
use serein_core::view::{AccountView, JobView, LibraryHealth, ModelList};
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::windows::{self, Viewers};
use crate::{autostart, browser, events, settings};

/// Speaks for the core.
pub(crate) struct ShellHost {
    app: AppHandle,
}

impl ShellHost {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self { app }
    }

    fn emit<T: serde::Serialize + Clone>(&self, event: &str, payload: T) {
        if let Err(error) = self.app.emit(event, payload) {
            log::warn!("the event {event} could not be sent: {error}");
        }
    }
}

impl Host for ShellHost {
    fn account_changed(&self, account: &AccountView) {
        self.emit(events::ACCOUNT, account);
    }

    fn turn_event(&self, conversation: &str, event: &RawValue) {
        for window in self.app.state::<Viewers>().of(conversation) {
            if let Err(error) = self
                .app
                .emit_str_to(&window, events::TURN, event.get().to_owned())
            {
                log::warn!("a turn's event could not be sent: {error}");
            }
        }
    }

    fn settings_changed(&self, settings: &Settings) {
        windows::set_appearance(&self.app, settings.appearance);
        autostart::keep(&self.app, settings.autostart);
        self.emit(events::SETTINGS, settings);
    }

    fn conversations_changed(&self) {
        self.emit(events::CONVERSATIONS, ());
    }

    fn models_changed(&self, models: &ModelList) {
        self.emit(events::MODELS, models);
    }

    fn library_health_changed(&self, health: &LibraryHealth) {
        self.emit(events::LIBRARY_HEALTH, health);
    }

    fn job_changed(&self, job: &JobView) {
        self.emit(events::JOB, job);
    }

    fn open_in_browser(&self, url: &str) -> bool {
        browser::open(url)
    }

    fn save_settings(&self, settings: &Settings) -> Result<(), String> {
        settings::save(&self.app, settings)
    }
}
