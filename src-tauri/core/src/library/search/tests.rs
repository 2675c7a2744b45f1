//! Search, from what was typed to what is shown.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

mod found;
mod kept;

use proptest::prelude::*;

use super::query::{Query, Unfinished};
use super::snippet::{marked, snippet};
use super::words::{indexed, units};
use super::{index, words};
use crate::view::{Marked, Role};

fn split(text: &str) -> Vec<String> {
    units(text).map(|unit| unit.text.into_owned()).collect()
}

/// What is marked of `text`, each mark in brackets.
fn shown(pieces: &[Marked]) -> String {
    pieces
        .iter()
        .map(|piece| match piece.hit {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        })
        .collect()
}

fn marks(text: &str, typed: &str) -> Option<String> {
    let places = Query::read(typed).places(text)?;
    Some(shown(&marked(text, &places.ranges)))
}

#[test]
fn words_are_without_case_and_diacritics() {
    assert_eq!(
        split("Crème BRÛLÉE, Ångström!"),
        ["creme", "brulee", "angstrom"]
    );
    assert_eq!(split("e\u{301}te\u{301}"), ["ete"]);
    assert_eq!(split("ﬁne Ｆｕｌｌ"), ["fine", "full"]);
    assert_eq!(split("Łódź ΣΊΣΥΦΟΣ ЁЛКА"), ["lodz", "σισυφοσ", "елка"]);
    assert_eq!(split("foo_bar::baz-9.3"), ["foo", "bar", "baz", "9", "3"]);
}

#[test]
fn vowel_points_and_stretching_do_not_make_another_word() {
    assert_eq!(split("مُحَمَّد"), split("محمد"));
    assert_eq!(split("كتـــاب"), split("كتاب"));
    assert_eq!(split("שָׁלוֹם"), split("שלום"));
    assert_eq!(split("می\u{200C}خواهم"), split("میخواهم"));
}

#[test]
fn signs_of_india_stay_in_their_words() {
    assert_eq!(split("हिन्दी में").len(), 2);
    assert_ne!(split("कल"), split("क्ल"));
}

#[test]
fn scripts_without_spaces_give_their_characters() {
    assert_eq!(split("日本語とRust"), ["日", "本", "語", "と", "rust"]);
    assert_eq!(split("한국어"), ["한", "국", "어"]);
    assert_eq!(split("👍🏽 fine"), ["👍", "fine"]);
}

#[test]
fn what_is_folded_already_is_what_folding_gives() {
    for character in (0..=0x0010_FFFF).filter_map(char::from_u32) {
        if words::is_plain(character) {
            let folded: String = words::normalized(character).collect();
            assert_eq!(folded, character.to_string());
        }
    }
}

#[test]
fn a_word_is_as_long_as_it_counts() {
    let long = "x".repeat(100_000);
    assert_eq!(split(&long), ["x".repeat(64)]);
}

#[test]
fn the_index_gets_characters_once_and_pairs_in_order() {
    assert_eq!(indexed(&[], "中文中 ok"), "中 文 中文 文中 ok ");
    assert_eq!(indexed(&[], "用 Rust"), "用 用 rust ");
}

#[test]
fn what_is_typed_is_never_the_index_s_language() {
    let questions = [
        ("NEAR(a b)", "\"near a\" AND \"b\"*"),
        ("a* OR -b", "\"a\" AND \"or\" AND \"b\"*"),
        ("words:x", "\"words x\"*"),
        ("^a + {b}", "\"a\" AND \"b\"*"),
        ("'; DROP TABLE", "\"drop\" AND \"table\"*"),
        ("\"a b\" c", "\"a b\" AND \"c\"*"),
        ("\"a b", "\"a b\"*"),
        ("“a b” ", "\"a b\""),
        ("a\0b", "\"a b\"*"),
    ];
    for (typed, question) in questions {
        let asked = Query::read(typed).question(&[], Unfinished::Beginning);
        assert_eq!(asked.as_deref(), Some(question), "{typed}");
    }
    assert!(Query::read("\"*\" - () \u{FFFD}").is_empty());
}

#[test]
fn an_unfinished_word_is_asked_for_by_the_words_there_are() {
    let query = Query::read("one \"two th");
    let words = ["three".to_owned(), "throw".to_owned()];
    let asked = |unfinished| query.question(&[], unfinished).unwrap();
    assert_eq!(query.unfinished(), Some("th"));
    assert_eq!(asked(Unfinished::Left), "\"one\" AND \"two\"");
    assert_eq!(asked(Unfinished::Beginning), "\"one\" AND \"two th\"*");
    assert_eq!(
        asked(Unfinished::Words(&words)),
        "\"one\" AND (\"two three\" OR \"two throw\")"
    );
}

#[test]
fn what_is_typed_is_bounded() {
    let typed = "word ".repeat(200_000);
    let question = Query::read(&typed)
        .question(&[], Unfinished::Beginning)
        .unwrap();
    assert!(question.len() < 1_000);
    let typed = "語".repeat(1 << 20);
    assert!(
        Query::read(&typed)
            .question(&[], Unfinished::Beginning)
            .unwrap()
            .len()
            < 1_000
    );
}

#[test]
fn hits_are_marked_where_they_are() {
    assert_eq!(
        marks("Crème brûlée", "creme"),
        Some("[Crème] brûlée".to_owned())
    );
    assert_eq!(marks("A crème", "cr"), Some("A [crème]".to_owned()));
    assert_eq!(
        marks("我喜欢中文书", "中文"),
        Some("我喜欢[中文]书".to_owned())
    );
    assert_eq!(
        marks("我喜欢中文书", "书"),
        Some("我喜欢中文[书]".to_owned())
    );
    assert_eq!(
        marks("قال مُحَمَّد شيئا", "محمد"),
        Some("قال [مُحَمَّد] شيئا".to_owned())
    );
    assert_eq!(marks("so 👍🏽!", "👍"), Some("so [👍🏽]!".to_owned()));
    assert_eq!(marks("ab ab", "ab"), Some("[ab] [ab]".to_owned()));
}

#[test]
fn every_term_has_to_be_there() {
    assert_eq!(marks("one two", "one three"), None);
    assert_eq!(marks("two one", "\"one two\""), None);
    assert_eq!(
        marks("one, two", "\"one two\""),
        Some("[one, two]".to_owned())
    );
    assert_eq!(marks("中 文", "中文"), None);
    assert_eq!(
        marks("ones two", "one two"),
        None,
        "only the last word may go on"
    );
    assert_eq!(
        marks("one twofold", "one two"),
        Some("[one] [twofold]".to_owned())
    );
    assert_eq!(
        marks("one twofold", "one two "),
        None,
        "a space ends the word"
    );
}

#[test]
fn a_snippet_is_one_line_around_the_first_hit() {
    let text = format!(
        "{}\n\n the  needle\tis here {}",
        "hay ".repeat(100),
        "straw ".repeat(100)
    );
    let places = Query::read("needle").places(&text).unwrap();
    let line = shown(&snippet(&text, Role::User, &places.ranges));
    assert!(line.starts_with("…hay "), "{line}");
    assert!(line.contains("hay the [needle] is here straw"), "{line}");
    assert!(line.ends_with('…'), "{line}");
    assert!(line.chars().count() < 170, "{line}");
}

#[test]
fn a_snippet_of_a_short_text_is_the_text() {
    let places = Query::read("b").places("a b c").unwrap();
    assert_eq!(
        shown(&snippet("a b c", Role::User, &places.ranges)),
        "a [b] c"
    );
    assert_eq!(shown(&snippet("a b c", Role::User, &[])), "a b c");
    assert!(snippet("", Role::Assistant, &[]).is_empty());
}

#[test]
fn a_snippet_of_a_reply_has_its_words_without_the_marks() {
    for (text, found) in [
        (
            "## The **needle** of `code`\n\nhere",
            "The [needle] of code here",
        ),
        (
            "- [x] a *needle*, ~~gone~~ __and__ ***all***",
            "a [needle], gone and all",
        ),
        (
            "See [the needle](https://example.com/a_(b)) and ![hay](x.png).",
            "See the [needle] and hay.",
        ),
        // What was found is never left out.
        (
            "See [this](https://needle.example/).",
            "See [this](https://[needle].example/).",
        ),
        (
            "```needle\nlet a = b * c * d;\n```\nend",
            "```[needle] let a = b * c * d; end",
        ),
        (
            "> quoted needle\n> more\n\n---\n1. one",
            "quoted [needle] more 1. one",
        ),
        ("| a | needle |\n|---|---:|\n| b | c |", "a [needle] b c"),
        (
            "needle: 2 * 3 * 4, a_b_c, *args and \\*",
            "[needle]: 2 * 3 * 4, a_b_c, *args and *",
        ),
        ("`**needle**` and **雨**", "**[needle]** and 雨"),
        ("before\n```\n# needle\n```", "before # [needle]"),
    ] {
        let places = Query::read("needle").places(text).unwrap();
        assert_eq!(
            shown(&snippet(text, Role::Assistant, &places.ranges)).trim(),
            found,
            "{text}"
        );
        // One's own words are shown as they were written.
        let own = snippet(text, Role::User, &places.ranges);
        let own: String = own.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(own, text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

#[test]
fn a_snippet_in_the_middle_of_code_or_of_a_long_reply_is_as_long_as_any() {
    let text = format!(
        "```\n{}\n**needle** {}",
        "hay **hay** ".repeat(100),
        "**straw** ".repeat(300)
    );
    let places = Query::read("needle").places(&text).unwrap();
    let line = shown(&snippet(&text, Role::Assistant, &places.ranges));
    assert!(
        line.contains("hay **hay** **[needle]** **straw**"),
        "{line}"
    );
    let text = text.replace("```", "");
    let places = Query::read("needle").places(&text).unwrap();
    let line = shown(&snippet(&text, Role::Assistant, &places.ranges));
    assert!(line.contains("hay hay [needle] straw straw"), "{line}");
    assert!((150..180).contains(&line.chars().count()), "{line}");
}

#[test]
fn a_block_of_code_is_known_by_its_fence() {
    assert!(index::has_code("so:\n```rust\nfn\n```"));
    assert!(index::has_code("  ~~~\nx"));
    assert!(!index::has_code("the sign ``` in a line"));
}

#[test]
fn days_are_covered_once() {
    const DAY: i64 = 86_400_000;
    for (from, to) in [(0, 1), (5, 70), (1_000, 4_000), (20_000, 20_001), (31, 33)] {
        let facets = index::days(Some(from * DAY), Some(to * DAY));
        let covers = |day: i64| {
            [
                words::Facet::Day(day),
                words::Facet::Days(day >> 5),
                words::Facet::ManyDays(day >> 10),
            ]
            .iter()
            .filter(|facet| facets.contains(facet))
            .count()
        };
        for day in from - 1..=to {
            let expected = usize::from((from..to).contains(&day));
            assert_eq!(covers(day), expected, "{day} of {from}..{to}");
        }
        assert!(facets.len() < 130);
    }
    assert!(index::days(Some(5 * DAY), Some(5 * DAY)).len() <= 1);
}

proptest! {
    #[test]
    fn marks_stand_at_characters_and_lose_nothing(text in ".{0,200}", typed in ".{0,12}") {
        if let Some(places) = Query::read(&typed).places(&text) {
            let pieces = marked(&text, &places.ranges);
            let line = |text: &str| text.split(|c: char| c.is_whitespace() || c.is_control())
                .filter(|word| !word.is_empty()).collect::<String>();
            let all: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(line(&all), line(&text));
            snippet(&text, Role::User, &places.ranges);
        }
    }

    #[test]
    fn whatever_marks_there_are_a_snippet_has_its_first_hit_whole(
        pieces in prop::collection::vec("[\\*_`~#>|\\[\\]()!\\\\\n -]{0,6}|[a-z雨]{1,5}|https://a\\.b", 0..60),
        typed in "[a-z雨]{1,4}",
    ) {
        let text = pieces.concat();
        if let Some(places) = Query::read(&typed).places(&text) {
            let first = &text[places.ranges[0].clone()];
            let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
            let snippet = snippet(&text, Role::Assistant, &places.ranges);
            let hit = snippet.iter().find(|piece| piece.hit).map(|piece| piece.text.as_str());
            prop_assert!(hit.is_some_and(|hit| hit.starts_with(&first)), "{:?} of {:?}", snippet, text);
        }
    }
}
