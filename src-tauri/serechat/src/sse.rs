//! The event stream decoder: bytes in, frames out, by the WHATWG's rules
//! (HTML Standard, 9.2.6, *Interpreting an event stream*), with bounds, and with one rule more
//! for JSON that goes on over several lines.

mod json_scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::mem;

use memchr::memchr2;
use serde::de::IgnoredAny;

use json_scan::JsonScan;

/// The longest line, in bytes.
pub const MAX_LINE: usize = 1024 * 1024;
/// The longest data of an event, in bytes.
pub const MAX_EVENT: usize = 8 * 1024 * 1024;
/// The longest stream, in bytes.
pub const MAX_REPLY: usize = 64 * 1024 * 1024;

/// The end of the second dialect, which is no JSON.
pub(crate) const DONE_MARK: &str = "[DONE]";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a stream consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A dispatched event.
    Event {
        /// From `event:`; empty when there was none, which means `message`.
        name: String,
        /// From `data:`; several lines are joined by a line feed.
        data: String,
    },
    /// A line that begins with a colon: a sign of life.
    Comment,
}

/// A bound was passed, which the text names, as in `1 MiB a line`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream passed the limit of {0}")]
pub struct BoundPassed(pub &'static str);

const LINE_BOUND: BoundPassed = BoundPassed("1 MiB a line");
const EVENT_BOUND: BoundPassed = BoundPassed("8 MiB an event");
pub(crate) const REPLY_BOUND: BoundPassed = BoundPassed("64 MiB a reply");

/// The decoder of one stream. Pure: how the bytes are cut into chunks makes no difference.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The bytes of the line that has not ended yet.
    line: Vec<u8>,
    /// The last byte was a CR: an LF right after it belongs to the same line end.
    after_cr: bool,
    /// The first line, which may begin with a BOM, is over.
    begun: bool,
    total: usize,
    event: String,
    /// `None` until the event has a `data` line.
    data: Option<String>,
    scan: JsonScan,
    recognised: bool,
    passed: Option<BoundPassed>,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and appends what they complete to `frames`.
    ///
    /// # Errors
    ///
    /// [`BoundPassed`]; what came before the bound is in `frames`, and nothing follows.
    pub fn push(&mut self, bytes: &[u8], frames: &mut Vec<Frame>) -> Result<(), BoundPassed> {
        if let Some(passed) = self.passed {
            return Err(passed);
        }
        let room = MAX_REPLY - self.total;
        let taken = &bytes[..bytes.len().min(room)];
        self.total += taken.len();
        let result = self.take(taken, frames);
        let result = result.and(if bytes.len() > room {
            Err(REPLY_BOUND)
        } else {
            Ok(())
        });
        self.passed = result.err();
        result
    }

    /// The stream is over. The standard drops an event that no blank line ended; here it
    /// counts if its JSON is whole, even when its last line has no end. Such a line can bring
    /// data, but an `event:` that may be cut does not rename what came before it.
    pub fn finish(&mut self) -> Option<Frame> {
        if self.passed.is_some() {
            return None;
        }
        let line = mem::take(&mut self.line);
        let line = decode(&line, &mut self.begun);
        if !line.is_empty() && !matches!(Field::of(&line), Field::Event(_)) {
            self.process(&line, &mut Vec::new()).ok()?;
        }
        let data = self.data.take()?;
        let whole = data.trim() == DONE_MARK || serde_json::from_str::<IgnoredAny>(&data).is_ok();
        whole.then(|| Frame::Event {
            name: mem::take(&mut self.event),
            data,
        })
    }

    /// Whether anything in the stream so far was of this format: a field or a comment.
    #[must_use]
    pub fn recognised(&self) -> bool {
        self.recognised
    }

    fn take(&mut self, mut rest: &[u8], frames: &mut Vec<Frame>) -> Result<(), BoundPassed> {
        // "Lines must be separated by either a CRLF pair, a single LF, or a single CR."
        loop {
            if self.after_cr && !rest.is_empty() {
                self.after_cr = false;
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            let end = memchr2(b'\n', b'\r', rest);
            let part = &rest[..end.unwrap_or(rest.len())];
            if self.line.len() + part.len() > MAX_LINE {
                return Err(LINE_BOUND);
            }
            let Some(end) = end else {
                self.line.extend_from_slice(part);
                return Ok(());
            };
            self.after_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if self.line.is_empty() {
                let line = decode(part, &mut self.begun);
                self.process(&line, frames)?;
            } else {
                let mut whole = mem::take(&mut self.line);
                whole.extend_from_slice(part);
                let line = decode(&whole, &mut self.begun);
                self.process(&line, frames)?;
                whole.clear();
                self.line = whole;
            }
        }
    }

    fn process(&mut self, line: &str, frames: &mut Vec<Frame>) -> Result<(), BoundPassed> {
        // "If the line is empty (a blank line): Dispatch the event."
        if line.is_empty() {
            self.dispatch(frames);
            return Ok(());
        }
        let field = Field::of(line);
        self.recognised |= !matches!(field, Field::Unknown);
        match field {
            // "If the line starts with a U+003A COLON character (:): Ignore the line."
            Field::Comment => frames.push(Frame::Comment),
            Field::Event(value) => value.clone_into(&mut self.event),
            Field::Data(value) => self.append(value)?,
            Field::Ignored => {}
            // "Otherwise: The field is ignored", but for JSON that is printed over several
            // lines after one `data:`, as the API's own page does it.
            Field::Unknown => {
                let opens = line.trim_start().starts_with(['{', '[']);
                let awaited = self.data.is_some() && self.scan.is_blank() && opens;
                if self.scan.is_open() || awaited {
                    self.append(line)?;
                }
            }
        }
        Ok(())
    }

    /// "Append the field value to the data buffer, then append a single LF"; the LF after the
    /// last is removed on dispatch, so here it is written before the next.
    fn append(&mut self, value: &str) -> Result<(), BoundPassed> {
        let data = self.data.get_or_insert_default();
        let joint = usize::from(self.scan.has_begun());
        if data.len() + joint + value.len() > MAX_EVENT {
            return Err(EVENT_BOUND);
        }
        if joint == 1 {
            data.push('\n');
        }
        data.push_str(value);
        self.scan.feed(value);
        Ok(())
    }

    fn dispatch(&mut self, frames: &mut Vec<Frame>) {
        let name = mem::take(&mut self.event);
        self.scan = JsonScan::default();
        // "If the data buffer is an empty string, set the data buffer and the event type
        // buffer to the empty string and return."
        if let Some(data) = self.data.take() {
            frames.push(Frame::Event { name, data });
        }
    }
}

/// "Streams must be decoded using the UTF-8 decode algorithm", which replaces what is no UTF-8
/// and strips one BOM from the start. A line end is never inside a character, so decoding line
/// by line comes to the same.
fn decode<'a>(line: &'a [u8], begun: &mut bool) -> Cow<'a, str> {
    let begun = mem::replace(begun, true);
    let line = match line.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) if !begun => rest,
        _ => line,
    };
    String::from_utf8_lossy(line)
}

/// A line, told apart.
enum Field<'a> {
    Comment,
    Event(&'a str),
    Data(&'a str),
    /// `id` and `retry`: known, but there is no reconnecting here.
    Ignored,
    Unknown,
}

impl<'a> Field<'a> {
    fn of(line: &'a str) -> Self {
        // "Collect the characters on the line before the first colon, and let field be that
        // string. … If value starts with a U+0020 SPACE character, remove it from value."
        // And without a colon: "using the whole line as the field name, and the empty string
        // as the field value."
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" if line.starts_with(':') => Self::Comment,
            "event" => Self::Event(value),
            "data" => Self::Data(value),
            "id" | "retry" => Self::Ignored,
            _ => Self::Unknown,
        }
    }
}
