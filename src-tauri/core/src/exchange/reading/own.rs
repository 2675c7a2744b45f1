//! What only a library of Serein's own has: folders, and the unsent text of chats that have not begun.

use std::io::Read;

use super::bounds::{NAMESPACE, VALUE_BYTES, cleaned, derived, kept_id, time};
use super::{Broken, Import};
use crate::exchange::json;
use crate::exchange::scan::Scan;
use crate::library::{FolderRow, NewChat};
use crate::now;
use crate::plain::holds_turns;

/// Folders at most.
const FOLDERS: usize = 10_000;

impl Import<'_> {
    /// The folders of a library.
    pub(super) fn folders<R: Read>(&mut self, scan: &mut Scan<'_, R>) -> Result<(), Broken> {
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
            if holds_turns(&folder.name) {
                self.steps.problem(
                    &format!("{}: folder “{name}”", self.file),
                    "Its name held characters that turn text around; they were taken out.",
                );
            }
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
    pub(super) fn new_chat<R: Read>(&mut self, scan: &mut Scan<'_, R>) -> Result<(), Broken> {
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
}
