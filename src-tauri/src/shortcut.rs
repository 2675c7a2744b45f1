//! The keys that show the quick ask from anywhere.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serein_core::app::Serein;
use serein_core::error::{Code, IpcError};
use serein_core::settings::SettingsPatch;
use serein_core::view::ShortcutStatus;
use tauri::{AppHandle, Emitter as _, Manager as _};
use tauri_plugin_global_shortcut::{Code as Key, Modifiers, Shortcut};

use crate::{events, quick, tray};

#[cfg_attr(not(target_os = "linux"), path = "shortcut/plugin.rs")]
#[cfg_attr(target_os = "linux", path = "shortcut/x11.rs")]
mod system;

#[cfg(target_os = "linux")]
mod portal;

use system::{Keyboard, Refused};

/// How it stands with the keys.
#[derive(Default)]
pub(crate) struct Keys {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Those the system gives us.
    active: Option<Shortcut>,
    /// Those a Wayland desktop gives us.
    #[cfg(target_os = "linux")]
    bound: Option<portal::Bound>,
    /// Who hands them out; asked for when keys are first wanted.
    keyboard: Option<Keyboard>,
    paused: bool,
    /// Other keys are being recorded: those there are do nothing meanwhile.
    resting: bool,
    /// Why they cannot be had.
    problem: Option<String>,
}

impl Keys {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What the desktop calls the keys it gave, where it has the say.
    #[cfg(target_os = "linux")]
    fn given(&self) -> Option<&str> {
        self.bound.as_ref().map(|bound| bound.given.as_str())
    }

    #[cfg(not(target_os = "linux"))]
    fn given(&self) -> Option<&str> {
        None
    }

    /// Whether the keys are ours to hear of.
    fn has_keys(&self) -> bool {
        self.active.is_some() || self.given().is_some()
    }
}

/// Asks the system for the keys in the settings.
pub(crate) fn start(app: &AppHandle) {
    if !is_wayland() {
        take(app, &wanted(app));
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let outcome = ask_desktop(&app, &wanted(&app)).await;
        app.state::<Keys>().lock().problem = outcome.err();
        tell(&app);
    });
}

/// Asks once more for keys that could not be had: whoever had them may be gone. A Wayland desktop is not asked
/// again, since it asks the user.
pub(crate) fn try_again(app: &AppHandle) {
    let failed = app.state::<Keys>().lock().problem.is_some();
    if failed && !is_wayland() {
        take(app, &wanted(app));
        if app.state::<Keys>().lock().has_keys() {
            tell(app);
        }
    }
}

/// How it stands.
pub(crate) async fn status(app: &AppHandle) -> ShortcutStatus {
    let tray = tray::is_shown(app).await;
    let keys = app.state::<Keys>();
    let state = keys.lock();
    ShortcutStatus {
        shortcut: wanted(app),
        given: state
            .given()
            .filter(|given| !given.is_empty())
            .map(str::to_owned),
        active: state.has_keys() && !state.paused,
        paused: state.paused,
        problem: state.problem.clone(),
        command: state.problem.is_some().then(command),
        tray,
    }
}

/// Takes other keys in place of the old ones, or none where `text` is empty, and keeps that.
///
/// # Errors
/// [`Code::InvalidInput`] when they cannot work or somebody else has them, and when it could not be kept; the
/// old ones stay.
pub(crate) async fn set(app: &AppHandle, text: &str) -> Result<ShortcutStatus, IpcError> {
    let text = text.trim();
    if !text.is_empty() {
        read(text).map_err(refusal)?;
    }
    let old = wanted(app);
    if text != old || !app.state::<Keys>().lock().has_keys() {
        exchange(app, &old, text).await?;
    }
    tell(app);
    Ok(status(app).await)
}

/// Takes `new` in place of `old`, and keeps it in the settings.
async fn exchange(app: &AppHandle, old: &str, new: &str) -> Result<(), IpcError> {
    let outcome = if is_wayland() {
        ask_desktop(app, new).await
    } else {
        take(app, new);
        let problem = app.state::<Keys>().lock().problem.clone();
        problem.map_or(Ok(()), Err)
    };
    if let Err(problem) = outcome {
        take(app, old);
        return Err(refusal(problem));
    }
    let core = Arc::clone(app.state::<Arc<Serein>>().inner());
    let patch = SettingsPatch {
        shortcut: Some(new.to_owned()),
        ..SettingsPatch::default()
    };
    if let Err(error) = core.update_settings(patch).await {
        take(app, old);
        return Err(error);
    }
    Ok(())
}

/// Asks a Wayland desktop for keys in place of those it gave, or for none. Those it gave stay where it says no.
///
/// # Errors
/// What to do instead, in a sentence.
#[cfg(target_os = "linux")]
async fn ask_desktop(app: &AppHandle, text: &str) -> Result<(), String> {
    let bound = if text.is_empty() {
        None
    } else {
        let asked = app.clone();
        let bound = portal::bind(read(text)?, move |heard| match heard {
            portal::Heard::Pressed => pressed(&asked),
            portal::Heard::Closed => lost(&asked),
        });
        Some(bound.await.map_err(|reason| {
            log::warn!("the desktop gives no shortcut: {reason}");
            on_wayland()
        })?)
    };
    let keys = app.state::<Keys>();
    let mut state = keys.lock();
    state.problem = None;
    state.bound = bound;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
async fn ask_desktop(_app: &AppHandle, _text: &str) -> Result<(), String> {
    Err(on_wayland())
}

/// The desktop has taken the keys back.
#[cfg(target_os = "linux")]
fn lost(app: &AppHandle) {
    {
        let keys = app.state::<Keys>();
        let mut state = keys.lock();
        state.bound = None;
        state.problem = Some(on_wayland());
    }
    tell(app);
}

/// The keys were pressed.
fn pressed(app: &AppHandle) {
    let is_heard = {
        let keys = app.state::<Keys>();
        let state = keys.lock();
        // What the desktop gave, it goes on giving.
        !state.paused && !state.resting
    };
    if is_heard {
        quick::toggle(app);
    }
}

/// Pauses the keys, or has them work again.
pub(crate) fn toggle_pause(app: &AppHandle) {
    let paused = {
        let keys = app.state::<Keys>();
        let mut state = keys.lock();
        state.paused = !state.paused;
        state.paused
    };
    take(app, &wanted(app));
    tray::show_paused(app, paused);
    tell(app);
}

/// Has the keys do nothing while others are recorded, or work again.
pub(crate) fn rest(app: &AppHandle, resting: bool) {
    app.state::<Keys>().lock().resting = resting;
    take(app, &wanted(app));
}

fn wanted(app: &AppHandle) -> String {
    app.state::<Arc<Serein>>().settings().shortcut
}

fn tell(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = app.emit(events::SHORTCUT, status(&app).await) {
            log::warn!("the windows could not be told of the shortcut: {error}");
        }
    });
}

/// Lets go of the keys there are, and asks for these, unless they are paused. On Wayland they are not ours to
/// take: see [`ask_desktop`].
fn take(app: &AppHandle, text: &str) {
    if is_wayland() {
        return;
    }
    let keys = app.state::<Keys>();
    let mut state = keys.lock();
    if let Some(old) = state.active.take()
        && let Some(keyboard) = &state.keyboard
    {
        keyboard.release(old);
    }
    state.problem = None;
    if text.is_empty() || state.paused || state.resting {
        return;
    }
    let outcome = read(text).and_then(|shortcut| {
        grab(app, &mut state, shortcut)
            .map(|()| shortcut)
            .map_err(|refused| {
                log::warn!("the shortcut cannot be had: {refused}");
                sentence(text, &refused)
            })
    });
    match outcome {
        Ok(shortcut) => state.active = Some(shortcut),
        Err(problem) => state.problem = Some(problem),
    }
}

fn grab(app: &AppHandle, state: &mut State, shortcut: Shortcut) -> Result<(), Refused> {
    let keyboard = match state.keyboard.take() {
        Some(keyboard) => keyboard,
        None => Keyboard::open(app)?,
    };
    let asked = app.clone();
    let outcome = keyboard.grab(shortcut, move || pressed(&asked));
    state.keyboard = Some(keyboard);
    outcome
}

fn sentence(text: &str, refused: &Refused) -> String {
    match refused {
        Refused::Taken => format!(
            "{text} is taken by another app or by the system. Record other keys, or bind the \
             command below in the system’s own keyboard settings."
        ),
        Refused::NoSuchKey => {
            format!("This keyboard has no such key as in {text}. Record other keys.")
        }
        Refused::Server(_) => format!(
            "The system does not give {text} to Serein. Bind the command below in its own keyboard \
             settings."
        ),
    }
}

/// Reads keys written as `Ctrl+Shift+Space`.
///
/// # Errors
/// Why they cannot work, in a sentence.
fn read(text: &str) -> Result<Shortcut, String> {
    let shortcut = Shortcut::from_str(text)
        .map_err(|_| format!("{text} cannot be used. Hold Ctrl, Alt or Shift and press a key."))?;
    let is_function_key = format!("{:?}", shortcut.key)
        .strip_prefix('F')
        .is_some_and(|number| number.parse::<u8>().is_ok());
    let others = shortcut.mods - Modifiers::SHIFT;
    if others.is_empty() && !is_function_key {
        return Err(format!(
            "{text} would take that key away from every other app. Hold Ctrl, Alt or Super as well."
        ));
    }
    let main = if cfg!(target_os = "macos") {
        Modifiers::SUPER
    } else {
        Modifiers::CONTROL
    };
    if shortcut.mods == main && is_letter(shortcut.key) {
        return Err(format!(
            "{text} means something in most other apps. Add Shift or Alt to it."
        ));
    }
    Ok(shortcut)
}

fn is_letter(key: Key) -> bool {
    format!("{key:?}").starts_with("Key")
}

fn refusal(message: String) -> IpcError {
    IpcError::new(Code::InvalidInput, message)
}

/// On Wayland only the desktop hands out global keys; what X clients grab works in X clients only.
fn is_wayland() -> bool {
    let says = |name: &str| std::env::var(name).unwrap_or_default();
    cfg!(target_os = "linux")
        && (!says("WAYLAND_DISPLAY").is_empty() || says("XDG_SESSION_TYPE") == "wayland")
}

fn on_wayland() -> String {
    "On Wayland the desktop hands out such keys, and it gave none. Bind the command below in the \
     system’s own keyboard settings."
        .to_owned()
}

/// The command that shows the quick ask.
fn command() -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| "serein".into());
    let installed = |folder: &str| Path::new(folder) == program.parent().unwrap_or(Path::new(""));
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let is_found = std::env::var("PATH")
        .unwrap_or_default()
        .split(':')
        .any(installed);
    let whole = program.to_string_lossy();
    match (is_found, whole.contains(' ')) {
        (true, _) => format!("{name} --quick"),
        (false, false) => format!("{whole} --quick"),
        (false, true) => format!("\"{whole}\" --quick"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_work_are_taken() {
        for text in [
            "Ctrl+Shift+Space",
            "Alt+Space",
            "F9",
            "Shift+F12",
            "Super+K",
            "Ctrl+Alt+5",
        ] {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn keys_that_cannot_work_are_refused_with_a_sentence() {
        for text in [
            "Space",
            "Shift+A",
            "Ctrl+Shift",
            "Ctrl",
            "Ctrl+Nothing",
            "Ctrl+C",
            "+",
            "Ctrl+Shift+",
        ] {
            let refused = read(text);
            assert!(
                refused
                    .as_ref()
                    .is_err_and(|sentence| sentence.ends_with('.')),
                "{text}: {refused:?}"
            );
        }
    }
}
