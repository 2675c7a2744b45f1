//! The tools, and what happens when they are called wrongly.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use std::net::IpAddr;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::fetch_url::FetchUrl;
use super::*;

fn call(name: &str, arguments: &str) -> ToolCall {
    ToolCall {
        id: "call_1".to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    }
}

async fn run(name: &str, arguments: &str) -> (ToolCallState, String) {
    Tools::default().run(&call(name, arguments)).await
}

#[tokio::test]
async fn the_time_is_told_here_and_in_a_named_zone() {
    for arguments in [
        "",
        "{}",
        r#"{"time_zone": null}"#,
        r#"{"time_zone": "Asia/Tokyo"}"#,
    ] {
        let (state, result) = run("current_time", arguments).await;
        assert_eq!(state, ToolCallState::Succeeded, "{result}");
        let result: Value = serde_json::from_str(&result).unwrap();
        assert!(result["time"].as_str().unwrap().len() >= 25);
    }
    let (state, _) = run("current_time", r#"{"time_zone": "Nowhere/Land"}"#).await;
    assert_eq!(state, ToolCallState::Failed);
}

#[tokio::test]
async fn arithmetic_is_exact_and_what_is_none_is_an_error() {
    let (state, result) = run("calculate", r#"{"expression": "0.1 + 0.2"}"#).await;
    assert_eq!(
        (state, result.as_str()),
        (ToolCallState::Succeeded, r#"{"result":"0.3"}"#)
    );
    for expression in ["(2 + 3) * 4", "sqrt(2)", "5 feet to cm"] {
        let arguments = serde_json::json!({ "expression": expression }).to_string();
        let (state, result) = run("calculate", &arguments).await;
        assert_eq!(state, ToolCallState::Succeeded, "{expression}: {result}");
    }
    for expression in ["2 +", "", "one apple"] {
        let arguments = serde_json::json!({ "expression": expression }).to_string();
        assert_eq!(
            run("calculate", &arguments).await.0,
            ToolCallState::Failed,
            "{expression}"
        );
    }
}

#[tokio::test]
async fn an_unknown_tool_is_an_error_the_model_can_read() {
    let (state, result) = run("launch", "{}").await;
    assert_eq!(state, ToolCallState::Failed);
    assert_eq!(result, r#"{"error":"there is no tool named \"launch\""}"#);
}

#[tokio::test]
async fn arguments_that_are_no_json_object_are_an_error_the_model_can_read() {
    for arguments in ["{\"city\":", "[]", "7", "\u{0}"] {
        let (state, result) = run("current_time", arguments).await;
        assert_eq!(state, ToolCallState::Failed, "{arguments}");
        assert!(result.contains("arguments"), "{result}");
    }
}

/// Does what its name says.
struct Odd(&'static str);

impl Tool for Odd {
    fn name(&self) -> &'static str {
        self.0
    }
    fn description(&self) -> &'static str {
        ""
    }
    fn summary(&self) -> &'static str {
        ""
    }
    fn parameters(&self) -> Value {
        Value::Null
    }
    fn permission(&self) -> Permission {
        Permission::Free
    }
    fn run(&self, _: Map<String, Value>) -> BoxFuture<'_, Result<String, String>> {
        match self.0 {
            "hangs" => std::future::pending().boxed(),
            _ => async { Ok("é".repeat(1 << 20)) }.boxed(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_hangs_is_given_a_minute() {
    let tools = Tools::new(vec![Box::new(Odd("hangs"))]);
    let (state, result) = tools.run(&call("hangs", "{}")).await;
    assert_eq!(state, ToolCallState::Failed);
    assert!(result.contains("60 seconds"), "{result}");
}

#[tokio::test]
async fn a_result_of_megabytes_is_cut_and_said_to_be() {
    let tools = Tools::new(vec![Box::new(Odd("talks"))]);
    let (state, result) = tools.run(&call("talks", "{}")).await;
    assert_eq!(state, ToolCallState::Succeeded);
    assert!(result.len() < RESULT_BYTES + 200);
    assert!(result.ends_with("bytes, the first 65536 are here]"));
}

#[tokio::test]
async fn private_addresses_are_refused_as_numbers_as_names_and_in_disguise() {
    for url in [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
    ] {
        let arguments = serde_json::json!({ "url": url }).to_string();
        let (state, result) = run("fetch_url", &arguments).await;
        assert_eq!(state, ToolCallState::Failed, "{url}");
        assert!(result.contains("private"), "{url}: {result}");
    }
    for url in [
        "file:///etc/passwd",
        "ftp://example.com/",
        "no url",
        "http://user:pw@example.com/",
    ] {
        let arguments = serde_json::json!({ "url": url }).to_string();
        assert_eq!(
            run("fetch_url", &arguments).await.0,
            ToolCallState::Failed,
            "{url}"
        );
    }
}

/// A server that gives each connection the next of these answers.
async fn server(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&answer).await;
        }
    });
    base
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn fetch(allowed: fn(IpAddr) -> bool, url: &str) -> (ToolCallState, String) {
    let tools = Tools::new(vec![Box::new(FetchUrl::to(allowed))]);
    let arguments = serde_json::json!({ "url": url }).to_string();
    tools.run(&call("fetch_url", &arguments)).await
}

#[tokio::test]
async fn a_page_arrives_as_text_without_its_markup_and_scripts() {
    let html = b"<html><head><style>p{}</style><script>alert(1)</script></head><body><h1>Rain</h1><p>It falls.</p></body></html>";
    let base = server(vec![answer(
        "200 OK\r\nContent-Type: text/html; charset=utf-8",
        html,
    )])
    .await;
    let (state, result) = fetch(|_| true, &base).await;
    assert_eq!(state, ToolCallState::Succeeded, "{result}");
    assert!(
        result.contains("Rain") && result.contains("It falls."),
        "{result}"
    );
    assert!(
        !result.contains("alert") && !result.contains('<'),
        "{result}"
    );
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let base = server(vec![answer(
        "302 Found\r\nLocation: http://127.0.0.2/secret",
        b"",
    )])
    .await;
    let only_first = |address: IpAddr| address == IpAddr::from([127, 0, 0, 1]);
    let (state, result) = fetch(only_first, &base).await;
    assert_eq!(state, ToolCallState::Failed);
    assert!(result.contains("private"), "{result}");
}

#[tokio::test]
async fn endless_redirects_errors_and_what_is_no_text_are_refused() {
    let again = answer("302 Found\r\nLocation: /again", b"");
    let base = server(vec![again; 10]).await;
    assert!(
        fetch(|_| true, &base)
            .await
            .1
            .contains("redirects more than")
    );
    let base = server(vec![answer("404 Not Found", b"")]).await;
    assert!(fetch(|_| true, &base).await.1.contains("404"));
    let base = server(vec![answer("200 OK\r\nContent-Type: image/png", b"x")]).await;
    assert!(fetch(|_| true, &base).await.1.contains("no text"));
}

#[tokio::test]
async fn a_page_is_read_to_its_first_megabyte() {
    let long = vec![b'x'; 3 << 20];
    let base = server(vec![answer("200 OK\r\nContent-Type: text/plain", &long)]).await;
    let (state, result) = fetch(|_| true, &base).await;
    assert_eq!(state, ToolCallState::Succeeded);
    assert!(result.contains("[cut"));
}
