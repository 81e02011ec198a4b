//! The schemas in `schemas/`, and what is said about files that do not fit them.

use std::fs;
use std::path::Path;

use rulec::diagnostic::Diagnostic;
use rulec::model::LayerId;
use rulec::schema::{RULES, generate, generate_any, layer_of, validate};
use rulec::source::{FileId, Source};
use rulec::syntax::{Format, parse};
use serde_json::Value;

/// The shape findings of a file, each as `line:column rule message @ the text at the place`.
fn check(path: &str, text: &str) -> Vec<String> {
    let format = Format::of_path(path).expect("a format");
    let parsed = parse(FileId(0), format, text);
    assert!(parsed.diagnostics.is_empty(), "{path} can be read: {:?}\n{text}", parsed.diagnostics);
    let layer = layer_of(path, &parsed.tree, text).expect("a layer");
    let (mut found, _) = validate(&parsed, text, layer);
    found.sort_by_key(|found| found.primary.location.span.start);
    let source = Source::new(path, text);
    found.iter().map(|found| shown(found, &source)).collect()
}

fn shown(found: &Diagnostic, source: &Source) -> String {
    let span = found.primary.location.span;
    let position = source.lines().position(&source.text, span.start);
    let (rule, message) = (found.rule.id, &found.message);
    format!("{}:{} {rule}: {message} @ {}", position.line, position.column, source.slice(span))
}

#[test]
fn schemas_are_current() {
    let layers = LayerId::ALL.map(|layer| (format!("{layer}.schema.json"), generate(layer)));
    let others = [
        ("rules", generate_any()),
        ("scenario", rulec::scenario::schema()),
        ("test", rulec::scenario::report::schema()),
    ];
    let others = others.map(|(name, schema)| (format!("{name}.schema.json"), schema));
    for (name, schema) in layers.into_iter().chain(others) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(&name);
        let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &text).expect("schemas/ can be written");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "schemas/{name} is not what the types say: run `BLESS=1 cargo test schema`"
        );
    }
}

#[test]
fn every_key_has_a_description() {
    fn walk(schema: &Value, path: &str) {
        if let Some(keys) = schema["properties"].as_object() {
            for (key, value) in keys.iter().filter(|_| schema.get("type").is_some()) {
                // A tag says nothing of its own: what it means is said of the object.
                let is_tag = value["type"] == "string" && value["const"].is_string();
                assert!(value["description"].is_string() || is_tag, "{path}/{key} has no description");
            }
        }
        let children: Vec<(String, &Value)> = match schema {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
            }
            _ => Vec::new(),
        };
        for (name, child) in children {
            walk(child, &format!("{path}/{name}"));
        }
    }
    for layer in LayerId::ALL {
        walk(&generate(layer), layer.id());
    }
    walk(&rulec::scenario::schema(), "scenario");
    walk(&rulec::scenario::report::schema(), "test");
}

#[test]
fn examples_of_the_rules_show_what_they_say() {
    for rule in RULES {
        let (bad, good) = (rule.examples("Bad"), rule.examples("Good"));
        assert!(!bad.is_empty() && !good.is_empty(), "{} has a bad and a good example", rule.id);
        for example in bad.iter().flatten() {
            let found = check(&example.file, &example.text);
            let own = |line: &String| line.contains(&format!(" {}: ", rule.id));
            assert!(found.len() == 1 && found.iter().all(own), "{}: {found:#?}", rule.id);
        }
        for example in good.iter().flatten() {
            assert_eq!(check(&example.file, &example.text), [""; 0], "{}", rule.id);
        }
    }
}
