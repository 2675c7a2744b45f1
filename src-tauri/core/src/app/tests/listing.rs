//! The list, as the windows ask for it.

use super::*;
use crate::view::{ConversationPatch, ListScope};

fn conversation(bench: &Bench, title: &str, at: i64) -> String {
    bench
        .app
        .library
        .create_conversation(title, "plain", at)
        .unwrap()
}

#[tokio::test]
async fn stepping_through_the_list_ends_where_the_list_ends() {
    let bench = Bench::new().await;
    let [old, middle, new] = [1, 2, 3].map(|at| conversation(&bench, "x", at));
    let step = async |id: Option<&String>, offset| {
        bench
            .app
            .neighbour(id.cloned(), ListScope::Active, offset)
            .await
            .unwrap()
    };
    assert_eq!(step(None, 1).await.as_ref(), Some(&new));
    assert_eq!(step(None, -1).await, None);
    assert_eq!(step(Some(&new), 1).await.as_ref(), Some(&middle));
    assert_eq!(step(Some(&middle), -1).await.as_ref(), Some(&new));
    assert_eq!(step(Some(&new), -1).await, None);
    assert_eq!(step(Some(&old), 1).await, None);
    assert_eq!(step(Some(&old), i64::MAX).await, None);
    let archive = ConversationPatch {
        archived: Some(true),
        ..ConversationPatch::default()
    };
    bench
        .app
        .update_conversations(vec![middle.clone()], archive)
        .await
        .unwrap();
    assert_eq!(step(Some(&middle), 1).await.as_ref(), Some(&new));
}

#[tokio::test]
async fn rows_say_where_a_reply_runs_and_come_two_hundred_at_most() {
    let mut bench = Bench::signed_in().await;
    for at in 0..300 {
        conversation(&bench, "x", at);
    }
    let running = bench.ask("held", "Hello").await;
    let gate = bench.simulator.gate().await;
    let rows = bench
        .app
        .conversation_rows(ListScope::Active, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(rows.len(), 200);
    assert!(rows[0].running && rows[0].id == running);
    assert!(!rows[1].running);
    let row = bench
        .app
        .conversation_summary(running.clone())
        .await
        .unwrap()
        .unwrap();
    assert!(row.running);
    gate.complete().await.unwrap();
    bench.event("saved").await;
    let end = bench
        .app
        .conversation_rows(ListScope::Active, 299, 200)
        .await
        .unwrap();
    assert_eq!(end.len(), 2);
    let past = bench
        .app
        .conversation_rows(ListScope::Active, 301, 200)
        .await
        .unwrap();
    assert!(past.is_empty());
}

#[tokio::test]
async fn folders_have_names_of_their_own() {
    let bench = Bench::new().await;
    let app = &bench.app;
    let work = app.create_folder("  Work\n").await.unwrap();
    assert_eq!(work.name, "Work");
    for name in ["Work", " ", ""] {
        let refused = app.create_folder(name).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidInput, "{name}");
    }
    let home = app.create_folder("Home").await.unwrap();
    assert!(app.rename_folder(home.id.clone(), "Work").await.is_err());
    app.rename_folder(home.id.clone(), "Home").await.unwrap();
    assert!(app.rename_folder("gone".to_owned(), "x").await.is_err());
    app.delete_folder(work.id).await.unwrap();
    let names: Vec<String> = app
        .folders()
        .await
        .unwrap()
        .into_iter()
        .map(|folder| folder.name)
        .collect();
    assert_eq!(names, ["Home"]);
    let gone = app.update_conversations(vec!["gone".to_owned()], ConversationPatch::default());
    assert!(gone.await.is_err());
}

#[tokio::test]
async fn a_conversation_is_duplicated_up_to_a_message() {
    let mut bench = Bench::signed_in().await;
    let (conversation, reply) = bench.exchange("plain", &"word ".repeat(40)).await;
    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "held")
        .await
        .unwrap();
    let gate = bench.simulator.gate().await;
    let running = bench.reply(&conversation);
    let refused = bench.app.duplicate_conversation(running.id).await;
    assert_eq!(refused.unwrap_err().code, Code::InvalidInput);
    let copy = bench.app.duplicate_conversation(reply.id).await.unwrap();
    assert_eq!(bench.path(&copy).len(), 2);
    let title = bench.app.library.conversation(&copy).unwrap().title;
    assert!(title.ends_with("… (copy)"), "{title}");
    assert!(title.chars().count() <= TITLE_CHARACTERS + 1);
    gate.complete().await.unwrap();
    bench.event("saved").await;
}
