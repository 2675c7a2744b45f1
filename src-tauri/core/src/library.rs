//! The conversations on this machine: one SQLite file, in which messages know what they follow.
//!
//! Calls block; async callers go through [`Library::run`].

mod exchange;
mod journal;
mod opening;
mod pages;
mod rows;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use crate::error::{Code, IpcError};
use crate::message::Message;
use crate::view::ConversationSummary;

pub use exchange::{ConversationRow, FolderRow, Standing, StoredMessage, end_unfinished};
pub use journal::JournalEntry;
use opening::{migrate, recover};
pub use pages::{PAGE_BYTES, PAGE_LEAST, PAGE_MESSAGES, Page, PathMessage};
use rows::{COLUMNS, insert_message, path_to, read_message, update_message};

/// Where a chat that has not begun yet is being written: each place has a draft of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewChat {
    /// The main window.
    Main,
    /// The quick ask.
    Quick,
}

impl NewChat {
    /// The note that holds the draft.
    fn note(self) -> &'static str {
        match self {
            Self::Main => "draft",
            Self::Quick => "quick_draft",
        }
    }
}

/// Whose unsent text it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// A conversation's.
    Of(String),
    /// That of a chat that has not begun yet.
    New(NewChat),
}

/// Conversations listed at most by one call.
const LISTED: u32 = 2_000;

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
}

impl LibraryError {
    /// The file itself is damaged: no call will succeed.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _))
                if matches!(error.code, rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
        )
    }
}

impl LibraryError {
    /// What the user is told.
    pub fn sentence(&self) -> &'static str {
        let code = match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => Some(failure.code),
            _ => None,
        };
        match (self, code) {
            (Self::Missing, _) => "This conversation or message no longer exists.",
            (_, Some(rusqlite::ErrorCode::DiskFull)) => {
                "The disk is full, so this could not be saved. Free some space and try again."
            }
            (
                _,
                Some(
                    rusqlite::ErrorCode::ReadOnly
                    | rusqlite::ErrorCode::CannotOpen
                    | rusqlite::ErrorCode::PermissionDenied,
                ),
            ) => {
                "The data folder cannot be written to, so this could not be saved. Check its permissions and try again."
            }
            (_, Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)) => {
                "The conversation database is damaged. Restart Serein to set it aside and begin a new one."
            }
            _ => {
                "The conversation database did not answer as expected. Nothing was changed; try again."
            }
        }
    }
}

impl From<LibraryError> for IpcError {
    fn from(error: LibraryError) -> Self {
        log::error!("library: {error}");
        Self::new(Code::Failed, error.sentence())
    }
}

/// A conversation's own facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// Its title, never empty.
    pub title: String,
    /// The model chosen in it.
    pub model: Option<String>,
    /// Whether tools are offered in it, if it chooses.
    pub tools: Option<bool>,
    /// The unsent text.
    pub draft: String,
}

/// The library: cheap to clone, one connection behind a lock.
#[derive(Debug, Clone)]
pub struct Library {
    connection: Arc<Mutex<Connection>>,
    path: Option<PathBuf>,
}

impl Library {
    /// Opens the library at `path`, creating or migrating it, and marks replies that a crash cut
    /// off as interrupted.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or comes from a newer version.
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        let mut library = Self::from_connection(Connection::open(path)?)?;
        library.path = Some(path.to_owned());
        Ok(library)
    }

    /// A library that is gone when the app quits, for when none can be kept.
    ///
    /// # Errors
    /// When SQLite itself fails.
    pub fn in_memory() -> Result<Self, LibraryError> {
        Self::from_connection(Connection::open_in_memory()?)
    }

    fn from_connection(mut connection: Connection) -> Result<Self, LibraryError> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut connection)?;
        recover(&mut connection)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            path: None,
        })
    }

    /// The file, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
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
        tokio::task::spawn_blocking(move || work(&library))
            .await
            .unwrap_or(Err(LibraryError::Worker))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic between two statements leaves the connection usable: the transaction rolled back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// The conversations, newest first, whose title or any message contains `query`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn conversations(&self, query: &str) -> Result<Vec<ConversationSummary>, LibraryError> {
        let pattern = format!(
            "%{}%",
            query
                .trim()
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        );
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, title, updated_at FROM conversation
             WHERE ?1 = '%%' OR title LIKE ?1 ESCAPE '\\' OR EXISTS (
                 SELECT 1 FROM message WHERE conversation = conversation.id AND text LIKE ?1 ESCAPE '\\')
             ORDER BY updated_at DESC, rowid DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![pattern, LISTED], |row| {
            Ok(ConversationSummary {
                id: row.get(0)?,
                title: row.get(1)?,
                updated_at: row.get(2)?,
                running: false,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds a conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub fn create_conversation(
        &self,
        title: &str,
        model: &str,
        now: i64,
    ) -> Result<String, LibraryError> {
        let id = new_id();
        self.write(|tx| {
            tx.execute(
                "INSERT INTO conversation (id, title, model, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
                params![id, title, model, now],
            )?;
            Ok(())
        })?;
        Ok(id)
    }

    /// A conversation's own facts.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn conversation(&self, id: &str) -> Result<Conversation, LibraryError> {
        self.lock()
            .query_row(
                "SELECT id, title, model, draft, tools FROM conversation WHERE id = ?1",
                [id],
                |row| {
                    Ok(Conversation {
                        id: row.get(0)?,
                        title: row.get(1)?,
                        model: row.get(2)?,
                        draft: row.get(3)?,
                        tools: row.get(4)?,
                    })
                },
            )
            .optional()?
            .ok_or(LibraryError::Missing)
    }

    /// Gives a conversation a title.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn rename_conversation(&self, id: &str, title: &str) -> Result<(), LibraryError> {
        self.change_one(
            "UPDATE conversation SET title = ?2 WHERE id = ?1",
            id,
            title,
        )
    }

    /// Chooses the model of a conversation.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn set_conversation_model(&self, id: &str, model: &str) -> Result<(), LibraryError> {
        self.change_one(
            "UPDATE conversation SET model = ?2 WHERE id = ?1",
            id,
            model,
        )
    }

    /// Chooses whether tools are offered in a conversation; `None` leaves it to the setting.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn set_conversation_tools(
        &self,
        id: &str,
        tools: Option<bool>,
    ) -> Result<(), LibraryError> {
        self.change_one(
            "UPDATE conversation SET tools = ?2 WHERE id = ?1",
            id,
            tools,
        )
    }

    fn change_one(
        &self,
        statement: &str,
        id: &str,
        value: impl rusqlite::ToSql,
    ) -> Result<(), LibraryError> {
        match self.lock().execute(statement, params![id, value])? {
            0 => Err(LibraryError::Missing),
            _ => Ok(()),
        }
    }

    /// Removes a conversation and its messages.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_conversation(&self, id: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            // The newest first: what follows a message goes with it, and that would nest as deep as the
            // path is long, which SQLite refuses.
            let rows: Vec<i64> = tx
                .prepare("SELECT rowid FROM message WHERE conversation = ?1 ORDER BY rowid DESC")?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut delete = tx.prepare("DELETE FROM message WHERE rowid = ?1")?;
            for row in rows {
                delete.execute([row])?;
            }
            tx.execute("DELETE FROM conversation WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// The unsent text of a chat that has not begun yet.
    ///
    /// # Errors
    /// When the database fails.
    pub fn new_chat_draft(&self, place: NewChat) -> Result<String, LibraryError> {
        Ok(self.note(place.note())?.unwrap_or_default())
    }

    /// A single value kept under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note(&self, name: &str) -> Result<Option<String>, LibraryError> {
        Ok(self
            .lock()
            .query_row("SELECT value FROM note WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .optional()?)
    }

    /// Keeps a single value under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_note(&self, name: &str, value: &str) -> Result<(), LibraryError> {
        self.lock().execute(
            "INSERT INTO note (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )?;
        Ok(())
    }

    /// Keeps unsent text.
    ///
    /// # Errors
    /// When the database fails. A conversation that is gone is no error.
    pub fn save_draft(&self, draft: &Draft, text: &str) -> Result<(), LibraryError> {
        let id = match draft {
            Draft::New(place) => return self.set_note(place.note(), text),
            Draft::Of(id) => id,
        };
        self.lock().execute(
            "UPDATE conversation SET draft = ?2 WHERE id = ?1",
            [id, text],
        )?;
        Ok(())
    }

    /// The path that ends with `message`, oldest first.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn path_to(&self, message: &str) -> Result<Vec<Message>, LibraryError> {
        let path = path_to(&self.lock(), message)?;
        if path.is_empty() {
            Err(LibraryError::Missing)
        } else {
            Ok(path)
        }
    }

    /// One message, and the conversation it is in.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn message(&self, id: &str) -> Result<(String, Message), LibraryError> {
        let connection = self.lock();
        let conversation = connection
            .query_row(
                "SELECT conversation FROM message WHERE id = ?1",
                [id],
                |row| row.get(0),
            )
            .optional()?
            .ok_or(LibraryError::Missing)?;
        let message = connection.query_row(
            &format!("SELECT {COLUMNS} FROM message m WHERE id = ?1"),
            [id],
            |row| Ok(read_message(row)),
        )??;
        Ok((conversation, message))
    }

    /// Adds messages, each the child of the one before, and makes the last the end of the visible
    /// path. A sent draft is cleared with them.
    ///
    /// # Errors
    /// When the database fails; nothing is added then.
    pub fn add_messages(
        &self,
        conversation: &str,
        messages: &[Message],
        clear_draft: bool,
        now: i64,
    ) -> Result<(), LibraryError> {
        self.write(|tx| {
            for message in messages {
                insert_message(tx, conversation, message)?;
            }
            if let Some(last) = messages.last() {
                tx.execute(
                    "UPDATE conversation SET leaf = ?2, updated_at = ?3 WHERE id = ?1",
                    params![conversation, last.id, now],
                )?;
            }
            if clear_draft {
                tx.execute(
                    "UPDATE conversation SET draft = '' WHERE id = ?1",
                    [conversation],
                )?;
            }
            Ok(())
        })
    }

    /// Removes a message, if nothing follows it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_last_message(&self, id: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            let is_followed: bool = tx.query_row(
                "SELECT EXISTS (SELECT 1 FROM message WHERE parent = ?1)",
                [id],
                |row| row.get(0),
            )?;
            if is_followed {
                return Ok(());
            }
            tx.execute(
                "UPDATE conversation SET leaf = (SELECT parent FROM message WHERE id = ?1) WHERE leaf = ?1",
                [id],
            )?;
            tx.execute("DELETE FROM message WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// Marks a reply as being written again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reopen_message(
        &self,
        conversation: &str,
        message: &Message,
        now: i64,
    ) -> Result<(), LibraryError> {
        self.write(|tx| {
            update_message(tx, message)?;
            tx.execute(
                "UPDATE conversation SET leaf = ?2, updated_at = ?3 WHERE id = ?1",
                params![conversation, message.id, now],
            )?;
            Ok(())
        })
    }

    /// Makes the version `offset` places from `message` visible, with the newest of what followed it.
    /// Answers with the conversation and that version.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when there is no such version, or when the database fails.
    pub fn select_version(
        &self,
        message: &str,
        offset: i64,
    ) -> Result<(String, String), LibraryError> {
        self.write(|tx| {
            let (conversation, parent): (String, Option<String>) = tx
                .query_row("SELECT conversation, parent FROM message WHERE id = ?1", [message], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?
                .ok_or(LibraryError::Missing)?;
            let siblings: Vec<String> = tx
                .prepare("SELECT id FROM message WHERE conversation = ?1 AND parent IS ?2 ORDER BY rowid")?
                .query_map(params![conversation, parent], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let chosen = siblings
                .iter()
                .position(|id| id == message)
                .and_then(|place| i64::try_from(place).ok()?.checked_add(offset))
                .and_then(|place| siblings.get(usize::try_from(place).ok()?))
                .ok_or(LibraryError::Missing)?;
            let mut leaf = chosen.clone();
            while let Some(child) = tx
                .query_row(
                    "SELECT id FROM message WHERE conversation = ?1 AND parent = ?2 ORDER BY rowid DESC LIMIT 1",
                    [&conversation, &leaf],
                    |row| row.get(0),
                )
                .optional()?
            {
                leaf = child;
            }
            tx.execute("UPDATE conversation SET leaf = ?2 WHERE id = ?1", [&conversation, &leaf])?;
            Ok((conversation, chosen.clone()))
        })
    }

    /// Keeps what a running reply has gained.
    ///
    /// # Errors
    /// When the database fails; the entries are to be offered again.
    pub fn journal(
        &self,
        message: &str,
        first: i64,
        entries: &[JournalEntry],
    ) -> Result<(), LibraryError> {
        self.write(|tx| {
            let mut insert = tx.prepare_cached(
                "INSERT OR REPLACE INTO journal (message, n, entry) VALUES (?1, ?2, ?3)",
            )?;
            for (n, entry) in (first..).zip(entries) {
                insert.execute(params![message, n, serde_json::to_string(entry)?])?;
            }
            Ok(())
        })
    }

    /// Writes a reply that has ended, whole, and drops its journal.
    ///
    /// # Errors
    /// When the database fails; the journal is kept then.
    pub fn finish_message(
        &self,
        conversation: &str,
        message: &Message,
        now: i64,
    ) -> Result<(), LibraryError> {
        self.write(|tx| {
            update_message(tx, message)?;
            tx.execute("DELETE FROM journal WHERE message = ?1", [&message.id])?;
            tx.execute(
                "UPDATE conversation SET updated_at = ?2 WHERE id = ?1",
                params![conversation, now],
            )?;
            Ok(())
        })
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
}

/// A new id, later ones greater than earlier ones.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[cfg(test)]
mod tests;
