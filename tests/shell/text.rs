//! Any text of a plan reaches commands, the terminal and the report as it is.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, every_shell, these_shells};
use super::plans::{plan, step, traced};

const HOSTILE: [&str; 12] = [
    "it's \"quoted\" `x` $(touch no) ${HOME} $1",
    "back\\slash \\n \\0101 \\c end\\",
    "-n leading dash",
    "100% %s %b %d",
    "two\nlines\n",
    "tab\tand\r\nreturn\r",
    "é ü 漢 🦀",
    "\u{1b}[31mred\u{7f}\u{1}",
    "'",
    "''\\''",
    "*?[a-z]~ !{a,b} #;&|<>()",
    " spaces  around ",
];

/// A plan whose steps print each text, with the text as name and id too.
fn echoing(texts: &[&str]) -> rulec::plan::Plan {
    let mut plan = plan(texts.iter().map(|text| {
        let mut step =
            step(text, &format!("printf '%s|' \"$TEXT\" '{}' >>trace", text.replace('\'', r"'\''")));
        step.env.insert("TEXT".into(), (*text).into());
        step.name = format!("Say {text}");
        step
    }));
    for i in 1..texts.len() {
        plan.steps[i].needs = vec![texts[i - 1].into()];
    }
    plan
}

fn assert_echoed(bench: &Bench, texts: &[&str]) {
    let run = bench.run(&echoing(texts), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected: String = texts.iter().map(|text| format!("{text}|{text}|")).collect();
    assert_eq!(bench.read("trace"), expected);
    for (i, text) in texts.iter().enumerate() {
        assert_eq!(run.report["steps"][i]["id"], *text);
        assert_eq!(run.report["steps"][i]["name"], format!("Say {text}"));
    }
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    assert!(!bench.path().join("no").exists());
}

#[test]
fn hostile_texts_come_through() {
    every_shell(|bench| assert_echoed(bench, &HOSTILE));
}

#[test]
fn the_c_locale_is_enough_where_the_shell_holds_bytes() {
    these_shells(&["dash", "bash", "busybox", "ksh93", "mksh", "zsh"], |bench| {
        let mut bench = Bench::new(bench.shell);
        bench.set("LC_ALL", "C");
        assert_echoed(&bench, &HOSTILE);
    });
}

#[test]
fn a_shell_that_cannot_hold_the_text_runs_nothing() {
    these_shells(&["yash"], |bench| {
        let mut bench = Bench::new(bench.shell);
        bench.set("LC_ALL", "C");
        let run = bench.run(&plan([traced("a"), step("b", "echo é >>trace")]), &[]);
        assert_eq!((run.code, run.trace.as_str()), (14, ""), "{}", run.stderr);
        run.says("LC_ALL=C.UTF-8");
        // Texts that are only shown are no obstacle.
        let mut named = plan([traced("a")]);
        named.steps[0].name = "Réparer".into();
        let run = bench.run(&named, &[]);
        run.came_to(0, "succeeded", "a");
        run.says("Réparer");
    });
}

#[test]
fn long_texts_come_through() {
    let long = "x'é\\".repeat(13_000);
    every_shell(|bench| {
        let quoted = long.replace('\'', r"'\''");
        let run = bench.run(&plan([step("a", &format!("printf %s '{quoted}' >>trace"))]), &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(bench.read("trace") == long);
    });
}

#[test]
fn scripts_are_ascii_and_the_same_each_time() {
    let plan = echoing(&HOSTILE);
    let script = Shell.emit(&plan);
    assert!(script.content.is_ascii());
    assert!(!script.content.contains(['\r', '\u{1b}']));
    assert_eq!(script, Shell.emit(&plan));
    assert_eq!((script.file_name.as_str(), script.executable), ("E1.sh", true));
}

#[test]
fn any_text_comes_through() {
    these_shells(&["dash", "bash", "mksh", "yash"], |bench| {
        let mut runner = TestRunner::new(Config { cases: 4, failure_persistence: None, ..Config::default() });
        let texts = prop::collection::btree_set("[^\0]{1,40}", 8);
        let law = runner.run(&texts, |texts| {
            let _ = std::fs::remove_file(bench.path().join("trace"));
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            assert_echoed(bench, &texts);
            Ok(())
        });
        law.unwrap();
    });
}
