//! The library's rows as they are taken out and brought in: whole, and a few at a time, so that the lock
//! is never held for long.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;

use super::opening::close_parts;
use super::rows::{COLUMNS, insert_message, read_message};
use super::{JournalEntry, Library, LibraryError, new_id};
use crate::message::Message;
use crate::view::MessageStatus;

/// What a conversation that is being brought in is marked with until it is whole: it counts as deleted,
/// and goes with the deleted ones if the app ends before.
const UNFINISHED: &str = "import-";
/// Messages removed at once: what follows a message goes with it, and SQLite nests that at most a
/// thousand deep.
const REMOVED: u32 = 200;

/// A conversation's row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationRow {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who gave it: `app`, `model` or `user`.
    pub titled_by: String,
    /// The model chosen in it.
    pub model: Option<String>,
    /// Whether tools are offered in it, if it chooses.
    pub tools: Option<bool>,
    /// It stands on top of the list.
    pub pinned: bool,
    /// It is out of the list.
    pub archived: bool,
    /// The folder it is in.
    pub folder: Option<String>,
    /// When it was begun.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// The unsent text.
    pub draft: String,
    /// The last message of the visible path.
    pub leaf: Option<String>,
}

/// What [`conversation_row`] reads.
const CONVERSATION: &str = "id, title, titled_by, model, tools, pinned, archived, folder, created_at, updated_at, draft, leaf";

fn conversation_row(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    Ok(ConversationRow {
        id: row.get(0)?,
        title: row.get(1)?,
        titled_by: row.get(2)?,
        model: row.get(3)?,
        tools: row.get(4)?,
        pinned: row.get(5)?,
        archived: row.get(6)?,
        folder: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        draft: row.get(10)?,
        leaf: row.get(11)?,
    })
}

/// A folder's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FolderRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: i64,
}

/// A message that was asked for: its id, and what its row holds as far as that can be read.
#[derive(Debug)]
pub struct StoredMessage {
    /// Where it stands among all.
    pub row: i64,
    /// Its id.
    pub id: String,
    /// The message, or why it cannot be read.
    pub message: Result<Message, LibraryError>,
    /// Which version it is, from 1.
    pub version: u32,
    /// Of how many.
    pub versions: u32,
}

/// What the library has under an id that is to be brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Absent,
    /// A conversation, of so many messages.
    Kept(u32),
    /// One that was deleted and can be brought back, of so many messages.
    Deleted(u32),
}

impl Library {
    /// How many messages these conversations have, or all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn message_count(&self, conversations: Option<&[String]>) -> Result<u64, LibraryError> {
        let connection = self.lock();
        let Some(ids) = conversations else {
            let count: u32 = connection.query_row(
                "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation
                 WHERE c.deletion IS NULL",
                [],
                |row| row.get(0),
            )?;
            return Ok(count.into());
        };
        let mut count =
            connection.prepare_cached("SELECT count(*) FROM message WHERE conversation = ?1")?;
        let mut sum = 0;
        for id in ids {
            sum += u64::from(count.query_row([id], |row| row.get::<_, u32>(0))?);
        }
        Ok(sum)
    }

    /// The conversation whose row comes first after `row`, and where that is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn conversation_after(
        &self,
        row: i64,
    ) -> Result<Option<(i64, ConversationRow)>, LibraryError> {
        Ok(self
            .lock()
            .prepare_cached(&format!(
                "SELECT {CONVERSATION}, rowid FROM conversation
                 WHERE rowid > ?1 AND deletion IS NULL ORDER BY rowid LIMIT 1"
            ))?
            .query_row([row], |row| Ok((row.get(12)?, conversation_row(row)?)))
            .optional()?)
    }

    /// A conversation's row; `None` if there is none, or it was deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn conversation_row(&self, id: &str) -> Result<Option<ConversationRow>, LibraryError> {
        Ok(self
            .lock()
            .prepare_cached(&format!(
                "SELECT {CONVERSATION} FROM conversation WHERE id = ?1 AND deletion IS NULL"
            ))?
            .query_row([id], conversation_row)
            .optional()?)
    }

    /// The folders, in the order they were made.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folder_rows(&self) -> Result<Vec<FolderRow>, LibraryError> {
        let connection = self.lock();
        let mut folders =
            connection.prepare_cached("SELECT id, name, created_at FROM folder ORDER BY rowid")?;
        let rows = folders.query_map([], |row| {
            Ok(FolderRow {
                id: row.get(0)?,
                name: row.get(1)?,
                created_at: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The next messages of a conversation after `row`, of all branches, in the order of their rows. Of
    /// one that is being written, what has arrived.
    ///
    /// # Errors
    /// When the database fails; a single row that cannot be read is no error.
    pub fn messages_after(
        &self,
        conversation: &str,
        row: i64,
        count: u32,
    ) -> Result<Vec<StoredMessage>, LibraryError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, m.rowid, 1, 1 FROM message m
             WHERE m.conversation = ?1 AND m.rowid > ?2 ORDER BY m.rowid LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![conversation, row, count], stored_message)?;
        let mut messages = rows.collect::<Result<Vec<_>, _>>()?;
        for stored in &mut messages {
            with_journal(&connection, stored)?;
        }
        Ok(messages)
    }

    /// The ids of the visible path, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn visible_ids(&self, conversation: &str) -> Result<Vec<String>, LibraryError> {
        let connection = self.lock();
        let mut walk = connection.prepare_cached(
            "WITH RECURSIVE path (id, parent, depth) AS (
                 SELECT id, parent, depth FROM message INDEXED BY message_walk
                     WHERE id = (SELECT leaf FROM conversation WHERE id = ?1)
                 UNION ALL
                 SELECT m.id, m.parent, m.depth FROM path
                     JOIN message m INDEXED BY message_walk ON m.id = path.parent
             )
             SELECT id FROM path ORDER BY depth",
        )?;
        let ids = walk.query_map([conversation], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// These messages, with their versions; one that is gone is left out.
    ///
    /// # Errors
    /// As with [`Library::messages_after`].
    pub fn messages_by_id(&self, ids: &[String]) -> Result<Vec<StoredMessage>, LibraryError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, m.rowid,
                 (SELECT count(*) FROM message v
                  WHERE v.conversation = m.conversation AND v.parent IS m.parent AND v.rowid <= m.rowid),
                 (SELECT count(*) FROM message v
                  WHERE v.conversation = m.conversation AND v.parent IS m.parent)
             FROM message m WHERE m.id = ?1"
        ))?;
        let mut messages = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(mut stored) = statement.query_row([id], stored_message).optional()? {
                with_journal(&connection, &mut stored)?;
                messages.push(stored);
            }
        }
        Ok(messages)
    }

    // Bringing in

    /// Adds a folder, unless its id is there; answers whether it was added.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_folder_row(&self, folder: &FolderRow) -> Result<bool, LibraryError> {
        let added = self.lock().execute(
            "INSERT INTO folder (id, name, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
            params![folder.id, folder.name, folder.created_at],
        )?;
        Ok(added > 0)
    }

    /// What there is under a conversation's id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn standing(&self, conversation: &str) -> Result<Standing, LibraryError> {
        let found = self
            .lock()
            .prepare_cached(
                "SELECT deletion IS NOT NULL, (SELECT count(*) FROM message WHERE conversation = c.id)
                 FROM conversation c WHERE id = ?1",
            )?
            .query_row([conversation], |row| {
                Ok((row.get::<_, bool>(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(match found {
            None => Standing::Absent,
            Some((false, messages)) => Standing::Kept(messages),
            Some((true, messages)) => Standing::Deleted(messages),
        })
    }

    /// Whether any of these messages is there, in whatever conversation, deleted ones included.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_any_message(&self, ids: &[String]) -> Result<bool, LibraryError> {
        let connection = self.lock();
        let mut is_there = connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1)
                 OR EXISTS (SELECT 1 FROM deleted_message WHERE id = ?1)",
        )?;
        for id in ids {
            if is_there.query_row([id], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all these messages are in the conversation just so.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_these_messages(
        &self,
        conversation: &str,
        messages: &[Message],
    ) -> Result<bool, LibraryError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM message m WHERE id = ?1 AND conversation = ?2"
        ))?;
        for message in messages {
            let kept = statement
                .query_row([message.id.as_str(), conversation], |row| {
                    Ok(read_message(row))
                })
                .optional()?;
            if !matches!(kept, Some(Ok(kept)) if kept == *message) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds a conversation with all its messages, each of which comes after what it follows.
    ///
    /// # Errors
    /// When the database fails; nothing is added then.
    pub fn add_rows(
        &self,
        conversation: &ConversationRow,
        messages: &[Message],
    ) -> Result<(), LibraryError> {
        self.write(|tx| {
            insert_conversation(tx, conversation, None)?;
            for message in messages {
                insert_message(tx, &conversation.id, message)?;
            }
            Ok(())
        })
    }

    /// Begins to add a conversation: it is out of sight until [`Library::end_adding`]. Answers with the
    /// mark it goes by until then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_adding(
        &self,
        conversation: &ConversationRow,
        now: i64,
    ) -> Result<String, LibraryError> {
        let mark = format!("{UNFINISHED}{}", new_id());
        self.write(|tx| {
            tx.execute(
                "INSERT INTO deletion (id, at, undo) VALUES (?1, ?2, '{}')",
                params![mark, now],
            )?;
            insert_conversation(tx, conversation, Some(&mark))
        })?;
        Ok(mark)
    }

    /// Adds messages to a conversation that is being added.
    ///
    /// # Errors
    /// When the database fails; none of these are added then.
    pub fn add_more(&self, conversation: &str, messages: &[Message]) -> Result<(), LibraryError> {
        self.write(|tx| {
            for message in messages {
                insert_message(tx, conversation, message)?;
            }
            Ok(())
        })
    }

    /// Brings a conversation that was added in pieces to sight.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_adding(&self, conversation: &str, mark: &str) -> Result<(), LibraryError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE conversation SET deletion = NULL WHERE id = ?1",
                [conversation],
            )?;
            tx.execute("DELETE FROM deletion WHERE id = ?1", [mark])?;
            Ok(())
        })
    }

    /// Removes what was begun to be added and will not be ended, a few rows at a time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drop_unfinished(&self) -> Result<(), LibraryError> {
        loop {
            let unfinished: Option<(String, String)> = self
                .lock()
                .prepare_cached(
                    "SELECT id, deletion FROM conversation WHERE deletion GLOB ?1 LIMIT 1",
                )?
                .query_row([format!("{UNFINISHED}*")], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let Some((conversation, mark)) = unfinished else {
                return Ok(());
            };
            // The newest first: what follows a message is newer.
            while self.write(|tx| {
                Ok(tx.execute(
                    "DELETE FROM message WHERE rowid IN (
                         SELECT rowid FROM message WHERE conversation = ?1 ORDER BY rowid DESC LIMIT ?2)",
                    params![conversation, REMOVED],
                )? > 0)
            })? {}
            self.write(|tx| {
                tx.execute("DELETE FROM conversation WHERE id = ?1", [&conversation])?;
                tx.execute("DELETE FROM deletion WHERE id = ?1", [&mark])?;
                Ok(())
            })?;
        }
    }

    /// Brings back a deleted conversation whose messages are all there, as `row` says it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn bring_back(&self, row: &ConversationRow) -> Result<(), LibraryError> {
        self.write(|tx| {
            tx.execute(
            "UPDATE conversation SET deletion = NULL, title = ?2, titled_by = ?3, model = ?4, tools = ?5,
                 pinned = ?6, archived = ?7, folder = ?8, created_at = ?9, updated_at = ?10, draft = ?11, leaf = ?12
             WHERE id = ?1",
            params![
                row.id,
                row.title,
                row.titled_by,
                row.model,
                row.tools,
                row.pinned,
                row.archived,
                row.folder,
                row.created_at,
                row.updated_at,
                row.draft,
                row.leaf,
            ],
        )?;
            Ok(())
        })
    }
}

fn insert_conversation(
    tx: &Transaction<'_>,
    row: &ConversationRow,
    deletion: Option<&str>,
) -> Result<(), LibraryError> {
    tx.prepare_cached(&format!(
        "INSERT INTO conversation ({CONVERSATION}, deletion)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    ))?
    .execute(params![
        row.id,
        row.title,
        row.titled_by,
        row.model,
        row.tools,
        row.pinned,
        row.archived,
        row.folder,
        row.created_at,
        row.updated_at,
        row.draft,
        row.leaf,
        deletion,
    ])?;
    Ok(())
}

fn stored_message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    Ok(StoredMessage {
        id: row.get(0)?,
        row: row.get(9)?,
        version: row.get(10)?,
        versions: row.get(11)?,
        message: read_message(row),
    })
}

/// Of a reply that is being written, the row holds only the beginning. What is taken out is what has
/// arrived: a reply that will not go on.
fn with_journal(
    connection: &rusqlite::Connection,
    stored: &mut StoredMessage,
) -> Result<(), LibraryError> {
    let Ok(message) = &mut stored.message else {
        return Ok(());
    };
    if message.status != MessageStatus::Streaming {
        return Ok(());
    }
    let mut statement =
        connection.prepare_cached("SELECT entry FROM journal WHERE message = ?1 ORDER BY n")?;
    let entries = statement.query_map([&message.id], |row| row.get::<_, String>(0))?;
    for entry in entries {
        serde_json::from_str::<JournalEntry>(&entry?)?.apply(&mut message.parts);
    }
    end_unfinished(message);
    Ok(())
}

/// A reply that nobody is writing any more is an interrupted one.
pub fn end_unfinished(message: &mut Message) {
    close_parts(&mut message.parts);
    if message.status == MessageStatus::Streaming {
        message.status = MessageStatus::Interrupted;
        message.error = Some(crate::sentences::interrupted());
    }
}

#[cfg(test)]
#[expect(
    clippy::expect_used,
    reason = "a failed expectation is the test's failure"
)]
impl Library {
    /// Every row of every table, in order, as text.
    pub(crate) fn every_row(&self) -> Vec<String> {
        use rusqlite::types::Value;
        let connection = self.lock();
        let mut rows = Vec::new();
        for (table, order) in [
            ("conversation", "rowid"),
            ("message", "rowid"),
            ("folder", "rowid"),
            ("deleted_message", "rowid"),
            ("deletion", "rowid"),
            ("journal", "message, n"),
            ("note", "name"),
        ] {
            let query = format!("SELECT * FROM {table} ORDER BY {order}");
            let mut statement = connection.prepare(&query).expect("there is the table");
            let columns = statement.column_count();
            let found = statement
                .query_map([], |row| {
                    (0..columns)
                        .map(|column| row.get::<_, Value>(column))
                        .collect::<Result<Vec<_>, _>>()
                })
                .expect("it can be read");
            for row in found {
                rows.push(format!("{table}: {:?}", row.expect("it can be read")));
            }
        }
        rows
    }

    /// Does something to the database that no method does.
    pub(crate) fn tamper(&self, sql: &str) {
        self.lock()
            .execute_batch(sql)
            .expect("the statement is right");
    }
}
