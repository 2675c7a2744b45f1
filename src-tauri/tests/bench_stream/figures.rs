//! What is measured, and how.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::mini_browser::mini_browser;
use crate::support::chat::composer;
use crate::support::output::output_folder;
use crate::support::{App, World};
use crate::table::Figures;
use crate::texts;

/// Starts of each kind.
const STARTS: usize = 7;
/// Replies whose first word is timed.
const FIRST_WORDS: usize = 20;
/// Deltas whose cost is counted.
const DELTAS: usize = 4_000;
/// Between two deltas: the pace of a fast model.
const PACE: Duration = Duration::from_millis(3);
/// Characters of a batch of the long reply.
const BATCH: usize = 80;
/// Between two batches.
const FRAME: Duration = Duration::from_millis(16);

/// The middle of some durations, in milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}

/// From the start of the process to a composer that can be typed into, signed in; and the same
/// engine's start to an empty page.
async fn starts(figures: &mut Figures) {
    let world = World::plan().painted_alike().build().await;
    let app = world.start().await;
    app.signs_in().await;
    app.quit().await;
    let empty_browser = mini_browser();
    let (mut ours, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let began = Instant::now();
        let app = world.start().await;
        app.sees_that(&composer(), "usable", |seen| !seen.disabled)
            .await;
        ours.push(began.elapsed());
        app.quit().await;
        let began = Instant::now();
        let browser = App::start(&world, &empty_browser, &["--automation"]).await;
        browser
            .run("return document.readyState", vec![])
            .await
            .unwrap();
        empty.push(began.elapsed());
    }
    let (ours, empty) = (median(ours), median(empty));
    figures.add("start_to_composer_p50_ms", ours, "ms");
    figures.add("empty_window_p50_ms", empty, "ms");
    figures.add("start_vs_empty_window", ours / empty, "x");
}

/// One request and one answer on loopback, on an open connection: the least a word can take.
async fn round_trip(connection: &mut TcpStream, host: &str) -> Duration {
    let request = format!("GET /nothing HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let mut answer = [0_u8; 4_096];
    let began = Instant::now();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut read = 0;
    while !answer[..read].ends_with(b"}") {
        let more = connection.read(&mut answer[read..]).await.unwrap();
        assert!(more > 0, "the simulator answers");
        read += more;
    }
    began.elapsed()
}

/// From the delta leaving the service to the frame that has it.
async fn first_words(figures: &mut Figures) {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    let host = world.simulator().base_url().replace("http://", "");
    let mut connection = TcpStream::connect(&host).await.unwrap();
    let (mut words, mut trips, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..FIRST_WORDS {
        app.asks(&format!("Question {number}")).await;
        let gate = world.simulator().gate().await;
        app.next_frame().await;
        let word = format!("word{number:04}");
        watch(&app, &word).await;
        trips.push(round_trip(&mut connection, &host).await);
        let sent = SystemTime::now();
        gate.content(&word).await.unwrap();
        let seen = seen(&app).await;
        words.push(seen.duration_since(sent).unwrap_or_default());
        frames.push(frame(&app).await);
        gate.complete().await.unwrap();
        app.waits_for_the_end().await;
    }
    let (words, trips, frames) = (median(words), median(trips), median(frames));
    figures.add("first_text_p50_ms", words, "ms");
    figures.add("loopback_round_trip_p50_ms", trips, "ms");
    figures.add("first_text_vs_loopback_round_trip", words / trips, "x");
    figures.add("frame_p50_ms", frames, "ms");
    figures.add("first_text_vs_frame", words / frames, "x");
}

/// Has the page note the time of the frame after `word` came into it.
async fn watch(app: &App<'_>, word: &str) {
    let script = "const [word] = arguments; \
        window.seenAt = new Promise((resolve) => { \
          const observer = new MutationObserver(() => { \
            if (!document.body.textContent.includes(word)) return; \
            observer.disconnect(); \
            requestAnimationFrame(() => setTimeout(() => \
              resolve(performance.timeOrigin + performance.now()))); }); \
          observer.observe(document.body, \
            {subtree: true, childList: true, characterData: true}); });";
    app.run(script, vec![json!(word)]).await.unwrap();
}

/// The time the page noted, by the clock of this machine.
async fn seen(app: &App<'_>) -> SystemTime {
    let script = "window.seenAt.then(arguments[0]);";
    let at = app.client().execute_async(script, vec![]).await.unwrap();
    UNIX_EPOCH + Duration::from_secs_f64(at.as_f64().unwrap() / 1_000.0)
}

/// How long this window takes from one frame to the next.
async fn frame(app: &App<'_>) -> Duration {
    let script = "const done = arguments[0]; requestAnimationFrame((first) => \
        requestAnimationFrame((second) => done(second - first)));";
    let span = app.client().execute_async(script, vec![]).await.unwrap();
    Duration::from_secs_f64(span.as_f64().unwrap().max(0.0) / 1_000.0)
}

/// The delta at `index` of a reply with a bit of everything.
fn delta(index: usize) -> String {
    const PAGE: &str = "## Heading\n\nSome *prose* with `code`, a [link](https://example.org/) and \
        **weight**, going on for a line or two so that it wraps as prose does.\n\n\
        - one thing\n- another thing\n  - below it\n\n\
        ```rust\nfn main() {\n    println!(\"{}\", 6 * 7);\n}\n```\n\n\
        | a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n> Quoted, and then some.\n\n";
    const SIZE: usize = 8;
    let letters = PAGE.len();
    (0..SIZE)
        .map(|offset| char::from(PAGE.as_bytes()[(index * SIZE + offset) % letters]))
        .collect()
}

/// What a reply costs as it streams in, beside the same text appended as plain text.
struct Poured {
    /// Time the web view's main thread was on a processor.
    thread: Duration,
    plain_thread: Duration,
    /// Processor time of the app's own process.
    own: Duration,
    /// Processor time of all processes: mostly painting, which no graphics card takes over on a
    /// virtual screen.
    all: Duration,
    plain_all: Duration,
}

/// Has the service send these deltas at this pace, then the page append them itself.
async fn pour(deltas: &[String], pace: Duration) -> Poured {
    // A tick is 10 ms.
    let time = |ticks: u64| Duration::from_millis(ticks * 10);
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks("Everything").await;
    let gate = world.simulator().gate().await;
    let app = app.patient(Duration::from_secs(120));
    app.next_frame().await;
    let (thread, ticks, own_ticks) = (app.web_main_thread(), app.ticks(), app.own_ticks());
    let mut tick = tokio::time::interval(pace);
    for delta in deltas {
        tick.tick().await;
        gate.content(delta).await.unwrap();
    }
    gate.content("\n\nthe-very-last-word").await.unwrap();
    app.replies_with("the-very-last-word").await;
    let reply = app.web_main_thread() - thread;
    let (all, own) = (app.ticks() - ticks, app.own_ticks() - own_ticks);
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.settles().await;

    let (thread, ticks) = (app.web_main_thread(), app.ticks());
    let script = "const [deltas, pace, done] = arguments; \
        const box = document.createElement('div'); document.body.append(box); \
        let index = 0; const began = performance.now(); \
        const step = () => { \
          const due = Math.min(deltas.length, (performance.now() - began) / pace); \
          let text = ''; while (index < due) text += deltas[index++]; \
          if (text) box.append(text); \
          if (index < deltas.length) requestAnimationFrame(step); \
          else requestAnimationFrame(() => { box.remove(); done(null); }); }; \
        requestAnimationFrame(step);";
    let arguments = vec![json!(deltas), json!(pace.as_millis() as u64)];
    app.client().execute_async(script, arguments).await.unwrap();
    Poured {
        thread: reply,
        plain_thread: app.web_main_thread() - thread,
        own: time(own),
        all: time(all),
        plain_all: time(app.ticks() - ticks),
    }
}

/// What a delta costs, of a fast model.
async fn deltas(figures: &mut Figures) {
    let deltas: Vec<String> = (0..DELTAS).map(delta).collect();
    let poured = pour(&deltas, PACE).await;
    let per = |time: Duration| time.as_secs_f64() * 1_000_000.0 / DELTAS as f64;
    let (reply, plain) = (per(poured.thread), per(poured.plain_thread));
    figures.add("deltas", DELTAS as f64, "");
    figures.add("delta_main_thread_us", reply, "µs");
    figures.add("plain_text_main_thread_us", plain, "µs");
    figures.add("delta_vs_plain_text", reply / plain, "x");
    figures.add("delta_app_process_us", per(poured.own), "µs");
    figures.add("delta_all_processes_us", per(poured.all), "µs");
    figures.add("plain_text_all_processes_us", per(poured.plain_all), "µs");
}

/// What a long reply costs: the mixed text of the drawing's part, a batch a frame.
async fn long_reply(figures: &mut Figures) {
    let text: Vec<char> = texts::mixed_reply().text.chars().collect();
    let batches: Vec<String> = text
        .chunks(BATCH)
        .map(|batch| batch.iter().collect())
        .collect();
    let poured = pour(&batches, FRAME).await;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (reply, plain) = (
        milliseconds(poured.thread),
        milliseconds(poured.plain_thread),
    );
    figures.add("app_mix20k_main_thread_ms", reply, "ms");
    figures.add("app_mix20k_plain_text_main_thread_ms", plain, "ms");
    figures.add("app_mix20k_vs_plain_text", reply / plain, "x");
    figures.add("app_mix20k_app_process_ms", milliseconds(poured.own), "ms");
}

/// Measures everything and writes it down.
#[tokio::main]
pub(crate) async fn measure() {
    let mut figures = Figures::default();
    println!("start: {STARTS} times");
    starts(&mut figures).await;
    println!("first text: {FIRST_WORDS} replies");
    first_words(&mut figures).await;
    println!("cost of a delta: {DELTAS} deltas");
    deltas(&mut figures).await;
    println!("a reply of 20,000 tokens");
    long_reply(&mut figures).await;
    figures.write(&output_folder("bench").join("stream.json"));
}
