//! Global keys on X: grabbed from the server, and waited for without looking again and again. (The plugin that
//! serves the other systems looks every 50 ms here, which is longer than the window takes to come.)

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tauri_plugin_global_shortcut::{Code, Modifiers, Shortcut};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, KeyButMask, KeyPressEvent, ModMask};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

/// Why keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// Somebody else has them.
    #[error("another app has them")]
    Taken,
    /// No key of this keyboard is that one.
    #[error("this keyboard has no such key")]
    NoSuchKey,
    /// The X server does not answer.
    #[error("the X server: {0}")]
    Server(String),
}

/// What locks are on does not matter: the keys are grabbed with each of these as well.
const LOCKS: [u16; 4] = [0, LOCK, NUM, LOCK | NUM];
const LOCK: u16 = 1 << 1;
const NUM: u16 = 1 << 4;

/// A key and what is held with it.
type Press = (u8, u16);
type Called = Arc<dyn Fn() + Send + Sync>;

/// Our connection to the X server; a thread waits for what it says.
pub(crate) struct Keyboard {
    server: Arc<RustConnection>,
    root: u32,
    grabbed: Arc<Mutex<HashMap<Press, Called>>>,
}

impl Keyboard {
    /// Connects, and begins to wait.
    ///
    /// # Errors
    /// [`Refused::Server`].
    pub(crate) fn open(_app: &tauri::AppHandle) -> Result<Self, Refused> {
        let (server, screen) = x11rb::connect(None).map_err(failed)?;
        let root = server.setup().roots[screen].root;
        let (server, grabbed) = (Arc::new(server), Arc::default());
        let (waiting, known) = (Arc::clone(&server), Arc::clone(&grabbed));
        std::thread::Builder::new()
            .name("global keys".to_owned())
            .spawn(move || wait(&waiting, &known))
            .map_err(failed)?;
        Ok(Self {
            server,
            root,
            grabbed,
        })
    }

    /// Takes keys: `called` is called, on a thread of its own, each time they are pressed.
    ///
    /// # Errors
    /// Why they cannot be had.
    pub(crate) fn grab(
        &self,
        keys: Shortcut,
        called: impl Fn() + Send + Sync + 'static,
    ) -> Result<(), Refused> {
        let (key, held) = self.press(keys)?;
        for lock in LOCKS {
            let grabbed = self
                .server
                .grab_key(
                    false,
                    self.root,
                    ModMask::from(held | lock),
                    key,
                    GrabMode::ASYNC,
                    GrabMode::ASYNC,
                )
                .map_err(failed)?
                .check();
            if let Err(error) = grabbed {
                self.release(keys);
                return Err(match error {
                    ReplyError::X11Error(error) if error.error_kind == ErrorKind::Access => {
                        Refused::Taken
                    }
                    error => failed(error),
                });
            }
        }
        let mut grabbed = self.grabbed.lock().unwrap_or_else(PoisonError::into_inner);
        grabbed.insert((key, held), Arc::new(called));
        Ok(())
    }

    /// Gives keys back. Those that were not taken are no error.
    pub(crate) fn release(&self, keys: Shortcut) {
        let Ok((key, held)) = self.press(keys) else {
            return;
        };
        let mut grabbed = self.grabbed.lock().unwrap_or_else(PoisonError::into_inner);
        grabbed.remove(&(key, held));
        for lock in LOCKS {
            let released = self
                .server
                .ungrab_key(key, self.root, ModMask::from(held | lock));
            if let Ok(released) = released {
                released.ignore_error();
            }
        }
        if let Err(error) = self.server.flush() {
            log::warn!("the keys could not be given back: {error}");
        }
    }

    fn press(&self, keys: Shortcut) -> Result<Press, Refused> {
        let keysym = keysym_of(keys.key).ok_or(Refused::NoSuchKey)?;
        let setup = self.server.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = self
            .server
            .get_keyboard_mapping(first, last - first + 1)
            .map_err(failed)?
            .reply()
            .map_err(failed)?;
        let each = usize::from(mapping.keysyms_per_keycode).max(1);
        // What the key gives alone, in any layout; what it gives with Shift held is another key's.
        let key = (first..=last)
            .zip(mapping.keysyms.chunks(each))
            .find(|(_, keysyms)| keysyms.first() == Some(&keysym))
            .map(|(key, _)| key)
            .ok_or(Refused::NoSuchKey)?;
        Ok((key, held_of(keys.mods)))
    }
}

fn wait(server: &RustConnection, grabbed: &Mutex<HashMap<Press, Called>>) {
    // A key that is held down is pressed once.
    let mut down: Option<u8> = None;
    loop {
        match server.wait_for_event() {
            Ok(Event::KeyPress(event)) if down != Some(event.detail) => {
                down = Some(event.detail);
                let grabbed = grabbed.lock().unwrap_or_else(PoisonError::into_inner);
                let called = grabbed.get(&(event.detail, held_in(&event))).cloned();
                drop(grabbed);
                if let Some(called) = called {
                    called();
                }
            }
            Ok(Event::KeyRelease(event)) if !is_repeat(server, &event) => down = None,
            Ok(_) => {}
            Err(error) => {
                log::warn!("the X server is gone: {error}");
                return;
            }
        }
    }
}

/// A key that is held down is released and pressed again by the server, in one moment.
fn is_repeat(server: &RustConnection, release: &KeyPressEvent) -> bool {
    let Ok(keys) = server.query_keymap() else {
        return false;
    };
    let byte = usize::from(release.detail / 8);
    let bit = 1_u8 << (release.detail % 8);
    keys.reply().is_ok_and(|keys| keys.keys[byte] & bit != 0)
}

fn held_in(event: &KeyPressEvent) -> u16 {
    let all = KeyButMask::CONTROL | KeyButMask::SHIFT | KeyButMask::MOD1 | KeyButMask::MOD4;
    u16::from(event.state & all)
}

fn held_of(modifiers: Modifiers) -> u16 {
    [
        (Modifiers::CONTROL, ModMask::CONTROL),
        (Modifiers::SHIFT, ModMask::SHIFT),
        (Modifiers::ALT, ModMask::M1),
        (Modifiers::SUPER, ModMask::M4),
    ]
    .into_iter()
    .filter(|(modifier, _)| modifiers.contains(*modifier))
    .fold(0, |held, (_, mask)| held | u16::from(mask))
}

fn failed(error: impl std::fmt::Display) -> Refused {
    Refused::Server(error.to_string())
}

/// The keysym of a key (`X11/keysymdef.h`): Latin-1 is itself, the others have numbers of their own.
fn keysym_of(key: Code) -> Option<u32> {
    let name = format!("{key:?}");
    if let Some(letter) = name.strip_prefix("Key") {
        return letter
            .chars()
            .next()
            .map(|c| u32::from(c.to_ascii_lowercase()));
    }
    if let Some(digit) = name.strip_prefix("Digit") {
        return digit.chars().next().map(u32::from);
    }
    if let Some(number) = name.strip_prefix('F').and_then(|n| n.parse::<u32>().ok()) {
        return Some(0xffbd + number);
    }
    Some(match key {
        Code::Space => 0x20,
        Code::Quote => 0x27,
        Code::Comma => 0x2c,
        Code::Minus => 0x2d,
        Code::Period => 0x2e,
        Code::Slash => 0x2f,
        Code::Semicolon => 0x3b,
        Code::Equal => 0x3d,
        Code::BracketLeft => 0x5b,
        Code::Backslash => 0x5c,
        Code::BracketRight => 0x5d,
        Code::Backquote => 0x60,
        Code::Backspace => 0xff08,
        Code::Tab => 0xff09,
        Code::Enter => 0xff0d,
        Code::Pause => 0xff13,
        Code::ScrollLock => 0xff14,
        Code::Escape => 0xff1b,
        Code::Home => 0xff50,
        Code::ArrowLeft => 0xff51,
        Code::ArrowUp => 0xff52,
        Code::ArrowRight => 0xff53,
        Code::ArrowDown => 0xff54,
        Code::PageUp => 0xff55,
        Code::PageDown => 0xff56,
        Code::End => 0xff57,
        Code::PrintScreen => 0xff61,
        Code::Insert => 0xff63,
        Code::Delete => 0xffff,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_keysyms_of_x() {
        for (key, keysym) in [
            (Code::KeyA, 0x61),
            (Code::Digit5, 0x35),
            (Code::F1, 0xffbe),
            (Code::F12, 0xffc9),
            (Code::Space, 0x20),
            (Code::ArrowDown, 0xff54),
        ] {
            assert_eq!(keysym_of(key), Some(keysym), "{key:?}");
        }
        assert_eq!(keysym_of(Code::BrowserBack), None);
    }

    #[test]
    fn what_is_held_becomes_the_masks_of_x() {
        assert_eq!(held_of(Modifiers::CONTROL | Modifiers::SHIFT), 0b101);
        assert_eq!(held_of(Modifiers::ALT | Modifiers::SUPER), 0b100_1000);
    }
}
