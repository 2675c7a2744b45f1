//! What the killed app imports: what was said to be in is in, whole and once, and the rest can follow.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use crate::exchange::{self, Steps};
use crate::instance_lock::InstanceLock;
use crate::library::recovery::open_profile;
use crate::library::{ConversationRow, Library};
use crate::message::{Message, Part};
use crate::sentences;
use crate::view::{ExportFormat, JobKind, JobState, JobView, MessageStatus, Role};

/// Files there are to import.
pub(super) const FILES: usize = 5;
/// Conversations of each.
const CONVERSATIONS: usize = 40;
/// One in so many has more messages than are added at once.
const LONG: usize = 10;

/// A file, and what is in it.
pub(super) struct Source {
    conversations: Vec<Wanted>,
}

/// A conversation as it is to come in.
struct Wanted {
    row: ConversationRow,
    messages: Vec<Message>,
    /// The byte before which it ends.
    end: u64,
}

pub(super) fn path(folder: &Path, file: usize) -> PathBuf {
    folder.join(format!("{file}.json"))
}

/// Writes the files.
pub(super) fn write(folder: &Path) -> Vec<Source> {
    (0..FILES)
        .map(|file| {
            let library = Library::in_memory().unwrap();
            let mut conversations = Vec::new();
            for n in 0..CONVERSATIONS {
                let (row, messages) = conversation(file, n);
                library.add_rows(&row, &messages).unwrap();
                conversations.push(Wanted {
                    row,
                    messages,
                    end: 0,
                });
            }
            let path = path(folder, file);
            let steps = steps(JobKind::Export);
            exchange::export(&library, None, ExportFormat::Json, &path, &steps);
            let text = fs::read_to_string(path).unwrap();
            let begin = |wanted: &Wanted| text.find(&format!("{{\"id\":\"{}\"", wanted.row.id));
            let ends: Vec<u64> = conversations
                .iter()
                .skip(1)
                .map(|next| begin(next).unwrap() as u64)
                .chain([text.len() as u64])
                .collect();
            for (wanted, end) in conversations.iter_mut().zip(ends) {
                wanted.end = end;
            }
            Source { conversations }
        })
        .collect()
}

/// Questions, each with two replies.
fn conversation(file: usize, n: usize) -> (ConversationRow, Vec<Message>) {
    let id = format!("in-{file}-{n}");
    let questions = if n % LONG == LONG - 1 { 100 } else { 2 };
    let mut messages: Vec<Message> = Vec::new();
    let mut parent = None;
    for question in 0..questions {
        let asked = format!("{id}-{question}");
        let mut say = |id: String, parent: Option<String>, role: Role| {
            messages.push(Message {
                parts: vec![Part::text(format!("{id} {}", "drop ".repeat(60)))],
                id,
                parent,
                role,
                status: MessageStatus::Complete,
                error: None,
                model: None,
                created_at: 1_000,
                finished_at: Some(1_001),
            });
        };
        say(asked.clone(), parent, Role::User);
        for version in ["a", "b"] {
            say(
                format!("{asked}-{version}"),
                Some(asked.clone()),
                Role::Assistant,
            );
        }
        parent = Some(format!("{asked}-b"));
    }
    let row = ConversationRow {
        title: id.clone(),
        id,
        titled_by: "user".to_owned(),
        model: None,
        tools: None,
        pinned: false,
        archived: false,
        folder: None,
        created_at: 1_000,
        updated_at: 1_001,
        draft: String::new(),
        leaf: parent,
    };
    (row, messages)
}

fn steps(kind: JobKind) -> Steps {
    Steps::new(kind, CancellationToken::new(), |_| {})
}

impl Wanted {
    /// Whether it is there; what is there is whole.
    fn is_in(&self, library: &Library) -> bool {
        let Some(row) = library.conversation_row(&self.row.id).unwrap() else {
            return false;
        };
        assert_eq!(row, self.row);
        let messages: Vec<Message> = library
            .messages_after(&row.id, i64::MIN, u32::MAX)
            .unwrap()
            .into_iter()
            .map(|stored| stored.message.unwrap())
            .collect();
        assert!(messages == self.messages, "{} is not whole", row.id);
        true
    }
}

/// What an import said.
#[derive(Default)]
struct Job {
    file: Option<usize>,
    /// It said that it runs.
    is_told: bool,
    /// Bytes that it counted as taken.
    taken: u64,
    is_over: bool,
}

/// What the killed apps of one folder said of their imports.
#[derive(Default)]
pub(super) struct Heard {
    /// Of this life.
    begun: u32,
    jobs: BTreeMap<String, Job>,
    /// What a check has found.
    found: BTreeSet<String>,
}

impl Heard {
    pub(super) fn begins(&mut self) {
        self.begun += 1;
    }

    pub(super) fn reads(&mut self, job: String, file: &str) {
        self.jobs.entry(job).or_default().file = Some(file.parse().unwrap());
    }

    pub(super) fn comes_along(&mut self, job: String, how: &str) {
        let job = self.jobs.entry(job).or_default();
        let (taken, state) = how.split_once(' ').unwrap();
        job.taken = job.taken.max(taken.parse().unwrap());
        match state {
            "Running" => job.is_told = true,
            "Done" => job.is_over = true,
            other => panic!("an import is {other}"),
        }
    }

    /// Whether one ran and was not over.
    pub(super) fn is_under_way(&self) -> bool {
        self.jobs.values().any(|job| job.is_told && !job.is_over)
    }

    pub(super) fn is_half_there(&self, sources: &[Source]) -> bool {
        sources.iter().any(|source| {
            let found = |wanted: &Wanted| self.found.contains(&wanted.row.id);
            source.conversations.iter().any(found) && !source.conversations.iter().all(found)
        })
    }

    /// The next start says that an import was cut off, and nothing else.
    pub(super) fn check_notice(&self, notice: Option<&str>) {
        if self.begun == 0 {
            assert_eq!(notice, None);
        } else if self.is_under_way() || notice.is_some() {
            assert_eq!(notice, Some(sentences::import_cut().as_str()));
        }
    }

    /// Looks for all that was said to be in, and for halves and doubles.
    pub(super) fn check(&mut self, library: &Library, sources: &[Source]) {
        for (file, source) in sources.iter().enumerate() {
            for wanted in &source.conversations {
                let id = &wanted.row.id;
                let was_said = self
                    .jobs
                    .values()
                    .any(|job| job.file == Some(file) && (job.is_over || job.taken >= wanted.end));
                let is_in = wanted.is_in(library);
                assert!(is_in || !was_said, "{id} was said to be in");
                assert!(is_in || !self.found.contains(id), "{id} was there");
                if is_in {
                    self.found.insert(id.clone());
                }
            }
        }
        assert_eq!(imported(library), self.found.len(), "none is there twice");
        self.begun = 0;
        self.jobs.clear();
    }
}

/// How many of the library's conversations came in.
fn imported(library: &Library) -> usize {
    let mut last = i64::MIN;
    let mut count = 0;
    while let Some((row, conversation)) = library.conversation_after(last).unwrap() {
        last = row;
        count += usize::from(conversation.title.starts_with("in-"));
    }
    count
}

/// Importing the same files again brings in what is missing, and nothing twice.
pub(super) fn import_again(folder: &Path, imports: &Path, sources: &[Source]) {
    let lock = InstanceLock::take(folder).unwrap();
    let library = open_profile(folder, &lock).unwrap().library;
    let files: Vec<PathBuf> = (0..FILES).map(|file| path(imports, file)).collect();
    let import = || -> JobView {
        let steps = steps(JobKind::Import);
        exchange::import(&library, &files, &steps);
        let over = steps.view();
        assert_eq!(
            (over.state, over.problems.as_slice()),
            (JobState::Done, &[][..])
        );
        over
    };
    import();
    let all = || sources.iter().flat_map(|source| &source.conversations);
    assert!(all().all(|wanted| wanted.is_in(&library)));
    let messages = library.message_count(None).unwrap();
    let again = import().summary.unwrap();
    assert!(again.starts_with("Nothing new was imported."), "{again}");
    assert_eq!(imported(&library), all().count());
    assert_eq!(library.message_count(None).unwrap(), messages);
}
