//! `SCRIPT monitor`: what is looked for, when it is told, and what a breach sets going.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rulec::plan::Plan;
use rulec::plan::ir::{Alert, Check, Comparison, Idempotency, InputType, Measure, Monitor, Reaction};
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, every_shell};
use super::plans::{act, input, plan, source, step, traced};

/// An alert that writes all that it is told to the file `alerts`.
const TELL: &str = "printf '%s: %s: %s: %s\\n' \"$RULEC_ALERT_STEP\" \"$RULEC_ALERT_NAME\" \"$RULEC_ALERT_STATE\" \"$RULEC_ALERT_MESSAGE\" >>alerts";

fn monitor(id: &str, every_ms: u64, command: &str) -> Monitor {
    Monitor {
        id: id.into(),
        text: format!("{id} is well"),
        every_ms,
        check: Check {
            command: command.into(),
            timeout_ms: Some(every_ms.max(20_000)),
            measure: None,
            says: None,
        },
        on_breach: Some(Reaction { alert: Some("default".into()), run: None }),
        satisfies: Vec::new(),
        source: source("/monitors/0"),
    }
}

fn curing(mut monitor: Monitor, procedure: &str) -> Monitor {
    monitor.on_breach = Some(Reaction { alert: Some("default".into()), run: Some(procedure.into()) });
    monitor
}

/// A plan of one step that writes `a` to the trace, with these monitors.
fn watched(monitors: impl IntoIterator<Item = Monitor>) -> Plan {
    let mut plan = plan([traced("a")]);
    plan.alerts.insert("default".into(), Alert { command: TELL.into(), timeout_ms: None });
    plan.monitors = monitors.into_iter().collect();
    plan
}

fn folder(bench: &Bench, id: &str) -> PathBuf {
    bench.path().join("state/test/monitors").join(id)
}

/// Waits until the file has so many lines.
fn await_lines(bench: &Bench, file: &str, count: usize) {
    let begun = Instant::now();
    while bench.read(file).lines().count() < count {
        assert!(begun.elapsed() < Duration::from_secs(60), "`{file}` never came: {}", bench.read("stderr"));
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn once_tells_a_breach_when_it_begins_and_when_it_is_over() {
    every_shell(|bench| {
        let plan = watched([monitor("M1", 1_000, "test -e fine")]);
        for (is_fine, code, words, alerts) in [
            (true, 0, "M1: ok", 0),
            (false, 1, "M1: breach: exit code 1", 1),
            (false, 1, "M1: still in breach after", 1),
            (true, 0, "M1: well again after", 2),
            (true, 0, "M1: ok", 2),
            (false, 1, "M1: breach: exit code 1", 3),
        ] {
            if is_fine {
                fs::write(bench.path().join("fine"), "").unwrap();
            } else {
                let _ = fs::remove_file(bench.path().join("fine"));
            }
            let run = bench.run(&plan, &["monitor", "--once"]);
            assert_eq!(run.code, code, "{}", run.stderr);
            run.says(words);
            assert_eq!(bench.read("alerts").lines().count(), alerts, "{}", run.stderr);
        }
        let alerts = bench.read("alerts");
        let mut alerts = alerts.lines();
        assert_eq!(alerts.next(), Some("monitor/M1: M1 is well: breach: breach: exit code 1"));
        assert!(alerts.next().unwrap().starts_with("monitor/M1: M1 is well: ok: well again after "));
        assert_eq!(bench.read("trace"), "", "looking runs nothing");
        assert_eq!(
            fs::read_dir(folder(bench, "M1").join("runs")).unwrap().count(),
            0,
            "nothing is left over"
        );
    });
}

#[test]
fn a_breach_that_lasts_is_told_again_after_an_hour() {
    every_shell(|bench| {
        let plan = watched([curing(monitor("M1", 1_000, "false"), "E1")]);
        let state = folder(bench, "M1").join("state");
        assert_eq!(bench.run(&plan, &["monitor", "--once"]).code, 1);
        assert_eq!((bench.read("alerts").lines().count(), bench.read("trace").as_str()), (1, "a\n"));
        let line = fs::read_to_string(&state).unwrap();
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert_eq!((fields[0], fields[1], fields[3], fields[6]), ("v1", "breach", "1", "."), "{line}");
        for (ago, told) in [(3_500, 1), (3_700, 2), (-3_700, 3)] {
            let since: i64 = fields[2].parse().unwrap();
            let at = since - ago;
            fs::write(&state, format!("v1 breach {since} 1 {at} {at} .\n")).unwrap();
            let run = bench.run(&plan, &["monitor", "--once"]);
            run.says("still in breach");
            assert_eq!(bench.read("alerts").lines().count(), told, "{}", run.stderr);
            assert_eq!(bench.read("trace").lines().count(), told, "{}", run.stderr);
        }
        // What is torn counts for nothing.
        fs::write(&state, &line[..line.len() - 2]).unwrap();
        bench.run(&plan, &["monitor", "--once"]).says("M1: breach: exit code 1");
    });
}

#[test]
fn an_alert_that_nobody_heard_is_raised_again_at_the_next_look() {
    every_shell(|bench| {
        let mut plan = watched([monitor("M1", 1_000, "false")]);
        plan.alerts.get_mut("default").unwrap().command =
            format!("{TELL}; test -e line || {{ echo busy; exit 9; }}");
        let run = bench.run(&plan, &["monitor", "--once"]);
        run.says("the alert could not be raised: exit code 9");
        run.says("| busy");
        fs::write(bench.path().join("line"), "").unwrap();
        bench.run(&plan, &["monitor", "--once"]);
        bench.run(&plan, &["monitor", "--once"]);
        assert_eq!(bench.read("alerts").lines().count(), 2);
        // Without a command it is on standard error, and an alert that hangs does not end the watch.
        plan.alerts.clear();
        fs::remove_dir_all(folder(bench, "M1")).unwrap();
        bench.run(&plan, &["monitor", "--once"]).says("M1: ALERT: breach: exit code 1");
        plan.alerts.insert("default".into(), Alert { command: "sleep 30".into(), timeout_ms: Some(200) });
        fs::remove_dir_all(folder(bench, "M1")).unwrap();
        bench.run(&plan, &["monitor", "--once"]).says("the alert could not be raised: timed out");
    });
}

#[test]
fn any_text_is_looked_after() {
    const ID: &str = "it's \"M\" $HOME `x` %s \\n caf\u{e9}\n2";
    every_shell(|bench| {
        let mut odd = monitor(ID, 1_000, "echo 'caf\u{e9} 100%' >&2; false");
        odd.text = ID.into();
        let plan = watched([monitor("M1", 1_000, "true"), odd]);
        let run = bench.run(&plan, &["monitor", "--once", "--", ID]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        run.says("caf\u{e9} 2: breach: exit code 1");
        run.says("| caf\u{e9} 100%");
        assert!(!run.stderr.contains("M1: ok"), "{}", run.stderr);
        assert_eq!(bench.read("alerts"), format!("monitor/{ID}: {ID}: breach: breach: exit code 1\n"));
        let listed = bench.run(&plan, &["--list"]);
        assert!(listed.stdout.contains("monitor: M1, every 1s: M1 is well\n"), "{}", listed.stdout);
    });
}

#[test]
fn what_is_measured_is_held_against_its_bound() {
    every_shell(|bench| {
        let mut measured = monitor("M1", 1_000, "cat value");
        measured.check.measure =
            Some(Measure { op: Comparison::LessOrEqual, value: "2.5".into(), unit: "s".into() });
        let plan = watched([measured]);
        for (value, code, words) in [
            ("2.50", 0, "M1: ok, measured 2.50 s, wanted <= 2.5 s"),
            ("2.51", 1, "M1: breach: measured 2.51 s, wanted <= 2.5 s"),
            ("many", 1, "printed `many`, which is no number"),
        ] {
            fs::write(bench.path().join("value"), value).unwrap();
            let run = bench.run(&plan, &["monitor", "--once"]);
            assert_eq!(run.code, code, "{}", run.stderr);
            run.says(words);
        }
    });
}

#[test]
fn a_check_that_hangs_is_a_breach() {
    every_shell(|bench| {
        let mut hanging = monitor("M1", 200, "echo $$ >>pids; sleep 30 & echo $! >>pids; wait");
        hanging.check.timeout_ms = Some(300);
        let run = bench.run(&watched([hanging]), &["monitor", "--once"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        run.says("breach: timed out, stopped after ");
        assert_eq!(bench.leftovers(), Vec::<String>::new());
    });
}

#[test]
fn each_is_looked_after_at_its_own_pace() {
    every_shell(|bench| {
        // Were the next look counted from the end of the last one, there would be half as many.
        let plan =
            watched([monitor("M1", 400, "echo >>one; sleep 0.35"), monitor("M2", 600_000, "echo >>two")]);
        let child = bench.spawn(&plan, &["monitor", "--color=never"]);
        await_lines(bench, "one", 1);
        let begun = Instant::now();
        sleep(Duration::from_millis(6_000));
        let least = begun.elapsed().as_millis() / 400;
        assert!(bench.signal(&child, "TERM"));
        let run = bench.wait(child);
        let most = begun.elapsed().as_millis() / 400;
        // A machine that is too busy is no fault of the watch, which says what it had no time for.
        let missed =
            run.stderr.lines().filter_map(|line| line.split_once("M1: looks that there was no time for: "));
        let missed: usize = missed.map(|(_, count)| count.parse::<usize>().unwrap()).sum();
        let slots = u128::try_from(bench.read("one").lines().count() + missed).unwrap();
        assert!(slots + 4 >= least && slots <= most + 3, "{least} to {most}, not {slots}: {}", run.stderr);
        assert_eq!((run.code, bench.read("two").as_str()), (0, "\n"), "{}", run.stderr);
    });
}

#[test]
fn a_loop_says_what_changes_and_nothing_else() {
    every_shell(|bench| {
        let plan = watched([monitor("M1", 150, "echo >>looks; test ! -e broken")]);
        let child = bench.spawn(&plan, &["monitor", "--color=never"]);
        await_lines(bench, "looks", 3);
        fs::write(bench.path().join("broken"), "").unwrap();
        await_lines(bench, "alerts", 1);
        fs::remove_file(bench.path().join("broken")).unwrap();
        await_lines(bench, "alerts", 2);
        assert!(bench.signal(&child, "TERM"));
        let run = bench.wait(child);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let said = |words: &str| run.stderr.matches(words).count();
        assert_eq!((said("M1: ok"), said("M1: breach"), said("M1: well again")), (1, 1, 1), "{}", run.stderr);
        let day = run.stderr.lines().next().unwrap();
        assert!(day.starts_with("20") && day.contains("Z  M1: ok"), "{day}");
    });
}

#[test]
fn a_breach_runs_this_script() {
    every_shell(|bench| {
        let mut plan = watched([curing(monitor("M1", 1_000, "test -s trace"), "E1")]);
        plan.inputs = vec![input("PORT", InputType::Port)];
        plan.steps[0] = step("a", "echo \"a $PORT\" >>trace");
        let run = bench.run(&plan, &["monitor", "--once", "--input", "PORT=80"]);
        assert_eq!((run.code, run.trace.as_str()), (1, "a 80"), "{}", run.stderr);
        run.says("M1: E1 was run");
        assert_eq!(run.report["outcome"], "succeeded");
        assert_eq!(bench.run(&plan, &["monitor", "--once", "--input=PORT=80"]).code, 0);
        let refused = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!(refused.code, 3, "{}", refused.stderr);
        refused.says("PORT is missing");
    });
}

#[test]
fn a_breach_runs_it_however_lately_it_was_done() {
    every_shell(|bench| {
        let mut plan = watched([curing(monitor("M1", 1_000, "test ! -e broken"), "E1")]);
        plan.policy.idempotency = Some(Idempotency { ttl_ms: 3_600_000 });
        plan.steps[0] = step("a", "echo a >>trace; rm -f broken");
        bench.run(&plan, &[]).came_to(0, "succeeded", "a");
        bench.run(&plan, &[]).came_to(0, "already_done", "a");
        fs::write(bench.path().join("broken"), "").unwrap();
        let run = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!((run.code, run.trace.as_str()), (1, "a a"), "{}", run.stderr);
        run.says("M1: E1 was run");
        // Anybody may ask for that.
        bench.run(&plan, &[]).came_to(0, "already_done", "a a");
        bench.run(&plan, &["--anew"]).came_to(0, "succeeded", "a a a");
        assert_eq!(bench.run(&plan, &["monitor", "--anew"]).code, 2);
    });
}

#[test]
fn a_breach_runs_the_script_beside_this_one() {
    every_shell(|bench| {
        let plan = watched([monitor("M0", 1_000, "true"), curing(monitor("M1", 1_000, "false"), "E 2")]);
        let run = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        run.says("a breach of monitor M1 runs E 2, but its script is not there");
        assert_eq!(bench.read("alerts"), "", "nothing has been looked for");
        assert_eq!(bench.run(&plan, &["monitor", "--once", "M0"]).code, 0);
        let mut other = super::plans::plan([traced("b"), step("c", "exit 7")]);
        other.entry.id = "E 2".into();
        bench.write(&bench.path().join("E-2.sh"), Shell.emit(&other).content);
        let run = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!((run.code, run.trace.as_str()), (1, "b undo b"), "{}", run.stderr);
        let alerts = bench.read("alerts");
        assert!(alerts.ends_with(": breach: E 2 was run and failed: exit code 5\n"), "{alerts}");
    });
}

#[test]
fn nobody_confirms_what_a_breach_runs_unless_told_to() {
    every_shell(|bench| {
        let mut plan = watched([curing(monitor("M1", 1_000, "false"), "E1")]);
        plan.steps.push(act("b", rulec::plan::ir::Action::Manual { instruction: "look".into() }));
        plan.steps[1].needs = vec!["a".into()];
        let run = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!((run.code, run.trace.as_str()), (1, ""), "{}", run.stderr);
        run.says("E1 was refused, exit code 3: a person");
        assert!(bench.read("alerts").ends_with("a person, an input or a condition is missing\n"));
        fs::remove_dir_all(folder(bench, "M1")).unwrap();
        let run = bench.run(&plan, &["monitor", "--once", "--yes"]);
        assert_eq!((run.code, run.trace.as_str()), (1, "a"), "{}", run.stderr);
    });
}

#[test]
fn signals_end_the_watch() {
    every_shell(|bench| {
        for (name, code) in [("TERM", 0), ("INT", 130), ("HUP", 129)] {
            let _ = fs::remove_file(bench.path().join("looks"));
            let plan = watched([monitor("M1", 60_000, "echo >>looks")]);
            let child = bench.spawn(&plan, &["monitor"]);
            await_lines(bench, "looks", 1);
            sleep(Duration::from_millis(300));
            let begun = Instant::now();
            assert!(bench.signal(&child, name));
            let run = bench.wait(child);
            assert_eq!(run.code, code, "{name}: {}", run.stderr);
            assert!(begun.elapsed() < Duration::from_secs(20), "{name}: {:?}", begun.elapsed());
            assert_eq!(fs::read_dir(folder(bench, "M1").join("runs")).unwrap().count(), 0);
        }
    });
}

#[test]
fn a_look_that_is_cut_off_is_no_breach() {
    every_shell(|bench| {
        for (args, code) in [(vec!["monitor"], 0), (vec!["monitor", "--once"], 143)] {
            let _ = fs::remove_file(bench.path().join("pids"));
            let plan = watched([monitor("M1", 60_000, "sleep 30 & echo $! >>pids; echo $$ >>pids; wait")]);
            let child = bench.spawn(&plan, &args);
            await_lines(bench, "pids", 2);
            assert!(bench.signal(&child, "TERM"));
            let run = bench.wait(child);
            assert_eq!(run.code, code, "{}", run.stderr);
            assert_eq!(
                (bench.read("alerts").as_str(), bench.leftovers()),
                ("", Vec::new()),
                "{}",
                run.stderr
            );
            assert!(!run.stderr.contains("breach"), "{}", run.stderr);
        }
    });
}

#[test]
fn what_a_breach_runs_is_rolled_back_when_the_watch_ends() {
    every_shell(|bench| {
        let mut plan = watched([curing(monitor("M1", 60_000, "false"), "E1")]);
        plan.steps[0] = super::plans::undone(step("a", "echo $$ >>pids; echo a >>trace; sleep 30"));
        let child = bench.spawn(&plan, &["monitor"]);
        bench.await_trace("a");
        assert!(bench.signal(&child, "TERM"));
        let run = bench.wait(child);
        assert_eq!((run.code, run.trace.as_str()), (0, "a undo a"), "{}", run.stderr);
        run.says("E1 is being cancelled, since SIGTERM came");
        assert_eq!(bench.leftovers(), Vec::<String>::new());
    });
}

#[test]
fn two_never_look_after_the_same_thing() {
    every_shell(|bench| {
        let plan = watched([monitor("M1", 100, "echo >>looks"), monitor("M2", 60_000, "true")]);
        let mut child = bench.spawn(&plan, &["monitor", "M1"]);
        await_lines(bench, "looks", 1);
        let run = bench.run(&plan, &["monitor", "--once"]);
        assert_eq!(run.code, 7, "{}", run.stderr);
        run.says("M1: passed over, it is looked after by run watch-");
        run.says("M2: ok");
        // What is killed leaves its lock behind, which is taken over.
        child.kill().unwrap();
        child.wait().unwrap();
        let before = bench.read("looks").lines().count();
        let mut code = 7;
        for _ in 0..50 {
            code = bench.run(&plan, &["monitor", "--once", "M1"]).code;
            if code == 0 {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        assert_eq!(code, 0);
        assert!(bench.read("looks").lines().count() > before);
        assert_eq!(fs::read_dir(folder(bench, "M1").join("runs")).unwrap().count(), 0, "the dead one's too");
    });
}

#[test]
fn a_wrong_command_line_is_refused() {
    every_shell(|bench| {
        let plan = watched([monitor("M1", 1_000, "true")]);
        for (args, words) in [
            (&["monitor", "M2"][..], "there is no monitor M2"),
            (&["monitor", "--", "--once"], "there is no monitor --once"),
            (&["monitor", "--twice"], "unknown argument: --twice"),
            (&["--once"], "--once belongs to monitor"),
            (&["run", "M1"], "unknown argument: M1"),
        ] {
            let run = bench.run(&plan, args);
            assert_eq!(run.code, 2, "{}", run.stderr);
            run.says(words);
        }
        let run = bench.run(&super::plans::plan([traced("a")]), &["monitor"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        run.says("the rules have no monitors");
        assert_eq!(bench.read("trace"), "");
    });
}

#[test]
fn checks_and_alerts_find_inputs_and_secrets() {
    every_shell(|bench| {
        let mut plan =
            watched([monitor("M1", 1_000, "echo \"the key is $KEY\"; test \"$PORT\" = 80 && false")]);
        plan.inputs = vec![input("PORT", InputType::Port), input("KEY", InputType::Secret)];
        plan.alerts.get_mut("default").unwrap().command = "echo \"$KEY\"; exit 1".into();
        let mut command = bench.command(&bench.emit(&plan), &["monitor", "--once", "--input=PORT=80"]);
        let run = bench.wait(command.env("KEY", "open-sesame").spawn().unwrap());
        assert_eq!(run.code, 1, "{}", run.stderr);
        run.says("| the key is ***");
        run.says("| ***");
        assert!(!run.stderr.contains("open-sesame"), "{}", run.stderr);
    });
}

#[test]
fn what_no_argument_holds_is_left_out_and_said() {
    let mut plan =
        watched([monitor("M1", 1_000, &"x".repeat(140_000)), monitor("M2", 3_000_000_000, "true")]);
    plan.monitors[1].source = source("/monitors/1");
    let losses = Shell.losses(&plan);
    let told: Vec<_> = losses.iter().map(|loss| (loss.what.as_str(), loss.source.pointer.as_str())).collect();
    assert_eq!(
        told,
        [
            ("monitor `M1`, which has a text that no argument of a command holds", "/monitors/0"),
            ("a time of more than 24 days", "/monitors/1/every"),
        ]
    );
    let run = Bench::new("sh").run(&plan, &["monitor", "--once"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("M1"), "{}", run.stderr);
    let run = Bench::new("sh").run(&plan, &[]);
    assert_eq!((run.code, run.trace.as_str()), (0, "a"), "a run is not kept from starting");
}
