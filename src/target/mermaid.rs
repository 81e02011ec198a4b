//! The flow of a plan, drawn: `flow` in the spelling of `diagram`.
//!
//! A picture shows the way and leaves the details to the plan, so it has no losses to speak of: it is not
//! meant to be run.

use super::{Artifact, Loss, Target, file_name, flow};
use crate::diagram;
use crate::plan::Plan;

/// The target `mermaid`.
#[derive(Debug, Clone, Copy)]
pub struct Mermaid;

impl Target for Mermaid {
    fn name(&self) -> &'static str {
        "mermaid"
    }

    fn about(&self) -> &'static str {
        "the flow of the plan as a Mermaid flowchart, for pages and chats that draw it"
    }

    fn extension(&self) -> &'static str {
        "mmd"
    }

    fn losses(&self, _plan: &Plan) -> Vec<Loss> {
        Vec::new()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        Artifact {
            file_name: file_name(&plan.entry.id, self.extension()),
            content: diagram::mermaid(&flow::flow(plan)),
            executable: false,
        }
    }
}
