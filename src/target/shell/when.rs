//! The `when` of a step in a script: words in prefix order, which `runtime/when.sh` has awk evaluate just as
//! the machine does, its bound of work included.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pattern::{self, Class, State};
use crate::expr::{self, Expr, ExprKind, Literal, LogicOp, Macro, UnaryOp, Value};
use crate::plan::ir::{InputType, Plan, Source, Step};

/// The evaluator.
const EVALUATOR: &str = include_str!("runtime/when.sh");
/// What `matches` needs; a script whose conditions do without it does not carry it.
const MATCHER: &str = include_str!("runtime/match.sh");
const NO_MATCHER: &str = "
# The conditions of this plan ask for no regular expression.
rulec_matcher() {
  rulec_out='function found(text, pattern) { return 0 }'
}
";

/// A part of a `when` that no script can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cannot {
    /// What it is, as the words that complete "the target can't hold …".
    pub(super) what: String,
    /// What happens where it is lost all the same.
    pub(super) instead: &'static str,
    /// The `when`.
    pub(super) source: Source,
    /// The part of it, as an expression.
    pub(super) part: String,
}

/// What of each step's `when` a script can't hold, by the id of the step.
pub(super) fn cannot(plan: &Plan) -> BTreeMap<String, Vec<Cannot>> {
    let steps = all_steps(plan);
    let mut lowering = Lowering::new(plan, &steps, &[]);
    let mut found: BTreeMap<String, Vec<Cannot>> = BTreeMap::new();
    for step in &steps {
        let Some(when) = &step.when else { continue };
        lowering.words(when);
        lowering.refs.clear();
        if lowering.lost.is_empty() {
            continue;
        }
        let source = Source { pointer: format!("{}/when", step.source.pointer), ..step.source.clone() };
        let lost = lowering.lost.drain(..).map(|(what, part)| {
            let what = format!("{what} in the `when` of step `{}`", step.id);
            Cannot { what, instead: "the script refuses to start", source: source.clone(), part }
        });
        found.entry(step.id.clone()).or_default().extend(lost);
    }
    found
}

/// The shell functions of all conditions of a plan, the evaluator before them; nothing where there is none:
/// most plans have none, and the evaluator is longer than many a plan. `stems` names the files of each
/// step, in the order of their numbers.
pub(super) fn functions(plan: &Plan, stems: &[String]) -> String {
    let steps = all_steps(plan);
    let mut lowering = Lowering::new(plan, &steps, stems);
    let mut out = String::new();
    for (number, step) in (1..).zip(&steps) {
        let Some(when) = &step.when else { continue };
        let words = lowering.words(when);
        let refs: String = std::mem::take(&mut lowering.refs).iter().map(|it| format!(" {it}")).collect();
        writeln!(out, "\nrulec_when_{number}() {{\n  rulec_cel '{words}'{refs}\n}}")
            .expect("a string takes any text");
    }
    if out.is_empty() {
        return out;
    }
    for (number, class) in (1..).zip(&lowering.classes) {
        writeln!(out, "\nrulec_class_{number}() {{\n  rulec_out={class}\n}}")
            .expect("a string takes any text");
    }
    let matcher = if lowering.matches { MATCHER } else { NO_MATCHER.trim_start() };
    format!("\n{EVALUATOR}\n{matcher}{out}")
}

/// The steps by their numbers, from 1: those of the plan, of each rollback, and the final ones.
fn all_steps(plan: &Plan) -> Vec<&Step> {
    let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    plan.steps.iter().chain(rollbacks).chain(&plan.finally).collect()
}

struct Lowering<'p> {
    plan: &'p Plan,
    steps: &'p [&'p Step],
    numbers: BTreeMap<&'p str, usize>,
    stems: &'p [String],
    /// What the condition at hand reads.
    refs: Vec<String>,
    /// Classes of many runs, which conditions share.
    classes: Vec<String>,
    matches: bool,
    lost: Vec<(String, String)>,
}

impl<'p> Lowering<'p> {
    fn new(plan: &'p Plan, steps: &'p [&'p Step], stems: &'p [String]) -> Self {
        let numbers = (1..).zip(steps).map(|(number, step)| (step.id.as_str(), number)).collect();
        let (refs, classes, lost) = (Vec::new(), Vec::new(), Vec::new());
        Self { plan, steps, numbers, stems, refs, classes, matches: false, lost }
    }

    /// The words of a condition. What is no expression fails, as does what can't be held.
    fn words(&mut self, when: &str) -> String {
        let mut words = Vec::new();
        match expr::parse(when) {
            Ok(parsed) => self.lower(&parsed, &mut Vec::new(), &mut words),
            Err(_) => words.push("e0".to_owned()),
        }
        words.join(" ")
    }

    /// The number of a reference, from 1.
    fn reference(&mut self, reference: String) -> usize {
        let known = self.refs.iter().position(|known| *known == reference);
        known.unwrap_or_else(|| {
            self.refs.push(reference);
            self.refs.len() - 1
        }) + 1
    }

    /// What a path reads, and how many of its names name that; nothing where nothing ever has that name.
    fn read(&mut self, path: &[&str]) -> Option<(usize, usize)> {
        let reference = match *path {
            ["inputs", name, ..] => {
                let at = self.plan.inputs.iter().position(|input| input.name == name)?;
                let kind = match self.plan.inputs[at].kind {
                    InputType::Secret => return None,
                    InputType::Int | InputType::Port => 'i',
                    InputType::Float => 'd',
                    InputType::Bool => 'b',
                    _ => 't',
                };
                return Some((self.reference(format!("{kind}{}", at + 1)), 2));
            }
            ["steps", id, field, ..] => {
                let number = *self.numbers.get(id)?;
                let step = self.steps[number - 1];
                match field {
                    "status" => format!("s{number}"),
                    "exit_code" => format!("c{number}"),
                    "output" if step.output => {
                        let stem = self.stems.get(number - 1).map_or("", String::as_str);
                        format!("o{number}:{stem}.output")
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some((self.reference(reference), 3))
    }

    fn path(&mut self, path: &[&str], bound: &[&str], words: &mut Vec<String>) {
        let word = if let Some(at) = bound.iter().rposition(|name| *name == path[0]) {
            let fields: String = path[1..].iter().map(|field| format!(".{}", escaped(field))).collect();
            format!("@{at}{fields}")
        } else {
            match self.read(path) {
                Some((number, length)) if length == path.len() => format!("${number}"),
                // A field of what has none.
                Some((number, _)) => format!("%{number}"),
                None => "e0".to_owned(),
            }
        };
        words.push(word);
    }

    fn lower<'e>(&mut self, expr: &'e Expr, bound: &mut Vec<&'e str>, words: &mut Vec<String>) {
        if let Some(path) = expr.path() {
            return self.path(&path, bound, words);
        }
        let at = words.len();
        words.push(String::new());
        words[at] = match &expr.kind {
            ExprKind::Literal(literal) => self::literal(literal),
            ExprKind::Name(_) => unreachable!("a name is a path"),
            ExprKind::Select { operand, field } => {
                self.lower(operand, bound, words);
                format!(".{}", escaped(&field.value))
            }
            ExprKind::Has { operand, field } => match operand.path() {
                Some(mut path) if !bound.contains(&path[0]) => {
                    path.push(&field.value);
                    match self.read(&path) {
                        Some((number, length)) if length == path.len() => format!("h{number}"),
                        // What stands before the dot is no map.
                        _ => {
                            self.path(&path[..path.len() - 1], bound, words);
                            format!("H{}", escaped(&field.value))
                        }
                    }
                }
                _ => {
                    self.lower(operand, bound, words);
                    format!("H{}", escaped(&field.value))
                }
            },
            ExprKind::Index { operand, index } => {
                self.lower(operand, bound, words);
                self.lower(index, bound, words);
                "#".to_owned()
            }
            ExprKind::Call { target, name, arguments } => {
                let operands: Vec<&Expr> = target.as_deref().into_iter().chain(arguments).collect();
                let known = is_function(&name.value, target.is_some(), operands.len());
                let text = operands.last().and_then(|operand| match &operand.kind {
                    ExprKind::Literal(Literal::String(text)) => Some(text.as_str()),
                    _ => None,
                });
                let (word, read) = match name.value.as_str() {
                    _ if !known => ("e0".to_owned(), 0),
                    "duration" => (self.duration(expr, text), 0),
                    "matches" => self.matches(expr, text),
                    name => (format!("c{name}"), operands.len()),
                };
                operands[..read].iter().for_each(|operand| self.lower(operand, bound, words));
                word
            }
            ExprKind::Comprehension { kind, range, variable, filter, body } => {
                self.lower(range, bound, words);
                bound.push(&variable.value);
                for inner in filter.iter().chain([body]) {
                    self.lower(inner, bound, words);
                }
                bound.pop();
                let letter = match kind.value {
                    Macro::All => 'A',
                    Macro::Exists => 'E',
                    Macro::ExistsOne => 'O',
                    Macro::Filter => 'F',
                    Macro::Map if filter.is_some() => 'N',
                    Macro::Map => 'M',
                };
                format!("{letter}{}", bound.len())
            }
            ExprKind::List(elements) => {
                elements.iter().for_each(|element| self.lower(element, bound, words));
                format!("[{}", elements.len())
            }
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    self.lower(key, bound, words);
                    self.lower(value, bound, words);
                }
                format!("{{{}", entries.len())
            }
            ExprKind::Unary { op, operand } => {
                self.lower(operand, bound, words);
                let word = if op.value == UnaryOp::Not { "!" } else { "~" };
                word.to_owned()
            }
            ExprKind::Binary { op, left, right } => {
                self.lower(left, bound, words);
                self.lower(right, bound, words);
                format!("o{}", op.value.symbol())
            }
            ExprKind::Logic { op, operands } => {
                operands.iter().for_each(|operand| self.lower(operand, bound, words));
                format!("{}{}", if *op == LogicOp::And { '&' } else { '|' }, operands.len())
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                [condition, then, otherwise].iter().for_each(|part| self.lower(part, bound, words));
                "?".to_owned()
            }
        };
    }

    fn lose(&mut self, what: &str, expr: &Expr) -> String {
        self.lost.push((what.to_owned(), expr.to_string()));
        "e0".to_owned()
    }

    /// A duration that is written out is known, and so is what it costs to work it out.
    fn duration(&mut self, expr: &Expr, text: Option<&str>) -> String {
        let Some(text) = text else { return self.lose("a duration that is not written out", expr) };
        let cost = 1 + weight(text);
        match expr::evaluate(expr, &|_: &[&str]| None) {
            Ok(Value::Duration(value)) => format!("t{cost}:{}", value.as_nanos()),
            _ => format!("e{cost}"),
        }
    }

    /// The word of a search, and how many operands follow it.
    fn matches(&mut self, expr: &Expr, pattern: Option<&str>) -> (String, usize) {
        let Some(pattern) = pattern else {
            return (self.lose("a regular expression that is not written out", expr), 0);
        };
        // Its visit, its weight, and that of working it out.
        let cost = 1 + weight(pattern) + 500;
        let known = |path: &[&str]| (path == ["pattern"]).then(|| Value::from(pattern));
        let tried = expr::parse("''.matches(pattern)").expect("it is an expression");
        if expr::evaluate(&tried, &known).is_err() {
            return (format!("m{cost}:"), 1);
        }
        match pattern::states(pattern) {
            Ok(states) => {
                self.matches = true;
                (format!("m{cost}:{}", self.states(&states)), 1)
            }
            Err(what) => (self.lose(&what, expr), 0),
        }
    }

    fn states(&mut self, states: &[State]) -> String {
        let kinds: Vec<char> = states
            .iter()
            .filter_map(|state| if let State::At(kind) = state { Some(*kind) } else { None })
            .collect();
        let boundary = if kinds.iter().any(|kind| matches!(kind, 'B' | 'N')) {
            self.class(&pattern::word())
        } else if kinds.contains(&'L') {
            // Whether a line ended is all that is to be known.
            "n".to_owned()
        } else {
            String::new()
        };
        let mut words = vec![boundary.clone()];
        words.extend(states.iter().map(|state| match state {
            State::One(class) => match class[..] {
                [(c, end)] if c == end && c < 128 && char::from(c as u8).is_ascii_alphanumeric() => {
                    format!("={}", char::from(c as u8))
                }
                _ => format!("c{}", self.class(class)),
            },
            State::Both(one, other) => format!("|{},{}", one + 1, other + 1),
            State::At(kind @ ('B' | 'N')) => format!("{kind}{boundary}"),
            State::At(kind) => kind.to_string(),
            State::Found => ".".to_owned(),
        }));
        words.join(";")
    }

    /// A class as gaps and lengths; where it has many runs, the reference to it.
    fn class(&mut self, class: &Class) -> String {
        let (mut at, mut runs) = (0, Vec::new());
        for (start, end) in class {
            runs.push(format!("{},{}", start - at, end - start));
            at = *end;
        }
        let runs = runs.join(",");
        if runs.len() < 40 {
            return runs;
        }
        let known = self.classes.iter().position(|known| *known == runs).unwrap_or_else(|| {
            self.classes.push(runs);
            self.classes.len() - 1
        });
        format!("k{}", self.reference(format!("k{}", known + 1)))
    }
}

/// Whether there is a function, or a method where something stands before a dot, of so many operands.
fn is_function(name: &str, is_method: bool, operands: usize) -> bool {
    match name {
        "size" => operands == 1,
        "matches" => operands == 2,
        "startsWith" | "endsWith" | "contains" => is_method && operands == 2,
        "int" | "uint" | "double" | "string" | "duration" => !is_method && operands == 1,
        _ => false,
    }
}

/// How many words of memory a text counts for.
fn weight(text: &str) -> usize {
    1 + text.len() / 8
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "n".to_owned(),
        Literal::Bool(value) => format!("b{}", u8::from(*value)),
        Literal::Int(value) => format!("i{value}"),
        Literal::Uint(value) => format!("u{value}"),
        Literal::Double(value) => format!("d{value:e}"),
        Literal::String(text) => format!("s{}", escaped(text)),
    }
}

/// Text as letters, digits and signs that mean nothing to anybody, its other bytes as `%` and two digits.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'.' | b'%' | b'\'' => write!(out, "%{byte:02x}").expect("a string takes any text"),
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02x}").expect("a string takes any text"),
        }
    }
    out
}
