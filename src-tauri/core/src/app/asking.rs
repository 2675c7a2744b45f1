//! Asking: sending, editing, retrying and continuing, each of which begins a turn.

use std::sync::Arc;

use super::{Serein, checked_model, message_view, title_of};
use crate::error::IpcError;
use crate::feed::{Control, Live, Reservation};
use crate::library::{Draft, Library, LibraryError, NewChat, new_id};
use crate::message::{Message, Part};
use crate::now;
use crate::reply::Reply;
use crate::sentences;
use crate::turn::{Journal, Turn};
use crate::view::{MessageStatus, Role, TurnEventKind, TurnStarted};

/// A message has at most so many bytes: four times what the largest models read at once.
pub(super) const MESSAGE_BYTES: usize = 4 << 20;

impl Serein {
    /// Asks: the message is saved, then the turn begins. A chat that has not begun yet becomes a
    /// conversation.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidInput`] when the text is empty or too long, when no model is
    /// chosen, or when a reply is running; nothing is saved then and nothing is lost.
    pub async fn send(
        self: &Arc<Self>,
        to: Draft,
        text: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        let sent = match to {
            Draft::Of(id) => self.send_on(id, text, model).await,
            Draft::New(place) => {
                self.send_new(self.library.clone(), place, text, model)
                    .await
            }
        };
        sent.map_err(|error| self.not_sent(error))
    }

    async fn send_on(
        self: &Arc<Self>,
        conversation: String,
        text: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        check_text(&text)?;
        let model = self.ready_to_ask(model)?;
        self.send_to(conversation, text, model).await
    }

    /// Asks in a new conversation of `library`.
    pub(super) async fn send_new(
        self: &Arc<Self>,
        library: Library,
        place: NewChat,
        text: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        check_text(&text)?;
        let model = self.ready_to_ask(model)?;
        let title = title_of(&text).unwrap_or_else(|| "New chat".to_owned());
        let asked = model.clone();
        let id = library
            .run(move |library| library.create_conversation(&title, &asked, now()))
            .await?;
        let started = self.send_to(id.clone(), text, model).await;
        let tidied = if started.is_ok() {
            // The draft was the message.
            self.library
                .run(move |library| library.save_draft(&Draft::New(place), ""))
                .await
        } else {
            // A conversation without its first message is none.
            library
                .run(move |library| library.erase_conversation(&id))
                .await
        };
        // What the user has to know is whether it was sent.
        if let Err(error) = tidied {
            log::warn!("the new chat was not tidied up: {error}");
        }
        started
    }

    async fn send_to(
        self: &Arc<Self>,
        conversation: String,
        text: String,
        model: String,
    ) -> Result<TurnStarted, IpcError> {
        let place = self.reserve(&conversation)?;
        self.save_unsaved().await?;
        let path = self
            .library_of(&conversation)
            .run(move |library| library.path_of(&conversation))
            .await?;
        self.ask(place, path, text, model, true).await
    }

    pub(super) fn reserve(&self, conversation: &str) -> Result<Reservation, IpcError> {
        self.feeds
            .of(conversation)
            .reserve()
            .ok_or_else(sentences::reply_running)
    }

    /// Asks again in other words: a new version of the user's message.
    ///
    /// # Errors
    /// As [`Serein::send`].
    pub async fn edit(
        self: &Arc<Self>,
        message: String,
        text: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        check_text(&text)?;
        let model = self.ready_to_ask(model)?;
        let (place, mut path) = self.path_ending_with(message).await?;
        path.pop();
        let asked = self.ask(place, path, text, model, false).await;
        asked.map_err(|error| self.not_sent(error))
    }

    async fn ask(
        self: &Arc<Self>,
        place: Reservation,
        mut path: Vec<Message>,
        text: String,
        model: String,
        clear_draft: bool,
    ) -> Result<TurnStarted, IpcError> {
        let library = self.library_of(place.conversation());
        let question = Message {
            id: library.new_id(),
            parent: path.last().map(|message| message.id.clone()),
            role: Role::User,
            status: MessageStatus::Complete,
            parts: vec![Part::text(text)],
            error: None,
            model: None,
            created_at: now(),
            finished_at: Some(now()),
        };
        path.push(question.clone());
        let head = blank_reply(&library, Some(question.id.clone()), &model);
        let opening = Opening {
            path,
            question: Some(question),
            head,
            is_reopened: false,
            replaces: None,
            clear_draft,
        };
        self.begin(place, opening, model).await
    }

    /// Asks for another version of a reply. A version that came to nothing, and that nothing follows, is
    /// replaced.
    ///
    /// # Errors
    /// When there is no such reply, a reply is running, nobody is signed in, or the database fails.
    pub async fn retry(
        self: &Arc<Self>,
        message: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        let model = self.ready_to_ask(model)?;
        let (place, path, old) = self.reply_and_path(message).await?;
        let library = self.library_of(place.conversation());
        let opening = Opening {
            path,
            question: None,
            head: blank_reply(&library, old.parent, &model),
            is_reopened: false,
            replaces: old.parts.is_empty().then_some(old.id),
            clear_draft: false,
        };
        self.begin(place, opening, model).await
    }

    /// Asks the model to go on with a reply that was cut.
    ///
    /// # Errors
    /// As [`Serein::retry`].
    pub async fn continue_reply(
        self: &Arc<Self>,
        message: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        let model = self.ready_to_ask(model)?;
        let (place, path, mut head) = self.reply_and_path(message).await?;
        mark_continued(&mut head.parts);
        head.status = MessageStatus::Streaming;
        head.error = None;
        head.model = Some(model.clone());
        head.finished_at = None;
        let opening = Opening {
            path,
            question: None,
            head,
            is_reopened: true,
            replaces: None,
            clear_draft: false,
        };
        self.begin(place, opening, model).await
    }

    /// The model to ask, if it can be one and somebody is signed in.
    fn ready_to_ask(&self, model: &str) -> Result<String, IpcError> {
        let model = checked_model(model)?;
        match self.credentials() {
            Some(_) => Ok(model),
            None => Err(sentences::not_signed_in()),
        }
    }

    /// A reply and the path before it, with the place in its conversation.
    async fn reply_and_path(
        &self,
        message: String,
    ) -> Result<(Reservation, Vec<Message>, Message), IpcError> {
        let (place, mut path) = self.path_ending_with(message).await?;
        let reply = path
            .pop_if(|message| message.role == Role::Assistant)
            .ok_or_else(sentences::no_such_reply)?;
        Ok((place, path, reply))
    }

    /// Takes the place in the message's conversation, and reads the path that ends with it.
    async fn path_ending_with(
        &self,
        message: String,
    ) -> Result<(Reservation, Vec<Message>), IpcError> {
        let library = self.library_of(&message);
        let wanted = message.clone();
        let (conversation, _) = library.run(move |library| library.message(&wanted)).await?;
        let place = self.reserve(&conversation)?;
        self.save_unsaved().await?;
        let path = library
            .run(move |library| library.path_to(&message))
            .await?;
        Ok((place, path))
    }

    /// Saves what the turn brings and starts its task.
    async fn begin(
        self: &Arc<Self>,
        place: Reservation,
        opening: Opening,
        model: String,
    ) -> Result<TurnStarted, IpcError> {
        let conversation = place.conversation().to_owned();
        let keep = opening.path.len() - usize::from(opening.question.is_some());
        let added = usize::from(opening.question.is_some()) + 1;
        let by_default = self.settings().tools;
        let library = self.library_of(&conversation);
        let id = conversation.clone();
        let (opening, visible, offers_tools) = library
            .run(move |library| {
                opening.save(library, &id)?;
                let offers_tools = library.conversation(&id)?.tools.unwrap_or(by_default);
                Ok((opening, library.last_messages(&id, added)?, offers_tools))
            })
            .await?;
        let turn = new_id();
        let control = Arc::new(Control::default());
        let started = TurnEventKind::Started {
            keep: u32::try_from(keep).unwrap_or(u32::MAX),
            messages: visible.iter().map(message_view).collect(),
        };
        let live = Live {
            turn: turn.clone(),
            message: opening.head.id.clone(),
            reply: Reply::new(opening.head.parts.clone()),
            retrying: None,
            control: Arc::clone(&control),
        };
        let feed = place.begin(self.host(), live, started);
        self.host.conversations_changed();
        let task = Turn {
            app: Arc::clone(self),
            library,
            feed,
            control,
            conversation: conversation.clone(),
            model,
            path: opening.path,
            head: opening.head,
            offers_tools,
            rounds_done: 0,
            journal: Journal::default(),
        };
        self.tasks.spawn(task.run());
        Ok(TurnStarted { conversation, turn })
    }
}

/// What a turn begins with.
struct Opening {
    /// The visible path up to the reply, the question included.
    path: Vec<Message>,
    /// The end of the path, if it is new.
    question: Option<Message>,
    /// The reply.
    head: Message,
    /// The reply is there already and is added to.
    is_reopened: bool,
    /// A version that came to nothing; it goes once the new one is there, unless something follows it.
    replaces: Option<String>,
    /// The draft is what is being sent.
    clear_draft: bool,
}

impl Opening {
    fn save(&self, library: &Library, conversation: &str) -> Result<(), LibraryError> {
        if self.is_reopened {
            return library.reopen_message(conversation, &self.head, now());
        }
        let mut added: Vec<Message> = self.question.iter().cloned().collect();
        added.push(self.head.clone());
        library.add_messages(conversation, &added, self.clear_draft, now())?;
        match &self.replaces {
            Some(old) => library.delete_last_message(old),
            None => Ok(()),
        }
    }
}

/// Marks where the user asked for more: in the text, if that is what the reply ends with, so that it
/// goes on in one piece.
fn mark_continued(parts: &mut Vec<Part>) {
    let end = parts
        .iter_mut()
        .rfind(|part| !matches!(part, Part::Notice { .. }));
    match end {
        Some(Part::Text {
            text, continued_at, ..
        }) => continued_at.push(text.len()),
        // The model has the results and goes on from them by itself.
        Some(Part::Tool { .. }) => {}
        Some(_) => parts.push(Part::Continued),
        // Nothing arrived: it is asked as if for the first time.
        None => {}
    }
}

fn blank_reply(library: &Library, parent: Option<String>, model: &str) -> Message {
    Message {
        id: library.new_id(),
        parent,
        role: Role::Assistant,
        status: MessageStatus::Streaming,
        parts: Vec::new(),
        error: None,
        model: Some(model.to_owned()),
        created_at: now(),
        finished_at: None,
    }
}

fn check_text(text: &str) -> Result<(), IpcError> {
    if text.trim().is_empty() {
        Err(sentences::empty_message())
    } else if text.len() > MESSAGE_BYTES {
        Err(sentences::message_too_long(text.len(), MESSAGE_BYTES))
    } else {
        Ok(())
    }
}
