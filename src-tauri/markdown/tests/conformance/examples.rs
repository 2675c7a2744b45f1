//! The examples of the published specifications, by their numbers.

use std::sync::LazyLock;

/// An example: Markdown, and the HTML that the specification's own renderer makes of it.
#[derive(Debug)]
pub(crate) struct Example {
    /// Its number in the specification.
    pub(crate) number: u32,
    /// The heading it stands under.
    pub(crate) section: &'static str,
    pub(crate) markdown: String,
    pub(crate) html: String,
}

/// CommonMark 0.31.2.
pub(crate) static COMMONMARK: LazyLock<Vec<Example>> =
    LazyLock::new(|| read(include_str!("../spec/commonmark-0.31.2.txt")));

/// GitHub Flavored Markdown 0.29, which repeats an older CommonMark.
pub(crate) static GFM: LazyLock<Vec<Example>> =
    LazyLock::new(|| read(include_str!("../spec/gfm-0.29.txt")));

/// What GitHub adds.
pub(crate) fn extensions() -> impl Iterator<Item = &'static Example> {
    GFM.iter()
        .filter(|example| example.section.contains("(extension)"))
}

/// All of both.
pub(crate) fn all() -> impl Iterator<Item = &'static Example> {
    COMMONMARK.iter().chain(GFM.iter())
}

fn read(specification: &'static str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let mut examples = Vec::new();
    let mut section = "";
    let mut lines = specification.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix('#') {
            section = heading.trim_start_matches('#').trim();
        }
        if !line.starts_with(&format!("{fence} example")) {
            continue;
        }
        let mut part = |end: &str| -> String {
            lines
                .by_ref()
                .take_while(|line| *line != end)
                .map(|line| line.replace('→', "\t") + "\n")
                .collect()
        };
        let (markdown, html) = (part("."), part(&fence));
        examples.push(Example {
            number: u32::try_from(examples.len() + 1).unwrap(),
            section,
            markdown,
            html,
        });
    }
    examples
}

#[test]
fn the_published_files_have_as_many_examples_as_they_say() {
    assert_eq!(COMMONMARK.len(), 652);
    assert_eq!(GFM.len(), 672);
    assert_eq!(extensions().count(), 24);
    // As https://spec.commonmark.org/0.31.2/#example-652 shows it.
    assert_eq!(COMMONMARK[651].markdown, "Multiple     spaces\n");
    assert_eq!(COMMONMARK[651].html, "<p>Multiple     spaces</p>\n");
    assert_eq!(COMMONMARK[0].markdown, "\tfoo\tbaz\t\tbim\n");
}
