//! Messages as rows.

use rusqlite::{Connection, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::LibraryError;
use crate::message::{Message, text_of};

/// What [`read_message`] reads, of a message called `m`.
pub(super) const COLUMNS: &str =
    "m.id, m.parent, m.role, m.status, m.parts, m.error, m.model, m.created_at, m.finished_at";

/// The rowid of a new message. Versions are told apart by it, so that of a deleted message is not given
/// away: it may come back.
pub(super) const NEXT_PLACE: &str = "(SELECT 1 + max(
    coalesce((SELECT max(rowid) FROM message), 0), coalesce((SELECT max(place) FROM deleted_message), 0)))";

pub(super) fn read_message(row: &Row<'_>) -> Result<Message, LibraryError> {
    let error: Option<String> = row.get(5)?;
    Ok(Message {
        id: row.get(0)?,
        parent: row.get(1)?,
        role: from_word(&row.get::<_, String>(2)?)?,
        status: from_word(&row.get::<_, String>(3)?)?,
        parts: serde_json::from_str(&row.get::<_, String>(4)?)?,
        error: error
            .map(|error| serde_json::from_str(&error))
            .transpose()?,
        model: row.get(6)?,
        created_at: row.get(7)?,
        finished_at: row.get(8)?,
    })
}

pub(super) fn path_to(connection: &Connection, leaf: &str) -> Result<Vec<Message>, LibraryError> {
    let mut statement = connection.prepare_cached(&format!(
        "WITH RECURSIVE path (id, parent, depth) AS (
             SELECT id, parent, depth FROM message INDEXED BY message_walk WHERE id = ?1
             UNION ALL
             SELECT m.id, m.parent, m.depth FROM path
                 JOIN message m INDEXED BY message_walk ON m.id = path.parent
         )
         SELECT {COLUMNS} FROM path JOIN message m ON m.id = path.id ORDER BY path.depth"
    ))?;
    statement
        .query_map([leaf], |row| Ok(read_message(row)))?
        .map(|row| row?)
        .collect()
}

pub(super) fn insert_message(
    tx: &Transaction<'_>,
    conversation: &str,
    message: &Message,
) -> Result<(), LibraryError> {
    if let Some(parent) = &message.parent {
        // The newest is what is looked at.
        tx.prepare_cached("DELETE FROM choice WHERE message = ?1")?
            .execute([parent])?;
    }
    tx.prepare_cached(&format!(
        "INSERT INTO message (rowid, id, conversation, parent, role, status, model, parts, text, error, created_at, finished_at, depth)
         VALUES ({NEXT_PLACE}, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                 coalesce((SELECT depth + 1 FROM message WHERE id = ?3), 0))",
    ))?
    .execute(params![
        message.id,
        conversation,
        message.parent,
        to_word(&message.role)?,
        to_word(&message.status)?,
        message.model,
        serde_json::to_string(&message.parts)?,
        text_of(&message.parts),
        message.error.as_ref().map(serde_json::to_string).transpose()?,
        message.created_at,
        message.finished_at,
    ])?;
    Ok(())
}

pub(super) fn update_message(tx: &Transaction<'_>, message: &Message) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "UPDATE message SET status = ?2, model = ?3, parts = ?4, text = ?5, error = ?6, finished_at = ?7 WHERE id = ?1",
    )?
    .execute(params![
        message.id,
        to_word(&message.status)?,
        message.model,
        serde_json::to_string(&message.parts)?,
        text_of(&message.parts),
        message.error.as_ref().map(serde_json::to_string).transpose()?,
        message.finished_at,
    ])?;
    Ok(())
}

/// A unit variant as the word the database holds.
fn to_word<T: Serialize>(value: &T) -> Result<String, LibraryError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

fn from_word<T: for<'de> Deserialize<'de>>(word: &str) -> Result<T, LibraryError> {
    Ok(serde_json::from_value(serde_json::Value::String(
        word.to_owned(),
    ))?)
}
