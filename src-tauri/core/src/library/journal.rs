//! The journal: what a running reply has gained since its row was written.

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{Library, LibraryError};
use crate::message::Part;

/// What a running reply has gained, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum JournalEntry {
    /// Part `part` is now this; a `part` one past the last adds it.
    Set {
        /// The part's index.
        part: usize,
        /// The part.
        value: Part,
    },
    /// The text of part `part` grew.
    Append {
        /// The part's index.
        part: usize,
        /// By this.
        text: String,
    },
}

impl JournalEntry {
    /// Does to `parts` what the entry says. An entry that does not fit is passed over.
    pub fn apply(self, parts: &mut Vec<Part>) {
        match self {
            Self::Set { part, value } if part < parts.len() => parts[part] = value,
            Self::Set { part, value } if part == parts.len() => parts.push(value),
            Self::Append { part, text: more } => {
                if let Some(Part::Text { text, .. } | Part::Reasoning { text, .. }) =
                    parts.get_mut(part)
                {
                    text.push_str(&more);
                }
            }
            Self::Set { .. } => {}
        }
    }
}

impl Library {
    /// Keeps what a running reply has gained.
    ///
    /// # Errors
    /// When the database fails; the entries are to be offered again.
    pub fn journal(
        &self,
        message: &str,
        first: i64,
        entries: &[JournalEntry],
    ) -> Result<(), LibraryError> {
        self.write_plainly(|tx| {
            let mut insert = tx.prepare_cached(
                "INSERT OR REPLACE INTO journal (message, n, entry) VALUES (?1, ?2, ?3)",
            )?;
            for (n, entry) in (first..).zip(entries) {
                insert.execute(params![message, n, serde_json::to_string(entry)?])?;
            }
            Ok(())
        })
    }
}
