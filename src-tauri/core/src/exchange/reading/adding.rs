//! Adding a conversation that has been read: once, whole, and under ids that are free.

use super::bounds::kept_id;
use super::conversation::{Heard, MESSAGES};
use super::facts::{Facts, Origin};
use super::whole::{AT_ONCE, Names, Whole};
use super::{Broken, Import, Source};
use crate::exchange::tree::{Kind, Misfit, plan};
use crate::exchange::{Stop, names};
use crate::library::{ConversationRow, LibraryError, Standing, new_id};
use crate::now;
use crate::view::Role;

/// What there is under the names of a conversation.
enum Place {
    Free,
    Same,
    Deleted,
    Taken,
}

impl Import<'_> {
    /// Adds a conversation that has been read.
    pub(super) fn keep(&mut self, heard: Heard, from: Source) -> Result<(), Broken> {
        self.steps.go_on()?;
        let origin = match from {
            Source::Own => Origin::Own,
            Source::Other if heard.has_mapping => Origin::ChatGpt,
            Source::Other => Origin::Session,
        };
        let facts = Facts::read(&heard, origin);
        let label = format!(
            "{}: {}",
            self.file,
            match &facts.title {
                Some(title) => format!("“{}”", names::one_line(title)),
                None => format!("conversation {}", self.entry),
            }
        );
        if !heard.has_messages && !heard.has_mapping && from == Source::Other {
            self.steps.problem(
                &label,
                "There is no conversation in this entry; it was left out.",
            );
            return self.count_bad();
        }
        let is_bad_own = from == Source::Own && !heard.has_messages && facts.id.is_none();
        let plan = plan(&heard.nodes, &heard.ranks, origin != Origin::Own);
        if is_bad_own || (plan.messages.is_empty() && from == Source::Other) {
            self.steps.problem(
                &label,
                "No message in this conversation could be read; it was left out.",
            );
            self.name_problems(&label, &heard);
            return self.count_bad();
        }

        let mut heard = heard;
        for (n, misfit) in &plan.misfits {
            let role = match heard.nodes[*n].kind {
                Kind::Message(Role::User) => "A message of yours",
                _ => "A reply",
            };
            if *misfit == Misfit::Twice {
                // What has no id is given one.
                heard.nodes[*n].id.clear();
            }
            heard.problem(match misfit {
                Misfit::Twice => format!("{role} has the same id as another; it was given a new one."),
                Misfit::Orphan => format!(
                    "{role} follows a message that is not there; it now begins the conversation, as a version."
                ),
                Misfit::Circle => format!(
                    "{role} follows itself by way of others; it now begins the conversation, as a version."
                ),
            });
        }
        let folder = facts
            .folder
            .as_ref()
            .and_then(|id| self.folders.get(id).cloned());
        if facts.folder.is_some() && folder.is_none() {
            heard.problem("The folder it was in is not there; it is in none.".to_owned());
        }
        let leaf = facts.leaf.as_ref().and_then(|id| plan.home(id));
        if facts.leaf.is_some() && leaf.is_none() && !plan.messages.is_empty() {
            heard.problem(
                "Its last visible message is not there; the newest is shown instead.".to_owned(),
            );
        }
        // A conversation that says that nothing of it is visible is taken at its word.
        let leaf = match leaf {
            None if facts.leaf_is_null => None,
            None => plan.messages.len().checked_sub(1),
            some => some,
        };
        for problem in &facts.problems {
            heard.problem(problem.clone());
        }
        let whole = Whole {
            staging: &self.staging,
            nodes: &heard.nodes,
            messages: &plan.messages,
            first_time: facts.created_at,
            merged: origin != Origin::Own,
        };
        let row = ConversationRow {
            id: String::new(),
            title: facts
                .title
                .clone()
                .or_else(|| heard.opening.clone())
                .unwrap_or_else(|| "Untitled".to_owned()),
            titled_by: facts.titled_by,
            model: facts.model.or_else(|| {
                plan.messages
                    .iter()
                    .rev()
                    .find_map(|message| message.model.clone())
                    .filter(|_| origin == Origin::Session)
            }),
            tools: facts.tools,
            pinned: facts.pinned,
            archived: facts.archived,
            folder,
            created_at: facts.created_at,
            updated_at: facts.updated_at,
            draft: facts.draft,
            leaf: None,
        };
        let added = self.add(&whole, row, facts.id.as_deref(), leaf);
        self.name_problems(&label, &heard);
        if added? {
            self.done.conversations += 1;
            self.done.messages += plan.messages.len() as u64;
        } else {
            self.done.already += 1;
        }
        Ok(())
    }

    fn name_problems(&self, label: &str, heard: &Heard) {
        for problem in &heard.problems {
            self.steps.problem(label, problem.clone());
        }
        self.steps.more_problems(heard.more_problems);
        let mut left_out: Vec<_> = heard.left_out.iter().collect();
        left_out.sort();
        for (what, count) in left_out {
            self.steps.problem(
                label,
                format!("{what}: {count} left out; Serein cannot keep them."),
            );
        }
        if heard.beyond > 0 {
            self.steps.problem(
                label,
                format!(
                    "It has more than {MESSAGES} messages; the last {} were left out.",
                    heard.beyond
                ),
            );
        }
    }

    /// Adds a conversation under its own ids, if they are free; under others, if they belong to something
    /// else; and not at all, if it is there already: then the answer is `false`.
    fn add(
        &self,
        whole: &Whole<'_>,
        mut row: ConversationRow,
        id: Option<&str>,
        leaf: Option<usize>,
    ) -> Result<bool, Broken> {
        let mut fingerprint = None;
        for attempt in 0..3 {
            let names = match (attempt, id.and_then(kept_id)) {
                (0, Some(id)) => Names {
                    conversation: id,
                    renamed: false,
                },
                (2, _) => Names {
                    conversation: new_id(),
                    renamed: true,
                },
                _ => {
                    let mark = match fingerprint {
                        Some(mark) => mark,
                        None => *fingerprint.insert(whole.fingerprint(id)?),
                    };
                    Names {
                        conversation: mark.to_string(),
                        renamed: true,
                    }
                }
            };
            row.id.clone_from(&names.conversation);
            row.leaf = leaf.map(|leaf| whole.id(&names, leaf));
            match self.place(whole, &names)? {
                Place::Free => {
                    self.insert(whole, &names, &row)?;
                    return Ok(true);
                }
                Place::Deleted => {
                    self.library.bring_back(&row)?;
                    return Ok(true);
                }
                Place::Same => return Ok(false),
                Place::Taken => {}
            }
        }
        // The last names were made for this conversation alone.
        Err(Broken::All(Stop::Library(LibraryError::Missing)))
    }

    /// What there is under these names.
    fn place(&self, whole: &Whole<'_>, names: &Names) -> Result<Place, Broken> {
        let standing = self.library.standing(&names.conversation)?;
        let place = match standing {
            Standing::Absent => return self.place_of_ids(whole, names),
            Standing::Kept(count) if (count as usize) < whole.messages.len() => {
                return Ok(Place::Taken);
            }
            Standing::Kept(_) => Place::Same,
            Standing::Deleted(count) if count as usize != whole.messages.len() => {
                return Ok(Place::Taken);
            }
            Standing::Deleted(_) => Place::Deleted,
        };
        let mut fits = true;
        whole.each(names, self.steps, |messages| {
            fits = self
                .library
                .has_these_messages(&names.conversation, messages)?;
            Ok(fits)
        })?;
        Ok(if fits { place } else { Place::Taken })
    }

    /// Whether the names of the messages are free.
    fn place_of_ids(&self, whole: &Whole<'_>, names: &Names) -> Result<Place, Broken> {
        let all: Vec<usize> = (0..whole.messages.len()).collect();
        for some in all.chunks(AT_ONCE) {
            self.steps.go_on()?;
            let ids: Vec<String> = some.iter().map(|n| whole.id(names, *n)).collect();
            if self.library.has_any_message(&ids)? {
                return Ok(Place::Taken);
            }
        }
        Ok(Place::Free)
    }

    /// Adds a conversation whose names are free: at once if it is small, else in pieces.
    fn insert(
        &self,
        whole: &Whole<'_>,
        names: &Names,
        row: &ConversationRow,
    ) -> Result<(), Broken> {
        let mut mark: Option<String> = None;
        let mut is_in = false;
        let outcome = whole.each(names, self.steps, |messages| {
            let is_all = mark.is_none() && messages.len() == whole.messages.len();
            if is_all {
                self.library.add_rows(row, messages)?;
                is_in = true;
                return Ok(true);
            }
            if mark.is_none() {
                mark = Some(self.library.begin_adding(row, now())?);
            }
            self.library.add_more(&row.id, messages)?;
            Ok(true)
        });
        match (outcome, mark) {
            (Ok(()), Some(mark)) => self.library.end_adding(&row.id, &mark)?,
            (Ok(()), None) if !is_in => self.library.add_rows(row, &[])?,
            (Ok(()), None) => {}
            (Err(stop), mark) => {
                if mark.is_some()
                    && let Err(error) = self.library.drop_unfinished()
                {
                    log::warn!("an unfinished import waits for the next one: {error}");
                }
                return Err(stop.into());
            }
        }
        Ok(())
    }
}
