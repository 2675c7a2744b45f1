//! `cargo xtask bench sse`: the decoder's throughput beside that of four other crates' decoders,
//! on the same chunks in the same run.
//!
//! Like with like: each of them gives every event's name and data as valid UTF-8, and all must
//! count the same events and the same bytes. Each gets its chunks in the form it takes them in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints its table, and stops where it cannot go on"
)]

mod heap;
mod shapes;

use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use serechat::sse::{Decoder, Frame};
use shapes::Shape;

/// How often each decoder reads each shape at each place in the order; the best time counts, for
/// noise only ever adds.
const ROUNDS: usize = 4;

/// A decoder this slow is not asked again.
const SLOW: Duration = Duration::from_secs(1);

/// What a decoder made of the chunks: how many events, and how many bytes of names and data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Read {
    events: usize,
    bytes: usize,
}

impl Read {
    fn add(&mut self, name: &str, data: &str) {
        self.events += 1;
        self.bytes += black_box(name).len() + black_box(data).len();
    }
}

/// Its name in the table, the start of its figures, and how it reads.
type Reader = (&'static str, &'static str, fn(&[Bytes]) -> Read);

const OURS: Reader = ("serechat", "serechat", serechat);

const OTHERS: [Reader; 4] = [
    ("sse-core", "sse_core", sse_core),
    ("sse-stream", "sse_stream", sse_stream),
    ("sseer", "sseer", sseer),
    (
        "eventsource-stream",
        "eventsource_stream",
        eventsource_stream,
    ),
];

fn serechat(chunks: &[Bytes]) -> Read {
    let mut read = Read::default();
    let mut decoder = Decoder::new();
    for chunk in chunks {
        let mut rest = &chunk[..];
        while let Some(frame) = decoder.next_frame(&mut rest).unwrap() {
            if let Frame::Event { name, data } = frame {
                read.add(&name, &data);
            }
        }
    }
    read
}

fn sse_core(chunks: &[Bytes]) -> Read {
    let mut read = Read::default();
    let bound = 8 * 1024 * 1024;
    let mut decoder = sse_core::SseDecoder::with_limit(bound.try_into().unwrap());
    for chunk in chunks {
        let mut rest = &chunk[..];
        while let Some(event) = decoder.next(&mut rest) {
            if let sse_core::SseEvent::Message(event) = event.unwrap() {
                read.add(&event.event, &event.data);
            }
        }
    }
    read
}

fn sse_stream(chunks: &[Bytes]) -> Read {
    let mut read = Read::default();
    let events = sse_stream::SseStream::from_bytes_stream(stream_of(chunks));
    each(events, |event| {
        let event = event.unwrap();
        read.add(&event.event.unwrap_or_default(), &event.data.unwrap());
    });
    read
}

fn sseer(chunks: &[Bytes]) -> Read {
    let mut read = Read::default();
    each(sseer::EventStream::new(stream_of(chunks)), |event| {
        let event = event.unwrap();
        read.add(&event.event, &event.data);
    });
    read
}

fn eventsource_stream(chunks: &[Bytes]) -> Read {
    let mut read = Read::default();
    each(stream_of(chunks).eventsource(), |event| {
        let event = event.unwrap();
        read.add(&event.event, &event.data);
    });
    read
}

fn stream_of(chunks: &[Bytes]) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin + '_ {
    stream::iter(chunks.iter().cloned().map(Ok))
}

/// Everything is there, so nothing ever waits and no runtime is needed.
fn each<S: Stream>(stream: S, mut take: impl FnMut(S::Item)) {
    let mut stream = std::pin::pin!(stream);
    while let Some(item) = stream.next().now_or_never().unwrap() {
        take(item);
    }
}

/// What was measured of one decoder on one shape.
struct Measured {
    name: &'static str,
    figure: &'static str,
    /// In MB/s.
    speed: f64,
    /// The most it held on the heap beyond the chunks, in bytes.
    peak: usize,
}

/// All decoders on one shape, ours first. They take turns, each round in another order, so that
/// noise and what the one before left in the cache fall on all.
fn measure(shape: &Shape) -> Vec<Measured> {
    let readers: Vec<Reader> = std::iter::once(OURS).chain(OTHERS).collect();
    let mut best = vec![Duration::MAX; readers.len()];
    for round in 0..ROUNDS * readers.len() {
        for at in 0..readers.len() {
            // Forwards and backwards by turns, and each comes first as often as the others.
            let at = if round % 2 == 0 {
                at
            } else {
                readers.len() - 1 - at
            };
            let at = (at + round / 2) % readers.len();
            let (best, (name, _, read)) = (&mut best[at], readers[at]);
            if *best != Duration::MAX && *best > SLOW {
                continue;
            }
            let chunks = shape.chunks_for(name);
            let start = Instant::now();
            let got = read(black_box(chunks));
            let took = start.elapsed();
            assert_eq!(got, shape.expected_of(chunks), "{name} on {}", shape.name);
            // As if it had read the whole stream.
            *best = took
                .mul_f64(shape.length as f64 / shapes::length(chunks) as f64)
                .min(*best);
        }
    }
    readers
        .iter()
        .zip(best)
        .map(|(&(name, figure, read), best)| Measured {
            name,
            figure,
            speed: shape.length as f64 / best.as_secs_f64() / 1e6,
            peak: heap::peak_of(|| {
                black_box(read(shape.chunks_for(name)));
            }),
        })
        .collect()
}

fn main() {
    let target = std::env::args_os().nth(1);
    let mut figures = serde_json::Map::new();
    for shape in shapes::all() {
        let measured = measure(&shape);
        let (ours, others) = measured.split_first().unwrap();
        println!(
            "\n{}: {:.0} MB in {} events, {} chunks of up to 16 kB",
            shape.title,
            shape.length as f64 / 1e6,
            shape.events,
            shape.chunks.len(),
        );
        println!(
            "{:<20} {:>9} {:>14} {:>16}",
            "", "MB/s", "we are faster", "most on the heap"
        );
        let fastest = others.iter().map(|other| other.speed).fold(0.0, f64::max);
        for one in &measured {
            let mut line = format!("{:<20} {:>9.0}", one.name, one.speed);
            let ratio = ours.speed / one.speed;
            if one.name == ours.name {
                line += &format!(" {:>14}", "");
            } else {
                let _ = write!(line, " {ratio:>12.2} ×");
                let figure = format!("{}_speed_vs_{}", shape.name, one.figure);
                figures.insert(figure, rounded(ratio));
            }
            println!("{line} {:>13.0} kB", one.peak as f64 / 1e3);
        }
        let figure = format!("{}_speed_vs_fastest_other", shape.name);
        figures.insert(figure, rounded(ours.speed / fastest));
        figures.insert(format!("{}_peak_bytes", shape.name), ours.peak.into());
        figures.insert(format!("{}_events", shape.name), shape.events.into());
    }
    if let Some(target) = target {
        let json = serde_json::to_string_pretty(&figures).unwrap();
        std::fs::write(target, json + "\n").expect("the figures can be written");
    }
}

fn rounded(ratio: f64) -> serde_json::Value {
    ((ratio * 1000.0).round() / 1000.0).into()
}
