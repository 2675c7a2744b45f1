//! Inference: the request, its answer as a stream of typed events, and the call.

pub(crate) mod events;
pub(crate) mod request;
pub(crate) mod stream;
mod tool_calls;
mod whole;

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Method;

use crate::auth::AccessToken;
use crate::client::{Call, Client, body_error, within};
use crate::error::{Error, ErrorKind};
use request::InferenceRequest;
use stream::EventStream;

impl Client {
    /// Asks a model: `POST /api/inference/llm`. Nothing is retried here; an error of this call
    /// means that no event has arrived, an error inside the stream that some may have.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn inference(
        &self,
        token: &AccessToken,
        request: &InferenceRequest,
    ) -> Result<EventStream, Error> {
        let body =
            serde_json::to_vec(request).map_err(|error| Error::caused(ErrorKind::Setup, &error))?;
        let call = Call {
            method: Method::POST,
            url: self.base().join("api/inference/llm"),
            token: Some(token),
            body: Some(Bytes::from(body)),
            accept: "text/event-stream, application/json",
        };
        let timeouts = self.timeouts();
        let response = within(
            timeouts.headers,
            ErrorKind::HeadersTimeout,
            self.success(call),
        )
        .await
        .map_err(|error| error.for_model(&request.model))?;
        let status = response.status().as_u16();
        let body = response
            .bytes_stream()
            .map(|chunk| chunk.map_err(body_error));
        Ok(EventStream::new(body, status, timeouts.silence))
    }
}
