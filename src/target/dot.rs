//! The flow of a plan, drawn: `flow` in the spelling of `diagram`.
//!
//! A picture shows the way and leaves the details to the plan, so it has no losses to speak of: it is not
//! meant to be run.

use super::{Artifact, Loss, Target, file_name, flow};
use crate::diagram;
use crate::plan::Plan;

/// The target `dot`.
#[derive(Debug, Clone, Copy)]
pub struct Dot;

impl Target for Dot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn about(&self) -> &'static str {
        "the flow of the plan in the language of Graphviz"
    }

    fn extension(&self) -> &'static str {
        "dot"
    }

    fn losses(&self, _plan: &Plan) -> Vec<Loss> {
        Vec::new()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        Artifact {
            file_name: file_name(&plan.entry.id, self.extension()),
            content: diagram::dot(&flow::flow(plan)),
            executable: false,
        }
    }
}
