//! Where the bodies of a conversation's messages wait until the whole of it has been read: on disk, so
//! that a conversation of any length takes little memory. The file has no name and goes with the job.

use std::cell::Cell;

use rusqlite::{Connection, params};

use crate::error::IpcError;
use crate::library::LibraryError;
use crate::message::Part;

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Body {
    pub(super) parts: Vec<Part>,
    pub(super) error: Option<IpcError>,
}

/// The bodies, by number.
pub(super) struct Staging {
    connection: Connection,
    is_empty: Cell<bool>,
}

impl Staging {
    pub(super) fn new() -> Result<Self, LibraryError> {
        // The empty name is SQLite's own for a temporary database.
        let connection = Connection::open("")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.execute_batch(
            "CREATE TABLE body (n INTEGER PRIMARY KEY, parts TEXT NOT NULL, error TEXT) STRICT; BEGIN",
        )?;
        Ok(Self {
            connection,
            is_empty: Cell::new(true),
        })
    }

    /// Forgets everything.
    pub(super) fn clear(&self) -> Result<(), LibraryError> {
        if !self.is_empty.replace(true) {
            self.connection.execute("DELETE FROM body", [])?;
        }
        Ok(())
    }

    pub(super) fn put(&self, n: usize, body: &Body) -> Result<(), LibraryError> {
        self.is_empty.set(false);
        let parts = serde_json::to_string(&body.parts)?;
        let error = body.error.as_ref().map(serde_json::to_string).transpose()?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO body (n, parts, error) VALUES (?1, ?2, ?3)")?
            .execute(params![n as i64, parts, error])?;
        Ok(())
    }

    /// The body put under this number.
    pub(super) fn get(&self, n: usize) -> Result<Body, LibraryError> {
        let (parts, error): (String, Option<String>) = self
            .connection
            .prepare_cached("SELECT parts, error FROM body WHERE n = ?1")?
            .query_row([n as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Body {
            parts: serde_json::from_str(&parts)?,
            error: error
                .map(|error| serde_json::from_str(&error))
                .transpose()?,
        })
    }
}
