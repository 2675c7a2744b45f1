//! `fetch_url`: a public web page as text. Never a private address, also after DNS and redirects.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use serde_json::{Map, Value, json};
use url::{Host, Url};

use super::{Permission, Tool, text};

/// Bytes of a page that are read.
const PAGE_BYTES: usize = 1 << 20;
/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Columns the text of a page is laid out in.
const COLUMNS: usize = 100;
/// An address has at most so many bytes.
const URL_BYTES: usize = 4_096;

/// Decides whether an address may be connected to.
type Allowed = fn(IpAddr) -> bool;

pub(super) struct FetchUrl {
    allowed: Allowed,
}

impl Default for FetchUrl {
    fn default() -> Self {
        Self { allowed: is_public }
    }
}

impl Tool for FetchUrl {
    fn name(&self) -> &'static str {
        "fetch_url"
    }

    fn description(&self) -> &'static str {
        "Fetches a public web page and returns its text. http and https only."
    }

    fn summary(&self) -> &'static str {
        "Lets the model read a public web page. The site sees a visit from this computer."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "url": { "type": "string", "description": "The page's address." }
            },
            "required": ["url"]
        })
    }

    fn permission(&self) -> Permission {
        Permission::Ask
    }

    fn run(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, String>> {
        async move { self.fetch(text(&arguments, "url")?).await }.boxed()
    }
}

impl FetchUrl {
    /// A fetcher that goes wherever `allowed` lets it.
    #[cfg(test)]
    pub(super) fn to(allowed: Allowed) -> Self {
        Self { allowed }
    }

    async fn fetch(&self, address: &str) -> Result<String, String> {
        if address.len() > URL_BYTES {
            return Err(format!("the address is longer than {URL_BYTES} bytes"));
        }
        let mut url = Url::parse(address).map_err(|error| format!("no web address: {error}"))?;
        let client = self.client()?;
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let answer = client
                .get(url.clone())
                .send()
                .await
                .map_err(|error| reason(&error))?;
            let status = answer.status();
            if status.is_redirection()
                && let Some(location) = answer.headers().get(LOCATION)
            {
                let location = location
                    .to_str()
                    .map_err(|_| "the page redirects to no web address".to_owned())?;
                url = url
                    .join(location)
                    .map_err(|_| "the page redirects to no web address".to_owned())?;
                continue;
            }
            if !status.is_success() {
                return Err(format!("the page answered with status {}", status.as_u16()));
            }
            return page(&url, answer).await;
        }
        Err(format!("the page redirects more than {REDIRECTS} times"))
    }

    /// A client that resolves names itself, so that the address that was checked is the one that is
    /// connected to. It has no cookies, no proxy and follows nothing by itself.
    fn client(&self) -> Result<reqwest::Client, String> {
        reqwest::Client::builder()
            .user_agent(concat!("Serein/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_secs(15))
            .dns_resolver(Arc::new(CheckedNames {
                allowed: self.allowed,
            }))
            .build()
            .map_err(|error| reason(&error))
    }

    /// The scheme, and a host that is an address: names are checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only http and https addresses are fetched".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("addresses with a user name or password are not fetched".to_owned());
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err("the address has no host".to_owned()),
        };
        match address {
            Some(address) if !(self.allowed)(address) => Err(NotPublic.to_string()),
            _ => Ok(()),
        }
    }
}

/// The address is one of this machine or of a private network.
#[derive(Debug, thiserror::Error)]
#[error("this address is private, and private addresses are not fetched")]
struct NotPublic;

struct CheckedNames {
    allowed: Allowed,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed;
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One private address among public ones is enough to refuse: which is taken is not ours to say.
            if found.is_empty() || !found.iter().all(|address| allowed(address.ip())) {
                return Err(Box::new(NotPublic) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The innermost cause: the outer ones repeat the address.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    format!("the page could not be fetched: {cause}")
}

async fn page(url: &Url, answer: reqwest::Response) -> Result<String, String> {
    let kind = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("text/plain")
        .to_ascii_lowercase();
    let is_html = kind.contains("html");
    if !is_html
        && !["text/", "json", "xml"]
            .iter()
            .any(|text| kind.contains(text))
    {
        return Err(format!("the page is no text but {kind:?}"));
    }
    let mut bytes = Vec::new();
    let mut body = answer.bytes_stream();
    let mut is_cut = false;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| reason(&error))?;
        let room = PAGE_BYTES - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            is_cut = true;
            break;
        }
    }
    let text = if is_html {
        tokio::task::spawn_blocking(move || html2text::from_read(&bytes[..], COLUMNS))
            .await
            .map_err(|_| "the page could not be read".to_owned())?
            .map_err(|error| format!("the page could not be read: {error}"))?
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let note = if is_cut {
        "\n[cut: the page is longer than 1 MB]"
    } else {
        ""
    };
    Ok(format!("{url}\n\n{}{note}", text.trim()))
}

/// Whether an address is one that anybody on the internet may reach.
///
/// Refused: this machine, private and shared networks, link-local, multicast, documentation and other
/// special ranges of the IANA registries, and IPv6 forms that carry such an IPv4 address.
pub(super) fn is_public(address: IpAddr) -> bool {
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
