//! Messages as a turn writes them.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::rows::{COLUMNS, insert_message, path_to, read_message, update_message};
use super::{Library, LibraryError};
use crate::message::Message;

impl Library {
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
        let conversation = conversation_of(&connection, id)?;
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
                end_with(tx, conversation, &last.id, now)?;
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

    /// Removes a message for good, if nothing follows it, and nothing that may come back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_last_message(&self, id: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            let is_followed: bool = tx.query_row(
                "SELECT EXISTS (SELECT 1 FROM message WHERE parent = ?1)
                     OR EXISTS (SELECT 1 FROM deleted_message WHERE parent = ?1)",
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
            end_with(tx, conversation, &message.id, now)
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
                "UPDATE conversation SET updated_at = ?2 WHERE id = ?1 AND deletion IS NULL",
                params![conversation, now],
            )?;
            Ok(())
        })
    }
}

/// The conversation a message is in, unless it is deleted.
pub(super) fn conversation_of(
    connection: &Connection,
    message: &str,
) -> Result<String, LibraryError> {
    connection
        .prepare_cached(
            "SELECT c.id FROM message m JOIN conversation c ON c.id = m.conversation
             WHERE m.id = ?1 AND c.deletion IS NULL",
        )?
        .query_row([message], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::Missing)
}

/// Makes a message the end of the visible path, unless the conversation has been deleted meanwhile.
fn end_with(
    tx: &Transaction<'_>,
    conversation: &str,
    leaf: &str,
    now: i64,
) -> Result<(), LibraryError> {
    let changed = tx.execute(
        "UPDATE conversation SET leaf = ?2, updated_at = ?3 WHERE id = ?1 AND deletion IS NULL",
        params![conversation, leaf, now],
    )?;
    if changed == 0 {
        return Err(LibraryError::Missing);
    }
    Ok(())
}
