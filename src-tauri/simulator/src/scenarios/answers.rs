//! The scenarios that answer as a model does.

use serde_json::{Value, json};

use super::{
    Ask, Reply, Role,
    pace::{even, missing, paced, remainder, reply, says_go_on, words},
    texts,
};
use crate::wire::{self, Step};

pub(super) fn plain(ask: &Ask<'_>) -> Reply {
    // "Continue" goes on with the answer to the question before it.
    let question = ask
        .messages
        .iter()
        .rev()
        .filter(|message| message.role == Role::User)
        .find(|message| !says_go_on(&message.text))
        .map_or_else(|| ask.question(), |message| message.text.as_str());
    Reply::Stream(reply(ask, &texts::plain(question)))
}

pub(super) fn markdown(ask: &Ask<'_>) -> Reply {
    Reply::Stream(reply(ask, texts::MARKDOWN))
}

pub(super) fn long(ask: &Ask<'_>) -> Reply {
    Reply::Stream(reply(ask, texts::LONG))
}

pub(super) fn rtl(ask: &Ask<'_>) -> Reply {
    Reply::Stream(reply(ask, texts::RTL))
}

pub(super) fn cjk(ask: &Ask<'_>) -> Reply {
    Reply::Stream(reply(ask, texts::CJK))
}

pub(super) fn echo(ask: &Ask<'_>) -> Reply {
    Reply::Stream(reply(ask, ask.question()))
}

pub(super) fn reasoning(ask: &Ask<'_>) -> Reply {
    let mut steps = paced(
        &words(texts::THINKING),
        ask.options.word_delta,
        wire::reasoning,
    );
    steps.extend(reply(ask, texts::THOUGHT));
    Reply::Stream(steps)
}

/// Two thirds of a text, then `length`; with its beginning in the conversation, the rest.
pub(super) fn length(ask: &Ask<'_>) -> Reply {
    let rest = missing(ask, texts::RIVER);
    let mut deltas = words(rest);
    let reason = if rest.len() == texts::RIVER.len() {
        deltas.truncate(deltas.len() * 2 / 3);
        "length"
    } else {
        "stop"
    };
    let mut steps = paced(&deltas, ask.options.word_delta, wire::content);
    steps.extend([wire::finish(reason), wire::done()]);
    Reply::Stream(steps)
}

/// 75 words, which at the default pace take 30 seconds.
pub(super) fn slow(ask: &Ask<'_>) -> Reply {
    let deltas = words(remainder(ask, texts::SNAIL));
    let mut steps = even(&deltas, ask.options.slow_delta);
    steps.extend([wire::finish("stop"), wire::done()]);
    Reply::Stream(steps)
}

pub(super) fn firehose(_: &Ask<'_>) -> Reply {
    let mut steps: Vec<Step> = Vec::new();
    for round in 1..=3 {
        steps.push(wire::content(&format!("# Round {round}\n\n")));
        steps.extend(words(texts::LONG).into_iter().map(wire::content));
        steps.push(wire::content("\n\n"));
    }
    steps.extend([wire::finish("stop"), wire::done()]);
    Reply::Stream(steps)
}

/// `1 2 3 … 2000`, a delta each.
pub(super) fn count(ask: &Ask<'_>) -> Reply {
    let numbers: Vec<String> = (1..=2000)
        .map(|number| match number {
            1 => "1".to_owned(),
            _ => format!(" {number}"),
        })
        .collect();
    let deltas: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut steps = even(&deltas, ask.options.count_delta);
    steps.extend([wire::finish("stop"), wire::done()]);
    Reply::Stream(steps)
}

pub(super) fn one_then_wait(ask: &Ask<'_>) -> Reply {
    Reply::Stream(vec![
        wire::content("One moment"),
        Step::Silence(ask.options.silence),
        Step::Cut,
    ])
}

pub(super) fn held(_: &Ask<'_>) -> Reply {
    Reply::Held
}

pub(super) fn empty(_: &Ask<'_>) -> Reply {
    Reply::Stream(vec![wire::finish("stop"), wire::done()])
}

pub(super) fn tools(ask: &Ask<'_>) -> Reply {
    match ask.tool_results()[..] {
        [] => Reply::Stream(calls(
            ask,
            "Let me look at the clock.",
            &[("call_clock_1", "current_time", "{}")],
        )),
        [result, ..] => Reply::Stream(reply(
            ask,
            &format!(
                "The clock says **{}**. Time for a cup of tea, I would say.",
                time_in(result)
            ),
        )),
    }
}

pub(super) fn tools_two(ask: &Ask<'_>) -> Reply {
    let results = ask.tool_results();
    if results.is_empty() {
        return Reply::Stream(calls(
            ask,
            "",
            &[
                ("call_clock_1", "current_time", "{}"),
                (
                    "call_clock_2",
                    "current_time",
                    r#"{"timezone":"Asia/Tokyo"}"#,
                ),
            ],
        ));
    }
    let lines: String = results
        .iter()
        .map(|result| format!("- {}\n", time_in(result)))
        .collect();
    Reply::Stream(reply(ask, &format!("Both have answered:\n\n{lines}")))
}

pub(super) fn tools_endless(ask: &Ask<'_>) -> Reply {
    let round = ask
        .messages
        .iter()
        .filter(|message| message.role == Role::Tool)
        .count();
    let id = format!("call_clock_{}", round + 1);
    Reply::Stream(calls(ask, "Once more.", &[(&id, "current_time", "{}")]))
}

pub(super) fn tools_bad(ask: &Ask<'_>) -> Reply {
    if let [result, ..] = ask.tool_results()[..] {
        let quoted = result.replace('\n', " ");
        return Reply::Stream(reply(ask, &format!("The tool said: {quoted}")));
    }
    let call = json!({ "tool_calls": [{
        "type": "function",
        "function": { "name": "current_time", "arguments": "{\"timezone\": Europe" },
    }] });
    Reply::Stream(vec![
        wire::event("tool_calls", &call),
        wire::finish("tool_calls"),
        wire::done(),
    ])
}

pub(super) fn tools_length(ask: &Ask<'_>) -> Reply {
    let mut steps = paced(
        &words("Let me look at the clock of every city, beginning with"),
        ask.options.word_delta,
        wire::content,
    );
    steps.extend([
        wire::tool_calls(&[("call_clock_1", "current_time", "{\"timezone\": \"Euro")]),
        wire::finish("length"),
        wire::done(),
    ]);
    Reply::Stream(steps)
}

fn calls(ask: &Ask<'_>, preface: &str, calls: &[(&str, &str, &str)]) -> Vec<Step> {
    let mut steps = paced(&words(preface), ask.options.word_delta, wire::content);
    steps.extend([
        wire::tool_calls(calls),
        wire::finish("tool_calls"),
        wire::done(),
    ]);
    steps
}

/// The time in a tool's result: the result itself, or, when it is a JSON object, the first text
/// in it.
fn time_in(result: &str) -> String {
    let first = match serde_json::from_str::<Value>(result) {
        Ok(Value::String(text)) => Some(text),
        Ok(Value::Object(fields)) => fields
            .values()
            .find_map(|value| value.as_str().map(str::to_owned)),
        _ => None,
    };
    first.unwrap_or_else(|| result.trim().to_owned())
}
