//! What went wrong with a call: the kind, the status, the server's words, what to do next.

pub(crate) mod body;

use std::fmt;
use std::time::{Duration, SystemTime};

use body::ErrorBody;

/// The longest wait of a `Retry-After` that is told apart: what is longer counts as a day.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// The server answered with a status that is no success; see [`Error::status`].
    Status,
    /// No connection: the name is unknown, the host refused, TLS failed, or the connection
    /// was lost before the head of an answer came.
    Connect,
    /// No connection within the limit.
    ConnectTimeout,
    /// A connection, but no answer within the limit (for the authorization and models calls:
    /// no whole answer).
    HeadersTimeout,
    /// The answer broke off before its end.
    Interrupted,
    /// The stream was silent for longer than the limit.
    Silence,
    /// The answer passed a bound of this client, which is named, as in `1 MiB a line`.
    Bound(&'static str),
    /// A success whose body is not what was agreed.
    UnreadableAnswer,
    /// The server sends the call to another origin, where the token must not go.
    Redirected,
    /// The client could not be set up or the request could not be built.
    Setup,
}

/// Why a call failed. Neither `Display` nor `Debug` prints a token, a code or the server's
/// words; those are had by [`Error::server_text`].
#[derive(Clone, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    status: Option<u16>,
    body: ErrorBody,
    requested_model: Option<String>,
    retry_after: Option<Duration>,
    attempts_left: Option<u8>,
    cause: Option<String>,
}

impl Error {
    /// An error of this kind and nothing more.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                status: None,
                body: ErrorBody::default(),
                requested_model: None,
                retry_after: None,
                attempts_left: None,
                cause: None,
            }),
        }
    }

    /// The error that an answer with this status, these headers (names in any case) and this
    /// body is. Pure, but for the clock where `Retry-After` is a date and there is no `Date`.
    #[must_use]
    pub fn from_answer<'a>(
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) -> Self {
        let mut error = Self::new(ErrorKind::Status);
        let mut retry_after = None;
        let mut date = None;
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            match name.as_str() {
                "retry-after" => retry_after = Some(value),
                "date" => date = httpdate::parse_http_date(value).ok(),
                // "Attempts remaining shown in header", which the API's page does not name.
                _ if name.contains("attempt") && name.contains("remain") => {
                    let attempts = leading_number(value);
                    error.inner.attempts_left = attempts.or(error.inner.attempts_left);
                }
                _ => {}
            }
        }
        error.inner.status = Some(status);
        error.inner.body = ErrorBody::read(body);
        error.inner.retry_after = retry_after
            .and_then(|value| read_retry_after(value, date.unwrap_or_else(SystemTime::now)));
        error
    }

    /// A success with this status whose body is not what was agreed.
    pub(crate) fn unreadable(status: u16) -> Self {
        let mut error = Self::new(ErrorKind::UnreadableAnswer);
        error.inner.status = Some(status);
        error
    }

    /// A redirect with this status to another origin.
    pub(crate) fn redirected(status: u16) -> Self {
        let mut error = Self::new(ErrorKind::Redirected);
        error.inner.status = Some(status);
        error
    }

    /// With the cause's words, which are never a body's or a header's.
    pub(crate) fn caused(kind: ErrorKind, cause: &dyn std::error::Error) -> Self {
        let mut error = Self::new(kind);
        let mut text = cause.to_string();
        let mut source = cause.source();
        while let Some(next) = source {
            let next_text = next.to_string();
            if !text.contains(&next_text) {
                text.push_str(": ");
                text.push_str(&next_text);
            }
            source = next.source();
        }
        error.inner.cause = Some(text.chars().take(500).collect());
        error
    }

    /// With the model that was asked for, so that [`Error::is_unknown_model`] can look for it.
    pub(crate) fn for_model(mut self, model: &str) -> Self {
        self.inner.requested_model = Some(model.to_owned());
        self
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// The server's own words: the body's error text, at most 2,000 characters, never HTML and
    /// never raw JSON. `None` when the body has none; then the status' own sentence is shown.
    #[must_use]
    pub fn server_text(&self) -> Option<&str> {
        self.inner.body.text.as_deref()
    }

    /// How long the server asks to wait, from `Retry-After` in seconds or as a date. A date in
    /// the past is zero; more than a day counts as a day.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// How many attempts at the code are left, from any header whose name contains `attempt`
    /// and `remain`.
    #[must_use]
    pub fn attempts_left(&self) -> Option<u8> {
        self.inner.attempts_left
    }

    /// What the system said about a lost or missing connection, for diagnostics.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.inner.cause.as_deref()
    }

    fn is(&self, status: u16) -> bool {
        self.inner.kind == ErrorKind::Status && self.inner.status == Some(status)
    }

    /// 401: the token is missing, invalid, revoked or expired.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.is(401)
    }

    /// 402: the balance is zero or negative.
    #[must_use]
    pub fn is_payment_required(&self) -> bool {
        self.is(402)
    }

    /// 429: too many requests.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.is(429)
    }

    /// 500, 502, 503 or 504.
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        [500, 502, 503, 504]
            .into_iter()
            .any(|status| self.is(status))
    }

    /// 400 whose text names the model: the word `model`, or the id that was asked for.
    #[must_use]
    pub fn is_unknown_model(&self) -> bool {
        self.is(400)
            && (self.inner.body.says("model")
                || self
                    .inner
                    .requested_model
                    .as_deref()
                    .is_some_and(|model| self.inner.body.says(model)))
    }

    /// 409 of the exchange: the user has not approved yet.
    #[must_use]
    pub fn is_not_yet_authorized(&self) -> bool {
        self.is(409)
    }

    /// 400 of the exchange that says the code is wrong (in words, or by counting attempts).
    #[must_use]
    pub fn is_invalid_code(&self) -> bool {
        let says = |word| self.inner.body.says(word);
        let wrong = says("invalid") || says("incorrect") || says("wrong");
        self.is(400) && ((says("code") && wrong) || self.inner.attempts_left.is_some())
    }

    /// 404: the authorization request is unknown, past its 10 minutes, or not in the state
    /// for an exchange.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.is(404)
    }

    /// 410: five wrong codes ended the authorization request.
    #[must_use]
    pub fn is_invalidated(&self) -> bool {
        self.is(410)
    }

    /// Whether the same call may succeed by itself a little later: 429, 500, 502, 503, 504, or
    /// no connection. Whether it may be *made* by itself is the billing rule's to say: only
    /// while no event of the stream has arrived.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.is_rate_limited()
            || self.is_server_error()
            || matches!(
                self.inner.kind,
                ErrorKind::Connect | ErrorKind::ConnectTimeout
            )
    }

    fn sentence(&self) -> String {
        let text = match self.inner.kind {
            ErrorKind::Status => {
                return match self.inner.status {
                    Some(status) => format!("the server answered with status {status}"),
                    None => "the server answered with an error".to_owned(),
                };
            }
            ErrorKind::Bound(name) => return format!("the answer passed the limit of {name}"),
            ErrorKind::Connect => "no connection to the server",
            ErrorKind::ConnectTimeout => "no connection to the server within the time limit",
            ErrorKind::HeadersTimeout => "no answer from the server within the time limit",
            ErrorKind::Interrupted => "the answer broke off before its end",
            ErrorKind::Silence => "the server fell silent in the middle of the answer",
            ErrorKind::UnreadableAnswer => "the server's answer could not be read",
            ErrorKind::Redirected => "the server sends the call to another address",
            ErrorKind::Setup => "the request could not be set up",
        };
        text.to_owned()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("status", &inner.status)
            .field(
                "server_text_length",
                &inner.body.text.as_ref().map(String::len),
            )
            .field("retry_after", &inner.retry_after)
            .field("attempts_left", &inner.attempts_left)
            .field("cause", &inner.cause)
            .finish_non_exhaustive()
    }
}

/// The number that a header's value begins with (`4`, `4 of 5`).
fn leading_number(value: &str) -> Option<u8> {
    let value = value.trim();
    let end = value
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(value.len());
    value[..end].parse().ok()
}

/// RFC 9110, 10.2.3: a number of seconds or an HTTP date. What is neither is no wish.
fn read_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than a day.
        let wait = value.parse().map_or(MAX_RETRY_AFTER, Duration::from_secs);
        return Some(wait.min(MAX_RETRY_AFTER));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let wait = date.duration_since(now).unwrap_or_default();
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Error {
        Error::from_answer(status, [], body.as_bytes())
    }

    fn wait(headers: &[(&str, &str)]) -> Option<Duration> {
        Error::from_answer(429, headers.iter().copied(), b"").retry_after()
    }

    #[test]
    fn attempts_are_read_from_any_header_that_says_attempts_remain() {
        for (name, value, left) in [
            ("X-Attempts-Remaining", "4", Some(4)),
            ("x-remaining-attempts", " 3 ", Some(3)),
            ("RateLimit-Attempt-Remain", "2 of 5", Some(2)),
            ("X-Attempts-Remaining", "0", Some(0)),
            ("X-Attempts-Remaining", "many", None),
            ("X-Attempts-Remaining", "-1", None),
            ("X-Attempts-Remaining", "99999", None),
            ("X-Attempts", "4", None),
            ("X-RateLimit-Remaining", "4", None),
        ] {
            let error = Error::from_answer(400, [(name, value)], br#"{"error":"Invalid code"}"#);
            assert_eq!(error.attempts_left(), left, "{name}: {value}");
            assert!(error.is_invalid_code());
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_absurd_values_do_no_harm() {
        let day = MAX_RETRY_AFTER;
        assert_eq!(wait(&[("Retry-After", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&[("retry-after", " 0 ")]), Some(Duration::ZERO));
        assert_eq!(wait(&[("Retry-After", "99999999")]), Some(day));
        assert_eq!(wait(&[("Retry-After", &"9".repeat(400))]), Some(day));
        for nonsense in ["", "-1", "1.5", "soon", "\u{661}", "+3"] {
            assert_eq!(wait(&[("Retry-After", nonsense)]), None, "{nonsense}");
        }
        let date = ("Date", "Wed, 21 Oct 2026 07:28:00 GMT");
        for (at, expected) in [
            ("Wed, 21 Oct 2026 07:28:30 GMT", Duration::from_secs(30)),
            ("Wed, 21 Oct 2026 07:27:00 GMT", Duration::ZERO),
            ("Sun, 21 Oct 2096 07:28:00 GMT", day),
        ] {
            assert_eq!(wait(&[("Retry-After", at), date]), Some(expected));
        }
        // Without the server's own clock, ours: this date is long past.
        let past = ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[past]), Some(Duration::ZERO));
    }

    #[test]
    fn each_status_answers_to_its_own_name_only() {
        type Question = fn(&Error) -> bool;
        let questions: [(u16, Question); 7] = [
            (401, Error::is_unauthorized),
            (402, Error::is_payment_required),
            (404, Error::is_expired),
            (409, Error::is_not_yet_authorized),
            (410, Error::is_invalidated),
            (429, Error::is_rate_limited),
            (500, Error::is_server_error),
        ];
        for (status, _) in questions {
            for (other, question) in questions {
                assert_eq!(question(&answer(status, "")), status == other);
            }
        }
        for status in [500, 502, 503, 504] {
            assert!(answer(status, "").is_server_error());
        }
        assert!(!answer(501, "").is_server_error());
    }

    #[test]
    fn only_a_limit_a_server_error_and_a_missing_connection_are_retryable() {
        for status in [429, 500, 502, 503, 504] {
            assert!(answer(status, "").is_retryable(), "{status}");
        }
        for status in [301, 400, 401, 402, 403, 404, 409, 410, 418, 501, 505] {
            assert!(!answer(status, "").is_retryable(), "{status}");
        }
        assert!(Error::new(ErrorKind::Connect).is_retryable());
        assert!(Error::new(ErrorKind::ConnectTimeout).is_retryable());
        for kind in [
            ErrorKind::HeadersTimeout,
            ErrorKind::Interrupted,
            ErrorKind::Silence,
            ErrorKind::Bound("1 MiB a line"),
            ErrorKind::UnreadableAnswer,
            ErrorKind::Redirected,
            ErrorKind::Setup,
        ] {
            assert!(!Error::new(kind).is_retryable(), "{kind:?}");
        }
    }

    #[test]
    fn a_400_about_the_code_is_told_from_one_about_a_missing_field() {
        assert!(answer(400, r#"{"error":"Invalid code"}"#).is_invalid_code());
        assert!(answer(400, r#"{"error":"invalid_code","message":"No."}"#).is_invalid_code());
        assert!(answer(400, "Invalid code").is_invalid_code());
        assert!(!answer(400, r#"{"error":"request_id and code required"}"#).is_invalid_code());
        assert!(!answer(400, r#"{"error":"app_name required"}"#).is_invalid_code());
        assert!(!answer(404, r#"{"error":"Invalid code"}"#).is_invalid_code());
    }

    #[test]
    fn a_400_that_names_the_model_is_an_unknown_model() {
        assert!(answer(400, r#"{"error":"Unknown model ID"}"#).is_unknown_model());
        assert!(answer(400, r#"{"error":"Bad","code":"model_not_found"}"#).is_unknown_model());
        let named = answer(400, r#"{"error":"No such thing: GPT-9"}"#);
        assert!(!named.is_unknown_model());
        assert!(named.for_model("gpt-9").is_unknown_model());
        assert!(!answer(400, r#"{"error":"bad role"}"#).is_unknown_model());
        assert!(!answer(500, r#"{"error":"model"}"#).is_unknown_model());
        assert!(!answer(400, "").for_model("").is_unknown_model());
    }

    #[test]
    fn neither_debug_nor_display_repeats_the_servers_words() {
        let error = answer(400, r#"{"error":"your code 123456 is wrong"}"#);
        let shown = format!("{error:?} {error}");
        assert!(!shown.contains("123456"), "{shown}");
        assert!(shown.contains("400"));
    }

    #[test]
    fn a_bound_is_named() {
        let error = Error::new(ErrorKind::Bound("1 MiB a line"));
        assert!(error.to_string().contains("1 MiB a line"));
    }
}
