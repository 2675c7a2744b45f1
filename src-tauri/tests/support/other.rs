//! Other apps on the same screen: a real window with a text field, and one that has taken our keys.

use std::process::{Command, Stdio};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, Grab as Grabbed, GrabMode, ModMask, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use super::display::Display;
use super::process::{Owned, which};
use super::wait::until;

/// The X keysym of the space bar.
const SPACE: u32 = 0x20;

/// Another app's window: a text editor as old as X.
#[derive(Debug)]
pub(crate) struct Other {
    window: String,
    _process: Owned,
}

impl Other {
    /// Opens it, in front and with the keyboard.
    pub(crate) async fn open(display: &Display) -> Self {
        let process = Owned::start(
            Command::new(which("xedit"))
                .args(["-geometry", "400x200-0-0"])
                .env_clear()
                .env("DISPLAY", display.name())
                .env("HOME", "/nonexistent")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let window = until(async || {
            let found = display.try_xdotool(&["search", "--onlyvisible", "--class", "xedit"]);
            found.ok()?.lines().next().map(str::to_owned)
        })
        .await
        .expect("the other app opens a window");
        display.xdotool(&["windowactivate", "--sync", &window]);
        Self {
            window,
            _process: process,
        }
    }

    /// Its X id.
    pub(crate) fn id(&self) -> u32 {
        self.window.parse().expect("an X id is a number")
    }

    /// What it calls itself.
    pub(crate) fn title(&self) -> &'static str {
        "xedit"
    }

    /// Clicks into it, as a person does who goes back to work.
    pub(crate) fn click(&self, display: &Display) {
        display.xdotool(&[
            "mousemove",
            "--window",
            &self.window,
            "300",
            "150",
            "click",
            "1",
        ]);
        display.xdotool(&["windowactivate", "--sync", &self.window]);
    }
}

/// An app in which something is selected, as the server knows it. Nobody asks for the text.
pub(crate) struct Selected {
    _connection: RustConnection,
}

impl Selected {
    /// Selects it.
    pub(crate) fn on(display: &Display) -> Self {
        let (connection, screen) = x11rb::connect(Some(display.name())).unwrap();
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().unwrap();
        let plain = CreateWindowAux::new();
        connection
            .create_window(
                0,
                window,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_ONLY,
                0,
                &plain,
            )
            .unwrap();
        connection
            .set_selection_owner(window, AtomEnum::PRIMARY.into(), x11rb::CURRENT_TIME)
            .unwrap()
            .check()
            .unwrap();
        Self {
            _connection: connection,
        }
    }
}

/// An app that has taken keys with the space bar before ours.
pub(crate) struct Grab {
    connection: RustConnection,
}

impl Drop for Grab {
    /// The keys are free when this returns, not only when the server finds the connection gone.
    fn drop(&mut self) {
        let everything = self
            .connection
            .setup()
            .roots
            .iter()
            .map(|screen| screen.root);
        for root in everything {
            let _ = self.connection.ungrab_key(Grabbed::ANY, root, ModMask::ANY);
        }
        let _ = self
            .connection
            .get_input_focus()
            .map(|answer| answer.reply());
    }
}

impl Grab {
    /// Takes the keys.
    pub(crate) fn of_shortcut(display: &Display) -> Self {
        Self::try_for(display).expect("the keys are free")
    }

    /// Takes the keys of the usual shortcut, if they are free.
    pub(crate) fn try_for(display: &Display) -> Option<Self> {
        Self::try_for_space(display, ModMask::CONTROL | ModMask::SHIFT)
    }

    /// Takes the space bar with these keys held, if that is free.
    pub(crate) fn try_for_space(display: &Display, held: ModMask) -> Option<Self> {
        let (connection, screen) = x11rb::connect(Some(display.name())).unwrap();
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = connection
            .get_keyboard_mapping(first, last - first + 1)
            .unwrap()
            .reply()
            .unwrap();
        let each = usize::from(keys.keysyms_per_keycode);
        let index = keys.keysyms.iter().position(|keysym| *keysym == SPACE);
        let space = first + u8::try_from(index.unwrap() / each).unwrap();
        connection
            .grab_key(
                false,
                setup.roots[screen].root,
                held,
                space,
                GrabMode::ASYNC,
                GrabMode::ASYNC,
            )
            .unwrap()
            .check()
            .ok()?;
        Some(Self { connection })
    }
}
