//! # What
//!
//! An `always` of a constraint in L3 is false, or a `never` true, in a state that a run can come to.
//!
//! A state offers:
//!
//! - `procedure.id` and `procedure.risk` (`none` where the rules state none);
//! - `run.phase`: `gates`, `preconditions`, `steps`, `postconditions`, `stopping`, `rollback`, `finally`, `over`;
//! - `run.outcome`: `none` until the run is over, then `succeeded`, `degraded`, `failed`, `rolled_back`,
//!   `rollback_failed`, `cancelled`, `refused` or `already_done`;
//! - `steps.ID.status`: `waiting`, `running`, `ok`, `failed`, `skipped` or `cancelled`;
//! - `steps.ID.begun`: its first attempt was started;
//! - `steps.ID.undone`: its undo succeeded.
//!
//! A constraint holds for the procedures and decisions that have all steps that it names; `procedure.id` narrows it further. A step of a
//! called procedure is `steps["CALL/STEP"]`.
//!
//! # Why
//!
//! It is your own rule, and it is broken.
//!
//! # Bad
//!
//! ```yaml L3-constraints.yaml
//! constraints:
//!   - { id: C1, rule: nothing is moved before it is saved, never: steps.move.begun && steps.save.status != "ok" }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: save, command: ./save.sh, read_only: true, timeout: 9, on_failure: continue }
//!       - { id: move, command: ./move.sh, undo: ./back.sh, timeout: 9 }
//! ```
//!
//! # Good
//!
//! ```yaml L3-constraints.yaml
//! constraints:
//!   - { id: C1, rule: nothing is moved before it is saved, never: steps.move.begun && steps.save.status != "ok" }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: save, command: ./save.sh, read_only: true, timeout: 9 }
//!       - { id: move, command: ./move.sh, undo: ./back.sh, timeout: 9 }
//! ```
//!
//! # Exceptions
//!
//! It is reported by `rulec verify` alone, as an error where the constraint is `mandatory`, a warning where it is `recommended`, a
//! note where it is `advisory`.

use crate::diagnostic::{Level, RuleInfo};

/// `broken-constraint`
pub static RULE: RuleInfo = RuleInfo {
    id: "broken-constraint",
    code: "R0116",
    level: Level::Error,
    summary: "a run can come to a state that a constraint of your own rules out",
    source: include_str!("broken_constraint.rs"),
};
