//! Which operators apply to which types, and which comparisons never hold.

use super::{Checker, listed};
use crate::diagnostic::nearest;
use crate::expr::{BinaryOp, Expr, ExprError, ExprKind, Literal, Spanned, Type};
use crate::source::Span;

impl<'t> Checker<'t> {
    pub(super) fn binary<'e: 't>(&mut self, op: &Spanned<BinaryOp>, left: &'e Expr, right: &'e Expr) -> Type {
        if let Some(error) = self.hyphenated(op, left, right) {
            self.errors.push(error);
            return Type::Dyn;
        }
        let (a, b) = (self.type_of(left), self.type_of(right));
        let symbol = op.value.symbol();
        match op.value {
            BinaryOp::Equal | BinaryOp::NotEqual => {
                if a.may_equal(&b) {
                    self.check_enumerated(&a, left, right);
                    self.check_enumerated(&b, right, left);
                } else {
                    let message = format!("`{symbol}` compares {a} with {b}, which are never equal");
                    self.error(message, op.span);
                }
                Type::Bool
            }
            BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
                if !a.may_compare(&b) {
                    self.error(format!("`{symbol}` does not apply to {a} and {b}"), op.span);
                }
                Type::Bool
            }
            BinaryOp::In => {
                self.membership(op, (&a, left), (&b, right));
                Type::Bool
            }
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => arithmetic(op.value, &a, &b).unwrap_or_else(|| {
                let error = self.error(format!("`{symbol}` does not apply to {a} and {b}"), op.span);
                if a.is_number() && b.is_number() && a != b {
                    error.help = Some(format!("convert one side, such as with `{a}(...)`"));
                } else if op.value == BinaryOp::Add && (a.is_text() || b.is_text()) {
                    error.help = Some("convert the other side with `string(...)`".to_owned());
                }
                Type::Dyn
            }),
        }
    }

    fn membership(&mut self, op: &Spanned<BinaryOp>, (a, left): (&Type, &Expr), (b, right): (&Type, &Expr)) {
        let possible = match b {
            Type::List(element) => a.may_equal(element),
            Type::Map(key, _) => a.may_equal(key),
            Type::Record(_) => a.is_text() || *a == Type::Dyn,
            Type::Dyn => true,
            _ => {
                let error = self.error(format!("`in` needs a list or map, not {b}"), right.span);
                if b.is_text() {
                    error.help = Some("write `text.contains(part)`".to_owned());
                }
                return;
            }
        };
        if !possible {
            self.error(format!("{a} is never in {b}"), op.span);
        } else if let ExprKind::List(elements) = &right.kind {
            for element in elements {
                self.check_enumerated(a, left, element);
            }
        }
    }

    /// Reports a written-out text that is none of those that the other side can be.
    fn check_enumerated(&mut self, of: &Type, side: &Expr, other: &Expr) {
        let (Type::Enumeration(texts), ExprKind::Literal(Literal::String(text))) = (of, &other.kind) else {
            return;
        };
        if texts.contains(text) {
            return;
        }
        let help = match nearest(text, texts.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", listed(texts.iter().map(String::as_str))),
        };
        self.error(format!("`{side}` is never `{other}`"), other.span).help = Some(help);
    }

    /// `steps.start-api.status` is a difference to CEL; where a step is named `start-api`, it is a mistake.
    fn hyphenated(&self, op: &Spanned<BinaryOp>, left: &Expr, right: &Expr) -> Option<ExprError> {
        let (ExprKind::Select { operand, field }, BinaryOp::Subtract) = (&left.kind, op.value) else {
            return None;
        };
        let (path, rest) = (operand.path()?, right.path()?);
        let root = self.types.root(path[0])?;
        let record = path[1..].iter().try_fold(root, |of, name| match of {
            Type::Record(fields) => fields.get(*name),
            _ => None,
        })?;
        let Type::Record(fields) = record else { return None };
        let name = format!("{}-{}", field.value, rest[0]);
        let unbroken = field.span.end == op.span.start && op.span.end == right.span.start;
        if fields.contains_key(&field.value)
            || !fields.keys().any(|known| known.starts_with(&name))
            || !unbroken
        {
            return None;
        }
        let name = fields.keys().find(|known| **known == name).map_or(name.as_str(), String::as_str);
        let span = Span::new(field.span.start, right.span.start + rest[0].len() as u32);
        Some(
            ExprError::new("a name with `-` is read as a difference", span)
                .help(format!("write `{operand}[\"{name}\"]`")),
        )
    }
}

/// The type of a sum, difference, product, quotient or remainder.
fn arithmetic(op: BinaryOp, a: &Type, b: &Type) -> Option<Type> {
    let is_sum = op == BinaryOp::Add;
    let is_term = is_sum || op == BinaryOp::Subtract;
    let fits = |of: &Type| match of {
        Type::Int | Type::Uint => true,
        Type::Double => op != BinaryOp::Remainder,
        Type::Duration => is_term,
        Type::String | Type::Enumeration(_) | Type::List(_) => is_sum,
        Type::Dyn => true,
        _ => false,
    };
    if !fits(a) || !fits(b) {
        return None;
    }
    match (a, b) {
        (Type::Dyn, other) | (other, Type::Dyn) => Some(match other {
            Type::Enumeration(_) => Type::String,
            Type::List(_) => Type::List(Box::new(Type::Dyn)),
            other => other.clone(),
        }),
        (Type::List(a), Type::List(b)) => Some(Type::List(Box::new((**a).clone().joined((**b).clone())))),
        (a, b) if a.is_text() && b.is_text() => Some(Type::String),
        (a, b) => (a == b).then(|| a.clone()),
    }
}
