//! Text to tree: operator precedence by climbing, one function a level of the grammar.
//!
//! What is clearly another language's spelling is reported and read as meant; at the first fault beyond
//! that, parsing ends. Nesting is limited, so that no walk over a tree runs out of stack.

use super::ast::Binding;
use super::lexer::{Lexer, Token};
use super::{BinaryOp, Expr, ExprError, ExprKind, Literal, LogicOp, Macro, Spanned, UnaryOp};
use crate::source::Span;

/// Levels of expressions within each other; a chain of `&&` or `||` counts once.
pub const MAX_DEPTH: u16 = 32;
/// Bytes of a text.
pub const MAX_LENGTH: usize = 1 << 16;

/// Parses an expression.
///
/// # Errors
/// All faults that were found, in the order of the text.
pub fn parse(text: &str) -> Result<Expr, Vec<ExprError>> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression is longer than {MAX_LENGTH} bytes");
        return Err(vec![ExprError::new(message, Span::at(0)).help("split it")]);
    }
    let mut parser =
        Parser { lexer: Lexer::new(text), text, token: Token::End, span: Span::at(0), nesting: 0 };
    let outcome = parser.whole();
    let mut errors = parser.lexer.mended;
    match outcome {
        Ok(expr) if errors.is_empty() => return Ok(expr),
        Ok(_) => {}
        Err(error) => errors.push(error),
    }
    Err(errors)
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    text: &'a str,
    token: Token<'a>,
    span: Span,
    nesting: u16,
}

/// An operator between operands.
enum Infix {
    Logic(LogicOp),
    Binary(BinaryOp),
}

type Parsed = Result<Expr, ExprError>;

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Parsed {
        self.advance()?;
        if self.token == Token::End {
            return Err(ExprError::new("an expression is missing", self.span));
        }
        let expr = self.expression()?;
        if self.token == Token::End {
            return Ok(expr);
        }
        let error = ExprError::new(format!("expected an operator, found {}", self.found()), self.span);
        Err(match self.token {
            Token::Sign(")" | "]" | "}") => {
                ExprError::new(format!("{} is not open", self.found()), self.span)
            }
            Token::Word("not") => error.help("write `!(a in b)`"),
            Token::Word("is") => error.help("write `==`"),
            _ => error,
        })
    }

    fn advance(&mut self) -> Result<Token<'a>, ExprError> {
        let (token, span) = self.lexer.next()?;
        self.span = span;
        Ok(std::mem::replace(&mut self.token, token))
    }

    /// The current token as messages name it.
    fn found(&self) -> String {
        match &self.token {
            Token::End => "the end".to_owned(),
            Token::Text(_) => "a string".to_owned(),
            Token::Escaped(name) => format!("`{name}`"),
            _ => format!("`{}`", &self.text[self.span.range()]),
        }
    }

    fn takes(&mut self, sign: &'static str) -> Result<bool, ExprError> {
        let taken = self.token == Token::Sign(sign);
        if taken {
            self.advance()?;
        }
        Ok(taken)
    }

    /// Takes a sign that must come, and gives where it ends.
    fn expect(&mut self, sign: &'static str) -> Result<u32, ExprError> {
        let end = self.span.end;
        if self.takes(sign)? {
            return Ok(end);
        }
        Err(ExprError::new(format!("expected `{sign}`, found {}", self.found()), self.span))
    }

    /// Runs a parser one level deeper.
    fn nested(&mut self, inner: fn(&mut Self) -> Parsed) -> Parsed {
        if self.nesting >= MAX_DEPTH {
            return Err(too_deep(self.span));
        }
        self.nesting += 1;
        let outcome = inner(self);
        self.nesting -= 1;
        outcome
    }

    fn expression(&mut self) -> Parsed {
        self.nested(|parser| {
            let condition = parser.infix(Binding::Or)?;
            if !parser.takes("?")? {
                return Ok(condition);
            }
            let then = parser.infix(Binding::Or)?;
            parser.expect(":")?;
            let otherwise = parser.expression()?;
            let span = condition.span.start..otherwise.span.end;
            let kind = ExprKind::Conditional {
                condition: Box::new(condition),
                then: Box::new(then),
                otherwise: Box::new(otherwise),
            };
            build(kind, span)
        })
    }

    fn infix(&mut self, loosest: Binding) -> Parsed {
        let mut left = self.unary()?;
        while let Some((infix, binding)) = self.infix_operator().filter(|(_, binding)| *binding >= loosest) {
            let op_span = self.span;
            if let Token::Word(word @ ("and" | "or")) = self.token {
                let meant = if word == "and" { "&&" } else { "||" };
                let error = ExprError::new(format!("`{word}` is not an operator"), self.span);
                self.lexer.mended.push(error.help(format!("write `{meant}`")));
            }
            self.advance()?;
            let right = self.infix(binding.tighter())?;
            let span = left.span.start..right.span.end;
            left = match infix {
                Infix::Logic(op) => checked(Expr::joined(op, left, right))?,
                Infix::Binary(op) => {
                    let op = Spanned { value: op, span: op_span };
                    build(ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span)?
                }
            };
        }
        Ok(left)
    }

    fn infix_operator(&self) -> Option<(Infix, Binding)> {
        let logic = match self.token {
            Token::Sign("&&") | Token::Word("and") => Some(LogicOp::And),
            Token::Sign("||") | Token::Word("or") => Some(LogicOp::Or),
            _ => None,
        };
        if let Some(op) = logic {
            return Some((Infix::Logic(op), Binding::of_logic(op)));
        }
        let op = match self.token {
            Token::Sign("==") => BinaryOp::Equal,
            Token::Sign("!=") => BinaryOp::NotEqual,
            Token::Sign("<") => BinaryOp::Less,
            Token::Sign("<=") => BinaryOp::LessOrEqual,
            Token::Sign(">") => BinaryOp::Greater,
            Token::Sign(">=") => BinaryOp::GreaterOrEqual,
            Token::Word("in") => BinaryOp::In,
            Token::Sign("+") => BinaryOp::Add,
            Token::Sign("-") => BinaryOp::Subtract,
            Token::Sign("*") => BinaryOp::Multiply,
            Token::Sign("/") => BinaryOp::Divide,
            Token::Sign("%") => BinaryOp::Remainder,
            _ => return None,
        };
        Some((Infix::Binary(op), Binding::of_binary(op)))
    }

    fn unary(&mut self) -> Parsed {
        let op_span = self.span;
        let op = match self.token {
            Token::Sign("!") => UnaryOp::Not,
            Token::Sign("-") => UnaryOp::Negate,
            Token::Word("not") => return self.foreign_not(),
            _ => return self.member(),
        };
        self.advance()?;
        if op == UnaryOp::Negate && matches!(self.token, Token::Int(_) | Token::Double(_)) {
            let literal = self.literal(op_span)?;
            return self.suffixes(literal);
        }
        let operand = self.nested(Self::unary)?;
        let span = op_span.start..operand.span.end;
        build(ExprKind::Unary { op: Spanned { value: op, span: op_span }, operand: Box::new(operand) }, span)
    }

    /// A name `not`, or, where an operand follows, another language's `!`.
    fn foreign_not(&mut self) -> Parsed {
        let place = self.span;
        self.advance()?;
        if matches!(self.token, Token::End | Token::Sign(_)) && self.token != Token::Sign("(") {
            return self.suffixes(Expr::new(ExprKind::Name("not".to_owned()), place));
        }
        self.lexer.mended.push(ExprError::new("`not` is not an operator", place).help("write `!`"));
        self.nested(Self::unary)
    }

    fn member(&mut self) -> Parsed {
        let primary = self.primary()?;
        self.suffixes(primary)
    }

    fn suffixes(&mut self, mut operand: Expr) -> Parsed {
        loop {
            let start = operand.span.start;
            operand = if self.takes("[")? {
                let index = Box::new(self.expression()?);
                let end = self.expect("]")?;
                build(ExprKind::Index { operand: Box::new(operand), index }, start..end)?
            } else if self.takes(".")? {
                self.selection(operand)?
            } else {
                return Ok(operand);
            };
        }
    }

    /// A field, method or macro behind a dot.
    fn selection(&mut self, operand: Expr) -> Parsed {
        let (start, field_span) = (operand.span.start, self.span);
        let name = match self.advance()? {
            Token::Word(word) if !is_keyword(word) => word,
            Token::Escaped(name) => {
                let field = Spanned { value: name.to_owned(), span: field_span };
                return build(ExprKind::Select { operand: Box::new(operand), field }, start..field_span.end);
            }
            _ => {
                let found = &self.text[field_span.range()];
                let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
                let error = ExprError::new(format!("expected a name after `.`, found {found}"), field_span);
                return Err(if is_keyword(found.trim_matches('`')) {
                    error.help(format!("it is a reserved word; write `[\"{}\"]`", found.trim_matches('`')))
                } else {
                    error
                });
            }
        };
        let name = Spanned { value: name.to_owned(), span: field_span };
        if !self.takes("(")? {
            return build(
                ExprKind::Select { operand: Box::new(operand), field: name },
                start..field_span.end,
            );
        }
        let (arguments, end) = self.list(")")?;
        match Macro::named(&name.value) {
            Some(kind) => comprehension(Spanned { value: kind, span: name.span }, operand, arguments, end),
            None => build(ExprKind::Call { target: Some(Box::new(operand)), name, arguments }, start..end),
        }
    }

    fn primary(&mut self) -> Parsed {
        let place = self.span;
        match self.token {
            Token::Int(_) | Token::Uint(_) | Token::Double(_) | Token::Text(_) => {
                self.literal(Span::at(place.start))
            }
            Token::Word(word) => self.word(word),
            Token::Sign("(") => {
                self.advance()?;
                let mut inner = self.expression()?;
                inner.span = Span::new(place.start, self.expect(")")?);
                Ok(inner)
            }
            Token::Sign("[") => {
                self.advance()?;
                let (elements, end) = self.list("]")?;
                build(ExprKind::List(elements), place.start..end)
            }
            Token::Sign("{") => {
                self.advance()?;
                let mut entries = Vec::new();
                while self.token != Token::Sign("}") {
                    let key = self.expression()?;
                    self.expect(":")?;
                    entries.push((key, self.expression()?));
                    if !self.takes(",")? {
                        break;
                    }
                }
                let end = self.expect("}")?;
                build(ExprKind::Map(entries), place.start..end)
            }
            _ => Err(ExprError::new(format!("expected a value, found {}", self.found()), place)),
        }
    }

    /// A number or string; a number has its sign before it in `sign`, which is empty where there is none.
    fn literal(&mut self, sign: Span) -> Parsed {
        let place = Span::new(sign.start, self.span.end);
        let negative = !sign.is_empty();
        let literal = match self.advance()? {
            Token::Int(size) => {
                let value =
                    if negative { 0_i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() };
                let message = || format!("`{}` is too large for an int", &self.text[place.range()]);
                Literal::Int(value.ok_or_else(|| ExprError::new(message(), place))?)
            }
            Token::Uint(value) => Literal::Uint(value),
            Token::Double(value) => Literal::Double(if negative { -value } else { value }),
            Token::Text(value) => Literal::String(value),
            _ => unreachable!("callers have seen a literal"),
        };
        Ok(Expr::new(ExprKind::Literal(literal), place))
    }

    fn word(&mut self, word: &'a str) -> Parsed {
        let place = self.span;
        self.advance()?;
        let literal = match word {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null" => Literal::Null,
            "in" => return Err(ExprError::new("expected a value, found `in`", place)),
            _ if RESERVED.contains(&word) => {
                return Err(
                    ExprError::new(format!("`{word}` is a reserved word"), place).help("use another name")
                );
            }
            _ if self.takes("(")? => {
                let (arguments, end) = self.list(")")?;
                let name = Spanned { value: word.to_owned(), span: place };
                return if word == "has" {
                    has(arguments, Span::new(place.start, end))
                } else {
                    build(ExprKind::Call { target: None, name, arguments }, place.start..end)
                };
            }
            _ => return Ok(Expr::new(ExprKind::Name(word.to_owned()), place)),
        };
        Ok(Expr::new(ExprKind::Literal(literal), place))
    }

    /// Expressions up to a closing sign, and where that ends. A comma may follow the last element of a list.
    fn list(&mut self, close: &'static str) -> Result<(Vec<Expr>, u32), ExprError> {
        let mut elements = Vec::new();
        while self.token != Token::Sign(close) {
            elements.push(self.expression()?);
            if !self.takes(",")? {
                break;
            }
            if close == ")" && self.token == Token::Sign(close) {
                return Err(ExprError::new("expected a value, found `)`", self.span));
            }
        }
        Ok((elements, self.expect(close)?))
    }
}

const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Words that can't be a field's name either.
fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "in")
}

fn has(mut arguments: Vec<Expr>, span: Span) -> Parsed {
    let argument = if arguments.len() == 1 { arguments.pop() } else { None };
    match argument.map(|argument| argument.kind) {
        Some(ExprKind::Select { operand, field }) => {
            build(ExprKind::Has { operand, field }, span.start..span.end)
        }
        _ => Err(ExprError::new("`has` takes a field", span).help("write such as `has(inputs.port)`")),
    }
}

fn comprehension(kind: Spanned<Macro>, range: Expr, arguments: Vec<Expr>, end: u32) -> Parsed {
    let span = range.span.start..end;
    let name = kind.value.name();
    let count = arguments.len();
    let mut arguments = arguments.into_iter();
    let (Some(variable), Some(second), third, None) =
        (arguments.next(), arguments.next(), arguments.next(), arguments.next())
    else {
        let message = format!("`{name}` takes 2 arguments, not {count}");
        return Err(
            ExprError::new(message, kind.span).help(format!("write such as `list.{name}(x, x != \"\")`"))
        );
    };
    if third.is_some() && kind.value != Macro::Map {
        return Err(ExprError::new(format!("`{name}` takes 2 arguments, not 3"), kind.span));
    }
    let ExprKind::Name(word) = variable.kind else {
        return Err(ExprError::new(format!("`{name}` takes a name first"), variable.span)
            .help("write a name for the element, such as `x`"));
    };
    let (filter, body) = match third {
        Some(body) => (Some(Box::new(second)), body),
        None => (None, second),
    };
    let variable = Spanned { value: word, span: variable.span };
    let kind =
        ExprKind::Comprehension { kind, range: Box::new(range), variable, filter, body: Box::new(body) };
    build(kind, span)
}

fn build(kind: ExprKind, span: std::ops::Range<u32>) -> Parsed {
    checked(Expr::new(kind, Span::new(span.start, span.end)))
}

fn checked(expr: Expr) -> Parsed {
    if expr.depth() > MAX_DEPTH { Err(too_deep(expr.span)) } else { Ok(expr) }
}

fn too_deep(place: Span) -> ExprError {
    ExprError::new(format!("the expression is nested more than {MAX_DEPTH} levels deep"), place)
        .help("split it")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_what_it_reads_with_as_few_parentheses_as_can_be() {
        for (text, shown) in [
            ("steps.build.status=='ok'&&!(inputs.dry_run)", "steps.build.status == 'ok' && !inputs.dry_run"),
            ("(a && b) && (c && d)", "a && b && c && d"),
            ("(a || b) && c || d", "(a || b) && c || d"),
            ("(1 + 2) * 3 - (4 - 5) - 6", "(1 + 2) * 3 - (4 - 5) - 6"),
            ("(1 * 2) + 3 % 4", "1 * 2 + 3 % 4"),
            ("(a < b) == (c in d)", "a < b == (c in d)"),
            ("a ? b : (c ? d : e)", "a ? b : c ? d : e"),
            ("(a ? b : c) ? (d ? e : f) : g", "(a ? b : c) ? (d ? e : f) : g"),
            ("-(1) + -1 - -x - -(-1)", "-(1) + -1 - -x - --1"),
            ("!(a == b) && !a.b(c)[0].d", "!(a == b) && !a.b(c)[0].d"),
            ("(a + b).size()", "(a + b).size()"),
            ("[1, 2u, 1.50, 1e3, .5, 0x1F,]", "[1, 2u, 1.5, 1000.0, 0.5, 31]"),
            ("{'a': 1, \"b\": [null, true]}", "{'a': 1, 'b': [null, true]}"),
            (
                "r'\\d' + \"it's\" + '''a\nb''' + '\\x41\\101\\u00e9\\''",
                "'\\\\d' + 'it\\'s' + 'a\\nb' + 'AAé\\''",
            ),
            ("has( steps.`build-api`.output )", "has(steps.`build-api`.output)"),
            (
                "xs.map(x, x > 1, x * 2).exists_one(y, y == 4) // done",
                "xs.map(x, x > 1, x * 2).exists_one(y, y == 4)",
            ),
            ("-9223372036854775808", "-9223372036854775808"),
        ] {
            let expr = parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            assert_eq!(expr.to_string(), shown, "{text}");
            assert_eq!(parse(shown).as_ref(), Ok(&expr), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range, help) in [
            ("", "an expression is missing", 0..0, ""),
            ("a = 1", "`=` is not an operator", 2..3, "write `==`"),
            ("a & b", "`&` is not an operator", 2..3, "write `&&`"),
            ("a and b", "`and` is not an operator", 2..5, "write `&&`"),
            ("a or b", "`or` is not an operator", 2..4, "write `||`"),
            ("not a", "`not` is not an operator", 0..3, "write `!`"),
            ("a ≥ b", "`≥` is not an operator", 2..5, "write `>=`"),
            ("a not in b", "expected an operator, found `not`", 2..5, "write `!(a in b)`"),
            ("a b", "expected an operator, found `b`", 2..3, ""),
            ("a)", "`)` is not open", 1..2, ""),
            ("(a", "expected `)`, found the end", 2..2, ""),
            ("a ==", "expected a value, found the end", 4..4, ""),
            ("a.", "expected a name after `.`, found the end", 2..2, ""),
            (
                "a.in",
                "expected a name after `.`, found `in`",
                2..4,
                "it is a reserved word; write `[\"in\"]`",
            ),
            ("if", "`if` is a reserved word", 0..2, "use another name"),
            ("a == 'b", "a string does not end", 5..7, "close it with `'`"),
            (
                "'\\d'",
                "unknown escape `\\d`",
                1..3,
                "write `\\\\` for a backslash, or a raw string such as `r'\\d+'`",
            ),
            ("a > 30s", "`30s` is not a number", 4..7, "for a duration write `duration(\"30s\")`"),
            ("9223372036854775808", "`9223372036854775808` is too large for an int", 0..19, ""),
            ("1e999", "`1e999` is too large", 0..5, ""),
            ("$HOME", "unexpected character `$`", 0..1, "write the name alone, such as `env.NAME`"),
            ("b'a'", "byte strings are not supported", 0..1, "leave the `b` out"),
            ("has(a)", "`has` takes a field", 0..6, "write such as `has(inputs.port)`"),
            ("xs.all(x)", "`all` takes 2 arguments, not 1", 3..6, "write such as `list.all(x, x != \"\")`"),
            ("xs.all(1, x)", "`all` takes a name first", 7..8, "write a name for the element, such as `x`"),
            ("xs.all(x, y, z)", "`all` takes 2 arguments, not 3", 3..6, ""),
            ("f(a,)", "expected a value, found `)`", 4..5, ""),
        ] {
            let errors = parse(text).expect_err(text);
            let found =
                (errors[0].message.as_str(), errors[0].span.range(), errors[0].help.as_deref().unwrap_or(""));
            assert_eq!((errors.len(), found), (1, (message, range, help)), "{text}");
        }
    }

    #[test]
    fn goes_on_after_another_languages_spelling() {
        let errors = parse("a = 1 and not b | c").expect_err("four mistakes");
        let places: Vec<&str> =
            errors.iter().map(|error| &"a = 1 and not b | c"[error.span.range()]).collect();
        assert_eq!(places, ["=", "and", "not", "|"]);
    }

    #[test]
    fn nesting_and_length_are_bounded() {
        for text in [
            "(".repeat(60_000),
            "!".repeat(60_000),
            "-".repeat(60_000),
            "[".repeat(60_000),
            "a?b:".repeat(16_000) + "c",
            "a+".repeat(30_000) + "a",
            "a".to_owned() + &".a".repeat(30_000),
            "not ".repeat(16_000) + "a",
        ] {
            let errors = parse(&text).expect_err("too deep");
            assert!(
                errors.last().is_some_and(|error| error.message.contains("nested more than")),
                "{errors:?}"
            );
        }
        assert!(parse(&(0..10_000).map(|_| "a").collect::<Vec<_>>().join(" && ")).is_ok());
        assert!(parse(&" ".repeat(MAX_LENGTH + 1)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,24}|([a-c. ()\\[\\]{}!?:<>=&|+*/%,'\"-]|[0-9]|\\\\|and |not |in |has\\(|\\.all\\(a, ){0,16}") {
            match parse(&text) {
                Ok(expr) => prop_assert_eq!(parse(&expr.to_string()), Ok(expr)),
                Err(errors) => for error in errors {
                    prop_assert!(text.get(error.span.range()).is_some(), "{:?} of {:?}", error, text);
                },
            }
        }
    }
}
