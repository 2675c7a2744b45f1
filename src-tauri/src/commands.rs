//! What the windows may call, by topic: parse, call the core, pass the error on.

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod clipboard;
pub(crate) mod conversations;
pub(crate) mod exchange;
pub(crate) mod images;
pub(crate) mod listing;
pub(crate) mod quick;
pub(crate) mod search;
pub(crate) mod turns;

use std::sync::Arc;

use serein_core::app::Serein;
use serein_core::error::IpcError;
use serein_core::library::{Draft, NewChat};
use tauri::WebviewWindow;

/// The core, as commands get it.
pub(crate) type Core<'a> = tauri::State<'a, Arc<Serein>>;
/// What commands answer.
pub(crate) type Answer<T> = Result<T, IpcError>;

/// Where a window's new chat is written.
fn new_chat(window: &WebviewWindow) -> NewChat {
    if window.label() == crate::quick::QUICK {
        NewChat::Quick
    } else {
        NewChat::Main
    }
}

/// The conversation, or the new chat of this window.
fn draft_of(window: &WebviewWindow, conversation: Option<String>) -> Draft {
    match conversation {
        Some(id) => Draft::Of(id),
        None => Draft::New(new_chat(window)),
    }
}
