//! Markup attacks: from everywhere where text of others comes into the window, that text is drawn as text.
//! No script runs, no request leaves the window, and no node appears but those the app makes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::chat::{complaint, composer, entry, question, reply};
use crate::support::{App, By, World, any, containing};

#[path = "attacks/families.rs"]
mod families;

const WATCH: &str = include_str!("attacks/watch.js");
const PUBLISHED: &str = include_str!("attacks/brs-kb.json");

/// Bytes of a reply, about: a reply holds many attacks.
const REPLY: usize = 40 << 10;

/// How many tools a model calls at once here.
const TOOL_CALLS: usize = 32;

/// What the page has seen ([`WATCH`]).
#[derive(Debug, Deserialize)]
struct Report {
    /// Nodes of a foreign kind, wrong attributes, and the like.
    faults: Vec<String>,
    /// Scripts that ran.
    struck: Vec<String>,
    /// What the content security policy had to refuse: markup that got that far is a fault already.
    refused: Vec<String>,
    /// Addresses elsewhere that were asked for.
    fetched: Vec<String>,
    /// Formulas that are still to be drawn.
    undrawn: usize,
    /// Outermost quotes in the page.
    quotes: usize,
}

/// A server nobody may call.
struct Forbidden {
    host: String,
    calls: Arc<AtomicUsize>,
}

impl Forbidden {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { host, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// `attack` with this host in it: where it says so, and in place of whatever host it names.
    fn in_place(&self, attack: &str) -> String {
        let attack = attack.replace("{host}", &self.host);
        let mut out = String::new();
        let mut rest = attack.as_str();
        while let Some((before, after)) = rest.split_once("//") {
            let end = after
                .find(|c: char| !c.is_ascii_alphanumeric() && !"-.:".contains(c))
                .unwrap_or(after.len());
            let (named, others) = after.split_at(end);
            // The listener speaks no TLS, but is called all the same.
            let before = before
                .strip_suffix("https:")
                .map_or_else(|| before.to_owned(), |before| format!("{before}http:"));
            out.push_str(&before);
            out.push_str("//");
            out.push_str(if named.contains('.') {
                &self.host
            } else {
                named
            });
            rest = others;
        }
        out + rest
    }
}

/// Waits until every formula is drawn, and holds what has been seen so far against the contract.
async fn survives(app: &App<'_>, forbidden: &Forbidden, what: &str) -> Report {
    let report = app.until(async || {
        let value = app.run(WATCH, vec![json!("report")]).await.ok()?;
        let report: Report = serde_json::from_value(value).ok()?;
        (report.undrawn == 0).then_some(report)
    });
    let Some(report) = report.await else {
        app.fail(&format!("every formula of {what} to be drawn"))
            .await;
    };
    assert_eq!(report.faults, [""; 0], "{what}");
    assert_eq!(report.struck, [""; 0], "{what}");
    assert_eq!(report.refused, [""; 0], "{what}");
    assert_eq!(report.fetched, [""; 0], "{what}");
    assert_eq!(forbidden.calls(), 0, "{what}: somebody called");
    report
}

/// The watch itself: what it is to notice, it notices.
async fn would_be_noticed(app: &App<'_>, forbidden: &Forbidden) {
    let script = format!(
        "const [arguments_, done] = [[...arguments].slice(0, -1), arguments[arguments.length - 1]]; \
         Promise.resolve((function () {{ {WATCH} }})(...arguments_)).then(done, (reason) => done([String(reason)]));"
    );
    let missed = app
        .client()
        .execute_async(&script, vec![json!("prove"), json!(forbidden.host)])
        .await
        .unwrap();
    assert_eq!(missed, json!([]), "the watch is blind to these");
    tokio::net::TcpStream::connect(&forbidden.host)
        .await
        .unwrap();
    let counted = app
        .until(async || (forbidden.calls() == 1).then_some(()))
        .await;
    assert!(counted.is_some(), "the listener is deaf");
}

/// Asks in a new conversation and has the model write `text`.
async fn writes(world: &World, app: &App<'_>, question: &str, text: &str) {
    app.click(&By::button("New chat")).await;
    app.asks(question).await;
    let gate = world.simulator().gate().await;
    let letters: Vec<char> = text.chars().collect();
    for piece in letters.chunks(1_999) {
        gate.content(&piece.iter().collect::<String>())
            .await
            .unwrap();
    }
    gate.content(&format!("\n\nThe end of {question}."))
        .await
        .unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.replies_with(&format!("The end of {question}.")).await;
}

/// `attacks` one behind the other, in texts of about the size of a long reply, each with its number of attacks.
fn replies(attacks: impl IntoIterator<Item = String>) -> Vec<(String, usize)> {
    let mut replies = vec![(String::new(), 0)];
    for attack in attacks {
        if let Some((text, _)) = replies.last()
            && text.len() > REPLY
        {
            replies.push((String::new(), 0));
        }
        if let Some((text, count)) = replies.last_mut() {
            text.push_str(&attack);
            text.push_str("\n\n");
            *count += 1;
        }
    }
    replies
}

/// An attack in a quote of its own, which ends whatever it leaves open.
fn quoted(attack: &str) -> String {
    attack
        .split(['\n', '\r'])
        .map(|line| format!("> {line}\n"))
        .collect()
}

/// A call that has `attack` for its name, its arguments, or both. The result says it again.
fn tool_call((number, attack): (usize, &String)) -> Value {
    let arguments = match number % 3 {
        0 => json!({ "expression": attack }).to_string(),
        1 => json!({ attack: attack }).to_string(),
        _ => attack.clone(),
    };
    let name = if number % 2 == 0 { attack } else { "calculate" };
    json!({
        "id": format!("call-{number}"),
        "type": "function",
        "function": { "name": name, "arguments": arguments },
    })
}

/// A model with `attack` for everything that is shown of it.
fn model((number, attack): (usize, &String)) -> Value {
    json!({
        "id": format!("attack-{number} {attack}"),
        "name": format!("Attack {number} {attack}"),
        "description": attack,
        "type": "llm",
        "input_types": [attack],
    })
}

async fn attacked<'world>(world: &'world World, forbidden: &Forbidden) -> App<'world> {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.run(WATCH, vec![json!("begin"), json!(forbidden.host)])
        .await
        .unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn published_attacks_are_text_in_a_reply() {
    let world = World::new().await;
    let forbidden = Forbidden::open().await;
    let app = attacked(&world, &forbidden).await;
    let published: BTreeSet<String> = serde_json::from_str(PUBLISHED).unwrap();
    assert!(published.len() > 4_000, "only {} attacks", published.len());
    let quotes = published
        .iter()
        .map(|attack| quoted(&forbidden.in_place(attack)));
    for (number, (text, count)) in replies(quotes).into_iter().enumerate() {
        let question = format!("corpus {number}");
        writes(&world, &app, &question, &text).await;
        let report = survives(&app, &forbidden, &question).await;
        assert_eq!(report.quotes, count, "every attack is on the page");
    }
    would_be_noticed(&app, &forbidden).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_are_text_wherever_a_reply_can_carry_them() {
    let world = World::new().await;
    let forbidden = Forbidden::open().await;
    let app = attacked(&world, &forbidden).await;
    let attacks: BTreeSet<String> = families::all().into_iter().collect();
    assert!(attacks.len() > 2_000, "only {} attacks", attacks.len());
    let attacks = families::all()
        .into_iter()
        .map(|attack| attack.replace("{host}", &forbidden.host));
    for (number, (text, _)) in replies(attacks).into_iter().enumerate() {
        let question = format!("family {number}");
        writes(&world, &app, &question, &text).await;
        survives(&app, &forbidden, &question).await;
    }
    would_be_noticed(&app, &forbidden).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_are_text_in_everything_else_that_comes_from_others() {
    let world = World::new().await;
    let forbidden = Forbidden::open().await;
    let markup: Vec<String> = families::MARKUP
        .iter()
        .chain(families::ADDRESSES)
        .map(|attack| forbidden.in_place(attack))
        .collect();
    let all_of_it = markup.join("\n");

    // The names of the models.
    let models: Vec<Value> = std::iter::once(json!({ "id": "held", "name": "Held by a test" }))
        .chain(markup.iter().enumerate().map(model))
        .collect();
    world
        .simulator()
        .set_models_body(Some(json!({ "models": models }).to_string()));
    let app = attacked(&world, &forbidden).await;
    app.fills(&By::role("combobox", "Model"), "Attack").await;
    app.sees(&containing("option", "Attack 0 <script>struck()"))
        .await;
    survives(&app, &forbidden, "models").await;
    app.picks_model("Held by a test").await;

    // The model's thinking, and what the service says is wrong.
    app.click(&By::button("New chat")).await;
    app.asks("thinking and errors").await;
    let gate = world.simulator().gate().await;
    gate.reasoning(&markup.join("\n\n")).await.unwrap();
    for attack in &markup {
        // One that looks like a page of markup is not shown at all: those that do not are.
        gate.error(&format!("It says {attack}")).await.unwrap();
        gate.content("and goes on. ").await.unwrap();
    }
    gate.error("At last <img src=x onerror=struck()>")
        .await
        .unwrap();
    gate.event("done", &json!({})).await.unwrap();
    drop(gate);
    app.waits_for_the_end().await;
    app.reads(&complaint(), "At last <img src=x onerror=struck()>")
        .await;
    app.reads(&reply(), "It says <svg onload=struck()>").await;
    let fold = By::role("group", "Reasoning").within(reply());
    app.click(&any("summary").within(fold.clone())).await;
    app.sees_that(&fold, "open", |seen| seen.open == Some(true))
        .await;
    survives(&app, &forbidden, "thinking and errors").await;

    // The name, the arguments and the result of a tool call.
    app.click(&By::button("New chat")).await;
    app.click(&By::button("Tools")).await;
    app.asks("tools").await;
    let calls: Vec<Value> = markup.iter().enumerate().map(tool_call).collect();
    for round in calls.chunks(TOOL_CALLS) {
        let gate = world.simulator().gate().await;
        gate.event("tool_calls", &json!({ "tool_calls": round }))
            .await
            .unwrap();
        gate.finish("tool_calls").await.unwrap();
        gate.event("done", &json!({})).await.unwrap();
    }
    world.simulator().gate().await.complete().await.unwrap();
    app.waits_for_the_end().await;
    let cards = containing("group", "Tool ").within(reply());
    let shown = app.all(&cards).await;
    assert_eq!(shown.len(), markup.len(), "a card for every call");
    assert!(
        shown
            .iter()
            .any(|card| card.text.contains("<script>struck()"))
    );
    survives(&app, &forbidden, "tools").await;

    // The user's own message, pasted from who knows where.
    app.click(&By::button("New chat")).await;
    app.pastes(&composer(), &all_of_it).await;
    app.sees_that(&composer(), "filled", |seen| {
        seen.length >= all_of_it.len() / 2
    })
    .await;
    app.click(&By::button("Send")).await;
    let gate = world.simulator().gate().await;
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    app.reads(&question(), "struck()").await;
    survives(&app, &forbidden, "a message").await;

    // The titles of conversations: a message's first words.
    for title in families::MARKUP.iter().step_by(6) {
        let title = forbidden.in_place(title);
        app.click(&By::button("New chat")).await;
        app.asks(&title).await;
        world.simulator().gate().await.complete().await.unwrap();
        app.waits_for_the_end().await;
    }
    app.sees(&entry("<script>struck()")).await;
    survives(&app, &forbidden, "titles").await;
}
