//! The standard's own examples, the API page's examples, the rule for continued JSON, bounds.

use super::*;

fn frames(bytes: &[u8]) -> Vec<Frame<'static>> {
    let mut decoder = Decoder::new();
    let mut frames = Vec::new();
    assert_eq!(push(&mut decoder, bytes, &mut frames), Ok(()));
    frames.extend(decoder.finish().map(owned));
    frames
}

/// Gives the decoder a chunk and appends what it completes.
fn push(
    decoder: &mut Decoder,
    mut chunk: &[u8],
    frames: &mut Vec<Frame<'static>>,
) -> Result<(), BoundPassed> {
    while let Some(frame) = decoder.next_frame(&mut chunk)? {
        frames.push(owned(frame));
    }
    assert!(chunk.is_empty(), "all of a chunk is taken");
    Ok(())
}

fn owned(frame: Frame<'_>) -> Frame<'static> {
    match frame {
        Frame::Event { name, data } => event(&name, &data),
        Frame::Comment => Frame::Comment,
    }
}

fn event(name: &str, data: &str) -> Frame<'static> {
    Frame::Event {
        name: Cow::Owned(name.to_owned()),
        data: Cow::Owned(data.to_owned()),
    }
}

#[test]
fn several_data_lines_are_joined_by_a_line_feed() {
    // The standard's first example.
    let stream = b"data: YHOO\ndata: +2\ndata: 10\n\n";
    assert_eq!(frames(stream), [event("", "YHOO\n+2\n10")]);
}

#[test]
fn comments_and_ids_are_no_data_and_one_space_after_the_colon_is_dropped() {
    // The standard's second example; its third block has one more space.
    let stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n\
        data:  third event\n\n";
    assert_eq!(
        frames(stream),
        [
            Frame::Comment,
            event("", "first event"),
            event("", "second event"),
            event("", " third event"),
        ]
    );
}

#[test]
fn data_may_be_empty_but_without_data_there_is_no_event() {
    // The standard's third example: "The first block fires events with the data set to the
    // empty string … The middle block fires an event with the data set to a single newline
    // character. The last block is discarded because it is not followed by a blank line."
    let stream = b"data\n\ndata\ndata\n\ndata:";
    assert_eq!(frames(stream), [event("", ""), event("", "\n")]);
    assert_eq!(frames(b"event: done\n\nevent: x\nid: 7\n\n"), []);
}

#[test]
fn the_space_after_the_colon_is_optional() {
    // The standard's fourth example.
    let stream = b"data:test\n\ndata: test\n\n";
    assert_eq!(frames(stream), [event("", "test"), event("", "test")]);
}

#[test]
fn a_line_ends_with_lf_crlf_or_cr() {
    for end in ["\n", "\r\n", "\r"] {
        let stream = format!("event: a{end}data: 1{end}{end}: c{end}data: 2{end}{end}");
        assert_eq!(
            frames(stream.as_bytes()),
            [event("a", "1"), Frame::Comment, event("", "2")],
            "{end:?}"
        );
    }
    let mixed = b"data: 1\r\ndata: 2\rdata: 3\n\r\ndata: 4\n\r";
    assert_eq!(frames(mixed), [event("", "1\n2\n3"), event("", "4")]);
}

#[test]
fn one_byte_order_mark_at_the_start_is_dropped_and_no_other() {
    assert_eq!(frames(b"\xef\xbb\xbfdata: 1\n\n"), [event("", "1")]);
    assert_eq!(frames(b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\n"), []);
    assert_eq!(frames(b"\n\xef\xbb\xbfdata: 1\n\n"), []);
}

#[test]
fn what_is_no_utf8_is_replaced() {
    assert_eq!(
        frames(b"data: a\xff\xc3\n\n"),
        [event("", "a\u{fffd}\u{fffd}")]
    );
}

#[test]
fn field_names_are_compared_exactly() {
    let stream = b"Data: 1\n data: 2\ndata : 3\nfoo\nfoo: bar\nretry: 5\ndata: 4\n\n";
    assert_eq!(frames(stream), [event("", "4")]);
}

#[test]
fn the_last_event_line_wins() {
    assert_eq!(
        frames(b"event: a\ndata: 1\nevent: b\n\n"),
        [event("b", "1")]
    );
    assert_eq!(frames(b"event: a\nevent\ndata: 1\n\n"), [event("", "1")]);
}

#[test]
fn a_line_that_is_no_known_field_continues_json_that_is_not_complete() {
    let stream = b"event: finish\ndata: {\n  \"finish_reason\": \"stop\"\n}\n\n";
    let expected = "{\n  \"finish_reason\": \"stop\"\n}";
    assert_eq!(frames(stream), [event("finish", expected)]);
    // Also when the opening bracket is on the line after `data:`.
    assert_eq!(
        frames(b"data:\n{\n\"a\": 1\n}\n\n"),
        [event("", "\n{\n\"a\": 1\n}")]
    );
    // Brackets and quotes inside strings are text.
    let stream = b"data: {\"a\": \"}\\\"]\",\n\"b\": [\n1\n]\n}\nnoise\n\n";
    let expected = "{\"a\": \"}\\\"]\",\n\"b\": [\n1\n]\n}";
    assert_eq!(frames(stream), [event("", expected)]);
}

#[test]
fn a_line_that_is_no_known_field_is_ignored_where_no_json_is_open() {
    assert_eq!(frames(b"data: {}\nmore\n\n"), [event("", "{}")]);
    assert_eq!(frames(b"data: text {\nmore\n\n"), [event("", "text {")]);
    assert_eq!(frames(b"{\"a\": 1}\ndata: 1\n\n"), [event("", "1")]);
    assert_eq!(frames(b"data:\nmore\n\n"), [event("", "")]);
}

#[test]
fn a_known_field_does_not_continue_json_and_a_blank_line_ends_it() {
    assert_eq!(
        frames(b"data: {\n: ping\nid: 1\n\"a\": 1}\n\n"),
        [Frame::Comment, event("", "{\n\"a\": 1}")]
    );
    assert_eq!(
        frames(b"data: {\n\n\"a\": 1}\n\ndata: 2\n\n"),
        [event("", "{"), event("", "2")]
    );
}

#[test]
fn an_event_without_a_blank_line_at_the_end_counts_if_its_json_is_whole() {
    let whole = [event("done", "{}")];
    assert_eq!(frames(b"event: done\ndata: {}"), whole);
    assert_eq!(frames(b"event: done\ndata: {}\n"), whole);
    assert_eq!(frames(b"event: done\r\ndata: {}\r"), whole);
    assert_eq!(frames(b"event: done\ndata: {}\nevent: do"), whole);
    assert_eq!(frames(b"event: done\ndata: {}\nda"), whole);
    assert_eq!(frames(b"data: [DONE]"), [event("", "[DONE]")]);
    assert_eq!(
        frames(b"data: {\n\"a\": 1\n}"),
        [event("", "{\n\"a\": 1\n}")]
    );
    for cut in [
        "event: done\ndata: {",
        "event: done\ndata: {}\ndata: {",
        "event: done\nda",
        "data: {\n\"a\": 1\n",
        "data: [DONE",
        "event: done\n",
        "",
    ] {
        assert_eq!(frames(cut.as_bytes()), [], "{cut:?}");
    }
}

#[test]
fn a_field_is_recognised_though_its_line_is_cut_off() {
    for (stream, recognised) in [
        ("data: {\"a\": ", true),
        ("data", true),
        (": pi", true),
        ("dat", false),
        ("<html>\n", false),
        ("", false),
    ] {
        for chunk in [1, 100] {
            let mut decoder = Decoder::new();
            for chunk in stream.as_bytes().chunks(chunk) {
                assert_eq!(push(&mut decoder, chunk, &mut Vec::new()), Ok(()));
            }
            assert_eq!(decoder.finish(), None);
            assert_eq!(decoder.recognised(), recognised, "{stream}");
        }
    }
}

#[test]
fn a_line_is_at_most_1_mib() {
    let mut stream = b"data: 1\n\ndata: ".to_vec();
    stream.resize(9 + MAX_LINE, b'x');
    let mut fits = stream.clone();
    fits.extend(b"\n\n");
    assert_eq!(frames(&fits).len(), 2);

    stream.push(b'x');
    for chunk in [stream.len(), 1_000] {
        let mut decoder = Decoder::new();
        let mut got = Vec::new();
        let result = stream
            .chunks(chunk)
            .try_for_each(|chunk| push(&mut decoder, chunk, &mut got));
        assert_eq!(result, Err(BoundPassed("1 MiB a line")));
        assert_eq!(got, [event("", "1")]);
        assert_eq!(push(&mut decoder, b"\n\n", &mut got), Err(LINE_BOUND));
        assert_eq!(decoder.finish(), None);
    }
}

#[test]
fn an_event_is_at_most_8_mib() {
    let mut decoder = Decoder::new();
    let mut got = Vec::new();
    let line = format!("data: {}\n", "x".repeat(MAX_LINE - 100));
    let lines = std::iter::repeat_with(|| push(&mut decoder, line.as_bytes(), &mut got));
    let passed = lines.take(10).position(|result| result == Err(EVENT_BOUND));
    assert_eq!(passed, Some(8));
    assert_eq!(got, []);
    assert_eq!(EVENT_BOUND.0, "8 MiB an event");
}

#[test]
fn a_reply_is_at_most_64_mib() {
    let mut decoder = Decoder::new();
    let comment = format!(":{}\n", "x".repeat(MAX_LINE - 2));
    assert_eq!(comment.len(), MAX_LINE);
    let mut got = Vec::new();
    for _ in 0..64 {
        assert_eq!(push(&mut decoder, comment.as_bytes(), &mut got), Ok(()));
    }
    assert_eq!(push(&mut decoder, b"", &mut got), Ok(()));
    assert_eq!(
        push(&mut decoder, b"\n", &mut got),
        Err(BoundPassed("64 MiB a reply"))
    );
    assert_eq!(got.len(), 64);
}

mod properties {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Streams made of what streams are made of, legal and not.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\xef\xbb\xbf".to_vec()),
            Just(b"event: content".to_vec()),
            Just(b"data:".to_vec()),
            Just(b"data: {\"content\": \"h\xc3\xa9\xf0\x9f\x98\x80\"}".to_vec()),
            Just(b"data: {".to_vec()),
            Just(b"\"a\": [\"}\\\"\"]}".to_vec()),
            Just(b"data: [DONE]".to_vec()),
            Just(b": ping".to_vec()),
            Just(b"id: 1".to_vec()),
            Just("ä€😀".as_bytes().to_vec()),
            vec(any::<u8>(), 0..8),
        ];
        vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    /// The frames, and whether anything was recognised.
    fn in_chunks(bytes: &[u8], cuts: &[usize]) -> (Vec<Frame<'static>>, bool) {
        let mut decoder = Decoder::new();
        let mut frames = Vec::new();
        let mut rest = bytes;
        for cut in cuts {
            let (chunk, more) = rest.split_at(cut % (rest.len() + 1));
            assert_eq!(push(&mut decoder, chunk, &mut frames), Ok(()));
            rest = more;
        }
        assert_eq!(push(&mut decoder, rest, &mut frames), Ok(()));
        frames.extend(decoder.finish().map(owned));
        (frames, decoder.recognised())
    }

    proptest! {
        #[test]
        fn cuts_between_chunks_make_no_difference(
            bytes in pieces(),
            cuts in vec(0_usize..40, 0..60),
        ) {
            prop_assert_eq!(in_chunks(&bytes, &cuts), in_chunks(&bytes, &[]));
        }

        #[test]
        fn byte_by_byte_is_the_same_as_at_once(bytes in pieces()) {
            let ones = vec![1; bytes.len()];
            prop_assert_eq!(in_chunks(&bytes, &ones), in_chunks(&bytes, &[]));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..4_096)) {
            frames(&bytes);
        }
    }
}
