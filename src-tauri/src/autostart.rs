//! Starting with the computer: the system's own list of what to start is kept as the settings say.

use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::{MacosLauncher, ManagerExt as _};

/// The plugin that knows the system's list.
pub(crate) fn plugin() -> tauri::plugin::TauriPlugin<Wry> {
    tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec!["--hidden"]))
}

/// Puts the app on the list, or takes it off.
pub(crate) fn keep(app: &AppHandle, wanted: bool) {
    let list = app.autolaunch();
    let is_on = list.is_enabled().unwrap_or(false);
    let outcome = match (is_on, wanted) {
        (false, true) => list.enable(),
        (true, false) => list.disable(),
        _ => return,
    };
    if let Err(error) = outcome {
        log::warn!("starting with the computer could not be changed: {error}");
    }
}
