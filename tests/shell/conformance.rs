//! The emitted script held against the machine: the same plans in the same worlds give the same traces.

use std::process::Command;

use rulec::plan::Plan;
use serde_json::Value;

use super::bench::{every_shell, find, installed};
use super::stage::{agrees, all_at_once, can_be_told, not_held};
use crate::support::world::{Act, Surroundings};
use crate::support::{project, read, tools};

/// Where the cases stand, from the folder of the project.
const FOLDER: &str = "tests/conformance/cases";

/// Cases whose plans ask for what a script can't hold, so that compiling them for it is refused. Each line that
/// goes is a gain; none may come unseen.
const NOT_HELD: &[&str] = &[
    "abort-ends-waits",
    "abort-first-failure-counts",
    "abort-leaves-waiting-steps",
    "abort-stops-siblings",
    "alert-of-undecidable-when",
    "branches-do-not-wait",
    "cancel-remedy",
    "cancel-several",
    "cancel-while-stopping-ignored",
    "condition-step-not-mandatory",
    "diamond",
    "finally-when",
    "gate-approval-refused",
    "gate-earlier-refused",
    "gate-lock-refused",
    "gate-window-refused",
    "gates-in-order",
    "manual",
    "max-parallel-two",
    "mutex-apart",
    "mutex-held-while-waiting",
    "mutex-lets-others-by",
    "on-failure-continue",
    "ready-in-source-order",
    "remedy-by-exit-code",
    "remedy-by-stderr",
    "remedy-by-timeout",
    "remedy-fails-abort",
    "remedy-fails-no-continue",
    "remedy-fails",
    "remedy-max",
    "remedy-not-for-unworthy-codes",
    "remedy-not-without-attempts",
    "remedy-ok-keeps-exit-code",
    "remedy-stderr-is-not-that-of-polls",
    "remedy-then-abort",
    "remedy-then-continue",
    "remedy-then-retry",
    "remedy-times-out",
    "remedy-two-commands",
    "remedy-without-commands",
    "rollback-step-when",
    "rollback-when-of-cancelled-step",
    "skipped-lets-go-on",
    "undo-by-completion",
    "undo-ignores-cancelled-waits",
    "undo-not-skipped",
    "when-chain-at-once",
    "when-decided-when-ready",
    "when-exit-code-of-poll",
    "when-exit-code",
    "when-false",
    "when-functions",
    "when-id-in-brackets",
    "when-input-value-before-default",
    "when-inputs",
    "when-keeps-source-order",
    "when-not-a-truth-value",
    "when-of-a-skipped-step",
    "when-of-an-unfinished-step",
    "when-one-side-decides",
    "when-output-of-failure",
    "when-output-of-last-attempt",
    "when-output",
    "when-status",
    "when-undecidable",
];

/// Cases whose world a script can't be told: the value of an input is wrong that the plan itself gives.
const NOT_TOLD: &[&str] = &["gate-inputs-refused"];

/// A plan, a world, and what happens.
#[derive(serde::Deserialize)]
struct Case {
    name: String,
    plan: Plan,
    #[serde(default)]
    world: Surroundings,
    trace: Vec<Value>,
}

fn cases() -> Vec<Case> {
    let Ok(entries) = std::fs::read_dir(project().join(FOLDER)) else {
        tools::missing(FOLDER);
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let parse = |file: &std::path::PathBuf| {
        serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    files.iter().map(parse).collect()
}

#[test]
fn every_case_gives_its_trace() {
    let cases = cases();
    let names = |cases: &[&Case]| cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
    let (held, lost): (Vec<_>, Vec<_>) = cases.iter().partition(|case| not_held(&case.plan).is_empty());
    let (held, untold): (Vec<_>, Vec<_>) =
        held.into_iter().partition(|case| can_be_told(&case.plan, &case.world));
    if !cases.is_empty() {
        assert_eq!(names(&lost), NOT_HELD, "{} of {} cases are not held", lost.len(), cases.len());
        assert_eq!(names(&untold), NOT_TOLD, "{} of {} cases can't be told", untold.len(), cases.len());
    }
    let runs = held.into_iter().flat_map(|case| installed().into_iter().map(move |shell| (case, shell)));
    let faults =
        all_at_once(runs.collect(), |(case, shell)| agrees(shell, &case.plan, &case.world, &case.trace));
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn act_behaves_as_its_world_says_under_every_shell() {
    every_shell(|bench| {
        let act = |act: Act| vec![Act { exit: 3, ..Act::default() }, act];
        let jobs = [
            ("prints", act(Act { stdout: "a\n".into(), stderr: "b".into(), takes_ms: 1, ..Act::default() })),
            ("hangs", act(Act { hangs: true, ..Act::default() })),
            ("stubborn", act(Act { hangs: true, ignores_term: true, ..Act::default() })),
        ];
        let jobs = jobs.into_iter().map(|(name, acts)| (name.to_owned(), acts)).collect();
        let here = bench.path().join("world");
        Surroundings { jobs, ..Surroundings::default() }.lay_out(&here);
        let run = |name: &str| {
            let mut command = Command::new(find("timeout").expect("it is there"));
            command.args(["-s", "TERM", "-k", "0.5", "0.5"]).arg(bench.path().join("bin/sh"));
            command.arg(project().join("tests/conformance/act")).arg(name).env("ACT_WORLD", &here);
            let output = command.output().unwrap();
            let text = |bytes| String::from_utf8(bytes).unwrap();
            (output.status.code(), text(output.stdout), text(output.stderr))
        };
        let end = |code, stdout: &str, stderr: &str| (code, stdout.to_owned(), stderr.to_owned());
        assert_eq!(run("unknown"), end(Some(0), "", ""));
        for name in ["prints", "hangs", "stubborn"] {
            assert_eq!(run(name), end(Some(3), "", ""));
        }
        // The last behaviour repeats.
        for _ in 0..2 {
            assert_eq!(run("prints"), end(Some(0), "a\n", "b"));
        }
        assert_eq!(run("hangs"), end(Some(124), "", ""));
        let (code, ..) = run("stubborn");
        assert!(matches!(code, None | Some(137)), "{code:?}");
    });
}
