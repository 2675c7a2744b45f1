//! macOS: in the Dock only while the main window is there, and the focus given back when the quick ask goes. On the
//! other systems there is nothing to do.

use tauri::AppHandle;

/// The main window is shown: the app is one like any other.
#[cfg(target_os = "macos")]
pub(crate) fn with_main(app: &AppHandle) {
    set(app, tauri::ActivationPolicy::Regular);
}

/// The main window is hidden: the app lives in the menu bar, and its quick ask brings nothing else along.
#[cfg(target_os = "macos")]
pub(crate) fn without_main(app: &AppHandle) {
    set(app, tauri::ActivationPolicy::Accessory);
}

/// The quick ask is hidden. An app that is hidden gives the focus back to the one before it; one whose main window
/// is there keeps it.
#[cfg(target_os = "macos")]
pub(crate) fn give_back(app: &AppHandle) {
    if !crate::windows::is_main_shown(app)
        && let Err(error) = app.hide()
    {
        log::warn!("the focus was not given back: {error}");
    }
}

#[cfg(target_os = "macos")]
fn set(app: &AppHandle, policy: tauri::ActivationPolicy) {
    if let Err(error) = app.set_activation_policy(policy) {
        log::warn!("the Dock was not told: {error}");
    }
}

/// The main window is shown.
#[cfg(not(target_os = "macos"))]
pub(crate) fn with_main(_app: &AppHandle) {}

/// The main window is hidden.
#[cfg(not(target_os = "macos"))]
pub(crate) fn without_main(_app: &AppHandle) {}

/// The quick ask is hidden.
#[cfg(not(target_os = "macos"))]
pub(crate) fn give_back(_app: &AppHandle) {}
