//! The event stream decoder: bytes in, frames out, by the WHATWG's rules
//! (HTML Standard, 9.2.6, *Interpreting an event stream*), with bounds, and with one rule more
//! for JSON that goes on over several lines.
//!
//! It copies only what a chunk's end cuts: an event that lies whole in one chunk is given as
//! slices of that chunk.
//!
//! It is fuzzed from `src-tauri/serechat`, after `cargo install cargo-fuzz`, on the stable
//! compiler, the seeds being streams that are odd in one way each:
//!
//! ```sh
//! mkdir -p fuzz/corpus/decoder fuzz/corpus/reply
//! RUSTC_BOOTSTRAP=1 cargo fuzz run decoder fuzz/corpus/decoder fuzz/seeds -- -max_total_time=600
//! RUSTC_BOOTSTRAP=1 cargo fuzz run reply fuzz/corpus/reply fuzz/seeds -- -max_total_time=600
//! ```

mod json_scan;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::mem;

use memchr::memchr2;
use serde::de::IgnoredAny;

use json_scan::JsonScan;
use text::Text;

/// 1 MiB. A fuzzer's inputs are short, so in its build all bounds are 16,384 times lower.
#[allow(unexpected_cfgs, reason = "set by `cargo fuzz`")]
const MIB: usize = if cfg!(fuzzing) { 64 } else { 1024 * 1024 };

/// The longest line, in bytes.
pub const MAX_LINE: usize = MIB;
/// The longest data of an event, in bytes.
pub const MAX_EVENT: usize = 8 * MIB;
/// The longest stream, in bytes.
pub const MAX_REPLY: usize = 64 * MIB;

/// The end of the second dialect, which is no JSON.
pub(crate) const DONE_MARK: &str = "[DONE]";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a stream consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A dispatched event. What was no UTF-8 is replaced by U+FFFD.
    Event {
        /// From `event:`; empty when there was none, which means `message`.
        name: Cow<'a, str>,
        /// From `data:`; several lines are joined by a line feed.
        data: Cow<'a, str>,
    },
    /// A line that begins with a colon: a sign of life.
    Comment,
}

/// A bound was passed, which the text names, as in `1 MiB a line`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream passed the limit of {0}")]
pub struct BoundPassed(pub &'static str);

const LINE_BOUND: BoundPassed = BoundPassed("1 MiB a line");
pub(crate) const EVENT_BOUND: BoundPassed = BoundPassed("8 MiB an event");
const REPLY_BOUND: BoundPassed = BoundPassed("64 MiB a reply");

/// The decoder of one stream. Pure: how the bytes are cut into chunks makes no difference.
///
/// ```
/// use serechat::sse::{Decoder, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut data = String::new();
/// for chunk in ["event: content\nda", "ta: {}\n", "\n: ping\n"] {
///     let mut rest = chunk.as_bytes();
///     while let Some(frame) = decoder.next_frame(&mut rest)? {
///         if let Frame::Event { data: more, .. } = frame {
///             data += &more;
///         }
///     }
/// }
/// assert_eq!(data, "{}");
/// # Ok::<(), serechat::sse::BoundPassed>(())
/// ```
#[derive(Debug, Default)]
pub struct Decoder {
    /// The bytes of the line that has not ended yet, unless it is `in_data`.
    line: Vec<u8>,
    /// The line that has not ended yet is the event's first data line, and its value is in the
    /// data already: long lines come this way, and are copied once.
    in_data: bool,
    /// How long the line that has not ended yet is, in bytes.
    carried: usize,
    /// The last byte was a CR: an LF right after it belongs to the same line end.
    after_cr: bool,
    /// The first line, which may begin with a BOM, is over.
    begun: bool,
    total: usize,
    event: Kept,
    /// The event was given out and is cleared when its reader comes back.
    spent: bool,
    recognised: bool,
    passed: Option<BoundPassed>,
}

/// What is kept of an event that is not all in the chunk at hand.
#[derive(Debug, Default)]
struct Kept {
    name: Vec<u8>,
    data: Text,
    /// There was a `data` line, be it an empty one.
    has_data: bool,
    scan: JsonScan,
    /// How much of the data the scan has seen.
    scanned: usize,
}

/// What of the event lies in the chunk at hand. It is newer than what is [`Kept`].
#[derive(Default)]
struct Here<'a> {
    name: Option<&'a [u8]>,
    /// Only while this is the event's only data line.
    data: Option<&'a [u8]>,
}

/// A frame is complete.
enum Found {
    Event,
    Comment,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes off the front of `rest` up to the end of the next frame. `None`: all were
    /// taken, and the frame after the last is not complete.
    ///
    /// # Errors
    ///
    /// [`BoundPassed`]; nothing follows.
    pub fn next_frame<'a, 'chunk: 'a>(
        &'a mut self,
        rest: &mut &'chunk [u8],
    ) -> Result<Option<Frame<'a>>, BoundPassed> {
        if let Some(passed) = self.passed {
            return Err(passed);
        }
        self.forget_spent();
        let mut here = Here::default();
        let room = MAX_REPLY - self.total;
        let all = *rest;
        let mut ahead = &all[..all.len().min(room)];
        let within = ahead.len();
        let found = self.read(&mut ahead, &mut here);
        let taken = within - ahead.len();
        self.total += taken;
        *rest = &all[taken..];
        match found {
            Ok(Some(Found::Event)) => {
                self.spent = true;
                Ok(Some(Frame::Event {
                    name: text::decode(here.name.unwrap_or(&self.event.name)),
                    data: match here.data {
                        Some(data) => text::decode(data),
                        None => Cow::Borrowed(self.event.data.as_str()),
                    },
                }))
            }
            Ok(Some(Found::Comment)) => {
                self.event.keep(here);
                Ok(Some(Frame::Comment))
            }
            Ok(None) if rest.is_empty() => {
                self.event.keep(here);
                Ok(None)
            }
            Ok(None) => Err(self.stop(REPLY_BOUND)),
            Err(passed) => Err(self.stop(passed)),
        }
    }

    /// The stream is over. The standard drops an event that no blank line ended; here it
    /// counts if its JSON is whole, even when its last line has no end. Such a line can bring
    /// data, but an `event:` that may be cut does not rename what came before it.
    pub fn finish(&mut self) -> Option<Frame<'_>> {
        if self.passed.is_some() {
            return None;
        }
        self.forget_spent();
        self.end_data_line();
        let line = mem::take(&mut self.line);
        let last = self.without_mark(&line);
        if !last.is_empty() && !matches!(Field::of(last), Field::Event(_)) {
            let mut here = Here::default();
            self.process(last, &mut here).ok()?;
            self.event.keep(here);
        }
        if !self.event.has_data {
            return None;
        }
        self.spent = true;
        let data = self.event.data.as_str();
        let whole = data.trim() == DONE_MARK || serde_json::from_str::<IgnoredAny>(data).is_ok();
        whole.then(|| Frame::Event {
            name: text::decode(&self.event.name),
            data: Cow::Borrowed(data),
        })
    }

    /// Whether anything in the stream so far was of this format: a field or a comment.
    #[must_use]
    pub fn recognised(&self) -> bool {
        self.recognised
    }

    fn forget_spent(&mut self) {
        if mem::take(&mut self.spent) {
            self.event.clear();
        }
    }

    /// Reads lines until a frame is complete or there is no more of them.
    fn read<'a>(
        &mut self,
        rest: &mut &'a [u8],
        here: &mut Here<'a>,
    ) -> Result<Option<Found>, BoundPassed> {
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            *rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        if self.carried > 0 {
            let Some(part) = self.take_line(rest) else {
                self.lengthen(mem::take(rest))?;
                return Ok(None);
            };
            self.lengthen(part)?;
            let found = self.process_carried()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        while let Some(line) = self.take_line(rest) {
            if line.len() > MAX_LINE {
                return Err(LINE_BOUND);
            }
            let found = self.process(self.without_mark(line), here)?;
            self.begun = true;
            if found.is_some() {
                return Ok(found);
            }
        }
        self.carry(mem::take(rest), here)?;
        Ok(None)
    }

    /// Takes a line and its end off `rest`, if it has one. "Lines must be separated by either a
    /// CRLF pair, a single LF, or a single CR."
    fn take_line<'a>(&mut self, rest: &mut &'a [u8]) -> Option<&'a [u8]> {
        let end = memchr2(b'\n', b'\r', rest)?;
        let (line, mut after) = (&rest[..end], &rest[end + 1..]);
        if rest[end] == b'\r' {
            self.after_cr = after.is_empty();
            after = after.strip_prefix(b"\n").unwrap_or(after);
        }
        *rest = after;
        Some(line)
    }

    /// Keeps the beginning of a line for the next chunk.
    fn carry(&mut self, part: &[u8], here: &Here<'_>) -> Result<(), BoundPassed> {
        if here.data.is_none()
            && !self.event.has_data
            && let Some(value @ [_, ..]) = value_of(part, b"data")
        {
            self.in_data = true;
            self.carried = part.len() - value.len();
            self.lengthen(value)
        } else {
            self.lengthen(part)
        }
    }

    fn lengthen(&mut self, part: &[u8]) -> Result<(), BoundPassed> {
        self.carried += part.len();
        if self.carried > MAX_LINE {
            return Err(LINE_BOUND);
        }
        if self.in_data {
            self.event.data.push(part);
        } else {
            self.line.extend_from_slice(part);
        }
        Ok(())
    }

    /// Ends the line whose value is in the data already, if it is one.
    fn end_data_line(&mut self) -> bool {
        if !mem::take(&mut self.in_data) {
            return false;
        }
        self.event.end_line();
        self.recognised = true;
        self.begun = true;
        true
    }

    /// Reads the line that began in an earlier chunk.
    fn process_carried(&mut self) -> Result<Option<Found>, BoundPassed> {
        self.carried = 0;
        if self.end_data_line() {
            return Ok(None);
        }
        let mut line = mem::take(&mut self.line);
        let mut here = Here::default();
        let found = self.process(self.without_mark(&line), &mut here)?;
        self.event.keep(here);
        self.begun = true;
        line.clear();
        self.line = line;
        Ok(found)
    }

    fn process<'a>(
        &mut self,
        line: &'a [u8],
        here: &mut Here<'a>,
    ) -> Result<Option<Found>, BoundPassed> {
        let field = Field::of(line);
        self.recognised |= !matches!(field, Field::Blank | Field::Unknown);
        match field {
            // "If the line is empty (a blank line): Dispatch the event."
            Field::Blank => {
                if here.data.is_some() || self.event.has_data {
                    return Ok(Some(Found::Event));
                }
                // "If the data buffer is an empty string, set the data buffer and the event
                // type buffer to the empty string and return."
                here.name = None;
                self.event.name.clear();
            }
            // "If the line starts with a U+003A COLON character (:): Ignore the line."
            Field::Comment => return Ok(Some(Found::Comment)),
            Field::Event(value) => here.name = Some(value),
            Field::Data(value) if here.data.is_none() && !self.event.has_data => {
                here.data = Some(value);
            }
            Field::Data(value) => self.event.append(here, value)?,
            Field::Ignored => {}
            // "Otherwise: The field is ignored", but for JSON that is printed over several
            // lines after one `data:`, as the API's own page does it.
            Field::Unknown => {
                if self.event.goes_on_with(here, line) {
                    self.event.append(here, line)?;
                }
            }
        }
        Ok(None)
    }

    /// "Streams must be decoded using the UTF-8 decode algorithm", which strips one BOM from
    /// the start.
    fn without_mark<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if !self.begun => rest,
            _ => line,
        }
    }

    fn stop(&mut self, passed: BoundPassed) -> BoundPassed {
        self.passed = Some(passed);
        passed
    }
}

impl Kept {
    fn clear(&mut self) {
        self.name.clear();
        self.data.clear();
        self.has_data = false;
        self.scan = JsonScan::default();
        self.scanned = 0;
    }

    /// Takes over what the chunk at hand will take with it.
    fn keep(&mut self, here: Here<'_>) {
        if let Some(name) = here.name {
            self.name.clear();
            self.name.extend_from_slice(name);
        }
        if let Some(data) = here.data {
            self.data.push(data);
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        self.data.end_line();
        self.has_data = true;
    }

    /// "Append the field value to the data buffer, then append a single LF"; the LF after the
    /// last is removed on dispatch, so here it is written before the next.
    fn append(&mut self, here: &mut Here<'_>, value: &[u8]) -> Result<(), BoundPassed> {
        let data = here.data.take();
        self.keep(Here { name: None, data });
        self.data.push(b"\n");
        self.data.push(value);
        self.end_line();
        if self.data.as_str().len() > MAX_EVENT {
            return Err(EVENT_BOUND);
        }
        Ok(())
    }

    /// Whether a line that is no field belongs to the data: its JSON is open, or has yet to
    /// begin and the line begins one. The data is scanned only here, every byte of it once.
    fn goes_on_with(&mut self, here: &mut Here<'_>, line: &[u8]) -> bool {
        let data = here.data.take();
        self.keep(Here { name: None, data });
        if !self.has_data {
            return false;
        }
        let data = self.data.as_str().as_bytes();
        self.scan.feed(&data[self.scanned..]);
        self.scanned = data.len();
        let begins = matches!(line.trim_ascii_start(), [b'{' | b'[', ..]);
        self.scan.is_open() || (self.scan.is_blank() && begins)
    }
}

/// A line, told apart.
enum Field<'a> {
    Blank,
    Comment,
    Event(&'a [u8]),
    Data(&'a [u8]),
    /// `id` and `retry`: known, but there is no reconnecting here.
    Ignored,
    Unknown,
}

impl<'a> Field<'a> {
    fn of(line: &'a [u8]) -> Self {
        if let Some(value) = value_of(line, b"data") {
            Self::Data(value)
        } else if line.is_empty() {
            Self::Blank
        } else if let Some(value) = value_of(line, b"event") {
            Self::Event(value)
        } else if line.starts_with(b":") {
            Self::Comment
        } else if value_of(line, b"id").is_some() || value_of(line, b"retry").is_some() {
            Self::Ignored
        } else {
            Self::Unknown
        }
    }
}

/// "Collect the characters on the line before the first colon, and let field be that string. …
/// If value starts with a U+0020 SPACE character, remove it from value." And without a colon:
/// "using the whole line as the field name, and the empty string as the field value."
fn value_of<'a>(line: &'a [u8], field: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(field)? {
        [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some(value),
        _ => None,
    }
}
