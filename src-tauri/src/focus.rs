//! Focus for the quick ask, which the user asked for by a key that no window saw.
//!
//! An X window manager lets no app take the focus from the window the user last worked in, and it has not seen
//! that the key or the command was the user's doing too. So the request says that it comes from the user, as a
//! taskbar's does (EWMH, `_NET_ACTIVE_WINDOW`, source indication 2).

#[cfg(target_os = "linux")]
pub(crate) use x11::{follow, is_here, take};

/// Has the window take the focus each time it comes onto the screen.
#[cfg(not(target_os = "linux"))]
pub(crate) fn follow(_window: &tauri::WebviewWindow) {}

/// Gives the window, which is on the screen, the focus.
#[cfg(not(target_os = "linux"))]
pub(crate) fn take(_window: &tauri::WebviewWindow) {}

/// Whether the window has the keyboard, also while somebody grabs a key; `None` where the system does not say.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_here(_window: &tauri::WebviewWindow) -> Option<bool> {
    None
}

#[cfg(target_os = "linux")]
mod x11 {
    use gtk::glib::Propagation;
    use gtk::prelude::{Cast as _, IsA, WidgetExt as _, WidgetExtManual as _};
    use tauri::WebviewWindow;
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

    use crate::server::{Trouble, ask};

    /// Has the window take the focus each time it comes onto the screen. On Wayland nothing happens.
    pub(crate) fn follow(window: &WebviewWindow) {
        if let Ok(toplevel) = window.gtk_window() {
            toplevel.connect_map_event(|toplevel, _| {
                take_for(toplevel);
                Propagation::Proceed
            });
        }
    }

    /// Gives the window, which is on the screen, the focus. On Wayland nothing happens.
    pub(crate) fn take(window: &WebviewWindow) {
        let there = window.clone();
        // A second start is answered on a thread of its own, and GTK may be asked on the main one only.
        let asked = window.run_on_main_thread(move || {
            if let Ok(toplevel) = there.gtk_window()
                && toplevel.is_mapped()
            {
                take_for(&toplevel);
            }
        });
        if let Err(error) = asked {
            log::warn!("the window could not be given the focus: {error}");
        }
    }

    /// Whether the window has the keyboard. GTK says that it has not while somebody, as our own shortcut, grabs a
    /// key; the server knows better. `None` on Wayland.
    pub(crate) fn is_here(window: &WebviewWindow) -> Option<bool> {
        let id = id_of(&window.gtk_window().ok()?)?;
        ask(|server| {
            let focus = server.connection.get_input_focus()?.reply()?.focus;
            // GTK keeps the focus on a window of its own in the toplevel.
            let parent = || -> Result<u32, Trouble> {
                Ok(server.connection.query_tree(focus)?.reply()?.parent)
            };
            Ok(focus == id || (focus > 1 && parent()? == id))
        })
    }

    fn take_for(toplevel: &impl IsA<gtk::Widget>) {
        if let Some(id) = id_of(toplevel) {
            activate(id);
        }
    }

    /// The X server's name for a window; none on Wayland.
    fn id_of(toplevel: &impl IsA<gtk::Widget>) -> Option<u32> {
        let window = toplevel.window()?;
        let window = window.downcast::<gdkx11::X11Window>().ok()?;
        u32::try_from(window.xid()).ok()
    }

    fn activate(window: u32) {
        ask(|server| {
            let from_the_user = 2;
            let message = ClientMessageEvent::new(
                32,
                window,
                server.atoms._NET_ACTIVE_WINDOW,
                [from_the_user, x11rb::CURRENT_TIME, 0, 0, 0],
            );
            let managers = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
            server
                .connection
                .send_event(false, server.root, managers, message)?;
            server.connection.flush()?;
            Ok(())
        });
    }
}
