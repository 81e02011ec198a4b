//! # What
//!
//! A decision says what is to be done, but no action, procedure or component's action has that name.
//!
//! # Why
//!
//! The decision is prose: when its trigger comes, somebody has to know what was meant.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules: [{ id: D1, actions: [{ step: 1, action: note_it }, { step: 2, action: page_operator }] }]
//! ```
//! ```yaml L5-actions.yaml
//! actions: { note_it: { command: ./note.sh } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules: [{ id: D1, actions: [{ step: 1, action: note_it }, { step: 2, action: page_operator }] }]
//! ```
//! ```yaml L5-actions.yaml
//! actions: { note_it: { command: ./note.sh }, page_operator: { command: ./page.sh } }
//! ```
//!
//! # Exceptions
//!
//! A decision of which nothing at all runs, and that no procedure satisfies, is `decision-unrealised`.

use crate::diagnostic::{Level, RuleInfo};

/// `action-unbound`
pub static RULE: RuleInfo = RuleInfo {
    id: "action-unbound",
    code: "R0027",
    level: Level::Warning,
    summary: "a decision names an action that nothing carries out",
    source: include_str!("action_unbound.rs"),
};
