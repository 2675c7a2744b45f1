//! The app itself: what a window needs to open, settings, and diagnostics.

use serein_core::settings::{Settings, SettingsPatch};
use serein_core::view::{AppState, LibraryHealth, ToolView};

use super::{Answer, Core};
use crate::Startup;

#[tauri::command]
pub(crate) fn app_state(core: Core<'_>, startup: tauri::State<'_, Startup>) -> AppState {
    let base_url = core.base_url();
    AppState {
        account: core.account(),
        settings: core.settings(),
        base_url: match &base_url {
            Ok(base_url) => base_url.to_string(),
            Err(_) => String::new(),
        },
        base_url_from_environment: core.base_url_is_fixed(),
        base_url_error: base_url.err(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo: startup.demo,
        data_dir: core.data_dir().display().to_string(),
        platform: std::env::consts::OS.to_owned(),
        startup_notice: startup.notice.clone(),
    }
}

#[tauri::command]
pub(crate) async fn update_settings(core: Core<'_>, patch: SettingsPatch) -> Answer<Settings> {
    core.update_settings(patch).await
}

/// The page has kept everything: its window may go.
#[tauri::command]
pub(crate) async fn close_window(app: tauri::AppHandle) {
    crate::windows::close_now(&app).await;
}

#[tauri::command]
pub(crate) async fn library_health(core: Core<'_>) -> Answer<LibraryHealth> {
    Ok(core.library_health().await)
}

/// Tries at once to save what could not be saved.
#[tauri::command]
pub(crate) async fn save_again(core: Core<'_>) -> Answer<()> {
    core.save_again().await
}

/// Ends the app, and starts it anew.
#[tauri::command]
pub(crate) fn restart(app: tauri::AppHandle) {
    crate::ending::restart(&app);
}

#[tauri::command]
pub(crate) fn tools(core: Core<'_>) -> Vec<ToolView> {
    core.tools().views(&core.settings().allowed_tools)
}

#[tauri::command]
pub(crate) async fn diagnostics(
    core: Core<'_>,
    startup: tauri::State<'_, Startup>,
) -> Answer<String> {
    let mut report = format!(
        "Serein {} on {} {}\nWeb view {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned()),
    );
    if startup.demo {
        report.push_str("Demo: simulated service\n");
    }
    report.push_str(&core.diagnostics());
    Ok(report)
}
