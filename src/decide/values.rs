//! Sets of values that a fact can have, exact: of each kind of value those that are in it.
//!
//! A fact that is not given is a value of its own here. Numbers and texts are intervals of their lines, lists and
//! objects are told apart by how they are written.

use std::collections::BTreeSet;

use serde_json::Value;

use super::line::{Intervals, Number, Point};

/// A set of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values {
    /// The kinds that have one value each, by [`Simple`].
    simple: u8,
    pub(super) numbers: Intervals<Number>,
    pub(super) texts: Intervals<String>,
    others: Others,
}

/// The values that are no number, text, list or object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Simple {
    /// Not given at all; of a part that nothing is known of: neither true nor false.
    Absent = 1,
    /// `null`
    Null = 2,
    /// `false`
    False = 4,
    /// `true`
    True = 8,
}

const ALL_SIMPLE: u8 = 15;

/// Lists and objects, as [`key`] writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Others {
    These(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

/// A place in the order of all values: not given, `null`, `false`, `true`, numbers, texts, lists and objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    Simple(u8),
    Number(Number),
    Text(String),
    Other,
    End,
}

/// How a number or a text stands to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Whole numbers up to here are doubles, each one of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Values {
    /// Nothing.
    pub(super) fn none() -> Self {
        let (numbers, texts) = (Intervals::NONE, Intervals::NONE);
        Self { simple: 0, numbers, texts, others: Others::These(BTreeSet::new()) }
    }

    /// Everything, and not being given.
    pub(super) fn all() -> Self {
        Self::none().complement()
    }

    /// Every value, but not its absence.
    pub(super) fn present() -> Self {
        Self::simple(Simple::Absent).complement()
    }

    /// One value of its own kind.
    pub(super) fn simple(value: Simple) -> Self {
        Self { simple: value as u8, ..Self::none() }
    }

    /// All texts.
    pub(super) fn any_text() -> Self {
        Self { texts: Intervals::all(), ..Self::none() }
    }

    /// These numbers.
    pub(super) fn of_numbers(numbers: Intervals<Number>) -> Self {
        Self { numbers, ..Self::none() }
    }

    /// The same with nothing between two whole numbers.
    pub(super) fn with_whole_numbers(&self) -> Self {
        Self { numbers: self.numbers.whole(), ..self.clone() }
    }

    /// What equals a value; `None` for a number that is too large to be told from its neighbours.
    pub(super) fn equal_to(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::simple(Simple::Null),
            Value::Bool(value) => Self::simple(if *value { Simple::True } else { Simple::False }),
            Value::Number(value) => Self::of_numbers(Intervals::point(exact(value.as_f64()?)?)),
            Value::String(text) => Self { texts: Intervals::point(text.clone()), ..Self::none() },
            Value::Array(_) | Value::Object(_) => {
                Self { others: Others::These([key(value)?].into()), ..Self::none() }
            }
        })
    }

    /// What stands to a number or a text as it is said; nothing does to anything else. `None` as above.
    pub(super) fn on(side: Side, value: &Value) -> Option<Self> {
        Some(match value {
            Value::Number(value) => Self::of_numbers(beside(side, exact(value.as_f64()?)?)),
            Value::String(text) => Self { texts: beside(side, text.clone()), ..Self::none() },
            _ => Self::none(),
        })
    }

    pub(super) fn has(&self, value: Simple) -> bool {
        self.simple & value as u8 != 0
    }

    /// True where a given value is in it.
    pub(super) fn contains(&self, value: &Value) -> bool {
        Self::equal_to(value).is_some_and(|one| self.covers(&one))
    }

    /// False where a given value is surely not in it.
    pub(super) fn may_contain(&self, value: &Value) -> bool {
        Self::equal_to(value).is_none_or(|one| self.covers(&one))
    }

    /// The lists and objects that are in it, or those that are not.
    pub(super) fn others(&self) -> Result<&BTreeSet<String>, &BTreeSet<String>> {
        match &self.others {
            Others::These(these) => Ok(these),
            Others::AllBut(these) => Err(these),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.simple == 0
            && self.numbers.is_empty()
            && self.texts.is_empty()
            && self.others().is_ok_and(BTreeSet::is_empty)
    }

    pub(super) fn is_all(&self) -> bool {
        self.simple == ALL_SIMPLE
            && *self.numbers.parts() == [(Number::first(), None)]
            && *self.texts.parts() == [(String::new(), None)]
            && self.others().is_err_and(BTreeSet::is_empty)
    }

    pub(super) fn complement(&self) -> Self {
        Self {
            simple: ALL_SIMPLE & !self.simple,
            numbers: self.numbers.complement(),
            texts: self.texts.complement(),
            others: match self.others.clone() {
                Others::These(these) => Others::AllBut(these),
                Others::AllBut(these) => Others::These(these),
            },
        }
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        Self {
            simple: self.simple & other.simple,
            numbers: self.numbers.intersect(&other.numbers),
            texts: self.texts.intersect(&other.texts),
            others: match (&self.others, &other.others) {
                (Others::These(a), Others::These(b)) => Others::These(a & b),
                (Others::These(a), Others::AllBut(b)) | (Others::AllBut(b), Others::These(a)) => {
                    Others::These(a - b)
                }
                (Others::AllBut(a), Others::AllBut(b)) => Others::AllBut(a | b),
            },
        }
    }

    /// Takes in the values of another set.
    pub(super) fn add(&mut self, other: &Self) {
        self.simple |= other.simple;
        self.numbers.add(&other.numbers);
        self.texts.add(&other.texts);
        self.others = match (&self.others, &other.others) {
            (Others::These(a), Others::These(b)) => Others::These(a | b),
            (Others::These(a), Others::AllBut(b)) | (Others::AllBut(b), Others::These(a)) => {
                Others::AllBut(b - a)
            }
            (Others::AllBut(a), Others::AllBut(b)) => Others::AllBut(a & b),
        };
    }

    /// Those that are not in the other set.
    pub(super) fn without(&self, other: &Self) -> Self {
        Self {
            simple: self.simple & !other.simple,
            numbers: self.numbers.without(&other.numbers),
            texts: self.texts.without(&other.texts),
            others: match (&self.others, &other.others) {
                (Others::These(a), Others::These(b)) => Others::These(a - b),
                (Others::These(a), Others::AllBut(b)) => Others::These(a & b),
                (Others::AllBut(a), Others::These(b)) => Others::AllBut(a | b),
                (Others::AllBut(a), Others::AllBut(b)) => Others::These(b - a),
            },
        }
    }

    /// True where nothing is in both sets.
    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        self.simple & other.simple == 0
            && self.numbers.is_apart_from(&other.numbers)
            && self.texts.is_apart_from(&other.texts)
            && match (&self.others, &other.others) {
                (Others::These(a), Others::These(b)) => a.is_disjoint(b),
                (Others::These(a), Others::AllBut(b)) | (Others::AllBut(b), Others::These(a)) => {
                    a.is_subset(b)
                }
                // No finite number of them is all there are.
                (Others::AllBut(_), Others::AllBut(_)) => false,
            }
    }

    /// All values before a place in the order of all values.
    pub(super) fn before(cut: &Cut) -> Self {
        let below = |cut: u8| (0..4).map(|bit| 1 << bit).filter(|bit| *bit < cut).sum();
        let mut before = Self { simple: ALL_SIMPLE, ..Self::none() };
        match cut {
            Cut::Simple(cut) => before.simple = below(*cut),
            Cut::Number(number) => before.numbers = Intervals::before(*number),
            Cut::Text(text) => {
                before.numbers = Intervals::all();
                before.texts = Intervals::before(text.clone());
            }
            Cut::Other => {
                before.numbers = Intervals::all();
                before.texts = Intervals::all();
            }
            Cut::End => before = Self::all(),
        }
        before
    }

    /// True where every value of the other set is in this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.simple & !self.simple == 0
            && self.numbers.covers(&other.numbers)
            && self.texts.covers(&other.texts)
            && match (&self.others, &other.others) {
                (Others::These(a), Others::These(b)) => b.is_subset(a),
                (Others::AllBut(a), Others::These(b)) => a.is_disjoint(b),
                (Others::AllBut(a), Others::AllBut(b)) => a.is_subset(b),
                (Others::These(_), Others::AllBut(_)) => false,
            }
    }

    /// The first number or text in it alone; what has neither stays whole.
    pub(super) fn first(&self) -> Self {
        match (self.numbers.parts(), self.texts.parts()) {
            ([(from, _), ..], _) => Self::of_numbers(Intervals::point(*from)),
            ([], [(from, _), ..]) => Self { texts: Intervals::point(from.clone()), ..Self::none() },
            ([], []) => self.clone(),
        }
    }

    /// The last number in it alone; what has none stays whole.
    pub(super) fn last(&self) -> Self {
        match self.numbers.parts() {
            [.., (_, to)] => Self::of_numbers(Intervals::point(Number::before(*to))),
            [] => self.clone(),
        }
    }

    /// The first place in the order of all values that is in it, and the one behind the last.
    pub(super) fn hull(&self) -> (Cut, Cut) {
        let rest = match (self.simple, self.others().is_ok_and(BTreeSet::is_empty)) {
            (0, true) => None,
            (0, false) => Some((Cut::Other, Cut::End)),
            (simple, true) => {
                Some((Cut::Simple(1 << simple.trailing_zeros()), Cut::Simple(last(simple) + 1)))
            }
            (simple, false) => Some((Cut::Simple(1 << simple.trailing_zeros()), Cut::End)),
        };
        let numbers = span(&self.numbers, Cut::Number, Cut::Text(String::new()));
        let texts = span(&self.texts, Cut::Text, Cut::Other);
        let spans = [rest, numbers, texts].into_iter().flatten();
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((Cut::Simple(0), Cut::Simple(0)))
    }
}

/// The largest of the bits.
fn last(simple: u8) -> u8 {
    1 << (7 - simple.leading_zeros())
}

fn span<P: Point>(set: &Intervals<P>, cut: fn(P) -> Cut, end: Cut) -> Option<(Cut, Cut)> {
    let ((first, _), (_, last)) = (set.parts().first()?, set.parts().last()?);
    Some((cut(first.clone()), last.clone().map_or(end, cut)))
}

fn beside<P: Point>(side: Side, point: P) -> Intervals<P> {
    match side {
        Side::Less => Intervals::before(point),
        Side::LessOrEqual => Intervals::after(&point).complement(),
        Side::Greater => Intervals::after(&point),
        Side::GreaterOrEqual => Intervals::from(point),
    }
}

/// A number that is told from all others; larger ones are rounded when they are compared.
fn exact(value: f64) -> Option<Number> {
    Number::of(value).filter(|_| value.abs() < EXACT)
}

/// How a list or an object is written so that equal ones are written alike; `None` where something in it can be
/// written in more than one way.
fn key(value: &Value) -> Option<String> {
    fn is_plain(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.as_f64().is_some_and(|value| value != 0.0) || number.is_i64(),
            Value::Array(items) => items.iter().all(is_plain),
            Value::Object(map) => map.len() < 2 && map.values().all(is_plain),
            _ => true,
        }
    }
    is_plain(value).then(|| value.to_string())
}
