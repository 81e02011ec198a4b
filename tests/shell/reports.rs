//! Reports of runs: made of what a run leaves, in each format.

use std::fs;
use std::path::Path;

use rulec::plan::Plan;
use rulec::report::ReportFormat;
use serde_json::{Value, json};

use super::bench::{Bench, every_shell, find, need};
use super::folders::{RUN, Runner, lay_out, stop_clock};
use super::pieces::AWKS;
use super::plans::{check, plan, prose, rollback, step, traced};
use crate::formats::assert_valid;

const HOSTILE: &str = "]]> <&\"' \u{1}\u{7f}\u{e9}\u{6f22}\u{1f980} \\ \\n %s {a=\"b\"}\nnext\tline";

fn sample() -> Plan {
    let mut plan = plan([traced("a"), step("b", "exit 3"), step("c", "true")]);
    plan.steps[0].name = HOSTILE.into();
    plan.steps[2].id = HOSTILE.into();
    plan.preconditions = vec![check("the disk has room", "true"), prose("somebody watches")];
    plan.rollbacks = vec![rollback("E2", [traced("E2/1"), traced("E2/2")]), rollback("E3", [traced("E3/1")])];
    plan.finally = vec![traced("finally/x")];
    plan
}

fn result(id: &str, status: &str, more: Value) -> Value {
    let mut step = json!({
        "id": id, "name": format!("Do {id}"), "kind": "command", "status": status, "attempts": 1, "exit_code": 0,
        "duration_ms": 1204, "verified": null, "polls": 0, "reason": "",
    });
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    step
}

/// A line of `results`, as ASCII as a script writes it.
fn line(list: &str, key: u32, value: &Value) -> String {
    let ascii: String = value
        .to_string()
        .chars()
        .map(|c| match c {
            ' '..='~' => c.to_string(),
            _ => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        })
        .collect();
    format!("{list} {key} {ascii}\n")
}

const RECORDS: [(u64, &str); 7] = [
    (600, "forward"),
    (600, "try 1 1"),
    (500, "end 1 ok 1 0"),
    (500, "try 2 1"),
    (400, "tried 2 1 3 exited"),
    (400, "end 2 failed 1 3"),
    (400, "off failure 2"),
];

fn killed(bench: &Bench, plan: &Plan, torn: &str) -> std::path::PathBuf {
    stop_clock(bench);
    let folder = lay_out(bench, plan, RUN, Runner::Dead, &RECORDS);
    let mut results = line(
        "preconditions",
        1,
        &json!({"text": "the disk has room", "mandatory": true, "status": "held", "detail": ""}),
    );
    results += &line("attested", 1, &json!({"text": "somebody watches", "by": "a@b", "how": "option"}));
    results += &line("steps", 1, &result("a", "failed", json!({})));
    results += &line("steps", 1, &result("a", "ok", json!({"name": HOSTILE, "output": "{\"[\\"})));
    results += &line(
        "undone",
        1,
        &json!({"id": "a", "name": "Do a", "status": "failed", "exit_code": 1, "duration_ms": 5, "reason": "exit code 1"}),
    );
    results += &line("rollback", 6, &result("E3/1", "ok", json!({})));
    results += &line("rollback", 4, &result("E2/1", "ok", json!({})));
    results += &line("rollback", 5, &result("E2/2", "failed", json!({"reason": "exit code 9"})));
    results += &line("finally", 7, &result("finally/x", "ok", json!({})));
    fs::write(folder.join("results"), results + torn).unwrap();
    folder
}

fn report(bench: &Bench, plan: &Plan, args: &[&str]) -> String {
    let run = bench.run(plan, &[&["report"], args].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout
}

#[test]
fn a_run_without_a_report_gets_one() {
    every_shell(|bench| {
        let plan = sample();
        let folder = killed(bench, &plan, "steps 2 {\"id\":\"b\",\"name\":\"{}");
        let seen: Value = serde_json::from_str(&report(bench, &plan, &[])).unwrap();
        let not_run = |id: &str, name: &str, status: &str, attempts: u32, code: Option<u32>| {
            result(
                id,
                status,
                json!({"name": name, "attempts": attempts, "exit_code": code, "duration_ms": 0}),
            )
        };
        let expected = json!({
            "version": 1,
            "plan": plan.digest,
            "execution": "0123456789abcdef",
            "entry": {"id": "E1", "kind": "procedure", "name": "Test procedure", "source": plan.entry.source},
            "run": RUN,
            "folder": folder,
            "outcome": "unfinished",
            "exit_code": null,
            "reason": "step 2 of 3, Do b: exit code 3; its runner is gone",
            "started": "2026-01-01T00:50:00Z",
            "finished": null,
            "duration_ms": 200_000,
            "audit": null,
            "approvals": [],
            "attested": [{"text": "somebody watches", "by": "a@b", "how": "option"}],
            "preconditions": [{"text": "the disk has room", "mandatory": true, "status": "held", "detail": ""}],
            "steps": [
                result("a", "ok", json!({"name": HOSTILE, "output": "{\"[\\"})),
                not_run("b", "Do b", "failed", 1, Some(3)),
                not_run(HOSTILE, "Do c", "not_run", 0, None),
            ],
            "postconditions": [],
            "undone": [{"id": "a", "name": "Do a", "status": "failed", "exit_code": 1, "duration_ms": 5, "reason": "exit code 1"}],
            "rollback": [
                {"procedure": "E3", "name": "Back with E3", "steps": [result("E3/1", "ok", json!({}))]},
                {"procedure": "E2", "name": "Back with E2", "steps": [
                    result("E2/1", "ok", json!({})),
                    result("E2/2", "failed", json!({"reason": "exit code 9"})),
                ]},
            ],
            "finally": [result("finally/x", "ok", json!({}))],
            "alerts": [],
        });
        assert_eq!(seen, expected);
    });
}

#[test]
fn the_report_that_a_runner_wrote_stands() {
    every_shell(|bench| {
        let plan = sample();
        let folder = lay_out(bench, &plan, RUN, Runner::Dead, &[(60, "over failed 4")]);
        let seen: Value = serde_json::from_str(&report(bench, &plan, &[])).unwrap();
        assert_eq!((&seen["outcome"], &seen["exit_code"]), (&"failed".into(), &4.into()));
        assert_eq!(seen["finished"], "2026-01-01T00:59:00Z");
        fs::write(folder.join("report.json"), "{ \"its\": \"own\" }\n").unwrap();
        assert_eq!(report(bench, &plan, &[RUN, "--format", "json"]), "{ \"its\": \"own\" }\n");
        let run = bench.run(&plan, &["report", "--format=junit"]);
        assert_eq!(run.code, 70);
    });
}

#[test]
fn a_run_of_another_plan_is_asked_of_its_script() {
    every_shell(|bench| {
        let mut other = sample();
        other.digest = format!("sha256:{}", "0".repeat(64));
        killed(bench, &other, "");
        let run = bench.run(&sample(), &["report"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        run.says("is of another plan than this script");
        run.says("script.sh");
    });
}

#[test]
fn junit_is_valid_whatever_the_text() {
    every_shell(|bench| {
        let plan = sample();
        killed(bench, &plan, "");
        let seen = report(bench, &plan, &["--format", "junit"]);
        assert!(seen.is_ascii());
        assert_valid(ReportFormat::Junit, &seen);
        let xml = roxmltree::Document::parse(&seen).unwrap();
        let suite = xml.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        let counts =
            ["tests", "failures", "errors", "skipped", "time"].map(|name| suite.attribute(name).unwrap());
        assert_eq!(counts, ["9", "3", "0", "1", "200.000"]);
        let cases: Vec<_> = xml.descendants().filter(|node| node.has_tag_name("testcase")).collect();
        let clean = HOSTILE.replace('\u{1}', "\u{fffd}");
        assert_eq!(cases[1].attribute("name"), Some(format!("a: {clean}").as_str()));
        assert_eq!(cases[1].attribute("classname"), Some("E1"));
        assert_eq!(cases[1].attribute("time"), Some("1.204"));
        let told: Vec<String> = cases
            .iter()
            .filter_map(|case| case.first_element_child())
            .map(|child| {
                format!(
                    "{} {}",
                    child.tag_name().name(),
                    child.attribute("message").or(child.text()).unwrap()
                )
            })
            .collect();
        assert_eq!(
            told,
            ["failure failed", "skipped it was not run", "failure exit code 9", "failure exit code 1"]
        );
    });
}

#[test]
fn a_run_that_did_not_start_is_no_success() {
    let bench = Bench::new("dash");
    let plan = plan([traced("a")]);
    lay_out(&bench, &plan, RUN, Runner::Dead, &[(60, "over refused 7")]);
    let seen = report(&bench, &plan, &["--format", "junit"]);
    assert_valid(ReportFormat::Junit, &seen);
    assert!(seen.contains("failures=\"1\"") && seen.contains("name=\"the run\""), "{seen}");
}

/// A name, its labels, and its value.
type Sample = (String, Vec<(String, String)>, f64);

/// The samples of a text for Prometheus; what is not in its format fails.
fn samples(text: &str) -> Vec<Sample> {
    let label = r#"([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)""#;
    let sample =
        regex::Regex::new(&format!(r"^([a-z_]+)\{{({label}(?:,{label})*)\}} (\d+(?:\.\d+)?)$")).unwrap();
    let label = regex::Regex::new(label).unwrap();
    let mut described: Vec<(String, bool)> = Vec::new();
    let mut samples = Vec::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split_once(' ').unwrap().0.to_owned();
            assert!(!described.iter().any(|(known, _)| *known == name), "twice: {line}");
            described.push((name, false));
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let last = described.last_mut().unwrap();
            assert_eq!(kind, format!("{} gauge", last.0));
            last.1 = true;
        } else {
            let parts = sample.captures(line).unwrap_or_else(|| panic!("no sample: {line}"));
            assert_eq!(described.last(), Some(&(parts[1].to_owned(), true)));
            let unescape = |text: &str| {
                let mut chars = text.chars();
                let mut out = String::new();
                while let Some(c) = chars.next() {
                    out.push(match c {
                        '\\' => chars.next().map(|c| if c == 'n' { '\n' } else { c }).unwrap(),
                        c => c,
                    });
                }
                out
            };
            let labels: Vec<_> =
                label.captures_iter(&parts[2]).map(|l| (l[1].to_owned(), unescape(&l[2]))).collect();
            let number = line.rsplit_once(' ').unwrap().1.parse().unwrap();
            assert!(!samples.iter().any(|(n, l, _)| *n == parts[1] && *l == labels), "twice: {line}");
            samples.push((parts[1].to_owned(), labels, number));
        }
    }
    samples
}

#[test]
fn prometheus_reads_it() {
    every_shell(|bench| {
        let mut plan = sample();
        plan.bounds.worst_case_ms = Some(250_500);
        killed(bench, &plan, "");
        let text = report(bench, &plan, &["--format=prometheus"]);
        let samples = samples(&text);
        let value = |name: &str, label: &str| {
            let mut all = samples.iter().filter(|(n, l, _)| n == name && l.iter().any(|(_, v)| v == label));
            all.next().map(|sample| sample.2)
        };
        assert_eq!(value("rulec_run_success", "E1"), Some(0.0));
        assert_eq!(value("rulec_run_outcome", "unfinished"), Some(1.0));
        assert_eq!(value("rulec_run_outcome", "succeeded"), Some(0.0));
        assert_eq!(value("rulec_run_duration_seconds", "E1"), Some(200.0));
        assert_eq!(value("rulec_run_finished_timestamp_seconds", "E1"), None);
        assert_eq!(value("rulec_run_limit_seconds", "E1"), Some(250.5));
        assert_eq!(value("rulec_step_status", HOSTILE), Some(1.0), "{text}");
        assert_eq!(value("rulec_step_duration_seconds", "a"), Some(1.204));
        assert_eq!(value("rulec_step_attempts", "finally/x"), Some(1.0));
        if let Some(promtool) = need("promtool") {
            fs::write(bench.path().join("text"), &text).unwrap();
            let file = fs::File::open(bench.path().join("text")).unwrap();
            let status =
                std::process::Command::new(promtool).args(["check", "metrics"]).stdin(file).status().unwrap();
            assert!(status.success());
        }
        lay_out(bench, &plan, RUN, Runner::Dead, &[(60, "over succeeded 0")]);
        let text = report(bench, &plan, &["--format=prometheus"]);
        assert!(text.contains("rulec_run_finished_timestamp_seconds{entry=\"E1\"} 1767229140\n"), "{text}");
        assert!(text.contains("rulec_run_success{entry=\"E1\"} 1\n"), "{text}");
    });
}

#[test]
fn a_file_is_there_as_a_whole() {
    every_shell(|bench| {
        let plan = sample();
        killed(bench, &plan, "");
        let expected = report(bench, &plan, &["--format=prometheus"]);
        let run = bench.run(&plan, &["report", "--format", "prometheus", "-o", "my metrics.prom"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""));
        assert_eq!(bench.read("my metrics.prom"), expected);
        let run = bench.run(&plan, &["report", "--output=no/where"]);
        assert_eq!(run.code, 9);
        run.says("cannot be written: no/where");
        let left: Vec<_> = fs::read_dir(bench.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(
            !left
                .iter()
                .any(|file: &std::path::PathBuf| file.extension() == Some(Path::new("new").as_os_str())),
            "{left:?}"
        );
    });
}

#[test]
fn every_awk_prints_the_same() {
    let texts = |awk: Option<&str>| {
        let bench = Bench::new("dash");
        if let Some(awk) = awk {
            std::os::unix::fs::symlink(find(awk).unwrap(), bench.path().join("bin/awk")).unwrap();
        }
        let plan = sample();
        killed(&bench, &plan, "");
        ["json", "junit", "prometheus"].map(|format| {
            report(&bench, &plan, &["--format", format]).replace(bench.path().to_str().unwrap(), "")
        })
    };
    let expected = texts(None);
    for awk in AWKS.into_iter().filter(|awk| need(awk).is_some()) {
        assert_eq!(texts(Some(awk)), expected, "{awk}");
    }
}
