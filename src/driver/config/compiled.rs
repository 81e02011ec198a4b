//! `[[compiled]]`: which files of the repository hold what of the rules in compiled form.

use camino::Utf8PathBuf;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Key, Reader};
use crate::decide::Facts;
use crate::target::{target, targets};

/// A file, or a folder of files, that `rulec compile --all` writes, and `--check` compares.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Compiled {
    /// The procedure or decision, by id or name; without one, all that can be compiled.
    #[schemars(with = "String", extend("examples" = ["E1"]))]
    pub entry: Option<String>,
    /// What is made of it.
    #[schemars(schema_with = "target_names")]
    pub target: String,
    /// The file, from the folder of `rulec.toml`; a path that ends in `/` is a folder, which takes a file for each entry.
    #[schemars(with = "String", extend("examples" = ["scripts/E1.sh"]))]
    pub output: Utf8PathBuf,
    /// The environment whose values are fixed.
    #[schemars(with = "String", extend("examples" = ["production"]))]
    pub environment: Option<String>,
    /// Facts and values of inputs that are fixed.
    #[schemars(with = "Map<String, Value>")]
    pub set: Facts,
}

/// The target that is meant where none is named.
const DEFAULT_TARGET: &str = "plan";

const KEYS: [&str; 5] = ["entry", "target", "output", "environment", "set"];

/// The schema of the list.
pub(super) fn schema(generator: &mut schemars::SchemaGenerator) -> Schema {
    let mut item = generator.subschema_for::<Compiled>().to_value();
    if let Some(reference) = item.get("$ref").and_then(Value::as_str).map(str::to_owned) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        if let Some(definition) = generator.definitions_mut().get_mut(name) {
            definition["required"] = serde_json::json!(["output"]);
        }
        item = serde_json::json!({ "$ref": reference });
    }
    json_schema!({ "type": "array", "items": item })
}

fn target_names(_: &mut schemars::SchemaGenerator) -> Schema {
    let names: Vec<_> = targets().iter().map(|target| target.name()).collect();
    json_schema!({ "enum": names, "default": DEFAULT_TARGET })
}

/// Reads the tables; what is wrong with one is said, and the table left out.
pub(super) fn read(reader: &mut Reader<'_>, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Vec<Compiled> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.push_type(key, "a list of tables, each `[[compiled]]`", value);
        return Vec::new();
    };
    let mut all = Vec::new();
    for item in items {
        match item.get_ref() {
            DeValue::Table(table) => all.extend(one(reader, item, table)),
            _ => reader.push_type(key, "a list of tables, each `[[compiled]]`", item),
        }
    }
    all
}

fn one(reader: &mut Reader<'_>, item: &Spanned<DeValue<'_>>, table: &DeTable<'_>) -> Option<Compiled> {
    let before = reader.found.len();
    let (mut entry, mut of, mut output, mut environment) = (None, None, None, None);
    let mut set = Facts::new();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "entry" => entry = reader.text(key, value),
            "environment" => environment = reader.text(key, value),
            "output" => output = reader.text(key, value),
            "target" => {
                of = reader.text(key, value);
                if let Some(name) = of.as_deref().filter(|name| target(name).is_none()) {
                    let names: Vec<_> =
                        targets().iter().map(|target| format!("`{}`", target.name())).collect();
                    let help = format!("there are {}", names.join(", "));
                    reader.push(value.span(), format!("there is no target `{name}`"), &help);
                }
            }
            "set" => match value.get_ref() {
                DeValue::Table(facts) => {
                    set = facts
                        .iter()
                        .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
                        .collect();
                }
                _ => reader.push_type(key, "a table of facts and values of inputs", value),
            },
            unknown => reader.push_unknown(key, format!("unknown key `{unknown}`"), KEYS.into_iter()),
        }
    }
    if output.is_none() && reader.found.len() == before {
        reader.push(
            item.span(),
            "`compiled` has no `output`".to_owned(),
            "say which file is compiled: `output = \"E1.sh\"`",
        );
    }
    if reader.found.len() > before {
        return None;
    }
    let target = of.unwrap_or_else(|| DEFAULT_TARGET.to_owned());
    Some(Compiled { entry, target, output: output?.into(), environment, set })
}

/// The same value in JSON.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(is) => Value::from(*is),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            let members = table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())));
            Value::Object(members.collect())
        }
        // Numbers and moments as `--set` takes them.
        DeValue::Integer(number) => crate::decide::fact(&number.to_string()),
        DeValue::Float(number) => crate::decide::fact(&number.to_string()),
        DeValue::Datetime(moment) => Value::from(moment.to_string()),
    }
}
