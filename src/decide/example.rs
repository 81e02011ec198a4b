//! A point of a box, as a person would choose it: `cpu = 81` rather than 80 and the least bit more.

use std::fmt;

use serde_json::Value;

use super::Facts;
use super::cell::Cell;
use super::line::{Interval, Intervals, Number, Point};
use super::space::{Axis, Space};
use super::values::{Simple, Values};

/// Facts under which something is shown, by name in order; those without a value are not given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Example(Vec<(String, Option<Value>)>);

impl Example {
    /// The facts that are given.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let given = self.0.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
        given.collect()
    }
}

impl fmt::Display for Example {
    /// `cpu = 95, disk = 40`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (name, value)) in self.0.iter().enumerate() {
            let comma = if position > 0 { ", " } else { "" };
            match value {
                Some(value) => write!(f, "{comma}{name} = {value}")?,
                None => write!(f, "{comma}{name} not given")?,
            }
        }
        Ok(())
    }
}

/// How facts that are asked for what they contain are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contents {
    AsOthers,
    List,
    Text,
}

/// Points of a box, the likeliest to be one first: what is not reasoned about has to be tried.
pub(super) fn points<'s>(space: &'s Space, cell: &'s Cell) -> impl Iterator<Item = Example> + 's {
    let mut ways = vec![Contents::AsOthers];
    if cell.limits().iter().any(|(dimension, _)| matches!(space.axis(*dimension), Axis::Contains(..))) {
        ways.extend([Contents::List, Contents::Text]);
    }
    ways.into_iter().map(|contents| point(space, cell, contents))
}

fn point(space: &Space, cell: &Cell, contents: Contents) -> Example {
    let mut chosen: Vec<(String, Option<Value>)> = Vec::new();
    for (dimension, values) in cell.limits() {
        if let Axis::Fact(name) = space.axis(*dimension) {
            let inside = contained(space, cell, name);
            let value = match contents {
                Contents::List if !inside.is_empty() => Some(Value::Array(inside)),
                Contents::Text if !inside.is_empty() => {
                    Some(Value::from(inside.iter().filter_map(Value::as_str).collect::<String>()))
                }
                _ => choice(values),
            };
            chosen.push((name.clone(), value));
        }
    }
    chosen.sort_by(|a, b| a.0.cmp(&b.0));
    Example(chosen)
}

/// What a fact is to contain.
fn contained(space: &Space, cell: &Cell, name: &str) -> Vec<Value> {
    let wanted = cell.limits().iter().filter_map(|(dimension, values)| match space.axis(*dimension) {
        Axis::Contains(fact, value) if fact == name && values.has(Simple::True) => {
            serde_json::from_str(value).ok()
        }
        _ => None,
    });
    wanted.collect()
}

/// A value of a set: of a kind that the set divides, if there is one. `None` is not given.
fn choice(values: &Values) -> Option<Value> {
    let bools = (values.has(Simple::True), values.has(Simple::False));
    let text = || text(&values.texts).map(Value::from);
    let number = || number(&values.numbers);
    let truth = || bools.0.then_some(Value::Bool(true)).or(bools.1.then_some(Value::Bool(false)));
    let divided = |is_divided: bool, value: &dyn Fn() -> Option<Value>| is_divided.then(value).flatten();
    divided(values.texts != Intervals::all(), &text)
        .or_else(|| divided(values.numbers != Intervals::all(), &number))
        .or_else(|| divided(bools.0 != bools.1, &truth))
        .or_else(number)
        .or_else(text)
        .or_else(truth)
        .or_else(|| composed(values))
        .or_else(|| values.has(Simple::Null).then_some(Value::Null))
}

fn composed(values: &Values) -> Option<Value> {
    match values.others() {
        Ok(these) => serde_json::from_str(these.first()?).ok(),
        Err(but) => (0..=but.len())
            .map(|count| Value::Array(vec![Value::Null; count]))
            .find(|list| !but.contains(&list.to_string())),
    }
}

/// A number: a whole one where there is one, else one with few digits.
fn number(numbers: &Intervals<Number>) -> Option<Value> {
    let with = |digits: i32| move |part: &Interval<Number>| rounded(part, digits);
    let round = (0..16).find_map(|digits| numbers.parts().iter().find_map(with(digits)));
    let value = round.or_else(|| Some(numbers.parts().first()?.0.value()))?;
    Some(if value.fract() == 0.0 && value.abs() < 1e15 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    })
}

/// A number with so many digits behind the point: the first of the interval, or the last where that has no start.
fn rounded((from, to): &Interval<Number>, digits: i32) -> Option<f64> {
    let one = 10_f64.powi(digits);
    let value = match (*from == Number::first(), to) {
        (true, None) => 0.0,
        (true, Some(to)) => ((to.value() * one).ceil() - 1.0) / one,
        (false, _) => (from.value() * one).ceil() / one,
    };
    let number = Number::of(value)?;
    (*from <= number && to.as_ref().is_none_or(|to| number < *to)).then_some(value)
}

/// A text: one that is alone in its interval, or a word.
fn text(texts: &Intervals<String>) -> Option<String> {
    let alone = texts.parts().iter().find(|(from, to)| *to == from.next()).map(|(from, _)| from.clone());
    let word =
        || ["other", "another", "more"].iter().map(|word| (*word).to_owned()).find(|it| texts.contains(it));
    let near = || {
        let starts = texts.parts().iter().map(|(from, _)| from.trim_end_matches('\0'));
        let tried = starts.flat_map(|start| [start.to_owned(), format!("{start}a"), format!("{start}-")]);
        tried.into_iter().find(|text| texts.contains(text))
    };
    alone.or_else(word).or_else(near).or_else(|| Some(texts.parts().first()?.0.clone()))
}
