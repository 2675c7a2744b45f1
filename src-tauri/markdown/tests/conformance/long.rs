//! The law, on texts that outgrow what is simply read again: finished prefixes are left alone there, and
//! link reference definitions must reach across them, forwards and backwards.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;

use crate::examples;
use crate::law::{self, hold, sizes};

/// What a long text is made of.
#[derive(Debug, Clone)]
enum Part {
    /// An example, and what stands behind it.
    Example(&'static str, &'static str),
    /// References to what is defined elsewhere, or nowhere.
    Use(u16),
    /// A definition.
    Define(u16),
    /// A paragraph like a reply's.
    Prose,
    /// Code, in pieces of some lines.
    Code(usize),
}

impl Part {
    fn write(&self, out: &mut String) {
        match self {
            Self::Example(text, end) => out.extend([*text, *end]),
            Self::Use(label) => out.push_str(&format!(
                "As [label {label}], *[shown][Label {label}]* and ![drawn][label {label}] say.\n\n"
            )),
            Self::Define(label) => out.push_str(&format!(
                "[Label {label}]: https://example.org/{label} 'title'\n\n"
            )),
            Self::Prose => out.push_str(&"Some **words** of `prose`, and $x^2$ more. ".repeat(8)),
            Self::Code(lines) => {
                let line = "let number = \"text\"; // and a comment\n";
                out.push_str(&format!("\n\n```rust\n{}```\n\n", line.repeat(*lines)));
            }
        }
    }
}

/// An example that leaves what follows it alone: without a definition (the labels of the examples are the
/// same few), without a footnote, which has a whole text read at once.
fn is_calm(text: &str) -> bool {
    !text.contains("]:") && !text.contains("[^")
}

fn example(among: impl Fn(&str) -> bool) -> impl Strategy<Value = Part> {
    let texts: Vec<&str> = examples::all()
        .map(|example| example.markdown.as_str())
        .filter(|text| among(text))
        .collect();
    (select(texts), select(vec!["", "\n", "\n\n"])).prop_map(|(text, end)| Part::Example(text, end))
}

/// Between so many parts, of which `wild` in a hundred may be any example.
fn text(parts: std::ops::Range<usize>, wild: u32) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        60 => example(is_calm),
        wild + 1 => example(|_| true),
        // So many labels that few are defined twice.
        12 => (0..2_000_u16).prop_map(Part::Use),
        3 => (0..2_000_u16).prop_map(Part::Define),
        20 => Just(Part::Prose),
        2 => (1..100_usize).prop_map(Part::Code),
    ];
    prop::collection::vec(part, parts).prop_map(|parts| {
        let mut text = String::new();
        parts.iter().for_each(|part| part.write(&mut text));
        text
    })
}

/// A failure is made small, but not for minutes.
fn config(cases: u32) -> Config {
    Config {
        max_shrink_iters: 200,
        ..law::config(cases)
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn long_texts_in_random_chunks(text in text(50..180, 1), sizes in sizes(6_000)) {
        hold(&text, &sizes)?;
    }

    #[test]
    fn long_texts_with_every_example(text in text(50..150, 30), sizes in sizes(3_000)) {
        hold(&text, &sizes)?;
    }
}

proptest! {
    #![proptest_config(config(8))]

    #[test]
    fn texts_of_more_than_a_hundred_kilobytes(text in text(1_100..1_400, 0), sizes in sizes(25_000)) {
        prop_assert!(text.len() > 100_000, "only {} bytes", text.len());
        hold(&text, &sizes)?;
    }
}
