//! The streams that the decoders read: made once, the same in every run, cut into chunks.

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::Read;

/// How much a stream of small events has, in bytes.
const LENGTH: usize = 50_000_000;

/// How much the stream of large ones has: the processor's cache holds it, so that the decoders
/// are measured and not the memory, which is slower than the best of them.
const LENGTH_OF_LARGE: usize = 16 * EVENT_MIB;

/// The longest chunk.
const CHUNK: usize = 16 * 1024;

const EVENT_MIB: usize = 1024 * 1024;

/// What the model says; a seventh of its bytes are not ASCII.
const WORDS: &str = "the stream of a reply is read as it comes, naïve or not: 模型 says “yes” \
    and интерфейс too, \\n- one\\n- two\\n so that no token is lost or told twice 😀 ";

/// One stream, cut into chunks.
pub(crate) struct Shape {
    /// The start of its figures.
    pub(crate) name: &'static str,
    /// Over its table.
    pub(crate) title: &'static str,
    pub(crate) length: usize,
    pub(crate) events: usize,
    pub(crate) chunks: Vec<Bytes>,
    /// Where its first events end: chunks, events, bytes of names and data.
    start: (usize, Read),
    all: Read,
}

impl Shape {
    /// A stream of events of these lengths, chunks ending at random.
    fn new(
        name: &'static str,
        title: &'static str,
        length: usize,
        mut event_length: impl FnMut(&mut StdRng) -> usize,
    ) -> Self {
        let mut rng = StdRng::seed_from_u64(7);
        let mut text = String::with_capacity(length + EVENT_MIB);
        let mut all = Read::default();
        let mut chunks = Vec::new();
        let mut start = None;
        while text.len() < length {
            let event_length = event_length(&mut rng);
            let before = text.len();
            text.push_str("event: content\ndata: ");
            let data = text.len();
            text.push_str("{\"content\":\"");
            let mut words = WORDS.chars().cycle().skip(rng.random_range(0..100));
            while text.len() - before + 4 < event_length {
                text.extend(words.next());
            }
            text.push_str("\"}");
            all.events += 1;
            all.bytes += "content".len() + text.len() - data;
            text.push_str("\n\n");
            if start.is_none() && text.len() > 3 * EVENT_MIB {
                start = Some((text.len(), all));
            }
        }
        let text = Bytes::from(text);
        let (start_length, start_read) = start.expect("the stream is longer");
        let mut at = 0;
        let mut start_chunks = 0;
        while at < text.len() {
            // One chunk ends where the start does, so that the start is whole events.
            let to = if at < start_length {
                start_length
            } else {
                text.len()
            };
            let end = (at + rng.random_range(1..=CHUNK)).min(to);
            chunks.push(text.slice(at..end));
            at = end;
            if at == start_length {
                start_chunks = chunks.len();
            }
        }
        Self {
            name,
            title,
            length: text.len(),
            events: all.events,
            chunks,
            start: (start_chunks, start_read),
            all,
        }
    }

    /// The chunks that this decoder reads: all, but for the one whose time grows with the square
    /// of an event's length.
    pub(crate) fn chunks_for(&self, decoder: &str) -> &[Bytes] {
        if decoder == "eventsource-stream" {
            &self.chunks[..self.start.0]
        } else {
            &self.chunks
        }
    }

    /// What a decoder must make of these chunks.
    pub(crate) fn expected_of(&self, chunks: &[Bytes]) -> Read {
        if chunks.len() == self.chunks.len() {
            self.all
        } else {
            self.start.1
        }
    }
}

pub(crate) fn length(chunks: &[Bytes]) -> usize {
    chunks.iter().map(Bytes::len).sum()
}

/// One after the other, for they are large.
pub(crate) fn all() -> impl Iterator<Item = Shape> {
    let shapes: [fn() -> Shape; 3] = [
        || {
            Shape::new("tokens", "One token an event", LENGTH, |rng| {
                rng.random_range(40..=60)
            })
        },
        || {
            Shape::new(
                "stream",
                "A few words to a few sentences an event",
                LENGTH,
                |rng| rng.random_range(50..=1_000),
            )
        },
        || Shape::new("mib", "1 MiB an event", LENGTH_OF_LARGE, |_| EVENT_MIB),
    ];
    shapes.into_iter().map(|shape| shape())
}
