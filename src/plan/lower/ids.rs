//! Ids that are given twice: by the rules, and by what a repeated step or a call is unrolled to.

use rustc_hash::FxHashSet;

use super::super::{ir, rules};
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::Procedure;

impl Context<'_, '_> {
    /// Reports the steps of a procedure whose ids are also those of unrolled ones.
    pub(super) fn hold_ids_apart(&mut self, procedure: &Procedure, lowered: &[ir::Step]) {
        let mut seen = FxHashSet::default();
        let twice: FxHashSet<&str> =
            lowered.iter().map(|step| step.id.as_str()).filter(|id| !seen.insert(*id)).collect();
        if twice.is_empty() {
            return;
        }
        let keys: Vec<_> = procedure.steps.iter().filter_map(|step| step.key()).collect();
        for key in keys.iter().filter(|key| twice.contains(key.value.0.as_str())) {
            // Of two steps with one id that both stand in the rules, the names are told already.
            let unrolled = keys.iter().filter(|other| {
                let rest = key.value.0.strip_prefix(other.value.0.as_str());
                rest.is_some_and(|rest| rest.starts_with(['~', '/']))
            });
            let Some(unrolled) = unrolled.max_by_key(|other| other.value.0.len()) else { continue };
            let rules = self.graph.rules;
            self.found.push(
                Diagnostic::new(
                    &rules::STEP_ID_TAKEN,
                    rules.location(key.at),
                    format!("`{}` is also what `{}` makes of itself", key.value.0, unrolled.value.0),
                )
                .label("the id is taken")
                .related(
                    rules.location(unrolled.at),
                    "is unrolled to steps of its own, one of them with this id",
                )
                .help("give one of the two another id"),
            );
        }
    }
}
