//! A plan as one self-contained POSIX shell script.
//!
//! The runtime is real shell source under `runtime/`, the same in every script; `data` writes the plan as
//! functions behind it; the last line starts it all and names the digest of the lines before it, so that a
//! changed script refuses to run. What the script can't hold, `losses` tells.
//!
//! The parts of the runtime, in order: prologue, helpers, processes, state and lock, inputs, steps, checks,
//! the run with its rollback, report, what is shown without running, the command line. A definition of the
//! plan sets variables over `rulec_defaults`; a function that yields a value leaves it in `rulec_out`.
//!
//! # State
//!
//! Below `${RULEC_STATE_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/rulec}/SCOPE`, for its owner only:
//! `lock/` holds the generations of the lock, the highest of which decides; `runs/RUN/` holds `report.json`
//! and a log for each attempt, `N-STEP.ATTEMPT.log`. While a command runs, `.claim` says which process leads
//! it, `.code` how it ended, `.stop` that it is being stopped.
//!
//! # The report
//!
//! One JSON object at the end of every run that got a state folder, refused ones too; ASCII, and valid
//! whatever the plan and its commands print. Keys may be added; `version` changes when one changes or goes.
//!
//! | key | value |
//! |---|---|
//! | `version` | 1 |
//! | `plan`, `entry` | the plan's digest; `kind`, `id`, `name` and `source` of what was compiled |
//! | `run`, `folder` | id of the run; the folder of its logs |
//! | `outcome` | `succeeded`, `degraded`, `failed`, `rolled_back`, `rollback_failed`, `cancelled` or `refused` |
//! | `exit_code`, `reason` | as the script ended; why, empty for a success |
//! | `started`, `finished`, `duration_ms` | UTC, to the second; the time between, more exactly |
//! | `attested` | what a person confirmed: `text`, `by` (`USER@HOST`), `how` (`terminal`, or `option` for `--yes`) |
//! | `preconditions`, `postconditions`, `checklist` | `text`, `mandatory`, `status` (`held`, `failed`, `attested`, `declined`, `unconfirmed`, `cancelled`), `detail`; those that were reached; `checklist` is there for `--checklist` only |
//! | `steps`, `finally` | `id`, `name`, `kind`, `status` (`ok`, `failed`, `cancelled`: stopped with the run, by a signal or by its limit; `not_run`), `attempts`, `exit_code` (of the last attempt, or of the last poll where that failed it; 124: timed out or stopped; null: none), `duration_ms`, `verified` (null: nothing to verify), `polls`, `reason`, and `output` where it is kept |
//! | `undone` | in the order of undoing: `id`, `name`, `status`, `exit_code`, `duration_ms`, `reason` |
//! | `rollback` | the groups that ran: `procedure`, `name`, `steps` as above |
//! | `alerts` | `step`, `message`, `delivered`, `exit_code` |
//!
//! # The trace
//!
//! With `--trace FILE` each thing is written there as it happens: lines of JSON, the same in the same order as
//! `simulate` gives for the plan and a world like the real one, with `at_ms` from the script's own clock.

mod data;
mod losses;
mod order;
mod quote;

use sha2::{Digest, Sha256};

use super::{Artifact, Loss, Target, file_name};
use crate::plan::ir::Plan;

/// The shell target.
#[derive(Debug, Clone, Copy)]
pub struct Shell;

impl Target for Shell {
    fn name(&self) -> &'static str {
        "sh"
    }

    fn about(&self) -> &'static str {
        "a self-contained POSIX shell script that runs the plan"
    }

    fn extension(&self) -> &'static str {
        "sh"
    }

    fn losses(&self, plan: &Plan) -> Vec<Loss> {
        losses::find(plan).into_iter().map(|lost| lost.loss).collect()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        let mut content = header(plan);
        for part in RUNTIME {
            content.push('\n');
            content.push_str(part);
        }
        content.push_str("\n# ---- The plan.\n\nrulec_wrap=");
        content.push_str(&quote::single(WRAPPER.trim_end()));
        content.push('\n');
        content.push_str(&data::functions(plan, &losses::find(plan)));
        content.push('\n');
        let digest: String =
            Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        content.push_str(&format!("rulec_boot {digest} ${{1+\"$@\"}}\n"));
        Artifact { file_name: file_name(&plan.entry.id, self.extension()), content, executable: true }
    }
}

/// The shell sources, in the order in which they stand in a script.
const RUNTIME: [&str; 11] = [
    include_str!("runtime/prologue.sh"),
    include_str!("runtime/helpers.sh"),
    include_str!("runtime/process.sh"),
    include_str!("runtime/state.sh"),
    include_str!("runtime/input.sh"),
    include_str!("runtime/step.sh"),
    include_str!("runtime/check.sh"),
    include_str!("runtime/run.sh"),
    include_str!("runtime/report.sh"),
    include_str!("runtime/show.sh"),
    include_str!("runtime/main.sh"),
];

/// What leads the process group of a command; in the script it is a string.
const WRAPPER: &str = include_str!("runtime/wrap.sh");

fn header(plan: &Plan) -> String {
    let entry = &plan.entry;
    let name = quote::comment(&format!("{} ({})", entry.name, entry.id));
    let place =
        quote::comment(&format!("{}:{} {}", entry.source.file, entry.source.line, entry.source.pointer));
    let digest = quote::comment(&plan.digest);
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "#!/bin/sh
# shellcheck shell=sh disable=SC1003,SC2016,SC2034,SC2154,SC2317,SC2329
trap 'echo \"rulec: refused: this script is cut off; nothing was run\" >&2; exit 8' EXIT

# {name}
# from {place}
# plan {digest}
#
# Made by rulec {version}; do not edit, a changed script refuses to run. For help: sh THIS-FILE --help
"
    )
}
