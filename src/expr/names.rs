//! What an expression reads.

use super::{Expr, ExprKind};
use crate::source::Span;

/// A name that the expression does not bind itself, with as many fields as are written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeName {
    /// `["steps", "build", "status"]`
    pub path: Vec<String>,
    /// The bytes that the path covers.
    pub span: Span,
}

/// All that an expression reads, in the order of the text.
#[must_use]
pub fn free_names(expr: &Expr) -> Vec<FreeName> {
    let mut found = Vec::new();
    collect(expr, &mut Vec::new(), &mut found);
    found
}

fn collect<'e>(expr: &'e Expr, bound: &mut Vec<&'e str>, found: &mut Vec<FreeName>) {
    if let Some(path) = expr.path() {
        if !bound.contains(&path[0]) {
            found.push(FreeName { path: path.into_iter().map(str::to_owned).collect(), span: expr.span });
        }
        return;
    }
    match &expr.kind {
        ExprKind::Has { operand, field } if operand.path().is_some() => {
            let before = found.len();
            collect(operand, bound, found);
            for name in &mut found[before..] {
                name.path.push(field.value.clone());
                name.span = Span::new(name.span.start, field.span.end);
            }
        }
        ExprKind::Comprehension { range, variable, filter, body, .. } => {
            collect(range, bound, found);
            bound.push(&variable.value);
            for inner in filter.iter().chain([body]) {
                collect(inner, bound, found);
            }
            bound.pop();
        }
        kind => {
            for child in kind.children() {
                collect(child, bound, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse;

    #[test]
    fn lists_paths_and_leaves_bound_names_out() {
        let text = "steps.a.status == env['B'] && xs.all(x, x.y > z) && has(inputs.port) && x.f(q[i].r)";
        let names = free_names(&parse(text).expect(text));
        let shown: Vec<(String, &str)> =
            names.iter().map(|name| (name.path.join("/"), &text[name.span.range()])).collect();
        let expected = [
            ("steps/a/status", "steps.a.status"),
            ("env/B", "env['B']"),
            ("xs", "xs"),
            ("z", "z"),
            ("inputs/port", "inputs.port"),
            ("x", "x"),
            ("q", "q"),
            ("i", "i"),
        ];
        assert_eq!(shown, expected.map(|(path, place)| (path.to_owned(), place)));
    }
}
