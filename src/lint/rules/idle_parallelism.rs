//! # What
//!
//! `max_parallel` allows more steps at once than a resource does that every step takes.
//!
//! # Why
//!
//! So many never run at once: who reads the number expects a speed that the resource does not allow.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   resources:
//!     oven-slots: { capacity: 4 }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     max_parallel: 3
//!     steps:
//!       - { id: heat, command: ./heat.sh, read_only: true, resources: { oven-slots: 2 } }
//!       - { id: rye, command: ./rye.sh, read_only: true, resources: { oven-slots: 2 }, needs: [heat] }
//!       - { id: oats, command: ./oats.sh, read_only: true, resources: { oven-slots: 2 }, needs: [heat] }
//!       - { id: wheat, command: ./wheat.sh, read_only: true, resources: { oven-slots: 2 }, needs: [heat] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   resources:
//!     oven-slots: { capacity: 6 }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     max_parallel: 3
//!     steps:
//!       - { id: heat, command: ./heat.sh, read_only: true, resources: { oven-slots: 2 } }
//!       - { id: rye, command: ./rye.sh, read_only: true, resources: { oven-slots: 2 }, needs: [heat] }
//!       - { id: oats, command: ./oats.sh, read_only: true, resources: { oven-slots: 2 }, needs: [heat] }
//!       - { id: wheat, command: ./wheat.sh, read_only: true, resources: { oven-slots: 2 }, needs: [heat] }
//! ```
//!
//! # Exceptions
//!
//! A procedure that calls others by `run` is not judged, nor one in which some step takes nothing of the resource: that
//! one may fill the place.

use std::collections::BTreeMap;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Procedure, Resource, Spanned, Step, StepKind};

/// `idle-parallelism`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "idle-parallelism",
        code: "R0282",
        level: Level::Note,
        summary: "a resource never lets as many steps run at once as `max_parallel` does",
        source: include_str!("idle_parallelism.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, procedure) in context.graph.procedures() {
        let Some(limit) = procedure.max_parallel.filter(|_| context.graph.order(index).is_graph) else {
            continue;
        };
        for (resource, mut taken) in demands(context, procedure) {
            // As many as do not fit together even where they are those that take least.
            taken.sort_unstable();
            let places = limit.value as usize;
            if taken.len() < procedure.steps.len() || taken.len() < places {
                continue;
            }
            let there = u64::from(resource.capacity.value.0);
            let least = &taken[..places];
            let sum: u64 = least.iter().copied().map(u64::from).sum();
            if sum <= there {
                continue;
            }
            let mut room = there;
            let fit = taken.iter().take_while(|units| match room.checked_sub(u64::from(**units)) {
                Some(rest) => {
                    room = rest;
                    true
                }
                None => false,
            });
            let fit = fit.count();
            let shown = least.iter().map(u32::to_string).collect::<Vec<_>>().join(" + ");
            let message = format!("{places} steps never run at once: {shown} = {sum} > {there}");
            found(
                Diagnostic::new(&LINT.info, context.place(limit.at), message)
                    .label(format!("at most {fit} of them fit"))
                    .related(context.place(resource.capacity.at), "every step takes some of this")
                    .help(format!("say `max_parallel: {fit}`, or provide more")),
            );
        }
    }
}

/// What the steps of a procedure take of each resource, in order of the source.
fn demands<'a>(context: &Context<'a>, procedure: &'a Procedure) -> Vec<(&'a Spanned<Resource>, Vec<u32>)> {
    let mut found: BTreeMap<At, (&'a Spanned<Resource>, Vec<u32>)> = BTreeMap::new();
    for step in &procedure.steps {
        if let Some(StepKind::Run(_)) = step.kind() {
            return Vec::new();
        }
        for (resource, units) in taken(context, step) {
            found.entry(resource.at).or_insert_with(|| (resource, Vec::new())).1.push(units);
        }
    }
    found.into_values().collect()
}

/// What one step takes: as it says itself, else as its action says.
fn taken<'a>(context: &Context<'a>, step: &'a Step) -> Vec<(&'a Spanned<Resource>, u32)> {
    let action = step.uses.as_ref().and_then(|uses| context.graph.target(uses.at));
    let of_action = match action.map(|entity| entity.item) {
        Some(Item::Action(action, _)) => Some(&action.resources),
        _ => None,
    };
    let mut found: Vec<(&Spanned<Resource>, u32)> = Vec::new();
    for entry in step.resources.iter().chain(of_action.into_iter().flat_map(|taken| taken.iter())) {
        let target = context.graph.target(entry.name.at);
        if let Some(Item::Resource(resource)) = target.map(|entity| entity.item)
            && !found.iter().any(|(known, _)| known.at == resource.at)
        {
            found.push((resource, entry.value.value.0));
        }
    }
    found
}
