//! From a text to paced deltas: words, rhythm, the length limit, and going on where a reply
//! stopped.

use std::time::Duration;

use super::{Ask, Role};
use crate::wire::{self, Step};

/// No paced reply takes longer than about this; the pace quickens instead.
const LONGEST: Duration = Duration::from_secs(40);
/// A text is cut into no more deltas than this; the deltas grow instead.
const MAX_DELTAS: usize = 20_000;

/// Cuts a text into deltas that join to it: words with the space after them, and single
/// characters where a script has no spaces.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    for (index, char) in text.char_indices() {
        let boundary = match previous {
            Some(previous) if previous.is_whitespace() => !char.is_whitespace(),
            Some(previous) => is_ideograph(previous) && !char.is_whitespace(),
            None => false,
        };
        if boundary {
            words.push(&text[start..index]);
            start = index;
        }
        previous = Some(char);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    if words.len() > MAX_DELTAS {
        return coarse(text);
    }
    words
}

/// A text too long for words, in pieces of about equal size.
fn coarse(text: &str) -> Vec<&str> {
    let size = text.len().div_ceil(MAX_DELTAS);
    let mut pieces = Vec::with_capacity(MAX_DELTAS);
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = size.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// Deltas as events with a pause after each. The rhythm is uneven, as a model's is: some words
/// come quicker, the end of a sentence takes longer. It is the same every time.
pub(super) fn paced(deltas: &[&str], pace: Duration, event: fn(&str) -> Step) -> Vec<Step> {
    let count = u32::try_from(deltas.len()).unwrap_or(u32::MAX).max(1);
    let pace = pace.min(LONGEST / count);
    let mut steps = Vec::with_capacity(deltas.len() * 2);
    for (index, delta) in deltas.iter().enumerate() {
        steps.push(event(delta));
        if !pace.is_zero() {
            let ended = delta.trim_end().ends_with(['.', ':', '?', '。']);
            let eighths = if ended {
                20
            } else {
                [5, 9, 6, 12, 8][index % 5]
            };
            steps.push(Step::Pause(pace * eighths / 8));
        }
    }
    steps
}

/// Deltas as events with the same pause after each.
pub(super) fn even(deltas: &[&str], pace: Duration) -> Vec<Step> {
    deltas
        .iter()
        .flat_map(|delta| [wire::content(delta), Step::Pause(pace)])
        .collect()
}

/// A whole reply at the demo's pace: the text, or what is still missing of it when the
/// conversation asks to go on; cut with `length` after `max_tokens` words.
pub(super) fn reply(ask: &Ask<'_>, text: &str) -> Vec<Step> {
    let mut deltas = words(remainder(ask, text));
    let reason = match ask.max_tokens {
        Some(limit) if limit < deltas.len() => {
            deltas.truncate(limit);
            "length"
        }
        _ => "stop",
    };
    let mut steps = paced(&deltas, ask.options.word_delta, wire::content);
    steps.extend([wire::finish(reason), wire::done()]);
    steps
}

/// What is missing of `text`, when the conversation ends with the beginning of it and asks to go
/// on: its last message is that beginning, or a user's message that says so.
pub(super) fn remainder<'a>(ask: &Ask<'_>, text: &'a str) -> &'a str {
    let asks_to_go_on = match ask.messages.last() {
        Some(last) if last.role == Role::Assistant => true,
        Some(last) if last.role == Role::User => says_go_on(&last.text),
        _ => false,
    };
    if asks_to_go_on {
        missing(ask, text)
    } else {
        text
    }
}

/// What is missing of `text` after the pieces of it that the assistant has said already; all of
/// it when it was said to the end, or not at all. White space at the seams does not matter.
pub(super) fn missing<'a>(ask: &Ask<'_>, text: &'a str) -> &'a str {
    let mut rest = text;
    for message in &ask.messages {
        let said = message.text.as_str();
        if message.role != Role::Assistant || said.trim().is_empty() {
            continue;
        }
        let after = [rest, text].into_iter().find_map(|from| {
            from.strip_prefix(said)
                .or_else(|| from.trim_start().strip_prefix(said.trim()))
        });
        rest = after.unwrap_or(rest);
    }
    if rest.trim().is_empty() { text } else { rest }
}

/// Whether a user's message only asks to go on.
pub(super) fn says_go_on(text: &str) -> bool {
    let text = text.to_lowercase();
    text.len() <= 300
        && ["continue", "go on", "carry on"]
            .iter()
            .any(|it| text.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        options::Options,
        scenarios::{self, Message, Reply},
    };

    fn ask<'a>(options: &'a Options, messages: &[(Role, &str)]) -> Ask<'a> {
        let messages = messages.iter().map(|(role, text)| Message {
            role: *role,
            text: (*text).to_owned(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        });
        Ask {
            messages: messages.collect(),
            max_tokens: None,
            asked_before: 0,
            options,
        }
    }

    fn lasts(steps: &[Step]) -> Duration {
        steps
            .iter()
            .map(|step| match step {
                Step::Pause(pause) => *pause,
                _ => Duration::ZERO,
            })
            .sum()
    }

    #[test]
    fn words_join_to_their_text() {
        for text in [
            "",
            " ",
            "one",
            "  one  two\n\nthree ",
            "中文，没有空格。 然后 words",
            "🌊 🌊",
        ] {
            assert_eq!(words(text).concat(), text);
        }
        assert_eq!(words("one two\n\nthree"), ["one ", "two\n\n", "three"]);
        assert_eq!(words("茶と水"), ["茶", "と", "水"]);
    }

    #[test]
    fn a_book_is_cut_into_a_bounded_number_of_deltas() {
        let book = "wörd ".repeat(200_000);
        let deltas = words(&book);
        assert!(deltas.len() <= MAX_DELTAS);
        assert_eq!(deltas.concat(), book);
    }

    #[test]
    fn slow_takes_half_a_minute_and_no_scenario_longer_than_one() {
        let options = Options::default();
        for scenario in scenarios::all() {
            let Reply::Stream(steps) = (scenario.answer)(&ask(&options, &[(Role::User, "Why?")]))
            else {
                continue;
            };
            let lasts = lasts(&steps);
            assert!(lasts < LONGEST * 3 / 2, "{}: {lasts:?}", scenario.id);
            if scenario.id == "slow" {
                assert_eq!(lasts, Duration::from_secs(30));
            }
        }
    }

    #[test]
    fn only_a_conversation_that_asks_to_go_on_gets_the_rest() {
        let options = Options::instant();
        let text = "One two three.";
        let question = (Role::User, "Count");
        let begun = (Role::Assistant, "One two ");
        let rest = |messages: &[_]| remainder(&ask(&options, messages), text).to_owned();
        assert_eq!(rest(&[question]), text);
        assert_eq!(rest(&[question, begun]), "three.");
        assert_eq!(rest(&[question, begun, (Role::User, "Go on")]), "three.");
        assert_eq!(rest(&[question, begun, question]), text);
        let pieces = [
            question,
            (Role::Assistant, "One"),
            (Role::Assistant, " two"),
        ];
        assert_eq!(rest(&pieces), " three.");
        assert_eq!(rest(&[question, (Role::Assistant, text)]), text);
        assert_eq!(rest(&[question, (Role::Assistant, "Else")]), text);
    }
}
