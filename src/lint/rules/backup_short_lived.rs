//! # What
//!
//! L3 keeps the backups of a run that has ended for no time at all: `max_age` is zero.
//!
//! # Why
//!
//! The old files go at the moment at which the run ends, also where its rollback has failed, or leaves a file to a
//! person: who is to mend that has nothing to mend it with.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor.backups]
//! max_age = "0s"
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor.backups]
//! delete_on_success = true
//! max_age = "7d"
//! ```

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::scalar::Duration;

/// `backup-short-lived`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "backup-short-lived",
        code: "R0423",
        level: Level::Warning,
        summary: "no backup outlives its run, whatever came of that",
        source: include_str!("backup_short_lived.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for executor in policy::executors(context.rules) {
        let Some(backups) = &executor.backups else { continue };
        let Some(age) = backups.max_age.filter(|age| age.value == Duration::ZERO) else { continue };
        let message =
            "backups are kept for no time after the end of a run, also where its rollback has failed";
        let mut finding = Diagnostic::new(&LINT.info, context.place(age.at), message);
        if let Some(manual) = executor.rollback.as_ref().and_then(|rollback| rollback.manual_paths.first()) {
            finding = finding.related(context.place(manual.at), "a person takes these back, after the run");
        }
        found(
            finding.help("state how long, such as `7d`; `delete_on_success` is for runs that have succeeded"),
        );
    }
}
