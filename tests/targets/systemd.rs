//! The units, judged by systemd's own reader, and by one that knows its rules of quoting.

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rulec::plan::Plan;
use rulec::plan::ir::{Action, Check, Condition, EntryKind, Monitor, Reaction};
use rulec::target::{Artifact, target};

use crate::support::plans::{any_plan, finish, plan, source, step};
use crate::support::roll_out::roll_out;
use crate::support::tools::has;

fn units(plan: &Plan) -> Vec<Artifact> {
    target("systemd").expect("the name is of a target").files(plan)
}

fn monitor(id: &str, every_ms: u64, run: Option<&str>) -> Monitor {
    Monitor {
        id: id.into(),
        text: "all is well".into(),
        every_ms,
        check: Check { command: "true".into(), timeout_ms: Some(every_ms), measure: None, says: None },
        on_breach: Some(Reaction { alert: None, run: run.map(str::to_owned) }),
        satisfies: Vec::new(),
        source: source("/monitors/0"),
    }
}

/// What `systemd-analyze` says about these files; nothing where it takes them as they are.
#[expect(clippy::disallowed_methods, reason = "another program is the judge")]
fn verified(files: &[Artifact]) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let paths = files.iter().map(|file| folder.path().join(&file.file_name));
    let paths: Vec<_> = paths.collect();
    for (file, path) in files.iter().zip(&paths) {
        std::fs::write(path, &file.content).expect("the folder takes files");
    }
    let mut command = Command::new("systemd-analyze");
    let output =
        command.args(["verify", "--man=no"]).args(&paths).output().expect("systemd-analyze is installed");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() || !words.is_empty(), "it fails without a word");
    words.replace(&Path::new(folder.path()).display().to_string(), "")
}

/// The settings of a unit as systemd reads them: no comments, lines that end with a backslash joined.
fn settings(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut line = String::new();
    for part in text.lines() {
        if part.trim_start().starts_with(['#', ';']) {
            continue;
        }
        line.push_str(part);
        let trailing = part.len() - part.trim_end_matches('\\').len();
        if trailing % 2 == 1 {
            line.pop();
            line.push(' ');
            continue;
        }
        let whole = std::mem::take(&mut line);
        if let Some((key, value)) = whole.trim().split_once('=') {
            all.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    all
}

fn setting(text: &str, key: &str) -> String {
    let all = settings(text);
    let mut found = all.iter().filter(|(name, _)| name == key);
    let value = found.next().unwrap_or_else(|| panic!("`{key}` is not in:\n{text}")).1.clone();
    assert_eq!(found.next(), None, "`{key}` is there twice:\n{text}");
    value
}

/// The words of a command line, as systemd's manual tells.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_word, mut quote) = (Vec::new(), Vec::new(), false, false);
    let mut rest = line.as_bytes();
    while let [byte, more @ ..] = rest {
        rest = more;
        match (byte, more) {
            (b'"', _) => (quote, is_word) = (!quote, true),
            (b'\\', [b'x', a, b, more @ ..]) => {
                let hex = std::str::from_utf8(&[*a, *b]).map(|hex| u8::from_str_radix(hex, 16));
                word.push(hex.expect("it is ASCII").expect("it is a number"));
                rest = more;
            }
            (b'\\', [next, more @ ..]) | (b'%' | b'$', [next, more @ ..]) => {
                assert!(*byte == b'\\' && b"\\\"".contains(next) || next == byte, "in {line}");
                word.push(*next);
                rest = more;
            }
            (b' ', _) if !quote => {
                if std::mem::take(&mut is_word) {
                    words.push(String::from_utf8(std::mem::take(&mut word)).expect("it is UTF-8"));
                }
            }
            (byte, _) => {
                is_word = true;
                word.push(*byte);
            }
        }
    }
    assert!(!quote, "in {line}");
    words.extend(is_word.then(|| String::from_utf8(word).expect("it is UTF-8")));
    words
}

#[test]
fn systemd_takes_the_units_of_a_roll_out() {
    if has("systemd-analyze") {
        let mut files = units(&roll_out());
        assert_eq!(files.len(), 1 + 2 * 2);
        assert_eq!(verified(&files), "");
        // A judge who lets everything pass is none.
        files[0].content = files[0].content.replace("Type=oneshot", "Typ=oneshot");
        assert!(verified(&files).contains("'Typ'"), "{}", verified(&files));
    }
}

#[test]
fn systemd_takes_the_units_of_any_plan() {
    let runner = Config { cases: 12, failure_persistence: None, ..Config::default() };
    if has("systemd-analyze") {
        let property = |plan: Plan| {
            let files = units(&plan);
            // A name that is too long for a file is for `-o` to refuse.
            if files.iter().all(|file| file.file_name.len() < 200) {
                let words = verified(&files);
                prop_assert!(words.is_empty(), "{words}\n{}", files[0].content);
            }
            Ok(())
        };
        TestRunner::new(runner).run(&any_plan(), property).unwrap_or_else(|error| panic!("{error}"));
    }
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_text_gets_out_of_its_place(mut plan in any_plan()) {
        plan.monitors.retain(|monitor| !monitor.id.contains('\0'));
        let files = units(&plan);
        prop_assert_eq!(files.len(), 1 + 2 * plan.monitors.len());
        let keys = |text: &str| settings(text).into_iter().map(|(key, _)| key).collect::<Vec<_>>().join(" ");
        let service = "Description Type ExecStart WorkingDirectory EnvironmentFile StateDirectory StateDirectoryMode \
                       Environment KillMode TimeoutStartSec TimeoutStopSec SuccessExitStatus";
        prop_assert_eq!(keys(&files[0].content), service);
        for (monitor, pair) in plan.monitors.iter().zip(files[1..].chunks(2)) {
            prop_assert_eq!(keys(&pair[0].content), service);
            prop_assert_eq!(keys(&pair[1].content), "Description OnActiveSec OnUnitActiveSec AccuracySec WantedBy");
            let command = words(&setting(&pair[0].content, "ExecStart"));
            prop_assert_eq!(command.last(), Some(&monitor.id));
        }
    }
}

#[test]
fn what_is_stopped_gets_as_long_as_its_rollback_takes() {
    let mut plan = roll_out();
    let stop = |plan: &Plan| setting(&units(&finish(plan.clone()))[0].content, "TimeoutStopSec");
    // 300 and 600 for undos, 1,230 for the group, 15 at the end: with all that can be under way, and a margin.
    let seconds: u64 = stop(&plan).trim_end_matches('s').parse().expect("there is a bound");
    let run = rulec::plan::bounds::run(&plan);
    let needed = run.rollback.bound.then(run.finally.bound).ms().expect("there is one") / 1000;
    assert_eq!(seconds, needed + 30 + 30, "the longest grace, and half a minute");
    plan.finally[0].timeout_ms = None;
    assert_eq!(stop(&plan), "infinity");
}

#[test]
fn a_look_that_runs_a_procedure_may_take_as_long_as_that() {
    let mut all = plan(vec![step("a")]);
    all.monitors =
        vec![monitor("M1", 250, None), monitor("M2", 1_000, Some("E1")), monitor("M3", 1_000, Some("E2"))];
    let files = units(&finish(all.clone()));

    let stop = |file: &Artifact| setting(&file.content, "TimeoutStopSec");
    assert_eq!(
        (stop(&files[1]), stop(&files[3]), stop(&files[5])),
        ("40s".into(), "35s".into(), "infinity".into())
    );
    assert_eq!(setting(&files[2].content, "OnUnitActiveSec"), "0.25s");
    assert!(files[5].content.contains("/usr/local/lib/rulec/E2.sh"), "{}", files[5].content);
    all.entry.kind = EntryKind::Decision;
    assert_eq!(setting(&units(&finish(all))[3].content, "TimeoutStopSec"), "infinity", "it is another's id");
}

#[test]
fn what_only_a_person_can_confirm_is_said() {
    let prose =
        Condition { text: "the street\nis quiet".into(), check: None, mandatory: true, source: source("/a") };
    let mut all = plan(vec![step("a"), step("b")]);
    let remark = "\n# Nobody is there to confirm these, so it refuses to run (exit code 3) unless `ExecStart` says `run --yes`:\n";
    assert!(!units(&all)[0].content.contains(remark));
    all.preconditions = vec![prose.clone(), Condition { mandatory: false, text: "never".into(), ..prose }];
    all.steps[1].action = Action::Manual { instruction: "look".into() };
    let text = &units(&all)[0].content;
    assert!(text.contains(&format!("{remark}#   the street is quiet\n#   look\n")), "{text}");
    assert!(!text.contains("never"), "{text}");
}

#[test]
fn an_id_that_no_argument_holds_has_no_units() {
    let mut all = plan(vec![step("a")]);
    all.monitors = vec![monitor("M\0", 1_000, None)];
    let losses = target("systemd").expect("it is a target").losses(&all);
    let told: Vec<_> = losses.iter().map(|loss| (loss.what.as_str(), loss.source.pointer.as_str())).collect();
    assert_eq!(told, [("a monitor whose id has a NUL character", "/monitors/0")]);
    assert_eq!(units(&all).len(), 1);
}
