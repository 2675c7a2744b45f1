//! How the library is doing: whether what is written is being kept, and if not, why.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use tokio::sync::{Notify, watch};

use super::{Library, LibraryError};
use crate::error::{Code, IpcError};
use crate::sentences;
use crate::view::Remedy;

/// Why the library cannot keep anything just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, in a sentence. Of what passes, what is kept meanwhile is said by who knows it.
    pub error: IpcError,
    /// The same, to follow “because”.
    pub because: &'static str,
    /// What would help; without anything, it will not pass while the app runs.
    pub remedy: Option<Remedy>,
}

impl Trouble {
    /// Why a failure keeps things from being saved.
    pub(crate) fn of(error: &LibraryError) -> Self {
        let passing = |message: &str, because| Self {
            error: IpcError::new(Code::Failed, message),
            because,
            remedy: Some(Remedy::TryAgain),
        };
        match error.cause() {
            Some(Cause::Damage) => Self {
                error: sentences::library_damaged(),
                because: "the conversation database is damaged",
                remedy: Some(Remedy::Restart),
            },
            Some(Cause::Full) => passing("The disk is full: free some space.", "the disk is full"),
            Some(Cause::Refused) => passing(
                "The data folder cannot be written to: check its permissions.",
                "the data folder cannot be written to",
            ),
            Some(Cause::Disk) => passing(
                "The disk reported an error: check it, and that it is not full.",
                "the disk reported an error",
            ),
            Some(Cause::Busy) => passing(
                "Another program is using the conversation database: close it.",
                "another program is using the conversation database",
            ),
            None => passing(
                "The conversation database did not answer as expected.",
                "the conversation database did not answer as expected",
            ),
        }
    }

    /// What could not be opened for writing, said by `error`.
    pub(super) fn from_the_start(error: IpcError, remedy: Option<Remedy>) -> Self {
        Self {
            error,
            because: "nothing can be saved",
            remedy,
        }
    }

    /// It will not pass while the app runs: the file is damaged, or must not be written.
    pub fn is_lasting(&self) -> bool {
        self.remedy != Some(Remedy::TryAgain)
    }
}

/// The note that the library is tried with.
const PROBE: &str = "probe";
/// Its length in bytes: so much that a disk that is all but full does not count as free.
const PROBE_BYTES: usize = 64 << 10;

/// The present trouble, and who waits for news of it.
#[derive(Debug)]
pub(super) struct Health {
    trouble: watch::Sender<Option<Trouble>>,
    /// Something was kept in spite of the trouble.
    hope: Notify,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            trouble: watch::Sender::new(None),
            hope: Notify::new(),
        }
    }
}

impl Library {
    /// The present trouble, and every change of it.
    pub fn trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.health.trouble.subscribe()
    }

    /// Takes note of a failure that says something about the whole library. Damage is written down as
    /// well, so that the next start mends it.
    pub(crate) fn heed(&self, error: &LibraryError) {
        if !error.is_about_storage() {
            return;
        }
        if error.is_damage()
            && let Some(path) = self.path()
        {
            mark_damaged(path);
        }
        self.set_trouble(Trouble::of(error));
    }

    pub(crate) fn set_trouble(&self, trouble: Trouble) {
        self.health.trouble.send_if_modified(|present| {
            let stays = present.as_ref().is_some_and(Trouble::is_lasting)
                || *present == Some(trouble.clone());
            if !stays {
                *present = Some(trouble.clone());
            }
            !stays
        });
    }

    /// What is not lasting is over.
    fn relieve(&self) {
        self.health.trouble.send_if_modified(|present| {
            let passes = present.as_ref().is_some_and(|old| !old.is_lasting());
            if passes {
                *present = None;
            }
            passes
        });
    }

    /// Does `work` and learns from how it went.
    pub(super) fn heeding<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let before = self
            .health
            .trouble
            .borrow()
            .is_some()
            .then(|| self.lock().total_changes());
        let outcome = work(self);
        match &outcome {
            Ok(_) => {
                if before.is_some_and(|before| self.lock().total_changes() > before) {
                    // A small thing may fit where a reply does not: whether it is over is to be tried.
                    self.health.hope.notify_one();
                }
            }
            Err(error) => self.heed(error),
        }
        outcome
    }

    /// Waits until something was kept in spite of the trouble.
    pub(crate) async fn hope(&self) {
        self.health.hope.notified().await;
    }

    /// Tries whether things can be kept again. If so, a trouble that is not lasting is over.
    ///
    /// # Errors
    /// When they cannot.
    pub fn probe(&self) -> Result<(), LibraryError> {
        self.set_note(PROBE, &" ".repeat(PROBE_BYTES))?;
        self.lock()
            .execute("DELETE FROM note WHERE name = ?1", [PROBE])?;
        self.relieve();
        Ok(())
    }
}

impl LibraryError {
    /// What the user reads.
    pub(crate) fn sentence(&self) -> IpcError {
        let failed = |message: &str| IpcError::new(Code::Failed, message);
        match (self, self.cause()) {
            (Self::Missing, _) => failed("This conversation or message no longer exists."),
            (Self::Damaged, _) | (_, Some(Cause::Damage)) => sentences::library_damaged(),
            (_, Some(Cause::Full)) => failed(
                "The disk is full, so this could not be saved. Free some space and try again.",
            ),
            (_, Some(Cause::Refused)) => failed(
                "The data folder cannot be written to, so this could not be saved. Check its permissions and try again.",
            ),
            (_, Some(Cause::Disk)) => failed(
                "The disk reported an error, so this could not be saved. Check the disk and try again.",
            ),
            (_, Some(Cause::Busy)) => failed(
                "Another program is using the conversation database, so this could not be done. Close it and try again.",
            ),
            (_, None) => failed(
                "The conversation database did not answer as expected. Nothing was changed; try again.",
            ),
        }
    }

    /// Why, if it is the disk, the folder or the file, and not the one request.
    fn cause(&self) -> Option<Cause> {
        match self {
            Self::Damaged => Some(Cause::Damage),
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => match failure.code {
                ErrorCode::DiskFull => Some(Cause::Full),
                ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                    Some(Cause::Refused)
                }
                ErrorCode::SystemIoFailure => Some(Cause::Disk),
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Some(Cause::Damage),
                ErrorCode::DatabaseBusy => Some(Cause::Busy),
                _ => None,
            },
            Self::Io(error) => match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Cause::Full),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Some(Cause::Refused),
                _ => Some(Cause::Disk),
            },
            _ => None,
        }
    }

    /// Whether it says something about the whole library. Who else is using it may be done by the next request.
    fn is_about_storage(&self) -> bool {
        self.cause().is_some_and(|cause| cause != Cause::Busy)
    }
}

/// What keeps the library from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Full,
    Refused,
    Disk,
    Damage,
    Busy,
}

/// Beside the library while its damage waits to be mended.
pub(super) fn damage_mark(path: &Path) -> PathBuf {
    path.with_extension("damaged")
}

fn mark_damaged(path: &Path) {
    if let Err(error) = std::fs::write(damage_mark(path), "") {
        log::error!("the damage could not be written down: {error}");
    }
}
