//! The emitted script held against the machine: the same plans in the same worlds give the same traces.

use std::process::Command;

use rulec::plan::Plan;
use rulec::plan::ir::{Action, Condition, InputType, OnFailure, Step, Undo};
use serde_json::{Value, json};

use super::bench::{every_shell, find, installed};
use super::plans::{check, input, on_failure, plan, retry, rollback, step, verify};
use super::stage::{agrees, all_at_once, can_be_told, not_held};
use super::terminal::Terminal;
use crate::conformance::case::{Case, cases};
use crate::support::plans::finish;
use crate::support::world::{Act, Surroundings};
use crate::support::{project, snapshot};

/// Cases whose world a script can't be told: the value of an input is wrong that the plan itself gives.
const NOT_TOLD: [&str; 1] = ["gate-inputs-refused"];

/// What a script can't hold, so that compiling for it is refused, is in the snapshot: each line that goes is a
/// gain, and none comes unseen.
#[test]
fn every_case_gives_its_trace() {
    let cases = cases();
    let (held, lost): (Vec<_>, Vec<_>) = cases.iter().partition(|case| not_held(&case.plan).is_empty());
    let line = |case: &&Case| format!("{}: {}", case.name, not_held(&case.plan).join(", "));
    let lines: Vec<_> = lost.iter().map(line).collect();
    let head = format!("{} of {} cases ask for what a script can't hold", lost.len(), cases.len());
    snapshot("shell_not_held", &format!("{head}:\n{}", lines.join("\n")));
    let (held, untold): (Vec<_>, Vec<_>) =
        held.into_iter().partition(|case| can_be_told(&case.plan, &case.world));
    assert_eq!(untold.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(), NOT_TOLD);
    let runs = held.into_iter().flat_map(|case| installed().into_iter().map(move |shell| (case, shell)));
    let faults =
        all_at_once(runs.collect(), |(case, shell)| agrees(shell, &case.plan, &case.world, &case.trace));
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// Plans and worlds in which script and machine once differed, or might.
fn finds() -> Vec<(Plan, Surroundings)> {
    let mut finds: Vec<(Plan, Surroundings)> = Vec::new();
    let mut find = |name: &str, mut plan: Plan, world: Value| {
        name.clone_into(&mut plan.entry.id);
        finds.push((finish(plan), serde_json::from_value(world).unwrap()));
    };
    let act = |id: &str| step(id, &format!("act {id}"));
    let undone = |id: &str| {
        let undo =
            Some(Undo { command: format!("act {id}.undo"), timeout_ms: Some(400), ..Default::default() });
        Step { undo, ..act(id) }
    };
    let checked = |id: &str, mandatory: bool| {
        let condition = Condition { mandatory, ..check("it answers", &format!("act {id}")) };
        Step { action: Action::Condition { condition }, ..act(id) }
    };
    let manual = |id: &str| Step { action: Action::Manual { instruction: "Do it.".into() }, ..act(id) };
    let hang = json!([{ "hangs": true }]);

    find("lock-is-held", plan([act("a")]), json!({ "gates": { "lock": false } }));
    let with_input = Plan { inputs: vec![input("PORT", InputType::Port)], ..plan([act("a")]) };
    find("input-is-missing", with_input.clone(), json!({ "gates": { "inputs": false } }));
    find("input-is-given", with_input.clone(), json!({}));
    let mut wrong = with_input;
    wrong.inputs[0].default = Some("80".into());
    find("input-is-wrong", wrong, json!({ "gates": { "inputs": false } }));

    let limited = |step: Step| Plan { timeout_ms: Some(1500), ..plan([undone("a"), step]) };
    let alerting = on_failure(undone("b"), OnFailure::AlertAndContinue);
    find("limit-stops-without-alert", limited(alerting), json!({ "jobs": { "b": hang } }));
    let lenient = verify(checked("b", false), "act verify", 3, 0);
    find("limit-stops-what-need-not-hold", limited(lenient), json!({ "jobs": { "b": hang } }));
    let polled = verify(undone("b"), "act verify", 3, 60_000);
    find("limit-falls-between-polls", limited(polled), json!({ "jobs": { "verify": [{ "exit": 9 }] } }));
    let tried = retry(undone("b"), 3, 60_000);
    find("limit-falls-before-an-attempt", limited(tried), json!({ "jobs": { "b": [{ "exit": 9 }] } }));

    let asked = verify(retry(manual("a"), 2, 0), "act verify", 2, 0);
    find("declined-thrice", plan([undone("z"), asked.clone()]), json!({ "people": { "Do it.": false } }));
    find("confirmed-and-verified", plan([asked]), json!({ "jobs": { "verify": [{ "exit": 1 }, {}] } }));
    let asking_back = Plan { rollbacks: vec![rollback("R", [manual("R/1")])], ..plan([act("a")]) };
    let deserted = json!({ "jobs": { "a": [{ "exit": 1 }] }, "gates": { "attendance": false } });
    find("nobody-is-needed-before-the-rollback", asking_back, deserted);

    let later = verify(checked("a", false), "act verify", 1, 0);
    find("unheld-but-verified", plan([later]), json!({ "jobs": { "a": [{ "exit": 7 }] } }));
    let failing = json!({ "jobs": {
        "b": [{ "exit": 1 }],
        "a.undo": [{ "hangs": true, "ignores_term": true }],
        "z.undo": [{ "takes_ms": 300 }],
    }, "cancel_at_ms": 100 });
    find("cancelled-while-undoing", plan([undone("z"), undone("a"), act("b")]), failing);
    finds
}

#[test]
fn finds_stay_mended() {
    let finds = finds();
    let runs = finds.iter().flat_map(|find| installed().into_iter().map(move |shell| (find, shell)));
    let faults = all_at_once(runs.collect(), |((plan, world), shell)| {
        agrees(shell, plan, world, &world.play(plan).lines)
    });
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_question_ends_with_its_time_and_with_the_run() {
    every_shell(|bench| {
        let asks = |timeout_ms| {
            let action = Action::Manual { instruction: "Do it.".into() };
            Step { action, timeout_ms, ..step("a", "") }
        };
        for (timeout_ms, run_ms, ended, status) in
            [(Some(400), 60_000, "timed_out", "failed"), (None, 600, "stopped", "cancelled")]
        {
            let plan = Plan { timeout_ms: Some(run_ms), ..plan([asks(timeout_ms)]) };
            let mut command = bench.command(&bench.emit(&plan), &["--trace=lines"]);
            let terminal = Terminal::attach(&mut command, &[]);
            let child = command.spawn().unwrap();
            drop(command);
            bench.wait(child);
            assert!(terminal.seen().contains("Do it. [y/N]"));
            let lines = bench.read("lines");
            let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let of = |event: &str| lines.iter().find(|line| line["event"] == event).unwrap();
            assert_eq!(of("attempt_ended")["ended"], ended, "{lines:?}");
            assert_eq!(of("attempt_ended")["exit_code"], 124, "{lines:?}");
            assert_eq!(of("step_ended")["status"], status, "{lines:?}");
        }
    });
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
