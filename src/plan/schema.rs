//! The JSON Schema of a plan, for runners and editors: `schemas/plan.schema.json`, generated from `ir`.
//!
//! Draft 2020-12. An absent key is the only way to say nothing, so no `null` is allowed where serde would take
//! one; a choice by `kind` is an `enum` on the tag with one `if` and `then` a kind, so that a validator names
//! what is missing instead of "none of the four".

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

use super::ir;
use super::{bounds, canonical};

/// The `$id`, which [`ir::VERSION`] is part of.
const ID: &str = "https://rulec.dev/schemas/1/plan.schema.json";

/// The schema.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(Plain);
    let mut schema = settings.into_generator().into_root_schema_for::<ir::Plan>();
    schema.insert("$id".into(), ID.into());
    schema.insert("title".into(), "Execution plan of rulec".into());
    schema.insert("examples".into(), json!([example()]));
    schema.to_value()
}

/// Takes out `null` and makes tagged choices speak of their tag.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(members) = schema.as_object_mut() {
            join_lines(members);
            drop_null(members);
            choose_by_tag(members);
        }
    }
}

/// A doc comment is broken where the source is; a description is one line a paragraph.
fn join_lines(schema: &mut Map<String, Value>) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs: Vec<_> = description.split("\n\n").map(|text| text.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
}

fn drop_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [kind] = types.as_slice() {
            let kind = kind.clone();
            schema.insert("type".into(), kind);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [choice] = choices.as_slice() {
            let choice = choice.clone();
            schema.remove("anyOf");
            let choice = choice.as_object().expect("a choice beside null is a reference or an object");
            choice.iter().for_each(|(key, value)| {
                schema.entry(key).or_insert_with(|| value.clone());
            });
        }
    }
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
}

/// `oneOf` of objects with a constant `kind` to an `enum` of the kinds and a condition for each; `oneOf` of
/// constants to an `enum`, whose descriptions move into that of the whole.
fn choose_by_tag(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("oneOf").cloned() else { return };
    schema.remove("oneOf");
    if choices.iter().all(|choice| choice["const"].is_string()) {
        let values: Vec<_> = choices.iter().map(|choice| choice["const"].clone()).collect();
        schema.insert("type".into(), "string".into());
        schema.insert("enum".into(), values.into());
        let meanings = choices.iter().map(|choice| {
            let (value, meaning) = (choice["const"].as_str(), choice["description"].as_str());
            format!("\n- `{}`: {}", value.unwrap_or_default(), meaning.unwrap_or_default())
        });
        let description = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let description = meanings.fold(description, |all, one| all + &one);
        schema.insert("description".into(), description.into());
        return;
    }
    let tag = |choice: &Value| choice["properties"]["kind"]["const"].clone();
    let tags: Vec<_> = choices.iter().map(tag).collect();
    let cases: Vec<_> = choices
        .iter()
        .map(|choice| {
            json!({"if": {"properties": {"kind": {"const": tag(choice)}}, "required": ["kind"]}, "then": choice})
        })
        .collect();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), json!({"kind": {"type": "string", "enum": tags}}));
    schema.insert("required".into(), json!(["kind"]));
    schema.insert("allOf".into(), cases.into());
}

/// A whole plan, small: start a service, look whether it answers, stop it if it doesn't.
fn example() -> Value {
    let mut plan: ir::Plan = serde_json::from_value(json!({
        "version": ir::VERSION,
        "digest": "",
        "entry": {
            "kind": "procedure",
            "id": "start-api",
            "name": "Start the API",
            "risk": "low",
            "source": {"file": "L5-execution.yaml", "pointer": "/procedures/0", "line": 4},
        },
        "sources": [{"file": "L5-execution.yaml", "sha256": "0".repeat(64)}],
        "policy": {"lock": {"scope": "start-api", "timeout_ms": 0}},
        "steps": [{
            "id": "start",
            "name": "Start the API",
            "action": {"kind": "command", "command": "systemctl start api"},
            "delay_before_ms": 0,
            "delay_after_ms": 0,
            "timeout_ms": 30_000,
            "grace_ms": 10_000,
            "retry": {"retries": 1, "delay_ms": 5_000, "backoff": "fixed"},
            "verify": {
                "command": "curl --fail --silent http://localhost:8080/health",
                "timeout_ms": 3_000,
                "attempts": 10,
                "interval_ms": 1_000,
            },
            "on_failure": "rollback",
            "undo": {"command": "systemctl stop api", "timeout_ms": 30_000},
            "read_only": false,
            "idempotent": true,
            "output": false,
            "source": {"file": "L5-execution.yaml", "pointer": "/procedures/0/steps/0", "line": 9},
        }],
        "bounds": {"estimated_ms": 60_000},
    }))
    .expect("the example is a plan");
    plan.bounds = bounds::bounds(&plan);
    canonical::to_value(&canonical::seal(plan))
}
