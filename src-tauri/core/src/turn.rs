//! A turn: one question, the requests it takes, and the reply that grows from their streams.
//!
//! One task owns a turn from its first request to the last byte saved. It ends by itself, by the
//! user's stop, or when the app quits; windows only watch.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serechat::retry::Backoff;
use serechat::{EventStream, FinishReason, InferenceRequest, StreamEvent, ToolCall};
use tokio::time::{Instant, sleep_until};

use crate::app::Serein;
use crate::error::{Code, IpcError};
use crate::feed::{Control, Feed};
use crate::library::{JournalEntry, Library};
use crate::message::{Message, wire_messages};
use crate::now;
use crate::reply::TextKind;
use crate::sentences;
use crate::tools;
use crate::view::{MessageStatus, Retrying, ToolAnswer, ToolCallState, TurnEventKind};

/// Text is told to the windows at most this often; the first piece at once.
const FLUSH: Duration = Duration::from_millis(16);
/// The library is told at least this often while a reply grows.
const JOURNAL: Duration = Duration::from_millis(250);
/// Pause before the journal is offered again after it could not be written.
const JOURNAL_AGAIN: Duration = Duration::from_secs(2);
/// An error in the stream is fatal if `done` follows it; if nothing follows for this long, it is
/// shown as a note meanwhile.
const ERROR_HELD: Duration = Duration::from_millis(300);
/// Inference calls a turn may take (`protocol.md`, bounds).
const ROUNDS: u32 = 25;

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ending {
    Complete,
    Length,
    Stopped,
    /// The stream broke off; what arrived is kept.
    Interrupted(IpcError),
    /// The request failed, or the service said the reply did.
    Failed(IpcError),
}

/// One question and the reply to it.
pub(crate) struct Turn {
    pub(crate) app: Arc<Serein>,
    /// The one its conversation is in.
    pub(crate) library: Library,
    pub(crate) feed: Arc<Feed>,
    pub(crate) control: Arc<Control>,
    pub(crate) conversation: String,
    pub(crate) model: String,
    /// The visible path up to the reply, without it.
    pub(crate) path: Vec<Message>,
    /// The reply's row as it was written at the start.
    pub(crate) head: Message,
    pub(crate) offers_tools: bool,
    /// Rounds of tools that are over and paid for.
    pub(crate) rounds_done: u32,
    pub(crate) journal: Journal,
}

/// What the library has not been told yet.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    written: i64,
    waiting: Vec<JournalEntry>,
    due: Option<Instant>,
}

impl Journal {
    fn add(&mut self, entries: Vec<JournalEntry>) {
        if entries.is_empty() {
            return;
        }
        for entry in entries {
            if let (
                Some(JournalEntry::Append { part, text }),
                JournalEntry::Append {
                    part: same,
                    text: more,
                },
            ) = (self.waiting.last_mut(), &entry)
                && part == same
            {
                text.push_str(more);
            } else {
                self.waiting.push(entry);
            }
        }
        self.due.get_or_insert_with(|| Instant::now() + JOURNAL);
    }
}

impl Turn {
    /// Runs the turn to its end.
    pub(crate) async fn run(mut self) {
        let ending = self.drive().await;
        self.finish(ending).await;
    }

    async fn drive(&mut self) -> Ending {
        for _ in 0..ROUNDS {
            let mut stream = match self.request().await {
                Ok(stream) => stream,
                Err(ending) => return ending,
            };
            if let Some(ending) = self.read(&mut stream).await {
                return ending;
            }
            drop(stream);
            if !self.run_tools().await {
                return Ending::Stopped;
            }
            self.change(|live, changes| live.reply.next_round(now(), changes));
            self.rounds_done += 1;
        }
        Ending::Failed(sentences::too_many_rounds(ROUNDS))
    }

    /// Sends the request until a stream begins, as the table of `protocol.md` allows.
    async fn request(&mut self) -> Result<EventStream, Ending> {
        let mut backoff = Backoff::inference();
        let request = self.wire_request();
        let control = Arc::clone(&self.control);
        loop {
            let Some((client, token)) = self.app.credentials() else {
                return Err(Ending::Failed(sentences::not_signed_in()));
            };
            let answer = tokio::select! {
                biased;
                () = self.control.stop.cancelled() => return Err(Ending::Stopped),
                answer = client.inference(&token, &request) => answer,
            };
            let error = match answer {
                Ok(stream) => return Ok(stream),
                Err(error) => error,
            };
            let sentence = sentences::for_inference(&error);
            if error.is_unauthorized() {
                self.app.token_refused(&token).await;
                return Err(Ending::Failed(sentence));
            }
            let Some(delay) = backoff.next(&error, &mut rand::rng()) else {
                return Err(Ending::Failed(sentence));
            };
            let retrying = Retrying {
                at: now() + i64::try_from(delay.as_millis()).unwrap_or(i64::MAX),
                attempt: backoff.tries() + 1,
                of: backoff.limit_for(&error),
                error: sentence.clone(),
            };
            // Listening begins before the buttons are there to be pressed.
            let (pressed_now, pressed_cancel) =
                (control.now.notified(), control.give_up.notified());
            let (mut pressed_now, mut pressed_cancel) =
                (std::pin::pin!(pressed_now), std::pin::pin!(pressed_cancel));
            pressed_now.as_mut().enable();
            pressed_cancel.as_mut().enable();
            self.tell(
                TurnEventKind::Retrying {
                    retrying: retrying.clone(),
                },
                Some(retrying),
            );
            tokio::select! {
                biased;
                () = control.stop.cancelled() => return Err(Ending::Stopped),
                () = pressed_cancel => return Err(Ending::Failed(sentence)),
                () = pressed_now => {}
                () = tokio::time::sleep(delay) => {}
            }
            self.tell(TurnEventKind::Requesting, None);
        }
    }

    fn wire_request(&self) -> InferenceRequest {
        let mut path = self.path.clone();
        let parts = self
            .feed
            .look(|live| live.reply.parts())
            .unwrap_or_default();
        path.push(Message {
            parts,
            ..self.head.clone()
        });
        InferenceRequest {
            model: self.model.clone(),
            messages: wire_messages(&path),
            tools: if self.offers_tools {
                self.app.tools().offers()
            } else {
                Vec::new()
            },
            max_tokens: self.app.settings().max_tokens,
        }
    }

    fn tell(&mut self, event: TurnEventKind, retrying: Option<Retrying>) {
        self.feed.change(self.app.host(), |live, changes| {
            live.retrying = retrying;
            changes.events.push(event);
        });
    }

    /// Reads one stream into the reply. `None` means that the model waits for its tools.
    async fn read(&mut self, stream: &mut EventStream) -> Option<Ending> {
        let mut reading = Reading::default();
        let control = Arc::clone(&self.control);
        let ending = loop {
            let item = tokio::select! {
                biased;
                () = control.stop.cancelled() => break Some(Ending::Stopped),
                item = stream.next() => Some(item),
                () = at(reading.flush_due) => None,
                () = at(reading.error.as_ref().map(|(_, due)| *due)) => None,
                () = at(self.journal.due) => None,
            };
            if let Some(item) = item
                && let Some(ending) = self.take(item, &mut reading)
            {
                break ending;
            }
            let instant = Instant::now();
            if reading.flush_due.is_some_and(|due| due <= instant) {
                self.flush(&mut reading);
            }
            if reading
                .error
                .as_ref()
                .is_some_and(|(_, due)| *due <= instant)
            {
                self.release_error(&mut reading);
            }
            if self.journal.due.is_some_and(|due| due <= instant) {
                self.save().await;
            }
        };
        self.change(|live, changes| live.reply.close(now(), changes));
        self.save().await;
        ending
    }

    /// One item of the stream. `Some` ends the reading: with an ending, or with the tools to run.
    fn take(
        &mut self,
        item: Option<Result<StreamEvent, serechat::Error>>,
        reading: &mut Reading,
    ) -> Option<Option<Ending>> {
        let event = match item {
            Some(Ok(StreamEvent::Alive)) => return None,
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                self.release_error(reading);
                let gained = self.has_gained();
                return Some(Some(if gained {
                    Ending::Interrupted(sentences::for_broken_stream(&error))
                } else {
                    Ending::Failed(sentences::for_stream_without_reply(&error))
                }));
            }
            // `Done` or an error come before the end; an end without them is a broken stream.
            None => return Some(Some(Ending::Interrupted(sentences::interrupted()))),
        };
        if event == StreamEvent::Done {
            return Some(self.done(reading));
        }
        self.release_error(reading);
        match event {
            StreamEvent::Content(text) => self.text(TextKind::Content, &text, reading),
            StreamEvent::Reasoning(text) => self.text(TextKind::Reasoning, &text, reading),
            StreamEvent::ToolCalls(calls) => {
                self.change(|live, changes| live.reply.tool_calls(&calls, now(), changes));
            }
            StreamEvent::Finish(reason) => {
                let finish_reason = reason.as_str().to_owned();
                self.change(|live, changes| {
                    live.reply.flush(changes);
                    changes.events.push(TurnEventKind::Finish { finish_reason });
                });
                reading.finish.get_or_insert(reason);
            }
            StreamEvent::Error(text) => reading.error = Some((text, Instant::now() + ERROR_HELD)),
            StreamEvent::Unreadable => {
                self.change(|live, changes| live.reply.unreadable(changes));
            }
            StreamEvent::Alive | StreamEvent::Done => {}
        }
        None
    }

    fn text(&mut self, kind: TextKind, text: &str, reading: &mut Reading) {
        self.change(|live, changes| live.reply.text(kind, text, now(), changes));
        let instant = Instant::now();
        match reading.flushed {
            Some((flushed, pause)) if flushed + pause > instant => {
                reading.flush_due.get_or_insert(flushed + pause);
            }
            _ => reading.flush_due = Some(instant),
        }
    }

    fn flush(&mut self, reading: &mut Reading) {
        reading.flush_due = None;
        let began = Instant::now();
        let mut frames = 1;
        self.change(|live, changes| {
            live.reply.flush(changes);
            frames = live.reply.frames();
        });
        let ended = Instant::now();
        // Reading a huge text again takes a sixth of the time at most.
        let pause = (FLUSH * frames).max((ended - began) * 5);
        reading.flushed = Some((ended, pause));
    }

    /// The error was not the end: it becomes a note.
    fn release_error(&mut self, reading: &mut Reading) {
        if let Some((text, _)) = reading.error.take() {
            self.change(|live, changes| {
                live.reply.notice(sentences::reported_error(&text), changes);
            });
        }
    }

    fn done(&mut self, reading: &mut Reading) -> Option<Ending> {
        if let Some((text, _)) = reading.error.take() {
            return Some(Ending::Failed(sentences::fatal_error(
                &text,
                self.has_gained(),
            )));
        }
        let calls = self
            .feed
            .look(|live| !live.reply.open_calls().is_empty())
            .unwrap_or_default();
        match &reading.finish {
            // The calls of a reply that was cut are cut themselves.
            Some(FinishReason::Length) => Some(Ending::Length),
            _ if calls => None,
            Some(FinishReason::Other(reason)) => {
                let notice = sentences::other_finish(reason);
                self.change(|live, changes| live.reply.notice(notice, changes));
                Some(Ending::Complete)
            }
            _ => {
                if !self.has_gained() {
                    self.change(|live, changes| {
                        live.reply.notice(sentences::empty_reply(), changes);
                    });
                }
                Some(Ending::Complete)
            }
        }
    }

    /// Runs the calls that have not ended, in order; those that ask wait for the user first. `false`
    /// means that the user stopped the turn.
    async fn run_tools(&mut self) -> bool {
        let calls = self
            .feed
            .look(|live| live.reply.open_calls())
            .unwrap_or_default();
        // A tool that was not offered here asks even if it was allowed for good elsewhere.
        let offered = self.offers_tools;
        let asks = move |app: &Serein, name: &str| {
            let allowed = if offered {
                app.settings().allowed_tools
            } else {
                Vec::new()
            };
            app.tools().asks(name, &allowed)
        };
        for (index, call) in &calls {
            if asks(&self.app, &call.name) {
                self.tool_changed(*index, ToolCallState::Waiting, None);
            }
        }
        self.save().await;
        for (index, call) in calls {
            // The answer to an earlier call may have allowed the tool for good.
            if asks(&self.app, &call.name) {
                let answer = tokio::select! {
                    biased;
                    () = self.control.stop.cancelled() => return false,
                    answer = self.control.answer_to(index) => answer,
                };
                match answer {
                    ToolAnswer::Once => {}
                    ToolAnswer::Always => self.app.allow_tool(&call.name).await,
                    ToolAnswer::Deny => {
                        let refusal = tools::failure("the user did not allow this call");
                        self.tool_changed(index, ToolCallState::Denied, Some(refusal));
                        continue;
                    }
                }
            }
            self.tool_changed(index, ToolCallState::Running, None);
            let wire_call = ToolCall {
                id: call.id,
                name: call.name,
                arguments: call.arguments,
            };
            let app = Arc::clone(&self.app);
            let (state, result) = tokio::select! {
                biased;
                () = self.control.stop.cancelled() => return false,
                outcome = app.tools().run(&wire_call) => outcome,
            };
            self.tool_changed(index, state, Some(result));
            self.save().await;
        }
        true
    }

    fn tool_changed(&mut self, index: usize, state: ToolCallState, result: Option<String>) {
        self.change(|live, changes| live.reply.tool_changed(index, state, result, changes));
    }

    fn has_gained(&self) -> bool {
        self.feed
            .look(|live| live.reply.has_gained())
            .unwrap_or_default()
    }

    fn change(&mut self, change: impl FnOnce(&mut crate::feed::Live, &mut crate::reply::Changes)) {
        let entries = self.feed.change(self.app.host(), change);
        self.journal.add(entries);
    }

    /// Tells the library what it does not know yet. What cannot be written now is offered again.
    async fn save(&mut self) {
        self.journal.due = None;
        if self.journal.waiting.is_empty() {
            return;
        }
        let entries = Arc::new(std::mem::take(&mut self.journal.waiting));
        let first = self.journal.written;
        let message = self.head.id.clone();
        let offered = Arc::clone(&entries);
        let outcome = self
            .library
            .run(move |library| library.journal(&message, first, &offered))
            .await;
        match outcome {
            Ok(()) => self.journal.written += i64::try_from(entries.len()).unwrap_or(i64::MAX),
            Err(error) => {
                log::warn!("the journal could not be written: {error}");
                self.journal.waiting = Arc::unwrap_or_clone(entries);
                self.journal.due = Some(Instant::now() + JOURNAL_AGAIN);
            }
        }
    }

    async fn finish(mut self, ending: Ending) {
        let quitting = self.app.is_quitting();
        let (status, error) = match ending {
            Ending::Stopped if quitting => (
                MessageStatus::Interrupted,
                Some(sentences::interrupted_by_quit(
                    self.has_gained() || !self.head.parts.is_empty(),
                )),
            ),
            Ending::Stopped => (MessageStatus::Stopped, None),
            Ending::Complete => (MessageStatus::Complete, None),
            Ending::Length => (MessageStatus::Length, None),
            Ending::Interrupted(error) => (MessageStatus::Interrupted, Some(error)),
            // A reply that could not be continued is as it was before, and one that failed after rounds
            // of tools goes on from them: cut, and to be continued.
            Ending::Failed(error) if !self.head.parts.is_empty() || self.rounds_done > 0 => {
                let code = match error.code {
                    Code::Failed | Code::Persistent => Code::Interrupted,
                    code => code,
                };
                (MessageStatus::Interrupted, Some(IpcError { code, ..error }))
            }
            Ending::Failed(error) => (MessageStatus::Failed, Some(error)),
        };
        self.change(|live, changes| {
            live.retrying = None;
            live.reply.close(now(), changes);
            for (index, _) in live.reply.open_calls() {
                live.reply
                    .tool_changed(index, ToolCallState::Skipped, None, changes);
            }
        });
        let message = Message {
            status,
            error: error.clone(),
            parts: self
                .feed
                .look(|live| live.reply.parts())
                .unwrap_or_default(),
            finished_at: Some(now()),
            ..self.head.clone()
        };
        let answer = message.text();
        let message = Arc::new(message);
        let (conversation, reply) = (self.conversation.clone(), Arc::clone(&message));
        let saved = self
            .library
            .run(move |library| library.finish_message(&conversation, &reply, now()))
            .await;
        let mut events = vec![TurnEventKind::Done { status, error }];
        match saved {
            Ok(()) => events.push(TurnEventKind::Saved),
            // Before the feed lets go of the reply, so that it can be seen at every moment.
            Err(failure) => self.app.keep_unsaved(
                self.conversation.clone(),
                Arc::unwrap_or_clone(message),
                &failure,
            ),
        }
        self.feed.end(self.app.host(), events);
        self.app.host().conversations_changed();
        if let [question] = self.path.as_slice()
            && matches!(status, MessageStatus::Complete | MessageStatus::Length)
        {
            self.app
                .title(self.conversation, self.model, question.text(), answer);
        }
    }
}

/// The state of reading one stream.
#[derive(Debug, Default)]
struct Reading {
    /// When text was last told, and the pause that follows.
    flushed: Option<(Instant, Duration)>,
    flush_due: Option<Instant>,
    finish: Option<FinishReason>,
    /// An error event that may yet prove fatal, and until when it is held.
    error: Option<(String, Instant)>,
}

/// Ends at an instant; never, if there is none.
async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
