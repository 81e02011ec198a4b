//! A run that is steered from another terminal while it goes on: whole runs of scripts that the binary has
//! compiled from rule files, with a lock in the policy and without one.

use std::fs::{self, File};
use std::process::Child;

use serde_json::Value;

use super::bench::{Bench, Run, every_shell};
use super::site::{Site, compile, kill, until};

/// How long a second runner waits for the lock where a test waits until it has given up.
const LOCK_S: u32 = 5;

/// The rules of L3; `more` goes below `executor`.
fn limits(is_locked: bool, waits_s: u32) -> String {
    format!(
        "layer: L3
executor:
  audit: {{ enabled: true }}
  concurrency: {{ enabled: {is_locked}, lock_scope: shop, lock_timeout: {waits_s} }}
"
    )
}

/// Three steps, the second of which lasts until there is a file `go`.
const RULES: &str = "
layer: L5
procedures:
  - id: move
    name: Move the shop
    estimated_duration: 5m
    steps:
      - id: pack
        name: Pack it
        command: echo pack >>trace
        undo: echo unpack >>trace
        timeout: 60
      - id: drive
        name: Drive
        command: echo drive >>trace; until [ -e go ]; do sleep 0.05; done; echo arrived >>trace
        undo: echo back >>trace
        idempotent: true
        timeout: 300
      - id: open
        name: Open it
        command: echo open >>trace
        undo: echo close >>trace
        timeout: 60
checklists:
  before:
    - { item: The lamp is lit, mandatory: true, check: echo lamp >>trace }
    - { item: The tea is made, mandatory: true }
";

/// Calls `check` with a site whose runs lock each other out, and with one whose runs don't.
fn every_site(check: impl Fn(&Site<'_>) + Sync) {
    every_shell(|bench| {
        for is_locked in [true, false] {
            let bench = Bench::new(bench.shell);
            check(&Site::new(
                &bench,
                "move",
                &[("L3-shop.yaml", &limits(is_locked, LOCK_S)), ("L5-shop.yaml", RULES)],
            ));
        }
    });
}

fn is_locked(site: &Site<'_>) -> bool {
    fs::read_to_string(site.bench.path().join("rules/L3-shop.yaml")).unwrap().contains("enabled: true, lock")
}

/// A run whose second step is under way, and its id.
fn under_way(site: &Site<'_>) -> (Child, String) {
    let child = site.start(&[]);
    until("drive", || site.bench.read("trace").ends_with("drive\n"));
    let run = site.status(&[])["run"].as_str().unwrap().to_owned();
    (child, run)
}

fn go(site: &Site<'_>) {
    fs::write(site.bench.path().join("go"), "").unwrap();
}

/// The keys of an object, in order.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted(words: &str) -> Vec<&str> {
    let mut words: Vec<&str> = words.split(' ').collect();
    words.sort_unstable();
    words
}

const STATUS: &str = "version run folder entry plan execution state phase outcome exit_code cause requested pid host started updated elapsed_s estimated_s percent steps current undoing next next_question";
const CURRENT: &str = "number id name owner stage elapsed_s attempt attempts poll polls waiting_for until";

#[test]
fn a_run_is_seen_while_it_goes_on() {
    every_site(|site| {
        let (child, run) = under_way(site);
        let seen = site.status(&[&run[..run.len() - 1]]);
        assert_eq!(keys(&seen), sorted(STATUS));
        assert_eq!(keys(&seen["current"][0]), sorted(CURRENT));
        assert_eq!(keys(&seen["steps"]), sorted("total over ok failed skipped cancelled"));
        assert_eq!((&seen["state"], &seen["phase"]), (&"running".into(), &"steps".into()));
        assert_eq!((&seen["run"], &seen["pid"]), (&run.as_str().into(), &child.id().into()));
        assert_eq!((&seen["outcome"], &seen["exit_code"]), (&Value::Null, &Value::Null));
        assert_eq!((&seen["steps"]["ok"], &seen["estimated_s"]), (&1.into(), &300.into()));
        assert_eq!((&seen["current"][0]["id"], &seen["next"][0]["id"]), (&"drive".into(), &"open".into()));
        let panel = site.ask(&["status"]);
        for words in
            ["Move the shop (move)", "running", &run, "1 of 3 steps", "> 2. Drive", "next: 3. Open it"]
        {
            assert!(panel.contains(words), "`{words}` is not in: {panel}");
        }
        assert_eq!(site.run(&["status", "--exit-code"]).code, 0);
        let listed: Value = serde_json::from_str(&site.ask(&["list", "--json"])).unwrap();
        assert_eq!(keys(&listed[0]), sorted("run entry started state outcome exit_code duration_s"));
        assert_eq!((&listed[0]["run"], &listed[0]["state"]), (&run.as_str().into(), &"running".into()));
        // A report can be had before there is one.
        let report = site.report(&[]);
        assert_eq!((&report["outcome"], &report["exit_code"]), (&"unfinished".into(), &Value::Null));
        assert_eq!(report["steps"][1]["status"], "unfinished");
        // What may not be asked of it now.
        let resumed = site.run(&["resume"]);
        assert_eq!(resumed.code, 7, "{}", resumed.stderr);
        resumed.says(&format!("run {run} cannot be taken over: locked by run {run}, process {}", child.id()));
        let abandoned = site.run(&["abandon", "--yes"]);
        assert_eq!(abandoned.code, 3);
        abandoned.says("is under way: cancel it");
        let screen = File::create(site.bench.path().join("screen")).unwrap();
        let watch = site.bench.command(&site.script, &["status", "--watch"]).stdout(screen).spawn().unwrap();
        until("the watch", || site.bench.read("screen").contains("> 2. Drive"));
        go(site);
        site.bench.wait(child).came_to(0, "succeeded", "pack drive arrived open");
        let watch = site.bench.wait(watch);
        assert_eq!((watch.code, watch.stderr.as_str()), (0, ""));
        let screen = site.bench.read("screen");
        assert!(
            screen.matches("Move the shop (move)").count() >= 2 && !screen.contains('\u{1b}'),
            "{screen}"
        );
        assert!(screen.contains("succeeded"), "{screen}");
        let seen = site.status(&[]);
        assert_eq!(
            (&seen["state"], &seen["outcome"], &seen["percent"]),
            (&"over".into(), &"succeeded".into(), &100.into())
        );
        for command in ["pause", "cancel", "abandon"] {
            let run = site.run(&[command]);
            assert_eq!(run.code, 3, "{}", run.stderr);
            run.says("is over: succeeded");
        }
    });
}

#[test]
fn who_waits_at_a_gate_is_running() {
    every_shell(|bench| {
        let site = Site::new(bench, "move", &[("L3-shop.yaml", &limits(true, 60)), ("L5-shop.yaml", RULES)]);
        let (first, run) = under_way(&site);
        let second = site.start(&[]);
        let list = || -> Value { serde_json::from_str(&site.ask(&["list", "--json"])).unwrap() };
        until("the second run", || list().as_array().unwrap().len() == 2);
        let listed = list();
        let waits = listed.as_array().unwrap().iter().find(|other| other["run"] != run.as_str()).unwrap();
        assert_eq!((&waits["state"], &waits["outcome"]), (&"running".into(), &Value::Null), "{listed}");
        let seen = site.status(&[waits["run"].as_str().unwrap()]);
        assert_eq!((&seen["state"], &seen["phase"]), (&"running".into(), &"gates".into()), "{seen}");
        // The one that has begun is the one that is meant.
        assert_eq!(site.status(&[])["run"], run.as_str());
        go(&site);
        assert_eq!(bench.wait(first).code, 0);
        assert_eq!(bench.wait(second).code, 0);
    });
}

#[test]
fn a_run_is_paused_and_goes_on() {
    every_site(|site| {
        let (child, run) = under_way(site);
        let paused = site.run(&["pause", &run]);
        assert_eq!((paused.code, paused.stdout.as_str()), (0, ""));
        paused.says(&format!("run {run} pauses once what is under way has ended"));
        assert_eq!(site.status(&[])["requested"], "pause");
        // The step that is under way comes to its end, and the next does not begin.
        go(site);
        let first = site.bench.wait(child);
        first.came_to(10, "paused", "pack drive arrived");
        first.says("paused after ");
        first.says(&format!("script.sh resume {run}"));
        assert_eq!(site.status(&[])["state"], "paused");
        assert_eq!(site.run(&["status", "--exit-code"]).code, 10);
        // The report is the one of its runner, whichever way it is asked for.
        let report = site.report(&[]);
        assert_eq!(report, first.report);
        assert_eq!((&report["outcome"], &report["exit_code"]), (&"paused".into(), &10.into()));
        assert_eq!(report["steps"][2]["status"], "not_run");
        assert!(report["audit"]["lines"].as_u64().unwrap() > 0);
        let junit = site.ask(&["report", "--format=junit"]);
        assert!(junit.contains("Drive") && junit.contains("value=\"paused\""), "{junit}");
        let prometheus = site.ask(&["report", "--format=prometheus"]);
        assert!(
            prometheus.contains("rulec_run_outcome{entry=\"move\",outcome=\"paused\"} 1"),
            "{prometheus}"
        );
        assert!(site.ask(&["list"]).contains("paused"));
        let again = site.run(&["pause"]);
        assert_eq!(again.code, 0);
        again.says("is paused already; to go on: sh ");
        if is_locked(site) {
            let fresh = site.run(&[]);
            fresh.came_to(11, "refused", "pack drive arrived");
            for word in ["status", "resume", "cancel", "abandon"] {
                fresh.says(&format!("script.sh {word} {run}\n"));
            }
        }
        let resumed = site.run(&["resume", &run]);
        resumed.came_to(0, "succeeded", "pack drive arrived open");
        assert_eq!(resumed.report["run"], run.as_str());
        assert_eq!(site.run(&["resume", &run]).code, 3);
        site.ask(&["audit", "verify"]);
    });
}

/// What a run that is over left in the state folder: it stands in no one's way.
#[track_caller]
fn is_settled(site: &Site<'_>, run: &str, outcome: &str, code: i32) {
    let seen = site.status(&[run]);
    assert_eq!(
        (&seen["state"], &seen["outcome"], &seen["exit_code"]),
        (&"over".into(), &outcome.into(), &code.into())
    );
    assert_eq!(site.report(&[run])["outcome"], outcome);
    assert!(!site.home().join("open").join(run).exists());
    let audit = fs::read_to_string(site.home().join("audit.jsonl")).unwrap();
    let last = audit.lines().rfind(|line| line.contains(run)).unwrap();
    assert!(last.contains("\"event\":\"run_ended\"") && last.contains(outcome), "{last}");
    site.ask(&["audit", "verify"]);
    fs::remove_file(site.bench.path().join("trace")).unwrap();
    go(site);
    site.run(&[]).came_to(0, "succeeded", "pack drive arrived open");
}

#[test]
fn a_living_run_is_cancelled() {
    every_site(|site| {
        let (child, run) = under_way(site);
        let cancel = site.start(&["cancel", "--wait"]);
        let first = site.bench.wait(child);
        first.came_to(143, "cancelled", "pack drive back unpack");
        let cancel = site.bench.wait(cancel);
        assert_eq!((cancel.code, cancel.stdout.as_str()), (143, "cancelled\n"), "{}", cancel.stderr);
        cancel.says(&format!("run {run} is cancelled: what is under way is stopped"));
        is_settled(site, &run, "cancelled", 143);
    });
}

#[test]
fn a_paused_run_is_cancelled() {
    every_site(|site| {
        let (child, run) = under_way(site);
        site.run(&["pause"]);
        go(site);
        assert_eq!(site.bench.wait(child).code, 10);
        let cancel = site.run(&["cancel"]);
        cancel.came_to(143, "cancelled", "pack drive arrived back unpack");
        assert_eq!(cancel.report["run"], run.as_str());
        is_settled(site, &run, "cancelled", 143);
    });
}

/// A run whose runner is killed while its second step is under way; the step ends, too.
fn dead(site: &Site<'_>) -> String {
    let (mut child, run) = under_way(site);
    kill(&mut child);
    go(site);
    until("arrived", || site.bench.read("trace").ends_with("arrived\n"));
    assert_eq!(site.status(&[])["state"], "stopped");
    assert_eq!(site.run(&["status", "--exit-code"]).code, 11);
    assert!(site.ask(&["list"]).contains("stopped"));
    let report = site.report(&[]);
    assert_eq!((&report["outcome"], &report["audit"]), (&"unfinished".into(), &Value::Null));
    let pause = site.run(&["pause"]);
    assert_eq!(pause.code, 3);
    pause.says(&format!("the runner of {run} is gone; to go on: sh "));
    run
}

#[test]
fn a_dead_run_is_cancelled() {
    every_site(|site| {
        let run = dead(site);
        let cancel = site.run(&["cancel"]);
        cancel.came_to(143, "cancelled", "pack drive arrived back unpack");
        is_settled(site, &run, "cancelled", 143);
    });
}

#[test]
fn a_dead_run_is_abandoned() {
    every_site(|site| {
        let run = dead(site);
        if is_locked(site) {
            let fresh = site.run(&[]);
            fresh.came_to(11, "refused", "pack drive arrived");
            fresh.says(&format!("abandon {run}\n"));
        }
        let asked = site.run(&["abandon"]);
        assert_eq!(asked.code, 3);
        asked.says("no undo, no rollback, no final step");
        asked.says(&format!("script.sh abandon {run} --yes"));
        assert_eq!(site.status(&[])["state"], "stopped");
        let abandoned = site.run(&["abandon", "--yes"]);
        assert_eq!((abandoned.code, abandoned.stdout.as_str()), (0, ""), "{}", abandoned.stderr);
        assert_eq!(abandoned.trace, "pack drive arrived");
        assert_eq!(site.report(&[&run])["steps"][0]["status"], "ok");
        is_settled(site, &run, "abandoned", 4);
    });
}

#[test]
fn what_a_script_holds_can_be_asked_for() {
    every_shell(|bench| {
        let site = Site::new(bench, "move", &[("L3-shop.yaml", &limits(true, 60)), ("L5-shop.yaml", RULES)]);
        assert_eq!(compile(bench, site.entry, "plan", "plan.json").code, 0);
        assert_eq!(site.ask(&["plan"]), bench.read("plan.json"));
        site.ask(&["plan", "-o", "again.json"]);
        assert_eq!(bench.read("again.json"), bench.read("plan.json"));
        let steps = "step 1: Pack it (pack)\nstep 2: Drive (drive)\nstep 3: Open it (open)\nchecklist: before (2 items)\n";
        assert_eq!(site.ask(&["steps"]), steps);
        assert_eq!(site.ask(&["--list"]), steps);
        for args in [&["checklist", "before", "--yes"][..], &["--checklist", "before", "--yes"]] {
            fs::write(bench.path().join("trace"), "").unwrap();
            let run = site.run(args);
            run.came_to(0, "succeeded", "lamp");
            assert_eq!(run.report["checklist"][1]["status"], "attested", "{}", run.report);
        }
        let run = site.run(&["checklist", "before"]);
        assert_eq!(run.code, 3);
        run.says("The tea is made");
        // The log is whole until a byte of it is another one.
        assert!(site.ask(&["audit", "verify"]).starts_with("the audit log is whole: "));
        let log = site.home().join("audit.jsonl");
        let whole = fs::read_to_string(&log).unwrap();
        fs::write(&log, whole.replacen("succeeded", "sUcceeded", 1)).unwrap();
        let run = site.run(&["audit", "verify"]);
        assert_eq!(run.code, 8, "{}{}", run.stdout, run.stderr);
        fs::write(&log, whole).unwrap();
        site.ask(&["audit", "verify"]);
    });
}

const GUARDED: &str = "
layer: L5
procedures:
  - id: move
    name: Move the shop
    window: maintenance
    approval: { roles: [owner, operator], reason: the street is blocked }
    inputs:
      - { name: STREET, type: string, required: true }
      - { name: NOTE, type: string, default: none }
      - { name: TOKEN, type: secret, required: true }
    steps:
      - id: drive
        command: 'echo \"$STREET $NOTE $TOKEN\"; echo \"$STREET|$NOTE|${#TOKEN}\" >>trace'
        undo: 'true'
        timeout: 60
";

const GUARDED_LIMITS: &str = "
layer: L3
security_constraints:
  authorization: { roles: [owner, operator] }
operational_constraints:
  deployment: { allowed_hours: '02:00-06:00' }
executor:
  audit: { enabled: true }
  concurrency: { enabled: true, lock_scope: shop, lock_timeout: 60 }
";

/// All that a run left in the state folder, and what it printed.
fn everything(site: &Site<'_>, run: &Run) -> String {
    fn read(folder: &std::path::Path, all: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else if path.is_file() {
                *all += &String::from_utf8_lossy(&fs::read(path).unwrap());
            }
        }
    }
    let mut all = format!("{}{}", run.stdout, run.stderr);
    read(&site.bench.path().join("state"), &mut all);
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["report"],
        &["report", "--format=junit"],
        &["list", "--json"],
    ] {
        all += &site.ask(args);
    }
    all
}

#[test]
fn a_guarded_run_from_the_approval_to_the_report() {
    every_shell(|bench| {
        let site = Site::new(bench, "move", &[("L3-shop.yaml", GUARDED_LIMITS), ("L5-shop.yaml", GUARDED)]);
        let with = |time: &str, args: &[&str]| {
            super::stage::set_clock(bench, time);
            let mut command = bench.command(&site.script, args);
            command.env("TOKEN", "hush-hush");
            bench.wait(command.spawn().unwrap())
        };
        fs::write(bench.path().join("given"), "# where to\nSTREET=High Street 1\nNOTE=it's = \"late\"\n")
            .unwrap();
        let given = ["--input-file", "given"];
        let approve = |more: &[&str]| with("12:00", &[&["approve"], more, &given].concat());
        // Nobody has approved it.
        let run = with("03:00", &given);
        run.came_to(3, "refused", "");
        run.says("approve --as NAME --role ROLE");
        run.says("--input 'STREET=High Street 1'");
        for (args, code, words) in [
            (&["--role=owner", "--yes"][..], 2, "approve takes --as NAME"),
            (&["--as=Ann", "--yes"], 2, "approve takes --role ROLE"),
            (&["--as=Ann", "--role=cook", "--yes"], 2, "no approval is by this role: cook"),
            (&["--as=Ann", "--role=owner"], 3, "nobody is there to confirm it"),
            (&["--as=Ann", "--role=owner", "--yes"], 0, "approved by Ann, for one run"),
            (&["--as=Bob", "--role=owner", "--yes"], 3, "approved already"),
        ] {
            let run = approve(args);
            assert_eq!(run.code, code, "{args:?}: {}", run.stderr);
            run.says(words);
        }
        // The window is shut, which leaves the approval for the next run.
        let run = with("06:00", &given);
        run.came_to(3, "refused", "");
        run.says("refused: the window 02:00-06:00 opens in 20h0m: it is 06:00 here");
        // Other inputs are another run, which nobody has approved.
        with("03:00", &["--input", "STREET=Low Street"]).came_to(3, "refused", "");
        let run = with("03:00", &given);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(bench.read("trace"), "High Street 1|it's = \"late\"|9\n");
        assert_eq!(run.report["approvals"][0]["name"], "Ann");
        assert_eq!(run.report["approvals"][0]["role"], "owner");
        run.says("High Street 1 it's = \"late\" ***");
        let all = everything(&site, &run);
        assert!(all.contains("High Street 1") && !all.contains("hush"), "{all}");
        // It served one run.
        let run = with("03:00", &given);
        assert_eq!(run.code, 3, "{}", run.stderr);
        let mut without = bench.command(&site.script, &given);
        without.env_remove("TOKEN");
        let run = bench.wait(without.spawn().unwrap());
        assert_eq!(run.code, 3);
        run.says("TOKEN is missing (secret)");
    });
}

#[test]
fn wrong_usage_helps() {
    every_shell(|bench| {
        let site = Site::new(bench, "move", &[("L3-shop.yaml", &limits(true, 60)), ("L5-shop.yaml", RULES)]);
        for (args, words) in [
            (&["pack"][..], "there is no command pack"),
            (&["run", "x"], "unknown argument: x"),
            (&["resume", "x", "y"], "unknown argument: y"),
            (&["resume", "x"], "no run has the name x"),
            (&["status", "x"], "there is no run"),
            (&["pause", "x"], "there is no run"),
            (&["cancel", "--force"], "cancel does not know the option --force"),
            (&["abandon", "a", "b"], "abandon takes one run, not also: b"),
            (&["list", "x"], "list takes no argument: x"),
            (&["report", "--format", "xml"], "--format is json, junit or prometheus, not: xml"),
            (&["report"], "there is no run"),
            (&["plan", "--json"], "plan does not know the option --json"),
            (&["steps", "x"], "steps takes no argument: x"),
            (&["checklist"], "checklist takes the name of a checklist"),
            (&["checklist", "after"], "there is no checklist after"),
            (&["audit"], "audit takes the word verify"),
            (&["audit", "verify", "x"], "unknown argument: x"),
            (&["approve", "--as", "Ann"], "this plan asks for no approval"),
            (&["approve", "--as"], "--as takes a value"),
            (&["monitor"], "the rules have no monitors"),
            (&["--rerun", "pack"], "--rerun and --skip-step belong to resume"),
            (&["--once"], "--once belongs to monitor"),
            (&["--input", "X=1"], "X"),
            (&["--input-file", "nowhere"], "nowhere"),
            (&["--color", "blue"], "--color is auto, always or never, not: blue"),
            (&["--frob"], "unknown argument: --frob"),
        ] {
            let run = site.run(args);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
            run.says(words);
            assert!(run.trace.is_empty());
            assert!(
                run.stderr.contains("script.sh --help") || run.stderr.contains("no run"),
                "{args:?}: {}",
                run.stderr
            );
        }
        for args in [
            &["--help"][..],
            &["-h"],
            &["status", "--help"],
            &["audit", "verify", "--help"],
            &["monitor", "-h"],
            &["approve", "--help"],
        ] {
            let help = site.ask(args);
            for line in help.lines() {
                assert!(line.len() <= 80, "{} columns: {line}", line.len());
            }
            for word in [
                "run",
                "resume [RUN]",
                "status [RUN]",
                "pause [RUN]",
                "cancel [RUN]",
                "abandon [RUN]",
                "list",
                "plan",
                "steps",
                "checklist NAME",
                "report [RUN]",
                "audit verify",
                "approve",
                "monitor [ID]...",
            ] {
                assert!(help.contains(&format!("\n  {word} ")), "no command `{word}`: {help}");
            }
            for word in [
                "--json",
                "--watch",
                "--exit-code",
                "--wait",
                "--as NAME",
                "--role ROLE",
                "--approve ROLE=NAME",
                "--input NAME=VALUE",
                "--input-file FILE",
                "--dry-run",
                "--checklist NAME",
                "--report FILE",
                "--trace FILE",
                "--quiet",
                "--color=WHEN",
                "--no-color",
                "--rerun STEP",
                "--skip-step STEP",
                "--format=json",
                "--output FILE",
                "--once",
                "--yes",
                "--version",
            ] {
                assert!(help.contains(word), "no option `{word}`: {help}");
            }
            for code in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 70] {
                assert!(help.contains(&format!("\n{code:>5}  ")), "no exit code {code}: {help}");
            }
        }
    });
}

#[test]
fn a_pipe_gets_no_colours_and_quiet_says_little() {
    every_shell(|bench| {
        let site = Site::new(bench, "move", &[("L3-shop.yaml", &limits(true, 60)), ("L5-shop.yaml", RULES)]);
        go(&site);
        let run = site.run(&["--quiet"]);
        assert_eq!(run.code, 0);
        let lines: Vec<&str> = run.stderr.lines().collect();
        let starts = ["succeeded after ", "report: ", "logs:   "];
        assert!(
            lines.len() == 3 && lines.iter().zip(starts).all(|(line, start)| line.starts_with(start)),
            "{lines:?}"
        );
        for args in [&["status"][..], &["list"], &["steps"], &["--dry-run"], &["--color=auto"]] {
            let run = site.run(args);
            assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{args:?}");
        }
        let shown = site.ask(&["--dry-run"]);
        assert!(shown.contains("   1.  Pack it (pack)\n       $ echo pack >>trace\n"), "{shown}");
    });
}
