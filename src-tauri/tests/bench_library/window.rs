//! The library in the app's window: the start, opening conversations, and scrolling.

use std::fs;
use std::path::Path;
use std::time::Duration;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::made::{Luck, last_words, title_begin};
use crate::support::chat::composer;
use crate::support::{App, World, containing, process};
use crate::table::Figures;

/// Starts with each library.
const STARTS: usize = 7;
/// Conversations opened, from all over the list.
const OPENED: usize = 300;
/// Turns of the wheel, and notches of one.
const TURNS: usize = 120;
const NOTCHES: i32 = 10;
/// What may be between two entries without being blank: headings and margins, in pixels.
const BETWEEN: u32 = 64;
/// What the issue asks for.
const START_BOUND: f64 = 1.2;
const OPEN_BOUND_MS: f64 = 100.0;

/// Helpers of the scripts: things by role and name, and what of a scrolled view is blank.
const SCRIPT: &str = "
    const list = () => document.querySelector('nav[aria-label=\"Conversations\"]');
    const log = () => document.querySelector('[role=\"log\"][aria-label=\"Conversation\"]');
    const scroller = (inner) => {
        for (let at = inner; at; at = at.parentElement) {
            const style = getComputedStyle(at).overflowY;
            if ((style === 'auto' || style === 'scroll') && at.scrollHeight > at.clientHeight) return at;
        }
        for (const at of inner.querySelectorAll('*')) {
            const style = getComputedStyle(at).overflowY;
            if ((style === 'auto' || style === 'scroll') && at.scrollHeight > at.clientHeight + 100) return at;
        }
        return inner;
    };
    const blank = (inner, entries, between) => {
        const view = scroller(inner).getBoundingClientRect();
        const spans = [...inner.querySelectorAll(entries)]
            .map((entry) => entry.getBoundingClientRect())
            .filter((rect) => rect.height > 0 && rect.bottom > view.top && rect.top < view.bottom)
            .sort((a, b) => a.top - b.top);
        let at = view.top, gaps = 0;
        for (const rect of spans) {
            if (rect.top - at > between) gaps += rect.top - at;
            at = Math.max(at, rect.bottom);
        }
        if (view.bottom - at > between) gaps += view.bottom - at;
        return gaps / view.height;
    };
";

fn percentile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let index = (times.len() as f64 * share) as usize;
    times[index.min(times.len() - 1)]
}

/// Measures it all.
#[tokio::main]
pub(crate) async fn measure(full: &Path, empty: &Path, figures: &mut Figures) {
    let world = World::new().await;
    {
        let app = world.start().await;
        app.signs_in().await;
        app.quit().await;
    }
    let (mut full_starts, mut empty_starts) = (Vec::new(), Vec::new());
    // The first start with each is not counted: it warms the machine.
    for round in 0..=STARTS {
        for (library, starts) in [(empty, &mut empty_starts), (full, &mut full_starts)] {
            bring(&world, library);
            let took = start(&world).await;
            if round > 0 {
                starts.push(took);
            }
        }
    }
    let (full_start, empty_start) = (
        percentile(&mut full_starts, 0.5),
        percentile(&mut empty_starts, 0.5),
    );
    figures.add("start_to_composer_ms", full_start, "ms");
    figures.add("start_to_composer_empty_ms", empty_start, "ms");
    figures.at_most(
        "start_to_composer_vs_empty",
        full_start / empty_start,
        START_BOUND,
    );

    bring(&world, full);
    let app = world.start().await.patient(Duration::from_secs(60));
    app.sees(&composer()).await;
    app.sees(&containing("link", &title_begin(0))).await;
    let Some(largest) = open(&app, 0).await else {
        app.fail("the largest conversation, at the top of the list, to open")
            .await
    };
    figures.add("largest_conversation_to_last_screen_ms", largest, "ms");
    let thread = scrolled(&app, "log()", "article", -NOTCHES).await;
    scroll_figures(figures, "thread", thread);

    let list = scrolled(&app, "list()", "a", NOTCHES).await;
    scroll_figures(figures, "list", list);
    let mut opened = Vec::new();
    let mut luck = Luck::new(17);
    while opened.len() < OPENED {
        let share = luck.below(10_000) as f64 / 10_000.0;
        let Some(number) = seen_at(&app, share, &mut luck).await else {
            app.fail("a conversation to be in the list wherever it is scrolled to")
                .await
        };
        opened.push(
            open(&app, number)
                .await
                .expect("a conversation in the list opens"),
        );
    }
    figures.add(
        "conversation_to_last_screen_p50_ms",
        percentile(&mut opened, 0.5),
        "ms",
    );
    let p99 = percentile(&mut opened, 0.99);
    figures.add("conversation_to_last_screen_p99_ms", p99, "ms");
    figures.at_most(
        "conversation_to_last_screen_p99_vs_bound",
        p99 / OPEN_BOUND_MS,
        1.0,
    );
    app.quit().await;
}

/// Puts a library in the profile.
fn bring(world: &World, library: &Path) {
    let place = world.profile().join("serein.db");
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(world.profile().join(format!("serein.db{end}")));
    }
    // SQLite keeps what belongs to it beside the file itself.
    std::os::unix::fs::symlink(library, place).unwrap();
}

/// Starts the app; from the start of its process until a letter stands in the composer, in milliseconds.
async fn start(world: &World) -> f64 {
    let app = world.start().await;
    app.sees(&composer()).await;
    app.types(&composer(), "a").await;
    app.sees_that(&composer(), "written in", |seen| seen.length > 0)
        .await;
    let took = age(app.id());
    // Nothing of it is left as a draft.
    app.chord(&[Key::Control], 'a').await;
    app.key(Key::Delete).await;
    app.sees_that(&composer(), "emptied", |seen| seen.length == 0)
        .await;
    app.quit().await;
    took
}

/// How long a process has been there, in milliseconds, by the kernel's clock of hundredths.
fn age(id: u32) -> f64 {
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let now: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    // The program's name, in parentheses, may have spaces; the start is the twentieth field after it.
    let began: f64 = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.split_whitespace().nth(19))
        .unwrap()
        .parse()
        .unwrap();
    assert!(process::runs(id), "the app runs");
    (now - began / 100.0) * 1_000.0
}

/// Clicks a conversation in the list; from then until its last words are on the screen, in milliseconds.
async fn open(app: &App<'_>, number: usize) -> Option<f64> {
    let script = format!(
        "{SCRIPT}
        const [begin, words, done] = arguments;
        const link = [...list().querySelectorAll('a')].find((link) => link.textContent.trim().startsWith(begin));
        if (!link) return done(null);
        const began = performance.now();
        link.click();
        const look = () => {{
            const there = [...(log()?.querySelectorAll('article') ?? [])].some((article) => {{
                const rect = article.getBoundingClientRect();
                return rect.height > 0 && rect.top < innerHeight && rect.bottom > 0
                    && article.textContent.includes(words);
            }});
            // What is there now is painted in this frame.
            if (there) requestAnimationFrame(() => done(performance.now() - began));
            else if (performance.now() - began > 10_000) done(null);
            else requestAnimationFrame(look);
        }};
        requestAnimationFrame(look);"
    );
    let arguments = vec![json!(title_begin(number)), json!(last_words(number))];
    let took = app
        .client()
        .execute_async(&script, arguments)
        .await
        .unwrap();
    took.as_f64()
}

/// Scrolls the list to a share of its height; the number of a conversation that is seen there then.
async fn seen_at(app: &App<'_>, share: f64, luck: &mut Luck) -> Option<usize> {
    let script = format!(
        "{SCRIPT}
        const [share, done] = arguments;
        const view = scroller(list());
        view.scrollTop = share * (view.scrollHeight - view.clientHeight);
        const seen = () => {{
            const inside = view.getBoundingClientRect();
            return [...list().querySelectorAll('a')].filter((link) => {{
                const rect = link.getBoundingClientRect();
                return rect.top >= inside.top && rect.bottom <= inside.bottom;
            }}).map((link) => link.textContent.trim()).filter((title) => /^No\\. \\d+:/.test(title));
        }};
        let frames = 0;
        const look = () => {{
            const titles = seen();
            if (titles.length > 0 || ++frames > 300) done(titles);
            else requestAnimationFrame(look);
        }};
        requestAnimationFrame(() => requestAnimationFrame(look));"
    );
    let titles = app
        .client()
        .execute_async(&script, vec![json!(share)])
        .await
        .unwrap();
    let titles = titles.as_array()?;
    let title = titles.get(luck.below(titles.len()))?.as_str()?;
    title.strip_prefix("No. ")?.split(':').next()?.parse().ok()
}

/// What scrolling showed.
struct Scrolled {
    /// After two frames: the share of the view that was blank, at each turn.
    blank: Vec<f64>,
    /// How far it went, in pixels.
    went: f64,
}

/// Turns the wheel over a view, and looks at it two frames after each turn.
async fn scrolled(app: &App<'_>, view: &str, entries: &str, notches: i32) -> Scrolled {
    let look = format!(
        "{SCRIPT}
        const [between, done] = arguments;
        const inner = {view};
        requestAnimationFrame(() => requestAnimationFrame(() => {{
            const view = scroller(inner);
            const rect = view.getBoundingClientRect();
            done({{ blank: blank(inner, '{entries}', between), at: view.scrollTop,
                x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 }});
        }}));"
    );
    let looks = async || -> Value {
        app.client()
            .execute_async(&look, vec![json!(BETWEEN)])
            .await
            .unwrap()
    };
    let first = looks().await;
    let point = (
        first["x"].as_f64().unwrap() as usize,
        first["y"].as_f64().unwrap() as usize,
    );
    let mut before = first["at"].as_f64().unwrap();
    let mut scrolled = Scrolled {
        blank: Vec::with_capacity(TURNS),
        went: 0.0,
    };
    for _ in 0..TURNS {
        app.scrolls_over(point, notches).await;
        let seen = looks().await;
        scrolled.blank.push(seen["blank"].as_f64().unwrap());
        let at = seen["at"].as_f64().unwrap();
        scrolled.went += (at - before).abs();
        before = at;
    }
    scrolled
}

fn scroll_figures(figures: &mut Figures, what: &str, mut scrolled: Scrolled) {
    let with_blanks = scrolled.blank.iter().filter(|share| **share > 0.0).count();
    figures.add(format!("{what}_scrolled_px"), scrolled.went, "px");
    figures.add(
        format!("{what}_blank_worst_share"),
        percentile(&mut scrolled.blank, 1.0),
        "",
    );
    figures.at_most(
        format!("{what}_turns_with_blanks_of_{TURNS}"),
        with_blanks as f64,
        0.0,
    );
}
