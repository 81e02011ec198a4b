//! The difference of two values, as deep as their shape goes.

use serde_json::{Map, Value};

use super::identity::{items, pairs};
use super::shape::Shape;

/// What differs between two records: the keys whose values do, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObjectDiff(pub Vec<(String, Diff)>);

/// How two values differ.
#[derive(Debug, Clone, PartialEq)]
pub enum Diff {
    /// There is another value, or there was none, or there is none any more.
    Value {
        /// The old value.
        from: Option<Value>,
        /// The new value.
        to: Option<Value>,
    },
    /// Some keys have other values.
    Object(ObjectDiff),
    /// Some items are others.
    List(ListDiff),
}

/// How two lists differ. Items that are not named here are the same, and in the same order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListDiff {
    /// What is not there any more: position in the old list, and the item.
    pub removed: Vec<(usize, Value)>,
    /// What is new: position in the new list, and the item.
    pub added: Vec<(usize, Value)>,
    /// What has moved or changed, in order of the new list.
    pub kept: Vec<Kept>,
}

/// An item of both lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its position in the old list.
    pub from: usize,
    /// Its position in the new list.
    pub to: usize,
    /// The new item.
    pub item: Value,
    /// True where it has changed places with items that are in both lists.
    pub has_moved: bool,
    /// What differs in it.
    pub diff: ObjectDiff,
}

impl ObjectDiff {
    /// True where nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The difference of two records.
pub(super) fn record(shape: &'static Shape, old: &Value, new: &Value) -> ObjectDiff {
    let (old, new) = (members(old), members(new));
    let of = |key: &str| match shape {
        Shape::Record(fields) => {
            fields.iter().find(|(name, _)| *name == key).map_or(&Shape::Whole, |(_, shape)| *shape)
        }
        Shape::Map(values) => *values,
        Shape::Whole | Shape::List(..) => &Shape::Whole,
    };
    let mut differing = Vec::new();
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let (from, to) = (old.get(key), new.get(key));
        let diff = match shape {
            // An entry of a map is there or not; of a record, an empty list or map is left out.
            Shape::Map(_) if from.is_none() || to.is_none() => {
                Some(Diff::Value { from: from.cloned(), to: to.cloned() })
            }
            _ => value(of(key), from, to),
        };
        differing.extend(diff.map(|diff| (key.clone(), diff)));
    }
    differing.sort_by(|(a, _), (b, _)| a.cmp(b));
    ObjectDiff(differing)
}

fn value(shape: &'static Shape, old: Option<&Value>, new: Option<&Value>) -> Option<Diff> {
    if old == new {
        return None;
    }
    match (shape, old, new) {
        (Shape::Record(_), Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) => {
            Some(Diff::Object(record(shape, old, new)))
        }
        (Shape::Map(_), ..) => {
            let none = Value::Object(Map::new());
            Some(Diff::Object(record(shape, old.unwrap_or(&none), new.unwrap_or(&none))))
        }
        (Shape::List(identity, item), ..) => {
            let (old, new) = (old.map(items).unwrap_or_default(), new.map(items).unwrap_or_default());
            Some(Diff::List(list(item, &pairs(*identity, old, new), old, new)))
        }
        _ => Some(Diff::Value { from: old.cloned(), to: new.cloned() }),
    }
}

fn list(shape: &'static Shape, pairs: &[(usize, usize)], old: &[Value], new: &[Value]) -> ListDiff {
    let is_paired = |of: &dyn Fn(&(usize, usize)) -> usize, length: usize| {
        let mut paired = vec![false; length];
        pairs.iter().for_each(|pair| paired[of(pair)] = true);
        paired
    };
    let (old_paired, new_paired) =
        (is_paired(&|pair| pair.0, old.len()), is_paired(&|pair| pair.1, new.len()));
    let alone = |items: &[Value], paired: &[bool]| -> Vec<(usize, Value)> {
        let alone = items.iter().enumerate().filter(|(position, _)| !paired[*position]);
        alone.map(|(position, item)| (position, item.clone())).collect()
    };
    let stays = in_order(&pairs.iter().map(|(from, _)| *from).collect::<Vec<_>>());
    let kept = pairs.iter().zip(stays).filter_map(|(&(from, to), stays)| {
        let diff = record(shape, &old[from], &new[to]);
        let is_told = !stays || !diff.is_empty();
        is_told.then(|| Kept { from, to, item: new[to].clone(), has_moved: !stays, diff })
    });
    ListDiff { removed: alone(old, &old_paired), added: alone(new, &new_paired), kept: kept.collect() }
}

/// Which of these numbers belong to a longest run that only goes up: the fewest possible are left out.
fn in_order(numbers: &[usize]) -> Vec<bool> {
    // The last number of the best run of each length, as a position; and what comes before each.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (position, number) in numbers.iter().enumerate() {
        let length = tails.partition_point(|tail| numbers[*tail] < *number);
        before.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        match tails.get_mut(length) {
            Some(tail) => *tail = position,
            None => tails.push(position),
        }
    }
    let mut chosen = vec![false; numbers.len()];
    let mut next = tails.last().copied();
    while let Some(position) = next {
        chosen[position] = true;
        next = before[position];
    }
    chosen
}

fn members(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_possible_have_moved() {
        for (numbers, expected) in [
            (vec![], vec![]),
            (vec![0, 1, 2], vec![true, true, true]),
            (vec![2, 0, 1], vec![false, true, true]),
            (vec![1, 2, 0], vec![true, true, false]),
            (vec![1, 0], vec![false, true]),
        ] {
            assert_eq!(in_order(&numbers), expected, "{numbers:?}");
        }
    }
}
