//! Errors of a validator in words of our own: one finding for one mistake.
//!
//! A validator reports each keyword that does not hold. A person makes one mistake: a value of the wrong
//! type is not also out of range, a misspelt key is not also missing.

use std::collections::BTreeMap;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Fault;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::describe::{alternatives, expected, found, joined, resolve};
use super::view::{Document, node_of};
use super::{camel_case_key, invalid_value, missing_key, place, unknown_key, wrong_type};
use crate::diagnostic::{Diagnostic, Fix, RuleInfo, is_unmistakable};
use crate::model::SCALARS;
use crate::scalar::nearest;
use crate::syntax::{Kind, NodeId, NodeSet, show};

/// The findings that errors stand for, and the nodes that can't be used because of them.
pub(super) fn explain(
    document: Document<'_>,
    schema: &Value,
    errors: Vec<ValidationError<'_>>,
) -> (Vec<Diagnostic>, NodeSet) {
    let mut explainer = Explainer {
        document,
        schema,
        found: Vec::new(),
        bad: NodeSet::default(),
        meant: FxHashMap::default(),
        lacks: BTreeMap::new(),
    };
    let errors = errors.into_iter().map(|error| (node_of(&error), error));
    // A hole fits everything: that it could not be read has been said.
    let errors: Vec<_> = errors.filter(|(node, _)| document.tree.kind(*node) != Kind::Hole).collect();
    let mut mistyped = FxHashSet::default();
    for (node, error) in &errors {
        match error.kind() {
            Fault::AdditionalProperties { unexpected } => explainer.unknown_keys(*node, unexpected, error),
            Fault::Type { .. } => drop(mistyped.insert(*node)),
            _ => {}
        }
    }
    // What an unknown key was meant to be is not missing, so unknown keys were first.
    for (node, error) in &errors {
        let is_type = matches!(error.kind(), Fault::Type { .. });
        if is_type || !mistyped.contains(node) {
            explainer.error(*node, error);
        }
    }
    explainer.missing_keys();
    (explainer.found, explainer.bad)
}

struct Explainer<'a> {
    document: Document<'a>,
    schema: &'a Value,
    found: Vec<Diagnostic>,
    bad: NodeSet,
    /// Of an object: the known keys that its unknown ones seem to mean.
    meant: FxHashMap<NodeId, Vec<&'a str>>,
    /// What each object lacks.
    lacks: BTreeMap<NodeId, Vec<Lack>>,
}

/// What an object lacks.
enum Lack {
    /// A key.
    Key(String),
    /// Exactly one of several keys.
    OneOf(Vec<String>),
    /// At least one of several keys.
    SomeOf(Vec<String>),
    /// One of several keys without which `key`, which is there, means nothing.
    Beside { key: String, names: Vec<String> },
}

impl<'a> Explainer<'a> {
    /// The keyword that does not hold, and the schema that it stands in.
    fn keyword(&self, error: &ValidationError<'_>) -> (&'a Value, &'a Value) {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let at = |pointer| self.schema.pointer(pointer).unwrap_or(&Value::Null);
        (at(path), at(parent))
    }

    /// The description of the key that an error is about, else of what stands there, else of what is around.
    fn about(&self, error: &ValidationError<'_>) -> Option<&'a str> {
        let path = error.evaluation_path().as_str();
        let (mut schema, mut about, mut around) = (self.schema, None, self.schema["description"].as_str());
        for segment in path.split('/').skip(1) {
            schema = match segment {
                "$ref" => resolve(self.schema, schema),
                _ => schema.get(segment)?,
            };
            match (segment, schema["description"].as_str()) {
                ("$ref", own) => about = about.or(own),
                ("items" | "additionalProperties", own) => (about, around) = (own, about.or(around)),
                (_, Some(own)) => (about, around) = (Some(own), None),
                _ => {}
            }
            // The last segment is the keyword, whose value is seldom an object.
            if !schema.is_object() {
                break;
            }
        }
        about.or(around)
    }

    fn text(&self, node: NodeId) -> &'a str {
        self.document.tree.text(self.document.source, node)
    }

    /// A finding at a value that can't be used.
    fn bad(&mut self, rule: &'static RuleInfo, node: NodeId, message: String) -> Diagnostic {
        self.bad.insert(node);
        Diagnostic::new(rule, place::of_value(self.document.tree, node), message)
    }

    fn error(&mut self, node: NodeId, error: &ValidationError<'_>) {
        let (keyword, schema) = self.keyword(error);
        match error.kind() {
            Fault::AdditionalProperties { .. } => {}
            Fault::Type { .. } => self.wrong_type(node, schema, self.about(error)),
            Fault::Required { property } => {
                self.lack(node, Lack::Key(property.as_str().unwrap_or_default().to_owned()));
            }
            // The rules between keys that `generate` spells out; any other choice is a matter of form.
            Fault::OneOfNotValid { .. } if is_key_rule(keyword) => {
                self.lack(node, Lack::OneOf(required_names(keyword)));
            }
            Fault::AnyOf { .. } if is_key_rule(keyword) => {
                self.lack(node, some_of(required_names(keyword), error));
            }
            Fault::OneOfMultipleValid { .. } if is_key_rule(keyword) => {
                self.too_many(node, &required_names(keyword));
            }
            Fault::Enum { .. } => self.unknown_name(node, keyword),
            Fault::Format { format } => self.bad_scalar(node, format, self.about(error)),
            Fault::Minimum { .. } | Fault::Maximum { .. } => self.out_of_range(node, schema),
            _ => self.bad_form(node, self.about(error)),
        }
    }

    fn unknown_keys(&mut self, object: NodeId, unexpected: &[String], error: &ValidationError<'_>) {
        let (_, schema) = self.keyword(error);
        let known = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        let known: Vec<&'a str> = known.collect();
        let unexpected: FxHashSet<&str> = unexpected.iter().map(String::as_str).collect();
        let Document { tree, .. } = self.document;
        let present: FxHashSet<&str> = tree.entries(object).map(|(key, _)| self.text(key)).collect();
        for (key, _) in tree.entries(object) {
            let name = self.text(key);
            if !unexpected.contains(name) {
                continue;
            }
            let absent = known.iter().copied().filter(|known| !present.contains(known));
            let near = nearest(name, absent);
            self.meant.entry(object).or_default().extend(near);
            self.unknown_key(
                key,
                near.or_else(|| nearest(name, known.iter().copied())),
                &known,
                near.is_some(),
            );
        }
    }

    /// `near` is the known key that was meant, if any; it can take the place of the unknown one if `free`.
    fn unknown_key(&mut self, key: NodeId, near: Option<&str>, known: &[&str], free: bool) {
        let Document { tree, source } = self.document;
        let (name, place) = (self.text(key), tree.location(key));
        let fix = near
            .filter(|_| free)
            .and_then(|near| place::respelt(tree, source, key, near, format!("rename to `{near}`")));
        let camel = near.filter(|near| is_camel_case_of(name, near));
        let mut diagnostic = match (camel, near) {
            (Some(near), _) => {
                let message = format!("key {} is spelt in camel case", show(name));
                Diagnostic::new(&camel_case_key::RULE, place, message).help(format!("write `{near}`"))
            }
            (None, Some(near)) => {
                let message = format!("unknown key {}", show(name));
                let help = format!("did you mean `{near}`? keys of your own start with `x-`");
                Diagnostic::new(&unknown_key::RULE, place, message).help(help)
            }
            (None, None) => {
                let message = format!("unknown key {}", show(name));
                let own = "keys of your own start with `x-`".to_owned();
                let few = known.len() <= 12;
                let help = if few { format!("known here: {}; {own}", list(known)) } else { own };
                Diagnostic::new(&unknown_key::RULE, place, message).help(help)
            }
        };
        let safe = camel.is_some() || is_unmistakable(name, known.iter().copied());
        diagnostic.fix = fix.map(|fix| Fix { safe, ..fix });
        self.found.push(diagnostic);
    }

    fn wrong_type(&mut self, node: NodeId, schema: &Value, about: Option<&str>) {
        let wanted = expected(self.schema, schema);
        let here = found(self.document, node, &wanted);
        let mut diagnostic = self.bad(&wrong_type::RULE, node, format!("expected {wanted}, found {here}"));
        diagnostic.help = about.map(help_line);
        self.found.push(diagnostic);
    }

    fn lack(&mut self, object: NodeId, lack: Lack) {
        self.lacks.entry(object).or_default().push(lack);
    }

    fn missing_keys(&mut self) {
        for (object, lacks) in std::mem::take(&mut self.lacks) {
            let meant = self.meant.get(&object).map_or(&[][..], Vec::as_slice);
            let is_meant = |name: &String| meant.contains(&name.as_str());
            let mut keys = Vec::new();
            for lack in &lacks {
                match lack {
                    Lack::Key(name) if !is_meant(name) => keys.push(format!("`{name}`")),
                    Lack::OneOf(names) if !names.iter().any(is_meant) => {
                        keys.push(format!("one of {}", alternatives(names)));
                    }
                    Lack::SomeOf(names) if !names.iter().any(is_meant) => keys.push(alternatives(names)),
                    _ => {}
                }
            }
            keys.dedup();
            if !keys.is_empty() {
                let verb = if keys.len() == 1 { "is" } else { "are" };
                let message = format!("{} {verb} missing", joined(keys, "and"));
                let place = place::of_object(self.document, object);
                self.found.push(Diagnostic::new(&missing_key::RULE, place, message).label("in this object"));
            } else if meant.is_empty() {
                self.lonely_keys(object, &lacks);
            }
        }
    }

    /// Keys that mean nothing without another. Where the object lacks something anyway, that is said first.
    fn lonely_keys(&mut self, object: NodeId, lacks: &[Lack]) {
        let Document { tree, source } = self.document;
        for lack in lacks {
            if let Lack::Beside { key, names } = lack
                && let Some(value) = tree.get(source, object, key)
                && let Some(place) = tree.key_of(value)
            {
                let message = format!("`{key}` means nothing without {}", alternatives(names));
                self.bad.insert(value);
                let diagnostic = Diagnostic::new(&unknown_key::RULE, tree.location(place), message);
                self.found.push(diagnostic.help(format!("remove `{key}`")));
            }
        }
    }

    /// Keys of which only one may stand: the first counts.
    fn too_many(&mut self, object: NodeId, names: &[String]) {
        let Document { tree, .. } = self.document;
        let is_one = |key: NodeId| names.iter().any(|name| name == self.text(key));
        let mut stand: Vec<(NodeId, NodeId)> = tree.entries(object).filter(|(key, _)| is_one(*key)).collect();
        // A key that stands twice was reported by `syntax`.
        stand.dedup_by_key(|(key, _)| self.text(*key));
        let [(first, _), others @ ..] = stand.as_slice() else { return };
        let Some((second, _)) = others.first() else { return };
        let message = format!("{} stands beside {}", show(self.text(*second)), show(self.text(*first)));
        let help = format!("only one of {} may stand here", alternatives(names));
        let diagnostic = Diagnostic::new(&invalid_value::RULE, tree.location(*second), message);
        self.found.push(diagnostic.related(tree.location(*first), "first here").help(help));
        for (_, value) in others {
            self.bad.insert(*value);
        }
    }

    fn unknown_name(&mut self, node: NodeId, choices: &Value) {
        if let Some([Value::Bool(only)]) = choices.as_array().map(Vec::as_slice) {
            let message = format!("only `{only}` means something here");
            let diagnostic = self.bad(&invalid_value::RULE, node, message);
            self.found.push(diagnostic.help(format!("write `{only}`, or leave the key out")));
            return;
        }
        let names: Vec<&str> = choices.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let text = self.text(node);
        let near = nearest(text, names.iter().copied());
        let mut diagnostic = self.bad(&invalid_value::RULE, node, format!("unknown value {}", show(text)));
        let Document { tree, source } = self.document;
        diagnostic.fix =
            near.and_then(|near| place::respelt(tree, source, node, near, format!("write `{near}`")));
        let question = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        self.found.push(diagnostic.help(format!("{question}allowed: {}", list(&names))));
    }

    fn bad_scalar(&mut self, node: NodeId, format: &str, about: Option<&str>) {
        let Some(scalar) = SCALARS.iter().find(|scalar| scalar.name == format) else {
            return self.bad_form(node, about);
        };
        let Err(error) = (scalar.check)(self.text(node)) else { return };
        let mut diagnostic = self.bad(&invalid_value::RULE, node, error.message);
        let Document { tree, source } = self.document;
        diagnostic.primary.location.span = tree.text_span(source, node, error.range);
        self.found.push(diagnostic.label(format!("not {}", scalar.noun)).help(error.help));
    }

    fn out_of_range(&mut self, node: NodeId, schema: &Value) {
        let message = format!("{} is out of range", show(self.text(node)));
        let help = match (&schema["minimum"], &schema["maximum"]) {
            (least, Value::Null) => format!("the smallest is {least}"),
            (Value::Null, most) => format!("the largest is {most}"),
            (least, most) => format!("write a number from {least} to {most}"),
        };
        let diagnostic = self.bad(&invalid_value::RULE, node, message).help(help);
        self.found.push(diagnostic);
    }

    fn bad_form(&mut self, node: NodeId, about: Option<&str>) {
        let what = match self.document.tree.kind(node) {
            Kind::String | Kind::Number => show(self.text(node)),
            _ => found(self.document, node, "").to_owned(),
        };
        let message = format!("{what} does not have the form that is wanted here");
        let mut diagnostic = self.bad(&invalid_value::RULE, node, message);
        diagnostic.help = about.map(help_line);
        self.found.push(diagnostic);
    }
}

/// Whether each form of a choice asks for one key and nothing else, but for one that asks for none of them.
fn is_key_rule(forms: &Value) -> bool {
    let names_one = |form: &Value| {
        let keys = ["required", "not"];
        form.as_object().is_some_and(|form| form.len() == 1 && keys.iter().any(|key| form.contains_key(*key)))
    };
    forms.as_array().is_some_and(|forms| forms.iter().all(names_one))
}

/// The keys of `[{"required": [key]}, …]`.
fn required_names(forms: &Value) -> Vec<String> {
    let names = forms.as_array().into_iter().flatten().filter_map(|form| form["required"][0].as_str());
    names.map(str::to_owned).collect()
}

/// An `anyOf` of keys: of the object itself, or of what must stand beside one of its keys.
fn some_of(names: Vec<String>, error: &ValidationError<'_>) -> Lack {
    let path: Vec<&str> = error.schema_path().as_str().rsplit('/').take(3).collect();
    match path.as_slice() {
        ["anyOf", key, "dependentSchemas"] => Lack::Beside { key: (*key).to_owned(), names },
        _ => Lack::SomeOf(names),
    }
}

/// `onFailure` of `on_failure`.
fn is_camel_case_of(name: &str, snake: &str) -> bool {
    let mut spelt = String::with_capacity(name.len() + 4);
    for (index, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && index > 0 {
            spelt.push('_');
        }
        spelt.push(c.to_ascii_lowercase());
    }
    name != snake && spelt == snake
}

fn list(names: &[&str]) -> String {
    joined(names.iter().map(|name| format!("`{name}`")).collect(), "and")
}

/// The first sentence of a description as a help: in lower case, without full stop.
fn help_line(about: &str) -> String {
    let sentence = about.split(". ").next().unwrap_or_default().trim_end_matches('.');
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
