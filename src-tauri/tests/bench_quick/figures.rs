//! What is measured, and how.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::empty;
use crate::keyboard::{ESCAPE, Keys};
use crate::support::focus::QUICK;
use crate::support::other::Other;
use crate::support::output::output_folder;
use crate::support::{App, World, process};
use crate::table::Figures;

/// Shows that are timed.
const SHOWS: usize = 50;
/// What is typed after the shortcut.
const TYPED: &str = "abcde";
/// Characters typed to find out when the first one arrives, and how far apart in time.
const STROKES: usize = 20;
const STROKE: Duration = Duration::from_millis(10);
/// Milliseconds after the shortcut from which on every key has to arrive (issue *Quick ask*).
const PROMISED: u64 = 100;
/// Shorter waits that are tried, in milliseconds, so many times each.
const WAITS: [u64; 8] = [0, 5, 10, 20, 30, 40, 60, 80];
const TRIES: usize = 20;
/// Shows after which memory is looked at again, and those before, by which everything is loaded.
const MANY: usize = 500;
const FEW: usize = 50;

/// A window and what is around it.
struct Bench<'world> {
    app: App<'world>,
    other: Other,
    keys: Keys,
    window: u32,
}

impl<'world> Bench<'world> {
    /// Opens another window over `app`, whose own window, hidden, has this title.
    async fn over(world: &'world World, app: App<'world>, title: &str) -> Self {
        let other = Other::open(world.display()).await;
        app.has_focus(other.title()).await;
        let keys = Keys::at(world.display().name());
        // A window that was never shown may not be known to the server.
        keys.shortcut();
        let found = app
            .until(async || {
                let display = world.display();
                display
                    .try_xdotool(&["search", "--onlyvisible", "--name", title])
                    .ok()
            })
            .await
            .expect("the window is shown");
        let window = found.lines().next().unwrap().parse().unwrap();
        let bench = Self {
            app,
            other,
            keys,
            window,
        };
        assert!(bench.keys.focuses(window), "the window gets the keyboard");
        assert!(bench.hide(), "the other window gets the keyboard back");
        bench
    }

    /// Shows it; from the press until it has the keyboard, and until the first of the characters typed from then
    /// on is in the field, in milliseconds. What is typed in the very first moment may be lost.
    async fn show(&self) -> (f64, f64) {
        let watch = "window.typed = 0; addEventListener('input', () => { \
            window.typed ||= performance.timeOrigin + performance.now(); }, { once: true, capture: true });";
        self.app.run(watch, vec![]).await.unwrap();
        let (pressed, clock) = self.keys.shortcut();
        assert!(
            self.keys.focuses(self.window),
            "the window gets the keyboard"
        );
        let focused = pressed.elapsed();
        for _ in 0..STROKES {
            self.keys.types("a");
            tokio::time::sleep(STROKE).await;
        }
        let typed = self
            .app
            .until(async || {
                let at = self.app.run("return window.typed", vec![]).await.ok()?;
                at.as_f64().filter(|at| *at > 0.0)
            })
            .await
            .expect("a character arrives");
        let clock = clock.duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1_000.0;
        (focused.as_secs_f64() * 1_000.0, typed - clock)
    }

    /// Hides it, and waits until the other window has the keyboard again; whether it has.
    fn hide(&self) -> bool {
        self.keys.shortcut();
        self.keys.focuses(self.other.id())
    }

    async fn value(&self) -> String {
        let script = "return document.querySelector('textarea').value";
        let value = self.app.run(script, vec![]).await.unwrap();
        value.as_str().unwrap().to_owned()
    }

    /// Types `wait` milliseconds after the shortcut; whether all of it arrives.
    async fn arrives(&self, wait: u64) -> bool {
        self.keys.shortcut();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        self.keys.types(TYPED);
        assert!(
            self.keys.focuses(self.window),
            "the window gets the keyboard"
        );
        // As long as it takes for what is on its way to arrive.
        tokio::time::sleep(Duration::from_millis(150)).await;
        let all = self.value().await == TYPED;
        if !self.value().await.is_empty() {
            self.keys.strikes(ESCAPE);
        }
        let empty = self
            .app
            .until(async || self.value().await.is_empty().then_some(()));
        assert!(empty.await.is_some(), "Esc clears the field");
        assert!(self.hide(), "the other window gets the keyboard back");
        all
    }

    /// Memory of the app and its pages that is theirs alone, in megabytes.
    fn memory(&self) -> f64 {
        let own = |id: u32| -> f64 {
            let rollup = Path::new("/proc").join(id.to_string()).join("smaps_rollup");
            let text = fs::read_to_string(rollup).unwrap_or_default();
            text.lines()
                .filter(|line| line.starts_with("Private_"))
                .filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok())
                .sum()
        };
        process::family(self.app.id())
            .into_iter()
            .map(own)
            .sum::<f64>()
            / 1_024.0
    }
}

fn percentile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let index = (times.len() as f64 * share) as usize;
    times[index.min(times.len() - 1)]
}

/// Measures everything and writes it down.
#[tokio::main]
pub(crate) async fn measure() {
    let mut figures = Figures::default();
    let world = World::plan().painted_alike().build().await;
    let own = std::env::current_exe().unwrap();

    let mut empty_focus = Vec::new();
    let mut empty_typed = Vec::new();
    {
        let app = App::start(&world, &own, &[empty::ARGUMENT]).await;
        let bench = Bench::over(&world, app, empty::TITLE).await;
        for _ in 0..SHOWS {
            let (focus, typed) = bench.show().await;
            empty_focus.push(focus);
            empty_typed.push(typed);
            assert!(bench.hide(), "the other window gets the keyboard back");
        }
    }

    let app = world.start().await;
    app.signs_in().await;
    let bench = Bench::over(&world, app, QUICK).await;
    bench.app.turns_to_quick().await;
    let (mut focus, mut typed) = (Vec::new(), Vec::new());
    for _ in 0..SHOWS {
        let (focused, arrived) = bench.show().await;
        focus.push(focused);
        typed.push(arrived);
        bench.keys.strikes(ESCAPE);
        assert!(bench.hide(), "the other window gets the keyboard back");
    }
    for (what, ours, empty) in [
        ("focus", &mut focus, &mut empty_focus),
        ("typed", &mut typed, &mut empty_typed),
    ] {
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let (ours, empty) = (percentile(ours, share), percentile(empty, share));
            figures.add(format!("quick_{what}_{name}_ms"), ours, "ms");
            figures.add(format!("empty_window_{what}_{name}_ms"), empty, "ms");
            let ratio = format!("quick_{what}_{name}_vs_empty_window");
            figures.at_most(ratio, ours / empty, 1.3);
        }
    }

    let mut arrived = 0.0;
    for _ in 0..SHOWS {
        arrived += f64::from(u8::from(bench.arrives(PROMISED).await));
    }
    figures.add(
        format!("arrived_after_{PROMISED}_ms_of_{SHOWS}"),
        arrived,
        "",
    );
    let mut safe = PROMISED as f64;
    for wait in WAITS.into_iter().rev() {
        let mut all = true;
        for _ in 0..TRIES {
            all &= bench.arrives(wait).await;
        }
        if !all {
            break;
        }
        safe = wait as f64;
    }
    figures.add("no_key_is_lost_from_ms", safe, "ms");

    let (mut before, mut lost) = (0.0, 0.0);
    for show in 0..FEW + MANY {
        if show == FEW {
            before = bench.memory();
        }
        bench.keys.shortcut();
        let came = bench.keys.focuses(bench.window);
        let went = bench.hide();
        lost += f64::from(u8::from(!came)) + f64::from(u8::from(!went));
    }
    figures.add(
        format!("growth_after_{MANY}_shows_mb"),
        bench.memory() - before,
        "MB",
    );
    figures.add("focus_lost", lost, "");
    let id = bench.app.id().to_string();
    let shown = world.display().xdotool(&[
        "search",
        "--onlyvisible",
        "--all",
        "--pid",
        &id,
        "--name",
        ".",
    ]);
    figures.add("stray_windows", shown.lines().count() as f64 - 1.0, "");
    figures.write(&output_folder("bench").join("quick.json"));
}
