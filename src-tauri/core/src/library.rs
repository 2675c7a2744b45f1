//! The conversations on this machine: one SQLite file, in which messages know what they follow.
//!
//! Calls block; async callers go through [`Library::run`].

pub mod backup;
mod conversations;
mod copies;
mod deletion;
mod exchange;
mod folders;
mod health;
mod journal;
mod listing;
mod messages;
mod notes;
mod opening;
mod pages;
pub mod recovery;
mod rows;
mod search;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::IpcError;

pub use conversations::Conversation;
pub use copies::Whole;
pub use deletion::{DeletionOf, MessageDeletion, Restored};
pub use exchange::{ConversationRow, FolderRow, Standing, StoredMessage, end_unfinished};
use health::Health;
pub use health::Trouble;
pub use journal::JournalEntry;
pub use notes::{Draft, NewChat};
use opening::{migrate, recover};
pub use pages::{END_BYTES, PAGE_BYTES, PAGE_LEAST, PAGE_MESSAGES, Page, PathMessage};

/// What the ids of temporary chats, and of all that is in them, begin with.
const TEMPORARY: &str = "temporary-";
/// How long to wait for whoever else has the file.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
/// The write-ahead log is cut to this size when it has been folded into the file, in bytes.
const LOG_BYTES: i64 = 64 << 20;

/// Why the library could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// SQLite's word.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value this version cannot read.
    #[error("a stored value cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// The file was written by a newer version of the app.
    #[error("the library was written by a newer version of Serein")]
    Newer,
    /// No such conversation or message.
    #[error("there is no such conversation or message")]
    Missing,
    /// The worker thread died.
    #[error("the library's worker stopped")]
    Worker,
    /// The file system's word.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The file's schema is an older one, and it cannot be changed.
    #[error("the library's schema is an older one")]
    Behind,
    /// The file is damaged, and could not be restored.
    #[error("the library is damaged")]
    Damaged,
}

impl LibraryError {
    /// The file itself is damaged: no call will succeed.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged
                | Self::Sqlite(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error {
                        code: rusqlite::ErrorCode::DatabaseCorrupt
                            | rusqlite::ErrorCode::NotADatabase,
                        ..
                    },
                    _
                ))
        )
    }
}

impl From<LibraryError> for IpcError {
    fn from(error: LibraryError) -> Self {
        log::error!("library: {error}");
        error.sentence()
    }
}

/// The library: cheap to clone, one connection behind a lock.
#[derive(Debug, Clone)]
pub struct Library {
    connection: Arc<Mutex<Connection>>,
    /// Held by who has the lock next, so that whoever works in many steps waits behind who has waited.
    turn: Arc<Mutex<()>>,
    path: Option<PathBuf>,
    is_temporary: bool,
    /// There was no room at the start to write what a crash had cut off: it is folded together when it is shown.
    has_cut_off: bool,
    health: Arc<Health>,
    desk: Arc<search::Desk>,
}

impl Library {
    /// Opens the library at `path`, creating or migrating it, and marks replies that a crash cut
    /// off as interrupted. Before it is migrated, a copy goes to the backups beside it.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or comes from a newer version.
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        let mut connection = opening::copied_if_behind(path, Connection::open(path)?)?;
        prepare(&connection)?;
        migrate(&mut connection)?;
        recover(&mut connection)?;
        Ok(Self::with(connection, Some(path.to_owned())))
    }

    /// A library that is gone when the app quits, for when none can be kept.
    ///
    /// # Errors
    /// When SQLite itself fails.
    pub fn in_memory() -> Result<Self, LibraryError> {
        let mut connection = Connection::open_in_memory()?;
        prepare(&connection)?;
        migrate(&mut connection)?;
        Ok(Self::with(connection, None))
    }

    /// A library of temporary chats: in memory, with ids that say so.
    ///
    /// # Errors
    /// When SQLite itself fails.
    pub fn temporary() -> Result<Self, LibraryError> {
        let mut library = Self::in_memory()?;
        library.is_temporary = true;
        Ok(library)
    }

    fn with(connection: Connection, path: Option<PathBuf>) -> Self {
        Self {
            connection: Arc::new(Mutex::new(connection)),
            turn: Arc::default(),
            desk: Arc::new(search::Desk::new(path.clone())),
            path,
            is_temporary: false,
            has_cut_off: false,
            health: Arc::default(),
        }
    }

    /// The file, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// An id for something new in this library.
    pub fn new_id(&self) -> String {
        let id = new_id();
        if self.is_temporary {
            format!("{TEMPORARY}{id}")
        } else {
            id
        }
    }

    /// Runs `work` on a thread that may block.
    ///
    /// # Errors
    /// Those of `work`, and [`LibraryError::Worker`].
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let library = self.clone();
        tokio::task::spawn_blocking(move || library.heeding(work))
            .await
            .unwrap_or(Err(LibraryError::Worker))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // A panic between two statements leaves the connection usable: the transaction rolled back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A change, and what it changes in the index.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let mut connection = self.lock();
        let mut transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        let is_left = search::take_up(&mut transaction);
        transaction.commit()?;
        if is_left {
            self.note_work_for_index();
        }
        Ok(value)
    }

    /// A change that leaves the index as it is, or is the index's own.
    fn write_plainly<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Folds the write-ahead log into the file, for when the app goes to rest.
    ///
    /// # Errors
    /// When the database fails.
    pub fn checkpoint(&self) -> Result<(), LibraryError> {
        self.lock()
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Folds as much of the write-ahead log into the file as can be without waiting for anybody.
    ///
    /// # Errors
    /// When the database fails.
    pub fn checkpoint_at_once(&self) -> Result<(), LibraryError> {
        self.lock()
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// How every connection that may write is set.
fn prepare(connection: &Connection) -> Result<(), LibraryError> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    Ok(())
}

/// A new id, later ones greater than earlier ones.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Whether this is the id of a temporary chat, or of something in one.
pub fn is_temporary(id: &str) -> bool {
    id.starts_with(TEMPORARY)
}

#[cfg(test)]
pub(crate) mod tests;
