//! What is measured, and what the figures are.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::plan::{BLOCKS, Pace, Run, Way, runs};
use crate::replies::{Reply, reply};
use crate::site::Site;
use crate::table::Figures;
use crate::texts::{self, Text};
use crate::window::{APP, Drawn, Window};

/// A batch longer than this misses a frame, in milliseconds.
const FRAME: f64 = 16.7;

/// What the command line asks for.
#[derive(Default)]
struct Wanted {
    /// Where the figures go.
    figures: PathBuf,
    /// Texts from this folder, in place of those made up here.
    texts: Option<PathBuf>,
    /// Another build of the page.
    page: Option<PathBuf>,
    /// Only runs with all these words in their line.
    only: Vec<String>,
    /// At most so many rounds.
    rounds: Option<usize>,
}

impl Wanted {
    fn read() -> Self {
        let mut wanted = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("an option has a value");
            match argument.as_str() {
                "--texts" => wanted.texts = Some(value().into()),
                "--page" => wanted.page = Some(value().into()),
                "--only" => wanted.only = value().split(' ').map(str::to_owned).collect(),
                "--rounds" => wanted.rounds = value().parse().ok(),
                _ => wanted.figures = argument.into(),
            }
        }
        wanted
    }

    fn texts(&self) -> Vec<Text> {
        let mut all = texts::all();
        if let Some(folder) = &self.texts {
            for text in &mut all {
                let path = folder.join(format!("{}.md", text.name));
                text.text = fs::read_to_string(&path).expect("the texts are there");
            }
        }
        let beginning = texts::beginning(&all[0]);
        all.push(beginning);
        all
    }

    fn wants(&self, run: &Run, way: Way) -> bool {
        let line = line_of(run, way);
        self.only.iter().all(|word| line.contains(word.as_str()))
    }
}

fn line_of(run: &Run, way: Way) -> String {
    format!("{} {} {}", run.text, run.pace.name(), way.name())
}

/// One reply drawn in one way, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Cost {
    script: f64,
    layout: f64,
    total: f64,
    thread: f64,
    p50: f64,
    p99: f64,
    most: f64,
    over: f64,
    growth: f64,
}

/// A number of a [`Cost`].
type Part = fn(&Cost) -> f64;

/// All of them, named as the figures are.
const PARTS: [(&str, Part); 9] = [
    ("total_ms", |cost| cost.total),
    ("script_ms", |cost| cost.script),
    ("layout_ms", |cost| cost.layout),
    ("main_thread_ms", |cost| cost.thread),
    ("p50_ms", |cost| cost.p50),
    ("p99_ms", |cost| cost.p99),
    ("max_ms", |cost| cost.most),
    ("over16", |cost| cost.over),
    ("last_quarter_vs_first", |cost| cost.growth),
];

impl Cost {
    fn of(drawn: &Drawn) -> Self {
        let batches: Vec<f64> = drawn
            .script
            .iter()
            .zip(&drawn.layout)
            .map(|(script, layout)| script + layout)
            .collect();
        let quarter = batches.len() / 4;
        let first: f64 = batches[..quarter].iter().sum();
        let last: f64 = batches[batches.len() - quarter..].iter().sum();
        Self {
            script: drawn.script.iter().sum(),
            layout: drawn.layout.iter().sum(),
            total: batches.iter().sum(),
            thread: drawn.thread.as_secs_f64() * 1_000.0,
            p50: percentile(&batches, 0.5),
            p99: percentile(&batches, 0.99),
            most: percentile(&batches, 1.0),
            over: batches.iter().filter(|took| **took > FRAME).count() as f64,
            growth: last / first,
        }
    }
}

/// The value that this share of all is at most as large as.
fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * share) as usize;
    sorted
        .get(index.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}

/// The costs of every round.
#[derive(Default)]
struct Costs(HashMap<(&'static str, Pace, Way), Vec<Cost>>);

impl Costs {
    /// The median of the rounds; `None` where it was not drawn.
    fn median(&self, text: &'static str, pace: Pace, way: Way, part: Part) -> Option<f64> {
        let rounds: Vec<f64> = self.0.get(&(text, pace, way))?.iter().map(part).collect();
        Some(percentile(&rounds, 0.5))
    }
}

/// Measures everything and writes it down.
#[tokio::main]
pub(crate) async fn measure() {
    let wanted = Wanted::read();
    let replies: Vec<Reply> = wanted.texts().iter().map(reply).collect();
    let mut figures = Figures::default();
    making(&replies, &mut figures);

    let mut site = Site::page(wanted.page.as_deref());
    for reply in &replies {
        let patches = serde_json::to_vec(&reply.patches).unwrap();
        site.add(&format!("{}/patches.json", reply.name), patches);
        let texts = serde_json::to_vec(&reply.texts).unwrap();
        site.add(&format!("{}/texts.json", reply.name), texts);
    }
    let window = Window::open(&site.serve().await, APP).await;
    println!("the page's clock steps {} ms", window.clock_step().await);
    let costs = draw(&window, &replies, &wanted).await;
    keep(&costs, &mut figures);
    compare(&costs, &replies, &mut figures);
    figures.write(&wanted.figures);
}

/// What the patches took to be made, off the main thread, and how large they are.
fn making(replies: &[Reply], figures: &mut Figures) {
    for reply in replies {
        let name = reply.name;
        figures.add(
            format!("{name}_rust_p50_ms"),
            percentile(&reply.making, 0.5),
            "ms",
        );
        figures.add(
            format!("{name}_rust_p99_ms"),
            percentile(&reply.making, 0.99),
            "ms",
        );
        figures.at_most(format!("{name}_patch_bytes_vs_text"), reply.bytes, 3.0);
    }
}

/// Draws every reply in every way, each way in turn, round after round.
async fn draw(window: &Window, replies: &[Reply], wanted: &Wanted) -> Costs {
    // Every way once, so that what it needs is compiled and loaded, KaTeX, too; and to be looked at.
    for way in [
        Way::Ours,
        Way::Plain,
        Way::StreamingMarkdown,
        Way::MarkedTail,
    ] {
        window
            .draw(way.page_name(), &address("mix20k", way), "b2b")
            .await;
        let picture = format!("drawing-{}.png", way.name());
        window.picture(&wanted.figures.with_file_name(picture));
    }
    println!(
        "{:<34}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}{:>6}{:>7}",
        "milliseconds", "total", "script", "layout", "thread", "p50", "p99", "max", ">16", "q4/q1"
    );
    let mut costs = Costs::default();
    for run in runs() {
        let reply = replies.iter().find(|reply| reply.name == run.text).unwrap();
        let most = run
            .ways
            .iter()
            .map(|(_, rounds)| *rounds)
            .max()
            .unwrap_or(0);
        for round in 0..wanted.rounds.unwrap_or(most).min(most) {
            for (way, rounds) in run.ways.iter().copied() {
                if round >= rounds || !wanted.wants(&run, way) {
                    continue;
                }
                let batches = address(run.text, way);
                let drawn = window
                    .draw(way.page_name(), &batches, run.pace.name())
                    .await;
                check(&drawn, reply, way);
                let cost = Cost::of(&drawn);
                println!(
                    "{:<34}{:>9.0}{:>9.0}{:>9.0}{:>9.0}{:>8.2}{:>8.2}{:>8.1}{:>6}{:>7.2}",
                    line_of(&run, way),
                    cost.total,
                    cost.script,
                    cost.layout,
                    cost.thread,
                    cost.p50,
                    cost.p99,
                    cost.most,
                    cost.over,
                    cost.growth
                );
                let rounds = costs.0.entry((run.text, run.pace, way)).or_default();
                rounds.push(cost);
            }
        }
    }
    costs
}

/// The batches of a reply for a way.
fn address(text: &str, way: Way) -> String {
    let kind = if way == Way::Ours { "patches" } else { "texts" };
    format!("/{text}/{kind}.json")
}

/// What was measured did draw the reply.
fn check(drawn: &Drawn, reply: &Reply, way: Way) {
    assert!(
        drawn.length * 2 > reply.characters,
        "{} has drawn {} of {} characters of {}",
        way.name(),
        drawn.length,
        reply.characters,
        reply.name
    );
    if way == Way::Ours && reply.name.starts_with("mix") {
        assert!(drawn.formulas > 0, "formulas are drawn");
        assert!(drawn.coloured > 0, "code is coloured");
    }
}

/// Keeps the table's figures.
fn keep(costs: &Costs, figures: &mut Figures) {
    let mut kept = Vec::new();
    for run in runs() {
        for (way, _) in run.ways {
            for (part_name, part) in PARTS {
                let Some(value) = costs.median(run.text, run.pace, *way, part) else {
                    continue;
                };
                let of = if *way == Way::Ours {
                    String::new()
                } else {
                    format!("_{}", way.name())
                };
                let name = format!("{}_{}{of}_{part_name}", run.text, run.pace.name());
                if !kept.contains(&name) {
                    figures.keep(name.clone(), value);
                    kept.push(name);
                }
            }
        }
    }
}

/// Adds the ratios, beside their bounds where they have one.
fn compare(costs: &Costs, replies: &[Reply], figures: &mut Figures) {
    let total: Part = |cost| cost.total;
    let thread: Part = |cost| cost.thread;
    let p99: Part = |cost| cost.p99;
    for (text, bounded) in [("mix5k", false), ("mix20k", true), ("mix80k", false)] {
        for pace in [Pace::Frame, Pace::BackToBack] {
            let name = format!("{text}_{}", pace.name());
            let ratio = |way, part| {
                let ours = costs.median(text, pace, Way::Ours, part)?;
                Some(ours / costs.median(text, pace, way, part)?)
            };
            for (way, bound) in [
                (Way::MarkedTail, bounded.then_some(0.35)),
                (Way::StreamingMarkdown, bounded.then_some(1.0)),
                (Way::Plain, None),
                (Way::MarkedWhole, None),
            ] {
                let versus = format!("{name}_vs_{}", way.name());
                match (ratio(way, total), bound) {
                    (Some(value), Some(bound)) => figures.at_most(versus, value, bound),
                    (Some(value), None) => figures.add(versus, value, "x"),
                    (None, _) => {}
                }
                if let Some(value) = ratio(way, thread) {
                    figures.add(format!("{name}_main_thread_vs_{}", way.name()), value, "x");
                }
            }
            if let Some(value) = ratio(Way::StreamingMarkdown, p99) {
                figures.at_most(format!("{name}_p99_vs_streaming_markdown"), value, 1.2);
            }
            let growth = costs.median(text, pace, Way::Ours, |cost| cost.growth);
            if let Some(growth) = growth {
                let name = format!("{name}_last_quarter_vs_first");
                match text {
                    "mix80k" => figures.at_most(name, growth, 1.1),
                    _ => figures.add(name, growth, "x"),
                }
            }
        }
    }
    for pace in [Pace::Frame, Pace::BackToBack] {
        let per_character = |text: &'static str, way| {
            let reply = replies.iter().find(|reply| reply.name == text)?;
            Some(costs.median(text, pace, way, total)? / reply.characters as f64)
        };
        for text in BLOCKS {
            let (block, mixed) = (
                per_character(text, Way::Ours),
                per_character("mix20k", Way::Ours),
            );
            if let (Some(block), Some(mixed)) = (block, mixed) {
                let name = format!("{text}_{}_cost_per_char_vs_mixed", pace.name());
                figures.at_most(name, block / mixed, 5.0);
            }
            let other = per_character(text, Way::StreamingMarkdown);
            if let (Some(block), Some(other)) = (block, other) {
                let name = format!("{text}_{}_vs_streaming_markdown", pace.name());
                figures.add(name, block / other, "x");
            }
        }
    }
}
