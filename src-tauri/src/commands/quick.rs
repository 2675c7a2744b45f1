//! The quick ask's own commands, and those of the keys that show it.

use serein_core::view::{OpenIn, QuickContext, QuickSource, ShortcutStatus};
use tauri::{AppHandle, State};

use super::Answer;
use crate::quick::{self, QuickAsk};
use crate::{context, shortcut, windows};

#[tauri::command]
pub(crate) fn quick_ready(app: AppHandle) {
    quick::listens(&app);
}

#[tauri::command]
pub(crate) fn quick_show(app: AppHandle) {
    quick::show(&app, None);
}

#[tauri::command]
pub(crate) fn quick_hide(app: AppHandle) {
    quick::hide(&app);
}

#[tauri::command]
pub(crate) fn quick_resize(app: AppHandle, height: f64) {
    quick::resize(&app, height);
}

#[tauri::command]
pub(crate) fn quick_hold(quick: State<'_, QuickAsk>, hold: bool) {
    quick.hold(hold);
}

#[tauri::command]
pub(crate) fn open_in_main(app: AppHandle, at: OpenIn) {
    // In this order: hiding the last window on the screen may end the app.
    windows::open_main(&app, at);
    quick::hide(&app);
}

#[tauri::command]
pub(crate) fn quick_context(app: AppHandle) -> QuickContext {
    context::on_offer(&app)
}

#[tauri::command]
pub(crate) async fn quick_attach(app: AppHandle, source: QuickSource) -> Answer<String> {
    context::text(&app, source).await
}

#[tauri::command]
pub(crate) async fn shortcut_status(app: AppHandle) -> Answer<ShortcutStatus> {
    shortcut::try_again(&app);
    Ok(shortcut::status(&app).await)
}

#[tauri::command]
pub(crate) fn rest_shortcut(app: AppHandle, resting: bool) {
    shortcut::rest(&app, resting);
}

#[tauri::command]
pub(crate) async fn set_shortcut(app: AppHandle, shortcut: String) -> Answer<ShortcutStatus> {
    shortcut::set(&app, &shortcut).await
}
