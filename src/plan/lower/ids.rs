//! Ids that are given twice: by the rules, and by what a repeated step or a call is unrolled to.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{ir, rules};
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{At, Procedure};

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
        let mut by_name: FxHashMap<&str, (At, usize)> = FxHashMap::default();
        for key in &keys {
            by_name.entry(key.value.0.as_str()).or_insert((key.at, 0)).1 += 1;
        }
        // Of two steps with one id that both stand in the rules, `duplicate-id` has told.
        let stands_once = |id: &str| by_name.get(id).is_some_and(|(_, times)| *times == 1);
        for key in keys.iter().filter(|key| twice.contains(key.value.0.as_str())) {
            let id = key.value.0.as_str();
            if !stands_once(id) {
                continue;
            }
            let mut ends = id.match_indices(['~', '/']).map(|(end, _)| &id[..end]).rev();
            let unrolled = ends.find_map(|name| by_name.get(name).map(|(at, _)| (name, *at)));
            let Some((name, at)) = unrolled else { continue };
            let rules = self.graph.rules;
            self.found.push(
                Diagnostic::new(
                    &rules::STEP_ID_TAKEN,
                    rules.location(key.at),
                    format!("`{id}` is also the id of a step that `{name}` is unrolled to"),
                )
                .label("the id is taken")
                .related(rules.location(at), "one of its steps has this id")
                .help("give one of the two another id"),
            );
        }
    }
}
