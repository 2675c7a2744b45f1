//! One conversation, read entry by entry, whoever wrote it: what it says of itself, and its messages.

use std::collections::HashMap;
use std::io::Read;

use serde_json::{Map, Value as Json};

use super::bounds::{VALUE_BYTES, room_of, shortened};
use super::{Broken, Import, Source};
use crate::app::title_of;
use crate::exchange::scan::{Refusal, Scan};
use crate::exchange::staging::Body;
use crate::exchange::tree::{Kind, Node};
use crate::exchange::{chatgpt, json, sessions};
use crate::view::Role;

/// Messages of one conversation at most.
pub(super) const MESSAGES: usize = 200_000;
/// Problems of one conversation that are named one by one.
const NAMED: usize = 10;
/// Kinds of content that are left out, named at most.
const KINDS: usize = 50;

/// An entry of a conversation as it was read.
#[derive(Debug, Default)]
pub(in crate::exchange) struct Entry {
    pub(in crate::exchange) node: Option<Node>,
    pub(in crate::exchange) body: Body,
    /// It is not what it should be, though something may be kept of it.
    pub(in crate::exchange) is_bad: bool,
    /// What is wrong with it, to follow its name.
    pub(in crate::exchange) problems: Vec<String>,
    /// What cannot be kept of it: kinds of things, and how many.
    pub(in crate::exchange) left_out: Vec<(String, u64)>,
}

/// A conversation as far as it has been read.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) facts: Map<String, Json>,
    pub(super) nodes: Vec<Node>,
    pub(super) ranks: HashMap<String, u32>,
    pub(super) has_messages: bool,
    pub(super) has_mapping: bool,
    /// The first words of the user's.
    pub(super) opening: Option<String>,
    pub(super) problems: Vec<String>,
    pub(super) more_problems: u32,
    pub(super) left_out: HashMap<String, u64>,
    /// Messages beyond the last that is kept.
    pub(super) beyond: u64,
}

impl Heard {
    pub(super) fn problem(&mut self, reason: impl Into<String>) {
        if self.problems.len() < NAMED {
            self.problems.push(reason.into());
        } else {
            self.more_problems = self.more_problems.saturating_add(1);
        }
    }
}

impl Import<'_> {
    /// One conversation. `begun` is the first name in it, if its beginning has been read.
    pub(super) fn conversation<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        from: Source,
        begun: Option<Option<String>>,
    ) -> Result<(), Broken> {
        self.staging.clear()?;
        let mut heard = Heard::default();
        let mut first = begun.is_none();
        if begun.is_none() {
            scan.enter(b'{')?;
        }
        let read = self.entries(scan, from, begun, &mut first, &mut heard);
        match read {
            Ok(()) => self.keep(heard, from),
            // What arrived before the file broke off is kept.
            Err(Broken::File(fault)) => {
                if !heard.nodes.is_empty() {
                    heard.problem(
                        "It is not whole: the file ends, or cannot be read, in the middle of it.",
                    );
                    self.keep(heard, from)?;
                }
                Err(Broken::File(fault))
            }
            Err(stop) => Err(stop),
        }
    }

    fn entries<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        from: Source,
        begun: Option<Option<String>>,
        first: &mut bool,
        heard: &mut Heard,
    ) -> Result<(), Broken> {
        let mut name = match begun {
            Some(name) => name,
            None if scan.more(b'}', first)? => scan.key()?,
            None => return Ok(()),
        };
        loop {
            match (name.as_deref(), scan.peek()?) {
                (Some("messages"), Some(b'[')) => self.messages(scan, from, heard)?,
                (Some("mapping"), Some(b'{')) if from == Source::Other => {
                    self.mapping(scan, heard)?;
                }
                (Some(fact), _) if json::FACTS.contains(&fact) => {
                    match scan.value(room_of(fact))? {
                        Ok(raw) => match serde_json::from_slice(&raw) {
                            Ok(value) => {
                                heard.facts.insert(fact.to_owned(), value);
                            }
                            Err(_) => heard.problem(format!("Its “{fact}” could not be read.")),
                        },
                        Err(refusal) => {
                            heard.problem(format!(
                                "Its “{fact}” {} and was left out.",
                                refusal.words()
                            ));
                        }
                    }
                }
                _ => scan.skip()?,
            }
            if !scan.more(b'}', first)? {
                return Ok(());
            }
            name = scan.key()?;
        }
    }

    fn messages<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        from: Source,
        heard: &mut Heard,
    ) -> Result<(), Broken> {
        heard.has_messages = true;
        scan.enter(b'[')?;
        let mut first = true;
        let mut count = 0_u64;
        while scan.more(b']', &mut first)? {
            count += 1;
            if heard.nodes.len() >= MESSAGES {
                scan.skip()?;
                heard.beyond += 1;
                continue;
            }
            let raw = match scan.value(VALUE_BYTES)? {
                Ok(raw) => raw,
                Err(refusal) => {
                    heard.problem(format!(
                        "Message {count} {} and was left out.",
                        refusal.words()
                    ));
                    self.count_bad()?;
                    continue;
                }
            };
            let read = match from {
                Source::Own => json::message(&raw),
                Source::Other => sessions::message(&raw, heard.nodes.len()),
            };
            self.hear(read, &format!("Message {count}"), heard)?;
        }
        Ok(())
    }

    /// The entries of a conversation of ChatGPT's.
    fn mapping<R: Read>(
        &mut self,
        scan: &mut Scan<'_, R>,
        heard: &mut Heard,
    ) -> Result<(), Broken> {
        heard.has_mapping = true;
        scan.enter(b'{')?;
        let mut first = true;
        let mut count = 0_u64;
        while scan.more(b'}', &mut first)? {
            count += 1;
            let id = scan.key()?;
            if heard.nodes.len() >= MESSAGES {
                scan.skip()?;
                heard.beyond += 1;
                continue;
            }
            let raw = match (scan.value(VALUE_BYTES)?, &id) {
                (Ok(raw), Some(_)) => raw,
                (refused, _) => {
                    let why = refused.err().map_or("has no usable name", Refusal::words);
                    heard.problem(format!("Message {count} {why} and was left out."));
                    self.count_bad()?;
                    continue;
                }
            };
            let read = chatgpt::node(&id.unwrap_or_default(), &raw, &mut heard.ranks);
            self.hear(read, &format!("Message {count}"), heard)?;
        }
        Ok(())
    }

    /// Takes in an entry that was read.
    fn hear(&mut self, read: Entry, label: &str, heard: &mut Heard) -> Result<(), Broken> {
        for problem in &read.problems {
            heard.problem(format!("{label} {problem}"));
        }
        for (what, count) in read.left_out {
            let is_one_more = heard.left_out.len() >= KINDS && !heard.left_out.contains_key(&what);
            let what = if is_one_more {
                "Other kinds of content".to_owned()
            } else {
                what
            };
            *heard.left_out.entry(what).or_default() += count;
        }
        match read.node {
            Some(mut node) => {
                node.id = shortened(node.id);
                node.parent = node.parent.map(shortened);
                if node.kind != Kind::Folded {
                    self.staging.put(heard.nodes.len(), &read.body)?;
                    if heard.opening.is_none() && node.kind == Kind::Message(Role::User) {
                        heard.opening = title_of(&crate::message::text_of(&read.body.parts));
                    }
                }
                heard.nodes.push(node);
                if read.is_bad {
                    self.count_bad()
                } else {
                    Ok(())
                }
            }
            None => self.count_bad(),
        }
    }
}
