//! What is copied: rich text, and text for where only that is taken.

/// What a window sends of what is selected in it.
pub use serein_markdown::Block;
use serein_markdown::{inline_html, parse_finished, plain_text, to_html, to_markdown};

use crate::error::IpcError;
use crate::sentences;

/// Bytes of text that are copied at once.
const MOST: usize = 16 << 20;

/// Something for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// For programs that take rich text.
    pub html: String,
    /// For those that do not.
    pub text: String,
}

/// A whole message: as rich text, and its Markdown as it was written.
pub fn message(markdown: String) -> Clip {
    Clip {
        html: rich(&to_html(&parse_finished(&markdown))),
        text: markdown,
    }
}

/// What a window has selected: as rich text, and as Markdown. A part of a line is just its words.
///
/// # Errors
/// It is too long.
pub fn selection(blocks: &[Block]) -> Result<Clip, IpcError> {
    let words = plain_text(blocks);
    if words.len() > MOST {
        return Err(sentences::selection_too_long());
    }
    Ok(match blocks {
        [Block::Paragraph { children }] => Clip {
            html: rich(&inline_html(children)),
            text: words,
        },
        _ => Clip {
            html: rich(&to_html(blocks)),
            text: to_markdown(blocks),
        },
    })
}

/// Says which encoding it has: some programs guess.
fn rich(html: &str) -> String {
    format!("<meta charset=\"utf-8\">{html}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_copied_as_rich_text_and_as_it_was_written() {
        let clip = message("*a*\n\n```\nb".to_owned());
        assert_eq!(
            clip.html,
            "<meta charset=\"utf-8\"><p><em>a</em></p>\n<pre><code>b</code></pre>\n"
        );
        assert_eq!(clip.text, "*a*\n\n```\nb");
    }

    #[test]
    fn a_selection_is_copied_as_rich_text_and_as_markdown() {
        let clip = selection(&parse_finished("# a\n\n- *b*\n- c")).ok();
        let clip = clip.as_ref();
        assert_eq!(
            clip.map(|clip| clip.html.as_str()),
            Some(
                "<meta charset=\"utf-8\"><h1>a</h1>\n\
                 <ul><li><em>b</em></li>\n<li>c</li>\n</ul>\n"
            )
        );
        assert_eq!(
            clip.map(|clip| clip.text.as_str()),
            Some("# a\n\n- *b*\n- c")
        );
    }

    #[test]
    fn a_part_of_a_line_is_copied_as_its_words() {
        let clip = selection(&parse_finished("2 \\* **three** $x^2$")).ok();
        let clip = clip.as_ref();
        assert_eq!(
            clip.map(|clip| clip.html.as_str()),
            Some("<meta charset=\"utf-8\">2 * <strong>three</strong> $x^2$")
        );
        assert_eq!(clip.map(|clip| clip.text.as_str()), Some("2 * three x^2"));
    }

    #[test]
    fn a_selection_that_is_too_long_is_refused() {
        let long = |bytes| {
            [
                Block::Rule,
                Block::Paragraph {
                    children: vec![serein_markdown::Inline::Text("a".repeat(bytes))],
                },
            ]
        };
        assert!(selection(&long(MOST)).is_ok());
        assert!(selection(&long(MOST + 1)).is_err());
    }

    #[test]
    fn what_a_window_sends_is_a_tree_or_refused() {
        let read = |json: &str| serde_json::from_str::<Vec<Block>>(json).is_ok();
        assert!(read(
            r#"[{"t":"p","c":["a",{"t":"br"}]},{"t":"code","c":[[" x"]]}]"#
        ));
        for other in [
            r#"[{"t":"script","c":["a"]}]"#,
            r#"[{"t":"p","c":[{"t":"b","c":["a"]}]}]"#,
            r#"[{"t":"p"}]"#,
            r#"["a"]"#,
            r#"[{"t":"code","c":[["xx"]]}]"#,
            r#"[{"t":"table","align":["up"],"c":[]}]"#,
        ] {
            assert!(!read(other), "{other}");
        }
        let deep = format!(
            "{}{}",
            r#"[{"t":"quote","c":"#.repeat(100),
            "[]".to_owned() + &"}]".repeat(100)
        );
        assert!(!read(&deep));
    }
}
