//! The server: its routes, and the handle by which a test observes and steers it.

use std::{future::Future, io, net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};

use crate::{
    auth,
    gate::Gate,
    inference, models,
    options::Options,
    pages,
    record::RecordedRequest,
    state::{Shared, locked},
};

/// The largest body of an inference request. It takes a pasted book, and not more.
const MAX_INFERENCE_BODY: usize = 32 * 1024 * 1024;
/// The largest body of any other request.
const MAX_BODY: usize = 64 * 1024;
/// How long a stop waits for connections that do not end.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// A running SereChat on 127.0.0.1. It ends when dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts listening. The server runs on the calling Tokio runtime.
    ///
    /// # Errors
    ///
    /// When no port of 127.0.0.1 can be bound.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await {
            Err(_) if options.port != 0 => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
            listener => listener?,
        };
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options));
        let listener = listener.tap_io(|stream| {
            // Without it a delta can wait for the acknowledgement of the one before. Failing
            // costs only that.
            let _ = stream.set_nodelay(true);
        });
        let stopped = shared.stop.clone().cancelled_owned();
        let serve =
            axum::serve(listener, router(Arc::clone(&shared))).with_graceful_shutdown(stopped);
        let server = tokio::spawn(async move {
            // Infallible by axum's own word; the result is there for form's sake.
            let _ = serve.await;
        });
        Ok(Self {
            shared,
            address,
            server: Some(server),
        })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening, cuts the open streams and waits until all is closed; for a client that
    /// has sent half a request and keeps the rest, not longer than two seconds.
    pub async fn stop(mut self) {
        self.shared.stop.cancel();
        if let Some(mut server) = self.server.take() {
            // A panic in the server would have been printed already.
            if tokio::time::timeout(STOP_WITHIN, &mut server)
                .await
                .is_err()
            {
                server.abort();
            }
        }
    }

    /// The requests so far, oldest first (bounded: 5,000 requests, 64 MiB of bodies).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        locked(&self.shared.log).all()
    }

    /// The requests so far to one path, oldest first.
    pub fn requests_to(&self, path: &str) -> Vec<RecordedRequest> {
        let mut requests = self.requests();
        requests.retain(|request| request.path == path);
        requests
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        locked(&self.shared.log).clear();
    }

    /// The id of the authorization request that was opened last.
    pub fn last_request_id(&self) -> Option<String> {
        locked(&self.shared.authorizations).last()
    }

    /// The code of an authorization request, which the page shows only after the approval. So a
    /// test can type the right code too early, and be answered with 409 until it approves.
    pub fn code_of(&self, request_id: &str) -> Option<String> {
        locked(&self.shared.authorizations).code(request_id)
    }

    /// Approves an authorization request, as the button on the page does. Returns its code, or
    /// `None` when the request cannot be approved (any more).
    pub fn approve(&self, request_id: &str) -> Option<String> {
        locked(&self.shared.authorizations)
            .decide(request_id, true, Instant::now())
            .filter(|request| request.stage == auth::Stage::Approved)
            .map(|request| request.code.clone())
    }

    /// Denies an authorization request, as the button on the page does.
    pub fn deny(&self, request_id: &str) {
        locked(&self.shared.authorizations).decide(request_id, false, Instant::now());
    }

    /// Ends an authorization request as if its 10 minutes were over.
    pub fn expire(&self, request_id: &str) {
        locked(&self.shared.authorizations).expire(request_id);
    }

    /// A valid access token of an app named `Serein`, without the way through the browser.
    pub fn issue_token(&self) -> String {
        locked(&self.shared.account).issue("Serein", Instant::now())
    }

    /// Revokes every token, as the button on the profile page does.
    pub fn revoke_all_tokens(&self) {
        locked(&self.shared.account).revoke_app(None);
    }

    /// Sets the user's balance, in cents.
    pub fn set_balance(&self, cents: i64) {
        locked(&self.shared.account).balance = cents;
    }

    /// Answers the next `times` requests to `path` with this status and nothing useful. A 429
    /// comes with the `Retry-After` of the options. An unknown status number is taken for 500.
    pub fn fail_next(&self, path: &str, status: u16, times: u32) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        locked(&self.shared.outages).order(path, status, times);
    }

    /// Makes the models endpoint answer with this body (still as `application/json`), or, with
    /// `None`, with its list again.
    pub fn set_models_body(&self, body: Option<String>) {
        *locked(&self.shared.models_body) = body;
    }

    /// Waits for the next stream of the scenario `held`, and takes it in hand.
    pub async fn gate(&self) -> Gate {
        self.shared.gates.take().await
    }

    /// How many reply streams are open now.
    pub fn open_streams(&self) -> usize {
        *self.shared.streams.watch().borrow()
    }

    /// Waits until no reply stream is open: all have ended, or their clients have gone.
    pub fn no_open_streams(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut open = self.shared.streams.watch();
        async move {
            // The sender lives as long as the simulator; when it is gone, so are the streams.
            let _ = open.wait_for(|open| *open == 0).await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Simulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/api/auth/app/request", post(auth::request))
        .route("/api/auth/app/exchange", post(auth::exchange))
        .route("/api/inference/models", get(models::list))
        .route("/api/inference/llm", post(inference::llm))
        .route("/authorize-app", get(pages::authorize).post(pages::decide))
        .route("/plan", get(pages::plan))
        .route("/plan/top-up", post(pages::top_up))
        .route("/profile", get(pages::profile))
        .route("/profile/revoke", post(pages::revoke))
        .fallback(async || error(StatusCode::NOT_FOUND, "Not found"))
        .method_not_allowed_fallback(async || {
            error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        })
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), record))
        .with_state(shared)
}

/// Reads the whole body within its bound, logs the request, and answers in place of the endpoint
/// when a test has ordered so.
async fn record(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let limit = match parts.uri.path() {
        "/api/inference/llm" => MAX_INFERENCE_BODY,
        _ => MAX_BODY,
    };
    let Ok(body) = axum::body::to_bytes(body, limit).await else {
        return error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request body too large or cut short",
        );
    };
    locked(&shared.log).push(RecordedRequest::new(&parts, body.clone()));
    let outage = locked(&shared.outages).take(parts.uri.path());
    if let Some(status) = outage {
        let text = status.canonical_reason().unwrap_or("Failed on request");
        let mut response = error(status, text);
        if status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = inference::whole_seconds(shared.options.retry_after);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        return response;
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// SereChat's shape of an error: `{"error": "text"}`.
pub(crate) fn error(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "error": text }))).into_response()
}
