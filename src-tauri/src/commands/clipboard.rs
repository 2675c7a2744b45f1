//! Copying: written from here, so that the window needs no right to the clipboard.

use serein_core::clipboard::{self, Block, Clip};
use serein_core::error::{Code, IpcError};
use serein_core::sentences;
use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt as _;

use super::{Answer, Core};

/// Copies a message as rich text, with its Markdown for where only text is taken.
#[tauri::command]
pub(crate) async fn copy_message(app: AppHandle, core: Core<'_>, message: String) -> Answer<()> {
    let text = core.message_text(message).await?;
    write(&app, clipboard::message(text))
}

/// Copies what is selected, as the tree it was drawn from.
#[tauri::command]
pub(crate) async fn copy_blocks(app: AppHandle, blocks: Vec<Block>) -> Answer<()> {
    // All of a long conversation takes a while to be written.
    let clip = tauri::async_runtime::spawn_blocking(move || clipboard::selection(&blocks));
    let clip = clip.await.map_err(|error| refused(&error))??;
    write(&app, clip)
}

#[tauri::command]
pub(crate) async fn copy_text(app: AppHandle, text: String) -> Answer<()> {
    app.clipboard()
        .write_text(text)
        .map_err(|error| refused(&error))
}

/// The sign-in code on the clipboard. Nothing else that is on it ever reaches the window.
#[tauri::command]
pub(crate) async fn clipboard_code(app: AppHandle) -> Answer<String> {
    // Reading on the main thread can deadlock with the web view; commands that are `async` run elsewhere.
    let text = app.clipboard().read_text().unwrap_or_default();
    serein_core::sign_in::code_in(&text).ok_or_else(sentences::no_code_on_clipboard)
}

fn write(app: &AppHandle, clip: Clip) -> Answer<()> {
    app.clipboard()
        .write_html(clip.html, Some(clip.text))
        .map_err(|error| refused(&error))
}

fn refused(error: &dyn std::fmt::Display) -> IpcError {
    log::warn!("clipboard: {error}");
    IpcError::new(
        Code::Failed,
        "The clipboard could not be written. Try again.",
    )
}
