//! Our own connection to the X server, for what GTK neither says nor does for us. Used on the main thread.

use std::cell::RefCell;

use gtk::gdk;
use gtk::prelude::ObjectExt as _;
use x11rb::connection::Connection as _;
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// The names of the protocol that we use.
    pub(crate) Atoms: AtomsCookie { _NET_ACTIVE_WINDOW, }
}

/// The connection, and what belongs to our screen.
pub(crate) struct Server {
    pub(crate) connection: RustConnection,
    pub(crate) screen: usize,
    pub(crate) root: u32,
    pub(crate) atoms: Atoms,
}

/// What went wrong with a question.
pub(crate) type Trouble = Box<dyn std::error::Error>;

thread_local! {
    // The main thread's, made when it is first needed.
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

/// Asks the X server; `None` where it does not answer, and where GTK does without one, as on Wayland.
pub(crate) fn ask<T>(question: impl FnOnce(&Server) -> Result<T, Trouble>) -> Option<T> {
    if !gdk::Display::default().is_some_and(|display| display.is::<gdkx11::X11Display>()) {
        return None;
    }
    let answer = SERVER.with_borrow_mut(|server| {
        let server = match server {
            Some(server) => server,
            None => server.insert(connect()?),
        };
        question(server)
    });
    answer
        .inspect_err(|error| {
            log::warn!("the X server could not be asked: {error}");
            // Perhaps it only went away for a moment.
            SERVER.set(None);
        })
        .ok()
}

fn connect() -> Result<Server, Trouble> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection
        .setup()
        .roots
        .get(screen)
        .ok_or("the X server has no such screen")?
        .root;
    let atoms = Atoms::new(&connection)?.reply()?;
    Ok(Server {
        connection,
        screen,
        root,
        atoms,
    })
}
