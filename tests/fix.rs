//! Fixes: files that are changed are never worse for it, and nothing but the fix changes.

use camino::Utf8PathBuf;
use proptest::prelude::*;
use rulec::diagnostic::Level;
use rulec::driver::{Mended, Overrides, Wanted, all_rules, check_files, mend, put};
use rulec::host::{FileError, Host, Memory};
use rulec::syntax::Format;
use serde_json::{Value, json};

use crate::support::layouts::written;

fn mended(host: &Memory, paths: &[&str], wanted: Wanted) -> Mended {
    let paths: Vec<Utf8PathBuf> = paths.iter().map(Utf8PathBuf::from).collect();
    let mut sets =
        mend(host, &paths, &Overrides::default(), wanted, Level::Warning).expect("the rule set is there");
    sets.swap_remove(0)
}

fn read(host: &Memory, path: &str) -> String {
    String::from_utf8(host.read(path.into(), 1 << 20).expect("the file is there")).expect("it is text")
}

fn told(set: &Mended) -> Vec<String> {
    set.fixed.iter().map(|fix| format!("{}:{} {}: {}", fix.path, fix.line, fix.rule, fix.title)).collect()
}

/// A procedure with some of the mistakes that have safe fixes.
fn procedure(mistakes: &[bool; 5]) -> Value {
    let [camel, near, curl, gap, block] = *mistakes;
    let numbers = if gap { [1, 71, 93] } else { [1, 2, 3] };
    let ask = |curl: &str| if block { format!("test -e warm &&\n{curl}\n") } else { curl.to_owned() };
    let verify =
        ask(if curl { "curl \"http://localhost:8080/a\"" } else { "curl --fail http://localhost:8080/a" });
    json!({
        "layer": "L5",
        "procedures": [{
            "id": "E1",
            (if camel { "estimatedDuration" } else { "estimated_duration" }): "2 minutes",
            "steps": [
                {"step": numbers[0], "command": "./oven.sh on", "undo": "./oven.sh off", (if near { "timout" } else { "timeout" }): 30},
                {"step": numbers[1], "command": "./till.sh on", "undo": "./till.sh off", "timeout": "30s",
                 "verify": {"command": verify, "timeout": 5}},
                {"step": numbers[2], "command": "./door.sh on", "undo": "./door.sh off", "timeout": 30, "needs": [numbers[1]]},
            ],
        }],
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_but_the_fix_changes(mistakes in any::<[bool; 5]>(), seed in any::<u64>()) {
        for (of, name) in [(Format::Json, "L5-a.json"), (Format::Yaml, "L5-a.yaml"), (Format::Toml, "L5-a.toml")] {
            let before = written(of, &procedure(&mistakes), seed);
            let host = Memory::new().file(name, before.as_str());
            let set = mended(&host, &[], Wanted::Safe);
            let count = mistakes[..4].iter().filter(|mistake| **mistake).count();
            prop_assert_eq!((set.fixed.len(), set.dropped.len()), (count, 0), "{}\n{:?}", before, set.dropped);
            prop_assert!(put(&host, &set.changes).1.is_empty());
            let mut expected = before.replace("estimatedDuration", "estimated_duration").replace("timout", "timeout");
            if mistakes[2] {
                expected = expected.replace("curl ", "curl --fail ");
            }
            if mistakes[3] {
                expected = expected.replace("71", "2").replace("93", "3");
            }
            prop_assert_eq!(read(&host, name), expected);
            let again = mended(&host, &[], Wanted::All);
            prop_assert!(again.changes.is_empty() && again.fixed.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// One spelling for one length of time, and the same lengths as before.
    #[test]
    fn durations_stay_as_long(spelt in prop::collection::vec(0..6_usize, 8), seed in any::<u64>()) {
        let spelling = |place: usize| {
            [json!(90), json!("90s"), json!("1m30s"), json!("1 minute, 30 seconds"), json!("2m"), json!("120")][spelt[place]].clone()
        };
        let rules = json!({
            "layer": "L5",
            "procedures": [{
                "id": "E1",
                "timeout": "2h",
                "steps": [
                    {"step": 1, "command": "test -s a", "read_only": true, "timeout": spelling(0), "delay_after": spelling(1),
                     "verify": {"command": "test -s b", "timeout": spelling(2), "interval": spelling(3)}},
                    {"step": 2, "command": "test -s b", "read_only": true, "timeout": spelling(4),
                     "retry": {"retries": 1, "delay": spelling(5), "max_delay": spelling(6)}},
                ],
            }],
            "monitors": [{"id": "M1", "check": "test -s a", "every": spelling(7)}],
        });
        for (of, name) in [(Format::Json, "L5-a.json"), (Format::Yaml, "L5-a.yaml"), (Format::Toml, "L5-a.toml")] {
            let before = written(of, &rules, seed);
            let host = Memory::new().file(name, before.as_str());
            let mut overrides = Overrides::default();
            let rule = all_rules().into_iter().find(|rule| rule.id == "mixed-duration-spellings");
            overrides.push(rule.expect("it is a rule"), Level::Warning);
            let set = mend(&host, &[], &overrides, Wanted::Safe, Level::Warning).expect("it is there").swap_remove(0);
            prop_assert!(set.dropped.is_empty(), "{}\n{:?}", before, set.dropped);
            prop_assert!(put(&host, &set.changes).1.is_empty());
            let after = read(&host, name);
            let meant = |text: &str| format!("{:?}", check_files(&[(name, text)]).rules.files()[0].document.body);
            prop_assert_eq!(meant(&before), meant(&after), "{}\n{}", before, after);
            let again = mend(&host, &[], &overrides, Wanted::All, Level::Warning).expect("it is there").swap_remove(0);
            prop_assert!(again.changes.is_empty() && !again.checked.findings.iter().any(|found| found.rule.code == "R0210"), "{}", after);
        }
    }
}

#[test]
fn what_happens_anyhow_is_said() {
    let before = "\
actions:
  light: { command: ./light.sh, undo: ./dark.sh, retry: { delay: 1s } }
procedures:
  - id: E1
    steps:
      - step: 1
        command: ./a.sh
        undo: ./b.sh
        on_failure: retry_then_abort  # often
      - step: 2
        command: ./a.sh
        undo: ./b.sh
        retry:
          delay: 5s
          backoff: exponential
        on_failure: \"retry_then_abort\"
      - step: 3
        command: ./a.sh
        undo: ./b.sh
        on_failure: abort
        retry:
          delay: 5s  # this is somebody's remark
          backoff: fixed
";
    let host = Memory::new().file("L5-a.yaml", before);
    let set = mended(&host, &[], Wanted::Safe);
    assert!(put(&host, &set.changes).1.is_empty());
    let expected = before
        .replace("retry: { delay: 1s }", "retry: 0")
        .replace("retry:\n          delay: 5s\n          backoff: exponential\n", "retry: 0\n")
        .replace("retry_then_abort", "abort");
    assert_eq!(read(&host, "L5-a.yaml"), expected, "{:?}", set.dropped);
    for (name, before, expected) in [
        (
            "L5-a.json",
            r#"{"procedures": [{"id": "E1", "steps": [{"id": "a", "command": "./a", "undo": "./b", "on_failure": "abort", "retry": {"delay": 5}}]}]}"#,
            r#""retry": 0}"#,
        ),
        (
            "L5-a.toml",
            "[[procedures]]\nid = 'E1'\nsteps = [{id = 'a', command = './a', undo = './b', on_failure = 'abort', retry = {delay = 5}}]\n",
            "retry = 0}",
        ),
    ] {
        let host = Memory::new().file(name, before);
        let set = mended(&host, &[], Wanted::Safe);
        assert!(put(&host, &set.changes).1.is_empty());
        assert!(read(&host, name).contains(expected), "{}: {:?}", read(&host, name), set.dropped);
    }
}

#[test]
fn a_fix_that_brings_another_finding_is_dropped() {
    let text = "procedures:\n  - id: E1\n    estimatedDuration: soon\n    steps:\n      - {id: a, command: ./a, read_only: true, timout: 3, timeOut: later}\n";
    let host = Memory::new().file("L5-a.yaml", text);
    let set = mended(&host, &[], Wanted::All);
    assert_eq!(told(&set), ["L5-a.yaml:5 unknown-key: rename to `timeout`"]);
    let dropped: Vec<_> = set.dropped.iter().map(|(fix, why)| format!("{}: {why}", fix.title)).collect();
    assert_eq!(
        dropped,
        ["rename to `estimated_duration`: then `invalid-value` would be found at L5-a.yaml:3:25"]
    );
    assert_eq!(set.changes.len(), 1);
}

#[test]
fn a_fix_after_which_the_file_can_not_be_read_is_dropped() {
    let text =
        "procedures:\n  - id: E1\n    steps: [{id: a, command: rm -rf \"$OVEN/\", undo: ./a, timeout: 3}]\n";
    let host = Memory::new().file("L5-a.yaml", text);
    let set = mended(&host, &[], Wanted::All);
    let dropped: Vec<_> = set.dropped.iter().map(|(fix, why)| format!("{}: {why}", fix.title)).collect();
    // Between brackets, YAML takes the braces of `${OVEN:?}` for its own.
    assert_eq!(dropped.len(), 1);
    assert!(dropped[0].starts_with("write `${OVEN:?}`: then `syntax-error` would be found"), "{dropped:?}");
    assert!(set.changes.is_empty());
}

#[test]
fn numbers_that_others_speak_of_are_no_safe_fix() {
    let gap = "procedures:\n  - id: E1\n    steps:\n      - { step: 1, command: test -s a, read_only: true }\n      - { step: 3, command: test -s b, read_only: true }\n";
    let plain = Memory::new().file("L5-a.yaml", gap);
    assert_eq!(
        told(&mended(&plain, &[], Wanted::Safe)),
        ["L5-a.yaml:5 step-number-gap: number the steps from 1"]
    );
    let scenario =
        "scenarios:\n  - { name: a, entry: E1, faults: { fail: [3] }, expect: { outcome: failed } }\n";
    let tried = Memory::new().file("L5-a.yaml", gap).file("a.scenario.yaml", scenario);
    let set = mended(&tried, &[], Wanted::Safe);
    assert_eq!((told(&set), set.unwanted), (vec![], 1));
    let spoken = gap.replace("test -s b,", "test -s b, when: 'steps[\"1\"].status == \"ok\"',");
    let set = mended(&Memory::new().file("L5-a.yaml", spoken), &[], Wanted::Safe);
    assert_eq!((told(&set), set.unwanted), (vec![], 1));
    let backwards = gap.replace("step: 1", "step: 9");
    let set = mended(&Memory::new().file("L5-a.yaml", backwards), &[], Wanted::All);
    assert!(set.fixed.is_empty() && set.dropped.is_empty());
}

#[test]
fn of_named_files_only_these_are_changed() {
    let text = "procedures: []\ninputss: 1\ndescripton: x\n";
    let host = Memory::new().file("rules/L5-a.yaml", text).file("rules/L5-b.yaml", text);
    let set = mended(&host, &["rules/L5-b.yaml"], Wanted::Safe);
    assert_eq!(
        set.changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(),
        ["rules/L5-b.yaml"]
    );
}

#[test]
fn of_what_is_found_upwards_nothing_beside_is_changed() {
    let text = "procedures: []\ndescripton: x\n";
    let host = || Memory::new().file("/home/L5-a.yaml", text).file("/home/me/L5-b.yaml", text).at("/home/me");
    let changed = |host: &Memory| -> Vec<String> {
        mended(host, &[], Wanted::Safe).changes.iter().map(|change| change.path.to_string()).collect()
    };
    assert_eq!(changed(&host()), ["/home/me/L5-b.yaml"]);
    assert_eq!(changed(&host().file("/home/rulec.toml", "")), ["/home/L5-a.yaml", "/home/me/L5-b.yaml"]);
}

#[test]
fn bytes_that_are_no_text_stay() {
    let bytes = b"procedures: []\ndescripton: caf\xe9\n";
    let host = Memory::new().file("L5-a.yaml", bytes.to_vec());
    let set = mended(&host, &[], Wanted::Safe);
    assert!(put(&host, &set.changes).1.is_empty());
    assert_eq!(host.read("L5-a.yaml".into(), 99), Ok(b"procedures: []\ndescription: caf\xe9\n".to_vec()));
}

#[test]
fn what_was_changed_meanwhile_is_not_overwritten() {
    let host = Memory::new().file("L5-a.yaml", "procedures: []\ndescripton: x\n");
    let set = mended(&host, &[], Wanted::Safe);
    let host = host.file("L5-a.yaml", "procedures: []\ndescripton: y\n");
    let (written, failed) = put(&host, &set.changes);
    assert_eq!((written.len(), failed), (0, vec![("L5-a.yaml".into(), FileError::Changed)]));
    assert_eq!(read(&host, "L5-a.yaml"), "procedures: []\ndescripton: y\n");
}

#[test]
fn curl_is_told_to_fail_wherever_it_is_written() {
    let step = |verify: &str| {
        format!(
            "procedures:\n  - id: E1\n    steps:\n      - id: a\n        command: ./a\n        undo: ./b\n        timeout: 5\n        verify:\n          timeout: 5\n          command: {verify}\n"
        )
    };
    for (verify, expected) in [
        ("curl http://a", "curl --fail http://a"),
        ("'curl ''http://a'''", "'curl --fail ''http://a'''"),
        ("\"test -e \\\"a\\\" && curl http://a\"", "\"test -e \\\"a\\\" && curl --fail http://a\""),
        (">-\n            curl\n            http://a", ">-\n            curl --fail\n            http://a"),
        (
            "|\n            set -e\n            curl http://a",
            "|\n            set -e\n            curl --fail http://a",
        ),
        ("curl\n            http://a", "curl --fail\n            http://a"),
    ] {
        let host = Memory::new().file("L5-a.yaml", step(verify));
        put(&host, &mended(&host, &[], Wanted::Safe).changes);
        assert_eq!(read(&host, "L5-a.yaml"), step(expected));
    }
    // Nobody knows which bytes of this one are the command's name.
    let host = Memory::new().file("L5-a.yaml", step("\"c\\u0075rl http://a\""));
    let set = mended(&host, &[], Wanted::All);
    let found = set.checked.findings.iter().filter(|found| found.rule.id == "verify-ignores-http-errors");
    assert_eq!((set.changes.len(), found.count()), (0, 1));
}
