//! Gates: what commands decide, what people decide, and checklists.

use std::io::Write as _;
use std::process::{Command, Stdio};

use rulec::plan::Plan;
use rulec::plan::ir::{Action, Comparison};

use super::bench::{Bench, Run, every_shell, need};
use super::plans::{act, check, measure, optional, plan, prose, step, traced};

fn statuses(run: &Run, list: &str) -> Vec<String> {
    let conditions = run.report[list].as_array().unwrap_or_else(|| panic!("no {list}: {}", run.stderr));
    conditions.iter().map(|condition| condition["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_precondition_that_fails_refuses_the_run() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.preconditions =
            vec![check("one", "true"), check("two", "echo no >&2; exit 4"), check("three", "true")];
        let run = bench.run(&plan, &[]);
        run.came_to(3, "refused", "");
        assert_eq!(statuses(&run, "preconditions"), ["held", "failed"]);
        run.says("precondition 2 does not hold: exit code 4");
        run.says("| no");
    });
}

#[test]
fn what_is_not_mandatory_decides_nothing() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.preconditions =
            vec![optional(check("one", "false")), optional(prose("two")), check("three", "true")];
        let run = bench.run(&plan, &[]);
        run.came_to(0, "succeeded", "a");
        assert_eq!(statuses(&run, "preconditions"), ["failed", "unconfirmed", "held"]);
    });
}

#[test]
fn a_check_has_a_limit() {
    every_shell(|bench| {
        let mut slow = check("slow", "sleep 30");
        slow.check.as_mut().unwrap().timeout_ms = Some(200);
        let mut plan = plan([traced("a")]);
        plan.preconditions = vec![slow];
        let run = bench.run(&plan, &[]);
        run.came_to(3, "refused", "");
        run.says("timed out");
    });
}

#[test]
fn numbers_are_compared_as_numbers() {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let holds = [
        ("echo 9", Less, "10"),
        ("echo ' 10.0 '; echo 99", LessOrEqual, "10"),
        ("printf 10", Greater, "9.99"),
        ("echo 1e3", GreaterOrEqual, "1000"),
        ("printf '0.50\\r\\n'", Equal, ".5"),
        ("echo -3", Less, "-2"),
        ("echo note >&2; echo 1", Equal, "1"),
    ];
    let fails = [
        ("echo 10", Less, "9", "measured 10 ms, wanted < 9 ms"),
        ("echo ten", Less, "11", "printed `ten`, which is no number"),
        ("true", Less, "11", "printed ``, which is no number"),
        ("echo 5; exit 3", Less, "11", "exit code 3"),
        ("echo 0x10", Less, "99", "printed `0x10`, which is no number"),
        ("echo nan", Equal, "0", "printed `nan`, which is no number"),
    ];
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.preconditions = holds.iter().map(|(command, op, value)| measure(command, *op, value)).collect();
        plan.preconditions
            .extend(fails.iter().map(|(command, op, value, _)| optional(measure(command, *op, value))));
        let run = bench.run(&plan, &[]);
        run.came_to(0, "succeeded", "a");
        let expected = holds.iter().map(|_| "held").chain(fails.iter().map(|_| "failed"));
        assert_eq!(statuses(&run, "preconditions"), expected.collect::<Vec<_>>(), "{}", run.stderr);
        for (_, _, _, words) in fails {
            run.says(words);
        }
    });
}

/// A plan with prose at every place that can have it.
fn for_people() -> Plan {
    let manual = act("b", Action::Manual { instruction: "Pull the \\ plug".into() });
    let gate = act("c", Action::Condition { condition: prose("Third thing") });
    let optional_gate = act("d", Action::Condition { condition: optional(prose("Not this")) });
    let mut plan = plan([traced("a"), manual, gate, optional_gate]);
    plan.preconditions = vec![prose("First \"thing\""), optional(prose("Nor this"))];
    plan.postconditions = vec![prose("Fourth é thing")];
    plan
}

#[test]
fn unattended_prose_is_refused_with_the_whole_list() {
    every_shell(|bench| {
        let run = bench.run(&for_people(), &[]);
        run.came_to(3, "refused", "");
        let list: Vec<&str> = run.stderr.lines().filter_map(|line| line.strip_prefix("  - ")).collect();
        assert_eq!(list, ["First \"thing\"", "Pull the \\ plug", "Third thing", "Fourth é thing"]);
        run.says("--yes");
    });
}

#[test]
fn yes_attests_and_says_who() {
    every_shell(|bench| {
        let run = bench.run(&for_people(), &["--yes"]);
        run.came_to(0, "succeeded", "a");
        let attested = run.report["attested"].as_array().unwrap();
        assert_eq!(attested.len(), 4);
        assert_eq!(attested[1]["text"], "Pull the \\ plug");
        assert_eq!(attested[3]["text"], "Fourth é thing");
        for one in attested {
            assert!(one["by"].as_str().unwrap().contains('@'), "{one}");
            assert_eq!(one["how"], "option");
        }
    });
}

/// Runs a script on a terminal of its own, with these lines typed.
fn on_terminal(bench: &Bench, plan: &Plan, args: &str, typed: &str) -> Run {
    let line = format!("sh '{}' --color=never {args}", bench.emit(plan).display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).envs(bench.env()).env("SHELL", "/bin/sh");
    script.current_dir(bench.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = script.spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let mut run = bench.wait(child);
    run.stderr = std::mem::take(&mut run.stdout).replace('\r', "");
    run.report = bench.report_of(&run.stderr);
    run
}

#[test]
fn people_confirm_on_a_terminal() {
    if need("script").is_none() {
        return;
    }
    every_shell(|bench| {
        let run = on_terminal(bench, &for_people(), "", "y\nYES\ny\ny\n");
        run.came_to(0, "succeeded", "a");
        let how: Vec<_> = run.report["attested"].as_array().unwrap().iter().map(|one| &one["how"]).collect();
        assert_eq!(how, ["terminal"; 4]);
        run.says("[y/N]");
    });
}

#[test]
fn people_decline_on_a_terminal() {
    if need("script").is_none() {
        return;
    }
    every_shell(|bench| {
        on_terminal(bench, &for_people(), "", "\n").came_to(3, "refused", "");
        on_terminal(bench, &for_people(), "", "y\nn\n").came_to(5, "rolled_back", "a undo a");
    });
}

#[test]
fn a_condition_can_be_a_step() {
    every_shell(|bench| {
        let gate =
            act("b", Action::Condition { condition: check("it is there", "echo gate >>trace; exit 1") });
        let loose = act("c", Action::Condition { condition: optional(check("nice to have", "exit 1")) });
        let run = bench.run(&plan([traced("a"), loose, gate, traced("d")]), &[]);
        run.came_to(5, "rolled_back", "a gate undo a");
        assert_eq!(run.report["steps"][1]["status"], "ok");
        assert_eq!(run.report["steps"][2]["kind"], "condition");
    });
}

#[test]
fn checklists_run_on_their_own() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        let items =
            vec![check("one", "echo one >>trace"), optional(check("two", "exit 1")), prose("three é")];
        plan.checklists.insert("before it's \"on\"".into(), items);
        plan.checklists.insert("zero".into(), vec![check("no", "exit 6")]);
        let run = bench.run(&plan, &["--checklist", "before it's \"on\""]);
        run.came_to(3, "refused", "");
        run.says("  - three é");
        let run = bench.run(&plan, &["--checklist=before it's \"on\"", "--yes"]);
        run.came_to(0, "succeeded", "one");
        assert_eq!(statuses(&run, "checklist"), ["held", "failed", "attested"]);
        let run = bench.run(&plan, &["--checklist", "zero"]);
        run.came_to(4, "failed", "one");
        let run = bench.run(&plan, &["--checklist", "none"]);
        assert_eq!(run.code, 2);
        run.says("there is no checklist none");
    });
}

#[test]
fn a_rollback_does_not_wait_for_anybody() {
    every_shell(|bench| {
        let mut plan = plan([traced("a"), step("b", "exit 1")]);
        let manual = act("E2/1", Action::Manual { instruction: "Call somebody".into() });
        plan.rollbacks = vec![super::plans::rollback("E2", [manual, traced("E2/2")])];
        let run = bench.run(&plan, &[]);
        run.came_to(6, "rollback_failed", "a undo a E2/2");
        run.says("nobody is there to confirm it");
    });
}
