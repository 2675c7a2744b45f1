//! The account: signing in and out, a token that is refused, and the models.

use super::*;
use crate::view::{SignInView, TokenStorage};

impl Bench {
    /// Presses the button, approves in the browser and enters the code.
    async fn sign_in(&mut self) {
        self.app.start_sign_in().unwrap();
        self.account(|account| matches!(account.sign_in, SignInView::AwaitingCode { .. }))
            .await;
        let id = self.simulator.last_request_id().unwrap();
        let code = self.simulator.approve(&id).unwrap();
        self.app.enter_code(code).unwrap();
    }
}

#[tokio::test]
async fn signing_in_opens_the_browser_takes_the_code_and_keeps_the_token() {
    let mut bench = Bench::new().await;
    bench.app.start();
    bench.app.start_sign_in().unwrap();
    let url = loop {
        if let Said::Opened(url) = bench.hear().await {
            break url;
        }
    };
    let id = bench.simulator.last_request_id().unwrap();
    assert_eq!(
        url,
        format!(
            "{}/authorize-app?request_id={id}",
            bench.simulator.base_url()
        )
    );
    let code = bench.simulator.approve(&id).unwrap();
    bench.app.enter_code(code).unwrap();
    let kept = |account: &AccountView| {
        account
            .signed_in
            .as_ref()
            .is_some_and(|facts| facts.storage == TokenStorage::File)
    };
    let account = bench.account(kept).await;
    assert_eq!(account.sign_in, SignInView::Done);
    assert!(account.signed_in.unwrap().expires_at.unwrap() > now());

    // Another start of the app, with the same folder.
    bench.app.quit().await;
    let (ears, said) = mpsc::channel(HEARD);
    bench.app = app_in(&bench.folder, &bench.simulator.base_url(), ears);
    bench.said = said;
    bench.app.start();
    bench.account(kept).await;
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_after_signing_in_again_the_turn_is_one_click_away() {
    let mut bench = Bench::signed_in().await;
    bench.simulator.revoke_all_tokens();
    let (conversation, reply) = bench.exchange("plain", "Hello").await;
    assert_eq!(reply.error.unwrap().code, Code::Unauthorized);
    let account = bench.app.account();
    assert!(account.signed_in.is_none() && account.signed_out_reason.is_some());
    assert_eq!(bench.path(&conversation)[0].text(), "Hello");
    let refused = bench
        .app
        .retry(reply.id.clone(), "plain")
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::Unauthorized);

    bench.sign_in().await;
    bench.account(|account| account.signed_in.is_some()).await;
    bench.app.retry(reply.id, "plain").await.unwrap();
    bench.event("saved").await;
    assert_eq!(bench.reply(&conversation).status, MessageStatus::Complete);
}

#[tokio::test]
async fn signing_out_forgets_the_token_and_says_what_it_does_not_do() {
    let mut bench = Bench::signed_in().await;
    bench.app.sign_out().await;
    let account = bench.account(|account| account.signed_in.is_none()).await;
    assert!(account.signed_out_reason.unwrap().contains("profile"));
    let origin = bench.app.base_url().unwrap().origin();
    assert!(bench.app.tokens.load(&origin).await.token.is_none());
    let refused = bench
        .app
        .send(Draft::New(NewChat::Main), "Hello".to_owned(), "plain")
        .await
        .unwrap_err();
    assert_eq!(refused.code, Code::Unauthorized);
    bench.sign_in().await;
    bench.account(|account| account.signed_in.is_some()).await;
}

#[tokio::test]
async fn the_models_are_listed_and_a_list_of_garbage_is_a_sentence() {
    let bench = Bench::signed_in().await;
    let list = bench.app.models(false).await;
    assert!(list.error.is_none() && list.models.iter().any(|model| model.id == "markdown"));
    for garbage in ["<html>", "{\"models\": 7}", "[{\"no\": \"id\"}"] {
        bench.simulator.set_models_body(Some(garbage.to_owned()));
        let error = bench.app.models(true).await.error.unwrap();
        assert!(error.message.contains("type a model"), "{}", error.message);
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_a_sentence_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["no url", "http://example.com", "https://"] {
        let (ears, _said) = mpsc::channel(HEARD);
        let app = app_in(&folder, address, ears);
        app.start();
        let error = app.base_url().unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
        assert_eq!(app.start_sign_in().unwrap_err(), error);
        app.quit().await;
    }
}

#[tokio::test]
async fn diagnostics_hold_no_token() {
    let bench = Bench::signed_in().await;
    let (_, token) = bench.app.credentials().unwrap();
    let report = bench.app.diagnostics();
    assert!(report.contains(&bench.simulator.base_url()));
    assert!(!report.contains(token.expose()));
}

#[tokio::test]
async fn another_address_has_its_own_sign_in_and_the_old_one_comes_back_with_it() {
    let mut bench = Bench::signed_in().await;
    // Without the environment's word, settings decide the address.
    let other = Simulator::start(Options::instant()).await.unwrap();
    let first = bench.simulator.base_url();
    bench.app.change_base_url(&other.base_url()).await;
    let account = bench
        .account(|account| account.signed_in.is_none() && account.signed_out_reason.is_some())
        .await;
    assert!(account.signed_out_reason.unwrap().contains("address"));
    bench.app.change_base_url(&first).await;
    let account = bench.account(|account| account.signed_in.is_some()).await;
    assert!(account.signed_out_reason.is_none());
    assert!(
        other
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none()),
        "the token stays with its own service"
    );
}

#[tokio::test]
async fn without_a_connection_the_models_of_last_time_serve_and_are_asked_for_again() {
    let mut bench = Bench::signed_in().await;
    let models = bench.app.models(false).await.models;
    bench.app.quit().await;
    bench
        .simulator
        .fail_next("/api/inference/models", 500, 1_000);
    let (ears, said) = mpsc::channel(HEARD);
    bench.app = app_in(&bench.folder, &bench.simulator.base_url(), ears);
    bench.said = said;
    bench.app.start();
    bench.account(|account| account.signed_in.is_some()).await;
    let list = bench.app.models(true).await;
    assert!(list.error.is_some());
    assert_eq!(list.models, models);
}

#[tokio::test]
async fn signed_out_the_models_of_last_time_name_the_replies_that_are_there() {
    let bench = Bench::signed_in().await;
    let models = bench.app.models(false).await.models;
    bench.app.sign_out().await;
    let list = bench.app.models(false).await;
    assert!(list.error.is_none());
    assert_eq!(list.models, models);
}
