//! Deleting one message out of a path, or a message with all that follows it.
//!
//! Every message keeps what it followed when it was written: `parent`, or what `moved_message` says of
//! it, or `deleted_message.parent`. A message that is there follows the nearest of those before it that
//! is there too. So deletions can be undone in any order, and what comes of it depends only on which
//! messages are deleted.

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{MessageDeletion, Undo, insert_deletion};
use crate::library::messages::conversation_of;
use crate::library::pages::leaf_of;
use crate::library::rows::NEXT_PLACE;
use crate::library::versions::{
    choice_of, choose, end_below, parent_of, set_choice, set_leaf, versions_after,
};
use crate::library::{Library, LibraryError};
use crate::view::PageAt;

/// Where deleted messages stood.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) conversation: String,
    /// The first of them.
    pub(super) message: String,
    /// The end of the visible path.
    leaf: Option<String>,
    /// What the first of them followed, and the choice kept for it.
    choice: Option<(String, Option<String>)>,
}

impl Library {
    /// Deletes a message: with `following` all that follows it too, without it alone, and what followed
    /// it follows what is before it. If the visible path loses its end, it goes on with the version
    /// before, else with the one after, else it ends before the message.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn delete_message(
        &self,
        message: &str,
        following: bool,
        deletion: &str,
        now: i64,
    ) -> Result<MessageDeletion, LibraryError> {
        self.write(|tx| {
            let conversation = conversation_of(tx, message)?;
            let parent = parent_of(tx, message)?;
            let leaf = leaf_of(tx, &conversation)?;
            let place = Place {
                leaf: leaf.clone(),
                choice: match &parent {
                    Some(parent) => Some((parent.clone(), choice_of(tx, parent)?)),
                    None => None,
                },
                conversation: conversation.clone(),
                message: message.to_owned(),
            };
            insert_deletion(tx, deletion, &Undo::Messages(place), now)?;
            let instead = version_beside(tx, &conversation, parent.as_deref(), message)?;
            let next = match &leaf {
                Some(leaf) => next_on_path(tx, leaf, message)?,
                None => None,
            };
            let gone = if following {
                let below = below(tx, message)?;
                for id in below.iter().rev() {
                    set_aside(tx, id, deletion)?;
                }
                below.len()
            } else {
                step_over(tx, message, parent.as_deref())?;
                set_aside(tx, message, deletion)?;
                1
            };
            let is_leaf_there = match &leaf {
                Some(leaf) => is_there(tx, leaf)?,
                None => true,
            };
            let shown = if is_leaf_there { next } else { instead };
            if let (Some(parent), Some(shown)) = (&parent, &shown) {
                choose(tx, &conversation, parent, shown)?;
            }
            if !is_leaf_there {
                match &shown {
                    Some(shown) => {
                        let end = end_below(tx, &conversation, shown)?;
                        set_leaf(tx, &conversation, Some(&end))?;
                    }
                    None => set_leaf(tx, &conversation, parent.as_deref())?,
                }
            }
            Ok(MessageDeletion {
                conversation,
                messages: u32::try_from(gone).unwrap_or(u32::MAX),
                at: match parent {
                    Some(message) => PageAt::After { message },
                    None => PageAt::Start,
                },
            })
        })
    }
}

/// The version to show instead of a message.
fn version_beside(
    tx: &Transaction<'_>,
    conversation: &str,
    parent: Option<&str>,
    message: &str,
) -> Result<Option<String>, LibraryError> {
    let mut versions = versions_after(tx, conversation, parent)?;
    let Some(at) = versions.iter().position(|id| id == message) else {
        return Ok(None);
    };
    let beside = at.checked_sub(1).unwrap_or(at + 1);
    Ok((beside < versions.len()).then(|| versions.swap_remove(beside)))
}

/// What follows `message` on the path to `leaf`, if it is on it and something does.
fn next_on_path(
    tx: &Transaction<'_>,
    leaf: &str,
    message: &str,
) -> Result<Option<String>, LibraryError> {
    Ok(tx
        .prepare_cached(
            "WITH RECURSIVE path (id, parent) AS (
                 SELECT id, parent FROM message INDEXED BY message_walk WHERE id = ?1
                 UNION ALL
                 SELECT m.id, m.parent FROM path
                     JOIN message m INDEXED BY message_walk ON m.id = path.parent
             )
             SELECT id FROM path WHERE parent = ?2",
        )?
        .query_row([leaf, message], |row| row.get(0))
        .optional()?)
}

/// A message and all that follows it, what is followed first.
fn below(tx: &Transaction<'_>, message: &str) -> Result<Vec<String>, LibraryError> {
    let mut followers = tx.prepare_cached("SELECT id FROM message WHERE parent = ?1")?;
    let mut ids = vec![message.to_owned()];
    let mut next = 0;
    while let Some(id) = ids.get(next) {
        let more: Vec<String> = followers
            .query_map([id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        ids.extend(more);
        next += 1;
    }
    Ok(ids)
}

/// Lets what follows a message follow what is before it.
fn step_over(
    tx: &Transaction<'_>,
    message: &str,
    parent: Option<&str>,
) -> Result<(), LibraryError> {
    let followers: Vec<String> = tx
        .prepare_cached("SELECT id FROM message WHERE parent = ?1")?
        .query_map([message], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in followers {
        // One that was moved before keeps what it followed at first.
        tx.prepare_cached(
            "INSERT OR IGNORE INTO moved_message (id, conversation, parent)
             SELECT id, conversation, parent FROM message WHERE id = ?1",
        )?
        .execute([&id])?;
        tx.prepare_cached("UPDATE message SET parent = ?2 WHERE id = ?1")?
            .execute(params![id, parent])?;
        set_depths(tx, &id)?;
    }
    Ok(())
}

/// Takes a message that nothing follows out of the way.
fn set_aside(tx: &Transaction<'_>, message: &str, deletion: &str) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "INSERT INTO deleted_message (id, conversation, parent, role, status, model, parts, text,
                                      error, created_at, finished_at, depth, deletion, place)
         SELECT id, conversation,
                coalesce((SELECT moved.parent FROM moved_message moved WHERE moved.id = message.id), parent),
                role, status, model, parts, text, error, created_at, finished_at, depth, ?2, rowid
         FROM message WHERE id = ?1",
    )?
    .execute([message, deletion])?;
    tx.prepare_cached("DELETE FROM message WHERE id = ?1")?
        .execute([message])?;
    Ok(())
}

/// Puts the messages of a deletion back.
pub(super) fn restore(
    tx: &Transaction<'_>,
    deletion: &str,
    place: &Place,
) -> Result<(), LibraryError> {
    let leaf = leaf_of(tx, &place.conversation)?;
    let back: Vec<(String, Option<String>)> = tx
        .prepare_cached(
            "SELECT id, parent FROM deleted_message WHERE deletion = ?1 ORDER BY place",
        )?
        .query_map([deletion], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    // What they follow is told once all are there.
    let mut insert = tx.prepare_cached(&format!(
        "INSERT INTO message (rowid, id, conversation, parent, role, status, model, parts, text,
                              error, created_at, finished_at, depth)
         SELECT iif(EXISTS (SELECT 1 FROM message WHERE rowid = place), {NEXT_PLACE}, place),
                id, conversation, NULL, role, status, model, parts, text, error, created_at,
                finished_at, depth
         FROM deleted_message WHERE id = ?1"
    ))?;
    for (id, _) in &back {
        insert.execute([id])?;
    }
    tx.execute(
        "DELETE FROM deleted_message WHERE deletion = ?1",
        [deletion],
    )?;
    for (id, followed) in &back {
        follow(tx, &place.conversation, id, followed.as_deref())?;
    }
    let moved: Vec<(String, String)> = tx
        .prepare_cached("SELECT id, parent FROM moved_message WHERE conversation = ?1")?
        .query_map([&place.conversation], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, followed) in &moved {
        follow(tx, &place.conversation, id, Some(followed))?;
    }
    // All that moved follows one of these: of one deletion, only the first follows what was there.
    set_depths(tx, &place.message)?;
    if let Some((parent, choice)) = &place.choice {
        set_choice(tx, parent, choice.as_deref())?;
    }
    let shows = match &leaf {
        Some(leaf) => leaf == &place.message || next_on_path(tx, leaf, &place.message)?.is_some(),
        None => false,
    };
    let end = match (leaf, &place.leaf) {
        (Some(leaf), _) if shows => leaf,
        (_, Some(leaf)) if is_there(tx, leaf)? => leaf.clone(),
        _ => place.message.clone(),
    };
    let end = end_below(tx, &place.conversation, &end)?;
    set_leaf(tx, &place.conversation, Some(&end))
}

/// Lets a message follow `followed`, or the nearest before that which is there.
fn follow(
    tx: &Transaction<'_>,
    conversation: &str,
    id: &str,
    followed: Option<&str>,
) -> Result<(), LibraryError> {
    let mut parent = followed.map(str::to_owned);
    while let Some(before) = &parent
        && !is_there(tx, before)?
    {
        parent = tx
            .prepare_cached("SELECT parent FROM deleted_message WHERE id = ?1")?
            .query_row([before], |row| row.get(0))
            .optional()?
            .flatten();
    }
    tx.prepare_cached("UPDATE message SET parent = ?2 WHERE id = ?1 AND parent IS NOT ?2")?
        .execute(params![id, parent])?;
    match followed {
        Some(followed) if parent.as_deref() != Some(followed) => tx
            .prepare_cached(
                "INSERT OR IGNORE INTO moved_message (id, conversation, parent) VALUES (?1, ?2, ?3)",
            )?
            .execute([id, conversation, followed])?,
        _ => tx
            .prepare_cached("DELETE FROM moved_message WHERE id = ?1")?
            .execute([id])?,
    };
    Ok(())
}

fn is_there(tx: &Transaction<'_>, message: &str) -> Result<bool, LibraryError> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1)")?
        .query_row([message], |row| row.get(0))?)
}

/// Counts anew how deep a message is, and all that follows it. Rows are large; those that are right
/// already are not written.
fn set_depths(tx: &Transaction<'_>, top: &str) -> Result<(), LibraryError> {
    let placed: Vec<(String, i64)> = tx
        .prepare_cached(
            "WITH RECURSIVE placed (id, depth) AS (
                 SELECT m.id, coalesce((SELECT p.depth + 1 FROM message p INDEXED BY message_walk
                                        WHERE p.id = m.parent), 0)
                     FROM message m INDEXED BY message_walk WHERE m.id = ?1
                 UNION ALL
                 SELECT m.id, placed.depth + 1 FROM placed
                     CROSS JOIN message m INDEXED BY message_by_parent ON m.parent = placed.id
             )
             SELECT id, depth FROM placed",
        )?
        .query_map([top], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut set =
        tx.prepare_cached("UPDATE message SET depth = ?2 WHERE id = ?1 AND depth <> ?2")?;
    for (id, depth) in placed {
        set.execute(params![id, depth])?;
    }
    Ok(())
}
