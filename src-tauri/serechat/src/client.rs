//! The HTTP client: what every call shares. Timeouts, redirects, proxies, bounds, where the
//! token may go, and which error a failure is.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use log::{debug, warn};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::auth::AccessToken;
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind};

/// The longest body of an error answer that is read, in bytes.
const MAX_ERROR_BODY: usize = 64 * 1024;

/// How long the body of an error answer is waited for; without it the error is told by its
/// status alone.
const ERROR_BODY_LIMIT: Duration = Duration::from_secs(10);

/// An authorization or models call as a whole takes no longer.
const WHOLE_REQUEST: Duration = Duration::from_secs(30);

/// How many redirects within the origin are followed.
const MAX_REDIRECTS: u32 = 5;

/// How the app calls itself.
const USER_AGENT: &str = concat!("Serein/", env!("CARGO_PKG_VERSION"));

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, name look-up and TLS included. 15 s.
    pub connect: Duration,
    /// For the head of an inference answer, from the start of the call. 120 s. The other calls
    /// take 30 s as a whole, or this if it is shorter.
    pub headers: Duration,
    /// For the next byte of an inference stream. 90 s.
    pub silence: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            headers: Duration::from_secs(120),
            silence: Duration::from_secs(90),
        }
    }
}

/// A client of one SereChat. Cheap to clone; clones share their connections.
///
/// It uses the system's proxies (never for a loopback base) and the system's certificates, and
/// follows redirects within the base URL's origin only.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    timeouts: Timeouts,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// A call, before it is made.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// Of the base's origin, or the call is refused.
    pub(crate) url: Url,
    pub(crate) token: Option<&'a AccessToken>,
    /// JSON.
    pub(crate) body: Option<Bytes>,
    pub(crate) accept: &'static str,
}

/// A success with its whole body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: Vec<u8>) -> Self {
        Self { status, body }
    }

    /// The body as JSON, or `None` if it is something else.
    pub(crate) fn json(&self) -> Option<Value> {
        let body = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        serde_json::from_slice(body).ok()
    }
}

impl Client {
    /// A client of the service at `base`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`] when the system's TLS or proxy settings cannot be used.
    pub fn new(base: BaseUrl, timeouts: Timeouts) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(timeouts.connect)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        if base.is_loopback() {
            builder = builder.no_proxy();
        }
        if base.as_url().scheme() == "http" {
            // Redirects stay within the origin, so there is no TLS: a machine without any
            // certificates can use it too.
            builder = builder.tls_certs_only([]);
        }
        let http = builder
            .build()
            .map_err(|error| Error::caused(ErrorKind::Setup, &error.without_url()))?;
        Ok(Self {
            http,
            base,
            timeouts,
        })
    }

    /// Where the service is.
    #[must_use]
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// `POST`s JSON without a token and reads the whole answer, at most `bound` bytes of it.
    pub(crate) async fn post_json(
        &self,
        path: &str,
        body: &Value,
        bound: usize,
    ) -> Result<Answer, Error> {
        self.whole(
            Call {
                method: Method::POST,
                url: self.base.join(path),
                token: None,
                body: Some(Bytes::from(body.to_string())),
                accept: "application/json",
            },
            bound,
        )
        .await
    }

    /// Makes the call and reads the whole answer, within the limit for whole requests.
    pub(crate) async fn whole(&self, call: Call<'_>, bound: usize) -> Result<Answer, Error> {
        let limit = WHOLE_REQUEST.min(self.timeouts.headers);
        within(limit, ErrorKind::HeadersTimeout, async {
            let response = self.success(call).await?;
            let status = response.status().as_u16();
            match read_body(response.bytes_stream(), bound).await? {
                Body::Whole(body) => Ok(Answer::new(status, body)),
                Body::Cut(_) => Err(Error::new(ErrorKind::Bound("the size of an answer"))),
            }
        })
        .await
    }

    /// Makes the call; an answer without success is read, within bounds, and is an error.
    /// The caller limits the time.
    pub(crate) async fn success(&self, call: Call<'_>) -> Result<Response, Error> {
        let method = call.method.clone();
        let path = call.url.path().to_owned();
        let response = self.send(call).await.inspect_err(|error| {
            debug!("{method} {path}: {error}");
        })?;
        let status = response.status();
        if status.is_success() {
            debug!("{method} {path}: {}", status.as_u16());
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = read_error_body(response.bytes_stream()).await;
        let error = status_error(status, &headers, &body);
        warn!("{method} {path}: {error:?}");
        Err(error)
    }

    /// Makes the call and follows redirects within the origin, with the same method and body:
    /// the calls are no forms, and a `GET` in place of a `POST` would mean nothing here.
    async fn send(&self, call: Call<'_>) -> Result<Response, Error> {
        let mut url = call.url.clone();
        let mut redirects = 0;
        loop {
            // The one place that sends anything, the token included.
            if !self.base.is_origin_of(&url) {
                return Err(Error::new(ErrorKind::Setup));
            }
            let mut request = self
                .http
                .request(call.method.clone(), url.clone())
                .header(ACCEPT, HeaderValue::from_static(call.accept));
            if let Some(token) = call.token {
                request = request.header(AUTHORIZATION, token.header()?);
            }
            if let Some(body) = &call.body {
                request = request
                    .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                    .body(body.clone());
            }
            let response = request.send().await.map_err(send_error)?;
            let status = response.status();
            if !follows(status, &call.method) || redirects == MAX_REDIRECTS {
                return Ok(response);
            }
            let Some(mut next) = location(&url, response.headers()) else {
                return Ok(response);
            };
            if !self.base.is_origin_of(&next) {
                warn!("redirected to another origin: not followed");
                return Err(Error::redirected(status.as_u16()));
            }
            // User information in it would become credentials of the next request.
            let _ = next.set_username("");
            let _ = next.set_password(None);
            url = next;
            redirects += 1;
        }
    }
}

/// Whether a redirect of this status keeps what was asked (303 says: look elsewhere by `GET`).
fn follows(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        301 | 302 | 307 | 308 => true,
        303 => method == Method::GET,
        _ => false,
    }
}

fn location(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let target = headers.get(LOCATION)?.to_str().ok()?;
    from.join(target).ok()
}

fn status_error(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    let headers = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    Error::from_answer(status.as_u16(), headers, body)
}

/// A failure before the head of an answer.
fn send_error(error: reqwest::Error) -> Error {
    let kind = if error.is_builder() {
        ErrorKind::Setup
    } else if error.is_connect() && error.is_timeout() {
        ErrorKind::ConnectTimeout
    } else if error.is_timeout() {
        ErrorKind::HeadersTimeout
    } else {
        ErrorKind::Connect
    };
    Error::caused(kind, &error.without_url())
}

/// A failure in the middle of a body.
pub(crate) fn body_error(error: reqwest::Error) -> Error {
    Error::caused(ErrorKind::Interrupted, &error.without_url())
}

/// `future`, or an error of `kind` when it takes longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    kind: ErrorKind,
    future: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(limit, future)
        .await
        .unwrap_or_else(|_| Err(Error::new(kind)))
}

enum Body {
    Whole(Vec<u8>),
    /// The first bytes of one that is longer than the bound.
    Cut(Vec<u8>),
}

async fn read_body(
    stream: impl Stream<Item = reqwest::Result<Bytes>>,
    bound: usize,
) -> Result<Body, Error> {
    let mut stream = std::pin::pin!(stream);
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(body_error)?;
        let room = bound - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            return Ok(Body::Cut(body));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(body))
}

/// What can be had of an error's body: it only adds words to a status that is known already,
/// so neither its size, nor its slowness, nor its breaking off is an error of its own.
async fn read_error_body(stream: impl Stream<Item = reqwest::Result<Bytes>>) -> Vec<u8> {
    let body = tokio::time::timeout(ERROR_BODY_LIMIT, read_body(stream, MAX_ERROR_BODY)).await;
    match body {
        Ok(Ok(Body::Whole(body) | Body::Cut(body))) => body,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::stream;

    use super::*;

    fn chunk(byte: u8, length: usize) -> reqwest::Result<Bytes> {
        Ok(Bytes::from(vec![byte; length]))
    }

    #[test]
    fn the_limits_are_those_of_the_protocol() {
        let timeouts = Timeouts::default();
        assert_eq!(timeouts.connect.as_secs(), 15);
        assert_eq!(timeouts.headers.as_secs(), 120);
        assert_eq!(timeouts.silence.as_secs(), 90);
    }

    #[test]
    fn debug_of_a_client_shows_where_it_talks_to_and_no_more() {
        let client = Client::new(BaseUrl::serechat(), Timeouts::default());
        let shown = client.map(|client| format!("{client:?}"));
        assert!(shown.is_ok_and(|shown| shown.starts_with("Client { base: BaseUrl(https://s")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_an_error_of_its_kind() {
        let limit = Duration::from_secs(120);
        let start = tokio::time::Instant::now();
        let never = pending::<Result<(), Error>>();
        let result = within(limit, ErrorKind::HeadersTimeout, never).await;
        assert_eq!(
            result.map_err(|error| error.kind()),
            Err(ErrorKind::HeadersTimeout)
        );
        assert_eq!(start.elapsed(), limit);
    }

    #[tokio::test(start_paused = true)]
    async fn an_errors_body_is_waited_for_and_read_within_bounds() {
        let hangs = stream::iter([chunk(b'a', 3)]).chain(stream::pending());
        let start = tokio::time::Instant::now();
        assert!(read_error_body(hangs).await.is_empty());
        assert_eq!(start.elapsed(), ERROR_BODY_LIMIT);

        let endless = stream::repeat_with(|| chunk(b'a', 1_000));
        assert_eq!(read_error_body(endless).await.len(), MAX_ERROR_BODY);
    }

    #[test]
    fn only_a_redirect_that_keeps_the_method_is_followed() {
        for status in [301, 302, 303, 307, 308] {
            let status = StatusCode::from_u16(status).unwrap_or_default();
            assert!(follows(status, &Method::GET));
            assert_eq!(follows(status, &Method::POST), status != 303);
        }
        assert!(!follows(StatusCode::NOT_MODIFIED, &Method::GET));
    }
}
