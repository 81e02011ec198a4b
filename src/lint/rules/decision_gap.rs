//! # What
//!
//! The rules of a decision leave out a value of an enumeration, one of two truth values, or numbers between those that
//! they cover; the finding names such facts. What an enumeration's values are, an input of that name says. Numbers are
//! whole where an input says so or all that is compared is; beyond the least and the largest that rules cover nothing is missing.
//!
//! # Why
//!
//! Under those facts nothing is decided, and what asks for the decision can't be compiled.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: level, operator: less, value: 3 }, action: { target: pace, value: slow } }
//!   - { id: R2, condition: { field: level, operator: greater, value: 3 }, action: { target: pace, value: fast } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: level, operator: less, value: 3 }, action: { target: pace, value: slow } }
//!   - { id: R2, condition: { field: level, operator: greater_or_equal, value: 3 }, action: { target: pace, value: fast } }
//! ```
//!
//! # Exceptions
//!
//! Rules that only name single numbers, and facts of which nobody says which values they have.

use super::super::{Context, Lint};
use crate::decide::Flaw;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `decision-gap`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-gap",
        code: "R0188",
        level: Level::Warning,
        summary: "the rules of a decision leave out facts between those that they cover",
        source: include_str!("decision_gap.rs"),
    },
    check,
};

/// How many of the rules are shown.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for flaw in &context.tables().flaws {
        let Flaw::Gap { rules, example } = flaw else { continue };
        let (first, others) = rules.split_first().expect("a decision has rules");
        let target = &first.action.target;
        let facts = example.to_string().replace('`', "'");
        let message = format!("nothing decides `{}` where `{facts}`", target.value);
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(target.at), message)
            .label("is left open")
            .help("add a rule for these facts, or widen one of those that are there");
        for other in others.iter().take(SHOWN) {
            let label = format!("`{}` does not hold there either", other.id.value);
            diagnostic = diagnostic.related(context.place(other.condition.at), label);
        }
        found(diagnostic);
    }
}
