//! A conversation that has been read, handed out message by message, its bodies still on disk.

use uuid::Uuid;

use super::bounds::{NAMESPACE, derived, derived_space, kept_id};
use crate::exchange::staging::{Body, Staging};
use crate::exchange::tree::{Kind, Node, Planned};
use crate::exchange::{Steps, Stop, json};
use crate::library::{LibraryError, end_unfinished};
use crate::message::{Message, Part};
use crate::view::ToolCallState;

/// Messages that are added, or compared, at once.
pub(super) const AT_ONCE: usize = 200;
/// The same in bytes.
const BYTES_AT_ONCE: usize = 4 << 20;

/// Under which names a conversation is added.
pub(super) struct Names {
    pub(super) conversation: String,
    /// Its messages are renamed too.
    pub(super) renamed: bool,
}

/// A conversation that has been read, its bodies still waiting.
pub(super) struct Whole<'a> {
    pub(super) staging: &'a Staging,
    pub(super) nodes: &'a [Node],
    pub(super) messages: &'a [Planned],
    pub(super) first_time: i64,
    /// Of several entries, one message: the calls of each are a round of their own.
    pub(super) merged: bool,
}

impl Whole<'_> {
    pub(super) fn id(&self, names: &Names, message: usize) -> String {
        let planned = &self.messages[message];
        let node = &self.nodes[planned.node];
        match kept_id(&node.id) {
            Some(id) if !names.renamed => id,
            _ => derived(
                derived_space(&names.conversation),
                &format!("{} {}", planned.node, node.id),
            ),
        }
    }

    fn message(&self, names: &Names, n: usize) -> Result<Message, LibraryError> {
        let planned = &self.messages[n];
        let mut parts: Vec<Part> = Vec::new();
        let mut error = None;
        let mut round = 0;
        for node in &planned.bodies {
            let mut body = self.staging.get(*node)?;
            error = body.error.take().or(error);
            if self.nodes[*node].kind == Kind::Result {
                answer(&mut parts, &body);
            } else if self.merged {
                parts.extend(body.parts.into_iter().map(|part| in_round(part, round)));
                round += 1;
            } else {
                parts = body.parts;
            }
        }
        let mut message = Message {
            id: self.id(names, n),
            parent: planned.parent.map(|parent| self.id(names, parent)),
            role: planned.role,
            status: planned.status,
            parts,
            error,
            model: planned.model.clone(),
            created_at: planned.created_at.unwrap_or(self.first_time),
            finished_at: planned.finished_at,
        };
        end_unfinished(&mut message);
        Ok(message)
    }

    /// Hands out the messages, a few at a time, as long as `take` wants more.
    pub(super) fn each(
        &self,
        names: &Names,
        steps: &Steps,
        mut take: impl FnMut(&[Message]) -> Result<bool, LibraryError>,
    ) -> Result<(), Stop> {
        let mut some = Vec::new();
        let mut bytes = 0;
        for n in 0..self.messages.len() {
            let message = self.message(names, n)?;
            bytes += size(&message);
            some.push(message);
            if some.len() >= AT_ONCE || bytes >= BYTES_AT_ONCE {
                steps.go_on()?;
                if !take(&some)? {
                    return Ok(());
                }
                some.clear();
                bytes = 0;
            }
        }
        if !some.is_empty() {
            take(&some)?;
        }
        Ok(())
    }

    /// An id that says what is in the conversation: the same for the same, another for anything else.
    pub(super) fn fingerprint(&self, id: Option<&str>) -> Result<Uuid, LibraryError> {
        let names = Names {
            conversation: String::new(),
            renamed: false,
        };
        let mut mark = Uuid::new_v5(&NAMESPACE, id.unwrap_or_default().as_bytes());
        for n in 0..self.messages.len() {
            let message = self.message(&names, n)?;
            mark = Uuid::new_v5(&mark, json::line(&message)?.as_bytes());
        }
        Ok(mark)
    }
}

/// Roughly what a message takes.
fn size(message: &Message) -> usize {
    message
        .parts
        .iter()
        .map(|part| match part {
            Part::Text { text, .. } | Part::Reasoning { text, .. } => text.len(),
            Part::Tool { call, .. } => {
                call.arguments.len() + call.result.as_ref().map_or(0, String::len)
            }
            Part::Notice { .. } | Part::Continued => 0,
        })
        .sum()
}

/// Gives the last call that has no result this one.
fn answer(parts: &mut [Part], result: &Body) {
    let open = parts.iter_mut().rev().find_map(|part| match part {
        Part::Tool { call, .. } if call.result.is_none() => Some(call),
        _ => None,
    });
    if let Some(call) = open {
        call.state = ToolCallState::Succeeded;
        call.result = Some(crate::message::text_of(&result.parts));
    }
}

fn in_round(part: Part, round: u32) -> Part {
    match part {
        Part::Text {
            text, continued_at, ..
        } => Part::Text {
            text,
            continued_at,
            round,
        },
        Part::Tool { call, .. } => Part::Tool { call, round },
        other => other,
    }
}
