//! What a run looks like from another terminal, and what can be asked of it from there.

use std::fs;

use rulec::plan::Plan;
use rulec::plan::ir::Action;
use serde_json::Value;

use super::bench::{Bench, every_shell, these_shells};
use super::folders::{RUN, Runner, lay_out, stop_clock};
use super::plans::{act, plan, retry, step, traced, undone, verify};
use super::terminal::Terminal;

/// A plan with names of all kinds.
fn sample() -> Plan {
    let mut plan = plan([
        traced("fetch"),
        verify(retry(undone(step("migrate", "true")), 2, 2_000), "true", 30, 10_000),
        step("restart", "true"),
        act("look", Action::Manual { instruction: "look at it".into() }),
        step("report", "true"),
    ]);
    plan.entry.name = "Move the store".into();
    plan.steps[1].name = "Migrate the accounts, the orders and all that hangs on them".into();
    plan.steps[1].owner = Some("database".into());
    plan.steps[2].name = "\u{91cd}\u{65b0}\u{542f}\u{52a8}\u{6240}\u{6709}\u{670d}\u{52a1}\u{5668}\u{548c}\u{6570}\u{636e}\u{5e93} caf\u{e9} \u{1f980}".into();
    plan.bounds.estimated_ms = Some(900_000);
    plan
}

const UNDER_WAY: [(u64, &str); 8] = [
    (600, "forward"),
    (600, "step 1"),
    (599, "try 1 1"),
    (500, "end 1 ok 1 0"),
    (500, "step 2"),
    (500, "try 2 1"),
    (400, "tried 2 1 3 exited"),
    (395, "try 2 2"),
];

fn with<'a>(more: &[(u64, &'a str)]) -> Vec<(u64, &'a str)> {
    UNDER_WAY.iter().chain(more).copied().collect()
}

/// The panel of each kind of run, in columns.
fn panels(bench: &Bench) -> String {
    stop_clock(bench);
    let mut out = String::new();
    let mut show = |what: &str, runner: Runner, records: &[(u64, &str)], columns: &str, request: &str| {
        let plan = sample();
        let folder = lay_out(bench, &plan, RUN, runner, records);
        for name in ["pause", "cancel"] {
            let _ = fs::remove_file(folder.join(name));
        }
        if !request.is_empty() {
            fs::write(folder.join(request), "").unwrap();
        }
        let mut command = bench.command(&bench.emit(&plan), &["status"]);
        let run = bench.wait(command.env("COLUMNS", columns).spawn().unwrap());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{what}");
        out += &format!("--- {what}\n{}\n", run.stdout);
        fs::remove_dir_all(bench.path().join("state")).unwrap();
    };
    show("gates", Runner::Alive, &[], "80", "");
    show("an attempt", Runner::Alive, &UNDER_WAY, "80", "");
    show("the same, narrow", Runner::Alive, &UNDER_WAY, "40", "");
    show("waiting", Runner::Alive, &with(&[(10, "wait 2 interval 30000")]), "80", "");
    show("polling, a pause asked for", Runner::Alive, &with(&[(10, "poll 2 2 4")]), "80", "pause");
    show("two at once", Runner::Alive, &with(&[(10, "step 3"), (9, "try 3 1")]), "60", "");
    show(
        "a person is asked",
        Runner::Alive,
        &with(&[(9, "end 2 ok 2 0"), (8, "end 3 ok 1 0"), (7, "try 4 1")]),
        "80",
        "",
    );
    let back = [(90, "end 2 failed 3 4"), (90, "off failure 2"), (90, "rollback"), (89, "undo 2")];
    show("rolling back", Runner::Alive, &with(&back), "80", "");
    show(
        "rolled back",
        Runner::Dead,
        &with(&[&back[..], &[(60, "undone 2 0 exited"), (50, "over rolled_back 5")]].concat()),
        "80",
        "",
    );
    show("paused", Runner::Dead, &with(&[(60, "end 2 ok 2 0"), (60, "paused")]), "80", "");
    show("stopped", Runner::Dead, &UNDER_WAY, "80", "");
    show("elsewhere", Runner::Elsewhere, &UNDER_WAY, "80", "");
    out
}

#[test]
fn a_panel_reads_well() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("shell_status", panels(&Bench::new("sh"))));
}

#[test]
fn a_panel_is_the_same_under_every_shell() {
    let expected = panels(&Bench::new("sh"));
    every_shell(|bench| assert_eq!(panels(bench), expected));
}

#[test]
fn no_line_is_too_long() {
    let bench = Bench::new("dash");
    stop_clock(&bench);
    let plan = sample();
    lay_out(&bench, &plan, RUN, Runner::Alive, &with(&[(10, "step 3"), (9, "try 3 1")]));
    let script = bench.emit(&plan);
    for columns in 24..=100 {
        let mut command = bench.command(&script, &["status"]);
        let run = bench.wait(command.env("COLUMNS", columns.to_string()).spawn().unwrap());
        for line in run.stdout.lines() {
            let wide: usize = line.chars().map(|c| if c > '\u{1100}' { 2 } else { 1 }).sum();
            assert!(wide <= columns, "{wide} of {columns}: {line}");
        }
    }
}

fn status(bench: &Bench, plan: &Plan, args: &[&str]) -> Value {
    let run = bench.run(plan, &[&["status", "--json"], args].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

#[test]
fn json_tells_the_same() {
    every_shell(|bench| {
        stop_clock(bench);
        let mut plan = sample();
        plan.steps[1].id = "it's \"odd\" \\ \u{e9}\u{1f980}\u{1}%s".into();
        plan.steps[2].needs = vec![plan.steps[1].id.clone()];
        let folder = lay_out(bench, &plan, RUN, Runner::Alive, &with(&[(10, "wait 2 backoff 30000")]));
        let seen = status(bench, &plan, &[]);
        assert_eq!(seen["version"], 1);
        assert_eq!((&seen["run"], &seen["folder"]), (&RUN.into(), &folder.to_str().unwrap().into()));
        assert_eq!((&seen["state"], &seen["phase"]), (&"running".into(), &"steps".into()));
        assert_eq!((&seen["outcome"], &seen["exit_code"]), (&Value::Null, &Value::Null));
        assert_eq!(
            (&seen["elapsed_s"], &seen["estimated_s"], &seen["percent"]),
            (&600.into(), &900.into(), &20.into())
        );
        assert_eq!(seen["started"], "2026-01-01T00:50:00Z");
        assert_eq!(seen["steps"]["ok"], 1);
        let current = &seen["current"][0];
        assert_eq!((&current["number"], &current["id"]), (&2.into(), &plan.steps[1].id.as_str().into()));
        assert_eq!((&current["attempt"], &current["attempts"]), (&2.into(), &3.into()));
        assert_eq!(
            (&current["waiting_for"], &current["until"]),
            (&"backoff".into(), &"2026-01-01T01:00:20Z".into())
        );
        assert_eq!(current["owner"], "database");
        assert_eq!(seen["next"][1]["id"], "look");
        assert_eq!(seen["next_question"]["number"], 4);
        fs::write(folder.join("about"), "pid=x\nhost=\u{1}\"\\\n\u{fffd}\n").unwrap();
        assert_eq!(status(bench, &plan, &[])["host"], "\u{1}\"\\");
        fs::remove_file(folder.join("about")).unwrap();
        fs::write(folder.join("journal"), "nonsense").unwrap();
        assert_eq!(status(bench, &plan, &[])["state"], "stopped");
    });
}

#[test]
fn the_run_is_the_one_that_is_meant() {
    every_shell(|bench| {
        let plan = sample();
        let run = bench.run(&plan, &["status"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        run.says("there is no run yet below");
        let over = with(&[(10, "over succeeded 0")]);
        lay_out(bench, &plan, "20260101T000000Z-1", Runner::Dead, &over);
        lay_out(bench, &plan, "20260102T000000Z-2", Runner::Dead, &UNDER_WAY);
        lay_out(bench, &plan, "20260103T000000Z-3", Runner::Dead, &with(&[(10, "over failed 4")]));
        assert_eq!(status(bench, &plan, &[])["run"], "20260102T000000Z-2");
        assert_eq!(status(bench, &plan, &["20260103"])["run"], "20260103T000000Z-3");
        assert_eq!(status(bench, &plan, &["20260101T000000Z-1"])["outcome"], "succeeded");
        for (wanted, words) in
            [("2026", "more than one run begins with 2026"), ("1999", "there is no run 1999")]
        {
            let run = bench.run(&plan, &["status", wanted]);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""));
            run.says(words);
            run.says("\n  20260103T000000Z-3\n  20260102T000000Z-2\n");
        }
        for (wanted, code) in [("20260101", 0), ("20260102", 11), ("20260103", 4)] {
            assert_eq!(bench.run(&plan, &["status", wanted, "--exit-code"]).code, code);
            assert_eq!(bench.run(&plan, &["status", wanted]).code, 0);
        }
    });
}

#[test]
fn runs_are_listed_the_newest_first() {
    every_shell(|bench| {
        stop_clock(bench);
        let plan = sample();
        assert_eq!(bench.run(&plan, &["list", "--json"]).stdout, "[\n]\n");
        lay_out(bench, &plan, "20260101T000000Z-1", Runner::Dead, &with(&[(10, "over succeeded 0")]));
        lay_out(bench, &plan, "20260101T000001Z-1", Runner::Alive, &UNDER_WAY);
        lay_out(bench, &plan, "20260101T000002Z-1", Runner::Dead, &with(&[(60, "paused")]));
        let refused = bench.path().join("state/test/runs/20260101T000003Z-1");
        fs::create_dir(&refused).unwrap();
        let report = "{\n  \"outcome\": \"refused\",\n  \"exit_code\": 3,\n  \"started\": \"2026-01-01T00:00:03Z\",\n  \"duration_ms\": 1200,\n";
        fs::write(refused.join("report.json"), report).unwrap();
        let expected = "\
RUN                      STARTED                 TOOK  STATE           ENTRY
20260101T000003Z-1       2026-01-01T00:00:03Z      1s  refused         -
20260101T000002Z-1       2026-01-01T00:00:02Z    9m0s  paused          E1
20260101T000001Z-1       2026-01-01T00:00:01Z   10m0s  running         E1
20260101T000000Z-1       2026-01-01T00:00:00Z   9m50s  succeeded       E1
";
        assert_eq!(bench.run(&plan, &["list"]).stdout, expected);
        for columns in [24, 40, 79] {
            let mut command = bench.command(&bench.emit(&plan), &["list"]);
            let narrow = bench.wait(command.env("COLUMNS", columns.to_string()).spawn().unwrap()).stdout;
            assert_eq!(narrow.lines().count(), 2 * (expected.lines().count() - 1), "{narrow}");
            assert!(narrow.lines().all(|line| line.len() <= columns), "{columns}: {narrow}");
            let told = |line: &&str| narrow.contains(line.split(' ').next().expect("it has a first word"));
            assert!(expected.lines().skip(1).all(|line| told(&line)), "{narrow}");
        }
        let list: Value = serde_json::from_str(&bench.run(&plan, &["list", "--json"]).stdout).unwrap();
        assert_eq!(list[0]["exit_code"], 3);
        assert_eq!((&list[2]["state"], &list[2]["outcome"]), (&"running".into(), &Value::Null));
        assert_eq!((&list[3]["outcome"], &list[3]["duration_s"]), (&"succeeded".into(), &590.into()));
    });
}

#[test]
fn a_watch_ends_with_the_run() {
    every_shell(|bench| {
        let plan = sample();
        let folder = lay_out(bench, &plan, RUN, Runner::Alive, &UNDER_WAY);
        let child = bench.command(&bench.emit(&plan), &["status", "--watch"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let journal = fs::read_to_string(folder.join("journal")).unwrap();
        fs::write(folder.join("journal"), format!("{journal}v1 1000000001 1767229200 over succeeded 0 .\n"))
            .unwrap();
        let run = bench.wait(child);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        // A panel for each change, none for each second.
        assert_eq!(run.stdout.matches("Move the store").count(), 2, "{}", run.stdout);
        assert!(run.stdout.contains("succeeded") && !run.stdout.contains('\u{1b}'), "{}", run.stdout);
    });
}

#[test]
fn a_watch_on_a_terminal_is_drawn_in_place_and_ended_by_ctrl_c() {
    every_shell(|bench| {
        let plan = sample();
        lay_out(bench, &plan, RUN, Runner::Alive, &UNDER_WAY);
        bench.emit(&plan);
        let watch = bench.path().join("watch.sh");
        bench.write(&watch, "exec sh ./script.sh status --watch >&2\n");
        let mut command = bench.command(&watch, &[]);
        let terminal = Terminal::attach(&mut command, &[]);
        let child = command.spawn().unwrap();
        drop(command);
        std::thread::sleep(std::time::Duration::from_millis(2500));
        assert!(bench.signal(&child, "INT"));
        let run = bench.wait(child);
        let seen = terminal.seen();
        assert_eq!(run.code, 0, "{seen}");
        let drawn = seen.matches("Move the store").count();
        assert!(drawn >= 2, "{seen}");
        assert_eq!(seen.matches("\u{1b}[9A\u{1b}[J").count(), drawn - 1, "{seen:?}");
    });
}

#[test]
fn colours_are_for_terminals() {
    these_shells(&["dash", "zsh"], |bench| {
        let plan = sample();
        lay_out(bench, &plan, RUN, Runner::Dead, &UNDER_WAY);
        let on_terminal = |name: &str, value: &str| {
            let mut command = bench.command(&bench.emit(&plan), &["status"]);
            command.env("TERM", "xterm").env(name, value);
            let terminal = Terminal::attach(&mut command, &[]);
            command.stdout(std::process::Stdio::piped());
            let child = command.spawn().unwrap();
            drop(command);
            let run = bench.wait(child);
            drop(terminal);
            run.stdout
        };
        // Standard output decides, which is a pipe here, not standard error.
        assert!(!on_terminal("A", "1").contains('\u{1b}'));
        let always = bench.run(&plan, &["status", "--color=always"]).stdout;
        assert!(always.contains("\u{1b}[31mstopped\u{1b}[0m"), "{always}");
        assert!(!bench.run(&plan, &["status"]).stdout.contains('\u{1b}'));
    });
}

#[test]
fn a_living_run_is_asked() {
    every_shell(|bench| {
        let plan = sample();
        let folder = lay_out(bench, &plan, RUN, Runner::Alive, &UNDER_WAY);
        assert!(std::process::Command::new("mkfifo").arg(folder.join("wake")).status().unwrap().success());
        // Somebody who reads it has it open, as the runner has.
        let mut wake = fs::OpenOptions::new().read(true).write(true).open(folder.join("wake")).unwrap();
        for (verb, words) in [("pause", "pauses once what is under way has ended"), ("cancel", "rolled back")]
        {
            let run = bench.run(&plan, &[verb]);
            assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
            run.says(words);
            assert!(folder.join(verb).exists());
            let mut line = [0; 2];
            std::io::Read::read_exact(&mut wake, &mut line).unwrap();
            assert_eq!(&line, b"!\n");
        }
        let run = bench.run(&plan, &["abandon", "--yes"]);
        assert_eq!(run.code, 3);
        run.says("is under way: cancel it");
        drop(wake);
        // Nobody reads: it comes back all the same.
        assert_eq!(bench.run(&plan, &["pause"]).code, 0);
    });
}

#[test]
fn what_cannot_be_asked_is_told() {
    every_shell(|bench| {
        let plan = sample();
        lay_out(bench, &plan, RUN, Runner::Elsewhere, &UNDER_WAY);
        for verb in ["pause", "cancel", "abandon"] {
            let run = bench.run(&plan, &[verb]);
            assert_eq!(run.code, 3, "{}", run.stderr);
            run.says("was started on another.example.org: ask there");
        }
        lay_out(bench, &plan, RUN, Runner::Dead, &UNDER_WAY);
        let run = bench.run(&plan, &["pause"]);
        assert_eq!(run.code, 3);
        run.says("the runner of 20260101T005000Z-42 is gone; to go on:");
        lay_out(bench, &plan, RUN, Runner::Dead, &with(&[(1, "over failed 4")]));
        for verb in ["pause", "cancel", "abandon"] {
            let run = bench.run(&plan, &[verb, RUN]);
            assert_eq!(run.code, 3);
            run.says("is over: failed");
        }
    });
}

#[test]
fn an_unfinished_run_can_be_abandoned() {
    every_shell(|bench| {
        let plan = sample();
        let folder = lay_out(bench, &plan, RUN, Runner::Dead, &UNDER_WAY);
        let journal = fs::read_to_string(folder.join("journal")).unwrap();
        fs::write(folder.join("journal"), format!("{journal}v1 10000")).unwrap();
        let run = bench.run(&plan, &["abandon"]);
        assert_eq!(run.code, 3);
        run.says("no undo, no rollback, no final step");
        run.says(&format!("abandon {RUN} --yes"));
        assert!(bench.path().join("state/test/open").join(RUN).exists());
        let run = bench.run(&plan, &["abandon", "--yes"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!bench.path().join("state/test/open").join(RUN).exists());
        let journal = fs::read_to_string(folder.join("journal")).unwrap();
        assert!(journal.ends_with(" over abandoned 4 .\n") && journal.contains("\nv1 10000\n"), "{journal}");
        let report: Value = serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap();
        assert_eq!((&report["outcome"], &report["exit_code"]), (&"abandoned".into(), &4.into()));
        assert_eq!(report["steps"][1]["status"], "unfinished");
        assert_eq!(bench.run(&plan, &["status", "--exit-code"]).code, 4);
    });
}

#[test]
fn wrong_usage_is_told() {
    every_shell(|bench| {
        for (args, words) in [
            (&["statsu"][..], "there is no command statsu\nrulec: commands: run, resume, status, pause"),
            (&["status", "a", "b"], "takes one run, not also: b"),
            (&["status", "--format", "json"], "does not know the option --format"),
            (&["report", "--format=xml"], "json, junit or prometheus, not: xml"),
            (&["report", "-o"], "-o takes a value"),
            (&["steps", "x"], "steps takes no argument: x"),
            (&["list", "--color=blue"], "--color is auto, always or never"),
            (&["status", ""], "the id of a run is empty"),
        ] {
            let run = bench.run(&sample(), args);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
            run.says(words);
        }
        let help = bench.run(&sample(), &["status", "--help"]).stdout;
        assert!(help.contains("usage: ") && help.lines().all(|line| line.len() <= 80), "{help}");
        assert_eq!(bench.run(&sample(), &["steps"]).stdout, bench.run(&sample(), &["--list"]).stdout);
    });
}
