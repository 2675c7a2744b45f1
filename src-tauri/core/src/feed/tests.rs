//! Numbering, missed events and the one place for a turn.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use super::*;
use crate::reply::TextKind;
use crate::settings::Settings;
use crate::view::{AccountView, JobView, ModelList};

/// Keeps what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<serde_json::Value>>);

impl Host for Told {
    fn account_changed(&self, _: &AccountView) {}
    fn turn_event(&self, _: &str, event: &RawValue) {
        self.0
            .lock()
            .unwrap()
            .push(serde_json::from_str(event.get()).unwrap());
    }
    fn settings_changed(&self, _: &Settings) {}
    fn conversations_changed(&self) {}
    fn models_changed(&self, _: &ModelList) {}
    fn library_health_changed(&self, _: &crate::view::LibraryHealth) {}
    fn job_changed(&self, _: &JobView) {}
    fn open_in_browser(&self, _: &str) -> bool {
        false
    }
    fn save_settings(&self, _: &Settings) -> Result<(), String> {
        Ok(())
    }
}

fn begun(host: &Told) -> Arc<Feed> {
    let live = Live {
        turn: "t".to_owned(),
        message: "m".to_owned(),
        reply: Reply::default(),
        retrying: None,
        control: Arc::default(),
    };
    let started = TurnEventKind::Started {
        keep: 0,
        messages: Vec::new(),
    };
    Feeds::default()
        .of("c")
        .reserve()
        .unwrap()
        .begin(host, live, started)
}

fn say(feed: &Feed, host: &Told, text: &str) {
    feed.change(host, |live, changes| {
        live.reply.text(TextKind::Content, text, 0, changes);
        live.reply.flush(changes);
    });
}

fn numbers(missed: &MissedEvents) -> Vec<u64> {
    match missed {
        MissedEvents::Events { events } => events
            .iter()
            .map(|event| {
                serde_json::from_str::<serde_json::Value>(event.get()).unwrap()["seq"]
                    .as_u64()
                    .unwrap()
            })
            .collect(),
        MissedEvents::Gone => panic!("the events should be kept"),
    }
}

#[test]
fn events_are_numbered_without_gaps_and_missed_ones_can_be_had() {
    let host = Told::default();
    let feed = begun(&host);
    for text in ["a", "b", "c"] {
        say(&feed, &host, text);
    }
    let told: Vec<u64> = host
        .0
        .lock()
        .unwrap()
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(told, [1, 2, 3, 4]);
    assert_eq!(feed.snapshot().0, 4);
    assert_eq!(numbers(&feed.since(2)), [3, 4]);
    assert!(numbers(&feed.since(4)).is_empty());
}

#[test]
fn a_number_from_another_run_of_the_app_or_dropped_long_ago_is_gone() {
    let host = Told::default();
    let feed = begun(&host);
    for _ in 0..RECENT_EVENTS {
        say(&feed, &host, "a");
    }
    assert!(matches!(feed.since(0), MissedEvents::Gone));
    assert!(matches!(feed.since(1_000_000), MissedEvents::Gone));
    assert_eq!(numbers(&feed.since(1)).len(), RECENT_EVENTS);
}

#[test]
fn an_event_that_is_too_large_is_announced_under_its_number_and_fetched() {
    let host = Told::default();
    let feed = begun(&host);
    say(&feed, &host, &"x".repeat(EVENT_BYTES));
    let told = host.0.lock().unwrap().pop().unwrap();
    assert_eq!(
        (
            told["type"].as_str().unwrap(),
            told["seq"].as_u64().unwrap()
        ),
        ("large", 2)
    );
    let MissedEvents::Events { events } = feed.since(1) else {
        panic!("the event should be kept");
    };
    assert!(events[0].get().contains("\"content\""));
}

#[test]
fn a_conversation_has_one_place_for_a_turn() {
    let host = Told::default();
    let feeds = Feeds::default();
    let place = feeds.of("c").reserve().unwrap();
    assert!(feeds.of("c").reserve().is_none());
    assert!(feeds.of("other").reserve().is_some());
    drop(place);
    assert!(
        feeds.of("c").reserve().is_some(),
        "a place that was not used is free again"
    );
    let feed = begun(&host);
    assert!(feed.reserve().is_none());
    feed.end(&host, Vec::new());
    assert!(feed.reserve().is_some());
}
