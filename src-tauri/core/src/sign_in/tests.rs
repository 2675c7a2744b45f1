//! The sign-in against a service that answers as each test tells it, on a clock that stands still.
//!
//! Over a real connection: `tests/sign_in.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's failure is its message"
)]

mod window;

use std::time::Duration;

use serechat::{AccessToken, Error, ErrorKind, Grant, RequestId};
use tokio::time::Instant;

use super::*;
use crate::error;
use crate::view::SignInView;
use window::{Script, Window};

const SECOND: Duration = Duration::from_secs(1);

fn status(status: u16, text: &str) -> Error {
    let body = format!(r#"{{"error":"{text}"}}"#);
    Error::from_answer(status, [], body.as_bytes())
}

fn wrong_code(left: &str) -> Error {
    let headers = [("X-Attempts-Remaining", left)];
    Error::from_answer(400, headers, br#"{"error":"Invalid code"}"#)
}

fn not_yet() -> Error {
    status(409, "Not yet authorized")
}

#[tokio::test(start_paused = true)]
async fn the_way_from_the_button_to_the_token() {
    let script = Script::new([Ok("r-1")], [Ok("sc-token")]);
    let mut window = Window::open(&script);
    window.start().await;
    assert_eq!(
        window.page().await,
        "https://serechat.test/authorize-app?request_id=r-1"
    );
    window.code("123 456").await;
    window.expect("checking").await;
    window.expect("done").await;
    assert_eq!(window.token().await.as_deref(), Some("sc-token"));
    assert_eq!(
        script.calls(),
        [(Duration::ZERO, "r-1".to_owned(), "123456".to_owned())]
    );
}

#[tokio::test(start_paused = true)]
async fn the_page_and_the_end_of_the_ten_minutes_are_told_while_the_request_lives() {
    let script = Script::new([Ok("r-1")], [Err(not_yet())]);
    let mut window = Window::open(&script);
    window.send(Command::Start).await;
    window.expect("requesting").await;
    let page = "https://serechat.test/authorize-app?request_id=r-1";
    let SignInView::AwaitingCode {
        url, expires_at, ..
    } = window.view().await
    else {
        panic!("the code is awaited")
    };
    assert_eq!(url, page);
    window.code("123456").await;
    for view in [window.view().await, window.view().await] {
        match view {
            SignInView::Checking {
                url,
                expires_at: end,
                ..
            }
            | SignInView::AwaitingApproval {
                url,
                expires_at: end,
                ..
            } => {
                assert_eq!((url.as_str(), end), (page, expires_at));
            }
            other => panic!("not awaited: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_exchanged_without_a_code_of_the_users() {
    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::open(&script);
    window.start().await;
    window.expect("failed").await;
    assert!(script.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_code_is_not_sent() {
    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::open(&script);
    window.start().await;
    for text in ["12345", "abcdef", "", "1234567"] {
        window.code(text).await;
    }
    // Said once: the state does not change after it.
    let said = window.expect("awaiting code").await.unwrap();
    assert_eq!(said.code, error::Code::InvalidInput);
    assert!(said.attempts_left.is_none());
    assert!(script.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_409_keeps_polling_with_the_same_code_without_spending_an_attempt() {
    let mut answers: Vec<_> = (0..20).map(|_| Err(not_yet())).collect();
    answers.push(Err(status(400, "Invalid code")));
    let script = Script::new([Ok("r-1")], answers);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    window.expect("checking").await;
    window.expect("awaiting approval").await;
    // None of the twenty counted: this is the first wrong code.
    let said = window.expect("awaiting code").await.unwrap();
    assert_eq!(said.attempts_left, Some(4));
    let calls = script.calls();
    assert_eq!(calls.len(), 21);
    assert!(
        calls
            .iter()
            .all(|(_, id, code)| id == "r-1" && code == "123456")
    );
}

#[tokio::test(start_paused = true)]
async fn polling_begins_every_two_seconds_and_slows_down_to_five_with_jitter() {
    let answers = (0..60).map(|_| Err(not_yet())).chain([Ok("sc-token")]);
    let script = Script::new([Ok("r-1")], answers);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    assert_eq!(window.token().await.as_deref(), Some("sc-token"));
    let gaps = script.gaps();
    assert_eq!(gaps[0].as_secs(), 2);
    // The clock of the test counts whole milliseconds, rounded up.
    let most = 5 * SECOND + Duration::from_millis(2);
    assert!(
        gaps.iter().all(|gap| *gap >= 2 * SECOND && *gap <= most),
        "{gaps:?}"
    );
    assert!(gaps.iter().any(|gap| *gap > 3 * SECOND), "{gaps:?}");
    let late = &gaps[20..];
    assert!(
        late.windows(2).any(|two| two[0] != two[1]),
        "no jitter: {gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_code_tells_the_attempts_left_from_the_header() {
    let script = Script::new([Ok("r-1")], [Err(wrong_code("2")), Err(wrong_code("1"))]);
    let mut window = Window::open(&script);
    window.start().await;
    for left in [2, 1] {
        window.code("000000").await;
        window.expect("checking").await;
        let said = window.expect("awaiting code").await.unwrap();
        assert_eq!(said.attempts_left, Some(left));
        assert_eq!(said.status, Some(400));
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_header_the_attempts_are_counted_from_five_and_the_last_ends_it() {
    let answers = (0..5).map(|_| Err(status(400, "Invalid code")));
    let script = Script::new([Ok("r-1")], answers);
    let mut window = Window::open(&script);
    window.start().await;
    for left in [4, 3, 2, 1] {
        window.code("000000").await;
        window.expect("checking").await;
        let said = window.expect("awaiting code").await.unwrap();
        assert_eq!(said.attempts_left, Some(left));
    }
    window.code("000000").await;
    window.expect("checking").await;
    let said = window.expect("failed").await.unwrap();
    assert_eq!(said.attempts_left, Some(0));
}

#[tokio::test(start_paused = true)]
async fn no_attempts_left_by_the_header_ends_it_at_once() {
    let script = Script::new([Ok("r-1")], [Err(wrong_code("0"))]);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("000000").await;
    window.expect("checking").await;
    window.expect("failed").await;
}

#[tokio::test(start_paused = true)]
async fn a_404_and_a_410_end_the_flow_and_starting_again_opens_the_browser_anew() {
    for (answer, word) in [
        (status(404, "Request not found or expired"), "expired"),
        (status(410, "Request invalidated"), "wrong too many times"),
    ] {
        let code = answer.status();
        let script = Script::new([Ok("r-1"), Ok("r-2")], [Err(answer), Ok("sc-token")]);
        let mut window = Window::open(&script);
        window.start().await;
        window.code("123456").await;
        window.expect("checking").await;
        let said = window.expect("failed").await.unwrap();
        assert!(said.message.contains(word), "{}", said.message);
        assert_eq!(said.status, code);
        window.start().await;
        assert!(window.page().await.ends_with("r-1"));
        assert!(window.page().await.ends_with("r-2"));
        window.code("654321").await;
        window.expect("checking").await;
        window.expect("done").await;
        let (_, id, code) = script.calls().pop().unwrap();
        assert_eq!((id.as_str(), code.as_str()), ("r-2", "654321"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_field_ends_the_flow_with_the_services_words() {
    let answer = status(400, "request_id and code required");
    let script = Script::new([Ok("r-1")], [Err(answer)]);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    window.expect("checking").await;
    let said = window.expect("failed").await.unwrap();
    assert!(said.message.contains("“request_id and code required”"));

    let script = Script::new([Err(status(400, "app_name required"))], []);
    let mut window = Window::open(&script);
    window.send(Command::Start).await;
    window.expect("requesting").await;
    let said = window.expect("failed").await.unwrap();
    assert!(said.message.contains("“app_name required”"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_a_failure_and_no_connection_keep_the_code_and_go_on() {
    for failure in [
        status(429, "Slow down"),
        status(500, "Oops"),
        status(502, ""),
        status(503, ""),
        status(504, ""),
        Error::new(ErrorKind::Connect),
        Error::new(ErrorKind::ConnectTimeout),
        Error::new(ErrorKind::HeadersTimeout),
        Error::new(ErrorKind::Interrupted),
    ] {
        let failures = (0..8).map(|_| Err(failure.clone()));
        let script = Script::new([Ok("r-1")], failures.chain([Ok("sc-token")]));
        let mut window = Window::open(&script);
        window.start().await;
        window.code("123456").await;
        assert_eq!(window.expect("checking").await, None);
        let said = window.expect("checking").await.unwrap();
        assert!(said.message.ends_with("Serein keeps trying."));
        assert_eq!(said.status, failure.status());
        window.expect("done").await;
        assert!(script.calls().iter().all(|(_, _, code)| code == "123456"));
        assert!(script.gaps().iter().all(|gap| *gap >= 2 * SECOND));
        assert_eq!(window.token().await.as_deref(), Some("sc-token"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_amid_the_polling_is_shown_there_and_gone_with_the_next_answer() {
    let answers = [
        Err(not_yet()),
        Err(status(503, "")),
        Err(not_yet()),
        Ok("sc-token"),
    ];
    let script = Script::new([Ok("r-1")], answers);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    window.expect("checking").await;
    assert_eq!(window.expect("awaiting approval").await, None);
    assert!(window.expect("awaiting approval").await.is_some());
    assert_eq!(window.expect("awaiting approval").await, None);
    window.expect("done").await;
}

#[tokio::test(start_paused = true)]
async fn the_service_may_ask_for_a_longer_wait() {
    let answer = Error::from_answer(429, [("Retry-After", "30")], b"");
    let script = Script::new([Ok("r-1")], [Err(answer), Ok("sc-token")]);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    assert_eq!(window.token().await.as_deref(), Some("sc-token"));
    assert_eq!(script.gaps()[0].as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_answer_and_a_redirect_end_the_flow() {
    for kind in [ErrorKind::UnreadableAnswer, ErrorKind::Redirected] {
        let script = Script::new([Ok("r-1")], [Err(Error::new(kind))]);
        let mut window = Window::open(&script);
        window.start().await;
        window.code("123456").await;
        window.expect("checking").await;
        window.expect("failed").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_fails_is_made_again_until_it_succeeds() {
    let failures = (0..6).map(|_| Err(Error::new(ErrorKind::Connect)));
    let script = Script::new(failures.chain([Ok("r-1")]), []);
    let mut window = Window::open(&script);
    window.send(Command::Start).await;
    assert_eq!(window.expect("requesting").await, None);
    assert!(window.expect("requesting").await.is_some());
    assert_eq!(window.expect("awaiting code").await, None);
}

#[tokio::test(start_paused = true)]
async fn the_ten_minutes_end_the_flow_by_themselves() {
    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::open(&script);
    window.start().await;
    let before = Instant::now();
    let said = window.expect("failed").await.unwrap();
    assert_eq!(before.elapsed().as_secs(), LIFETIME.as_secs());
    assert!(said.message.contains("ten minutes"));
}

#[tokio::test(start_paused = true)]
async fn the_ten_minutes_end_polling_and_checking_too() {
    let script = Script::new([Ok("r-1")], (0..1_000).map(|_| Err(not_yet())));
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    window.expect("checking").await;
    window.expect("awaiting approval").await;
    window.expect("failed").await;
    let calls = script.calls().len();
    tokio::time::advance(LIFETIME).await;
    assert_eq!(script.calls().len(), calls, "the polling is over");

    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    window.expect("checking").await;
    window.expect("failed").await;
}

#[tokio::test(start_paused = true)]
async fn cancelling_at_any_time_leads_back_to_the_button() {
    // While the request is made.
    let script = Script::new([], []);
    let mut window = Window::open(&script);
    window.send(Command::Start).await;
    window.expect("requesting").await;
    window.send(Command::Cancel).await;
    window.expect("idle").await;

    // While the code is awaited, checked, and the approval awaited.
    for answers in [vec![], vec![Err(not_yet())]] {
        let script = Script::new([Ok("r-1"), Ok("r-2")], answers);
        let mut window = Window::open(&script);
        window.start().await;
        window.send(Command::Cancel).await;
        window.expect("idle").await;
        window.start().await;
        window.code("123456").await;
        window.expect("checking").await;
        if !script.exchanges.lock().unwrap().is_empty() {
            window.expect("awaiting approval").await;
        }
        window.send(Command::Cancel).await;
        let mut last = window.next().await;
        while last.0 != "idle" {
            last = window.next().await;
        }
        let calls = script.calls().len();
        tokio::time::advance(LIFETIME).await;
        tokio::task::yield_now().await;
        assert_eq!(script.calls().len(), calls, "nothing goes on");
        assert!(window.views.is_empty());
    }

    // After it failed.
    let script = Script::new([Err(status(403, "No"))], []);
    let mut window = Window::open(&script);
    window.send(Command::Start).await;
    window.expect("requesting").await;
    window.expect("failed").await;
    window.send(Command::Cancel).await;
    window.expect("idle").await;
}

#[tokio::test(start_paused = true)]
async fn a_code_entered_while_one_is_being_checked_is_ignored() {
    let answers = [Err(not_yet()), Err(not_yet()), Ok("sc-token")];
    let script = Script::new([Ok("r-1")], answers);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("111111").await;
    window.code("222222").await;
    window.expect("checking").await;
    window.expect("awaiting approval").await;
    window.code("333333").await;
    window.expect("done").await;
    assert!(script.calls().iter().all(|(_, _, code)| code == "111111"));
}

#[tokio::test(start_paused = true)]
async fn a_code_before_there_is_a_request_is_ignored() {
    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::open(&script);
    window.code("111111").await;
    window.start().await;
    window.send(Command::Cancel).await;
    window.expect("idle").await;
    assert!(script.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn starting_while_a_sign_in_is_under_way_restarts_it() {
    let script = Script::new([Ok("r-1"), Ok("r-2")], [Ok("sc-token")]);
    let mut window = Window::open(&script);
    window.start().await;
    tokio::time::advance(LIFETIME - SECOND).await;
    window.start().await;
    // The first one's end is not the second one's.
    tokio::time::advance(2 * SECOND).await;
    window.code("123456").await;
    window.expect("checking").await;
    window.expect("done").await;
    assert_eq!(script.calls()[0].1, "r-2");
}

#[tokio::test(start_paused = true)]
async fn without_a_browser_the_link_is_to_be_copied_and_opening_can_be_tried_again() {
    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::with(&script, true);
    window.start().await;
    let view = window.view().await;
    assert!(matches!(
        view,
        SignInView::AwaitingCode {
            browser_failed: true,
            ..
        }
    ));
    let first = window.page().await;
    window.send(Command::OpenBrowserAgain).await;
    assert_eq!(window.page().await, first);
}

#[tokio::test(start_paused = true)]
async fn opening_the_browser_again_opens_the_same_page_while_the_approval_is_awaited() {
    let script = Script::new([Ok("r-1")], [Err(not_yet())]);
    let mut window = Window::open(&script);
    window.start().await;
    window.code("123456").await;
    window.expect("checking").await;
    window.expect("awaiting approval").await;
    let first = window.page().await;
    window.send(Command::OpenBrowserAgain).await;
    assert_eq!(window.page().await, first);
}

#[tokio::test(start_paused = true)]
async fn it_ends_without_a_token_once_nobody_can_command_it() {
    let script = Script::new([Ok("r-1")], []);
    let mut window = Window::open(&script);
    window.start().await;
    let Window { commands, task, .. } = window;
    drop(commands);
    assert!(task.await.unwrap().is_none());
}

#[test]
fn an_event_that_does_not_fit_the_state_changes_nothing() {
    let mut rng = rand::rng();
    let grant = Grant {
        token: AccessToken::new("t".to_owned()).unwrap(),
        expires_in: None,
    };
    let id = RequestId::parse("r-1").unwrap();
    let mut sign_in = SignIn::default();
    for event in [
        Event::Code("123456".to_owned()),
        Event::OpenBrowser,
        Event::BrowserOpened(false),
        Event::Requested(Ok((id, "https://serechat.test".to_owned()))),
        Event::Exchanged(Ok(grant)),
        Event::Waited,
        Event::TimeUp,
    ] {
        let effects = sign_in.step(event, 0, &mut rng);
        assert!(effects.is_empty(), "{effects:?}");
        assert_eq!(sign_in.view(), SignInView::Idle { unlocking: false });
    }
}

#[test]
fn what_is_printed_for_debugging_holds_neither_code_nor_token() {
    let mut rng = rand::rng();
    let id = RequestId::parse("r-1").unwrap();
    let mut sign_in = SignIn::default();
    sign_in.step(Event::Start, 0, &mut rng);
    sign_in.step(Event::Requested(Ok((id, String::new()))), 0, &mut rng);
    let effects = sign_in.step(Event::Code("918273".to_owned()), 0, &mut rng);
    let shown = format!("{sign_in:?} {effects:?}");
    assert!(
        shown.contains("Exchange") && !shown.contains("918273"),
        "{shown}"
    );
}

#[test]
fn starting_twice_asks_the_service_once() {
    let mut rng = rand::rng();
    let mut sign_in = SignIn::default();
    let first = sign_in.step(Event::Start, 0, &mut rng);
    assert!(first.iter().any(|effect| matches!(effect, Effect::Request)));
    assert!(sign_in.step(Event::Start, 0, &mut rng).is_empty());
    sign_in.step(
        Event::Requested(Err(Error::new(ErrorKind::Connect))),
        0,
        &mut rng,
    );
    let again = sign_in.step(Event::Start, 0, &mut rng);
    assert!(
        again.iter().any(|effect| matches!(effect, Effect::Request)),
        "whoever waits for the next try may have it now"
    );
}
