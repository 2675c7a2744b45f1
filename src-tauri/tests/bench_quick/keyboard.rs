//! A keyboard: keys pressed through the X server, and who has the focus.

use std::time::{Duration, Instant, SystemTime};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// The keys that show the window.
pub(crate) const SHORTCUT: &str = "Ctrl+Shift+Space";

/// Keysyms (`X11/keysymdef.h`).
pub(crate) const SPACE: u32 = 0x20;
const SHIFT: u32 = 0xffe1;
const CONTROL: u32 = 0xffe3;
pub(crate) const ESCAPE: u32 = 0xff1b;

/// Nothing takes longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

/// A keyboard at a display.
pub(crate) struct Keys {
    server: RustConnection,
    root: u32,
    keysyms: Vec<Vec<u32>>,
}

impl Keys {
    pub(crate) fn at(display: &str) -> Self {
        let (server, screen) = x11rb::connect(Some(display)).unwrap();
        let setup = server.setup();
        let root = setup.roots[screen].root;
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = server
            .get_keyboard_mapping(first, last - first + 1)
            .unwrap()
            .reply()
            .unwrap();
        let each = usize::from(mapping.keysyms_per_keycode);
        let mut keysyms = vec![Vec::new(); usize::from(first)];
        keysyms.extend(mapping.keysyms.chunks(each).map(<[u32]>::to_vec));
        Self {
            server,
            root,
            keysyms,
        }
    }

    /// Presses the shortcut and lets go of it; when its last key went down.
    pub(crate) fn shortcut(&self) -> (Instant, SystemTime) {
        self.send(KEY_PRESS_EVENT, CONTROL);
        self.send(KEY_PRESS_EVENT, SHIFT);
        let pressed = (Instant::now(), SystemTime::now());
        self.send(KEY_PRESS_EVENT, SPACE);
        for key in [SPACE, SHIFT, CONTROL] {
            self.send(KEY_RELEASE_EVENT, key);
        }
        pressed
    }

    /// Types small letters and digits.
    pub(crate) fn types(&self, text: &str) {
        for letter in text.chars() {
            self.strikes(u32::from(letter));
        }
    }

    pub(crate) fn strikes(&self, keysym: u32) {
        self.send(KEY_PRESS_EVENT, keysym);
        self.send(KEY_RELEASE_EVENT, keysym);
    }

    fn send(&self, kind: u8, keysym: u32) {
        let code = self
            .keysyms
            .iter()
            .position(|keysyms| keysyms.first() == Some(&keysym))
            .expect("the keyboard has the key");
        self.server
            .xtest_fake_input(kind, u8::try_from(code).unwrap(), 0, self.root, 0, 0, 0)
            .unwrap()
            .check()
            .unwrap();
    }

    /// Waits until the window with this X id has the focus; `false` if it does not get it.
    pub(crate) fn focuses(&self, window: u32) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.has_focus(window) {
                return true;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        false
    }

    fn has_focus(&self, window: u32) -> bool {
        let focus = self
            .server
            .get_input_focus()
            .unwrap()
            .reply()
            .unwrap()
            .focus;
        let parent = |of: u32| {
            let tree = self.server.query_tree(of).ok()?.reply().ok()?;
            Some(tree.parent)
        };
        focus == window || (focus > 1 && parent(focus) == Some(window))
    }
}
