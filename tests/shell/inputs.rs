//! Inputs: where they come from, and what they may be.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rulec::plan::Plan;
use rulec::plan::ir::{Input, InputType};
use rulec::plan::values::misfit;

use super::bench::every_shell;
use super::pieces::{self, AWKS, use_awk};
use super::plans::{input, plan, step};

pub(super) fn with(inputs: Vec<Input>) -> Plan {
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
        (Int, &["0", "-12", "+3", "007", "9223372036854775807", "-9223372036854775808"]),
        (Float, &["1", "-1.5", ".5", "1e-3", "1.", "1.79e308", "0e9999999999"]),
        (Bool, &["true", "false"]),
        (Port, &["1", "65535", "080"]),
        (Enum, &["one", "it's two", "três"]),
        (Duration, &["90", "30s", "1m30s", "3 minutes", "24 hours", "500ms", "7 days", "1.5h", "PT30S"]),
        (Size, &["2GB", "512MiB", "100", "1.5 kB", "7B"]),
        (Path, &["x", "/a b/c"]),
        (Url, &["http://localhost:8080/x", "postgres+ssl://u@h/db", "http://a b", "a://b://"]),
    ];
    let bad: [(InputType, &[&str]); 9] = [
        (Int, &["", "1.0", "x", "1 2", "1\n2", "9223372036854775808", "-"]),
        (Float, &["", ".", "1,5", "nan", "0x1", "1.8e308", "-inf"]),
        (Bool, &["", "yes", "TRUE"]),
        (Port, &["", "0", "65536", "000", "-1", "100000"]),
        (Enum, &["", "One", "one\ntwo"]),
        (Duration, &["", "s", "30x", "-3s", "1 m 2", "1us", "30s 1m", "1M"]),
        (Size, &["", "GB", "2XB", "-1kB", "1.5B", "2Gb", "8PiB"]),
        (Path, &[""]),
        (Url, &["", "localhost", "://x", "http://", "://x://y"]),
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

/// Texts that are, or nearly are, values of a type.
fn texts(kind: InputType) -> BoxedStrategy<String> {
    let number = "-?0?[0-9]{0,3}(\\.[0-9]{0,3})?(e-?[0-9])?";
    let unit = "(ns|us|\u{b5}s|ms|s|sec|Seconds|m|min|M|h|hours|d|wk|weeks|month|)";
    let blank = "( |\u{a0}|\t|,| and |)";
    let any = |patterns: &[&str]| {
        let patterns = patterns.iter().map(|pattern| proptest::string::string_regex(pattern).unwrap());
        prop::strategy::Union::new(patterns).boxed()
    };
    match kind {
        InputType::Int | InputType::Port => any(&[
            "[-+]?0{0,3}[0-9]{0,6}",
            "[-+]?0{0,2}922337203685477580[0-9]",
            "[-+]?[0-9]{17,21}",
            "[-+]?0{0,2}6553[0-9]",
        ]),
        InputType::Float => any(&[
            "[-+]?[0-9]{0,3}\\.?[0-9]{0,3}([eE][-+]?[0-9]{0,3})?",
            "1\\.797693134862315[78][0-9]{0,4}e308",
            "[0-9]{0,2}0{300,310}\\.5",
            "(inf|nan|infinity|0x1|1_0)",
        ]),
        InputType::Duration => any(&[
            &format!("{blank}{number}{blank}{unit}({blank}[1-9](\\.[0-9])?{unit}){{0,2}}{blank}"),
            &format!("[1-9]{blank}{unit}{blank}[1-9](\\.[0-9])?{unit}"),
            &format!("[Pp]({number}[WwDd]){{0,2}}T?({number}[HMSsY]){{0,3}}"),
            "[0-9]{1,17}(ms)?",
            "0\\.[0-9]{0,4}0{0,26}[0-9]?(s|h|w)",
        ]),
        InputType::Size => any(&[
            &format!("{blank}{number} ?[KkMmGgTtPp]?i?[Bb]?{blank}"),
            "[0-9]{1,17}( ?bytes?| ?B|)",
            "[0-9](\\.[0-9]{1,30})?(PiB|PB|KiB|kib)",
        ]),
        InputType::Url => any(&["[a:/ \n]{0,8}", "[a:]{0,2}://[a:/]{0,2}"]),
        InputType::Bool => any(&["(true|false|True|0|true\n|)"]),
        InputType::Enum => any(&["(one|it's two|tr\u{ea}s|One|)"]),
        InputType::String | InputType::Path | InputType::Secret => any(&["[^\0]{0,3}"]),
    }
}

#[test]
fn the_script_takes_what_the_compiler_takes() {
    use InputType::{Bool, Duration, Enum, Float, Int, Path, Port, Size, String as Text, Url};
    let kinds = [Text, Int, Float, Bool, Duration, Size, Path, Url, Port, Enum];
    let many = |kind| match kind {
        Duration => 40,
        Float | Size | Int => 15,
        _ => 8,
    };
    let values: Vec<String> = ["one", "it's two", "tr\u{ea}s"].map(str::to_owned).into();
    let mut plan = with(vec![input("ONE", Enum)]);
    plan.inputs[0].values = values.clone();
    let snippet = "rulec_define_input 1
        while [ \"$#\" -gt 0 ]; do
          if rulec_fits \"$1\" \"$2\"; then echo yes; else echo no; fi
          shift 2
        done";
    every_shell(|bench| {
        let awk = AWKS[bench.shell.len() % AWKS.len()];
        use_awk(bench, awk);
        let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..Default::default() });
        let cases: Vec<(InputType, String)> = kinds
            .into_iter()
            .flat_map(|kind| std::iter::repeat_n(kind, many(kind)))
            .map(|kind| (kind, texts(kind).new_tree(&mut runner).unwrap().current()))
            .collect();
        let args: Vec<&[u8]> =
            cases.iter().flat_map(|(kind, text)| [kind.name().as_bytes(), text.as_bytes()]).collect();
        let output = pieces::run(bench, &plan, snippet, &args, &[("POSIXLY_CORRECT", b"1")]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told.lines().count(), cases.len(), "{}", pieces::text(&output));
        for ((kind, text), told) in cases.iter().zip(told.lines()) {
            let expected = if misfit(*kind, text, &values).is_none() { "yes" } else { "no" };
            assert_eq!(told, expected, "{} {text:?} with {awk}", kind.name());
        }
    });
}

#[test]
fn variables_that_the_shell_sets_are_not_given() {
    every_shell(|bench| {
        let mut plan = with(vec![input("HOSTNAME", InputType::String), input("HOSTTYPE", InputType::String)]);
        plan.inputs[1].default = Some("usual".into());
        let run = bench.run(&plan, &[]);
        run.came_to(3, "refused", "");
        run.says("HOSTNAME is missing");
        let script = bench.emit(&plan);
        let run = bench.wait(bench.command(&script, &[]).env("HOSTNAME", "h").spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
    });
}

#[test]
fn files_of_inputs_are_read_line_by_line() {
    every_shell(|bench| {
        let mut fixed = input("FOUR", InputType::String);
        fixed.value = Some("x".into());
        let mut plan = with(vec![input("ONE", InputType::String), input("TWO", InputType::String), fixed]);
        plan.inputs.push(input("SECRET", InputType::Secret));
        plan.inputs[3].required = false;
        std::fs::write(bench.path().join("good"), "\n \t\n#ONE=x\n  # y\nONE= a=b 'c' # d \nTWO=").unwrap();
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &["--input-file", "good"]);
        let run = bench.wait(command.env("ONE", "e").env("TWO", "e").spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let trace = bench.read("trace");
        assert!(trace.starts_with("ONE= a=b 'c' # d \nTWO=\n"), "{trace}");
        std::fs::remove_file(bench.path().join("trace")).unwrap();
        // An option goes before a file, wherever it stands.
        let run = bench.run(&plan, &["--input", "ONE=o", "--input-file=good"]);
        assert!(bench.read("trace").starts_with("ONE=o\nTWO=\n"), "{}", run.stderr);
        std::fs::remove_file(bench.path().join("trace")).unwrap();
        let bad = "ONE=1\nONE=2\nONE\n\nFOUR=y\nSECRET=hunter2\nNO=1\n TWO=x\nexport TWO=x\n\u{1b}[31m=x\nTWO=\0\nhunter3";
        std::fs::write(bench.path().join("bad"), bad).unwrap();
        let run = bench.run(&plan, &["--input-file", "bad"]);
        assert_eq!((run.code, run.trace.as_str()), (2, ""));
        for line in [
            "bad:2: ONE is given already, at bad:1\n",
            "bad:3: is not NAME=VALUE\n",
            "bad:5: the value of FOUR was fixed",
            "bad:6: SECRET is a secret",
            "bad:7: there is no input NO\n",
            "bad:8: is not NAME=VALUE\n",
            "bad:9: is not NAME=VALUE\n",
            "bad:10: is not NAME=VALUE\n",
            "bad:11: holds a NUL character\n",
            "bad:12: is not NAME=VALUE\n",
        ] {
            run.says(line);
        }
        assert!(!run.stderr.contains("hunter") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
        for missing in ["nowhere", "."] {
            let run = bench.run(&plan, &["--input-file", missing]);
            assert_eq!(run.code, 2);
            run.says("--input-file takes a file that can be read");
        }
        assert_eq!(bench.run(&plan, &["--input", "ONE=1", "--input", "ONE=1"]).code, 2);
    });
}
