//! JSON from outside, read piece by piece: a value is handed out as its bytes if it keeps within bounds,
//! and passed over if it does not, so that what is wrong with one entry costs no other.
//!
//! Only brackets, quotes and separators are looked at here; whether a value is JSON is for whoever is
//! handed it. Nothing here calls itself, however deep a file is nested.

use std::io::{self, Read};

use super::Steps;

/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// A number, or whatever else stands outside quotes, has at most so many bytes.
const BARE_BYTES: u64 = 100;
/// One that runs on for longer than this is no entry to pass over: nothing more is read.
const ENDLESS_BYTES: u64 = 64 << 10;
/// Lists and objects inside each other at most, within a value. `serde_json` itself stops at 128.
const DEPTH: u64 = 100;
/// A name in an object has at most so many bytes.
const KEY_BYTES: usize = 1 << 10;

/// Why the rest of a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The job was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The system's word.
    #[error("it could not be read: {0}")]
    Io(#[from] io::Error),
    /// It stops in the middle.
    #[error("it ends in the middle of an entry; it may not have been copied or downloaded whole")]
    Ended,
    /// It is not JSON from here on.
    #[error("it is not JSON from byte {0} on")]
    Syntax(u64),
    /// A number without an end.
    #[error("a number in it, near byte {0}, is longer than any number is")]
    Endless(u64),
    /// More entries, or more bad ones, than any library has.
    #[error("it has more entries, or more that cannot be read, than a file of conversations has")]
    Hopeless,
    /// It says that it is something else.
    #[error("it says that it is not a library of Serein's")]
    Unknown,
    /// It says that it is of a version to come.
    #[error("it was written by a newer version of Serein; update Serein, then import it again")]
    Newer,
}

/// Why a value was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// More bytes than asked for.
    Large,
    /// Nested too deep.
    Deep,
    /// A number too long.
    Number,
}

impl Refusal {
    /// What is wrong, to follow "it".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Large => "is larger than any message Serein keeps",
            Self::Deep => "is nested deeper than any message is",
            Self::Number => "holds a number longer than any number is",
        }
    }
}

/// A value's bytes, or why it was passed over.
pub(super) type Value = Result<Vec<u8>, Refusal>;

/// A JSON text, read from its beginning to its end once.
pub(super) struct Scan<'a, R> {
    source: R,
    chunk: Vec<u8>,
    at: usize,
    /// Bytes before the chunk.
    before: u64,
    steps: &'a Steps,
}

impl<'a, R: Read> Scan<'a, R> {
    pub(super) fn new(source: R, steps: &'a Steps) -> Self {
        Self {
            source,
            chunk: Vec::new(),
            at: 0,
            before: 0,
            steps,
        }
    }

    /// The first bytes of the text, at most so many, without reading them off. To be asked first.
    pub(super) fn beginning(&mut self, count: usize) -> Result<&[u8], Fault> {
        self.fill()?;
        Ok(&self.chunk[..self.chunk.len().min(count)])
    }

    /// Passes over so many bytes of the beginning.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.chunk.len());
    }

    fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Whether there is more.
    fn fill(&mut self) -> Result<bool, Fault> {
        if self.at < self.chunk.len() {
            return Ok(true);
        }
        if self.steps.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        self.before += self.chunk.len() as u64;
        // What ended in it has been taken by now: nothing is counted that a crash could still undo.
        self.steps.advance(self.chunk.len() as u64);
        self.at = 0;
        self.chunk.resize(CHUNK, 0);
        let read = loop {
            match self.source.read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.chunk.truncate(read);
        Ok(read > 0)
    }

    /// The next byte that is no space, without reading it off; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Fault> {
        while self.fill()? {
            let rest = &self.chunk[self.at..];
            match rest.iter().position(|byte| !is_space(*byte)) {
                Some(place) => {
                    self.at += place;
                    return Ok(Some(self.chunk[self.at]));
                }
                None => self.at = self.chunk.len(),
            }
        }
        Ok(None)
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Fault> {
        match self.peek()? {
            Some(byte) if byte == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Fault::Syntax(self.position())),
            None => Err(Fault::Ended),
        }
    }

    /// Goes into a list or an object that begins here.
    pub(super) fn enter(&mut self, bracket: u8) -> Result<(), Fault> {
        self.expect(bracket)
    }

    /// Whether another entry follows in the list or object that ends with `bracket`; if none does, it
    /// has been left. `first` is true for the first one asked for, and kept here.
    pub(super) fn more(&mut self, bracket: u8, first: &mut bool) -> Result<bool, Fault> {
        if self.peek()? == Some(bracket) {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.expect(b',')?;
        }
        match self.peek()? {
            Some(_) => Ok(true),
            None => Err(Fault::Ended),
        }
    }

    /// The name of the entry that begins here; an absurd one is `None`.
    pub(super) fn key(&mut self) -> Result<Option<String>, Fault> {
        if self.peek()? != Some(b'"') {
            return Err(Fault::Syntax(self.position()));
        }
        let name = self.value(KEY_BYTES)?.ok();
        self.expect(b':')?;
        Ok(name.and_then(|name| serde_json::from_slice(&name).ok()))
    }

    /// Passes over the value that begins here.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        self.value(0).map(|_| ())
    }

    /// The value that begins here, if it keeps within bounds and has at most so many bytes. In every
    /// case the value has been read off.
    pub(super) fn value(&mut self, most: usize) -> Result<Value, Fault> {
        let mut value = Vec::new();
        let mut refusal = None;
        let mut depth = 0_u64;
        let mut inside = Inside::Nothing;
        if self.peek()?.is_none() {
            return Err(Fault::Ended);
        }
        loop {
            if !self.fill()? {
                // A number at the end of everything ends there.
                if depth == 0 && matches!(inside, Inside::Bare(_)) {
                    return Ok(refusal.map_or(Ok(value), Err));
                }
                return Err(Fault::Ended);
            }
            let rest = &self.chunk[self.at..];
            let mut taken = 0;
            let mut ended = false;
            for &byte in rest {
                match &mut inside {
                    Inside::Text { escaped: true } => inside = Inside::Text { escaped: false },
                    Inside::Text { escaped } => match byte {
                        b'\\' => *escaped = true,
                        b'"' => {
                            inside = Inside::Nothing;
                            ended = depth == 0;
                        }
                        _ => {}
                    },
                    Inside::Nothing | Inside::Bare(_) => match byte {
                        b'"' | b'{' | b'[' | b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n'
                        | b'\r' => {
                            if depth == 0 && matches!(inside, Inside::Bare(_)) {
                                // What ends a number is not part of it.
                                ended = true;
                                break;
                            }
                            inside = Inside::Nothing;
                            match byte {
                                b'"' => inside = Inside::Text { escaped: false },
                                b'{' | b'[' => {
                                    depth += 1;
                                    if depth > DEPTH {
                                        refusal.get_or_insert(Refusal::Deep);
                                    }
                                }
                                b'}' | b']' if depth > 0 => {
                                    depth -= 1;
                                    ended = depth == 0;
                                }
                                // Where a value is to be, nothing else can stand.
                                _ if depth == 0 => {
                                    return Err(Fault::Syntax(self.position() + taken as u64));
                                }
                                _ => {}
                            }
                        }
                        _ => {
                            let length = match inside {
                                Inside::Bare(length) => length + 1,
                                _ => 1,
                            };
                            inside = Inside::Bare(length);
                            if length > BARE_BYTES {
                                refusal.get_or_insert(Refusal::Number);
                            }
                            if length > ENDLESS_BYTES {
                                return Err(Fault::Endless(self.position() + taken as u64));
                            }
                        }
                    },
                }
                taken += 1;
                if ended {
                    break;
                }
            }
            if refusal.is_none() {
                if value.len() + taken > most {
                    refusal = Some(Refusal::Large);
                } else {
                    value.extend_from_slice(&rest[..taken]);
                }
            }
            if refusal.is_some() {
                value = Vec::new();
            }
            self.at += taken;
            if ended {
                return Ok(refusal.map_or(Ok(value), Err));
            }
        }
    }
}

/// Where in a value the reading is.
enum Inside {
    Nothing,
    Text {
        escaped: bool,
    },
    /// A number, or a word, of so many bytes so far.
    Bare(u64),
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
