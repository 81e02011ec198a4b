//! A name that leads elsewhere, nowhere, or to two things.

use super::{COMPONENTS, Operator, drops::components, everywhere, mentions};

/// Where one thing names another.
const REFERENCES: [&str; 25] = [
    "procedures/*/rollback_procedure",
    "procedures/*/satisfies/*",
    "procedures/*/preconditions/*/checklist",
    "procedures/*/preconditions/*/health",
    "procedures/*/postconditions/*/health",
    "procedures/*/postconditions/*/metric",
    "procedures/*/approval/roles/*",
    "procedures/*/steps/*/uses",
    "procedures/*/steps/*/run",
    "procedures/*/steps/*/needs/*",
    "procedures/*/steps/*/owner",
    "decision_rules/*/rollback/on_failure",
    "decision_rules/*/actions/*/service",
    "decision_rules/*/actions/*/action",
    "decision_rules/*/satisfies/*",
    "decision_rules/*/priority",
    "requirements/*/*/satisfies/*",
    "risks/*/mitigated_by/*",
    "context/project_structure/components/*/dependencies/*",
    "context/data_flow/flows/*/from",
    "goals/*/owner",
    "goals/*/success_criteria/*/metric",
    "monitors/*/metric",
    "timelines/*/phases/*/tasks/*/run",
    "timelines/*/checkpoints/*/on_miss",
];

/// What has an id of its own.
const DEFINITIONS: [&str; 8] = [
    "goals/*/id",
    "procedures/*/id",
    "decision_rules/*/id",
    "context/project_structure/components/*/name",
    "requirements/functional/*/id",
    "monitors/*/id",
    "rules/*/id",
    "procedures/*/steps/*/step",
];

pub(super) static ALL: &[Operator] = &[
    ("a reference is misspelt", |set| {
        everywhere(set, &REFERENCES, |doc, node| doc.replace_text(node, &format!("{}x", doc.value(node))))
    }),
    ("something is renamed where it is defined alone", |set| {
        everywhere(set, &DEFINITIONS, |doc, node| match mentions(set, doc.value(node)) {
            0 | 1 => Vec::new(),
            _ => doc.replace_text(node, &format!("{}x", doc.value(node))),
        })
    }),
    ("an id is given twice", |set| {
        everywhere(set, &DEFINITIONS, |doc, node| {
            let first = doc.select("*").first().copied();
            let siblings = doc.above(node, 2);
            let key = doc.tree.key_of(node).map(|key| doc.value(key).to_owned()).unwrap_or_default();
            let first = doc.tree.items(siblings).next().and_then(|item| doc.get(item, &key)).or(first);
            match first {
                Some(first) if first != node => doc.replace(node, &doc.text[doc.range(first)]),
                _ => Vec::new(),
            }
        })
    }),
    ("a component depends on itself", |set| {
        everywhere(set, &[&format!("{COMPONENTS}/dependencies/*")], |doc, node| {
            doc.replace_text(node, doc.said(doc.above(node, 2), "name"))
        })
    }),
    ("two components depend on each other", |set| {
        let names = components(set);
        everywhere(set, &[COMPONENTS], |doc, node| {
            // The last component needs others; the first that has an empty place for it gets it as dependency.
            let (last, name) = (names.last().cloned().unwrap_or_default(), doc.said(node, "name"));
            let needs = |from: &str, to: &str| {
                let is_from = |it: &rulec::syntax::NodeId| doc.said(*it, "name") == from;
                let list = doc
                    .select(COMPONENTS)
                    .into_iter()
                    .find(is_from)
                    .and_then(|it| doc.get(it, "dependencies"));
                list.is_some_and(|list| doc.tree.items(list).any(|it| doc.value(it) == to))
            };
            match doc.get(node, "dependencies") {
                _ if !needs(&last, name) => Vec::new(),
                Some(list) => doc.replace(list, &format!("[\"{last}\"]")),
                None => doc.insert(node, "dependencies", &format!("[\"{last}\"]")),
            }
        })
    }),
    ("a procedure is its own way back", |set| {
        everywhere(set, &["procedures/*/rollback_procedure"], |doc, node| {
            doc.replace_text(node, doc.said(doc.above(node, 1), "id"))
        })
    }),
    ("a way back calls what it takes back", |set| {
        // The step that stops something runs the procedure that starts it.
        everywhere(set, &["procedures/*/steps/*/uses"], |doc, node| {
            let own = doc.said(doc.above(node, 3), "id").to_owned();
            let starts =
                doc.select("procedures/*").into_iter().find(|it| doc.said(*it, "rollback_procedure") == own);
            let Some((key, starts)) = doc.tree.key_of(node).zip(starts) else { return Vec::new() };
            let call = crate::mutants::doc::quoted(doc.said(starts, "id"));
            let key = (doc.range(key), doc.text[doc.range(key)].replace("uses", "run"));
            vec![key, (doc.range(node), call)]
        })
    }),
    ("a step needs itself", |set| {
        everywhere(set, &["procedures/*/steps/*/needs/*"], |doc, node| {
            doc.replace_text(node, doc.said(doc.above(node, 2), "id"))
        })
    }),
    ("a way back is another procedure than before", |set| {
        // The procedure is rolled back by the last one that is not it and not its way back.
        everywhere(set, &["decision_rules/*/rollback/on_failure"], |doc, node| {
            let mut ids = Vec::new();
            for other in set.docs() {
                ids.extend(
                    other.select("procedures/*").into_iter().map(|it| other.said(it, "id").to_owned()),
                );
            }
            ids.retain(|id| id != doc.value(node));
            ids.first().map_or_else(Vec::new, |id| doc.replace_text(node, id))
        })
    }),
];
