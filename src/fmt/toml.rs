//! TOML: `a = 1`, no indentation, an empty line before each header, lists on one line where they fit.
//!
//! Keys and values keep their spelling. A table in braces stays on its line, as TOML 1.0 wants it; one that its
//! author broke over lines, as 1.1 allows, stays broken where it does not fit on one.

mod read;

use super::WIDTH;
use read::{Entry, Item, Line, Table, Value, read};

pub(super) fn print(source: &str) -> String {
    let lines = read(source);
    let mut out = String::with_capacity(source.len());
    for (position, line) in lines.iter().enumerate() {
        let before = position.checked_sub(1).map(|before| &lines[before].entry);
        // The comments right above a header belong to it.
        let opens = || !matches!(before, Some(Entry::Comment(_))) && is_head(&lines[position..]);
        if before.is_some() && (line.blank_before || opens()) {
            out.push('\n');
        }
        match &line.entry {
            Entry::Comment(text) => out.push_str(text),
            Entry::Header(text) => out.push_str(text),
            Entry::Value(key, value) => {
                out.push_str(key);
                out.push_str(" = ");
                self::value(&mut out, value, 0, key.chars().count() + 3);
            }
        }
        if let Some(comment) = line.comment {
            out.push(' ');
            out.push_str(comment);
        }
        out.push('\n');
    }
    out
}

/// Whether these lines start with a header, or with the comments right above one.
fn is_head(lines: &[Line<'_>]) -> bool {
    let Some(end) = lines.iter().position(|line| !matches!(line.entry, Entry::Comment(_))) else {
        return false;
    };
    matches!(lines[end].entry, Entry::Header(_)) && lines[1..=end].iter().all(|line| !line.blank_before)
}

/// A value behind `before` characters on its line, in a block that is indented by `indent`.
fn value(out: &mut String, value: &Value<'_>, indent: usize, before: usize) {
    let fits = flat(value).filter(|text| before + text.chars().count() <= WIDTH);
    match (value, fits) {
        (_, Some(text)) => out.push_str(&text),
        (Value::Scalar(text), None) => out.push_str(text),
        (Value::Array { items, tail }, None) => {
            out.push('[');
            entries(out, items, tail, indent, |out, item| {
                self::value(out, &item.value, indent + 2, indent + 2)
            });
            out.push(']');
        }
        (Value::Table(table), None) if table.is_broken => {
            out.push('{');
            entries(out, &table.items, &table.tail, indent, |out, item| {
                let key = item.key.as_str();
                out.push_str(key);
                out.push_str(" = ");
                self::value(out, &item.value, indent + 2, indent + 2 + key.chars().count() + 3);
            });
            out.push('}');
        }
        (Value::Table(Table { items, .. }), None) => {
            out.push_str("{ ");
            for (position, item) in items.iter().enumerate() {
                out.push_str(if position > 0 { ", " } else { "" });
                out.push_str(&item.key);
                out.push_str(" = ");
                match flat(&item.value) {
                    Some(text) => out.push_str(&text),
                    None => self::value(out, &item.value, indent, WIDTH),
                }
            }
            out.push_str(" }");
        }
    }
}

/// Entries, a line each.
fn entries<'s>(
    out: &mut String,
    items: &[Item<'s>],
    tail: &[&str],
    indent: usize,
    mut print: impl FnMut(&mut String, &Item<'s>),
) {
    let line = |out: &mut String, indent| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    };
    for item in items {
        for comment in &item.above {
            line(out, indent + 2);
            out.push_str(comment);
        }
        line(out, indent + 2);
        print(out, item);
        out.push(',');
        if let Some(comment) = item.beside {
            out.push(' ');
            out.push_str(comment);
        }
    }
    for comment in tail {
        line(out, indent + 2);
        out.push_str(comment);
    }
    line(out, indent);
}

/// A value on one line; none where it has comments or texts of several lines.
fn flat(value: &Value<'_>) -> Option<String> {
    let plain = |items: &[Item<'_>], tail: &[&str]| {
        tail.is_empty() && items.iter().all(|item| item.above.is_empty() && item.beside.is_none())
    };
    match value {
        Value::Scalar(text) => (!text.contains('\n')).then(|| (*text).to_owned()),
        Value::Array { items, tail } if plain(items, tail) => {
            let items: Option<Vec<String>> = items.iter().map(|item| flat(&item.value)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Table(Table { items, .. }) if items.is_empty() => Some("{}".to_owned()),
        Value::Table(Table { items, tail, .. }) if plain(items, tail) => {
            let entry = |item: &Item<'_>| Some(format!("{} = {}", item.key, flat(&item.value)?));
            let items: Option<Vec<String>> = items.iter().map(entry).collect();
            Some(format!("{{ {} }}", items?.join(", ")))
        }
        _ => None,
    }
}
