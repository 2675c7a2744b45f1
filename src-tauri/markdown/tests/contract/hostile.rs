//! Text that wants to do harm: it costs what its length costs, and the tree stays shallow.

use serde_json::Value;
use serein_markdown::{Document, MAX_DEPTH, apply, parse, plain_text, to_html};

/// How deep arrays and objects nest in the JSON.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// On a small stack, so that recursion over the input's nesting would show.
fn on_a_small_stack(check: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(check)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn nesting_is_bounded_and_what_is_deeper_keeps_its_text() {
    on_a_small_stack(|| {
        for opener in [
            ">", "> ", "- ", "1. ", "* > ", "[", "![", "*a **b ", "~~a *b ", "(", "<", "$", "\\(",
            "a`",
        ] {
            let source = format!("{}needle", opener.repeat(100_000));
            let blocks = parse(&source);
            assert!(plain_text(&blocks).contains("needle"), "{opener}");
            let _ = to_html(&blocks);
            // A list takes four levels of JSON, a list and a quote six.
            assert!(
                depth(&serde_json::json!(blocks)) <= 6 * MAX_DEPTH + 8,
                "{opener}"
            );
        }
    });
}

#[test]
fn spans_that_do_close_are_bounded_too() {
    on_a_small_stack(|| {
        let source = format!(
            "{}needle{}",
            "*a **b ".repeat(5_000),
            " c** d*".repeat(5_000)
        );
        let blocks = parse(&source);
        assert!(!plain_text(&blocks).contains('*'));
        assert!(plain_text(&blocks).contains("needle"));
        assert!(depth(&serde_json::json!(blocks)) <= 4 * MAX_DEPTH + 8);
        let source = format!("{}needle{}", "![".repeat(5_000), "](x)".repeat(5_000));
        assert_eq!(plain_text(&parse(&source)), "needle");
    });
}

#[test]
fn deep_trees_are_patched_like_shallow_ones() {
    on_a_small_stack(|| {
        let mut document = Document::new();
        let mut shown = Vec::new();
        for piece in [
            "> - ".repeat(500).as_str(),
            "a",
            " b\n",
            "> - c\n\n",
            "- [ ] d",
            "- [x] e",
        ] {
            apply(&mut shown, &document.push(piece));
            assert_eq!(shown, parse(document.source()));
        }
    });
}

#[test]
fn a_task_in_an_item_that_is_too_deep_keeps_its_box_as_text() {
    let source = format!("{}[x] needle", "- ".repeat(100));
    assert!(plain_text(&parse(&source)).contains("[x] needle"));
}

#[test]
fn a_table_costs_what_its_text_costs() {
    // 2,000 columns by 20,000 rows would be 40 million cells; the text has 22,000.
    let source = format!(
        "{}|\n{}|\n{}",
        "|a".repeat(2_000),
        "|-".repeat(2_000),
        "|b\n".repeat(20_000)
    ) + "\n# needle\n";
    assert!(plain_text(&parse(&source)).ends_with("\nneedle"));
    let json = serde_json::to_string(&parse(&source)).unwrap();
    assert!(
        json.len() < 10 * source.len(),
        "{} for {}",
        json.len(),
        source.len()
    );
    assert!(to_html(&parse(&source)).len() < 20 * source.len());
}

#[test]
fn many_openings_without_an_end_are_looked_at_once() {
    for opening in [
        "\\(a ", "\\[", "\\[\n", "$$a ", "$a\n", "$1 $", "| \\( ", "www.", "http://", "http://-",
        "www.a.(", "[a](", "<a ", "`$` \\(", "> \\[ > ", "[^a]: $", "&", "![](", "](", "- \\[\n",
    ] {
        let source = opening.repeat(20_000);
        let blocks = parse(&source);
        assert!(!blocks.is_empty(), "{opening}");
    }
}
