//! The list of conversations: counted and skipped in an index alone, so that it is there at once
//! however many conversations and messages there are.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, Transaction, params};

use super::{Library, LibraryError};
use crate::view::{ConversationPatch, ConversationSummary, ListHeading, ListScope, ListSection};

/// What [`read_summary`] reads.
const SUMMARY: &str = "id, title, updated_at, pinned, archived, folder";

impl Library {
    /// How many conversations stand under which headings, as the calendar of `zone` has it at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sections(
        &self,
        scope: &ListScope,
        now: i64,
        zone: &TimeZone,
    ) -> Result<Vec<ListSection>, LibraryError> {
        let connection = self.lock();
        let list = List::new(&connection, scope);
        let mut sections = Vec::new();
        let mut add = |heading, count| {
            if count > 0 {
                sections.push(ListSection { heading, count });
            }
        };
        add(ListHeading::Pinned, list.pinned()?);
        let mut end = i64::MAX;
        for (heading, start) in recent_days(now, zone) {
            add(heading, list.changed_between(start, end)?);
            end = start.saturating_sub(1);
        }
        while let Some(newest) = list.newest_until(end)? {
            let (heading, start) = month_of(newest, zone);
            add(heading, list.changed_between(start, end)?);
            if start == i64::MIN {
                break;
            }
            end = start - 1;
        }
        Ok(sections)
    }

    /// How many conversations the list has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list_length(&self, scope: &ListScope) -> Result<u32, LibraryError> {
        List::new(&self.lock(), scope).length()
    }

    /// `count` rows of the list from index `first` on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rows(
        &self,
        scope: &ListScope,
        first: u32,
        count: u32,
    ) -> Result<Vec<ConversationSummary>, LibraryError> {
        let connection = self.lock();
        let list = List::new(&connection, scope);
        let mut statement = list.prepare(Ask::Rows)?;
        Ok(statement
            .query_map(params![list.folder, count, first], |row| {
                read_summary(row, self.is_temporary)
            })?
            .collect::<Result<_, _>>()?)
    }

    /// A conversation's row; `None` if there is no such conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub fn summary(&self, id: &str) -> Result<Option<ConversationSummary>, LibraryError> {
        Ok(self
            .lock()
            .prepare_cached(&format!(
                "SELECT {SUMMARY} FROM conversation WHERE id = ?1 AND deletion IS NULL"
            ))?
            .query_row([id], |row| read_summary(row, self.is_temporary))
            .optional()?)
    }

    /// The index of a conversation's row in the list; `None` if it is not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn place(&self, id: &str, scope: &ListScope) -> Result<Option<u32>, LibraryError> {
        let connection = self.lock();
        let list = List::new(&connection, scope);
        let key: Option<(i64, i64)> = connection
            .prepare_cached(&format!(
                "SELECT pinned, updated_at FROM conversation WHERE id = ?2 AND {}",
                list.filter
            ))?
            .query_row(params![list.folder, id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((pinned, updated_at)) = key else {
            return Ok(None);
        };
        let before = list
            .prepare(Ask::Before)?
            .query_row(params![list.folder, pinned, updated_at, id], |row| {
                row.get(0)
            })?;
        Ok(Some(before))
    }

    /// Changes some conversations. Answers how many there were.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when there is no such folder, or when the database fails; nothing is
    /// changed then.
    pub fn update_conversations(
        &self,
        ids: &[String],
        patch: &ConversationPatch,
    ) -> Result<usize, LibraryError> {
        self.write(|tx| {
            if let Some(Some(folder)) = &patch.folder {
                tx.query_row("SELECT 1 FROM folder WHERE id = ?1", [folder], |_| Ok(()))
                    .optional()?
                    .ok_or(LibraryError::Missing)?;
            }
            let mut changed = 0;
            for id in ids {
                changed += update_conversation(tx, id, patch)?;
            }
            Ok(changed)
        })
    }
}

fn update_conversation(
    tx: &Transaction<'_>,
    id: &str,
    patch: &ConversationPatch,
) -> Result<usize, LibraryError> {
    Ok(tx
        .prepare_cached(
            "UPDATE conversation
             SET title = coalesce(?2, title), titled_by = iif(?2 IS NULL, titled_by, 'user'),
                 pinned = coalesce(?3, pinned), archived = coalesce(?4, archived),
                 folder = iif(?5, ?6, folder)
             WHERE id = ?1 AND deletion IS NULL",
        )?
        .execute(params![
            id,
            patch.title,
            patch.pinned,
            patch.archived,
            patch.folder.is_some(),
            patch.folder.as_ref().and_then(Option::as_ref),
        ])?)
}

/// The columns [`SUMMARY`] names.
pub(super) fn read_summary(
    row: &Row<'_>,
    temporary: bool,
) -> Result<ConversationSummary, rusqlite::Error> {
    Ok(ConversationSummary {
        id: row.get(0)?,
        title: row.get(1)?,
        updated_at: row.get(2)?,
        running: false,
        pinned: row.get(3)?,
        archived: row.get(4)?,
        folder: row.get(5)?,
        temporary,
    })
}

/// What is asked of a list.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ask {
    /// How many rows it has.
    Length,
    /// How many are pinned.
    Pinned,
    /// How many that are not pinned were changed from `?2` to `?3`, both included.
    Between,
    /// When the newest was changed of those not pinned and not newer than `?2`.
    Newest,
    /// Its rows: `?2` of them from `?3` on.
    Rows,
    /// How many come before the one that is pinned or not (`?2`), was changed at `?3`, and is `?4`.
    Before,
}

/// A list's statements. `?1` is the folder, where there is one.
pub(super) struct List<'a> {
    connection: &'a Connection,
    index: &'static str,
    filter: &'static str,
    folder: Option<&'a str>,
}

impl<'a> List<'a> {
    pub(super) fn new(connection: &'a Connection, scope: &'a ListScope) -> Self {
        let (index, filter, folder) = match scope {
            ListScope::Active => (
                "conversation_in_list",
                "?1 IS NULL AND deletion IS NULL AND archived = 0",
                None,
            ),
            ListScope::Archived => (
                "conversation_in_list",
                "?1 IS NULL AND deletion IS NULL AND archived = 1",
                None,
            ),
            ListScope::Folder { id } => (
                "conversation_in_folder",
                "folder = ?1 AND deletion IS NULL AND archived = 0",
                Some(id.as_str()),
            ),
        };
        Self {
            connection,
            index,
            filter,
            folder,
        }
    }

    pub(super) fn statement(&self, ask: Ask) -> String {
        let Self { index, filter, .. } = self;
        let (columns, rest) = match ask {
            Ask::Length => ("count(*)", ""),
            Ask::Pinned => ("count(*)", "AND pinned = 1"),
            Ask::Between => (
                "count(*)",
                "AND pinned = 0 AND updated_at BETWEEN ?2 AND ?3",
            ),
            Ask::Newest => (
                "updated_at",
                "AND pinned = 0 AND updated_at <= ?2 ORDER BY updated_at DESC LIMIT 1",
            ),
            // Of two changed at the same time, the newer conversation comes first.
            Ask::Rows => (
                SUMMARY,
                "ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ?2 OFFSET ?3",
            ),
            Ask::Before => ("count(*)", "AND (pinned, updated_at, id) > (?2, ?3, ?4)"),
        };
        format!("SELECT {columns} FROM conversation INDEXED BY {index} WHERE {filter} {rest}")
    }

    fn prepare(&self, ask: Ask) -> Result<CachedStatement<'_>, LibraryError> {
        Ok(self.connection.prepare_cached(&self.statement(ask))?)
    }

    fn length(&self) -> Result<u32, LibraryError> {
        let mut statement = self.prepare(Ask::Length)?;
        Ok(statement.query_row([self.folder], |row| row.get(0))?)
    }

    fn pinned(&self) -> Result<u32, LibraryError> {
        let mut statement = self.prepare(Ask::Pinned)?;
        Ok(statement.query_row([self.folder], |row| row.get(0))?)
    }

    fn changed_between(&self, start: i64, end: i64) -> Result<u32, LibraryError> {
        let mut statement = self.prepare(Ask::Between)?;
        Ok(statement.query_row(params![self.folder, start, end], |row| row.get(0))?)
    }

    fn newest_until(&self, end: i64) -> Result<Option<i64>, LibraryError> {
        let mut statement = self.prepare(Ask::Newest)?;
        Ok(statement
            .query_row(params![self.folder, end], |row| row.get(0))
            .optional()?)
    }
}

/// The headings of the last days, each with the moment it begins.
fn recent_days(now: i64, zone: &TimeZone) -> [(ListHeading, i64); 3] {
    let today = local(now, zone).date();
    let days_ago = |days: i64| {
        let day = today.checked_sub(days.days()).unwrap_or(Date::MIN);
        start_of(day, zone)
    };
    [
        (ListHeading::Today, days_ago(0)),
        (ListHeading::Yesterday, days_ago(1)),
        (ListHeading::Week, days_ago(7)),
    ]
}

/// The month a moment is in, and the moment that month begins.
fn month_of(moment: i64, zone: &TimeZone) -> (ListHeading, i64) {
    let date = local(moment, zone).date();
    let heading = ListHeading::Month {
        year: i32::from(date.year()),
        month: u32::from(date.month().unsigned_abs()),
    };
    (heading, start_of(date.first_of_month(), zone).min(moment))
}

fn local(moment: i64, zone: &TimeZone) -> Zoned {
    // A time that no calendar reaches is as early or as late as one does.
    let out_of_reach = if moment < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(moment)
        .unwrap_or(out_of_reach)
        .to_zoned(zone.clone())
}

fn start_of(day: Date, zone: &TimeZone) -> i64 {
    day.to_zoned(zone.clone())
        .map_or(i64::MIN, |start| start.timestamp().as_millisecond())
}
