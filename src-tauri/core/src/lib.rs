//! What Serein does, without the window toolkit: sign-in, turns, the library, settings, secrets.
//!
//! The shell (Tauri) adapts to this crate through [`host::Host`]; nothing here knows of windows.

pub mod error;
pub mod settings;
pub mod view;
