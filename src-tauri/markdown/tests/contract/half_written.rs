//! What a reply looks like while its last line is being written.

use serde_json::json;
use serein_markdown::{Document, parse};

use crate::tree;

#[test]
fn an_open_fence_is_a_code_block() {
    assert_eq!(
        tree("```rust\nlet a"),
        json!([{"t": "code", "lang": "rust", "c": [["let a"]]}])
    );
}

#[test]
fn half_a_closing_fence_is_not_shown_as_code() {
    assert_eq!(parse("```\na\n``"), parse("```\na\n"));
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
fn the_first_sign_of_bold_text_is_no_list_item() {
    let mut document = Document::new();
    assert!(document.push("*").is_empty());
    assert!(document.push("*").is_empty());
    document.push("bold");
    assert_eq!(
        json!(document.blocks()),
        json!([{"t": "p", "c": ["**bold"]}])
    );
}

#[test]
fn the_second_line_of_a_table_waits_until_it_is_whole() {
    let head = parse("| a | b |\n");
    for second in ["|", "|-", "|---|", "|---|:-", "| --- | --- |"] {
        assert_eq!(parse(&format!("| a | b |\n{second}")), head, "{second}");
    }
    assert_eq!(tree("| a | b |\n|---|---|\n")[0]["t"], "table");
}

#[test]
fn a_mark_that_has_its_line_end_is_read() {
    assert_eq!(tree("a\n-\n"), json!([{"t": "h", "level": 2, "c": ["a"]}]));
    assert_eq!(tree("---"), json!([{"t": "hr"}]));
}

#[test]
fn other_text_never_waits() {
    for text in ["a", "1", "1.", ">", "$", "|", "…", "a-", "-a", "!"] {
        assert!(!parse(text).is_empty(), "{text}");
    }
}
