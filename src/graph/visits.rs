//! How often a graph was looked at: what tests hold to grow no faster than the rules do.

use std::sync::atomic::{AtomicU64, Ordering};

/// A count of looks. Nothing is counted where debug assertions are off, so that it costs nothing there.
#[derive(Debug, Default)]
pub(super) struct Visits(AtomicU64);

impl Visits {
    /// Counts some looks more.
    pub(super) fn add(&self, looks: usize) {
        if cfg!(debug_assertions) {
            self.0.fetch_add(looks as u64, Ordering::Relaxed);
        }
    }

    /// All looks so far.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
