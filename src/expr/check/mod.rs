//! Gives an expression a type, and finds what can't work whatever the values are: unknown names, operators
//! that do not apply, comparisons that never hold.
//!
//! What is wrong once is reported once: a faulty part counts as `dyn` for all around it.

mod operators;

use std::borrow::Cow;

use super::ast::Spanned;
use super::functions::{self, FUNCTIONS, Kind};
use super::{Expr, ExprError, ExprKind, Literal, Macro, Type, Types, UnaryOp};
use crate::diagnostic::nearest;
use crate::source::Span;

/// The type of an expression, and all that is wrong with it, in the order in which operands are computed.
#[must_use]
pub fn check(expr: &Expr, types: &dyn Types) -> (Type, Vec<ExprError>) {
    let mut checker = Checker { types, locals: Vec::new(), errors: Vec::new() };
    let of = checker.type_of(expr).into_owned();
    (of, checker.errors)
}

struct Checker<'t> {
    types: &'t dyn Types,
    locals: Vec<(&'t str, Type)>,
    errors: Vec<ExprError>,
}

/// A type that the scope declares, or one of the expression's own making.
type Known<'t> = Cow<'t, Type>;

const DYN: Known<'static> = Cow::Owned(Type::Dyn);

impl<'t> Checker<'t> {
    fn type_of<'e: 't>(&mut self, expr: &'e Expr) -> Known<'t> {
        match &expr.kind {
            ExprKind::Literal(literal) => Cow::Owned(match literal {
                Literal::Null => Type::Null,
                Literal::Bool(_) => Type::Bool,
                Literal::Int(_) => Type::Int,
                Literal::Uint(_) => Type::Uint,
                Literal::Double(_) => Type::Double,
                Literal::String(_) => Type::String,
            }),
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Select { operand, field } => {
                let of = self.type_of(operand);
                self.field(of, operand, &field.value, field.span)
            }
            ExprKind::Has { operand, field } => {
                let of = self.type_of(operand);
                self.field(of, operand, &field.value, field.span);
                Cow::Owned(Type::Bool)
            }
            ExprKind::Index { operand, index } => self.index(operand, index),
            ExprKind::Call { target, name, arguments } => {
                Cow::Owned(self.call(target.as_deref(), name, arguments))
            }
            ExprKind::Comprehension { kind, range, variable, filter, body } => {
                let range_type = self.type_of(range).into_owned();
                let element = self.element_of(&range_type, kind, range.span);
                self.locals.push((&variable.value, element.clone()));
                if let Some(filter) = filter {
                    self.condition(filter, kind.value.name());
                }
                let of = match kind.value {
                    Macro::Map => Type::List(Box::new(self.type_of(body).into_owned())),
                    Macro::Filter => {
                        self.condition(body, kind.value.name());
                        Type::List(Box::new(element))
                    }
                    Macro::All | Macro::Exists | Macro::ExistsOne => {
                        self.condition(body, kind.value.name());
                        Type::Bool
                    }
                };
                self.locals.pop();
                Cow::Owned(of)
            }
            ExprKind::List(elements) => Cow::Owned(Type::List(Box::new(self.common(elements.iter())))),
            ExprKind::Map(entries) => {
                for (key, _) in entries {
                    let of = self.type_of(key);
                    if !matches!(*of, Type::Dyn | Type::Bool | Type::Int | Type::Uint) && !of.is_text() {
                        self.error(format!("a key can't be {of}"), key.span);
                    }
                }
                let key =
                    entries.iter().map(|(key, _)| plain_type(key)).reduce(Type::joined).unwrap_or(Type::Dyn);
                let value = self.common(entries.iter().map(|(_, value)| value));
                Cow::Owned(Type::Map(Box::new(key), Box::new(value)))
            }
            ExprKind::Unary { op, operand } => {
                let of = self.type_of(operand);
                let applies = match op.value {
                    UnaryOp::Not => matches!(*of, Type::Bool | Type::Dyn),
                    UnaryOp::Negate => matches!(*of, Type::Int | Type::Double | Type::Dyn),
                };
                if applies {
                    return of;
                }
                self.error(format!("`{}` does not apply to {of}", op.value.symbol()), op.span);
                DYN
            }
            ExprKind::Binary { op, left, right } => Cow::Owned(self.binary(op, left, right)),
            ExprKind::Logic { op, operands } => {
                for operand in operands {
                    self.condition(operand, op.symbol());
                }
                Cow::Owned(Type::Bool)
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                self.condition(condition, "?");
                let (then, otherwise) =
                    (self.type_of(then).into_owned(), self.type_of(otherwise).into_owned());
                Cow::Owned(then.joined(otherwise))
            }
        }
    }

    fn error(&mut self, message: String, span: Span) -> &mut ExprError {
        self.errors.push(ExprError::new(message, span));
        self.errors.last_mut().expect("one was pushed")
    }

    fn name(&mut self, name: &str, span: Span) -> Known<'t> {
        if let Some((_, of)) = self.locals.iter().rev().find(|(local, _)| *local == name) {
            return Cow::Owned(of.clone());
        }
        let types = self.types;
        if let Some(of) = types.root(name) {
            return Cow::Borrowed(of);
        }
        let roots = types.roots();
        let locals = self.locals.iter().rev().map(|(local, _)| *local);
        let known = locals.chain(roots.iter().copied()).chain(["true", "false", "null"]);
        let help = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(|| format!("known names are {}", listed(roots.into_iter())));
        self.error(format!("unknown name `{name}`"), span).help = Some(help);
        DYN
    }

    /// The type of a field of `operand`, whose own type is `of`.
    fn field(&mut self, of: Known<'t>, operand: &Expr, field: &str, span: Span) -> Known<'t> {
        let missing = match &*of {
            Type::Record(fields) if !fields.contains_key(field) => {
                let near = nearest(field, fields.keys().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if fields.is_empty() => format!("`{operand}` is empty"),
                    None => format!("known are {}", listed(fields.keys().map(String::as_str))),
                };
                Some((format!("there is no `{field}` in `{operand}`"), Some(help)))
            }
            Type::Record(_) | Type::Map(..) | Type::Dyn => None,
            other => Some((format!("{other} has no fields"), None)),
        };
        if let Some((message, help)) = missing {
            self.error(message, span).help = help;
            return DYN;
        }
        match of {
            Cow::Borrowed(Type::Record(fields)) => Cow::Borrowed(&fields[field]),
            Cow::Owned(Type::Record(mut fields)) => fields.remove(field).map_or(DYN, Cow::Owned),
            Cow::Borrowed(Type::Map(_, value)) => Cow::Borrowed(value),
            Cow::Owned(Type::Map(_, value)) => Cow::Owned(*value),
            _ => DYN,
        }
    }

    fn index<'e: 't>(&mut self, operand: &'e Expr, index: &'e Expr) -> Known<'t> {
        let of = self.type_of(operand);
        if let (Type::Record(_), ExprKind::Literal(Literal::String(key))) = (&*of, &index.kind) {
            return self.field(of, operand, key, index.span);
        }
        let by = self.type_of(index);
        let wrong = match &*of {
            Type::List(_) if by.is_number() || *by == Type::Dyn => None,
            Type::List(_) => Some((format!("a list is indexed by an int, not {by}"), index.span)),
            Type::Map(key, _) if key.may_equal(&by) => None,
            Type::Record(_) if by.is_text() || *by == Type::Dyn => None,
            Type::Map(..) | Type::Record(_) => Some((format!("no key is {by}"), index.span)),
            Type::Dyn => None,
            other => Some((format!("{other} has no elements"), operand.span)),
        };
        if let Some((message, span)) = wrong {
            self.error(message, span);
            return DYN;
        }
        match of {
            Cow::Borrowed(Type::List(element) | Type::Map(_, element)) => Cow::Borrowed(element),
            Cow::Owned(Type::List(element) | Type::Map(_, element)) => Cow::Owned(*element),
            Cow::Borrowed(Type::Record(fields)) => common_field(fields.values()),
            _ => DYN,
        }
    }

    fn call<'e: 't>(
        &mut self,
        target: Option<&'e Expr>,
        name: &Spanned<String>,
        arguments: &'e [Expr],
    ) -> Type {
        let operands: Vec<(Known<'t>, Span)> = target
            .into_iter()
            .chain(arguments)
            .map(|operand| (self.type_of(operand), operand.span))
            .collect();
        let Some(function) = functions::named(&name.value) else {
            let macros = ["all", "exists", "exists_one", "filter", "map", "has"];
            let known = FUNCTIONS.iter().map(|function| function.name);
            let help = match nearest(&name.value, known.clone().chain(macros)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known functions are {}", listed(known.chain(macros))),
            };
            self.error(format!("unknown function `{}`", name.value), name.span).help = Some(help);
            return Type::Dyn;
        };
        let is_method = target.is_some();
        if !function.allows(is_method) {
            let message = if is_method {
                format!("`{}` is not a method", function.name)
            } else {
                format!("`{}` is a method", function.name)
            };
            self.error(message, name.span).help = Some(format!("write `{}`", function.usage()));
            return function.result.clone();
        }
        if arguments.len() != function.arity(is_method) {
            let message = format!(
                "`{}` takes {}, not {}",
                function.name,
                counted(function.arity(is_method)),
                arguments.len()
            );
            self.error(message, name.span);
            return function.result.clone();
        }
        for ((of, span), kinds) in operands.iter().zip(function.parameters) {
            let fits = Kind::of_type(of).map_or(**of == Type::Dyn, |kind| kinds.contains(&kind));
            if !fits {
                self.error(format!("`{}` needs {}, not {of}", function.name, Kind::names(kinds)), *span);
            }
        }
        self.check_constant(function, arguments.last());
        function.result.clone()
    }

    /// Tries what a call with a written-out text will do at run time: a pattern may be invalid.
    fn check_constant(&mut self, function: &functions::Function, argument: Option<&Expr>) {
        let Some(Expr { kind: ExprKind::Literal(Literal::String(text)), span, .. }) = argument else {
            return;
        };
        let fault = match function.name {
            "matches" => functions::pattern(text).err(),
            "duration" | "int" | "uint" | "double" => {
                (function.call)(&[super::Value::String(text.clone())]).err()
            }
            _ => None,
        };
        if let Some(message) = fault {
            self.error(message, *span);
        }
    }

    fn element_of(&mut self, range: &Type, kind: &Spanned<Macro>, span: Span) -> Type {
        match range {
            Type::List(element) => (**element).clone(),
            Type::Map(key, _) => (**key).clone(),
            Type::Record(_) => Type::String,
            Type::Dyn => Type::Dyn,
            other => {
                self.error(format!("`{}` needs a list or map, not {other}", kind.value.name()), span);
                Type::Dyn
            }
        }
    }

    fn common<'e: 't>(&mut self, elements: impl Iterator<Item = &'e Expr>) -> Type {
        let types: Vec<Type> = elements.map(|element| self.type_of(element).into_owned()).collect();
        types.into_iter().reduce(Type::joined).unwrap_or(Type::Dyn)
    }

    fn condition<'e: 't>(&mut self, expr: &'e Expr, user: &str) {
        let of = self.type_of(expr);
        if !matches!(*of, Type::Bool | Type::Dyn) {
            let help = match *of {
                Type::String | Type::Enumeration(_) => "compare it, such as with `!= \"\"`",
                Type::Int | Type::Uint | Type::Double => "compare it, such as with `!= 0`",
                _ => "write a condition",
            };
            self.error(format!("`{user}` needs a bool, not {of}"), expr.span).help = Some(help.to_owned());
        }
    }
}

/// The type of a key that has been checked already.
fn plain_type(key: &Expr) -> Type {
    match key.kind {
        ExprKind::Literal(Literal::String(_)) => Type::String,
        ExprKind::Literal(Literal::Int(_)) => Type::Int,
        ExprKind::Literal(Literal::Uint(_)) => Type::Uint,
        ExprKind::Literal(Literal::Bool(_)) => Type::Bool,
        _ => Type::Dyn,
    }
}

fn common_field<'t>(mut fields: impl Iterator<Item = &'t Type>) -> Known<'t> {
    match fields.next() {
        Some(first) if fields.all(|field| field == first) => Cow::Borrowed(first),
        _ => DYN,
    }
}

fn counted(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        more => format!("{more} arguments"),
    }
}

/// A few names in backticks, for help.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 20;
    let mut names: Vec<String> = names.take(MOST + 1).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        names[MOST] = "…".to_owned();
    }
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::expr::parse;

    fn scope() -> BTreeMap<String, Type> {
        let step = || {
            Type::record([
                ("status", Type::one_of(["ok", "failed", "skipped"])),
                ("exit_code", Type::Int),
                ("output", Type::String),
            ])
        };
        BTreeMap::from([
            (
                "inputs".to_owned(),
                Type::record([("port", Type::Int), ("name", Type::String), ("share", Type::Double)]),
            ),
            ("env".to_owned(), Type::Map(Box::new(Type::String), Box::new(Type::String))),
            ("decisions".to_owned(), Type::Dyn),
            ("steps".to_owned(), Type::record([("build", step()), ("start-api", step())])),
            ("tags".to_owned(), Type::List(Box::new(Type::String))),
        ])
    }

    #[test]
    fn gives_types() {
        for (text, of) in [
            ("inputs.port + 1", "int"),
            ("inputs.port > 80.5 || inputs.share <= 1", "bool"),
            ("env.TIER == 'a' && env['B'].startsWith('c')", "bool"),
            ("decisions.level > 3", "bool"),
            ("steps.build.status in ['ok', 'skipped']", "bool"),
            ("steps[\"start-api\"].status == 'ok'", "bool"),
            ("steps.all(s, steps[s].exit_code == 0)", "bool"),
            ("tags.filter(t, t.size() > 2).map(t, size(t))", "list(int)"),
            ("has(inputs.port) ? inputs.name : 'none'", "string"),
            ("duration('30s') + duration('1m') < duration('1h')", "bool"),
            ("{'a': 1}['a'] + [1, 2][0]", "int"),
            ("[1, 'a']", "list(dyn)"),
        ] {
            let (found, errors) = check(&parse(text).expect(text), &scope());
            assert_eq!((found.to_string().as_str(), errors), (of, vec![]), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, place, help) in [
            ("input.port == 1", "unknown name `input`", "input", "did you mean `inputs`?"),
            ("True", "unknown name `True`", "True", "did you mean `true`?"),
            ("inputs.prot == 1", "there is no `prot` in `inputs`", "prot", "did you mean `port`?"),
            ("steps.bild.status == 'ok'", "there is no `bild` in `steps`", "bild", "did you mean `build`?"),
            (
                "has(inputs.zzzzzz)",
                "there is no `zzzzzz` in `inputs`",
                "zzzzzz",
                "known are `name`, `port`, `share`",
            ),
            ("inputs['prot'] == 1", "there is no `prot` in `inputs`", "'prot'", "did you mean `port`?"),
            (
                "steps.start-api.status == 'ok'",
                "a name with `-` is read as a difference",
                "start-api",
                "write `steps[\"start-api\"]`",
            ),
            (
                "steps.build.status == 'Ok'",
                "`steps.build.status` is never `'Ok'`",
                "'Ok'",
                "did you mean `ok`?",
            ),
            (
                "'success' != steps.build.status",
                "`steps.build.status` is never `'success'`",
                "'success'",
                "it is one of `ok`, `failed`, `skipped`",
            ),
            (
                "steps.build.status in ['ok', 'fialed']",
                "`steps.build.status` is never `'fialed'`",
                "'fialed'",
                "did you mean `failed`?",
            ),
            ("inputs.port == '80'", "`==` compares int with string, which are never equal", "==", ""),
            ("inputs.name < 3", "`<` does not apply to string and int", "<", ""),
            (
                "inputs.port + inputs.share > 1.0",
                "`+` does not apply to int and double",
                "+",
                "convert one side, such as with `int(...)`",
            ),
            (
                "'port ' + inputs.port == ''",
                "`+` does not apply to string and int",
                "+",
                "convert the other side with `string(...)`",
            ),
            (
                "'a' in inputs.name",
                "`in` needs a list or map, not string",
                "inputs.name",
                "write `text.contains(part)`",
            ),
            ("1 in tags", "int is never in list(string)", "in", ""),
            (
                "inputs.port && true",
                "`&&` needs a bool, not int",
                "inputs.port",
                "compare it, such as with `!= 0`",
            ),
            (
                "inputs.name ? 1 : 2",
                "`?` needs a bool, not string",
                "inputs.name",
                "compare it, such as with `!= \"\"`",
            ),
            ("!inputs.port", "`!` does not apply to int", "!", ""),
            (
                "inputs.name.starts_with('a')",
                "unknown function `starts_with`",
                "starts_with",
                "did you mean `startsWith`?",
            ),
            (
                "startsWith(inputs.name, 'a')",
                "`startsWith` is a method",
                "startsWith",
                "write `value.startsWith(text)`",
            ),
            ("inputs.name.contains(1)", "`contains` needs string, not int", "1", ""),
            ("size(inputs.name, 1) == 1", "`size` takes 1 argument, not 2", "size", ""),
            ("inputs.name.matches('(')", "invalid regular expression: unclosed group", "'('", ""),
            ("duration('soon') > duration('1s')", "`soon` is not a valid duration", "'soon'", ""),
            ("inputs.port.all(x, x)", "`all` needs a list or map, not int", "inputs.port", ""),
            ("tags.all(t, t)", "`all` needs a bool, not string", "t", "compare it, such as with `!= \"\"`"),
            ("inputs.port.high", "int has no fields", "high", ""),
        ] {
            let (_, errors) = check(&parse(text).expect(text), &scope());
            assert_eq!(errors.len(), 1, "{text}: {errors:?}");
            let error = &errors[0];
            let found =
                (error.message.as_str(), &text[error.span.range()], error.help.as_deref().unwrap_or(""));
            assert_eq!(found, (message, place, help), "{text}");
        }
    }

    #[test]
    fn a_faulty_part_is_reported_once() {
        let text = "nmae.size() + 1 > 2 && inputs.prot == 'a'";
        let (of, errors) = check(&parse(text).expect(text), &scope());
        assert_eq!((of, errors.len()), (Type::Bool, 2));
    }
}
