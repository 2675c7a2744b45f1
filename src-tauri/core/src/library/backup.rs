//! Backups: copies of the library beside it, made while it is in use, and checked before they count.
//!
//! A backup is a copy page by page and not `VACUUM INTO`: that may number rows anew, and versions are
//! ordered, and words indexed, by row number.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use tokio_util::sync::CancellationToken;

use super::LibraryError;

/// The folder of backups, in the folder of everything.
pub const BACKUPS: &str = "backups";
/// A backup is made when the newest is so old, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Backups kept at most, of those made by the day.
const KEPT: usize = 7;
/// Bytes all backups may have together; the newest of each kind stays even beyond that.
const KEPT_BYTES: u64 = 1 << 30;
/// Bytes that a backup leaves free on the disk for everything else.
const ROOM: u64 = 100 << 20;

/// Pages copied in one go, 1 MB: in between, whoever else reads the disk has it.
const STEP: i32 = 256;
/// The pause after a step, in times of what the step took: copying has a quarter of the disk at most.
const REST: u32 = 3;
/// SQLite instructions between two looks at whether the app is quitting.
const STEPS_BETWEEN_LOOKS: i32 = 20_000;

const PREFIX: &str = "serein-";
const SCHEMA: &str = "-schema-";
const STAMP: &str = "%Y%m%d-%H%M%S";
/// What is being written, and does not count yet.
const PART: &str = "part";

/// A backup there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    /// Where.
    pub path: PathBuf,
    /// When it was made, in milliseconds since the epoch, to the second.
    pub at: i64,
    /// The schema's number, if it was made before a migration.
    pub schema: Option<u32>,
    /// Its size.
    pub bytes: u64,
}

/// Why there is no new backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// SQLite's word.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file system's word.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The disk has too little room.
    #[error("a backup takes {needed} bytes, and {free} are free")]
    NoRoom {
        /// Bytes that have to be free.
        needed: u64,
        /// Bytes that are.
        free: u64,
    },
    /// The copy is damaged, and so is what it was made of.
    #[error("the library is damaged: {0}")]
    Damaged(String),
    /// The app is quitting.
    #[error("the app is quitting")]
    Stopped,
}

impl From<BackupError> for LibraryError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Sqlite(error) => Self::Sqlite(error),
            BackupError::Io(error) => Self::Io(error),
            BackupError::NoRoom { .. } => Self::Io(ErrorKind::StorageFull.into()),
            BackupError::Damaged(_) => Self::Damaged,
            BackupError::Stopped => Self::Worker,
        }
    }
}

/// The backups in `data_dir`, the newest first. What cannot be read is passed over.
pub fn backups(data_dir: &Path) -> Vec<BackupFile> {
    let entries = fs::read_dir(data_dir.join(BACKUPS));
    let mut found: Vec<BackupFile> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let (at, schema) = read_name(entry.file_name().to_str()?)?;
            let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(BackupFile {
                path: entry.path(),
                at,
                schema,
                bytes: facts.len(),
            })
        })
        .collect();
    found.sort_by(|one, other| (other.at, &other.path).cmp(&(one.at, &one.path)));
    found
}

/// Whether a backup should be made now.
pub fn is_due(data_dir: &Path, now: i64) -> bool {
    let made = backups(data_dir);
    let newest = made.iter().find(|backup| backup.schema.is_none());
    // A clock that was set back must not put backups off for long.
    newest.is_none_or(|newest| (now - newest.at).abs() >= DAY)
}

/// Copies the library at `source` while it is in use, checks the copy, and removes what is superfluous.
/// Takes as long as it takes; whoever writes meanwhile is not held up.
///
/// # Errors
/// [`BackupError`]; nothing is left behind then, and the older backups stay.
pub fn back_up(
    source: &Path,
    data_dir: &Path,
    now: i64,
    stop: &CancellationToken,
) -> Result<BackupFile, BackupError> {
    let folder = folder(data_dir)?;
    let needed = size_of(source) + size_of(&wal_of(source)) + ROOM;
    let free = fs4::available_space(&folder)?;
    if free < needed {
        return Err(BackupError::NoRoom { needed, free });
    }
    let written = Written::begin(&folder, &name(now, None));
    copy_pages(source, &written.part, stop)?;
    check(&written.part, stop)?;
    let path = written.keep()?;
    for backup in superfluous(&backups(data_dir)) {
        if let Err(error) = fs::remove_file(&backup.path) {
            log::warn!("an old backup could not be removed: {error}");
        }
    }
    Ok(BackupFile {
        bytes: size_of(&path),
        path,
        at: now,
        schema: None,
    })
}

/// Copies the library at `source`, which nobody has open, before its schema `schema` is changed.
///
/// # Errors
/// When it cannot be copied. Nothing may be changed then.
pub(super) fn before_migration(
    source: &Path,
    data_dir: &Path,
    schema: u32,
    now: i64,
) -> Result<(), LibraryError> {
    let folder = folder(data_dir)?;
    let written = Written::begin(&folder, &name(now, Some(schema)));
    let is_whole = size_of(&wal_of(source)) == 0;
    if is_whole {
        // The fastest way there is: where the file system can, both share their blocks. SQLite must not
        // have the file open: closing it here would take away SQLite's own locks.
        fs::copy(source, &written.part)?;
    } else {
        let copied = copy_pages(source, &written.part, &CancellationToken::new());
        copied.map_err(LibraryError::from)?;
    }
    written.keep()?;
    Ok(())
}

/// Whether the database at `path`, which nobody writes, is sound.
///
/// # Errors
/// [`BackupError::Damaged`] when it is not.
pub(super) fn check(path: &Path, stop: &CancellationToken) -> Result<(), BackupError> {
    // Nothing is to appear beside it, and nobody writes it.
    let mut connection = open_unchanging(path)?;
    watch(&mut connection, stop)?;
    read_check(&connection, "quick_check")
}

/// Reads the whole library at `path`, which may be in use, and says whether it is sound.
///
/// # Errors
/// [`BackupError::Damaged`] when it is not.
pub fn check_in_use(path: &Path, stop: &CancellationToken) -> Result<(), BackupError> {
    let mut connection = Connection::open_with_flags(path, reading())?;
    connection.busy_timeout(super::PATIENCE)?;
    watch(&mut connection, stop)?;
    read_check(&connection, "quick_check")
}

pub(super) fn read_check(connection: &Connection, pragma: &str) -> Result<(), BackupError> {
    let checked = connection.query_row(&format!("PRAGMA {pragma}(1)"), [], |row| {
        row.get::<_, String>(0)
    });
    match checked {
        Ok(word) if word == "ok" => Ok(()),
        Ok(word) => Err(BackupError::Damaged(word)),
        Err(rusqlite::Error::SqliteFailure(failure, why)) => Err(match failure.code {
            rusqlite::ErrorCode::OperationInterrupted => BackupError::Stopped,
            rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase => {
                BackupError::Damaged(why.unwrap_or_default())
            }
            _ => rusqlite::Error::SqliteFailure(failure, why).into(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// Opens a database that nobody writes as it stands in its file: no log is read, nothing is created.
pub(super) fn open_unchanging(path: &Path) -> rusqlite::Result<Connection> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let unusable = || rusqlite::Error::InvalidPath(path.clone());
    let mut address = url::Url::from_file_path(&path).map_err(|()| unusable())?;
    address.set_query(Some("immutable=1"));
    Connection::open_with_flags(address.as_str(), reading() | OpenFlags::SQLITE_OPEN_URI)
}

pub(super) fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Lets `stop` interrupt whatever the connection is doing.
fn watch(connection: &mut Connection, stop: &CancellationToken) -> rusqlite::Result<()> {
    let stop = stop.clone();
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || stop.is_cancelled()))
}

fn copy_pages(source: &Path, to: &Path, stop: &CancellationToken) -> Result<(), BackupError> {
    let from = Connection::open_with_flags(source, reading())?;
    from.busy_timeout(super::PATIENCE)?;
    // One view of the library for the whole copy: otherwise every write would begin it anew.
    from.execute_batch("BEGIN")?;
    from.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut copy = Connection::open(to)?;
    // A copy that a crash cuts off does not count, so it needs neither a journal nor care.
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let backup = Backup::new(&from, &mut copy)?;
    loop {
        if stop.is_cancelled() {
            return Err(BackupError::Stopped);
        }
        let began = Instant::now();
        match backup.step(STEP)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep((began.elapsed() * REST).max(Duration::from_millis(1))),
        }
    }
}

/// A file being written, removed unless it is kept.
struct Written {
    part: PathBuf,
    path: PathBuf,
}

impl Written {
    fn begin(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        let part = path.with_extension(PART);
        // What an earlier try left there, if a crash cut it off.
        let _ = fs::remove_file(&part);
        Self { part, path }
    }

    /// Gives it its name, once every byte of it is on the disk.
    fn keep(self) -> std::io::Result<PathBuf> {
        sync(&self.part)?;
        fs::rename(&self.part, &self.path)?;
        sync_folder(&self.path);
        Ok(self.path.clone())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // Gone already, if it was kept.
        let _ = fs::remove_file(&self.part);
    }
}

pub(super) fn sync(path: &Path) -> std::io::Result<()> {
    // Windows flushes only what may be written.
    File::options()
        .read(true)
        .write(true)
        .open(path)?
        .sync_all()
}

/// Makes sure that a new name is on the disk. Only Unix can, and only there it is needed.
pub(super) fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Some(folder) = path.parent()
        && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
    {
        log::warn!("a folder could not be flushed: {error}");
    }
}

fn folder(data_dir: &Path) -> std::io::Result<PathBuf> {
    let folder = data_dir.join(BACKUPS);
    match fs::create_dir(&folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(folder),
    }
}

pub(super) fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |facts| facts.len())
}

/// The write-ahead log of the database at `path`.
pub(super) fn wal_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// The index of that log.
pub(super) fn shm_of(path: &Path) -> PathBuf {
    beside(path, "-shm")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// `serein-20260728-093000.db`, and `serein-20260728-093000-schema-3.db` before a migration. In UTC, so
/// that names sort as times do.
fn name(now: i64, schema: Option<u32>) -> String {
    let stamp = stamp(now);
    match schema {
        Some(schema) => format!("{PREFIX}{stamp}{SCHEMA}{schema}.db"),
        None => format!("{PREFIX}{stamp}.db"),
    }
}

pub(super) fn stamp(now: i64) -> String {
    let at = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::UTC).strftime(STAMP).to_string()
}

fn read_name(name: &str) -> Option<(i64, Option<u32>)> {
    let name = name.strip_prefix(PREFIX)?.strip_suffix(".db")?;
    let (stamp, schema) = match name.split_once(SCHEMA) {
        Some((stamp, schema)) => (stamp, Some(schema.parse().ok()?)),
        None => (name, None),
    };
    let at = DateTime::strptime(STAMP, stamp).ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some((at.as_millisecond(), schema))
}

/// Of these, the newest first, those that are one too many.
fn superfluous(backups: &[BackupFile]) -> Vec<&BackupFile> {
    let (mut daily, mut bytes) = (0_usize, 0_u64);
    let mut schemas = Vec::new();
    backups
        .iter()
        .filter(|backup| {
            bytes = bytes.saturating_add(backup.bytes);
            let has_room = bytes <= KEPT_BYTES;
            let stays = match backup.schema {
                None => {
                    daily += 1;
                    daily == 1 || (daily <= KEPT && has_room)
                }
                // Of several before the same step, the older are of tries that came to nothing.
                Some(schema) if schemas.contains(&schema) => false,
                Some(schema) => {
                    schemas.push(schema);
                    schemas.len() == 1 || has_room
                }
            };
            if !stays {
                bytes -= backup.bytes;
            }
            !stays
        })
        .collect()
}

#[cfg(test)]
mod tests;
