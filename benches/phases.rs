//! Every phase by itself and the whole check, beside `serde_json` reading the same JSON into a `Value`, for
//! criterion to follow over time: `cargo bench --bench phases [-- FILTER]`.
#![expect(clippy::disallowed_methods, reason = "a benchmark writes the files that it measures")]

mod generate;
mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use generate::{FILES_PER_TEAM, File, Spelling, decisions, procedure, teams};
use rulec::host::Os;
use support::{Work, draft, emit, last_entry, lint, lower, memory, whole_check};

const TEAMS: usize = 200;
const STEPS: usize = 10_000;

fn small(criterion: &mut Criterion) {
    for (spelling, name) in [
        (Spelling::Json, "json"),
        (Spelling::Yaml, "yaml"),
        (Spelling::Toml, "toml"),
        (Spelling::Mixed, "mixed"),
    ] {
        let name = format!("{}-files-{name}", TEAMS * FILES_PER_TEAM);
        phases(criterion, &name, &teams(TEAMS, spelling), spelling == Spelling::Json);
    }
}

fn big(criterion: &mut Criterion) {
    phases(criterion, &format!("{STEPS}-steps-json"), &[procedure(STEPS)], true);
}

fn rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules-of-one-decision");
    for count in [1_000, 4_000] {
        let work = Work::new(&[decisions(count)]);
        group.bench_function(format!("judge-{count}"), |bencher| bencher.iter(|| black_box(work.judge())));
    }
    group.finish();
}

fn phases(criterion: &mut Criterion, name: &str, files: &[File], is_json: bool) {
    let work = Work::new(files);
    let graph = work.resolve();
    let entry = last_entry(&graph);
    let plan = lower(&graph, entry);
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).throughput(Throughput::Bytes(work.bytes() as u64));
    let mut phase = |name: &str, run: &dyn Fn()| {
        group.bench_function(name, |bencher| bencher.iter(run));
    };
    if is_json {
        phase("serde_json", &|| drop(black_box(work.values())));
    }
    phase("parse", &|| drop(black_box(work.parse())));
    phase("validate", &|| drop(black_box(work.validate())));
    phase("decode", &|| drop(black_box(work.decode())));
    phase("graph", &|| drop(black_box(work.resolve())));
    phase("draft", &|| drop(black_box(draft(&graph))));
    phase("lint", &|| drop(black_box(lint(&graph))));
    phase("lower", &|| drop(black_box(lower(&graph, entry))));
    for target in ["plan", "sh", "markdown"] {
        phase(&format!("emit-{target}"), &|| drop(black_box(emit(&plan, target))));
    }
    let host = memory(files);
    phase("check-in-memory", &|| drop(black_box(whole_check(&host, "."))));
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for file in files {
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a file stands in a folder"))
            .expect("the folder is made");
        std::fs::write(path, &file.text).expect("the file is written");
    }
    let path = folder.path().to_str().expect("the folder's name is UTF-8");
    phase("check-on-disk", &|| drop(black_box(whole_check(&Os, path))));
    group.finish();
}

criterion_group!(benches, small, big, rules);
criterion_main!(benches);
