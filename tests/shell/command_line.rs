//! The command line of a script, what it prints, and where it writes.

use std::os::unix::fs::PermissionsExt as _;

use super::bench::{Bench, every_shell};
use super::plans::{check, input, plan, prose, retry, rollback, step, traced, verify};
use rulec::plan::Plan;
use rulec::plan::ir::InputType;

fn rich() -> Plan {
    let mut plan = plan([
        verify(retry(traced("a"), 2, 1500), "echo poll >>trace", 30, 2000),
        step("b", "if true; then\n  echo b >>trace\nfi"),
    ]);
    plan.preconditions = vec![check("the disk has room", "echo gate >>trace"), prose("somebody watches")];
    plan.postconditions = vec![check("it answers", "true")];
    plan.rollbacks = vec![rollback("E2", [traced("E2/1")])];
    plan.finally = vec![traced("finally/x")];
    plan.checklists.insert("before".into(), vec![prose("one")]);
    plan.inputs = vec![input("PORT", InputType::Port)];
    plan
}

fn assert_untouched(bench: &Bench) {
    let mut left: Vec<_> =
        std::fs::read_dir(bench.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["bin", "script.sh"]);
}

#[test]
fn a_dry_run_shows_all_and_does_nothing() {
    every_shell(|bench| {
        let run = bench.run(&rich(), &["--dry-run"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        for words in [
            "E1: Test procedure",
            "input: PORT, port, required",
            "the disk has room",
            "$ echo gate >>trace",
            "$ echo a >>trace",
            "  echo b >>trace",
            "retries: 2, after 1.5s, fixed",
            "verify $ echo poll >>trace",
            "up to 30 polls, one every 2s",
            "undo $ echo undo a >>trace",
            "rollback: Back with E2",
            "finally/x",
        ] {
            assert!(run.stdout.contains(words), "`{words}` is not in:\n{}", run.stdout);
        }
        assert_untouched(bench);
    });
}

#[test]
fn list_help_and_version_do_nothing() {
    every_shell(|bench| {
        let list = bench.run(&rich(), &["--list"]);
        assert_eq!(
            list.stdout,
            "step 1: Do a (a)\nstep 2: Do b (b)\ninput: PORT, port, required\nchecklist: before (1 items)\n"
        );
        let help = bench.run(&rich(), &["--help"]);
        for words in ["usage: ", "--dry-run", "exit codes:", "RULEC_STATE_DIR", "129, 130, 143"] {
            assert!(help.stdout.contains(words), "{}", help.stdout);
        }
        let version = bench.run(&rich(), &["--version"]);
        assert!(version.stdout.starts_with("rulec 0."), "{}", version.stdout);
        assert_eq!((list.code, help.code, version.code), (0, 0, 0));
        assert_untouched(bench);
    });
}

#[test]
fn wrong_usage_is_told() {
    every_shell(|bench| {
        for args in [
            &["--no"][..],
            &["walk"],
            &["--input"],
            &["--color=blue"],
            &["run", "--yes", "-x"],
            &[""],
            &["--report"],
        ] {
            let run = bench.run(&rich(), args);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
            run.says("--help");
        }
        assert_untouched(bench);
    });
}

#[test]
fn colours_only_where_they_are_wanted() {
    every_shell(|bench| {
        let plan = plan([traced("a")]);
        assert!(!bench.run(&plan, &[]).stderr.contains('\u{1b}'));
        assert!(bench.run(&plan, &["--color=always"]).stderr.contains("\u{1b}[32mok\u{1b}[0m"));
        assert!(!bench.run(&plan, &["--color", "always", "--no-color"]).stderr.contains('\u{1b}'));
    });
}

#[test]
fn quiet_leaves_failures_and_the_outcome() {
    every_shell(|bench| {
        let run = bench.run(&plan([traced("a")]), &["--quiet"]);
        assert_eq!(run.stderr.lines().count(), 3, "{}", run.stderr);
        assert!(run.stderr.starts_with("succeeded after "), "{}", run.stderr);
        let run = bench.run(&plan([step("a", "exit 3")]), &["--quiet"]);
        run.says("failed: exit code 3");
    });
}

#[test]
fn the_report_goes_where_it_is_wanted() {
    every_shell(|bench| {
        let run = bench.run(&plan([traced("a")]), &["--report", "-"]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap(), run.report);
        let run = bench.run(&plan([traced("a")]), &["--report=my report.json"]);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&bench.read("my report.json")).unwrap(),
            run.report
        );
        let run = bench.run(&plan([traced("a")]), &["--report=no/where"]);
        assert_eq!(run.code, 0);
        run.says("the report could not be written: no/where");
    });
}

#[test]
fn the_report_has_a_stable_form() {
    every_shell(|bench| {
        let mut plan = rich();
        plan.steps[1] = step("b", "exit 9");
        plan.steps[1].needs = vec!["a".into()];
        plan.inputs[0].default = Some("80".into());
        let run = bench.run(&plan, &["--yes"]);
        let report = run.report.as_object().unwrap();
        let mut keys: Vec<&str> = report.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "alerts",
                "approvals",
                "attested",
                "audit",
                "duration_ms",
                "entry",
                "execution",
                "exit_code",
                "finally",
                "finished",
                "folder",
                "outcome",
                "plan",
                "postconditions",
                "preconditions",
                "reason",
                "rollback",
                "run",
                "started",
                "steps",
                "undone",
                "version"
            ]
        );
        assert_eq!(report["version"], 1);
        assert_eq!(report["plan"], plan.digest);
        assert_eq!(report["entry"]["id"], "E1");
        assert_eq!(report["steps"][0]["verified"], true);
        assert_eq!(report["steps"][1]["reason"], "exit code 9");
        assert_eq!(report["undone"][0]["id"], "a");
        assert_eq!(report["rollback"][0]["steps"][0]["id"], "E2/1");
        assert_eq!(report["finally"][0]["status"], "ok");
        let time = report["started"].as_str().unwrap();
        assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    });
}

#[test]
fn state_is_private_and_complete() {
    every_shell(|bench| {
        let run = bench.run(&plan([traced("a")]), &[]);
        let folder = std::path::PathBuf::from(run.report["folder"].as_str().unwrap());
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        files.sort();
        assert_eq!(files, ["1-a.1.log", "about", "inputs", "journal", "report.json", "results", "starter"]);
        let mode = std::fs::metadata(bench.path().join("state/test")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    });
}

#[test]
fn state_is_found_by_the_environment() {
    every_shell(|bench| {
        let script = bench.emit(&plan([traced("a")]));
        let run = |vars: &[(&str, &str)]| {
            let mut command = bench.command(&script, &[]);
            command.env_remove("RULEC_STATE_DIR").env_remove("HOME").envs(vars.iter().copied());
            bench.wait(command.spawn().unwrap())
        };
        assert_eq!(run(&[("HOME", "/nowhere"), ("XDG_STATE_HOME", "xdg")]).code, 0);
        assert!(bench.path().join("xdg/rulec/test/runs").is_dir());
        let home = bench.path().join("my home");
        assert_eq!(run(&[("HOME", home.to_str().unwrap())]).code, 0);
        assert!(home.join(".local/state/rulec/test/runs").is_dir());
        assert_eq!(run(&[]).code, 9);
    });
}

#[test]
fn an_unusable_state_folder_runs_nothing() {
    every_shell(|bench| {
        std::fs::write(bench.path().join("state"), "a file").unwrap();
        let run = bench.run(&plan([traced("a")]), &[]);
        assert_eq!((run.code, run.trace.as_str()), (9, ""), "{}", run.stderr);
        run.says("RULEC_STATE_DIR");
    });
}
