//! Versions: messages that follow the same one. The visible path goes through one of them.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::messages::conversation_of;
use super::{Library, LibraryError};

impl Library {
    /// Makes the version `offset` places from `message` visible, with what was looked at last of all
    /// that follows it. Answers with the conversation and that version.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when there is no such version, or when the database fails.
    pub fn select_version(
        &self,
        message: &str,
        offset: i64,
    ) -> Result<(String, String), LibraryError> {
        self.write(|tx| {
            let conversation = conversation_of(tx, message)?;
            let parent = parent_of(tx, message)?;
            let siblings = versions_after(tx, &conversation, parent.as_deref())?;
            let chosen = siblings
                .iter()
                .position(|id| id == message)
                .and_then(|place| i64::try_from(place).ok()?.checked_add(offset))
                .and_then(|place| siblings.get(usize::try_from(place).ok()?))
                .ok_or(LibraryError::Missing)?;
            if let Some(parent) = &parent {
                choose(tx, &conversation, parent, chosen)?;
            }
            let leaf = end_below(tx, &conversation, chosen)?;
            set_leaf(tx, &conversation, Some(&leaf))?;
            Ok((conversation, chosen.clone()))
        })
    }
}

/// What a message follows.
pub(super) fn parent_of(
    connection: &Connection,
    message: &str,
) -> Result<Option<String>, LibraryError> {
    connection
        .prepare_cached("SELECT parent FROM message INDEXED BY message_walk WHERE id = ?1")?
        .query_row([message], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::Missing)
}

/// The messages that follow `parent`, in order; those that begin the conversation, if it is none.
pub(super) fn versions_after(
    connection: &Connection,
    conversation: &str,
    parent: Option<&str>,
) -> Result<Vec<String>, LibraryError> {
    Ok(connection
        .prepare_cached(
            "SELECT id FROM message WHERE conversation = ?1 AND parent IS ?2 ORDER BY rowid",
        )?
        .query_map(params![conversation, parent], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// The end of the path through `message` that was looked at last.
pub(super) fn end_below(
    connection: &Connection,
    conversation: &str,
    message: &str,
) -> Result<String, LibraryError> {
    let mut chosen = connection.prepare_cached(
        "SELECT m.id FROM choice c JOIN message m INDEXED BY message_walk ON m.id = c.child
         WHERE c.message = ?1 AND m.parent = ?1",
    )?;
    let mut newest = connection.prepare_cached(
        "SELECT id FROM message WHERE conversation = ?1 AND parent = ?2 ORDER BY rowid DESC LIMIT 1",
    )?;
    let mut end = message.to_owned();
    loop {
        let next = chosen.query_row([&end], |row| row.get(0)).optional()?;
        let next = match next {
            Some(next) => Some(next),
            None => newest
                .query_row([conversation, &end], |row| row.get(0))
                .optional()?,
        };
        match next {
            Some(next) => end = next,
            None => return Ok(end),
        }
    }
}

/// Makes the path through `message` visible, and remembers it wherever it turns.
pub(super) fn show_path_through(
    tx: &Transaction<'_>,
    conversation: &str,
    message: &str,
) -> Result<(), LibraryError> {
    let mut child = message.to_owned();
    while let Some(parent) = parent_of(tx, &child)? {
        choose(tx, conversation, &parent, &child)?;
        child = parent;
    }
    let leaf = end_below(tx, conversation, message)?;
    set_leaf(tx, conversation, Some(&leaf))
}

/// Remembers which of the messages that follow `parent` is looked at.
pub(super) fn choose(
    tx: &Transaction<'_>,
    conversation: &str,
    parent: &str,
    child: &str,
) -> Result<(), LibraryError> {
    let is_newest: bool = tx
        .prepare_cached(
            "SELECT id = ?3 FROM message WHERE conversation = ?1 AND parent = ?2
             ORDER BY rowid DESC LIMIT 1",
        )?
        .query_row([conversation, parent, child], |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    set_choice(tx, parent, (!is_newest).then_some(child))
}

/// The choice kept for `parent`, if one is.
pub(super) fn choice_of(
    connection: &Connection,
    parent: &str,
) -> Result<Option<String>, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT child FROM choice WHERE message = ?1")?
        .query_row([parent], |row| row.get(0))
        .optional()?)
}

/// Keeps a choice, or none.
pub(super) fn set_choice(
    tx: &Transaction<'_>,
    parent: &str,
    child: Option<&str>,
) -> Result<(), LibraryError> {
    match child {
        Some(child) => tx
            .prepare_cached("INSERT OR REPLACE INTO choice (message, child) VALUES (?1, ?2)")?
            .execute([parent, child])?,
        None => tx
            .prepare_cached("DELETE FROM choice WHERE message = ?1")?
            .execute([parent])?,
    };
    Ok(())
}

/// Ends the visible path somewhere else; the conversation's place in the list stays.
pub(super) fn set_leaf(
    tx: &Transaction<'_>,
    conversation: &str,
    leaf: Option<&str>,
) -> Result<(), LibraryError> {
    tx.prepare_cached("UPDATE conversation SET leaf = ?2 WHERE id = ?1")?
        .execute(params![conversation, leaf])?;
    Ok(())
}
