//! What each lint costs, and how its time grows when a rule set gets four times as large: a table to print, since times
//! differ from machine to machine, and growth hardly does.
//!
//! `cargo bench --bench lints [-- ROUNDS]`. A lint is measured by itself, over a context in which what several of them
//! need has been worked out before; what that takes is the line `shared`. Both sizes are run in turn, so that whatever
//! else the machine does falls on both alike. Growth near 4 is linear; 16 is quadratic.
#![expect(clippy::print_stdout, reason = "a table is what it is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock and its own arguments")]

#[expect(dead_code, reason = "other benchmarks need more of it")]
mod generate;
#[expect(dead_code, reason = "other benchmarks need more of it")]
mod support;

use std::hint::black_box;
use std::time::Instant;

use generate::{File, Spelling, decisions, procedure, teams};
use rulec::graph::Graph;
use rulec::lint::{self, Context, LINTS};
use support::Work;

const ROUNDS: usize = 3;
/// The share of all lints, in percent, under which a lint is left out.
const SHOWN: f64 = 2.0;

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS);
    let json = Spelling::Json;
    table("500 and 2,000 files", [teams(50, json), teams(200, json)], rounds);
    table("2,500 and 10,000 steps", [vec![procedure(2_500)], vec![procedure(10_000)]], rounds);
    table("1,000 and 4,000 rules", [vec![decisions(1_000)], vec![decisions(4_000)]], rounds);
}

/// Prints what each lint takes of the larger of two rule sets, and how much more that is than of the smaller one.
fn table(title: &str, files: [Vec<File>; 2], rounds: usize) {
    let works = files.map(|files| Work::new(&files));
    let graphs = works.each_ref().map(Work::resolve);
    let mut all: Vec<[f64; 2]> = vec![[f64::INFINITY; 2]; LINTS.len() + 1];
    let whole = LINTS.len();
    for _ in 0..rounds {
        for (side, graph) in graphs.iter().enumerate() {
            for (least, time) in all.iter_mut().zip(times(graph)) {
                least[side] = least[side].min(time);
            }
        }
    }
    for side in 0..2 {
        let alone: f64 = all[..whole].iter().map(|of| of[side]).sum();
        all[whole][side] = (all[whole][side] - alone).max(f64::MIN_POSITIVE);
    }
    let total: f64 = all.iter().map(|of| of[1]).sum();
    let names = LINTS.iter().map(|lint| lint.info.id).chain(["shared"]);
    let mut lines: Vec<_> = names.zip(all).collect();
    lines.sort_by(|a, b| b.1[1].total_cmp(&a.1[1]));
    println!("\n{title}; {rounds} rounds\n\n| lint | share | growth |\n|---|---|---|");
    for (name, [small, large]) in lines {
        let share = 100.0 * large / total;
        if share >= SHOWN {
            println!("| {name} | {share:.0}% | {:.1} |", large / small);
        }
    }
}

/// The seconds of each lint by itself, then those of all together with what they share.
fn times(graph: &Graph<'_>) -> Vec<f64> {
    let context = Context::new(graph);
    let start = Instant::now();
    drop(black_box(lint::run(&context, &|rule| rule.level)));
    let whole = start.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for lint in LINTS {
        let start = Instant::now();
        (lint.check)(&context, &mut |found| drop(black_box(found)));
        times.push(start.elapsed().as_secs_f64());
    }
    times.push(whole);
    times
}
