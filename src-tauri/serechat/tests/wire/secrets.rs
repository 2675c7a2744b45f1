//! What the log and `Debug` hold of a sign-in and a turn: no token, no code, no text.

use std::sync::Mutex;

use futures_util::StreamExt;
use log::{LevelFilter, Log, Metadata, Record};
use serechat::{Code, RequestId};

use crate::server::{Answer, Server};
use crate::{TOKEN, client, question, token};

struct Memory(Mutex<Vec<String>>);

impl Log for Memory {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{}: {}", record.target(), record.args());
        self.0.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

static MEMORY: Memory = Memory(Mutex::new(Vec::new()));

#[tokio::test]
async fn no_log_line_and_no_debug_holds_a_token_a_code_or_a_text() {
    log::set_logger(&MEMORY).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let grant = format!(r#"{{"access_token":"{TOKEN}"}}"#);
    let server = Server::start([
        Answer::json(400, r#"{"error":"Invalid code 246801"}"#),
        Answer::json(200, &grant),
        Answer::json(401, &format!(r#"{{"error":"no such token: {TOKEN}"}}"#)),
        Answer::stream(
            "event: content\ndata: {\"content\":\"private answer\"}\n\n\
             event: content\ndata: private garbage\n\n\
             event: error\ndata: {\"error\":\"private trouble\"}\n\n",
        ),
    ])
    .await;
    let client = client(&server.base);
    let id = RequestId::parse("id-1").unwrap();
    let code = Code::parse("246801").unwrap();
    let mut shown = format!("{client:?} {code:?} {:?} {:?}", token(), question());
    let error = client.exchange(&id, &code).await.unwrap_err();
    shown += &format!("{error:?} {error}");
    shown += &format!("{:?}", client.exchange(&id, &code).await.unwrap());
    let error = client.models(&token()).await.unwrap_err();
    shown += &format!("{error:?} {error}");
    let mut stream = client.inference(&token(), &question()).await.unwrap();
    shown += &format!("{stream:?}");
    while let Some(item) = stream.next().await {
        if let Err(error) = item {
            shown += &format!("{error:?} {error}");
        }
    }
    let log = MEMORY.0.lock().unwrap().join("\n");
    for line in [
        "/api/inference/llm: 200",
        "skipped an event",
        "status: Some(401)",
    ] {
        assert!(log.contains(line), "the log tells what happened: {log}");
    }
    for secret in [TOKEN, "246801", "private"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
