//! A plan as one self-contained POSIX shell script.
//!
//! The runtime is real shell source under `runtime/`, the same in every script; `data` writes the plan as
//! functions behind it; the last line starts it all and names the digest of the lines before it, so that a
//! changed script refuses to run. What the script can't hold, `losses` tells.
//!
//! `runtime.rs` has the parts of the runtime in their order. A definition of the plan sets variables over
//! `rulec_defaults`; a function that yields a value leaves it in `rulec_out`.
//!
//! # Exit codes
//!
//! | code | meaning |
//! |---|---|
//! | 0 | succeeded, degraded or already done |
//! | 1 | `monitor --once`: something is not well |
//! | 2 | wrong usage, or there is no such run |
//! | 3 | refused: a gate is shut, or the command can't be carried out; nothing was done |
//! | 4 | failed, with nothing to roll back; or abandoned |
//! | 5 | failed, and rolled back |
//! | 6 | the rollback failed, in part at least |
//! | 7 | another run holds the lock, or somebody else goes on with this one |
//! | 8 | the script was changed; `audit verify`: the audit log was |
//! | 9 | the state folder can't be used, or the disk is full: what was begun waits for `resume` |
//! | 10 | paused |
//! | 11 | a run of this scope is not over; `resume`: a person must decide about a step |
//! | 14 | a tool is missing |
//! | 70 | a fault of the script |
//! | 129, 130, 143 | cancelled by HUP, INT, TERM, and rolled back; 143 by `cancel`, too |
//!
//! # State
//!
//! Below `${RULEC_STATE_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/rulec}/SCOPE`, for its owner only:
//!
//! | path | holds |
//! |---|---|
//! | `lock/` | the generations of the lock, the highest of which decides |
//! | `open/RUN` | what is run, for each run that has passed its gates and is not over |
//! | `done/EXECUTION` | that a run of that execution has succeeded, and when, where the rules ask for idempotency |
//! | `approvals/EXECUTION.N` | that somebody has given approval N, for a run that is still to come |
//! | `audit.jsonl` | the audit log, where the rules name no other place; beside it `audit.jsonl.lock/` |
//! | `monitors/ID/` | what was seen last |
//! | `runs/RUN/journal` | each transition, `v1 GENERATION EPOCH EVENT ARGUMENTS .`, before it takes effect and after |
//! | `runs/RUN/results` | each result for the report, `LIST KEY JSON`, of which the last of a key counts |
//! | `runs/RUN/about` | who runs it, in which folder, by which script |
//! | `runs/RUN/inputs` | the values that `resume` is to run with, but for secrets, which it asks for |
//! | `runs/RUN/approval.N` | approval N, which the run has used |
//! | `runs/RUN/report.json` | the report, once its runner is done |
//! | `runs/RUN/N-STEP.ATTEMPT.log` | what a command printed |
//! | `runs/RUN/N-STEP.file.old`, `.record`, `kept` | what a file held before, what was done to it, and when the run ended |
//! | `runs/RUN/pause`, `cancel`, `wake` | what is asked of the runner from elsewhere, and what wakes it up for that |
//! | `runs/RUN/reserve` | room on the disk for the last words of the journal |
//!
//! While a command runs, `.claim` says which process leads it, `.code` how it ended, `.stop` that it is being
//! stopped. A plan without a lock has a SCOPE of its own, which ends in `+free`, and each of its runs a lock of
//! its own. The newest 64 runs that are over are kept; `RULEC_KEEP_RUNS` is another number.
//!
//! # The limit of a run
//!
//! The limit on a whole run counts from the lock to the end of its postconditions, while somebody runs it: what the
//! runners before a `resume` took counts, by the seconds in the journal, and the time in which it was paused, or its
//! runner was dead, does not. What was under way when a runner died is stopped as soon as the limit is over.
//!
//! # Idempotency
//!
//! An execution has the first 16 hexadecimal digits of the SHA-256 of the plan's digest and of
//! `NAME=LENGTH:VALUE` for each input for its id, but of no secret: its digest would tell whoever guesses one
//! that the guess is right, and a password that was changed does not make another execution. Where the rules
//! ask for it, an execution that has succeeded within the time to live is `already_done`, unless `--anew` is given, as
//! a monitor does: a breach is the proof that what was done does not stand. A degraded run may run
//! again, for the sake of the steps that failed.
//!
//! # Safety of the state
//!
//! A folder that another user owns, could write in or could swap is refused (exit code 9), for root too; one
//! of the user's own that others may enter is tightened. The folder itself and what is in it may not be links;
//! links on the way to it may, if they are the user's or root's. `RULEC_SYNC=0` leaves it to the system when
//! what was written reaches the disk.
//!
//! # The audit log
//!
//! Where the plan asks for one: lines of JSON in its `audit.path`, relative to the working folder at the start, or
//! in `audit.jsonl` of the scope. `seq`, `at`, `run`, `execution`, `plan`, `by`, `event`, further members, then
//! `prev` and `hash`: the SHA-256 of the line before `,"hash":`, and that of the line before, 64 zeros for the first.
//! The events are `run_started`, `run_resumed`, `approved`, `attested`, `step_ended`, `broken_off`, `rollback_started`,
//! `undo_ended` and `run_ended`, and `alert` of a monitor; `anchor`, `torn` and `broken` are about the log itself. Attempts are in
//! the journal of the run, and not here: a line costs as much as starting three processes.
//! `runtime/audit.sh` tells how writers share it, how old lines go, and what is done about a line that was cut off.
//! `audit verify` shows what was changed, removed, put in, put in another order or cut off (exit code 8). It can't
//! show that the last lines were removed together with what `FILE.lock/` says about them, nor that all was written
//! anew from some line on: for that, hold the last hash against those in the reports of the runs.
//!
//! # Window and approvals
//!
//! A window guards the start of a run: the hours are those that `date` shows on the machine, so `TZ` counts, and
//! an hour that the clocks skip is not there that day. A run that has started, and one that is resumed, may go
//! on when the window shuts.
//!
//! An approval says that a named person agrees to one run of this plan with these inputs (secrets apart). It is
//! given before the run by `approve`, on record in `approvals/EXECUTION.N` (N: its number in the plan), at the
//! terminal of the run, or by `--approve`; `--yes` gives none. No two approvals of a run are by one name. A
//! record counts for a day (`RULEC_APPROVAL_TTL`, in seconds), and serves one run: it moves to the folder of the
//! run before the first step, so that a run which is refused first leaves it for the next. Who runs a script could
//! write any name: an approval is a record of who said so, not a proof of it. Accounts that approve for one
//! another need one `RULEC_STATE_DIR`, and the right to write to `SCOPE/approvals` there: this script gives it to its
//! own account only.
//!
//! # Files
//!
//! A step that writes a file runs a program of its own, `runtime/file.sh`, which says how: new content to a temporary
//! file beside the old one, to the disk, renamed. Whatever happens meanwhile, the path holds the old content or the
//! new, and the next attempt or the undo removes the temporary file. Before, the old file, or that there was none,
//! is kept in the run folder: `N-STEP.file.old` and `.record`. The undo puts it back, content, mode and time, but
//! only where the file still is what the step wrote. An `undo` that the step states takes the place of that. The
//! owner is kept where the system lets it; hard links to the old file keep the old content.
//!
//! Where the plan names a folder for the backups, they are in FOLDER/SCOPE/RUN.BIRTH instead, folders as safe as those of the
//! state. They go once it is on record that the run has succeeded, where the plan says so, and in time after its end;
//! `kept` beside them says when that was, and a run that was not brought to its end has none. An undo that does not find
//! the folder has failed.
//!
//! The path may have no `..`, and no symbolic link below the working folder; `allowed_paths` and `forbidden_paths`
//! are held against it as it is written and as it really is, from the folder of the run and from the root. The step
//! ends with 0: done; 1: the system would not do it; 3: the path is refused; 4: the content is not the expected one.
//!
//! # Secrets
//!
//! They come from the environment or from the file that NAME_FILE names, never from an option, and leave the
//! environment of the script before it starts anything; only the commands of the plan find them in theirs. They
//! stand in no argument of a process and in no file. What commands print comes to the logs, the terminal and the
//! report with `***` for each line of a secret. Parts of less than three bytes are not masked by themselves. A whole
//! secret is masked in base 64, percent-encoded, escaped for JSON and quoted for a shell, too; other forms, parts of
//! these and what is broken into lines are not; the kernel shows the environment that the script was started with to
//! its owner and to root. A NUL that a command prints beside secrets may become the end of the line.
//!
//! # The report
//!
//! One JSON object at the end of every run that got a state folder, refused ones too; ASCII, and valid
//! whatever the plan and its commands print. `report` prints it; while a run goes on, and after it was killed, it
//! makes one of what is there. Keys may be added; `version` changes when one changes or goes.
//!
//! | key | value |
//! |---|---|
//! | `version` | 1 |
//! | `plan`, `execution`, `entry` | the plan's digest; id of plan and inputs; `kind`, `id`, `name` and `source` of what was compiled |
//! | `run`, `folder` | id of the run; the folder of its logs |
//! | `outcome` | `succeeded`, `degraded`, `failed`, `rolled_back`, `rollback_failed`, `cancelled`, `refused`, `already_done` or `abandoned`; of a run that is not over `paused` or `unfinished` |
//! | `exit_code`, `reason` | as the script ended, 10 for a pause, null before it has; why, empty for a success |
//! | `started`, `finished`, `duration_ms` | UTC, to the second, the end null before it; the time between, more exactly |
//! | `attested` | what a person confirmed: `text`, `by` (`USER@HOST`), `name` where `--as` gives one, `how` (`terminal`, or `option` for `--yes`) |
//! | `approvals` | who approved the run: `role` (null: none was asked for), `name`, `by` (`USER@HOST`, who was logged in), `at` (UTC), `how` (`record` for `approve`, `terminal`, or `option` for `--approve`) |
//! | `preconditions`, `postconditions`, `checklist` | `text`, `mandatory`, `status` (`held`, `failed`, `attested`, `declined`, `unconfirmed`, `cancelled`), `detail`; those that were reached; `checklist` is there for `--checklist` only |
//! | `steps`, `finally` | `id`, `name`, `kind`, `status` (`ok`, `failed`, `cancelled`: stopped with the run, by a signal or by its limit; `skipped`; `not_run`; `unfinished`: under way when its runner was killed), `attempts`, `exit_code` (of the last attempt, or of the last poll where that failed it; 124: timed out or stopped; null: none), `duration_ms`, `verified` (null: nothing to verify), `polls`, `reason`, and `output` where it is kept |
//! | `audit` | `file`, `lines`, `hash`: how far the audit log had come; null where none is kept, and where a report was made of what is there |
//! | `undone` | in the order of undoing: `id`, `name`, `status`, `exit_code`, `duration_ms`, `reason` |
//! | `rollback` | the groups that ran: `procedure`, `name`, `steps` as above |
//! | `alerts` | `step`, `message`, `delivered`, `exit_code` |
//!
//! As JUnit it is one suite with a case for each condition, step, undo and rollback step, and one called `the run`
//! where none of them says why it is no success. For Prometheus it is `rulec_run_success`, `rulec_run_outcome`,
//! `rulec_run_exit_code`, `rulec_run_duration_seconds`, `rulec_run_finished_timestamp_seconds`, `rulec_step_status`,
//! `rulec_step_duration_seconds` and `rulec_step_attempts`, gauges with the labels `entry`, and `step`, `outcome` or
//! `status`.
//!
//! # Monitors
//!
//! `SCRIPT monitor [ID]...` looks after the monitors of the plan, each at its own pace and one at a time, until
//! a signal ends it; with `--once` it looks once and ends, for cron and timers. A breach is told when it
//! begins, every hour while it lasts, and when it is over; an alert that could not be raised is raised again at
//! the next look. The procedure that a breach runs is started when the breach begins, and every hour while it
//! lasts, as anybody would start it, but nobody is there to confirm anything, unless `--yes` is given. It is
//! this script, or the one of that procedure in the same folder.
//!
//! `monitors/ID/` holds `state`, what was seen last; `lock/`, so that no two watches look after the same
//! monitor; `breach.log`, what the check printed when the last breach was told.
//!
//! # The status
//!
//! `status` only reads, so it can be asked while the run goes on. It exits with 0 where it could tell; with
//! `--exit-code` as the run did, with 0 while it goes on, 10 where it is paused and 11 where its runner is gone.
//! With `--json` it is one object on one line. Keys may be added; `version` changes when one changes or goes.
//!
//! | key | value |
//! |---|---|
//! | `version` | 1 |
//! | `run`, `folder`, `entry`, `plan`, `execution` | as in the report; null: not known |
//! | `state` | `running`, `paused`, `stopped` (its runner is gone: resume or cancel), `elsewhere` (started on another machine, which alone can tell) or `over` |
//! | `phase` | `gates`, `steps`, `postconditions`, `stopping`, `rollback`, `finally` or `over` |
//! | `outcome`, `exit_code` | as in the report, null before the end |
//! | `cause` | why it was broken off: `failure`, `postcondition`, `cancelled`, `deadline` or null |
//! | `requested` | `pause` or `cancel`, where that was asked for from elsewhere, or null |
//! | `pid`, `host` | of its runner |
//! | `started`, `updated` | UTC, of its first and its last record |
//! | `elapsed_s`, `estimated_s` | so far; what its author expects, or null |
//! | `percent`, `steps` | `total`, `over`, and of these `ok`, `failed`, `skipped`, `cancelled`: the steps of the plan, without rollback and final ones |
//! | `timeline` | only of a timeline: `horizon_s`, `elapsed_s` (since the first step might begin), `rehearsal` (by how much times are divided, or null), how many tasks are `resolved`, the `tasks` (`id`, `name`, `owner`, `state`: `pending`, `in_progress`, `resolved`, `partially_resolved` or `failed`), and the `next_checkpoint` (`id`, `name`, `at`) or null |
//! | `current` | the steps under way: `number`, `id`, `name`, `owner`, `stage`, `elapsed_s` (in this stage), `attempt` of `attempts`, `poll` of `polls`, `waiting_for` (`delay_before`, `backoff`, `interval`, `delay_after` or null) and `until` when |
//! | `undoing`, `next`, `next_question` | `number` and `id` of the step that is being undone, of the next three that have not begun, of the next at which a person is asked |
//!
//! `list --json` is a list of `run`, `entry`, `started`, `state`, `outcome`, `exit_code` and `duration_s`.
//!
//! # The trace
//!
//! With `--trace FILE` each thing is written there as it happens: lines of JSON, the same in the same order as
//! `simulate` gives for the plan and a world like the real one, with `at_ms` from the script's own clock.

mod data;
mod embed;
mod file;
mod gates;
mod losses;
mod order;
mod pattern;
mod quote;
mod runtime;
mod times;
mod watch;
mod when;

use sha2::{Digest, Sha256};

use super::{Artifact, Loss, Target, file_name};
use crate::plan::canonical::{pretty, to_value};
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
        runtime::write(plan, &mut content);
        // The evaluator is long, and most plans have no condition: only a script that has one carries it.
        content.push_str(&when::functions(plan, &data::stems(plan)));
        content.push_str("\n# ---- The plan.\n");
        content.push_str(&file::program(plan));
        content.push_str(&data::functions(plan, &losses::find(plan)));
        content.push_str(
            "\n# ---- The same plan as JSON, for `plan`: each line as what it changes in an earlier one.\n",
        );
        content.push_str(&embed::comments(&pretty(&to_value(plan))));
        content.push('\n');
        let digest: String =
            Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        content.push_str(&format!("rulec_boot {digest} {} ${{1+\"$@\"}}\n", content.len()));
        Artifact { file_name: file_name(&plan.entry.id, self.extension()), content, executable: true }
    }
}

fn header(plan: &Plan) -> String {
    let entry = &plan.entry;
    let name = quote::comment(&format!("{} ({})", entry.name, entry.id));
    let place =
        quote::comment(&format!("{}:{} {}", entry.source.file, entry.source.line, entry.source.pointer));
    let digest = quote::comment(&plan.digest);
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "#!/bin/sh
# shellcheck shell=sh disable=SC1003,SC2016,SC2030,SC2031,SC2034,SC2154,SC2317,SC2329
trap 'echo \"rulec: refused: this script is cut off; nothing was run\" >&2; exit 8' EXIT

# {name}
# from {place}
# plan {digest}
#
# Made by rulec {version}; do not edit, a changed script refuses to run. For help: sh THIS-FILE --help
"
    )
}
