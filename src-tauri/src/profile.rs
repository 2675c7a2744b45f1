//! The profile: the folder of everything, and the lock that keeps a second app out of it.

use std::fs::{File, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use serein_core::library::{Library, LibraryError};
use tauri::{AppHandle, Manager as _};

/// Names another folder for everything.
const DATA_DIR: &str = "SEREIN_DATA_DIR";
const DATABASE: &str = "serein.db";

/// The folder that `SEREIN_DATA_DIR` names, if it names one.
pub(crate) fn folder_from_environment() -> Option<PathBuf> {
    let folder = std::env::var_os(DATA_DIR).filter(|folder| !folder.is_empty())?;
    Some(std::path::absolute(&folder).unwrap_or_else(|_| PathBuf::from(folder)))
}

/// The name by which a second app of this profile finds the first: one per folder.
pub(crate) fn instance_name(identifier: &str, demo: bool) -> String {
    let profile = match folder_from_environment() {
        Some(folder) => {
            // Only has to be the same for the same build: both apps are this one.
            let mut hasher = DefaultHasher::new();
            folder.hash(&mut hasher);
            format!(".p{:016x}", hasher.finish())
        }
        None if demo => ".demo".to_owned(),
        None => String::new(),
    };
    format!("{identifier}{profile}")
}

/// The folder of everything, made if it is not there, readable by the user only.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn folder(app: &AppHandle, demo: bool) -> tauri::Result<PathBuf> {
    let folder = match folder_from_environment() {
        Some(folder) => folder,
        None if demo => app.path().app_data_dir()?.join("demo"),
        None => app.path().app_data_dir()?,
    };
    if !folder.is_dir() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&folder)?;
    }
    Ok(folder)
}

/// Held as long as the app runs.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Why the profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// A second app.
    #[error("Serein is already running with this data folder.")]
    Taken,
    /// The folder cannot be written.
    #[error("The data folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
}

/// Keeps every other app out of the profile. The single-instance plugin comes first; this holds where
/// there is no session bus.
///
/// # Errors
/// [`LockError`].
pub(crate) fn lock(data_dir: &Path) -> Result<Lock, LockError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data_dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(LockError::Taken),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Opens the library. A damaged one is set aside; where none can be kept, one in memory stands in. What
/// happened is said in a sentence.
///
/// # Errors
/// When there cannot even be one in memory.
pub(crate) fn library(data_dir: &Path) -> Result<(Library, Option<String>), LibraryError> {
    let path = data_dir.join(DATABASE);
    let error = match Library::open(&path) {
        Ok(library) => return Ok((library, None)),
        Err(error) => error,
    };
    log::error!("the library could not be opened: {error}");
    if error.is_damage() {
        let aside = path.with_extension(format!("damaged-{}.db", serein_core::now()));
        if std::fs::rename(&path, &aside).is_ok()
            && let Ok(library) = Library::open(&path)
        {
            let notice = format!(
                "The conversation database was damaged and could not be read. It is kept as {}, and Serein starts with an empty one.",
                aside.display()
            );
            return Ok((library, Some(notice)));
        }
    }
    let why = match error {
        LibraryError::Newer => {
            "It was written by a newer version of Serein; update the app to read it."
        }
        _ => {
            "Check that the data folder can be written to and that the disk is not full, then start Serein again."
        }
    };
    let notice = format!(
        "The conversation database could not be opened, so conversations of this session are not kept. {why}"
    );
    Ok((Library::in_memory()?, Some(notice)))
}
