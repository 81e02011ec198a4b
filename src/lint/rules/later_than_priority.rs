//! # What
//!
//! A decision acts or escalates later than its priority allows: the delays up to its first action are longer than
//! the priority's `response_time`, or those up to the action that escalates longer than its `escalation`.
//!
//! # Why
//!
//! Two pages of the same rules promise different times, and the longer one is what happens.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     priority: P0
//!     actions: [{ step: 1, action: restart }, { step: 2, action: escalate, delay: 300 }]
//! priority_definitions: { P0: { escalation: immediate } }
//! ```
//! ```yaml L5-actions.yaml
//! actions: { restart: { command: ./restart.sh }, escalate: { command: ./page.sh } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     priority: P0
//!     actions: [{ step: 1, action: escalate }, { step: 2, action: restart }]
//! priority_definitions: { P0: { escalation: immediate } }
//! ```
//! ```yaml L5-actions.yaml
//! actions: { restart: { command: ./restart.sh }, escalate: { command: ./page.sh } }
//! ```
//!
//! # Exceptions
//!
//! How long the actions themselves take is not counted, and what is no time is prose.

use super::super::priorities::{self, Defined};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::Decision;
use crate::scalar::{Duration, DurationBound, Op};

/// `later-than-priority`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "later-than-priority",
        code: "R0193",
        level: Level::Warning,
        summary: "a decision acts or escalates later than its priority allows",
        source: include_str!("later_than_priority.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let defined = priorities::defined(context.graph);
    for (_, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        let Some(priority) = decision.priority else { continue };
        let Some(of) = defined.iter().find(|it| it.priority() == Some(priority.value)) else { continue };
        if !decision.actions.is_empty() {
            judge(context, decision, of, "response_time", (0, "acts"), found);
        }
        if let Some(position) = decision.actions.iter().position(|action| escalates(&action.action)) {
            judge(context, decision, of, "escalation", (position, "escalates"), found);
        }
    }
}

/// Holds the delays up to an action against the time that a key of the definition leaves.
fn judge(
    context: &Context<'_>,
    decision: &Decision,
    of: &Defined<'_>,
    key: &str,
    (position, verb): (usize, &str),
    found: &mut dyn FnMut(Diagnostic),
) {
    let Some((text, at)) = of.text(context.rules, key) else { return };
    let Some((allowed, is_open)) = limit(text) else { return };
    let delays: Vec<_> = decision.actions[..=position].iter().filter_map(|action| action.delay).collect();
    let waited = delays.iter().map(|delay| delay.value.as_millis()).fold(0, u64::saturating_add);
    let Some(total) = Duration::from_millis(waited) else { return };
    let is_late = total > allowed || (is_open && total == allowed);
    let Some(longest) = delays.iter().rev().max_by_key(|delay| delay.value).filter(|_| is_late) else {
        return;
    };
    let terms: Vec<String> = delays
        .iter()
        .filter(|delay| delay.value.as_millis() > 0)
        .map(|delay| delay.value.seconds())
        .collect();
    let sum = match terms.len() {
        1 => format!("{} s", terms[0]),
        _ => format!("{} = {} s", terms.join(" + "), total.seconds()),
    };
    let sign = if is_open { ">=" } else { ">" };
    let (id, name) = (&decision.id.value, of.name);
    let message = format!(
        "`{id}` {verb} later than its priority `{name}` allows: {sum} {sign} {} s",
        allowed.seconds()
    );
    found(
        Diagnostic::new(&LINT.info, context.place(longest.at), message)
            .label(format!("`{}` waits this long", decision.id.value))
            .related(context.place(at), format!("what `{name}` allows"))
            .help("shorten the delay, or give the decision another priority"),
    );
}

/// True for an action that hands over to somebody else.
fn escalates(action: &str) -> bool {
    let lower = action.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| ["escalate", "escalates", "escalation"].contains(&word))
}

/// The longest time that a text allows, and whether it must stay below that: `immediate`, `after 30 minutes`, `< 1m`.
fn limit(text: &str) -> Option<(Duration, bool)> {
    let text = text.trim();
    let lower = text.to_lowercase();
    if ["immediate", "immediately", "at once", "instant", "instantly"].contains(&lower.as_str()) {
        return Some((Duration::from_secs(0), false));
    }
    let rest = ["after ", "within ", "in "].iter().find_map(|word| lower.strip_prefix(word));
    if let Some(rest) = rest {
        return Some((Duration::parse(rest).ok()?, false));
    }
    let bound = DurationBound::parse(text).ok()?;
    match bound.op {
        Op::Less => Some((bound.duration, true)),
        Op::LessOrEqual | Op::Equal => Some((bound.duration, false)),
        Op::Greater | Op::GreaterOrEqual => None,
    }
}
