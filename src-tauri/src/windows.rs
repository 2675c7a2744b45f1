//! The windows: how they are made, and which conversation each looks at.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The label of the main window.
pub(crate) const MAIN: &str = "main";

/// Which conversation each window looks at.
#[derive(Debug, Default)]
pub(crate) struct Viewers {
    conversations: Mutex<HashMap<String, String>>,
}

impl Viewers {
    /// The window looks at this conversation from now on, or at none.
    pub(crate) fn look(&self, window: &str, conversation: Option<&str>) {
        let mut conversations = self
            .conversations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match conversation {
            Some(id) => conversations.insert(window.to_owned(), id.to_owned()),
            None => conversations.remove(window),
        };
    }

    /// The windows that look at a conversation.
    pub(crate) fn of(&self, conversation: &str) -> Vec<String> {
        let conversations = self
            .conversations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        conversations
            .iter()
            .filter(|(_, id)| *id == conversation)
            .map(|(window, _)| window.clone())
            .collect()
    }
}

/// Makes the main window, hidden until its page has drawn itself.
///
/// # Errors
/// When the system gives no window.
pub(crate) fn create_main(app: &AppHandle, data_dir: &Path) -> tauri::Result<WebviewWindow> {
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Serein")
        .inner_size(1080.0, 760.0)
        .min_inner_size(420.0, 420.0)
        .data_directory(data_dir.join("webview"))
        // Text and files dropped on the window belong to the page.
        .disable_drag_drop_handler()
        .on_navigation(is_own_page);
    builder.build()
}

/// The window shows the app and nothing else.
fn is_own_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        // Where custom schemes are served over HTTP (Windows).
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Brings the main window to the front.
pub(crate) fn show_main(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    for outcome in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = outcome {
            log::warn!("the window could not be shown: {error}");
        }
    }
}
