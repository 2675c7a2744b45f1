//! When to try again: pure rules, from an error and a source of chance to a wait.

use std::time::Duration;

use rand::Rng;

use crate::error::{Error, ErrorKind};

/// A wish of the server (`Retry-After`) beyond this is not waited for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// Tries in all while the answer is 429.
const RATE_LIMITED_TRIES: u32 = 5;

/// Tries in all while the server fails or cannot be reached: the first, then after 1, 2, 4 s.
const FAILED_TRIES: u32 = 4;

/// The bound of the first full-jitter wait after a 429; it doubles up to [`JITTER_CAP`].
const JITTER_BASE: Duration = Duration::from_secs(1);
const JITTER_CAP: Duration = Duration::from_secs(30);

const POLL_FIRST: Duration = Duration::from_secs(2);
const POLL_LAST: Duration = Duration::from_secs(5);

/// The memory of one call's failures. Ask [`Backoff::next`] after each.
#[derive(Debug, Clone)]
pub struct Backoff {
    plan: Plan,
    tries: u32,
    rate_limited: u32,
    failed: u32,
}

#[derive(Debug, Clone, Copy)]
enum Plan {
    Inference,
    Polling,
}

impl Backoff {
    /// For an inference call no event of which has arrived (the billing rule is the caller's).
    ///
    /// 429: full jitter on 1, 2, 4, 8 s, at most 5 tries in all; `Retry-After` wins, and one
    /// beyond [`LONGEST_WAIT`] ends it. 500, 502, 503, 504 and no connection: 1, 2, 4 s, then
    /// no more.
    #[must_use]
    pub fn inference() -> Self {
        Self::of(Plan::Inference)
    }

    /// For the polling of the exchange after a failure (a 409 is none: see [`poll_delay`]).
    ///
    /// 2 s, growing to 5 s with jitter, without a limit, for all that [`Error::is_retryable`]
    /// and for answers that came too late or broke off. `Retry-After` wins, though never under
    /// 2 s, and one beyond [`LONGEST_WAIT`] ends it: the code is not valid for longer.
    #[must_use]
    pub fn polling() -> Self {
        Self::of(Plan::Polling)
    }

    fn of(plan: Plan) -> Self {
        Self {
            plan,
            tries: 0,
            rate_limited: 0,
            failed: 0,
        }
    }

    /// Takes note of a failed try; how long to wait before the next, or `None` for no more.
    pub fn next(&mut self, error: &Error, rng: &mut impl Rng) -> Option<Duration> {
        self.tries = self.tries.saturating_add(1);
        if self.tries >= self.limit_for(error) {
            return None;
        }
        let wish = error.retry_after();
        if wish.is_some_and(|wish| wish > LONGEST_WAIT) && self.heeds_wish(error) {
            return None;
        }
        let delay = match self.plan {
            Plan::Polling => {
                let delay = poll_delay(self.failed, rng);
                self.failed = self.failed.saturating_add(1);
                wish.map_or(delay, |wish| wish.max(POLL_FIRST))
            }
            Plan::Inference if error.is_rate_limited() => {
                let most = JITTER_BASE.saturating_mul(1 << self.rate_limited.min(16));
                self.rate_limited += 1;
                wish.unwrap_or_else(|| rng.random_range(Duration::ZERO..=most.min(JITTER_CAP)))
            }
            Plan::Inference => {
                let delay = Duration::from_secs(1 << self.failed.min(2));
                self.failed += 1;
                delay
            }
        };
        Some(delay)
    }

    /// How many tries have failed so far.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// How many tries there are in all while `error` is what comes back: 1 for what is not
    /// tried again, [`u32::MAX`] for no limit.
    #[must_use]
    pub fn limit_for(&self, error: &Error) -> u32 {
        let late = matches!(
            error.kind(),
            ErrorKind::HeadersTimeout | ErrorKind::Interrupted
        );
        match self.plan {
            Plan::Polling if error.is_retryable() || late => u32::MAX,
            Plan::Inference if error.is_rate_limited() => RATE_LIMITED_TRIES,
            Plan::Inference if error.is_retryable() => FAILED_TRIES,
            _ => 1,
        }
    }

    /// Whether `Retry-After` counts: of inference calls, only that of a 429.
    fn heeds_wish(&self, error: &Error) -> bool {
        matches!(self.plan, Plan::Polling) || error.is_rate_limited()
    }
}

/// How long to wait after the `n`th 409 of an exchange (from 0): 2 s at first, then anything
/// from 2 s up to a bound that grows by half a second to 5 s.
pub fn poll_delay(n: u32, rng: &mut impl Rng) -> Duration {
    let growth = Duration::from_millis(500).saturating_mul(n.saturating_sub(2));
    let most = POLL_FIRST.saturating_add(growth).min(POLL_LAST);
    rng.random_range(POLL_FIRST..=most)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn status(status: u16) -> Error {
        Error::from_answer(status, [], b"")
    }

    fn limited(retry_after: &str) -> Error {
        Error::from_answer(429, [("Retry-After", retry_after)], b"")
    }

    #[test]
    fn a_server_error_is_tried_again_after_1_2_and_4_seconds_and_then_fails() {
        let rng = &mut StdRng::seed_from_u64(1);
        for error in [
            status(500),
            status(502),
            status(503),
            status(504),
            Error::new(ErrorKind::Connect),
            Error::new(ErrorKind::ConnectTimeout),
        ] {
            let mut backoff = Backoff::inference();
            let waits: Vec<_> = std::iter::from_fn(|| backoff.next(&error, rng)).collect();
            assert_eq!(waits, [SECOND, 2 * SECOND, 4 * SECOND]);
            assert_eq!(backoff.tries(), 4);
            assert_eq!(backoff.limit_for(&error), 4);
        }
    }

    #[test]
    fn a_429_is_tried_5_times_in_all_with_full_jitter() {
        let rng = &mut StdRng::seed_from_u64(2);
        let mut largest = [Duration::ZERO; 4];
        let mut smallest = [Duration::MAX; 4];
        for _ in 0..2_000 {
            let mut backoff = Backoff::inference();
            for at in 0..4 {
                let wait = backoff.next(&status(429), rng).unwrap();
                largest[at] = largest[at].max(wait);
                smallest[at] = smallest[at].min(wait);
            }
            assert_eq!(backoff.next(&status(429), rng), None);
            assert_eq!(backoff.tries(), 5);
        }
        for (at, bound) in [1, 2, 4, 8].into_iter().enumerate() {
            assert!(largest[at] <= bound * SECOND);
            assert!(largest[at] > bound * SECOND * 9 / 10, "the whole range");
            assert!(smallest[at] < bound * SECOND / 10, "down to nothing");
        }
    }

    #[test]
    fn retry_after_wins_over_our_delay_up_to_ten_minutes() {
        let rng = &mut StdRng::seed_from_u64(3);
        let mut backoff = Backoff::inference();
        assert_eq!(backoff.next(&limited("37"), rng), Some(37 * SECOND));
        assert_eq!(backoff.next(&limited("0"), rng), Some(Duration::ZERO));
        assert_eq!(backoff.next(&limited("600"), rng), Some(600 * SECOND));
        assert_eq!(backoff.next(&limited("601"), rng), None);
        assert_eq!(
            Backoff::inference().next(&limited("999999999999999999999999"), rng),
            None
        );
    }

    /// The waits of a call whose every answer is this, and how long it waited in all.
    async fn waited(error: &Error, rng: &mut StdRng) -> (Vec<Duration>, Duration) {
        let start = tokio::time::Instant::now();
        let mut backoff = Backoff::inference();
        let mut waits = Vec::new();
        while let Some(wait) = backoff.next(error, rng) {
            waits.push(wait);
            tokio::time::sleep(wait).await;
        }
        (waits, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn an_absurd_retry_after_neither_hurries_nor_holds_a_call() {
        let rng = &mut StdRng::seed_from_u64(8);
        // No wish at all: full jitter on 1, 2, 4, 8 s.
        for nonsense in [
            "", " ", "-1", "-86400", "1.5", "soon", "0x10", "1e3", "７", "NaN",
        ] {
            let (waits, all) = waited(&limited(nonsense), rng).await;
            assert_eq!(waits.len(), 4, "{nonsense}");
            let bounds = [1, 2, 4, 8].map(|bound| bound * SECOND);
            assert!(waits.iter().zip(bounds).all(|(wait, most)| *wait <= most));
            assert!(all <= 15 * SECOND + 4 * Duration::from_millis(1));
        }
        // A wish that has come true: at once, and no more often than any other.
        for past in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
            let (waits, all) = waited(&limited(past), rng).await;
            assert_eq!((waits, all), (vec![Duration::ZERO; 4], Duration::ZERO));
        }
        // A wish beyond what anybody waits for: the user is told, at once.
        for far in [
            "31536000",
            "18446744073709551616",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            let (waits, all) = waited(&limited(far), rng).await;
            assert_eq!((waits, all), (vec![], Duration::ZERO), "{far}");
        }
        let (waits, all) = waited(&limited("600"), rng).await;
        assert_eq!((waits.len(), all), (4, 2_400 * SECOND));
        let (waits, all) = waited(&status(503), rng).await;
        assert_eq!((waits.len(), all), (3, 7 * SECOND));
    }

    #[test]
    fn what_is_not_retryable_is_never_tried_again() {
        let rng = &mut StdRng::seed_from_u64(4);
        for code in [400, 401, 402, 403, 404, 410, 501] {
            for mut backoff in [Backoff::inference(), Backoff::polling()] {
                assert_eq!(backoff.limit_for(&status(code)), 1);
                assert_eq!(backoff.next(&status(code), rng), None, "{code}");
            }
        }
        for kind in [ErrorKind::Silence, ErrorKind::Interrupted] {
            assert_eq!(Backoff::inference().next(&Error::new(kind), rng), None);
        }
    }

    #[test]
    fn different_failures_share_the_count_of_tries() {
        let rng = &mut StdRng::seed_from_u64(5);
        let mut backoff = Backoff::inference();
        assert!(backoff.next(&status(429), rng).is_some());
        assert!(backoff.next(&status(429), rng).is_some());
        assert_eq!(backoff.next(&status(500), rng), Some(SECOND));
        assert_eq!(backoff.next(&status(500), rng), None);
    }

    #[test]
    fn polling_goes_on_without_a_limit_between_2_and_5_seconds() {
        let rng = &mut StdRng::seed_from_u64(6);
        for error in [
            status(429),
            status(503),
            Error::new(ErrorKind::Connect),
            Error::new(ErrorKind::HeadersTimeout),
            Error::new(ErrorKind::Interrupted),
        ] {
            let mut backoff = Backoff::polling();
            assert_eq!(backoff.next(&error, rng), Some(2 * SECOND));
            for _ in 0..1_000 {
                let wait = backoff.next(&error, rng).unwrap();
                assert!((2 * SECOND..=5 * SECOND).contains(&wait));
            }
            assert_eq!(backoff.limit_for(&error), u32::MAX);
        }
        let mut backoff = Backoff::polling();
        assert_eq!(backoff.next(&limited("42"), rng), Some(42 * SECOND));
        assert_eq!(backoff.next(&limited("0"), rng), Some(2 * SECOND));
        assert_eq!(backoff.next(&limited("6000"), rng), None);
    }

    #[test]
    fn a_409_is_asked_again_every_2_seconds_then_up_to_5_with_jitter() {
        let rng = &mut StdRng::seed_from_u64(7);
        for n in 0..3 {
            assert_eq!(poll_delay(n, rng), 2 * SECOND);
        }
        let waits: Vec<_> = (3..400).map(|n| poll_delay(n, rng)).collect();
        assert!(
            waits
                .iter()
                .all(|wait| (2 * SECOND..=5 * SECOND).contains(wait))
        );
        assert!(waits.iter().any(|wait| *wait > 4 * SECOND));
        assert!(waits.iter().any(|wait| *wait < 3 * SECOND));
        assert!(poll_delay(u32::MAX, rng) <= 5 * SECOND);
    }
}
