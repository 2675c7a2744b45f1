//! The quick ask's window: made hidden at start, shown over whatever the user is doing, never destroyed.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serein_core::settings::Appearance;
use serein_core::view::QuickShown;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Emitter as _, LogicalSize, Manager as _, PhysicalPosition, WebviewUrl,
    WebviewWindow, WebviewWindowBuilder,
};

use crate::display::{self, Display};
use crate::{activation, ending, events, focus, shortcut, windows};

/// The window's label.
pub(crate) const QUICK: &str = "quick";

/// The window's width, and its height without an answer, in logical pixels (`product.md`, *Quick ask*).
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 64.0;
/// It grows to so many logical pixels,
const MOST: f64 = 560.0;
/// or to this share of the display's height.
const MOST_SHARE: f64 = 0.6;
/// Its distance from the display's top, as a share of the display's height.
const TOP: f64 = 0.18;
/// Focus that goes so soon after showing was never really there: window managers pass it round.
const SETTLING: Duration = Duration::from_millis(200);

/// How it stands with the window.
#[derive(Debug, Default)]
pub(crate) struct QuickAsk {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When it was shown; `None` while it is hidden.
    shown: Option<Instant>,
    /// It stays when the focus goes: it is pinned, or a reply runs.
    held: bool,
    /// Its height, in logical pixels, as its page last wished it.
    height: Option<f64>,
    /// The display it was last put on, where an app may choose.
    display: Option<Display>,
    /// Its page has not said yet that it listens; what it was to be told.
    waiting: Option<QuickShown>,
    listens: bool,
}

impl State {
    /// Whether it is to be hidden when the keyboard goes elsewhere now.
    fn goes(&self) -> bool {
        !self.held && self.shown.is_some_and(|shown| shown.elapsed() >= SETTLING)
    }
}

impl QuickAsk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether it stays when the focus goes.
    pub(crate) fn hold(&self, held: bool) {
        self.lock().held = held;
    }
}

/// Makes the window, hidden.
///
/// # Errors
/// When the system gives no window.
pub(crate) fn create(
    app: &AppHandle,
    data_dir: &Path,
    appearance: Appearance,
) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, QUICK, WebviewUrl::App("quick.html".into()))
        .title("Serein quick ask")
        .inner_size(WIDTH, HEIGHT)
        .decorations(false)
        .maximizable(false)
        .minimizable(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .visible_on_all_workspaces(true)
        .accept_first_mouse(true)
        .data_directory(data_dir.join("webview"))
        .disable_drag_drop_handler()
        .on_navigation(windows::is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .theme(windows::theme(appearance))
        .visible(false)
        .build()?;
    windows::paint_background(&window)?;
    focus::follow(&window);
    Ok(window)
}

/// Shows it where the pointer is, with the keyboard in its field; what the command line brought goes there.
pub(crate) fn show(app: &AppHandle, text: Option<String>) {
    // Whoever comes by another way may do so because the keys could not be had.
    shortcut::try_again(app);
    on_main_thread(app, move |app| show_now(app, text));
}

/// Hides it, if it is shown; the system gives the focus back to where it was.
pub(crate) fn hide(app: &AppHandle) {
    on_main_thread(app, hide_now);
}

/// Shows it, or hides it where it is shown and has the keyboard.
pub(crate) fn toggle(app: &AppHandle) {
    on_main_thread(app, |app| {
        if is_shown(app) && has_keyboard(app) {
            hide_now(app);
        } else {
            show_now(app, None);
        }
    });
}

/// The keyboard went elsewhere, or somebody only grabbed a key, as our own shortcut does.
pub(crate) fn blurred(app: &AppHandle) {
    on_main_thread(app, |app| {
        let goes = app.state::<QuickAsk>().lock().goes();
        if goes && !has_keyboard(app) {
            hide_now(app);
        }
    });
}

/// Whether it is on the screen.
pub(crate) fn is_shown(app: &AppHandle) -> bool {
    app.state::<QuickAsk>().lock().shown.is_some()
}

fn has_keyboard(app: &AppHandle) -> bool {
    app.get_webview_window(QUICK).is_some_and(|window| {
        focus::is_here(&window).unwrap_or_else(|| window.is_focused().unwrap_or(false))
    })
}

/// A window may be touched on any thread; here each touch would wait for the main one.
fn on_main_thread(app: &AppHandle, what: impl FnOnce(&AppHandle) + Send + 'static) {
    let there = app.clone();
    if let Err(error) = app.run_on_main_thread(move || what(&there)) {
        log::warn!("the quick ask cannot be reached: {error}");
    }
}

fn show_now(app: &AppHandle, text: Option<String>) {
    let Some(window) = app.get_webview_window(QUICK) else {
        return;
    };
    let quick = app.state::<QuickAsk>();
    let display = display::with_pointer(&window);
    let height = {
        let mut state = quick.lock();
        state.shown = Some(Instant::now());
        state.display = display;
        state.height.unwrap_or(HEIGHT)
    };
    if let Some(display) = display {
        place(&window, display, height);
    }
    for outcome in [window.show(), window.set_focus()] {
        warn("could not be shown", outcome);
    }
    focus::take(&window);
    tell_shown(&window, QuickShown { text });
}

fn hide_now(app: &AppHandle) {
    let quick = app.state::<QuickAsk>();
    if quick.lock().shown.take().is_none() {
        return;
    }
    let Some(window) = app.get_webview_window(QUICK) else {
        return;
    };
    warn("could not be hidden", window.hide());
    activation::give_back(app);
    warn(
        "could not be told that it is hidden",
        window.emit_to(QUICK, events::QUICK_HIDDEN, ()),
    );
    windows::rest(app);
    ending::quick_hidden(app);
}

/// The page listens from now on; it is told what it has missed.
pub(crate) fn listens(app: &AppHandle) {
    let missed = {
        let quick = app.state::<QuickAsk>();
        let mut state = quick.lock();
        state.listens = true;
        state.waiting.take()
    };
    if let (Some(missed), Some(window)) = (missed, app.get_webview_window(QUICK)) {
        tell_shown(&window, missed);
    }
}

/// Gives it the height that its page wishes, in logical pixels, within bounds.
pub(crate) fn resize(app: &AppHandle, height: f64) {
    let Some(window) = app.get_webview_window(QUICK) else {
        return;
    };
    let display = {
        let quick = app.state::<QuickAsk>();
        let mut state = quick.lock();
        state.height = Some(height);
        state.display
    };
    let display = display.or_else(|| display::of(&window));
    let height = bounded(height, display.map(|display| display.height()));
    warn(
        "could not be resized",
        window.set_size(LogicalSize::new(WIDTH, height)),
    );
}

fn tell_shown(window: &WebviewWindow, shown: QuickShown) {
    let quick = window.state::<QuickAsk>();
    {
        let mut state = quick.lock();
        if !state.listens {
            let text = state.waiting.take().and_then(|waiting| waiting.text);
            state.waiting = Some(QuickShown {
                text: shown.text.or(text),
            });
            return;
        }
    }
    warn(
        "could not be told that it is shown",
        window.emit_to(QUICK, events::QUICK_SHOWN, shown),
    );
}

fn place(window: &WebviewWindow, display: Display, height: f64) {
    let height = bounded(height, Some(display.height()));
    warn(
        "could not be resized",
        window.set_size(LogicalSize::new(WIDTH, height)),
    );
    warn("could not be moved", window.set_position(corner(display)));
}

/// Where its corner is on a display, in physical pixels.
fn corner(display: Display) -> PhysicalPosition<i32> {
    let (width, height) = (f64::from(display.size.0), f64::from(display.size.1));
    let x = f64::from(display.corner.0) + ((width - WIDTH * display.scale) / 2.0).max(0.0);
    let y = f64::from(display.corner.1) + height * TOP;
    PhysicalPosition::new(x.round() as i32, y.round() as i32)
}

/// A height within bounds, on a display of this height; all in logical pixels.
fn bounded(height: f64, display: Option<f64>) -> f64 {
    let most = display.map_or(MOST, |display| (display * MOST_SHARE).min(MOST));
    if height.is_finite() {
        height.clamp(HEIGHT, most.max(HEIGHT)).round()
    } else {
        HEIGHT
    }
}

fn warn(what: &str, outcome: tauri::Result<()>) {
    if let Err(error) = outcome {
        log::warn!("the quick ask {what}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_in_the_middle_below_the_top_of_its_display() {
        let corner_on = |corner, size, scale| {
            let PhysicalPosition { x, y } = super::corner(Display {
                corner,
                size,
                scale,
            });
            (x, y)
        };
        assert_eq!(corner_on((0, 0), (1920, 1000), 1.0), (600, 180));
        assert_eq!(corner_on((1920, 200), (1280, 800), 1.0), (2200, 344));
        assert_eq!(corner_on((-2880, 0), (2880, 1800), 2.0), (-2160, 324));
        // A display narrower than the window: from its edge on.
        assert_eq!(corner_on((10, 0), (600, 800), 1.0), (10, 144));
    }

    #[test]
    fn it_grows_to_its_bounds() {
        assert_eq!(bounded(10.0, None), 64.0);
        assert_eq!(bounded(300.4, None), 300.0);
        assert_eq!(bounded(9_000.0, None), 560.0);
        assert_eq!(bounded(9_000.0, Some(800.0)), 480.0);
        assert_eq!(bounded(9_000.0, Some(50.0)), 64.0);
        assert_eq!(bounded(f64::NAN, Some(800.0)), 64.0);
    }
}
