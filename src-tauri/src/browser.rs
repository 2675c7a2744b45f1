//! Opens pages in the system's browser, and nothing but pages.

use serein_core::error::IpcError;
use serein_core::sentences;
use tauri::Url;

/// Addresses have at most so many bytes: what browsers take.
const URL_BYTES: usize = 32 << 10;

/// Opens `url` in the system's browser; `false` if none could be opened or the address is not one
/// that is opened. Blocks until the browser has been started.
///
/// The check stands here because `webbrowser`'s own (feature `hardened`) refuses `mailto`.
pub(crate) fn open(url: &str) -> bool {
    let Some(url) = checked(url) else {
        log::warn!("an address that is not opened was refused");
        return false;
    };
    match webbrowser::open(url.as_str()) {
        Ok(()) => true,
        Err(error) => {
            log::warn!("no browser could be opened: {error}");
            false
        }
    }
}

/// Opens a link of a conversation.
///
/// # Errors
/// A sentence for the user.
pub(crate) async fn open_link(url: String) -> Result<(), IpcError> {
    if checked(&url).is_none() {
        return Err(sentences::link_refused());
    }
    let link = url.clone();
    match tauri::async_runtime::spawn_blocking(move || open(&link)).await {
        Ok(true) => Ok(()),
        _ => Err(sentences::no_browser(&url)),
    }
}

/// Web and mail addresses only.
fn checked(url: &str) -> Option<Url> {
    if url.len() > URL_BYTES {
        return None;
    }
    let url = Url::parse(url).ok()?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Some(url),
        "mailto" => Some(url),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn only_web_and_mail_addresses_are_opened() {
        for good in [
            "https://serechat.com/plan",
            "http://127.0.0.1:80/",
            "mailto:a@example.com",
        ] {
            assert!(checked(good).is_some(), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://host/x",
            "/bin/sh",
            "",
        ] {
            assert!(checked(bad).is_none(), "{bad}");
        }
    }
}
