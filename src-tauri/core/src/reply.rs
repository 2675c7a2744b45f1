//! A reply as it is being written: the stream's events folded into parts, and what that means for
//! the windows (events) and for the library (journal entries). Pure: no clock, no task, no file.

use serechat::ToolCall;
use serein_markdown::{Document, Patch};

use crate::error::IpcError;
use crate::library::JournalEntry;
use crate::message::{Part, part_view};
use crate::view::{PartView, Role, ToolCallState, ToolCallView, TurnEventKind};

/// What a change to the reply means for others.
#[derive(Debug, Default)]
pub struct Changes {
    /// For the windows, in order.
    pub events: Vec<TurnEventKind>,
    /// For the library, in order.
    pub journal: Vec<JournalEntry>,
}

impl Changes {
    fn add(&mut self, event: TurnEventKind, entry: JournalEntry) {
        self.events.push(event);
        self.journal.push(entry);
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.journal.is_empty()
    }
}

/// The two kinds of text a stream carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// The reply itself.
    Content,
    /// The model's thinking.
    Reasoning,
}

#[derive(Debug)]
struct LivePart {
    part: Part,
    document: Document,
}

/// A reply as it is being written.
#[derive(Debug, Default)]
pub struct Reply {
    parts: Vec<LivePart>,
    /// The part that takes text. Notes may stand after it: text goes on across them.
    open: Option<usize>,
    /// A text that an earlier turn left and the user asked more of: the reply goes on in it.
    continued: Option<usize>,
    /// Text that arrived since the last flush; it belongs to the open part.
    pending: String,
    /// The inference call whose stream is being read; never that of an earlier turn.
    round: u32,
    /// Anything but notes arrived in the present turn.
    gained: bool,
    unreadable: bool,
}

impl Reply {
    /// A reply that begins with what an earlier turn left.
    pub fn new(parts: Vec<Part>) -> Self {
        let parts: Vec<LivePart> = parts
            .into_iter()
            .map(|part| {
                let mut document = Document::new();
                if let Part::Text { text, .. } | Part::Reasoning { text, .. } = &part {
                    document.push(text);
                    document.finish();
                }
                LivePart { part, document }
            })
            .collect();
        let continued = parts
            .iter()
            .rposition(|live| !matches!(live.part, Part::Notice { .. }))
            .filter(|end| {
                matches!(
                    &parts[*end].part,
                    Part::Text { text, continued_at, .. } if continued_at.last() == Some(&text.len())
                )
            });
        let round = parts
            .iter()
            .filter_map(|live| live.part.round())
            .max()
            .map_or(0, |last| last + 1);
        Self {
            parts,
            round,
            continued,
            ..Self::default()
        }
    }

    /// Takes text in. Nothing is told to anybody before [`Self::flush`], unless a new part begins.
    pub fn text(&mut self, kind: TextKind, text: &str, now: i64, changes: &mut Changes) {
        if text.is_empty() {
            return;
        }
        self.gained = true;
        if self.open_text() != Some(kind) {
            self.close(now, changes);
            let continued = match kind {
                TextKind::Content => self.continued.take(),
                TextKind::Reasoning => None,
            };
            if continued.is_some() {
                self.open = continued;
                self.pending.push_str(text);
                return;
            }
            let part = match kind {
                TextKind::Content => Part::Text {
                    text: String::new(),
                    continued_at: Vec::new(),
                    round: self.round,
                },
                TextKind::Reasoning => Part::Reasoning {
                    text: String::new(),
                    started_at: now,
                    took: None,
                },
            };
            self.open = Some(self.parts.len());
            changes.journal.push(self.added(part));
        }
        self.pending.push_str(text);
    }

    /// The kind of text the open part takes.
    fn open_text(&self) -> Option<TextKind> {
        match self.parts.get(self.open?)?.part {
            Part::Text { .. } => Some(TextKind::Content),
            Part::Reasoning { .. } => Some(TextKind::Reasoning),
            _ => None,
        }
    }

    fn added(&mut self, part: Part) -> JournalEntry {
        let entry = JournalEntry::Set {
            part: self.parts.len(),
            value: part.clone(),
        };
        self.parts.push(LivePart {
            part,
            document: Document::new(),
        });
        entry
    }

    /// Tells what text arrived since the last time.
    pub fn flush(&mut self, changes: &mut Changes) {
        if self.pending.is_empty() {
            return;
        }
        let more = std::mem::take(&mut self.pending);
        let Some((index, live)) = self
            .open
            .and_then(|index| Some((index, self.parts.get_mut(index)?)))
        else {
            return;
        };
        let patch: Patch = live.document.push(&more);
        let event = match &mut live.part {
            Part::Text { text, .. } => {
                text.push_str(&more);
                TurnEventKind::Content {
                    part: number(index),
                    patch,
                }
            }
            Part::Reasoning {
                text, started_at, ..
            } => {
                text.push_str(&more);
                TurnEventKind::Reasoning {
                    part: number(index),
                    started_at: *started_at,
                    patch,
                }
            }
            _ => return,
        };
        changes.add(
            event,
            JournalEntry::Append {
                part: index,
                text: more,
            },
        );
    }

    /// Tells the end of a text that waited for more. The library has it already.
    fn finish_text(&mut self, index: usize, changes: &mut Changes) {
        let Some(live) = self.parts.get_mut(index) else {
            return;
        };
        let patch = live.document.finish();
        if patch.is_empty() {
            return;
        }
        let part = number(index);
        match live.part {
            Part::Text { .. } => changes.events.push(TurnEventKind::Content { part, patch }),
            Part::Reasoning { started_at, .. } => {
                changes.events.push(TurnEventKind::Reasoning {
                    part,
                    started_at,
                    patch,
                });
            }
            Part::Tool { .. } | Part::Notice { .. } | Part::Continued => {}
        }
    }

    /// After how many frames the next flush is due: more than one where the window has to lay out a giant
    /// paragraph again.
    pub fn frames(&self) -> u32 {
        self.open
            .and_then(|index| self.parts.get(index))
            .map_or(1, |live| live.document.frames())
    }

    /// Ends the part that takes text: flushes it, and stops the clock of thinking.
    pub fn close(&mut self, now: i64, changes: &mut Changes) {
        self.flush(changes);
        let Some(index) = self.open.take() else {
            return;
        };
        self.finish_text(index, changes);
        let Some(LivePart { part, .. }) = self.parts.get_mut(index) else {
            return;
        };
        if let Part::Reasoning {
            started_at, took, ..
        } = part
        {
            let elapsed = u64::try_from(now - *started_at).unwrap_or(0);
            *took = Some(elapsed);
            let value = part.clone();
            changes.add(
                TurnEventKind::Reasoned {
                    part: number(index),
                    took: elapsed,
                },
                JournalEntry::Set { part: index, value },
            );
        }
    }

    /// Adds the calls of an inference round. Calls are added as [`ToolCallState::Running`].
    pub fn tool_calls(&mut self, calls: &[ToolCall], now: i64, changes: &mut Changes) {
        self.close(now, changes);
        self.continued = None;
        self.gained |= !calls.is_empty();
        for call in calls {
            let view = ToolCallView {
                id: call.id.clone(),
                name: call.name.clone(),
                arguments: call.arguments.clone(),
                state: ToolCallState::Running,
                result: None,
            };
            let part = self.parts.len();
            let entry = self.added(Part::Tool {
                call: view.clone(),
                round: self.round,
            });
            changes.add(
                TurnEventKind::ToolCalls {
                    part: number(part),
                    call: view,
                },
                entry,
            );
        }
    }

    /// Another inference call follows: what it gives is apart from what was given before.
    pub fn next_round(&mut self, now: i64, changes: &mut Changes) {
        self.close(now, changes);
        self.round += 1;
    }

    /// The calls that have not ended, with their part's index.
    pub fn open_calls(&self) -> Vec<(usize, ToolCallView)> {
        self.parts
            .iter()
            .enumerate()
            .filter_map(|(index, live)| match &live.part {
                Part::Tool { call, .. } if call.state.is_open() => Some((index, call.clone())),
                _ => None,
            })
            .collect()
    }

    /// Changes the state of the call at part `index`, and its result if it has one by now.
    pub fn tool_changed(
        &mut self,
        index: usize,
        state: ToolCallState,
        result: Option<String>,
        changes: &mut Changes,
    ) {
        let Some(LivePart { part, .. }) = self.parts.get_mut(index) else {
            return;
        };
        let Part::Tool { call, .. } = part else {
            return;
        };
        call.state = state;
        call.result = result;
        let call = call.clone();
        let value = part.clone();
        changes.add(
            TurnEventKind::ToolResult {
                part: number(index),
                call,
            },
            JournalEntry::Set { part: index, value },
        );
    }

    /// Puts a note into the reply. Text that follows goes on where it was.
    pub fn notice(&mut self, error: IpcError, changes: &mut Changes) {
        self.flush(changes);
        let part = self.parts.len();
        let entry = self.added(Part::Notice {
            error: error.clone(),
        });
        changes.add(
            TurnEventKind::Error {
                part: number(part),
                error,
            },
            entry,
        );
    }

    /// Notes, once a reply, that a part of the stream could not be read.
    pub fn unreadable(&mut self, changes: &mut Changes) {
        if !std::mem::replace(&mut self.unreadable, true) {
            self.notice(crate::sentences::unreadable_part(), changes);
        }
    }

    /// Whether anything but notes arrived in the present turn.
    pub fn has_gained(&self) -> bool {
        self.gained
    }

    /// The parts as they are stored. Unflushed text is not in them.
    pub fn parts(&self) -> Vec<Part> {
        self.parts.iter().map(|live| live.part.clone()).collect()
    }

    /// The parts as they are shown. Unflushed text is not in them.
    pub fn view(&self) -> Vec<PartView> {
        self.parts
            .iter()
            .map(|live| match &live.part {
                Part::Text { .. } => PartView::Text {
                    blocks: live.document.blocks().to_vec(),
                },
                Part::Reasoning {
                    started_at, took, ..
                } => PartView::Reasoning {
                    blocks: live.document.blocks().to_vec(),
                    started_at: *started_at,
                    took: *took,
                },
                other => part_view(Role::Assistant, other),
            })
            .collect()
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
