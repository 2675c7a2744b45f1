//! Exports and imports as jobs: one at a time, beside replies, and ended with the app.

use std::fs;

use super::*;
use crate::library::recovery::IMPORTING;
use crate::view::{ExportFormat, JobKind};

/// A file of the official client's with so many messages.
fn session(folder: &TempDir, messages: usize) -> PathBuf {
    let message = r#"{"role":"user","content":"drip"},{"role":"assistant","content":"drop"}"#;
    let messages = vec![message; messages / 2].join(",");
    let path = folder.path().join("session.json");
    let text =
        format!(r#"{{"id":"a1","title":"Drips","created":1,"updated":2,"messages":[{messages}]}}"#);
    fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn an_export_is_a_job_that_says_what_it_has_done() {
    let mut bench = Bench::signed_in().await;
    let (conversation, _) = bench.exchange("plain", "Why does it rain?").await;
    let target = bench.folder.path().join("out.json");
    let begun = bench
        .app
        .export(None, ExportFormat::Json, target.clone())
        .unwrap();
    assert_eq!(
        (begun.kind, begun.state),
        (JobKind::Export, JobState::Running)
    );
    let over = bench.job().await;
    assert_eq!((&over.id, over.state), (&begun.id, JobState::Done));
    assert_eq!((over.done, over.total), (2, Some(2)));
    assert!(over.problems.is_empty(), "{over:?}");
    assert_eq!(bench.app.job(), Some(over));
    let text = fs::read_to_string(&target).unwrap();
    assert!(text.contains(&conversation));
    assert_eq!(
        bench
            .app
            .export_name(Some(&[conversation]), ExportFormat::Markdown)
            .await
            .unwrap(),
        "Why does it rain-.md"
    );
}

#[tokio::test]
async fn a_second_job_is_refused_until_the_first_is_over() {
    let mut bench = Bench::signed_in().await;
    let path = session(&bench.folder, 20_000);
    let first = bench.app.import(vec![path.clone()]).unwrap();
    let refused = bench.app.import(vec![path.clone()]).unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    assert!(refused.message.starts_with("An import is under way."));
    assert!(bench.app.check_no_job().is_err());
    bench.app.cancel_job("another");
    assert_eq!(bench.app.job().unwrap().state, JobState::Running);
    bench.app.cancel_job(&first.id);
    assert_eq!(bench.job().await.state, JobState::Cancelled);
    bench.app.check_no_job().unwrap();
    assert_eq!(bench.app.library.message_count(None).unwrap(), 0);
}

#[tokio::test]
async fn a_reply_is_asked_for_and_saved_while_an_import_runs() {
    let mut bench = Bench::signed_in().await;
    let path = session(&bench.folder, 20_000);
    bench.app.import(vec![path]).unwrap();
    let (conversation, reply) = bench.exchange("plain", "Why does it rain?").await;
    assert_eq!(reply.status, MessageStatus::Complete);
    assert_eq!(bench.path(&conversation).len(), 2);
    let over = match bench.app.job().unwrap() {
        job if job.state == JobState::Running => bench.job().await,
        job => job,
    };
    assert_eq!(over.state, JobState::Done, "{over:?}");
    assert_eq!(bench.app.library.message_count(None).unwrap(), 20_002);
}

#[tokio::test]
async fn quitting_ends_a_job_and_leaves_nothing_half_done() {
    let mut bench = Bench::signed_in().await;
    let path = session(&bench.folder, 20_000);
    bench.app.import(vec![path]).unwrap();
    let cut = bench.app.lost_by_quitting().await.unwrap();
    assert!(cut.starts_with("An import is under way."), "{cut}");
    bench.app.quit().await;
    assert_eq!(bench.job().await.state, JobState::Cancelled);
    assert_eq!(bench.app.library.message_count(None).unwrap(), 0);
    // The next start says so.
    assert!(bench.app.library.note(IMPORTING).unwrap().is_some());
    assert!(bench.app.import(Vec::new()).is_err());
}

#[tokio::test]
async fn an_export_of_no_conversation_is_refused() {
    let bench = Bench::signed_in().await;
    let target = bench.folder.path().join("out.json");
    let refused = bench
        .app
        .export(Some(Vec::new()), ExportFormat::Json, target)
        .unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
}
