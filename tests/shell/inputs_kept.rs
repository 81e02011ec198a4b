//! The values of inputs, byte for byte: given, kept with the run, and read back by `resume`.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rulec::plan::Plan;
use rulec::plan::ir::InputType;
use sha2::{Digest as _, Sha256};

use super::bench::{Bench, every_shell};
use super::inputs::with;
use super::pieces;
use super::plans::input;

/// Any bytes that an argument can hold, but mostly those that shells trip over.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&str; 18] = [
        "$(touch no)",
        "`touch no`",
        "\n",
        "\n\n",
        "-n ",
        "--",
        "\\0101",
        "\\c",
        "%s",
        "'\\''",
        "\r",
        "\t",
        "\u{e9}",
        "\u{1f980}",
        " .\n",
        "end .\n",
        "\u{1b}[31m",
        "\u{7f}",
    ];
    let piece = prop_oneof![
        4 => "[a-z\"'`$(){}\\\\*?~!#;&|<> =.-]{1,6}".prop_map(String::into_bytes),
        2 => prop::sample::select(&PIECES[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(1_u8..=255, 1..4),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// What is asked of every value: it is given, kept and read back byte for byte, whichever way it comes.
fn assert_kept(bench: &Bench, plan: &Plan, option: &[u8], file: &[u8], variable: &[u8]) {
    let snippet = "rulec_home=$PWD rulec_folder=$PWD rulec_run=r
        rulec_give \"$1\"
        rulec_give_file given
        rulec_take_inputs
        rulec_put \"$rulec_problems\" >&2
        rulec_identify
        was=$rulec_execution
        rulec_save_inputs || echo unsaved
        rulec_in_value_1=x rulec_in_value_2=x rulec_in_value_3=x rulec_in_has_4=1 rulec_execution= THREE=changed
        rulec_load_inputs || echo \"not loaded: $? $rulec_why\"
        [ \"$was\" = \"$rulec_execution\" ] || echo another
        rulec_put \"$rulec_in_value_1\" >one
        rulec_put \"$rulec_in_value_2\" >two
        rulec_put \"$rulec_in_value_3\" >three
        env \"$rulec_pass_3\" sh -c 'printf %s \"$THREE\"' >passed
        rulec_put \"$rulec_in_has_4$rulec_execution\"";
    let lines = [b"# a comment\n\n  # another\nTWO=", file, b"\n"].concat();
    std::fs::write(bench.path().join("given"), lines).unwrap();
    let output = pieces::run(bench, plan, snippet, &[&[b"ONE=", option].concat()], &[("THREE", variable)]);
    let read = |name: &str| std::fs::read(bench.path().join(name)).unwrap_or_default();
    let shown = pieces::text(&output);
    assert!(read("one") == option, "{option:?} {:?}: {shown}", read("one"));
    assert!(read("two") == file, "{file:?} {:?}: {shown}", read("two"));
    assert!(read("three") == variable, "{variable:?} {:?}: {shown}", read("three"));
    assert!(read("passed") == variable, "{variable:?} {:?}: {shown}", read("passed"));
    let mut text = format!("{}\n", plan.digest).into_bytes();
    for (name, value) in [("ONE", option), ("TWO", file), ("THREE", variable)] {
        text.extend(format!("{name}={}:", value.len()).bytes());
        text.extend(value.iter().chain(b"\n"));
    }
    let id: String = Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(shown, format!("0{id}"));
    assert!(!bench.path().join("no").exists());
}

fn three() -> Plan {
    let mut inputs = ["ONE", "TWO", "THREE", "FOUR"].map(|name| input(name, InputType::String));
    inputs[3].required = false;
    with(inputs.into())
}

#[test]
fn any_value_is_given_kept_and_read_back() {
    every_shell(|bench| {
        let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..Default::default() });
        for _ in 0..6 {
            let mut value = || {
                let value = hostile().new_tree(&mut runner).unwrap().current();
                // This one holds text only, and says so where it is given anything else.
                if bench.shell == "yash" {
                    String::from_utf8_lossy(&value).into_owned().into_bytes()
                } else {
                    value
                }
            };
            let line: Vec<u8> = value().into_iter().filter(|byte| *byte != b'\n').collect();
            assert_kept(bench, &three(), &value(), &line, &value());
        }
    });
}

#[test]
fn long_values_are_kept() {
    every_shell(|bench| {
        let long = "x'\u{e9}\\ ".repeat(100_000 / 6);
        assert_kept(bench, &three(), long.as_bytes(), long.as_bytes(), format!("{long}\n\n").as_bytes());
        let output = pieces::run(
            bench,
            &three(),
            "rulec_take_inputs; rulec_put \"$rulec_problems\"",
            &[],
            &[("ONE", "x".repeat(131_001).as_bytes()), ("TWO", b""), ("THREE", b"")],
        );
        assert_eq!(
            pieces::text(&output),
            "ONE is longer than 131000 bytes, more than a command can be given\n"
        );
    });
}

#[test]
fn what_a_shell_cannot_hold_is_told() {
    super::bench::these_shells(&["yash"], |bench| {
        let snippet = "rulec_take_inputs; rulec_put \"$rulec_problems\"; rulec_give_file given";
        std::fs::write(bench.path().join("given"), b"TWO=\xff\n").unwrap();
        let env: [(&str, &[u8]); 3] = [("ONE", b"\xff"), ("TWO", b""), ("THREE", b"")];
        let shown = pieces::text(&pieces::run(bench, &three(), snippet, &[], &env));
        let words = "ONE cannot be read: this shell cannot hold its value in this locale";
        assert!(shown.contains(words), "{shown}");
        let words = "given:1: this shell cannot hold the value of TWO in this locale";
        assert!(shown.contains(words), "{shown}");
    });
}

#[test]
fn a_run_goes_on_with_the_values_that_it_began_with() {
    let begin = "rulec_home=$PWD rulec_folder=$PWD rulec_run=r
        rulec_take_inputs; rulec_identify; rulec_save_inputs || exit 1; ";
    let load = "unset rulec_given_1; [ -z \"$1\" ] || rulec_give \"$1\"
        rulec_load_inputs; echo \"$? $rulec_in_has_1 $rulec_in_value_1 ${FOUR-unset} $rulec_why\"
        rulec_put \"$rulec_problems\"";
    every_shell(|bench| {
        let env: [(&str, &[u8]); 3] = [("ONE", b"a b"), ("TWO", b"b"), ("THREE", b"c")];
        let go = |change: &str, arg: &str| {
            let snippet = format!("{begin}{change}\n{load}");
            pieces::text(&pieces::run(bench, &three(), &snippet, &[arg.as_bytes()], &env))
        };
        assert_eq!(go("ONE=other FOUR=now; export FOUR", ""), "0 1 a b unset \n");
        assert_eq!(go(":", "ONE=a b"), "0 1 a b unset \n");
        for name in ["ONE", "FOUR"] {
            let differs = go(":", &format!("{name}=x"));
            let words = format!("\n{name} is given another value than run r began with");
            assert!(differs.starts_with("2 ") && differs.contains(&words), "{differs}");
        }
        for change in [
            "rm inputs",
            "true >inputs",
            "sed '$d' inputs >i && mv i inputs",
            "sed 's/a.0040b/a\\\\0041b/' inputs >i && mv i inputs",
            "sed 's/^ONE 1=.*/ONE 1=$(touch no) ./' inputs >i && mv i inputs",
            "sed 's/^ONE 1=.*/ONE 1=`touch no` ./' inputs >i && mv i inputs",
            "sed 's/^TWO/PATH/' inputs >i && mv i inputs",
            "sed 's/^ONE 1/ONE 2/' inputs >i && mv i inputs",
        ] {
            let shown = go(change, "");
            assert!(shown.starts_with("1 ") && shown.contains("the inputs of run r "), "{change}: {shown}");
        }
        assert!(!bench.path().join("no").exists());
    });
}
