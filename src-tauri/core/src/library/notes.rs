//! Single values, and unsent text.

use rusqlite::OptionalExtension as _;

use super::{Library, LibraryError};

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

impl Library {
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

    /// Drops the value kept under a name, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_note(&self, name: &str) -> Result<(), LibraryError> {
        self.lock()
            .execute("DELETE FROM note WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Keeps unsent text.
    ///
    /// # Errors
    /// When the database fails. A conversation that is gone is no error, and one that is deleted keeps it:
    /// it may come back.
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
}
