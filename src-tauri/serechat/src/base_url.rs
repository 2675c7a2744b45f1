//! Where the service is: the base URL, its rules, and the pages of it that people open.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::auth::RequestId;

/// The longest base URL that is taken, in bytes.
const MAX_LENGTH: usize = 2_048;

/// The address of a SereChat: `https`, or `http` on a loopback host, perhaps with a path
/// prefix; never with user information, a query or a fragment, never with a trailing slash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(Url);

/// Why a text is no [`BaseUrl`]. Its `Display` is a sentence for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// Nothing but white space.
    #[error("Enter an address, such as https://serechat.com.")]
    Empty,
    /// Longer than 2,048 bytes.
    #[error("This address is too long.")]
    TooLong,
    /// It cannot be read as an absolute URL.
    #[error("This is not a web address. It should look like https://serechat.com.")]
    NotAnAddress,
    /// Another scheme than `http` or `https`.
    #[error("The address must begin with https://.")]
    Scheme,
    /// `http` to a host that is not this machine.
    #[error("The address must begin with https://, so that nobody on the way can read along.")]
    Unencrypted,
    /// It holds a user name or a password.
    #[error("The address must not hold a user name or password.")]
    UserInfo,
    /// It holds a `?` or a `#`.
    #[error("The address must end before any ? or #.")]
    QueryOrFragment,
}

impl BaseUrl {
    /// Reads what a person or the environment gives. White space around it and slashes at its
    /// end are dropped.
    ///
    /// # Errors
    ///
    /// The rule that the text breaks, as a sentence for the user.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(BaseUrlError::TooLong);
        }
        let mut url = Url::parse(text).map_err(|_| BaseUrlError::NotAnAddress)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(BaseUrlError::Unencrypted),
            // `localhost:8080` reads as the scheme `localhost`; so do slips of the pen.
            _ => return Err(BaseUrlError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The real service, `https://serechat.com`.
    #[must_use]
    pub fn serechat() -> Self {
        #[expect(clippy::expect_used, reason = "a constant, read by a test")]
        Self::parse("https://serechat.com").expect("the constant address is a base URL")
    }

    /// Scheme, host and port, as in `https://serechat.com` or `http://127.0.0.1:8080`.
    /// The token goes nowhere else.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The page on which the user approves the app and is shown the code.
    #[must_use]
    pub fn authorize_page(&self, request: &RequestId) -> Url {
        let mut url = self.join("authorize-app");
        url.query_pairs_mut()
            .append_pair("request_id", request.as_str());
        url
    }

    /// The page on which the user tops up the balance.
    #[must_use]
    pub fn plan_page(&self) -> Url {
        self.join("plan")
    }

    /// The page on which the user can revoke the app's access.
    #[must_use]
    pub fn profile_page(&self) -> Url {
        self.join("profile")
    }

    /// The address as a URL.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address of `path` (without a leading slash) under this base, its prefix kept.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        url
    }

    /// Whether `other` is of the same scheme, host and port.
    pub(crate) fn is_origin_of(&self, other: &Url) -> bool {
        self.0.origin() == other.origin()
    }

    /// Whether the host is this machine: such a host is never reached through a proxy.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// 127.0.0.0/8, ::1 and `localhost`.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        BaseUrl::parse(text).unwrap().to_string()
    }

    fn refused(text: &str) -> BaseUrlError {
        BaseUrl::parse(text).unwrap_err()
    }

    #[test]
    fn the_service_is_at_serechat_com() {
        assert_eq!(BaseUrl::serechat().to_string(), "https://serechat.com");
        assert_eq!(BaseUrl::serechat().origin(), "https://serechat.com");
    }

    #[test]
    fn slashes_at_the_end_and_white_space_around_are_dropped() {
        assert_eq!(shown(" https://example.com// \n"), "https://example.com");
        assert_eq!(shown("https://example.com/a/b/"), "https://example.com/a/b");
    }

    #[test]
    fn http_is_for_loopback_hosts_only() {
        for text in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://localhost:1",
            "http://LOCALHOST",
            "http://[::1]:8080",
        ] {
            assert!(BaseUrl::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::2]",
        ] {
            assert_eq!(refused(text), BaseUrlError::Unencrypted, "{text}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused_with_a_sentence() {
        assert_eq!(refused("   "), BaseUrlError::Empty);
        assert_eq!(refused("serechat.com"), BaseUrlError::NotAnAddress);
        assert_eq!(refused("not a url"), BaseUrlError::NotAnAddress);
        assert_eq!(refused("https://"), BaseUrlError::NotAnAddress);
        assert_eq!(refused("localhost:8080"), BaseUrlError::Scheme);
        assert_eq!(refused("file:///etc/passwd"), BaseUrlError::Scheme);
        assert_eq!(refused("https://u:p@example.com"), BaseUrlError::UserInfo);
        assert_eq!(refused("https://u@example.com"), BaseUrlError::UserInfo);
        assert_eq!(refused("https://a.com/?"), BaseUrlError::QueryOrFragment);
        assert_eq!(refused("https://a.com/?q=1"), BaseUrlError::QueryOrFragment);
        assert_eq!(refused("https://a.com/#f"), BaseUrlError::QueryOrFragment);
        let long = format!("https://a.com/{}", "a".repeat(MAX_LENGTH));
        assert_eq!(refused(&long), BaseUrlError::TooLong);
        for error in [BaseUrlError::NotAnAddress, BaseUrlError::Unencrypted] {
            assert!(error.to_string().ends_with('.'));
        }
    }

    #[test]
    fn pages_stand_under_the_base_and_keep_its_prefix() {
        let id = RequestId::parse("0b2f-A").unwrap();
        let base = BaseUrl::parse("https://example.com/chat/").unwrap();
        assert_eq!(
            base.authorize_page(&id).as_str(),
            "https://example.com/chat/authorize-app?request_id=0b2f-A"
        );
        assert_eq!(base.plan_page().as_str(), "https://example.com/chat/plan");
        let plain = BaseUrl::serechat();
        assert_eq!(plain.plan_page().as_str(), "https://serechat.com/plan");
        assert_eq!(
            plain.profile_page().as_str(),
            "https://serechat.com/profile"
        );
    }

    #[test]
    fn another_scheme_host_or_port_is_another_origin() {
        let base = BaseUrl::parse("https://example.com/a").unwrap();
        let is = |text| base.is_origin_of(&Url::parse(text).unwrap());
        assert!(is("https://example.com/b?c"));
        assert!(is("https://example.com:443/"));
        assert!(!is("http://example.com/a"));
        assert!(!is("https://example.com:444/a"));
        assert!(!is("https://www.example.com/a"));
    }
}
