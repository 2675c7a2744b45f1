//! What opening the library does first: the schema's next steps, and the end of replies that a crash
//! cut off.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::backup::before_migration;
use super::rows::{COLUMNS, read_message, update_message};
use super::{JournalEntry, LibraryError};
use crate::message::{Message, Part};
use crate::view::{MessageStatus, ToolCallState};

/// The schema, step by step: the database's `user_version` counts the steps it has taken.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
];

/// How many steps there are.
#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "there are few")]
pub(super) const SCHEMAS: u32 = MIGRATIONS.len() as u32;

/// How many steps of the schema a file has taken. Reads its first page, so that a file that is no database is
/// found out.
pub(super) fn schema_of(connection: &Connection) -> Result<u32, LibraryError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Makes sure that a file has the present schema.
///
/// # Errors
/// [`LibraryError::Behind`] and [`LibraryError::Newer`].
pub(super) fn check_is_current(connection: &Connection) -> Result<(), LibraryError> {
    let taken = usize::try_from(schema_of(connection)?).unwrap_or(usize::MAX);
    match taken.cmp(&MIGRATIONS.len()) {
        std::cmp::Ordering::Less => Err(LibraryError::Behind),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(LibraryError::Newer),
    }
}

/// Copies a library that has steps to take, before it takes them.
///
/// # Errors
/// When it cannot be copied: then it must not be changed.
pub(super) fn copied_if_behind(
    path: &Path,
    connection: Connection,
) -> Result<Connection, LibraryError> {
    connection.busy_timeout(super::PATIENCE)?;
    let taken = schema_of(&connection)?;
    let is_behind = taken > 0 && matches!(check_is_current(&connection), Err(LibraryError::Behind));
    let Some(data_dir) = path.parent().filter(|_| is_behind) else {
        return Ok(connection);
    };
    // The last to close it folds the log into the file.
    connection.close().map_err(|(_, error)| error)?;
    before_migration(path, data_dir, taken, crate::now())?;
    Ok(Connection::open(path)?)
}

/// Whether replies are waiting for [`recover`].
pub(super) fn has_unfinished(connection: &Connection) -> Result<bool, LibraryError> {
    Ok(connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM message WHERE status = 'streaming')",
        [],
        |row| row.get(0),
    )?)
}

/// Takes the steps of the schema that this file has not taken.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LibraryError> {
    let taken = schema_of(connection)?;
    for (step, migration) in (1_u32..).zip(MIGRATIONS).filter(|(step, _)| *step > taken) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", step)?;
        transaction.commit()?;
    }
    if usize::try_from(taken).is_ok_and(|taken| taken > MIGRATIONS.len()) {
        return Err(LibraryError::Newer);
    }
    Ok(())
}

/// What was being written when the app ended is folded together and marked interrupted.
pub(super) fn recover(connection: &mut Connection) -> Result<(), LibraryError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let unfinished: Vec<Message> = transaction
        .prepare(&format!(
            "SELECT {COLUMNS} FROM message m WHERE status = 'streaming'"
        ))?
        .query_map([], |row| Ok(read_message(row)))?
        .filter_map(|row| match row {
            Ok(Ok(message)) => Some(Ok(message)),
            // One that cannot be read does not keep the library from opening.
            Ok(Err(LibraryError::Stored(error))) => {
                log::error!("an unfinished reply cannot be read: {error}");
                None
            }
            Ok(Err(error)) => Some(Err(error)),
            Err(error) => Some(Err(error.into())),
        })
        .collect::<Result<_, LibraryError>>()?;
    for mut message in unfinished {
        fold(&transaction, &mut message)?;
        update_message(&transaction, &message)?;
        transaction.execute("DELETE FROM journal WHERE message = ?1", [&message.id])?;
    }
    transaction.commit()?;
    Ok(())
}

/// Adds to a reply that was cut off what the journal has of it.
pub(super) fn fold(connection: &Connection, message: &mut Message) -> Result<(), LibraryError> {
    let entries: Vec<String> = connection
        .prepare_cached("SELECT entry FROM journal WHERE message = ?1 ORDER BY n")?
        .query_map([&message.id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for entry in entries {
        match serde_json::from_str::<JournalEntry>(&entry) {
            Ok(entry) => entry.apply(&mut message.parts),
            Err(error) => log::error!("a journal entry cannot be read: {error}"),
        }
    }
    close_parts(&mut message.parts);
    message.status = MessageStatus::Interrupted;
    message.error = Some(crate::sentences::interrupted_by_quit(
        !message.parts.is_empty(),
    ));
    Ok(())
}

/// Thinking and tool calls that will not go on are closed as they stand.
pub(super) fn close_parts(parts: &mut [Part]) {
    for part in parts {
        match part {
            Part::Reasoning { took, .. } if took.is_none() => *took = Some(0),
            Part::Tool { call, .. } if call.state.is_open() => {
                call.state = ToolCallState::Skipped;
            }
            _ => {}
        }
    }
}
