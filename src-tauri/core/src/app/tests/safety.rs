//! A disk that is full: the reply goes on, the user is told, and all is saved when it can be.

use super::*;
use crate::library::{Draft, LibraryError, NewChat};
use crate::view::Remedy;

/// More than fits into what a full file has free.
pub(super) fn large(word: &str) -> String {
    format!("{word} ").repeat(50_000)
}

impl Bench {
    /// The next news of the library that fits.
    pub(super) async fn health(&mut self, fits: impl Fn(&LibraryHealth) -> bool) -> LibraryHealth {
        loop {
            if let Said::Health(health) = self.hear().await
                && fits(&health)
            {
                return health;
            }
        }
    }

    /// A reply during which the disk fills up, and which ends on the full disk: its conversation and text.
    async fn reply_on_a_full_disk(&mut self) -> (String, String) {
        let conversation = self.ask("held", "What falls?").await;
        let gate = self.simulator.gate().await;
        gate.content("It begins. ").await.unwrap();
        self.event("content").await;
        self.app.library.fill_disk(true);
        let text = large("rain");
        for piece in text.as_bytes().chunks(50_000) {
            let piece = std::str::from_utf8(piece).unwrap();
            gate.content(piece).await.unwrap();
        }
        let health = self.health(|health| health.unsaved.is_some()).await;
        assert_eq!(
            health.unsaved.unwrap().message,
            "The disk is full: free some space. The latest reply is kept in memory, and Serein saves it by \
             itself as soon as it can. What was saved before is safe."
        );
        assert_eq!(health.remedy, Some(Remedy::TryAgain));
        gate.complete().await.unwrap();
        let done = self.event("done").await;
        assert_eq!(done["status"], "complete");
        assert_eq!(done["error"], Value::Null);
        (conversation, format!("It begins. {text}"))
    }
}

#[tokio::test]
async fn a_reply_that_ends_on_a_full_disk_stays_and_is_saved_when_there_is_room() {
    let mut bench = Bench::signed_in().await;
    let (conversation, text) = bench.reply_on_a_full_disk().await;

    // Whoever opens the conversation meanwhile sees it whole.
    let snapshot = bench
        .app
        .open_conversation(conversation.clone())
        .await
        .unwrap();
    let shown = snapshot.page.messages.last().unwrap();
    assert_eq!(shown.status, MessageStatus::Complete);
    assert!(snapshot.turn.is_none());
    let whole = bench.app.message_text(shown.id.clone()).await.unwrap();
    assert_eq!(whole, text);
    assert_eq!(bench.reply(&conversation).status, MessageStatus::Streaming);

    bench.app.library.fill_disk(false);
    tokio::time::pause();
    bench.health(|health| health.unsaved.is_none()).await;
    tokio::time::resume();
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Complete);
    assert_eq!(reply.text(), text);
}

#[tokio::test]
async fn what_is_asked_next_goes_with_the_reply_that_was_not_saved() {
    let mut bench = Bench::signed_in().await;
    let (conversation, text) = bench.reply_on_a_full_disk().await;
    let ask = |text: &str| {
        bench
            .app
            .send(Draft::Of(conversation.clone()), text.to_owned(), "echo")
    };
    // On the full disk nothing is sent, for it would not be kept.
    let refused = ask("And snow?").await.unwrap_err();
    assert!(refused.message.contains("disk is full"), "{refused}");

    bench.app.library.fill_disk(false);
    ask("And snow?").await.unwrap();
    bench.event("saved").await;
    let texts: Vec<String> = bench
        .path(&conversation)
        .iter()
        .map(Message::text)
        .collect();
    assert_eq!(texts, ["What falls?", &text, "And snow?", "And snow?"]);
    let sent = bench.inference_requests().pop().unwrap();
    assert_eq!(sent["messages"][1]["content"], text.trim_end_matches('\0'));
}

#[tokio::test]
async fn a_reply_that_was_not_saved_is_saved_when_the_app_quits() {
    let mut bench = Bench::signed_in().await;
    let (conversation, text) = bench.reply_on_a_full_disk().await;
    bench.app.library.fill_disk(false);
    bench.app.quit().await;
    assert_eq!(bench.reply(&conversation).text(), text);
}

#[tokio::test]
async fn whoever_quits_is_told_what_would_be_lost() {
    let mut bench = Bench::signed_in().await;
    assert_eq!(bench.app.lost_by_quitting().await, None);
    bench.reply_on_a_full_disk().await;
    let why = bench.app.lost_by_quitting().await.unwrap();
    assert!(
        why.contains("reply is not saved") && why.contains("disk is full"),
        "{why}"
    );
    bench.app.library.fill_disk(false);
    assert_eq!(bench.app.lost_by_quitting().await, None);
}

#[tokio::test]
async fn whoever_quits_is_told_that_unsent_text_would_be_lost() {
    let bench = Bench::signed_in().await;
    bench.app.library.fill_disk(true);
    let draft = Draft::New(NewChat::Main);
    let text = large("rain");
    bench
        .app
        .save_draft(draft.clone(), text.clone())
        .await
        .unwrap_err();
    let why = bench.app.lost_by_quitting().await.unwrap();
    assert!(why.contains("What you are writing"), "{why}");
    bench.app.library.fill_disk(false);
    assert_eq!(bench.app.lost_by_quitting().await, None);
    assert_eq!(bench.app.draft(NewChat::Main).await.unwrap(), text);
}

#[tokio::test]
async fn what_was_journaled_before_the_disk_was_full_outlives_a_crash() {
    let mut bench = Bench::signed_in().await;
    let (conversation, gate) = bench.begins_a_reply().await;
    bench.app.library.fill_disk(true);
    gate.content(&large("rain")).await.unwrap();
    bench.health(|health| health.unsaved.is_some()).await;
    // Nobody quits: the file is as a crash would leave it.
    let after = Library::open(&bench.folder.path().join("serein.db")).unwrap();
    let reply = after.path_of(&conversation).unwrap().pop().unwrap();
    assert_eq!(reply.text(), "It begins. ");
    assert_eq!(reply.status, MessageStatus::Interrupted);
}

impl Bench {
    /// Asks, and waits until the beginning of the reply is journaled: the conversation, and the reply's other end.
    pub(super) async fn begins_a_reply(&mut self) -> (String, serechat_simulator::Gate) {
        let conversation = self.ask("held", "What falls?").await;
        let gate = self.simulator.gate().await;
        gate.content("It begins. ").await.unwrap();
        self.event("content").await;
        // Told to the library at the latest when something is journaled after it.
        while self.journaled() == 0 {
            tokio::task::yield_now().await;
        }
        (conversation, gate)
    }

    pub(super) fn journaled(&self) -> u32 {
        rusqlite::Connection::open(self.folder.path().join("serein.db"))
            .unwrap()
            .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
            .unwrap()
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_saved_is_not_sent_and_the_draft_stays() {
    let bench = Bench::signed_in().await;
    let draft = large("snow");
    bench
        .app
        .save_draft(Draft::New(NewChat::Main), draft.clone())
        .await
        .unwrap();
    bench.app.library.fill_disk(true);
    let refused = bench
        .app
        .send(Draft::New(NewChat::Main), draft.clone(), "echo")
        .await
        .unwrap_err();
    assert_eq!(
        refused.message,
        "This was not sent, because the disk is full. Your text is kept here; send it again later."
    );
    assert_eq!(bench.app.draft(NewChat::Main).await.unwrap(), draft);
    assert!(bench.inference_requests().is_empty());
    let unsaved = bench.app.library_health().await.unsaved.unwrap();
    assert_eq!(
        unsaved.message,
        "The disk is full: free some space. What was saved before is safe; nothing new can be saved until then."
    );
    assert!(bench.app.save_again().await.is_err());
    bench.app.library.fill_disk(false);
    bench.app.save_again().await.unwrap();
    assert_eq!(bench.app.library_health().await.unsaved, None);
    let left = bench
        .app
        .conversation_rows(ListScope::Active, 0, 9)
        .await
        .unwrap();
    assert!(
        left.is_empty(),
        "a conversation without its first message is none"
    );
}

#[tokio::test]
async fn all_is_well_and_a_backup_is_made_of_it_at_most_daily() {
    let mut bench = Bench::signed_in().await;
    assert_eq!(bench.app.library_health().await, LibraryHealth::default());
    bench.exchange("echo", "Hello").await;
    bench.app.back_up_if_due().await;
    let health = bench.health(|health| health.backups == 1).await;
    assert!(health.last_backup.is_some() && health.unsaved.is_none());
    bench.app.back_up_if_due().await;
    assert_eq!(bench.app.library_health().await.backups, 1);
}

#[tokio::test]
async fn a_library_that_turns_out_to_be_damaged_asks_for_the_start_that_mends_it() {
    let bench = Bench::signed_in().await;
    bench.ask("held", "What falls?").await;
    let gate = bench.simulator.gate().await;
    bench.app.library.heed(&LibraryError::Damaged);
    let health = bench.app.library_health().await;
    assert_eq!(health.remedy, Some(Remedy::Restart));
    let sentence = health.unsaved.unwrap().message;
    assert!(
        sentence.starts_with("The conversation database is damaged. Restart Serein:")
            && sentence.ends_with("The latest reply is in memory only: copy it before."),
        "{sentence}"
    );
    gate.complete().await.unwrap();
}
