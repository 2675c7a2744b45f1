//! What the scenarios say. The longer texts are files under `src/texts/`.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Worth looking at: it is the demo.
pub(super) const MARKDOWN: &str = include_str!("../texts/markdown.md");
/// About 20 kB of mixed Markdown.
pub(super) const LONG: &str = include_str!("../texts/long.md");
pub(super) const RTL: &str = include_str!("../texts/rtl.md");
pub(super) const CJK: &str = include_str!("../texts/cjk.md");
/// What `reasoning` thinks …
pub(super) const THINKING: &str = include_str!("../texts/thinking.md");
/// … and then says.
pub(super) const THOUGHT: &str = include_str!("../texts/thought.md");
/// One calm answer for everything that tests the way and not the words.
pub(super) const ISLAND: &str = include_str!("../texts/island.md");
/// Long enough to be cut by a limit.
pub(super) const RIVER: &str = include_str!("../texts/river.md");
/// 75 words.
pub(super) const SNAIL: &str = include_str!("../texts/snail.md");
/// Characters of one to four bytes, joined and combined.
pub(super) const CHARACTERS: &str = include_str!("../texts/characters.md");

/// A question is repeated in the answer up to this many characters.
const SHOWN_QUESTION: usize = 80;

/// Prose that mentions the question and differs from one question to the next. It is the same
/// for the same question.
pub(super) fn plain(question: &str) -> String {
    let shown = shown(question);
    if shown.is_empty() {
        return "You sent no words, and that is fine too. I am here when you have some.".to_owned();
    }
    if is_greeting(&shown) {
        return GREETING.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    question.hash(&mut hasher);
    let pick = hasher.finish();
    let of = |list: &[&'static str], shift: u32| {
        let index = (pick >> shift) % (list.len() as u64);
        list.get(usize::try_from(index).unwrap_or_default())
            .copied()
            .unwrap_or_default()
    };
    format!(
        "{} \u{201c}{shown}\u{201d}\n\n{}\n\n{}\n\n{}",
        of(OPENINGS, 0),
        of(FIRSTS, 8),
        of(SECONDS, 16),
        of(CLOSINGS, 24),
    )
}

fn shown(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_QUESTION) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn is_greeting(question: &str) -> bool {
    let question = question.to_lowercase();
    let words: Vec<&str> = question
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.len() <= 3
        && words
            .first()
            .is_some_and(|word| ["hi", "hello", "hey", "hallo", "moin", "salut"].contains(word))
}

const GREETING: &str = "Hello, and welcome. I am Breeze, the simplest of the models that live in \
    this simulator: nothing you write leaves your machine, and nothing I say costs anything.\n\n\
    Ask me whatever you like and watch the words arrive. For something with more to look at, \
    choose Brocade in the model picker; for something with more patience, choose Deep water.";

const OPENINGS: &[&str] = &[
    "You asked:",
    "Let me turn this over for a moment:",
    "A good thing to wonder about:",
    "So, in your words:",
];

const FIRSTS: &[&str] = &[
    "If I were a real model I would now know something about it. Being a simulated one, I can \
     only offer the pleasure of watching a sentence arrive, word by word, at about the speed of \
     someone reading aloud.",
    "There is a short answer and a long one. The short one is that it depends. The long one \
     begins with a walk along the harbour, early, before the gulls have decided what the day is \
     for.",
    "The best explanations I have heard of it all start with a drawing on the back of an \
     envelope: two circles, an arrow, and a question mark that nobody quite dares to rub out.",
    "People have had opinions on this for centuries, and the nicest of them were written by \
     candlelight, in the margin of a book about something else.",
];

const SECONDS: &[&str] = &[
    "What helps is to take it in three steps. First, say plainly what you know. Second, say what \
     you would need to know. Third, notice that the list of the second is shorter than you \
     feared, and start with its first line.",
    "Try it with a small example before the large one. A small example is cheap, it fails \
     quickly, and it is much easier to explain to a friend than a theory is.",
    "I would look at it from the other end: suppose it were already solved. What would be \
     different tomorrow morning? Whatever comes to mind first is usually the part that matters.",
    "It is a little like baking bread. The recipe fits on a card, the understanding takes a \
     winter, and in the end your hands know it better than you do.",
];

const CLOSINGS: &[&str] = &[
    "That is where I would begin. Ask again, and I will put it another way.",
    "If one part of it matters more to you than the others, tell me which, and we start there.",
    "And if none of this helps, a cup of tea and ten minutes at the window often do.",
    "Write to me what you find; I have, as it happens, all the time in the world.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_answer_mentions_the_question_and_varies_with_it() {
        let bread = plain("How does\n bread rise?");
        assert!(bread.contains("How does bread rise?"));
        assert_eq!(bread, plain("How does\n bread rise?"));
        let others: std::collections::HashSet<String> = (0..20)
            .map(|number| plain(&format!("Question {number}")).replace(&number.to_string(), ""))
            .collect();
        assert!(others.len() > 5);
    }

    #[test]
    fn a_very_long_question_is_shown_shortened() {
        assert!(plain(&"word ".repeat(1_000_000)).len() < 2_000);
    }

    #[test]
    fn a_greeting_is_greeted() {
        assert_eq!(plain("Hello!"), GREETING);
        assert_ne!(plain("hello, how do tides work in the Channel?"), GREETING);
    }

    #[test]
    fn the_long_text_is_about_20_kb() {
        assert!((18_000..23_000).contains(&LONG.len()), "{}", LONG.len());
    }

    #[test]
    fn the_slow_text_takes_half_a_minute_at_the_usual_pace() {
        assert_eq!(SNAIL.split_whitespace().count(), 75);
    }
}
