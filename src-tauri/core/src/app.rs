//! The app: what a person can do with it, whatever window they do it in.

mod asking;
mod deleting;
mod exchange;
mod listing;
mod search;
mod temporary;
mod titling;
mod unsaved;
mod upkeep;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use serechat::{AccessToken, BaseUrl, Client};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::account::Session;
use crate::error::IpcError;
use crate::feed::{Control, Feeds};
use crate::host::Host;
use crate::library::{Draft, Library, NewChat, Page, PathMessage};
use crate::message::part_view;
use crate::plain::plain;
use crate::secrets::TokenStore;
use crate::sentences;
use crate::settings::{Settings, SettingsPatch};
use crate::tools::Tools;
use crate::view::{
    MessageStatus, MessageView, MissedEvents, ModelList, PageAt, PageView, Snapshot, ToolAnswer,
};

use unsaved::Unsaved;

/// A title has at most so many characters.
const TITLE_CHARACTERS: usize = 80;
/// A model id has at most so many bytes.
const MODEL_BYTES: usize = 256;

/// What the app is built from.
pub struct Parts {
    /// Whatever shows it.
    pub host: Arc<dyn Host>,
    /// The conversations.
    pub library: Library,
    /// Where the token is kept.
    pub tokens: TokenStore,
    /// The user's settings.
    pub settings: Settings,
    /// `SEREIN_BASE_URL`, if it is set.
    pub base_url: Option<String>,
    /// The folder of everything.
    pub data_dir: PathBuf,
    /// The tools a model may call.
    pub tools: Tools,
}

/// The app.
pub struct Serein {
    host: Arc<dyn Host>,
    library: Library,
    /// The library of temporary chats, once there is one.
    temporary: OnceLock<Library>,
    pub(crate) tokens: TokenStore,
    settings: RwLock<Settings>,
    pub(crate) base_url_override: Option<String>,
    data_dir: PathBuf,
    pub(crate) session: Mutex<Session>,
    pub(crate) models: Mutex<Option<ModelList>>,
    feeds: Feeds,
    tools: Tools,
    job: exchange::Latest,
    pub(crate) tasks: TaskTracker,
    quitting: CancellationToken,
    unsaved: Unsaved,
    /// Why the last backup that was due could not be made.
    backup_trouble: Mutex<Option<IpcError>>,
    is_looked_after: AtomicBool,
}

impl Serein {
    /// Puts the app together. [`Serein::start`] brings it to life.
    pub fn new(parts: Parts) -> Arc<Self> {
        let session = Session::new(
            parts
                .base_url
                .as_deref()
                .unwrap_or(&parts.settings.base_url),
        );
        Arc::new(Self {
            host: parts.host,
            library: parts.library,
            temporary: OnceLock::new(),
            tokens: parts.tokens,
            settings: RwLock::new(parts.settings),
            base_url_override: parts.base_url,
            data_dir: parts.data_dir,
            session: Mutex::new(session),
            models: Mutex::default(),
            feeds: Feeds::default(),
            tools: parts.tools,
            job: exchange::Latest::default(),
            tasks: TaskTracker::new(),
            quitting: CancellationToken::new(),
            unsaved: Unsaved::default(),
            backup_trouble: Mutex::default(),
            is_looked_after: AtomicBool::new(false),
        })
    }

    /// Ends every turn and sign-in, and waits until all is saved.
    pub async fn quit(&self) {
        self.quitting.cancel();
        self.stop_all();
        self.tasks.close();
        self.tasks.wait().await;
        if let Err(error) = self.save_unsaved().await {
            log::error!("a reply could not be saved before the app quit: {error}");
        }
        if let Err(error) = self.library.run(Library::checkpoint).await {
            log::warn!("no checkpoint: {error}");
        }
    }

    pub(crate) fn is_quitting(&self) -> bool {
        self.quitting.is_cancelled()
    }

    pub(crate) fn quitting(&self) -> &CancellationToken {
        &self.quitting
    }

    pub(crate) fn host(&self) -> &dyn Host {
        &*self.host
    }

    pub(crate) fn shared_host(&self) -> Arc<dyn Host> {
        Arc::clone(&self.host)
    }

    /// The conversations that are kept.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The folder of everything.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.data_dir
    }

    /// The settings as they are.
    pub fn settings(&self) -> Settings {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes some settings, keeps them, and tells the windows.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidInput`] when a value cannot be used; nothing is changed then.
    pub async fn update_settings(
        self: &Arc<Self>,
        patch: SettingsPatch,
    ) -> Result<Settings, IpcError> {
        let old = self.settings();
        let new = patch.applied_to(&old)?;
        self.host.save_settings(&new).map_err(|reason| {
            log::error!("settings: {reason}");
            sentences::settings_not_saved()
        })?;
        *self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = new.clone();
        self.host.settings_changed(&new);
        if new.base_url != old.base_url && self.base_url_override.is_none() {
            self.change_base_url(&new.base_url).await;
        }
        Ok(new)
    }

    pub(crate) fn credentials(&self) -> Option<(Client, AccessToken)> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.credentials()
    }

    /// The service's address in use, or why it cannot be used.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidInput`].
    pub fn base_url(&self) -> Result<BaseUrl, IpcError> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.base_url()
    }

    // Conversations

    /// A conversation as a window shows it, with the last page of its visible path.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn open_conversation(&self, id: String) -> Result<Snapshot, IpcError> {
        self.snapshot(id, PageAt::End).await
    }

    async fn snapshot(&self, id: String, at: PageAt) -> Result<Snapshot, IpcError> {
        // The event number is taken before the rows are read: whatever changes in between comes as an
        // event with a greater number, and applies to the newer rows as well.
        let (seq, live) = self.feeds.of(&id).snapshot();
        let wanted = id.clone();
        let (conversation, mut page) = self
            .library_of(&id)
            .run(move |library| Ok((library.conversation(&wanted)?, library.page(&wanted, &at)?)))
            .await?;
        self.unsaved.complete(&mut page);
        let mut page = page_view(&page);
        let turn = live.map(|live| {
            // Of the reply that is running, the row holds only the beginning.
            let reply = page
                .messages
                .iter_mut()
                .rfind(|view| view.id == live.turn.message);
            if let Some(view) = reply {
                view.parts = live.parts;
                view.status = MessageStatus::Streaming;
                view.error = None;
            }
            live.turn
        });
        Ok(Snapshot {
            id,
            title: conversation.title,
            model: conversation.model,
            tools: conversation.tools,
            page,
            turn,
            seq,
            draft: conversation.draft,
        })
    }

    /// A page of the visible path, as it is saved: of a running reply, whoever shows it has more.
    ///
    /// # Errors
    /// When the message is not on the visible path (any more), or the database fails.
    pub async fn conversation_page(
        &self,
        conversation: String,
        at: PageAt,
    ) -> Result<PageView, IpcError> {
        let mut page = self
            .library_of(&conversation)
            .run(move |library| library.page(&conversation, &at))
            .await?;
        self.unsaved.complete(&mut page);
        Ok(page_view(&page))
    }

    /// The events of a conversation after `seq`.
    pub fn turn_events_since(&self, conversation: &str, seq: u64) -> MissedEvents {
        self.feeds.of(conversation).since(seq)
    }

    /// Chooses the model of a conversation.
    ///
    /// # Errors
    /// When the id cannot be used, or the database fails.
    pub async fn set_conversation_model(&self, id: String, model: &str) -> Result<(), IpcError> {
        let model = checked_model(model)?;
        self.library_of(&id)
            .run(move |library| library.set_conversation_model(&id, &model))
            .await?;
        Ok(())
    }

    /// Chooses whether tools are offered in a conversation; `None` leaves it to the setting.
    ///
    /// # Errors
    /// When there is no such conversation, or the database fails.
    pub async fn set_conversation_tools(
        &self,
        id: String,
        tools: Option<bool>,
    ) -> Result<(), IpcError> {
        self.library_of(&id)
            .run(move |library| library.set_conversation_tools(&id, tools))
            .await?;
        Ok(())
    }

    /// The tools there are.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// From now on, calls of this tool run without asking.
    pub(crate) async fn allow_tool(self: &Arc<Self>, name: &str) {
        let mut allowed_tools = self.settings().allowed_tools;
        allowed_tools.push(name.to_owned());
        let patch = SettingsPatch {
            allowed_tools: Some(allowed_tools),
            ..SettingsPatch::default()
        };
        if let Err(error) = self.update_settings(patch).await {
            // This call runs all the same; the next one asks again.
            log::warn!("a tool could not be allowed for good: {error}");
        }
    }

    /// The user's answer to the tool call at part `part` of the running reply.
    pub fn answer_tool(&self, conversation: &str, part: u32, answer: ToolAnswer) {
        if let Ok(index) = usize::try_from(part) {
            self.if_running(conversation, |control| control.answer(index, answer));
        }
    }

    /// The draft of the chat that has not begun yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft(&self, place: NewChat) -> Result<String, IpcError> {
        Ok(self
            .library
            .run(move |library| library.new_chat_draft(place))
            .await?)
    }

    /// Keeps unsent text.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_draft(&self, draft: Draft, text: String) -> Result<(), IpcError> {
        let library = match &draft {
            Draft::Of(id) => self.library_of(id),
            Draft::New(_) => self.library.clone(),
        };
        let saved = {
            let (draft, text) = (draft.clone(), text.clone());
            library.run(move |library| library.save_draft(&draft, &text))
        }
        .await;
        self.unsaved.note_draft(draft, text, saved.is_ok());
        Ok(saved?)
    }

    /// A message's words, whole: the user's own, or the reply's Markdown.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn message_text(&self, id: String) -> Result<String, IpcError> {
        if let Some(message) = self.unsaved.find(&id) {
            return Ok(message.text());
        }
        let (conversation, message) = self
            .library_of(&id)
            .run(move |library| library.message(&id))
            .await?;
        // Of a reply that is running, the row holds only the beginning.
        let live = self.feeds.of(&conversation).look(|live| {
            (live.message == message.id).then(|| crate::message::text_of(&live.reply.parts()))
        });
        Ok(live.flatten().unwrap_or_else(|| message.text()))
    }

    /// Makes another version of a message visible: the page begins with it, for what is before it
    /// stays as it is.
    ///
    /// # Errors
    /// When there is no such version, a reply is running, or the database fails.
    pub async fn select_version(&self, message: String, offset: i64) -> Result<Snapshot, IpcError> {
        let library = self.library_of(&message);
        let wanted = message.clone();
        let (conversation, _) = library.run(move |library| library.message(&wanted)).await?;
        let _place = self.reserve(&conversation)?;
        let (conversation, message) = library
            .run(move |library| library.select_version(&message, offset))
            .await?;
        self.snapshot(conversation, PageAt::From { message }).await
    }

    /// Stops the reply that is running in a conversation.
    pub fn stop(&self, conversation: &str) {
        self.if_running(conversation, |control| control.stop.cancel());
    }

    pub(crate) fn stop_all(&self) {
        self.stop_those(|_| true);
    }

    /// Stops the replies that are running in conversations that `fit`.
    fn stop_those(&self, fit: impl Fn(&str) -> bool) {
        for conversation in self.feeds.running() {
            if fit(&conversation) {
                self.stop(&conversation);
            }
        }
    }

    /// Sends a waiting request again at once.
    pub fn retry_now(&self, conversation: &str) {
        self.if_running(conversation, |control| control.now.notify_waiters());
    }

    /// Gives up on a waiting request.
    pub fn retry_cancel(&self, conversation: &str) {
        self.if_running(conversation, |control| control.give_up.notify_waiters());
    }

    fn if_running(&self, conversation: &str, act: impl FnOnce(&Control)) {
        if let Some(control) = self.feeds.of(conversation).control() {
            act(&control);
        }
    }
}

fn page_view(page: &Page) -> PageView {
    PageView {
        first: page.first,
        total: page.total,
        messages: page.messages.iter().map(message_view).collect(),
    }
}

fn message_view(entry: &PathMessage) -> MessageView {
    let PathMessage {
        message,
        version,
        versions,
    } = entry;
    MessageView {
        id: message.id.clone(),
        role: message.role,
        status: message.status,
        parts: message
            .parts
            .iter()
            .map(|part| part_view(message.role, part))
            .collect(),
        error: message.error.clone(),
        model: message.model.clone(),
        created_at: message.created_at,
        version: *version,
        versions: *versions,
    }
}

fn checked_model(model: &str) -> Result<String, IpcError> {
    let model = model.trim();
    if model.is_empty() {
        Err(sentences::no_model())
    } else if model.len() > MODEL_BYTES {
        Err(sentences::model_too_long())
    } else {
        Ok(model.to_owned())
    }
}

/// The first line with words in it, cut at a word; `None` if there is none.
pub(crate) fn title_of(text: &str) -> Option<String> {
    let words = text
        .lines()
        .map(|line| {
            let words = plain(line.trim()).skip_while(|character| character.is_whitespace());
            words.take(TITLE_CHARACTERS + 1).collect::<String>()
        })
        .find(|words| !words.is_empty())?;
    if words.chars().count() <= TITLE_CHARACTERS {
        return Some(words);
    }
    let cut = words
        .char_indices()
        .nth(TITLE_CHARACTERS)
        .map_or(words.len(), |(at, _)| at);
    let whole_words = words[..cut]
        .rfind(char::is_whitespace)
        .filter(|at| *at > cut / 2);
    Some(format!(
        "{}…",
        words[..whole_words.unwrap_or(cut)].trim_end()
    ))
}

#[cfg(test)]
mod tests;
