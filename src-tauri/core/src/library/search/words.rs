//! Words: how text is folded and split, for the index, for what the user types and for what is marked.
//!
//! Scripts that put spaces between words give words. Scripts that do not (Chinese, Japanese, Thai …)
//! give one unit a character, and the index holds each character and each pair of neighbours, so that
//! any run of characters can be found. Hangul is treated likewise: particles grow onto its words.

use std::borrow::Cow;
use std::collections::BTreeSet;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// A word's characters that count: what is longer is a blob, and its beginning tells it apart.
const WORD_CHARACTERS: usize = 64;
/// Begins the index's own terms: no text gives a word with it.
const OWN: char = '\u{E000}';

static DECOMPOSED: DecomposingNormalizerBorrowed<'static> =
    DecomposingNormalizerBorrowed::new_nfkd();
static COMPOSED: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// A word, or a character of a script without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit<'a> {
    /// Without case and diacritics.
    pub(super) text: Cow<'a, str>,
    /// Its place in the text it is of, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// A character of a script without spaces.
    pub(super) is_dense: bool,
}

impl Unit<'_> {
    /// The same, apart from the text it is of.
    pub(super) fn into_owned(self) -> Unit<'static> {
        Unit {
            text: Cow::Owned(self.text.into_owned()),
            start: self.start,
            end: self.end,
            is_dense: self.is_dense,
        }
    }

    /// The next unit of the same run of characters.
    fn is_continued_by(&self, next: &Self) -> bool {
        self.is_dense && next.is_dense && self.end == next.start
    }
}

/// The units of a text, in order, found as they are asked for.
pub(super) fn units(text: &str) -> Units<'_> {
    Units {
        text,
        characters: text.char_indices().peekable(),
    }
}

/// See [`units`].
pub(super) struct Units<'a> {
    text: &'a str,
    characters: std::iter::Peekable<std::str::CharIndices<'a>>,
}

impl<'a> Iterator for Units<'a> {
    type Item = Unit<'a>;

    fn next(&mut self) -> Option<Unit<'a>> {
        while let Some((start, character)) = self.characters.next() {
            match kind(character) {
                Kind::Dense => {
                    let end = self.pass(start + character.len_utf8(), |next| {
                        kind(next) == Kind::Attached
                    });
                    let itself = &self.text[start..start + character.len_utf8()];
                    return Some(Unit {
                        text: if is_plain(character) {
                            Cow::Borrowed(itself)
                        } else {
                            Cow::Owned(folded_dense(character))
                        },
                        start,
                        end,
                        is_dense: true,
                    });
                }
                Kind::Word => {
                    let end = self.pass(start + character.len_utf8(), |next| {
                        matches!(kind(next), Kind::Word | Kind::Attached)
                    });
                    let text = folded_word(&self.text[start..end]);
                    if !text.is_empty() {
                        return Some(Unit {
                            text,
                            start,
                            end,
                            is_dense: false,
                        });
                    }
                }
                Kind::Attached | Kind::Between => {}
            }
        }
        None
    }
}

impl Units<'_> {
    /// Goes past the characters that belong to the unit; where it ends.
    fn pass(&mut self, from: usize, belongs: impl Fn(char) -> bool) -> usize {
        let mut end = from;
        while let Some((at, character)) = self.characters.next_if(|(_, next)| belongs(*next)) {
            end = at + character.len_utf8();
        }
        end
    }
}

fn folded_dense(character: char) -> String {
    // What stands for several characters may have signs among them.
    let mut text = String::new();
    fold(character, |folded| {
        if !folded.is_ascii() || folded.is_ascii_alphanumeric() {
            text.push(folded);
        }
    });
    text
}

fn folded_word(word: &str) -> Cow<'_, str> {
    let is_folded = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if word.len() <= WORD_CHARACTERS && word.bytes().all(is_folded) {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len().min(WORD_CHARACTERS * 4));
    let mut count = 0;
    for character in word.chars() {
        fold(character, |folded| {
            // What is left after decomposing may be no letter (the fraction slash, a dot).
            if count < WORD_CHARACTERS && (folded.is_alphanumeric() || stays(folded)) {
                text.push(folded);
                count += 1;
            }
        });
        if count == WORD_CHARACTERS {
            break;
        }
    }
    Cow::Owned(text)
}

/// Gives `push` the character without case and diacritics.
pub(super) fn fold(character: char, mut push: impl FnMut(char)) {
    if character.is_ascii() {
        push(character.to_ascii_lowercase());
        return;
    }
    if is_plain(character) {
        push(character);
        return;
    }
    normalized(character).for_each(push);
}

/// The character folded, however long that takes.
pub(super) fn normalized(character: char) -> impl Iterator<Item = char> {
    let one = std::iter::once(character);
    let is_dense = is_dense(character);
    let (composed, decomposed) = if is_dense {
        (Some(COMPOSED.normalize_iter(one)), None)
    } else {
        (None, Some(DECOMPOSED.normalize_iter(one)))
    };
    let parts = composed
        .into_iter()
        .flatten()
        .chain(decomposed.into_iter().flatten());
    parts
        .flat_map(char::to_lowercase)
        .filter(move |lower| is_dense || !is_dropped(*lower))
        .map(move |lower| match lower {
            _ if is_dense => lower,
            // Letters with a stroke do not decompose, and are looked for without it.
            'ø' => 'o',
            'ł' => 'l',
            'đ' => 'd',
            'ħ' => 'h',
            'ı' => 'i',
            'ς' => 'σ',
            other => other,
        })
}

/// Of the characters that are folded already, those texts are full of: to normalize takes long.
pub(super) fn is_plain(character: char) -> bool {
    matches!(character,
        '\u{430}'..='\u{438}' | '\u{43A}'..='\u{44F}' | '\u{5D0}'..='\u{5EA}'
        | '\u{627}'..='\u{63A}' | '\u{641}'..='\u{64A}'
        | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}')
}

#[derive(PartialEq, Eq)]
enum Kind {
    Word,
    Dense,
    /// Belongs to the character before it.
    Attached,
    Between,
}

fn kind(character: char) -> Kind {
    if character.is_ascii() {
        if character.is_ascii_alphanumeric() {
            Kind::Word
        } else {
            Kind::Between
        }
    } else if is_dropped(character) || stays(character) {
        Kind::Attached
    } else if is_dense(character) {
        Kind::Dense
    } else if character.is_alphanumeric() {
        Kind::Word
    } else {
        Kind::Between
    }
}

/// Marks that do not make another word: accents, vowel points, and what is there for looks.
fn is_dropped(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}'
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{20D0}'..='\u{20FF}'
        | '\u{3099}' | '\u{309A}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{FF9E}' | '\u{FF9F}'
        | '\u{1F3FB}'..='\u{1F3FF}')
}

/// Marks that make another word and are no letters: viramas and nuktas of India's scripts.
fn stays(character: char) -> bool {
    let code = u32::from(character);
    (0x900..0xE00).contains(&code) && matches!(code & 0x7F, 0x3C | 0x4D)
}

/// Written without spaces between words, or a picture that is a word by itself.
fn is_dense(character: char) -> bool {
    matches!(character,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17D3}'
        | '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2E80}'..='\u{2FDF}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{3105}'..='\u{318F}'
        | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' | '\u{3200}'..='\u{33FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}' | '\u{1F1E6}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// What a message is found by beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Facet {
    /// Written by the model of this number.
    Model(i64),
    /// In the conversation of this row.
    Conversation(i64),
    /// Begun on this day, counted from the epoch.
    Day(i64),
    /// Begun in one of 32 days.
    Days(i64),
    /// Begun in one of 1,024 days.
    ManyDays(i64),
    /// Has a block of code.
    Code,
    /// In one of the stretches of rows that are searched one after the other.
    Rows(i64),
}

impl Facet {
    /// The term of the index.
    pub(super) fn term(self) -> String {
        match self {
            Self::Model(n) => format!("{OWN}m{n}"),
            Self::Conversation(n) => format!("{OWN}c{n}"),
            Self::Day(n) => format!("{OWN}d{n}"),
            Self::Days(n) => format!("{OWN}e{n}"),
            Self::ManyDays(n) => format!("{OWN}f{n}"),
            Self::Code => format!("{OWN}k"),
            Self::Rows(n) => format!("{OWN}r{n}"),
        }
    }
}

/// What the index is given of a text: the terms, in the order in which phrases have them.
pub(super) fn indexed(facets: &[Facet], text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8 + 64);
    for facet in facets {
        out.push_str(&facet.term());
        out.push(' ');
    }
    // Characters alone come once each and first: where they stand is known by the pairs.
    let mut alone = BTreeSet::new();
    let mut words = String::with_capacity(text.len());
    let mut run: Vec<Unit<'_>> = Vec::new();
    let flush = |run: &mut Vec<Unit<'_>>, words: &mut String| {
        for term in run_terms(run) {
            words.push_str(&term);
            words.push(' ');
        }
        run.clear();
    };
    for unit in units(text) {
        if unit.is_dense {
            alone.insert(unit.text.clone());
            if run.last().is_some_and(|last| !last.is_continued_by(&unit)) {
                flush(&mut run, &mut words);
            }
            run.push(unit);
        } else {
            flush(&mut run, &mut words);
            words.push_str(&unit.text);
            words.push(' ');
        }
    }
    flush(&mut run, &mut words);
    for character in alone {
        out.push_str(&character);
        out.push(' ');
    }
    out.push_str(&words);
    out
}

/// The terms of a run of characters: its pairs, or the one there is.
fn run_terms(run: &[Unit<'_>]) -> Vec<String> {
    match run {
        [] => Vec::new(),
        [only] => vec![only.text.to_string()],
        _ => run
            .windows(2)
            .map(|pair| format!("{}{}", pair[0].text, pair[1].text))
            .collect(),
    }
}

/// What of a phrase the index can be asked for: each piece is a phrase of terms.
pub(super) fn pieces(phrase: &[Unit<'_>]) -> Vec<Vec<String>> {
    let mut pieces: Vec<Vec<String>> = vec![Vec::new()];
    let mut rest = phrase;
    while let Some(first) = rest.first() {
        if !first.is_dense {
            push(&mut pieces, first.text.to_string());
            rest = &rest[1..];
            continue;
        }
        let length = 1 + rest
            .windows(2)
            .take_while(|pair| pair[0].is_continued_by(&pair[1]))
            .count();
        let (run, after) = rest.split_at(length);
        if length == 1 {
            // The text may have more characters beside it, and then only pairs stand at its place.
            pieces.push(run_terms(run));
            pieces.push(Vec::new());
        } else {
            for term in run_terms(run) {
                push(&mut pieces, term);
            }
            if after.first().is_some_and(|next| next.is_dense) {
                // A text may have both runs as one.
                pieces.push(Vec::new());
            }
        }
        rest = after;
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn push(pieces: &mut Vec<Vec<String>>, term: String) {
    match pieces.last_mut() {
        Some(piece) => piece.push(term),
        None => pieces.push(vec![term]),
    }
}
