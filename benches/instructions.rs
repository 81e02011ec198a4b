//! How many instructions each phase takes beside `serde_json` reading the same rule set, as JSON, into a `Value`: a
//! table to print that is the same whatever else the machine does.
//!
//! `cargo bench --bench instructions [-- PHASE]`. It needs valgrind: it runs itself under callgrind, once for every rule
//! set and phase, which counts what happens within [`measured`] and nothing else.
#![expect(clippy::print_stdout, reason = "a table is what it is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark starts itself anew and reads its own arguments")]

#[expect(dead_code, reason = "other benchmarks need more of it")]
mod generate;
#[expect(dead_code, reason = "other benchmarks need more of it")]
mod support;

use std::env;
use std::hint::black_box;
use std::process::Command;

use generate::{File, Spelling, decisions, procedure, teams};
use rayon::ThreadPoolBuilder;
use support::{Work, draft, lint, memory, whole_check};

/// The argument with which the benchmark runs itself: the rule set and the phase follow.
const ALONE: &str = "--alone";

/// The rule sets, with what a table calls them.
const SETS: [(&str, &str); 6] = [
    ("json", "500 files in JSON"),
    ("steps", "2,500 steps"),
    ("few-rules", "250 rules"),
    ("rules", "1,000 rules"),
    ("yaml", "500 files in YAML"),
    ("toml", "500 files in TOML"),
];

/// The reference.
const REFERENCE: &str = "serde_json";

const PHASES: [&str; 7] = ["parse", "validate", "decode", "graph", "drafts", "lints", "check"];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments[..] {
        [alone, set, phase] if alone == ALONE => run(set, phase),
        wanted => table(wanted),
    }
}

/// Prints how the phases that are asked for stand to the reference; all, where none is.
fn table(wanted: &[String]) {
    let phases = PHASES.into_iter().filter(|phase| wanted.is_empty() || wanted.iter().any(|it| it == phase));
    let phases: Vec<_> = phases.collect();
    let heads = SETS.map(|(_, head)| head);
    println!("| phase | {} |\n|---|{}", heads.join(" | "), "---|".repeat(heads.len()));
    let references =
        SETS.map(|(set, _)| counted(if matches!(set, "yaml" | "toml") { "json" } else { set }, REFERENCE));
    for phase in phases {
        let ratios = SETS.iter().zip(references);
        let ratios = ratios.map(|((set, _), reference)| format!("{:.2}", counted(set, phase) / reference));
        println!("| {phase} | {} |", ratios.collect::<Vec<_>>().join(" | "));
    }
}

/// How many instructions a phase of a rule set takes.
fn counted(set: &str, phase: &str) -> f64 {
    let own = env::current_exe().expect("the benchmark has a path");
    let out = env::var("CALLGRIND_OUT").unwrap_or_else(|_| "/dev/null".to_owned());
    let out = out.replace("%s", set).replace("%p", phase);
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg(format!("--callgrind-out-file={out}"))
        .arg(own)
        .args([ALONE, set, phase])
        .output()
        .expect("valgrind can be run");
    let told = String::from_utf8_lossy(&run.stderr);
    let count = told.lines().find_map(|line| line.split_once("Collected :"));
    let count = count.and_then(|(_, count)| count.trim().parse().ok());
    count.unwrap_or_else(|| panic!("valgrind counts nothing for {phase} of {set}:\n{told}"))
}

/// Does one phase, within [`measured`].
fn run(set: &str, phase: &str) {
    let files: Vec<File> = match set {
        "json" => teams(50, Spelling::Json),
        "yaml" => teams(50, Spelling::Yaml),
        "toml" => teams(50, Spelling::Toml),
        "steps" => vec![procedure(2_500)],
        "few-rules" => vec![decisions(250)],
        "rules" => vec![decisions(1_000)],
        _ => panic!("there is no rule set `{set}`"),
    };
    let work = Work::new(&files);
    let graph = work.resolve();
    match phase {
        REFERENCE => measured(|| drop(black_box(work.values()))),
        "parse" => measured(|| drop(black_box(work.parse()))),
        "validate" => measured(|| drop(black_box(work.validate()))),
        "decode" => measured(|| drop(black_box(work.decode()))),
        "graph" => measured(|| drop(black_box(work.resolve()))),
        "drafts" => measured(|| drop(black_box(draft(&graph)))),
        "lints" => measured(|| drop(black_box(lint(&graph)))),
        "check" => {
            let host = memory(&files);
            let alone = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
            alone.expect("a pool of this thread can be made");
            measured(|| drop(black_box(whole_check(&host, "."))));
        }
        _ => panic!("there is no phase `{phase}`"),
    }
}

/// What callgrind counts.
#[inline(never)]
fn measured(run: impl FnOnce()) {
    run();
}
