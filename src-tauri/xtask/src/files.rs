//! Reading folders of source text.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::Failure;

/// Every file below `folder`, by its path relative to it, in order. A folder that is not there
/// holds nothing.
///
/// # Errors
///
/// A folder could not be read.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(|error| cannot_read(&next, &error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| cannot_read(&next, &error))?;
            let kind = entry
                .file_type()
                .map_err(|error| cannot_read(&entry.path(), &error))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if let Ok(relative) = entry.path().strip_prefix(folder) {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every file below `folder` with its content.
///
/// # Errors
///
/// A file or folder could not be read.
pub(crate) fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    below(folder)?
        .into_iter()
        .map(|relative| {
            let path = folder.join(&relative);
            match fs::read(&path) {
                Ok(content) => Ok((relative, content)),
                Err(error) => Err(cannot_read(&path, &error)),
            }
        })
        .collect()
}

/// A file's text.
///
/// # Errors
///
/// It could not be read, or is no UTF-8.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| cannot_read(path, &error))
}

/// Makes `folder` exist and hold nothing.
///
/// # Errors
///
/// It could not be emptied or made.
pub(crate) fn empty(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("{} cannot be emptied: {error}", folder.display()));
        }
        _ => {}
    }
    fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    format!("{} cannot be read: {error}", path.display())
}
