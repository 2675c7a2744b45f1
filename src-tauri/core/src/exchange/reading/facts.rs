//! What a conversation says of itself, under the names that each origin has for it.

use serde_json::Value as Json;

use super::bounds::{cleaned, model, seconds, shortened, time};
use super::conversation::Heard;
use crate::now;
use crate::plain::holds_turns;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Own,
    ChatGpt,
    Session,
}

/// What a conversation says of itself.
pub(super) struct Facts {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) titled_by: String,
    pub(super) model: Option<String>,
    pub(super) tools: Option<bool>,
    pub(super) pinned: bool,
    pub(super) archived: bool,
    pub(super) folder: Option<String>,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) draft: String,
    pub(super) leaf: Option<String>,
    pub(super) leaf_is_null: bool,
    pub(super) problems: Vec<String>,
}

impl Facts {
    pub(super) fn read(heard: &Heard, origin: Origin) -> Self {
        let facts = &heard.facts;
        let text = |name: &str| facts.get(name).and_then(Json::as_str);
        let flag = |name: &str| facts.get(name).and_then(Json::as_bool).unwrap_or(false);
        let first = heard.nodes.iter().find_map(|node| node.created_at);
        let last = heard.nodes.iter().filter_map(|node| node.created_at).max();
        let mut problems = Vec::new();
        let (id, model_name, leaf, times) = match origin {
            Origin::Own => (
                text("id"),
                text("model"),
                text("leaf"),
                ["created_at", "updated_at"]
                    .map(|name| facts.get(name).and_then(Json::as_i64).and_then(time)),
            ),
            Origin::ChatGpt => (
                text("conversation_id").or_else(|| text("id")),
                text("default_model_slug"),
                text("current_node"),
                ["create_time", "update_time"].map(|name| seconds(facts.get(name))),
            ),
            Origin::Session => (
                text("id"),
                None,
                None,
                ["created", "updated"].map(|name| seconds(facts.get(name))),
            ),
        };
        let [created, updated] = times;
        if created.is_none() || updated.is_none() {
            problems.push(
                "Its times cannot be right; those of its messages, or the present, were taken."
                    .to_owned(),
            );
        }
        let created_at = created.or(first).or(updated).unwrap_or_else(now);
        let title = text("title").and_then(cleaned);
        if text("title").is_some_and(holds_turns) {
            problems.push(
                "Its title held characters that turn text around; they were taken out.".to_owned(),
            );
        } else if title.as_deref() != text("title") && origin == Origin::Own {
            problems.push("Its title was shortened, or made one line.".to_owned());
        }
        let titled_by = match (origin, text("titled_by")) {
            (Origin::Own, Some(who @ ("app" | "model" | "user"))) => who,
            (Origin::Own, _) => "app",
            // The app that made it chose its title, or the user did: it is not to be replaced.
            (Origin::ChatGpt | Origin::Session, _) => "user",
        };
        Self {
            id: id.map(str::to_owned),
            title,
            titled_by: titled_by.to_owned(),
            model: model(model_name),
            tools: facts
                .get("tools")
                .and_then(Json::as_bool)
                .filter(|_| origin == Origin::Own),
            pinned: flag("pinned") || flag("is_starred"),
            archived: flag("archived") || flag("is_archived"),
            folder: text("folder")
                .filter(|_| origin == Origin::Own)
                .map(str::to_owned),
            created_at,
            updated_at: updated.or(last).unwrap_or(created_at),
            draft: text("draft")
                .filter(|_| origin == Origin::Own)
                .unwrap_or_default()
                .to_owned(),
            leaf: leaf.map(|id| shortened(id.to_owned())),
            leaf_is_null: origin == Origin::Own && facts.get("leaf") == Some(&Json::Null),
            problems,
        }
    }
}
