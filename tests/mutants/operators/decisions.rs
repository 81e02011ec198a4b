//! Facts lead elsewhere than before.

use rulec::syntax::{Kind, NodeId, Tree};

use super::{Operator, STEPS, drop, everywhere};
use crate::mutants::doc::Doc;

pub(super) static ALL: &[Operator] = &[
    ("a rule of a decision is removed", |set| drop(set, &["rules/*"], |_, _| true)),
    ("a rule compares the other way", |set| {
        everywhere(set, &["rules/*/condition/operator", "rules/*/condition/any/*/operator"], |doc, node| {
            let turned = match doc.value(node) {
                "less" => "greater",
                "greater_or_equal" => "less_or_equal",
                "equals" => "not_equals",
                "not_equals" => "equals",
                _ => return Vec::new(),
            };
            doc.replace_text(node, turned)
        })
    }),
    ("a rule compares with another value", |set| {
        everywhere(set, &["rules/*/condition/value"], |doc, node| match doc.tree.kind(node) {
            Kind::Number => doc.replace(node, &format!("{}0", doc.value(node))),
            _ => doc.replace_text(node, &format!("{}x", doc.value(node))),
        })
    }),
    ("a rule compares with a value of another type", |set| {
        everywhere(set, &["rules/*/condition/value"], |doc, node| match doc.tree.kind(node) {
            Kind::Number => doc.replace_text(node, "many"),
            _ => doc.replace(node, "7"),
        })
    }),
    ("a rule asks for another fact", |set| {
        everywhere(set, &["rules/*/condition/field"], |doc, node| {
            doc.replace_text(node, &format!("{}_now", doc.value(node)))
        })
    }),
    ("a rule decides on something else", |set| {
        everywhere(set, &["rules/*/action/target"], |doc, node| {
            doc.replace_text(node, &format!("{}_now", doc.value(node)))
        })
    }),
    ("a rule decides on a value of another type", |set| {
        everywhere(set, &["rules/*/action/value"], |doc, node| doc.replace(node, "17"))
    }),
    // The rule that is asked last for its target is what holds otherwise.
    ("a rule holds always", |set| {
        everywhere(set, &["rules/*/condition"], |doc, node| {
            if is_asked_last(doc, doc.above(node, 1)) {
                return Vec::new();
            }
            let object = "{\"any\": [{\"field\": \"tide\", \"operator\": \"exists\", \"value\": true}, {\"field\": \"tide\", \"operator\": \"exists\", \"value\": false}]}";
            let object =
                if doc.path.ends_with("toml") { object.replace("\": ", "\" = ") } else { object.to_owned() };
            doc.replace(node, &object)
        })
    }),
    ("a rule can never hold", |set| {
        everywhere(set, &["rules/*/condition"], |doc, node| {
            let object = "{\"all\": [{\"field\": \"tide\", \"operator\": \"exists\", \"value\": true}, {\"field\": \"tide\", \"operator\": \"exists\", \"value\": false}]}";
            let object =
                if doc.path.ends_with("toml") { object.replace("\": ", "\" = ") } else { object.to_owned() };
            doc.replace(node, &object)
        })
    }),
    ("a step's condition can never hold", |set| {
        everywhere(set, &[STEPS], |doc, node| match doc.get(node, "when") {
            Some(when) => doc.replace_text(when, "1 > 2"),
            None => doc.insert(node, "when", "\"1 > 2\""),
        })
    }),
    ("a step's condition asks for a decision that nobody makes", |set| {
        everywhere(set, &[&format!("{STEPS}/when")], |doc, node| {
            doc.replace_text(node, &doc.value(node).replace("decisions.", "decisions.x"))
        })
    }),
    ("a step's condition waits for a value that is never decided", |set| {
        everywhere(set, &[&format!("{STEPS}/when")], |doc, node| {
            let text = doc.value(node);
            if text.contains("\"full\"") {
                doc.replace_text(node, &text.replace("\"full\"", "\"ful\""))
            } else {
                Vec::new()
            }
        })
    }),
    ("a step's condition compares unlike things", |set| {
        everywhere(set, &[&format!("{STEPS}/when")], |doc, node| {
            doc.replace_text(node, "decisions.keep_copy + 1 == \"x\"")
        })
    }),
    ("a decision is made that nobody carries out", |set| {
        everywhere(set, &["decision_rules"], |doc, node| {
            let Some(first) = doc.tree.items(node).next() else { return Vec::new() };
            let idle = "\"id\": \"D9\", \"name\": \"Nobody does it\", \"trigger\": \"never\", \"conditions\": [\"the moon is full\"], \"actions\": [\"look at the moon\"]";
            let at = doc.range(first).start;
            match doc.path.rsplit('.').next() {
                Some("json") => vec![(at..at, format!("{{{idle}}}, "))],
                Some("yaml") => vec![(at..at, format!("{{{idle}}}\n{}- ", " ".repeat(2)))],
                _ => Vec::new(),
            }
        })
    }),
    ("a decision does another action of its component", |set| {
        everywhere(set, &["decision_rules/*/actions/*/action"], |doc, node| match doc.value(node) {
            "start" => doc.replace_text(node, "stop"),
            _ => Vec::new(),
        })
    }),
    ("a step does another action of its component", |set| {
        everywhere(set, &[&format!("{STEPS}/uses")], |doc, node| {
            let text = doc.value(node);
            let turned = if text.ends_with(".start") {
                text.replace(".start", ".stop")
            } else {
                text.replace(".stop", ".start")
            };
            doc.replace_text(node, &turned)
        })
    }),
    ("an environment gives a fact that no rule knows", |set| {
        everywhere(set, &["context/environments/*/house", "context/environments/*/readers"], |doc, node| {
            doc.replace_text(node, &format!("{}x", doc.value(node)))
        })
    }),
    ("an environment sets a fact that no rule asks for", |set| {
        everywhere(set, &["context/environments/*/house", "context/environments/*/readers"], |doc, node| {
            debug_assert_ne!(node, Tree::ROOT, "a value is not the document");
            let Some(key) = doc.tree.key_of(node) else { return Vec::new() };
            vec![(doc.range(key), doc.text[doc.range(key)].replace(doc.value(key), "huose"))]
        })
    }),
];

/// True where all other rules of the file that decide the same are asked before.
fn is_asked_last(doc: &Doc, rule: NodeId) -> bool {
    let target = |rule: NodeId| doc.get(rule, "action").map_or("", |action| doc.said(action, "target"));
    let priority = |rule: NodeId| doc.said(rule, "priority").parse::<u32>().unwrap_or(0);
    let mut others =
        doc.select("rules/*").into_iter().filter(|other| *other != rule && target(*other) == target(rule));
    others.all(|other| priority(other) < priority(rule))
}
