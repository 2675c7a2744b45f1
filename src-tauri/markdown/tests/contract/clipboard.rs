//! The HTML of the rich clipboard.

use serein_markdown::{Block, Inline, inline_html, parse_finished, to_html};

fn html(source: &str) -> String {
    to_html(&parse_finished(source))
}

#[test]
fn every_text_is_escaped() {
    let hostile = "<script>alert('1')</script> & \"x\"";
    let escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;";
    assert_eq!(
        html(&format!("a {hostile}")),
        format!("<p>a {escaped}</p>\n")
    );
    assert_eq!(
        html(&format!("`{hostile}`")),
        format!("<p><code>{escaped}</code></p>\n")
    );
    assert_eq!(
        html(&format!("```\"><x\n{hostile}\n```")),
        format!("<pre><code class=\"language-&quot;&gt;&lt;x\">{escaped}\n</code></pre>\n")
    );
    assert_eq!(
        html("<img src=x onerror=y>"),
        "<pre>&lt;img src=x onerror=y&gt;</pre>\n"
    );
    assert_eq!(
        html("[a](<https://x.y/\"onclick='z'>)"),
        "<p><a href=\"https://x.y/&quot;onclick=&#39;z&#39;\">a</a></p>\n"
    );
}

#[test]
fn only_safe_addresses_are_links_even_in_a_tree_that_was_not_parsed() {
    let blocks = [Block::Paragraph {
        children: vec![Inline::Link {
            href: "javascript:alert(1)".into(),
            children: vec![Inline::Text("a".into())],
        }],
    }];
    assert_eq!(to_html(&blocks), "<p>a</p>\n");
    assert_eq!(
        html("![a](javascript:x) ![b](https://x.y)"),
        "<p>a <a href=\"https://x.y\">b</a></p>\n"
    );
}

#[test]
fn tables_are_tables() {
    assert_eq!(
        html("| a | b |\n|---|--:|\n| 1 | 2 |"),
        "<table border=\"1\" cellpadding=\"4\" style=\"border-collapse: collapse\">\
         <thead><tr><th align=\"left\">a</th><th align=\"right\">b</th></tr></thead><tbody>\
         <tr><td>1</td><td align=\"right\">2</td></tr></tbody></table>\n"
    );
}

#[test]
fn a_table_whose_head_is_empty_has_none() {
    let html = html("| | |\n|---|---|\n| 1 | 2 |");
    assert!(html.ends_with("<tbody><tr><td>1</td><td>2</td></tr></tbody></table>\n"));
    assert!(!html.contains("thead"), "{html}");
}

#[test]
fn what_stands_in_a_line_has_no_block_around_it() {
    let children = [
        Inline::Strong {
            children: vec![Inline::Text("a".into())],
        },
        Inline::Text(" <b>".into()),
    ];
    assert_eq!(inline_html(&children), "<strong>a</strong> &lt;b&gt;");
}

#[test]
fn an_image_that_the_reply_carries_is_its_description() {
    assert_eq!(
        html("![a dot](data:image/png;base64,AAAA)"),
        "<p>a dot</p>\n"
    );
    assert_eq!(html("![](data:image/png;base64,AAAA)"), "<p>Image</p>\n");
}

#[test]
fn tight_lists_have_no_paragraphs_and_loose_ones_do() {
    assert_eq!(
        html("1. a\n2. b\n   - [x] c"),
        "<ol><li>a</li>\n<li>b<ul><li style=\"list-style-type: none\">☑ c</li>\n</ul></li>\n</ol>\n"
    );
    assert_eq!(
        html("3. a\n\n4. b"),
        "<ol start=\"3\"><li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n"
    );
}

#[test]
fn the_rest_reads_well() {
    assert_eq!(html("## a\n\n---\n"), "<h2>a</h2>\n<hr>\n");
    assert_eq!(
        html("> [!NOTE]\n> *a* **b** ~~c~~"),
        "<blockquote><p><strong>Note</strong></p><p><em>a</em> <strong>b</strong> <s>c</s></p>\n</blockquote>\n"
    );
    assert_eq!(html("$a<b$<br>$$c$$"), "<p>$a&lt;b$<br>$$c$$</p>\n");
    assert_eq!(html("1. [ ] a"), "<ol><li>☐ a</li>\n</ol>\n");
}

#[test]
fn two_footnotes_of_one_place_stay_two() {
    let html = html("a[^1][^3] b[^1]\n\n[^1]: x\n\n[^3]: y");
    assert!(
        html.starts_with("<p>a<sup>1</sup><sup>, 3</sup> b<sup>1</sup></p>"),
        "{html}"
    );
}

#[test]
fn a_footnote_begins_with_its_label() {
    assert_eq!(
        html("a[^1]\n\n[^1]: b\n\n    c"),
        "<p>a<sup>1</sup></p>\n<p><sup>1</sup> b</p>\n<p>c</p>\n\n"
    );
    assert_eq!(
        html("a[^1]\n\n[^1]: - b"),
        "<p>a<sup>1</sup></p>\n<p><sup>1</sup></p>\n<ul><li>b</li>\n</ul>\n\n"
    );
}

#[test]
fn what_runs_from_right_to_left_says_so_and_stands_at_the_right() {
    let right = "dir=\"rtl\" style=\"text-align: right\"";
    assert_eq!(html("## שלום"), format!("<h2 {right}>שלום</h2>\n"));
    assert_eq!(
        html("1. שלום\n2. 12\n   - עולם"),
        format!("<ol {right}><li>שלום</li>\n<li>12<ul><li>עולם</li>\n</ul></li>\n</ol>\n")
    );
    assert_eq!(
        html("> שלום"),
        format!("<blockquote {right}><p>שלום</p>\n</blockquote>\n")
    );
    assert_eq!(
        html("| שלום | 1 |\n|---|---|"),
        format!(
            "<div {right}><table dir=\"rtl\" border=\"1\" cellpadding=\"4\" \
             style=\"border-collapse: collapse\"><thead><tr><th align=\"right\">שלום</th>\
             <th align=\"right\">1</th></tr></thead><tbody></tbody></table></div>\n"
        )
    );
}

#[test]
fn what_runs_the_other_way_in_it_says_so_too_and_code_does_always() {
    let left = "dir=\"ltr\" style=\"text-align: left\"";
    let mixed = html("- שלום\n- hello\n\n  ```\n  שלום\n  ```");
    assert!(
        mixed.contains(&format!("<li {left}><p>hello</p>")),
        "{mixed}"
    );
    assert!(mixed.contains("<pre><code>שלום"), "{mixed}");
    let quoted = html("> שלום\n>\n>     x");
    assert!(quoted.contains(&format!("<pre {left}><code>x")), "{quoted}");
}
