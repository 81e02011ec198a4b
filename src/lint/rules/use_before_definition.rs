//! # What
//!
//! A `when` reads the output, exit code or status of a step that has none when it is decided: the step comes later, or
//! nothing makes sure that it is over; it may be skipped, or fail without ending the run; or it keeps no output.
//!
//! # Why
//!
//! A condition that can't be decided fails its step, and with it the run.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: bake, command: ./bake.sh, undo: ./clear.sh, when: steps.look.output == "warm" }
//!       - { id: look, command: ./look.sh, read_only: true, output: true }
//!       - { id: sell, command: ./sell.sh, undo: ./recall.sh, when: steps.bake.exit_code == 0 }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: look, command: ./look.sh, read_only: true, output: true }
//!       - { id: bake, command: ./bake.sh, undo: ./clear.sh, when: steps.look.output == "warm" }
//!       - id: sell
//!         command: ./sell.sh
//!         undo: ./recall.sh
//!         when: steps.bake.status == "ok" && steps.bake.exit_code == 0
//! ```
//!
//! # Exceptions
//!
//! Conditions that ask with `has(…)`, final steps, and steps that are skipped under a condition on the same names: one may
//! rule the other out. `rulec verify` looks at every path of a run, and reports what is left as `undecidable-when`.

use petgraph::graph::NodeIndex;

use super::super::whens::{self, Before, Mistaken, Read, When};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr::{self, Value};
use crate::model::{Procedure, StepKind};

/// `use-before-definition`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "use-before-definition",
        code: "R0137",
        level: Level::Warning,
        summary: "a condition reads of a step what need not be there",
        source: include_str!("use_before_definition.rs"),
    },
    check,
};

/// How many needs of steps are looked at, over all procedures.
const BUDGET: usize = 1_000_000;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mistaken = Mistaken::of(context);
    let mut left = BUDGET;
    for (index, procedure) in context.graph.procedures() {
        let whens = whens::of(context, &mistaken, procedure);
        if whens.is_empty() {
            continue;
        }
        let keys = whens::keys(procedure);
        for when in whens.iter().filter(|when| !when.text.value.contains("has(")) {
            let before = Before::of(context.graph.order(index), when.position, &mut left);
            let mut told: Vec<usize> = Vec::new();
            for read in whens::reads(&keys, &when.expr) {
                // One mistake a step is enough.
                if told.contains(&read.of) {
                    continue;
                }
                if let Some((message, label, help)) = fault(context, index, procedure, when, &read, &before) {
                    told.push(read.of);
                    let at = ways_back::shown_at(&procedure.steps[read.of]);
                    found(
                        Diagnostic::new(&LINT.info, context.part(when.text.at, read.span.range()), message)
                            .label("may not be there")
                            .related(context.place(at), label)
                            .help(help),
                    );
                }
            }
        }
    }
}

/// Why what is read may not be there: message, label at the step that is read, help.
fn fault(
    context: &Context<'_>,
    index: NodeIndex,
    procedure: &Procedure,
    when: &When<'_>,
    read: &Read,
    before: &Before,
) -> Option<(String, &'static str, String)> {
    let step = &procedure.steps[read.of];
    let key = step.key()?.value.0;
    let field = match read.field.as_str() {
        "output" => "output",
        "exit_code" => "exit code",
        _ => "status",
    };
    // A call has neither; that is said where it is called.
    if matches!(step.kind(), None | Some(StepKind::Run(_))) {
        return None;
    }
    if !before.has(read.of)? {
        let (label, help) = match before {
            _ if read.of == when.position => ("is this step itself", "read another step".to_owned()),
            Before::Listed(_) => ("runs later", format!("let `{key}` run before")),
            _ => ("may still run, or not have begun", format!("add `{key}` to the `needs` of this step")),
        };
        return Some((format!("nothing makes sure that `{key}` is over before this is asked"), label, help));
    }
    let keeps = step.output.is_some_and(|output| output.value);
    if field == "output" && !keeps {
        let help = format!("say `output: true` at `{key}`");
        return Some((format!("`{key}` keeps no output"), "says no `output: true`", help));
    }
    let help = format!("ask first: `steps.{key}.status == \"ok\" && …`");
    if field != "status"
        && step.when.is_some()
        && is_read_under(when, &key, &read.field, "skipped")
        && !is_related(procedure, when, read.of)
    {
        let message = format!("`{key}` may be skipped, and has no {field} then");
        return Some((message, "runs only under a condition", help));
    }
    if field == "output"
        && whens::survives_failure(context, index, step)
        && is_read_under(when, &key, &read.field, "failed")
    {
        let message = format!("`{key}` may fail without ending the run, and has no output then");
        return Some((message, "may fail", help));
    }
    None
}

/// Whether a condition still depends on a field of a step where the step has this status.
fn is_read_under(when: &When<'_>, key: &str, field: &str, status: &str) -> bool {
    let known = |path: &[&str]| match *path {
        ["steps", step, "status"] if step == key => Some(Value::from(status)),
        _ => None,
    };
    let rest = expr::fold(&when.expr, &known);
    let path = ["steps", key, field];
    expr::free_names(&rest).iter().any(|name| name.path.iter().eq(path.iter()))
}

/// Whether the condition of a step reads a name that another one reads as well, so that one may rule the other out.
fn is_related(procedure: &Procedure, when: &When<'_>, step: usize) -> bool {
    let other = procedure.steps[step].when.as_ref().and_then(|text| expr::parse(&text.value).ok());
    let Some(other) = other else { return true };
    let names = expr::free_names(&when.expr);
    expr::free_names(&other).iter().any(|name| names.iter().any(|known| known.path == name.path))
}
