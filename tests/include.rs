//! Rule sets that include others.

use rulec::driver::{check_files, entries};
use rulec::graph::resolve;

use crate::support::rules::told;
use crate::support::snapshot;

const LIBRARY: &str = "\
version: 1.4.0
actions:
  heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
procedures:
  - id: clean
    inputs: [{ name: oven, type: int, required: true }]
    steps:
      - { step: 1, command: './clean.sh \"$oven\"', timeout: 60, idempotent: true, irreversible: dirt is gone }
";

const BAKERY: &str = "\
procedures:
  - id: bake
    steps:
      - { step: 1, run: clean, with: { oven: 3 } }
      - { step: 2, uses: heat, on_failure: abort }
";

/// What is found in these files, in which `library` is a rule set of its own.
fn found(files: &[(&str, &str)]) -> String {
    let mut all = vec![("library/rulec.toml", ""), ("library/L5-ovens.yaml", LIBRARY)];
    all.extend(files);
    let checked = check_files(&all);
    told(&checked.rules, &checked.findings).trim_end().to_owned()
}

/// Shows orchestrator.35.
#[test]
fn procedures_and_actions_of_another_rule_set_are_called() {
    let bakery = format!("include: [library]\n{BAKERY}");
    assert_eq!(found(&[("L5-bakery.yaml", &bakery)]), "");
    let alone = found(&[("L5-bakery.yaml", BAKERY)]);
    assert!(alone.contains("error[unresolved-reference]"), "{alone}");
}

#[test]
fn what_is_included_is_an_entry_only_where_it_stands() {
    let bakery = format!("include: [library/L5-ovens.yaml, library]\n{BAKERY}");
    let files = [("library/rulec.toml", ""), ("library/L5-ovens.yaml", LIBRARY), ("L5-bakery.yaml", &bakery)];
    let checked = check_files(&files);
    let (graph, _) = resolve(&checked.rules);
    let ids: Vec<String> = entries(&graph).map(|(_, entity)| entity.id.to_string()).collect();
    assert_eq!(ids, ["bake"]);
    assert_eq!(checked.files, 1, "only what is its own is counted");
}

#[test]
fn arguments_of_an_included_procedure_are_checked() {
    let bakery = format!("include: [library]\n{}", BAKERY.replace("oven: 3", "ovn: 3"));
    snapshot("include_arguments", &found(&[("L5-bakery.yaml", &bakery)]));
}

#[test]
fn what_is_wrong_with_an_include_is_told_at_both_sides() {
    let files = [
        (
            "L5-bakery.yaml",
            "include: [library, other, ., nowhere, empty, many, notes.txt, { path: library, version: ^2 }]\n",
        ),
        ("L1-goals.toml", "[[include]]\npath = \"library\"\nversion = \"one\"\n"),
        (
            "L2-parts.json",
            "{\"include\": [{\"path\": \"unversioned\", \"version\": \">=1, <2\"}, {\"version\": \"^1\"}]}",
        ),
        ("other/rulec.toml", ""),
        ("other/L5-x.yaml", "include: [{ path: ../library, version: ^1 }, ../third]\n"),
        ("third/rulec.toml", ""),
        ("third/L5-y.yaml", "include: [..]\n"),
        ("unversioned/rulec.toml", ""),
        ("unversioned/L5-z.yaml", "name: z\n"),
        ("empty/rulec.toml", ""),
        ("many/a/rulec.toml", ""),
        ("many/b/rulec.toml", ""),
        ("unlike/x.txt", ""),
        ("notes.txt", ""),
    ];
    snapshot("include_faults", &found(&files));
}

#[test]
fn what_a_missing_library_would_declare_is_no_second_mistake() {
    let bakery = format!("include: [libary]\n{BAKERY}");
    let told = found(&[("L5-bakery.yaml", &bakery)]);
    assert_eq!(told.matches("error[").count(), 1, "{told}");
}

#[test]
fn a_mistake_in_an_included_file_is_told_and_what_is_unwise_there_is_not() {
    let bakery = "include: [library]\nprocedures: []\n";
    let careless = "actions:\n  look: { command: curl http://localhost/ }\n";
    let files = [("library/L5-look.yaml", careless), ("L5-bakery.yaml", bakery)];
    assert_eq!(found(&files), "");
    let broken = "actions:\n  look: { comand: ls }\n";
    let told = found(&[("library/L5-look.yaml", broken), ("L5-bakery.yaml", bakery)]);
    assert!(told.contains("library/L5-look.yaml") && told.contains("unknown key `comand`"), "{told}");
}

#[test]
fn paths_that_never_end_do() {
    let loops = "include: [../loop]\n";
    let checked = check_files(&[
        ("L5-a.yaml", "include: [loop]\n"),
        ("loop/rulec.toml", ""),
        ("loop/L5-b.yaml", loops),
    ]);
    let told = told(&checked.rules, &checked.findings);
    assert!(told.contains("`loop` includes itself"), "{told}");
}
