//! The scenarios that go wrong: broken streams and failing statuses.

use std::time::SystemTime;

use axum::http::StatusCode;

use super::{
    Ask, Reply,
    pace::{paced, remainder, reply, words},
    texts,
};
use crate::{
    inference::{NO_BALANCE, whole_seconds},
    wire::{self, Step},
};

/// The first half of a text. When the conversation has it already and asks to go on, `Err` with
/// the steps of a whole and peaceful reply, so that *Continue* has a good end.
fn first_half(ask: &Ask<'_>) -> Result<Vec<Step>, Vec<Step>> {
    let rest = remainder(ask, texts::ISLAND);
    if rest.len() < texts::ISLAND.len() {
        return Err(reply(ask, texts::ISLAND));
    }
    let mut deltas = words(rest);
    deltas.truncate(deltas.len() / 2);
    Ok(paced(&deltas, ask.options.word_delta, wire::content))
}

fn broken(ask: &Ask<'_>, end: Vec<Step>) -> Reply {
    match first_half(ask) {
        Ok(mut steps) => {
            steps.extend(end);
            Reply::Stream(steps)
        }
        Err(peaceful) => Reply::Stream(peaceful),
    }
}

pub(super) fn cut(ask: &Ask<'_>) -> Reply {
    broken(ask, vec![Step::Cut])
}

pub(super) fn no_done(ask: &Ask<'_>) -> Reply {
    broken(ask, Vec::new())
}

pub(super) fn error_and_done(ask: &Ask<'_>) -> Reply {
    broken(
        ask,
        vec![wire::error("Inference failed unexpectedly"), wire::done()],
    )
}

pub(super) fn finish_no_done(ask: &Ask<'_>) -> Reply {
    let mut steps = reply(ask, texts::ISLAND);
    steps.pop();
    Reply::Stream(steps)
}

pub(super) fn error_and_go_on(ask: &Ask<'_>) -> Reply {
    let mut deltas = words(texts::ISLAND);
    let second = deltas.split_off(deltas.len() / 2);
    let mut steps = paced(&deltas, ask.options.word_delta, wire::content);
    steps.push(wire::error("A source could not be read"));
    steps.extend(paced(&second, ask.options.word_delta, wire::content));
    steps.extend([wire::finish("stop"), wire::done()]);
    Reply::Stream(steps)
}

pub(super) fn garbage(ask: &Ask<'_>) -> Reply {
    let mut deltas = words(texts::ISLAND);
    let second = deltas.split_off(deltas.len() / 2);
    let mut steps = vec![wire::text("data: this is no JSON\n\n")];
    steps.extend(paced(&deltas, ask.options.word_delta, wire::content));
    steps.extend([
        wire::text("event: content\ndata: {\"content\": \"never closed\n\n"),
        wire::text("event: content\ndata: {\"content\": 42}\n\n"),
        wire::text("event: content\ndata: []\n\n"),
        Step::Send(bytes::Bytes::from_static(
            b"event: content\ndata: {\"content\": \"\xff\xfe\"\n\n",
        )),
        wire::text("\u{1}\u{2}%%%% not a field at all\n\n"),
    ]);
    steps.extend(paced(&second, ask.options.word_delta, wire::content));
    steps.extend([wire::finish("stop"), wire::done()]);
    Reply::Stream(steps)
}

pub(super) fn html_200(_: &Ask<'_>) -> Reply {
    html(
        StatusCode::OK,
        "<!doctype html><html><head><title>Guest network</title></head><body>\
         <h1>Welcome to the guest network</h1><p>Accept the terms to go online.</p>\
         <script>alert('captive')</script></body></html>",
    )
}

pub(super) fn gateway_timeout(_: &Ask<'_>) -> Reply {
    html(
        StatusCode::GATEWAY_TIMEOUT,
        "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n\
         <center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>proxy</center>\r\n\
         </body>\r\n</html>\r\n",
    )
}

fn html(status: StatusCode, body: &str) -> Reply {
    Reply::Raw {
        status,
        content_type: "text/html; charset=utf-8",
        retry_after: None,
        body: body.to_owned(),
    }
}

fn json(status: StatusCode, body: &str) -> Reply {
    Reply::Raw {
        status,
        content_type: "application/json",
        retry_after: None,
        body: body.to_owned(),
    }
}

pub(super) fn bad_request(_: &Ask<'_>) -> Reply {
    Reply::Refuse(
        StatusCode::BAD_REQUEST,
        "Malformed request body: messages[0].content is not supported",
    )
}

pub(super) fn unauthorized(_: &Ask<'_>) -> Reply {
    Reply::RevokeToken
}

pub(super) fn payment_required(_: &Ask<'_>) -> Reply {
    Reply::Refuse(StatusCode::PAYMENT_REQUIRED, NO_BALANCE)
}

pub(super) fn rate_limited(_: &Ask<'_>) -> Reply {
    Reply::Refuse(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded")
}

pub(super) fn server_error(_: &Ask<'_>) -> Reply {
    Reply::Refuse(StatusCode::INTERNAL_SERVER_ERROR, "Unexpected server error")
}

/// The failure the first time a turn is asked for, then the answer of `plain`.
fn once(ask: &Ask<'_>, failure: impl FnOnce() -> Reply) -> Reply {
    if ask.asked_before == 0 {
        failure()
    } else {
        super::answers::plain(ask)
    }
}

pub(super) fn payment_required_once(ask: &Ask<'_>) -> Reply {
    once(ask, || payment_required(ask))
}

pub(super) fn server_error_once(ask: &Ask<'_>) -> Reply {
    once(ask, || server_error(ask))
}

fn busy_until(retry_after: String) -> Reply {
    Reply::Raw {
        status: StatusCode::TOO_MANY_REQUESTS,
        content_type: "application/json",
        retry_after: Some(retry_after),
        body: r#"{"error":"Rate limit exceeded"}"#.to_owned(),
    }
}

pub(super) fn rate_limited_once(ask: &Ask<'_>) -> Reply {
    once(ask, || {
        busy_until(whole_seconds(ask.options.retry_after).to_string())
    })
}

pub(super) fn rate_limited_date(ask: &Ask<'_>) -> Reply {
    once(ask, || {
        busy_until(httpdate::fmt_http_date(
            SystemTime::now() + ask.options.retry_after,
        ))
    })
}

pub(super) fn teapot(_: &Ask<'_>) -> Reply {
    json(
        StatusCode::IM_A_TEAPOT,
        r#"{"error":"teapot","message":"I'm a teapot, short and stout"}"#,
    )
}

pub(super) fn bad_gateway(_: &Ask<'_>) -> Reply {
    json(
        StatusCode::BAD_GATEWAY,
        r#"{"error":{"message":"The model's provider did not answer","code":"bad_gateway"}}"#,
    )
}

pub(super) fn unavailable(_: &Ask<'_>) -> Reply {
    json(
        StatusCode::SERVICE_UNAVAILABLE,
        r#"{"detail":"Down for maintenance, back in a few minutes"}"#,
    )
}
