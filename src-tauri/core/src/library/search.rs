//! Search: titles and every message of every branch, and finding in one conversation.
//!
//! The index gives candidates, the newest first; the texts decide and rank them. A common word has more
//! matches than can be looked at, so a bounded number of the newest are ranked.

mod find;
mod index;
mod marks;
mod query;
mod snippet;
mod words;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, InterruptHandle, OpenFlags, OptionalExtension as _, Transaction};
use tokio::sync::Notify;

use super::{Library, LibraryError};
use crate::view::{Role, SearchFilters, SearchHit, SearchResults};
use index::{AT_ONCE, STEP, beginning};
use query::{Places, Query, Unfinished};
use words::Facet;

/// Hits given at most.
const HITS: usize = 100;
/// Of these, titles at most.
const TITLE_HITS: usize = 20;
/// Titles looked at.
const TITLES: usize = 500;
/// The newest matches among which the best are chosen.
const POOL: usize = 200;
/// Candidates whose text is read while a word is unfinished, before the index is asked for the words that
/// begin so.
const TRIED: usize = 1_000;
/// Of their texts, in bytes.
const TRIED_BYTES: usize = 2 << 20;
/// So many hits among those are enough.
const ENOUGH: usize = 50;
/// Words that begin so, as far as the index is asked for each.
const WORDS: usize = 128;
/// Stretches of rows the index is asked for at once.
const STRETCHES: i64 = 8;
/// Less than this is quick: more is asked at once then.
const QUICK: Duration = Duration::from_millis(2);
/// When it has looked for so long, a search answers with what it has; one stretch is always looked through.
/// What a test finds does not depend on how quick its machine is.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 60_000 } else { 20 });
/// Candidates that are passed over at most for being elsewhere than asked.
const PASSED: usize = 20_000;
/// Conversations the index is asked for by name.
const CONVERSATIONS: usize = 512;
/// Of a text, what is looked through for the places of what was found.
const LOOKED_BYTES: usize = 256 << 10;
/// Of all texts together.
const LOOKED_ALL_BYTES: usize = 4 << 20;

/// The part of the library that reads beside the writer.
#[derive(Debug, Default)]
pub(super) struct Desk {
    path: Option<PathBuf>,
    searching: Reader,
    finding: Reader,
    /// There is something to index in the background.
    work: Notify,
}

impl Desk {
    /// For the library in this file; without one, it has to share the writer's connection.
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }
}

/// A connection of its own, whose latest question is the only one that counts.
#[derive(Debug, Default)]
struct Reader {
    connection: Mutex<Option<Connection>>,
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    number: u64,
    interrupt: Option<InterruptHandle>,
}

impl std::fmt::Debug for Latest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Latest")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    /// Reads with `work`, unless or until somebody else asks: `None` then.
    fn read<T>(
        &self,
        library: &Library,
        work: impl FnOnce(&Connection, &dyn Fn() -> bool) -> Result<T, LibraryError>,
    ) -> Result<Option<T>, LibraryError> {
        let number = {
            let mut latest = lock(&self.latest);
            latest.number += 1;
            // Under the lock, so that it cannot hit whoever comes next.
            if let Some(handle) = &latest.interrupt {
                handle.interrupt();
            }
            latest.number
        };
        let is_latest = || lock(&self.latest).number == number;
        let Some(path) = &library.desk.path else {
            return work(&library.lock(), &is_latest).map(Some);
        };
        let mut place = lock(&self.connection);
        if !is_latest() {
            return Ok(None);
        }
        if place.is_none() {
            let connection = Connection::open_with_flags(
                path,
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.pragma_update(None, "cache_size", -32_768)?;
            connection.set_prepared_statement_cache_capacity(32);
            lock(&self.latest).interrupt = Some(connection.get_interrupt_handle());
            *place = Some(connection);
        }
        let Some(connection) = &*place else {
            return Ok(None);
        };
        match work(connection, &is_latest) {
            Ok(_) if !is_latest() => Ok(None),
            Err(LibraryError::Sqlite(rusqlite::Error::SqliteFailure(error, _)))
                if error.code == rusqlite::ErrorCode::OperationInterrupted =>
            {
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

/// Indexes what a change left behind, before it is committed; what is much is left for later. `true` if
/// something was left.
pub(super) fn take_up(tx: &mut Transaction<'_>) -> bool {
    let taken = (|| {
        let part = tx.savepoint()?;
        let more = index::take_up_changes(&part, AT_ONCE)?;
        part.commit()?;
        Ok::<_, LibraryError>(more)
    })();
    taken.unwrap_or_else(|error| {
        // Never at the change's own cost: it stays due.
        log::warn!("a change is not indexed yet: {error}");
        true
    })
}

impl Library {
    /// Waits until there is something to index in the background.
    pub(crate) async fn has_work_for_index(&self) {
        self.desk.work.notified().await;
    }

    pub(super) fn note_work_for_index(&self) {
        self.desk.work.notify_one();
    }

    /// Takes up a little of what is not in the index yet. `true` if there is more.
    ///
    /// # Errors
    /// When the database fails; nothing is lost then.
    pub fn index_step(&self) -> Result<bool, LibraryError> {
        self.write_plainly(|tx| {
            Ok(index::take_up_changes(tx, STEP)? || index::take_up_old(tx, STEP)?)
        })
    }

    /// Puts a little of the index in order, for after much was indexed. `true` if there is more to do.
    ///
    /// # Errors
    /// When the database fails; the index is as it was then.
    pub fn order_index_step(&self, begins: bool) -> Result<bool, LibraryError> {
        self.write_plainly(|tx| index::put_in_order(tx, begins))
    }

    /// Finds titles and messages. A search that was overtaken by a newer one finds nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search(
        &self,
        typed: &str,
        filters: &SearchFilters,
    ) -> Result<SearchResults, LibraryError> {
        let query = Query::read(typed);
        // Signs alone are no words: they find nothing.
        if query.is_empty() && (!typed.trim().is_empty() || *filters == SearchFilters::default()) {
            return Ok(SearchResults::default());
        }
        let results = self.desk.searching.read(self, |connection, is_latest| {
            // One state of the library for all of it.
            let state = connection.unchecked_transaction()?;
            let found = Search::new(&state, is_latest, &query, filters)?.run()?;
            state.finish()?;
            Ok(found)
        })?;
        Ok(results.unwrap_or(SearchResults {
            more: true,
            ..SearchResults::default()
        }))
    }

    /// The models that messages in the library are of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_models(&self) -> Result<Vec<String>, LibraryError> {
        let connection = self.lock();
        let models: Vec<(i64, String)> = connection
            .prepare_cached("SELECT n, name FROM index_model ORDER BY name")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut there_is = connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message_index WHERE message_index MATCH ?1)",
        )?;
        let mut names = Vec::new();
        for (number, name) in models {
            let term = format!("\"{}\"", Facet::Model(number).term());
            if there_is.query_row([term], |row| row.get(0))? {
                names.push(name);
            }
        }
        Ok(names)
    }
}

/// What there is to know of a conversation with a hit.
struct Around {
    title: String,
    archived: bool,
    /// It is where it was asked for.
    counts: bool,
}

/// A message with what was looked for.
struct Candidate {
    id: String,
    conversation: String,
    role: Role,
    text: String,
    at: i64,
    places: Places,
}

/// What a message turned out to be.
enum Looked {
    Gone,
    /// Elsewhere, or of another time, than asked.
    Elsewhere,
    /// It does not have what is looked for.
    Without,
    With(Candidate),
}

/// One search.
struct Search<'a> {
    connection: &'a Connection,
    is_latest: &'a dyn Fn() -> bool,
    query: &'a Query,
    filters: &'a SearchFilters,
    /// Each has to hold by one of its facets.
    facets: Vec<Vec<Facet>>,
    /// No message can be found.
    hopeless: bool,
    around: HashMap<String, Around>,
    looked_bytes: usize,
    /// Conversations are asked for by name.
    by_name: bool,
    /// Some conversations do not count.
    in_part: bool,
    began: Instant,
}

/// What looking for messages has come to.
#[derive(Default)]
struct Catch {
    found: Vec<Candidate>,
    /// Texts that were read.
    read: usize,
    /// Candidates that are elsewhere than asked.
    passed: usize,
}

impl<'a> Search<'a> {
    fn new(
        connection: &'a Connection,
        is_latest: &'a dyn Fn() -> bool,
        query: &'a Query,
        filters: &'a SearchFilters,
    ) -> Result<Self, LibraryError> {
        let mut facets = Vec::new();
        if let Some(model) = &filters.model {
            let number = index::model_number(connection, model)?;
            facets.push(number.map(Facet::Model).into_iter().collect());
        }
        if filters.code {
            facets.push(vec![Facet::Code]);
        }
        if filters.from.is_some() || filters.to.is_some() {
            facets.push(index::days(filters.from, filters.to));
        }
        let in_part = filters.folder.is_some() || has_deleted(connection)?;
        let named = if in_part {
            conversations(connection, filters.folder.as_deref())?
        } else {
            None
        };
        let by_name = named.is_some();
        facets.extend(named);
        Ok(Self {
            connection,
            by_name,
            in_part,
            began: Instant::now(),
            is_latest,
            query,
            filters,
            hopeless: facets.iter().any(Vec::is_empty),
            facets,
            around: HashMap::new(),
            looked_bytes: 0,
        })
    }

    fn run(mut self) -> Result<SearchResults, LibraryError> {
        let (mut hits, mut more) = self.titles()?;
        if !self.hopeless {
            let (mut candidates, more_messages) = self.messages()?;
            more |= more_messages;
            rank(self.query, &mut candidates);
            let room = HITS - hits.len();
            more |= candidates.len() > room;
            candidates.truncate(room);
            for candidate in candidates {
                hits.push(self.hit(candidate));
            }
        }
        Ok(SearchResults {
            hits,
            more,
            waiting: index::waiting(self.connection)?,
        })
    }

    fn hit(&self, candidate: Candidate) -> SearchHit {
        let around = self.around.get(&candidate.conversation);
        let title = around.map_or("", |around| &around.title);
        let in_title = self.query.places(title).unwrap_or_default();
        SearchHit {
            title: snippet::marked(title, &in_title.ranges),
            archived: around.is_some_and(|around| around.archived),
            snippet: snippet::snippet(&candidate.text, candidate.role, &candidate.places.ranges),
            conversation: candidate.conversation,
            message: Some(candidate.id),
            role: Some(candidate.role),
            at: candidate.at,
        }
    }

    /// Titles with all that is looked for, the conversations that changed last first.
    fn titles(&mut self) -> Result<(Vec<SearchHit>, bool), LibraryError> {
        // What only messages have leaves titles out.
        if self.query.is_empty() || self.filters.model.is_some() || self.filters.code {
            return Ok((Vec::new(), false));
        }
        let Some(question) = self.query.question(&[], Unfinished::Beginning) else {
            return Ok((Vec::new(), false));
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT c.id, c.title, c.archived, c.updated_at, c.folder
             FROM title_index t JOIN conversation c ON c.rowid = t.rowid
             WHERE t.title_index MATCH ?1 AND c.deletion IS NULL
             ORDER BY t.rowid DESC LIMIT ?2",
        )?;
        let most = i64::try_from(TITLES).unwrap_or(i64::MAX);
        let mut rows = statement.query(rusqlite::params![question, most])?;
        let mut hits = Vec::new();
        while let Some(row) = rows.next()? {
            let title: String = row.get(1)?;
            let at: i64 = row.get(3)?;
            let folder: Option<String> = row.get(4)?;
            let is_there = self.filters.folder.is_none() || self.filters.folder == folder;
            let Some(places) = self.query.places(&title).filter(|_| is_there) else {
                continue;
            };
            if !self.is_in_time(at) {
                continue;
            }
            hits.push(SearchHit {
                conversation: row.get(0)?,
                title: snippet::marked(&title, &places.ranges),
                message: None,
                role: None,
                snippet: Vec::new(),
                at,
                archived: row.get(2)?,
            });
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
        let more = hits.len() > TITLE_HITS;
        hits.truncate(TITLE_HITS);
        Ok((hits, more))
    }

    /// The newest messages with all that is looked for, and whether there may be more.
    fn messages(&mut self) -> Result<(Vec<Candidate>, bool), LibraryError> {
        let Some(beginning) = self.query.unfinished() else {
            return self.collect(Unfinished::Left, usize::MAX, LOOKED_ALL_BYTES);
        };
        // An unfinished word may begin so many words that the index takes long to put them together.
        // Then the newest messages have enough of them.
        let (found, rest) = self.collect(Unfinished::Left, TRIED, TRIED_BYTES)?;
        if !rest || found.len() >= ENOUGH {
            return Ok((found, rest));
        }
        match index::words_beginning(self.connection, beginning, WORDS)? {
            Some(words) if words.is_empty() => Ok((found, false)),
            Some(words) => self.collect(Unfinished::Words(&words), usize::MAX, LOOKED_ALL_BYTES),
            None => self.collect(Unfinished::Beginning, usize::MAX, LOOKED_ALL_BYTES),
        }
    }

    /// Goes through the messages the index has, the newest first. Answers with those that count, and
    /// whether it stopped before the end: at so many texts read, or so many bytes of them.
    fn collect(
        &mut self,
        unfinished: Unfinished<'_>,
        tried: usize,
        bytes: usize,
    ) -> Result<(Vec<Candidate>, bool), LibraryError> {
        self.looked_bytes = 0;
        let mut catch = Catch::default();
        // A word by itself has its messages in order. What has to be put together is looked for stretch by
        // stretch: words that are in every message, but never together, would be compared in all.
        let is_listed = self.facets.is_empty() && self.query.is_single();
        let is_nothing = self.query.is_empty() && self.facets.is_empty();
        if is_listed || is_nothing || self.by_name || unfinished == Unfinished::Beginning {
            let question = self.query.question(&self.facets, unfinished);
            let rest = self.go_through(question.as_deref(), tried, bytes, &mut catch)?;
            return Ok((catch.found, rest));
        }
        let newest: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(rowid) FROM message")?
            .query_row([], |row| row.get(0))?;
        let mut last = index::stretch_of(newest.unwrap_or(0));
        let mut at_once = 1;
        while last >= 0 {
            let began = Instant::now();
            let first = (last - at_once + 1).max(0);
            let mut facets = vec![(first..=last).map(Facet::Rows).collect()];
            facets.extend(self.facets.iter().cloned());
            let question = self.query.question(&facets, unfinished);
            if self.go_through(question.as_deref(), tried, bytes, &mut catch)? {
                return Ok((catch.found, true));
            }
            last = first - 1;
            if self.began.elapsed() > PATIENCE {
                return Ok((catch.found, last >= 0));
            }
            if began.elapsed() < QUICK {
                at_once = (at_once * 2).min(STRETCHES);
            } else {
                at_once = 1;
            }
        }
        Ok((catch.found, false))
    }

    /// Goes through the messages the index has for `question`, or through all, the newest first. `true` if
    /// it stopped before the end.
    fn go_through(
        &mut self,
        question: Option<&str>,
        tried: usize,
        bytes: usize,
        catch: &mut Catch,
    ) -> Result<bool, LibraryError> {
        let connection = self.connection;
        let mut statement = match question {
            Some(_) => connection.prepare_cached(
                "SELECT rowid FROM message_index WHERE message_index MATCH ?1 ORDER BY rowid DESC",
            )?,
            None => connection.prepare_cached("SELECT rowid FROM message ORDER BY rowid DESC")?,
        };
        let mut rows = statement.query(rusqlite::params_from_iter(question))?;
        while let Some(row) = rows.next()? {
            if catch.found.len() == POOL
                || catch.read >= tried
                || catch.passed == PASSED
                || self.looked_bytes > bytes
                || !(self.is_latest)()
            {
                return Ok(true);
            }
            let row: i64 = row.get(0)?;
            match self.candidate(row)? {
                Looked::Gone => {}
                Looked::Elsewhere => catch.passed += 1,
                Looked::Without => catch.read += 1,
                Looked::With(candidate) => {
                    catch.read += 1;
                    catch.found.push(candidate);
                }
            }
        }
        Ok(false)
    }

    /// Whether messages of this conversation are asked for.
    fn counts(&mut self, conversation: &str) -> Result<bool, LibraryError> {
        if let Some(around) = self.around.get(conversation) {
            return Ok(around.counts);
        }
        let folder = self.filters.folder.as_deref();
        let around = self
            .connection
            .prepare_cached(
                "SELECT title, archived, folder, deletion IS NULL FROM conversation WHERE id = ?1",
            )?
            .query_row([conversation], |row| {
                let its_folder: Option<String> = row.get(2)?;
                Ok(Around {
                    title: row.get(0)?,
                    archived: row.get(1)?,
                    counts: row.get(3)? && (folder.is_none() || folder == its_folder.as_deref()),
                })
            })?;
        let counts = around.counts;
        self.around.insert(conversation.to_owned(), around);
        Ok(counts)
    }

    fn candidate(&mut self, row: i64) -> Result<Looked, LibraryError> {
        let connection = self.connection;
        if self.in_part {
            let conversation: Option<String> = connection
                .prepare_cached("SELECT conversation FROM message WHERE rowid = ?1")?
                .query_row([row], |row| row.get(0))
                .optional()?;
            match conversation {
                None => return Ok(Looked::Gone),
                Some(conversation) if !self.counts(&conversation)? => {
                    return Ok(Looked::Elsewhere);
                }
                Some(_) => {}
            }
        }
        let mut statement = connection.prepare_cached(
            "SELECT text, created_at, id, conversation, role FROM message WHERE rowid = ?1",
        )?;
        let mut rows = statement.query([row])?;
        let Some(row) = rows.next()? else {
            return Ok(Looked::Gone);
        };
        let at = row.get(1)?;
        if !self.is_in_time(at) {
            return Ok(Looked::Elsewhere);
        }
        let text = row.get_ref(0)?.as_str().unwrap_or_default();
        let looked = beginning(text, LOOKED_BYTES);
        self.looked_bytes += looked.len();
        let places = match self.query.places(looked) {
            // Further down than is looked; the index knows it is there.
            None if looked.len() < text.len() => self.query.places(text),
            places => places,
        };
        let Some(places) = places else {
            return Ok(Looked::Without);
        };
        let conversation: String = row.get(3)?;
        self.counts(&conversation)?;
        Ok(Looked::With(Candidate {
            id: row.get(2)?,
            conversation,
            role: match row.get_ref(4)?.as_str() {
                Ok("user") => Role::User,
                _ => Role::Assistant,
            },
            text: text.to_owned(),
            at,
            places,
        }))
    }

    fn is_in_time(&self, at: i64) -> bool {
        self.filters.from.is_none_or(|from| from <= at) && self.filters.to.is_none_or(|to| at < to)
    }
}

/// Whether there are conversations that could come back, but are not to be found.
fn has_deleted(connection: &Connection) -> Result<bool, LibraryError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM conversation WHERE deletion IS NOT NULL)")?
        .query_row([], |row| row.get(0))?)
}

/// The conversations to ask the index for, where they are few; `None` if all or too many count.
fn conversations(
    connection: &Connection,
    folder: Option<&str>,
) -> Result<Option<Vec<Facet>>, LibraryError> {
    let statement = if folder.is_some() {
        "SELECT rowid FROM conversation WHERE folder = ?1 AND deletion IS NULL LIMIT ?2"
    } else {
        // Where most is deleted, what is left would be far behind it.
        "SELECT rowid FROM conversation WHERE ?1 IS NULL AND deletion IS NULL LIMIT ?2"
    };
    let most = i64::try_from(CONVERSATIONS + 1).unwrap_or(i64::MAX);
    let facets: Vec<Facet> = connection
        .prepare_cached(statement)?
        .query_map(rusqlite::params![folder, most], |row| {
            row.get(0).map(Facet::Conversation)
        })?
        .collect::<Result<_, _>>()?;
    Ok((facets.len() <= CONVERSATIONS).then_some(facets))
}

/// The best first.
fn rank(query: &Query, candidates: &mut [Candidate]) {
    let newest = candidates.iter().map(|candidate| candidate.at).max();
    candidates.sort_by_cached_key(|candidate| {
        let score = if query.is_empty() {
            0
        } else {
            score(candidate, newest.unwrap_or(candidate.at))
        };
        std::cmp::Reverse((score, candidate.at))
    });
}

/// Words that stand together count most, then whole words and how recent it is, then how often.
fn score(candidate: &Candidate, newest: i64) -> u32 {
    let days = newest.saturating_sub(candidate.at) / 86_400_000;
    let recent = match days {
        ..1 => 4,
        1..7 => 3,
        7..30 => 2,
        30..180 => 1,
        _ => 0,
    };
    let often = u32::try_from(candidate.places.ranges.len())
        .unwrap_or(u32::MAX)
        .min(16)
        .ilog2();
    8 * u32::from(candidate.places.together)
        + 4 * u32::from(candidate.places.whole)
        + recent
        + often
}

#[cfg(test)]
mod tests;
