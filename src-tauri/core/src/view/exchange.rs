//! Taking conversations out and bringing them in: what the UI sees of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// As what conversations are taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExportFormat {
    /// The visible path of each, to be read: no way back.
    Markdown,
    /// Everything, to be imported again (`docs/library-format.md`).
    Json,
}

/// Long work on the library: an export or an import. Event name: `job`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct JobView {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// How much is done: messages of an export, bytes of an import.
    #[ts(type = "number")]
    pub done: u64,
    /// Of how much, as far as that is known.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    /// Once it is over: what was done, in whole sentences.
    pub summary: Option<String>,
    /// What could not be taken as it was, the first of them.
    pub problems: Vec<JobProblem>,
    /// How many more there were.
    pub more_problems: u32,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobKind {
    /// Conversations are taken out.
    Export,
    /// Conversations are brought in.
    Import,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobState {
    /// Under way.
    Running,
    /// Over; see the summary, and the problems.
    Done,
    /// It could not go on; see the summary.
    Failed,
    /// The user, or the end of the app, ended it.
    Cancelled,
}

/// Something that could not be taken as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct JobProblem {
    /// Which file, conversation or message: text from outside, cut, on one line.
    pub entry: String,
    /// What is wrong with it, and what became of it: a sentence.
    pub reason: String,
}
