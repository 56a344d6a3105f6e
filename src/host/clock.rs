//! Time as a value handed in, so that tests can hold it still.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

/// What can tell the time and wait for it.
pub trait Clock: Send + Sync {
    /// The present moment. It never goes backwards.
    fn now(&self) -> Instant;

    /// Ends at `deadline`, at once if that has passed.
    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The system's monotonic clock, with tokio's timers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep_until(deadline.into()))
    }
}
