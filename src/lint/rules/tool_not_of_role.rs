//! # What
//!
//! A task of a timeline needs a tool that its owner does not work with.
//!
//! # Why
//!
//! Who answers for a task must be able to do it: without the tool they wait for somebody else, who is not in the plan.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! stakeholders:
//!   - { role: packer, tools: [van] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Lift the ovens }] }
//! timelines:
//!   - id: T1
//!     phases:
//!       - { name: pack, start: 0h, end: 8h, tasks: [{ run: E1, owner: packer, tools: [van, crane] }] }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! stakeholders:
//!   - { role: packer, tools: [van, crane] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Lift the ovens }] }
//! timelines:
//!   - id: T1
//!     phases:
//!       - { name: pack, start: 0h, end: 8h, tasks: [{ run: E1, owner: packer, tools: [van, crane] }] }
//! ```
//!
//! # Exceptions
//!
//! Of a role that lists no tools nobody knows which it has.

use super::super::timelines::tasks;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, nearest};

/// `tool-not-of-role`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "tool-not-of-role",
        code: "R0317",
        level: Level::Warning,
        summary: "a task needs a tool that its owner does not work with",
        source: include_str!("tool_not_of_role.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for task in tasks(context) {
        let Some(stakeholder) = task.stakeholder.filter(|it| !it.tools.is_empty()) else { continue };
        let known: Vec<&str> = stakeholder.tools.iter().map(|tool| tool.value.as_str()).collect();
        for tool in task.task.tools.iter().filter(|tool| !known.contains(&tool.value.as_str())) {
            let role = &stakeholder.role;
            let message = format!("`{}` is none of the tools of `{}`", tool.value, role.value);
            let help = match nearest(&tool.value, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "give the task to a role that has the tool, or the tool to the role".to_owned(),
            };
            found(
                Diagnostic::new(&LINT.info, context.place(tool.at), message)
                    .label("is needed for the task")
                    .related(context.place(role.at), "this role works with others")
                    .help(help),
            );
        }
    }
}
