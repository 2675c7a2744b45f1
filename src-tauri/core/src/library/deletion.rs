//! Deleting so that it can be undone: what is deleted together is brought back together.

mod messages;
mod purge;

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Library, LibraryError};
use crate::view::{Deleted, PageAt};
use messages::Place;

/// What a deletion took away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletionOf {
    /// Whole conversations.
    Conversations,
    /// Messages of this conversation.
    Messages(String),
}

/// Messages were deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageDeletion {
    /// Their conversation.
    pub conversation: String,
    /// How many.
    pub messages: u32,
    /// The page of what stands in their place.
    pub at: PageAt,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// Conversations; which, if it was one.
    Conversations(Option<String>),
    /// Messages.
    Messages {
        /// Their conversation.
        conversation: String,
        /// The first of them.
        message: String,
    },
}

/// What the database keeps of a deletion beside the rows themselves.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
enum Undo {
    Conversations {
        /// Which, if it is one.
        only: Option<String>,
    },
    Messages(Place),
}

/// Which conversations.
#[derive(Debug, Clone, Copy)]
enum Which<'a> {
    These(&'a [String]),
    All,
}

impl Library {
    /// Deletes conversations; `deletion` is the id to undo it by. Of ids that are gone already nothing
    /// is said.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_conversations(
        &self,
        ids: &[String],
        deletion: &str,
        now: i64,
    ) -> Result<Deleted, LibraryError> {
        self.mark_deleted(Which::These(ids), deletion, now)
    }

    /// Deletes every conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_all_conversations(
        &self,
        deletion: &str,
        now: i64,
    ) -> Result<Deleted, LibraryError> {
        self.mark_deleted(Which::All, deletion, now)
    }

    fn mark_deleted(
        &self,
        which: Which<'_>,
        deletion: &str,
        now: i64,
    ) -> Result<Deleted, LibraryError> {
        self.write(|tx| {
            insert_deletion(tx, deletion, &Undo::Conversations { only: None }, now)?;
            let mut conversations = 0;
            let mut only = None;
            match which {
                Which::These(ids) => {
                    let mut mark = tx.prepare_cached(
                        "UPDATE conversation SET deletion = ?2 WHERE id = ?1 AND deletion IS NULL",
                    )?;
                    for id in ids {
                        if mark.execute(params![id, deletion])? > 0 {
                            conversations += 1;
                            only = Some(id.clone());
                        }
                    }
                }
                Which::All => {
                    conversations = tx.execute(
                        "UPDATE conversation SET deletion = ?1 WHERE deletion IS NULL",
                        [deletion],
                    )?;
                }
            }
            if conversations == 0 {
                tx.execute("DELETE FROM deletion WHERE id = ?1", [deletion])?;
            } else if conversations == 1 && only.is_some() {
                tx.execute(
                    "UPDATE deletion SET undo = ?2 WHERE id = ?1",
                    params![
                        deletion,
                        serde_json::to_string(&Undo::Conversations { only })?
                    ],
                )?;
            }
            // Counted in two indices.
            let messages = tx.query_row(
                "SELECT count(*) FROM conversation c CROSS JOIN message m INDEXED BY message_by_conversation
                     ON m.conversation = c.id
                 WHERE c.deletion = ?1",
                [deletion],
                |row| row.get(0),
            )?;
            Ok(Deleted {
                deletion: deletion.to_owned(),
                conversations: u32::try_from(conversations).unwrap_or(u32::MAX),
                messages,
            })
        })
    }

    /// What a deletion took away; `None` if it is unknown or cannot be undone any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn deletion(&self, id: &str) -> Result<Option<DeletionOf>, LibraryError> {
        let undo: Option<String> = self
            .lock()
            .query_row(
                "SELECT undo FROM deletion WHERE id = ?1 AND final = 0",
                [id],
                |row| row.get(0),
            )
            .optional()?;
        Ok(
            match undo.as_deref().map(serde_json::from_str).transpose()? {
                None => None,
                Some(Undo::Conversations { .. }) => Some(DeletionOf::Conversations),
                Some(Undo::Messages(place)) => Some(DeletionOf::Messages(place.conversation)),
            },
        )
    }

    /// Brings back what a deletion took away, as it was; `None` if it is unknown or cannot be undone any
    /// more.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when the conversation of the messages is deleted itself, or when the
    /// database fails.
    pub fn undo_delete(&self, id: &str) -> Result<Option<Restored>, LibraryError> {
        self.write(|tx| {
            let undo: Option<String> = tx
                .query_row(
                    "SELECT undo FROM deletion WHERE id = ?1 AND final = 0",
                    [id],
                    |row| row.get(0),
                )
                .optional()?;
            let restored = match undo.as_deref().map(serde_json::from_str).transpose()? {
                None => return Ok(None),
                Some(Undo::Conversations { only }) => {
                    tx.execute(
                        "UPDATE conversation SET deletion = NULL WHERE deletion = ?1",
                        [id],
                    )?;
                    Restored::Conversations(only)
                }
                Some(Undo::Messages(place)) => {
                    messages::restore(tx, id, &place)?;
                    Restored::Messages {
                        conversation: place.conversation,
                        message: place.message,
                    }
                }
            };
            tx.execute("DELETE FROM deletion WHERE id = ?1", [id])?;
            Ok(Some(restored))
        })
    }
}

fn insert_deletion(
    tx: &Transaction<'_>,
    id: &str,
    undo: &Undo,
    now: i64,
) -> Result<(), LibraryError> {
    tx.execute(
        "INSERT INTO deletion (id, at, undo) VALUES (?1, ?2, ?3)",
        params![id, now, serde_json::to_string(undo)?],
    )?;
    Ok(())
}
