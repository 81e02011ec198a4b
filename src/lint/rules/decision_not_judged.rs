//! # What
//!
//! The condition of a rule comes to too many cases, or takes too much work, to be held against those of other rules.
//! So nobody says of it that it can't hold, never decides or contradicts another one, and of its decision that it has a gap.
//!
//! # Why
//!
//! No finding means that nothing is wrong, elsewhere; here it means nothing.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - id: R1
//!     condition:
//!       all:
//!         - { any: [{ field: a1, operator: exists }, { field: a2, operator: exists }] }
//!         - { any: [{ field: b1, operator: exists }, { field: b2, operator: exists }] }
//!         - { any: [{ field: c1, operator: exists }, { field: c2, operator: exists }] }
//!         - { any: [{ field: d1, operator: exists }, { field: d2, operator: exists }] }
//!         - { any: [{ field: e1, operator: exists }, { field: e2, operator: exists }] }
//!         - { any: [{ field: f1, operator: exists }, { field: f2, operator: exists }] }
//!         - { any: [{ field: g1, operator: exists }, { field: g2, operator: exists }] }
//!         - { any: [{ field: h1, operator: exists }, { field: h2, operator: exists }] }
//!         - { any: [{ field: i1, operator: exists }, { field: i2, operator: exists }] }
//!     action: { target: pace, value: slow }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - id: R1
//!     condition: { field: load, operator: greater, value: 90 }
//!     action: { target: pace, value: slow }
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `decision-not-judged`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-not-judged",
        code: "R0194",
        level: Level::Note,
        summary: "the condition of a rule is too large to be held against others",
        source: include_str!("decision_not_judged.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for rule in &context.tables().not_judged {
        let message = format!("`{}` comes to too many cases to be held against other rules", rule.id.value);
        found(
            Diagnostic::new(&LINT.info, context.place(rule.condition.at), message)
                .label("is not judged")
                .help("make several rules of it, or decide a part of it by a rule of its own"),
        );
    }
}
