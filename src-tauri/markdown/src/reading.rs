//! One reading of a text: its tree, and what a later reading of its rest alone has to know.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use pulldown_cmark::{BrokenLink, BrokenLinkCallback, CowStr, Options, Parser};
use unicase::UniCase;

use crate::code::Colours;
use crate::math::Formulas;
use crate::open_end;
use crate::read::Reader;
use crate::tree::Block;

/// What Serein reads beyond CommonMark. Maths is read by [`crate::math`].
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM);

/// The label of a link reference, compared as CommonMark 4.7 compares it.
pub(crate) type Label = UniCase<String>;

/// Where a link reference definition leads.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    dest: String,
    title: String,
}

/// The definitions that stand before what is read. The first of a label counts.
pub(crate) type Definitions = HashMap<Label, Definition>;

/// References without a definition, with their places.
pub(crate) type Missing = RefCell<Vec<(String, usize)>>;

/// What reading a text gives.
pub(crate) struct Reading {
    /// The tree.
    pub(crate) blocks: Vec<Block>,
    /// Where each block of the root begins.
    pub(crate) starts: Vec<Start>,
    /// The definitions in the text, with their places.
    pub(crate) definitions: Vec<(Label, Definition, usize)>,
    /// References without a definition, with their places.
    pub(crate) missing: Vec<(Label, usize)>,
    /// There are footnotes: which reference is one depends on the whole text.
    pub(crate) has_footnotes: bool,
    /// Bytes that references took from definitions.
    pub(crate) expanded: usize,
}

/// Where a block of the root begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// In bytes of the text; absent if it is not certain.
    pub(crate) at: Option<usize>,
    /// Code blocks before it.
    pub(crate) codes: usize,
}

/// Markdown's events, with definitions from elsewhere. What is defined nowhere is noted.
pub(crate) fn parser<'a>(
    text: &'a str,
    known: &'a Definitions,
    missing: &'a Missing,
) -> Parser<'a, impl BrokenLinkCallback<'a>> {
    let resolve = move |link: BrokenLink<'a>| {
        let reference = link.reference.into_string();
        match known.get(&UniCase::new(reference.clone())) {
            Some(found) => Some((
                CowStr::Borrowed(found.dest.as_str()),
                CowStr::Borrowed(found.title.as_str()),
            )),
            None => {
                missing.borrow_mut().push((reference, link.span.start));
                None
            }
        }
    };
    Parser::new_with_broken_link_callback(text, OPTIONS, Some(resolve))
}

/// Reads `source`, before which `known` was defined. If it is not `finished`, its end is read as that of
/// a text that grows ([`crate::open_end`]).
pub(crate) fn read(
    source: &str,
    known: &Definitions,
    colours: &mut Colours,
    finished: bool,
) -> Reading {
    let settled = if finished {
        Cow::Borrowed(source)
    } else {
        open_end::settle(source, known)
    };
    let (formulas, replaced) = Formulas::find(&settled, known, !finished);
    let text = replaced.as_deref().unwrap_or(&settled);
    let missing = Missing::default();
    colours.begin();
    let mut reader = Reader::new(&formulas, colours, finished);
    let mut parser = parser(text, known, &missing).into_offset_iter();
    let mut has_footnotes = false;
    for (event, range) in parser.by_ref() {
        has_footnotes |= matches!(
            event,
            pulldown_cmark::Event::Start(pulldown_cmark::Tag::FootnoteDefinition(_))
        );
        reader.event(event, range.start);
    }
    let definitions = parser
        .reference_definitions()
        .iter()
        .map(|(label, found)| {
            let definition = Definition {
                dest: formulas.restore(&found.dest),
                title: found.title.as_deref().unwrap_or_default().to_owned(),
            };
            let at = formulas.place(found.span.start);
            (UniCase::new(label.to_owned()), definition, at)
        })
        .collect();
    drop(parser);
    let (blocks, starts, expanded) = reader.finish();
    let place = |start: Start| Start {
        at: start.at.map(|at| formulas.place(at)),
        ..start
    };
    Reading {
        blocks,
        starts: starts.into_iter().map(place).collect(),
        definitions,
        missing: missing
            .into_inner()
            .into_iter()
            .map(|(label, at)| (UniCase::new(label), formulas.place(at)))
            .collect(),
        has_footnotes,
        expanded,
    }
}
