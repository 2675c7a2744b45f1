//! Signing in and out, and the models on offer.

use serein_core::error::IpcError;
use serein_core::view::ModelList;

use super::{Answer, Core};
use crate::browser;

#[tauri::command]
pub(crate) fn sign_in_start(core: Core<'_>) -> Answer<()> {
    core.start_sign_in()
}

#[tauri::command]
pub(crate) fn sign_in_code(core: Core<'_>, code: String) -> Answer<()> {
    core.enter_code(code)
}

#[tauri::command]
pub(crate) fn sign_in_cancel(core: Core<'_>) {
    core.cancel_sign_in();
}

#[tauri::command]
pub(crate) fn sign_in_open_browser(core: Core<'_>) {
    core.open_browser_again();
}

#[tauri::command]
pub(crate) async fn sign_out(core: Core<'_>) -> Answer<()> {
    core.sign_out().await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn open_profile(core: Core<'_>) -> Answer<()> {
    browser::open_link(core.base_url()?.profile_page().to_string()).await
}

#[tauri::command]
pub(crate) async fn open_plan(core: Core<'_>) -> Answer<()> {
    browser::open_link(core.base_url()?.plan_page().to_string()).await
}

#[tauri::command]
pub(crate) async fn open_link(url: String) -> Answer<()> {
    browser::open_link(url).await
}

#[tauri::command]
pub(crate) async fn models(core: Core<'_>, refresh: bool) -> Result<ModelList, IpcError> {
    Ok(core.models(refresh).await)
}
