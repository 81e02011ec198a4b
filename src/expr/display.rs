//! Tree to text: canonical CEL with as few parentheses as the grammar allows.

use std::fmt;

use super::ast::Binding;
use super::{Expr, ExprKind, Literal, UnaryOp};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Name(name) => f.write_str(name),
            ExprKind::Select { operand, field } => {
                within(f, operand, Binding::Member)?;
                field_of(f, &field.value)
            }
            ExprKind::Has { operand, field } => {
                f.write_str("has(")?;
                within(f, operand, Binding::Member)?;
                field_of(f, &field.value)?;
                f.write_str(")")
            }
            ExprKind::Index { operand, index } => {
                within(f, operand, Binding::Member)?;
                write!(f, "[{index}]")
            }
            ExprKind::Call { target, name, arguments } => {
                if let Some(target) = target {
                    within(f, target, Binding::Member)?;
                    f.write_str(".")?;
                }
                write!(f, "{}(", name.value)?;
                separated(f, arguments.iter(), |f, argument| argument.fmt(f))?;
                f.write_str(")")
            }
            ExprKind::Comprehension { kind, range, variable, filter, body } => {
                within(f, range, Binding::Member)?;
                write!(f, ".{}({}", kind.value.name(), variable.value)?;
                if let Some(filter) = filter {
                    write!(f, ", {filter}")?;
                }
                write!(f, ", {body})")
            }
            ExprKind::List(elements) => {
                f.write_str("[")?;
                separated(f, elements.iter(), |f, element| element.fmt(f))?;
                f.write_str("]")
            }
            ExprKind::Map(entries) => {
                f.write_str("{")?;
                separated(f, entries.iter(), |f, (key, value)| write!(f, "{key}: {value}"))?;
                f.write_str("}")
            }
            ExprKind::Unary { op, operand } => {
                f.write_str(op.value.symbol())?;
                // A minus directly before a number is part of it.
                if op.value == UnaryOp::Negate && starts_with_number(operand) {
                    write!(f, "({operand})")
                } else {
                    within(f, operand, Binding::Unary)
                }
            }
            ExprKind::Binary { op, left, right } => {
                let binding = Binding::of_binary(op.value);
                within(f, left, binding)?;
                write!(f, " {} ", op.value.symbol())?;
                within(f, right, binding.tighter())
            }
            ExprKind::Logic { op, operands } => {
                for (index, operand) in operands.iter().enumerate() {
                    if index > 0 {
                        write!(f, " {} ", op.symbol())?;
                    }
                    within(f, operand, Binding::of_logic(*op).tighter())?;
                }
                Ok(())
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                within(f, condition, Binding::Or)?;
                f.write_str(" ? ")?;
                within(f, then, Binding::Or)?;
                write!(f, " : {otherwise}")
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Bool(value) => write!(f, "{value}"),
            Literal::Int(value) => write!(f, "{value}"),
            Literal::Uint(value) => write!(f, "{value}u"),
            // Debug keeps the point of `1.0`, which tells it from an int.
            Literal::Double(value) => write!(f, "{value:?}"),
            Literal::String(value) => quoted(f, value),
        }
    }
}

/// In single quotes, which JSON and YAML need not escape.
fn quoted(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    f.write_str("'")?;
    for c in value.chars() {
        match c {
            '\'' => f.write_str("\\'")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("'")
}

fn field_of(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let is_word =
        name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.as_bytes()[0].is_ascii_digit();
    if is_word && !matches!(name, "true" | "false" | "null" | "in") {
        write!(f, ".{name}")
    } else {
        write!(f, ".`{name}`")
    }
}

fn within(f: &mut fmt::Formatter<'_>, expr: &Expr, loosest: Binding) -> fmt::Result {
    if binding(expr) < loosest { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

fn binding(expr: &Expr) -> Binding {
    match &expr.kind {
        ExprKind::Conditional { .. } => Binding::Conditional,
        ExprKind::Logic { op, .. } => Binding::of_logic(*op),
        ExprKind::Binary { op, .. } => Binding::of_binary(op.value),
        ExprKind::Unary { .. } => Binding::Unary,
        _ => Binding::Member,
    }
}

fn starts_with_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Int(value)) => *value >= 0,
        ExprKind::Literal(Literal::Double(value)) => value.is_sign_positive(),
        ExprKind::Select { operand, .. } | ExprKind::Index { operand, .. } => starts_with_number(operand),
        ExprKind::Call { target: Some(target), .. } => starts_with_number(target),
        ExprKind::Comprehension { range, .. } => starts_with_number(range),
        _ => false,
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
    show: impl Fn(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        show(f, item)?;
    }
    Ok(())
}
