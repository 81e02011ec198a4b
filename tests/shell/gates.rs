//! The people who must approve a run, and the order of the gates.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rulec::plan::Plan;
use rulec::plan::ir::{Approval, Input, InputType};

use super::bench::{Bench, Run, every_shell, installed};
use super::plans::{check, input, plan, prose, source, traced};
use super::stage::{agrees, all_at_once};
use super::terminal::Terminal;
use crate::conformance::case::cases;

fn approval(roles: &[&str], reason: &str) -> Approval {
    let roles = roles.iter().map(|&role| role.to_owned()).collect();
    Approval { roles, reason: reason.into(), source: source("/procedures/0/approval") }
}

/// A plan that these must approve, with an input.
fn approved_by(approvals: &[&[&str]]) -> Plan {
    let mut plan = plan([traced("a")]);
    plan.policy.approvals = approvals.iter().map(|roles| approval(roles, "it's $RISKY")).collect();
    plan.inputs = vec![input("NOTE", InputType::String)];
    plan.inputs[0].default = Some("usual".into());
    plan
}

fn owner() -> Plan {
    approved_by(&[&["owner"]])
}

/// How a run was approved: `ROLE NAME HOW`, and where it came to.
fn approvals(run: &Run) -> Vec<String> {
    let approvals = run.report["approvals"].as_array().unwrap_or_else(|| panic!("{}", run.stderr));
    let word = |approval: &serde_json::Value| {
        assert!(approval["by"].as_str().unwrap().contains('@'), "{approval}");
        assert!(approval["at"].as_str().unwrap().ends_with('Z'), "{approval}");
        format!(
            "{} {} {}",
            approval["role"].as_str().unwrap_or("-"),
            approval["name"].as_str().unwrap(),
            approval["how"].as_str().unwrap()
        )
    };
    approvals.iter().map(word).collect()
}

/// What a run of a plan at a terminal came to, on which these lines are typed.
fn typed(bench: &Bench, plan: &Plan, args: &[&str], lines: &[&str]) -> Run {
    let mut command = bench.command(&bench.emit(plan), args);
    let terminal = Terminal::attach(&mut command, lines);
    let child = command.spawn().unwrap();
    drop(command);
    let mut run = bench.wait(child);
    run.stderr = terminal.seen().replace('\r', "");
    run.report = bench.report_of(&run.stderr);
    run
}

#[test]
fn the_refusal_names_the_command_that_mends_it() {
    every_shell(|bench| {
        let plan = owner();
        let note = "it's a \"note\" $(touch pwned)\nor two; *";
        let note_input = format!("NOTE={note}");
        let refused = bench.run(&plan, &["--yes", "--input", "NOTE=it's $(touch pwned) *"]);
        refused.came_to(3, "refused", "");
        refused.says("1. by owner: it's $RISKY");
        assert_eq!(refused.report["reason"], "approval 1 of 1 is missing, by owner");
        let line = refused.stderr.lines().find_map(|line| line.strip_prefix("rulec:   sh "));
        let line =
            format!("sh {} --yes", line.expect("it names a command").replace("NAME", "'Ann \"A\" $(id)'"));
        let mut command = Command::new(bench.path().join("bin/sh"));
        command.args(["-c", &line]).current_dir(bench.path()).env_clear().envs(bench.env());
        let given = command.stdin(Stdio::null()).output().unwrap();
        let told = String::from_utf8_lossy(&given.stderr).into_owned();
        assert!(given.status.success(), "{line}: {told}");
        for words in [
            "Test procedure (E1)",
            &plan.digest,
            "NOTE = \"it's $(touch pwned) *\"",
            "Do a (a)",
            "it's $RISKY",
        ] {
            assert!(told.contains(words), "`{words}` is not in:\n{told}");
        }
        // It is for these inputs, for this plan, and for one run.
        bench.run(&plan, &["--input", &note_input]).came_to(3, "refused", "");
        let mut other = plan.clone();
        other.digest = format!("sha256:{}", "f".repeat(64));
        bench.run(&other, &["--input", "NOTE=it's $(touch pwned) *"]).came_to(3, "refused", "");
        let run = bench.run(&plan, &["--input", "NOTE=it's $(touch pwned) *"]);
        run.came_to(0, "succeeded", "a");
        assert_eq!(approvals(&run), ["owner Ann \"A\" $(id) record"]);
        bench.run(&plan, &["--input", "NOTE=it's $(touch pwned) *"]).came_to(3, "refused", "a");
        assert!(!bench.path().join("pwned").exists());
    });
}

#[test]
fn a_record_counts_for_its_time_and_in_its_form_only() {
    every_shell(|bench| {
        let plan = owner();
        let approve = || {
            let given = bench.run(&plan, &["approve", "--as", "Ann", "--yes", "--quiet"]);
            assert_eq!(given.code, 0, "{}", given.stderr);
        };
        let folder = bench.path().join("state/test/approvals");
        let files = || {
            let names = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            names.collect::<Vec<_>>()
        };
        approve();
        let script = bench.emit(&plan);
        let run = bench.wait(bench.command(&script, &[]).env("RULEC_APPROVAL_TTL", "0").spawn().unwrap());
        run.came_to(3, "refused", "");
        run.says("which is too long ago");
        let whole = std::fs::read_to_string(&files()[0]).unwrap();
        for broken in [
            whole[..whole.len() - 2].to_owned(),
            whole.trim_end().to_owned(),
            whole.replace("\t1\t1\t", "\t1\t2\t"),
            whole.replace("\t1\t1\t", "\t1\t08\t"),
            whole.replace("\t1\t1\t", "\t1\t0\t"),
            whole.replace("\tAnn\t", "\tAnn\tBob\t"),
            whole.replace("\tAnn\t", "\t \t"),
            whole.replace("v1\t1", "v1\t99"),
            whole.replace("v1\t", "v1\t$(touch pwned)"),
            whole.replace("sha256:0", "sha256:1"),
            String::new(),
        ] {
            assert_ne!(broken, whole);
            std::fs::write(&files()[0], &broken).unwrap();
            bench.run(&plan, &["--quiet"]).came_to(3, "refused", "");
        }
        // What counts for nothing is no obstacle to a new one, and one that counts is not replaced.
        approve();
        assert_eq!(files().len(), 1);
        let again = bench.run(&plan, &["approve", "--as", "Bob", "--yes"]);
        assert_eq!(again.code, 3, "{}", again.stderr);
        again.says("this is approved already");
        bench.run(&plan, &[]).came_to(0, "succeeded", "a");
        assert!(files().is_empty() && !bench.path().join("pwned").exists());
    });
}

#[test]
fn of_many_who_approve_at_once_one_does() {
    every_shell(|bench| {
        let script = bench.emit(&owner());
        let start =
            |i| bench.command(&script, &["approve", "--yes", "--as", &format!("P{i}")]).spawn().unwrap();
        let all: Vec<_> = (0..5).map(start).collect();
        let mut codes: Vec<_> = all.into_iter().map(|child| bench.wait(child).code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 3, 3, 3, 3]);
    });
}

#[test]
fn a_run_that_is_refused_leaves_the_record() {
    every_shell(|bench| {
        let mut plan = owner();
        plan.preconditions = vec![check("the disk has room", "test -e room")];
        assert_eq!(bench.run(&plan, &["approve", "--as=Ann", "--yes"]).code, 0);
        bench.run(&plan, &[]).came_to(3, "refused", "");
        bench.write(&bench.path().join("room"), "");
        bench.run(&plan, &[]).came_to(0, "succeeded", "a");
    });
}

#[test]
fn a_record_serves_one_of_many_runs() {
    every_shell(|bench| {
        let mut plan = owner();
        plan.policy.lock = None;
        plan.preconditions = vec![check("it takes its time", "sleep 0.3")];
        assert_eq!(bench.run(&plan, &["approve", "--as=Ann", "--yes"]).code, 0);
        let script = bench.emit(&plan);
        let all: Vec<_> = (0..3).map(|_| bench.command(&script, &[]).spawn().unwrap()).collect();
        let mut codes: Vec<_> = all.into_iter().map(|child| bench.wait(child).code).collect();
        codes.sort_unstable();
        assert_eq!((codes, bench.read("trace").as_str()), (vec![0, 3, 3], "a\n"));
    });
}

#[test]
fn options_approve_and_each_takes_another_person() {
    every_shell(|bench| {
        let mut plan = approved_by(&[&["owner", "dba"], &[], &["a=b"]]);
        for name in ["by", "at", "how"] {
            let optional = Input { required: false, ..input(name, InputType::String) };
            plan.inputs.push(optional);
        }
        let run = bench.run(&plan, &["--approve", "dba=Ann", "--approve=Bob 'B'", "--approve", "a=b=$(C)"]);
        run.came_to(0, "succeeded", "a");
        assert_eq!(approvals(&run), ["dba Ann option", "- Bob 'B' option", "a=b $(C) option"]);
        let run = bench.run(&plan, &["--approve=dba=Ann", "--approve=Ann", "--approve=a=b=Cy"]);
        run.came_to(3, "refused", "a");
        run.says("approval 2 of 3 is missing, by anybody (Ann has given another approval");
        // What is known of an approval is no value of an input of that name.
        assert!(!run.stderr.contains("--input"), "{}", run.stderr);
        for (args, words) in [
            (&["--approve=cook=Ann", "--approve=cook=Bob"][..], "no approval is for this: cook=Bob"),
            (&["--approve=dba=Ann\nBob"], "it has control characters"),
            (&["--approve=dba="], "it is empty"),
            (&["--as", " Ann"], "it begins or ends with a blank"),
            (&["approve", "--yes"], "approve takes --as NAME"),
            (&["approve", "--yes", "--as=Ann"], "approve takes --role ROLE"),
            (&["approve", "--yes", "--as=Ann", "--role=cook"], "no approval is by this role: cook"),
        ] {
            let run = bench.run(&plan, args);
            assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
            run.says(words);
        }
        // On record, too, one name gives one of them.
        let given = bench.run(&plan, &["approve", "--yes", "--as=Ann", "--role=owner"]);
        assert_eq!(given.code, 0, "{}", given.stderr);
        let given = bench.run(&plan, &["approve", "--yes", "--as=Ann"]);
        assert_eq!(given.code, 3, "{}", given.stderr);
        given.says("Ann has given another approval");
    });
}

#[test]
fn people_approve_at_the_terminal_of_the_run() {
    every_shell(|bench| {
        let plan = approved_by(&[&["owner", "dba"], &["owner"]]);
        let lines = ["Ann", "cook", "Ann", "dba", "Ann", "Zo\u{eb} $(id)"];
        let run = typed(bench, &plan, &["--yes"], &lines);
        run.came_to(0, "succeeded", "a");
        assert_eq!(approvals(&run), ["dba Ann terminal", "owner Zo\u{eb} $(id) terminal"]);
        run.says("approval 1 of 2, by owner or dba: it's $RISKY");
        let run = typed(bench, &plan, &["--approve=dba=Ann"], &[""]);
        run.came_to(3, "refused", "a");
        run.says("nobody gave it");
    });
}

#[test]
fn what_else_a_person_confirms_is_asked_after_an_approval() {
    every_shell(|bench| {
        let mut plan = owner();
        plan.preconditions.push(prose("it is safe"));
        let run = typed(bench, &plan, &[], &["Ann", "y"]);
        run.came_to(0, "succeeded", "a");
        assert_eq!(run.report["preconditions"][0]["status"], "attested", "{}", run.report);
    });
}

#[test]
fn a_signal_ends_the_question() {
    every_shell(|bench| {
        let mut command = bench.command(&bench.emit(&owner()), &["--trace=lines"]);
        let terminal = Terminal::attach(&mut command, &[]);
        let child = command.spawn().unwrap();
        drop(command);
        let begun = std::time::Instant::now();
        while !bench.read("lines").contains("inputs") && begun.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(300));
        assert!(bench.signal(&child, "TERM"));
        let mut run = bench.wait(child);
        run.report = bench.report_of(&terminal.seen().replace('\r', ""));
        run.came_to(143, "cancelled", "");
    });
}

#[test]
fn approving_is_confirmed() {
    every_shell(|bench| {
        let run = bench.run(&owner(), &["approve", "--as=Ann"]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        run.says("nobody is there to confirm it");
        assert_eq!(typed(bench, &owner(), &["approve", "--as=Ann"], &["n"]).code, 3);
        bench.run(&owner(), &[]).came_to(3, "refused", "");
        let run = typed(bench, &owner(), &["approve", "--as=Ann"], &["y"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.says("NOTE = \"usual\"");
        bench.run(&owner(), &[]).came_to(0, "succeeded", "a");
        let run = bench.run(&plan([traced("a")]), &["approve", "--as=Ann"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
    });
}

#[test]
fn who_attests_may_have_another_name_than_the_login() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.preconditions = vec![prose("somebody watches")];
        let run = bench.run(&plan, &["--yes", "--as", "Ann \"A\""]);
        run.came_to(0, "succeeded", "a");
        run.says("attested with --yes by Ann \"A\"");
        assert_eq!(run.report["attested"][0]["name"], "Ann \"A\"");
        assert!(run.report["attested"][0]["by"].as_str().unwrap().contains('@'));
        let run = bench.run(&plan, &["--as=Ann"]);
        run.came_to(3, "refused", "a");
        run.says("nobody is there to confirm what only a person can; to attest all of it, run again with --yes:\n  - somebody watches\n");
    });
}

#[test]
fn gates_come_in_order() {
    let names = ["gate-earlier-refused", "gate-window-refused", "gate-approval-refused", "gates-in-order"];
    let cases: Vec<_> = cases().into_iter().filter(|case| names.contains(&case.name.as_str())).collect();
    assert_eq!(cases.len(), names.len());
    let runs = cases.iter().flat_map(|case| installed().into_iter().map(move |shell| (case, shell)));
    let faults =
        all_at_once(runs.collect(), |(case, shell)| agrees(shell, &case.plan, &case.world, &case.trace));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
