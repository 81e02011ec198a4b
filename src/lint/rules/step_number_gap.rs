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

use rustc_hash::FxHashMap;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Procedure, Spanned};

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
        let procedure = match entity.item {
            Item::Procedure(procedure) => Some(&procedure.value),
            _ => None,
        };
        diagnostic.fix = renumbered(context, &numbers, procedure, what);
        found(diagnostic);
    }
}

/// The fix that numbers steps anew, those that refer to them included. None where the numbers do not ascend: then
/// nobody can tell which order was meant.
fn renumbered(
    context: &Context<'_>,
    numbers: &[Option<Spanned<u32>>],
    procedure: Option<&Procedure>,
    what: &str,
) -> Option<Fix> {
    let mut changed: Vec<(Spanned<u32>, u32)> = Vec::new();
    let (mut last, mut last_new) = (0, 0);
    for (position, number) in numbers.iter().enumerate() {
        let Some(number) = number else { continue };
        if number.value <= last {
            return None;
        }
        last = number.value;
        let counted = u32::try_from(position + 1).ok()?;
        last_new = if number.value == counted { counted } else { last_new + 1 };
        if last_new != number.value {
            changed.push((*number, last_new));
        }
    }
    let mut edits: Vec<(At, u32)> = changed.iter().map(|(number, new)| (number.at, *new)).collect();
    if let Some(procedure) = procedure {
        let mut new: FxHashMap<String, u32> =
            changed.iter().map(|(number, new)| (number.value.to_string(), *new)).collect();
        for id in procedure.steps.iter().filter_map(|step| step.id.as_ref()) {
            new.remove(&id.value);
        }
        let needs = procedure.steps.iter().flat_map(|step| step.needs.iter());
        let edges = procedure.dependencies.iter().flat_map(|edge| [&edge.from, &edge.to]);
        edits.extend(needs.chain(edges).filter_map(|name| Some((name.at, *new.get(&name.value.0)?))));
    }
    let span = |at: At| context.part(at, 0..context.rules.text(at).len()).span;
    let mut edits: Vec<Edit> =
        edits.into_iter().map(|(at, new)| Edit { span: span(at), text: new.to_string() }).collect();
    edits.sort_by_key(|edit| edit.span);
    // Expressions may speak of steps by number.
    let safe = context.rules.sources.iter().all(|(_, source)| !source.text.contains("steps["));
    Some(Fix { title: format!("number the {what}s from 1"), safe, edits })
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
