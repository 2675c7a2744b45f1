//! The rows of the event table: the examples of the API's page, as it prints them.

use serechat::{ErrorKind, FinishReason, StreamEvent, ToolCall};

use crate::inference::{DONE, content, events};
use crate::server::Answer;
use crate::table::PAGE;

type Item = Result<StreamEvent, ErrorKind>;

/// The page's example of this event, byte by byte: from its `event:` to the end of its JSON,
/// right after which the page goes on with prose.
pub(crate) fn printed(name: &str) -> &'static str {
    let start = PAGE.find(&format!("event: {name}\n")).unwrap();
    let data = start + PAGE[start..].find("data: ").unwrap() + "data: ".len();
    let json = &PAGE[data..];
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<serde_json::Value>();
    values.next().unwrap().unwrap();
    &PAGE[start..data + values.byte_offset()]
}

async fn reply(body: &str) -> Vec<Item> {
    events(Answer::stream(&format!("{body}\n\n{DONE}"))).await
}

fn done() -> Item {
    Ok(StreamEvent::Done)
}

fn error() -> Item {
    Ok(StreamEvent::Error(
        "Inference failed unexpectedly".to_owned(),
    ))
}

pub(crate) fn weather() -> StreamEvent {
    StreamEvent::ToolCalls(vec![ToolCall {
        id: "call_abc123".to_owned(),
        name: "get_weather".to_owned(),
        arguments: r#"{"city":"Amsterdam"}"#.to_owned(),
    }])
}

pub(crate) async fn content_is_appended() {
    let body = format!("{0}\n\n{0}", printed("content"));
    let hello = || Ok(content("Hello, world"));
    assert_eq!(reply(&body).await, [hello(), hello(), done()]);
}

pub(crate) async fn reasoning_is_appended_apart() {
    let body = format!("{}\n\n{}", printed("reasoning"), printed("content"));
    let thought = StreamEvent::Reasoning("Let me think...".to_owned());
    let expected = [Ok(thought), Ok(content("Hello, world")), done()];
    assert_eq!(reply(&body).await, expected);
}

pub(crate) async fn tool_calls_come_before_a_finish_that_says_so() {
    let finish = printed("finish").replace("stop", "tool_calls");
    let body = format!("{}\n\n{finish}", printed("tool_calls"));
    let finish = StreamEvent::Finish(FinishReason::ToolCalls);
    assert_eq!(reply(&body).await, [Ok(weather()), Ok(finish), done()]);
}

async fn finishes(word: &str, reason: FinishReason) {
    let body = printed("finish").replace("stop", word);
    let expected = [Ok(StreamEvent::Finish(reason)), done()];
    assert_eq!(reply(&body).await, expected);
}

pub(crate) async fn a_finish_says_stop() {
    finishes("stop", FinishReason::Stop).await;
}

pub(crate) async fn a_finish_says_tool_calls() {
    finishes("tool_calls", FinishReason::ToolCalls).await;
}

pub(crate) async fn a_finish_says_length() {
    finishes("length", FinishReason::Length).await;
}

pub(crate) async fn an_error_may_be_followed_by_content() {
    let body = format!("{}\n\n{}", printed("error"), printed("content"));
    let expected = [error(), Ok(content("Hello, world")), done()];
    assert_eq!(reply(&body).await, expected);
}

pub(crate) async fn an_error_right_before_done_is_told_so() {
    let body = format!("{}\n\n{}", printed("content"), printed("error"));
    let expected = [Ok(content("Hello, world")), error(), done()];
    assert_eq!(reply(&body).await, expected);
}
