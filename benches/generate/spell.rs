//! One value in three spellings, each as a person would lay it out.

use std::fmt::Write;

use super::value::Value;

/// JSON, two spaces a level.
pub(super) fn json(value: &Value) -> String {
    let mut text = String::new();
    write_json(&mut text, value, 0);
    text.push('\n');
    text
}

fn write_json(out: &mut String, value: &Value, depth: usize) {
    let (open, close, count) = match value {
        Value::List(items) => ('[', ']', items.len()),
        Value::Object(entries) => ('{', '}', entries.len()),
        _ => return write_scalar(out, value),
    };
    out.push(open);
    for index in 0..count {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        indent(out, depth + 1);
        match value {
            Value::Object(entries) => {
                write_quoted(out, &entries[index].0);
                out.push_str(": ");
                write_json(out, &entries[index].1, depth + 1);
            }
            Value::List(items) => write_json(out, &items[index], depth + 1),
            _ => {}
        }
    }
    if count > 0 {
        out.push('\n');
        indent(out, depth);
    }
    out.push(close);
}

/// YAML in blocks, plain where a text allows it.
pub(super) fn yaml(value: &Value) -> String {
    let mut text = String::new();
    if let Value::Object(entries) = value {
        write_yaml_entries(&mut text, entries, 0);
    }
    text
}

fn write_yaml_entries(out: &mut String, entries: &[(String, Value)], depth: usize) {
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            indent(out, depth);
        }
        write_plain(out, key);
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                indent(out, depth + 1);
                write_yaml_entries(out, inner, depth + 1);
            }
            Value::List(items) if !items.is_empty() => {
                out.push('\n');
                for item in items {
                    indent(out, depth + 1);
                    out.push_str("- ");
                    match item {
                        Value::Object(inner) if !inner.is_empty() => {
                            write_yaml_entries(out, inner, depth + 2);
                        }
                        _ => write_yaml_leaf(out, item),
                    }
                }
            }
            _ => {
                out.push(' ');
                write_yaml_leaf(out, value);
            }
        }
    }
}

fn write_yaml_leaf(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => write_plain(out, text),
        Value::List(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        Value::Number(_) | Value::Truth(_) => write_scalar(out, value),
    }
    out.push('\n');
}

fn write_plain(out: &mut String, text: &str) {
    let is_safe = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || " -_./".contains(c))
        && !text.ends_with(' ')
        && !matches!(text, "true" | "false" | "null");
    if is_safe { out.push_str(text) } else { write_quoted(out, text) }
}

/// TOML: a table a level, and lists of objects as lists of tables.
pub(super) fn toml(value: &Value) -> String {
    let mut text = String::new();
    if let Value::Object(entries) = value {
        write_toml_table(&mut text, entries, "");
    }
    text
}

fn write_toml_table(out: &mut String, entries: &[(String, Value)], path: &str) {
    let is_table = |value: &Value| match value {
        Value::Object(_) => true,
        Value::List(items) => !items.is_empty() && items.iter().all(|item| matches!(item, Value::Object(_))),
        _ => false,
    };
    for (key, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
        write_key(out, key);
        out.push_str(" = ");
        write_inline(out, value);
        out.push('\n');
    }
    for (key, value) in entries.iter().filter(|(_, value)| is_table(value)) {
        let mut inner = path.to_owned();
        if !inner.is_empty() {
            inner.push('.');
        }
        write_key(&mut inner, key);
        match value {
            Value::Object(entries) => {
                writeln!(out, "\n[{inner}]").expect("a string takes all");
                write_toml_table(out, entries, &inner);
            }
            Value::List(items) => {
                for item in items {
                    writeln!(out, "\n[[{inner}]]").expect("a string takes all");
                    if let Value::Object(entries) = item {
                        write_toml_table(out, entries, &inner);
                    }
                }
            }
            _ => {}
        }
    }
}

fn write_inline(out: &mut String, value: &Value) {
    match value {
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_inline(out, item);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push_str("{ ");
            for (index, (key, value)) in entries.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_key(out, key);
                out.push_str(" = ");
                write_inline(out, value);
            }
            out.push_str(" }");
        }
        _ => write_scalar(out, value),
    }
}

fn write_key(out: &mut String, key: &str) {
    let is_bare = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { out.push_str(key) } else { write_quoted(out, key) }
}

fn write_scalar(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => write_quoted(out, text),
        Value::Number(number) => write!(out, "{number}").expect("a string takes all"),
        Value::Truth(truth) => write!(out, "{truth}").expect("a string takes all"),
        Value::List(_) | Value::Object(_) => panic!("a scalar has no parts"),
    }
}

/// In quotes that mean the same in all three formats.
fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}
