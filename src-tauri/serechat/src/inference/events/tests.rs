//! Every event of the API, every part of an OpenAI chunk, and what cannot be read.

use super::*;

fn reply(bytes: &[u8]) -> Vec<StreamEvent> {
    let mut decoder = ReplyDecoder::new(0);
    let mut events = Vec::new();
    assert_eq!(decoder.push(bytes, &mut events), Ok(()));
    assert_eq!(decoder.finish(&mut events), Ok(()));
    events
}

fn named(name: &str, data: &str) -> Vec<StreamEvent> {
    reply(format!("event: {name}\ndata: {data}\n\n").as_bytes())
}

fn chunks(data: &[&str]) -> Vec<StreamEvent> {
    let stream: String = data
        .iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect();
    reply(stream.as_bytes())
}

fn content(text: &str) -> StreamEvent {
    StreamEvent::Content(text.to_owned())
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    }
}

/// The examples of the API's page, as it prints them.
mod printed {
    use super::*;

    const CONTENT: &str = "event: content\ndata: { \"content\": \"Hello, world\" }";
    const REASONING: &str = "event: reasoning\ndata: { \"content\": \"Let me think...\" }";
    const TOOL_CALLS: &str = r#"event: tool_calls
data: {
"tool_calls": [
{
"id": "call_abc123",
"type": "function",
"function": {
"name": "get_weather",
"arguments": "{\"city\":\"Amsterdam\"}"
}
}
]
}"#;
    const FINISH: &str = "event: finish\ndata: {\n\"finish_reason\": \"stop\"\n}";
    const ERROR: &str = "event: error\ndata: { \"error\": \"Inference failed unexpectedly\" }";
    const DONE: &str = "event: done\ndata: {}";

    fn expected() -> [(&'static str, StreamEvent); 6] {
        let weather = call("call_abc123", "get_weather", r#"{"city":"Amsterdam"}"#);
        let error = "Inference failed unexpectedly".to_owned();
        [
            (CONTENT, content("Hello, world")),
            (
                REASONING,
                StreamEvent::Reasoning("Let me think...".to_owned()),
            ),
            (TOOL_CALLS, StreamEvent::ToolCalls(vec![weather])),
            (FINISH, StreamEvent::Finish(FinishReason::Stop)),
            (ERROR, StreamEvent::Error(error)),
            (DONE, StreamEvent::Done),
        ]
    }

    #[test]
    fn each_example_decodes_with_and_without_a_blank_line_after_it() {
        for (example, event) in expected() {
            for end in ["", "\n", "\n\n"] {
                let mut events = reply(format!("{example}{end}").as_bytes());
                // A finish completes the reply.
                if matches!(event, StreamEvent::Finish(_)) {
                    assert_eq!(events.pop(), Some(StreamEvent::Done));
                }
                assert_eq!(events, std::slice::from_ref(&event), "{example}");
            }
        }
    }

    #[test]
    fn all_of_them_in_one_stream_decode_with_any_line_end_and_byte_by_byte() {
        let stream = expected().map(|(example, _)| example).join("\n\n") + "\n\n";
        let events = expected().map(|(_, event)| event);
        for end in ["\n", "\r\n", "\r"] {
            let stream = stream.replace('\n', end);
            assert_eq!(reply(stream.as_bytes()), events);
            let mut decoder = ReplyDecoder::new(0);
            let mut got = Vec::new();
            for byte in stream.bytes() {
                assert_eq!(decoder.push(&[byte], &mut got), Ok(()));
            }
            assert_eq!(got, events);
        }
    }

    #[test]
    fn an_indented_print_decodes_too() {
        let stream = TOOL_CALLS
            .replace("\n\"", "\n    \"")
            .replace("\n}", "\n  }");
        assert_eq!(reply(stream.as_bytes()), [expected()[2].1.clone()]);
    }
}

#[test]
fn content_and_reasoning_append_their_text() {
    assert_eq!(
        named("content", r#"{"content":"a\n😀","x":1}"#),
        [content("a\n😀")]
    );
    assert_eq!(
        named("reasoning", r#"{"content":"hm"}"#),
        [StreamEvent::Reasoning("hm".to_owned())]
    );
    for nothing in [r#"{"content":""}"#, r#"{"content":null}"#, "{}"] {
        assert_eq!(named("content", nothing), []);
        assert_eq!(named("reasoning", nothing), []);
    }
}

#[test]
fn a_finish_says_why() {
    for (reason, expected) in [
        (r#""stop""#, FinishReason::Stop),
        (r#""tool_calls""#, FinishReason::ToolCalls),
        (r#""length""#, FinishReason::Length),
        (
            r#""content_filter""#,
            FinishReason::Other("content_filter".to_owned()),
        ),
        ("null", FinishReason::Other(String::new())),
    ] {
        let data = format!(r#"{{"finish_reason":{reason}}}"#);
        assert_eq!(
            named("finish", &data),
            [StreamEvent::Finish(expected.clone()), StreamEvent::Done]
        );
        if !expected.as_str().is_empty() {
            assert_eq!(format!("{:?}", expected.as_str()), reason);
        }
    }
    let long = format!(r#"{{"finish_reason":"{}"}}"#, "x".repeat(1_000));
    let bounded = FinishReason::Other("x".repeat(MAX_REASON));
    assert_eq!(named("finish", &long)[0], StreamEvent::Finish(bounded));
}

#[test]
fn an_error_in_the_middle_is_told_in_the_servers_words_and_the_stream_goes_on() {
    for data in [
        r#"{"error":"Oops"}"#,
        r#"{"error":{"message":"Oops","code":"x"}}"#,
        r#"{"error":"x","message":"Oops"}"#,
        r#"{"detail":"Oops"}"#,
    ] {
        let stream = format!(
            "event: error\ndata: {data}\n\nevent: content\ndata: {{\"content\":\"on\"}}\n\n"
        );
        assert_eq!(
            reply(stream.as_bytes()),
            [StreamEvent::Error("Oops".to_owned()), content("on")]
        );
    }
    for nothing in [r#"{"error":""}"#, "{}", r#"{"error":"<html></html>"}"#] {
        let silent = StreamEvent::Error(String::new());
        assert_eq!(named("error", nothing), [silent]);
    }
}

#[test]
fn done_is_the_last_whatever_its_data_and_whatever_follows() {
    for data in ["{}", "", "[DONE]", "nonsense", r#"{"x":1}"#] {
        let stream = format!(
            "event: done\ndata: {data}\n\nevent: content\ndata: {{\"content\":\"late\"}}\n\n"
        );
        assert_eq!(reply(stream.as_bytes()), [StreamEvent::Done], "{data}");
    }
    let mut decoder = ReplyDecoder::new(0);
    let mut events = Vec::new();
    let mut stream = b"data: [DONE]\n\n".to_vec();
    stream.resize(3 * crate::sse::MAX_LINE, b'x');
    assert_eq!(decoder.push(&stream, &mut events), Ok(()));
    assert_eq!(decoder.push(&stream, &mut events), Ok(()));
    assert_eq!(events, [StreamEvent::Done]);
}

#[test]
fn unknown_names_and_empty_messages_are_skipped_and_pings_are_life() {
    assert_eq!(named("usage", r#"{"tokens":5}"#), []);
    assert_eq!(named("Content", r#"{"content":"a"}"#), []);
    assert_eq!(named("weather", "no json"), []);
    assert_eq!(named("ping", "{}"), [StreamEvent::Alive]);
    assert_eq!(
        reply(b": ping\n\n:\n"),
        [StreamEvent::Alive, StreamEvent::Alive]
    );
    assert_eq!(reply(b"data:\n\n"), [StreamEvent::Alive]);
}

#[test]
fn json_that_cannot_be_read_is_skipped_and_counted() {
    for (name, data) in [
        ("content", "{\"content\": \"cut"),
        ("content", "garbage"),
        ("content", ""),
        ("content", "[]"),
        ("content", r#"{"content":7}"#),
        ("content", r#"{"content":"a"} and more"#),
        ("reasoning", "{"),
        ("tool_calls", "{}"),
        ("tool_calls", r#"{"tool_calls":{}}"#),
        ("tool_calls", r#"{"tool_calls":[7]}"#),
        ("tool_calls", r#"{"tool_calls":[{"id":"a"}]}"#),
        ("finish", r#"{"finish_reason":7}"#),
        ("finish", "stop"),
        ("error", "Oops"),
        ("message", "garbage"),
        ("message", "7"),
        ("message", r#"{"choices":[{"delta":{"content":7}}]}"#),
        ("message", r#"{"choices":[{"delta":{"tool_calls":7}}]}"#),
        ("message", r#"{"choices":[{"finish_reason":7}]}"#),
    ] {
        assert_eq!(
            named(name, data),
            [StreamEvent::Unreadable],
            "{name} {data}"
        );
    }
    let deep = format!("{{\"content\":{}", "[".repeat(100_000));
    assert_eq!(named("content", &deep), [StreamEvent::Unreadable]);
    let stream = b"event: content\ndata: {]\n\nevent: content\ndata: {\"content\":\"on\"}\n\n";
    assert_eq!(reply(stream), [StreamEvent::Unreadable, content("on")]);
}

#[test]
fn a_last_event_that_is_cut_is_no_unreadable_one() {
    assert_eq!(reply(b"event: content\ndata: {\"content\":\"cu"), []);
}

#[test]
fn a_reply_without_done_is_complete_only_if_it_was_finished() {
    assert_eq!(named("content", r#"{"content":"a"}"#), [content("a")]);
    assert_eq!(
        named("finish", r#"{"finish_reason":"stop"}"#).last(),
        Some(&StreamEvent::Done)
    );
}

mod tool_calls {
    use super::*;

    fn list(calls: usize) -> String {
        let calls = vec![r#"{"id":"a","function":{"name":"f","arguments":"{}"}}"#; calls];
        format!(
            "event: tool_calls\ndata: {{\"tool_calls\":[{}]}}\n\n",
            calls.join(",")
        )
    }

    #[test]
    fn a_call_without_an_id_gets_one_of_its_own() {
        let data = r#"{"tool_calls":[
            {"function":{"name":"f","arguments":"{}"}},
            {"id":"","function":{"name":"g","arguments":{"a":[1]}}},
            {"id":"mine","type":"function","function":{"name":"h"}}]}"#;
        let stream = format!("event: tool_calls\ndata: {}\n\n", data.replace('\n', " "));
        let expected = vec![
            call("call_0000000000000001", "f", "{}"),
            call("call_0000000000000002", "g", r#"{"a":[1]}"#),
            call("mine", "h", ""),
        ];
        assert_eq!(reply(stream.as_bytes()), [StreamEvent::ToolCalls(expected)]);
    }

    #[test]
    fn an_empty_list_is_no_call() {
        assert_eq!(named("tool_calls", r#"{"tool_calls":[]}"#), []);
    }

    #[test]
    fn a_reply_has_at_most_64() {
        for stream in [list(65), list(32) + &list(33)] {
            let mut decoder = ReplyDecoder::new(0);
            let result = decoder.push(stream.as_bytes(), &mut Vec::new());
            assert_eq!(result, Err(BoundPassed("64 tool calls a reply")));
        }
        let mut decoder = ReplyDecoder::new(0);
        let stream = list(32) + &list(32);
        assert_eq!(decoder.push(stream.as_bytes(), &mut Vec::new()), Ok(()));

        let mut decoder = ReplyDecoder::new(0);
        let fragments = (0..65).try_for_each(|index| {
            let chunk = format!(
                "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index}}}]}}}}]}}\n\n"
            );
            decoder.push(chunk.as_bytes(), &mut Vec::new())
        });
        assert_eq!(fragments, Err(BoundPassed("64 tool calls a reply")));
    }
}

mod openai_chunks {
    use super::*;

    const USAGE: &str = r#"{"choices":[],"usage":{"total_tokens":7}}"#;
    const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

    fn delta(delta: &str) -> String {
        format!(r#"{{"id":"x","choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#)
    }

    #[test]
    fn a_reply_of_chunks_is_understood() {
        assert_eq!(
            chunks(&[
                &delta(r#"{"role":"assistant","content":""}"#),
                &delta(r#"{"reasoning":"hm"}"#),
                &delta(r#"{"reasoning_content":"so"}"#),
                &delta(r#"{"content":"Hel"}"#),
                &delta(r#"{"content":"lo","reasoning":null}"#),
                STOP,
                USAGE,
                "[DONE]",
            ]),
            [
                StreamEvent::Reasoning("hm".to_owned()),
                StreamEvent::Reasoning("so".to_owned()),
                content("Hel"),
                content("lo"),
                StreamEvent::Finish(FinishReason::Stop),
                StreamEvent::Done,
            ]
        );
    }

    #[test]
    fn thinking_that_is_given_under_both_names_is_told_once() {
        assert_eq!(
            chunks(&[&delta(
                r#"{"reasoning":"hm","reasoning_content":"hm","content":"a"}"#
            )]),
            [StreamEvent::Reasoning("hm".to_owned()), content("a")]
        );
    }

    #[test]
    fn fragments_of_tool_calls_are_one_event_before_the_finish() {
        let tool = |list: &str| delta(&format!(r#"{{"tool_calls":[{list}]}}"#));
        assert_eq!(
            chunks(&[
                &tool(r#"{"index":0,"id":"a","function":{"name":"f","arguments":""}}"#),
                &tool(r#"{"index":0,"function":{"arguments":"{\"x\""}}"#),
                &tool(
                    r#"{"index":1,"function":{"name":"g","arguments":"{"}},
                       {"index":0,"function":{"arguments":":1}"}}"#
                )
                .replace('\n', " "),
                &tool(r#"{"index":1,"function":{"name":"g","arguments":"}"}}"#),
                r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
                "[DONE]",
            ]),
            [
                StreamEvent::ToolCalls(vec![
                    call("a", "f", r#"{"x":1}"#),
                    call("call_0000000000000001", "g", "{}"),
                ]),
                StreamEvent::Finish(FinishReason::ToolCalls),
                StreamEvent::Done,
            ]
        );
    }

    #[test]
    fn calls_of_one_index_or_none_are_told_apart_by_their_ids() {
        for (index, rest) in [(r#""index":0,"#, r#""index":0,"#), ("", "")] {
            let first = format!(r#"{{{index}"id":"a","function":{{"name":"f","arguments":"1"}}}}"#);
            let second =
                format!(r#"{{{index}"id":"b","function":{{"name":"g","arguments":"2"}}}}"#);
            let more = format!(r#"{{{rest}"function":{{"arguments":"3"}}}}"#);
            let list = format!(r#"{{"tool_calls":[{first},{second},{more}]}}"#);
            let events = chunks(&[&delta(&list), STOP]);
            let expected = vec![call("a", "f", "1"), call("b", "g", "23")];
            assert_eq!(events[0], StreamEvent::ToolCalls(expected));
        }
    }

    #[test]
    fn calls_that_no_finish_made_whole_are_given_at_done_but_not_when_cut_off() {
        let tool = delta(r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]}"#);
        assert_eq!(
            chunks(&[&tool, "[DONE]"]),
            [
                StreamEvent::ToolCalls(vec![call("a", "f", "")]),
                StreamEvent::Done
            ]
        );
        assert_eq!(chunks(&[&tool]), []);
    }

    #[test]
    fn an_error_in_a_chunk_is_told() {
        assert_eq!(
            chunks(&[r#"{"error":{"message":"Overloaded","code":529}}"#, "[DONE]"]),
            [
                StreamEvent::Error("Overloaded".to_owned()),
                StreamEvent::Done
            ]
        );
        assert_eq!(
            chunks(&[r#"{"error":null,"choices":[{"delta":{"content":"a"}}]}"#]),
            [content("a")]
        );
    }

    #[test]
    fn both_dialects_may_stand_in_one_stream() {
        let stream = "event: content\ndata: {\"content\":\"a\"}\n\n\
            data: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\n\
            event: message\ndata: {\"choices\":[{\"delta\":{\"content\":\"c\"}}]}\n\n\
            event: finish\ndata: {\"finish_reason\":\"length\"}\n\ndata: [DONE]\n\n";
        assert_eq!(
            reply(stream.as_bytes()),
            [
                content("a"),
                content("b"),
                content("c"),
                StreamEvent::Finish(FinishReason::Length),
                StreamEvent::Done,
            ]
        );
    }
}

mod properties {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn one_event() -> impl Strategy<Value = String> {
        let text = any::<String>();
        prop_oneof![
            text.prop_map(|t| format!("event: content\ndata: {}\n\n", json!({"content": t}))),
            any::<String>()
                .prop_map(|t| format!("event:reasoning\ndata:{}\n\n", json!({"content": t}))),
            any::<String>().prop_map(|t| {
                let printed = format!("{:#}", json!({"choices": [{"delta": {"content": t}}]}));
                format!("data: {printed}\n\n")
            }),
            (0_u8..4, any::<String>()).prop_map(|(index, t)| {
                let function = json!({"name": "f", "arguments": t});
                let list = json!([{"index": index, "function": function}]);
                format!(
                    "data: {}\n\n",
                    json!({"choices": [{"delta": {"tool_calls": list}}]})
                )
            }),
            Just(": ping\n\n".to_owned()),
            Just("event: finish\ndata: {\"finish_reason\":\"stop\"}\n\n".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn a_legal_reply_cut_at_any_byte_gives_the_same_events(
            events in vec(one_event(), 0..6),
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        ) {
            let stream = events.concat().replace('\n', end);
            let stream = stream.as_bytes();
            let whole = reply(stream);
            prop_assert!(!whole.contains(&StreamEvent::Unreadable));
            for cut in 0..=stream.len() {
                let mut decoder = ReplyDecoder::new(0);
                let mut events = Vec::new();
                prop_assert_eq!(decoder.push(&stream[..cut], &mut events), Ok(()));
                prop_assert_eq!(decoder.push(&stream[cut..], &mut events), Ok(()));
                prop_assert_eq!(decoder.finish(&mut events), Ok(()));
                prop_assert_eq!(&events, &whole);
            }
        }

        #[test]
        fn every_character_of_a_reply_arrives_exactly_once(texts in vec(any::<String>(), 0..20)) {
            let stream: String = texts
                .iter()
                .map(|t| format!("event: content\ndata: {}\n\n", json!({"content": t})))
                .collect();
            let mut got = String::new();
            for event in reply(stream.as_bytes()) {
                if let StreamEvent::Content(text) = event {
                    got.push_str(&text);
                }
            }
            prop_assert_eq!(got, texts.concat());
        }

        #[test]
        fn arbitrary_data_never_panics(
            name in prop_oneof![
                Just("content"), Just("tool_calls"), Just("finish"), Just("error"), Just("message"),
            ],
            data in "[\\[\\]{}\":,a-z0-9]{0,40}",
        ) {
            named(name, &data);
        }
    }
}

#[test]
fn an_odd_entry_among_tool_calls_leaves_the_others() {
    let good = r#"{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}"#;
    let events = named(
        "tool_calls",
        &format!(r#"{{"tool_calls":[{good},null,7]}}"#),
    );
    assert_eq!(events, [StreamEvent::ToolCalls(vec![call("a", "f", "{}")])]);
    let events = named("tool_calls", r#"{"tool_calls":[null]}"#);
    assert_eq!(events, [StreamEvent::Unreadable]);
}
