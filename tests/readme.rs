//! Every block of the README does what it says.

use std::fs;
use std::process::Command;

use crate::studio::{Studio, program};
use crate::support::{project, read};

/// The fenced blocks of the README: info string and text.
fn blocks() -> Vec<(String, String)> {
    let readme = read(&project().join("README.md"));
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((info.to_owned(), text.join("\n") + "\n"));
        }
    }
    blocks
}

fn fenced(text: &str) -> String {
    format!("```text\n{}\n```", text.trim_end())
}

fn block(info: &str, position: usize) -> String {
    let found = blocks().into_iter().filter(|(of, _)| of == info).nth(position);
    found.unwrap_or_else(|| panic!("the README has no block `{info}` number {position}")).1
}

/// A text as the shell runs it, with the folder that the tests were built into in the place of `target/debug`.
fn run(text: &str, folder: &std::path::Path, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let built = std::path::PathBuf::from(env!("CARGO_BIN_EXE_rulec"));
    let built = built.parent().expect("a binary is in a folder");
    let text = text.replace("target/debug/", &format!("{}/", built.display()));
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-e", "-c", &text])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", built.display()))
        .envs(environment.iter().copied())
        .output()
        .expect("a shell runs");
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), told)
}

#[test]
fn the_finding_is_what_check_prints() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L5-start.yaml"), block("yaml", 0)).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_rulec"))
        .args(["check", "."])
        .current_dir(folder.path())
        .output()
        .expect("rulec runs");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).expect("it is text");
    shows(0, &printed, "check");
}

/// Holds a block of what a command prints to what it prints; with `BLESS=1`, writes it.
fn shows(position: usize, printed: &str, verb: &str) {
    let shown = block("text", position);
    let is_blessing = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    if is_blessing && shown.trim_end() != printed.trim_end() {
        let path = project().join("README.md");
        let readme = read(&path);
        fs::write(path, readme.replace(&fenced(&shown), &fenced(printed))).expect("it is written");
    }
    assert!(
        block("text", position).trim_end() == printed.trim_end(),
        "the README shows something else than `rulec {verb}` prints: run `BLESS=1 cargo test`\n{printed}"
    );
}

/// The procedure that the rule of the user's own in the README is held against.
const MOVE: &str = "procedures:
  - id: move-shop
    steps:
      - { id: save, command: ./save.sh, read_only: true, timeout: 30, on_failure: continue }
      - { id: move, command: ./move.sh, undo: ./move.sh back, timeout: 30 }
";

#[test]
fn the_proof_is_what_verify_prints() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L3-shop.yaml"), block("yaml", 1)).expect("a file is written");
    fs::write(folder.path().join("L5-shop.yaml"), MOVE).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_rulec"))
        .args(["verify", "."])
        .current_dir(folder.path())
        .output()
        .expect("rulec runs");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).expect("it is text");
    shows(1, &printed, "verify");
}

#[test]
fn the_first_command_ends_with_a_running_script() {
    let studio = Studio::closed();
    let folder = studio.folder();
    let state = folder.join("state");
    let state = state.to_str().expect("a temporary folder has a plain name");
    // Cargo has built both already, and the scripts go to a folder of the test's own.
    let command = block("sh", 0).replace("cargo build --bins --examples && ", "");
    let command = command.replace("target/studio", &folder.join("scripts").display().to_string());
    let program = program();
    let program = program.to_str().expect("it has a plain name");
    let environment = [
        ("RULEC_STATE_DIR", state),
        ("studio", program),
        ("STUDIO_DATA", folder.to_str().expect("it has a plain name")),
    ];
    let (code, told) = run(&command, &project(), &environment);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("succeeded after"), "{told}");
    assert_eq!(studio.open_ports().len(), 3);
    let stop = folder.join("scripts/E2.sh").display().to_string();
    let (code, told) = run(&stop, &project(), &environment);
    assert_eq!(code, Some(0), "{told}");
    assert!(studio.open_ports().is_empty());
}

#[test]
fn the_second_command_is_the_one_that_ci_runs() {
    assert_eq!(block("sh", 1), "cargo test\n");
    let ci = read(&project().join(".ci/run"));
    assert!(ci.lines().any(|line| line == "cargo test"), "{ci}");
}

#[test]
fn the_other_commands_run() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (code, told) = run(&block("sh", 2), folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(folder.path().join("start.sh").exists());
}

#[test]
fn every_block_is_one_that_a_test_looks_at() {
    let known: Vec<String> = blocks().into_iter().map(|(info, _)| info).collect();
    assert_eq!(known, ["yaml", "text", "sh", "sh", "sh", "yaml", "text"]);
}

#[test]
fn every_path_that_it_names_is_there() {
    let readme = read(&project().join("README.md"));
    let named = readme.split('`').skip(1).step_by(2).filter(|it| it.contains('/') && !it.contains(' '));
    for path in named.filter(|path| !path.starts_with("target/") && !path.contains("=")) {
        assert!(project().join(path).exists(), "{path}");
    }
}
