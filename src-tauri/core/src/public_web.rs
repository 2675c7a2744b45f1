//! Visits to the public web, for what a reply names: never a private address, also after DNS and
//! redirects; never with a cookie, a token or a referrer.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, LOCATION};
use reqwest::redirect::Policy;
use url::{Host, Url};

#[cfg(test)]
mod tests;

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// An address has at most so many bytes.
const URL_BYTES: usize = 4_096;
/// Time a connection may take.
const CONNECT: Duration = Duration::from_secs(15);

/// Decides whether an address may be connected to.
pub(crate) type Allowed = fn(IpAddr) -> bool;

/// Whether the system's proxies are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxies {
    /// Never: every name is resolved here, so that every address is checked.
    Avoided,
    /// Where the system says so. A proxy resolves names itself, so there only addresses written as
    /// numbers are checked.
    AsTheSystemSays,
}

/// Goes to public addresses.
pub(crate) struct Visitor {
    allowed: Allowed,
    proxies: Proxies,
}

/// Why a page was not fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the address is longer than {URL_BYTES} bytes")]
    TooLong,
    #[error("no web address: {0}")]
    NoAddress(#[from] url::ParseError),
    #[error("only http and https addresses are fetched")]
    Scheme,
    #[error("addresses with a user name or password are not fetched")]
    Credentials,
    #[error("the address has no host")]
    NoHost,
    #[error("{0}")]
    Private(#[from] NotPublic),
    #[error("the page redirects to no web address")]
    BadRedirect,
    #[error("the page redirects more than {REDIRECTS} times")]
    TooManyRedirects,
    #[error("the page answered with status {0}")]
    Status(u16),
    /// With the innermost cause: the outer ones repeat the address.
    #[error("the page could not be fetched: {0}")]
    Failed(String),
}

impl From<reqwest::Error> for Refusal {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: &dyn Error = &error;
        loop {
            if cause.is::<NotPublic>() {
                return NotPublic.into();
            }
            match cause.source() {
                Some(source) => cause = source,
                None => return Self::Failed(cause.to_string()),
            }
        }
    }
}

impl Visitor {
    /// A visitor of public addresses.
    pub(crate) fn new(proxies: Proxies) -> Self {
        Self {
            allowed: is_public,
            proxies,
        }
    }

    /// A visitor that goes wherever `allowed` lets it, without a proxy.
    #[cfg(test)]
    pub(crate) fn to(allowed: Allowed) -> Self {
        Self {
            allowed,
            proxies: Proxies::Avoided,
        }
    }

    /// Fetches the head of the page at `address`, its redirects followed, and says where it stood at
    /// last. The answer is a success. `accept` is what the page is asked for.
    pub(crate) async fn get(
        &self,
        address: &str,
        accept: &'static str,
    ) -> Result<(Url, reqwest::Response), Refusal> {
        if address.len() > URL_BYTES {
            return Err(Refusal::TooLong);
        }
        let mut url = Url::parse(address)?;
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let request = self.client(&url)?.get(url.clone()).header(ACCEPT, accept);
            let answer = request.send().await?;
            let status = answer.status();
            if status.is_redirection()
                && let Some(location) = answer.headers().get(LOCATION)
            {
                let location = location.to_str().map_err(|_| Refusal::BadRedirect)?;
                url = url.join(location).map_err(|_| Refusal::BadRedirect)?;
                continue;
            }
            if !status.is_success() {
                return Err(Refusal::Status(status.as_u16()));
            }
            return Ok((url, answer));
        }
        Err(Refusal::TooManyRedirects)
    }

    /// A client for `url` that resolves names itself, so that the address that was checked is the one
    /// that is connected to. It has no cookies and follows nothing by itself.
    fn client(&self, url: &Url) -> Result<reqwest::Client, Refusal> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Serein/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT);
        let proxy = match self.proxies {
            Proxies::Avoided => {
                builder = builder.no_proxy();
                None
            }
            Proxies::AsTheSystemSays => proxy_of(url),
        };
        let names = CheckedNames {
            allowed: self.allowed,
            proxy,
        };
        Ok(builder.dns_resolver(Arc::new(names)).build()?)
    }

    /// The scheme, and a host that is an address: names are checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Refusal::NoHost),
        };
        if (self.allowed)(address) {
            Ok(())
        } else {
            Err(NotPublic.into())
        }
    }
}

/// The host of the proxy that the system has for `url`.
fn proxy_of(url: &Url) -> Option<String> {
    let proxy = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
    proxy.uri().host().map(str::to_owned)
}

/// The address is one of this machine or of a private network.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("this address is private, and private addresses are not fetched")]
pub(crate) struct NotPublic;

struct CheckedNames {
    allowed: Allowed,
    /// A proxy's own name may lead to a private address: the system's owner chose it.
    proxy: Option<String>,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed;
        let is_proxy = self
            .proxy
            .as_deref()
            .is_some_and(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One private address among public ones is enough to refuse: which is taken is not ours to say.
            let is_allowed = is_proxy || found.iter().all(|address| allowed(address.ip()));
            if found.is_empty() || !is_allowed {
                return Err(Box::new(NotPublic) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one that anybody on the internet may reach.
///
/// Refused: this machine, private and shared networks, link-local, multicast, documentation and other
/// special ranges of the IANA registries, and IPv6 forms that carry such an IPv4 address.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        // Shared address space (RFC 6598), protocol assignments (RFC 6890), 6to4 relays (RFC 7526),
        // benchmarking (RFC 2544), reserved (RFC 1112).
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to the IPv4 address they carry.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other protocol assignments (RFC 2928), documentation (RFC 3849, RFC 9637).
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Only global unicast (RFC 4291) is public at all.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
