//! The reports of scenarios: their shapes, and that nothing depends on who ends first.

use std::time::Duration;

use rulec::driver::TestedSet;
use rulec::report::{ReportFormat, Style};
use rulec::scenario::report::{SetReport, human, json, junit, schema, summary};
use rulec::source::Location;
use serde_json::Value;

use super::tried;
use crate::formats::assert_valid;
use crate::support::snapshot;

/// Scenarios that pass, fail and can't be run, with hostile names.
const SCENARIOS: &str = r#"
scenarios:
  - { name: all is well, entry: E1, facts: { who: me }, expect: { outcome: succeeded } }
  - name: "]]> <b> & \"quotes\" \u001b[31m 'red' \u0000 \uFFFF"
    entry: E1
    facts: { who: me }
    inputs: { port: 0 }
    expect: { outcome: succeeded }
  - { name: no such step, entry: E1, facts: { who: me }, expect: { failed: [zz] } }
"#;

fn with_report<T>(set: &TestedSet, show: impl FnOnce(&[SetReport<'_>]) -> T) -> T {
    let pointer = |place: Location| set.findings.pointer(place);
    let report = SetReport {
        root: set.root.as_str(),
        name: &set.name,
        sources: &set.findings.sources,
        pointer: &pointer,
        findings: &set.findings.found,
        scenarios: &set.scenarios,
        filtered_out: set.filtered_out,
        coverage: Some(&set.coverage),
    };
    show(&[report])
}

fn set() -> TestedSet {
    tried(&[("a.scenario.yaml", SCENARIOS), ("b.scenario.json", "{\"scenarios\": [],}")])
}

#[test]
fn people_see_what_was_expected_and_what_came() {
    let text =
        with_report(&set(), |sets| human(sets, Style::default()) + &summary(sets, Duration::from_millis(12)));
    assert!(!text.contains('\u{1b}') && !text.contains('\0'));
    snapshot("scenario-human", &text);
}

#[test]
fn the_json_report_fits_its_schema() {
    let text = with_report(&set(), json);
    let value: Value = serde_json::from_str(&text).expect("a JSON document");
    let schema = jsonschema::validator_for(&schema()).expect("the schema is valid");
    let faults: Vec<String> =
        schema.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(value["version"], 1);
    let counts = serde_json::json!({ "passed": 1, "failed": 1, "broken": 1, "filtered_out": 0 });
    assert_eq!(value["counts"], counts);
    let failed = &value["rule_sets"][0]["scenarios"][1];
    assert_eq!(failed["verdict"], "failed");
    assert_eq!(failed["findings"][0]["primary"]["pointer"], "/scenarios/1/expect/outcome");
    assert_eq!(failed["trace"][0]["event"], "run_started");
    assert!(value["rule_sets"][0]["scenarios"][0].get("trace").is_none());
}

#[test]
fn the_junit_report_is_what_its_readers_know() {
    let text = with_report(&set(), junit);
    snapshot("scenario-junit", &text);
    let document = roxmltree::Document::parse(&text).expect("it is XML");
    assert_valid(ReportFormat::Junit, &text);
    let root = document.root_element();
    let count =
        |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
    assert_eq!(root.attribute("tests"), Some(count("testcase").as_str()));
    assert_eq!(root.attribute("failures"), Some(count("failure").as_str()));
    assert_eq!(root.attribute("errors"), Some(count("error").as_str()));
    let failed = document.descendants().find(|node| node.has_tag_name("failure")).expect("one fails");
    let name = failed.parent().and_then(|case| case.attribute("name"));
    assert_eq!(name, Some("]]> <b> & \"quotes\" <U+001B>[31m 'red' <U+0000> <U+FFFF>"));
}

#[test]
fn the_result_is_the_same_whatever_the_number_of_threads() {
    let mut scenarios = String::from("scenarios:\n");
    for number in 0..60 {
        let fault = ["a", "b", "c", "e"][number % 4];
        let who = ["all", "me"][number % 2];
        scenarios += &format!(
            "  - {{ name: number {number}, entry: E1, facts: {{ who: {who} }}, faults: {{ fail: [{fault}] }}, expect: {{ outcome: degraded }} }}\n"
        );
    }
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
        pool.install(|| with_report(&tried(&[("a.scenario.yaml", &scenarios)]), json))
    };
    let one = on(1);
    assert!(one.contains("\"failed\": 45"), "{}", &one[..200]);
    for threads in [2, 7] {
        assert!(on(threads) == one, "with {threads} threads it is something else");
    }
}
