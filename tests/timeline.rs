//! Timelines: what they are told, and what runs at their end whatever happened.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::tools::has;
use crate::systems::{SHELLS, rulec, statuses, told};

const RULES: &str = "\
procedures:
  - id: bake
    inputs: [{ name: kind, required: true }]
    steps:
      - { id: knead, command: 'echo \"bake $kind\" >>log && test \"$kind\" != stones', undo: echo back >>log, timeout: 5 }
  - id: clean
    preconditions: [{ check: 'test -e log', timeout: 5 }]
    steps:
      - { id: sweep, command: 'echo \"sweep after $kind\" >>log; exit \"$broom\"', timeout: 5, read_only: true }
      - { id: lock, command: echo lock >>log, timeout: 5, read_only: true }
    inputs: [{ name: broom, type: int, default: 0 }]
timelines:
  - id: night
    inputs:
      - { name: kind, values: [bread, stones], default: bread, description: What is baked }
    preconditions: [{ check: 'test \"$kind\" != nothing', timeout: 5 }]
    phases:
      - { name: baking, start: 0s, end: 1m, tasks: [{ run: bake }] }
    finally:
      - { run: clean, owner: baker }
      - { run: clean }
";

fn rules(folder: &Path) {
    fs::create_dir(folder.join("rules")).expect("a folder is made");
    fs::write(folder.join("rules/L5-night.yaml"), RULES).expect("it is written");
    let goals = "stakeholders: [{ role: baker }]\n";
    fs::write(folder.join("rules/L1-goals.yaml"), goals).expect("it is written");
}

fn ran(arguments: &[&str], folder: &Path) -> Output {
    let done = rulec(arguments).current_dir(folder).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
    done
}

#[test]
fn a_timeline_has_inputs_and_an_end_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder is made");
    rules(folder.path());
    let done = ran(&["compile", "rules", "--entry", "night"], folder.path());
    let plan: Value = serde_json::from_slice(&done.stdout).expect("the plan is JSON");
    let inputs: Vec<_> = plan["inputs"].as_array().into_iter().flatten().map(|it| &it["name"]).collect();
    // What it says of an input counts before what the procedures say that it runs.
    assert_eq!(inputs, ["kind", "broom"]);
    assert_eq!(plan["inputs"][0]["default"], "bread");
    let finally: Vec<_> = plan["finally"].as_array().into_iter().flatten().map(|it| &it["id"]).collect();
    let ends = ["pre-1", "sweep", "lock"];
    let expected: Vec<String> = ["finally/clean/", "finally/clean-2/"]
        .iter()
        .flat_map(|prefix| ends.map(|end| format!("{prefix}{end}")))
        .collect();
    assert_eq!(finally, expected.iter().collect::<Vec<_>>());
    assert_eq!(plan["finally"][1]["owner"], "baker");
    let done = ran(&["compile", "rules", "--entry", "night", "--target", "markdown"], folder.path());
    assert!(told(&done).contains("What is baked") && told(&done).contains("echo lock"), "{}", told(&done));
    let done = ran(&["verify", "rules"], folder.path());
    assert!(told(&done).contains("night"), "{}", told(&done));
}

#[test]
fn the_end_of_a_timeline_comes_whatever_happened() {
    for shell in SHELLS.into_iter().filter(|shell| has(shell[0])) {
        let folder = tempfile::tempdir().expect("a folder is made");
        rules(folder.path());
        ran(&["compile", "rules", "--entry", "night", "--target", "sh", "-o", "night.sh"], folder.path());
        let run = |environment: &[(&str, &str)]| {
            drop(fs::remove_file(folder.path().join("log")));
            let mut command = Command::new(shell[0]);
            command.args(&shell[1..]).args(["night.sh", "--report", "report.json"]);
            command.env("RULEC_STATE_DIR", folder.path().join("state")).current_dir(folder.path());
            let done = command.envs(environment.iter().copied()).output().expect("the shell runs");
            let report = fs::read(folder.path().join("report.json")).expect("there is a report");
            let report: Value = serde_json::from_slice(&report).expect("it is JSON");
            let log = fs::read_to_string(folder.path().join("log")).expect("there is a log");
            (report, log.lines().map(str::to_owned).collect::<Vec<_>>(), told(&done))
        };
        let (report, log, said) = run(&[]);
        assert_eq!(report["outcome"], "succeeded", "{said}");
        let swept = ["sweep after bread", "lock", "sweep after bread", "lock"];
        assert_eq!((log[0].as_str(), &log[1..]), ("bake bread", &swept.map(str::to_owned)[..]));

        let (report, log, said) = run(&[("kind", "stones")]);
        assert_eq!(report["outcome"], "rolled_back", "{said}");
        assert_eq!(log[..3], ["bake stones", "back", "sweep after stones"], "{said}");

        // What fails there makes the whole degraded, and keeps nothing else from running.
        let (report, log, said) = run(&[("broom", "1")]);
        assert_eq!(report["outcome"], "degraded", "{said}");
        assert_eq!(log.iter().filter(|line| *line == "lock").count(), 2, "{said}");
        assert!(statuses(&report["finally"]).contains(&"finally/clean/sweep failed".to_owned()), "{report}");

        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg("night.sh").env("kind", "cake").current_dir(folder.path());
        let done = command.env("RULEC_STATE_DIR", folder.path().join("state")).output().expect("it runs");
        assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    }
}
