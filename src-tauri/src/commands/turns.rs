//! Asking, and steering the reply that is running.

use serein_core::view::{MissedEvents, Snapshot, ToolAnswer, TurnStarted};

use super::{Answer, Core, draft_of, new_chat};

#[tauri::command]
pub(crate) async fn send(
    core: Core<'_>,
    window: tauri::WebviewWindow,
    conversation: Option<String>,
    text: String,
    model: String,
    temporary: Option<bool>,
) -> Answer<TurnStarted> {
    if conversation.is_none() && temporary.unwrap_or_default() {
        return core.send_temporary(new_chat(&window), text, &model).await;
    }
    core.send(draft_of(&window, conversation), text, &model)
        .await
}

#[tauri::command]
pub(crate) async fn edit(
    core: Core<'_>,
    message: String,
    text: String,
    model: String,
) -> Answer<TurnStarted> {
    core.edit(message, text, &model).await
}

#[tauri::command]
pub(crate) async fn retry(core: Core<'_>, message: String, model: String) -> Answer<TurnStarted> {
    core.retry(message, &model).await
}

#[tauri::command]
pub(crate) async fn continue_reply(
    core: Core<'_>,
    message: String,
    model: String,
) -> Answer<TurnStarted> {
    core.continue_reply(message, &model).await
}

#[tauri::command]
pub(crate) async fn select_version(
    core: Core<'_>,
    message: String,
    offset: i64,
) -> Answer<Snapshot> {
    core.select_version(message, offset).await
}

#[tauri::command]
pub(crate) async fn message_text(core: Core<'_>, message: String) -> Answer<String> {
    core.message_text(message).await
}

#[tauri::command]
pub(crate) fn stop(core: Core<'_>, conversation: String) {
    core.stop(&conversation);
}

#[tauri::command]
pub(crate) fn retry_now(core: Core<'_>, conversation: String) {
    core.retry_now(&conversation);
}

#[tauri::command]
pub(crate) fn retry_cancel(core: Core<'_>, conversation: String) {
    core.retry_cancel(&conversation);
}

#[tauri::command]
pub(crate) fn turn_events_since(core: Core<'_>, conversation: String, seq: u64) -> MissedEvents {
    core.turn_events_since(&conversation, seq)
}

#[tauri::command]
pub(crate) fn answer_tool(core: Core<'_>, conversation: String, part: u32, answer: ToolAnswer) {
    core.answer_tool(&conversation, part, answer);
}
