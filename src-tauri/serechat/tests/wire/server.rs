//! A scripted server on loopback. Each connection is one request and gets the next answer.

use std::collections::VecDeque;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// What an answer does, in order; at the end the connection is closed.
pub(crate) enum Step {
    Says(Vec<u8>),
    /// Goes on when the test says so (or gives up on it).
    WaitsFor(oneshot::Receiver<()>),
    /// Waits until the client has closed the connection, then reports it.
    UntilClosed(oneshot::Sender<()>),
    /// Never goes on, and keeps the connection.
    Hangs,
    /// Breaks the connection, so that the client is told of a reset.
    Resets,
    /// Says the same again and again, for as long as the client takes it and at most this many
    /// bytes, then reports how many the client's system took.
    Floods(Vec<u8>, usize, oneshot::Sender<usize>),
}

/// The steps of one answer.
pub(crate) struct Answer(pub(crate) Vec<Step>);

impl Answer {
    /// An answer with its length.
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let length = body.len().to_string();
        let mut all = vec![("Content-Length", length.as_str())];
        all.extend(headers);
        let mut bytes = head(status, &all);
        bytes.extend(body.as_bytes());
        Self(vec![Step::Says(bytes)])
    }

    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::new(status, &[("Content-Type", "application/json")], body)
    }

    /// An event stream that begins with `body` and may have more steps; it ends with the
    /// connection.
    pub(crate) fn stream(body: &str) -> Self {
        let mut bytes = head(200, &[("Content-Type", "text/event-stream")]);
        bytes.extend(body.as_bytes());
        Self(vec![Step::Says(bytes)])
    }

    pub(crate) fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    pub(crate) fn raw(bytes: &[u8]) -> Self {
        Self(vec![Step::Says(bytes.to_vec())])
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Said\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    (head + "\r\n").into_bytes()
}

/// A request as it came in.
#[derive(Debug)]
pub(crate) struct Request {
    /// As in `GET /path`.
    pub(crate) line: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server; it ends when dropped.
pub(crate) struct Server {
    /// Its base URL.
    pub(crate) base: String,
    requests: mpsc::Receiver<Request>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start_on(listener, answers)
    }

    pub(crate) fn start_on(
        listener: TcpListener,
        answers: impl IntoIterator<Item = Answer>,
    ) -> Self {
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (report, requests) = mpsc::channel(64);
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let Some(request) = read(&mut stream).await else {
                    continue;
                };
                let _ = report.send(request).await;
                if let Some(answer) = answers.pop_front() {
                    tokio::spawn(say(stream, answer));
                }
            }
        });
        Self {
            base,
            requests,
            task,
        }
    }

    /// The next request; waits for it.
    pub(crate) async fn request(&mut self) -> Request {
        self.requests.recv().await.unwrap()
    }

    /// Whether there is no request that the test did not ask for.
    pub(crate) fn is_idle(&mut self) -> bool {
        self.requests.try_recv().is_err()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request {
        line,
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}

async fn say(mut stream: TcpStream, answer: Answer) {
    for step in answer.0 {
        match step {
            Step::Says(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Step::WaitsFor(word) => {
                let _ = word.await;
            }
            Step::UntilClosed(report) => {
                while matches!(stream.read(&mut [0; 64]).await, Ok(1..)) {}
                let _ = report.send(());
            }
            Step::Hangs => std::future::pending().await,
            Step::Resets => {
                let _ = stream.set_zero_linger();
                return;
            }
            Step::Floods(bytes, most, report) => {
                let mut said = 0;
                while said < most && stream.write_all(&bytes).await.is_ok() {
                    said += bytes.len();
                }
                let _ = report.send(said);
            }
        }
    }
}
