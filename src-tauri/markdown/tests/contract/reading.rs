//! What is read, and into which nodes. The JSON is the contract with the window.

use serde_json::json;
use serein_markdown::{
    Alert, Block, CHUNK_LINES, MAX_LANG, MAX_LINK, parse_finished, plain_text, words,
};

use crate::tree;

#[test]
fn text_becomes_paragraphs_whose_line_ends_stay() {
    assert_eq!(
        tree("one\ntwo\n\nthree  \nfour"),
        json!([
            {"t": "p", "c": ["one\ntwo"]},
            {"t": "p", "c": ["three", {"t": "br"}, "four"]},
        ])
    );
}

#[test]
fn headings_and_rules_are_read() {
    assert_eq!(
        tree("# One\n\n###### Six\n\nTwo\n---\n\n***\n"),
        json!([
            {"t": "h", "level": 1, "c": ["One"]},
            {"t": "h", "level": 6, "c": ["Six"]},
            {"t": "h", "level": 2, "c": ["Two"]},
            {"t": "hr"},
        ])
    );
}

#[test]
fn emphasis_nests() {
    assert_eq!(
        tree("a **b *c* ~~d~~** `e`"),
        json!([{"t": "p", "c": [
            "a ",
            {"t": "strong", "c": ["b ", {"t": "em", "c": ["c"]}, " ", {"t": "s", "c": ["d"]}]},
            " ",
            {"t": "code", "text": "e"},
        ]}])
    );
}

#[test]
fn lists_say_where_they_start_and_whether_they_are_loose() {
    assert_eq!(
        tree("3. a\n4. b"),
        json!([{"t": "list", "start": 3, "loose": false, "c": [
            {"c": [{"t": "p", "c": ["a"]}]},
            {"c": [{"t": "p", "c": ["b"]}]},
        ]}])
    );
    assert_eq!(
        tree("- a\n\n- b"),
        json!([{"t": "list", "loose": true, "c": [
            {"c": [{"t": "p", "c": ["a"]}]},
            {"c": [{"t": "p", "c": ["b"]}]},
        ]}])
    );
}

#[test]
fn a_tight_item_keeps_its_text_and_its_nested_list_apart() {
    assert_eq!(
        tree("- a\n  - b"),
        json!([{"t": "list", "loose": false, "c": [{"c": [
            {"t": "p", "c": ["a"]},
            {"t": "list", "loose": false, "c": [{"c": [{"t": "p", "c": ["b"]}]}]},
        ]}]}])
    );
}

#[test]
fn task_items_know_whether_they_are_done() {
    assert_eq!(
        tree("- [x] a\n- [ ] b\n- c"),
        json!([{"t": "list", "loose": false, "c": [
            {"task": true, "c": [{"t": "p", "c": ["a"]}]},
            {"task": false, "c": [{"t": "p", "c": ["b"]}]},
            {"c": [{"t": "p", "c": ["c"]}]},
        ]}])
    );
}

#[test]
fn quotes_and_alerts_are_read() {
    assert_eq!(
        tree("> a\n\n> [!TIP]\n> b"),
        json!([
            {"t": "quote", "c": [{"t": "p", "c": ["a"]}]},
            {"t": "quote", "alert": "tip", "c": [{"t": "p", "c": ["b"]}]},
        ])
    );
    let Block::Quote { alert, .. } = &parse_finished("> [!CAUTION]\n> x")[0] else {
        panic!("an alert is a quote");
    };
    assert_eq!(*alert, Some(Alert::Caution));
}

#[test]
fn tables_have_a_head_and_alignments_and_leave_empty_cells_at_the_end_out() {
    assert_eq!(
        tree("| a | b | c |\n|:--|:-:|--:|\n| 1 |\n| | *2* |"),
        json!([{"t": "table", "align": ["left", "center", "right"], "c": [
            [["a"], ["b"], ["c"]],
            [["1"]],
            [[], [{"t": "em", "c": ["2"]}]],
        ]}])
    );
}

#[test]
fn code_comes_in_pieces_of_some_lines_with_its_language() {
    let lines: Vec<String> = (0..2 * CHUNK_LINES + 1)
        .map(|n| format!("line {n}\n"))
        .collect();
    let source = format!("```text,ignore\n{}```", lines.concat());
    let pieces = lines
        .chunks(CHUNK_LINES)
        .map(|piece| [format!(" {}", piece.concat())]);
    assert_eq!(
        tree(&source),
        json!([{"t": "code", "lang": "text", "c": pieces.collect::<Vec<_>>()}])
    );
}

#[test]
fn code_without_a_language_has_none() {
    assert_eq!(tree("```\na\n```"), json!([{"t": "code", "c": [[" a\n"]]}]));
    assert_eq!(tree("    a\n"), json!([{"t": "code", "c": [[" a\n"]]}]));
    assert_eq!(tree("```\n```"), json!([{"t": "code", "c": []}]));
}

#[test]
fn raw_html_is_text() {
    assert_eq!(
        tree("<script>alert(1)</script>\n\na <b onclick=x>b</b>"),
        json!([
            {"t": "html", "c": [[" <script>alert(1)</script>\n"]]},
            {"t": "p", "c": ["a <b onclick=x>b</b>"]},
        ])
    );
}

#[test]
fn a_br_tag_breaks_the_line_because_cells_have_no_other_way() {
    assert_eq!(
        tree("a<br>b<br/>c<BR />d"),
        json!([{"t": "p", "c": ["a", {"t": "br"}, "b", {"t": "br"}, "c", {"t": "br"}, "d"]}])
    );
}

#[test]
fn links_lead_to_http_https_and_mailto() {
    assert_eq!(
        tree("[a](https://x.y/z \"title\") [b](HTTP://x.y) <mailto:a@b.c> <a@b.c>"),
        json!([{"t": "p", "c": [
            {"t": "a", "href": "https://x.y/z", "c": ["a"]}, " ",
            {"t": "a", "href": "HTTP://x.y", "c": ["b"]}, " ",
            {"t": "a", "href": "mailto:a@b.c", "c": ["mailto:a@b.c"]}, " ",
            {"t": "a", "href": "mailto:a@b.c", "c": ["a@b.c"]},
        ]}])
    );
}

#[test]
fn links_to_anything_else_leave_their_text() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "ftp://x.y",
        "tauri://localhost",
        "//x.y",
        "/relative",
        "#anchor",
        "http:x",
        "https://",
        "mailto:",
        "java&#10;script:alert(1)",
        "https://a&#10;b",
        "",
    ] {
        assert_eq!(
            tree(&format!("a [*b*](<{address}>) c")),
            json!([{"t": "p", "c": ["a ", {"t": "em", "c": ["b"]}, " c"]}]),
            "{address}"
        );
    }
}

#[test]
fn a_link_longer_than_the_bound_leaves_its_text() {
    let fits = format!("https://x.y/{}", "a".repeat(MAX_LINK - 12));
    assert_eq!(tree(&format!("[b]({fits})"))[0]["c"][0]["href"], fits);
    assert_eq!(
        tree(&format!("[b]({fits}a)")),
        json!([{"t": "p", "c": ["b"]}])
    );
}

#[test]
fn images_are_their_description_and_address_and_nothing_is_left_of_what_is_too_long() {
    assert_eq!(
        tree("![a *b* `c`](javascript:x)"),
        json!([{"t": "p", "c": [{"t": "img", "src": "javascript:x", "alt": "a b c"}]}])
    );
    let long = format!("https://x.y/{}", "a".repeat(100_000));
    let tree = tree(&format!("![]({long})"));
    assert_eq!(tree[0]["c"][0]["src"], long[..MAX_LINK]);
}

#[test]
fn a_language_and_a_label_are_cut_at_their_bound() {
    let long = "é".repeat(1000);
    let language = tree(&format!("```{long}\n```"));
    assert_eq!(language[0]["lang"], "é".repeat(MAX_LANG / 2));
    let long = "é".repeat(400);
    let label = tree(&format!("a[^{long}]\n\n[^{long}]: b"));
    assert_eq!(label[0]["c"][1]["label"], "é".repeat(MAX_LANG / 2));
}

#[test]
fn addresses_written_bare_become_links_without_the_sentence_around_them() {
    let cases = [
        ("see https://x.y/a_(b)", "https://x.y/a_(b)", ""),
        ("see (https://x.y/a).", "https://x.y/a", ")."),
        (
            "see http://localhost:80/?q=a&b=c, so",
            "http://localhost:80/?q=a&b=c",
            ", so",
        ),
        ("看https://x.y。好", "https://x.y", "。好"),
        ("see HTTPS://X.Y!", "HTTPS://X.Y", "!"),
    ];
    for (source, href, after) in cases {
        let tree = tree(source);
        let children = tree[0]["c"].as_array().unwrap();
        assert_eq!(children[1]["href"], href, "{source}");
        assert_eq!(children[1]["c"], json!([href]), "{source}");
        let rest = children.get(2).and_then(|c| c.as_str()).unwrap_or_default();
        assert_eq!(rest, after, "{source}");
    }
    assert_eq!(tree("www.x.y")[0]["c"][0]["href"], "http://www.x.y");
}

#[test]
fn what_only_resembles_an_address_stays_text() {
    for source in [
        "www.",
        "www.x",
        "http://",
        "https://)",
        "xhttp://a.b",
        "ahttps://a.b",
        "ftp://a.b",
        "a@b.c",
    ] {
        assert_eq!(tree(source), json!([{"t": "p", "c": [source]}]));
    }
    assert_eq!(
        tree("[https://a.b](https://c.d) `https://e.f`"),
        json!([{"t": "p", "c": [
            {"t": "a", "href": "https://c.d", "c": ["https://a.b"]},
            " ",
            {"t": "code", "text": "https://e.f"},
        ]}])
    );
}

#[test]
fn footnotes_stand_where_they_are_written() {
    assert_eq!(
        tree("a[^n]\n\n[^n]: *b*\n\nc"),
        json!([
            {"t": "p", "c": ["a", {"t": "ref", "label": "n"}]},
            {"t": "footnote", "label": "n", "c": [{"t": "p", "c": [{"t": "em", "c": ["b"]}]}]},
            {"t": "p", "c": ["c"]},
        ])
    );
}

#[test]
fn plain_text_is_the_words_without_what_shapes_them() {
    let source = "# *A* [b](https://x.y)\n\n- c `d`\n- ![e](f)\n\n| g | h |\n|---|---|\n| i | $j$ |\n\n```rust\nk\n```\n\n> l<br>m\n";
    assert_eq!(
        plain_text(&parse_finished(source)),
        "A b\nc d\ne\ng\th\ni\tj\nk\nl\nm"
    );
    assert_eq!(words(source), plain_text(&parse_finished(source)));
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(tree(""), json!([]));
    assert_eq!(tree(" \n\t\n"), json!([]));
    assert_eq!(plain_text(&[]), "");
}
