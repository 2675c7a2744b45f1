//! What Serein does, without the window toolkit: sign-in, turns, the library, settings, secrets.
//!
//! The shell (Tauri) adapts to this crate through [`host::Host`]; nothing here knows of windows.

mod account;
pub mod app;
pub mod clipboard;
pub mod error;
pub mod exchange;
pub mod feed;
pub mod host;
pub mod images;
pub mod instance_lock;
pub mod library;
pub mod message;
mod plain;
mod public_web;
pub mod reply;
pub mod secrets;
pub mod sentences;
pub mod settings;
pub mod sign_in;
pub mod tools;
mod turn;
pub mod view;

use std::time::{SystemTime, UNIX_EPOCH};

/// The present time, in milliseconds since the Unix epoch.
pub fn now() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
