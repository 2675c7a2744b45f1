//! WebKitWebDriver: it starts the app, which inherits its environment, and speaks WebDriver to it.

use std::ffi::OsString;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::net::TcpStream;

use super::process::{Owned, which};
use super::wait::until;

/// A driver process for one run of the app.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Owned,
    port: u16,
}

impl Driver {
    /// Starts the driver with exactly this environment; what it and the app print goes to `log`.
    pub(crate) async fn start(environment: &[(String, OsString)], log: &Path) -> Self {
        let output = File::create(log).expect("the log can be written");
        // The driver has no way to say which port it took: take one that is free now.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("a port is free")
            .port();
        let process = Owned::start(
            Command::new(which("WebKitWebDriver"))
                .arg(format!("--port={port}"))
                .env_clear()
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdin(Stdio::null())
                .stdout(output.try_clone().expect("the log can be shared"))
                .stderr(output),
        );
        let up = until(async || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()).await;
        assert!(up.is_some(), "WebKitWebDriver does not answer");
        Self { process, port }
    }

    /// Starts the app and connects to its window.
    pub(crate) async fn open(&self, binary: &Path, arguments: &[&str]) -> Client {
        let serde_json::Value::Object(capabilities) = json!({
            "webkitgtk:browserOptions": { "binary": binary, "args": arguments },
            "timeouts": { "script": 60_000, "pageLoad": 60_000 },
        }) else {
            unreachable!("the literal above is an object");
        };
        let address = format!("http://127.0.0.1:{}", self.port);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let connecting = tokio::time::timeout(Duration::from_secs(60), builder.connect(&address));
        match connecting.await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("the app did not open a window: {error}"),
            Err(_) => panic!("the app did not open a window within a minute"),
        }
    }

    /// The driver's process id: the app's parent.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}
