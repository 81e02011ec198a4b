//! What lints of constraints of one's own share: their expressions, and how grave it is to break them.

use std::collections::BTreeMap;

use super::Context;
use crate::diagnostic::{Diagnostic, Level};
use crate::expr::{self, Expr, ExprError, Type};
use crate::model::{Constraint, Enforcement, Text};
use crate::plan::rules::INVALID_EXPRESSION;

/// How grave it is to break a constraint.
pub(super) fn level(constraint: &Constraint) -> Level {
    match constraint.enforcement() {
        Enforcement::Mandatory => Level::Error,
        Enforcement::Recommended => Level::Warning,
        Enforcement::Advisory => Level::Note,
    }
}

/// The expression of an `assert`; nothing where it is wrong, which is found then.
pub(super) fn expression(
    context: &Context<'_>,
    assert: &Text,
    scope: &BTreeMap<String, Type>,
    found: &mut dyn FnMut(Diagnostic),
) -> Option<Expr> {
    let errors = match parse(&assert.value, scope) {
        Ok(parsed) => return Some(parsed),
        Err(errors) => errors,
    };
    for error in errors {
        let place = context.part(assert.at, error.span.range());
        let mut wrong = Diagnostic::new(&INVALID_EXPRESSION, place, error.message);
        wrong.help = error.help;
        found(wrong);
    }
    None
}

fn parse(text: &str, scope: &BTreeMap<String, Type>) -> Result<Expr, Vec<ExprError>> {
    let parsed = expr::parse(text)?;
    let (of, mut errors) = expr::check(&parsed, scope);
    if errors.is_empty() && !matches!(of, Type::Bool | Type::Dyn) {
        let message = format!("`assert` is {of}, not true or false");
        errors.push(ExprError { message, span: parsed.span, help: None });
    }
    if errors.is_empty() { Ok(parsed) } else { Err(errors) }
}

/// A text within a message: one line, and no backticks.
pub(super) fn one_line(text: &str) -> String {
    text.replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}
