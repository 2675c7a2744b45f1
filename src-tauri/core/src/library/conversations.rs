//! Conversations, each on its own: their facts.

use rusqlite::{OptionalExtension as _, params};

use super::{Library, LibraryError};

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

impl Library {
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
        let id = self.new_id();
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
                "SELECT id, title, model, draft, tools FROM conversation WHERE id = ?1 AND deletion IS NULL",
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

    /// Gives a conversation the user's title.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn rename_conversation(&self, id: &str, title: &str) -> Result<(), LibraryError> {
        self.change_one(
            "UPDATE conversation SET title = ?2, titled_by = 'user' WHERE id = ?1 AND deletion IS NULL",
            id,
            title,
        )
    }

    /// Whether the conversation still has the title that the app gave it.
    ///
    /// # Errors
    /// When the database fails. A conversation that is gone has none.
    pub fn is_titled_by_app(&self, id: &str) -> Result<bool, LibraryError> {
        Ok(self.lock().query_row(
            "SELECT EXISTS (SELECT 1 FROM conversation WHERE id = ?1 AND titled_by = 'app' AND deletion IS NULL)",
            [id],
            |row| row.get(0),
        )?)
    }

    /// Gives a conversation the model's title, in the place of the app's; `false` if it has no such
    /// title any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn title_by_model(&self, id: &str, title: &str) -> Result<bool, LibraryError> {
        self.write(|tx| {
            let changed = tx.execute(
                "UPDATE conversation SET title = ?2, titled_by = 'model'
                 WHERE id = ?1 AND titled_by = 'app' AND deletion IS NULL",
                [id, title],
            )?;
            Ok(changed > 0)
        })
    }

    /// Chooses the model of a conversation.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn set_conversation_model(&self, id: &str, model: &str) -> Result<(), LibraryError> {
        self.change_one(
            "UPDATE conversation SET model = ?2 WHERE id = ?1 AND deletion IS NULL",
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
            "UPDATE conversation SET tools = ?2 WHERE id = ?1 AND deletion IS NULL",
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
        self.write(|tx| match tx.execute(statement, params![id, value])? {
            0 => Err(LibraryError::Missing),
            _ => Ok(()),
        })
    }

    /// Removes a conversation and its messages for good.
    ///
    /// # Errors
    /// When the database fails.
    pub fn erase_conversation(&self, id: &str) -> Result<(), LibraryError> {
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
}
