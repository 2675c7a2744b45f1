//! The fold, event by event.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use proptest::prelude::*;

use super::*;

fn call(id: &str) -> ToolCall {
    ToolCall {
        id: id.to_owned(),
        name: "current_time".to_owned(),
        arguments: "{}".to_owned(),
    }
}

/// What the library would rebuild from the journal.
fn rebuilt(journal: &[JournalEntry]) -> Vec<Part> {
    let mut parts = Vec::new();
    for entry in journal {
        entry.clone().apply(&mut parts);
    }
    parts
}

#[test]
fn text_of_one_kind_is_one_part_and_each_flush_one_event() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.text(TextKind::Content, "Hel", 1, &mut changes);
    reply.text(TextKind::Content, "lo", 2, &mut changes);
    assert!(changes.events.is_empty(), "text waits for the flush");
    reply.flush(&mut changes);
    reply.text(TextKind::Content, ", world", 3, &mut changes);
    reply.flush(&mut changes);
    reply.flush(&mut changes);
    assert_eq!(changes.events.len(), 2);
    assert_eq!(reply.parts(), [Part::text("Hello, world")]);
}

#[test]
fn thinking_ends_when_the_reply_begins_and_its_time_is_told() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.text(TextKind::Reasoning, "Hm.", 1_000, &mut changes);
    reply.text(TextKind::Content, "Yes.", 5_000, &mut changes);
    reply.flush(&mut changes);
    let kinds: Vec<String> = changes
        .events
        .iter()
        .map(|event| {
            serde_json::to_value(event).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(kinds, ["reasoning", "reasoned", "content"]);
    assert!(matches!(
        reply.parts()[0],
        Part::Reasoning {
            took: Some(4_000),
            ..
        }
    ));
}

#[test]
fn thinking_after_text_is_a_part_of_its_own() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    for (kind, text) in [
        (TextKind::Reasoning, "a"),
        (TextKind::Content, "b"),
        (TextKind::Reasoning, "c"),
        (TextKind::Content, "d"),
    ] {
        reply.text(kind, text, 0, &mut changes);
    }
    reply.close(0, &mut changes);
    assert_eq!(reply.parts().len(), 4);
}

#[test]
fn what_an_earlier_turn_left_is_added_to_only_where_more_was_asked_for() {
    let left = vec![Part::text("One, ")];
    let (mut reply, mut changes) = (Reply::new(left), Changes::default());
    assert!(!reply.has_gained());
    reply.text(TextKind::Content, "two.", 0, &mut changes);
    reply.flush(&mut changes);
    assert!(reply.has_gained());
    assert_eq!(crate::message::text_of(&reply.parts()), "One, \n\ntwo.");

    let left = Part::Text {
        text: "One, t".to_owned(),
        continued_at: vec![6],
        round: 0,
    };
    let (mut reply, mut changes) = (Reply::new(vec![left.clone()]), Changes::default());
    reply.text(TextKind::Reasoning, "Hm.", 0, &mut changes);
    reply.text(TextKind::Content, "wo.", 0, &mut changes);
    reply.close(0, &mut changes);
    assert!(matches!(&reply.parts()[0], Part::Text { text, .. } if text == "One, two."));
    assert_eq!(reply.parts().len(), 2);
    let mut rebuilt = vec![left];
    for entry in changes.journal {
        entry.apply(&mut rebuilt);
    }
    assert_eq!(rebuilt, reply.parts());
}

#[test]
fn a_tool_call_runs_until_it_is_ended_and_keeps_its_result() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.text(TextKind::Content, "Let me see.", 0, &mut changes);
    reply.tool_calls(&[call("a"), call("b")], 0, &mut changes);
    let running = reply.open_calls();
    assert_eq!(
        running.iter().map(|(index, _)| *index).collect::<Vec<_>>(),
        [1, 2]
    );
    reply.tool_changed(
        1,
        ToolCallState::Succeeded,
        Some("noon".to_owned()),
        &mut changes,
    );
    assert_eq!(reply.open_calls().len(), 1);
    assert_eq!(rebuilt(&changes.journal), reply.parts());
}

#[test]
fn unreadable_parts_are_noted_once() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    for _ in 0..3 {
        reply.unreadable(&mut changes);
    }
    assert_eq!(reply.parts().len(), 1);
}

#[test]
fn text_goes_on_across_a_note() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.text(TextKind::Content, "```\none\n", 0, &mut changes);
    reply.notice(crate::sentences::unreadable_part(), &mut changes);
    reply.text(TextKind::Content, "two\n```\n", 0, &mut changes);
    reply.close(0, &mut changes);
    let parts = reply.parts();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0], Part::text("```\none\ntwo\n```\n"));
    assert_eq!(rebuilt(&changes.journal), parts);
}

#[test]
fn a_note_is_nothing_gained() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.unreadable(&mut changes);
    assert!(!reply.has_gained());
}

proptest! {
    #[test]
    fn the_journal_rebuilds_the_reply(
        steps in proptest::collection::vec((0_u8..6, "[a-z *`\n]{0,12}"), 0..40)
    ) {
        let (mut reply, mut changes) = (Reply::default(), Changes::default());
        for (now, (step, text)) in (0_i64..).zip(steps) {
            match step {
                0 | 1 => reply.text(TextKind::Content, &text, now, &mut changes),
                2 => reply.text(TextKind::Reasoning, &text, now, &mut changes),
                3 => reply.flush(&mut changes),
                4 => reply.tool_calls(&[call(&text)], now, &mut changes),
                _ => reply.notice(crate::sentences::empty_reply(), &mut changes),
            }
        }
        reply.close(100, &mut changes);
        prop_assert_eq!(rebuilt(&changes.journal), reply.parts());
        let shown: Vec<_> = reply.parts().iter().map(|part| part_view(Role::Assistant, part)).collect();
        prop_assert_eq!(reply.view(), shown);
    }
}

#[test]
fn what_waited_at_the_end_of_a_text_is_told_when_it_ends() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.text(TextKind::Content, "So:\n-", 1, &mut changes);
    reply.flush(&mut changes);
    let shown = |reply: &Reply| match reply.view().remove(0) {
        PartView::Text { blocks } => blocks,
        other => panic!("{other:?}"),
    };
    assert_eq!(shown(&reply), serein_markdown::parse("So:\n"));
    reply.close(2, &mut changes);
    assert_eq!(shown(&reply), serein_markdown::parse_finished("So:\n-"));
    assert_eq!(changes.events.len(), 2, "the end is an event of its own");
    assert_eq!(reply.parts(), [Part::text("So:\n-")]);
    assert_eq!(rebuilt(&changes.journal), reply.parts(), "and no entry");
}

#[test]
fn a_giant_paragraph_is_told_less_often() {
    let (mut reply, mut changes) = (Reply::default(), Changes::default());
    reply.text(TextKind::Content, "word ", 1, &mut changes);
    reply.flush(&mut changes);
    assert_eq!(reply.frames(), 1);
    reply.text(TextKind::Content, &"word ".repeat(10_000), 2, &mut changes);
    reply.flush(&mut changes);
    assert!(reply.frames() > 4, "{}", reply.frames());
    reply.text(TextKind::Content, "\n\nNext", 3, &mut changes);
    reply.flush(&mut changes);
    assert_eq!(reply.frames(), 1);
}
