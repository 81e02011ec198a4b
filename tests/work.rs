//! Work grows no faster than the rules: looks at entities, references and commands are counted, of every pass and every
//! lint, for a rule set and for one that is four times as large. No time is measured.

use rulec::decide::{Domains, tables};
use rulec::driver::entries;
use rulec::graph::resolve;
use rulec::lint::{Context, LINTS};
use rulec::plan::Drafter;

use crate::support::generate::{File, Spelling, decisions, procedure, teams};
use crate::support::rules::rule_set;

/// How much more work four times as many rules may be.
const MOST: u64 = 5;
/// The same where rules are looked up in a tree, whose depth is a factor too.
const MOST_LOOKED_UP: u64 = 6;
/// What a pass may do besides, however small the rules are.
const FIXED: u64 = 100;

/// How much each pass and each lint does, in order.
fn work(files: &[File]) -> Vec<(&'static str, u64)> {
    let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let rules = rule_set(&texts);
    let judged = tables(&rules, &Domains::default());
    assert!(judged.not_judged.is_empty(), "{} rules are not judged", judged.not_judged.len());
    let (graph, _) = resolve(&rules);
    let mut work = vec![("rules of decisions", judged.work), ("names", graph.visits())];
    let mut done = graph.visits();
    let mut note = |what| {
        work.push((what, graph.visits() - done));
        done = graph.visits();
    };
    let mut drafter = Drafter::new(&graph);
    entries(&graph).for_each(|(entry, _)| drop(drafter.draft(entry)));
    note("drafts");
    let context = Context::new(&graph);
    for lint in LINTS {
        (lint.check)(&context, &mut |_| {});
        note(lint.info.id);
    }
    work
}

fn assert_near_linear(what: &str, most: u64, few: &[File], many: &[File]) {
    let (few, many) = (work(few), work(many));
    assert!(few.iter().map(|(_, work)| work).sum::<u64>() > 1_000, "{what}: nothing is counted");
    let steep = few.iter().zip(&many).filter(|((_, few), (_, many))| *many > most * few + FIXED);
    let steep: Vec<_> = steep.map(|((pass, few), (_, many))| format!("{pass}: {few}, then {many}")).collect();
    assert!(steep.is_empty(), "{what}, then four times as many:\n{}", steep.join("\n"));
}

#[test]
fn files_and_what_they_refer_to() {
    assert_near_linear("files", MOST, &teams(5, Spelling::Json), &teams(20, Spelling::Json));
}

#[test]
fn steps() {
    assert_near_linear("steps", MOST, &[procedure(150)], &[procedure(600)]);
}

#[test]
fn rules_of_one_decision() {
    assert_near_linear("rules", MOST_LOOKED_UP, &[decisions(250)], &[decisions(1_000)]);
}
