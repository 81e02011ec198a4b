//! What the rule sets of the project show: each feature of `tests/features/RULESET.tsv` has a test that names it.
//!
//! A line of such a list is the number of a feature, a tab and what it is. A test names the features that it shows in
//! its doc comment, in a line of its own: `/// Shows change.7, change.12.` The table of both is `rules/README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{assert_current, project, read};

/// The rule sets and what their features are called after.
const RULE_SETS: [(&str, &str); 5] = [
    ("studio", "studio"),
    ("governed-change", "change"),
    ("orchestrator", "orchestrator"),
    ("blocker-clearance", "clearance"),
    ("service-upgrade", "upgrade"),
];

const INTRODUCTION: &str = "\
# Rule sets

Five systems, each as a whole rule set. The tables below are generated from `tests/features/` and from what the tests
say of themselves: every feature has at least one test that shows it. `cargo test --test suite NAME` runs one.
";

/// The tests of each feature: `area::test`, in order.
type Shown = BTreeMap<String, Vec<String>>;

#[test]
fn every_feature_has_a_test_that_shows_it() {
    let mut shown = shown();
    let mut page = String::from(INTRODUCTION);
    let mut faults = Vec::new();
    for (rule_set, prefix) in RULE_SETS {
        let features = features(rule_set);
        if features.is_empty() {
            continue;
        }
        _ = write!(
            page,
            "\n## [{rule_set}]({rule_set}/README.md)\n\n| | feature | shown by |\n|---|---|---|\n"
        );
        for (number, (id, what)) in features.into_iter().enumerate() {
            let tests = shown.remove(&id).unwrap_or_default();
            if !id.starts_with(&format!("{prefix}.")) || what.is_empty() {
                faults.push(format!(
                    "{rule_set}, line {}: not `{prefix}.NUMBER`, a tab and a text",
                    number + 1
                ));
            }
            if tests.is_empty() {
                faults.push(format!("no test shows {id}: {what}"));
            }
            let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
            _ = writeln!(page, "| {id} | {} | {} |", what.replace('|', "\\|"), tests.join("<br>"));
        }
    }
    faults.extend(
        shown.iter().map(|(id, tests)| format!("{} shows {id}, which is no feature", tests.join(", "))),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_current("rules/README.md", &page);
}

/// The features of a rule set: number and text, in order of the list.
fn features(rule_set: &str) -> Vec<(String, String)> {
    let list = read(&project().join("tests/features").join(format!("{rule_set}.tsv")));
    let feature = |line: &str| {
        let (id, what) = line.split_once('\t').unwrap_or((line, ""));
        (id.to_owned(), what.to_owned())
    };
    list.lines().map(feature).collect()
}

fn shown() -> Shown {
    let mut shown = Shown::new();
    let tests = project().join("tests");
    for file in sources(&tests) {
        let area = file.strip_prefix(&tests).expect("it is one of the tests").with_extension("");
        let area: Vec<_> =
            area.iter().map(|part| part.to_string_lossy()).filter(|part| part != "mod").collect();
        let mut named: Vec<String> = Vec::new();
        for line in read(&file).lines().map(str::trim) {
            if let Some(ids) = line.strip_prefix("/// Shows ") {
                named.extend(ids.trim_end_matches('.').split(", ").map(str::to_owned));
            } else if let Some((name, _)) = line.strip_prefix("fn ").and_then(|rest| rest.split_once('(')) {
                let test = format!("{}::{name}", area.join("::"));
                for id in named.drain(..) {
                    shown.entry(id).or_default().push(test.clone());
                }
            }
        }
    }
    shown
}

/// All sources below a folder, in order of their paths.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is read")
        .map(|entry| entry.expect("it is read").path())
        .collect();
    entries.sort();
    for entry in entries {
        match entry.extension().is_some_and(|extension| extension == "rs") {
            true => found.push(entry),
            false if entry.is_dir() && !entry.ends_with("node_modules") => found.extend(sources(&entry)),
            false => {}
        }
    }
    found
}
