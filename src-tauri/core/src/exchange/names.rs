//! File names made of titles, which may hold anything; and text from outside on one line.

use std::collections::HashMap;

/// A name has at most so many bytes, without its ending and its number.
const NAME_BYTES: usize = 120;
/// Names that Windows keeps for its devices, whatever ending they have.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
    "com8", "com9", "com¹", "com²", "com³", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6",
    "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³", "conin$", "conout$",
];

/// A title as the name of a file, without an ending: a name on every system, and never a path.
pub fn file_name(title: &str) -> String {
    let mut name = String::new();
    for character in title.chars() {
        let character = match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            other if is_invisible(other) => continue,
            other if other.is_whitespace() => ' ',
            other if other.is_control() => ' ',
            other => other,
        };
        if character == ' ' && (name.is_empty() || name.ends_with(' ')) {
            continue;
        }
        if name.len() + character.len_utf8() > NAME_BYTES {
            break;
        }
        name.push(character);
    }
    let name = name
        .trim_start_matches(['.', ' ', '-', '~'])
        .trim_end_matches(['.', ' ']);
    let first = name.split('.').next().unwrap_or_default().trim_end();
    if name.is_empty() {
        "Untitled".to_owned()
    } else if RESERVED.contains(&first.to_lowercase().as_str()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// Names handed out in one folder, no two of which differ by case alone.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The number the next one like it is given.
    next: HashMap<String, u32>,
}

impl Names {
    /// A name for a title that has not been handed out yet, with an ending.
    pub(super) fn name(&mut self, title: &str, ending: &str) -> String {
        let base = file_name(title);
        let mut name = base.clone();
        let mut number = self.next.get(&base.to_lowercase()).copied().unwrap_or(1);
        loop {
            if number > 1 {
                name = format!("{base} ({number})");
            }
            number += 1;
            // "A (2)" may be a title of its own.
            let is_new = self.next.insert(name.to_lowercase(), 2).is_none();
            if is_new {
                self.next.insert(base.to_lowercase(), number);
                return format!("{name}.{ending}");
            }
        }
    }
}

/// Text from outside as it is shown in a list: one line, cut, without what turns text around.
pub(super) fn one_line(text: &str) -> String {
    const CHARACTERS: usize = 100;
    let mut line = String::new();
    let mut count = 0;
    for character in text.chars() {
        if is_invisible(character) {
            continue;
        }
        if count == CHARACTERS {
            line.push('…');
            break;
        }
        let is_space = character.is_whitespace() || character.is_control();
        line.push(if is_space { ' ' } else { character });
        count += 1;
    }
    line.trim().to_owned()
}

/// Characters that show nothing and change how what is around them is shown.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_no_path_no_device_and_nothing_hidden() {
        for (title, name) in [
            ("Why does it rain?", "Why does it rain-"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\Windows\\x", "C--Windows-x"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("Com¹ .a", "_Com¹ .a"),
            (".bashrc", "bashrc"),
            ("...", "Untitled"),
            ("", "Untitled"),
            ("dots... ", "dots"),
            ("gpj\u{202e}exe", "gpjexe"),
            ("a\nb\0c", "a b c"),
            ("<script>alert(1)</script>", "script-alert(1)--script-"),
            ("雨はなぜ降る", "雨はなぜ降る"),
        ] {
            assert_eq!(file_name(title), name, "{title:?}");
        }
    }

    #[test]
    fn a_file_name_has_a_length_any_system_takes_and_ends_with_a_whole_character() {
        let name = file_name(&"雨".repeat(5_000));
        assert!(name.len() <= NAME_BYTES && name.chars().all(|c| c == '雨'));
    }

    #[test]
    fn no_two_names_of_a_folder_are_the_same_whatever_their_case() {
        let mut names = Names::default();
        let all: Vec<String> = ["Rain", "rain", "Rain (2)", "RAIN", "Rain"]
            .map(|title| names.name(title, "md"))
            .into();
        assert_eq!(
            all,
            [
                "Rain.md",
                "rain (2).md",
                "Rain (2) (2).md",
                "RAIN (3).md",
                "Rain (4).md"
            ]
        );
    }

    #[test]
    fn text_from_outside_is_shown_on_one_line_and_cut() {
        assert_eq!(one_line("a\n\u{202e}b\tc"), "a b c");
        assert_eq!(one_line(&"x".repeat(500)).chars().count(), 101);
    }
}
