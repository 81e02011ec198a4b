//! The rule sets that benchmarks measure are what they are said to be: of that size, in all formats the same,
//! and without a mistake.

use rulec::diagnostic::Level;
use rulec::driver::entries;
use rulec::graph::resolve;
use rulec::lint;
use rulec::model::LayerId;
use rulec::plan::draft;

use crate::support::generate::{FILES_PER_TEAM, File, Spelling, decisions, procedure, teams};
use crate::support::rules::{rule_set, told};

const ALL: [Spelling; 4] = [Spelling::Json, Spelling::Yaml, Spelling::Toml, Spelling::Mixed];

/// Parses, validates, decodes, resolves, lowers and lints: no phase may find anything but notes.
fn assert_clean(files: &[File]) {
    let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let rules = rule_set(&texts);
    let (graph, mut found) = resolve(&rules);
    for (entry, _) in entries(&graph) {
        found.extend(draft(&graph, entry).diagnostics);
    }
    found.extend(lint::run(&lint::Context::new(&graph), &|rule| rule.level));
    found.retain(|found| found.level > Level::Note);
    assert!(found.is_empty(), "{}", told(&rules, &found));
}

#[test]
fn many_files_are_clean_in_every_spelling() {
    for spelling in ALL {
        assert_clean(&teams(3, spelling));
    }
}

#[test]
fn a_long_procedure_is_clean() {
    assert_clean(&[procedure(200)]);
}

#[test]
fn a_decision_of_many_rules_is_clean() {
    assert_clean(&[decisions(200)]);
}

#[test]
fn every_spelling_says_the_same() {
    let entities = |spelling| {
        let files = teams(2, spelling);
        let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
        let rules = rule_set(&texts);
        let (graph, _) = resolve(&rules);
        let of = |entity: &rulec::graph::Entity<'_>| format!("{} {}", entity.kind.name(), entity.id);
        let mut entities: Vec<_> = graph.entities().map(|(_, entity)| of(entity)).collect();
        entities.sort();
        entities
    };
    let json = entities(Spelling::Json);
    assert!(json.len() > 100, "{json:#?}");
    for spelling in ALL {
        assert_eq!(entities(spelling), json, "{spelling:?}");
    }
}

#[test]
fn files_are_as_many_and_as_large_as_they_are_said_to_be() {
    let files = teams(4, Spelling::Json);
    assert_eq!(files.len(), 4 * FILES_PER_TEAM);
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let each = bytes / files.len();
    assert!((3_900..4_500).contains(&each), "{each} bytes a file");
    for layer in LayerId::ALL {
        assert!(files.iter().any(|file| LayerId::of_path(&file.path) == Some(layer)), "no file of {layer}");
    }
    let each = procedure(1_000).text.len() / 1_000;
    assert!((670..710).contains(&each), "{each} bytes a step");
}
