//! The settings file, by way of tauri-plugin-store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serein_core::settings::Settings;
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_store::{Store, StoreBuilder};

const FILE: &str = "settings.json";

struct SettingsFile(Arc<Store<Wry>>);

/// Reads the settings. A file that cannot be read is set aside, values that cannot be read are
/// defaults; what happened is said in a sentence.
///
/// # Errors
/// When the store cannot be made.
pub(crate) fn load(app: &AppHandle, data_dir: &Path) -> tauri::Result<(Settings, Option<String>)> {
    let path = data_dir.join(FILE);
    let mut notice = set_damaged_aside(&path).map(|aside| {
        format!(
            "The settings could not be read, so Serein starts with its defaults. The old file is kept as {}.",
            aside.display()
        )
    });
    let store = StoreBuilder::new(app, path)
        .disable_auto_save()
        .build()
        .map_err(store_failed)?;
    let stored = store.entries().into_iter().collect();
    let (settings, bad) = Settings::from_stored(&stored);
    if !bad.is_empty() {
        notice.get_or_insert_with(|| {
            format!(
                "Some settings could not be read and are at their defaults: {}.",
                bad.join(", ")
            )
        });
    }
    app.manage(SettingsFile(store));
    Ok((settings, notice))
}

/// Keeps the settings. Values of other versions stay in the file.
///
/// # Errors
/// Why it could not be written.
pub(crate) fn save(app: &AppHandle, settings: &Settings) -> Result<(), String> {
    let store = &app.state::<SettingsFile>().0;
    let serde_json::Value::Object(values) =
        serde_json::to_value(settings).map_err(|error| error.to_string())?
    else {
        return Err("settings are no object".to_owned());
    };
    for (name, value) in values {
        store.set(name, value);
    }
    store.save().map_err(|error| error.to_string())
}

fn set_damaged_aside(path: &Path) -> Option<PathBuf> {
    let text = std::fs::read(path).ok()?;
    if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&text).is_ok() {
        return None;
    }
    let aside = path.with_extension(format!("damaged-{}.json", serein_core::now()));
    std::fs::rename(path, &aside).ok()?;
    Some(aside)
}

fn store_failed(error: tauri_plugin_store::Error) -> tauri::Error {
    tauri::Error::PluginInitialization("store".to_owned(), error.to_string())
}
