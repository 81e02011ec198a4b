//! Something is left out that was there for a reason.

use rulec::syntax::NodeId;

use super::{COMPONENTS, Operator, STEPS, drop, everywhere, is_demanded, mentions, of_doers};
use crate::mutants::doc::Doc;
use crate::mutants::{Mistake, Set};

pub(super) static ALL: &[Operator] = &[
    ("a procedure loses its way back", |set| drop(set, &["procedures/*/rollback_procedure"], always)),
    ("a decision loses its way back", |set| drop(set, &["decision_rules/*/rollback"], always)),
    // A procedure that is rolled back by another has a way back without.
    ("a step loses its undo", |set| {
        drop_of_doers(set, "undo", |doc, node| {
            !doc.path.starts_with("L2") && doc.get(doc.above(node, 3), "rollback_procedure").is_none()
        })
    }),
    // A step verifies as its action does where it says nothing itself, and L3 says which risks must be verified at all. The
    // runner reads back itself what it writes.
    ("a step or action loses its verification", |set| {
        drop_of_doers(set, "verify", |doc, node| {
            let step = doc.above(node, 1);
            let of_procedure = doc.said(doc.above(step, 2), "risk");
            doc.get(step, "uses").is_none()
                && doc.get(step, "file").is_none()
                && !doc.path.starts_with("L2")
                && is_demanded(set, "require_verification_for_risk", of_procedure)
        })
    }),
    // Writing a file ends by itself.
    ("a step or action loses its timeout", |set| {
        drop_of_doers(set, "timeout", |doc, node| doc.get(doc.above(node, 1), "file").is_none())
    }),
    // What looks at a file, and what has a limit of its own, ends without.
    ("a verification loses its timeout", |set| {
        drop_of_doers(set, "verify/timeout", |doc, node| {
            let command = doc.said(doc.above(node, 1), "command");
            !["test ", "cmp ", "grep "].iter().any(|it| command.starts_with(it))
                && !command.contains("--max-time")
        })
    }),
    ("a step loses its owner", |set| drop_of_doers(set, "owner", always)),
    // All other words end the run and roll back, as the default does. Final steps go on whatever they say.
    ("a step loses that it goes on after a failure", |set| {
        drop(set, &[&format!("{STEPS}/on_failure")], |doc, node| doc.value(node).ends_with("continue"))
    }),
    ("a step loses its condition", |set| drop_of_doers(set, "when", always)),
    // What has an `undo` may be repeated.
    ("a retried step is idempotent no more", |set| {
        drop_of_doers(set, "idempotent", |doc, node| {
            let step = doc.above(node, 1);
            doc.get(step, "retry").is_some()
                && doc.get(step, "uses").is_none()
                && doc.get(step, "undo").is_none()
        })
    }),
    ("a step that retries on failure loses its attempts", |set| {
        drop_of_doers(set, "retry", |doc, node| {
            doc.said(doc.above(node, 1), "on_failure") == "retry_then_abort"
        })
    }),
    // A way back is not taken back itself, so that its steps need neither an undo nor a reason.
    ("a step loses the reason why nothing undoes it", |set| {
        drop_of_doers(set, "irreversible", |doc, node| {
            let own = doc.said(doc.above(node, 3), "id");
            !set.docs().iter().any(|doc| {
                doc.select("procedures/*/rollback_procedure").into_iter().any(|it| doc.value(it) == own)
            })
        })
    }),
    ("a step keeps its output no more", |set| drop_of_doers(set, "output", always)),
    ("a component loses its port", |set| drop(set, &[&format!("{COMPONENTS}/port")], always)),
    // Only between components: what is outside is started by nobody.
    ("a component loses a dependency", |set| {
        let names = components(set);
        drop(set, &[&format!("{COMPONENTS}/dependencies/*")], |doc, node| {
            names.iter().any(|name| name == doc.value(node))
        })
    }),
    ("a component loses its health check", |set| drop(set, &[&format!("{COMPONENTS}/health")], always)),
    ("a component is removed", |set| drop(set, &[COMPONENTS], always)),
    ("an action is removed", |set| drop(set, &[&format!("{COMPONENTS}/actions/*"), "actions/*"], always)),
    ("a procedure is removed", |set| drop(set, &["procedures/*"], always)),
    ("a step that others need is removed", |set| {
        drop(set, &[STEPS], |doc, node| {
            let id = doc.said(node, "id");
            !id.is_empty() && (doc.text.contains(&format!("steps.{id}.")) || mentions(set, id) > 1)
        })
    }),
    ("a step that starts a component is removed", |set| {
        drop(set, &[STEPS], |doc, node| doc.said(node, "uses").ends_with(".start"))
    }),
    ("a step that starts a component is removed, and those behind it are numbered anew", |set| {
        everywhere(set, &[STEPS], |doc, node| {
            if !doc.said(node, "uses").ends_with(".start") || doc.get(node, "step").is_none() {
                return Vec::new();
            }
            let mut edits = doc.remove(node);
            let siblings = doc.tree.items(doc.above(node, 1)).skip_while(|it| *it != node).skip(1);
            for number in siblings.filter_map(|step| doc.get(step, "step")) {
                let less = doc.value(number).parse::<u32>().map_or(0, |number| number - 1);
                edits.extend(doc.replace(number, &less.to_string()));
            }
            edits
        })
    }),
    ("a checklist is removed", |set| {
        drop(set, &["checklists/*"], |doc, node| mentions(set, key(doc, node)) > 0)
    }),
    ("an alert is removed", |set| drop(set, &["alerts/*"], always)),
    ("a goal is removed", |set| drop(set, &["goals/*"], always)),
    ("a metric that is asked for is removed", |set| {
        drop(set, &["goals/*/metrics/*"], |doc, node| mentions(set, key(doc, node)) > 0)
    }),
    ("a metric that is asked for loses its probe", |set| {
        drop(set, &["goals/*/metrics/*/probe"], |doc, node| mentions(set, key(doc, doc.above(node, 1))) > 0)
    }),
    ("a role is removed", |set| {
        drop(set, &["security_constraints/authorization/roles/*", "stakeholders/*"], |doc, node| {
            doc.path.starts_with("L3") || mentions(set, doc.said(node, "role")) > 1
        })
    }),
    ("an input is removed", |set| drop(set, &["procedures/*/inputs/*"], always)),
    // What a decision does is bound to its own actions: it is carried out without a procedure that says so.
    ("what alone serves a goal or requirement is said no more", |set| {
        drop(set, &["procedures/*/satisfies/*", "requirements/*/*/satisfies/*"], |doc, node| {
            let name = doc.value(node);
            let is_decision =
                |doc: &Doc| doc.select("decision_rules/*/id").into_iter().any(|it| doc.value(it) == name);
            mentions(set, name) == 2 && !set.docs().iter().any(is_decision)
        })
    }),
    ("the way back of a risk is said no more", |set| drop(set, &["risks/*/mitigated_by"], always)),
    ("a procedure loses its approval", |set| drop(set, &["procedures/*/approval"], always)),
    ("a procedure loses its risk class", |set| {
        drop(set, &["procedures/*/risk"], |doc, node| doc.value(node) != "low")
    }),
    ("a backup is no backup any more", |set| {
        drop(set, &["procedures/*/tags"], |doc, node| {
            doc.text[doc.range(node)].contains("backup")
                && set.docs().iter().any(|doc| doc.text.contains("backup_required"))
        })
    }),
    ("a monitor reacts no more", |set| drop(set, &["monitors/*/on_breach"], always)),
    ("a priority is not defined any more", |set| {
        drop(set, &["priority_definitions/*"], |doc, node| {
            let name = key(doc, node);
            doc.select("decision_rules/*/priority").into_iter().any(|it| doc.value(it) == name)
        })
    }),
    ("a checked item becomes a promise", |set| drop(set, &["checklists/*/*/check"], always)),
];

fn always(_: &Doc, _: NodeId) -> bool {
    true
}

/// The key whose value a node is.
fn key(doc: &Doc, node: NodeId) -> &str {
    doc.tree.key_of(node).map_or("", |key| doc.value(key))
}

fn drop_of_doers(set: &Set, what: &str, changes_meaning: impl Fn(&Doc, NodeId) -> bool) -> Vec<Mistake> {
    let patterns = of_doers(what);
    drop(set, &patterns.iter().map(String::as_str).collect::<Vec<_>>(), changes_meaning)
}

/// The names of all components.
pub(super) fn components(set: &Set) -> Vec<String> {
    let of = |doc: &Doc| {
        doc.select(COMPONENTS).into_iter().map(|it| doc.said(it, "name").to_owned()).collect::<Vec<_>>()
    };
    set.docs().iter().flat_map(of).collect()
}
