//! How the app ends: every reply is saved first; and what closing the main window means.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serein_core::app::Serein;
use serein_core::sentences;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::{quick, tray, windows};

/// The app is ending, or is to.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    now: AtomicBool,
    /// The main window was closed while the quick ask was shown: the app ends when that is hidden.
    after_quick: AtomicBool,
}

/// Ends the app once every reply is saved. Where one cannot be saved, the user is asked. A second call changes
/// nothing.
pub(crate) fn quit(app: &AppHandle) {
    if app.state::<Ending>().now.swap(true, Ordering::Relaxed) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let core = Arc::clone(app.state::<Arc<Serein>>().inner());
        if let Some(error) = core.lost_by_quitting().await
            && !quits_all_the_same(&app, &sentences::quit_would_lose(&error.message)).await
        {
            app.state::<Ending>().now.store(false, Ordering::Relaxed);
            windows::show_main(&app);
            return;
        }
        core.quit().await;
        app.exit(0);
    });
}

/// Asks whether to quit though something would be lost.
async fn quits_all_the_same(app: &AppHandle, what: &str) -> bool {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let buttons = MessageDialogButtons::OkCancelCustom(
        "Quit all the same".to_owned(),
        "Keep running".to_owned(),
    );
    app.dialog()
        .message(what)
        .title("Quit Serein?")
        .kind(MessageDialogKind::Warning)
        .buttons(buttons)
        .show(move |quits| {
            // Whoever asked is there until it is answered.
            let _ = answer.send(quits);
        });
    answered.await.unwrap_or(true)
}

/// The main window is closed, its page having kept everything. Where a tray icon shows that the app goes on, or
/// the user wants it to, it is hidden; else the app ends, but not under the eyes of who reads in the quick ask.
pub(crate) async fn close_main(app: &AppHandle) {
    let goes_on = app.state::<Arc<Serein>>().settings().keep_running;
    if goes_on || tray::is_shown(app).await {
        windows::hide_main(app);
    } else if quick::is_shown(app) {
        windows::hide_main(app);
        let ending = app.state::<Ending>();
        ending.after_quick.store(true, Ordering::Relaxed);
    } else {
        // Not destroyed: something may be unsaved, and then it comes back.
        windows::hide_main(app);
        quit(app);
    }
}

/// The quick ask has been hidden: the app ends if it only waited for that.
pub(crate) fn quick_hidden(app: &AppHandle) {
    let after_quick = &app.state::<Ending>().after_quick;
    if after_quick.swap(false, Ordering::Relaxed) {
        quit(app);
    }
}

/// The main window is asked for again.
pub(crate) fn main_shown(app: &AppHandle) {
    let after_quick = &app.state::<Ending>().after_quick;
    after_quick.store(false, Ordering::Relaxed);
}
