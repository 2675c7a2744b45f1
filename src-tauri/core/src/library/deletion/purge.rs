//! Carrying out for good what can no longer be undone, in steps so small that nothing waits for them.

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::library::{Library, LibraryError};

/// Messages one step removes at most.
const STEP: usize = 64;

impl Library {
    /// Takes a step of carrying out deletions made before `before`. `false` when none is left.
    ///
    /// # Errors
    /// When the database fails; the step is not taken then.
    pub fn purge_step(&self, before: i64) -> Result<bool, LibraryError> {
        self.write(|tx| {
            let Some(deletion) = tx
                .query_row(
                    "SELECT id FROM deletion WHERE final OR at < ?1 ORDER BY final DESC, at LIMIT 1",
                    [before],
                    |row| row.get::<_, String>(0),
                )
                .optional()?
            else {
                return Ok(false);
            };
            tx.execute(
                "UPDATE deletion SET final = 1 WHERE id = ?1 AND NOT final",
                [&deletion],
            )?;
            let conversation: Option<String> = tx
                .query_row(
                    "SELECT id FROM conversation WHERE deletion = ?1 LIMIT 1",
                    [&deletion],
                    |row| row.get(0),
                )
                .optional()?;
            match conversation {
                Some(conversation) => purge_conversation(tx, &conversation)?,
                None => purge_messages(tx, &deletion)?,
            }
            Ok(true)
        })
    }
}

fn purge_conversation(tx: &Transaction<'_>, conversation: &str) -> Result<(), LibraryError> {
    // The newest first: what follows a message goes with it, and that would nest as deep as the path is
    // long, which SQLite refuses.
    let rows: Vec<(i64, String)> = tx
        .prepare_cached(
            "SELECT rowid, id FROM message WHERE conversation = ?1 ORDER BY rowid DESC LIMIT ?2",
        )?
        .query_map(params![conversation, limit(STEP)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    for (row, id) in &rows {
        tx.prepare_cached("DELETE FROM message WHERE rowid = ?1")?
            .execute([row])?;
        forget_choice(tx, id)?;
    }
    let left = STEP - rows.len();
    let aside: Vec<String> = tx
        .prepare_cached("SELECT id FROM deleted_message WHERE conversation = ?1 LIMIT ?2")?
        .query_map(params![conversation, limit(left)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &aside {
        tx.prepare_cached("DELETE FROM deleted_message WHERE id = ?1")?
            .execute([id])?;
        forget_choice(tx, id)?;
    }
    if rows.len() + aside.len() < STEP {
        tx.execute("DELETE FROM conversation WHERE id = ?1", [conversation])?;
    }
    Ok(())
}

fn purge_messages(tx: &Transaction<'_>, deletion: &str) -> Result<(), LibraryError> {
    let rows: Vec<(String, Option<String>)> = tx
        .prepare_cached("SELECT id, parent FROM deleted_message WHERE deletion = ?1 LIMIT ?2")?
        .query_map(params![deletion, limit(STEP)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    for (id, parent) in &rows {
        // What was written to follow it was written to follow what is before it, from now on.
        tx.prepare_cached("UPDATE deleted_message SET parent = ?2 WHERE parent = ?1")?
            .execute(params![id, parent])?;
        tx.prepare_cached(
            "DELETE FROM moved_message WHERE parent = ?1
                 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM message WHERE id = ?2))",
        )?
        .execute(params![id, parent])?;
        tx.prepare_cached("UPDATE moved_message SET parent = ?2 WHERE parent = ?1")?
            .execute(params![id, parent])?;
        tx.prepare_cached("DELETE FROM deleted_message WHERE id = ?1")?
            .execute([id])?;
        forget_choice(tx, id)?;
    }
    if rows.len() < STEP {
        tx.execute("DELETE FROM deletion WHERE id = ?1", [deletion])?;
    }
    Ok(())
}

fn forget_choice(tx: &Transaction<'_>, message: &str) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM choice WHERE message = ?1")?
        .execute([message])?;
    Ok(())
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
