//! Any bytes, cut anywhere: the decoder never panics, stays within its bounds, and gives the
//! same frames. A fuzzer's build has the bounds scaled down, so that short inputs pass them.
#![no_main]

mod cuts;

use libfuzzer_sys::fuzz_target;
use serechat::sse::{BoundPassed, Decoder, Frame, MAX_EVENT, MAX_LINE, MAX_REPLY};

/// What a decoder made of a stream.
#[derive(Debug, PartialEq)]
struct Outcome {
    frames: Vec<Option<(String, String)>>,
    passed: Option<BoundPassed>,
    recognised: bool,
}

fn decode(chunks: &[&[u8]]) -> Outcome {
    let mut decoder = Decoder::new();
    let mut frames = Vec::new();
    let mut passed = None;
    'stream: for chunk in chunks {
        let mut rest = *chunk;
        loop {
            match decoder.next_frame(&mut rest) {
                Ok(Some(frame)) => frames.push(owned(frame)),
                Ok(None) => break,
                Err(bound) => {
                    passed = Some(bound);
                    break 'stream;
                }
            }
        }
        assert!(rest.is_empty(), "all of a chunk is taken");
    }
    if let Some(bound) = passed {
        assert_eq!(decoder.next_frame(&mut &b"data: late\n\n"[..]), Err(bound));
        assert_eq!(decoder.finish(), None);
    } else {
        frames.extend(decoder.finish().map(owned));
        assert_eq!(decoder.finish(), None, "a stream ends once");
    }
    Outcome {
        frames,
        passed,
        recognised: decoder.recognised(),
    }
}

fn owned(frame: Frame<'_>) -> Option<(String, String)> {
    match frame {
        Frame::Event { name, data } => Some((name.into_owned(), data.into_owned())),
        Frame::Comment => None,
    }
}

fuzz_target!(|stream: &[u8]| {
    let [whole, bytes, some] = cuts::of(stream).map(|chunks| decode(&chunks));
    assert_eq!(whole, bytes);
    assert_eq!(whole, some);
    let mut total = 0;
    for (name, data) in whole.frames.iter().flatten() {
        // One byte that is no UTF-8 becomes the three of U+FFFD.
        assert!(name.len() <= 3 * MAX_LINE);
        assert!(data.len() <= MAX_EVENT);
        assert!(!name.contains(['\n', '\r']) && !data.contains('\r'));
        total += name.len() + data.len();
    }
    assert!(total <= 3 * MAX_REPLY);
    assert!(whole.passed.is_some() || stream.len() <= MAX_REPLY);
});
