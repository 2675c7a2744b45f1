//! The windows: how they are made, and which conversation each looks at.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serein_core::app::Serein;
use serein_core::settings::Appearance;
use serein_core::view::OpenIn;
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{
    AppHandle, Emitter as _, Manager as _, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

use crate::{activation, ending, events, focus};

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

/// The main window was closed, and its page is keeping what is not kept yet.
#[derive(Debug, Default)]
pub(crate) struct Closing(AtomicBool);

/// Makes the main window, in the colour its page will have; shown, unless the app starts hidden.
///
/// # Errors
/// When the system gives no window.
pub(crate) fn create_main(
    app: &AppHandle,
    data_dir: &Path,
    appearance: Appearance,
    shown: bool,
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
    focus::follow(&window);
    paint_background(&window)?;
    if shown {
        window.show()?;
    }
    Ok(window)
}

/// Gives a window the colour its page will have.
///
/// # Errors
/// When the system refuses.
pub(crate) fn paint_background(window: &WebviewWindow) -> tauri::Result<()> {
    let is_dark = window.theme().is_ok_and(|theme| theme == Theme::Dark);
    window.set_background_color(Some(if is_dark { DARK } else { LIGHT }))
}

/// Closes the main window once its page has kept what was typed; a page that does not answer is not waited for.
pub(crate) fn close_main(app: &AppHandle) {
    app.state::<Closing>().0.store(true, Ordering::Relaxed);
    if let Err(error) = app.emit_to(MAIN, events::CLOSING, ()) {
        log::warn!("the page could not be told that its window closes: {error}");
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(CLOSING).await;
        close_now(&app).await;
    });
}

/// The page has kept everything, or has had its time: the window goes, if it is still to.
pub(crate) async fn close_now(app: &AppHandle) {
    if app.state::<Closing>().0.swap(false, Ordering::Relaxed) {
        ending::close_main(app).await;
    }
}

/// Hides the main window; it comes back as it was.
pub(crate) fn hide_main(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        log::warn!("the window could not be hidden: {error}");
    }
    activation::without_main(app);
    rest(app);
}

/// Whether the main window is on the screen.
#[cfg(target_os = "macos")]
pub(crate) fn is_main_shown(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN)
        .is_some_and(|window| window.is_visible().unwrap_or(false))
}

/// Nobody looks any more, perhaps for long: what was written goes where it stays.
pub(crate) fn rest(app: &AppHandle) {
    let core = Arc::clone(app.state::<Arc<Serein>>().inner());
    tauri::async_runtime::spawn(async move { core.rest().await });
}

/// Shows the main window, and in it what is asked for.
pub(crate) fn open_main(app: &AppHandle, at: OpenIn) {
    show_main(app);
    if let Err(error) = app.emit_to(MAIN, events::OPEN, at) {
        log::warn!("the main window could not be told what to open: {error}");
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

pub(crate) fn theme(appearance: Appearance) -> Option<Theme> {
    match appearance {
        Appearance::System => None,
        Appearance::Light => Some(Theme::Light),
        Appearance::Dark => Some(Theme::Dark),
    }
}

/// The window shows the app and nothing else.
pub(crate) fn is_own_page(url: &tauri::Url) -> bool {
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
    // Whoever asks for it now does not want it closed any more.
    app.state::<Closing>().0.store(false, Ordering::Relaxed);
    ending::main_shown(app);
    activation::with_main(app);
    for outcome in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = outcome {
            log::warn!("the window could not be shown: {error}");
        }
    }
    focus::take(&window);
}
