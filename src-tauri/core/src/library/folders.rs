//! Folders: a name, and the conversations that are put into it.

use rusqlite::params;

use super::{Library, LibraryError};
use crate::view::FolderView;

impl Library {
    /// The folders by name, each with the number of conversations it lists.
    ///
    /// # Errors
    /// When the database fails.
    pub fn folders(&self) -> Result<Vec<FolderView>, LibraryError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, name, (SELECT count(*) FROM conversation INDEXED BY conversation_in_folder
                               WHERE folder = folder.id AND deletion IS NULL AND archived = 0)
             FROM folder",
        )?;
        let mut folders: Vec<FolderView> = statement
            .query_map([], |row| {
                Ok(FolderView {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    conversations: row.get(2)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        // SQLite knows of no case beyond ASCII.
        folders.sort_by_cached_key(|folder| (folder.name.to_lowercase(), folder.id.clone()));
        Ok(folders)
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// When the database fails.
    pub fn create_folder(&self, name: &str, now: i64) -> Result<FolderView, LibraryError> {
        let id = self.new_id();
        self.lock().execute(
            "INSERT INTO folder (id, name, created_at) VALUES (?1, ?2, ?3)",
            params![id, name, now],
        )?;
        Ok(FolderView {
            id,
            name: name.to_owned(),
            conversations: 0,
        })
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn rename_folder(&self, id: &str, name: &str) -> Result<(), LibraryError> {
        match self
            .lock()
            .execute("UPDATE folder SET name = ?2 WHERE id = ?1", [id, name])?
        {
            0 => Err(LibraryError::Missing),
            _ => Ok(()),
        }
    }

    /// Removes a folder; its conversations stay, in no folder.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn delete_folder(&self, id: &str) -> Result<(), LibraryError> {
        match self
            .lock()
            .execute("DELETE FROM folder WHERE id = ?1", [id])?
        {
            0 => Err(LibraryError::Missing),
            _ => Ok(()),
        }
    }
}
