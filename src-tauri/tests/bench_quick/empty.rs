//! The empty window the quick ask is measured against: a field, shown and hidden by the same keys in the same way.

use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_global_shortcut::Shortcut;

use crate::x11::Keyboard;
use crate::{focus, keyboard};

/// Has this program be the empty window.
pub(crate) const ARGUMENT: &str = "--empty-window";

/// The window's label and its title.
const LABEL: &str = "empty";
pub(crate) const TITLE: &str = "Empty window";

/// Runs until it is ended.
pub(crate) fn run() {
    tauri::Builder::default()
        .setup(|app| {
            let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
                .title(TITLE)
                .inner_size(720.0, 64.0)
                .decorations(false)
                .always_on_top(true)
                .skip_taskbar(true)
                .visible(false)
                .build()?;
            focus::follow(&window);
            let keys: Shortcut = keyboard::SHORTCUT.parse()?;
            let (keyboard, handle) = (Keyboard::open(app.handle())?, app.handle().clone());
            keyboard.grab(keys, move || {
                let there = handle.clone();
                handle.run_on_main_thread(move || toggle(&there)).unwrap();
            })?;
            app.manage(keyboard);
            Ok(())
        })
        .run(tauri::generate_context!(
            "src-tauri/tests/bench_quick/tauri.conf.json"
        ))
        .expect("an empty window runs");
}

fn toggle(app: &AppHandle) {
    let window = app
        .get_webview_window(LABEL)
        .expect("it is never destroyed");
    if window.is_visible().unwrap() {
        window.hide().unwrap();
    } else {
        window.show().unwrap();
        window.set_focus().unwrap();
        focus::take(&window);
    }
}
