//! The plan itself, as JSON: what a runner of any kind reads.
//!
//! Keys are in canonical order and numbers and strings in their canonical spelling, over several lines so that
//! a person can read it and a diff shows what changed. The digest is over the compact canonical form without
//! `digest` (see `plan::canonical`), so white space is free to change on the way. Nothing is lost.

use super::{Artifact, Loss, Target, file_name};
use crate::plan::Plan;
use crate::plan::canonical::{pretty, to_value};

/// The target `plan`.
#[derive(Debug, Clone, Copy)]
pub struct PlanJson;

impl Target for PlanJson {
    fn name(&self) -> &'static str {
        "plan"
    }

    fn about(&self) -> &'static str {
        "the execution plan as JSON, canonical and digested, for any runner"
    }

    fn extension(&self) -> &'static str {
        "plan.json"
    }

    fn losses(&self, _plan: &Plan) -> Vec<Loss> {
        Vec::new()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        Artifact {
            file_name: file_name(&plan.entry.id, self.extension()),
            content: pretty(&to_value(plan)),
            executable: false,
        }
    }
}
