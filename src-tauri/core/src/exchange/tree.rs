//! How the messages of a conversation that was read hang together: in which order they are added, what is
//! folded away between them, and what does not fit.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::view::{MessageStatus, Role};

/// What becomes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message.
    Message(Role),
    /// The result of the tool call before it.
    Result,
    /// Nothing that is shown; what follows it follows what it followed.
    Folded,
}

/// An entry of a conversation, without its body.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) kind: Kind,
    pub(super) status: MessageStatus,
    pub(super) model: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) finished_at: Option<i64>,
}

/// A message to be added, without its body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Planned {
    /// The node that gives it its name.
    pub(super) node: usize,
    /// What it follows, among those planned before it.
    pub(super) parent: Option<usize>,
    pub(super) role: Role,
    pub(super) status: MessageStatus,
    pub(super) model: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) finished_at: Option<i64>,
    /// The nodes whose bodies it is made of.
    pub(super) bodies: Vec<usize>,
}

/// What did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Its id was there before.
    Twice,
    /// What it follows is not there.
    Orphan,
    /// It follows itself, by way of others.
    Circle,
}

/// The messages of a conversation.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Each after what it follows; versions in the order they came.
    pub(super) messages: Vec<Planned>,
    /// Which message an id has become part of.
    homes: HashMap<String, usize>,
    pub(super) misfits: Vec<(usize, Misfit)>,
}

impl Plan {
    /// The message that the entry with this id has become.
    pub(super) fn home(&self, id: &str) -> Option<usize> {
        self.homes.get(id).copied()
    }
}

/// Plans the messages. With `merged`, replies that follow each other without a branch are one: other
/// apps write one for each step of a reply. `ranks` says which place an entry has among its versions,
/// where that is not the order of the entries.
pub(super) fn plan(nodes: &[Node], ranks: &HashMap<String, u32>, merged: bool) -> Plan {
    let mut plan = Plan::default();
    let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(nodes.len());
    for (n, node) in nodes.iter().enumerate() {
        if by_id.contains_key(node.id.as_str()) {
            plan.misfits.push((n, Misfit::Twice));
        } else {
            by_id.insert(&node.id, n);
        }
    }
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(nodes.len());
    for (n, node) in nodes.iter().enumerate() {
        let parent = node.parent.as_deref().and_then(|id| by_id.get(id).copied());
        if parent.is_none() && node.parent.is_some() && node.kind != Kind::Folded {
            plan.misfits.push((n, Misfit::Orphan));
        }
        parents.push(parent);
    }
    cut_circles(&mut parents, &mut plan.misfits);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (n, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(n);
        }
    }
    let keys = keys(nodes, &children, ranks);

    let mut ready: BinaryHeap<Reverse<(usize, usize)>> = (0..nodes.len())
        .filter(|n| parents[*n].is_none())
        .map(|n| Reverse((keys[n], n)))
        .collect();
    // Which message an entry is part of, and whether there was a branch on the way from its last body.
    let mut homes: Vec<Option<usize>> = vec![None; nodes.len()];
    let mut straight = vec![false; nodes.len()];
    while let Some(Reverse((_, n))) = ready.pop() {
        let node = &nodes[n];
        let parent = parents[n];
        let home = parent.and_then(|parent| homes[parent]);
        let is_straight =
            parent.is_some_and(|parent| straight[parent] && children[parent].len() == 1);
        let joins = home.filter(|home| {
            is_straight
                && plan.messages[*home].role == Role::Assistant
                && match node.kind {
                    Kind::Message(role) => merged && role == Role::Assistant,
                    Kind::Result => true,
                    Kind::Folded => false,
                }
        });
        match (node.kind, joins) {
            (kind, Some(home)) => {
                let message = &mut plan.messages[home];
                message.bodies.push(n);
                if let Kind::Message(_) = kind {
                    message.status = node.status;
                    message.finished_at = node.finished_at.or(message.finished_at);
                    message.model = message.model.take().or_else(|| node.model.clone());
                }
                homes[n] = Some(home);
                straight[n] = true;
            }
            (Kind::Message(role), None) => {
                homes[n] = Some(plan.messages.len());
                straight[n] = true;
                plan.messages.push(Planned {
                    node: n,
                    parent: home,
                    role,
                    status: node.status,
                    model: node.model.clone(),
                    created_at: node.created_at,
                    finished_at: node.finished_at,
                    bodies: vec![n],
                });
            }
            (Kind::Result | Kind::Folded, None) => {
                homes[n] = home;
                straight[n] = is_straight;
            }
        }
        for child in &children[n] {
            ready.push(Reverse((keys[*child], *child)));
        }
    }
    plan.homes = by_id
        .into_iter()
        .filter_map(|(id, n)| Some((id.to_owned(), homes[n]?)))
        .collect();
    plan
}

/// Where entries follow each other in a circle, the first of them follows nothing.
fn cut_circles(parents: &mut [Option<usize>], misfits: &mut Vec<(usize, Misfit)>) {
    // 0: not seen; otherwise the walk that came by.
    let mut seen = vec![0_usize; parents.len()];
    for start in 0..parents.len() {
        let walk = start + 1;
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = walk;
            match parents[at] {
                Some(parent) => at = parent,
                None => break,
            }
        }
        if seen[at] != walk || parents[at].is_none() {
            continue;
        }
        // The walk came back to where it had been: all of the circle, once more.
        let mut first = at;
        let mut next = parents[at];
        while let Some(n) = next.filter(|n| *n != at) {
            first = first.min(n);
            next = parents[n];
        }
        parents[first] = None;
        misfits.push((first, Misfit::Circle));
    }
}

/// By what the entries are put in order: their own order, but versions among themselves by their ranks.
fn keys(nodes: &[Node], children: &[Vec<usize>], ranks: &HashMap<String, u32>) -> Vec<usize> {
    let mut keys: Vec<usize> = (0..nodes.len()).collect();
    if ranks.is_empty() {
        return keys;
    }
    for versions in children.iter().filter(|versions| versions.len() > 1) {
        let mut ranked = versions.clone();
        ranked.sort_by_key(|n| (ranks.get(&nodes[*n].id).copied().unwrap_or(u32::MAX), *n));
        for (place, n) in versions.iter().zip(ranked) {
            keys[n] = *place;
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parent: &str, kind: Kind) -> Node {
        Node {
            id: id.to_owned(),
            parent: (!parent.is_empty()).then(|| parent.to_owned()),
            kind,
            status: MessageStatus::Complete,
            model: None,
            created_at: None,
            finished_at: None,
        }
    }

    fn user(id: &str, parent: &str) -> Node {
        node(id, parent, Kind::Message(Role::User))
    }

    fn reply(id: &str, parent: &str) -> Node {
        node(id, parent, Kind::Message(Role::Assistant))
    }

    /// The messages as `id<parent`, with the ids of what they are made of.
    fn shape(nodes: &[Node], plan: &Plan) -> Vec<String> {
        let id = |n: usize| nodes[n].id.as_str();
        plan.messages
            .iter()
            .map(|message| {
                let bodies: Vec<&str> = message.bodies.iter().map(|n| id(*n)).collect();
                let parent = message
                    .parent
                    .map_or("", |parent| id(plan.messages[parent].node));
                format!("{}<{parent}", bodies.join("+"))
            })
            .collect()
    }

    fn planned(nodes: &[Node], merged: bool) -> (Vec<String>, Vec<(usize, Misfit)>) {
        let plan = plan(nodes, &HashMap::new(), merged);
        (shape(nodes, &plan), plan.misfits)
    }

    #[test]
    fn the_order_of_a_file_is_kept_where_everything_follows_what_is_before_it() {
        let nodes = [
            user("a", ""),
            reply("b", "a"),
            reply("c", "a"),
            user("d", "b"),
        ];
        let (shape, misfits) = planned(&nodes, false);
        assert_eq!(shape, ["a<", "b<a", "c<a", "d<b"]);
        assert_eq!(misfits, []);
    }

    #[test]
    fn a_message_that_comes_before_what_it_follows_is_added_after_it() {
        let nodes = [reply("b", "a"), user("a", ""), reply("c", "a")];
        assert_eq!(planned(&nodes, false).0, ["a<", "b<a", "c<a"]);
    }

    #[test]
    fn what_is_folded_away_does_not_break_the_chain() {
        let nodes = [
            node("root", "", Kind::Folded),
            node("system", "root", Kind::Folded),
            user("a", "system"),
            node("hidden", "a", Kind::Folded),
            reply("b", "hidden"),
        ];
        assert_eq!(planned(&nodes, true).0, ["a<", "b<a"]);
        let plan = plan(&nodes, &HashMap::new(), true);
        assert_eq!(plan.home("hidden"), Some(0));
        assert_eq!(plan.home("root"), None);
    }

    #[test]
    fn the_steps_of_one_reply_are_one_message_unless_they_branch() {
        let nodes = [
            user("a", ""),
            reply("call", "a"),
            node("result", "call", Kind::Result),
            reply("end", "result"),
            user("q", "end"),
            reply("one", "q"),
            reply("two", "one"),
            reply("three", "one"),
        ];
        assert_eq!(
            planned(&nodes, true).0,
            [
                "a<",
                "call+result+end<a",
                "q<call",
                "one<q",
                "two<one",
                "three<one"
            ]
        );
    }

    #[test]
    fn versions_stand_in_the_order_their_parent_names_them() {
        let nodes = [user("a", ""), reply("late", "a"), reply("early", "a")];
        let ranks = HashMap::from([("early".to_owned(), 0), ("late".to_owned(), 1)]);
        let plan = plan(&nodes, &ranks, true);
        assert_eq!(shape(&nodes, &plan), ["a<", "early<a", "late<a"]);
    }

    #[test]
    fn orphans_twins_and_circles_are_named_and_kept() {
        let nodes = [
            user("a", ""),
            reply("b", "gone"),
            user("a", "b"),
            user("x", "z"),
            reply("y", "x"),
            reply("z", "y"),
            reply("self", "self"),
        ];
        let (shape, misfits) = planned(&nodes, false);
        assert_eq!(shape, ["a<", "b<", "a<b", "x<", "y<x", "z<y", "self<"]);
        assert_eq!(
            misfits,
            [
                (2, Misfit::Twice),
                (1, Misfit::Orphan),
                (3, Misfit::Circle),
                (6, Misfit::Circle)
            ]
        );
    }

    #[test]
    fn a_chain_of_any_length_in_any_order_is_planned_without_nesting() {
        const LENGTH: usize = 50_000;
        let nodes: Vec<Node> = (0..LENGTH)
            .rev()
            .map(|n| {
                let parent = n.checked_sub(1).map(|n| n.to_string());
                user(&n.to_string(), &parent.unwrap_or_default())
            })
            .collect();
        let plan = plan(&nodes, &HashMap::new(), false);
        assert_eq!(plan.messages.len(), LENGTH);
        assert!(
            plan.messages
                .iter()
                .enumerate()
                .all(|(n, message)| message.parent == n.checked_sub(1))
        );
    }
}
