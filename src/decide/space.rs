//! Conditions as unions of boxes over facts, exact: a point is in the union where the condition holds there, and in
//! no other.
//!
//! What is not reasoned about (`contains`, a call in an expression) is a dimension of its own, which is true, false
//! or neither: whatever is said of all points of the union is right then too, and what is said of one point has to
//! be tried there.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cell::{Cell, Dimension};
use super::gaps::Domains;
use super::line::Intervals;
use super::plain;
use super::values::{Side, Simple, Values};
use crate::expr::{BinaryOp, Expr, ExprKind, Literal, LogicOp, UnaryOp};
use crate::model::{FactCondition, FactTest, Operator};

/// The names of the dimensions, and what they stand for.
#[derive(Debug, Default)]
pub struct Space {
    numbers: BTreeMap<Axis, Dimension>,
    axes: Vec<Axis>,
}

/// What a dimension stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Axis {
    /// The value of a fact: `cpu`, `env.TIER`.
    Fact(String),
    /// Whether a fact contains a value, as it is written in JSON.
    Contains(String, String),
    /// Whether a part of an expression is true.
    Part(String),
}

/// A union of boxes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Region {
    pub(super) cells: Vec<Cell>,
}

/// How many boxes a condition may come to.
const MAX_CELLS: usize = 256;

impl Space {
    /// Where a condition holds or, with `false`, does not; neither is where a fact that decides is not given.
    /// `None` where that is more boxes than can be dealt with.
    pub fn region(&mut self, condition: &FactCondition, holds: bool) -> Option<Region> {
        Some(match (condition.test(), holds) {
            (None, _) => Region::default(),
            (Some(FactTest::All(parts)), true) | (Some(FactTest::Any(parts)), false) => {
                both(parts.iter().map(|part| self.region(part, holds)))?
            }
            (Some(FactTest::All(parts)), false) | (Some(FactTest::Any(parts)), true) => {
                either(parts.iter().map(|part| self.region(part, holds)))?
            }
            (Some(FactTest::Not(part)), holds) => self.region(part, !holds)?,
            (Some(FactTest::Compare { field, operator, value }), holds) => {
                let value = value.map_or(Value::Null, |value| plain(value));
                self.comparison(field, operator.value, &value, holds)
            }
        })
    }

    /// Where an expression is true or, with `false`, false; neither is where it can't be evaluated. `None` as above.
    pub fn expression(&mut self, expr: &Expr, is: bool) -> Option<Region> {
        match &expr.kind {
            ExprKind::Literal(Literal::Bool(value)) => {
                Some(if *value == is { Region::everything() } else { Region::default() })
            }
            ExprKind::Unary { op, operand } if op.value == UnaryOp::Not => self.expression(operand, !is),
            ExprKind::Logic { op, operands } => {
                let parts = operands.iter().map(|part| self.expression(part, is));
                if (*op == LogicOp::And) == is { both(parts) } else { either(parts) }
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                let yes = both([self.expression(condition, true), self.expression(then, is)].into_iter())?;
                let no =
                    both([self.expression(condition, false), self.expression(otherwise, is)].into_iter())?;
                either([Some(yes), Some(no)].into_iter())
            }
            ExprKind::Binary { op, left, right } => {
                let known = match (left.path(), literals(right), right.path(), literals(left)) {
                    (Some(path), Some(with), ..) => compared(op.value, &with, is).map(|it| (path, it)),
                    (.., Some(path), Some(with)) if op.value != BinaryOp::In => {
                        compared(mirrored(op.value), &with, is).map(|it| (path, it))
                    }
                    _ => None,
                };
                Some(self.known(expr, known, is))
            }
            _ => Some(self.known(expr, expr.path().map(|path| (path, Values::simple(truth(is)))), is)),
        }
    }

    /// True where the value of every fact that the region asks for lies in one of its boxes; a fact that `given` has
    /// no value for is not given.
    #[must_use]
    pub fn holds_at(&self, region: &Region, given: &dyn Fn(&str) -> Option<Value>) -> bool {
        region.cells.iter().any(|cell| {
            cell.limits().iter().all(|(dimension, values)| match self.axis(*dimension) {
                Axis::Fact(name) => match given(name) {
                    Some(value) => values.contains(&value),
                    None => values.has(Simple::Absent),
                },
                Axis::Contains(..) | Axis::Part(_) => false,
            })
        })
    }

    /// True where nothing in a box is left to be tried.
    pub(super) fn is_sure(&self, cell: &Cell) -> bool {
        cell.limits().iter().all(|(dimension, _)| matches!(self.axis(*dimension), Axis::Fact(_)))
    }

    /// What a dimension stands for.
    pub(super) fn axis(&self, dimension: Dimension) -> &Axis {
        &self.axes[dimension as usize]
    }

    fn dimension(&mut self, axis: Axis) -> Dimension {
        let next = self.axes.len() as Dimension;
        *self.numbers.entry(axis).or_insert_with_key(|axis| {
            self.axes.push(axis.clone());
            next
        })
    }

    /// The values of a name, or, where there is none, the expression as a part that is not reasoned about.
    fn known(&mut self, expr: &Expr, values: Option<(Vec<&str>, Values)>, is: bool) -> Region {
        match values.filter(|(path, _)| path.iter().all(|name| !name.contains('.'))) {
            Some((path, values)) => self.fact(&path.join("."), values),
            None => self.part(Axis::Part(expr.to_string()), is),
        }
    }

    fn fact(&mut self, name: &str, values: Values) -> Region {
        let dimension = self.dimension(Axis::Fact(name.to_owned()));
        Region { cells: limited(dimension, values) }
    }

    fn part(&mut self, axis: Axis, is: bool) -> Region {
        let dimension = self.dimension(axis);
        Region { cells: Cell::of(dimension, Values::simple(truth(is))).into_iter().collect() }
    }

    /// As `condition::holds` compares.
    fn comparison(&mut self, field: &str, operator: Operator, value: &Value, holds: bool) -> Region {
        let several = || value.as_array().map_or(&[][..], Vec::as_slice);
        let values = match operator {
            Operator::Equals | Operator::NotEquals => Values::equal_to(value),
            Operator::In => several().iter().map(Values::equal_to).try_fold(Values::none(), joined),
            Operator::Greater => Values::on(Side::Greater, value),
            Operator::GreaterOrEqual => Values::on(Side::GreaterOrEqual, value),
            Operator::Less => Values::on(Side::Less, value),
            Operator::LessOrEqual => Values::on(Side::LessOrEqual, value),
            Operator::Exists => {
                let given = *value != Value::Bool(false);
                let is = if given == holds { Values::present() } else { Values::simple(Simple::Absent) };
                return self.fact(field, is);
            }
            Operator::Contains => None,
        };
        match values {
            Some(values) => {
                let is = if (operator == Operator::NotEquals) == holds {
                    Values::present().without(&values)
                } else {
                    values
                };
                self.fact(field, is)
            }
            None => {
                // Whatever it is, it is said of a fact that is given.
                let given = self.fact(field, Values::present());
                let axis = match operator {
                    Operator::Contains => Axis::Contains(field.to_owned(), value.to_string()),
                    _ => Axis::Part(format!("{field} {operator:?} {value}")),
                };
                let part = self.part(axis, holds);
                both([Some(given), Some(part)].into_iter()).expect("one box and one make one")
            }
        }
    }
}

impl Region {
    fn everything() -> Self {
        Self { cells: vec![Cell::default()] }
    }
}

/// Whether all of these expressions can be true at once, where facts have no other values than those of `domains`.
/// `None` where that is too much to tell; what is not reasoned about can be true.
#[must_use]
pub fn can_hold<'e>(conditions: impl IntoIterator<Item = &'e Expr>, domains: &Domains) -> Option<bool> {
    let mut space = Space::default();
    let regions: Vec<_> = conditions.into_iter().map(|condition| space.expression(condition, true)).collect();
    let all = both(regions.into_iter())?;
    Some(all.cells.iter().any(|cell| {
        cell.limits().iter().all(|(dimension, values)| match space.axis(*dimension) {
            Axis::Fact(name) => domains.values.get(name).is_none_or(|known| {
                values.has(Simple::Absent) || known.iter().any(|value| values.may_contain(value))
            }),
            Axis::Contains(..) | Axis::Part(_) => true,
        })
    }))
}

/// Whether all of these conditions can hold at once. `None` as above.
#[must_use]
pub fn can_meet<'c>(conditions: impl IntoIterator<Item = &'c FactCondition>) -> Option<bool> {
    let mut space = Space::default();
    let regions: Vec<_> = conditions.into_iter().map(|condition| space.region(condition, true)).collect();
    both(regions.into_iter()).map(|all| !all.cells.is_empty())
}

fn limited(dimension: Dimension, values: Values) -> Vec<Cell> {
    Cell::of(dimension, values).into_iter().collect()
}

fn truth(is: bool) -> Simple {
    if is { Simple::True } else { Simple::False }
}

/// Where all of these are.
fn both(parts: impl Iterator<Item = Option<Region>>) -> Option<Region> {
    let mut all = Region::everything();
    for part in parts {
        let part = part?;
        let pairs = all.cells.iter().flat_map(|a| part.cells.iter().map(move |b| (a, b)));
        let mut cells = Vec::new();
        for (tried, (a, b)) in pairs.enumerate() {
            cells.extend(a.intersect(b));
            if cells.len() > MAX_CELLS || tried > MAX_CELLS * MAX_CELLS {
                return None;
            }
        }
        all = Region { cells };
    }
    Some(all)
}

/// Where one of these is. Boxes that have a limit in one and the same dimension become one.
fn either(parts: impl Iterator<Item = Option<Region>>) -> Option<Region> {
    let mut single: BTreeMap<Dimension, Values> = BTreeMap::new();
    let mut cells = Vec::new();
    for part in parts {
        for cell in part?.cells {
            match cell.limits() {
                [(dimension, values)] => {
                    single.entry(*dimension).or_insert_with(Values::none).add(values);
                }
                _ => cells.push(cell),
            }
        }
    }
    for (dimension, values) in single {
        if values.is_all() {
            return Some(Region::everything());
        }
        cells.extend(Cell::of(dimension, values));
    }
    (cells.len() <= MAX_CELLS).then_some(Region { cells })
}

/// The literals of one side of a comparison: a literal alone, or those of a list.
fn literals(expr: &Expr) -> Option<Written> {
    let literal = |expr: &Expr| match &expr.kind {
        ExprKind::Literal(literal) => value(literal),
        _ => None,
    };
    match &expr.kind {
        ExprKind::List(elements) => elements.iter().map(literal).collect::<Option<_>>().map(Written::Many),
        _ => literal(expr).map(Written::One),
    }
}

/// What stands on the other side of a comparison.
enum Written {
    One(Value),
    Many(Vec<Value>),
}

fn value(literal: &Literal) -> Option<Value> {
    Some(match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::from(*value),
        Literal::Uint(value) => Value::from(*value),
        Literal::Double(value) => Value::Number(serde_json::Number::from_f64(*value)?),
        Literal::String(text) => Value::String(text.clone()),
    })
}

/// Where a comparison of CEL is true or false: what can't be compared is neither.
fn compared(op: BinaryOp, with: &Written, is: bool) -> Option<Values> {
    let side = match op {
        BinaryOp::Equal | BinaryOp::NotEqual => None,
        BinaryOp::Less => Some(Side::Less),
        BinaryOp::LessOrEqual => Some(Side::LessOrEqual),
        BinaryOp::Greater => Some(Side::Greater),
        BinaryOp::GreaterOrEqual => Some(Side::GreaterOrEqual),
        BinaryOp::In => {
            let Written::Many(several) = with else { return None };
            let all = several.iter().map(Values::equal_to).try_fold(Values::none(), joined)?;
            return Some(if is { all } else { Values::present().without(&all) });
        }
        _ => return None,
    };
    let Written::One(value) = with else { return None };
    let Some(side) = side else {
        let equal = Values::equal_to(value)?;
        return Some(if is == (op == BinaryOp::Equal) { equal } else { Values::present().without(&equal) });
    };
    let comparable = match value {
        Value::Number(_) => Values::of_numbers(Intervals::all()),
        Value::String(_) => Values::any_text(),
        _ => return None,
    };
    let holds = Values::on(side, value)?;
    Some(if is { holds } else { comparable.without(&holds) })
}

fn joined(mut all: Values, one: Option<Values>) -> Option<Values> {
    all.add(&one?);
    Some(all)
}

fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessOrEqual => BinaryOp::GreaterOrEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterOrEqual => BinaryOp::LessOrEqual,
        op => op,
    }
}
