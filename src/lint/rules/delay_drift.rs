//! # What
//!
//! A decision and the procedure that carries it out start the same components one after another, and wait differently in
//! between: the decision's action has a `delay`, and the `delay_after` of the procedure's steps comes to something else.
//!
//! # Why
//!
//! One of the two was measured, the other is what runs. A service that needs ten seconds and is given five fails now and
//! then, and the rules say that it was given ten.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: stock, actions: { start: { command: ./open-stock.sh, undo: ./close-stock.sh } } }
//!       - { name: shop, actions: { start: { command: ./open-shop.sh, undo: ./close-shop.sh } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     actions:
//!       - { step: 1, service: stock, action: start }
//!       - { step: 2, service: shop, action: start, delay: 10s }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [D1]
//!     steps:
//!       - { step: 1, uses: stock.start, delay_after: 5s }
//!       - { step: 2, uses: shop.start }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: stock, actions: { start: { command: ./open-stock.sh, undo: ./close-stock.sh } } }
//!       - { name: shop, actions: { start: { command: ./open-shop.sh, undo: ./close-shop.sh } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     actions:
//!       - { step: 1, service: stock, action: start }
//!       - { step: 2, service: shop, action: start, delay: 10s }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [D1]
//!     steps:
//!       - { step: 1, uses: stock.start, delay_after: 10s }
//!       - { step: 2, uses: shop.start }
//! ```
//!
//! # Exceptions
//!
//! Actions without a `delay`: they leave it to the procedure. A step without a wait whose verification is polled: it waits
//! until the component is there. A decision that names the procedure as its action, and steps
//! that run side by side, under a condition or in a called procedure.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::super::starts::{Event, Verb};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Graph;
use crate::model::{At, Decision, Procedure, StepKind};
use crate::plan::bounds::seconds;

/// `delay-drift`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "delay-drift",
        code: "R0145",
        level: Level::Warning,
        summary: "a decision and its procedure wait differently",
        source: include_str!("delay_drift.rs"),
    },
    check,
};

/// How many waits are shown.
const SHOWN: usize = 4;

/// Two starts, or the last one and what follows, between which the two sides wait differently.
struct Drift {
    /// How long the decision waits, and where it says so.
    said: (u64, At),
    /// How long the procedure waits, and where.
    done: (u64, At),
    /// The component that is started before.
    after: NodeIndex,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for pair in context.realised_apart().filter(|pair| !context.graph.order(pair.procedure).is_graph) {
        let theirs = context.events(pair.decision, Verb::Start);
        let ours = context.events(pair.procedure, Verb::Start);
        let drifts = drifts(context.graph, pair.decided, pair.carrier, &theirs, &ours);
        if !drifts.is_empty() {
            found(explain(context, pair.decided, pair.carrier, &drifts));
        }
    }
}

fn drifts(
    graph: &Graph<'_>,
    decision: &Decision,
    procedure: &Procedure,
    theirs: &[&Event],
    ours: &[&Event],
) -> Vec<Drift> {
    let mut drifts = Vec::new();
    let mut firsts: FxHashMap<NodeIndex, usize> = FxHashMap::default();
    for (place, event) in ours.iter().enumerate() {
        firsts.entry(event.component).or_insert(place);
    }
    for (place, from) in theirs.iter().enumerate() {
        let Some(mine) = firsts.get(&from.component).copied() else { continue };
        let (next, next_of_mine) = (theirs.get(place + 1), ours.get(mine + 1));
        if next.map(|next| next.component) != next_of_mine.map(|next| next.component) {
            continue;
        }
        // Behind the last start: up to whatever follows, on both sides.
        let to = next.map_or(from.position + 1, |next| next.position);
        let end = next_of_mine.map_or(ours[mine].position + 1, |next| next.position);
        if to >= decision.actions.len() || end >= procedure.steps.len() || ours[mine].position >= end {
            continue;
        }
        let waits = || decision.actions[from.position + 1..=to].iter().filter_map(|action| action.delay);
        let Some(stated_at) = waits().next_back().map(|delay| delay.at) else { continue };
        let steps = &procedure.steps[ours[mine].position..end];
        let is_open = |kind: Option<StepKind<'_>>| matches!(kind, Some(StepKind::Run(_)) | None);
        if steps.iter().any(|step| is_open(step.kind()) || step.when.is_some()) {
            continue;
        }
        let said = waits().map(|delay| delay.value.as_millis()).sum();
        let done =
            steps.iter().filter_map(|step| step.delay_after).map(|delay| delay.value.as_millis()).sum();
        // Who asks again and again until it is there needs no wait.
        let of_action = || ways_back::action(graph, &steps[0])?.verify.as_ref();
        let verify = steps[0].verify.as_ref().or_else(of_action);
        let polls = verify.is_some_and(|verify| verify.polling().is_some_and(|polling| polling.attempts > 1));
        if said != done && (done > 0 || !polls) {
            let done_at = steps.iter().rev().find_map(|step| step.delay_after).map(|delay| delay.at);
            let done_at = done_at.unwrap_or(ours[mine].at);
            drifts.push(Drift { said: (said, stated_at), done: (done, done_at), after: from.component });
        }
    }
    drifts
}

fn explain(
    context: &Context<'_>,
    decision: &Decision,
    procedure: &Procedure,
    drifts: &[Drift],
) -> Diagnostic {
    let (theirs, ours) = (&decision.id.value, &procedure.id.value);
    let name = |drift: &Drift| format!("`{}`", context.graph.entity(drift.after).id);
    let first = &drifts[0];
    let more = match drifts.len() {
        1 => String::new(),
        2 => "; one more wait differs".to_owned(),
        count => format!("; {} more waits differ", count - 1),
    };
    let message = format!(
        "`{theirs}` waits {} s behind the start of {}, `{ours}` waits {} s{more}",
        seconds(first.said.0),
        name(first),
        seconds(first.done.0)
    );
    let mut found = Diagnostic::new(&LINT.info, context.place(first.said.1), message).label(format!(
        "{} s behind {}",
        seconds(first.said.0),
        name(first)
    ));
    for (position, drift) in drifts.iter().take(SHOWN).enumerate() {
        if position > 0 {
            let label = format!("{} s behind {}", seconds(drift.said.0), name(drift));
            found = found.related(context.place(drift.said.1), label);
        }
        let label = format!("{} s in `{ours}`", seconds(drift.done.0));
        found = found.related(context.place(drift.done.1), label);
    }
    found.help("let both say the same, or leave the `delay` to the procedure")
}
