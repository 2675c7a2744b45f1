//! The list of conversations and their order: pins, the archive, folders.

use jiff::tz::TimeZone;

use super::{Serein, TITLE_CHARACTERS, title_of};
use crate::error::IpcError;
use crate::library::{Library, LibraryError, is_temporary};
use crate::now;
use crate::sentences;
use crate::view::{
    ConversationList, ConversationPatch, ConversationSummary, FolderView, ListHeading, ListScope,
    ListSection,
};

/// Rows one call answers at most.
const ROWS: u32 = 200;
/// Folders there are at most.
const FOLDERS: usize = 1_000;

impl Serein {
    /// How many conversations there are under which headings.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversation_list(&self, scope: ListScope) -> Result<ConversationList, IpcError> {
        let mut sections = Vec::new();
        let temporary = self.temporary_length(&scope).await?;
        if temporary > 0 {
            sections.push(ListSection {
                heading: ListHeading::Temporary,
                count: temporary,
            });
        }
        let kept = self
            .library
            .run(move |library| library.sections(&scope, now(), &TimeZone::system()))
            .await?;
        sections.extend(kept);
        Ok(ConversationList {
            total: sections.iter().map(|section| section.count).sum(),
            sections,
        })
    }

    /// `count` rows of the list from index `first` on, as far as there are so many; 200 at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversation_rows(
        &self,
        scope: ListScope,
        first: u32,
        count: u32,
    ) -> Result<Vec<ConversationSummary>, IpcError> {
        let count = count.min(ROWS);
        let mut rows = Vec::new();
        let temporary = self.temporary_length(&scope).await?;
        if first < temporary
            && let Some(library) = self.temporary_if_any()
        {
            rows = library
                .run(move |library| library.rows(&ListScope::Active, first, count))
                .await?;
        }
        let missing = count - u32::try_from(rows.len()).unwrap_or(count);
        if missing > 0 {
            let first = first.saturating_sub(temporary);
            let kept = self
                .library
                .run(move |library| library.rows(&scope, first, missing))
                .await?;
            rows.extend(kept);
        }
        let running = self.feeds.running();
        for row in &mut rows {
            row.running = running.contains(&row.id);
        }
        Ok(rows)
    }

    /// A conversation's row; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversation_summary(
        &self,
        id: String,
    ) -> Result<Option<ConversationSummary>, IpcError> {
        let mut summary = self
            .library_of(&id)
            .run(move |library| library.summary(&id))
            .await?;
        if let Some(row) = &mut summary {
            row.running = self.feeds.running().contains(&row.id);
        }
        Ok(summary)
    }

    /// The index of a conversation's row in the list; `None` if it is not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversation_place(
        &self,
        id: String,
        scope: ListScope,
    ) -> Result<Option<u32>, IpcError> {
        let temporary = self.temporary_length(&scope).await?;
        if is_temporary(&id) {
            if temporary == 0 {
                return Ok(None);
            }
            return Ok(self
                .library_of(&id)
                .run(move |library| library.place(&id, &scope))
                .await?);
        }
        let place = self
            .library
            .run(move |library| library.place(&id, &scope))
            .await?;
        Ok(place.map(|place| place + temporary))
    }

    /// The conversation `offset` rows below `id`; the first one below a chat that has not begun yet or
    /// is not in this list. `None` where the list ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn neighbour(
        &self,
        id: Option<String>,
        scope: ListScope,
        offset: i64,
    ) -> Result<Option<String>, IpcError> {
        let place = match id {
            Some(id) => self.conversation_place(id, scope.clone()).await?,
            None => None,
        };
        // Above the first row.
        let from = place.map_or(-1, i64::from);
        let Some(wanted) = from
            .checked_add(offset)
            .and_then(|wanted| u32::try_from(wanted).ok())
        else {
            return Ok(None);
        };
        let row = self.conversation_rows(scope, wanted, 1).await?.pop();
        Ok(row.map(|row| row.id))
    }

    /// Changes some conversations. What is gone already is passed over.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidInput`] when the title is empty, or when a temporary chat is to have
    /// a place that is kept; else when the database fails. Nothing is changed then.
    pub async fn update_conversations(
        &self,
        ids: Vec<String>,
        mut patch: ConversationPatch,
    ) -> Result<(), IpcError> {
        if let Some(title) = &patch.title {
            patch.title = Some(title_of(title).ok_or_else(sentences::empty_title)?);
        }
        let (temporary, kept): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| is_temporary(id));
        let places = patch.pinned.is_some() || patch.archived.is_some() || patch.folder.is_some();
        if !temporary.is_empty() && places {
            return Err(sentences::temporary_has_no_place());
        }
        let for_temporary = patch.clone();
        let mut changed = self
            .library
            .run(move |library| library.update_conversations(&kept, &patch))
            .await
            .map_err(without_folder)?;
        if let Some(library) = self.temporary_if_any() {
            changed += library
                .run(move |library| library.update_conversations(&temporary, &for_temporary))
                .await?;
        }
        if changed == 0 {
            return Err(LibraryError::Missing.into());
        }
        self.host.conversations_changed();
        Ok(())
    }

    /// Gives a conversation a title.
    ///
    /// # Errors
    /// When the title is empty, there is no such conversation, or the database fails.
    pub async fn rename_conversation(&self, id: String, title: &str) -> Result<(), IpcError> {
        let title = title_of(title).ok_or_else(sentences::empty_title)?;
        self.library_of(&id)
            .run(move |library| library.rename_conversation(&id, &title))
            .await?;
        self.host.conversations_changed();
        Ok(())
    }

    /// The folders by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn folders(&self) -> Result<Vec<FolderView>, IpcError> {
        Ok(self.library.run(Library::folders).await?)
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidInput`] when the name is empty or taken, or when there are too many;
    /// else when the database fails.
    pub async fn create_folder(&self, name: &str) -> Result<FolderView, IpcError> {
        let name = self.free_folder_name(name, None).await?;
        let folder = self
            .library
            .run(move |library| library.create_folder(&name, now()))
            .await?;
        self.host.conversations_changed();
        Ok(folder)
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// As [`Serein::create_folder`], and when there is no such folder.
    pub async fn rename_folder(&self, id: String, name: &str) -> Result<(), IpcError> {
        let name = self.free_folder_name(name, Some(&id)).await?;
        self.library
            .run(move |library| library.rename_folder(&id, &name))
            .await
            .map_err(without_folder)?;
        self.host.conversations_changed();
        Ok(())
    }

    /// Removes a folder; its conversations stay, in no folder.
    ///
    /// # Errors
    /// When there is no such folder, or the database fails.
    pub async fn delete_folder(&self, id: String) -> Result<(), IpcError> {
        self.library
            .run(move |library| library.delete_folder(&id))
            .await
            .map_err(without_folder)?;
        self.host.conversations_changed();
        Ok(())
    }

    /// The name as it is kept, if no other folder than `own` has it.
    async fn free_folder_name(&self, name: &str, own: Option<&str>) -> Result<String, IpcError> {
        let name = title_of(name).ok_or_else(sentences::empty_folder_name)?;
        let folders = self.library.run(Library::folders).await?;
        if own.is_none() && folders.len() >= FOLDERS {
            return Err(sentences::too_many_folders(FOLDERS));
        }
        let is_taken = folders
            .iter()
            .any(|folder| folder.name == name && Some(folder.id.as_str()) != own);
        if is_taken {
            return Err(sentences::folder_name_taken(&name));
        }
        Ok(name)
    }

    /// A conversation of its own of the visible path up to a message, with that message.
    ///
    /// # Errors
    /// When the message is being written or is gone, or the database fails.
    pub async fn duplicate_conversation(&self, message: String) -> Result<String, IpcError> {
        let copy = self
            .library_of(&message)
            .run(move |library| {
                let (conversation, last) = library.message(&message)?;
                if last.status == crate::view::MessageStatus::Streaming {
                    return Ok(None);
                }
                let title = copy_title(&library.conversation(&conversation)?.title);
                library.duplicate(&message, &title, now()).map(Some)
            })
            .await?
            .ok_or_else(sentences::reply_in_the_way)?;
        self.host.conversations_changed();
        Ok(copy)
    }
}

/// What is missing where folders are asked for is a folder.
fn without_folder(error: LibraryError) -> IpcError {
    match error {
        LibraryError::Missing => sentences::no_such_folder(),
        other => other.into(),
    }
}

/// The title of a copy.
fn copy_title(title: &str) -> String {
    const MARK: &str = " (copy)";
    let room = TITLE_CHARACTERS.saturating_sub(MARK.len());
    match title.char_indices().nth(room) {
        Some((end, _)) => format!("{}…{MARK}", title[..end].trim_end()),
        None => format!("{title}{MARK}"),
    }
}
