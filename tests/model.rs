//! What the schemas accept arrives in the model, and the complete example uses every key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use rulec::model::{Document, LayerId, decode};
use rulec::schema::{generate, layer_of, validate};
use rulec::source::FileId;
use rulec::syntax::{Format, Kind, NodeId, NodeSet, Tree, parse};
use serde_json::{Map, Value, json};

/// The scalars of a tree that a document does not hold, but for those in objects where anything may stand.
fn lost(tree: &Tree, source: &str, document: &Document) -> Vec<String> {
    let held = format!("{document:?}");
    let held: BTreeSet<u32> =
        held.split("NodeId(").skip(1).filter_map(|rest| rest.split(')').next()?.parse().ok()).collect();
    let scalar = |node: &NodeId| {
        matches!(tree.kind(*node), Kind::True | Kind::False | Kind::Number | Kind::String | Kind::Null)
    };
    let nodes = (0..tree.len() as u32).map(NodeId).filter(scalar);
    nodes.filter(|node| !held.contains(&node.0)).map(|node| tree.pointer(source, node)).collect()
}

fn complete() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/complete");
    let files =
        fs::read_dir(folder).expect("the example is there").map(|entry| entry.expect("a file").path());
    files.collect()
}

/// Follows `$ref` into the same schema.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> (&'s Value, Option<&'s str>) {
    match schema["$ref"].as_str() {
        Some(target) => (root.pointer(&target[1..]).expect("it refers to a definition"), Some(target)),
        None => (schema, None),
    }
}

/// Every key of a schema, by where it is defined. With an instance, only those that the instance uses.
fn keys(root: &Value, schema: &Value, instance: Option<&Value>, path: &str, keys: &mut BTreeSet<String>) {
    let (schema, target) = resolved(root, schema);
    let path = target.unwrap_or(path);
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let key = format!("{path}/{name}");
        let value = instance.and_then(|instance| instance.get(name));
        let is_new = keys.contains(&key);
        if instance.is_none() || value.is_some() {
            keys.insert(key.clone());
        }
        if value.is_some() || (instance.is_none() && !is_new) {
            self::keys(root, inner, value, &key, keys);
        }
    }
    let (own, free) = (&schema["properties"], &schema["additionalProperties"]);
    if free.is_object() {
        match instance {
            None => self::keys(root, free, None, &format!("{path}/*"), keys),
            Some(instance) => {
                for (_, value) in
                    instance.as_object().into_iter().flatten().filter(|(name, _)| own.get(name).is_none())
                {
                    self::keys(root, free, Some(value), &format!("{path}/*"), keys);
                }
            }
        }
    }
    match instance {
        None if schema["items"].is_object() => {
            self::keys(root, &schema["items"], None, &format!("{path}/0"), keys)
        }
        None => {}
        Some(instance) => {
            for item in instance.as_array().into_iter().flatten() {
                self::keys(root, &schema["items"], Some(item), &format!("{path}/0"), keys);
            }
        }
    }
}

/// A tree as a value, to walk it beside a schema.
fn value_of(tree: &Tree, source: &str, node: NodeId) -> Value {
    match tree.kind(node) {
        Kind::Object => {
            let entry = |(key, value)| (tree.text(source, key).to_owned(), value_of(tree, source, value));
            tree.entries(node).map(entry).collect()
        }
        Kind::Array => tree.items(node).map(|item| value_of(tree, source, item)).collect(),
        _ => json!(tree.text(source, node)),
    }
}

#[test]
fn the_complete_example_uses_every_key() {
    let mut used: BTreeMap<LayerId, BTreeSet<String>> = BTreeMap::new();
    // What is said of changes of files, and the typed checks, stand in the rule set that is about them.
    let governed =
        fs::read_dir(crate::support::project().join("rules/governed-change")).expect("it is listed");
    let governed = governed.map(|entry| entry.expect("it is read").path());
    let governed =
        governed.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('L')));
    for path in complete().into_iter().chain(governed) {
        let (name, text) = (path.to_string_lossy(), fs::read_to_string(&path).expect("it can be read"));
        let parsed = parse(FileId(0), Format::of_path(&name).expect("a format"), &text);
        assert!(parsed.diagnostics.is_empty(), "{name}: {:?}", parsed.diagnostics);
        let layer = layer_of(&name, &parsed.tree, &text).expect("a layer");
        let (found, bad) = validate(&parsed, &text, layer);
        assert!(found.is_empty(), "{name}: {found:?}");
        let document = decode(&parsed.tree, &text, layer, &bad);
        // Only what stands in open objects is not in the model.
        let open = |pointer: &String| {
            ["/x-", "overview", "_strategies", "_definitions", "/budget", "/quality", "/compliance", "remark"]
                .into_iter()
                .chain([
                    "technical_constraints",
                    "performance_constraints",
                    "business_constraints",
                    "machines",
                ])
                .chain(["network/kind", "/keys", "/door", "/authorization/model", "/announcement"])
                .any(|name| pointer.contains(name))
        };
        let mut lost = lost(&parsed.tree, &text, &document);
        lost.retain(|pointer| !open(pointer));
        assert_eq!(lost, [""; 0], "{name}");
        let schema = generate(layer);
        let value = value_of(&parsed.tree, &text, Tree::ROOT);
        keys(&schema, &schema, Some(&value), layer.id(), used.entry(layer).or_default());
    }
    // Keys that every layer has need be used in one only, and likewise definitions that several share.
    let common = |key: &String| {
        let stem = key.split_once('/').map_or("", |(_, stem)| stem).to_owned();
        // Every object that decides something has the keys of the typed checks.
        let last = key.rsplit('/').next().unwrap_or_default();
        if TYPED.contains(&last) {
            return format!("typed/{last}");
        }
        if key.starts_with(['#', '$']) || HEADER.contains(&stem.as_str()) { stem } else { key.clone() }
    };
    let used: BTreeSet<String> = used.values().flatten().map(common).collect();
    for layer in LayerId::ALL {
        let (schema, mut known) = (generate(layer), BTreeSet::new());
        keys(&schema, &schema, None, layer.id(), &mut known);
        let unused: Vec<_> = known.iter().map(common).filter(|key| !used.contains(key)).collect();
        assert_eq!(unused, [""; 0], "keys of {layer} that the example does not use");
    }
}

const TYPED: [&str; 12] = [
    "http", "status", "contains", "tcp", "process", "file", "absent", "min_size", "max_age", "sha256",
    "mode", "database",
];

const HEADER: [&str; 8] =
    ["$schema", "layer", "name", "description", "version", "last_updated", "include", "rules"];

static SCHEMAS: LazyLock<[Value; 5]> = LazyLock::new(|| LayerId::ALL.map(generate));

/// Values that satisfy a schema, made from a stream of random numbers.
struct Maker<'s> {
    root: &'s Value,
    random: u64,
}

impl Maker<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % bound.max(1)
    }

    fn pick<'v>(&mut self, values: &'v [Value]) -> &'v Value {
        &values[self.below(values.len())]
    }

    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let (schema, _) = resolved(self.root, schema);
        if let Some(names) = schema["enum"].as_array() {
            return self.pick(names).clone();
        }
        let types: Vec<Value> = match &schema["type"] {
            Value::Array(types) => types.clone(),
            Value::Null => {
                ["null", "boolean", "integer", "number", "string", "array"].map(Value::from).to_vec()
            }
            one => vec![one.clone()],
        };
        match self.pick(&types).as_str().expect("a type is a name") {
            "null" => Value::Null,
            "boolean" => json!(self.below(2) == 0),
            "integer" => {
                let least = schema["minimum"].as_i64().unwrap_or(-5);
                let most = schema["maximum"].as_i64().unwrap_or(5);
                let values = [json!(least), json!(most), json!((least + 1) as f64), json!(least + 2)];
                self.pick(&values).clone()
            }
            "number" => self.pick(&[json!(0), json!(-1), json!(1.5), json!(1e300)]).clone(),
            "string" => self.string(schema),
            "array" => {
                let least = schema["minItems"].as_u64().map_or(0, |least| least as usize);
                let count = self.below(3).max(least);
                (0..count).map(|_| self.value(&schema["items"], depth + 1)).collect()
            }
            _ => self.object(schema, depth + 1),
        }
    }

    fn string(&mut self, schema: &Value) -> Value {
        let texts = match (schema["format"].as_str(), schema["pattern"].as_str()) {
            (Some("rulec-duration"), _) => ["5s", "1m30s", "PT2H", "3 minutes"],
            (Some("rulec-version"), _) => ["1.0.0", "0.0.1-rc.1", "2.0.0+b", "10.20.30"],
            (Some("rulec-version-requirement"), _) => ["^1.4", "1", ">=1.2, <2", "~0.3.1"],
            (Some("rulec-date"), _) => ["2026-02-09", "2024-02-29", "1999-12-31", "2026-01-01"],
            (Some("rulec-date-time"), _) => {
                ["2026-02-09T20:00", "2024-02-29 00:00", "1999-12-31T23:59", "2026-01-01T08:30"]
            }
            (Some("rulec-daily-window"), _) => {
                ["02:00-06:00", "22:00-02:00", "00:00-24:00", "08:00-09:00 (rest)"]
            }
            (_, Some("^P[0-3]$")) => ["P0", "P1", "P2", "P3"],
            (_, Some("^[0-7]{3,4}$")) => ["0644", "755", "000", "0777"],
            (_, Some("^[0-9a-f]{64}$")) => {
                ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; 4]
            }
            (Some("rulec-privilege"), _) => ["SELECT", "select", "ALL PRIVILEGES", "Temp"],
            (Some("rulec-query"), _) => ["up", "sum(rate(a[5m]))", "x{a=\"(\"}", "a / b # c"],
            (Some("rulec-size"), _) => ["1KB", "512MiB", "0", "2 GB"],
            (_, Some(of)) if of.contains("6553[0-5]") => ["8080", "h:1", "[::1]:65535", "${HOST}:${PORT}"],
            (None, Some("^/")) => ["/", "/etc/a.env", "/a b", "/var/log/a/*.log"],
            (None, Some(name)) if name.starts_with("^[A-Za-z") => ["a", "orders", "A1", "Bakery"],
            (None, None) => ["a", "", "ein Bröt\"chen\n", "true"],
            other => panic!("a text of the form {other:?} is wanted: teach the maker"),
        };
        json!(texts[self.below(texts.len())])
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut chosen: BTreeSet<String> = BTreeSet::new();
        let names = |value: &Value| -> Vec<String> {
            let forms = value.as_array().into_iter().flatten();
            forms.filter_map(|form| form["required"][0].as_str()).map(str::to_owned).collect()
        };
        let rivals = names(&schema["oneOf"]);
        let likely = if depth < 6 { 2 } else { 9 };
        for (key, _) in schema["properties"].as_object().into_iter().flatten() {
            if !rivals.contains(key) && self.below(likely) == 0 {
                chosen.insert(key.clone());
            }
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            chosen.insert(required.as_str().expect("a name").to_owned());
        }
        for group in [rivals, names(&schema["anyOf"])] {
            // The last alternatives of the model's choices are those that nest: take the first when deep.
            let index = if depth < 6 { self.below(group.len()) } else { 0 };
            chosen.extend(group.into_iter().nth(index));
        }
        for (key, rule) in schema["dependentSchemas"].as_object().into_iter().flatten() {
            if !names(&rule["anyOf"]).iter().any(|name| chosen.contains(name)) {
                chosen.remove(key);
            }
        }
        for (key, more) in schema["dependentRequired"].as_object().into_iter().flatten() {
            if chosen.contains(key) {
                chosen.extend(
                    more.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
                );
            }
        }
        if schema.get("then").is_some() && chosen.contains("operator") {
            chosen.insert("value".to_owned());
        }
        let mut object = Map::new();
        for key in chosen {
            let value = self.value(&schema["properties"][&key], depth);
            object.insert(key, value);
        }
        if schema["additionalProperties"].is_object() {
            for name in ["one", "two"].iter().take(self.below(3)) {
                object.insert((*name).to_owned(), self.value(&schema["additionalProperties"], depth));
            }
        }
        Value::Object(object)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_a_schema_accepts_arrives_in_the_model(random in any::<u64>()) {
        for (layer, schema) in LayerId::ALL.into_iter().zip(SCHEMAS.iter()) {
            let text = Maker { root: schema, random }.value(schema, 0).to_string();
            let parsed = parse(FileId(0), Format::Json, &text);
            let (found, bad) = validate(&parsed, &text, layer);
            prop_assert!(found.is_empty(), "{found:?}\n{text}");
            let document = decode(&parsed.tree, &text, layer, &bad);
            let lost = lost(&parsed.tree, &text, &document);
            prop_assert!(lost.is_empty(), "{lost:?}\n{text}");
        }
    }

    #[test]
    fn any_file_is_explained_and_decoded(random in any::<u64>(), skipped in proptest::collection::vec(0..40_u32, 0..4)) {
        for schema in SCHEMAS.iter() {
            let text = Maker { root: schema, random }.value(schema, 0).to_string();
            let parsed = parse(FileId(0), Format::Json, &text);
            let mut bad = NodeSet::default();
            for node in &skipped {
                bad.insert(NodeId(*node));
            }
            // A file of another layer, with holes anywhere: nothing to expect but an end, and places in it.
            for other in LayerId::ALL {
                let (found, _) = validate(&parsed, &text, other);
                for span in found.iter().map(|found| found.primary.location.span) {
                    prop_assert!(text.get(span.range()).is_some_and(|text| !text.is_empty()), "{found:?}");
                }
                let document = decode(&parsed.tree, &text, other, &bad);
                prop_assert_eq!(document.layer(), other);
            }
        }
    }
}

#[test]
fn an_item_that_lacks_what_it_must_have_is_left_out_and_its_neighbours_stay() {
    let text = r#"{"goals": [{"id": 1}, {"name": "x"}, 7, {"id": "G", "priority": "P7", "owner": "a"}]}"#;
    let parsed = parse(FileId(0), Format::Json, text);
    let (found, bad) = validate(&parsed, text, LayerId::L1);
    assert_eq!(found.len(), 4, "{found:?}");
    let document = decode(&parsed.tree, text, LayerId::L1, &bad);
    let rulec::model::Layer::Goals(goals) = document.body else { panic!("it is L1") };
    let [goal] = &goals.goals[..] else { panic!("one goal is left: {:?}", goals.goals) };
    assert_eq!((goal.id.as_str(), goal.priority.is_none()), ("G", true));
    assert_eq!(goal.owner.as_ref().map(|owner| owner.as_str()), Some("a"));
}
