//! Which dollars and brackets are formulas.

use serde_json::{Value, json};

use crate::tree;

fn inline(tex: &str) -> Value {
    json!({"t": "math", "tex": tex, "display": false})
}

fn display(tex: &str) -> Value {
    json!({"t": "math", "tex": tex, "display": true})
}

fn paragraph(source: &str) -> Value {
    let tree = tree(source);
    assert_eq!(tree.as_array().unwrap().len(), 1, "{tree}");
    tree[0]["c"].clone()
}

#[test]
fn formulas_keep_their_latex_untouched_by_markdown() {
    assert_eq!(
        paragraph("a $x_1 * y_2 * z$ b"),
        json!(["a ", inline("x_1 * y_2 * z"), " b"])
    );
    assert_eq!(
        paragraph("a \\( x_1 \\\\ *y* \\) b"),
        json!(["a ", inline("x_1 \\\\ *y*"), " b"])
    );
    assert_eq!(paragraph("a $$x$$ b"), json!(["a ", display("x"), " b"]));
    assert_eq!(paragraph("a \\[x\\] b"), json!(["a ", display("x"), " b"]));
}

#[test]
fn a_displayed_formula_alone_is_a_block() {
    for source in ["$$x$$", "$$\nx\n$$", "\\[x\\]", "\\[\nx\n\\]\n"] {
        assert_eq!(tree(source), json!([{"t": "math", "tex": "x"}]), "{source}");
    }
    assert_eq!(
        paragraph("so\n$$\nx\n$$\nis"),
        json!(["so\n", display("x"), "\nis"])
    );
}

#[test]
fn amounts_of_money_are_text() {
    for source in [
        "$5 and $10",
        "$5-$10",
        "US$5 to US$10",
        "from $5, $6 or $7.",
        "$5",
        "R$ 5 or R$ 6",
        "$ 5$ 6",
        "a$",
        "$",
        "$$",
        "$$$",
        "$$$ a $$$",
        "$HOME and $PATH",
    ] {
        assert_eq!(tree(source), json!([{"t": "p", "c": [source]}]), "{source}");
    }
    assert_eq!(
        paragraph("**$20** and **$30**"),
        json!([{"t": "strong", "c": ["$20"]}, " and ", {"t": "strong", "c": ["$30"]}])
    );
    assert_eq!(paragraph("$5 for $x$"), json!(["$5 for ", inline("x")]));
    assert_eq!(paragraph("$3 \\times 4$"), json!([inline("3 \\times 4")]));
}

#[test]
fn a_backslash_takes_the_sign_away() {
    assert_eq!(paragraph("\\$5 and 6\\$"), json!(["$5 and 6$"]));
    assert_eq!(paragraph("$a\\$b$"), json!([inline("a\\$b")]));
    assert_eq!(paragraph("\\\\(a\\\\)"), json!(["\\(a\\)"]));
    assert_eq!(paragraph("\\(a"), json!(["(a"]));
}

#[test]
fn code_html_and_addresses_win_over_formulas() {
    assert_eq!(
        paragraph("`$a$` `\\(b\\)`"),
        json!([{"t": "code", "text": "$a$"}, " ", {"t": "code", "text": "\\(b\\)"}])
    );
    assert_eq!(
        tree("```\n$a$ \\[b\\]\n```"),
        json!([{"t": "code", "c": [[" $a$ \\[b\\]\n"]]}])
    );
    assert_eq!(
        paragraph("$a `b$` c"),
        json!(["$a ", {"t": "code", "text": "b$"}, " c"])
    );
    assert_eq!(
        paragraph("[a](https://x.y/$b$) $c$"),
        json!([{"t": "a", "href": "https://x.y/$b$", "c": ["a"]}, " ", inline("c")])
    );
    assert_eq!(
        paragraph("[$5](https://x.y/a$b)"),
        json!([{"t": "a", "href": "https://x.y/a$b", "c": ["$5"]}])
    );
    assert_eq!(paragraph("<https://x.y/$a$>")[0]["href"], "https://x.y/$a$");
    assert_eq!(paragraph("a <b c=\"$d$\"> e"), json!(["a <b c=\"$d$\"> e"]));
    assert_eq!(
        paragraph("![$a$](b$c$d)"),
        json!([{"t": "img", "src": "b$c$d", "alt": "$a$"}])
    );
}

#[test]
fn a_formula_stays_in_its_paragraph_heading_item_or_cell() {
    assert_eq!(
        tree("$a\n\nb$"),
        json!([{"t": "p", "c": ["$a"]}, {"t": "p", "c": ["b$"]}])
    );
    assert_eq!(tree("# $a\nb$")[0]["c"], json!(["$a"]));
    assert_eq!(
        tree("- \\(a\n- b\\)")[0]["c"][1]["c"],
        json!([{"t": "p", "c": ["b)"]}])
    );
    assert_eq!(
        tree("| $5 | 6$ |\n|---|---|\n| $x$ | \\(y\\) |")[0]["c"],
        json!([[["$5"], ["6$"]], [[inline("x")], [inline("y")]]])
    );
}

#[test]
fn a_displayed_formula_goes_on_over_lines_that_look_like_something_else() {
    assert_eq!(
        tree("\\[\na\n= b\n- c\n+ d\n# e\n\\]"),
        json!([{"t": "math", "tex": "a\n= b\n- c\n+ d\n# e"}])
    );
    assert_eq!(
        tree("> $$\n> a\n> - b\n> $$")[0]["c"],
        json!([{"t": "math", "tex": "a\n - b"}])
    );
    assert_eq!(tree("$$\na\n\nb\n$$").as_array().unwrap().len(), 2);
}

#[test]
fn formulas_can_be_emphasised_and_stand_in_any_script() {
    assert_eq!(
        paragraph("设$x$为**\\(y\\)**的"),
        json!(["设", inline("x"), "为", {"t": "strong", "c": [inline("y")]}, "的"])
    );
}

#[test]
fn a_formula_beyond_the_bound_is_text() {
    let long = "x".repeat(9000);
    assert_eq!(
        paragraph(&format!("${long}$")),
        json!([format!("${long}$")])
    );
}

#[test]
fn a_text_that_holds_the_sign_of_a_formulas_place_keeps_it() {
    assert_eq!(
        paragraph("\u{fdd0}0\u{fdd0} $x$"),
        json!(["\u{fdd0}0\u{fdd0} ", inline("x")])
    );
}
