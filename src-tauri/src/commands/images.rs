//! Pictures for the window: it loads nothing itself.

use tauri::ipc::Response;

use super::Answer;

/// The bytes as they are: in JSON they would be four times as long.
#[tauri::command]
pub(crate) async fn load_image(url: String) -> Answer<Response> {
    serein_core::images::load(&url).await.map(Response::new)
}
