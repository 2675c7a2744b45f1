//! The law, on the specifications' examples: however they arrive, what is shown is the one-shot reading of
//! what has arrived, and when no more comes, that of the whole text.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serein_markdown::{Block, Document, apply, parse, parse_finished};

use crate::examples;

/// The same texts on every run. `PROPTEST_RNG_SEED` makes others.
pub(crate) fn config(cases: u32) -> Config {
    let default = Config::default();
    Config {
        cases,
        failure_persistence: None,
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(312),
            seed => seed,
        },
        ..default
    }
}

/// `text` in pieces of these many characters, over and over.
pub(crate) fn cut<'a>(text: &'a str, sizes: &[usize]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let end = rest
            .char_indices()
            .nth(size)
            .map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// A text that arrives, and what a window shows of it.
#[derive(Default)]
struct Shown {
    document: Document,
    blocks: Vec<Block>,
}

impl Shown {
    fn push(&mut self, piece: &str) -> Result<(), TestCaseError> {
        let patch = self.document.push(piece);
        apply(&mut self.blocks, &patch);
        prop_assert_eq!(
            &self.blocks,
            &parse(self.document.source()),
            "of {:?}",
            self.document.source()
        );
        Ok(())
    }

    fn finish(&mut self) -> Result<(), TestCaseError> {
        let patch = self.document.finish();
        apply(&mut self.blocks, &patch);
        prop_assert_eq!(
            &self.blocks,
            &parse_finished(self.document.source()),
            "of {:?}",
            self.document.source()
        );
        Ok(())
    }
}

pub(crate) fn hold(text: &str, sizes: &[usize]) -> Result<(), TestCaseError> {
    let mut shown = Shown::default();
    for piece in cut(text, sizes) {
        shown.push(piece)?;
    }
    prop_assert_eq!(shown.document.source(), text);
    shown.finish()
}

/// Some examples, one behind the other, with and without a blank line between.
fn concatenation() -> impl Strategy<Value = String> {
    let example = select(
        examples::all()
            .map(|example| example.markdown.as_str())
            .collect::<Vec<_>>(),
    );
    let end = select(vec!["", "", "\n", "\n\n"]);
    prop::collection::vec((example, end), 2..=6).prop_map(|parts| {
        parts
            .into_iter()
            .flat_map(|(text, end)| [text, end])
            .collect()
    })
}

pub(crate) fn sizes(most: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..=most, 1..12)
}

#[test]
fn every_example_one_character_at_a_time() {
    for example in examples::all() {
        hold(&example.markdown, &[1]).unwrap_or_else(|error| panic!("{}: {error}", example.number));
    }
}

#[test]
fn every_example_in_random_chunks() {
    let mut runner = TestRunner::new(config(0));
    for example in examples::all() {
        for most in [3, 8, 20] {
            let sizes = sizes(most).new_tree(&mut runner).unwrap().current();
            hold(&example.markdown, &sizes)
                .unwrap_or_else(|error| panic!("{} cut as {sizes:?}: {error}", example.number));
        }
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn concatenations_of_examples_in_random_chunks(text in concatenation(), sizes in sizes(40)) {
        hold(&text, &sizes)?;
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_text_that_was_finished_may_go_on(text in concatenation(), at in any::<Index>(), sizes in sizes(40)) {
        let at = text.floor_char_boundary(at.index(text.len() + 1));
        let mut shown = Shown::default();
        for piece in cut(&text[..at], &sizes) {
            shown.push(piece)?;
        }
        shown.finish()?;
        for piece in cut(&text[at..], &sizes) {
            shown.push(piece)?;
        }
        shown.finish()?;
    }
}
