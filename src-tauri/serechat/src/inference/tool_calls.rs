//! Tool calls as they come: whole in one event, or in fragments over many chunks.

use serde_json::Value;

use super::events::ToolCall;
use crate::sse::BoundPassed;

/// How many tool calls a reply has at most.
pub(super) const MAX_TOOL_CALLS: usize = 64;

const TOOL_CALLS_BOUND: BoundPassed = BoundPassed("64 tool calls a reply");

/// Counts a reply's calls, gives ids to those that have none, and joins fragments.
#[derive(Debug)]
pub(super) struct ToolCalls {
    /// What the ids given here begin with, so that those of two replies differ.
    seed: u64,
    count: usize,
    pending: Vec<Pending>,
}

/// A call that is still coming in.
#[derive(Debug)]
struct Pending {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl ToolCalls {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            count: 0,
            pending: Vec::new(),
        }
    }

    /// Reads a list of whole calls, `{"id", "function": {"name", "arguments"}}` each; `None`
    /// if it is no such list. Entries that are no calls are passed over, as unknown fields are.
    pub(super) fn whole(&mut self, list: &Value) -> Result<Option<Vec<ToolCall>>, BoundPassed> {
        let Some(list) = list.as_array() else {
            return Ok(None);
        };
        let mut calls = Vec::new();
        for entry in list {
            let Some(function) = entry.get("function").filter(|part| part.is_object()) else {
                continue;
            };
            self.add_one()?;
            let id = self.id_or_new(string(entry, "id"));
            calls.push(ToolCall {
                id,
                name: string(function, "name").to_owned(),
                arguments: arguments(function),
            });
        }
        // Nothing but odd entries is no list of calls.
        let is_readable = list.is_empty() || !calls.is_empty();
        Ok(is_readable.then_some(calls))
    }

    /// Reads a list of fragments, `{"index", "id"?, "function": {"name"?, "arguments"?}}`
    /// each; `false` if it is no such list.
    pub(super) fn fragments(&mut self, list: &Value) -> Result<bool, BoundPassed> {
        let Some(list) = list.as_array() else {
            return Ok(false);
        };
        for entry in list {
            if !entry.is_object() {
                return Ok(false);
            }
            let index = entry.get("index").and_then(Value::as_u64);
            let id = string(entry, "id");
            let at = match self.place_of(index, id) {
                Some(at) => at,
                None => {
                    self.add_one()?;
                    self.pending.push(Pending {
                        index,
                        id: String::new(),
                        name: String::new(),
                        arguments: String::new(),
                    });
                    self.pending.len() - 1
                }
            };
            let call = &mut self.pending[at];
            if call.id.is_empty() {
                id.clone_into(&mut call.id);
            }
            if let Some(function) = entry.get("function") {
                let name = string(function, "name");
                // Some servers repeat the name with every fragment.
                if name != call.name {
                    call.name.push_str(name);
                }
                call.arguments.push_str(&arguments(function));
            }
        }
        Ok(true)
    }

    /// The joined calls, if there are any; they are whole when the reply's finish is there.
    pub(super) fn assembled(&mut self) -> Option<Vec<ToolCall>> {
        let pending = std::mem::take(&mut self.pending);
        let calls: Vec<_> = pending
            .into_iter()
            .map(|call| ToolCall {
                id: self.id_or_new(&call.id),
                name: call.name,
                arguments: call.arguments,
            })
            .collect();
        (!calls.is_empty()).then_some(calls)
    }

    /// The call that a fragment belongs to. Without an index, or where servers give all calls
    /// the same one, another id means another call.
    fn place_of(&self, index: Option<u64>, id: &str) -> Option<usize> {
        let same_id = |call: &Pending| id.is_empty() || call.id.is_empty() || call.id == id;
        match index {
            Some(_) => self
                .pending
                .iter()
                .rposition(|call| call.index == index && same_id(call)),
            None if id.is_empty() => self.pending.len().checked_sub(1),
            None => self.pending.iter().rposition(|call| call.id == id),
        }
    }

    fn add_one(&mut self) -> Result<(), BoundPassed> {
        if self.count == MAX_TOOL_CALLS {
            return Err(TOOL_CALLS_BOUND);
        }
        self.count += 1;
        Ok(())
    }

    fn id_or_new(&mut self, id: &str) -> String {
        if !id.is_empty() {
            return id.to_owned();
        }
        self.seed = self.seed.wrapping_add(1);
        format!("call_{:016x}", self.seed)
    }
}

fn string<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// JSON as a text; some servers give the object itself.
fn arguments(function: &Value) -> String {
    match function.get("arguments") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}
