//! Titles by the model.

use super::*;
use crate::view::ConversationSummary;

impl Bench {
    async fn titled_by_model() -> Self {
        let bench = Self::signed_in().await;
        let patch = SettingsPatch {
            title_by_model: Some(true),
            ..SettingsPatch::default()
        };
        bench.app.update_settings(patch).await.unwrap();
        bench
    }

    async fn row(&self, conversation: &str) -> ConversationSummary {
        let id = conversation.to_owned();
        self.app.conversation_summary(id).await.unwrap().unwrap()
    }
}

/// A first exchange by hand: the question asked and answered, and the gate of the request for a title.
async fn first_exchange(bench: &mut Bench) -> (String, serechat_simulator::Gate) {
    let question = format!("Why does it rain? {}", "x".repeat(10_000));
    let conversation = bench.ask("held", &question).await;
    let gate = bench.simulator.gate().await;
    gate.content("Because of the clouds.").await.unwrap();
    gate.complete().await.unwrap();
    bench.event("saved").await;
    (conversation, bench.simulator.gate().await)
}

#[tokio::test]
async fn after_the_first_exchange_the_model_is_asked_for_a_title() {
    let mut bench = Bench::titled_by_model().await;
    let (conversation, gate) = first_exchange(&mut bench).await;
    let asked = bench.inference_requests().pop().unwrap();
    assert_eq!(asked["max_tokens"], 24);
    assert!(asked.get("tools").is_none());
    let text = asked["messages"][0]["content"].as_str().unwrap();
    assert!(text.contains("Why does it rain?") && text.contains("Because of the clouds."));
    assert!(text.len() < 5_000, "of a long question, the beginning");
    assert!(bench.row(&conversation).await.title.starts_with("Why does"));

    gate.content("\"Rain and ").await.unwrap();
    gate.content("clouds\"").await.unwrap();
    gate.complete().await.unwrap();
    // The app's own task keeps the title; nothing else is under way.
    let titled = async {
        while bench.row(&conversation).await.title != "Rain and clouds" {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, titled).await.unwrap();
    // The second exchange asks for none.
    bench
        .app
        .send(Draft::Of(conversation.clone()), "More".to_owned(), "plain")
        .await
        .unwrap();
    bench.event("saved").await;
    assert_eq!(bench.inference_requests().len(), 3);
    assert_eq!(bench.row(&conversation).await.title, "Rain and clouds");
}

#[tokio::test]
async fn the_users_title_stays_even_if_it_came_while_the_model_was_asked() {
    let mut bench = Bench::titled_by_model().await;
    let (conversation, gate) = first_exchange(&mut bench).await;
    bench
        .app
        .rename_conversation(conversation.clone(), "Mine")
        .await
        .unwrap();
    gate.content("The model's").await.unwrap();
    gate.complete().await.unwrap();
    timeout(PATIENCE, bench.app.quit()).await.unwrap();
    let kept = bench.app.library.conversation(&conversation).unwrap();
    assert_eq!(kept.title, "Mine");
}

#[tokio::test]
async fn a_request_for_a_title_that_fails_is_silent_and_not_sent_again() {
    let mut bench = Bench::titled_by_model().await;
    let (conversation, gate) = first_exchange(&mut bench).await;
    gate.error("too busy").await.unwrap();
    drop(gate);
    let title = bench.row(&conversation).await.title;
    assert!(title.starts_with("Why does it rain?"));
    timeout(PATIENCE, bench.app.quit()).await.unwrap();
    assert_eq!(bench.inference_requests().len(), 2);
    assert_eq!(
        bench.app.library.conversation(&conversation).unwrap().title,
        title
    );
}

#[tokio::test]
async fn quitting_does_not_wait_for_a_title() {
    let mut bench = Bench::titled_by_model().await;
    let (_, gate) = first_exchange(&mut bench).await;
    timeout(PATIENCE, bench.app.quit()).await.unwrap();
    timeout(PATIENCE, gate.closed()).await.unwrap();
}

#[tokio::test]
async fn no_title_is_asked_for_unless_wished_nor_in_a_temporary_chat_nor_of_a_failure() {
    let mut bench = Bench::signed_in().await;
    bench.exchange("plain", "Hello").await;
    let patch = SettingsPatch {
        title_by_model: Some(true),
        ..SettingsPatch::default()
    };
    bench.app.update_settings(patch).await.unwrap();
    bench
        .app
        .send_temporary(NewChat::Main, "Hello".to_owned(), "plain")
        .await
        .unwrap();
    bench.event("saved").await;
    bench.exchange("400", "Hello").await;
    timeout(PATIENCE, bench.app.quit()).await.unwrap();
    assert_eq!(bench.inference_requests().len(), 3);
}
