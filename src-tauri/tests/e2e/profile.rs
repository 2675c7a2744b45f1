//! What is kept: conversations, drafts, the token; through restarts and crashes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use fantoccini::key::Key;

use crate::support::chat::{composer, entry, offer, question, reply};
use crate::support::wait::until;
use crate::support::{By, World};

/// Every file under `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found
}

/// The files under `folder` that hold `needle`.
fn holding(folder: &Path, needle: &str) -> Vec<PathBuf> {
    files(folder)
        .into_iter()
        .filter(|path| {
            fs::read(path).is_ok_and(|bytes| {
                bytes
                    .windows(needle.len())
                    .any(|window| window == needle.as_bytes())
            })
        })
        .collect()
}

/// The token the app was given, as the service saw it.
fn token(world: &World) -> String {
    world
        .simulator()
        .requests()
        .iter()
        .find_map(|request| {
            request
                .header("authorization")?
                .strip_prefix("Bearer ")
                .map(str::to_owned)
        })
        .expect("a request carried the token")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_finds_the_conversation_and_the_user_signed_in() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.asks("Remember me").await;
    app.waits_for_the_end().await;
    app.quit().await;

    let app = world.start().await;
    app.click(&entry("Remember me")).await;
    app.reads(&question(), "Remember me").await;
    app.replies_with("Remember me").await;
    app.asks("And this").await;
    app.waits_for_the_end().await;
    app.replies_with("And this").await;
    // The model of the conversation came along, and so did its beginning.
    let sent = world.simulator().requests_to("/api/inference/llm");
    let last = sent.last().unwrap().json();
    assert_eq!(last["model"], "echo");
    assert_eq!(last["messages"][0]["content"], "Remember me");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_mid_stream_keeps_the_partial_reply_marked_interrupted() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks("Talk").await;
    let gate = world.simulator().gate().await;
    gate.content("saved before the crash").await.unwrap();
    app.replies_with("saved before the crash").await;
    // The journal is at most a quarter of a second behind; the database says when it is there.
    let saved = until(async || {
        (!holding(&world.profile(), "saved before the crash").is_empty()).then_some(())
    });
    assert!(
        saved.await.is_some(),
        "the reply is journaled while it runs"
    );
    app.killed().await;

    let app = world.start().await;
    app.click(&entry("Talk")).await;
    app.replies_with("saved before the crash").await;
    app.reads(&reply(), "closed before the reply was finished")
        .await;
    app.sees(&offer("Retry")).await;
    app.click(&offer("Continue")).await;
    let gate = world.simulator().gate().await;
    gate.content("and after it").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.replies_with("and after it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_kept_over_a_switch_and_a_restart() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.asks("A conversation").await;
    app.waits_for_the_end().await;
    app.types(&composer(), "half a thought").await;
    app.click(&By::button("New chat")).await;
    app.sees_that(&composer(), "empty", |seen| {
        seen.value.as_deref() == Some("")
    })
    .await;
    app.types(&composer(), "another half").await;
    app.click(&entry("A conversation")).await;
    app.sees_that(&composer(), "with its draft", |seen| {
        seen.value.as_deref() == Some("half a thought")
    })
    .await;
    app.quit().await;

    let app = world.start().await;
    app.click(&entry("A conversation")).await;
    app.sees_that(&composer(), "with its draft", |seen| {
        seen.value.as_deref() == Some("half a thought")
    })
    .await;
    app.chord(&[Key::Control], 'n').await;
    app.sees_that(&composer(), "with the new chat's draft", |seen| {
        seen.value.as_deref() == Some("another half")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_keychain_no_file_and_no_log_line_holds_the_token() {
    let world = World::plan().keychain().build().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.asks("Hello").await;
    app.waits_for_the_end().await;
    let token = token(&world);
    app.quit().await;
    assert!(!files(&world.profile()).is_empty(), "the profile is there");
    // The keyring's own files lie in the home, encrypted; the web view's caches as well.
    assert_eq!(holding(world.home(), &token), Vec::<PathBuf>::new());
    let printed = fs::read_to_string(world.log()).unwrap_or_default();
    assert!(!printed.contains(&token), "the output holds the token");

    // It is in the keychain: the next run is signed in.
    let app = world.start().await;
    app.sees(&composer()).await;
    app.click(&entry("Hello")).await;
    app.asks("Again").await;
    app.waits_for_the_end().await;
    app.replies_with("Again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_token_lies_in_one_file_that_only_the_user_can_read() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.asks("Hello").await;
    app.waits_for_the_end().await;
    let token = token(&world);
    app.opens_settings().await;
    let page = app
        .run("return document.body.innerText", vec![])
        .await
        .unwrap();
    assert!(
        page.as_str().unwrap().to_lowercase().contains("file"),
        "the settings say that the token lies in a file: {page}"
    );
    app.key(Key::Escape).await;
    app.quit().await;
    let holders = holding(world.home(), &token);
    assert_eq!(holders.len(), 1, "{holders:?}");
    let mode = fs::metadata(&holders[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{holders:?}");
    let printed = fs::read_to_string(world.log()).unwrap_or_default();
    assert!(!printed.contains(&token), "the output holds the token");

    let app = world.start().await;
    app.sees(&composer()).await;
    app.click(&entry("Hello")).await;
    app.replies_with("Hello").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reopened_conversation_stands_at_its_end() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Almanac").await;
    app.asks("Tell me a lot").await;
    app.waits_for_the_end().await;
    app.quit().await;
    let app = world.start().await;
    app.click(&entry("Tell me a lot")).await;
    app.sees(&reply()).await;
    let at_end = until(async || {
        let gap = app
            .run(
                "const log = document.querySelector('[role=log]'); let it = log; \
                 while (it && it.scrollHeight <= it.clientHeight + 1) it = it.parentElement; \
                 return it ? it.scrollHeight - it.scrollTop - it.clientHeight : -1;",
                vec![],
            )
            .await
            .ok()?
            .as_f64()?;
        (gap.abs() <= 2.0).then_some(())
    });
    if at_end.await.is_none() {
        app.fail("the end of the conversation to be in view").await;
    }
}
