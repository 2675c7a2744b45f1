//! Which files an import reads: those that were chosen, and the JSON files in the folders that were.

use std::fs;
use std::path::{Path, PathBuf};

use crate::exchange::{Steps, Stop, sentences};

/// Files of one import at most.
const FILES: usize = 100_000;
/// The folders of other apps that are looked into where their folder is chosen.
const INNER_FOLDERS: &[&str] = &["sessions", "conversations"];

/// The files that are meant, with their sizes.
pub(super) fn files(paths: &[PathBuf], steps: &Steps) -> Result<Vec<(PathBuf, u64)>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        steps.go_on()?;
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                let before = files.len();
                in_folder(path, true, &mut files, steps);
                if files.len() == before {
                    steps.problem(&shown(path), "There is no JSON file in this folder.");
                }
            }
            Ok(found) if found.is_file() => files.push((path.clone(), found.len())),
            Ok(_) => steps.problem(&shown(path), "This is not a file."),
            Err(error) => steps.problem(&shown(path), sentences::io_reason(&error)),
        }
    }
    if files.len() > FILES {
        let more = files.len() - FILES;
        files.truncate(FILES);
        steps.problem(
            "Too many files",
            format!("Only the first {FILES} files were read; {more} were not. Import them by themselves."),
        );
    }
    Ok(files)
}

/// The JSON files in a folder, by name; hidden ones are no conversations.
fn in_folder(folder: &Path, outer: bool, files: &mut Vec<(PathBuf, u64)>, steps: &Steps) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            steps.problem(&shown(folder), sentences::io_reason(&error));
            return;
        }
    };
    let mut found = Vec::new();
    for entry in entries.flatten().take(FILES + 1) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_dir() {
            if outer && INNER_FOLDERS.contains(&name.as_str()) {
                in_folder(&path, false, &mut found, steps);
            }
        } else if metadata.is_file()
            && !name.starts_with('.')
            && name.to_lowercase().ends_with(".json")
        {
            found.push((path, metadata.len()));
        }
    }
    found.sort();
    files.append(&mut found);
}

pub(super) fn shown(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
