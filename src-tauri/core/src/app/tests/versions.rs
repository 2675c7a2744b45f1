//! Retrying, editing and stepping between versions.

use super::*;

#[tokio::test]
async fn retrying_a_reply_keeps_the_old_one_as_a_version() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    bench.app.retry(reply.id.clone(), "plain").await.unwrap();
    let started = bench.event("started").await;
    assert_eq!(started["keep"], 1);
    assert_eq!(started["messages"].as_array().unwrap().len(), 1);
    bench.event("saved").await;
    let shown = bench.shown(&conversation);
    assert_eq!((shown[1].version, shown[1].versions), (2, 2));
    let newest = shown[1].message.id.clone();
    let snapshot = bench.app.select_version(newest, -1).await.unwrap();
    let page = snapshot.page;
    assert_eq!((page.first, page.total), (1, 2), "the page begins with it");
    assert_eq!(page.messages[0].id, reply.id);
}

#[tokio::test]
async fn editing_a_question_keeps_the_old_one_and_asks_anew() {
    let mut bench = Bench::signed_in().await;
    let (conversation, _) = bench.exchange("echo", "Helo").await;
    let question = bench.path(&conversation)[0].id.clone();
    bench
        .app
        .edit(question.clone(), "Hello".to_owned(), "echo")
        .await
        .unwrap();
    bench.event("saved").await;
    let shown = bench.shown(&conversation);
    assert_eq!(shown[0].message.text(), "Hello");
    assert_eq!((shown[0].version, shown[0].versions), (2, 2));
    let request = bench.inference_requests().pop().unwrap();
    assert_eq!(request["messages"].as_array().unwrap().len(), 1);
    let newest = shown[0].message.id.clone();
    let snapshot = bench.app.select_version(newest, -1).await.unwrap();
    assert_eq!(
        (&snapshot.page.messages[0].id, snapshot.page.messages.len()),
        (&question, 2)
    );
}

#[tokio::test]
async fn nothing_changes_under_a_running_reply() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "held")
        .await
        .unwrap();
    bench.event("started").await;
    let refused = [
        bench
            .app
            .retry(reply.id.clone(), "plain")
            .await
            .unwrap_err(),
        bench
            .app
            .select_version(reply.id.clone(), 1)
            .await
            .unwrap_err(),
        bench
            .app
            .continue_reply(reply.id, "plain")
            .await
            .unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.code == Code::InvalidInput));
    assert_eq!(bench.path(&conversation).len(), 4);
}

#[tokio::test]
async fn a_users_message_cannot_be_asked_for_again() {
    let mut bench = Bench::signed_in().await;
    let (conversation, _) = bench.exchange("plain", "Hello").await;
    let question = bench.path(&conversation)[0].id.clone();
    let refused = bench.app.retry(question, "plain").await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
}

/// A conversation of `count` messages, in the library only.
fn long(bench: &Bench, count: usize) -> String {
    let library = &bench.app.library;
    let conversation = library.create_conversation("Long", "plain", 1).unwrap();
    let mut messages: Vec<Message> = Vec::new();
    for index in 0..count {
        messages.push(Message {
            id: crate::library::new_id(),
            parent: messages.last().map(|message| message.id.clone()),
            role: match index % 2 {
                0 => Role::User,
                _ => Role::Assistant,
            },
            status: MessageStatus::Complete,
            parts: vec![Part::text(index.to_string())],
            error: None,
            model: None,
            created_at: 1,
            finished_at: Some(1),
        });
    }
    library
        .add_messages(&conversation, &messages, false, 1)
        .unwrap();
    conversation
}

#[tokio::test]
async fn in_a_long_conversation_a_turn_says_how_much_of_the_whole_path_stays() {
    let mut bench = Bench::signed_in().await;
    let conversation = long(&bench, 100);
    let opened = bench
        .app
        .open_conversation(conversation.clone())
        .await
        .unwrap();
    assert_eq!((opened.page.first, opened.page.total), (76, 100));

    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "plain")
        .await
        .unwrap();
    let started = bench.event("started").await;
    assert_eq!(started["keep"], 100);
    assert_eq!(started["messages"].as_array().unwrap().len(), 2);
    bench.event("saved").await;
    let request = bench.inference_requests().pop().unwrap();
    assert_eq!(request["messages"].as_array().unwrap().len(), 101);

    // A reply far above the page that was opened.
    let reply = bench.path(&conversation)[11].id.clone();
    bench.app.retry(reply.clone(), "plain").await.unwrap();
    let started = bench.event("started").await;
    assert_eq!(started["keep"], 11);
    assert_eq!(started["messages"][0]["versions"], 2);
    bench.event("saved").await;

    let newer = bench.path(&conversation)[11].id.clone();
    let snapshot = bench.app.select_version(newer, -1).await.unwrap();
    assert_eq!((snapshot.page.first, snapshot.page.total), (11, 102));
    assert_eq!(snapshot.page.messages[0].id, reply);
}

#[tokio::test]
async fn a_version_that_came_to_nothing_stays_when_something_follows_it() {
    let mut bench = Bench::signed_in().await;
    let (conversation, failed) = bench.exchange("418", "Hello").await;
    assert!(failed.parts.is_empty());
    bench
        .app
        .send(Draft::Of(conversation.clone()), "Again".to_owned(), "plain")
        .await
        .unwrap();
    bench.event("saved").await;
    let end = bench.reply(&conversation);
    bench.app.retry(failed.id.clone(), "plain").await.unwrap();
    bench.event("saved").await;
    assert_eq!(bench.shown(&conversation)[1].versions, 2);
    assert!(bench.app.library.message(&end.id).is_ok());
}

#[tokio::test]
async fn pages_of_a_running_conversation_join_with_what_is_shown() {
    let mut bench = Bench::signed_in().await;
    let conversation = long(&bench, 100);
    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "held")
        .await
        .unwrap();
    let gate = bench.simulator.gate().await;
    gate.content("so far").await.unwrap();
    bench.event("content").await;
    let opened = bench
        .app
        .open_conversation(conversation.clone())
        .await
        .unwrap();
    assert_eq!((opened.page.first, opened.page.total), (78, 102));
    let reply = opened.page.messages.last().unwrap();
    assert_eq!(reply.status, MessageStatus::Streaming);
    let at = PageAt::Before {
        message: opened.page.messages[0].id.clone(),
    };
    let earlier = bench.app.conversation_page(conversation, at).await.unwrap();
    assert_eq!(
        (earlier.first, earlier.messages.len(), earlier.total),
        (54, 24, 102)
    );
    gate.complete().await.unwrap();
}
