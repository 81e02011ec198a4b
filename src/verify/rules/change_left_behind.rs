//! # What
//!
//! A run can fail or be cancelled after a step has begun to change something, and on that path nothing takes the change
//! back: the step has no `undo`, no rollback that is due covers it, and it does not say why it is `irreversible`.
//! The `rollback_procedure` of a procedure covers all of its steps, that of a called procedure those of the call.
//!
//! # Why
//!
//! A run that is broken off half-way leaves the system in a state that nobody has thought about.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: stop, command: ./queue.sh stop, undo: ./queue.sh start, timeout: 9 }
//!       - { id: move, command: ./queue.sh move, timeout: 9, on_failure: continue }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: stop, command: ./queue.sh stop, undo: ./queue.sh start, timeout: 9 }
//!       - { id: move, command: ./queue.sh move, undo: ./queue.sh move back, timeout: 9, on_failure: continue }
//! ```
//!
//! # Exceptions
//!
//! A procedure that is itself a rollback, or runs only as a part of procedures which have one; steps that stop a component;
//! steps of rollbacks and final ones. Files that a step writes with `file` are put back by the runner, and what a
//! person does by hand is not judged. It is reported by `rulec verify` alone.

use crate::diagnostic::{Level, RuleInfo};

/// `change-left-behind`
pub static RULE: RuleInfo = RuleInfo {
    id: "change-left-behind",
    code: "R0111",
    level: Level::Error,
    summary: "a run can be broken off and leave a change behind that nothing takes back",
    source: include_str!("change_left_behind.rs"),
};
