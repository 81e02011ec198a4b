//! The JSON Schema of a plan, for runners and editors: `schemas/plan.schema.json`, generated from `ir`; and
//! the same spelling for whatever else runners read and write.
//!
//! Draft 2020-12. An absent key is the only way to say nothing, so no `null` is allowed where serde would take
//! one; a choice by a tag is an `enum` on the tag with one `if` and `then` a choice, so that a validator names
//! what is missing instead of "none of the four".

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::ir;
use super::{bounds, canonical};

/// The `$id`, which [`ir::VERSION`] is part of.
const ID: &str = "https://rulec.dev/schemas/1/plan.schema.json";

/// The schema.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schema_of::<ir::Plan>(ID, "Execution plan of rulec");
    schema["examples"] = json!([example()]);
    schema
}

/// The schema of a type that runners read or write.
#[must_use]
pub fn schema_of<T: JsonSchema>(id: &str, title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(Plain);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("$id".into(), id.into());
    schema.insert("title".into(), title.into());
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

/// `oneOf` of constants to an `enum`, whose descriptions move into that of the whole; `oneOf` of objects with
/// a tag to an `enum` of its values and a condition for each.
fn choose_by_tag(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.remove("oneOf") else { return };
    if choices.iter().all(|choice| choice["const"].is_string()) {
        let values: Vec<_> = choices.iter().map(|choice| choice["const"].clone()).collect();
        schema.insert("type".into(), "string".into());
        schema.insert("enum".into(), values.into());
        let description = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let description =
            choices.iter().fold(description, |all, choice| all + &meaning(&choice["const"], choice));
        schema.insert("description".into(), description.into());
        return;
    }
    let tag = tag_of(&choices);
    let values: Vec<_> = choices.iter().map(|choice| choice["properties"][&tag]["const"].clone()).collect();
    let meanings: String =
        values.iter().zip(&choices).map(|(value, choice)| meaning(value, choice)).collect();
    // The keys that stand beside those of each choice, which is closed and so must know them.
    let common = schema.get("properties").cloned().unwrap_or_else(|| json!({}));
    let cases = values.iter().zip(choices).map(|(value, mut choice)| {
        let keys = choice["properties"].as_object_mut().expect("a choice by a tag has keys");
        keys.extend(
            common.as_object().into_iter().flatten().map(|(key, _)| (key.clone(), Value::Bool(true))),
        );
        choice["additionalProperties"] = false.into();
        json!({"if": {"properties": {&tag: {"const": value}}, "required": [&tag]}, "then": choice})
    });
    let cases: Vec<_> = cases.collect();
    schema.insert("type".into(), "object".into());
    let mut properties = common;
    let description = format!("Which of these it is:{meanings}");
    properties[&tag] = json!({"description": description, "type": "string", "enum": values});
    schema.insert("properties".into(), properties);
    let required = schema.entry("required").or_insert_with(|| json!([]));
    required.as_array_mut().expect("`required` is a list").push(tag.into());
    schema.insert("allOf".into(), cases.into());
}

/// One choice and what it means, as a line of a list.
fn meaning(value: &Value, choice: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("\n- `{}`: {}", word(value), word(&choice["description"]))
}

/// The key that has a constant in each choice.
fn tag_of(choices: &[Value]) -> String {
    let is_tag = |key: &&String| choices.iter().all(|choice| choice["properties"][key]["const"].is_string());
    let keys = choices[0]["properties"].as_object().into_iter().flat_map(Map::keys);
    keys.clone().find(is_tag).expect("objects to choose from have a tag in common").clone()
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
