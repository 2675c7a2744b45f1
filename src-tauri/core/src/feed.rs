//! The events of one conversation, numbered, and the reply being written in it.
//!
//! A window that opens a conversation takes a snapshot and then applies the events with a greater
//! number, so nothing is lost or doubled whatever it missed (`design.md`, *To the UI*).

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::host::Host;
use crate::library::JournalEntry;
use crate::reply::{Changes, Reply};
use crate::view::{
    MissedEvents, PartView, Retrying, ToolAnswer, TurnEvent, TurnEventKind, TurnView,
};

/// Bytes an event may have to be sent itself; a larger one is announced and fetched.
const EVENT_BYTES: usize = 8_000;
/// Events kept for windows that missed some.
const RECENT_EVENTS: usize = 1_000;
/// Bytes of events kept for windows that missed some.
const RECENT_BYTES: usize = 8 << 20;
/// The same once the turn is over.
const RECENT_BYTES_AT_REST: usize = 256 << 10;

/// How a turn is steered from outside.
#[derive(Debug, Default)]
pub struct Control {
    /// Ends the turn: the user stopped it, or the app quits.
    pub stop: CancellationToken,
    /// Ends the wait before the next try, at once. Told to whoever waits now: a press that comes too
    /// late is not remembered for the next wait.
    pub now: Notify,
    /// Gives up instead of waiting for the next try. As with `now`.
    pub give_up: Notify,
    /// What the user said to calls that ask, by the call's part; later calls may be answered first.
    answers: Mutex<HashMap<usize, ToolAnswer>>,
    answered: Notify,
}

impl Control {
    /// The user's answer to the call at part `index`.
    pub fn answer(&self, index: usize, answer: ToolAnswer) {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(index, answer);
        self.answered.notify_one();
    }

    /// Waits for the user's answer to the call at part `index`.
    pub async fn answer_to(&self, index: usize) -> ToolAnswer {
        loop {
            let answer = self
                .answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&index);
            match answer {
                Some(answer) => return answer,
                None => self.answered.notified().await,
            }
        }
    }
}

/// The turn under way in a conversation.
#[derive(Debug)]
pub struct Live {
    /// Its id.
    pub turn: String,
    /// The reply's message id.
    pub message: String,
    /// The reply so far.
    pub reply: Reply,
    /// The countdown, if it is waiting.
    pub retrying: Option<Retrying>,
    /// How it is steered.
    pub control: Arc<Control>,
}

#[derive(Debug, Default)]
struct State {
    seq: u64,
    recent: VecDeque<(u64, Box<RawValue>)>,
    recent_bytes: usize,
    /// A turn is being prepared; `live` follows once its messages are saved.
    reserved: bool,
    live: Option<Live>,
}

impl State {
    /// Drops the oldest events until the bounds are kept; the newest stays.
    fn forget(&mut self, bytes: usize) {
        while self.recent.len() > RECENT_EVENTS
            || (self.recent_bytes > bytes && self.recent.len() > 1)
        {
            if let Some((_, dropped)) = self.recent.pop_front() {
                self.recent_bytes -= dropped.get().len();
            }
        }
    }
}

/// The events of one conversation and the turn under way in it.
#[derive(Debug)]
pub struct Feed {
    conversation: String,
    state: Mutex<State>,
}

/// What a snapshot needs of the turn under way.
#[derive(Debug)]
pub struct LiveSnapshot {
    /// The turn.
    pub turn: TurnView,
    /// The reply's parts as they are shown.
    pub parts: Vec<PartView>,
}

impl Feed {
    fn new(conversation: &str) -> Self {
        Self {
            conversation: conversation.to_owned(),
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the conversation's one place for a turn; `None` if it is taken.
    pub fn reserve(self: &Arc<Self>) -> Option<Reservation> {
        let mut state = self.lock();
        if state.reserved || state.live.is_some() {
            return None;
        }
        state.reserved = true;
        Some(Reservation {
            feed: Arc::clone(self),
        })
    }

    /// Whether a turn is under way.
    pub fn is_running(&self) -> bool {
        let state = self.lock();
        state.reserved || state.live.is_some()
    }

    /// The number of the last event, and the reply being written.
    pub fn snapshot(&self) -> (u64, Option<LiveSnapshot>) {
        let state = self.lock();
        let live = state.live.as_ref().map(|live| LiveSnapshot {
            turn: TurnView {
                id: live.turn.clone(),
                message: live.message.clone(),
                retrying: live.retrying.clone(),
            },
            parts: live.reply.view(),
        });
        (state.seq, live)
    }

    /// The events after `seq`, as far as they are kept.
    pub fn since(&self, seq: u64) -> MissedEvents {
        let state = self.lock();
        let oldest = state
            .recent
            .front()
            .map_or(state.seq + 1, |(first, _)| *first);
        if seq > state.seq || seq + 1 < oldest {
            return MissedEvents::Gone;
        }
        MissedEvents::Events {
            events: state
                .recent
                .iter()
                .filter(|(number, _)| *number > seq)
                .map(|(_, event)| event.clone())
                .collect(),
        }
    }

    /// Steers the turn under way, if there is one.
    pub fn control(&self) -> Option<Arc<Control>> {
        self.lock()
            .live
            .as_ref()
            .map(|live| Arc::clone(&live.control))
    }

    /// Changes the reply and tells the windows; what the library has to be told is returned.
    pub fn change(
        &self,
        host: &dyn Host,
        change: impl FnOnce(&mut Live, &mut Changes),
    ) -> Vec<JournalEntry> {
        let mut state = self.lock();
        let State {
            live: Some(live), ..
        } = &mut *state
        else {
            return Vec::new();
        };
        let mut changes = Changes::default();
        change(live, &mut changes);
        for event in changes.events {
            self.publish(&mut state, host, event);
        }
        changes.journal
    }

    /// Looks at the reply.
    pub fn look<T>(&self, look: impl FnOnce(&Live) -> T) -> Option<T> {
        self.lock().live.as_ref().map(look)
    }

    /// Ends the turn: the last events are sent and the place is free.
    pub fn end(&self, host: &dyn Host, events: Vec<TurnEventKind>) {
        let mut state = self.lock();
        for event in events {
            self.publish(&mut state, host, event);
        }
        state.live = None;
        // Whoever missed the end by more than this opens the conversation anew.
        state.forget(RECENT_BYTES_AT_REST);
    }

    fn publish(&self, state: &mut State, host: &dyn Host, kind: TurnEventKind) {
        let Some(live) = &state.live else { return };
        state.seq += 1;
        let event = TurnEvent {
            conversation: self.conversation.clone(),
            turn: live.turn.clone(),
            message: live.message.clone(),
            seq: state.seq,
            kind,
        };
        let json = match to_raw_value(&event) {
            Ok(json) => json,
            // A window that sees the gap asks again.
            Err(error) => return log::error!("an event cannot be written: {error}"),
        };
        if json.get().len() <= EVENT_BYTES {
            host.turn_event(&self.conversation, &json);
        } else if let Ok(announcement) = to_raw_value(&TurnEvent {
            kind: TurnEventKind::Large,
            ..event
        }) {
            host.turn_event(&self.conversation, &announcement);
        }
        state.recent_bytes += json.get().len();
        state.recent.push_back((state.seq, json));
        state.forget(RECENT_BYTES);
    }
}

/// A conversation's place for a turn, taken; given back when dropped unused.
#[derive(Debug)]
pub struct Reservation {
    feed: Arc<Feed>,
}

impl Reservation {
    /// The conversation.
    pub fn conversation(&self) -> &str {
        &self.feed.conversation
    }

    /// Begins the turn, and tells the windows which messages it brings.
    pub fn begin(self, host: &dyn Host, live: Live, started: TurnEventKind) -> Arc<Feed> {
        let feed = Arc::clone(&self.feed);
        {
            let mut state = feed.lock();
            state.live = Some(live);
            feed.publish(&mut state, host, started);
        }
        feed
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.feed.lock().reserved = false;
    }
}

/// The feeds of all conversations that have had a turn since the app started.
#[derive(Debug, Default)]
pub struct Feeds {
    feeds: Mutex<HashMap<String, Arc<Feed>>>,
}

impl Feeds {
    /// The feed of a conversation.
    pub fn of(&self, conversation: &str) -> Arc<Feed> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            feeds
                .entry(conversation.to_owned())
                .or_insert_with(|| Arc::new(Feed::new(conversation))),
        )
    }

    /// The conversations with a turn under way.
    pub fn running(&self) -> Vec<String> {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds
            .iter()
            .filter(|(_, feed)| feed.is_running())
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// Forgets a conversation that is no more.
    pub fn forget(&self, conversation: &str) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.remove(conversation);
    }
}

#[cfg(test)]
mod tests;
