//! What runs, checklists and watches write to the audit log.

use std::fs;
use std::path::{Path, PathBuf};

use rulec::plan::Plan;
use rulec::plan::ir::{Alert, Check, Monitor, Reaction};
use serde_json::Value;

use super::audit::{audited, chain, events, log};
use super::bench::{Bench, MATRIX, every_shell, find};
use super::plans::{check, plan, prose, retry, source, step, traced, undone};

#[test]
fn runs_of_all_shells_make_one_chain() {
    let benches: Vec<Bench> = MATRIX.into_iter().filter(|s| find(s).is_some()).map(Bench::new).collect();
    let home = &benches[0];
    let script = home.emit(&audited(None));
    for bench in &benches {
        let mut command = bench.command(&script, &["--quiet"]);
        command.current_dir(home.path()).env("RULEC_STATE_DIR", home.path().join("state"));
        let run = home.wait(command.spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let lines = chain(&fs::read_to_string(log(home)).unwrap());
        let last = lines.last().unwrap();
        assert_eq!(last["run"], run.report["run"]);
        assert_eq!(last["plan"], run.report["plan"]);
        assert!(run.report["audit"]["lines"].as_u64().unwrap() <= lines.len() as u64);
        let verified = home.wait(home.command(&script, &["audit", "verify"]).spawn().unwrap());
        assert_eq!(verified.code, 0, "{}", verified.stderr);
        let whole = format!("{} lines, the last hash is {}", lines.len(), last["hash"].as_str().unwrap());
        assert!(verified.stdout.contains(&whole), "{}", verified.stdout);
    }
}

#[test]
fn the_log_is_where_the_rules_say() {
    every_shell(|bench| {
        let script = bench.emit(&audited(Some("logs of/audit.jsonl")));
        let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
        run.came_to(0, "succeeded", "a b");
        let file = bench.path().join("logs of/audit.jsonl");
        assert!(!chain(&fs::read_to_string(&file).unwrap()).is_empty());
        assert_eq!(run.report["audit"]["file"], file.to_str().unwrap());
        assert!(!log(bench).exists());
    });
}

#[test]
fn a_checklist_is_in_the_log_too() {
    every_shell(|bench| {
        let mut plan = audited(None);
        plan.checklists.insert("list".into(), vec![check("it is so", "true")]);
        let run = bench.run(&plan, &["--checklist", "list"]);
        run.came_to(0, "succeeded", "");
        assert!(!chain(&fs::read_to_string(log(bench)).unwrap()).is_empty());
    });
}

#[test]
fn a_log_that_cannot_be_kept_is_refused_before_anything_runs() {
    every_shell(|bench| {
        let here = bench.path();
        let refused = |path: &Path, words: &str| {
            let run = bench.run(&audited(Some(path.to_str().unwrap())), &[]);
            run.came_to_nothing(9);
            run.says(words);
        };
        fs::write(here.join("file"), "").unwrap();
        std::os::unix::fs::symlink(here.join("file"), here.join("link")).unwrap();
        refused(&here.join("link"), "is a link");
        fs::create_dir(here.join("folder")).unwrap();
        refused(&here.join("folder"), "is not a file");
        refused(&here.join("file/below"), "cannot be entered");
        let open = |path: PathBuf, mode: u32| {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        refused(&open(here.join("file"), 0o666), "others may write");
        refused(&open(here.join("folder"), 0o777).join("audit.jsonl"), "others may write in");
        refused(Path::new("/proc/audit.jsonl"), "the audit log cannot be kept");
    });
}

/// What each line says besides whose it is and how it is chained: the event, and the other members in order.
fn told(lines: &[Value]) -> Vec<String> {
    let head = ["seq", "at", "run", "execution", "plan", "by", "event", "prev", "hash"];
    let line = |line: &Value| {
        let members = line.as_object().unwrap().iter().filter(|(key, _)| !head.contains(&key.as_str()));
        let members = members.map(|(key, value)| format!(" {key}={value}"));
        line["event"].as_str().unwrap().to_owned() + &members.collect::<String>()
    };
    lines.iter().map(line).collect()
}

#[test]
fn a_run_writes_what_it_decided_and_not_each_attempt() {
    every_shell(|bench| {
        let flaky = retry(undone(step("b", "echo b >>trace; false")), 2, 0);
        let mut plan = Plan { policy: audited(None).policy, ..plan([traced("a"), flaky]) };
        plan.preconditions = vec![prose("it is quiet")];
        let run = bench.run(&plan, &["--yes"]);
        run.came_to(5, "rolled_back", "a b b b undo b undo a");
        let lines = chain(&fs::read_to_string(log(bench)).unwrap());
        assert_eq!(
            told(&lines),
            [
                "run_started entry=\"E1\"",
                "attested how=\"option\" text=\"it is quiet\"",
                "step_ended attempts=1 exit_code=0 status=\"ok\" step=\"a\"",
                "step_ended attempts=3 exit_code=1 status=\"failed\" step=\"b\"",
                "broken_off cause=\"failure\" step=\"b\"",
                "rollback_started",
                "undo_ended exit_code=0 step=\"b\"",
                "undo_ended exit_code=0 step=\"a\"",
                "run_ended exit_code=5 outcome=\"rolled_back\"",
            ]
        );
    });
}

#[test]
fn the_alert_of_a_monitor_is_in_the_log() {
    every_shell(|bench| {
        let mut plan = audited(None);
        plan.alerts
            .insert("default".into(), Alert { command: "echo told >>alerts".into(), timeout_ms: None });
        plan.monitors = vec![Monitor {
            id: "M1".into(),
            text: "it is well".into(),
            every_ms: 1_000,
            check: Check {
                command: "test -e fine".into(),
                timeout_ms: Some(20_000),
                measure: None,
                says: None,
            },
            on_breach: Some(Reaction { alert: Some("default".into()), run: None }),
            satisfies: Vec::new(),
            source: source("/monitors/0"),
        }];
        let looked = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!((looked.code, bench.read("alerts").as_str()), (1, "told\n"), "{}", looked.stderr);
        // Runs and watches write to the same log.
        bench.run(&plan, &[]).came_to(0, "succeeded", "a b");
        fs::write(bench.path().join("fine"), "").unwrap();
        assert_eq!(bench.run(&plan, &["monitor", "--once"]).code, 0);
        let lines = chain(&fs::read_to_string(log(bench)).unwrap());
        assert_eq!(
            events(&lines),
            ["alert", "run_started", "step_ended", "step_ended", "run_ended", "alert"]
        );
        let breach =
            "alert alert=\"default\" message=\"breach: exit code 1\" monitor=\"M1\" state=\"breach\"";
        assert_eq!(told(&lines)[0], breach);
        assert!(lines[0]["run"].as_str().unwrap().starts_with("watch-"), "{}", lines[0]);
        assert_eq!(lines[5]["state"], "ok");
        assert_eq!(bench.run(&plan, &["audit", "verify"]).code, 0);
    });
}
