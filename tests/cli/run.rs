//! `rulec run`: the binary becomes the script, with its signals and exit codes.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::world::{Ran, World, run};

/// A step that can be undone, and one that takes its time.
const SLOW: &str = r#"{
  "layer": "L5",
  "procedures": [
    {
      "id": "E1",
      "name": "Start the oven",
      "inputs": [{"name": "HEAT", "type": "int", "default": "200"}],
      "steps": [
        {"id": "light", "command": "echo \"$HEAT\" >lit", "undo": "rm lit", "timeout": 5, "on_failure": "abort"},
        {"id": "wait", "command": "echo waits >>waits; sleep \"${NAP:-0}\"", "read_only": true, "timeout": 60,
         "on_failure": "abort"}
      ]
    }
  ]
}
"#;

fn world() -> World {
    World::new().file("rules/L5-oven.json", SLOW)
}

fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.command(&["run", "rules", "--entry", "E1"]);
    command.args(arguments).env("RULEC_STATE_DIR", "state").stdin(Stdio::null());
    command
}

fn ran(world: &World, arguments: &[&str]) -> Ran {
    run(&mut command(world, arguments))
}

fn wait(mut child: Child) -> std::process::ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_script_is_kept_and_run() {
    let world = world();
    let first = ran(&world, &["--", "--input", "HEAT=250", "--quiet"]);
    assert_eq!((first.code, first.out.as_str()), (0, ""), "{}", first.err);
    assert_eq!(world.read("lit"), "250\n");
    let script = first.err.lines().next().and_then(|line| line.strip_prefix("script: "));
    let script = script.unwrap_or_else(|| panic!("{}", first.err)).to_owned();
    assert!(script.starts_with('/'), "{script}");
    let [name] = &world.names("state/scripts")[..] else { panic!("{:?}", world.names("state/scripts")) };
    let digest = name.strip_prefix("E1-").and_then(|name| name.strip_suffix(".sh")).expect("a name");
    assert!(digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
    assert!(script.ends_with(&format!("/state/scripts/{name}")), "{script}");
    let mode = std::fs::metadata(&script).expect("the script is there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o700);
    assert!(first.err.contains("succeeded after "), "{}", first.err);
    // The same rules give the same file, which stays as it is, and can be run by hand.
    let touched = std::fs::metadata(&script).and_then(|it| it.modified()).expect("it has a time");
    let version = ran(&world, &["--", "--version"]);
    assert!(version.code == 0 && version.out.starts_with("rulec "), "{}", version.out);
    assert_eq!(std::fs::metadata(&script).and_then(|it| it.modified()).expect("it has a time"), touched);
    let by_hand = run(Command::new("sh").args([&script, "--version"]));
    assert_eq!(by_hand.out, version.out);
    assert_eq!(world.names("state/scripts").len(), 1);
}

#[test]
fn exit_codes_are_those_of_the_script() {
    let world = world();
    for (arguments, code) in [
        (&["--", "--nonsense"][..], 2),
        (&["--", "--input", "HEAT=hot"], 3),
        (&["--", "run", "--input=HEAT=1"], 0),
    ] {
        let ran = ran(&world, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn what_is_not_compiled_is_not_run() {
    let world = world();
    let refused = |code: i32, words: &str, arguments: &[&str]| {
        let ran = ran(&world, arguments);
        assert!(ran.code == code && ran.err.contains(words), "{}: {}", ran.code, ran.err);
        assert!(!world.path("state").exists() && !world.path("lit").exists());
    };
    refused(2, "unexpected argument", &["--yes"]);
    let unknown = run(world.command(&["run", "rules", "--entry", "E9"]).env("RULEC_STATE_DIR", "state"));
    assert!(unknown.code == 2 && unknown.err.contains("`E9`"), "{}: {}", unknown.code, unknown.err);
    world.write("rules/L5-oven.json", SLOW.replace("\"undo\": \"rm lit\"", "\"needs\": [\"lihgt\"]"));
    refused(1, "1 error: nothing was run", &[]);
    world.write("rules/L5-oven.json", SLOW.replace("\"timeout\": 60", "\"timeout\": \"30 days\""));
    refused(1, "the target `sh` can't hold", &[]);
    assert_eq!(ran(&world, &["--allow", "target-cannot"]).code, 0);
    std::fs::remove_file(world.path("rules/L5-oven.json")).expect("it is there");
    let none = ran(&world, &[]);
    assert!(none.code == 2 && none.err.contains("no rule files"), "{}", none.err);
}

#[test]
fn a_state_that_takes_no_files_is_said() {
    let world = world().file("state", "");
    let ran = ran(&world, &[]);
    assert!(ran.code == 2 && ran.err.contains("the script can't be written: "), "{}", ran.err);
    assert!(ran.err.contains("RULEC_STATE_DIR"), "{}", ran.err);
    let mut command = command(&world, &[]);
    let ran = run(command.env("RULEC_STATE_DIR", "other").env("PATH", "/nowhere"));
    assert!(ran.code == 2 && ran.err.contains("the script can't be started: "), "{}", ran.err);
}

#[test]
fn a_signal_is_for_the_script() {
    let world = world();
    let child = command(&world, &["--", "--quiet"]).env("NAP", "30").stderr(Stdio::piped()).spawn();
    let child = child.expect("the program starts");
    let begun = Instant::now();
    while !world.path("waits").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the step never comes");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(world.path("lit").exists());
    let kill = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status();
    assert!(kill.expect("there is a kill").success());
    let status = wait(child);
    assert_eq!((status.code(), status.signal()), (Some(143), None));
    // It was rolled back.
    assert!(!world.path("lit").exists());
}
