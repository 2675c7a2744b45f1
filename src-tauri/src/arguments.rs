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

/// What `--help` says.
pub(crate) const USAGE: &str = "\
Usage: serein [OPTIONS]

Without options it shows the main window. Where Serein runs already, that one is spoken to.

Options:
      --quick [TEXT]  show quick ask, with the text in its field
      --hidden        start without a window
      --demo          on a simulated SereChat, in builds that have one
  -h, --help          print this and end
  -V, --version       print the version and end

Words behind -- are text, whatever they begin with.";

/// What `--version` says.
pub(crate) const VERSION: &str = concat!("Serein ", env!("CARGO_PKG_VERSION"));

/// A command line that asks for no window.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    /// Something to be printed, and that is all.
    Print(&'static str),
    /// It cannot be understood: why, in a sentence.
    Refuse(String),
}

impl Arguments {
    /// Reads the command line without the program's own name.
    ///
    /// # Errors
    /// What to do in place of starting.
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Result<Self, Instead> {
        let mut arguments = Self::default();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--help" | "-h" => return Err(Instead::Print(USAGE)),
                "--version" | "-V" => return Err(Instead::Print(VERSION)),
                "--demo" => arguments.demo = true,
                "--hidden" => arguments.hidden = true,
                "--quick" => {
                    let mut text: Vec<String> = Vec::new();
                    while let Some(part) = words.next_if(|part| !part.starts_with("--")) {
                        text.push(part);
                    }
                    if words.next_if_eq("--").is_some() {
                        text.extend(words.by_ref());
                    }
                    let text = text.join(" ");
                    let text = (!text.trim().is_empty()).then_some(text);
                    arguments.quick = Some(Quick { text });
                }
                // What macOS adds when an app is opened from the Finder.
                word if word.starts_with("-psn_") => {}
                word if word.starts_with('-') => {
                    return Err(Instead::Refuse(format!(
                        "Serein has no option {word}. `serein --help` lists those it has."
                    )));
                }
                // Files that a desktop opens apps with: nothing here opens any.
                _ => {}
            }
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Arguments, Instead> {
        Arguments::read(line.iter().map(|word| (*word).to_owned()))
    }

    fn understood(line: &[&str]) -> Arguments {
        match read(line) {
            Ok(arguments) => arguments,
            Err(instead) => panic!("{line:?} leads to {instead:?}"),
        }
    }

    #[test]
    fn quick_takes_the_words_behind_it() {
        let text = |line: &[&str]| understood(line).quick.map(|quick| quick.text);
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
        assert_eq!(
            text(&["--quick", "--", "--demo", "is a flag"]),
            Some(Some("--demo is a flag".to_owned()))
        );
    }

    #[test]
    fn flags_are_read_wherever_they_stand() {
        let arguments = understood(&["--quick", "--hidden", "a-file", "-psn_0_1", "--demo"]);
        assert!(arguments.demo && arguments.hidden);
        assert_eq!(arguments.quick, Some(Quick::default()));
    }

    #[test]
    fn help_and_version_are_printed_in_place_of_starting() {
        for line in [&["--help"][..], &["-h"], &["--demo", "--help"]] {
            assert_eq!(read(line), Err(Instead::Print(USAGE)));
        }
        assert_eq!(read(&["-V"]), Err(Instead::Print(VERSION)));
        for option in ["--quick", "--hidden", "--demo", "--help", "--version"] {
            assert!(USAGE.contains(option), "{option}");
        }
    }

    #[test]
    fn an_option_there_is_not_is_refused_by_name() {
        for (line, option) in [
            (&["--qiuck"][..], "--qiuck"),
            (&["-q"], "-q"),
            (&["--quick", "--text"], "--text"),
        ] {
            let Err(Instead::Refuse(sentence)) = read(line) else {
                panic!("{line:?} is read");
            };
            assert!(sentence.contains(option), "{sentence}");
        }
    }
}
