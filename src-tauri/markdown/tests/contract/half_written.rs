//! What a reply looks like while its last line is being written: the rules of `open_end.rs`.

use serde_json::{Value, json};
use serein_markdown::{Document, parse, parse_finished};

use crate::{growing, tree};

/// What a paragraph is made of while it grows.
fn inlines(source: &str) -> Value {
    growing(source)[0]["c"].clone()
}

#[test]
fn an_open_fence_is_a_code_block() {
    assert_eq!(
        growing("```rust\nlet a"),
        json!([{"t": "code", "lang": "rust", "c": [[" let a"]]}])
    );
}

#[test]
fn half_a_closing_fence_is_not_shown_as_code() {
    assert_eq!(parse("```\na\n``"), parse("```\na\n"));
    assert_eq!(parse("```\na\n```"), parse("```\na\n"));
}

#[test]
fn a_fence_waits_for_its_whole_language() {
    for fence in ["``", "```", "```ru", "```rust", "~~~", "> ```py"] {
        assert!(
            parse(fence).is_empty() || growing(fence)[0]["t"] == "quote",
            "{fence}"
        );
    }
}

#[test]
fn the_first_sign_of_a_list_item_makes_no_heading_of_the_line_above() {
    for sign in ["-", "--", "=", "*", "+", "> -"] {
        assert_eq!(
            parse(&format!("> Items:\n{sign}")),
            parse("> Items:\n"),
            "{sign}"
        );
    }
}

#[test]
fn the_first_digits_of_a_number_are_not_taken_for_text_of_the_line_above() {
    assert_eq!(parse("1. one\n2"), parse("1. one\n"));
    assert_eq!(parse("1. one\n2."), parse_finished("1. one\n2.\n"));
    assert_eq!(growing("42"), json!([{"t": "p", "c": ["42"]}]));
    assert_eq!(growing("one\n\n2"), tree("one\n\n2"));
}

#[test]
fn the_first_signs_of_bold_text_are_no_list_item_and_no_rule() {
    let mut document = Document::new();
    for _ in 0..3 {
        assert!(document.push("*").is_empty());
    }
    document.push("both");
    assert_eq!(
        json!(document.blocks()),
        json!([{"t": "p", "c": [{"t": "em", "c": [{"t": "strong", "c": ["both"]}]}]}])
    );
}

#[test]
fn a_heading_waits_for_its_text() {
    for hashes in ["#", "##", "######"] {
        assert!(parse(hashes).is_empty(), "{hashes}");
    }
    assert_eq!(growing("## T")[0]["t"], "h");
}

#[test]
fn what_the_line_has_opened_is_shown_as_if_it_were_closed() {
    let strong = |text: &str| json!([{"t": "strong", "c": [text]}]);
    for source in ["**bold", "**bold ", "**bold*", "**bold**"] {
        assert_eq!(inlines(source), strong("bold"), "{source}");
    }
    assert_eq!(inlines("**bold te"), strong("bold te"));
    assert_eq!(inlines("a *b"), json!(["a ", {"t": "em", "c": ["b"]}]));
    assert_eq!(inlines("a _b"), json!(["a ", {"t": "em", "c": ["b"]}]));
    assert_eq!(inlines("~~gone"), json!([{"t": "s", "c": ["gone"]}]));
    assert_eq!(inlines("~~gone~"), json!([{"t": "s", "c": ["gone"]}]));
    assert_eq!(
        inlines("`code *x"),
        json!([{"t": "code", "text": "code *x"}])
    );
    assert_eq!(inlines("``a ` b"), json!([{"t": "code", "text": "a ` b"}]));
    assert_eq!(inlines("``a ` b`"), json!([{"t": "code", "text": "a ` b"}]));
    assert_eq!(
        inlines("**a *b"),
        json!([{"t": "strong", "c": ["a ", {"t": "em", "c": ["b"]}]}])
    );
    assert_eq!(
        inlines("**a *b*"),
        json!([{"t": "strong", "c": ["a ", {"t": "em", "c": ["b"]}]}])
    );
    // In an item and a cell as in a paragraph.
    assert_eq!(
        growing("- a\n- **b")[0]["c"][1]["c"],
        json!([{"t": "p", "c": [{"t": "strong", "c": ["b"]}]}])
    );
    assert_eq!(
        growing("| a | b |\n|---|---|\n| *x | **y")[0]["c"][1],
        json!([["*x"], [{"t": "strong", "c": ["y"]}]])
    );
}

#[test]
fn what_is_no_opening_stays_as_it_is() {
    for source in [
        "2 * 3",
        "snake_case_na",
        "a \\*b",
        "5 ~ 6",
        "~5 or so",
        "a\\`b",
        "x** y",
    ] {
        assert_eq!(parse(source), parse_finished(source), "{source}");
    }
    // A line that has ended is read as it stands.
    assert_eq!(parse("**bold\n"), parse_finished("**bold\n"));
    assert_eq!(parse("**bold\nmore"), parse_finished("**bold\nmore"));
}

#[test]
fn a_mark_that_may_become_longer_waits() {
    for (source, shown) in [
        ("a *", "a"),
        ("a **", "a"),
        ("a `", "a"),
        ("a\\", "a"),
        ("a \\(", "a"),
    ] {
        assert_eq!(parse(source), parse(shown), "{source}");
    }
    assert_eq!(parse("*a*"), parse_finished("*a*"));
    assert_eq!(parse("`a`"), parse_finished("`a`"));
    assert_eq!(parse("2 \\*"), parse_finished("2 \\*"));
}

#[test]
fn a_link_whose_address_is_being_written_shows_its_text() {
    for source in [
        "see [the **docs**](",
        "see [the **docs**](https://exam",
        "see [the **docs**](https://a.b \"Ti",
    ] {
        assert_eq!(
            inlines(source),
            json!(["see the ", {"t": "strong", "c": ["docs"]}]),
            "{source}"
        );
    }
    assert_eq!(inlines("![a cat](https://exam"), json!(["a cat"]));
    assert_eq!(inlines("[a [b] c](https://exam"), json!(["a [b] c"]));
    assert_eq!(inlines("f[0](a b c"), json!(["f[0](a b c"]));
    assert_eq!(inlines("see [the docs"), json!(["see [the docs"]));
}

#[test]
fn a_table_is_one_from_its_first_line_on() {
    let head = json!([{"t": "table", "align": ["none", "none"], "c": [[["a"], ["b"]]]}]);
    for source in [
        "| a | b |",
        "| a | b |\n",
        "| a | b |\n|",
        "| a | b |\n|--",
        "| a | b |\n|---|---|",
    ] {
        assert_eq!(growing(source), head, "{source}");
    }
    assert_eq!(growing("| a | b")[0]["c"], json!([[["a"], ["b"]]]));
    assert_eq!(
        growing("| a | b |\n|---|:-:|\n| 1")[0]["c"][1],
        json!([["1"]])
    );
    // It was none.
    assert_eq!(growing("| a | b |\nc"), tree("| a | b |\nc"));
    assert_eq!(growing("a\n| b | c"), tree("a\n| b | c"));
    assert_eq!(growing("|"), tree("|"));
    // In code it is code.
    assert_eq!(
        growing("```\na\n\n| a | b |"),
        json!([{"t": "code", "c": [[" a\n\n| a | b |"]]}])
    );
}

#[test]
fn a_formula_is_one_from_its_opening_on() {
    assert_eq!(
        inlines("so \\(a_1 * b"),
        json!(["so ", {"t": "math", "tex": "a_1 * b", "display": false, "open": true}])
    );
    for source in [
        "\\[\nx = *1",
        "\\[\nx = *1\n",
        "$$\nx = *1",
        "$$\nx = *1\n",
        "$$\nx = *1\n$",
    ] {
        assert_eq!(
            growing(source),
            json!([{"t": "math", "tex": "x = *1", "open": true}]),
            "{source}"
        );
    }
    assert_eq!(growing("$$\nx\n$$\n"), json!([{"t": "math", "tex": "x"}]));
    // A dollar may be a price, and a paragraph that has ended holds no formula.
    assert_eq!(inlines("for $5 and"), json!(["for $5 and"]));
    assert_eq!(growing("\\(a\n\nb"), tree("\\(a\n\nb"));
}

#[test]
fn a_mark_that_has_its_line_end_is_read() {
    assert_eq!(
        growing("a\n-\n"),
        json!([{"t": "h", "level": 2, "c": ["a"]}])
    );
    assert_eq!(growing("---"), json!([{"t": "hr"}]));
}

#[test]
fn other_text_never_waits() {
    for text in [
        "a", "1", "1.", ">", "$", "|", "…", "a-", "-a", "!", "[", "(", "a_b",
    ] {
        assert!(!parse(text).is_empty(), "{text}");
    }
}

#[test]
fn finishing_reads_what_waited_and_more_may_follow() {
    let mut document = Document::new();
    document.push("Items:\n-");
    document.finish();
    assert_eq!(document.blocks(), parse_finished("Items:\n-"));
    document.push(" a");
    assert_eq!(document.blocks(), parse("Items:\n- a"));
    assert!(document.finish().is_empty());
}
