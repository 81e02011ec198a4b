//! What an expression compares its names with: whoever tries all values of a name needs no others than these,
//! those next to them, and one that is none of them.

use super::{BinaryOp, Expr, ExprKind, Literal};

/// How an expression uses a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparisons {
    /// The name, such as `["steps", "build", "output"]`.
    pub path: Vec<String>,
    /// The values that are written on the other side of a comparison, in the order of the text.
    pub with: Vec<Literal>,
    /// True where nothing else is done with it.
    pub is_all: bool,
}

/// The names of an expression that it does not bind itself, each once, in the order of the text.
#[must_use]
pub fn comparisons(expr: &Expr) -> Vec<Comparisons> {
    let mut found = Vec::new();
    collect(expr, &mut Vec::new(), &mut found);
    found
}

fn collect<'e>(expr: &'e Expr, bound: &mut Vec<&'e str>, found: &mut Vec<Comparisons>) {
    if let Some(path) = expr.path() {
        return note(path, None, bound, found);
    }
    match &expr.kind {
        ExprKind::Binary { op, left, right } if op.value.compares() => {
            match (left.path(), literals(right), right.path(), literals(left)) {
                (Some(path), Some(with), ..) | (_, _, Some(path), Some(with)) => {
                    // Which texts stand before or behind another one is not said by a few of them.
                    let is_order_of_texts = !op.value.is_by_equality()
                        && with.iter().any(|literal| matches!(literal, Literal::String(_)));
                    note(path, (!is_order_of_texts).then_some(with), bound, found);
                }
                _ => {
                    collect(left, bound, found);
                    collect(right, bound, found);
                }
            }
        }
        ExprKind::Has { operand, field } if operand.path().is_some() => {
            let mut path = operand.path().expect("it was just asked for");
            path.push(&field.value);
            note(path, Some(Vec::new()), bound, found);
        }
        ExprKind::Comprehension { range, variable, filter, body, .. } => {
            collect(range, bound, found);
            bound.push(&variable.value);
            filter.iter().chain([body]).for_each(|inner| collect(inner, bound, found));
            bound.pop();
        }
        kind => kind.children().for_each(|child| collect(child, bound, found)),
    }
}

fn note(path: Vec<&str>, with: Option<Vec<Literal>>, bound: &[&str], found: &mut Vec<Comparisons>) {
    if bound.contains(&path[0]) {
        return;
    }
    let known = found.iter().position(|known| known.path == path);
    let position = known.unwrap_or_else(|| {
        let path = path.iter().map(|&name| name.to_owned()).collect();
        found.push(Comparisons { path, with: Vec::new(), is_all: true });
        found.len() - 1
    });
    let known = &mut found[position];
    match with {
        Some(with) => known.with.extend(with),
        None => known.is_all = false,
    }
}

/// What is written out: a value, or a list of values.
fn literals(expr: &Expr) -> Option<Vec<Literal>> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(vec![literal.clone()]),
        ExprKind::List(elements) => {
            let each = elements.iter().map(|element| match &element.kind {
                ExprKind::Literal(literal) => Some(literal.clone()),
                _ => None,
            });
            each.collect()
        }
        _ => None,
    }
}

impl BinaryOp {
    fn is_by_equality(self) -> bool {
        matches!(self, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::In)
    }

    /// True where it says how two values stand to one another.
    fn compares(self) -> bool {
        match self {
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual
            | BinaryOp::In => true,
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse;

    #[test]
    fn lists_what_names_are_compared_with() {
        let told = |text: &str| {
            let names = comparisons(&parse(text).expect(text)).into_iter().map(|name| {
                let with: Vec<String> = name.with.iter().map(|literal| format!("{literal:?}")).collect();
                let more = if name.is_all { "" } else { " and more" };
                format!("{}: {}{more}", name.path.join("."), with.join(" "))
            });
            names.collect::<Vec<_>>().join("; ")
        };
        for (text, expected) in [
            ("a.b == 'x' || 'y' != a.b", "a.b: String(\"x\") String(\"y\")"),
            ("a in ['x', 'y'] && c", "a: String(\"x\") String(\"y\"); c:  and more"),
            ("a == b", "a:  and more; b:  and more"),
            ("a.startsWith('x') || a == 'y'", "a: String(\"y\") and more"),
            ("a > 3 ? has(b.c) : a + 1 == 2", "a: Int(3) and more; b.c: "),
            ("[1].exists(x, x == a)", "a:  and more"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
