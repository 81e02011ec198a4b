//! The file says something in a form that nobody reads.

use rulec::syntax::{Kind, NodeId};

use super::{COMPONENTS, DOERS, Operator, STEPS, everywhere};
use crate::mutants::Set;
use crate::mutants::doc::{Doc, quoted};

/// Objects whose keys are the language's own.
const OBJECTS: [&str; 9] = [
    "goals/*",
    COMPONENTS,
    "requirements/functional/*",
    "executor/constraints",
    "rules/*",
    "decision_rules/*",
    "procedures/*",
    STEPS,
    "monitors/*",
];

pub(super) static ALL: &[Operator] = &[
    ("a key is misspelt", |set| {
        everywhere(
            set,
            &OBJECTS.map(|object| format!("{object}/*")).each_ref().map(String::as_str),
            |doc, node| {
                rename(doc, node, |key| {
                    let mut letters: Vec<char> = key.chars().collect();
                    let end = letters.len();
                    letters.swap(end - 1, end - 2);
                    letters.into_iter().collect()
                })
            },
        )
    }),
    ("a key is written in camel case", |set| {
        everywhere(
            set,
            &OBJECTS.map(|object| format!("{object}/*")).each_ref().map(String::as_str),
            |doc, node| {
                rename(doc, node, |key| {
                    let mut parts = key.split('_');
                    let first = parts.next().unwrap_or_default().to_owned();
                    parts.fold(first, |all, part| all + &part[..1].to_uppercase() + &part[1..])
                })
            },
        )
    }),
    ("a key that must be there is not", |set| {
        let musts = [
            "goals/*/id",
            "procedures/*/id",
            "procedures/*/steps",
            "decision_rules/*/id",
            "monitors/*/every",
            "goals/*/metrics/*/target",
        ];
        super::drop(set, &musts, |_, _| true)
    }),
    ("a step has nothing to do", |set| {
        super::drop(set, &["procedures/*/steps/*/command", "procedures/*/steps/*/uses"], |_, _| true)
    }),
    ("a text stands where a list or object belongs", |set| {
        everywhere(
            set,
            &["procedures/*/steps", "procedures/*/inputs", "decision_rules/*/actions", "rules/*/condition"],
            |doc, node| {
                if doc.text[doc.range(node)].starts_with(['[', '{']) {
                    doc.replace_text(node, "later")
                } else {
                    Vec::new()
                }
            },
        )
    }),
    ("a duration is no duration", |set| {
        everywhere(set, &[&format!("{STEPS}/timeout")], |doc, node| doc.replace_text(node, "soon"))
    }),
    ("a port is a word", |set| {
        everywhere(set, &[&format!("{COMPONENTS}/port")], |doc, node| doc.replace_text(node, "http"))
    }),
    ("a word is none of those that are known", |set| {
        everywhere(
            set,
            &[
                &format!("{STEPS}/on_failure"),
                "procedures/*/risk",
                "goals/*/priority",
                "rules/*/condition/operator",
            ],
            |doc, node| doc.replace_text(node, "whatever"),
        )
    }),
    ("a key stands twice", |set| {
        everywhere(
            set,
            &DOERS.map(|doer| format!("{doer}/timeout")).each_ref().map(String::as_str),
            |doc, node| doc.insert(doc.above(node, 1), "timeout", "\"7s\""),
        )
    }),
    ("a bracket is not closed", |set| {
        everywhere(set, &[STEPS], |doc, node| {
            let end = doc.range(node).end;
            if doc.text[..end].ends_with('}') { vec![(end - 1..end, String::new())] } else { Vec::new() }
        })
    }),
    ("an exception is past its date", |set| {
        allow(set, "{\"lint\": \"broad-kill\", \"reason\": \"for the move\", \"until\": \"2020-01-01\"}")
    }),
    ("an exception has no reason", |set| allow(set, "{\"lint\": \"broad-kill\"}")),
    ("an exception excuses nothing", |set| {
        allow(set, "{\"lint\": \"broad-kill\", \"reason\": \"once it was needed\"}")
    }),
    ("an exception names no rule", |set| allow(set, "{\"lint\": \"broad-kil\", \"reason\": \"a slip\"}")),
    ("a file says that it is of another layer", |set| {
        everywhere(set, &["layer"], |doc, node| {
            doc.replace_text(node, if doc.value(node) == "L2" { "L3" } else { "L2" })
        })
    }),
];

/// Gives an entry another key; nothing where it has none or the key stays the same.
fn rename(doc: &Doc, node: NodeId, to: impl Fn(&str) -> String) -> Vec<(std::ops::Range<usize>, String)> {
    let Some(key) = doc.tree.key_of(node).filter(|key| doc.tree.kind(*key) == Kind::Key) else {
        return Vec::new();
    };
    let place = doc.range(key);
    let (old, new) = (doc.value(key), to(doc.value(key)));
    let is_header = doc.path.ends_with(".toml") && !doc.text[place.end..].trim_start().starts_with('=');
    // A user's own key may be spelt as they like.
    if is_header || old.starts_with("x-") || old == new {
        return Vec::new();
    }
    let text = if doc.text[place.clone()].starts_with('"') { quoted(&new) } else { new };
    vec![(place, text)]
}

fn allow(set: &Set, exception: &str) -> Vec<crate::mutants::Mistake> {
    everywhere(set, &["procedures/*", "decision_rules/*"], |doc, node| {
        doc.insert(node, "x-rulec-allow", &format!("[{exception}]"))
    })
}
