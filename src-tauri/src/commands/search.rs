//! Search, finding in the open conversation, and going to what was found.

use serein_core::view::{FoundAll, SearchFilters, SearchResults, Snapshot};
use tauri::WebviewWindow;

use super::{Answer, Core};
use crate::windows::Viewers;

#[tauri::command]
pub(crate) async fn search(
    core: Core<'_>,
    text: String,
    filters: SearchFilters,
) -> Answer<SearchResults> {
    core.search(text, filters).await
}

#[tauri::command]
pub(crate) async fn search_models(core: Core<'_>) -> Answer<Vec<String>> {
    core.search_models().await
}

#[tauri::command]
pub(crate) async fn find_in_conversation(
    core: Core<'_>,
    conversation: String,
    text: String,
) -> Answer<FoundAll> {
    core.find_in_conversation(conversation, text).await
}

#[tauri::command]
pub(crate) async fn show_message(
    core: Core<'_>,
    viewers: tauri::State<'_, Viewers>,
    window: WebviewWindow,
    message: String,
) -> Answer<Snapshot> {
    core.show_message(message, |conversation| {
        viewers.look(window.label(), Some(conversation));
    })
    .await
}
