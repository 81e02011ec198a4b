//! # What
//!
//! A decision starts or stops a component, and the procedure that says it carries the decision out does so with others of
//! its components, but not with this one.
//!
//! # Why
//!
//! Who runs the procedure gets less than was decided, and nothing fails.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, actions: { start: { command: ./oven.sh, undo: ./cool.sh, verify: { command: ./hot.sh, timeout: 5 } } } }
//!       - { name: till, actions: { start: { command: ./till.sh, undo: ./shut.sh, verify: { command: ./paid.sh, timeout: 5 } } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ service: oven, action: start }, { service: till, action: start }] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [D1], steps: [{ step: 1, uses: oven.start }] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, actions: { start: { command: ./oven.sh, undo: ./cool.sh, verify: { command: ./hot.sh, timeout: 5 } } } }
//!       - { name: till, actions: { start: { command: ./till.sh, undo: ./shut.sh, verify: { command: ./paid.sh, timeout: 5 } } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ service: oven, action: start }, { service: till, action: start }] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [D1], steps: [{ step: 1, uses: oven.start }, { step: 2, uses: till.start }] }
//! ```
//!
//! # Exceptions
//!
//! Decisions that call a procedure. Where several procedures carry a decision out, they may share its components. A
//! component that a step of theirs names in its command or instruction, or that is touched the other way.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::super::realised::{By, Realised};
use super::super::starts::Verb;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, Procedure};

/// `course-drift`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "course-drift",
        code: "R0255",
        level: Level::Warning,
        summary: "a procedure leaves out a component that its decision starts or stops",
        source: include_str!("course_drift.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for pairs in context.realised().chunk_by(|one, other| one.decision == other.decision) {
        if pairs.iter().any(|pair| pair.by == By::Call) {
            continue;
        }
        for verb in [Verb::Start, Verb::Stop] {
            judge(context, pairs, verb, found);
        }
    }
}

/// Judges a decision and those that carry it out.
fn judge(context: &Context<'_>, pairs: &[Realised<'_>], verb: Verb, found: &mut dyn FnMut(Diagnostic)) {
    let [first, ..] = pairs else { return };
    let touched = |verb: Verb| -> BTreeSet<NodeIndex> {
        let events = pairs.iter().flat_map(|pair| context.events(pair.procedure, verb));
        events.map(|event| event.component).collect()
    };
    let decided = context.events(first.decision, verb);
    let (done, undone) = match verb {
        Verb::Start => (touched(Verb::Start), touched(Verb::Stop)),
        Verb::Stop => (touched(Verb::Stop), touched(Verb::Start)),
    };
    // A procedure that does none of it does it in a way that is not seen here.
    if !decided.iter().any(|event| done.contains(&event.component)) {
        return;
    }
    let word = match verb {
        Verb::Start => "start",
        Verb::Stop => "stop",
    };
    let mut told: BTreeSet<NodeIndex> = done;
    for event in decided {
        let name = context.graph.entity(event.component).id.as_ref();
        let is_named = || pairs.iter().any(|pair| names(pair.carrier, name));
        if !told.insert(event.component) || undone.contains(&event.component) || is_named() {
            continue;
        }
        let (theirs, ours) = (&first.decided.id.value, &first.carrier.id.value);
        let message = format!("`{theirs}` {word}s `{name}`, and `{ours}`, which carries it out, does not");
        found(
            Diagnostic::new(&LINT.info, context.place(event.at), message)
                .label("is decided here")
                .related(context.place(said_at(first)), "says that it carries the decision out")
                .help(format!("let `{ours}` {word} it too, or take it out of the decision")),
        );
    }
}

/// Where a procedure says that it carries the decision out.
fn said_at(pair: &Realised<'_>) -> At {
    let said = pair.carrier.satisfies.iter().find(|text| text.value == pair.decided.id.value);
    said.map_or(pair.carrier.id.at, |text| text.at)
}

/// True where a step of a procedure names a component in what it runs or asks for.
fn names(procedure: &Procedure, component: &str) -> bool {
    let component = component.to_lowercase();
    let steps = procedure.steps.iter().chain(procedure.finally.iter());
    let mut texts = steps.flat_map(|step| [&step.command, &step.manual, &step.name]).flatten();
    texts.any(|text| text.value.to_lowercase().contains(&component))
}
