//! The pages, as a person and as a script that stands in for one use them.

use reqwest::{StatusCode, header};

use crate::support::{refusal, start};

/// What stands in the element with the code.
fn code_in(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("<output id=\"code\">")?;
    rest.split_once("</output>").map(|(code, _)| code)
}

#[tokio::test]
async fn the_page_asks_and_then_shows_the_code_that_signs_in() {
    let session = start().await;
    let id = session.open().await;
    let url = format!("/authorize-app?request_id={id}");
    let page = session.get(&url).await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].clone();
    assert!(policy.to_str().unwrap().starts_with("default-src 'none'"));
    let page = page.text().await.unwrap();
    assert!(page.contains("Authorize Serein?") && page.contains(">Authorize</button>"));
    assert_eq!(code_in(&page), None);

    let shown = session
        .form(
            "/authorize-app",
            &format!("request_id={id}&decision=authorize"),
        )
        .await;
    let shown = shown.text().await.unwrap();
    let code = code_in(&shown).unwrap();
    let reloaded = session.get(&url).await.text().await.unwrap();
    assert_eq!(code_in(&reloaded), Some(code));
    assert_eq!(session.exchange(&id, code).await.status(), StatusCode::OK);
    assert_eq!(session.get(&url).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn deny_shows_no_code_and_ends_the_request() {
    let session = start().await;
    let id = session.open().await;
    let body = format!("request_id={id}&decision=deny");
    let page = session
        .form("/authorize-app", &body)
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("You said no"));
    let body = format!("request_id={id}&decision=authorize");
    let page = session
        .form("/authorize-app", &body)
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(code_in(&page), None);
    assert_eq!(refusal(session.exchange(&id, "123456").await).await.0, 404);
}

#[tokio::test]
async fn an_unknown_or_expired_request_has_a_plain_page() {
    let session = start().await;
    let id = session.open().await;
    session.simulator.expire(&id);
    for path in [
        format!("/authorize-app?request_id={id}"),
        "/authorize-app?request_id=nobody".to_owned(),
        "/authorize-app".to_owned(),
    ] {
        let page = session.get(&path).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert!(page.text().await.unwrap().contains("no longer valid"));
    }
}

#[tokio::test]
async fn an_app_cannot_write_markup_into_the_page() {
    let session = start().await;
    let body = serde_json::json!({ "app_name": "<script>alert(1)</script>" });
    session.post("/api/auth/app/request", &body).await;
    let id = session.simulator.last_request_id().unwrap();
    let page = session
        .get(&format!("/authorize-app?request_id={id}"))
        .await;
    let page = page.text().await.unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
}

#[tokio::test]
async fn the_profile_lists_the_apps_and_revokes_them() {
    let session = start().await;
    let page = session.get("/profile").await.text().await.unwrap();
    assert!(page.contains("<strong>Serein</strong>") && page.contains("<button>Revoke</button>"));
    let revoked = session.form("/profile/revoke", "app=Another").await;
    assert_eq!(revoked.headers()[header::LOCATION], "/profile");
    assert_eq!(session.ask("plain", "Hi").await.status(), StatusCode::OK);

    session.form("/profile/revoke", "app=Serein").await;
    assert_eq!(refusal(session.ask("plain", "Hi").await).await.0, 401);
    let page = session.get("/profile").await.text().await.unwrap();
    assert!(page.contains("No app has access"));

    let token = session.simulator.issue_token();
    session.form("/profile/revoke", "").await;
    let request = session
        .client
        .get(session.url("/api/inference/models?type=llm"));
    let answer = request.bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_plan_shows_the_balance() {
    let session = start().await;
    session.simulator.set_balance(-1_205);
    let page = session.get("/plan").await.text().await.unwrap();
    assert!(page.contains("−$12.05"));
    assert!(
        session
            .get("/")
            .await
            .text()
            .await
            .unwrap()
            .contains("<code>markdown</code>")
    );
}
