//! Schemas and values in words: "a list of strings", "a number".

use serde_json::Value;

use crate::model::SCALARS;
use crate::syntax::{Kind, NodeId};

use super::view::Document;

/// What a schema takes: "a list of strings", "a duration", "a string or an object".
pub(super) fn expected(root: &Value, schema: &Value) -> String {
    noun(root, schema, Count::One)
}

/// What stands at a node, in the same words.
pub(super) fn found(document: Document<'_>, node: NodeId, expected: &str) -> &'static str {
    match document.tree.kind(node) {
        Kind::Null | Kind::Hole => "`null`",
        Kind::True => "`true`",
        Kind::False => "`false`",
        Kind::Number if expected.contains("whole number") => "a fraction",
        Kind::Number => "a number",
        Kind::String | Kind::Key => "a string",
        Kind::Array => "a list",
        Kind::Object => "an object",
    }
}

/// "`a`, `b` or `c`".
pub(super) fn alternatives(names: &[String]) -> String {
    joined(names.iter().map(|name| format!("`{name}`")).collect(), "or")
}

/// "a, b and c".
pub(super) fn joined(mut parts: Vec<String>, word: &str) -> String {
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() { last } else { format!("{} {word} {last}", parts.join(", ")) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    One,
    Many,
}

fn noun(root: &Value, schema: &Value, count: Count) -> String {
    let schema = resolve(root, schema);
    let one_or_many = |one: &str, many: &str| (if count == Count::One { one } else { many }).to_owned();
    let format = schema["format"].as_str().and_then(|name| SCALARS.iter().find(|scalar| scalar.name == name));
    if let Some(scalar) = format {
        let many = format!("{}s", scalar.noun.trim_start_matches("a "));
        return one_or_many(scalar.noun, &many);
    }
    let names = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect::<Vec<_>>(),
    };
    let words = names.into_iter().map(|name| match name {
        "string" => one_or_many("a string", "strings"),
        "integer" => one_or_many("a whole number", "whole numbers"),
        "number" => one_or_many("a number", "numbers"),
        "boolean" => one_or_many("`true` or `false`", "truth values"),
        "array" if schema["items"].is_object() && count == Count::One => {
            format!("a list of {}", noun(root, &schema["items"], Count::Many))
        }
        "array" => one_or_many("a list", "lists"),
        "object" => one_or_many("an object", "objects"),
        other => other.to_owned(),
    });
    let words = joined(words.collect(), "or");
    if words.is_empty() { one_or_many("another value", "values") } else { words }
}

/// The schema that a `$ref` into the same document leads to.
pub(super) fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let target = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_told_in_words() {
        let root = json!({ "$defs": { "Step": { "type": "object" } } });
        for (schema, words) in [
            (json!({ "type": "string" }), "a string"),
            (json!({ "type": "array", "items": { "type": "string" } }), "a list of strings"),
            (json!({ "type": "array", "items": { "$ref": "#/$defs/Step" } }), "a list of objects"),
            (json!({ "type": ["integer", "string"], "format": "rulec-duration" }), "a duration"),
            (json!({ "type": ["string", "number", "boolean"] }), "a string, a number or `true` or `false`"),
        ] {
            assert_eq!(expected(&root, &schema), words);
        }
    }
}
