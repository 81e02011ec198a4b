//! # What
//!
//! Steps take several courses by what another step printed, each for one text, and none is there for any other text.
//!
//! # Why
//!
//! Where something else is printed, all of them are skipped, and the procedure goes on as if that had been meant.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: taste, command: ./taste.sh, read_only: true, timeout: 9, output: true }
//!       - { id: sell, command: ./sell.sh, read_only: true, timeout: 9, needs: [taste], when: steps.taste.output == "good" }
//!       - { id: bin, command: ./bin.sh, read_only: true, timeout: 9, needs: [taste], when: steps.taste.output == "bad" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: taste, command: ./taste.sh, read_only: true, timeout: 9, output: true }
//!       - { id: sell, command: ./sell.sh, read_only: true, timeout: 9, needs: [taste], when: steps.taste.output == "good" }
//!       - { id: bin, command: ./bin.sh, read_only: true, timeout: 9, needs: [taste], when: steps.taste.output != "good" }
//! ```
//!
//! # Exceptions
//!
//! Nothing is said where any step asks for the same text in another way, such as `!=` or `in`: it may be there for the
//! rest. Where the command can print nothing else, the note is to be allowed.

use std::collections::BTreeMap;

use super::super::{Context, Lint, whens};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr::{self, BinaryOp, Expr, ExprKind, Literal};
use crate::model::Text;

/// `open-branches`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "open-branches",
        code: "R0285",
        level: Level::Note,
        summary: "no step is there for what a branching output may be beside",
        source: include_str!("open_branches.rs"),
    },
    check,
};

/// Who asks for one output: those that compare it with one text each, and whether anybody asks in another way.
#[derive(Default)]
struct Asked<'a> {
    one: Vec<(&'a Text, String)>,
    otherwise: bool,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mistaken = whens::Mistaken::of(context);
    for (_, procedure) in context.graph.procedures() {
        let mut outputs: BTreeMap<Vec<String>, Asked<'_>> = BTreeMap::new();
        for when in whens::of(context, &mistaken, procedure) {
            let one = one_text(&when.expr);
            for name in expr::free_names(&when.expr) {
                if name.path.len() != 3 || name.path[0] != "steps" || name.path[2] != "output" {
                    continue;
                }
                let asked = outputs.entry(name.path).or_default();
                match &one {
                    Some(text) => asked.one.push((when.text, text.clone())),
                    None => asked.otherwise = true,
                }
            }
        }
        for (path, asked) in outputs {
            let mut texts: Vec<&String> = asked.one.iter().map(|(_, text)| text).collect();
            texts.sort_unstable();
            texts.dedup();
            let [(first, _), others @ ..] = asked.one.as_slice() else { continue };
            if asked.otherwise || texts.len() < 2 {
                continue;
            }
            let shown = texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
            let message = format!("no step is there for where `{}` is none of {shown}", path.join("."));
            let mut diagnostic = Diagnostic::new(&LINT.info, context.place(first.at), message);
            for (other, _) in others.iter().take(4) {
                diagnostic = diagnostic.related(context.place(other.at), "another course");
            }
            let rest =
                texts.iter().map(|text| format!("{} != \"{text}\"", path.join("."))).collect::<Vec<_>>();
            found(diagnostic.help(format!("add a step for the rest: `when: {}`", rest.join(" && "))));
        }
    }
}

/// The text that a condition compares one thing with, where that is all that it asks.
fn one_text(expr: &Expr) -> Option<String> {
    let ExprKind::Binary { op, left, right } = &expr.kind else { return None };
    let literal = match (left.path().is_some(), &right.kind, right.path().is_some(), &left.kind) {
        (true, ExprKind::Literal(literal), ..) | (_, _, true, ExprKind::Literal(literal)) => literal,
        _ => return None,
    };
    match literal {
        Literal::String(text) if op.value == BinaryOp::Equal => Some(text.clone()),
        _ => None,
    }
}
