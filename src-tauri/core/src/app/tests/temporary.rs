//! Temporary chats: like any other, and nowhere but in memory.

use super::*;
use crate::library::is_temporary;
use crate::view::{ConversationPatch, ListHeading, ListScope};

impl Bench {
    /// Asks in a new temporary chat and waits for the end.
    async fn temporary(&mut self, text: &str) -> String {
        let started = self
            .app
            .send_temporary(NewChat::Main, text.to_owned(), "echo")
            .await
            .unwrap();
        self.event("saved").await;
        started.conversation
    }

    async fn shown_texts(&self, conversation: &str) -> Vec<MessageView> {
        let opened = self
            .app
            .open_conversation(conversation.to_owned())
            .await
            .unwrap();
        opened.page.messages
    }
}

/// Whether any file of the profile holds these words.
fn is_on_disk(bench: &Bench, words: &str) -> bool {
    bench.app.library.checkpoint().unwrap();
    std::fs::read_dir(bench.folder.path())
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .any(|bytes| {
            bytes
                .windows(words.len())
                .any(|window| window == words.as_bytes())
        })
}

#[tokio::test]
async fn a_temporary_chat_does_all_a_chat_does_and_leaves_nothing_on_the_disk() {
    let mut bench = Bench::signed_in().await;
    let id = bench.temporary("a pangolin at noon").await;
    assert!(is_temporary(&id));
    bench
        .app
        .send(
            Draft::Of(id.clone()),
            "a second pangolin".to_owned(),
            "echo",
        )
        .await
        .unwrap();
    bench.event("saved").await;
    let messages = bench.shown_texts(&id).await;
    assert_eq!(messages.len(), 4);
    assert!(messages.iter().all(|message| is_temporary(&message.id)));
    let sent = bench.inference_requests().pop().unwrap();
    assert_eq!(sent["messages"].as_array().unwrap().len(), 3);

    bench
        .app
        .retry(messages[1].id.clone(), "echo")
        .await
        .unwrap();
    bench.event("saved").await;
    let newer = bench.shown_texts(&id).await[1].id.clone();
    bench.app.select_version(newer.clone(), -1).await.unwrap();
    bench
        .app
        .edit(
            messages[2].id.clone(),
            "a third pangolin".to_owned(),
            "echo",
        )
        .await
        .unwrap();
    bench.event("saved").await;
    let deleted = bench.app.delete_message(newer, true).await.unwrap();
    assert!(is_temporary(&deleted.deletion));
    bench.app.undo_delete(deleted.deletion).await.unwrap();
    bench
        .app
        .save_draft(Draft::Of(id.clone()), "an unsent pangolin".to_owned())
        .await
        .unwrap();
    bench
        .app
        .rename_conversation(id.clone(), "Pangolins")
        .await
        .unwrap();
    assert_eq!(
        bench
            .app
            .message_text(messages[0].id.clone())
            .await
            .unwrap(),
        "a pangolin at noon"
    );
    let copy = bench
        .app
        .duplicate_conversation(messages[1].id.clone())
        .await
        .unwrap();
    assert!(is_temporary(&copy));

    assert!(
        bench
            .app
            .library
            .rows(&ListScope::Active, 0, 1)
            .unwrap()
            .is_empty()
    );
    assert!(!is_on_disk(&bench, "angolin"));
    // The next start knows nothing of it.
    let (ears, _said) = mpsc::channel(HEARD);
    let next = app_in(&bench.folder, &bench.simulator.base_url(), ears);
    assert!(next.open_conversation(id).await.is_err());
    assert_eq!(
        next.conversation_list(ListScope::Active)
            .await
            .unwrap()
            .total,
        0
    );
}

#[tokio::test]
async fn temporary_chats_head_the_list_and_have_no_place_in_it() {
    let mut bench = Bench::signed_in().await;
    let (kept, _) = bench.exchange("plain", "Kept").await;
    let temporary = bench.temporary("Not kept").await;
    let app = &bench.app;
    let list = app.conversation_list(ListScope::Active).await.unwrap();
    assert_eq!(list.total, 2);
    assert_eq!(list.sections[0].heading, ListHeading::Temporary);
    assert_eq!(list.sections[1].heading, ListHeading::Today);
    let rows = app
        .conversation_rows(ListScope::Active, 0, 10)
        .await
        .unwrap();
    assert_eq!([&rows[0].id, &rows[1].id], [&temporary, &kept]);
    assert!(rows[0].temporary && !rows[1].temporary);
    let second = app
        .conversation_rows(ListScope::Active, 1, 1)
        .await
        .unwrap();
    assert_eq!(second[0].id, kept);
    for (id, place) in [(&temporary, 0), (&kept, 1)] {
        let found = app.conversation_place(id.clone(), ListScope::Active).await;
        assert_eq!(found.unwrap(), Some(place));
    }
    let archived = app.conversation_list(ListScope::Archived).await.unwrap();
    assert_eq!(archived.total, 0);

    let pin = ConversationPatch {
        pinned: Some(true),
        ..ConversationPatch::default()
    };
    let ids = vec![kept.clone(), temporary.clone()];
    let refused = app.update_conversations(ids, pin).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    let row = app
        .conversation_summary(kept.clone())
        .await
        .unwrap()
        .unwrap();
    assert!(!row.pinned, "nothing was changed");

    // Deleted together, they come back together.
    let deleted = app
        .delete_conversations(vec![kept.clone(), temporary.clone()])
        .await
        .unwrap();
    assert_eq!((deleted.conversations, deleted.messages), (2, 4));
    let list = app.conversation_list(ListScope::Active).await.unwrap();
    assert_eq!((list.total, list.sections.len()), (0, 0));
    app.undo_delete(deleted.deletion.clone()).await.unwrap();
    let list = app.conversation_list(ListScope::Active).await.unwrap();
    assert_eq!(list.total, 2);
    assert!(app.undo_delete(deleted.deletion).await.is_err());
    let deleted = app.delete_all_conversations().await.unwrap();
    assert_eq!(deleted.conversations, 2);
}

#[tokio::test]
async fn a_temporary_chat_can_be_kept() {
    let mut bench = Bench::signed_in().await;
    let id = bench.temporary("Keep me").await;
    let kept = bench.app.keep_conversation(id.clone()).await.unwrap();
    assert!(!is_temporary(&kept));
    let texts: Vec<String> = bench.path(&kept).iter().map(Message::text).collect();
    assert_eq!(texts, ["Keep me", "Keep me"]);
    assert!(bench.app.open_conversation(id.clone()).await.is_err());
    assert!(bench.app.keep_conversation(id).await.is_err());
    let refused = bench.app.keep_conversation(kept.clone()).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    let list = bench
        .app
        .conversation_list(ListScope::Active)
        .await
        .unwrap();
    assert_eq!(list.total, 1);
    // It goes on as any other.
    bench
        .app
        .send(Draft::Of(kept.clone()), "More".to_owned(), "echo")
        .await
        .unwrap();
    bench.event("saved").await;
    assert_eq!(bench.path(&kept).len(), 4);
}

#[tokio::test]
async fn a_temporary_chat_is_not_kept_under_a_running_reply() {
    let mut bench = Bench::signed_in().await;
    let started = bench
        .app
        .send_temporary(NewChat::Main, "Hello".to_owned(), "held")
        .await
        .unwrap();
    let gate = bench.simulator.gate().await;
    let refused = bench
        .app
        .keep_conversation(started.conversation.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    gate.content("So far").await.unwrap();
    gate.complete().await.unwrap();
    bench.event("saved").await;
    bench
        .app
        .keep_conversation(started.conversation)
        .await
        .unwrap();
}
