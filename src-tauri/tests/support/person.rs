//! The person in front of the browser: a `$BROWSER` script that opens the page, presses *Authorize*
//! and reads the code.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::which;
use super::wait::until;

/// What the person does when the app opens a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Presses *Authorize* at once and notes the code.
    Approves,
    /// Only looks; the test approves when it wants.
    Looks,
    /// There is no browser at all.
    Absent,
}

/// A person with a browser.
#[derive(Debug)]
pub(crate) struct Person {
    folder: PathBuf,
    habit: Habit,
}

impl Person {
    /// A person whose notes lie in `folder`.
    pub(crate) fn new(folder: PathBuf, habit: Habit) -> Self {
        fs::create_dir_all(&folder).expect("the folder can be written");
        let script = folder.join("browser");
        fs::write(&script, include_str!("person.sh")).expect("the script can be written");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))
            .expect("the script can be made a program");
        let person = Self { folder, habit };
        person.now(habit);
        person
    }

    /// From now on the person does this (there has to be a browser from the start).
    pub(crate) fn now(&self, habit: Habit) {
        let word = match habit {
            Habit::Approves => "approve",
            Habit::Looks | Habit::Absent => "look",
        };
        fs::write(self.folder.join("habit"), word).expect("the folder can be written");
    }

    /// What `BROWSER` is to be.
    pub(crate) fn browser(&self) -> PathBuf {
        match self.habit {
            Habit::Absent => self.folder.join("no-browser-here"),
            Habit::Approves | Habit::Looks => self.folder.join("browser"),
        }
    }

    /// Whether programs can be found at all: without a browser, `xdg-open` is not to find one either.
    pub(crate) fn has_browser(&self) -> bool {
        self.habit != Habit::Absent
    }

    /// The pages opened so far.
    pub(crate) fn opened(&self) -> Vec<String> {
        fs::read_to_string(self.folder.join("opened"))
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Waits until `count` pages have been opened, and tells the last of them.
    pub(crate) async fn sees(&self, count: usize) -> String {
        until(async || {
            let pages = self.opened();
            pages.get(count.checked_sub(1)?).cloned()
        })
        .await
        .unwrap_or_else(|| panic!("{count} pages to be opened, but: {:?}", self.opened()))
    }

    /// The code the person read, once there is one; the note is thrown away.
    pub(crate) async fn code(&self) -> String {
        let note = self.folder.join("code");
        let code = until(async || fs::read_to_string(&note).ok())
            .await
            .unwrap_or_else(|| {
                panic!(
                    "no code from the page; opened: {:?}; trouble: {}",
                    self.opened(),
                    fs::read_to_string(self.folder.join("trouble")).unwrap_or_default()
                )
            });
        fs::remove_file(&note).expect("the note is there");
        code.trim().to_owned()
    }

    /// Goes to the page by hand and presses *Authorize*.
    pub(crate) fn approve(&self, page: &str) {
        let status = Command::new(which("sh"))
            .arg(self.folder.join("browser"))
            .arg(page)
            .env("AT_ONCE", "approve")
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "could not authorize on {page}: {}",
            fs::read_to_string(self.folder.join("trouble")).unwrap_or_default()
        );
    }

    /// Where the notes lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}
