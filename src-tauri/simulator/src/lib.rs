//! A SereChat on this machine, for the demo and the tests.
//!
//! [`Simulator::start`] listens on 127.0.0.1 and speaks the SereChat App API (`protocol.md`):
//! authorization by code, the models list, streaming inference, and the pages that a person sees
//! in the browser. It writes its own bytes and shares no code with the client, so that a mistake
//! cannot hide on both sides.
//!
//! | path | |
//! |---|---|
//! | `POST /api/auth/app/request`, `POST /api/auth/app/exchange` | authorization |
//! | `GET /authorize-app?request_id=…` | the page with *Authorize* and *Deny*, then the code in `<output id="code">` |
//! | `POST /authorize-app` | its form: `request_id`, `decision` = `authorize` (also when it is missing) or `deny` |
//! | `GET /api/inference/models?type=llm` | every scenario as a model |
//! | `POST /api/inference/llm` | the answer of the scenario named by `model` |
//! | `GET /plan`, `POST /plan/top-up` | the balance; ten dollars more |
//! | `GET /profile`, `POST /profile/revoke` | the apps with access; revokes the tokens of one (`app`) or of all |
//!
//! # Scenarios
//!
//! The model id chooses what happens. Those that answer in prose go on where they stopped when
//! the conversation ends with the beginning of their text, or with that and a user's message that
//! asks to continue. They honour `max_tokens`, a word being a token. The `…-once` ones fail the
//! first time a turn is asked for: a turn is known by its model, the number of the user's
//! messages and the last of them.
//!
//! | model id | what it does |
//! |---|---|
//! | `plain` | a few sentences of plain prose |
//! | `markdown` | everything Markdown can do, with maths and code |
//! | `reasoning` | thinks first, then answers |
//! | `tools` | calls the tool current_time, then answers with its result |
//! | `long` | a long mixed Markdown answer of about 20 kB |
//! | `slow` | a word now and then, for about 30 seconds |
//! | `echo` | repeats the last message |
//! | `rtl` | paragraphs in Arabic and Hebrew |
//! | `cjk` | paragraphs in Chinese, Japanese and Korean |
//! | `length` | stops at its length limit; goes on when asked to continue |
//! | `firehose` | thousands of deltas as fast as possible |
//! | `count` | counts from 1 to 2000, a delta each |
//! | `one-then-wait` | one delta, then nothing for a minute |
//! | `held` | a test pushes every event by hand |
//! | `empty` | finishes without any content |
//! | `tools-two` | calls two tools at once, then answers with their results |
//! | `tools-endless` | calls a tool again after every result |
//! | `tools-bad` | calls a tool without an id and with arguments that are no JSON |
//! | `tools-length` | reaches the length limit in the middle of a tool call |
//! | `error-and-go-on` | an error in mid-stream, then it goes on |
//! | `error-and-done` | an error in mid-stream that is fatal |
//! | `cut` | the connection drops in mid-stream |
//! | `no-done` | ends cleanly without finish and done |
//! | `finish-no-done` | ends after finish, without done |
//! | `garbage` | unreadable events among good ones |
//! | `html-200` | 200 with a proxy's HTML page |
//! | `400` | 400 |
//! | `retired` | listed, but answered with 400 Unknown model |
//! | `401` | 401, and the token is revoked |
//! | `402` | 402, always |
//! | `402-once` | 402 at first, then answers |
//! | `418` | 418, a status nobody planned for, with error and message |
//! | `429` | 429, always, without Retry-After |
//! | `429-once` | 429 with Retry-After in seconds at first, then answers |
//! | `429-date` | 429 with Retry-After as a date at first, then answers |
//! | `500` | 500, always |
//! | `500-once` | 500 at first, then answers |
//! | `502` | 502, always, with an error object |
//! | `503` | 503, always, with a detail |
//! | `504-html` | 504 with a proxy's HTML page |
//! | `json` | 200 with a JSON body, in SereChat's words |
//! | `openai-json` | 200 with a JSON body in OpenAI's shape |
//! | `openai-chunks` | unnamed chunks in OpenAI's shape, with reasoning |
//! | `openai-tools` | tool calls in fragments, in OpenAI's shape |
//! | `openai-error` | an error object among OpenAI's chunks, and then the end |
//! | `multi-line` | events with JSON over several lines, as the reference prints them |
//! | `unknown-events` | event names and fields nobody knows |
//! | `comments` | comments, ids and retry lines between the events |
//! | `split` | bytes cut at odd places, also inside a character |
//! | `crlf` | a byte order mark, then lines that end in CR LF |
//!
//! A model id that is not in the table is answered with 400 `Unknown model: …`.

mod account;
mod auth;
mod gate;
mod inference;
mod models;
mod options;
mod pages;
mod record;
mod scenarios;
mod server;
mod state;
mod wire;

pub use gate::{Gate, Gone};
pub use options::{ModelsShape, Options};
pub use record::RecordedRequest;
pub use scenarios::{Scenario, all as scenarios};
pub use server::Simulator;
