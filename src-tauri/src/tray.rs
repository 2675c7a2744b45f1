//! The tray or menu-bar icon, its menu, and whether anybody shows it.

use serein_core::view::{OpenIn, Screen};
use tauri::menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

use crate::{ending, quick, shortcut, windows};

/// The icon's id.
const ID: &str = "serein";

/// What the menu does, by the ids of its items.
mod item {
    pub(super) const QUICK: &str = "quick";
    pub(super) const OPEN: &str = "open";
    pub(super) const NEW: &str = "new";
    pub(super) const PAUSE: &str = "pause";
    pub(super) const SETTINGS: &str = "settings";
    pub(super) const QUIT: &str = "quit";
}

/// The item whose mark says whether the shortcut is paused.
struct Pause(CheckMenuItem<Wry>);

/// Puts the icon up; an app without one works as well. Where there is no tray, it waits for one.
pub(crate) fn try_to_create(app: &AppHandle) {
    // The library for it is loaded when it is first needed, and where it is missing that is a panic.
    let created = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| create(app)));
    match created {
        Ok(Ok(())) => {}
        Ok(Err(error)) => log::warn!("there is no tray icon: {error}"),
        Err(_) => log::warn!("there is no tray icon: the system has no library for it"),
    }
}

fn create(app: &AppHandle) -> tauri::Result<()> {
    let plain = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let pause = CheckMenuItem::with_id(
        app,
        item::PAUSE,
        "Pause shortcut",
        true,
        false,
        None::<&str>,
    )?;
    let menu = Menu::with_items(
        app,
        &[
            &plain(item::QUICK, "Quick ask")?,
            &plain(item::OPEN, "Open Serein")?,
            &plain(item::NEW, "New chat")?,
            &PredefinedMenuItem::separator(app)?,
            &pause,
            &plain(item::SETTINGS, "Settings")?,
            &PredefinedMenuItem::separator(app)?,
            &plain(item::QUIT, "Quit")?,
        ],
    )?;
    let mut icon = TrayIconBuilder::with_id(ID)
        .menu(&menu)
        .tooltip("Serein")
        // A left click shows the quick ask where the system tells of clicks; on Linux it opens the menu.
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                quick::toggle(icon.app_handle());
            }
        });
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    icon.build(app)?;
    app.manage(Pause(pause));
    Ok(())
}

fn chosen(app: &AppHandle, id: &str) {
    let open = |screen| {
        let conversation = None;
        windows::open_main(
            app,
            OpenIn {
                conversation,
                screen,
            },
        );
    };
    match id {
        item::QUICK => quick::show(app, None),
        item::OPEN => windows::show_main(app),
        item::NEW => open(Screen::Chat),
        item::PAUSE => shortcut::toggle_pause(app),
        item::SETTINGS => open(Screen::Settings),
        item::QUIT => ending::quit(app),
        _ => {}
    }
}

/// The mark of `Pause shortcut`.
pub(crate) fn show_paused(app: &AppHandle, paused: bool) {
    if let Some(pause) = app.try_state::<Pause>()
        && let Err(error) = pause.0.set_checked(paused)
    {
        log::warn!("the tray's menu could not be changed: {error}");
    }
}

/// Whether somebody shows tray icons, so that a hidden app can be found again: a StatusNotifier host, or where
/// nobody watches for such icons a tray of the older kind, for which the icon turns itself into one.
#[cfg(target_os = "linux")]
pub(crate) async fn is_shown(app: &AppHandle) -> bool {
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let watcher = zbus::Proxy::new(
            &bus,
            "org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.kde.StatusNotifierWatcher",
        )
        .await?;
        watcher
            .get_property::<bool>("IsStatusNotifierHostRegistered")
            .await
    };
    match tokio::time::timeout(std::time::Duration::from_secs(1), asked).await {
        Ok(Ok(has_host)) => has_host,
        Ok(Err(_)) => has_xembed_tray(app).await,
        // A watcher that does not answer shows nothing.
        Err(_) => false,
    }
}

/// Whether there is a tray of X (the System Tray Protocol: whoever owns the screen's selection).
#[cfg(target_os = "linux")]
async fn has_xembed_tray(app: &AppHandle) -> bool {
    use x11rb::protocol::xproto::ConnectionExt as _;

    let (answer, answered) = tokio::sync::oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        let owner = crate::server::ask(|server| {
            let name = format!("_NET_SYSTEM_TRAY_S{}", server.screen);
            let selection = server.connection.intern_atom(false, name.as_bytes())?;
            let selection = selection.reply()?.atom;
            Ok(server
                .connection
                .get_selection_owner(selection)?
                .reply()?
                .owner)
        });
        // Who asked may be gone.
        let _ = answer.send(owner.is_some_and(|owner| owner != x11rb::NONE));
    });
    asked.is_ok() && answered.await.unwrap_or(false)
}

/// Windows and macOS always have a place for it.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_shown(_app: &AppHandle) -> bool {
    true
}
