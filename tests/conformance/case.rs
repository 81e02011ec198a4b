//! A case of the kit: read from its file, played on the virtual clock, written back as its file spells it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rulec::expr;
use rulec::machine::Machine;
use rulec::plan::canonical::{pretty, to_value};
use rulec::plan::ir::{Action, Condition, InputType, Plan, Step};
use rulec::simulate::{Trace, simulate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::support::world::{Act, Surroundings};
use crate::support::{project, read};

/// Where the cases stand, from the folder of the project.
pub(crate) const FOLDER: &str = "tests/conformance/cases";

/// A plan, a world, and what happens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The name, which is also that of its file.
    pub(crate) name: String,
    /// The rule that it shows, in a sentence.
    pub(crate) about: String,
    pub(crate) plan: Plan,
    #[serde(default)]
    pub(crate) world: Surroundings,
    /// The lines of the trace.
    pub(crate) trace: Vec<Value>,
}

/// The files of all cases with their texts, in order of name.
#[expect(clippy::disallowed_methods, reason = "the cases are files of the project")]
pub(crate) fn files() -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(project().join(FOLDER)).expect("the folder of the cases is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    let texts = files.iter().map(|file| read(file));
    let texts: Vec<_> = texts.collect();
    files.into_iter().zip(texts).collect()
}

/// All cases, in order of name.
pub(crate) fn cases() -> Vec<Case> {
    let parse = |(file, text): (PathBuf, String)| {
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{} is no case: {error}", file.display()))
    };
    files().into_iter().map(parse).collect()
}

impl Case {
    /// Runs the plan in its world, each job taking so much longer than it says.
    pub(crate) fn play<'a>(&self, machine: &Machine<'a>, late: fn(usize) -> u64) -> Trace<'a> {
        simulate(machine, &mut self.world.stage(late), &inputs(&self.plan))
    }

    /// The case as its file spells it, with these lines of the trace.
    pub(crate) fn written(&self, lines: &[String]) -> String {
        let text = |value: &str| Value::from(value).to_string();
        let plan = pretty(&to_value(&self.plan)).trim_end().replace('\n', "\n  ");
        format!(
            "{{\n  \"name\": {},\n  \"about\": {},\n  \"plan\": {plan},\n  \"world\": {},\n  \"trace\": [\n    {}\n  ]\n}}\n",
            text(&self.name),
            text(&self.about),
            self.world.written(),
            lines.join(",\n    "),
        )
    }
}

impl Surroundings {
    fn written(&self) -> String {
        let json = |value: &dyn Fn() -> serde_json::Result<String>| value().expect("it has string keys only");
        let mut keys = Vec::new();
        if !self.jobs.is_empty() {
            let of = |(name, acts): (&String, &Vec<Act>)| {
                format!("\"{name}\": {}", json(&|| serde_json::to_string(acts)))
            };
            let jobs: Vec<_> = self.jobs.iter().map(of).collect();
            keys.push(format!("\"jobs\": {{\n      {}\n    }}", jobs.join(",\n      ")));
        }
        for (key, named) in [("people", &self.people), ("gates", &self.gates)] {
            if !named.is_empty() {
                keys.push(format!("\"{key}\": {}", json(&|| serde_json::to_string(named))));
            }
        }
        keys.extend(self.cancel_at_ms.map(|ms| format!("\"cancel_at_ms\": {ms}")));
        if keys.is_empty() { "{}".to_owned() } else { format!("{{\n    {}\n  }}", keys.join(",\n    ")) }
    }
}

/// The word by which JSON spells a choice without members.
pub(crate) fn word<T: Serialize>(choice: &T) -> String {
    match serde_json::to_value(choice).expect("a choice is JSON") {
        Value::String(word) => word,
        other => panic!("{other} is no word"),
    }
}

/// A line of a trace as two runners have it in common: without its moment.
pub(crate) fn normalised(line: &Value) -> Value {
    let mut line = line.clone();
    line.as_object_mut().expect("a line is an object").remove("at_ms");
    line
}

/// NAME of a command `act NAME`.
pub(crate) fn name_of(command: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    command.strip_prefix("act ").filter(|name| !name.is_empty() && name.chars().all(is_part))
}

/// The values of the inputs of a plan as expressions see them.
fn inputs(plan: &Plan) -> BTreeMap<String, expr::Value> {
    let value_of = |kind, text: &str| match kind {
        InputType::Int | InputType::Port => expr::Value::Int(text.parse().expect("a whole number")),
        InputType::Float => expr::Value::Double(text.parse().expect("a number")),
        InputType::Bool => expr::Value::Bool(text == "true"),
        _ => expr::Value::String(text.to_owned()),
    };
    let known = plan.inputs.iter().filter_map(|input| {
        let text = input.value.as_ref().or(input.default.as_ref())?;
        Some((input.name.clone(), value_of(input.kind, text)))
    });
    known.collect()
}

/// The steps of all lists of a plan.
pub(crate) fn steps(plan: &Plan) -> impl Iterator<Item = &Step> {
    let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    plan.steps.iter().chain(rollbacks).chain(&plan.finally)
}

/// All commands of a plan.
pub(crate) fn commands(plan: &Plan) -> Vec<&str> {
    let conditions = plan.preconditions.iter().chain(&plan.postconditions);
    let mut found: Vec<&str> = conditions.filter_map(checked).collect();
    found.extend(plan.alerts.values().map(|alert| alert.command.as_str()));
    for step in steps(plan) {
        match &step.action {
            Action::Command { command } => found.push(command),
            Action::Condition { condition } => found.extend(checked(condition)),
            Action::Manual { .. } | Action::Fail { .. } | Action::File { .. } => {}
        }
        found.extend(step.verify.iter().map(|verify| verify.command.as_str()));
        found.extend(step.undo.iter().map(|undo| undo.command.as_str()));
        found.extend(step.remedies.iter().flat_map(|remedy| &remedy.run).map(String::as_str));
    }
    found
}

fn checked(condition: &Condition) -> Option<&str> {
    condition.check.as_ref().map(|check| check.command.as_str())
}
