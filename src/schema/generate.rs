//! JSON Schemas (draft 2020-12) from types.
//!
//! What schemars derives is rewritten so that editors and validators say the useful thing: an optional value
//! is left out and never `null`, an object takes no keys but its own and those that start with `x-`, a choice
//! of names is one `enum`, and the rules between keys that a type states in short are spelt out.

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::model::{Constraints, Decisions, Execution, Goals, Header, LayerId, Understanding};

/// Where the schemas are found on the net.
const BASE: &str = "https://rulec.dev/schemas/1/";

/// The schema of a layer's files.
#[must_use]
pub fn generate(layer: LayerId) -> Value {
    let mut generator = generator();
    let mut root = match layer {
        LayerId::L1 => Goals::json_schema(&mut generator),
        LayerId::L2 => Understanding::json_schema(&mut generator),
        LayerId::L3 => Constraints::json_schema(&mut generator),
        LayerId::L4 => Decisions::json_schema(&mut generator),
        LayerId::L5 => Execution::json_schema(&mut generator),
    };
    let mut header = Header::json_schema(&mut generator);
    if let (Some(Value::Object(own)), Some(Value::Object(common))) =
        (root.get_mut("properties"), header.get_mut("properties"))
    {
        own.append(common);
    }
    let title = format!("{}: {}", layer.id(), layer.name());
    root.insert("description".to_owned(), json!(summary(layer)));
    let mut schema = finish(&mut generator, root, &format!("{}.schema.json", layer.id()), &title);
    let stated = &mut schema["properties"]["layer"];
    stated["enum"] = json!([layer.id()]);
    stated["enumDescriptions"] = json!([summary(layer)]);
    stated["examples"] = json!([layer.id()]);
    schema
}

/// The schema of any type: `id` is the file name under which it is published.
#[must_use]
pub fn schema_of<T: JsonSchema>(id: &str, title: &str) -> Value {
    let mut generator = generator();
    let root = T::json_schema(&mut generator);
    finish(&mut generator, root, id, title)
}

/// The schema of a rule file of any layer: it picks the layer's own by the value of `layer`.
#[must_use]
pub fn generate_any() -> Value {
    let ids: Vec<&str> = LayerId::ALL.iter().map(|layer| layer.id()).collect();
    let choices = LayerId::ALL.iter().map(|layer| {
        json!({
            "if": { "properties": { "layer": { "const": layer.id() } }, "required": ["layer"] },
            "then": { "$ref": format!("{}.schema.json", layer.id()) },
        })
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{BASE}rules.schema.json"),
        "title": "Rules of any layer",
        "description": "A rule file. The value of `layer` decides which keys it may have.",
        "type": "object",
        "properties": { "layer": {
            "description": "The layer of this file.",
            "enum": ids,
            "enumDescriptions": LayerId::ALL.map(summary),
        } },
        "required": ["layer"],
        "allOf": choices.collect::<Vec<_>>(),
    })
}

fn summary(layer: LayerId) -> &'static str {
    match layer {
        LayerId::L1 => "What must be achieved, and how success is measured.",
        LayerId::L2 => {
            "Which components exist, what they depend on, where they run, what is required of them."
        }
        LayerId::L3 => {
            "What no procedure may exceed or touch: limits, ports, paths, risk policy, time windows."
        }
        LayerId::L4 => "Which course to take under which facts.",
        LayerId::L5 => "Procedures of steps that carry it out, checklists, monitors, timelines.",
    }
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

fn finish(generator: &mut SchemaGenerator, mut root: Schema, id: &str, title: &str) -> Value {
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        root.insert("$defs".to_owned(), Value::Object(definitions));
    }
    rewrite(&mut root);
    leave_word_to_keys(&mut root);
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("$id".to_owned(), json!(format!("{BASE}{id}")));
    root.insert("title".to_owned(), json!(title));
    root.to_value()
}

fn rewrite(schema: &mut Schema) {
    transform_subschemas(&mut rewrite, schema);
    if let Some(object) = schema.as_object_mut() {
        drop_null(object);
        drop_rust_formats(object);
        unwrap_description(object);
        name_choices(object);
        require_lists(object);
        spell_out_key_rules(object);
        close(object);
    }
}

/// Where each use of a definition has a description of its own, that of the definition goes: editors would
/// show it in the place of the key's.
fn leave_word_to_keys(root: &mut Schema) {
    fn bare_uses(schema: &Value, uses: &mut BTreeSet<String>) {
        match schema {
            Value::Object(members) => {
                if let (Some(Value::String(target)), None) = (members.get("$ref"), members.get("description"))
                {
                    uses.insert(target.clone());
                }
                members.values().for_each(|member| bare_uses(member, uses));
            }
            Value::Array(items) => items.iter().for_each(|item| bare_uses(item, uses)),
            _ => {}
        }
    }
    let mut uses = BTreeSet::new();
    bare_uses(root.as_value(), &mut uses);
    for (name, definition) in root.get_mut("$defs").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(definition) =
            definition.as_object_mut().filter(|_| !uses.contains(&format!("#/$defs/{name}")))
        {
            definition.remove("description");
        }
    }
}

/// `Option<T>` is `T`: what is optional may be left out, `null` is a mistake.
fn drop_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(names)) = schema.get_mut("enum") {
        names.retain(|name| !name.is_null());
    }
    let is_null = |form: &Value| form["type"] == "null";
    if let Some(Value::Array(forms)) = schema.get("anyOf")
        && let [Value::Object(form), null] = forms.as_slice()
        && is_null(null)
    {
        let form = form.clone();
        schema.remove("anyOf");
        for (keyword, value) in form {
            schema.entry(keyword).or_insert(value);
        }
    }
}

/// The widths of Rust's numbers are no formats of JSON Schema; `minimum` and `maximum` say the same.
fn drop_rust_formats(schema: &mut Map<String, Value>) {
    let of_rust = |name: &str| name.starts_with("uint") || name.starts_with("int") || name == "double";
    if schema.get("format").and_then(Value::as_str).is_some_and(of_rust) {
        schema.remove("format");
    }
}

/// A doc comment's line breaks are those of the source: only empty lines mean something.
fn unwrap_description(schema: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
        *text = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}

/// A choice of constants, each with a description, becomes one `enum`: one mistake, one message. Editors
/// show `enumDescriptions`.
fn name_choices(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("oneOf") else { return };
    let constant = |choice: &Value| match &choice["const"] {
        Value::Null => None,
        value => Some((value.clone(), choice["description"].clone())),
    };
    let Some(choices) = choices.iter().map(constant).collect::<Option<Vec<_>>>() else { return };
    let (names, descriptions): (Vec<_>, Vec<_>) = choices.into_iter().unzip();
    schema.remove("oneOf");
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("enum".to_owned(), names.into());
    schema.insert("enumDescriptions".to_owned(), descriptions.into());
}

/// `x-required`: keys without which a type can be decoded, but makes no sense.
fn require_lists(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(more)) = schema.remove("x-required")
        && let Value::Array(required) = schema.entry("required").or_insert_with(|| json!([]))
    {
        required.extend(more);
    }
}

/// `x-one-of`: exactly one of these keys. `x-at-most-one-of`: one of them or none. `x-some-of`: at least one. `x-only-with`: a key that means
/// something only beside one of others.
fn spell_out_key_rules(schema: &mut Map<String, Value>) {
    let each_required = |names: &Value| -> Value {
        let names = names.as_array().into_iter().flatten();
        names.map(|name| json!({ "required": [name] })).collect()
    };
    if let Some(names) = schema.remove("x-one-of") {
        schema.insert("oneOf".to_owned(), each_required(&names));
    }
    if let Some(names) = schema.remove("x-at-most-one-of") {
        let mut forms = each_required(&names);
        let none = json!({ "not": { "anyOf": forms } });
        forms.as_array_mut().into_iter().for_each(|forms| forms.push(none.clone()));
        schema.insert("oneOf".to_owned(), forms);
    }
    if let Some(names) = schema.remove("x-some-of") {
        schema.insert("anyOf".to_owned(), each_required(&names));
    }
    if let Some(Value::Object(companions)) = schema.remove("x-only-with") {
        let rules =
            companions.iter().map(|(key, names)| (key.clone(), json!({ "anyOf": each_required(names) })));
        schema.insert("dependentSchemas".to_owned(), Value::Object(rules.collect()));
    }
}

/// An object takes no keys but its own and those that start with `x-`.
fn close(schema: &mut Map<String, Value>) {
    // What has no type is a part of a rule about another schema's keys.
    if !(schema.contains_key("properties") && schema.contains_key("type")) {
        return;
    }
    schema.entry("additionalProperties").or_insert(json!(false));
    if schema["additionalProperties"] == false {
        schema.insert("patternProperties".to_owned(), json!({ "^x-": true }));
    }
}
