//! How the app ends: every reply is saved first; what closing the main window means; and how it begins anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serein_core::app::Serein;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::{quick, tray, windows};

/// The app is ending, or is to.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    now: AtomicBool,
    /// The main window was closed while the quick ask was shown: the app ends when that is hidden.
    after_quick: AtomicBool,
    /// It is to begin anew once it has ended.
    anew: AtomicBool,
}

/// Ends the app once every reply is saved. Where one cannot be saved, or an import or export would be cut off,
/// the user is asked. A second call changes nothing.
pub(crate) fn quit(app: &AppHandle) {
    if app.state::<Ending>().now.swap(true, Ordering::Relaxed) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let core = Arc::clone(app.state::<Arc<Serein>>().inner());
        if let Some(lost) = core.lost_by_quitting().await
            && !quits_all_the_same(&app, &lost).await
        {
            let ending = app.state::<Ending>();
            ending.anew.store(false, Ordering::Relaxed);
            ending.now.store(false, Ordering::Relaxed);
            windows::show_main(&app);
            return;
        }
        // It is gone for who closed it; what is left takes a moment.
        if let Some(window) = app.get_webview_window(windows::MAIN) {
            let _ = window.hide();
        }
        core.quit().await;
        app.exit(0);
    });
}

/// Ends the app in the same way, and starts it anew.
pub(crate) fn restart(app: &AppHandle) {
    app.state::<Ending>().anew.store(true, Ordering::Relaxed);
    quit(app);
}

/// The app has ended, and no other finds it any more: starts the next one, if that was asked for. It shows its
/// window, however this one was started.
pub(crate) fn begin_anew_if_asked(app: &AppHandle) {
    if !app.state::<Ending>().anew.load(Ordering::Relaxed) {
        return;
    }
    let begun = tauri::process::current_binary(&app.env()).and_then(|program| {
        std::process::Command::new(program)
            .args(std::env::args().skip(1).filter(|word| word == "--demo"))
            .spawn()
    });
    if let Err(error) = begun {
        log::error!("Serein could not start itself anew: {error}");
    }
}

/// Asks whether to quit though something would be lost.
async fn quits_all_the_same(app: &AppHandle, what: &str) -> bool {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let buttons = MessageDialogButtons::OkCancelCustom(
        "Quit all the same".to_owned(),
        "Keep running".to_owned(),
    );
    let mut dialog = app
        .dialog()
        .message(what)
        .title("Quit Serein?")
        .kind(MessageDialogKind::Warning)
        .buttons(buttons);
    if let Some(window) = app.get_webview_window(windows::MAIN)
        && window.is_visible().unwrap_or(false)
    {
        dialog = dialog.parent(&window);
    }
    dialog.show(move |quits| {
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
