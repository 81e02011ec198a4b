//! # What
//!
//! A checkpoint of a timeline decides without anything that was measured or looked at: it requires nothing, or only prose.
//!
//! # Why
//!
//! A checkpoint is the place at which the next phase is let begin. That every script has ended with 0 says that scripts
//! ran, not that what they are for is there. A checkpoint that nothing can make fail lets everything pass.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Open the shop }] }
//! timelines:
//!   - id: T1
//!     checkpoints:
//!       - { at: 18h, require: [], on_pass: { run: E1 } }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Open the shop }] }
//! timelines:
//!   - id: T1
//!     checkpoints:
//!       - { at: 18h, require: [{ check: ./oven-temperature.sh --at-least 180, timeout: 10s }], on_pass: { run: E1 } }
//! ```
//!
//! # Exceptions
//!
//! Prose beside something that is checked is a person's part of the decision. Where all of it is prose and nothing is run
//! when it holds, `prose-only-gate` notes it.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::TextOr;

/// `transition-without-evidence`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "transition-without-evidence",
        code: "R0318",
        level: Level::Warning,
        summary: "a checkpoint lets the next phase begin without evidence",
        source: include_str!("transition_without_evidence.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Timeline(timeline) = entity.item else { continue };
        for checkpoint in &timeline.checkpoints {
            let is_bound = checkpoint.require.iter().any(|it| matches!(it.value, TextOr::Object(_)));
            let run = checkpoint.on_pass.as_ref().and_then(|on_pass| on_pass.run.as_ref());
            let message = match (is_bound, run) {
                (true, _) => continue,
                (false, Some(run)) => format!("`{}` is run without evidence", run.value),
                (false, None) if checkpoint.require.is_empty() => "nothing is required".to_owned(),
                (false, None) => continue,
            };
            let at = checkpoint.value.at;
            let label = match checkpoint.require.is_empty() {
                true => "nothing is looked at then",
                false => "only words are required then",
            };
            let mut finding = Diagnostic::new(&LINT.info, context.place(at.at), message).label(label);
            if let Some(run) = run {
                finding = finding.related(context.place(run.at), "comes next");
            }
            found(finding.help("require a `metric`, a `check`, a `health` or a `checklist`"));
        }
    }
}
