//! Trees held against a schema.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use super::explain::explain;
use super::generate::generate;
use super::view::{Arena, Document};
use super::{layer_mismatch, missing_key};
use crate::diagnostic::Diagnostic;
use crate::model::{LayerId, SCALARS};
use crate::syntax::{Kind, NodeSet, Parsed, Tree};

/// A schema, ready to hold trees against.
#[derive(Debug)]
pub struct Checker {
    schema: Value,
    validator: Validator<Arena>,
}

impl Checker {
    /// A checker of a schema that this module generated.
    #[must_use]
    pub fn new(schema: Value) -> Self {
        let mut options = jsonschema::options_for::<Arena>().should_validate_formats(true);
        for scalar in SCALARS {
            options = options.with_format(scalar.name, |text: &str| (scalar.check)(text).is_ok());
        }
        let validator =
            options.build(&schema).expect("a generated schema is valid and refers to itself alone");
        Self { schema, validator }
    }

    /// What does not fit the schema, and the nodes that can't be used because of it.
    #[must_use]
    pub fn check(&self, parsed: &Parsed, source: &str) -> (Vec<Diagnostic>, NodeSet) {
        let document = Document { tree: &parsed.tree, source };
        // The short answer is much cheaper than the list of errors, and mostly it is yes.
        if self.validator.is_valid(document.root()) {
            return (Vec::new(), NodeSet::default());
        }
        let (mut found, bad) =
            explain(document, &self.schema, self.validator.iter_errors(document.root()).collect());
        if !parsed.complete {
            found.retain(|found| found.rule.id != missing_key::RULE.id);
        }
        (found, bad)
    }
}

/// What is wrong with the shape of a file of a layer, and the nodes that can't be used because of it.
#[must_use]
pub fn validate(parsed: &Parsed, source: &str, layer: LayerId) -> (Vec<Diagnostic>, NodeSet) {
    static CHECKERS: [OnceLock<Checker>; 5] = [const { OnceLock::new() }; 5];
    let checker = CHECKERS[layer as usize].get_or_init(|| Checker::new(generate(layer)));
    let (mut found, bad) = checker.check(parsed, source);
    let tree = &parsed.tree;
    if let Some(stated) = stated_layer(tree, source).filter(|stated| *stated != layer) {
        let node = tree.get(source, Tree::ROOT, "layer").expect("the layer is stated");
        let place = tree.location(node);
        found.retain(|other| other.primary.location != place);
        let message = format!("the file's name says layer `{layer}`, its `layer` says `{stated}`");
        let help = format!("write `{layer}` here, or rename the file so that it starts with `{stated}-`");
        found.push(
            Diagnostic::new(&layer_mismatch::RULE, place, message).label("says another layer").help(help),
        );
    }
    (found, bad)
}

/// The layer of a file: the one that its name implies, else the one that it states. `None` is no rule file.
#[must_use]
pub fn layer_of(path: &str, tree: &Tree, source: &str) -> Option<LayerId> {
    LayerId::of_path(path).or_else(|| stated_layer(tree, source))
}

fn stated_layer(tree: &Tree, source: &str) -> Option<LayerId> {
    let node = tree.get(source, Tree::ROOT, "layer").filter(|node| tree.kind(*node) == Kind::String)?;
    LayerId::of_id(tree.text(source, node))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::FileId;
    use crate::syntax::{Format, parse};

    #[test]
    fn any_schema_is_explained() {
        let checker = Checker::new(json!({
            "type": "object",
            "properties": {
                "address": { "type": "string", "format": "ipv4", "description": "Where it listens." },
                "size": { "oneOf": [{ "type": "integer" }, { "const": "big" }] },
                "names": { "type": "array", "uniqueItems": true },
                "count": { "type": "integer", "minimum": 2 },
            },
        }));
        let text = r#"{"address": "here", "size": "huge", "names": [1, 1], "count": 1}"#;
        let (mut found, bad) = checker.check(&parse(FileId(0), Format::Json, text), text);
        found.sort_by_key(|found| found.primary.location.span.start);
        let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
        let form = "does not have the form that is wanted here";
        let wanted = [
            &format!("`here` {form}"),
            &format!("`huge` {form}"),
            &format!("a list {form}"),
            "`1` is out of range",
        ];
        assert_eq!(messages, wanted);
        assert_eq!(found[0].help.as_deref(), Some("where it listens"));
        assert_eq!(found[3].help.as_deref(), Some("the smallest is 2"));
        assert!(!bad.is_empty());
    }
}
