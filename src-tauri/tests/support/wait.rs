//! Bounded waits. A test never waits *for a time*; it waits for something to be so, at most this long.

use std::time::{Duration, Instant};

/// How long anything in the app may take before the test says what was there instead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks.
pub(crate) const LOOK: Duration = Duration::from_millis(20);

/// Looks until `probe` answers, at most [`PATIENCE`]; `None` when it never did.
pub(crate) async fn until<T>(probe: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    within(PATIENCE, probe).await
}

/// Looks until `probe` answers, at most `patience`.
pub(crate) async fn within<T>(
    patience: Duration,
    mut probe: impl AsyncFnMut() -> Option<T>,
) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = probe().await {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        tokio::time::sleep(LOOK).await;
    }
}
