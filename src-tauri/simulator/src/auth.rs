//! Authorization by a code that the user carries from the browser into the app
//! (`protocol.md`, *Authorization*).
//!
//! What the sources leave open is decided so:
//! - Before the user has decided, a code is neither right nor wrong: `/exchange` answers 409 to
//!   any code and no attempt is spent.
//! - A request that the user denied, one that was used, and one past its lifetime answer 404.
//! - The fifth wrong code is itself answered with 410 (see `Options::late_invalidation`), and
//!   so is everything after it, even past the lifetime.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    options::Options,
    server::error,
    state::{Shared, locked},
};

/// The longest `app_name`, in characters (`protocol.md`, *Authorization*).
const MAX_APP_NAME: usize = 80;
/// The requests that are kept; past it the oldest is forgotten.
const MAX_REQUESTS: usize = 1_000;

/// How far an authorization request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The user has not decided yet.
    Pending,
    /// The user has approved and was shown the code.
    Approved,
    /// The user has said no.
    Denied,
    /// Too many wrong codes.
    Invalidated,
}

/// One authorization request.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) app_name: String,
    pub(crate) stage: Stage,
    /// Six digits. Fixed from the start, shown only after the approval.
    pub(crate) code: String,
    created: Instant,
    attempts_left: u8,
}

/// What comes of an exchange.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    Granted { app_name: String },
    WrongCode { attempts_left: u8 },
    NotYetAuthorized,
    NotFound,
    Invalidated,
}

/// All authorization requests.
pub(crate) struct Authorizations {
    lifetime: Duration,
    attempts: u8,
    late_invalidation: bool,
    last: Option<String>,
    requests: HashMap<String, Authorization>,
}

impl Authorizations {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            lifetime: options.code_lifetime,
            attempts: options.default_attempts,
            late_invalidation: options.late_invalidation,
            last: None,
            requests: HashMap::new(),
        }
    }

    pub(crate) fn open(&mut self, app_name: &str, now: Instant) -> String {
        if self.requests.len() >= MAX_REQUESTS {
            let oldest = self
                .requests
                .iter()
                .min_by_key(|(_, request)| request.created)
                .map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                self.requests.remove(&oldest);
            }
        }
        let id = Uuid::new_v4().to_string();
        self.requests.insert(
            id.clone(),
            Authorization {
                app_name: app_name.to_owned(),
                stage: Stage::Pending,
                code: six_digits(),
                created: now,
                attempts_left: self.attempts,
            },
        );
        self.last = Some(id.clone());
        id
    }

    /// The request, unless it is unknown or past its lifetime.
    pub(crate) fn find(&self, id: &str, now: Instant) -> Option<&Authorization> {
        self.requests
            .get(id)
            .filter(|request| now.duration_since(request.created) < self.lifetime)
    }

    /// The user's decision. Returns the request as it is then; a decision that was made stays.
    pub(crate) fn decide(&mut self, id: &str, yes: bool, now: Instant) -> Option<&Authorization> {
        self.find(id, now)?;
        let request = self.requests.get_mut(id)?;
        if request.stage == Stage::Pending {
            request.stage = if yes { Stage::Approved } else { Stage::Denied };
        }
        Some(request)
    }

    pub(crate) fn exchange(&mut self, id: &str, code: &str, now: Instant) -> Exchange {
        let in_time = self.find(id, now).is_some();
        let Some(request) = self.requests.get_mut(id) else {
            return Exchange::NotFound;
        };
        match request.stage {
            Stage::Invalidated => return Exchange::Invalidated,
            _ if !in_time => return Exchange::NotFound,
            Stage::Pending => return Exchange::NotYetAuthorized,
            Stage::Denied => return Exchange::NotFound,
            Stage::Approved => {}
        }
        if request.code == code {
            let app_name = request.app_name.clone();
            self.requests.remove(id);
            return Exchange::Granted { app_name };
        }
        request.attempts_left = request.attempts_left.saturating_sub(1);
        if request.attempts_left == 0 {
            request.stage = Stage::Invalidated;
            if !self.late_invalidation {
                return Exchange::Invalidated;
            }
        }
        Exchange::WrongCode {
            attempts_left: request.attempts_left,
        }
    }

    pub(crate) fn expire(&mut self, id: &str) {
        self.requests.remove(id);
    }

    pub(crate) fn code(&self, id: &str) -> Option<String> {
        self.requests.get(id).map(|request| request.code.clone())
    }

    pub(crate) fn last(&self) -> Option<String> {
        self.last.clone()
    }
}

/// A code nobody can foresee, from the random bits of a UUID.
fn six_digits() -> String {
    format!("{:06}", Uuid::new_v4().as_u128() % 1_000_000)
}

/// `POST /api/auth/app/request`
pub(crate) async fn request(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let app_name = body["app_name"].as_str().unwrap_or_default().trim();
    if app_name.is_empty() {
        return error(StatusCode::BAD_REQUEST, "app_name required");
    }
    if app_name.chars().count() > MAX_APP_NAME {
        return error(
            StatusCode::BAD_REQUEST,
            "app_name must be at most 80 characters",
        );
    }
    let id = locked(&shared.authorizations).open(app_name, Instant::now());
    Json(json!({ "request_id": id })).into_response()
}

/// `POST /api/auth/app/exchange`
pub(crate) async fn exchange(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (id, code) = (
        body["request_id"].as_str().unwrap_or_default(),
        body["code"].as_str().unwrap_or_default(),
    );
    if id.is_empty() || code.is_empty() {
        return error(StatusCode::BAD_REQUEST, "request_id and code required");
    }
    let now = Instant::now();
    let outcome = locked(&shared.authorizations).exchange(id, code, now);
    match outcome {
        Exchange::Granted { app_name } => {
            let token = locked(&shared.account).issue(&app_name, now);
            Json(json!({
                "access_token": token,
                "token_type": "bearer",
                "expires_in": shared.options.token_lifetime.as_secs(),
            }))
            .into_response()
        }
        Exchange::WrongCode { attempts_left } => {
            let mut response = error(StatusCode::BAD_REQUEST, "Invalid code");
            let name = shared
                .options
                .attempts_header
                .as_deref()
                .and_then(|name| name.parse::<HeaderName>().ok());
            if let Some(name) = name {
                response
                    .headers_mut()
                    .insert(name, HeaderValue::from(u16::from(attempts_left)));
            }
            response
        }
        Exchange::NotYetAuthorized => error(StatusCode::CONFLICT, "Not yet authorized"),
        Exchange::NotFound => error(StatusCode::NOT_FOUND, "Request not found or expired"),
        Exchange::Invalidated => error(StatusCode::GONE, "Request invalidated"),
    }
}
