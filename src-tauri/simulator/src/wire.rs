//! The bytes on the wire: SereChat's named events, the second dialect, and the player that sends
//! them at their pace.
//!
//! Written out here by hand on purpose. The client must not share this code, so that a mistake
//! cannot hide on both sides.

use std::{collections::VecDeque, io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// One thing a stream does.
#[derive(Debug)]
pub(crate) enum Step {
    /// Sends bytes as one chunk.
    Send(Bytes),
    /// Lets what was sent reach the network, then waits. Zero only lets it out.
    Pause(Duration),
    /// Drops the connection without a proper end.
    Cut,
    /// Stays silent until the client goes away or the time is over.
    Silence(Duration),
    /// From here on, a test decides.
    Held(mpsc::Receiver<Step>),
}

/// A named event: `event: NAME`, then its JSON in one `data:` line.
pub(crate) fn event(name: &str, data: &Value) -> Step {
    text(format!("event: {name}\ndata: {data}\n\n"))
}

/// Any text, as it is.
pub(crate) fn text(text: impl Into<String>) -> Step {
    Step::Send(Bytes::from(text.into()))
}

/// A piece of the reply.
pub(crate) fn content(text: &str) -> Step {
    event("content", &json!({ "content": text }))
}

/// A piece of the thinking.
pub(crate) fn reasoning(text: &str) -> Step {
    event("reasoning", &json!({ "content": text }))
}

/// Functions to run: `(id, name, arguments)` each, the arguments being JSON text.
pub(crate) fn tool_calls(calls: &[(&str, &str, &str)]) -> Step {
    let calls: Vec<Value> = calls
        .iter()
        .map(|(id, name, arguments)| {
            json!({
                "id": id,
                "type": "function",
                "function": { "name": name, "arguments": arguments },
            })
        })
        .collect();
    event("tool_calls", &json!({ "tool_calls": calls }))
}

/// Why the model stopped: `stop`, `tool_calls` or `length`.
pub(crate) fn finish(reason: &str) -> Step {
    event("finish", &json!({ "finish_reason": reason }))
}

/// An error in mid-stream; fatal if `done` follows at once.
pub(crate) fn error(text: &str) -> Step {
    event("error", &json!({ "error": text }))
}

/// The last event.
pub(crate) fn done() -> Step {
    event("done", &json!({}))
}

/// A chunk of the second dialect: unnamed, in the shape of OpenAI's chat completions.
pub(crate) fn openai_chunk(delta: &Value, finish_reason: Option<&str>) -> Step {
    let chunk = json!({
        "id": "chatcmpl-simulated",
        "object": "chat.completion.chunk",
        "created": 1_767_225_600,
        "model": "simulated",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": finish_reason }],
    });
    text(format!("data: {chunk}\n\n"))
}

/// The last chunks of the second dialect: what it cost, and `[DONE]`.
pub(crate) fn openai_end() -> [Step; 2] {
    let usage = json!({
        "id": "chatcmpl-simulated",
        "object": "chat.completion.chunk",
        "choices": [],
        "usage": { "prompt_tokens": 12, "completion_tokens": 80, "total_tokens": 92 },
    });
    [
        text(format!("data: {usage}\n\n")),
        text("data: [DONE]\n\n".to_owned()),
    ]
}

/// Counts the streams that are open, from the first byte until the client or the server ends
/// them.
#[derive(Clone)]
pub(crate) struct OpenStreams(Arc<watch::Sender<usize>>);

impl OpenStreams {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    pub(crate) fn watch(&self) -> watch::Receiver<usize> {
        self.0.subscribe()
    }

    fn enter(&self) -> Opened {
        self.0.send_modify(|open| *open += 1);
        Opened(self.clone())
    }
}

struct Opened(OpenStreams);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.0.send_modify(|open| *open -= 1);
    }
}

/// Plays the steps as a response body. It ends with an error, which makes the server drop the
/// connection, when a step cuts it or the simulator stops.
pub(crate) fn play(
    steps: Vec<Step>,
    stop: CancellationToken,
    open: &OpenStreams,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let player = Player {
        steps: steps.into(),
        held: None,
        cut: false,
        stop,
        _opened: open.enter(),
    };
    stream::unfold(player, |mut player| async move {
        if player.cut {
            return None;
        }
        let stop = player.stop.clone();
        let item = match stop.run_until_cancelled(player.next()).await {
            Some(item) => item?,
            None => Err(dropped()),
        };
        player.cut = item.is_err();
        Some((item, player))
    })
}

fn dropped() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose")
}

struct Player {
    steps: VecDeque<Step>,
    held: Option<mpsc::Receiver<Step>>,
    cut: bool,
    stop: CancellationToken,
    _opened: Opened,
}

impl Player {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            let step = match &mut self.held {
                Some(held) => held.recv().await,
                None => self.steps.pop_front(),
            };
            match step? {
                Step::Send(bytes) => return Some(Ok(bytes)),
                Step::Pause(pause) if pause.is_zero() => tokio::task::yield_now().await,
                Step::Pause(pause) | Step::Silence(pause) => tokio::time::sleep(pause).await,
                Step::Cut => {
                    // The server flushes when the body has nothing for it; without this the
                    // last events could be lost with the connection.
                    tokio::task::yield_now().await;
                    return Some(Err(dropped()));
                }
                Step::Held(held) => self.held = Some(held),
            }
        }
    }
}
