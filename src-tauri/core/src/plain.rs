//! Titles and names, made harmless wherever they come from: a model, an import, or what was pasted.

/// The characters of a text as they may stand in a title or a name: what turns text around is gone, and
/// what breaks a line or cannot be shown is a space.
pub(crate) fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| !turns_text(*character))
        .map(|character| if breaks(character) { ' ' } else { character })
}

/// Whether a text holds something that turns text around.
pub(crate) fn holds_turns(text: &str) -> bool {
    text.chars().any(turns_text)
}

/// What changes how the text around it is shown: embeddings, overrides and isolates (UAX #9, section 2), the
/// deprecated format characters, and those of annotations. The marks of a single direction, and what joins
/// letters and emoji, belong to well-written text.
fn turns_text(character: char) -> bool {
    matches!(
        character,
        '\u{180e}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

fn breaks(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_around_goes_and_what_text_needs_stays() {
        for (text, made) in [
            ("gpj\u{202e}exe", "gpjexe"),
            ("\u{2066}a\u{2069}\u{feff}", "a"),
            ("a\nb\tc\0d\u{85}e\u{2028}f", "a b c d e f"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("\u{200f}(א)", "\u{200f}(א)"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
        ] {
            assert_eq!(plain(text).collect::<String>(), made, "{text:?}");
        }
        assert!(holds_turns("a\u{2067}") && !holds_turns("a\u{200f}\n"));
    }
}
