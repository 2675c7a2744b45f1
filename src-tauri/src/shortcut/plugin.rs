//! Global keys on Windows and macOS, by the plugin. Never compiled or run on the machine it was written on.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_global_shortcut::{Error, GlobalShortcutExt as _, Shortcut, ShortcutState};

/// Why keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// Somebody else has them.
    #[error("another app has them")]
    Taken,
    /// No key of this keyboard is that one.
    #[error("this keyboard has no such key")]
    #[expect(dead_code, reason = "the plugin does not tell this apart")]
    NoSuchKey,
    /// The system refuses.
    #[error("the system: {0}")]
    Server(String),
}

/// The plugin, in this app.
pub(crate) struct Keyboard {
    app: AppHandle,
}

impl Keyboard {
    /// Has the plugin begin.
    ///
    /// # Errors
    /// [`Refused::Server`].
    pub(crate) fn open(app: &AppHandle) -> Result<Self, Refused> {
        if app
            .try_state::<tauri_plugin_global_shortcut::GlobalShortcut<tauri::Wry>>()
            .is_none()
        {
            app.plugin(tauri_plugin_global_shortcut::Builder::new().build())
                .map_err(|error| Refused::Server(error.to_string()))?;
        }
        Ok(Self { app: app.clone() })
    }

    /// Takes keys: `called` is called each time they are pressed.
    ///
    /// # Errors
    /// Why they cannot be had.
    pub(crate) fn grab(
        &self,
        keys: Shortcut,
        called: impl Fn() + Send + Sync + 'static,
    ) -> Result<(), Refused> {
        self.app
            .global_shortcut()
            .on_shortcut(keys, move |_, _, event| {
                if event.state == ShortcutState::Pressed {
                    called();
                }
            })
            .map_err(|error| match error {
                // Both systems refuse keys for the one reason that somebody has them.
                Error::GlobalHotkey(_) => Refused::Taken,
                error => Refused::Server(error.to_string()),
            })
    }

    /// Gives keys back.
    pub(crate) fn release(&self, keys: Shortcut) {
        if let Err(error) = self.app.global_shortcut().unregister(keys) {
            log::warn!("the keys could not be given back: {error}");
        }
    }
}
