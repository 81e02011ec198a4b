//! Finds a part of an expression again in the text that it was made from.

use super::{Expr, ExprKind, parse};
use crate::source::Span;

/// Where a part stands in a text. The part may come from the text with what was known put in and names written
/// in full: so where nothing in the text says the same, it is the only call of the same function, if the part
/// is a call. Nothing where neither is found.
#[must_use]
pub fn part_of(text: &str, part: &str) -> Option<Span> {
    let (text, part) = (parse(text).ok()?, parse(part).ok()?);
    let (mut same, mut calls) = (None, Vec::new());
    visit(&text, &mut |expr| {
        if *expr == part && same.is_none() {
            same = Some(expr.span);
        }
        if let (ExprKind::Call { name, .. }, ExprKind::Call { name: sought, .. }) = (&expr.kind, &part.kind)
            && name == sought
        {
            calls.push(expr.span);
        }
    });
    same.or(match calls[..] {
        [only] => Some(only),
        _ => None,
    })
}

fn visit(expr: &Expr, see: &mut dyn FnMut(&Expr)) {
    see(expr);
    expr.kind.children().for_each(|child| visit(child, see));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_says_the_same_else_the_only_call() {
        for (text, part, found) in [
            ("a.b == 1 || c . matches( d )", "c.matches(d)", Some("c . matches( d )")),
            (
                "env.X || steps.a.output.matches(env.P)",
                "steps[\"p/a\"].output.matches('x')",
                Some("steps.a.output.matches(env.P)"),
            ),
            ("a.matches(b) && c.matches(d)", "c.matches(d)", Some("c.matches(d)")),
            ("a.matches(b) && c.matches(d)", "x.matches(d)", None),
            ("a.matches(b)", "duration(b)", None),
            ("a ==", "a", None),
        ] {
            assert_eq!(part_of(text, part).map(|span| &text[span.range()]), found, "{text} {part}");
        }
    }
}
