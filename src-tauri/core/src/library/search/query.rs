//! What the user typed, as data: the terms to find, how the index is asked for them, and where they are
//! in a text. The index narrows; the text decides.

use std::ops::Range;

use super::words::{Facet, Unit, pieces, units};

/// What is typed counts up to here, in characters.
const TYPED_CHARACTERS: usize = 1_000;
/// Terms looked for at most.
const TERMS: usize = 16;
/// Units of a term at most.
const TERM_UNITS: usize = 64;

/// Words that stand together, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    units: Vec<Unit<'static>>,
    /// The last word may go on.
    is_prefix: bool,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query {
    terms: Vec<Term>,
}

/// Where a text has what is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// In bytes, in order, apart from each other.
    pub(super) ranges: Vec<Range<usize>>,
    /// All terms stand together somewhere, in their order.
    pub(super) together: bool,
    /// Every term is there as whole words.
    pub(super) whole: bool,
}

/// How the index is asked for a word that is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfinished<'a> {
    /// Not at all: more is found then.
    Left,
    /// For all that begins so, which the index puts together before it answers.
    Beginning,
    /// For these words.
    Words(&'a [String]),
}

impl Query {
    /// Reads what was typed. Quotes hold words together; nothing else means anything but itself.
    pub(super) fn read(typed: &str) -> Self {
        let typed = match typed.char_indices().nth(TYPED_CHARACTERS) {
            Some((cut, _)) => &typed[..cut],
            None => typed,
        };
        let mut terms = Vec::new();
        let mut is_quoted = false;
        let mut chunks = typed.split(is_quote).peekable();
        while let Some(chunk) = chunks.next() {
            let is_last = chunks.peek().is_none();
            if is_quoted {
                // A quote that is still open is being typed.
                let goes_on = is_last && !chunk.ends_with(char::is_whitespace);
                terms.extend(Term::of(chunk, goes_on));
            } else {
                let mut words = chunk.split_whitespace().peekable();
                while let Some(word) = words.next() {
                    let goes_on =
                        is_last && words.peek().is_none() && !chunk.ends_with(char::is_whitespace);
                    terms.extend(Term::of(word, goes_on));
                }
            }
            is_quoted = !is_quoted;
        }
        terms.truncate(TERMS);
        Self { terms }
    }

    /// Nothing is looked for.
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The beginning of a word that is not finished.
    pub(super) fn unfinished(&self) -> Option<&str> {
        let term = self.terms.iter().find(|term| term.is_prefix)?;
        term.units.last().map(|unit| &*unit.text)
    }

    /// It is one word.
    pub(super) fn is_single(&self) -> bool {
        matches!(&self.terms[..], [only] if only.units.len() == 1)
    }

    /// The index's question, in its language; `None` if there is nothing to ask.
    pub(super) fn question(
        &self,
        facets: &[Vec<Facet>],
        unfinished: Unfinished<'_>,
    ) -> Option<String> {
        let mut all = Vec::new();
        for any in facets {
            let any: Vec<String> = any
                .iter()
                .map(|facet| format!("\"{}\"", facet.term()))
                .collect();
            all.push(format!("({})", any.join(" OR ")));
        }
        for term in &self.terms {
            term.ask(unfinished, &mut all);
        }
        (!all.is_empty()).then(|| all.join(" AND "))
    }

    /// Where `text` has what is looked for; `None` if a term is missing.
    pub(super) fn places(&self, text: &str) -> Option<Places> {
        let units: Vec<Unit<'_>> = units(text).collect();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut whole = true;
        let mut at: Vec<Vec<usize>> = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let starts: Vec<usize> = (0..units.len())
                .filter(|&start| term.is_at(&units[start..]))
                .collect();
            if starts.is_empty() {
                return None;
            }
            whole &= !term.is_prefix
                || starts
                    .iter()
                    .any(|&start| term.is_whole_at(&units[start..]));
            ranges.extend(starts.iter().map(|&start| {
                let last = &units[start + term.units.len() - 1];
                // The whole word is marked, also where only its beginning was typed: half a ligature cannot be.
                units[start].start..last.end
            }));
            at.push(starts);
        }
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match apart.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        Some(Places {
            ranges: apart,
            together: self.are_together(&at),
            whole,
        })
    }

    fn are_together(&self, at: &[Vec<usize>]) -> bool {
        let Some((first, others)) = at.split_first() else {
            return false;
        };
        first.iter().any(|&start| {
            let mut next = start + self.terms[0].units.len();
            others.iter().zip(&self.terms[1..]).all(|(starts, term)| {
                let follows = starts.binary_search(&next).is_ok();
                next += term.units.len();
                follows
            })
        })
    }
}

impl Term {
    fn of(chunk: &str, goes_on: bool) -> Option<Self> {
        let mut units: Vec<Unit<'static>> = units(chunk)
            .take(TERM_UNITS + 1)
            .map(Unit::into_owned)
            .collect();
        let is_cut = units.len() > TERM_UNITS;
        units.truncate(TERM_UNITS);
        let last = units.last()?;
        Some(Self {
            is_prefix: goes_on && !is_cut && !last.is_dense,
            units,
        })
    }

    fn ask(&self, unfinished: Unfinished<'_>, all: &mut Vec<String>) {
        let is_left = self.is_prefix && unfinished == Unfinished::Left;
        let asked = match self.units.split_last() {
            Some((_, before)) if is_left => before,
            _ => &self.units[..],
        };
        let mut pieces = pieces(asked);
        // An unfinished word is the end of the last piece.
        let last = match pieces.pop() {
            Some(last) if self.is_prefix && !is_left => Some(last),
            Some(last) => {
                pieces.push(last);
                None
            }
            None => None,
        };
        all.extend(
            pieces
                .iter()
                .map(|piece| format!("\"{}\"", piece.join(" "))),
        );
        let Some(mut last) = last else {
            return;
        };
        let Unfinished::Words(words) = unfinished else {
            all.push(format!("\"{}\"*", last.join(" ")));
            return;
        };
        last.pop();
        let any: Vec<String> = words
            .iter()
            .map(|word| {
                let phrase: Vec<&str> = last.iter().map(String::as_str).chain([&**word]).collect();
                format!("\"{}\"", phrase.join(" "))
            })
            .collect();
        all.push(format!("({})", any.join(" OR ")));
    }

    fn is_at(&self, units: &[Unit<'_>]) -> bool {
        let Some((last, before)) = self.units.split_last() else {
            return false;
        };
        let Some(found) = units.get(..self.units.len()) else {
            return false;
        };
        let Some((found_last, found_before)) = found.split_last() else {
            return false;
        };
        let ends = if self.is_prefix {
            !found_last.is_dense && found_last.text.starts_with(&*last.text)
        } else {
            found_last.text == last.text
        };
        ends && before
            .iter()
            .zip(found_before)
            .all(|(wanted, found)| wanted.text == found.text)
            && self
                .units
                .windows(2)
                .zip(found.windows(2))
                .all(|(wanted, found)| {
                    // Characters that were typed as one run are one run.
                    !(wanted[0].is_dense && wanted[1].is_dense && wanted[0].end == wanted[1].start)
                        || found[0].end == found[1].start
                })
    }

    fn is_whole_at(&self, units: &[Unit<'_>]) -> bool {
        match (self.units.last(), units.get(self.units.len() - 1)) {
            (Some(wanted), Some(found)) => wanted.text == found.text,
            _ => false,
        }
    }
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '«' | '»')
}
