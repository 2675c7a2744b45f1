//! Every code's JSON, word for word, and the rules all sentences keep.
#![allow(clippy::unwrap_used, reason = "a test's failure is its message")]

use serde_json::{Value, json};

use super::*;

fn answer(status: u16, body: &str) -> Error {
    Error::from_answer(status, [], body.as_bytes())
}

fn seen(error: &IpcError) -> Value {
    serde_json::to_value(error).unwrap()
}

#[test]
fn a_refused_token_asks_to_sign_in() {
    let error = answer(401, r#"{"error":"Token revoked"}"#);
    assert_eq!(
        seen(&for_inference(&error)),
        json!({
            "code": "unauthorized",
            "message": "SereChat no longer accepts this app’s sign-in. Your message is kept; sign in to send it again.",
            "status": 401,
        })
    );
}

#[test]
fn an_empty_balance_asks_to_top_up() {
    let error = answer(402, r#"{"error":"Insufficient balance"}"#);
    assert_eq!(
        seen(&for_inference(&error)),
        json!({
            "code": "payment_required",
            "message": "Your SereChat balance is used up. Your message is kept; top up, then try again.",
            "status": 402,
        })
    );
}

#[test]
fn an_unknown_model_asks_to_choose_another_and_quotes_the_service() {
    let error = answer(400, r#"{"error":"Unknown model: nova-9"}"#);
    assert_eq!(
        seen(&for_inference(&error)),
        json!({
            "code": "unknown_model",
            "message": "SereChat does not offer this model: “Unknown model: nova-9”. Your message is kept; choose another model.",
            "status": 400,
        })
    );
}

#[test]
fn any_other_refusal_quotes_the_service() {
    let error = answer(400, r#"{"error":"Invalid role"}"#);
    assert_eq!(
        seen(&for_inference(&error)),
        json!({
            "code": "failed",
            "message": "SereChat did not accept the request: “Invalid role”. Your message is kept; you can edit it or try again.",
            "status": 400,
        })
    );
    let error = answer(418, r#"{"error":"I am a teapot"}"#);
    assert_eq!(
        seen(&for_inference(&error)),
        json!({
            "code": "failed",
            "message": "SereChat did not accept the request: “I am a teapot”. Your message is kept; you can edit it or try again.",
            "status": 418,
        })
    );
}

#[test]
fn too_many_requests_says_how_long_the_service_asks_to_wait() {
    let error = Error::from_answer(429, [("Retry-After", "7")], b"");
    assert_eq!(
        seen(&for_inference(&error)),
        json!({
            "code": "failed",
            "message": "SereChat is getting too many requests at the moment. Your message is kept; try again in a moment.",
            "status": 429,
            "retry_after": 7,
        })
    );
}

#[test]
fn a_failing_service_is_persistent_and_its_words_are_not_shown() {
    for status in [500, 502, 503, 504] {
        let error = answer(status, r#"{"error":"ECONNREFUSED at pool.js:31"}"#);
        assert_eq!(
            seen(&for_inference(&error)),
            json!({
                "code": "persistent",
                "message": "Something went wrong at SereChat. Your message is kept; try again in a moment.",
                "status": status,
            })
        );
    }
}

#[test]
fn no_connection_is_failed_and_has_no_status() {
    assert_eq!(
        seen(&for_inference(&Error::new(ErrorKind::Connect))),
        json!({
            "code": "failed",
            "message": "SereChat cannot be reached. Your message is kept; check your internet connection, then try again.",
        })
    );
}

#[test]
fn a_stream_that_broke_off_is_interrupted_and_keeps_what_arrived() {
    assert_eq!(
        seen(&for_broken_stream(&Error::new(ErrorKind::Silence))),
        json!({
            "code": "interrupted",
            "message": "Nothing more of the reply arrived for a while, so Serein stopped waiting. What arrived is kept; continue the reply or try again.",
        })
    );
    for kind in [
        ErrorKind::Interrupted,
        ErrorKind::Bound("64 MiB a reply"),
        ErrorKind::Connect,
    ] {
        let error = for_broken_stream(&Error::new(kind));
        assert_eq!(error.code, Code::Interrupted);
        assert!(error.message.contains("What arrived is kept"));
    }
    assert_eq!(interrupted().code, Code::Interrupted);
    assert_eq!(interrupted_by_quit(true).code, Code::Interrupted);
}

#[test]
fn a_stream_that_broke_off_before_the_reply_has_nothing_to_continue() {
    let error = for_stream_without_reply(&Error::new(ErrorKind::Interrupted));
    assert_eq!(
        seen(&error),
        json!({
            "code": "failed",
            "message": "The connection broke off before the reply began. Your message is kept; try again.",
        })
    );
}

#[test]
fn a_bound_that_was_passed_is_named() {
    let error = Error::new(ErrorKind::Bound("64 MiB a reply"));
    assert!(for_broken_stream(&error).message.contains("64 MiB a reply"));
    assert!(too_many_rounds(25).message.contains("25"));
    assert!(bad_max_tokens(99).message.contains("99"));
}

#[test]
fn a_wrong_code_says_how_many_attempts_are_left() {
    assert_eq!(
        seen(&wrong_code(4, Some(400))),
        json!({
            "code": "invalid_input",
            "message": "That code is not right. You have 4 attempts left.",
            "status": 400,
            "attempts_left": 4,
        })
    );
    assert!(wrong_code(1, None).message.contains("one attempt left"));
}

#[test]
fn what_the_service_reports_amid_a_reply_is_a_note_with_its_words() {
    assert_eq!(
        seen(&reported_error("Tool search is slow")),
        json!({
            "code": "notice",
            "message": "SereChat reported a problem with this reply: “Tool search is slow”.",
        })
    );
    assert_eq!(fatal_error("Out of memory", true).code, Code::Failed);
}

#[test]
fn the_models_can_be_typed_when_they_cannot_be_listed() {
    assert_eq!(
        seen(&for_models(&answer(500, "<html>"))),
        json!({
            "code": "failed",
            "message": "Something went wrong at SereChat. The list of models could not be fetched; you can type a model’s id instead.",
            "status": 500,
        })
    );
    assert_eq!(for_models(&answer(401, "")).code, Code::Unauthorized);
}

#[test]
fn a_sign_in_that_is_over_says_why_and_to_start_again() {
    for (status, why) in [
        (404, "expired"),
        (410, "wrong too many times"),
        (400, "“app_name required”"),
    ] {
        let error = for_sign_in(&answer(status, r#"{"error":"app_name required"}"#));
        assert!(error.message.contains(why), "{}", error.message);
        assert!(error.message.ends_with("Start again to get a new code."));
        assert_eq!(error.status, Some(status));
    }
}

#[test]
fn the_services_words_are_shown_on_one_line_and_cut() {
    let long = format!("first\n\tsecond \u{7}third {}", "x".repeat(2_000));
    let shown = reported_error(&long).message;
    assert!(shown.contains("“first second third xxx"), "{shown}");
    assert!(shown.contains("…”"), "{shown}");
    assert!(shown.chars().count() < QUOTED + 100);
    assert_eq!(
        reported_error(" \n").message,
        "SereChat reported a problem with this reply."
    );
}

#[test]
fn what_passes_a_bound_never_looks_as_if_it_kept_it() {
    let text = message_too_long((4 << 20) + 1, 4 << 20).message;
    assert!(
        text.contains("it has 4.1 MB, and 4 MB is the most"),
        "{text}"
    );
}

#[test]
fn a_wait_is_rounded_up_to_whole_seconds() {
    assert_eq!(whole_seconds(Duration::ZERO), 0);
    assert_eq!(whole_seconds(Duration::from_millis(1_001)), 2);
    assert_eq!(whole_seconds(Duration::MAX), u32::MAX);
}

/// All sentences there are, each with words of the service that should not matter to the rules.
fn all() -> Vec<String> {
    let mut errors = vec![
        not_signed_in(),
        interrupted(),
        interrupted_by_quit(true),
        reported_error("x"),
        fatal_error("x", true),
        fatal_error("x", false),
        unreadable_part(),
        other_finish("x"),
        empty_reply(),
        too_many_rounds(25),
        library_damaged(),
        library_read_only(),
        no_room_for_backup(1),
        no_backup(),
        empty_message(),
        message_too_long(5_000_000, 4 << 20),
        no_model(),
        model_too_long(),
        empty_title(),
        no_such_reply(),
        reply_running(),
        link_refused(),
        no_browser("https://serechat.com/plan"),
        settings_not_saved(),
        bad_base_url(&serechat::BaseUrl::parse("no address").unwrap_err()),
        bad_base_url(&serechat::BaseUrl::parse("http://example.com").unwrap_err()),
        bad_max_tokens(10),
        wrong_code(3, None),
        no_attempts_left(None),
        not_a_code(),
        sign_in_time_up(),
    ];
    let mut causes: Vec<Error> = [
        ErrorKind::Connect,
        ErrorKind::ConnectTimeout,
        ErrorKind::HeadersTimeout,
        ErrorKind::Interrupted,
        ErrorKind::Silence,
        ErrorKind::Bound("1 MiB a line"),
        ErrorKind::UnreadableAnswer,
        ErrorKind::Redirected,
        ErrorKind::Setup,
    ]
    .map(Error::new)
    .into();
    for status in [400, 401, 402, 403, 404, 409, 410, 418, 429, 500, 503, 599] {
        causes.push(answer(status, ""));
    }
    for cause in &causes {
        errors.extend([
            for_inference(cause),
            for_broken_stream(cause),
            for_stream_without_reply(cause),
            for_models(cause),
            for_sign_in(cause),
            for_sign_in_request(cause),
            for_sign_in_waiting(cause),
        ]);
    }
    let mut texts: Vec<String> = errors.into_iter().map(|error| error.message).collect();
    texts.extend([
        signed_out_by_service(),
        signed_out_by_user(),
        keychain_locked(),
    ]);
    texts
}

#[test]
fn sentences_are_whole_plain_and_calm() {
    for text in all() {
        assert!(text.starts_with(char::is_uppercase), "{text}");
        assert!(text.ends_with('.'), "{text}");
        assert!(
            !text.contains('!') && !text.contains("..") && !text.contains("  "),
            "{text}"
        );
    }
}

#[test]
fn no_sentence_speaks_of_protocols_or_statuses() {
    for text in all() {
        for jargon in [
            "HTTP", "SSE", "JSON", "status", "stream", "token ", "timeout", "header",
        ] {
            // The limit on the length of a reply is set in tokens: the user's own word.
            assert!(!text.contains(jargon), "{jargon}: {text}");
        }
        for status in ["400", "401", "402", "404", "409", "410", "429", "500"] {
            assert!(!text.contains(status), "{status}: {text}");
        }
    }
}
