//! The windows: how they are made, and which conversation each looks at.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serein_core::settings::Appearance;
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{
    AppHandle, Emitter as _, Manager as _, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

use crate::events;

/// The label of the main window.
pub(crate) const MAIN: &str = "main";

/// The window's colour until its page has drawn itself: `--color-surface` of `tokens.css`.
const LIGHT: Color = Color(0xff, 0xff, 0xff, 0xff);
const DARK: Color = Color(0x17, 0x18, 0x1f, 0xff);

/// How long a page has to keep what was typed before its window closes.
const CLOSING: Duration = Duration::from_secs(2);

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

/// Makes the main window, in the colour its page will have.
///
/// # Errors
/// When the system gives no window.
pub(crate) fn create_main(
    app: &AppHandle,
    data_dir: &Path,
    appearance: Appearance,
) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Serein")
        .inner_size(1080.0, 760.0)
        .min_inner_size(420.0, 420.0)
        .data_directory(data_dir.join("webview"))
        // Text and files dropped on the window belong to the page.
        .disable_drag_drop_handler()
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .theme(theme(appearance))
        .visible(false)
        .build()?;
    let is_dark = window.theme().is_ok_and(|theme| theme == Theme::Dark);
    window.set_background_color(Some(if is_dark { DARK } else { LIGHT }))?;
    window.show()?;
    Ok(window)
}

/// Closes a window once its page has kept what was typed; a page that does not answer is not waited for.
pub(crate) fn close(window: &tauri::Window) {
    let Some(window) = window.get_webview_window(window.label()) else {
        return;
    };
    if let Err(error) = window.emit_to(window.label(), events::CLOSING, ()) {
        log::warn!("a page could not be told that its window closes: {error}");
        return destroy(&window);
    }
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(CLOSING).await;
        destroy(&window);
    });
}

/// Takes a window away. One that is gone already is no error.
pub(crate) fn destroy(window: &WebviewWindow) {
    if let Err(error) = window.destroy() {
        log::debug!("a window was gone already: {error}");
    }
}

/// Gives the windows' frames the appearance that the pages have.
pub(crate) fn set_appearance(app: &AppHandle, appearance: Appearance) {
    for window in app.webview_windows().into_values() {
        if let Err(error) = window.set_theme(theme(appearance)) {
            log::warn!("a window's appearance could not be changed: {error}");
        }
    }
}

fn theme(appearance: Appearance) -> Option<Theme> {
    match appearance {
        Appearance::System => None,
        Appearance::Light => Some(Theme::Light),
        Appearance::Dark => Some(Theme::Dark),
    }
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
