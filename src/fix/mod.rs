//! Changes of texts: which of several can be made at once, what comes of them, and how they are shown.
//!
//! Takes findings with their [`Fix`](crate::diagnostic::Fix), gives bytes and unified diffs. Whether a change is a
//! good one is judged by `driver`, which checks what came of it; nothing here reads files.

mod diff;
mod edits;

pub use diff::diff;
pub use edits::{apply, compatible, moved};
