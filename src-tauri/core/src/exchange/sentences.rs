//! The sentences an export or an import ends with: what was done, what was kept, what to do.

use super::reading::Imported;
use super::scan::Fault;
use super::{Exported, Stop};

/// A number with what it counts.
fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {many}")
    }
}

fn conversations(count: u64) -> String {
    counted(count, "conversation", "conversations")
}

pub(super) fn exported(done: &Exported) -> String {
    format!(
        "{} with {} exported to {}.",
        conversations(done.conversations),
        counted(done.messages, "message", "messages"),
        done.path.display()
    )
}

pub(super) fn export_cancelled() -> String {
    "The export was cancelled. Nothing was written.".to_owned()
}

pub(super) fn export_failed(stop: &Stop) -> String {
    format!("{} Nothing was exported.", reason(stop))
}

pub(super) fn imported(done: &Imported) -> String {
    let mut sentence = if done.conversations == 0 {
        let new = if done.already > 0 { "new " } else { "" };
        format!("Nothing {new}was imported.")
    } else {
        format!(
            "{} with {} imported.",
            conversations(done.conversations),
            counted(done.messages, "message", "messages")
        )
    };
    if done.already > 0 {
        let were = if done.already == 1 { "was" } else { "were" };
        sentence += &format!(" {} {were} there already.", conversations(done.already));
    }
    sentence
}

pub(super) fn import_cancelled(done: &Imported) -> String {
    format!(
        "The import was cancelled. {}",
        if done.conversations == 0 {
            "Nothing was imported.".to_owned()
        } else {
            format!(
                "{} imported before that stay.",
                conversations(done.conversations)
            )
        }
    )
}

pub(super) fn import_failed(stop: &Stop, done: &Imported) -> String {
    format!(
        "{} {} Import the same files again to go on: nothing is doubled.",
        reason(stop),
        if done.conversations == 0 {
            "Nothing was imported.".to_owned()
        } else {
            format!(
                "{} imported before that stay.",
                conversations(done.conversations)
            )
        }
    )
}

fn reason(stop: &Stop) -> String {
    match stop {
        Stop::Cancelled => "It was cancelled.".to_owned(),
        Stop::Library(error) => error.sentence().message,
        Stop::Io(error) => io_reason(error),
    }
}

/// The system's word in a sentence.
pub(super) fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "The disk is full. Free some space and try again."
        }
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "This place may not be written to or read. Choose another, or check its permissions."
        }
        std::io::ErrorKind::NotFound => "This file or folder is not there any more.",
        _ => "The file could not be read or written.",
    }
    .to_owned()
}

/// Why the rest of a file was not read.
pub(super) fn fault(fault: &Fault, some: bool) -> String {
    let what = if some {
        "The rest of this file was not read"
    } else {
        "This file was not imported"
    };
    match fault {
        Fault::Io(error) => format!("{what}: {}", io_reason(error)),
        other => format!("{what}: {other}."),
    }
}
