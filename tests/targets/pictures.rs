//! The drawings, read back by the programs that draw them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::emit;
use crate::support::plans::any_plan;
use crate::support::roll_out::roll_out;
use crate::support::tools::has;

/// The lines of text in Graphviz's drawing of a graph.
#[expect(clippy::disallowed_methods, reason = "another program is the judge")]
fn drawn(dot: &str) -> Vec<String> {
    let mut child = Command::new("dot")
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Graphviz is installed");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(dot.as_bytes()).expect("it reads all of its input");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}\n{dot}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{dot}");
    let svg = String::from_utf8(output.stdout).expect("SVG is UTF-8");
    let texts = svg.split("<text ").skip(1).map(|text| {
        let (_, text) = text.split_once('>').expect("a tag ends");
        unescape(text.split_once("</text>").expect("an element ends").0)
    });
    texts.collect()
}

/// XML's own entities and character references as what they stand for.
fn unescape(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("a reference ends");
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            number => {
                let number = number.trim_start_matches('#').parse().expect("other references are numbers");
                char::from_u32(number).expect("references are to characters")
            }
        });
        out.push_str(rest);
    }
    out.replace('\u{a0}', " ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn graphviz_draws_the_roll_out() {
    if !has("dot") {
        return;
    }
    let texts = drawn(&emit("dot", &roll_out()));
    for text in ["3 Migrate the schema", "undo 4 Deploy to web-1", "restore: Restore the ledger", "fails"] {
        assert!(texts.iter().any(|drawn| drawn == text), "{text:?} is not in {texts:#?}");
    }
}

#[test]
fn graphviz_draws_any_plan_with_its_own_words() {
    if !has("dot") {
        return;
    }
    let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
    let outcome = runner.run(&any_plan(), |plan| {
        let texts = drawn(&emit("dot", &plan));
        for (index, step) in plan.steps.iter().enumerate() {
            let name =
                one_line(&rulec::diagram::show_controls(&format!("{} {}", index + 1, one_line(&step.name))));
            prop_assert!(texts.iter().any(|text| one_line(text) == name), "{name:?} is not in {texts:#?}");
        }
        Ok(())
    });
    outcome.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_label_ends_its_quotes_in_mermaid(plan in any_plan()) {
        for line in emit("mermaid", &plan).lines().skip(1) {
            let quotes = line.matches('"').count();
            prop_assert!(quotes == 0 || quotes == 2, "{line}");
            prop_assert!(!line.contains(['<', '`', '&']) || line.replace("<br/>", "").find(['<', '`', '&']).is_none());
        }
    }
}
