//! Bringing in: files are read entry by entry, and each conversation is added as soon as it is whole.
//! What is wrong with an entry is named; the others are added all the same.

mod adding;
mod bounds;
mod conversation;
mod facts;
mod files;
mod own;
mod whole;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use self::bounds::VALUE_BYTES;
use self::files::{files, shown};
use super::scan::{Fault, Refusal, Scan};
use super::staging::Staging;
use super::{Steps, Stop, json, sentences};
use crate::library::{Library, LibraryError};

pub(super) use self::bounds::{model, seconds, time};
pub(super) use self::conversation::Entry;

/// A file with more entries that cannot be read is not one to go on with.
const BAD_ENTRIES: u32 = 100_000;
/// Conversations in one file at most.
const ENTRIES: u64 = 1_000_000;

/// What was brought in.
#[derive(Debug, Default)]
pub(super) struct Imported {
    pub(super) conversations: u64,
    pub(super) messages: u64,
    /// Conversations that were there already.
    pub(super) already: u64,
}

/// Brings in the conversations of files and folders; counts in `done` what is in.
pub(super) fn import(
    library: &Library,
    paths: &[PathBuf],
    steps: &Steps,
    done: &mut Imported,
) -> Result<(), Stop> {
    let files = files(paths, steps)?;
    steps.expect(files.iter().map(|(_, bytes)| bytes).sum());
    library.drop_unfinished()?;
    let mut import = Import {
        library,
        steps,
        done,
        staging: Staging::new()?,
        file: String::new(),
        entry: 0,
        is_library: false,
        bad: 0,
        folders: HashMap::new(),
        own_folders: HashSet::new(),
    };
    for (path, _) in files {
        steps.go_on()?;
        import.file(&path)?;
    }
    Ok(())
}

/// An import under way.
struct Import<'a> {
    library: &'a Library,
    steps: &'a Steps,
    done: &'a mut Imported,
    staging: Staging,
    /// The name of the file being read.
    file: String,
    /// Which of its entries.
    entry: u64,
    /// It is a library of ours, which may be empty.
    is_library: bool,
    /// Its entries that could not be read.
    bad: u32,
    /// The folders of the file being read, by the ids they have in it.
    folders: HashMap<String, String>,
    /// Folders that this import has made.
    own_folders: HashSet<String>,
}

/// What ends the reading of a file, or of everything.
enum Broken {
    /// This file cannot be read on.
    File(Fault),
    /// Nothing can.
    All(Stop),
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Cancelled => Self::All(Stop::Cancelled),
            fault => Self::File(fault),
        }
    }
}

impl From<LibraryError> for Broken {
    fn from(error: LibraryError) -> Self {
        Self::All(Stop::Library(error))
    }
}

impl From<Stop> for Broken {
    fn from(stop: Stop) -> Self {
        Self::All(stop)
    }
}

/// Where a conversation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Own,
    Other,
}

impl Import<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        self.file = shown(path);
        self.entry = 0;
        self.is_library = false;
        self.bad = 0;
        self.folders.clear();
        let (before, problems) = (self.done.conversations + self.done.already, self.bad);
        let source = match File::open(path) {
            Ok(source) => source,
            Err(error) => {
                self.steps.problem(&self.file, sentences::io_reason(&error));
                return Ok(());
            }
        };
        self.source(source, before, problems)
    }

    fn source(&mut self, source: impl Read, before: u64, problems: u32) -> Result<(), Stop> {
        match self.text(&mut Scan::new(source, self.steps)) {
            Ok(()) => {
                let nothing = self.done.conversations + self.done.already == before;
                if nothing && self.bad == problems && self.entry == 0 && !self.is_library {
                    self.steps
                        .problem(&self.file, "There are no conversations in this file.");
                }
                Ok(())
            }
            Err(Broken::File(fault)) => {
                let some = self.done.conversations + self.done.already > before;
                self.steps
                    .problem(&self.file, sentences::fault(&fault, some));
                Ok(())
            }
            Err(Broken::All(stop)) => Err(stop),
        }
    }

    /// A whole file.
    fn text<R: Read>(&mut self, scan: &mut Scan<'_, R>) -> Result<(), Broken> {
        let beginning = scan.beginning(4)?;
        let refusal = match beginning {
            [] => Some("This file is empty."),
            [b'P', b'K', 3, 4] => Some(
                "This is a ZIP archive. Unpack it, then import the file conversations.json that is in it.",
            ),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..] => Some(
                "This file is not written in UTF-8. Open it in a text editor, save it as UTF-8, and import it again.",
            ),
            [0xef, 0xbb, 0xbf, ..] => {
                scan.pass(3);
                None
            }
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.bad_file(refusal);
            return Ok(());
        }
        match scan.peek()? {
            Some(b'[') => self.list(scan, Source::Other)?,
            Some(b'{') => self.object(scan)?,
            other => {
                self.bad_file(match other {
                    None => "This file is empty.",
                    Some(_) => {
                        "This is not a file of conversations: it holds no JSON list or object."
                    }
                });
                return Ok(());
            }
        }
        if scan.peek()?.is_some() {
            self.steps.problem(
                &self.file,
                "There is more in this file after its end; that was not read.",
            );
        }
        Ok(())
    }

    fn bad_file(&mut self, reason: &str) {
        self.bad += 1;
        self.steps.problem(&self.file, reason);
    }

    /// An entry that is none. Too many of them end the reading of the file.
    fn bad_entry(&mut self, label: &str, reason: impl Into<String>) -> Result<(), Broken> {
        self.steps
            .problem(&format!("{}: {label}", self.file), reason);
        self.count_bad()
    }

    fn count_bad(&mut self) -> Result<(), Broken> {
        self.bad += 1;
        if self.bad >= BAD_ENTRIES {
            return Err(Broken::File(Fault::Hopeless));
        }
        Ok(())
    }

    /// A list of conversations.
    fn list<R: Read>(&mut self, scan: &mut Scan<'_, R>, from: Source) -> Result<(), Broken> {
        scan.enter(b'[')?;
        let mut first = true;
        while scan.more(b']', &mut first)? {
            self.entry += 1;
            if self.entry > ENTRIES {
                return Err(Broken::File(Fault::Hopeless));
            }
            if scan.peek()? == Some(b'{') {
                self.conversation(scan, from, None)?;
            } else {
                let label = format!("entry {}", self.entry);
                let reason = match scan.value(VALUE_BYTES)? {
                    Err(refusal @ (Refusal::Deep | Refusal::Number)) => {
                        format!("This entry {} and was left out.", refusal.words())
                    }
                    _ => "This is not a conversation and was left out.".to_owned(),
                };
                self.bad_entry(&label, reason)?;
            }
        }
        Ok(())
    }

    /// The object that a file consists of: a library, or one conversation.
    fn object<R: Read>(&mut self, scan: &mut Scan<'_, R>) -> Result<(), Broken> {
        scan.enter(b'{')?;
        let mut first = true;
        if !scan.more(b'}', &mut first)? {
            return Ok(());
        }
        let name = scan.key()?;
        if name.as_deref() != Some("format") {
            self.entry += 1;
            return self.conversation(scan, Source::Other, Some(name));
        }
        let format = scan.value(VALUE_BYTES)?.ok();
        if format.and_then(|format| serde_json::from_slice::<String>(&format).ok())
            != Some(json::FORMAT.to_owned())
        {
            return Err(Broken::File(Fault::Unknown));
        }
        self.is_library = true;
        while scan.more(b'}', &mut first)? {
            match (scan.key()?.as_deref(), scan.peek()?) {
                (Some("version"), _) => {
                    let version = scan.value(VALUE_BYTES)?.ok();
                    let version = version.and_then(|raw| serde_json::from_slice::<u64>(&raw).ok());
                    if !version.is_some_and(|version| (1..=json::VERSION).contains(&version)) {
                        return Err(Broken::File(Fault::Newer));
                    }
                }
                (Some("folders"), Some(b'[')) => self.folders(scan)?,
                (Some("new_chat"), Some(b'{')) => self.new_chat(scan)?,
                (Some("conversations"), Some(b'[')) => self.list(scan, Source::Own)?,
                _ => scan.skip()?,
            }
        }
        Ok(())
    }
}

/// Brings in one text, for tests of what no file on disk is needed for.
#[cfg(test)]
pub(super) fn import_text(
    library: &Library,
    source: impl Read,
    steps: &Steps,
) -> Result<Imported, Stop> {
    let mut done = Imported::default();
    Import {
        library,
        steps,
        done: &mut done,
        staging: Staging::new()?,
        file: "test.json".to_owned(),
        entry: 0,
        is_library: false,
        bad: 0,
        folders: HashMap::new(),
        own_folders: HashSet::new(),
    }
    .source(source, 0, 0)?;
    Ok(done)
}
