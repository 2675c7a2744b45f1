//! The profile: the folder of everything.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use tauri::{AppHandle, Manager as _};

/// Names another folder for everything.
const DATA_DIR: &str = "SEREIN_DATA_DIR";

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
