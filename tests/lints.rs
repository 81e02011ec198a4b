//! Rules and lints: what holds for all of them, and what each of them finds.

use std::collections::BTreeSet;

use rulec::diagnostic::{Example, Level, RuleInfo};
use rulec::driver::{Checked, all_rules, check_files, verify_files};
use rulec::graph::resolve;
use rulec::lint::{self, Context, LINTS};
use rulec::verify::{self, MAX_STATES};

use crate::support::rules::{rule_set, told};
use crate::support::{project, read, snapshot, style_faults};

/// What the documentation of every rule has.
const HEADINGS: [&str; 4] = ["What", "Why", "Bad", "Good"];

/// Rules that no example can show: they depend on what `compile` or `test` is given, on files that are no text, or on
/// a rule set that nobody wants to read.
const WITHOUT_EXAMPLE: [&str; 9] = [
    "endless-run",
    "invalid-encoding",
    "nothing-to-run",
    "target-cannot",
    "too-many-calls",
    "undecided",
    "unknown-in-scenario",
    "unmet-expectation",
    "unreadable-file",
];

/// The rules whose fixtures stand in `tests/fixtures/lints`: all lints, and those about suppressions.
fn with_fixtures() -> Vec<&'static RuleInfo> {
    let about_suppressions = ["R0200", "R0201", "R0202", "R0203"];
    let others = all_rules().into_iter().filter(|rule| about_suppressions.contains(&rule.code));
    LINTS.iter().map(|lint| &lint.info).chain(others).collect()
}

/// Checks files as `rulec check` does, with no notes but those of one rule.
fn checked<'f>(files: impl Iterator<Item = (&'f str, &'f str)>, rule: &'static RuleInfo) -> Checked {
    let mut checked = check_files(&files.collect::<Vec<_>>());
    checked.findings.retain(|found| found.level != Level::Note || found.rule.id == rule.id);
    checked
}

/// What is found in an example: by checking it, or, for what only a search of all paths can find, by that.
fn example(files: &[Example], rule: &'static RuleInfo) -> Checked {
    let files = files.iter().map(|example| (example.file.as_str(), example.text.as_str()));
    if !verify::rules::RULES.iter().any(|of_paths| of_paths.id == rule.id) {
        return checked(files, rule);
    }
    let files: Vec<_> = files.collect();
    let lowered = verify_files(&files, MAX_STATES).expect("it is a rule set").expect("it has files");
    let found =
        lowered.made.into_iter().flat_map(|entry| entry.properties).flat_map(|judged| judged.findings);
    let found = found.map(|found| found.finding);
    let mut checked = lowered.checked;
    checked.findings.retain(|found| found.level == Level::Error);
    checked.findings.extend(found);
    checked
}

#[test]
fn ids_and_codes_are_unique_and_well_formed() {
    let rules = all_rules();
    let ids: BTreeSet<_> = rules.iter().map(|rule| rule.id).collect();
    let codes: BTreeSet<_> = rules.iter().map(|rule| rule.code).collect();
    assert_eq!((ids.len(), codes.len()), (rules.len(), rules.len()));
    for rule in rules {
        let kebab = rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(kebab && !rule.id.starts_with('-') && !rule.id.ends_with('-'), "{}", rule.id);
        let digits = rule.code.strip_prefix('R').filter(|digits| digits.len() == 4);
        assert!(digits.is_some_and(|digits| digits.parse::<u32>().is_ok()), "{}", rule.code);
        assert_ne!(rule.level, Level::Off, "{}", rule.id);
    }
}

#[test]
fn every_rule_is_documented() {
    for rule in all_rules() {
        let docs = rule.docs();
        for heading in HEADINGS.into_iter().filter(|_| !WITHOUT_EXAMPLE.contains(&rule.id)) {
            assert!(docs.contains(&format!("# {heading}\n\n")), "{} has no heading {heading}", rule.id);
        }
        for heading in ["Bad", "Good"].into_iter().filter(|_| !WITHOUT_EXAMPLE.contains(&rule.id)) {
            assert!(!rule.examples(heading).is_empty(), "{} has no example under {heading}", rule.id);
        }
        assert_eq!(style_faults(rule.summary), Vec::<String>::new(), "{}", rule.id);
    }
}

#[test]
fn every_example_shows_what_it_says() {
    let mut faults = Vec::new();
    for rule in all_rules() {
        for files in rule.examples("Bad") {
            let Checked { rules, findings: found, .. } = example(&files, rule);
            if found.is_empty() || found.iter().any(|found| found.rule.id != rule.id) {
                faults.push(format!("{}: under Bad stands\n{}", rule.id, told(&rules, &found)));
            }
            for found in &found {
                let help = found.help.as_deref().unwrap_or("none");
                for text in [found.message.as_str(), help] {
                    faults.extend(style_faults(text));
                }
            }
        }
        for files in rule.examples("Good") {
            let Checked { rules, findings: found, .. } = example(&files, rule);
            if !found.is_empty() {
                faults.push(format!("{}: under Good stands\n{}", rule.id, told(&rules, &found)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One rule set of a fixture: its title, its files without marks, and the marked places.
struct Fixture {
    is_bad: bool,
    title: String,
    files: Vec<(String, String)>,
    marks: Vec<(String, std::ops::Range<usize>)>,
}

/// `tests/fixtures/lints/ID.txt`: a `### bad: TITLE` or `### good: TITLE` starts a rule set, a `--- PATH` a file of
/// it. `«` and `»` stand around the place of each finding.
fn fixtures(rule: &RuleInfo) -> Vec<Fixture> {
    let path = format!("tests/fixtures/lints/{}.txt", rule.id);
    let text = read(&project().join(&path));
    let mut fixtures: Vec<Fixture> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            let is_bad = title.starts_with("bad: ");
            assert!(is_bad || title.starts_with("good: "), "{path}: {line}");
            let title = title.to_owned();
            fixtures.push(Fixture { is_bad, title, files: Vec::new(), marks: Vec::new() });
            continue;
        }
        let fixture = fixtures.last_mut().expect("a rule set starts with its title");
        if let Some(file) = line.strip_prefix("--- ") {
            fixture.files.push((file.to_owned(), String::new()));
            continue;
        }
        let (file, text) = fixture.files.last_mut().expect("a file starts with its path");
        for (position, piece) in line.split(['«', '»']).enumerate() {
            let start = text.len();
            text.push_str(piece);
            if position % 2 == 1 {
                fixture.marks.push((file.clone(), start..text.len()));
            }
        }
        text.push('\n');
    }
    fixtures
}

fn run(fixture: &Fixture, rule: &'static RuleInfo) -> Checked {
    checked(fixture.files.iter().map(|(path, text)| (path.as_str(), text.as_str())), rule)
}

#[test]
fn each_lint_finds_what_its_fixtures_mark() {
    let (mut faults, mut endings) = (Vec::new(), BTreeSet::new());
    for rule in with_fixtures() {
        let fixtures = fixtures(rule);
        let bad = fixtures.iter().filter(|fixture| fixture.is_bad).count();
        assert!(bad >= 2 && fixtures.len() - bad >= 2, "{} needs two bad and two good fixtures", rule.id);
        for fixture in &fixtures {
            assert_ne!(fixture.is_bad, fixture.marks.is_empty(), "{}: {}", rule.id, fixture.title);
            endings.extend(
                fixture.files.iter().filter_map(|(path, _)| path.split('.').nth(1)).map(str::to_owned),
            );
            let Checked { rules, findings: found, .. } = run(fixture, rule);
            let places = found.iter().map(|found| {
                let location = found.primary.location;
                (rules.sources.get(location.file).path.clone(), location.span.range())
            });
            let mut places: Vec<_> = places.collect();
            let mut marks = fixture.marks.clone();
            places.sort_by(|a, b| (&a.0, a.1.start).cmp(&(&b.0, b.1.start)));
            marks.sort_by(|a, b| (&a.0, a.1.start).cmp(&(&b.0, b.1.start)));
            if places != marks || found.iter().any(|found| found.rule.id != rule.id) {
                faults.push(format!("{}: {}\n{}", rule.id, fixture.title, told(&rules, &found)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(endings.into_iter().collect::<Vec<_>>(), ["json", "toml", "yaml"]);
}

#[test]
fn each_finding_reads_well() {
    let mut text = String::new();
    for rule in with_fixtures() {
        for fixture in fixtures(rule).iter().filter(|fixture| fixture.is_bad) {
            let Checked { rules, findings: found, .. } = run(fixture, rule);
            for found in &found {
                let labels =
                    std::iter::once(&found.primary).chain(&found.related).map(|label| label.text.as_str());
                let texts = labels.filter(|text| !text.is_empty()).chain(found.help.as_deref());
                for said in texts.chain([found.message.as_str()]) {
                    assert_eq!(style_faults(said), Vec::<String>::new(), "{}", rule.id);
                }
            }
            text += &format!("{}\n{}\n", fixture.title, told(&rules, &found));
        }
    }
    snapshot("lints", &text);
}

#[test]
fn a_lint_has_the_level_that_is_asked_for() {
    for rule in LINTS.iter().map(|lint| &lint.info) {
        for fixture in fixtures(rule).iter().filter(|fixture| fixture.is_bad) {
            for level in [Level::Off, Level::Note, Level::Warning, Level::Error] {
                let config = format!("[lints]\n{} = \"{level}\"\n", rule.id);
                let files = fixture.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
                let files: Vec<_> = files.chain([("rulec.toml", config.as_str())]).collect();
                let found = check_files(&files).findings;
                let levels = found.iter().filter(|found| found.rule.id == rule.id).map(|found| found.level);
                let levels: Vec<Level> = levels.collect();
                let expected = if level == Level::Off { 0 } else { fixture.marks.len() };
                assert_eq!(levels, vec![level; expected], "{} at {level}", rule.id);
            }
        }
    }
}

/// Findings of the lints alone.
fn lints_of(files: &[(&str, &str)]) -> Vec<&'static str> {
    let rules = rule_set(files);
    let (graph, _) = resolve(&rules);
    let found = lint::run(&Context::new(&graph), &|rule| rule.level);
    found.iter().map(|found| found.rule.id).collect()
}

/// Each of these would take for ever if a lint followed every path, or every pair.
#[test]
fn large_and_hostile_rule_sets_come_to_an_end() {
    // Every procedure runs the next one twice: 2^60 steps in all.
    let mut bomb = String::from("procedures:\n");
    for n in 0..60 {
        let next = n + 1;
        bomb += &format!("- id: E{n}\n  estimated_duration: 1m\n");
        bomb += &format!("  steps: [{{ step: 1, run: E{next} }}, {{ step: 2, run: E{next} }}]\n");
    }
    bomb += "- { id: E60, steps: [{ step: 1, command: a, undo: b, timeout: 1 }] }\n";
    // The shorter ones are still measured.
    let found = lints_of(&[("L5-a.yaml", &bomb)]);
    assert_eq!(found.iter().filter(|id| **id == "unstated-on-failure").count(), 1);
    assert!(found.iter().filter(|id| **id == "estimate-exceeded").count() > 5, "{found:?}");

    // A long chain of components, started from the wrong end by steps that wait for one another.
    let count = 3_000;
    let mut system = String::from("context:\n  project_structure:\n    components:\n");
    let mut start = String::from(
        "procedures:\n- id: E1\n  steps:\n  - { id: s0, name: Start c0, command: a, undo: b }\n",
    );
    for n in 0..count {
        let next = n + 1;
        system += &format!("    - {{ name: c{n}, dependencies: [c{next}] }}\n");
        start += &format!("  - {{ id: s{next}, name: Start c{next}, command: a, undo: b, needs: [s{n}] }}\n");
    }
    system += &format!("    - {{ name: c{count} }}\n");
    let found = lints_of(&[("L2-a.yaml", &system), ("L5-a.yaml", &start)]);
    assert_eq!(found, ["start-order", "unstated-on-failure", "unverified-start"]);

    // Every step asks for the one before it, in a graph, and so for all of them.
    let mut asking = String::from("procedures:\n- id: E1\n  steps:\n  - { id: s0, command: a, undo: b }\n");
    for n in 0..count {
        let next = n + 1;
        asking += &format!("  - {{ id: s{next}, command: a, undo: b, needs: [s{n}], on_failure: abort, ");
        asking += &format!("when: steps.s{n}.status == 'failed' || steps.s0.status == 'failed' }}\n");
    }
    let found = lints_of(&[("L5-a.yaml", &asking)]);
    assert!(found.iter().filter(|id| **id == "unreachable-step").count() > 500, "{}", found.len());
}
