//! Units of systemd: a service that runs the plan's script once, and for each monitor a service that looks once
//! and a timer that starts it.
//!
//! The units hold nothing of the plan but its name: what is done is in the script, which the target `sh` makes and
//! which stands in [`FOLDER`], and its commands start there. Where it stands elsewhere, a drop-in says so; the first lines of the service tell how.
//! Inputs and secrets come from a file of variables, state goes to systemd's own folder for it. What is stopped gets
//! as long as its rollback can take.

mod unit;

use std::fmt::Write as _;

use super::generated::of_kind;
use super::words::duration;
use super::{Artifact, Loss, Target, file_name};
use crate::plan::Plan;
use crate::plan::bounds::{self, Bound, seconds};
use crate::plan::ir::{
    Action, CHECK_GRACE_MS, Condition, EntryKind, GeneratedKind, Input, InputType, Monitor,
};
use unit::{argument, comment, description};

/// Where the scripts stand, and where their commands start.
pub const FOLDER: &str = "/usr/local/lib/rulec";

/// Where the files of variables stand, one for each entry.
const VARIABLES: &str = "/etc/rulec";

/// What the script itself takes to end, over what it may run.
const MARGIN_MS: u64 = 30_000;

/// The target `systemd`.
#[derive(Debug, Clone, Copy)]
pub struct Systemd;

impl Target for Systemd {
    fn name(&self) -> &'static str {
        "systemd"
    }

    fn about(&self) -> &'static str {
        "units for systemd: a service for the script, a timer for each monitor"
    }

    fn extension(&self) -> &'static str {
        "service"
    }

    fn losses(&self, plan: &Plan) -> Vec<Loss> {
        let lost = plan.monitors.iter().filter(|monitor| argument(&monitor.id).is_none());
        lost.map(|monitor| Loss {
            what: String::from("a monitor whose id has a NUL character"),
            instead: String::from("it has no units"),
            source: monitor.source.clone(),
            part: None,
        })
        .collect()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        let entry = &plan.entry;
        let unit = format!("rulec-{}", file_name(&entry.id, "service"));
        let mut text = head(plan, &unit, &format!("runs {} once", words(&entry.name, &entry.id)));
        let drop_in =
            format!("#   ExecStart=/bin/sh /elsewhere/{} run --no-color", file_name(&entry.id, "sh"));
        let variables = variables(plan);
        let script = script(plan);
        let remarks = [
            format!("# It needs {script}: rulec compile --target sh -o {FOLDER}/"),
            format!("# Elsewhere? Say so with `systemctl edit {unit}`:"),
            String::from("#   [Service]"),
            String::from("#   WorkingDirectory=/elsewhere"),
            String::from("#   ExecStart="),
            drop_in,
            format!("# Inputs and secrets are lines NAME=VALUE of {variables}, which only root should read:"),
        ];
        for remark in remarks {
            writeln!(text, "{remark}").expect("a string takes any text");
        }
        if plan.inputs.is_empty() {
            text.push_str("#   it takes none\n");
        }
        for line in plan.inputs.iter().filter_map(input) {
            text.push_str(&line);
        }
        let confirmed = confirmed(plan);
        if !confirmed.is_empty() {
            text.push_str(
                "# Nobody is there to confirm these, so it refuses to run (exit code 3) unless `ExecStart` says \
                 `run --yes`:\n",
            );
        }
        for line in confirmed {
            writeln!(text, "#   {}", &comment(line)[1..].trim_start()).expect("a string takes any text");
        }
        let about = description(&words(&entry.name, &entry.id));
        write!(text, "\n[Unit]\nDescription={about}\n\n[Service]\n").expect("a string takes any text");
        text.push_str(&service(plan, "run --no-color", stop_limit(plan)));
        // Paused, and ended since somebody asked for it, is as it should be.
        text.push_str("SuccessExitStatus=10 143\n");
        Artifact { file_name: unit, content: text, executable: false }
    }

    fn files(&self, plan: &Plan) -> Vec<Artifact> {
        let mut files = vec![self.emit(plan)];
        // Whoever runs a component as a service wants its unit under its own name.
        files.extend(of_kind(plan, GeneratedKind::Systemd, "service"));
        for monitor in &plan.monitors {
            let Some(id) = argument(&monitor.id) else { continue };
            let name = format!("{}-monitor-{}", plan.entry.id, monitor.id);
            let unit = |ending| format!("rulec-{}", file_name(&name, ending));
            files.push(Artifact {
                content: look(plan, monitor, &id, &unit("service")),
                file_name: unit("service"),
                executable: false,
            });
            files.push(Artifact {
                content: timer(plan, monitor, &unit("timer")),
                file_name: unit("timer"),
                executable: false,
            });
        }
        files
    }
}

/// The first lines of each file: what it is, and what it was made from.
fn head(plan: &Plan, unit: &str, what: &str) -> String {
    let source = &plan.entry.source;
    let from = format!(
        "Made by rulec {} from {}:{}, plan {}",
        env!("CARGO_PKG_VERSION"),
        source.file,
        source.line,
        plan.digest
    );
    format!("{}\n{}\n", comment(&format!("{unit}: {what}")), comment(&from))
}

/// The service that looks once.
fn look(plan: &Plan, monitor: &Monitor, id: &str, unit: &str) -> String {
    let mut text = head(plan, unit, &format!("looks after {} once, for its timer", monitor.id));
    let run = monitor.on_breach.as_ref().and_then(|reaction| reaction.run.as_ref());
    let is_own = run.is_some_and(|run| is_entry(plan, run));
    if let Some(run) = run.filter(|_| !is_own) {
        let script =
            format!("A breach runs {run}, whose script must stand beside that of this plan: {}", path(run));
        writeln!(text, "{}", comment(&script)).expect("a string takes any text");
    }
    let about = description(&format!("{}: {}", monitor.id, monitor.text));
    write!(text, "\n[Unit]\nDescription={about}\n\n[Service]\n").expect("a string takes any text");
    let limit = match run {
        None => Some(2 * CHECK_GRACE_MS + MARGIN_MS),
        Some(_) if is_own => stop_limit(plan),
        Some(_) => None,
    };
    text.push_str(&service(plan, &format!("monitor --once --quiet --no-color -- {id}"), limit));
    // A look that another process is taking is no failure, nor is one that was ended on demand.
    text.push_str("SuccessExitStatus=7 143\n");
    text
}

/// The timer of that service.
fn timer(plan: &Plan, monitor: &Monitor, unit: &str) -> String {
    let mut text =
        head(plan, unit, &format!("looks after {} every {}", monitor.id, duration(monitor.every_ms)));
    let every = seconds(monitor.every_ms);
    // Left to itself, systemd is late by up to a minute, to wake up less often.
    let accuracy = seconds((monitor.every_ms / 10).clamp(1, 1_000));
    let about = description(&format!("look after {} every {}", monitor.id, duration(monitor.every_ms)));
    write!(
        text,
        "# systemctl enable --now {unit}\n\n[Unit]\nDescription={about}\n\n[Timer]\nOnActiveSec=0\n\
         OnUnitActiveSec={every}s\nAccuracySec={accuracy}s\n\n[Install]\nWantedBy=timers.target\n",
    )
    .expect("a string takes any text");
    text
}

/// What all services have in common: run the script with these arguments, and give it so long to stop.
fn service(plan: &Plan, arguments: &str, stop_ms: Option<u64>) -> String {
    let stop = stop_ms.map_or_else(|| String::from("infinity"), |ms| format!("{}s", seconds(ms)));
    let (script, variables) = (script(plan), variables(plan));
    format!(
        "Type=oneshot\nExecStart=/bin/sh {script} {arguments}\nWorkingDirectory={FOLDER}\n\
         EnvironmentFile=-{variables}\nStateDirectory=rulec\nStateDirectoryMode=0700\n\
         Environment=RULEC_STATE_DIR=%S/rulec\n\
         # TERM goes to the script alone, which stops its commands, rolls back, and ends.\n\
         KillMode=mixed\nTimeoutStartSec=infinity\nTimeoutStopSec={stop}\n"
    )
}

/// How long the script may take to end once it is asked to: the rollback, the final steps, and what was under way.
fn stop_limit(plan: &Plan) -> Option<u64> {
    let run = bounds::run(plan);
    let Bound::Finite(ms) = run.rollback.bound.then(run.finally.bound) else { return None };
    let groups = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let steps = plan.steps.iter().chain(groups).chain(&plan.finally);
    let grace = steps.map(|step| step.grace_ms).max().unwrap_or(0).max(CHECK_GRACE_MS);
    Some(ms.saturating_add(grace).saturating_add(MARGIN_MS))
}

fn words(name: &str, id: &str) -> String {
    if name == id { id.to_owned() } else { format!("{name} ({id})") }
}

fn script(plan: &Plan) -> String {
    path(&plan.entry.id)
}

/// Where the script of an entry stands.
fn path(entry: &str) -> String {
    format!("{FOLDER}/{}", file_name(entry, "sh"))
}

fn variables(plan: &Plan) -> String {
    format!("{VARIABLES}/{}", file_name(&plan.entry.id, "env"))
}

fn is_entry(plan: &Plan, procedure: &str) -> bool {
    plan.entry.kind == EntryKind::Procedure && plan.entry.id == procedure
}

/// A line about an input; none where its value is fixed.
fn input(input: &Input) -> Option<String> {
    let what = match (&input.default, input.required) {
        _ if input.value.is_some() => return None,
        (Some(default), _) => format!("{default} where it is not given"),
        (None, true) => String::from("needed"),
        (None, false) => String::from("may be given"),
    };
    let kind = match input.kind {
        InputType::Enum => format!("one of {}", input.values.join(", ")),
        kind => kind.name().to_owned(),
    };
    let line = comment(&format!("{}: {kind}, {what}; {}", input.name, input.description));
    Some(format!("#   {}\n", line.trim_start_matches("# ").trim_end_matches([';', ' '])))
}

/// What only a person can confirm, in the order of a run: nobody is there when a service runs.
fn confirmed(plan: &Plan) -> Vec<&str> {
    let prose = |condition: &&Condition| condition.mandatory && condition.check.is_none();
    let before = plan.preconditions.iter().filter(prose).map(|condition| condition.text.as_str());
    let after = plan.postconditions.iter().filter(prose).map(|condition| condition.text.as_str());
    let steps = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Manual { instruction } => Some(instruction.as_str()),
        Action::Condition { condition } if prose(&condition) => Some(condition.text.as_str()),
        _ => None,
    });
    before.chain(steps).chain(after).collect()
}
