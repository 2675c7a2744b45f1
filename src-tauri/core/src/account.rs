//! The account: the service in use, its token, and the sign-in under way.

use std::fmt::Write as _;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use serechat::{AccessToken, BaseUrl, Client, Grant, Timeouts};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::Serein;
use crate::error::IpcError;
use crate::host::Host;
use crate::now;
use crate::secrets::Loaded;
use crate::sentences;
use crate::settings::Appearance;
use crate::sign_in::{self, Browser, Command};
use crate::view::{AccountView, ModelList, ModelView, SignInView, SignedIn, TokenStorage};

/// What the user does while signing in waits here; more than this is pressing twice.
const COMMANDS: usize = 8;

/// Pause before the models are asked for again after they could not be had; each is twice the last.
const MODELS_PAUSE: Duration = Duration::from_secs(5);
/// The longest such pause.
const MODELS_PAUSE_MOST: Duration = Duration::from_secs(5 * 60);

/// The service in use, its token, and the sign-in under way.
pub(crate) struct Session {
    service: Result<Client, IpcError>,
    token: Option<(AccessToken, SignedIn)>,
    sign_in: SignInView,
    signed_out_reason: Option<String>,
    commands: Option<mpsc::Sender<Command>>,
    /// Ends the task that attends to this service.
    over: CancellationToken,
}

impl Session {
    /// A session with the service at `base_url`; empty means SereChat's own.
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            service: connect(base_url),
            token: None,
            sign_in: SignInView::Idle { unlocking: false },
            signed_out_reason: None,
            commands: None,
            over: CancellationToken::new(),
        }
    }

    pub(crate) fn credentials(&self) -> Option<(Client, AccessToken)> {
        let client = self.service.as_ref().ok()?;
        let (token, _) = self.token.as_ref()?;
        Some((client.clone(), token.clone()))
    }

    pub(crate) fn base_url(&self) -> Result<BaseUrl, IpcError> {
        self.service
            .as_ref()
            .map(|client| client.base().clone())
            .map_err(Clone::clone)
    }

    fn view(&self) -> AccountView {
        AccountView {
            signed_in: self.token.as_ref().map(|(_, facts)| facts.clone()),
            sign_in: self.sign_in.clone(),
            signed_out_reason: self.signed_out_reason.clone(),
        }
    }
}

fn connect(base_url: &str) -> Result<Client, IpcError> {
    let base_url = match base_url.trim() {
        "" => BaseUrl::serechat(),
        given => BaseUrl::parse(given).map_err(|error| sentences::base_url_unusable(&error))?,
    };
    Client::new(base_url, Timeouts::default()).map_err(|error| sentences::for_sign_in(&error))
}

/// The host as the sign-in's browser.
struct HostBrowser(Arc<dyn Host>);

impl Browser for HostBrowser {
    fn open(&self, url: &str) -> bool {
        self.0.open_in_browser(url)
    }
}

impl Serein {
    /// Brings the app to life: reads the token and attends to sign-ins.
    pub fn start(self: &Arc<Self>) {
        self.look_after_library();
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            tokio::select! {
                () = app.quitting().cancelled() => {}
                () = app.keep_index() => {}
            }
        });
        let (sender, commands) = mpsc::channel(COMMANDS);
        let (client, over) = {
            let mut session = self.session();
            let Ok(client) = session.service.clone() else {
                return;
            };
            session.commands = Some(sender.clone());
            session.sign_in = SignInView::Idle { unlocking: true };
            (client, session.over.clone())
        };
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            let attend = app.attend(client, sender, commands);
            tokio::select! {
                () = over.cancelled() => {}
                () = app.quitting().cancelled() => {}
                () = attend => {}
            }
        });
    }

    /// Reads the token, then runs sign-ins as the user asks for them.
    async fn attend(
        &self,
        client: Client,
        sender: mpsc::Sender<Command>,
        mut commands: mpsc::Receiver<Command>,
    ) {
        let origin = client.base().origin();
        tokio::select! {
            biased;
            // Whoever signs in does not wait for the keychain.
            Some(command) = commands.recv() => {
                self.change_account(|session| session.sign_in = SignInView::Idle { unlocking: false });
                // There is room: one command was just taken out.
                let _ = sender.try_send(command);
            }
            loaded = self.tokens.load(&origin) => self.adopt(loaded),
        }
        let browser = Arc::new(HostBrowser(self.shared_host()));
        loop {
            let granted = sign_in::run(&client, Arc::clone(&browser), &mut commands, |view| {
                // `Done` is told together with the token.
                if view != SignInView::Done {
                    self.change_account(|session| session.sign_in = view);
                }
            });
            let grant = tokio::select! {
                grant = granted => grant,
                () = self.learn_models() => None,
            };
            let Some(grant) = grant else { return };
            self.keep(&origin, grant).await;
        }
    }

    /// Asks for the models until they are known: at once, then at growing intervals. Never returns.
    async fn learn_models(&self) {
        let mut pause = MODELS_PAUSE;
        while self.credentials().is_some() && self.models(true).await.error.is_some() {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(MODELS_PAUSE_MOST);
        }
        std::future::pending().await
    }

    fn adopt(&self, loaded: Loaded) {
        self.change_account(|session| {
            session.sign_in = SignInView::Idle { unlocking: false };
            if loaded.locked && loaded.token.is_none() {
                session.signed_out_reason = Some(sentences::keychain_locked());
            }
            if loaded.token.is_some() {
                session.signed_out_reason = None;
            }
            session.token = loaded.token.map(|token| {
                let facts = SignedIn {
                    storage: loaded.storage,
                    expires_at: loaded.expires_at,
                };
                (token, facts)
            });
        });
    }

    /// The token is used at once and put away meanwhile.
    async fn keep(&self, origin: &str, grant: Grant) {
        let expires_at = grant
            .expires_in
            .and_then(|lifetime| i64::try_from(lifetime.as_millis()).ok())
            .and_then(|lifetime| now().checked_add(lifetime));
        let token = grant.token;
        let facts = |storage| SignedIn {
            storage,
            expires_at,
        };
        self.change_account(|session| {
            session.token = Some((token.clone(), facts(TokenStorage::Memory)));
            session.sign_in = SignInView::Done;
            session.signed_out_reason = None;
        });
        let storage = self.tokens.save(origin, &token, expires_at).await;
        self.change_account(|session| {
            if let Some((held, held_facts)) = &mut session.token
                && held.expose() == token.expose()
            {
                *held_facts = facts(storage);
            }
        });
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_account(&self, change: impl FnOnce(&mut Session)) {
        let mut session = self.session();
        let before = session.view();
        change(&mut session);
        let after = session.view();
        // Told while the lock is held, so that windows hear the changes in their order.
        if after != before {
            self.host().account_changed(&after);
        }
    }

    /// The account as windows show it.
    pub fn account(&self) -> AccountView {
        self.session().view()
    }

    /// Whether the environment decides the service's address.
    pub fn base_url_is_fixed(&self) -> bool {
        self.base_url_override.is_some()
    }

    fn command(&self, command: Command) -> Result<(), IpcError> {
        let session = self.session();
        session.base_url()?;
        if let Some(commands) = &session.commands
            && commands.try_send(command).is_err()
        {
            log::warn!("the sign-in is busy");
        }
        Ok(())
    }

    /// Begins a sign-in, or begins it again.
    ///
    /// # Errors
    /// When the service's address cannot be used.
    pub fn start_sign_in(&self) -> Result<(), IpcError> {
        self.command(Command::Start)
    }

    /// Gives the sign-in its code.
    ///
    /// # Errors
    /// When the service's address cannot be used.
    pub fn enter_code(&self, code: String) -> Result<(), IpcError> {
        self.command(Command::Code(code))
    }

    /// Gives up on the sign-in.
    pub fn cancel_sign_in(&self) {
        // Without a service there is nothing to give up on.
        let _ = self.command(Command::Cancel);
    }

    /// Opens the sign-in's page once more.
    pub fn open_browser_again(&self) {
        let _ = self.command(Command::OpenBrowserAgain);
    }

    /// Forgets the token on this machine. The service has no call to revoke it.
    pub async fn sign_out(&self) {
        let origin = self.base_url().map(|base_url| base_url.origin());
        self.change_account(|session| {
            session.token = None;
            session.sign_in = SignInView::Idle { unlocking: false };
            session.signed_out_reason = Some(sentences::signed_out_by_user());
        });
        self.forget_models();
        if let Ok(origin) = origin {
            self.tokens.forget(&origin).await;
        }
    }

    /// The service refused `token`: it is dropped, unless another has taken its place meanwhile.
    pub(crate) async fn token_refused(&self, token: &AccessToken) {
        let mut dropped = None;
        self.change_account(|session| {
            if session
                .token
                .as_ref()
                .is_some_and(|(held, _)| held.expose() == token.expose())
            {
                session.token = None;
                session.sign_in = SignInView::Idle { unlocking: false };
                session.signed_out_reason = Some(sentences::signed_out_by_service());
                dropped = session.base_url().ok();
            }
        });
        if let Some(base_url) = dropped {
            self.tokens.forget(&base_url.origin()).await;
        }
    }

    /// Goes over to another service: its own token, its own models. Running replies end.
    pub(crate) async fn change_base_url(self: &Arc<Self>, base_url: &str) {
        self.stop_all();
        self.change_account(|session| {
            session.over.cancel();
            let was_signed_in = session.token.is_some();
            *session = Session::new(base_url);
            if was_signed_in {
                session.signed_out_reason = Some(sentences::signed_out_by_address());
            }
        });
        self.forget_models();
        self.start();
        let account = self.account();
        self.host().account_changed(&account);
    }

    fn forget_models(&self) {
        *self.models.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The models on offer, asked for again if wished or if there are none yet.
    pub async fn models(&self, refresh: bool) -> ModelList {
        let known = self
            .models
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = &known
            && !refresh
        {
            return known.clone();
        }
        // What the service had when it was last asked serves while it cannot be.
        let note = |base: &BaseUrl| format!("models of {}", base.origin());
        let Some((client, token)) = self.credentials() else {
            // Replies that are there go by their models' names all the same.
            let models = match self.base_url() {
                Ok(base_url) => self.remembered_models(note(&base_url)).await,
                Err(_) => Vec::new(),
            };
            return ModelList {
                models,
                error: None,
            };
        };
        let note = note(client.base());
        let list = match client.models(&token).await {
            Ok(models) => {
                let models: Vec<ModelView> = models.into_iter().map(model_view).collect();
                self.remember_models(note, &models).await;
                ModelList {
                    models,
                    error: None,
                }
            }
            Err(error) => {
                if error.is_unauthorized() {
                    self.token_refused(&token).await;
                }
                let models = match known {
                    Some(known) if !known.models.is_empty() => known.models,
                    _ => self.remembered_models(note).await,
                };
                ModelList {
                    models,
                    error: Some(sentences::for_models(&error)),
                }
            }
        };
        *self.models.lock().unwrap_or_else(PoisonError::into_inner) = Some(list.clone());
        self.host().models_changed(&list);
        list
    }

    async fn remember_models(&self, note: String, models: &[ModelView]) {
        let Ok(json) = serde_json::to_string(models) else {
            return;
        };
        let kept = self
            .library()
            .run(move |library| library.set_note(&note, &json))
            .await;
        if let Err(error) = kept {
            log::warn!("the models could not be kept: {error}");
        }
    }

    async fn remembered_models(&self, note: String) -> Vec<ModelView> {
        let kept = self.library().run(move |library| library.note(&note)).await;
        kept.ok()
            .flatten()
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default()
    }

    /// Facts for support: no token, no code, no message.
    pub fn diagnostics(&self) -> String {
        let mut report = String::new();
        let base_url = match self.base_url() {
            Ok(base_url) => base_url.to_string(),
            Err(_) => "cannot be used".to_owned(),
        };
        let account = self.account();
        let token = match account.signed_in {
            Some(SignedIn { storage, .. }) => match storage {
                TokenStorage::Keychain => "signed in, kept in the keychain",
                TokenStorage::File => "signed in, kept in a file only the user can read",
                TokenStorage::Memory => "signed in, kept in memory only",
            },
            None => "signed out",
        };
        let settings = self.settings();
        let models = self
            .models
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        // Writing to a string cannot fail.
        let _ = write!(
            report,
            "Service: {base_url}{}\nAccount: {token}\nModels known: {}\nLibrary: {}\nAppearance: {}, text size {} %\nLongest reply: {}\n",
            if self.base_url_is_fixed() {
                " (from the environment)"
            } else {
                ""
            },
            models.map_or(0, |list| list.models.len()),
            if self.library().path().is_some() {
                "on disk"
            } else {
                "in memory only"
            },
            match settings.appearance {
                Appearance::System => "as the system",
                Appearance::Light => "light",
                Appearance::Dark => "dark",
            },
            settings.text_size,
            settings.max_tokens.map_or_else(
                || "as the service has it".to_owned(),
                |tokens| format!("{tokens} tokens")
            ),
        );
        report
    }
}

fn model_view(model: serechat::Model) -> ModelView {
    ModelView {
        name: model.name.unwrap_or_else(|| model.id.clone()),
        id: model.id,
        context_window: model.context_window,
        input_cost_per_million: model.input_cost_per_million,
        output_cost_per_million: model.output_cost_per_million,
    }
}
