//! How many single mistakes in clean rule sets the checks see.
//!
//! Every operator makes one kind of mistake wherever a rule set has a place for it. A mistake that changes no
//! meaning is none: the operator leaves such places out by a rule of its own.

mod doc;
mod operators;
mod watch;

use std::fmt::Write;

use rayon::prelude::*;

use crate::support::{project, read, snapshot};
use doc::{Doc, Edit};
use watch::{Seen, watched};

/// The folders of the clean rule sets.
const CLEAN: [&str; 4] = [
    "rules/studio",
    "src/cli/commands/template",
    "tests/fixtures/clean/harbour",
    "tests/fixtures/clean/library",
];

/// A clean rule set.
pub(crate) struct Set {
    name: &'static str,
    files: Vec<(String, String)>,
    seen: Seen,
}

/// One mistake: the file, where in it for people, and what is written instead.
pub(crate) struct Mistake {
    path: String,
    place: String,
    edits: Vec<Edit>,
}

impl Mistake {
    pub(crate) fn new(doc: &Doc, place: String, mut edits: Vec<Edit>) -> Option<Self> {
        edits.sort_by_key(|(range, _)| range.start);
        let changes = edits.iter().any(|(range, text)| doc.text[range.clone()] != **text);
        changes.then(|| Self { path: doc.path.clone(), place, edits })
    }
}

impl Set {
    fn new(folder: &'static str) -> Self {
        let mut files = Vec::new();
        let mut entries: Vec<_> = std::fs::read_dir(project().join(folder))
            .expect("the folder is there")
            .map(|entry| entry.expect("it is listed").path())
            .collect();
        entries.sort();
        for path in entries.into_iter().filter(|path| path.is_file()) {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            files.push((name, read(&path)));
        }
        let seen =
            Seen::new(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
        Self { name: folder.rsplit('/').next().expect("a path has a name"), files, seen }
    }

    /// The rule files.
    pub(crate) fn docs(&self) -> &[Doc] {
        &self.seen.docs
    }

    /// The rule set with a mistake in it, and which rule watches it.
    fn try_out(&self, mistake: &Mistake) -> Result<&'static str, Vec<&'static str>> {
        let files: Vec<(&str, String)> = self
            .files
            .iter()
            .map(|(path, text)| {
                let mut text = text.clone();
                if *path == mistake.path {
                    for (range, new) in mistake.edits.iter().rev() {
                        text.replace_range(range.clone(), new);
                    }
                }
                (path.as_str(), text)
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        watched(&self.seen, &mistake.path, &mistake.edits, &Seen::new(&files))
    }
}

/// Why some mistakes are out of reach.
const OUT_OF_REACH: [(&str, &str); 9] = [
    ("a component loses a dependency", "nothing else says that it needs the other one"),
    ("a component loses its port", "what its commands name may be the port of what it needs outside"),
    (
        "a way back can't fail",
        "an undo may find nothing left to undo, unless something says that this is no failure",
    ),
    ("a step loses its owner", "a call may leave it to what is called, and one step by hand has no like"),
    (
        "an environment gives a fact that no rule knows",
        "what a rule leaves to all others is decided all the same",
    ),
    ("an input is removed", "a script may read it, and without any input all may come from outside"),
    ("a checked item becomes a promise", "rules start as prose, and a person may attest it"),
    ("the way back of a risk is said no more", "the mitigation stays, as prose"),
    (
        "a step loses its condition",
        "a step may run always; seen only where nothing else asks for the decision",
    ),
];

/// What share of the mistakes must be watched, in percent; the snapshot names those that are not.
const LEAST: usize = 95;

/// So many mistakes of one kind are made in one rule set.
const MOST: usize = 4;

/// Mistakes that are spread evenly over those that are possible. What stands once in a file and is repeated by an
/// alias is one.
fn spread(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let mut different: Vec<Mistake> = Vec::new();
    for mistake in mistakes {
        let is_same = |other: &Mistake| other.path == mistake.path && other.edits == mistake.edits;
        if !different.iter().any(is_same) {
            different.push(mistake);
        }
    }
    let count = different.len();
    let is_chosen = |index: usize| count <= MOST || index * MOST / count != (index + 1) * MOST / count;
    different
        .into_iter()
        .enumerate()
        .filter(|(index, _)| is_chosen(*index))
        .map(|(_, mistake)| mistake)
        .collect()
}

#[test]
fn the_checks_see_single_mistakes() {
    let sets: Vec<Set> = CLEAN.into_iter().map(Set::new).collect();
    for set in &sets {
        let found: Vec<_> = set.seen.grave().map(|found| (found.rule.id, &found.message)).collect();
        assert!(found.is_empty(), "{} is not clean: {found:?}", set.name);
    }
    let (mut table, mut unseen, mut made, mut seen) = (String::new(), String::new(), 0, 0);
    for (operator, mistakes) in operators::all() {
        let (mut of_it, mut watched_of_it) = (0, 0);
        let mut rules: Vec<&str> = Vec::new();
        for set in &sets {
            let chosen = spread(mistakes(set));
            let verdicts: Vec<_> = chosen.par_iter().map(|mistake| set.try_out(mistake)).collect();
            of_it += chosen.len();
            for (mistake, verdict) in chosen.iter().zip(verdicts) {
                match verdict {
                    Ok(rule) => {
                        watched_of_it += 1;
                        rules.push(rule);
                    }
                    Err(elsewhere) => {
                        writeln!(unseen, "{operator}: {}/{} {elsewhere:?}", set.name, mistake.place)
                            .expect("a string takes all");
                    }
                }
            }
        }
        assert!(of_it > 0, "no place for: {operator}");
        rules.sort_unstable();
        rules.dedup();
        writeln!(table, "{watched_of_it:>4} of {of_it:>3}  {operator}: {}", rules.join(" "))
            .expect("a string takes all");
        made += of_it;
        seen += watched_of_it;
    }
    let share = seen * 1000 / made;
    let table = format!(
        "{table}\n{seen:>4} of {made:>3} are watched: {}.{} %\n\nNot watched:\n{unseen}",
        share / 10,
        share % 10
    );
    let reasons: Vec<String> = OUT_OF_REACH.iter().map(|(what, why)| format!("{what}: {why}")).collect();
    let table = format!("{table}\nOut of reach:\n{}\n", reasons.join("\n"));
    assert!(made >= 150, "{table}");
    snapshot("mutants", &table);
    assert!(seen * 100 >= made * LEAST, "{table}");
}
