//! What patches look like: their JSON is the contract with the window, and their size the point of them.

use serde_json::{Value, json};
use serein_markdown::{CHUNK_LINES, Document, Op, Patch, apply, parse};

/// What the last of these pushes does.
fn patch(pushes: &[&str]) -> Value {
    let mut document = Document::new();
    let mut patch = Patch::default();
    for push in pushes {
        patch = document.push(push);
    }
    json!(patch)
}

#[test]
fn the_first_text_appends_a_block() {
    assert_eq!(
        patch(&["Hello"]),
        json!([["blocks", [], 0, [{"t": "p", "c": ["Hello"]}]]])
    );
}

#[test]
fn more_text_is_appended_wherever_it_stands() {
    let cases: [(&str, Value); 7] = [
        ("a\n\nHello", json!([1, 0])),
        ("# Hello", json!([0, 0])),
        ("- a\n- Hello", json!([0, 1, 0, 0])),
        ("> > Hello", json!([0, 0, 0, 0])),
        ("| a | b |\n|---|---|\n| 1 | Hello", json!([0, 1, 1, 0])),
        ("```\nHello", json!([0, 0, 0])),
        ("<div>Hello", json!([0, 0, 0])),
    ];
    for (source, at) in cases {
        assert_eq!(
            patch(&[source, " world"]),
            json!([["text", at, " world"]]),
            "{source}"
        );
    }
}

#[test]
fn a_text_of_which_less_remains_is_cut_in_utf16_units() {
    assert_eq!(
        patch(&["👩 漢 [b", "](x"]),
        json!([["text", [0, 0], "b", 5]])
    );
}

#[test]
fn finished_blocks_are_not_in_a_patch() {
    let before = "Done. **Really**.\n\n".repeat(200);
    assert_eq!(
        patch(&[&before, "# New"]),
        json!([["blocks", [], 200, [{"t": "h", "level": 1, "c": ["New"]}]]])
    );
}

#[test]
fn a_list_that_becomes_loose_keeps_its_items() {
    assert_eq!(
        patch(&["- a\n- b\n", "\n- c"]),
        json!([
            ["loose", [0], true],
            ["items", [0], 2, [{"c": [{"t": "p", "c": ["c"]}]}]],
        ])
    );
}

#[test]
fn rows_cells_and_pieces_of_code_are_appended() {
    assert_eq!(
        patch(&["| a | b |\n|---|---|\n| 1 |", "\n| 2 |"]),
        json!([["rows", [0], 2, [[["2"]]]]])
    );
    assert_eq!(
        patch(&["| a | b |\n|---|---|\n| 1", " | 2"]),
        json!([["cells", [0, 1], 1, [["2"]]]])
    );
    assert_eq!(
        patch(&[&format!("```\n{}", "x\n".repeat(CHUNK_LINES)), "y"]),
        json!([["chunks", [0], 1, [[" y"]]]])
    );
}

#[test]
fn a_patch_of_plain_text_is_as_long_as_the_text_and_a_few_bytes() {
    let mut document = Document::new();
    document.push(&"The quick brown fox. ".repeat(500));
    let text = "It jumps over the lazy dog and goes on for a while, as dogs do.";
    let bytes = serde_json::to_string(&document.push(text)).unwrap().len();
    assert!(bytes < text.len() + 50, "{bytes}");
}

#[test]
fn pushing_nothing_does_nothing() {
    let mut document = Document::new();
    document.push("a");
    assert!(document.push("").is_empty());
    assert!(Patch::default().is_empty());
    assert_eq!(json!(Patch::default()), json!([]));
}

#[test]
fn a_patch_for_another_tree_is_skipped_where_it_does_not_fit() {
    let mut blocks = parse("a");
    let patch = Patch(vec![
        Op::Text {
            at: vec![7, 7],
            keep: None,
            add: "x".into(),
        },
        Op::Rows {
            at: vec![0],
            keep: 0,
            add: vec![],
        },
        Op::Loose {
            at: vec![],
            loose: true,
        },
        Op::Blocks {
            at: vec![0, 0, 0, 0],
            keep: 9,
            add: vec![],
        },
    ]);
    apply(&mut blocks, &patch);
    assert_eq!(blocks, parse("a"));
}
