//! Keeping the index: what changed is taken up with the change itself, what was there before in steps,
//! the newest first.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::words::{Facet, indexed};
use crate::library::LibraryError;

/// A text's bytes that are indexed; what comes after them is not found.
const TEXT_BYTES: usize = 4 << 20;
/// Days the index tells apart: from 1970 to 2149.
const DAYS: i64 = 1 << 16;
const DAY: i64 = 86_400_000;
/// Pages of the index that one step puts in order.
const ORDERED_PAGES: i64 = 200;

/// The stretch of rows a message is in: 16,384 of them.
pub(super) fn stretch_of(row: i64) -> i64 {
    row >> 14
}

/// How much is done at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portion {
    pub(super) messages: usize,
    /// Of text, as far as there is more than one message.
    pub(super) bytes: usize,
}

/// What goes with a change, so that it is found at once.
pub(super) const AT_ONCE: Portion = Portion {
    messages: 16,
    bytes: 128 << 10,
};
/// A step in the background: writers wait for it.
pub(super) const STEP: Portion = Portion {
    messages: 200,
    bytes: 512 << 10,
};

/// A message as the index needs it.
struct Entry {
    row: i64,
    conversation: i64,
    model: Option<String>,
    created_at: i64,
    text: String,
}

const ENTRY: &str = "m.rowid, (SELECT rowid FROM conversation WHERE id = m.conversation), m.model, m.created_at, m.text";

/// Takes up what changed. `true` if there is more than the portion.
pub(super) fn take_up_changes(tx: &Connection, portion: Portion) -> Result<bool, LibraryError> {
    let titles = take_up_titles(tx, portion)?;
    let most = i64::try_from(portion.messages).unwrap_or(i64::MAX);
    let due: Vec<i64> = tx
        .prepare_cached("SELECT message FROM index_due ORDER BY message DESC LIMIT ?1")?
        .query_map([most], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let more = titles || due.len() == portion.messages;
    let mut bytes = 0;
    for (n, row) in due.into_iter().enumerate() {
        let length: Option<i64> = tx
            .prepare_cached("SELECT octet_length(text) FROM message WHERE rowid = ?1")?
            .query_row([row], |row| row.get(0))
            .optional()?;
        bytes += usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX);
        if bytes > portion.bytes && (n > 0 || portion.bytes < STEP.bytes) {
            return Ok(true);
        }
        let entry = tx
            .prepare_cached(&format!("SELECT {ENTRY} FROM message m WHERE m.rowid = ?1"))?
            .query_row([row], read_entry)
            .optional()?;
        if let Some(entry) = entry {
            write_entry(tx, &entry)?;
        }
        tx.prepare_cached("DELETE FROM index_due WHERE message = ?1")?
            .execute([row])?;
    }
    Ok(more)
}

fn take_up_titles(tx: &Connection, portion: Portion) -> Result<bool, LibraryError> {
    let most = i64::try_from(portion.messages).unwrap_or(i64::MAX);
    let due: Vec<(i64, String)> = tx
        .prepare_cached(
            "SELECT d.conversation, c.title FROM title_due d JOIN conversation c ON c.rowid = d.conversation
             ORDER BY d.conversation DESC LIMIT ?1",
        )?
        .query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (row, title) in &due {
        tx.prepare_cached("INSERT OR REPLACE INTO title_index (rowid, words) VALUES (?1, ?2)")?
            .execute(params![row, indexed(&[], title)])?;
        tx.prepare_cached("DELETE FROM title_due WHERE conversation = ?1")?
            .execute([row])?;
    }
    Ok(due.len() == portion.messages)
}

/// Takes up some of what was there before the index. `true` if there is more.
pub(super) fn take_up_old(tx: &Connection, portion: Portion) -> Result<bool, LibraryError> {
    let up_to = up_to(tx)?;
    if up_to == 0 {
        return Ok(false);
    }
    let mut done_from = 1;
    {
        let mut statement = tx.prepare_cached(&format!(
            "SELECT {ENTRY} FROM message m WHERE m.rowid <= ?1 ORDER BY m.rowid DESC"
        ))?;
        let mut rows = statement.query([up_to])?;
        let (mut messages, mut bytes) = (0, 0);
        while let Some(row) = rows.next()? {
            let entry = read_entry(row)?;
            bytes += entry.text.len();
            messages += 1;
            write_entry(tx, &entry)?;
            if messages == portion.messages || bytes >= portion.bytes {
                done_from = entry.row;
                break;
            }
        }
    }
    tx.execute("UPDATE index_progress SET up_to = ?1", [done_from - 1])?;
    Ok(done_from > 1)
}

/// Puts some of the index in order, so that it is read in fewer places. `true` if there is more to do.
pub(super) fn put_in_order(tx: &Connection, begins: bool) -> Result<bool, LibraryError> {
    let before = tx.total_changes();
    let pages = if begins {
        -ORDERED_PAGES
    } else {
        ORDERED_PAGES
    };
    tx.execute(
        "INSERT INTO message_index (message_index, rank) VALUES ('merge', ?1)",
        [pages],
    )?;
    // FTS5's documentation: a difference of less than two means that there was nothing to do.
    Ok(tx.total_changes() - before >= 2)
}

/// Messages that cannot be found yet.
pub(super) fn waiting(connection: &Connection) -> Result<u32, LibraryError> {
    let due: i64 = connection
        .prepare_cached("SELECT count(*) FROM index_due")?
        .query_row([], |row| row.get(0))?;
    Ok(u32::try_from(up_to(connection)?.saturating_add(due)).unwrap_or(u32::MAX))
}

fn up_to(connection: &Connection) -> Result<i64, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT up_to FROM index_progress")?
        .query_row([], |row| row.get(0))?)
}

fn read_entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        row: row.get(0)?,
        conversation: row.get(1)?,
        model: row.get(2)?,
        created_at: row.get(3)?,
        text: row.get(4)?,
    })
}

fn write_entry(tx: &Connection, entry: &Entry) -> Result<(), LibraryError> {
    let day = day_of(entry.created_at);
    let mut facets = vec![
        Facet::Rows(stretch_of(entry.row)),
        Facet::Conversation(entry.conversation),
        Facet::Day(day),
        Facet::Days(day >> 5),
        Facet::ManyDays(day >> 10),
    ];
    if let Some(model) = &entry.model {
        tx.prepare_cached("INSERT OR IGNORE INTO index_model (name) VALUES (?1)")?
            .execute([model])?;
        facets.extend(model_number(tx, model)?.map(Facet::Model));
    }
    if has_code(&entry.text) {
        facets.push(Facet::Code);
    }
    let text = beginning(&entry.text, TEXT_BYTES);
    tx.prepare_cached("INSERT OR REPLACE INTO message_index (rowid, words) VALUES (?1, ?2)")?
        .execute(params![entry.row, indexed(&facets, text)])?;
    Ok(())
}

/// The words of the index that begin so; `None` if they are more than `most`.
pub(super) fn words_beginning(
    connection: &Connection,
    beginning: &str,
    most: usize,
) -> Result<Option<Vec<String>>, LibraryError> {
    // It is of the connection, and holds nothing itself.
    connection.execute_batch(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.message_word USING fts5vocab(main, message_index, instance)",
    )?;
    // A word at a time: to go on within one would be to go through all messages that have it.
    let mut next =
        connection.prepare_cached("SELECT term FROM temp.message_word WHERE term >= ?1 LIMIT 1")?;
    let mut words = Vec::new();
    let mut from = beginning.to_owned();
    loop {
        let word: Option<String> = next.query_row([&from], |row| row.get(0)).optional()?;
        let Some(word) = word.filter(|word| word.starts_with(beginning)) else {
            return Ok(Some(words));
        };
        if words.len() == most {
            return Ok(None);
        }
        from.clone_from(&word);
        // What comes next in the order of bytes.
        from.push('\u{1}');
        words.push(word);
    }
}

/// The number by which the index knows a model.
pub(super) fn model_number(
    connection: &Connection,
    model: &str,
) -> Result<Option<i64>, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT n FROM index_model WHERE name = ?1")?
        .query_row([model], |row| row.get(0))
        .optional()?)
}

fn day_of(at: i64) -> i64 {
    at.div_euclid(DAY).clamp(0, DAYS - 1)
}

/// The fewest facets that have every day from `from` up to before `to`, and few others: the first and
/// the last day are there whole.
pub(super) fn days(from: Option<i64>, to: Option<i64>) -> Vec<Facet> {
    let mut day = from.map_or(0, day_of);
    let last = to.map_or(DAYS - 1, |to| day_of(to.saturating_sub(1)));
    let mut facets = Vec::new();
    while day <= last {
        let (facet, length) = if day & 1_023 == 0 && day + 1_023 <= last {
            (Facet::ManyDays(day >> 10), 1_024)
        } else if day & 31 == 0 && day + 31 <= last {
            (Facet::Days(day >> 5), 32)
        } else {
            (Facet::Day(day), 1)
        };
        facets.push(facet);
        day += length;
    }
    facets
}

/// A fence begins a line, as in Markdown.
pub(super) fn has_code(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start_matches([' ', '>']);
        line.starts_with("```") || line.starts_with("~~~")
    })
}

/// At most so many bytes of `text`, whole characters.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
