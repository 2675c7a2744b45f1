//! The reply as a stream: a body's bytes in, typed events out, with the limit on silence.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, Sleep};

use super::events::{ReplyDecoder, StreamEvent};
use super::whole::{self, Unfit};
use crate::error::{Error, ErrorKind};
use crate::sse::{BoundPassed, EVENT_BOUND, MAX_EVENT};

/// A limit beyond this is as good as none.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// How much white space may come before it is clear what the body is, in bytes.
const MAX_LEADING_SPACE: usize = 4_096;

type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// The events of one reply, in order. [`StreamEvent::Done`] is the last; after it, or after an
/// error, there is nothing more. Dropping it closes the connection.
///
/// A body that ends (or breaks off, or falls silent) without `done` is complete if a finish was
/// seen; else the last item is an error of the kind [`ErrorKind::Interrupted`] or
/// [`ErrorKind::Silence`]. A bound that is passed is [`ErrorKind::Bound`], and a body that is no
/// event stream and no JSON reply is [`ErrorKind::UnreadableAnswer`].
pub struct EventStream {
    /// `None` once nothing more is read; dropping it closed the connection.
    body: Option<ByteStream>,
    shape: Shape,
    seed: u64,
    status: u16,
    ready: VecDeque<StreamEvent>,
    failure: Option<Error>,
    silence: Duration,
    alarm: Pin<Box<Sleep>>,
}

/// What the body is. Decided by its first byte, not by its `Content-Type`, which servers and
/// proxies get wrong: no line of an event stream begins with `{` or `<`.
enum Shape {
    Unknown(Vec<u8>),
    Events(ReplyDecoder),
    Json(Vec<u8>),
}

impl EventStream {
    /// The events of `body`, that of an answer with this (successful) status. Needs a Tokio
    /// runtime with its timer.
    pub(crate) fn new(
        body: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
        status: u16,
        silence: Duration,
    ) -> Self {
        let silence = silence.min(FAR);
        Self {
            body: Some(Box::pin(body)),
            shape: Shape::Unknown(Vec::new()),
            seed: rand::random(),
            status,
            ready: VecDeque::new(),
            failure: None,
            silence,
            alarm: Box::pin(tokio::time::sleep(silence)),
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        let result = match &mut self.shape {
            Shape::Events(decoder) => {
                let mut events = Vec::new();
                let result = decoder.push(chunk, &mut events);
                self.ready.extend(events);
                if decoder.is_done() {
                    self.body = None;
                }
                result
            }
            Shape::Json(body) => {
                // One piece, so what bounds an event bounds it: as values in memory, JSON may be
                // thirty times its length.
                if body.len() + chunk.len() > MAX_EVENT {
                    Err(EVENT_BOUND)
                } else {
                    body.extend_from_slice(chunk);
                    Ok(())
                }
            }
            Shape::Unknown(start) => {
                start.extend_from_slice(chunk);
                if let Some(shape) = shape_of(start, self.seed) {
                    let start = mem::take(start);
                    match shape {
                        Some(shape) => {
                            self.shape = shape;
                            return self.feed(&start);
                        }
                        None => self.fail(Error::unreadable(self.status)),
                    }
                }
                Ok(())
            }
        };
        if let Err(BoundPassed(name)) = result {
            self.fail(Error::new(ErrorKind::Bound(name)));
        }
    }

    /// The body gives no more: at its end, or for `error`. What is there may be complete.
    fn end(&mut self, error: Option<Error>) {
        self.body = None;
        let mut events = Vec::new();
        let mut empty = Vec::new();
        let body = match &mut self.shape {
            Shape::Events(decoder) => {
                let result = decoder.finish(&mut events);
                self.ready.extend(events);
                if let Err(BoundPassed(name)) = result {
                    self.fail(Error::new(ErrorKind::Bound(name)));
                } else if !decoder.is_done() {
                    let nothing_legible = !decoder.recognised();
                    self.fail(error.unwrap_or_else(|| {
                        if nothing_legible {
                            Error::unreadable(self.status)
                        } else {
                            Error::new(ErrorKind::Interrupted)
                        }
                    }));
                }
                return;
            }
            Shape::Unknown(_) => &mut empty,
            Shape::Json(body) => body,
        };
        match whole::read(body, self.seed) {
            Ok(events) => self.ready.extend(events),
            Err(Unfit::Bound(BoundPassed(name))) => self.fail(Error::new(ErrorKind::Bound(name))),
            Err(Unfit::Cut) => {
                self.fail(error.unwrap_or_else(|| Error::new(ErrorKind::Interrupted)));
            }
            Err(Unfit::Unreadable) => self.fail(Error::unreadable(self.status)),
        }
    }

    fn fail(&mut self, error: Error) {
        self.body = None;
        self.failure = Some(error);
    }
}

/// `None`: too early to say. `Some(None)`: neither an event stream nor JSON.
#[expect(
    clippy::option_option,
    reason = "the two are told apart in the sentence above"
)]
fn shape_of(start: &[u8], seed: u64) -> Option<Option<Shape>> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let text = match start.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => text,
        None if BYTE_ORDER_MARK.starts_with(start) => return None,
        None => start,
    };
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Some(Some(Shape::Json(Vec::new()))),
        Some(b'<') => Some(None),
        None if start.len() < MAX_LEADING_SPACE => None,
        _ => Some(Some(Shape::Events(ReplyDecoder::new(seed)))),
    }
}

impl Stream for EventStream {
    type Item = Result<StreamEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            if let Some(error) = self.failure.take() {
                return Poll::Ready(Some(Err(error)));
            }
            let Some(body) = &mut self.body else {
                return Poll::Ready(None);
            };
            match body.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(chunk))) => {
                    if !chunk.is_empty() {
                        let deadline = Instant::now() + self.silence;
                        self.alarm.as_mut().reset(deadline);
                        self.feed(&chunk);
                    }
                }
                Poll::Ready(Some(Err(error))) => self.end(Some(error)),
                Poll::Ready(None) => self.end(None),
                Poll::Pending => {
                    if self.alarm.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    self.end(Some(Error::new(ErrorKind::Silence)));
                }
            }
        }
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("open", &self.body.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
