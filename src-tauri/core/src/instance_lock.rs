//! The lock on the data folder: two apps never write one library.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// The lock file. It stays when the app ends; what counts is the system's lock on it.
const FILE: &str = "lock";

/// Held as long as the app runs; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct InstanceLock {
    /// Without one, nothing in the folder may be written.
    file: Option<File>,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A second app.
    #[error("Serein is already running with this data folder.")]
    Taken,
    /// The folder is not what it should be.
    #[error("The data folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
}

impl InstanceLock {
    /// Keeps every other app out of `data_dir`. A folder that cannot be written to is left unlocked, for
    /// there is nothing that two apps could do to it.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn take(data_dir: &Path) -> Result<Self, LockError> {
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(data_dir.join(FILE));
        let file = match opened {
            Ok(file) => file,
            Err(error) if is_refusal(error.kind()) => return Ok(Self { file: None }),
            Err(error) => return Err(error.into()),
        };
        match file.try_lock() {
            Ok(()) => Ok(Self { file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether the folder may be written: it can be, and no other app does.
    pub fn allows_writing(&self) -> bool {
        self.file.is_some()
    }
}

/// The folder lets nothing be written.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

#[cfg(test)]
mod tests;
