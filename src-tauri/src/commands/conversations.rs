//! Conversations, each on its own: opening them, their facts, and drafts.

use serein_core::view::{PageAt, PageView, Snapshot};
use tauri::WebviewWindow;

use super::{Answer, Core, draft_of, new_chat};
use crate::windows::Viewers;

/// The window is subscribed before the snapshot is taken, so that no event falls in between.
#[tauri::command]
pub(crate) async fn open_conversation(
    core: Core<'_>,
    viewers: tauri::State<'_, Viewers>,
    window: WebviewWindow,
    id: String,
) -> Answer<Snapshot> {
    viewers.look(window.label(), Some(&id));
    core.open_conversation(id).await
}

#[tauri::command]
pub(crate) async fn conversation_page(
    core: Core<'_>,
    conversation: String,
    at: PageAt,
) -> Answer<PageView> {
    core.conversation_page(conversation, at).await
}

#[tauri::command]
pub(crate) fn close_conversation(viewers: tauri::State<'_, Viewers>, window: WebviewWindow) {
    viewers.look(window.label(), None);
}

#[tauri::command]
pub(crate) async fn set_conversation_model(
    core: Core<'_>,
    id: String,
    model: String,
) -> Answer<()> {
    core.set_conversation_model(id, &model).await
}

#[tauri::command]
pub(crate) async fn set_conversation_tools(
    core: Core<'_>,
    id: String,
    tools: Option<bool>,
) -> Answer<()> {
    core.set_conversation_tools(id, tools).await
}

#[tauri::command]
pub(crate) async fn rename_conversation(core: Core<'_>, id: String, title: String) -> Answer<()> {
    core.rename_conversation(id, &title).await
}

#[tauri::command]
pub(crate) async fn draft(core: Core<'_>, window: WebviewWindow) -> Answer<String> {
    core.draft(new_chat(&window)).await
}

#[tauri::command]
pub(crate) async fn save_draft(
    core: Core<'_>,
    window: WebviewWindow,
    conversation: Option<String>,
    text: String,
) -> Answer<()> {
    core.save_draft(draft_of(&window, conversation), text).await
}
