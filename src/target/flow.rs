//! The way that a run of a plan takes, as a diagram: gates, steps, what follows a failure, the end.
//!
//! Solid lines are the usual way, dashed ones that of a failure. Numbers are those of the steps in the plan and
//! in the runbook: `1` a step, `R1` one of a rollback, `F1` one that runs at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::diagram::{ClusterId, Diagram, Line, NodeId, Shape};
use crate::plan::Plan;
use crate::plan::ir::{Action, Condition, OnFailure, Step};

/// The diagram of a plan.
pub(super) fn flow(plan: &Plan) -> Diagram {
    let mut flow = Flow { diagram: Diagram::default() };
    let gated = flow.gates(plan);
    let phases = flow.phases(plan);
    let steps: Vec<NodeId> = (plan.steps.iter().zip(1..))
        .map(|(step, number)| {
            let phase = step.phase.as_deref().and_then(|phase| phases.get(phase)).copied();
            flow.step(step, &number.to_string(), phase)
        })
        .collect();
    let mut last = flow.needs(&plan.steps, &steps, gated);
    let mut failing: Vec<NodeId> = (plan.steps.iter().zip(&steps))
        .filter(|(step, _)| !step.on_failure.is_tolerant())
        .map(|(_, &node)| node)
        .collect();
    if !plan.postconditions.is_empty() {
        let label = conditions("Afterwards", &plan.postconditions);
        let after = flow.diagram.node(Shape::Decision, label, None);
        flow.join(&last, after, Line::Solid, "");
        last = vec![after];
        failing.push(after);
    }
    let rolled_back = flow.rollback(plan, &failing);
    flow.end(plan, &last, &rolled_back);
    flow.diagram
}

/// A failure's way: where it ends, and what that end is called.
struct Failure {
    at: Vec<NodeId>,
    label: &'static str,
    outcome: &'static str,
}

struct Flow {
    diagram: Diagram,
}

impl Flow {
    fn join(&mut self, from: &[NodeId], to: NodeId, line: Line, label: &str) {
        from.iter().for_each(|&from| self.diagram.edge(from, to, line, label));
    }

    /// A frame for each phase of a timeline.
    fn phases<'p>(&mut self, plan: &'p Plan) -> BTreeMap<&'p str, ClusterId> {
        let phases = plan.timeline.iter().flat_map(|timeline| &timeline.phases);
        phases
            .map(|phase| {
                let (from, till) = (words::duration(phase.start_ms), words::duration(phase.end_ms));
                let title = format!("{} ({from} to {till})", one_line(&phase.name));
                (phase.id.as_str(), self.diagram.cluster(title, None))
            })
            .collect()
    }

    /// Where it starts, and all that must hold before the first step; gives the last of them.
    fn gates(&mut self, plan: &Plan) -> NodeId {
        let entry = &plan.entry;
        let start = self.diagram.node(Shape::Terminal, title(&entry.id, &entry.name), None);
        let mut lines = Vec::new();
        if let Some(window) = &plan.policy.window {
            lines.push(format!("Between {} and {}", window.start, window.end));
        }
        lines.extend(plan.policy.approvals.iter().map(|approval| match approval.roles.as_slice() {
            [] => String::from("Approved by a person"),
            roles => {
                let roles: Vec<_> = roles.iter().map(|role| one_line(role)).collect();
                format!("Approved by {}", words::list(&roles, "or"))
            }
        }));
        if !plan.preconditions.is_empty() {
            lines.push(conditions("Before", &plan.preconditions));
        }
        if lines.is_empty() {
            return start;
        }
        let gate = self.diagram.node(Shape::Decision, lines.join("\n"), None);
        let refused = self.diagram.node(Shape::Terminal, "Refused: nothing has run", None);
        self.diagram.edge(start, gate, Line::Solid, "");
        self.diagram.edge(gate, refused, Line::Dashed, "does not hold");
        gate
    }

    fn step(&mut self, step: &Step, number: &str, cluster: Option<ClusterId>) -> NodeId {
        let shape = match step.action {
            _ if step.probe => Shape::Decision,
            Action::Command { .. } => Shape::Box,
            Action::Manual { .. } => Shape::Manual,
            Action::Condition { .. } => Shape::Decision,
            Action::Fail { .. } => Shape::Terminal,
            Action::File { .. } => Shape::Store,
        };
        let mut label = format!("{number} {}", one_line(&step.name));
        if let Some(ms) = step.start_at_ms {
            label.push_str(&format!("\nat {}", words::duration(ms)));
        }
        if let Some(when) = &step.when {
            label.push_str(&format!("\nonly if {}", one_line(when)));
        }
        if let Some(before) = &step.start_before {
            label.push_str(&format!(
                "\nup to {} after {}",
                words::duration(before.ms),
                one_line(&before.since)
            ));
        }
        if step.verify.is_some() {
            label.push_str("\nthen verified");
        }
        match step.on_failure {
            OnFailure::Continue => label.push_str("\nif it fails: go on"),
            OnFailure::AlertAndContinue => label.push_str("\nif it fails: alert, go on"),
            OnFailure::Abort | OnFailure::RetryThenAbort | OnFailure::Rollback => {}
        }
        self.diagram.node(shape, label, cluster)
    }

    /// The edges of needs; gives the steps that no other one needs.
    fn needs(&mut self, steps: &[Step], nodes: &[NodeId], start: NodeId) -> Vec<NodeId> {
        let ids: BTreeMap<&str, NodeId> =
            steps.iter().map(|step| step.id.as_str()).zip(nodes.iter().copied()).collect();
        let mut last: BTreeSet<NodeId> = nodes.iter().copied().collect();
        for (step, &node) in steps.iter().zip(nodes) {
            if step.needs.is_empty() {
                self.diagram.edge(start, node, Line::Solid, "");
            }
            for need in step.needs.iter().filter_map(|need| ids.get(need.as_str())) {
                self.diagram.edge(*need, node, Line::Solid, "");
                last.remove(need);
            }
        }
        if nodes.is_empty() { vec![start] } else { last.into_iter().collect() }
    }

    /// Undos in reverse order, then the rollbacks.
    fn rollback(&mut self, plan: &Plan, failing: &[NodeId]) -> Failure {
        let undone: Vec<_> = plan
            .steps
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, step)| words::is_undone(step))
            .map(|(index, step)| format!("undo {} {}", index + 1, one_line(&step.name)))
            .collect();
        if !words::can_roll_back(plan) {
            return Failure { at: failing.to_vec(), label: "fails", outcome: "Failed" };
        }
        let frame = self.diagram.cluster("Rollback", None);
        let mut way = Failure { at: failing.to_vec(), label: "fails", outcome: "Rolled back" };
        if failing.is_empty() {
            way.at.push(self.diagram.node(Shape::Terminal, "Cancelled", None));
            way.label = "";
        }
        for label in undone {
            let node = self.diagram.node(Shape::Box, label, Some(frame));
            self.follow(&mut way, node);
        }
        let mut numbers = 1..;
        for group in &plan.rollbacks {
            let inner = self.diagram.cluster(title(&group.procedure, &group.name), Some(frame));
            for (step, number) in group.steps.iter().zip(&mut numbers) {
                let node = self.step(step, &format!("R{number}"), Some(inner));
                self.follow(&mut way, node);
            }
        }
        way
    }

    fn follow(&mut self, way: &mut Failure, node: NodeId) {
        let line = if way.label.is_empty() { Line::Solid } else { Line::Dashed };
        self.join(&way.at, node, line, way.label);
        (way.at, way.label) = (vec![node], "");
    }

    /// The final steps, and the outcomes.
    fn end(&mut self, plan: &Plan, last: &[NodeId], failure: &Failure) {
        let line = if failure.label.is_empty() { Line::Solid } else { Line::Dashed };
        if plan.finally.is_empty() {
            let done = self.diagram.node(Shape::Terminal, "Done", None);
            self.join(last, done, Line::Solid, "");
            if !failure.at.is_empty() {
                let failed = self.diagram.node(Shape::Terminal, failure.outcome, None);
                self.join(&failure.at, failed, line, failure.label);
            }
            return;
        }
        let frame = self.diagram.cluster("Finally, whatever happened", None);
        let steps: Vec<NodeId> = plan
            .finally
            .iter()
            .zip(1..)
            .map(|(step, number)| self.step(step, &format!("F{number}"), Some(frame)))
            .collect();
        self.join(last, steps[0], Line::Solid, "");
        self.join(&failure.at, steps[0], line, failure.label);
        steps.windows(2).for_each(|pair| self.diagram.edge(pair[0], pair[1], Line::Solid, ""));
        let end = self.diagram.node(Shape::Terminal, "End", None);
        self.join(&steps[steps.len() - 1..], end, Line::Solid, "");
    }
}

/// The id and the name, or the one where both are the same.
pub(super) fn title(id: &str, name: &str) -> String {
    let (id, name) = (one_line(id), one_line(name));
    if id == name { id } else { format!("{id}: {name}") }
}

fn conditions(when: &str, conditions: &[Condition]) -> String {
    match conditions {
        [one] => format!("{when}: {}", one_line(&one.text)),
        many => format!("{when}: {} conditions", many.len()),
    }
}

/// The text with all white space as single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
