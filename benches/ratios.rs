//! How the time of each phase stands to that of `serde_json` reading the same rule set, as JSON, into a
//! `Value`: a table to print, since times differ from machine to machine and ratios hardly do.
//!
//! `cargo bench --bench ratios [-- ROUNDS]`. Every round runs the reference and all phases one after the other,
//! so that whatever else the machine does falls on all of them alike.
#![expect(clippy::print_stdout, reason = "a table is what it is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock and its own arguments")]

mod generate;
mod support;

use std::hint::black_box;
use std::time::Instant;

use generate::File;
use generate::{FILES_PER_TEAM, Spelling, decisions, procedure, teams};
use rayon::ThreadPoolBuilder;
use support::{Work, draft, emit, last_entry, lint, lower, memory, whole_check};

const TEAMS: usize = 200;
const STEPS: usize = 10_000;
const RULES: [usize; 2] = [1_000, 4_000];
const ROUNDS: usize = 15;

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS);
    for rules in RULES {
        rule_table(rules, rounds);
    }
    let small = teams(TEAMS, Spelling::Json);
    let json = Work::new(&small);
    let files = TEAMS * FILES_PER_TEAM;
    table(&format!("{files} files in JSON"), &small, &json, rounds);
    let big = [procedure(STEPS)];
    table(&format!("one file of {STEPS} steps in JSON"), &big, &Work::new(&big), rounds);
    for (spelling, name) in
        [(Spelling::Yaml, "YAML"), (Spelling::Toml, "TOML"), (Spelling::Mixed, "all three")]
    {
        table(&format!("{files} files in {name}"), &teams(TEAMS, spelling), &json, rounds.div_ceil(3));
    }
}

/// A phase, to be run again and again.
type Phase<'a> = (&'a str, Box<dyn Fn() + 'a>);

fn table(title: &str, files: &[File], reference: &Work, rounds: usize) {
    let work = Work::new(files);
    let graph = work.resolve();
    let entry = last_entry(&graph);
    let plan = lower(&graph, entry);
    let host = memory(files);
    let threads = |count| ThreadPoolBuilder::new().num_threads(count).build().expect("threads can be made");
    let (one, two) = (threads(1), threads(2));
    let phases: Vec<Phase<'_>> = vec![
        ("parse", Box::new(|| drop(black_box(work.parse())))),
        ("validate", Box::new(|| drop(black_box(work.validate())))),
        ("decode", Box::new(|| drop(black_box(work.decode())))),
        ("graph", Box::new(|| drop(black_box(work.resolve())))),
        ("drafts of all entries", Box::new(|| drop(black_box(draft(&graph))))),
        ("lints", Box::new(|| drop(black_box(lint(&graph))))),
        (
            "**whole check, one thread**",
            Box::new(|| one.install(|| drop(black_box(whole_check(&host, "."))))),
        ),
        (
            "**whole check, two threads**",
            Box::new(|| two.install(|| drop(black_box(whole_check(&host, "."))))),
        ),
        ("lower one entry", Box::new(|| drop(black_box(lower(&graph, entry))))),
        ("emit plan", Box::new(|| drop(black_box(emit(&plan, "plan"))))),
        ("emit markdown", Box::new(|| drop(black_box(emit(&plan, "markdown"))))),
    ];
    measure(title, &work, reference, &phases, rounds);
}

/// One decision of so many rules: how reading it and judging its rules stand to reading the JSON.
fn rule_table(rules: usize, rounds: usize) {
    let files = [decisions(rules)];
    let work = Work::new(&files);
    let phases: Vec<Phase<'_>> = vec![
        ("parse", Box::new(|| drop(black_box(work.parse())))),
        ("decode", Box::new(|| drop(black_box(work.decode())))),
        ("graph", Box::new(|| drop(black_box(work.resolve())))),
        ("rules held against each other", Box::new(|| _ = black_box(work.judge()))),
    ];
    measure(&format!("one decision of {rules} rules in JSON"), &work, &work, &phases, rounds);
}

/// Runs the reference and all phases in turn, and prints their table.
fn measure(title: &str, work: &Work, reference: &Work, phases: &[Phase<'_>], rounds: usize) {
    let mut times = vec![Vec::new(); phases.len()];
    let mut references = Vec::new();
    for _ in 0..rounds {
        references.push(seconds(|| drop(black_box(reference.values()))));
        for ((_, run), times) in phases.iter().zip(&mut times) {
            times.push(seconds(run));
        }
    }
    let megabytes = |work: &Work| work.bytes() as f64 / 1e6;
    println!("\n{title}: {:.1} MB, as JSON {:.1} MB; {rounds} rounds", megabytes(work), megabytes(reference));
    println!("\n| phase | median | quartiles | fastest |\n|---|---|---|---|");
    for ((name, _), times) in phases.iter().zip(&times) {
        let mut ratios: Vec<f64> = times.iter().zip(&references).map(|(time, own)| time / own).collect();
        ratios.sort_by(f64::total_cmp);
        let at = |quarter: usize| ratios[(ratios.len() - 1) * quarter / 4];
        let fastest = fastest(times) / fastest(&references);
        println!("| {name} | {:.2} | {:.2} to {:.2} | {fastest:.2} |", at(2), at(1), at(3));
    }
}

fn seconds(run: impl Fn()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn fastest(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}
