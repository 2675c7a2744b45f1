//! Any bytes, cut anywhere: the same events, within the bounds, and nothing after `Done`.
#![no_main]

mod cuts;

use libfuzzer_sys::fuzz_target;
use serechat::sse::{BoundPassed, MAX_REPLY};
use serechat::{ReplyDecoder, StreamEvent};

fn decode(chunks: &[&[u8]]) -> (Vec<StreamEvent>, Result<(), BoundPassed>) {
    let mut decoder = ReplyDecoder::new(0);
    let mut events = Vec::new();
    let result = chunks
        .iter()
        .try_for_each(|chunk| decoder.push(chunk, &mut events))
        .and_then(|()| decoder.finish(&mut events));
    let done = events.last() == Some(&StreamEvent::Done);
    assert_eq!(decoder.is_done(), done);
    if done {
        let before = events.len();
        let late = b"event: content\ndata: {\"content\":\"late\"}\n\n";
        assert_eq!(decoder.push(late, &mut events), Ok(()));
        assert_eq!(events.len(), before, "nothing follows the end");
    }
    (events, result)
}

fuzz_target!(|stream: &[u8]| {
    let [whole, bytes, some] = cuts::of(stream).map(|chunks| decode(&chunks));
    assert_eq!(whole, bytes);
    assert_eq!(whole, some);
    let (mut text, mut calls, mut ends) = (0, 0, 0);
    for event in &whole.0 {
        match event {
            StreamEvent::Content(more) | StreamEvent::Reasoning(more) => {
                assert!(!more.is_empty());
                text += more.len();
            }
            StreamEvent::ToolCalls(list) => {
                assert!(!list.is_empty() && list.iter().all(|call| !call.id.is_empty()));
                calls += list.len();
            }
            StreamEvent::Error(words) => assert!(words.chars().count() <= 2_000),
            StreamEvent::Finish(reason) => assert!(reason.as_str().chars().count() <= 64),
            StreamEvent::Done => ends += 1,
            StreamEvent::Unreadable | StreamEvent::Alive => {}
        }
    }
    assert!(text <= 3 * MAX_REPLY && calls <= 64 && ends <= 1);
});
