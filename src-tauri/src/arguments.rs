//! What the command line asks for; also that of a second start, which the first instance answers.

/// The command line, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// `--demo`: on the simulated service.
    pub(crate) demo: bool,
    /// `--hidden`: no window until one is asked for. Autostart says so.
    pub(crate) hidden: bool,
    /// `--quick`: the quick ask, with what follows in its field.
    pub(crate) quick: Option<Quick>,
}

/// `--quick`, or `--quick "some text"`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Quick {
    pub(crate) text: Option<String>,
}

impl Arguments {
    /// Reads the command line without the program's own name. What it does not know is left alone: desktops
    /// add words of their own.
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Self {
        let mut arguments = Self::default();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--demo" => arguments.demo = true,
                "--hidden" => arguments.hidden = true,
                "--quick" => {
                    let mut text: Vec<String> = Vec::new();
                    while let Some(part) = words.next_if(|part| !part.starts_with("--")) {
                        text.push(part);
                    }
                    let text = text.join(" ");
                    let text = (!text.trim().is_empty()).then_some(text);
                    arguments.quick = Some(Quick { text });
                }
                _ => {}
            }
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Arguments {
        Arguments::read(line.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn quick_takes_the_words_behind_it() {
        let text = |line: &[&str]| read(line).quick.map(|quick| quick.text);
        assert_eq!(text(&[]), None);
        assert_eq!(text(&["--quick"]), Some(None));
        assert_eq!(text(&["--quick", "  "]), Some(None));
        assert_eq!(
            text(&["--quick", "what is - a dash?"]),
            Some(Some("what is - a dash?".to_owned()))
        );
        assert_eq!(
            text(&["--quick", "two", "words", "--demo"]),
            Some(Some("two words".to_owned()))
        );
    }

    #[test]
    fn flags_are_read_wherever_they_stand() {
        let arguments = read(&["--quick", "--hidden", "--what-a-desktop-adds", "--demo"]);
        assert!(arguments.demo && arguments.hidden);
        assert_eq!(arguments.quick, Some(Quick::default()));
    }
}
