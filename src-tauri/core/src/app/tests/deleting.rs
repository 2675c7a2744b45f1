//! Deleting and undoing, as the user does it.

use super::*;

/// The texts of the request for `path`: what a reply to its end is asked with.
fn asked(request: &Value) -> Vec<String> {
    request["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

impl Bench {
    /// Asks in a conversation, waits for the end, and answers what was sent.
    async fn more(&mut self, conversation: &str, text: &str) -> Vec<String> {
        self.app
            .send(Draft::Of(conversation.to_owned()), text.to_owned(), "echo")
            .await
            .unwrap();
        self.event("saved").await;
        asked(&self.inference_requests().pop().unwrap())
    }

    fn texts(&self, conversation: &str) -> Vec<String> {
        self.path(conversation).iter().map(Message::text).collect()
    }
}

#[tokio::test]
async fn the_request_is_exactly_the_visible_path_after_versions_deletions_and_undoing() {
    let mut bench = Bench::signed_in().await;
    let (conversation, first) = bench.exchange("echo", "one").await;
    bench.more(&conversation, "two").await;
    bench.more(&conversation, "three").await;

    // Another version in the middle, and what was asked before it.
    bench.app.retry(first.id.clone(), "plain").await.unwrap();
    bench.event("saved").await;
    let plain = bench.reply(&conversation);
    let sent = bench.more(&conversation, "four").await;
    assert_eq!(sent, ["one", &plain.text(), "four"]);

    // Back to the first version, with all that followed it.
    bench
        .app
        .select_version(plain.id.clone(), -1)
        .await
        .unwrap();
    let sent = bench.more(&conversation, "five").await;
    assert_eq!(sent, ["one", "one", "two", "two", "three", "three", "five"]);

    // A message out of the middle.
    let two = bench.path(&conversation)[2].id.clone();
    let alone = bench.app.delete_message(two.clone(), false).await.unwrap();
    assert_eq!(alone.messages, 1);
    assert_eq!(
        (alone.snapshot.page.first, alone.snapshot.page.total),
        (2, 7)
    );
    let sent = bench.more(&conversation, "six").await;
    assert_eq!(
        sent,
        ["one", "one", "two", "three", "three", "five", "five", "six"]
    );

    // The branch: the other version is shown instead.
    let branch = bench
        .app
        .delete_message(first.id.clone(), true)
        .await
        .unwrap();
    assert_eq!(branch.messages, 8);
    assert_eq!(branch.snapshot.page.first, 1);
    assert_eq!(branch.snapshot.page.messages[0].id, plain.id);
    let sent = bench.more(&conversation, "seven").await;
    assert_eq!(sent[..3], ["one", &plain.text(), "four"]);
    assert_eq!(sent.last().unwrap(), "seven");

    // Undone, the later one first and then the other way around.
    let undone = bench.app.undo_delete(alone.deletion.clone()).await.unwrap();
    assert_eq!(undone.conversation, Some(conversation.clone()));
    let undone = bench
        .app
        .undo_delete(branch.deletion.clone())
        .await
        .unwrap();
    assert_eq!(undone.snapshot.unwrap().page.messages[0].id, first.id);
    let sent = bench.more(&conversation, "eight").await;
    assert_eq!(
        sent,
        [
            "one", "one", "two", "two", "three", "three", "five", "five", "six", "six", "eight"
        ]
    );
    for deletion in [alone.deletion, branch.deletion] {
        let refused = bench.app.undo_delete(deletion).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidInput);
        assert!(refused.message.contains("undone"), "{}", refused.message);
    }
}

#[tokio::test]
async fn nothing_is_deleted_or_brought_back_under_a_running_reply() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    let gone = bench
        .app
        .delete_message(reply.id.clone(), true)
        .await
        .unwrap();
    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "held")
        .await
        .unwrap();
    let gate = bench.simulator.gate().await;
    let question = bench.path(&conversation)[0].id.clone();
    for refused in [
        bench
            .app
            .delete_message(question.clone(), false)
            .await
            .unwrap_err(),
        bench
            .app
            .undo_delete(gone.deletion.clone())
            .await
            .unwrap_err(),
    ] {
        assert_eq!(refused.code, Code::InvalidInput);
        assert!(refused.message.contains("still being written"));
    }
    gate.complete().await.unwrap();
    bench.event("saved").await;
    bench.app.undo_delete(gone.deletion).await.unwrap();
    assert_eq!(bench.reply(&conversation), reply);
}

#[tokio::test]
async fn deleted_conversations_come_back_and_are_gone_for_good_in_the_end() {
    let mut bench = Bench::signed_in().await;
    let (kept, _) = bench.exchange("plain", "Stays").await;
    let (other, _) = bench.exchange("plain", "Goes").await;
    let deleted = bench
        .app
        .delete_conversations(vec![other.clone(), "gone".to_owned()])
        .await
        .unwrap();
    assert_eq!((deleted.conversations, deleted.messages), (1, 2));
    let refused = bench
        .app
        .open_conversation(other.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::Failed);
    let undone = bench.app.undo_delete(deleted.deletion).await.unwrap();
    assert_eq!(undone.conversation, Some(other.clone()));
    assert_eq!(bench.texts(&other).len(), 2);

    let again = bench
        .app
        .delete_conversations(vec![other.clone()])
        .await
        .unwrap();
    bench.app.purge(now() + 1_000).await;
    assert!(bench.app.undo_delete(again.deletion).await.is_err());
    assert!(bench.app.delete_conversations(vec![other]).await.is_err());
    assert_eq!(bench.texts(&kept).len(), 2);
}

#[tokio::test]
async fn an_emptied_conversation_can_be_written_in_again() {
    let mut bench = Bench::signed_in().await;
    let (conversation, _) = bench.exchange("echo", "Hello").await;
    let question = bench.path(&conversation)[0].id.clone();
    let deleted = bench.app.delete_message(question, true).await.unwrap();
    let page = deleted.snapshot.page;
    assert_eq!((page.first, page.total, page.messages.len()), (0, 0, 0));
    assert_eq!(bench.more(&conversation, "Again").await, ["Again"]);
    let undone = bench.app.undo_delete(deleted.deletion).await.unwrap();
    let page = undone.snapshot.unwrap().page;
    assert_eq!((page.first, page.total), (0, 2));
    assert_eq!(
        (page.messages[0].version, page.messages[0].versions),
        (1, 2)
    );
}
