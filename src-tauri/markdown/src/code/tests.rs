//! What is coloured how.

use super::*;

/// The runs of a block that has a class, as `class:text`.
fn runs(lang: &str, text: &str) -> Vec<String> {
    Colours::default()
        .chunks(Some(lang), text, true)
        .iter()
        .flat_map(|chunk| &chunk.0)
        .filter_map(|token| Some(format!("{:?}:{}", token.class()?, token.text().trim())))
        .collect()
}

fn has(lang: &str, text: &str, expected: &[&str]) {
    let found = runs(lang, text);
    for run in expected {
        assert!(found.iter().any(|r| r == run), "{lang}: {run} in {found:?}");
    }
}

#[test]
fn every_rule_is_a_scope() {
    assert!(RULES.len() > 40);
}

#[test]
fn every_alias_names_a_grammar() {
    for (alias, name) in ALIASES {
        assert!(syntax(alias).is_some(), "{alias} -> {name}");
    }
}

#[test]
fn the_languages_people_use_have_colours() {
    has(
        "rust",
        "// note\nfn main() { let x = \"a\\n\"; Some(1) }\n",
        &[
            "Comment:// note",
            "Keyword:fn",
            "Function:main",
            "String:\"a",
            "Escape:\\n",
            "Number:1",
        ],
    );
    has(
        "python",
        "def f(x):\n    return True\n",
        &["Keyword:def", "Function:f", "Constant:True"],
    );
    has("ts", "export const a: number = 1;\n", &["Number:1"]);
    has("js", "const a = () => null;\n", &["Constant:null"]);
    has(
        "json",
        "{\"a\": [1, true]}\n",
        &["Number:1", "Constant:true"],
    );
    has(
        "html",
        "<a href=\"x\">y</a>\n",
        &["Tag:a", "Attribute:href", "String:\"x\""],
    );
    has("css", "a { color: red; }\n", &["Property:color"]);
    has(
        "bash",
        "if true; then echo \"$HOME\"; fi\n",
        &["Keyword:if"],
    );
    has("sql", "SELECT 1 FROM t;\n", &["Number:1"]);
    for lang in [
        "c",
        "cpp",
        "c++",
        "csharp",
        "java",
        "kotlin",
        "swift",
        "go",
        "ruby",
        "php",
        "yaml",
        "toml",
        "xml",
        "lua",
        "perl",
        "r",
        "scala",
        "haskell",
        "elixir",
        "dart",
        "zig",
        "tsx",
        "jsx",
        "vue",
        "svelte",
        "graphql",
        "dockerfile",
        "makefile",
        "powershell",
        "latex",
        "markdown",
        "ini",
        "nix",
        "julia",
        "ocaml",
        "clojure",
        "erlang",
        "cmake",
        "proto",
    ] {
        assert!(syntax(lang).is_some(), "{lang}");
    }
}

#[test]
fn a_diff_is_coloured_by_the_line() {
    has(
        "diff",
        "@@ -1 +1 @@\n-old\n+new\n same\n",
        &["Heading:@@ -1 +1 @@", "Deleted:-old", "Inserted:+new"],
    );
}

#[test]
fn an_unknown_language_and_none_are_plain() {
    assert!(runs("no-such-language", "let a = 1;\n").is_empty());
    let chunks = Colours::default().chunks(None, "let a = 1;\n", true);
    assert_eq!(chunks, plain("let a = 1;\n"));
}

#[test]
fn colours_do_not_depend_on_how_a_text_arrived() {
    let text = "/* a\n b */ fn f() {\n  \"x\n y\" }\n// end";
    let mut colours = Colours::default();
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        colours.begin();
        let grown = colours.chunks(Some("rust"), &text[..end], false);
        let at_once = Colours::default().chunks(Some("rust"), &text[..end], false);
        assert_eq!(grown, at_once, "{end}");
    }
    // A text that is another one is not taken for a continuation.
    colours.begin();
    let other = colours.chunks(Some("rust"), "let b = 2;\n", false);
    assert_eq!(
        other,
        Colours::default().chunks(Some("rust"), "let b = 2;\n", false)
    );
}

#[test]
fn a_line_is_coloured_when_it_is_whole_or_its_text_is() {
    let mut colours = Colours::default();
    assert_eq!(colours.chunks(Some("rust"), "let a", false), plain("let a"));
    colours.begin();
    assert_ne!(colours.chunks(Some("rust"), "let a", true), plain("let a"));
    colours.begin();
    assert_ne!(
        colours.chunks(Some("rust"), "let a\n", false),
        plain("let a\n")
    );
}

#[test]
fn long_lines_and_what_follows_a_huge_block_are_plain() {
    let long = format!("let a = \"{}\";\n", "x".repeat(MAX_LINE));
    assert!(runs("rust", &long).is_empty());
    assert!(!runs("rust", &format!("{long}let b = 1;\n")).is_empty());
    let huge = "let a = 1;\n".repeat(MAX_COLOURED / 11 + 2 * CHUNK_LINES);
    let chunks = Colours::default().chunks(Some("rust"), &huge, true);
    let last = chunks.last().map(|chunk| chunk.0.as_slice());
    assert!(matches!(last, Some([Token::Text(text)]) if text.starts_with("let a")));
}
