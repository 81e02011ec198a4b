//! Computes what is known before a run: `env.TIER == 'a' && steps.build.status == 'ok'` becomes
//! `steps.build.status == 'ok'` where `env.TIER` is `'a'`.
//!
//! The result means what the expression means for whatever becomes known later. A part that fails is left as
//! it is, for the run to report.

use super::evaluate::{BUDGET, Values, evaluate_within};
use super::functions::seconds;
use super::{Expr, ExprKind, Key, Literal, LogicOp, Spanned, Value, free_names};
use crate::source::Span;

/// Replaces all that `known` determines by its value.
#[must_use]
pub fn fold(expr: &Expr, known: &dyn Values) -> Expr {
    Folder { known, bound: Vec::new(), budget: BUDGET }.folded(expr)
}

struct Folder<'a> {
    known: &'a dyn Values,
    /// Names that macros have bound, which hide known ones.
    bound: Vec<&'a str>,
    budget: u64,
}

impl<'a> Folder<'a> {
    fn folded<'e: 'a>(&mut self, expr: &'e Expr) -> Expr {
        if let Some(path) = expr.path() {
            return if self.bound.contains(&path[0]) { expr.clone() } else { self.computed(expr) };
        }
        match &expr.kind {
            ExprKind::Literal(_) => expr.clone(),
            ExprKind::Has { operand, .. }
                if operand.path().is_some_and(|path| !self.bound.contains(&path[0])) =>
            {
                self.computed(expr)
            }
            ExprKind::Logic { op, operands } => self.logic(*op, operands, expr.span),
            ExprKind::Conditional { condition, then, otherwise } => {
                let condition = self.folded(condition);
                match condition.kind {
                    ExprKind::Literal(Literal::Bool(true)) => self.folded(then),
                    ExprKind::Literal(Literal::Bool(false)) => self.folded(otherwise),
                    _ => {
                        let (then, otherwise) =
                            (Box::new(self.folded(then)), Box::new(self.folded(otherwise)));
                        let kind = ExprKind::Conditional { condition: Box::new(condition), then, otherwise };
                        Expr::new(kind, expr.span)
                    }
                }
            }
            ExprKind::Comprehension { kind, range, variable, filter, body } => {
                let range = self.boxed(range);
                self.bound.push(&variable.value);
                let (filter, body) = (filter.as_ref().map(|filter| self.boxed(filter)), self.boxed(body));
                self.bound.pop();
                let (kind, variable) = (kind.clone(), variable.clone());
                let folded =
                    Expr::new(ExprKind::Comprehension { kind, range, variable, filter, body }, expr.span);
                if free_names(&folded).is_empty() { self.computed(&folded) } else { folded }
            }
            kind => {
                let folded = Expr::new(self.with_folded_children(kind), expr.span);
                let hidden = |path: Vec<&str>| self.bound.contains(&path[0]);
                let is_known = match folded.path() {
                    Some(path) => !hidden(path),
                    None => !is_constant(&folded) && folded.kind.children().all(is_constant),
                };
                if is_known { self.computed(&folded) } else { folded }
            }
        }
    }

    fn boxed<'e: 'a>(&mut self, expr: &'e Expr) -> Box<Expr> {
        Box::new(self.folded(expr))
    }

    fn logic<'e: 'a>(&mut self, op: LogicOp, operands: &'e [Expr], span: Span) -> Expr {
        let deciding = op == LogicOp::Or;
        let mut left: Option<Expr> = None;
        for operand in operands {
            let operand = self.folded(operand);
            match operand.kind {
                ExprKind::Literal(Literal::Bool(value)) if value == deciding => {
                    return Expr::new(ExprKind::Literal(Literal::Bool(deciding)), span);
                }
                ExprKind::Literal(Literal::Bool(_)) => {}
                _ => {
                    left = Some(match left {
                        Some(left) => Expr::joined(op, left, operand),
                        None => operand,
                    });
                }
            }
        }
        left.unwrap_or_else(|| Expr::new(ExprKind::Literal(Literal::Bool(!deciding)), span))
    }

    fn with_folded_children<'e: 'a>(&mut self, kind: &'e ExprKind) -> ExprKind {
        match kind {
            ExprKind::Select { operand, field } => {
                ExprKind::Select { operand: self.boxed(operand), field: field.clone() }
            }
            ExprKind::Has { operand, field } => {
                ExprKind::Has { operand: self.boxed(operand), field: field.clone() }
            }
            ExprKind::Index { operand, index } => {
                // A path stays one, so that `steps[env.NAME]` becomes a name and not a part of a value.
                let operand = if operand.path().is_some() { operand.clone() } else { self.boxed(operand) };
                ExprKind::Index { operand, index: self.boxed(index) }
            }
            ExprKind::Call { target, name, arguments } => ExprKind::Call {
                target: target.as_ref().map(|target| self.boxed(target)),
                name: name.clone(),
                arguments: arguments.iter().map(|argument| self.folded(argument)).collect(),
            },
            ExprKind::List(elements) => {
                ExprKind::List(elements.iter().map(|element| self.folded(element)).collect())
            }
            ExprKind::Map(entries) => ExprKind::Map(
                entries.iter().map(|(key, value)| (self.folded(key), self.folded(value))).collect(),
            ),
            ExprKind::Unary { op, operand } => {
                ExprKind::Unary { op: op.clone(), operand: self.boxed(operand) }
            }
            ExprKind::Binary { op, left, right } => {
                ExprKind::Binary { op: op.clone(), left: self.boxed(left), right: self.boxed(right) }
            }
            // `folded` has dealt with these.
            ExprKind::Literal(_)
            | ExprKind::Name(_)
            | ExprKind::Comprehension { .. }
            | ExprKind::Logic { .. }
            | ExprKind::Conditional { .. } => kind.clone(),
        }
    }

    /// The value of an expression, written out; where it has none, the expression.
    fn computed(&mut self, expr: &Expr) -> Expr {
        let bound = &self.bound;
        let known = |path: &[&str]| if bound.contains(&path[0]) { None } else { self.known.value(path) };
        let value = evaluate_within(expr, &known, &mut self.budget).ok();
        value.and_then(|value| written(value, expr.span)).unwrap_or_else(|| expr.clone())
    }
}

/// True for what is a value and nothing else.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::List(_) | ExprKind::Map(_) => expr.kind.children().all(is_constant),
        ExprKind::Call { target: None, name, arguments } => {
            name.value == "duration"
                && arguments.iter().all(|argument| matches!(argument.kind, ExprKind::Literal(_)))
        }
        _ => false,
    }
}

/// The expression that has a value; infinity and not-a-number have none.
fn written(value: Value, span: Span) -> Option<Expr> {
    let kind = match value {
        Value::Null => ExprKind::Literal(Literal::Null),
        Value::Bool(value) => ExprKind::Literal(Literal::Bool(value)),
        Value::Int(value) => ExprKind::Literal(Literal::Int(value)),
        Value::Uint(value) => ExprKind::Literal(Literal::Uint(value)),
        Value::Double(value) => value.is_finite().then_some(ExprKind::Literal(Literal::Double(value)))?,
        Value::String(value) => ExprKind::Literal(Literal::String(value)),
        Value::Duration(value) => ExprKind::Call {
            target: None,
            name: Spanned { value: "duration".to_owned(), span },
            arguments: vec![Expr::new(
                ExprKind::Literal(Literal::String(format!("{}s", seconds(value)))),
                span,
            )],
        },
        Value::List(elements) => {
            ExprKind::List(elements.into_iter().map(|element| written(element, span)).collect::<Option<_>>()?)
        }
        Value::Map(entries) => {
            let entry =
                |(key, value): (Key, Value)| Some((written(key.to_value(), span)?, written(value, span)?));
            ExprKind::Map(entries.into_iter().map(entry).collect::<Option<_>>()?)
        }
    };
    Some(Expr::new(kind, span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse;

    fn folded(text: &str) -> String {
        let known = |path: &[&str]| match path {
            ["env", "TIER"] => Some(Value::from("a")),
            ["env", "STEP"] => Some(Value::from("build")),
            ["inputs"] => Some(Value::Map([(Key::from("port"), Value::Int(80))].into())),
            _ => None,
        };
        fold(&parse(text).expect(text), &known).to_string()
    }

    #[test]
    fn computes_what_is_known_and_leaves_the_rest() {
        for (text, shown) in [
            ("env.TIER == 'a' && steps.S.status == 'ok'", "steps.S.status == 'ok'"),
            ("env.TIER == 'b' && steps.S.status == 'ok'", "false"),
            ("steps.S.status == 'ok' || env.TIER == 'a'", "true"),
            ("env.TIER == 'b' || env.TIER == 'c'", "false"),
            ("x && (env.TIER == 'a' ? y && z : w)", "x && y && z"),
            ("env.TIER == 'b' ? x : y + (1 + 2)", "y + 3"),
            ("inputs.port + 1", "81"),
            ("inputs.prot + 1", "inputs.prot + 1"),
            ("has(inputs.port) && !has(inputs.prot) && has(steps.S)", "has(steps.S)"),
            ("steps[env.STEP].status", "steps['build'].status"),
            ("['a', 'b'].exists(t, t == env.TIER)", "true"),
            ("['a', 'b'].filter(t, t != env.TIER)", "['b']"),
            ("xs.exists(env, env.TIER == 1 + 1)", "xs.exists(env, env.TIER == 2)"),
            ("1 / 0 + 2 * 3", "1 / 0 + 6"),
            ("1.0 / 0.0 > x", "1.0 / 0.0 > x"),
            ("duration('90s') + duration('0.5s')", "duration('90.5s')"),
            ("duration('1' + 'm') < limit", "duration('1m') < limit"),
            ("x.startsWith(env.TIER + 'b')", "x.startsWith('ab')"),
        ] {
            assert_eq!(folded(text), shown, "{text}");
        }
    }
}
