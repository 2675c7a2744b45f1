//! The law of versions and deletions: whatever is done in whatever order, the tree is sound, the path is
//! a path, and what was deleted comes back as it was.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::view::PageAt;

/// What a person does; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Send,
    Edit(usize),
    Retry(usize),
    Select(usize, bool),
    Delete(usize, bool),
    Undo(usize),
    CarryOut(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Send),
        2 => any::<usize>().prop_map(Step::Edit),
        3 => any::<usize>().prop_map(Step::Retry),
        3 => any::<(usize, bool)>().prop_map(|(at, forward)| Step::Select(at, forward)),
        4 => any::<(usize, bool)>().prop_map(|(at, following)| Step::Delete(at, following)),
        3 => any::<usize>().prop_map(Step::Undo),
        1 => any::<usize>().prop_map(Step::CarryOut),
    ];
    proptest::collection::vec(step, 1..40)
}

/// Everything the library holds of a conversation, row by row.
fn dump(library: &Library) -> Vec<String> {
    let connection = library.lock();
    [
        "SELECT rowid, * FROM message ORDER BY rowid",
        "SELECT * FROM conversation",
        "SELECT * FROM deletion ORDER BY id",
        "SELECT * FROM deleted_message ORDER BY id",
        "SELECT * FROM moved_message ORDER BY id",
        "SELECT * FROM choice ORDER BY message",
    ]
    .iter()
    .flat_map(|statement| {
        let mut statement = connection.prepare(statement).unwrap();
        let columns = statement.column_count();
        statement
            .raw_query()
            .mapped(move |row| {
                (0..columns)
                    .map(|column| row.get(column))
                    .collect::<Result<Vec<rusqlite::types::Value>, _>>()
            })
            .map(|row| format!("{:?}", row.unwrap()))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// A library, and what should be in it.
struct World {
    library: Library,
    conversation: String,
    /// What every message was written to follow.
    followed: BTreeMap<String, Option<String>>,
    /// In the order they were written.
    order: Vec<String>,
    /// Deletions that can be undone, oldest first, and what they took away.
    deletions: Vec<(String, i64, BTreeSet<String>)>,
    now: i64,
}

impl World {
    fn new() -> Self {
        let library = Library::in_memory().unwrap();
        let conversation = library.create_conversation("Law", "plain", 1).unwrap();
        Self {
            library,
            conversation,
            followed: BTreeMap::new(),
            order: Vec::new(),
            deletions: Vec::new(),
            now: 1,
        }
    }

    fn path(&self) -> Vec<Message> {
        self.library.path_of(&self.conversation).unwrap()
    }

    /// Ids of the messages there are, in the order they were written.
    fn there(&self) -> Vec<String> {
        let connection = self.library.lock();
        let mut statement = connection
            .prepare("SELECT id FROM message ORDER BY rowid")
            .unwrap();
        statement
            .raw_query()
            .mapped(|row| row.get(0))
            .collect::<Result<_, _>>()
            .unwrap()
    }

    fn write(&mut self, roles: &[Role], parent: Option<String>) {
        let mut parent = parent;
        let mut messages = Vec::new();
        for role in roles {
            let text = self.order.len().to_string();
            let new = message(*role, parent.as_deref(), &text);
            self.followed.insert(new.id.clone(), parent);
            self.order.push(new.id.clone());
            parent = Some(new.id.clone());
            messages.push(new);
        }
        self.library
            .add_messages(&self.conversation, &messages, false, self.now)
            .unwrap();
    }

    fn take(&mut self, step: &Step) {
        self.now += 1;
        let path = self.path();
        let pick = |at: usize| path.get(at.checked_rem(path.len()).unwrap_or(0)).cloned();
        match *step {
            Step::Send => {
                let parent = path.last().map(|message| message.id.clone());
                self.write(&[Role::User, Role::Assistant], parent);
            }
            Step::Edit(at) => {
                if let Some(old) = pick(at).filter(|message| message.role == Role::User) {
                    self.write(&[Role::User, Role::Assistant], old.parent);
                }
            }
            Step::Retry(at) => {
                if let Some(old) = pick(at).filter(|message| message.role == Role::Assistant) {
                    self.write(&[Role::Assistant], old.parent);
                }
            }
            Step::Select(at, forward) => {
                if let Some(old) = pick(at) {
                    let offset = if forward { 1 } else { -1 };
                    match self.library.select_version(&old.id, offset) {
                        Ok((_, chosen)) => {
                            assert!(self.path().iter().any(|message| message.id == chosen));
                        }
                        Err(LibraryError::Missing) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            Step::Delete(at, following) => self.delete(at, following),
            Step::Undo(at) => {
                if !self.deletions.is_empty() {
                    let (id, ..) = self.deletions.remove(at % self.deletions.len());
                    self.undo(&id);
                }
            }
            Step::CarryOut(at) => self.carry_out(at),
        }
    }

    /// Any message may be deleted, whether it is on the visible path or not.
    fn delete(&mut self, at: usize, following: bool) {
        let there = self.there();
        let Some(chosen) = there.get(at.checked_rem(there.len()).unwrap_or(0)) else {
            return;
        };
        let before = dump(&self.library);
        // What is undone at once leaves no trace.
        let id = new_id();
        self.library
            .delete_message(chosen, following, &id, self.now)
            .unwrap();
        self.undo(&id);
        assert_eq!(dump(&self.library), before);

        let deleted = self
            .library
            .delete_message(chosen, following, &id, self.now)
            .unwrap();
        let left: BTreeSet<String> = self.there().into_iter().collect();
        let gone: BTreeSet<String> = there
            .into_iter()
            .filter(|message| !left.contains(message))
            .collect();
        assert_eq!(gone.len(), usize::try_from(deleted.messages).unwrap());
        assert!(following || gone.len() == 1);
        self.deletions.push((id, self.now, gone));
    }

    fn undo(&self, id: &str) {
        let restored = self.library.undo_delete(id).unwrap();
        assert!(
            matches!(restored, Some(Restored::Messages { .. })),
            "{restored:?}"
        );
        assert!(self.library.undo_delete(id).unwrap().is_none());
    }

    /// Carries out a deletion and all older ones.
    fn carry_out(&mut self, at: usize) {
        let Some((_, until, _)) = self
            .deletions
            .get(at.checked_rem(self.deletions.len()).unwrap_or(0))
        else {
            return;
        };
        let before = until + 1;
        while self.library.purge_step(before).unwrap() {}
        let (over, open): (Vec<_>, Vec<_>) = std::mem::take(&mut self.deletions)
            .into_iter()
            .partition(|(_, at, _)| *at < before);
        self.deletions = open;
        for (id, _, gone) in over {
            assert!(self.library.undo_delete(&id).unwrap().is_none());
            for message in gone {
                let before = self.followed.remove(&message).unwrap();
                for followed in self.followed.values_mut() {
                    if followed.as_ref() == Some(&message) {
                        followed.clone_from(&before);
                    }
                }
                self.order.retain(|id| *id != message);
            }
        }
    }

    fn check(&self) {
        let there: BTreeSet<String> = self.there().into_iter().collect();
        let rows: Vec<(String, Option<String>, i64)> = {
            let connection = self.library.lock();
            let mut statement = connection
                .prepare("SELECT id, parent, depth FROM message ORDER BY rowid")
                .unwrap();
            statement
                .raw_query()
                .mapped(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .collect::<Result<_, _>>()
                .unwrap()
        };
        // Versions are in the order they were written.
        let written: Vec<&String> = self.order.iter().filter(|id| there.contains(*id)).collect();
        assert_eq!(rows.iter().map(|(id, ..)| id).collect::<Vec<_>>(), written);
        // Each follows the nearest before it that is there, one level below it.
        let depths: BTreeMap<&String, i64> =
            rows.iter().map(|(id, _, depth)| (id, *depth)).collect();
        for (id, parent, depth) in &rows {
            let mut nearest = &self.followed[id];
            while let Some(before) = nearest
                && !there.contains(before)
            {
                nearest = &self.followed[before];
            }
            assert_eq!(parent, nearest);
            assert_eq!(
                *depth,
                parent.as_ref().map_or(0, |parent| depths[parent] + 1)
            );
        }
        // The path is whole, ends where nothing follows, and its pages join to it.
        let path = self.path();
        assert_eq!(path.is_empty(), rows.is_empty());
        for (index, message) in path.iter().enumerate() {
            assert_eq!(
                message.parent.as_ref(),
                index.checked_sub(1).map(|before| &path[before].id)
            );
        }
        if let Some(leaf) = path.last() {
            assert!(
                rows.iter()
                    .all(|(_, parent, _)| parent.as_ref() != Some(&leaf.id))
            );
        }
        let mut pages: Vec<Message> = Vec::new();
        let mut at = PageAt::End;
        loop {
            let page = self.library.page(&self.conversation, &at).unwrap();
            assert_eq!(usize::try_from(page.total).unwrap(), path.len());
            let Some(first) = page.messages.first() else {
                break;
            };
            at = PageAt::Before {
                message: first.message.id.clone(),
            };
            pages.splice(0..0, page.messages.into_iter().map(|entry| entry.message));
            if page.first == 0 {
                break;
            }
        }
        assert_eq!(pages, path);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_tree_is_sound_after_every_step_and_whole_when_all_is_undone(
        steps in steps(),
        backwards in any::<bool>(),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check();
        }
        let mut deletions = std::mem::take(&mut world.deletions);
        if backwards {
            deletions.reverse();
        }
        for (id, ..) in deletions {
            world.undo(&id);
            world.check();
        }
        prop_assert_eq!(world.there(), world.order.clone());
        for table in ["deletion", "deleted_message", "moved_message"] {
            let left: i64 = world
                .library
                .lock()
                .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
                .unwrap();
            prop_assert_eq!(left, 0, "{}", table);
        }
    }
}
