//! What was asked of the simulator: a bounded log for tests to look at.

use std::collections::VecDeque;

use axum::http::request::Parts;
use bytes::Bytes;

/// The log keeps at most this many requests …
const MAX_REQUESTS: usize = 5_000;
/// … and at most this many bytes of their bodies, dropping the oldest first.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// What stood after the `?`, if anything did.
    pub query: Option<String>,
    /// Header names in lower case and their values, in the order of arrival. A value that is no
    /// UTF-8 is shown lossily.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

impl RecordedRequest {
    pub(crate) fn new(parts: &Parts, body: Bytes) -> Self {
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| {
                    (
                        name.as_str().to_owned(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
            body,
        }
    }

    /// The first header of that name (any case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, `Null` when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// The requests so far, oldest first.
#[derive(Default)]
pub(crate) struct Log {
    requests: VecDeque<RecordedRequest>,
    body_bytes: usize,
}

impl Log {
    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.body_bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS
            || (self.body_bytes > MAX_BODY_BYTES && self.requests.len() > 1)
        {
            if let Some(oldest) = self.requests.pop_front() {
                self.body_bytes -= oldest.body.len();
            }
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(size: usize) -> RecordedRequest {
        let (parts, ()) = axum::http::Request::new(()).into_parts();
        RecordedRequest::new(&parts, Bytes::from(vec![b'a'; size]))
    }

    #[test]
    fn the_log_forgets_the_oldest_requests_past_its_bounds() {
        let mut log = Log::default();
        for _ in 0..MAX_REQUESTS + 10 {
            log.push(request(1));
        }
        assert_eq!(log.all().len(), MAX_REQUESTS);

        log.push(request(MAX_BODY_BYTES - 2));
        assert_eq!(log.all().len(), 3);
        log.push(request(MAX_BODY_BYTES + 1));
        assert_eq!(log.all().len(), 1);
    }
}
