//! The decisions where the API's page is silent.

use serechat::{ErrorKind, FinishReason, StreamEvent, ToolCall};
use tokio::sync::oneshot;

use crate::events::{printed, weather};
use crate::inference::{DELTA, DONE, content, events};
use crate::server::{Answer, Step};

type Item = Result<StreamEvent, ErrorKind>;

const MIB: usize = 1024 * 1024;

async fn reply(body: &str) -> Vec<Item> {
    events(Answer::stream(body)).await
}

fn done() -> Item {
    Ok(StreamEvent::Done)
}

fn hello() -> Item {
    Ok(content("Hello"))
}

/// The named call with these arguments, one of a list.
fn call(id: &str, arguments: &str) -> String {
    serde_json::json!({ "id": id, "function": { "name": "f", "arguments": arguments } }).to_string()
}

fn calls(list: &[String]) -> String {
    let list = list.join(",");
    format!("event: tool_calls\ndata: {{\"tool_calls\":[{list}]}}\n\n")
}

pub(crate) async fn the_standards_rules_hold_over_a_socket() {
    let body = "\u{feff}: begins with a mark\r\n\r\n\
        event:content\rdata:{\"content\":\"no space\"}\r\r\
        id: 1\u{0}2\nretry: 5\nevent: content\ndata: {\"content\":\ndata: \"two lines\"}\n\n\
        event: content\nevent\ndata\n\n\
        event: content\n\nData: {}\n\n\
        event: content\ndata: {\"content\":\"end\"}\r\n\r\n";
    let expected = [
        Ok(StreamEvent::Alive),
        Ok(content("no space")),
        Ok(content("two lines")),
        // A message without a name, and empty.
        Ok(StreamEvent::Alive),
        Ok(content("end")),
        done(),
    ];
    assert_eq!(reply(&format!("{body}{DONE}")).await, expected);
}

pub(crate) async fn the_last_event_needs_no_blank_line() {
    let body = format!("{DELTA}event: done\ndata: {{}}");
    assert_eq!(reply(&body).await, [hello(), done()]);
    let body = format!("{DELTA}event: content\ndata: {{\"content\":\"not wh");
    let expected = [hello(), Err(ErrorKind::Interrupted)];
    assert_eq!(reply(&body).await, expected);
}

pub(crate) async fn the_pages_examples_decode_verbatim_with_any_line_end_and_cut() {
    let names = [
        "content",
        "reasoning",
        "tool_calls",
        "finish",
        "error",
        "done",
    ];
    let stream = names.map(printed).join("\n\n") + "\n\n";
    let expected = [
        Ok(content("Hello, world")),
        Ok(StreamEvent::Reasoning("Let me think...".to_owned())),
        Ok(weather()),
        Ok(StreamEvent::Finish(FinishReason::Stop)),
        Ok(StreamEvent::Error(
            "Inference failed unexpectedly".to_owned(),
        )),
        done(),
    ];
    for end in ["\n", "\r\n", "\r"] {
        let stream = stream.replace('\n', end);
        assert_eq!(reply(&stream).await, expected);
        // Each byte a chunk of the transfer.
        let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for byte in stream.bytes() {
            bytes.extend(b"1\r\n");
            bytes.extend([byte, b'\r', b'\n']);
        }
        bytes.extend(b"0\r\n\r\n");
        assert_eq!(events(Answer::raw(&bytes)).await, expected);
    }
}

pub(crate) async fn both_dialects_may_stand_in_one_stream() {
    let chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"chunk\"}}]}\n\n";
    let body = format!("{DELTA}{chunk}{DELTA}data: [DONE]\n\n");
    let expected = [hello(), Ok(content("chunk")), hello(), done()];
    assert_eq!(reply(&body).await, expected);
}

pub(crate) async fn unknown_names_and_fields_are_skipped() {
    let body = "event: usage\ndata: {\"tokens\":5}\n\nevent: weather\ndata: no json\n\n\
        event: content\nfield: x\ndata: {\"content\":\"Hello\",\"index\":7}\n\n";
    assert_eq!(reply(&format!("{body}{DONE}")).await, [hello(), done()]);
}

pub(crate) async fn json_that_does_not_parse_is_skipped_and_told() {
    let body = format!("event: content\ndata: {{oops\n\n{DELTA}event: finish\ndata: 7\n\n{DONE}");
    let unreadable = || Ok(StreamEvent::Unreadable);
    let expected = [unreadable(), hello(), unreadable(), done()];
    assert_eq!(reply(&body).await, expected);
}

pub(crate) async fn an_end_without_done_is_complete_after_a_finish() {
    let body = format!("{DELTA}{}\n\n", printed("finish"));
    let finish = Ok(StreamEvent::Finish(FinishReason::Stop));
    assert_eq!(reply(&body).await, [hello(), finish, done()]);
}

pub(crate) async fn a_comment_is_life_and_nothing_else() {
    let body = format!(": ping\n\n{DELTA}: ping\n\n{DONE}");
    let alive = || Ok(StreamEvent::Alive);
    assert_eq!(reply(&body).await, [alive(), hello(), alive(), done()]);
}

/// What comes of a stream that says this again and again, 300 MB of it, and how much of it the
/// client took before it closed the connection.
async fn flood(bytes: Vec<u8>) -> (Vec<Item>, usize) {
    let (report, taken) = oneshot::channel();
    let flood = Step::Floods(bytes, 300_000_000, report);
    let items = events(Answer::stream(DELTA).then(flood)).await;
    (items, taken.await.unwrap())
}

/// What the two systems' buffers may hold beyond what the client has read.
const BUFFERS: usize = 16 * MIB;

pub(crate) async fn a_line_is_at_most_1_mib() {
    let (items, taken) = flood(vec![b'x'; MIB / 4]).await;
    assert_eq!(items, [hello(), Err(ErrorKind::Bound("1 MiB a line"))]);
    assert!(taken < MIB + BUFFERS, "{taken}");
}

pub(crate) async fn an_event_is_at_most_8_mib() {
    let (items, taken) = flood(format!("data: {}\n", "x".repeat(MIB / 4)).into()).await;
    assert_eq!(items, [hello(), Err(ErrorKind::Bound("8 MiB an event"))]);
    assert!(taken < 8 * MIB + BUFFERS, "{taken}");
}

pub(crate) async fn a_reply_is_at_most_64_mib() {
    let line = format!("id: {}\n", "x".repeat(MIB / 4));
    let (items, taken) = flood(line.into()).await;
    assert_eq!(items, [hello(), Err(ErrorKind::Bound("64 MiB a reply"))]);
    assert!(taken < 64 * MIB + BUFFERS, "{taken}");
}

pub(crate) async fn a_reply_has_at_most_64_tool_calls() {
    let list = |count| calls(&vec![call("a", "{}"); count]);
    let items = reply(&format!("{}{}{DONE}", list(63), list(1))).await;
    assert!(matches!(items[..], [Ok(_), Ok(_), Ok(StreamEvent::Done)]));
    for body in [
        format!("{DELTA}{}{}{DONE}", list(63), list(2)),
        format!("{DELTA}{}{DONE}", list(10_000)),
    ] {
        let items = reply(&body).await;
        let bound = Err(ErrorKind::Bound("64 tool calls a reply"));
        assert_eq!(
            (items.first(), items.last()),
            (Some(&hello()), Some(&bound))
        );
    }
}

pub(crate) async fn a_tool_call_without_an_id_gets_one() {
    let no_id = r#"{"function":{"name":"f","arguments":"{}"}}"#.to_owned();
    let list = calls(&[no_id, call("", "{}"), call("mine", "{}")]);
    let items = reply(&format!("{list}{DONE}")).await;
    let Ok(StreamEvent::ToolCalls(got)) = &items[0] else {
        unreachable!("{items:?}");
    };
    let ids: Vec<_> = got.iter().map(|call| call.id.as_str()).collect();
    assert!(ids[0].starts_with("call_") && ids[1].starts_with("call_"));
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[2], "mine");
}

pub(crate) async fn arguments_that_are_no_json_come_as_they_are() {
    let list = calls(&[call("a", "{\"city\": Amsterdam")]);
    let expected = ToolCall {
        id: "a".to_owned(),
        name: "f".to_owned(),
        arguments: "{\"city\": Amsterdam".to_owned(),
    };
    let expected = [Ok(StreamEvent::ToolCalls(vec![expected])), done()];
    assert_eq!(reply(&format!("{list}{DONE}")).await, expected);
}
