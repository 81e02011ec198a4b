//! The words for changes: what a field is called, and how its values are written.

use serde_json::Value;

use crate::compare::{Change, ChangeKind, Effect, Item};
use crate::diagnostic::plural;
use crate::scalar::Duration;

/// A value, or several lines of one.
pub(super) enum Written {
    /// It fits into a line.
    Short(String),
    /// Its lines.
    Long(Vec<String>),
}

/// A value longer than this gets lines of its own.
const SHORT: usize = 40;

/// What a field is called.
pub(super) fn field(name: &str) -> String {
    match name {
        "entry.risk" => "risk".to_owned(),
        "entry.name" => "name".to_owned(),
        "entry.description" => "description".to_owned(),
        "entry.satisfies" => "satisfies".to_owned(),
        "entry.kind" => "kind".to_owned(),
        "bounds.worst_case_ms" => "worst case".to_owned(),
        "bounds.steps_ms" => "steps at most".to_owned(),
        "bounds.rollback_ms" => "rollback at most".to_owned(),
        "bounds.without_retries_ms" => "steps without retries".to_owned(),
        "bounds.estimated_ms" => "estimate".to_owned(),
        "action.command" => "command".to_owned(),
        "action.instruction" => "instruction".to_owned(),
        "action.kind" => "what it is".to_owned(),
        "retry.retries" => "retries".to_owned(),
        "retry.backoff" => "backoff".to_owned(),
        // The key of a map is a name of the user's own.
        _ if ["env.", "facts.", "decisions.", "alerts.", "checklists."]
            .iter()
            .any(|map| name.starts_with(map)) =>
        {
            let (map, key) = name.split_once('.').unwrap_or((name, ""));
            format!("{} `{key}`", map.trim_end_matches('s'))
        }
        _ => {
            let name = name.strip_prefix("policy.").or_else(|| name.strip_prefix("entry.")).unwrap_or(name);
            name.trim_end_matches("_ms").replace(['_', '.'], " ")
        }
    }
}

/// What an item of a list is called: `step 2`, with the lists that it is in.
pub(super) fn item(path: &[Item]) -> String {
    let mut words = Vec::new();
    for (depth, item) in path.iter().enumerate() {
        let is_last = depth + 1 == path.len();
        let noun = match item.list.as_str() {
            "steps" => "step".to_owned(),
            "finally" => "final step".to_owned(),
            "preconditions" => "precondition".to_owned(),
            "postconditions" => "postcondition".to_owned(),
            "rollbacks" => "rollback".to_owned(),
            "inputs" => "input".to_owned(),
            "policy.approvals" => "approval".to_owned(),
            "monitors" => "monitor".to_owned(),
            "metrics" => "metric".to_owned(),
            "remedies" => "remedy".to_owned(),
            "dropped" => "not in the plan:".to_owned(),
            other => match other.strip_prefix("checklists.") {
                Some(name) => format!("checklist `{}`:", line(name)),
                None => other.to_owned(),
            },
        };
        let name = item.name.as_deref().filter(|_| is_last).map(|name| format!(": {}", line(name)));
        words.push(format!("{noun} {}{}", line(&item.key), name.unwrap_or_default()));
    }
    words.join(", ")
}

/// A value of a field.
pub(super) fn value(field: &str, value: &Value) -> Written {
    let is_time = field.ends_with("_ms");
    match value {
        Value::Number(ms) if is_time => {
            let time = ms.as_u64().and_then(Duration::from_millis).map(|time| time.to_string());
            Written::Short(time.unwrap_or_else(|| format!("{ms}ms")))
        }
        Value::String(text) if text.is_empty() => Written::Short("empty".to_owned()),
        Value::String(text) if text.contains('\n') || text.chars().count() > SHORT => {
            Written::Long(text.split('\n').map(str::to_owned).collect())
        }
        Value::String(text) => Written::Short(text.clone()),
        Value::Array(items) if items.is_empty() => Written::Short("none".to_owned()),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let items: Vec<_> = items.iter().map(scalar).collect();
            let line = items.join(", ");
            if line.contains('\n') || line.chars().count() > SHORT {
                Written::Long(items.iter().flat_map(|item| item.split('\n').map(str::to_owned)).collect())
            } else {
                Written::Short(line)
            }
        }
        Value::Array(_) => Written::Long(vec![value.to_string()]),
        Value::Object(members) => {
            let of = |(key, member): (&String, &Value)| (self::field(key), self::value(key, member));
            Written::Long(members.iter().map(of).flat_map(|(key, member)| keyed(&key, member)).collect())
        }
        other => Written::Short(scalar(other)),
    }
}

/// The lines of a whole item: what of it says something.
pub(super) fn whole(item: &Value) -> Vec<String> {
    let is_told = |key: &str, member: &Value| {
        let is_default = match member {
            Value::Bool(is) => !is,
            Value::Number(number) => number.as_u64() == Some(0),
            _ => false,
        };
        !is_default && !["id", "name", "source", "procedure", "needs"].contains(&key)
    };
    let Value::Object(members) = item else { return Vec::new() };
    let mut lines = Vec::new();
    for (key, member) in members.iter().filter(|(key, member)| is_told(key, member)) {
        match (key.as_str(), member) {
            ("action", Value::Object(action)) => {
                let told = action.iter().filter(|(key, _)| *key != "kind");
                lines.extend(told.flat_map(|(key, member)| keyed(&field(key), value(key, member))));
            }
            ("retry", Value::Object(retry)) if retry.get("retries").and_then(Value::as_u64) == Some(0) => {}
            ("steps", Value::Array(steps)) => {
                for step in steps {
                    let text = |key: &str| step[key].as_str().unwrap_or_default();
                    lines.push(format!("step {}: {}", text("id"), line(text("name"))));
                }
            }
            _ => lines.extend(keyed(&field(key), value(key, member))),
        }
    }
    lines
}

/// A line, or several below a name.
fn keyed(key: &str, written: Written) -> Vec<String> {
    match written {
        Written::Short(text) => vec![format!("{key}: {text}")],
        Written::Long(lines) => {
            let mut all = vec![format!("{key}:")];
            all.extend(lines.into_iter().map(|line| format!("  {line}")));
            all
        }
    }
}

/// What a field change says, in one line or, where its values are long, in several: a sign for each.
pub(super) fn changed(change: &Change) -> Vec<(char, String)> {
    let name = change.field.as_deref().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    let write = |of: &Option<Value>| of.as_ref().map(|of| value(last, of));
    let title = field(name);
    // Where none means no bound, that says it all.
    let is_bound = matches!(change.effect, Some(Effect::Bounded | Effect::Unbounded));
    let none = if is_bound { "no bound" } else { "none" };
    let effect = change.effect.filter(|_| !is_bound).map(|effect| format!(", {}", effect.word()));
    let effect = effect.unwrap_or_default();
    match (write(&change.from), write(&change.to)) {
        (Some(Written::Short(from)), Some(Written::Short(to))) => {
            vec![('~', format!("{title}: {from} -> {to}{effect}"))]
        }
        (None, Some(Written::Short(to))) => vec![('~', format!("{title}: {none} -> {to}{effect}"))],
        (Some(Written::Short(from)), None) => vec![('~', format!("{title}: {from} -> {none}{effect}"))],
        (from, to) => {
            let lines = |written: Option<Written>| match written {
                None => Vec::new(),
                Some(Written::Short(text)) => vec![text],
                Some(Written::Long(lines)) => lines,
            };
            let (from, to) = (lines(from), lines(to));
            // What both begin and end with is told once.
            let start = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            let ends = from[start..].iter().rev().zip(to[start..].iter().rev());
            let end = ends.take_while(|(a, b)| a == b).count();
            let mut all = vec![('~', format!("{title}:{effect}"))];
            all.extend((start > 0).then(|| (' ', format!("  {}", lines_before(start)))));
            all.extend(from[start..from.len() - end].iter().map(|line| ('-', format!("  {line}"))));
            all.extend(to[start..to.len() - end].iter().map(|line| ('+', format!("  {line}"))));
            all.extend((end > 0).then(|| (' ', format!("  {}", lines_before(end)))));
            all
        }
    }
}

fn lines_before(count: usize) -> String {
    format!("({} as before)", plural(count, "line"))
}

/// The sign of a change.
pub(super) fn sign(kind: ChangeKind) -> char {
    match kind {
        ChangeKind::Added => '+',
        ChangeKind::Removed => '-',
        ChangeKind::Moved => '>',
        ChangeKind::Changed => '~',
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// A text as one line.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
