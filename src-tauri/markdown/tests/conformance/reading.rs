//! A whole text is read as the specifications say, but for the listed deviations; and those deviate for
//! the listed reasons and in nothing else.

use std::fmt::Write;

use serein_markdown::parse_finished;

use crate::deviations::{self, Reason};
use crate::examples::{self, Example};
use crate::reference;

/// The smallest sets of reasons that explain how `example` is read; none, if nothing does.
fn explanations(example: &Example) -> Vec<Vec<Reason>> {
    let got = reference::html(&parse_finished(&example.markdown));
    let wanted = reference::without_titles(&example.html);
    let mut sets: Vec<Vec<Reason>> = (0..1_u32 << Reason::ALL.len())
        .map(|set| {
            (0..Reason::ALL.len())
                .filter(|index| set & (1 << index) != 0)
                .map(|index| Reason::ALL[index])
                .collect()
        })
        .filter(|set: &Vec<Reason>| {
            let forgive = |html: &str| {
                set.iter()
                    .fold(html.to_owned(), |html, reason| reason.forgive(&html))
            };
            forgive(&got) == forgive(&wanted)
        })
        .collect();
    let least = sets.iter().map(Vec::len).min();
    sets.retain(|set| Some(set.len()) == least);
    sets
}

/// Holds the readings of `examples` against the list.
fn compare(examples: impl Iterator<Item = &'static Example>, listed: &[(Reason, &[u32])]) {
    let mut wrong = String::new();
    for example in examples {
        let listed = deviations::of(listed, example.number);
        let found = explanations(example);
        if !found.contains(&listed) {
            writeln!(
                wrong,
                "{} ({}): listed {listed:?}, found {found:?}\n{}\n-> {}\nnot {}",
                example.number,
                example.section,
                example.markdown,
                reference::html(&parse_finished(&example.markdown)),
                example.html,
            )
            .expect("a string can be written to");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn commonmark_is_read_as_specified_but_for_the_listed_deviations() {
    compare(examples::COMMONMARK.iter(), deviations::COMMONMARK);
}

#[test]
fn githubs_extensions_are_read_as_specified_but_for_the_listed_deviations() {
    compare(examples::extensions(), deviations::EXTENSIONS);
}

#[test]
fn the_links_of_the_examples_are_right_where_they_are_let_through() {
    let mut compared = 0;
    for example in examples::COMMONMARK.iter() {
        if deviations::of(deviations::COMMONMARK, example.number) != [Reason::UnsafeLink] {
            continue;
        }
        // The same example with its two usual addresses made whole ones.
        let lead = |text: &str| {
            text.replace("/url", "https://example.org/url")
                .replace("/uri", "https://example.org/uri")
        };
        let wanted = reference::without_titles(&lead(&example.html));
        // Some lead elsewhere still, and 507 to an address with a space, which no link may have.
        if wanted.matches("<a href=\"").count() != wanted.matches("<a href=\"https://").count()
            || example.number == 507
        {
            continue;
        }
        let got = reference::html(&parse_finished(&lead(&example.markdown)));
        // Where the example has no link, the whole address is a bare one.
        let [got, wanted] = [got, wanted].map(|html| Reason::BareLink.forgive(&html));
        assert_eq!(got, wanted, "{} {}", example.number, example.markdown);
        compared += 1;
    }
    assert!(
        compared > 60,
        "only {compared} examples could be led elsewhere"
    );
}
