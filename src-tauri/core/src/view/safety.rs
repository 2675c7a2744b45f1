//! How safe the conversations are: whether changes are being kept, and what backups there are.

use serde::Serialize;
use ts_rs::TS;

use crate::error::IpcError;

/// What the user can do where nothing can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Have it tried again; the app does so by itself, too.
    TryAgain,
    /// Start the app anew.
    Restart,
}

/// How it stands with the conversation database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LibraryHealth {
    /// Why changes cannot be saved just now; without it, all is saved.
    pub unsaved: Option<IpcError>,
    /// What would help against that.
    pub remedy: Option<Remedy>,
    /// When the newest backup was made.
    #[ts(type = "number | null")]
    pub last_backup: Option<i64>,
    /// How many backups there are.
    pub backups: u32,
    /// Why the last backup that was due could not be made.
    pub backup_trouble: Option<IpcError>,
}
