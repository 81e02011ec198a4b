//! Inputs: where they come from, what they may be, and that secrets stay secret.

use rulec::plan::Plan;
use rulec::plan::ir::{Input, InputType};

use super::bench::{Bench, every_shell};
use super::plans::{input, plan, step};

fn with(inputs: Vec<Input>) -> Plan {
    let command =
        "for n in ONE TWO THREE FOUR; do eval \"v=\\${$n-unset}\"; printf '%s=%s\\n' $n \"$v\"; done >>trace";
    let mut plan = plan([step("a", command)]);
    plan.inputs = inputs;
    plan
}

#[test]
fn an_input_has_four_sources() {
    every_shell(|bench| {
        let mut fixed = input("ONE", InputType::String);
        fixed.value = Some("it's $fixed \\ é\n100%".into());
        let mut given = input("TWO", InputType::String);
        given.default = Some("not this".into());
        let mut usual = input("THREE", InputType::Int);
        usual.default = Some("3".into());
        let mut absent = input("FOUR", InputType::Int);
        absent.required = false;
        let plan = with(vec![fixed, given, usual, absent]);
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &["--input", "TWO=a=b 'c' \"d\" $e"]);
        command.env("ONE", "not this").env("TWO", "nor this");
        let run = bench.wait(command.spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(
            bench.read("trace"),
            "ONE=it's $fixed \\ é\n100%\nTWO=a=b 'c' \"d\" $e\nTHREE=3\nFOUR=unset\n"
        );
    });
}

#[test]
fn the_environment_gives_inputs_unchanged() {
    every_shell(|bench| {
        let plan = with(vec![input("ONE", InputType::String), input("TWO", InputType::Int)]);
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "a\n  b\\n é ").env("TWO", "-7");
        let run = bench.wait(command.spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(bench.read("trace").starts_with("ONE=a\n  b\\n é \nTWO=-7\n"), "{}", bench.read("trace"));
    });
}

#[test]
fn all_that_is_missing_is_listed() {
    every_shell(|bench| {
        let plan = with(vec![
            input("ONE", InputType::Port),
            input("TWO", InputType::Secret),
            input("THREE", InputType::Int),
        ]);
        let run = bench.run(&plan, &["--input=THREE=3.5"]);
        run.came_to(3, "refused", "");
        run.says("ONE is missing (port)");
        run.says("TWO is missing (secret)");
        run.says("THREE is not of type int");
    });
}

#[test]
fn values_are_held_against_their_types() {
    use InputType::{Bool, Duration, Enum, Float, Int, Path, Port, Size, Url};
    let good: [(InputType, &[&str]); 9] = [
        (Int, &["0", "-12", "+3", "99999999999999999999"]),
        (Float, &["1", "-1.5", ".5", "1e-3"]),
        (Bool, &["true", "false"]),
        (Port, &["1", "65535"]),
        (Enum, &["one", "it's two", "três"]),
        (Duration, &["90", "30s", "1m30s", "3 minutes", "24 hours", "500ms", "7 days", "1.5h"]),
        (Size, &["2GB", "512MiB", "100", "1.5 kB", "7B"]),
        (Path, &["x", "/a b/c"]),
        (Url, &["http://localhost:8080/x", "postgres+ssl://u@h/db"]),
    ];
    let bad: [(InputType, &[&str]); 9] = [
        (Int, &["", "1.0", "x", "1 2", "1\n2"]),
        (Float, &["", ".", "1,5", "nan", "0x1"]),
        (Bool, &["", "yes", "TRUE"]),
        (Port, &["", "0", "65536", "080", "-1", "100000"]),
        (Enum, &["", "One", "one\ntwo"]),
        (Duration, &["", "s", "30x", "-3s", "1 m 2"]),
        (Size, &["", "GB", "2XB", "-1kB"]),
        (Path, &[""]),
        (Url, &["", "localhost", "://x", "http://", "http://a b"]),
    ];
    let mut inputs = Vec::new();
    let mut args = Vec::new();
    let mut wrong = Vec::new();
    for (table, fits) in [(good, true), (bad, false)] {
        for (kind, value) in
            table.iter().flat_map(|(kind, values)| values.iter().map(|value| (*kind, *value)))
        {
            let name = format!("V{}_", inputs.len());
            args.push(format!("--input={name}={value}"));
            if !fits {
                wrong.push(format!("  {name} is not of"));
            }
            let mut input = input(&name, kind);
            input.values = vec!["one".into(), "it's two".into(), "três".into()];
            inputs.push(input);
        }
    }
    let plan = with(inputs);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    every_shell(|bench| {
        let run = bench.run(&plan, &args);
        run.came_to(3, "refused", "");
        let told = run.stderr.lines().filter_map(|line| Some(line.split_once(" type ")?.0));
        assert_eq!(told.collect::<Vec<_>>(), wrong);
    });
}

#[test]
fn only_known_and_open_inputs_are_taken() {
    every_shell(|bench| {
        let mut fixed = input("ONE", InputType::String);
        fixed.value = Some("x".into());
        let plan = with(vec![fixed, input("TWO", InputType::Secret)]);
        for (arg, words) in [
            ("ONE=y", "the value of ONE was fixed"),
            ("TWO=y", "TWO is a secret"),
            ("NO=y", "there is no input NO"),
            ("ONE", "--input takes NAME=VALUE"),
        ] {
            let run = bench.run(&plan, &["--input", arg]);
            assert_eq!(run.code, 2);
            run.says(words);
        }
    });
}

/// All files below the state folder, and what was printed, as one text.
fn everything(bench: &Bench, run: &super::bench::Run) -> String {
    fn collect(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into);
            } else {
                into.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut all = format!("{}{}{}", run.stdout, run.stderr, run.report);
    collect(&bench.path().join("state"), &mut all);
    all
}

#[test]
fn secrets_are_masked_wherever_they_would_show() {
    every_shell(|bench| {
        let mut show = step(
            "a",
            "echo \"$TWO|$ONE\" >>trace; echo \"is $ONE, or $TWO.\"; echo \"$ONE\" >&2; printf %s \"$TWO\"",
        );
        show.output = true;
        let fail = step("b", "echo \"again $ONE\"; exit 1");
        let mut plan = plan([show, fail]);
        plan.inputs = vec![input("ONE", InputType::Secret), input("TWO", InputType::Secret)];
        std::fs::write(bench.path().join("two"), "hunter2 and \\more\"\nsecond-line\n").unwrap();
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2").env("TWO_FILE", "two");
        let run = bench.wait(command.spawn().unwrap());
        run.came_to(4, "failed", "hunter2 and \\more\" second-line|hunter2");
        let shown = everything(bench, &run);
        assert!(!shown.contains("hunter2") && !shown.contains("second-line"), "{shown}");
        assert_eq!(run.report["steps"][0]["output"], "is ***, or ***\n***.\n***\n***");
        run.says("| again ***");
    });
}

#[test]
fn a_service_keeps_its_log_where_there_are_secrets() {
    every_shell(|bench| {
        let start = "sh -c 'while [ -d bin ] && [ ! -e go ]; do sleep 0.05; done; echo \"late $ONE\"; echo said >>trace' &";
        let mut plan = plan([step("a", start), step("b", "touch go")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2");
        let run = bench.wait(command.spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        bench.await_trace("said");
        let log = format!("{}/1-a.1.log", run.report["folder"].as_str().unwrap());
        for _ in 0..200 {
            if std::fs::read_to_string(&log).unwrap() == "late ***\n" {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("{log}: {:?}", std::fs::read_to_string(&log));
    });
}
