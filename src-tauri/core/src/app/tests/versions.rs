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
    let shown = bench.app.library.path_of(&conversation).unwrap();
    assert_eq!((shown[1].version, shown[1].versions), (2, 2));
    let newest = shown[1].message.id.clone();
    let snapshot = bench.app.select_version(newest, -1).await.unwrap();
    assert_eq!(snapshot.messages[1].id, reply.id);
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
    let shown = bench.app.library.path_of(&conversation).unwrap();
    assert_eq!(shown[0].message.text(), "Hello");
    assert_eq!((shown[0].version, shown[0].versions), (2, 2));
    let request = bench.inference_requests().pop().unwrap();
    assert_eq!(request["messages"].as_array().unwrap().len(), 1);
    let newest = shown[0].message.id.clone();
    let snapshot = bench.app.select_version(newest, -1).await.unwrap();
    assert_eq!(
        (&snapshot.messages[0].id, snapshot.messages.len()),
        (&question, 2)
    );
}

#[tokio::test]
async fn nothing_changes_under_a_running_reply() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    bench
        .app
        .send(Some(conversation.clone()), "More".to_owned(), "held")
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
