//! A figure, unit, path or port is another than before.

use super::{COMPONENTS, Operator, everywhere, of_doers};
use crate::mutants::{Mistake, Set};

pub(super) static ALL: &[Operator] = &[
    ("a timeout is raised to days", |set| set_of_doers(set, "timeout", "3 days")),
    ("a verification waits for days", |set| set_of_doers(set, "verify/timeout", "3 days")),
    ("a timeout is zero", |set| set_of_doers(set, "timeout", "0s")),
    ("an estimate is raised to days", |set| {
        let mut made = set_of_doers(set, "estimated_duration", "3 days");
        made.extend(everywhere(set, &["procedures/*/estimated_duration"], |doc, node| {
            doc.replace_text(node, "3 days")
        }));
        made
    }),
    ("an estimate is lowered below what the steps take", |set| {
        everywhere(set, &["procedures/*/estimated_duration"], |doc, node| doc.replace_text(node, "1s"))
    }),
    ("the way back of a decision may take days", |set| {
        everywhere(set, &["decision_rules/*/rollback/timeout"], |doc, node| doc.replace_text(node, "3 days"))
    }),
    ("a step waits for days", |set| set_of_doers(set, "delay_after", "3 days")),
    ("a decision waits for days", |set| {
        everywhere(set, &["decision_rules/*/actions/*/delay"], |doc, node| doc.replace_text(node, "3 days"))
    }),
    ("a step is tried a thousand times", |set| set_of_doers(set, "retry", "1000")),
    ("the limit of a way back is lowered", |set| {
        everywhere(set, &["operational_constraints/deployment/rollback_time"], |doc, node| {
            doc.replace_text(node, "< 1s")
        })
    }),
    ("a limit of the executor is lowered", |set| {
        everywhere(
            set,
            &["executor/constraints/max_step_time", "executor/constraints/max_execution_time"],
            |doc, node| doc.replace_text(node, "1s"),
        )
    }),
    ("no file may be touched", |set| {
        let writes = set.docs().iter().any(|doc| !doc.select("procedures/*/steps/*/file").is_empty());
        everywhere(set, &["executor/constraints/max_files_touched"], |doc, node| {
            if writes { doc.replace(node, "0") } else { Vec::new() }
        })
    }),
    ("the hours are too short", |set| {
        everywhere(set, &["operational_constraints/deployment/allowed_hours"], |doc, node| {
            doc.replace_text(node, "02:00-02:01")
        })
    }),
    ("a port is allowed no more", |set| {
        super::drop(set, &["security_constraints/network_security/allowed_ports/*"], |_, _| true)
    }),
    ("a component has another port", |set| {
        everywhere(set, &[&format!("{COMPONENTS}/port")], |doc, node| {
            doc.replace(node, &format!("{}9", &doc.value(node)[1..]))
        })
    }),
    ("two components have one port", |set| {
        everywhere(set, &[&format!("{COMPONENTS}/port")], |doc, node| {
            let first = doc.select(&format!("{COMPONENTS}/port"))[0];
            if first == node { Vec::new() } else { doc.replace(node, doc.value(first)) }
        })
    }),
    ("a command asks another port", |set| {
        let mut patterns = of_doers("command");
        patterns.extend(of_doers("verify/command"));
        patterns.extend(of_doers("undo"));
        patterns.push(format!("{COMPONENTS}/health/check"));
        everywhere(set, &patterns.iter().map(String::as_str).collect::<Vec<_>>(), |doc, node| {
            let text = &doc.text[doc.range(node)];
            let ports: Vec<&str> = doc_ports(text);
            ports.first().map_or_else(Vec::new, |port| {
                doc.replace(node, &text.replacen(port, &format!("{}7", &port[..port.len() - 1]), 1))
            })
        })
    }),
    ("a component is asked at the port of another", |set| {
        let ports: Vec<String> = set
            .docs()
            .iter()
            .flat_map(|doc| {
                doc.select(&format!("{COMPONENTS}/port")).into_iter().map(|it| doc.value(it).to_owned())
            })
            .collect();
        let mut patterns = vec![format!("{COMPONENTS}/health/check")];
        patterns.extend(of_doers("verify/command"));
        everywhere(set, &patterns.iter().map(String::as_str).collect::<Vec<_>>(), |doc, node| {
            let text = &doc.text[doc.range(node)];
            let own = ports.iter().find(|port| text.contains(port.as_str()));
            let other = ports.iter().find(|port| Some(*port) != own);
            own.zip(other)
                .map_or_else(Vec::new, |(own, other)| doc.replace(node, &text.replace(own.as_str(), other)))
        })
    }),
    ("a file is written where nothing may be", |set| {
        let forbidden = set.docs().iter().find_map(|doc| {
            doc.select("executor/forbidden_paths/*").first().map(|it| doc.value(*it).to_owned())
        });
        let path = forbidden.map(|glob| glob.replace("**", "beam.conf"));
        everywhere(set, &["procedures/*/steps/*/file/path", "procedures/*/writes/*"], |doc, node| {
            path.as_deref().map_or_else(Vec::new, |path| doc.replace_text(node, path))
        })
    }),
    ("a file is written outside of what is allowed", |set| {
        everywhere(set, &["procedures/*/steps/*/file/path", "procedures/*/writes/*"], |doc, node| {
            doc.replace_text(node, "elsewhere/beam.conf")
        })
    }),
    ("a path that is written is forbidden", |set| {
        let written: Vec<String> = set
            .docs()
            .iter()
            .flat_map(|doc| {
                doc.select("procedures/*/writes/*").into_iter().map(|it| doc.value(it).to_owned())
            })
            .collect();
        everywhere(set, &["executor/forbidden_paths/*"], |doc, node| {
            written.first().map_or_else(Vec::new, |path| doc.replace_text(node, path))
        })
    }),
    ("success and alarm overlap", |set| {
        everywhere(set, &["goals/*/metrics/*/alert"], |doc, node| {
            doc.get(doc.above(node, 1), "target")
                .map_or_else(Vec::new, |target| doc.replace(node, &doc.text[doc.range(target)]))
        })
    }),
    ("a metric is measured in another unit", |set| {
        everywhere(set, &["goals/*/metrics/*/unit"], |doc, node| doc.replace_text(node, "GB"))
    }),
    ("a metric's unit is of the same kind but another", |set| {
        everywhere(set, &["goals/*/metrics/*/unit"], |doc, node| match doc.value(node) {
            "s" => Vec::new(),
            _ => doc.replace_text(node, "s"),
        })
    }),
    ("an alarm sounds on the wrong side", |set| {
        everywhere(set, &["goals/*/metrics/*/alert"], |doc, node| {
            let text = doc.value(node);
            let turned = if text.contains('<') { text.replace('<', ">") } else { text.replace('>', "<") };
            doc.replace_text(node, &turned)
        })
    }),
    ("a risk class is raised", |set| {
        // What verifies and takes back each of its steps may be of any class, and a class of which L3 demands no more than
        // of the one before changes nothing.
        everywhere(set, &["procedures/*/risk"], |doc, node| {
            let procedure = doc.above(node, 1);
            let demands = ["verification", "rollback", "health_checks"];
            let demands_more = demands.map(|what| format!("require_{what}_for_risk")).iter().any(|key| {
                super::is_demanded(set, key, "high") && !super::is_demanded(set, key, doc.value(node))
            });
            let steps = doc
                .get(procedure, "steps")
                .map(|steps| doc.tree.items(steps).collect::<Vec<_>>())
                .unwrap_or_default();
            let has_all = steps
                .iter()
                .all(|step| doc.get(*step, "verify").is_some() && doc.get(*step, "undo").is_some());
            if has_all || !demands_more || doc.get(procedure, "rollback_procedure").is_some() {
                Vec::new()
            } else {
                doc.replace_text(node, "high")
            }
        })
    }),
];

fn set_of_doers(set: &Set, key: &str, value: &str) -> Vec<Mistake> {
    let patterns = of_doers(key);
    everywhere(set, &patterns.iter().map(String::as_str).collect::<Vec<_>>(), |doc, node| {
        match value.parse::<u32>() {
            Ok(_) => doc.replace(node, value),
            Err(_) => doc.replace_text(node, value),
        }
    })
}

/// The numbers of a text that are ports of services: of four digits and more.
fn doc_ports(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| number.len() >= 4).collect()
}
