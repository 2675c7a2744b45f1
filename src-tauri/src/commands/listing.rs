//! The list of conversations, its order, and deleting what can be undone.

use serein_core::view::{
    ConversationList, ConversationPatch, ConversationSummary, Deleted, DeletedMessage, FolderView,
    ListScope, Undone,
};

use super::{Answer, Core};

#[tauri::command]
pub(crate) async fn conversation_list(
    core: Core<'_>,
    scope: ListScope,
) -> Answer<ConversationList> {
    core.conversation_list(scope).await
}

#[tauri::command]
pub(crate) async fn conversation_rows(
    core: Core<'_>,
    scope: ListScope,
    first: u32,
    count: u32,
) -> Answer<Vec<ConversationSummary>> {
    core.conversation_rows(scope, first, count).await
}

#[tauri::command]
pub(crate) async fn conversation_summary(
    core: Core<'_>,
    id: String,
) -> Answer<Option<ConversationSummary>> {
    core.conversation_summary(id).await
}

#[tauri::command]
pub(crate) async fn conversation_place(
    core: Core<'_>,
    id: String,
    scope: ListScope,
) -> Answer<Option<u32>> {
    core.conversation_place(id, scope).await
}

#[tauri::command]
pub(crate) async fn neighbour(
    core: Core<'_>,
    id: Option<String>,
    scope: ListScope,
    offset: i64,
) -> Answer<Option<String>> {
    core.neighbour(id, scope, offset).await
}

#[tauri::command]
pub(crate) async fn update_conversations(
    core: Core<'_>,
    ids: Vec<String>,
    patch: ConversationPatch,
) -> Answer<()> {
    core.update_conversations(ids, patch).await
}

#[tauri::command]
pub(crate) async fn folders(core: Core<'_>) -> Answer<Vec<FolderView>> {
    core.folders().await
}

#[tauri::command]
pub(crate) async fn create_folder(core: Core<'_>, name: String) -> Answer<FolderView> {
    core.create_folder(&name).await
}

#[tauri::command]
pub(crate) async fn rename_folder(core: Core<'_>, id: String, name: String) -> Answer<()> {
    core.rename_folder(id, &name).await
}

#[tauri::command]
pub(crate) async fn delete_folder(core: Core<'_>, id: String) -> Answer<()> {
    core.delete_folder(id).await
}

#[tauri::command]
pub(crate) async fn delete_conversations(core: Core<'_>, ids: Vec<String>) -> Answer<Deleted> {
    core.delete_conversations(ids).await
}

#[tauri::command]
pub(crate) async fn delete_all_conversations(core: Core<'_>) -> Answer<Deleted> {
    core.delete_all_conversations().await
}

#[tauri::command]
pub(crate) async fn delete_message(
    core: Core<'_>,
    message: String,
    following: bool,
) -> Answer<DeletedMessage> {
    core.delete_message(message, following).await
}

#[tauri::command]
pub(crate) async fn undo_delete(core: Core<'_>, deletion: String) -> Answer<Undone> {
    core.undo_delete(deletion).await
}

#[tauri::command]
pub(crate) async fn duplicate_conversation(core: Core<'_>, message: String) -> Answer<String> {
    core.duplicate_conversation(message).await
}

#[tauri::command]
pub(crate) async fn keep_conversation(core: Core<'_>, id: String) -> Answer<String> {
    core.keep_conversation(id).await
}
