//! # What
//!
//! L3 says that backups need not always be made: `always: false`.
//!
//! # Why
//!
//! A `file` step is undone by putting its backup back. Without one it has no undo, and the run could not be taken back,
//! so there is nothing that such a rule could mean.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! executor:
//!   backups: { always: false }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! executor:
//!   backups: { always: true, delete_on_success: true }
//! ```

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `backup-left-out`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "backup-left-out",
        code: "R0422",
        level: Level::Error,
        summary: "backups are not always to be made, and `file` steps have no other undo",
        source: include_str!("backup_left_out.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let policies = policy::executors(context.rules).filter_map(|executor| executor.backups.as_ref());
    for always in policies.filter_map(|backups| backups.always).filter(|always| !always.value) {
        let message = "backups cannot be left out: the undo of a `file` step is its backup";
        found(
            Diagnostic::new(&LINT.info, context.place(always.at), message)
                .help("leave it out; `delete_on_success: true` removes backups that nobody needs any more"),
        );
    }
}
