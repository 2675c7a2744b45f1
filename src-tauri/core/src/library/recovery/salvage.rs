//! What can still be read of a damaged library, row by row, brought into a sound one.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};
use serde::de::IgnoredAny;

use super::super::LibraryError;
use super::super::backup::reading;
use crate::message::Part;
use crate::view::{MessageStatus, Role};

/// Walks begun at most in one table: each damaged page takes a few.
const WALKS: u32 = 20_000;

/// What came of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Salvaged {
    /// Rows read.
    pub(super) rows: u64,
    /// Every table could be read from one end to the other.
    pub(super) is_whole: bool,
}

/// Brings every row of the library at `damaged` that can be read into `into`, which has the present
/// schema and holds an older state of the same library, or nothing.
///
/// # Errors
/// When `into` fails. That `damaged` does is expected.
pub(super) fn salvage(damaged: &Path, into: &mut Connection) -> Result<Salvaged, LibraryError> {
    let mut salvaged = Salvaged::default();
    let Ok(from) = Connection::open_with_flags(damaged, reading()) else {
        return Ok(salvaged);
    };
    // What belongs together comes table by table, and is put in order at the end.
    into.pragma_update(None, "foreign_keys", false)?;
    let tx = into.transaction()?;
    let tables: Vec<(String, bool)> = tx
        .prepare(
            "SELECT name, wr FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    salvaged.is_whole = true;
    let mut knows_conversations = false;
    for (name, has_no_rowid) in tables {
        let Some(table) = Table::of(&name, has_no_rowid, &from, &tx) else {
            salvaged.is_whole = false;
            continue;
        };
        let outcome = table.bring(&from, &tx)?;
        salvaged.rows += outcome.rows;
        salvaged.is_whole &= outcome.is_whole;
        knows_conversations |= name == "conversation" && outcome.is_whole;
    }
    if knows_conversations {
        // Messages of a conversation that is not there are a deleted one's, out of the backup.
        tx.execute_batch(
            "DELETE FROM message WHERE conversation NOT IN (SELECT id FROM conversation)",
        )?;
    }
    put_in_order(&tx)?;
    tx.commit()?;
    rebuild_indexes(into)?;
    into.pragma_update(None, "foreign_keys", true)?;
    Ok(salvaged)
}

/// A table that both files have.
struct Table<'a> {
    name: &'a str,
    columns: Vec<String>,
    /// The primary key's.
    key: Vec<String>,
    has_no_rowid: bool,
}

impl<'a> Table<'a> {
    /// The table, with the columns that both have; `None` if the damaged file does not say.
    fn of(name: &'a str, has_no_rowid: bool, from: &Connection, into: &Connection) -> Option<Self> {
        let before = columns(from, name).ok()?;
        let now = columns(into, name).ok()?;
        let columns: Vec<(String, u32)> = now
            .into_iter()
            .filter(|(column, _)| before.iter().any(|(other, _)| other == column))
            .collect();
        let key = columns
            .iter()
            .filter(|(_, place)| *place > 0)
            .map(|(column, _)| column.clone())
            .collect();
        (!columns.is_empty()).then(|| Self {
            name,
            columns: columns.into_iter().map(|(column, _)| column).collect(),
            key,
            has_no_rowid,
        })
    }

    fn bring(&self, from: &Connection, tx: &Transaction<'_>) -> Result<Salvaged, LibraryError> {
        let mut rows = 0;
        if self.has_no_rowid {
            let is_whole = self.both_ways(from, tx, &mut rows)?;
            return Ok(Salvaged { rows, is_whole });
        }
        tx.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS seen (row INTEGER PRIMARY KEY); DELETE FROM temp.seen;",
        )?;
        let highest = from
            .query_row(
                &format!("SELECT coalesce(max(rowid), 0) FROM {}", quoted(self.name)),
                [],
                |row| row.get(0),
            )
            .unwrap_or(i64::MAX);
        let mut walks = 0;
        let mut is_whole = self.range(from, tx, 0, highest, &mut walks, &mut rows)?;
        // The index counts what the table should have.
        let counted = from.query_row(
            &format!("SELECT count(*) FROM {}", quoted(self.name)),
            [],
            |row| row.get::<_, i64>(0),
        );
        is_whole &= counted.is_ok_and(|counted| u64::try_from(counted) == Ok(rows));
        if is_whole {
            // What the backup has and a table without damage does not, the user deleted.
            tx.execute(
                &format!(
                    "DELETE FROM {} WHERE rowid NOT IN (SELECT row FROM temp.seen)",
                    quoted(self.name)
                ),
                [],
            )?;
        }
        Ok(Salvaged { rows, is_whole })
    }

    /// Brings the rows from `low` to `high`: upwards until the first that cannot be read, downwards
    /// likewise, and then the halves of what is left between.
    fn range(
        &self,
        from: &Connection,
        tx: &Transaction<'_>,
        low: i64,
        high: i64,
        walks: &mut u32,
        rows: &mut u64,
    ) -> Result<bool, LibraryError> {
        let mut ranges = vec![(low, high)];
        let mut is_whole = true;
        while let Some((low, high)) = ranges.pop() {
            if low > high {
                continue;
            }
            if *walks >= WALKS {
                return Ok(false);
            }
            *walks += 2;
            let Some(broken) = self.walk(from, tx, (low, high), true, rows)? else {
                continue;
            };
            is_whole = false;
            let Some(broken_below) = self.walk(from, tx, (broken, high), false, rows)? else {
                continue;
            };
            if broken < broken_below {
                let middle = broken + (broken_below - broken) / 2;
                ranges.push((broken, middle));
                ranges.push((middle + 1, broken_below));
            }
        }
        Ok(is_whole)
    }

    /// One walk. Answers with the first row number that it could not get past, if there is one.
    fn walk(
        &self,
        from: &Connection,
        tx: &Transaction<'_>,
        (low, high): (i64, i64),
        upwards: bool,
        rows: &mut u64,
    ) -> Result<Option<i64>, LibraryError> {
        let direction = if upwards { "ASC" } else { "DESC" };
        let mut next = if upwards { low } else { high };
        let statement = from.prepare(&format!(
            "SELECT rowid, {} FROM {} WHERE rowid BETWEEN ?1 AND ?2 ORDER BY rowid {direction}",
            list(&self.columns),
            quoted(self.name)
        ));
        let Ok(mut statement) = statement else {
            return Ok(Some(next));
        };
        let Ok(mut found) = statement.query([low, high]) else {
            return Ok(Some(next));
        };
        loop {
            let row = match found.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(None),
                Err(_) => return Ok(Some(next)),
            };
            let Ok(number) = row.get::<_, i64>(0) else {
                return Ok(Some(next));
            };
            // A row out of order would make the walk go round in circles.
            if number < low
                || number > high
                || (upwards && number < next)
                || (!upwards && number > next)
            {
                return Ok(Some(next));
            }
            next = if upwards { number + 1 } else { number - 1 };
            if let Some(values) = self.values(row, 1) {
                self.put(tx, Some(number), &values)?;
                tx.prepare_cached("INSERT OR IGNORE INTO temp.seen (row) VALUES (?1)")?
                    .execute([number])?;
                *rows += 1;
            }
            if next < low || next > high {
                return Ok(None);
            }
        }
    }

    /// A table without row numbers is walked from both ends.
    fn both_ways(
        &self,
        from: &Connection,
        tx: &Transaction<'_>,
        rows: &mut u64,
    ) -> Result<bool, LibraryError> {
        for direction in ["ASC", "DESC"] {
            let order: Vec<String> = self
                .key
                .iter()
                .map(|column| format!("{} {direction}", quoted(column)))
                .collect();
            let statement = from.prepare(&format!(
                "SELECT {} FROM {} ORDER BY {}",
                list(&self.columns),
                quoted(self.name),
                order.join(", ")
            ));
            let Ok(mut statement) = statement else {
                return Ok(false);
            };
            let Ok(mut found) = statement.query([]) else {
                return Ok(false);
            };
            loop {
                match found.next() {
                    Ok(Some(row)) => {
                        if let Some(values) = self.values(row, 0) {
                            self.put(tx, None, &values)?;
                            *rows += 1;
                        }
                    }
                    Ok(None) => return Ok(direction == "ASC"),
                    Err(_) => break,
                }
            }
        }
        Ok(false)
    }

    /// The row's values from `first` on, if all of them make sense.
    fn values(&self, row: &rusqlite::Row<'_>, first: usize) -> Option<Vec<Value>> {
        let values: Vec<Value> = (0..self.columns.len())
            .map(|index| row.get(first + index).ok())
            .collect::<Option<_>>()?;
        let make_sense = self
            .columns
            .iter()
            .zip(&values)
            .all(|(column, value)| makes_sense(column, value));
        make_sense.then_some(values)
    }

    /// The row takes the place of the older one, or is added where it was.
    fn put(
        &self,
        tx: &Transaction<'_>,
        number: Option<i64>,
        values: &[Value],
    ) -> Result<(), LibraryError> {
        let name = quoted(self.name);
        let columns = list(&self.columns);
        let places: Vec<String> = (1..=values.len())
            .map(|place| format!("?{place}"))
            .collect();
        let places = places.join(", ");
        let Some(number) = number else {
            tx.prepare_cached(&format!(
                "INSERT OR REPLACE INTO {name} ({columns}) VALUES ({places})"
            ))?
            .execute(params_from_iter(values))?;
            return Ok(());
        };
        // Not `INSERT OR REPLACE`: it would pass by the triggers that keep the words findable.
        let settings: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| format!("{} = ?{}", quoted(column), index + 1))
            .collect();
        let same: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| self.key.contains(column))
            .map(|(index, column)| format!("{} = ?{}", quoted(column), index + 1))
            .collect();
        if !same.is_empty() {
            let changed = tx
                .prepare_cached(&format!(
                    "UPDATE OR IGNORE {name} SET {} WHERE {}",
                    settings.join(", "),
                    same.join(" AND ")
                ))?
                .execute(params_from_iter(values))?;
            if changed > 0 {
                return Ok(());
            }
        }
        let with_number = values.iter().cloned().chain([Value::Integer(number)]);
        let added = tx
            .prepare_cached(&format!(
                "INSERT OR IGNORE INTO {name} ({columns}, rowid) VALUES ({places}, ?{})",
                values.len() + 1
            ))?
            .execute(params_from_iter(with_number))?;
        if added == 0 {
            tx.prepare_cached(&format!(
                "INSERT OR IGNORE INTO {name} ({columns}) VALUES ({places})"
            ))?
            .execute(params_from_iter(values))?;
        }
        Ok(())
    }
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, u32)>> {
    connection
        .prepare("SELECT name, pk FROM pragma_table_info(?1)")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// What a page that was written over may hold instead of a value is not brought along.
fn makes_sense(column: &str, value: &Value) -> bool {
    let Value::Text(text) = value else {
        return true;
    };
    let word = || serde_json::Value::String(text.clone());
    match column {
        "role" => serde_json::from_value::<Role>(word()).is_ok(),
        "status" => serde_json::from_value::<MessageStatus>(word()).is_ok(),
        "parts" => serde_json::from_str::<Vec<Part>>(text).is_ok(),
        "error" | "entry" | "undo" => serde_json::from_str::<IgnoredAny>(text).is_ok(),
        _ => true,
    }
}

/// Makes of what was brought together what the app expects: every message in a conversation and on a
/// path, every path with an end, and nothing that refers to what is not there.
fn put_in_order(tx: &Transaction<'_>) -> Result<(), LibraryError> {
    tx.execute_batch(
        "INSERT INTO conversation (id, title, created_at, updated_at)
             SELECT conversation, 'Recovered conversation', min(created_at), max(created_at) FROM message
             WHERE conversation NOT IN (SELECT id FROM conversation) GROUP BY conversation;
         -- What it followed is lost: it follows what was written before it.
         UPDATE message SET parent =
             (SELECT earlier.id FROM message earlier
              WHERE earlier.conversation = message.conversation AND earlier.rowid < message.rowid
              ORDER BY earlier.rowid DESC LIMIT 1)
             WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM message);
         WITH RECURSIVE placed (id, depth) AS (
             SELECT id, 0 FROM message WHERE parent IS NULL
             UNION ALL
             SELECT m.id, placed.depth + 1 FROM placed JOIN message m ON m.parent = placed.id
         )
         UPDATE message SET depth = placed.depth FROM placed
             WHERE placed.id = message.id AND placed.depth <> message.depth;
         UPDATE conversation SET leaf =
             (SELECT id FROM message WHERE conversation = conversation.id ORDER BY message.rowid DESC LIMIT 1)
             WHERE leaf IS NULL OR leaf NOT IN (SELECT id FROM message);
         UPDATE conversation SET folder = NULL WHERE folder NOT IN (SELECT id FROM folder);
         UPDATE conversation SET deletion = NULL WHERE deletion NOT IN (SELECT id FROM deletion);
         DELETE FROM journal
             WHERE message NOT IN (SELECT id FROM message WHERE status = 'streaming');",
    )?;
    let astray: Vec<(String, i64)> = tx
        .prepare("SELECT \"table\", rowid FROM pragma_foreign_key_check WHERE rowid IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (table, number) in astray {
        tx.execute(
            &format!("DELETE FROM {} WHERE rowid = ?1", quoted(&table)),
            [number],
        )?;
    }
    Ok(())
}

/// Words are indexed anew, in the background of the next run: rows may have other numbers than in the backup.
fn rebuild_indexes(connection: &Connection) -> Result<(), LibraryError> {
    connection.execute_batch(
        "INSERT INTO message_index (message_index) VALUES ('delete-all');
         INSERT INTO title_index (title_index) VALUES ('delete-all');
         DELETE FROM index_due;
         UPDATE index_progress SET up_to = (SELECT coalesce(max(rowid), 0) FROM message);
         INSERT OR IGNORE INTO title_due SELECT rowid FROM conversation;",
    )?;
    Ok(())
}

fn list(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    quoted.join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
