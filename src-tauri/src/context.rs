//! What the user may attach in the quick ask: the clipboard's text, and on X11 what is selected. It is offered;
//! it is read only when the user asks for it.

use serein_core::error::{Code, IpcError};
use serein_core::view::{QuickContext, QuickSource};
use tauri::AppHandle;

/// An attached text has at most so many bytes: it is shown whole before it is sent.
const TEXT_BYTES: usize = 1 << 20;

/// What is on offer now.
pub(crate) fn on_offer(app: &AppHandle) -> QuickContext {
    system::on_offer(app)
}

/// The text the user asked for.
///
/// # Errors
/// When there is none, or it is too long.
pub(crate) async fn text(app: &AppHandle, source: QuickSource) -> Result<String, IpcError> {
    let text = system::text(app, source).await.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(refusal(match source {
            QuickSource::Clipboard => "There is no text on the clipboard any more.",
            QuickSource::Selection => "Nothing is selected any more.",
        }));
    }
    if text.len() > TEXT_BYTES {
        return Err(refusal(
            "That text is longer than a megabyte. Attach a part of it.",
        ));
    }
    Ok(text)
}

fn refusal(message: &str) -> IpcError {
    IpcError::new(Code::InvalidInput, message)
}

/// Watches what changes, from the start of the app on.
pub(crate) fn watch(app: &AppHandle) {
    system::watch(app);
}

/// GTK tells when the owner of a selection changes, and which kinds of content it has.
#[cfg(target_os = "linux")]
mod system {
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, Instant};

    use gtk::gdk;
    use gtk::prelude::ObjectExt as _;
    use serein_core::view::{QuickContext, QuickSource};
    use tauri::{AppHandle, Manager as _};
    use tokio::sync::oneshot;

    /// A text on the clipboard is offered for so long.
    const FRESH: Duration = Duration::from_secs(60);

    /// When the clipboard last changed, and whether anything is selected.
    #[derive(Debug, Default)]
    struct Seen(Mutex<(Option<Instant>, bool)>);

    /// Watches both selections. To be called on the main thread.
    pub(super) fn watch(app: &AppHandle) {
        app.manage(Seen::default());
        let noted = app.clone();
        on_owner_change(&gdk::SELECTION_CLIPBOARD, move |_| {
            let seen = noted.state::<Seen>();
            seen.0.lock().unwrap_or_else(PoisonError::into_inner).0 = Some(Instant::now());
        });
        let noted = app.clone();
        on_owner_change(&gdk::SELECTION_PRIMARY, move |is_elsewhere| {
            let seen = noted.state::<Seen>();
            seen.0.lock().unwrap_or_else(PoisonError::into_inner).1 = is_elsewhere;
        });
    }

    /// Calls `heard` whenever a selection changes hands, with whether another app has it now.
    fn on_owner_change(selection: &gdk::Atom, heard: impl Fn(bool) + 'static) {
        gtk::Clipboard::get(selection).connect_local("owner-change", false, move |values| {
            let event: Option<gdk::Event> = values.get(1).and_then(|value| value.get().ok());
            let change = event.and_then(|event| event.downcast::<gdk::EventOwnerChange>().ok());
            let owner = change.and_then(|change| change.owner());
            heard(owner.is_some_and(|owner| owner.window_type() == gdk::WindowType::Foreign));
            None
        });
    }

    pub(super) fn on_offer(app: &AppHandle) -> QuickContext {
        let seen = app.state::<Seen>();
        let (changed, selected) = *seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        QuickContext {
            clipboard: changed.is_some_and(|changed| changed.elapsed() < FRESH),
            selection: selected,
        }
    }

    /// Asks the owner; GTK may be asked on the main thread only.
    pub(super) async fn text(app: &AppHandle, source: QuickSource) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        app.run_on_main_thread(move || {
            let selection = match source {
                QuickSource::Clipboard => gdk::SELECTION_CLIPBOARD,
                QuickSource::Selection => gdk::SELECTION_PRIMARY,
            };
            let mut answer = Some(answer);
            gtk::Clipboard::get(&selection).request_text(move |_, text| {
                if let Some(answer) = answer.take() {
                    // Who asked may be gone.
                    let _ = answer.send(text.map(str::to_owned));
                }
            });
        })
        .ok()?;
        answered.await.ok().flatten()
    }
}

/// Elsewhere there is no sign of when the clipboard changed: its text is offered whenever there is one.
#[cfg(not(target_os = "linux"))]
mod system {
    use serein_core::view::{QuickContext, QuickSource};
    use tauri::AppHandle;
    use tauri_plugin_clipboard_manager::ClipboardExt as _;

    pub(super) fn watch(_app: &AppHandle) {}

    pub(super) fn on_offer(app: &AppHandle) -> QuickContext {
        let text = app.clipboard().read_text().unwrap_or_default();
        QuickContext {
            clipboard: !text.trim().is_empty(),
            selection: false,
        }
    }

    pub(super) async fn text(app: &AppHandle, _source: QuickSource) -> Option<String> {
        app.clipboard().read_text().ok()
    }
}
