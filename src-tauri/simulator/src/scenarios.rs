//! The scenarios: which model id behaves how. The table is [`all`]; the behaviours are in the
//! rooms below it.

mod answers;
mod faults;
mod oddities;
mod pace;
mod texts;

use axum::http::StatusCode;

use crate::{options::Options, wire::Step};

/// A named way to answer, chosen by the model id.
#[derive(Debug)]
pub struct Scenario {
    /// The model id.
    pub id: &'static str,
    /// The name in the models list.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Dollars for a million tokens, in and out.
    pub(crate) cost: (f64, f64),
    /// In tokens.
    pub(crate) context_window: u32,
    /// Whether its entry offers reasoning levels.
    pub(crate) thinks: bool,
    pub(crate) answer: fn(&Ask<'_>) -> Reply,
}

/// Who speaks in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
    Tool,
}

/// A message of a request, as far as the scenarios look at it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
    /// The ids of an assistant's tool calls.
    pub(crate) tool_calls: Vec<String>,
    /// On a tool's message, the call it answers.
    pub(crate) tool_call_id: Option<String>,
}

/// A request in order, put to a scenario.
pub(crate) struct Ask<'a> {
    pub(crate) messages: Vec<Message>,
    pub(crate) max_tokens: Option<usize>,
    /// How often this very turn was asked for before.
    pub(crate) asked_before: u32,
    pub(crate) options: &'a Options,
}

impl Ask<'_> {
    /// The user's last message.
    pub(crate) fn question(&self) -> &str {
        question(&self.messages)
    }

    /// The results of the tools, when the conversation ends with some.
    pub(crate) fn tool_results(&self) -> Vec<&str> {
        let mut results: Vec<&str> = self
            .messages
            .iter()
            .rev()
            .take_while(|message| message.role == Role::Tool)
            .map(|message| message.text.as_str())
            .collect();
        results.reverse();
        results
    }
}

/// The last message of the user.
pub(crate) fn question(messages: &[Message]) -> &str {
    messages
        .iter()
        .rev()
        .find(|message| message.role == Role::User)
        .map_or("", |message| message.text.as_str())
}

/// What a scenario does with a request.
pub(crate) enum Reply {
    /// 200 and an event stream.
    Stream(Vec<Step>),
    /// 200 and an event stream in the hand of a test.
    Held,
    /// A status and `{"error": "text"}`.
    Refuse(StatusCode, &'static str),
    /// Any other answer.
    Raw {
        status: StatusCode,
        content_type: &'static str,
        retry_after: Option<String>,
        body: String,
    },
    /// 401, and the token is revoked for good.
    RevokeToken,
}

/// The scenario of a model id.
pub(crate) fn find(id: &str) -> Option<&'static Scenario> {
    SCENARIOS
        .iter()
        .find(|scenario| scenario.id == id && scenario.id != RETIRED)
}

/// All scenarios, in the order of the models list: those made for people first.
pub fn all() -> &'static [Scenario] {
    SCENARIOS
}

/// The model that is listed and yet unknown.
const RETIRED: &str = "retired";

const fn made_for_people(
    id: &'static str,
    name: &'static str,
    description: &'static str,
    answer: fn(&Ask<'_>) -> Reply,
) -> Scenario {
    Scenario {
        id,
        name,
        description,
        cost: (0.8, 4.0),
        context_window: 200_000,
        thinks: false,
        answer,
    }
}

const fn made_for_tests(
    id: &'static str,
    name: &'static str,
    description: &'static str,
    answer: fn(&Ask<'_>) -> Reply,
) -> Scenario {
    Scenario {
        id,
        name,
        description,
        cost: (0.1, 0.4),
        context_window: 32_768,
        thinks: false,
        answer,
    }
}

// A table reads best with a row a line.
#[rustfmt::skip]
static SCENARIOS: &[Scenario] = &[
    made_for_people("plain", "Breeze", "a few sentences of plain prose", answers::plain),
    made_for_people("markdown", "Brocade", "everything Markdown can do, with maths and code", answers::markdown),
    Scenario {
        cost: (3.0, 15.0),
        thinks: true,
        ..made_for_people("reasoning", "Deep water", "thinks first, then answers", answers::reasoning)
    },
    made_for_people("tools", "Clockmaker", "calls the tool current_time, then answers with its result", answers::tools),
    Scenario {
        context_window: 1_000_000,
        ..made_for_people("long", "Almanac", "a long mixed Markdown answer of about 20 kB", answers::long)
    },
    made_for_people("slow", "Snail", "a word now and then, for about 30 seconds", answers::slow),
    made_for_people("echo", "Echo", "repeats the last message", answers::echo),
    made_for_people("rtl", "Right to left", "paragraphs in Arabic and Hebrew", answers::rtl),
    made_for_people("cjk", "Ideographs", "paragraphs in Chinese, Japanese and Korean", answers::cjk),
    made_for_people("length", "Short of breath", "stops at its length limit; goes on when asked to continue", answers::length),
    made_for_tests("firehose", "Firehose", "thousands of deltas as fast as possible", answers::firehose),
    made_for_tests("count", "Counter", "counts from 1 to 2000, a delta each", answers::count),
    made_for_tests("one-then-wait", "One, then silence", "one delta, then nothing for a minute", answers::one_then_wait),
    made_for_tests("held", "Held by a test", "a test pushes every event by hand", answers::held),
    made_for_tests("empty", "Nothing to say", "finishes without any content", answers::empty),
    made_for_tests("tools-two", "Two clocks", "calls two tools at once, then answers with their results", answers::tools_two),
    made_for_tests("tools-endless", "Endless clock", "calls a tool again after every result", answers::tools_endless),
    made_for_tests("tools-bad", "Broken clock", "calls a tool without an id and with arguments that are no JSON", answers::tools_bad),
    made_for_tests("tools-length", "Cut clock", "reaches the length limit in the middle of a tool call", answers::tools_length),
    made_for_tests("error-and-go-on", "Stumbles", "an error in mid-stream, then it goes on", faults::error_and_go_on),
    made_for_tests("error-and-done", "Falls", "an error in mid-stream that is fatal", faults::error_and_done),
    made_for_tests("cut", "Cut off", "the connection drops in mid-stream", faults::cut),
    made_for_tests("no-done", "Trails off", "ends cleanly without finish and done", faults::no_done),
    made_for_tests("finish-no-done", "No goodbye", "ends after finish, without done", faults::finish_no_done),
    made_for_tests("garbage", "Garbled", "unreadable events among good ones", faults::garbage),
    made_for_tests("html-200", "Captive portal", "200 with a proxy's HTML page", faults::html_200),
    made_for_tests("400", "Fails: bad request", "400", faults::bad_request),
    made_for_tests(RETIRED, "Fails: retired model", "listed, but answered with 400 Unknown model", faults::bad_request),
    made_for_tests("401", "Fails: signed out", "401, and the token is revoked", faults::unauthorized),
    made_for_tests("402", "Fails: balance empty", "402, always", faults::payment_required),
    made_for_tests("402-once", "Fails once: balance empty", "402 at first, then answers", faults::payment_required_once),
    made_for_tests("418", "Fails: teapot", "418, a status nobody planned for, with error and message", faults::teapot),
    made_for_tests("429", "Fails: too busy", "429, always, without Retry-After", faults::rate_limited),
    made_for_tests("429-once", "Fails once: too busy", "429 with Retry-After in seconds at first, then answers", faults::rate_limited_once),
    made_for_tests("429-date", "Fails once: busy until", "429 with Retry-After as a date at first, then answers", faults::rate_limited_date),
    made_for_tests("500", "Fails: server error", "500, always", faults::server_error),
    made_for_tests("500-once", "Fails once: server error", "500 at first, then answers", faults::server_error_once),
    made_for_tests("502", "Fails: bad gateway", "502, always, with an error object", faults::bad_gateway),
    made_for_tests("503", "Fails: unavailable", "503, always, with a detail", faults::unavailable),
    made_for_tests("504-html", "Fails: gateway timeout", "504 with a proxy's HTML page", faults::gateway_timeout),
    made_for_tests("json", "Not streamed", "200 with a JSON body, in SereChat's words", oddities::json),
    made_for_tests("openai-json", "Not streamed, second dialect", "200 with a JSON body in OpenAI's shape", oddities::openai_json),
    made_for_tests("openai-chunks", "Second dialect", "unnamed chunks in OpenAI's shape, with reasoning", oddities::openai_chunks),
    made_for_tests("openai-tools", "Second dialect, tools", "tool calls in fragments, in OpenAI's shape", oddities::openai_tools),
    made_for_tests("openai-error", "Second dialect, error", "an error object among OpenAI's chunks, and then the end", oddities::openai_error),
    made_for_tests("multi-line", "Printed form", "events with JSON over several lines, as the reference prints them", oddities::multi_line),
    made_for_tests("unknown-events", "Unheard of", "event names and fields nobody knows", oddities::unknown_events),
    made_for_tests("comments", "Pings", "comments, ids and retry lines between the events", oddities::comments),
    made_for_tests("split", "Split", "bytes cut at odd places, also inside a character", oddities::split),
    made_for_tests("crlf", "CRLF", "a byte order mark, then lines that end in CR LF", oddities::crlf),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_scenario_has_its_own_id_and_name() {
        let ids: HashSet<_> = all().iter().map(|scenario| scenario.id).collect();
        let names: HashSet<_> = all().iter().map(|scenario| scenario.name).collect();
        assert_eq!(ids.len(), all().len());
        assert_eq!(names.len(), all().len());
    }

    #[test]
    fn the_crate_documentation_lists_every_scenario_in_the_words_of_the_table() {
        let docs = include_str!("lib.rs");
        for Scenario {
            id, description, ..
        } in all()
        {
            let row = format!("//! | `{id}` | {description} |");
            assert!(docs.contains(&row), "lib.rs lacks the row {row}");
        }
    }

    #[test]
    fn the_retired_model_is_listed_and_not_found() {
        assert!(all().iter().any(|scenario| scenario.id == RETIRED));
        assert!(find(RETIRED).is_none());
        assert!(find("plain").is_some());
    }
}
