//! Bringing in: files are read entry by entry, and each conversation is added as soon as it is whole.
//! What is wrong with an entry is named; the others are added all the same.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::scan::{Fault, Refusal, Scan};
use super::staging::{Body, Staging};
use super::tree::{Kind, Misfit, Node, Planned, plan};
use super::{Steps, Stop, TEMPORARY, chatgpt, json, names, sentences, sessions};
use crate::app::title_of;
use crate::library::{
    ConversationRow, FolderRow, Library, LibraryError, NewChat, Standing, end_unfinished, new_id,
};
use crate::message::{Message, Part};
use crate::now;
use crate::view::{Role, ToolCallState};

/// A message, or another value that is kept, has at most so many bytes in a file.
pub(super) const VALUE_BYTES: usize = 32 << 20;
/// Messages of one conversation at most.
const MESSAGES: usize = 200_000;
/// Folders at most.
const FOLDERS: usize = 10_000;
/// Files of one import at most.
const FILES: usize = 100_000;
/// A file with more entries that cannot be read is not one to go on with.
const BAD_ENTRIES: u32 = 100_000;
/// Conversations in one file at most.
const ENTRIES: u64 = 1_000_000;
/// Problems of one conversation that are named one by one.
const NAMED: usize = 10;
/// Messages that are added, or compared, at once.
const AT_ONCE: usize = 200;
/// The same in bytes.
const BYTES_AT_ONCE: usize = 4 << 20;
/// A title, or a folder's name, has at most so many characters; the app's own have fewer.
const TITLE_CHARACTERS: usize = 200;
/// A model's name has at most so many bytes.
const MODEL_BYTES: usize = 256;
/// An id that is kept has at most so many bytes.
const ID_BYTES: usize = 64;
/// An id is looked at up to so many bytes.
const LONG_ID_BYTES: usize = 256;
/// What a conversation says of itself has at most so many bytes each; its draft may have more.
const FACT_BYTES: usize = 64 << 10;
/// Kinds of content that are left out, named at most.
const KINDS: usize = 50;
/// Times up to the end of the year 9999.
const LAST_TIME: i64 = 253_402_300_799_999;
/// The folders of other apps that are looked into where their folder is chosen.
const INNER_FOLDERS: &[&str] = &["sessions", "conversations"];
/// Made once, for ids made of other ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x5e3e_1a6c_9a3c_4d55_8f0e_6d1b_27c4_90aa);

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

/// The files that are meant, with their sizes.
fn files(paths: &[PathBuf], steps: &Steps) -> Result<Vec<(PathBuf, u64)>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        steps.go_on()?;
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                let before = files.len();
                in_folder(path, true, &mut files, steps);
                if files.len() == before {
                    steps.problem(&shown(path), "There is no JSON file in this folder.");
                }
            }
            Ok(found) if found.is_file() => files.push((path.clone(), found.len())),
            Ok(_) => steps.problem(&shown(path), "This is not a file."),
            Err(error) => steps.problem(&shown(path), sentences::io_reason(&error)),
        }
    }
    if files.len() > FILES {
        let more = files.len() - FILES;
        files.truncate(FILES);
        steps.problem(
            "Too many files",
            format!("Only the first {FILES} files were read; {more} were not. Import them by themselves."),
        );
    }
    Ok(files)
}

/// The JSON files in a folder, by name; hidden ones are no conversations.
fn in_folder(folder: &Path, outer: bool, files: &mut Vec<(PathBuf, u64)>, steps: &Steps) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            steps.problem(&shown(folder), sentences::io_reason(&error));
            return;
        }
    };
    let mut found = Vec::new();
    for entry in entries.flatten().take(FILES + 1) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_dir() {
            if outer && INNER_FOLDERS.contains(&name.as_str()) {
                in_folder(&path, false, &mut found, steps);
            }
        } else if metadata.is_file()
            && !name.starts_with('.')
            && name.to_lowercase().ends_with(".json")
        {
            found.push((path, metadata.len()));
        }
    }
    found.sort();
    files.append(&mut found);
}

fn shown(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
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

    /// The folders of a library.
    fn folders<R: Read>(&mut self, scan: &mut Scan<'_, R>) -> Result<(), Broken> {
        let there = self.library.folder_rows()?;
        scan.enter(b'[')?;
        let mut first = true;
        let mut count = 0;
        while scan.more(b']', &mut first)? {
            count += 1;
            let raw = scan.value(VALUE_BYTES)?.unwrap_or_default();
            let folder = serde_json::from_slice::<json::Folder>(&raw).ok();
            let name = folder.as_ref().and_then(|folder| cleaned(&folder.name));
            let (Some(folder), Some(name)) = (folder, name) else {
                self.bad_entry(
                    &format!("folder {count}"),
                    "This folder could not be read and was left out; its conversations are in none.",
                )?;
                continue;
            };
            if self.folders.len() >= FOLDERS {
                self.bad_entry(&name, "There are too many folders; this one was left out.")?;
                continue;
            }
            let here = there
                .iter()
                .find(|other| other.id == folder.id)
                .or_else(|| {
                    there
                        .iter()
                        .find(|other| other.name == name && !self.own_folders.contains(&other.id))
                });
            let id = match here {
                Some(other) => other.id.clone(),
                None => {
                    let row = FolderRow {
                        id: kept_id(&folder.id).unwrap_or_else(|| derived(NAMESPACE, &folder.id)),
                        name,
                        created_at: folder.created_at.and_then(time).unwrap_or_else(now),
                    };
                    self.library.add_folder_row(&row)?;
                    self.own_folders.insert(row.id.clone());
                    row.id
                }
            };
            self.folders.insert(folder.id, id);
        }
        Ok(())
    }

    /// The unsent text of chats that had not begun: kept where there is none here.
    fn new_chat<R: Read>(&mut self, scan: &mut Scan<'_, R>) -> Result<(), Broken> {
        scan.enter(b'{')?;
        let mut first = true;
        while scan.more(b'}', &mut first)? {
            let place = match scan.key()?.as_deref() {
                Some("main") => NewChat::Main,
                Some("quick") => NewChat::Quick,
                _ => {
                    scan.skip()?;
                    continue;
                }
            };
            let raw = scan.value(VALUE_BYTES)?.ok();
            let text = raw.and_then(|raw| serde_json::from_slice::<String>(&raw).ok());
            if let Some(text) = text.filter(|text| !text.is_empty())
                && self.library.new_chat_draft(place)?.is_empty()
            {
                self.library
                    .save_draft(&crate::library::Draft::New(place), &text)?;
            }
        }
        Ok(())
    }

    /// One conversation. `begun` is the first name in it, if its beginning has been read.
    fn conversation<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        from: Source,
        begun: Option<Option<String>>,
    ) -> Result<(), Broken> {
        self.staging.clear()?;
        let mut heard = Heard::default();
        let mut first = begun.is_none();
        if begun.is_none() {
            scan.enter(b'{')?;
        }
        let read = self.entries(scan, from, begun, &mut first, &mut heard);
        match read {
            Ok(()) => self.keep(heard, from),
            // What arrived before the file broke off is kept.
            Err(Broken::File(fault)) => {
                if !heard.nodes.is_empty() {
                    heard.problem(
                        "It is not whole: the file ends, or cannot be read, in the middle of it.",
                    );
                    self.keep(heard, from)?;
                }
                Err(Broken::File(fault))
            }
            Err(stop) => Err(stop),
        }
    }

    fn entries<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        from: Source,
        begun: Option<Option<String>>,
        first: &mut bool,
        heard: &mut Heard,
    ) -> Result<(), Broken> {
        let mut name = match begun {
            Some(name) => name,
            None if scan.more(b'}', first)? => scan.key()?,
            None => return Ok(()),
        };
        loop {
            match (name.as_deref(), scan.peek()?) {
                (Some("messages"), Some(b'[')) => self.messages(scan, from, heard)?,
                (Some("mapping"), Some(b'{')) if from == Source::Other => {
                    self.mapping(scan, heard)?;
                }
                (Some(fact), _) if json::FACTS.contains(&fact) => {
                    match scan.value(room_of(fact))? {
                        Ok(raw) => match serde_json::from_slice(&raw) {
                            Ok(value) => {
                                heard.facts.insert(fact.to_owned(), value);
                            }
                            Err(_) => heard.problem(format!("Its “{fact}” could not be read.")),
                        },
                        Err(refusal) => {
                            heard.problem(format!(
                                "Its “{fact}” {} and was left out.",
                                refusal.words()
                            ));
                        }
                    }
                }
                _ => scan.skip()?,
            }
            if !scan.more(b'}', first)? {
                return Ok(());
            }
            name = scan.key()?;
        }
    }

    fn messages<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        from: Source,
        heard: &mut Heard,
    ) -> Result<(), Broken> {
        heard.has_messages = true;
        scan.enter(b'[')?;
        let mut first = true;
        let mut count = 0_u64;
        while scan.more(b']', &mut first)? {
            count += 1;
            if heard.nodes.len() >= MESSAGES {
                scan.skip()?;
                heard.beyond += 1;
                continue;
            }
            let raw = match scan.value(VALUE_BYTES)? {
                Ok(raw) => raw,
                Err(refusal) => {
                    heard.problem(format!(
                        "Message {count} {} and was left out.",
                        refusal.words()
                    ));
                    self.count_bad()?;
                    continue;
                }
            };
            let read = match from {
                Source::Own => json::message(&raw),
                Source::Other => sessions::message(&raw, heard.nodes.len()),
            };
            self.hear(read, &format!("Message {count}"), heard)?;
        }
        Ok(())
    }

    /// The entries of a conversation of ChatGPT's.
    fn mapping<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        heard: &mut Heard,
    ) -> Result<(), Broken> {
        heard.has_mapping = true;
        scan.enter(b'{')?;
        let mut first = true;
        let mut count = 0_u64;
        while scan.more(b'}', &mut first)? {
            count += 1;
            let id = scan.key()?;
            if heard.nodes.len() >= MESSAGES {
                scan.skip()?;
                heard.beyond += 1;
                continue;
            }
            let raw = match (scan.value(VALUE_BYTES)?, &id) {
                (Ok(raw), Some(_)) => raw,
                (refused, _) => {
                    let why = refused.err().map_or("has no usable name", Refusal::words);
                    heard.problem(format!("Message {count} {why} and was left out."));
                    self.count_bad()?;
                    continue;
                }
            };
            let read = chatgpt::node(&id.unwrap_or_default(), &raw, &mut heard.ranks);
            self.hear(read, &format!("Message {count}"), heard)?;
        }
        Ok(())
    }

    /// Takes in an entry that was read.
    fn hear(&mut self, read: Entry, label: &str, heard: &mut Heard) -> Result<(), Broken> {
        for problem in &read.problems {
            heard.problem(format!("{label} {problem}"));
        }
        for (what, count) in read.left_out {
            let is_one_more = heard.left_out.len() >= KINDS && !heard.left_out.contains_key(&what);
            let what = if is_one_more {
                "Other kinds of content".to_owned()
            } else {
                what
            };
            *heard.left_out.entry(what).or_default() += count;
        }
        match read.node {
            Some(mut node) => {
                node.id = shortened(node.id);
                node.parent = node.parent.map(shortened);
                if node.kind != Kind::Folded {
                    self.staging.put(heard.nodes.len(), &read.body)?;
                    if heard.opening.is_none() && node.kind == Kind::Message(Role::User) {
                        heard.opening = title_of(&crate::message::text_of(&read.body.parts));
                    }
                }
                heard.nodes.push(node);
                if read.is_bad {
                    self.count_bad()
                } else {
                    Ok(())
                }
            }
            None => self.count_bad(),
        }
    }

    /// Adds a conversation that has been read.
    fn keep(&mut self, heard: Heard, from: Source) -> Result<(), Broken> {
        self.steps.go_on()?;
        let origin = match from {
            Source::Own => Origin::Own,
            Source::Other if heard.has_mapping => Origin::ChatGpt,
            Source::Other => Origin::Session,
        };
        let facts = Facts::read(&heard, origin);
        let label = format!(
            "{}: {}",
            self.file,
            match &facts.title {
                Some(title) => format!("“{}”", names::one_line(title)),
                None => format!("conversation {}", self.entry),
            }
        );
        if !heard.has_messages && !heard.has_mapping && from == Source::Other {
            self.steps.problem(
                &label,
                "There is no conversation in this entry; it was left out.",
            );
            return self.count_bad();
        }
        let is_bad_own = from == Source::Own && !heard.has_messages && facts.id.is_none();
        let plan = plan(&heard.nodes, &heard.ranks, origin != Origin::Own);
        if is_bad_own || (plan.messages.is_empty() && from == Source::Other) {
            self.steps.problem(
                &label,
                "No message in this conversation could be read; it was left out.",
            );
            self.name_problems(&label, &heard);
            return self.count_bad();
        }

        let mut heard = heard;
        for (n, misfit) in &plan.misfits {
            let role = match heard.nodes[*n].kind {
                Kind::Message(Role::User) => "A message of yours",
                _ => "A reply",
            };
            if *misfit == Misfit::Twice {
                // What has no id is given one.
                heard.nodes[*n].id.clear();
            }
            heard.problem(match misfit {
                Misfit::Twice => format!("{role} has the same id as another; it was given a new one."),
                Misfit::Orphan => format!(
                    "{role} follows a message that is not there; it now begins the conversation, as a version."
                ),
                Misfit::Circle => format!(
                    "{role} follows itself by way of others; it now begins the conversation, as a version."
                ),
            });
        }
        let folder = facts
            .folder
            .as_ref()
            .and_then(|id| self.folders.get(id).cloned());
        if facts.folder.is_some() && folder.is_none() {
            heard.problem("The folder it was in is not there; it is in none.".to_owned());
        }
        let leaf = facts.leaf.as_ref().and_then(|id| plan.home(id));
        if facts.leaf.is_some() && leaf.is_none() && !plan.messages.is_empty() {
            heard.problem(
                "Its last visible message is not there; the newest is shown instead.".to_owned(),
            );
        }
        // A conversation that says that nothing of it is visible is taken at its word.
        let leaf = match leaf {
            None if facts.leaf_is_null => None,
            None => plan.messages.len().checked_sub(1),
            some => some,
        };
        for problem in &facts.problems {
            heard.problem(problem.clone());
        }
        let whole = Whole {
            staging: &self.staging,
            nodes: &heard.nodes,
            messages: &plan.messages,
            first_time: facts.created_at,
            merged: origin != Origin::Own,
        };
        let row = ConversationRow {
            id: String::new(),
            title: facts
                .title
                .clone()
                .or_else(|| heard.opening.clone())
                .unwrap_or_else(|| "Untitled".to_owned()),
            titled_by: facts.titled_by,
            model: facts.model.or_else(|| {
                plan.messages
                    .iter()
                    .rev()
                    .find_map(|message| message.model.clone())
                    .filter(|_| origin == Origin::Session)
            }),
            tools: facts.tools,
            pinned: facts.pinned,
            archived: facts.archived,
            folder,
            created_at: facts.created_at,
            updated_at: facts.updated_at,
            draft: facts.draft,
            leaf: None,
        };
        let added = self.add(&whole, row, facts.id.as_deref(), leaf);
        self.name_problems(&label, &heard);
        if added? {
            self.done.conversations += 1;
            self.done.messages += plan.messages.len() as u64;
        } else {
            self.done.already += 1;
        }
        Ok(())
    }

    fn name_problems(&self, label: &str, heard: &Heard) {
        for problem in &heard.problems {
            self.steps.problem(label, problem.clone());
        }
        self.steps.more_problems(heard.more_problems);
        let mut left_out: Vec<_> = heard.left_out.iter().collect();
        left_out.sort();
        for (what, count) in left_out {
            self.steps.problem(
                label,
                format!("{what}: {count} left out; Serein cannot keep them."),
            );
        }
        if heard.beyond > 0 {
            self.steps.problem(
                label,
                format!(
                    "It has more than {MESSAGES} messages; the last {} were left out.",
                    heard.beyond
                ),
            );
        }
    }

    /// Adds a conversation under its own ids, if they are free; under others, if they belong to something
    /// else; and not at all, if it is there already: then the answer is `false`.
    fn add(
        &self,
        whole: &Whole<'_>,
        mut row: ConversationRow,
        id: Option<&str>,
        leaf: Option<usize>,
    ) -> Result<bool, Broken> {
        let mut fingerprint = None;
        for attempt in 0..3 {
            let names = match (attempt, id.and_then(kept_id)) {
                (0, Some(id)) => Names {
                    conversation: id,
                    renamed: false,
                },
                (2, _) => Names {
                    conversation: new_id(),
                    renamed: true,
                },
                _ => {
                    let mark = match fingerprint {
                        Some(mark) => mark,
                        None => *fingerprint.insert(whole.fingerprint(id)?),
                    };
                    Names {
                        conversation: mark.to_string(),
                        renamed: true,
                    }
                }
            };
            row.id.clone_from(&names.conversation);
            row.leaf = leaf.map(|leaf| whole.id(&names, leaf));
            match self.place(whole, &names)? {
                Place::Free => {
                    self.insert(whole, &names, &row)?;
                    return Ok(true);
                }
                Place::Deleted => {
                    self.library.bring_back(&row)?;
                    return Ok(true);
                }
                Place::Same => return Ok(false),
                Place::Taken => {}
            }
        }
        // The last names were made for this conversation alone.
        Err(Broken::All(Stop::Library(LibraryError::Missing)))
    }

    /// What there is under these names.
    fn place(&self, whole: &Whole<'_>, names: &Names) -> Result<Place, Broken> {
        let standing = self.library.standing(&names.conversation)?;
        let place = match standing {
            Standing::Absent => return self.place_of_ids(whole, names),
            Standing::Kept(count) if (count as usize) < whole.messages.len() => {
                return Ok(Place::Taken);
            }
            Standing::Kept(_) => Place::Same,
            Standing::Deleted(count) if count as usize != whole.messages.len() => {
                return Ok(Place::Taken);
            }
            Standing::Deleted(_) => Place::Deleted,
        };
        let mut fits = true;
        whole.each(names, self.steps, |messages| {
            fits = self
                .library
                .has_these_messages(&names.conversation, messages)?;
            Ok(fits)
        })?;
        Ok(if fits { place } else { Place::Taken })
    }

    /// Whether the names of the messages are free.
    fn place_of_ids(&self, whole: &Whole<'_>, names: &Names) -> Result<Place, Broken> {
        let all: Vec<usize> = (0..whole.messages.len()).collect();
        for some in all.chunks(AT_ONCE) {
            self.steps.go_on()?;
            let ids: Vec<String> = some.iter().map(|n| whole.id(names, *n)).collect();
            if self.library.has_any_message(&ids)? {
                return Ok(Place::Taken);
            }
        }
        Ok(Place::Free)
    }

    /// Adds a conversation whose names are free: at once if it is small, else in pieces.
    fn insert(
        &self,
        whole: &Whole<'_>,
        names: &Names,
        row: &ConversationRow,
    ) -> Result<(), Broken> {
        let mut mark: Option<String> = None;
        let mut is_in = false;
        let outcome = whole.each(names, self.steps, |messages| {
            let is_all = mark.is_none() && messages.len() == whole.messages.len();
            if is_all {
                self.library.add_rows(row, messages)?;
                is_in = true;
                return Ok(true);
            }
            if mark.is_none() {
                mark = Some(self.library.begin_adding(row, now())?);
            }
            self.library.add_more(&row.id, messages)?;
            Ok(true)
        });
        match (outcome, mark) {
            (Ok(()), Some(mark)) => self.library.end_adding(&row.id, &mark)?,
            (Ok(()), None) if !is_in => self.library.add_rows(row, &[])?,
            (Ok(()), None) => {}
            (Err(stop), mark) => {
                if mark.is_some()
                    && let Err(error) = self.library.drop_unfinished()
                {
                    log::warn!("an unfinished import waits for the next one: {error}");
                }
                return Err(stop.into());
            }
        }
        Ok(())
    }
}

/// What there is under the names of a conversation.
enum Place {
    Free,
    Same,
    Deleted,
    Taken,
}

/// Under which names a conversation is added.
struct Names {
    conversation: String,
    /// Its messages are renamed too.
    renamed: bool,
}

/// A conversation that has been read, its bodies still waiting.
struct Whole<'a> {
    staging: &'a Staging,
    nodes: &'a [Node],
    messages: &'a [Planned],
    first_time: i64,
    /// Of several entries, one message: the calls of each are a round of their own.
    merged: bool,
}

impl Whole<'_> {
    fn id(&self, names: &Names, message: usize) -> String {
        let planned = &self.messages[message];
        let node = &self.nodes[planned.node];
        match kept_id(&node.id) {
            Some(id) if !names.renamed => id,
            _ => derived(
                derived_space(&names.conversation),
                &format!("{} {}", planned.node, node.id),
            ),
        }
    }

    fn message(&self, names: &Names, n: usize) -> Result<Message, LibraryError> {
        let planned = &self.messages[n];
        let mut parts: Vec<Part> = Vec::new();
        let mut error = None;
        let mut round = 0;
        for node in &planned.bodies {
            let mut body = self.staging.get(*node)?;
            error = body.error.take().or(error);
            if self.nodes[*node].kind == Kind::Result {
                answer(&mut parts, &body);
            } else if self.merged {
                parts.extend(body.parts.into_iter().map(|part| in_round(part, round)));
                round += 1;
            } else {
                parts = body.parts;
            }
        }
        let mut message = Message {
            id: self.id(names, n),
            parent: planned.parent.map(|parent| self.id(names, parent)),
            role: planned.role,
            status: planned.status,
            parts,
            error,
            model: planned.model.clone(),
            created_at: planned.created_at.unwrap_or(self.first_time),
            finished_at: planned.finished_at,
        };
        end_unfinished(&mut message);
        Ok(message)
    }

    /// Hands out the messages, a few at a time, as long as `take` wants more.
    fn each(
        &self,
        names: &Names,
        steps: &Steps,
        mut take: impl FnMut(&[Message]) -> Result<bool, LibraryError>,
    ) -> Result<(), Stop> {
        let mut some = Vec::new();
        let mut bytes = 0;
        for n in 0..self.messages.len() {
            let message = self.message(names, n)?;
            bytes += size(&message);
            some.push(message);
            if some.len() >= AT_ONCE || bytes >= BYTES_AT_ONCE {
                steps.go_on()?;
                if !take(&some)? {
                    return Ok(());
                }
                some.clear();
                bytes = 0;
            }
        }
        if !some.is_empty() {
            take(&some)?;
        }
        Ok(())
    }

    /// An id that says what is in the conversation: the same for the same, another for anything else.
    fn fingerprint(&self, id: Option<&str>) -> Result<Uuid, LibraryError> {
        let names = Names {
            conversation: String::new(),
            renamed: false,
        };
        let mut mark = Uuid::new_v5(&NAMESPACE, id.unwrap_or_default().as_bytes());
        for n in 0..self.messages.len() {
            let message = self.message(&names, n)?;
            mark = Uuid::new_v5(&mark, json::line(&message)?.as_bytes());
        }
        Ok(mark)
    }
}

/// Roughly what a message takes.
fn size(message: &Message) -> usize {
    message
        .parts
        .iter()
        .map(|part| match part {
            Part::Text { text, .. } | Part::Reasoning { text, .. } => text.len(),
            Part::Tool { call, .. } => {
                call.arguments.len() + call.result.as_ref().map_or(0, String::len)
            }
            Part::Notice { .. } | Part::Continued => 0,
        })
        .sum()
}

/// Gives the last call that has no result this one.
fn answer(parts: &mut [Part], result: &Body) {
    let open = parts.iter_mut().rev().find_map(|part| match part {
        Part::Tool { call, .. } if call.result.is_none() => Some(call),
        _ => None,
    });
    if let Some(call) = open {
        call.state = ToolCallState::Succeeded;
        call.result = Some(crate::message::text_of(&result.parts));
    }
}

fn in_round(part: Part, round: u32) -> Part {
    match part {
        Part::Text {
            text, continued_at, ..
        } => Part::Text {
            text,
            continued_at,
            round,
        },
        Part::Tool { call, .. } => Part::Tool { call, round },
        other => other,
    }
}

/// An id that may stay as it is.
fn kept_id(id: &str) -> Option<String> {
    let is_plain = !id.is_empty()
        && id.len() <= ID_BYTES
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_plain && !id.starts_with(TEMPORARY)).then(|| id.to_owned())
}

/// An id as it is kept while a conversation is read: an absurdly long one by what it is made of.
fn shortened(id: String) -> String {
    if id.len() > LONG_ID_BYTES {
        derived(NAMESPACE, &id)
    } else {
        id
    }
}

/// How many bytes something that a conversation says of itself may have.
fn room_of(fact: &str) -> usize {
    if fact == "draft" {
        VALUE_BYTES
    } else {
        FACT_BYTES
    }
}

/// An id made of another: the same each time.
fn derived(space: Uuid, id: &str) -> String {
    Uuid::new_v5(&space, id.as_bytes()).to_string()
}

fn derived_space(conversation: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, conversation.as_bytes())
}

/// A time in milliseconds that can be one.
pub(super) fn time(milliseconds: i64) -> Option<i64> {
    (0..=LAST_TIME)
        .contains(&milliseconds)
        .then_some(milliseconds)
}

/// Seconds, with a fraction, as milliseconds.
pub(super) fn seconds(value: Option<&Json>) -> Option<i64> {
    let seconds = value?.as_f64()?;
    if !(0.0..=(LAST_TIME / 1_000) as f64).contains(&seconds) {
        return None;
    }
    // Within the range just checked.
    time((seconds * 1_000.0).round() as i64)
}

/// A title or a name: on one line and not too long; `None` if nothing is left.
fn cleaned(text: &str) -> Option<String> {
    let line: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(TITLE_CHARACTERS)
        .collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// A model's name, if it can be one.
pub(super) fn model(name: Option<&str>) -> Option<String> {
    name.map(str::trim)
        .filter(|name| !name.is_empty() && name.len() <= MODEL_BYTES)
        .map(str::to_owned)
}

/// An entry of a conversation as it was read.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) node: Option<Node>,
    pub(super) body: Body,
    /// It is not what it should be, though something may be kept of it.
    pub(super) is_bad: bool,
    /// What is wrong with it, to follow its name.
    pub(super) problems: Vec<String>,
    /// What cannot be kept of it: kinds of things, and how many.
    pub(super) left_out: Vec<(String, u64)>,
}

/// A conversation as far as it has been read.
#[derive(Default)]
struct Heard {
    facts: Map<String, Json>,
    nodes: Vec<Node>,
    ranks: HashMap<String, u32>,
    has_messages: bool,
    has_mapping: bool,
    /// The first words of the user's.
    opening: Option<String>,
    problems: Vec<String>,
    more_problems: u32,
    left_out: HashMap<String, u64>,
    /// Messages beyond the last that is kept.
    beyond: u64,
}

impl Heard {
    fn problem(&mut self, reason: impl Into<String>) {
        if self.problems.len() < NAMED {
            self.problems.push(reason.into());
        } else {
            self.more_problems = self.more_problems.saturating_add(1);
        }
    }
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Own,
    ChatGpt,
    Session,
}

/// What a conversation says of itself.
struct Facts {
    id: Option<String>,
    title: Option<String>,
    titled_by: String,
    model: Option<String>,
    tools: Option<bool>,
    pinned: bool,
    archived: bool,
    folder: Option<String>,
    created_at: i64,
    updated_at: i64,
    draft: String,
    leaf: Option<String>,
    leaf_is_null: bool,
    problems: Vec<String>,
}

impl Facts {
    fn read(heard: &Heard, origin: Origin) -> Self {
        let facts = &heard.facts;
        let text = |name: &str| facts.get(name).and_then(Json::as_str);
        let flag = |name: &str| facts.get(name).and_then(Json::as_bool).unwrap_or(false);
        let first = heard.nodes.iter().find_map(|node| node.created_at);
        let last = heard.nodes.iter().filter_map(|node| node.created_at).max();
        let mut problems = Vec::new();
        let (id, model_name, leaf, times) = match origin {
            Origin::Own => (
                text("id"),
                text("model"),
                text("leaf"),
                ["created_at", "updated_at"]
                    .map(|name| facts.get(name).and_then(Json::as_i64).and_then(time)),
            ),
            Origin::ChatGpt => (
                text("conversation_id").or_else(|| text("id")),
                text("default_model_slug"),
                text("current_node"),
                ["create_time", "update_time"].map(|name| seconds(facts.get(name))),
            ),
            Origin::Session => (
                text("id"),
                None,
                None,
                ["created", "updated"].map(|name| seconds(facts.get(name))),
            ),
        };
        let [created, updated] = times;
        if created.is_none() || updated.is_none() {
            problems.push(
                "Its times cannot be right; those of its messages, or the present, were taken."
                    .to_owned(),
            );
        }
        let created_at = created.or(first).or(updated).unwrap_or_else(now);
        let title = text("title").and_then(cleaned);
        if title.as_deref() != text("title") && origin == Origin::Own {
            problems.push("Its title was shortened, or made one line.".to_owned());
        }
        let titled_by = match (origin, text("titled_by")) {
            (Origin::Own, Some(who @ ("app" | "model" | "user"))) => who,
            (Origin::Own, _) => "app",
            // The app that made it chose its title, or the user did: it is not to be replaced.
            (Origin::ChatGpt | Origin::Session, _) => "user",
        };
        Self {
            id: id.map(str::to_owned),
            title,
            titled_by: titled_by.to_owned(),
            model: model(model_name),
            tools: facts
                .get("tools")
                .and_then(Json::as_bool)
                .filter(|_| origin == Origin::Own),
            pinned: flag("pinned") || flag("is_starred"),
            archived: flag("archived") || flag("is_archived"),
            folder: text("folder")
                .filter(|_| origin == Origin::Own)
                .map(str::to_owned),
            created_at,
            updated_at: updated.or(last).unwrap_or(created_at),
            draft: text("draft")
                .filter(|_| origin == Origin::Own)
                .unwrap_or_default()
                .to_owned(),
            leaf: leaf.map(|id| shortened(id.to_owned())),
            leaf_is_null: origin == Origin::Own && facts.get("leaf") == Some(&Json::Null),
            problems,
        }
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
