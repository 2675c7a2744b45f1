//! A client for the tests: requests, and a reading of named events that takes nothing for
//! granted but the form in which the simulator says it writes them.

use reqwest::{Client, Response, StatusCode, header};
use serde_json::{Value, json};
use serechat_simulator::{Options, Simulator};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct Session {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    pub(crate) token: String,
}

pub(crate) async fn start() -> Session {
    start_with(Options::instant()).await
}

pub(crate) async fn start_with(options: Options) -> Session {
    let simulator = Simulator::start(options).await.unwrap();
    let token = simulator.issue_token();
    let client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    Session {
        simulator,
        client,
        token,
    }
}

impl Session {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.base_url())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let request = self.client.get(self.url(path)).bearer_auth(&self.token);
        request.send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self.client.post(self.url(path)).bearer_auth(&self.token);
        request.json(body).send().await.unwrap()
    }

    pub(crate) async fn form(&self, path: &str, body: &str) -> Response {
        self.client
            .post(self.url(path))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.to_owned())
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn llm(&self, body: &Value) -> Response {
        self.post("/api/inference/llm", body).await
    }

    pub(crate) async fn ask(&self, model: &str, question: &str) -> Response {
        self.llm(&asking(model, question)).await
    }

    /// The whole body of a scenario's answer.
    pub(crate) async fn body(&self, model: &str) -> String {
        let response = self.ask(model, "Hello?").await;
        assert_eq!(response.status(), StatusCode::OK);
        response.text().await.unwrap()
    }

    pub(crate) async fn events(&self, model: &str) -> Vec<Event> {
        events(&self.body(model).await)
    }

    /// Opens an authorization request.
    pub(crate) async fn open(&self) -> String {
        let response = self
            .post("/api/auth/app/request", &json!({ "app_name": "Serein" }))
            .await;
        let body: Value = response.json().await.unwrap();
        body["request_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn exchange(&self, id: &str, code: &str) -> Response {
        self.post(
            "/api/auth/app/exchange",
            &json!({ "request_id": id, "code": code }),
        )
        .await
    }

    /// Sends an inference request by hand and returns every byte of the response until the
    /// server closes the connection.
    pub(crate) async fn raw(&self, model: &str) -> Vec<u8> {
        let address = self.simulator.base_url().replace("http://", "");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let body = asking(model, "Hello?").to_string();
        let head = format!(
            "POST /api/inference/llm HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        bytes
    }
}

pub(crate) fn asking(model: &str, question: &str) -> Value {
    json!({
        "model": model,
        "messages": [{ "role": "user", "content": question }],
        "stream": true,
    })
}

/// The status and the `error` text of a refusal.
pub(crate) async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let text = body["error"].as_str().unwrap_or_else(|| panic!("{body}"));
    (status, text.to_owned())
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// Reads named events of the plain form: `event:` line, one `data:` line, blank line.
pub(crate) fn events(body: &str) -> Vec<Event> {
    assert!(body.ends_with("\n\n"), "the last event has no end");
    body.trim_end()
        .split("\n\n")
        .map(|block| {
            let (name, data) = block.split_once('\n').unwrap();
            Event {
                name: name.strip_prefix("event: ").unwrap().to_owned(),
                data: serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap(),
            }
        })
        .collect()
}

/// The text of the events of that name, joined.
pub(crate) fn text(events: &[Event], name: &str) -> String {
    events
        .iter()
        .filter(|event| event.name == name)
        .map(|event| event.data["content"].as_str().unwrap())
        .collect()
}

pub(crate) fn content(events: &[Event]) -> String {
    text(events, "content")
}

/// The names in their order, each run of the same name once.
pub(crate) fn order(events: &[Event]) -> Vec<&str> {
    let mut names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    names.dedup();
    names
}

pub(crate) fn finish(events: &[Event]) -> &str {
    let finish = events.iter().find(|event| event.name == "finish").unwrap();
    finish.data["finish_reason"].as_str().unwrap()
}
