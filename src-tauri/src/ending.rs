//! How the app ends: every reply is saved first; and what closing the main window means.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serein_core::app::Serein;
use tauri::{AppHandle, Manager as _};

use crate::{tray, windows};

/// The app is ending.
#[derive(Debug, Default)]
pub(crate) struct Ending(AtomicBool);

/// Ends the app once every reply is saved. A second call changes nothing.
pub(crate) fn quit(app: &AppHandle) {
    if app.state::<Ending>().0.swap(true, Ordering::Relaxed) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let core = Arc::clone(app.state::<Arc<Serein>>().inner());
        core.quit().await;
        app.exit(0);
    });
}

/// The main window is closed, its page having kept everything. Where a tray icon shows that the app goes on, or
/// the user wants it to, it is hidden; else the app ends.
pub(crate) async fn close_main(app: &AppHandle) {
    let goes_on = app.state::<Arc<Serein>>().settings().keep_running;
    if goes_on || tray::is_shown().await {
        windows::hide_main(app);
    } else {
        windows::destroy_main(app);
        quit(app);
    }
}
