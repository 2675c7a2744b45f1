//! Global keys on Wayland: the desktop hands them out by a portal, where it has one, after asking the user
//! (`org.freedesktop.portal.GlobalShortcuts`). Which keys they are is the desktop's word, ours is a wish.

use std::time::Duration;

use ashpd::desktop::global_shortcuts::{BindShortcutsOptions, GlobalShortcuts, NewShortcut};
use ashpd::desktop::{CreateSessionOptions, Session};
use futures_util::StreamExt as _;
use tauri_plugin_global_shortcut::{Code, Modifiers, Shortcut};

/// Our shortcut's name between us and the desktop, which remembers the user's choice by it.
const ID: &str = "quick-ask";
/// A portal that is there opens a session within this time.
const OPENING: Duration = Duration::from_secs(5);
/// The user has so long to answer the desktop's question.
const ANSWERING: Duration = Duration::from_secs(300);

/// What the desktop tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The keys were pressed.
    Pressed,
    /// The keys are no longer ours.
    Closed,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotBound {
    /// No portal, or the user said no.
    #[error("{0}")]
    Portal(#[from] ashpd::Error),
    /// The bus cannot be reached.
    #[error("{0}")]
    Bus(#[from] zbus::Error),
    /// Nobody answers.
    #[error("the desktop does not answer")]
    NoAnswer(#[from] tokio::time::error::Elapsed),
    /// What answers is no portal as the specification has it; the library panics at such.
    #[error("the desktop answers something else: {0}")]
    Unreadable(#[from] tauri::Error),
    /// It agreed, and yet gave none.
    #[error("the desktop gave no keys")]
    Nothing,
}

/// Keys the desktop gave. It has them back when this is dropped.
pub(crate) struct Bound {
    /// What the desktop calls them, for people.
    pub(crate) given: String,
    listening: tauri::async_runtime::JoinHandle<()>,
}

impl Drop for Bound {
    fn drop(&mut self) {
        // The session lives as long as its connection, which is the task's.
        self.listening.abort();
    }
}

/// Asks the desktop for keys. `heard` is called whenever it tells something about them.
///
/// # Errors
/// Why there are none.
pub(crate) async fn bind(
    keys: Shortcut,
    heard: impl Fn(Heard) + Send + 'static,
) -> Result<Bound, NotBound> {
    tauri::async_runtime::spawn(ask(keys, heard)).await?
}

async fn ask(keys: Shortcut, heard: impl Fn(Heard) + Send + 'static) -> Result<Bound, NotBound> {
    let (portal, session) = tokio::time::timeout(OPENING, open()).await??;
    let mut activated = Box::pin(portal.receive_activated().await?);
    let wish = trigger(keys);
    let shortcut = NewShortcut::new(ID, "Show quick ask").preferred_trigger(wish.as_deref());
    let asked = async {
        let options = BindShortcutsOptions::default();
        portal
            .bind_shortcuts(&session, &[shortcut], None, options)
            .await?
            .response()
    };
    let answer = tokio::time::timeout(ANSWERING, asked).await??;
    let given = answer
        .shortcuts()
        .iter()
        .find(|shortcut| shortcut.id() == ID)
        .map(|shortcut| shortcut.trigger_description().to_owned())
        .ok_or(NotBound::Nothing)?;
    let listening = tauri::async_runtime::spawn(async move {
        // The portal and the session are this task's: with them the desktop takes the keys back.
        let _portal = portal;
        if let Ok(closed) = session.receive_closed().await {
            let mut closed = Box::pin(closed);
            loop {
                tokio::select! {
                    Some(activated) = activated.next() => {
                        if activated.shortcut_id() == ID {
                            heard(Heard::Pressed);
                        }
                    }
                    _ = closed.next() => break,
                }
            }
        }
        heard(Heard::Closed);
    });
    Ok(Bound { given, listening })
}

/// A session with the portal, on a connection of its own.
async fn open() -> Result<(GlobalShortcuts, Session<GlobalShortcuts>), NotBound> {
    let bus = zbus::Connection::session().await?;
    let portal = GlobalShortcuts::with_connection(bus).await?;
    let session = portal
        .create_session(CreateSessionOptions::default())
        .await?;
    Ok((portal, session))
}

/// Keys as portals write them (the XDG shortcuts specification); `None` for keys it has no name for.
fn trigger(keys: Shortcut) -> Option<String> {
    let modifiers = [
        (Modifiers::CONTROL, "CTRL"),
        (Modifiers::ALT, "ALT"),
        (Modifiers::SHIFT, "SHIFT"),
        (Modifiers::SUPER, "LOGO"),
    ];
    let mut parts: Vec<&str> = modifiers
        .into_iter()
        .filter(|(modifier, _)| keys.mods.contains(*modifier))
        .map(|(_, name)| name)
        .collect();
    let key = key_name(keys.key)?;
    parts.push(&key);
    Some(parts.join("+"))
}

/// The keysym's name, as in `xkbcommon-keysyms.h`.
fn key_name(key: Code) -> Option<String> {
    let name = format!("{key:?}");
    if let Some(letter) = name.strip_prefix("Key") {
        return Some(letter.to_ascii_lowercase());
    }
    if let Some(digit) = name.strip_prefix("Digit") {
        return Some(digit.to_owned());
    }
    if name
        .strip_prefix('F')
        .is_some_and(|n| n.parse::<u8>().is_ok())
    {
        return Some(name);
    }
    let name = match key {
        Code::Space => "space",
        Code::Quote => "apostrophe",
        Code::Comma => "comma",
        Code::Minus => "minus",
        Code::Period => "period",
        Code::Slash => "slash",
        Code::Semicolon => "semicolon",
        Code::Equal => "equal",
        Code::BracketLeft => "bracketleft",
        Code::Backslash => "backslash",
        Code::BracketRight => "bracketright",
        Code::Backquote => "grave",
        Code::Backspace => "BackSpace",
        Code::Tab => "Tab",
        Code::Enter => "Return",
        Code::Home => "Home",
        Code::End => "End",
        Code::ArrowLeft => "Left",
        Code::ArrowUp => "Up",
        Code::ArrowRight => "Right",
        Code::ArrowDown => "Down",
        Code::PageUp => "Page_Up",
        Code::PageDown => "Page_Down",
        Code::Insert => "Insert",
        Code::Delete => "Delete",
        _ => return None,
    };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn keys_are_wished_for_in_the_words_of_the_specification() {
        for (keys, wish) in [
            ("Ctrl+Shift+Space", "CTRL+SHIFT+space"),
            ("Super+Alt+K", "ALT+LOGO+k"),
            ("Ctrl+Alt+5", "CTRL+ALT+5"),
            ("F9", "F9"),
            ("Ctrl+ArrowUp", "CTRL+Up"),
        ] {
            let read = Shortcut::from_str(keys).ok().and_then(trigger);
            assert_eq!(read.as_deref(), Some(wish), "{keys}");
        }
    }
}
