//! # What
//!
//! The numbers of a procedure's steps, or of a decision's actions, are not 1, 2, 3 and so on in the order in which they stand.
//!
//! # Why
//!
//! A step was taken out or moved, and whatever refers to steps by number now means others.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -s a, read_only: true }
//!       - { step: 3, command: test -s b, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -s a, read_only: true }
//!       - { step: 2, command: test -s b, read_only: true }
//! ```
//!
//! # Exceptions
//!
//! A step that has an `id` and no number may stand between numbered ones, whether or not they count it. A number
//! that two steps have is `duplicate-id`.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::Spanned;

/// `step-number-gap`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "step-number-gap",
        code: "R0091",
        level: Level::Warning,
        summary: "the numbers of steps leave one out",
        source: include_str!("step_number_gap.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let (what, numbers): (_, Vec<_>) = match entity.item {
            Item::Procedure(procedure) => ("step", procedure.steps.iter().map(|step| step.step).collect()),
            Item::Decision(decision) => {
                ("action", decision.actions.iter().map(|action| action.step).collect())
            }
            _ => continue,
        };
        let Some((before, number)) = first_gap(&numbers) else { continue };
        let message = match before {
            Some(before) => format!("{what} {} follows {what} {}", number.value, before.value),
            None => format!("the first {what} has the number {}", number.value),
        };
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(number.at), message)
            .help(format!("number the {what}s of `{}` from 1, without gaps", entity.id));
        if let Some(before) = before {
            diagnostic = diagnostic.related(context.place(before.at), "comes before it");
        }
        found(diagnostic);
    }
}

/// The first number that does not follow from the one before it, and that one.
fn first_gap(numbers: &[Option<Spanned<u32>>]) -> Option<(Option<Spanned<u32>>, Spanned<u32>)> {
    let mut before: Option<Spanned<u32>> = None;
    for (position, number) in numbers.iter().enumerate() {
        let Some(number) = number else { continue };
        let last = before.map_or(0, |before| before.value);
        // Equal ones are told apart by `duplicate-id`.
        let follows = number.value == last.saturating_add(1) || number.value as usize == position + 1;
        if !follows && number.value != last {
            return Some((before, *number));
        }
        before = Some(*number);
    }
    None
}
