//! `fetch_url`: a public web page as text. Never a private address, also after DNS and redirects.

use futures_util::FutureExt as _;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Permission, Tool, text};
#[cfg(test)]
use crate::public_web::Allowed;
use crate::public_web::{Proxies, Refusal, Visitor};

/// Bytes of a page that are read.
const PAGE_BYTES: usize = 1 << 20;
/// Columns the text of a page is laid out in.
const COLUMNS: usize = 100;

pub(super) struct FetchUrl {
    visitor: Visitor,
}

impl Default for FetchUrl {
    /// It avoids proxies: the model chooses the address, and behind a proxy a name could lead into the
    /// network that the proxy belongs to.
    fn default() -> Self {
        Self {
            visitor: Visitor::new(Proxies::Avoided),
        }
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
        Self {
            visitor: Visitor::to(allowed),
        }
    }

    async fn fetch(&self, address: &str) -> Result<String, String> {
        let answer = self.visitor.get(address, "*/*").await;
        let (url, answer) = answer.map_err(|refusal| refusal.to_string())?;
        page(&url, answer).await
    }
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
        let chunk = chunk.map_err(|error| Refusal::from(error).to_string())?;
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
