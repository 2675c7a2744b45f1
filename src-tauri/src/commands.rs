//! What the windows may call, by topic: parse, call the core, pass the error on.

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod clipboard;
pub(crate) mod conversations;
pub(crate) mod images;
pub(crate) mod turns;

use std::sync::Arc;

use serein_core::app::Serein;
use serein_core::error::IpcError;

/// The core, as commands get it.
pub(crate) type Core<'a> = tauri::State<'a, Arc<Serein>>;
/// What commands answer.
pub(crate) type Answer<T> = Result<T, IpcError>;
