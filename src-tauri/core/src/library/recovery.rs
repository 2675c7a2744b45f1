//! Opening the library of a data folder, whatever state it is in: damaged, on a full disk, or in a folder
//! that cannot be written to.

mod salvage;
mod wal;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use tokio_util::sync::CancellationToken;

use super::backup::{
    BackupFile, backups, check, open_unchanging, read_check, reading, shm_of, size_of, stamp, sync,
    sync_folder, wal_of,
};
use super::health::{Trouble, damage_mark};
use super::opening::{self, recover};
use super::{Library, LibraryError};
use crate::instance_lock::InstanceLock;
use crate::sentences;
use crate::view::Remedy;
use salvage::{Salvaged, salvage};

/// The library's file in the folder of everything.
pub const DATABASE: &str = "serein.db";
/// Damaged libraries are set aside in folders of this name, with the time.
const DAMAGED: &str = "damaged-";
/// In such a folder, the whole library that takes the damaged one's place.
const RESTORED: &str = "restored.db";
/// The same while it is being put together.
const RESTORING: &str = "restoring.db";
/// The note that an import is under way.
pub const IMPORTING: &str = "importing";
/// A library that may not be written, and has to be, is read into memory up to this size, in bytes.
const IN_MEMORY: u64 = 256 << 20;

/// The library of a data folder, and what the user should know about how it was opened.
#[derive(Debug)]
pub struct Opened {
    /// The library.
    pub library: Library,
    /// A sentence or two.
    pub notice: Option<String>,
}

impl Opened {
    fn well(library: Library) -> Self {
        Self {
            library,
            notice: None,
        }
    }
}

/// Opens the library in `data_dir`. A damaged one is set aside, the newest good backup restored, and what
/// can still be read of the damaged one added to it. One that cannot be written to can still be read.
/// Where none can be had, one in memory stands in.
///
/// # Errors
/// When there cannot even be one in memory.
pub fn open_profile(data_dir: &Path, lock: &InstanceLock) -> Result<Opened, LibraryError> {
    let path = data_dir.join(DATABASE);
    if !lock.allows_writing() {
        return read_only(&path);
    }
    let error = match open_or_restore(data_dir, &path) {
        Ok(mut opened) => {
            if opened
                .library
                .note(IMPORTING)
                .is_ok_and(|note| note.is_some())
            {
                opened.notice.get_or_insert_with(sentences::import_cut);
                // It is said once.
                let _ = opened.library.forget_note(IMPORTING);
            }
            return Ok(opened);
        }
        Err(error) => error,
    };
    log::error!("the library could not be opened: {error}");
    if let LibraryError::Newer = error {
        return stand_in(sentences::library_newer(), None);
    }
    if error.is_damage() {
        return stand_in(sentences::library_not_restored(), Some(Remedy::Restart));
    }
    if let Ok(library) = without_room(&path) {
        return Ok(Opened::well(library));
    }
    read_only(&path)
}

fn open_or_restore(data_dir: &Path, path: &Path) -> Result<Opened, LibraryError> {
    finish_restoring(data_dir, path)?;
    let mark = damage_mark(path);
    let is_cut = wal::is_cut(path);
    if !mark.exists() || is_sound(path) {
        match Library::open(path) {
            Ok(library) => {
                // A mark on a library that is sound was a false alarm.
                let _ = fs::remove_file(&mark);
                return Ok(Opened {
                    library,
                    notice: is_cut.then(sentences::library_cut),
                });
            }
            Err(error) if error.is_damage() => log::error!("the library is damaged: {error}"),
            Err(error) => return Err(error),
        }
    }
    restore(data_dir, path, crate::now()).map_err(|error| {
        log::error!("the library could not be restored: {error}");
        LibraryError::Damaged
    })
}

/// Whether a library that was found damaged is sound after all, its indexes included.
fn is_sound(path: &Path) -> bool {
    Connection::open_with_flags(path, reading())
        .is_ok_and(|connection| read_check(&connection, "integrity_check").is_ok())
}

/// Puts a restored library together, and in the damaged one's place.
fn restore(data_dir: &Path, path: &Path, now: i64) -> Result<Opened, LibraryError> {
    let aside = data_dir.join(format!("{DAMAGED}{}", stamp(now)));
    fs::create_dir_all(&aside)?;
    let (backup, salvaged) = match put_together(data_dir, path, &aside) {
        Ok(restored) => restored,
        Err(error) => {
            // There is nothing in it but what was being put together.
            let _ = fs::remove_dir_all(&aside);
            return Err(error);
        }
    };
    finish_restoring(data_dir, path)?;
    let library = Library::open(path)?;
    let notice = sentences::library_restored(
        backup.as_ref().map(|backup| in_words(backup.at)).as_deref(),
        salvaged.is_whole,
        salvaged.rows > 0,
        &aside.display().to_string(),
    );
    log::warn!("the library was restored: {salvaged:?}");
    Ok(Opened {
        library,
        notice: Some(notice),
    })
}

/// In `aside`, makes of the newest good backup and of what can be read at `path` the library that takes
/// that one's place.
fn put_together(
    data_dir: &Path,
    path: &Path,
    aside: &Path,
) -> Result<(Option<BackupFile>, Salvaged), LibraryError> {
    let restoring = aside.join(RESTORING);
    let backup = copy_of_newest_good(data_dir, &restoring)?;
    let mut connection = Connection::open(&restoring)?;
    // A copy that a crash cuts off is begun anew.
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")?;
    opening::migrate(&mut connection)?;
    let salvaged = salvage(path, &mut connection)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    check(&restoring, &CancellationToken::new())?;
    sync(&restoring)?;
    fs::rename(&restoring, aside.join(RESTORED))?;
    sync_folder(&aside.join(RESTORED));
    Ok((backup, salvaged))
}

/// The newest backup that is sound becomes `to`; without one, there is no file.
fn copy_of_newest_good(data_dir: &Path, to: &Path) -> Result<Option<BackupFile>, LibraryError> {
    let never = CancellationToken::new();
    for backup in backups(data_dir) {
        match fs::copy(&backup.path, to) {
            // An older one would not fit either, and an empty library is no substitute.
            Err(error) if error.kind() == ErrorKind::StorageFull => return Err(error.into()),
            Err(error) => log::error!("a backup cannot be read: {error}"),
            Ok(_) => match check(to, &never) {
                Ok(()) => return Ok(Some(backup)),
                Err(error) => log::error!("a backup cannot be used: {error}"),
            },
        }
    }
    match fs::remove_file(to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(None),
    }
}

/// Puts a restored library in the damaged one's place. A crash in between is made up for at the next
/// start: as long as the restored library stands ready, the exchange goes on.
fn finish_restoring(data_dir: &Path, path: &Path) -> Result<(), LibraryError> {
    let Some(restored) = restored_in(data_dir) else {
        return Ok(());
    };
    if let Some(aside) = restored.parent() {
        for part in [path.to_owned(), wal_of(path), shm_of(path)] {
            if let Some(name) = part.file_name()
                && part.exists()
            {
                fs::rename(&part, aside.join(name))?;
            }
        }
    }
    match fs::remove_file(damage_mark(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::rename(&restored, path)?;
    sync_folder(path);
    Ok(())
}

fn restored_in(data_dir: &Path) -> Option<PathBuf> {
    fs::read_dir(data_dir)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(DAMAGED))
        .map(|entry| entry.path().join(RESTORED))
        .find(|restored| restored.exists())
}

/// Opens a library on a disk so full that not even SQLite's shared index fits: it is kept in memory, and
/// what a crash cut off is folded together at a later start.
fn without_room(path: &Path) -> Result<Library, LibraryError> {
    // One that is not there is not begun here.
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    super::prepare(&connection)?;
    opening::check_is_current(&connection)?;
    let recovered = recover(&mut connection);
    let mut library = Library::with(connection, Some(path.to_owned()));
    if let Err(error) = recovered {
        library.heed(&error);
        library.has_cut_off = true;
    }
    Ok(library)
}

/// Opens a library that cannot be written to, so that it can be read.
fn read_only(path: &Path) -> Result<Opened, LibraryError> {
    if !path.exists() {
        return stand_in(sentences::library_not_kept(), Some(Remedy::Restart));
    }
    let library = match reading_library(path) {
        Ok(library) => library,
        Err(LibraryError::Newer) => return stand_in(sentences::library_newer(), None),
        Err(error) => {
            log::error!("the library could not be read: {error}");
            return stand_in(sentences::library_not_kept(), Some(Remedy::Restart));
        }
    };
    library.set_trouble(Trouble::from_the_start(
        sentences::library_read_only(),
        Some(Remedy::Restart),
    ));
    Ok(Opened {
        library,
        notice: Some(sentences::library_read_only().message),
    })
}

fn reading_library(path: &Path) -> Result<Library, LibraryError> {
    let connection = open_for_reading(path)?;
    let is_current = match opening::check_is_current(&connection) {
        Err(LibraryError::Newer) => return Err(LibraryError::Newer),
        outcome => outcome.is_ok(),
    };
    let is_finished = is_current && !opening::has_unfinished(&connection)?;
    if is_finished {
        return Ok(Library::with(connection, Some(path.to_owned())));
    }
    // It has to be changed before it can be shown; so a copy is.
    if size_of(path) > IN_MEMORY {
        return if is_current {
            Ok(Library::with(connection, Some(path.to_owned())))
        } else {
            Err(LibraryError::Behind)
        };
    }
    let mut memory = Connection::open_in_memory()?;
    Backup::new(&connection, &mut memory)?.step(-1)?;
    super::prepare(&memory)?;
    opening::migrate(&mut memory)?;
    recover(&mut memory)?;
    Ok(Library::with(memory, None))
}

fn open_for_reading(path: &Path) -> Result<Connection, LibraryError> {
    let connection = Connection::open_with_flags(path, reading())?;
    connection.busy_timeout(super::PATIENCE)?;
    if opening::schema_of(&connection).is_ok() {
        return Ok(connection);
    }
    // Without a log beside it, SQLite would have to create one.
    let connection = open_unchanging(path)?;
    opening::schema_of(&connection)?;
    Ok(connection)
}

fn stand_in(notice: String, remedy: Option<Remedy>) -> Result<Opened, LibraryError> {
    let library = Library::in_memory()?;
    let error = crate::error::IpcError::new(crate::error::Code::Failed, notice.clone());
    library.set_trouble(Trouble::from_the_start(error, remedy));
    Ok(Opened {
        library,
        notice: Some(notice),
    })
}

/// A time as a person reads it, where the person is.
fn in_words(at: i64) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::system())
        .strftime("%-d %B %Y, %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests;
