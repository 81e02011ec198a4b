//! The difference of two plans as a list: one thing after another, each with its place and both values.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::places::nowhere;
use super::value::{Diff, ListDiff, ObjectDiff};

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// What has become of it.
    pub change: ChangeKind,
    /// The item that it is, or that has the field: from the outermost list inwards; empty for the plan itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub item: Vec<Item>,
    /// The field of the item or the plan, with dots in between: `retry.delay_ms`. Absent where it is the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub field: Option<String>,
    /// The old value; absent where there was none. Of a move, the old position in the list, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Value")]
    pub from: Option<Value>,
    /// The new value; absent where there is none any more. Of a move, the new position in the list, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Value")]
    pub to: Option<Value>,
    /// What that means, where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Effect")]
    pub effect: Option<Effect>,
}

/// What has become of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// An item is there that was not.
    Added,
    /// An item is not there any more.
    Removed,
    /// An item has changed places with others.
    Moved,
    /// A field has another value.
    Changed,
}

/// An item of a list of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Item {
    /// The list: `steps`, `rollbacks`, `checklists.NAME`.
    pub list: String,
    /// What tells it from the others: its id, its name, or what it says.
    pub key: String,
    /// Its name, where it has one beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub name: Option<String>,
    /// Its position in the new list, or in the old one where it is removed, from 0.
    pub position: usize,
}

/// What a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The risk is higher.
    Raised,
    /// The risk is lower.
    Lowered,
    /// It takes longer, or may.
    Longer,
    /// It takes less long.
    Shorter,
    /// It has a bound now.
    Bounded,
    /// It has no bound any more.
    Unbounded,
}

impl Effect {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Effect::Raised => "raised",
            Effect::Lowered => "lowered",
            Effect::Longer => "longer",
            Effect::Shorter => "shorter",
            Effect::Bounded => "bounded",
            Effect::Unbounded => "unbounded",
        }
    }
}

/// The keys of a plan in the order in which a person asks about them. What is not named comes last.
const ORDER: [&str; 19] = [
    "entry",
    "environment",
    "facts",
    "decisions",
    "bounds",
    "timeout_ms",
    "max_parallel",
    "policy",
    "inputs",
    "preconditions",
    "steps",
    "postconditions",
    "rollbacks",
    "finally",
    "alerts",
    "checklists",
    "monitors",
    "metrics",
    "dropped",
];

/// Every difference, one by one.
pub(super) fn flatten(root: &ObjectDiff) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut members: Vec<_> = root.0.iter().collect();
    members.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key).unwrap_or(ORDER.len()));
    members.into_iter().for_each(|(key, diff)| walk(key, diff, &[], &mut changes));
    changes
}

fn walk(field: &str, diff: &Diff, within: &[Item], changes: &mut Vec<Change>) {
    match diff {
        Diff::Value { from, to } => changes.push(Change {
            change: ChangeKind::Changed,
            item: within.to_vec(),
            field: Some(field.to_owned()),
            effect: effect(field, from.as_ref(), to.as_ref()),
            from: from.as_ref().map(placeless),
            to: to.as_ref().map(placeless),
        }),
        Diff::Object(ObjectDiff(members)) => {
            // Of the bounds, the one that counts stands first.
            let (first, rest): (Vec<_>, Vec<_>) = members.iter().partition(|(key, _)| key == "worst_case_ms");
            first
                .into_iter()
                .chain(rest)
                .for_each(|(key, diff)| walk(&format!("{field}.{key}"), diff, within, changes));
        }
        Diff::List(list) => items(field, list, within, changes),
    }
}

/// What is gone comes before what stands there now.
fn items(field: &str, list: &ListDiff, within: &[Item], changes: &mut Vec<Change>) {
    let mut told: Vec<((usize, u8), Vec<Change>)> = Vec::new();
    for (position, item) in &list.removed {
        let change = of_item(ChangeKind::Removed, within, field, item, *position);
        told.push(((*position, 0), vec![Change { from: Some(placeless(item)), ..change }]));
    }
    for (position, item) in &list.added {
        let change = of_item(ChangeKind::Added, within, field, item, *position);
        told.push(((*position, 1), vec![Change { to: Some(placeless(item)), ..change }]));
    }
    for kept in &list.kept {
        let mut of_it = Vec::new();
        let moved = of_item(ChangeKind::Moved, within, field, &kept.item, kept.to);
        let inside = moved.item.clone();
        if kept.has_moved {
            let (from, to) = (Some(kept.from.into()), Some(kept.to.into()));
            of_it.push(Change { from, to, ..moved });
        }
        kept.diff.0.iter().for_each(|(key, diff)| walk(key, diff, &inside, &mut of_it));
        told.push(((kept.to, 1), of_it));
    }
    told.sort_by_key(|(order, _)| *order);
    changes.extend(told.into_iter().flat_map(|(_, of_it)| of_it));
}

/// A value without the places in the rules, of which nothing is left to tell.
fn placeless(item: &Value) -> Value {
    match item {
        Value::Array(items) => items.iter().map(placeless).collect(),
        Value::Object(members) => {
            let nowhere = serde_json::json!(nowhere());
            let is_place = |key: &str, member: &Value| key == "source" && *member == nowhere;
            let told = members.iter().filter(|(key, member)| !is_place(key, member));
            Value::Object(told.map(|(key, member)| (key.clone(), placeless(member))).collect())
        }
        other => other.clone(),
    }
}

fn of_item(change: ChangeKind, within: &[Item], list: &str, item: &Value, position: usize) -> Change {
    let text = |key: &str| item[key].as_str().map(str::to_owned);
    let keys = ["id", "procedure", "name", "text", "what"];
    let own = keys.iter().find_map(|key| text(key));
    let listed = |key: &str| {
        let texts = item[key].as_array()?.iter().filter_map(Value::as_str);
        Some(texts.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
    };
    let key = own.or_else(|| listed("run")).or_else(|| listed("roles"));
    let key = key.unwrap_or_else(|| (position + 1).to_string());
    let name = text("name").filter(|name| *name != key);
    let mut path = within.to_vec();
    path.push(Item { list: list.to_owned(), key, name, position });
    Change { change, item: path, field: None, from: None, to: None, effect: None }
}

fn effect(field: &str, from: Option<&Value>, to: Option<&Value>) -> Option<Effect> {
    if field == "entry.risk" {
        let grade = |risk: Option<&Value>| {
            ["low", "medium", "high", "critical"]
                .iter()
                .position(|word| risk.and_then(Value::as_str) == Some(word))
        };
        let (from, to) = (grade(from)?, grade(to)?);
        return Some(if to > from { Effect::Raised } else { Effect::Lowered });
    }
    if !field.ends_with("_ms") {
        return None;
    }
    match (from.and_then(Value::as_u64), to.and_then(Value::as_u64)) {
        (Some(from), Some(to)) if to > from => Some(Effect::Longer),
        (Some(from), Some(to)) if to < from => Some(Effect::Shorter),
        // Of these alone, none means no bound.
        _ if !is_bound(field) => None,
        (None, Some(_)) => Some(Effect::Bounded),
        (Some(_), None) => Some(Effect::Unbounded),
        _ => None,
    }
}

fn is_bound(field: &str) -> bool {
    field.ends_with("timeout_ms") || (field.starts_with("bounds.") && !field.contains("estimated"))
}
