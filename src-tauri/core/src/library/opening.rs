//! What opening the library does first: the schema's next steps, and the end of replies that a crash
//! cut off.

use rusqlite::{Connection, TransactionBehavior};

use super::rows::{COLUMNS, read_message, update_message};
use super::{JournalEntry, LibraryError};
use crate::message::{Message, Part};
use crate::view::{MessageStatus, ToolCallState};

/// The schema, step by step: the database's `user_version` counts the steps it has taken.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// Takes the steps of the schema that this file has not taken.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LibraryError> {
    let taken: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
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
        .map(|row| row?)
        .collect::<Result<_, LibraryError>>()?;
    for mut message in unfinished {
        let entries: Vec<String> = transaction
            .prepare_cached("SELECT entry FROM journal WHERE message = ?1 ORDER BY n")?
            .query_map([&message.id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for entry in entries {
            serde_json::from_str::<JournalEntry>(&entry)?.apply(&mut message.parts);
        }
        close_parts(&mut message.parts);
        message.status = MessageStatus::Interrupted;
        message.error = Some(crate::sentences::interrupted_by_quit(
            !message.parts.is_empty(),
        ));
        update_message(&transaction, &message)?;
        transaction.execute("DELETE FROM journal WHERE message = ?1", [&message.id])?;
    }
    transaction.commit()?;
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
