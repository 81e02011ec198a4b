//! Computes an expression over given values, as CEL says: `&&` and `||` take their operands in any order, so
//! that one that decides makes an error of the other one irrelevant.

use super::ast::Spanned;
use super::functions::{self, Kind};
use super::{Expr, ExprError, ExprKind, Key, Literal, LogicOp, Macro, UnaryOp, Value, operators};
use crate::source::Span;

/// The values that are known.
pub trait Values {
    /// The value at a path such as `["inputs", "port"]`, or `None` where it is not known, or is known only
    /// as a part of the value at a shorter path.
    fn value(&self, path: &[&str]) -> Option<Value>;
}

impl<F: Fn(&[&str]) -> Option<Value>> Values for F {
    fn value(&self, path: &[&str]) -> Option<Value> {
        self(path)
    }
}

/// Evaluates an expression.
///
/// # Errors
/// Where a name has no value, an operator or function does not apply, a result is out of range, or the work
/// exceeds a fixed bound.
pub fn evaluate(expr: &Expr, values: &dyn Values) -> Result<Value, ExprError> {
    let mut budget = BUDGET;
    evaluate_within(expr, values, &mut budget)
}

/// Evaluates with what is left of a budget that several evaluations share.
pub(super) fn evaluate_within(
    expr: &Expr,
    values: &dyn Values,
    budget: &mut u64,
) -> Result<Value, ExprError> {
    let mut evaluator = Evaluator { values, locals: Vec::new(), budget: *budget };
    let outcome = evaluator.value_of(expr);
    *budget = evaluator.budget;
    outcome
}

/// How much work an evaluation may take: expressions visited, and words copied.
pub(super) const BUDGET: u64 = 1_000_000;

struct Evaluator<'a> {
    values: &'a dyn Values,
    locals: Vec<(&'a str, Value)>,
    budget: u64,
}

type Evaluated = Result<Value, ExprError>;

impl<'a> Evaluator<'a> {
    fn value_of<'e: 'a>(&mut self, expr: &'e Expr) -> Evaluated {
        self.charge(1, expr.span)?;
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(literal_value(literal)),
            ExprKind::Name(_) => self.path_value(expr),
            ExprKind::Select { operand, field } => {
                if expr.path().is_some() {
                    return self.path_value(expr);
                }
                let value = self.value_of(operand)?;
                field_of(&value, &field.value, field.span).cloned()
            }
            ExprKind::Has { operand, field } => self.has(operand, field),
            ExprKind::Index { operand, index } => {
                if expr.path().is_some() {
                    return self.path_value(expr);
                }
                let (value, key) = (self.value_of(operand)?, self.value_of(index)?);
                element(value, &key, index.span)
            }
            ExprKind::Call { target, name, arguments } => self.call(target.as_deref(), name, arguments),
            ExprKind::Comprehension { kind, range, variable, filter, body } => {
                let elements = match self.value_of(range)? {
                    Value::List(elements) => elements,
                    Value::Map(entries) => entries.keys().map(Key::to_value).collect(),
                    other => {
                        let message =
                            format!("`{}` needs a list or map, not {}", kind.value.name(), other.type_name());
                        return Err(ExprError::new(message, range.span));
                    }
                };
                self.comprehend(kind, elements, &variable.value, filter.as_deref(), body)
            }
            ExprKind::List(elements) => {
                let elements: Result<_, _> = elements.iter().map(|element| self.value_of(element)).collect();
                elements.map(Value::List)
            }
            ExprKind::Map(entries) => {
                let mut map = std::collections::BTreeMap::new();
                for (key, value) in entries {
                    let of = self.value_of(key)?;
                    let key_value = of.to_key().filter(|_| !matches!(of, Value::Double(_)));
                    let message = || format!("a key can't be {}", of.type_name());
                    let key_value = key_value.ok_or_else(|| ExprError::new(message(), key.span))?;
                    if map.insert(key_value, self.value_of(value)?).is_some() {
                        return Err(ExprError::new("the key comes twice", key.span));
                    }
                }
                Ok(Value::Map(map))
            }
            ExprKind::Unary { op, operand } => {
                let value = self.value_of(operand)?;
                let result = match (op.value, &value) {
                    (UnaryOp::Not, Value::Bool(value)) => Some(Value::Bool(!value)),
                    (UnaryOp::Negate, Value::Double(value)) => Some(Value::Double(-value)),
                    (UnaryOp::Negate, Value::Int(value)) => {
                        let message = || ExprError::new("the result of `-` is out of range", op.span);
                        return value.checked_neg().map(Value::Int).ok_or_else(message);
                    }
                    _ => None,
                };
                let message = || format!("`{}` does not apply to {}", op.value.symbol(), value.type_name());
                result.ok_or_else(|| ExprError::new(message(), op.span))
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.value_of(left)?, self.value_of(right)?);
                self.charge(left.weight() + right.weight(), op.span)?;
                operators::apply(op.value, left, right).map_err(|message| ExprError::new(message, op.span))
            }
            ExprKind::Logic { op, operands } => {
                let deciding = *op == LogicOp::Or;
                let mut first_error = None;
                for operand in operands {
                    match self.condition(operand, op.symbol()) {
                        Ok(value) if value == deciding => return Ok(Value::Bool(deciding)),
                        Ok(_) => {}
                        Err(error) => first_error = first_error.or(Some(error)),
                    }
                }
                first_error.map_or(Ok(Value::Bool(!deciding)), Err)
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                if self.condition(condition, "?")? {
                    self.value_of(then)
                } else {
                    self.value_of(otherwise)
                }
            }
        }
    }

    fn charge(&mut self, cost: u64, place: Span) -> Result<(), ExprError> {
        match self.budget.checked_sub(cost) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => {
                self.budget = 0;
                Err(ExprError::new("the expression takes too much work", place)
                    .help("go through shorter lists"))
            }
        }
    }

    fn condition<'e: 'a>(&mut self, expr: &'e Expr, user: &str) -> Result<bool, ExprError> {
        match self.value_of(expr)? {
            Value::Bool(value) => Ok(value),
            other => {
                let message = format!("`{user}` needs a bool, not {}", other.type_name());
                Err(ExprError::new(message, expr.span))
            }
        }
    }

    /// The value at a path: that of the longest beginning that is known, and what the rest selects in it.
    fn path_value(&mut self, expr: &Expr) -> Evaluated {
        let path = expr.path().expect("callers have seen a path");
        if let Some((_, local)) = self.locals.iter().rev().find(|(name, _)| *name == path[0]) {
            let value =
                path[1..].iter().try_fold(local, |value, field| field_of(value, field, expr.span))?.clone();
            self.charge(value.weight(), expr.span)?;
            return Ok(value);
        }
        let (known, mut value) = (1..=path.len())
            .rev()
            .find_map(|length| Some((length, self.values.value(&path[..length])?)))
            .ok_or_else(|| ExprError::new(format!("`{expr}` has no value"), expr.span))?;
        self.charge(value.weight(), expr.span)?;
        for field in &path[known..] {
            value = field_of(&value, field, expr.span)?.clone();
        }
        Ok(value)
    }

    fn has<'e: 'a>(&mut self, operand: &'e Expr, field: &'e Spanned<String>) -> Evaluated {
        if let Some(mut path) = operand.path()
            && !self.locals.iter().any(|(name, _)| *name == path[0])
        {
            path.push(&field.value);
            if self.values.value(&path).is_some() {
                return Ok(Value::Bool(true));
            }
        }
        match self.value_of(operand)? {
            Value::Map(entries) => Ok(Value::Bool(entries.contains_key(&Key::from(field.value.as_str())))),
            other => Err(ExprError::new(format!("{} has no fields", other.type_name()), field.span)),
        }
    }

    fn call<'e: 'a>(
        &mut self,
        target: Option<&'e Expr>,
        name: &Spanned<String>,
        arguments: &'e [Expr],
    ) -> Evaluated {
        let function = functions::named(&name.value)
            .filter(|function| {
                function.allows(target.is_some()) && function.arity(target.is_some()) == arguments.len()
            })
            .ok_or_else(|| {
                ExprError::new(format!("there is no such function as `{}`", name.value), name.span)
            })?;
        let mut operands = Vec::new();
        for (operand, kinds) in target.into_iter().chain(arguments).zip(function.parameters) {
            let value = self.value_of(operand)?;
            if !Kind::of_value(&value).is_some_and(|kind| kinds.contains(&kind)) {
                let message =
                    format!("`{}` needs {}, not {}", function.name, Kind::names(kinds), value.type_name());
                return Err(ExprError::new(message, operand.span));
            }
            self.charge(value.weight(), operand.span)?;
            operands.push(value);
        }
        if function.name == "matches" {
            // Compiling a pattern costs far more than looking at its text.
            self.charge(500, name.span)?;
        }
        (function.call)(&operands).map_err(|message| {
            ExprError::new(message, arguments.last().or(target).map_or(name.span, |operand| operand.span))
        })
    }

    fn comprehend<'e: 'a>(
        &mut self,
        kind: &Spanned<Macro>,
        elements: Vec<Value>,
        variable: &'e str,
        filter: Option<&'e Expr>,
        body: &'e Expr,
    ) -> Evaluated {
        let (mut kept, mut count, mut first_error) = (Vec::new(), 0_u64, None);
        let mut decided = None;
        for element in elements {
            let copy = (kind.value == Macro::Filter).then(|| element.clone());
            self.locals.push((variable, element));
            let outcome = self.step(kind.value, filter, body);
            self.locals.pop();
            match (kind.value, outcome) {
                (Macro::All | Macro::Exists, Err(error)) => first_error = first_error.or(Some(error)),
                (_, Err(error)) => return Err(error),
                (Macro::All, Ok(Some(Value::Bool(false)))) => decided = Some(false),
                (Macro::Exists, Ok(Some(Value::Bool(true)))) => decided = Some(true),
                (Macro::ExistsOne, Ok(Some(Value::Bool(true)))) => count += 1,
                (Macro::Filter, Ok(Some(Value::Bool(true)))) => kept.extend(copy),
                (Macro::Map, Ok(Some(value))) => {
                    self.charge(value.weight(), body.span)?;
                    kept.push(value);
                }
                (_, Ok(_)) => {}
            }
            if let Some(value) = decided {
                return Ok(Value::Bool(value));
            }
        }
        if let Some(error) = first_error {
            return Err(error);
        }
        Ok(match kind.value {
            Macro::All => Value::Bool(true),
            Macro::Exists => Value::Bool(false),
            Macro::ExistsOne => Value::Bool(count == 1),
            Macro::Filter | Macro::Map => Value::List(kept),
        })
    }

    /// What the body gives for one element; nothing where a filter leaves it out.
    fn step<'e: 'a>(
        &mut self,
        kind: Macro,
        filter: Option<&'e Expr>,
        body: &'e Expr,
    ) -> Result<Option<Value>, ExprError> {
        if let Some(filter) = filter
            && !self.condition(filter, "map")?
        {
            return Ok(None);
        }
        match kind {
            Macro::Map => self.value_of(body).map(Some),
            _ => self.condition(body, kind.name()).map(|value| Some(Value::Bool(value))),
        }
    }
}

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Uint(value) => Value::Uint(*value),
        Literal::Double(value) => Value::Double(*value),
        Literal::String(value) => Value::String(value.clone()),
    }
}

fn field_of<'v>(value: &'v Value, field: &str, place: Span) -> Result<&'v Value, ExprError> {
    match value {
        Value::Map(_) => {
            value.field(field).ok_or_else(|| ExprError::new(format!("there is no `{field}`"), place))
        }
        other => Err(ExprError::new(format!("{} has no fields", other.type_name()), place)),
    }
}

fn element(value: Value, index: &Value, place: Span) -> Evaluated {
    match value {
        Value::List(elements) => {
            let at = match index.to_key() {
                Some(Key::Int(at)) => usize::try_from(at).ok(),
                Some(Key::Uint(at)) => usize::try_from(at).ok(),
                _ => {
                    let message = format!("a list is indexed by an int, not {}", index.type_name());
                    return Err(ExprError::new(message, place));
                }
            };
            let length = elements.len();
            at.and_then(|at| elements.into_iter().nth(at))
                .ok_or_else(|| ExprError::new(format!("the index is not below {length}"), place))
        }
        Value::Map(mut entries) => index
            .to_key()
            .and_then(|key| entries.remove(&key))
            .ok_or_else(|| ExprError::new("there is no such key", place)),
        other => Err(ExprError::new(format!("{} has no elements", other.type_name()), place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse;

    fn result(text: &str) -> Result<Value, ExprError> {
        let known = |path: &[&str]| match path {
            ["env", "TIER"] => Some(Value::from("a")),
            ["procedure"] => {
                Some(Value::Map([(Key::from("steps"), Value::List(vec![Value::Int(1)]))].into()))
            }
            _ => None,
        };
        evaluate(&parse(text).expect(text), &known)
    }

    #[test]
    fn reads_names_at_any_depth() {
        for text in [
            "env.TIER == 'a'",
            "env[\"TIER\"] == 'a'",
            "has(env.TIER)",
            "has(procedure.steps) && !has(procedure.undo)",
            "procedure.steps[0] == 1",
            "[procedure].all(env, env.steps.size() == 1)",
        ] {
            assert_eq!(result(text), Ok(Value::Bool(true)), "{text}");
        }
    }

    #[test]
    fn what_decides_hides_an_error_on_either_side() {
        assert_eq!(result("1 / 0 == 1 || true"), Ok(Value::Bool(true)));
        assert_eq!(result("false && missing"), Ok(Value::Bool(false)));
        assert_eq!(result("[0, 1].exists(x, 1 / x == 1)"), Ok(Value::Bool(true)));
        assert!(result("true && missing").is_err());
    }

    #[test]
    fn says_what_failed_and_where() {
        for (text, message, place) in [
            ("env.NAME == ''", "`env.NAME` has no value", "env.NAME"),
            ("1 + 2 / 0", "division by zero", "/"),
            ("9223372036854775807 + 1", "the result of `+` is out of range", "+"),
            ("-(-9223372036854775808)", "the result of `-` is out of range", "-"),
            ("1 + 1.0", "`+` does not apply to int and double", "+"),
            ("[1][1]", "the index is not below 1", "1"),
            ("{'a': 1}.b", "there is no `b`", "b"),
            ("int('x')", "`x` is not a valid int", "'x'"),
            ("{1: 2, 1u: 3}", "the key comes twice", "1u"),
        ] {
            let error = result(text).expect_err(text);
            assert_eq!((error.message.as_str(), &text[error.span.range()]), (message, place), "{text}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let list = format!("[{}]", vec!["0"; 100].join(", "));
        let loops = (0..8).fold("true".to_owned(), |body, depth| format!("{list}.all(x{depth}, {body})"));
        let doubling = "['aaaaaaaaaaaaaaaa']".to_owned() + &".map(x, x + x)".repeat(30);
        let pairs = "[1]".to_owned() + &".map(x, [x, x])".repeat(30);
        for text in [loops, doubling, pairs] {
            assert_eq!(result(&text).expect_err("endless").message, "the expression takes too much work");
        }
    }
}
