//! Whole rule sets with the mistakes that people make, and what only looks like one: what is found is exactly what is
//! marked, at its place and with the other sides, notes included.
//!
//! `tests/fixtures/layered/NAME/` holds a rule set, its `marks.txt` a mark for each finding: a line
//! `LEVEL LINT at FILE:LINE:COLUMN TEXT`, and below it `  see FILE:LINE:COLUMN TEXT` for each other side. What starts with
//! `#` says why. Marks stand in the order of the findings, and nothing accepts what comes out: who changes one has read it.

use std::fmt::Write;

use rulec::driver::{Checked, check_files};
use rulec::source::Location;

use crate::support::{project, read};

fn marked(name: &str, files: &[&str]) {
    let folder = project().join("tests/fixtures/layered").join(name);
    let texts: Vec<String> = files.iter().map(|file| read(&folder.join(file))).collect();
    let files: Vec<_> = files.iter().copied().zip(texts.iter().map(String::as_str)).collect();
    let Checked { rules, findings, .. } = check_files(&files);
    let place = |location: Location| {
        let at = rules.sources.position(location);
        let source = rules.sources.get(location.file);
        format!("{}:{}:{} {}", source.path, at.line, at.column, source.slice(location.span))
    };
    let mut found = String::new();
    for finding in &findings {
        let at = place(finding.primary.location);
        writeln!(found, "{} {} at {at}", finding.level, finding.rule.id).expect("a string takes all");
        for label in &finding.related {
            writeln!(found, "  see {}", place(label.location)).expect("a string takes all");
        }
    }
    let marks = read(&folder.join("marks.txt"));
    let marks: Vec<&str> = marks.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let found: Vec<&str> = found.lines().collect();
    let missed: Vec<_> = marks.iter().filter(|mark| !found.contains(mark)).collect();
    let more: Vec<_> = found.iter().filter(|found| !marks.contains(found)).collect();
    assert_eq!(found, marks, "{name}: marked and not found: {missed:#?}; found and not marked: {more:#?}");
}

#[test]
fn a_harbour_in_json() {
    let files =
        ["L1-goals.json", "L2-system.json", "L3-limits.json", "L4-decisions.json", "L5-procedures.json"];
    marked("harbour", &files);
}

#[test]
fn an_observatory_in_yaml_and_toml() {
    let files =
        ["L1-goals.yaml", "L2-system.toml", "L3-limits.yaml", "L4-decisions.toml", "L5-procedures.yaml"];
    marked("observatory", &files);
}
