//! Searching, and going to what was found.

use super::*;
use crate::view::SearchFilters;

#[tokio::test]
async fn a_reply_is_found_when_it_is_saved() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("echo", "Umbrella weather").await;
    let found = bench
        .app
        .search("umbrella".to_owned(), SearchFilters::default())
        .await
        .unwrap();
    assert!(
        found
            .hits
            .iter()
            .all(|hit| hit.conversation == conversation)
    );
    assert!(
        found
            .hits
            .iter()
            .any(|hit| hit.message.as_ref() == Some(&reply.id))
    );
    let models = bench.app.search_models().await.unwrap();
    assert_eq!(models, ["echo"]);
    let all = bench
        .app
        .find_in_conversation(conversation, "UMBRELLA".to_owned())
        .await
        .unwrap();
    assert_eq!(all.messages.len(), 2);
}

#[tokio::test]
async fn a_found_message_is_shown_with_its_branch() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    bench.app.retry(reply.id.clone(), "plain").await.unwrap();
    bench.event("saved").await;
    assert_ne!(bench.path(&conversation)[1].id, reply.id);
    let mut looked = None;
    let snapshot = bench
        .app
        .show_message(reply.id.clone(), |conversation| {
            looked = Some(conversation.to_owned());
        })
        .await
        .unwrap();
    assert_eq!(looked, Some(conversation.clone()));
    assert_eq!(snapshot.page.messages[0].id, reply.id);
    assert_eq!(bench.path(&conversation)[1].id, reply.id);
}

#[tokio::test]
async fn under_a_running_reply_only_what_is_visible_is_shown() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    bench.app.retry(reply.id.clone(), "plain").await.unwrap();
    bench.event("saved").await;
    let question = bench.path(&conversation)[0].id.clone();
    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "held")
        .await
        .unwrap();
    bench.event("started").await;
    let mut looked = false;
    let refused = bench.app.show_message(reply.id, |_| looked = true).await;
    assert_eq!(refused.unwrap_err().code, Code::InvalidInput);
    assert!(!looked, "the window stays with what it shows");
    let snapshot = bench
        .app
        .show_message(question.clone(), |_| {})
        .await
        .unwrap();
    assert_eq!(snapshot.page.messages[0].id, question);
    assert!(snapshot.turn.is_some());
}
