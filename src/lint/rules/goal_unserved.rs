//! # What
//!
//! Nothing says that it serves a goal: no requirement, constraint, decision, procedure or step names it under
//! `satisfies`. Where decisions and procedures are written down and none of them serves any goal, this is said once.
//!
//! # Why
//!
//! A goal that nothing serves is not reached, or it is reached by something of which nobody will know, when it is
//! changed, what it was there for.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - { id: G1, name: Bread is ready at eight }
//!   - { id: G2, name: Nobody is burnt }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [G1], steps: [{ step: 1, command: ./bake.sh, undo: ./clean.sh }] }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - { id: G1, name: Bread is ready at eight }
//!   - { id: G2, name: Nobody is burnt }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [G1, G2], steps: [{ step: 1, command: ./bake.sh, undo: ./clean.sh }] }
//! ```
//!
//! # Exceptions
//!
//! A rule set without decisions and procedures: there is nothing yet that could serve a goal.

use super::super::trace::{self, Links};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::EntityKind;

/// `goal-unserved`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "goal-unserved",
        code: "R0169",
        level: Level::Warning,
        summary: "nothing says that it serves a goal",
        source: include_str!("goal_unserved.rs"),
    },
    check,
};

/// How many further goals are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let acts = |kind| graph.of_kind(kind).next().is_some();
    if !acts(EntityKind::Procedure) && !acts(EntityKind::Decision) {
        return;
    }
    let goals = graph.of_kind(EntityKind::Goal).map(|(index, _)| index);
    let unserved: Vec<_> = goals.filter(|goal| !trace::is_served(context, *goal)).collect();
    match trace::links(context) {
        Links::Broken => {}
        Links::Some => {
            for goal in unserved.into_iter().map(|goal| graph.entity(goal)) {
                let message = format!("nothing says that it serves goal `{}`", goal.id);
                found(Diagnostic::new(&LINT.info, context.place(goal.at), message).help(format!(
                    "name it under `satisfies` of what serves it: `satisfies: [{}]`",
                    goal.id
                )));
            }
        }
        Links::None => {
            let Some((first, others)) = unserved.split_first() else { return };
            let goal = graph.entity(*first);
            let message = "no decision or procedure says which goal it serves";
            let mut diagnostic = Diagnostic::new(&LINT.info, context.place(goal.at), message)
                .label(format!("nothing serves `{}`", goal.id));
            for other in others.iter().take(SHOWN).map(|other| graph.entity(*other)) {
                diagnostic = diagnostic.related(context.place(other.at), format!("nor `{}`", other.id));
            }
            found(diagnostic.help(format!(
                "name the goal under `satisfies` of what serves it: `satisfies: [{}]`",
                goal.id
            )));
        }
    }
}
