//! Proxies: the system's, but never for a loopback base.

use std::env;

use serechat::ErrorKind;
use tokio::process::Command;

use crate::server::{Answer, Server};
use crate::{client, token};

const MARK: &str = "SERECHAT_TEST_BEHIND_A_PROXY";

/// The environment is read once in a process, so the test runs itself in another one.
#[tokio::test]
async fn the_systems_proxy_is_used_but_never_for_a_loopback_base() {
    if env::var_os(MARK).is_some() {
        return behind_a_proxy().await;
    }
    let mut proxy = Server::start([Answer::new(502, &[], "")]).await;
    let mut child = Command::new(env::current_exe().unwrap());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"] {
        child.env(name, &proxy.base);
    }
    for name in ["NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"] {
        child.env_remove(name);
    }
    let name = "proxy::the_systems_proxy_is_used_but_never_for_a_loopback_base";
    let output = child
        .args(["--exact", name])
        .env(MARK, "1")
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let request = proxy.request().await;
    assert_eq!(request.line, "CONNECT serechat.invalid:443");
    assert_eq!(request.header("authorization"), None);
    assert!(proxy.is_idle());
}

async fn behind_a_proxy() {
    let error = client("https://serechat.invalid").models(&token()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Connect);
    let server = Server::start([Answer::json(200, "[]"), Answer::json(200, "[]")]).await;
    assert!(client(&server.base).models(&token()).await.is_ok());
    let by_name = server.base.replace("127.0.0.1", "localhost");
    assert!(client(&by_name).models(&token()).await.is_ok());
}
