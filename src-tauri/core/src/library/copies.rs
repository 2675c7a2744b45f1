//! Copies: a path as a conversation of its own, and a conversation in another library.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, params};

use super::messages::conversation_of;
use super::rows::{COLUMNS, NEXT_PLACE, insert_message, read_message};
use super::versions::{set_choice, set_leaf};
use super::{Library, LibraryError};
use crate::message::Message;

/// A conversation with all its versions, to be put into another library.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    title: String,
    titled_by: String,
    model: Option<String>,
    tools: Option<bool>,
    draft: String,
    leaf: Option<String>,
    created_at: i64,
    updated_at: i64,
    /// What is followed comes first, and versions are in order.
    messages: Vec<Message>,
    choices: Vec<(String, String)>,
}

impl Library {
    /// Makes a conversation of the path that ends with `message`; answers its id.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn duplicate(&self, message: &str, title: &str, now: i64) -> Result<String, LibraryError> {
        self.write(|tx| {
            let original = conversation_of(tx, message)?;
            let copy = self.new_id();
            tx.execute(
                "INSERT INTO conversation (id, title, titled_by, model, tools, folder, created_at, updated_at)
                 SELECT ?1, ?3, 'user', model, tools, folder, ?4, ?4 FROM conversation WHERE id = ?2",
                params![copy, original, title, now],
            )?;
            let path: Vec<String> = tx
                .prepare_cached(
                    "WITH RECURSIVE path (id, parent, depth) AS (
                         SELECT id, parent, depth FROM message INDEXED BY message_walk WHERE id = ?1
                         UNION ALL
                         SELECT m.id, m.parent, m.depth FROM path
                             JOIN message m INDEXED BY message_walk ON m.id = path.parent
                     )
                     SELECT id FROM path ORDER BY depth",
                )?
                .query_map([message], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut insert = tx.prepare_cached(&format!(
                "INSERT INTO message (rowid, id, conversation, parent, role, status, model, parts, text,
                                      error, created_at, finished_at, depth)
                 SELECT {NEXT_PLACE}, ?2, ?3, ?4, role, status, model, parts, text, error, created_at,
                        finished_at, depth
                 FROM message WHERE id = ?1"
            ))?;
            let mut last = None;
            for id in path {
                let new = self.new_id();
                insert.execute(params![id, new, copy, last])?;
                last = Some(new);
            }
            set_leaf(tx, &copy, last.as_deref())?;
            Ok(copy)
        })
    }

    /// A conversation with all its versions; what is deleted in it is left out.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn whole(&self, id: &str) -> Result<Whole, LibraryError> {
        let connection = self.lock();
        let mut whole = connection
            .query_row(
                "SELECT title, titled_by, model, tools, draft, leaf, created_at, updated_at
                 FROM conversation WHERE id = ?1 AND deletion IS NULL",
                [id],
                |row| {
                    Ok(Whole {
                        title: row.get(0)?,
                        titled_by: row.get(1)?,
                        model: row.get(2)?,
                        tools: row.get(3)?,
                        draft: row.get(4)?,
                        leaf: row.get(5)?,
                        created_at: row.get(6)?,
                        updated_at: row.get(7)?,
                        messages: Vec::new(),
                        choices: Vec::new(),
                    })
                },
            )
            .optional()?
            .ok_or(LibraryError::Missing)?;
        whole.messages = connection
            .prepare(&format!(
                "SELECT {COLUMNS} FROM message m WHERE conversation = ?1 ORDER BY rowid"
            ))?
            .query_map([id], |row| Ok(read_message(row)))?
            .map(|row| row?)
            .collect::<Result<_, LibraryError>>()?;
        whole.choices = connection
            .prepare(
                "SELECT c.message, c.child FROM choice c JOIN message m ON m.id = c.message
                 WHERE m.conversation = ?1",
            )?
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        Ok(whole)
    }

    /// Adds a conversation out of another library, with new ids; answers its id.
    ///
    /// # Errors
    /// When the database fails; nothing is added then.
    pub fn add_whole(&self, whole: &Whole) -> Result<String, LibraryError> {
        let id = self.new_id();
        let ids: HashMap<&str, String> = whole
            .messages
            .iter()
            .map(|message| (message.id.as_str(), self.new_id()))
            .collect();
        let new = |old: &str| ids.get(old).cloned();
        self.write(|tx| {
            tx.execute(
                "INSERT INTO conversation (id, title, titled_by, model, tools, draft, leaf, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    id,
                    whole.title,
                    whole.titled_by,
                    whole.model,
                    whole.tools,
                    whole.draft,
                    whole.leaf.as_deref().and_then(new),
                    whole.created_at,
                    whole.updated_at,
                ],
            )?;
            for message in &whole.messages {
                let message = Message {
                    id: new(&message.id).ok_or(LibraryError::Missing)?,
                    parent: message.parent.as_deref().and_then(new),
                    ..message.clone()
                };
                insert_message(tx, &id, &message)?;
            }
            for (parent, child) in &whole.choices {
                if let (Some(parent), Some(child)) = (new(parent), new(child)) {
                    set_choice(tx, &parent, Some(&child))?;
                }
            }
            Ok(())
        })?;
        Ok(id)
    }
}
