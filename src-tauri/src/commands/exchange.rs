//! Export and import: the system asks where, the core does the work.

use std::path::PathBuf;

use serein_core::view::{ExportFormat, JobView};
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder};
use tokio::sync::oneshot;

use super::{Answer, Core};
use crate::windows::MAIN;

/// One conversation, or all as JSON, goes to a file; several as Markdown go to a folder.
#[tauri::command]
pub(crate) async fn export_conversations(
    app: AppHandle,
    core: Core<'_>,
    ids: Option<Vec<String>>,
    format: ExportFormat,
) -> Answer<Option<JobView>> {
    core.check_no_job()?;
    let is_one = ids.as_ref().is_some_and(|ids| ids.len() == 1);
    let target = if format == ExportFormat::Json || is_one {
        let name = core.export_name(ids.as_deref(), format).await?;
        let (kind, ending) = match format {
            ExportFormat::Json => ("JSON", "json"),
            ExportFormat::Markdown => ("Markdown", "md"),
        };
        let dialog = dialog(&app, "Export")
            .set_file_name(name)
            .add_filter(kind, &[ending]);
        asked(|answer| dialog.save_file(answer))
    } else {
        let dialog = dialog(&app, "Export into a folder");
        asked(|answer| dialog.pick_folder(answer))
    };
    // A dialog that went without an answer was closed.
    let target = target.await.ok().flatten();
    match target.and_then(|target| target.into_path().ok()) {
        Some(target) => core.export(ids, format, target).map(Some),
        None => Ok(None),
    }
}

/// With `folder`, whole folders are chosen instead of files.
#[tauri::command]
pub(crate) async fn import_conversations(
    app: AppHandle,
    core: Core<'_>,
    folder: Option<bool>,
) -> Answer<Option<JobView>> {
    core.check_no_job()?;
    let paths = if folder.unwrap_or(false) {
        let dialog = dialog(&app, "Import conversations from folders");
        asked(|answer| dialog.pick_folders(answer))
    } else {
        let dialog = dialog(&app, "Import conversations").add_filter("JSON", &["json"]);
        asked(|answer| dialog.pick_files(answer))
    };
    let paths = paths.await.ok().flatten();
    let paths: Vec<PathBuf> = paths
        .into_iter()
        .flatten()
        .filter_map(|path| path.into_path().ok())
        .collect();
    if paths.is_empty() {
        return Ok(None);
    }
    core.import(paths).map(Some)
}

#[tauri::command]
pub(crate) fn cancel_job(core: Core<'_>, id: String) {
    core.cancel_job(&id);
}

#[tauri::command]
pub(crate) fn job(core: Core<'_>) -> Option<JobView> {
    core.job()
}

/// A dialog of the main window's.
fn dialog(app: &AppHandle, title: &str) -> FileDialogBuilder<Wry> {
    let dialog = app.dialog().file().set_title(title);
    match app.get_webview_window(MAIN) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

/// What the user will choose in a dialog; `None` if they think better of it.
fn asked<T: Send + 'static>(
    ask: impl FnOnce(Box<dyn FnOnce(Option<T>) + Send>),
) -> oneshot::Receiver<Option<T>> {
    let (answer, answered) = oneshot::channel();
    ask(Box::new(move |choice| {
        // Nobody listens any more if the window has gone.
        let _ = answer.send(choice);
    }));
    answered
}
