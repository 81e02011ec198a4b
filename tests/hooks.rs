//! The hooks of `.pre-commit-hooks.yaml`, run by `pre-commit` itself on a repository that the test makes.
//!
//! The configuration is that of the README. Only two things are put in its place: the address, by a repository that has
//! our file with the hooks, byte for byte; and the language, by `system` with the program that the tests were built
//! with on the path, since `rust` would build the whole crate again. `pre-commit` lets a configuration say that for
//! any hook. What each hook runs, on which files, and with which arguments, is all from our file.

use std::path::Path;
use std::process::Command;

use crate::cli::world::{CLEAN, World};
use crate::readme::fenced_block;
use crate::support::tools::has;
use crate::support::{project, read};

/// The ids of all hooks.
fn hooks() -> Vec<String> {
    let manifest = read(&project().join(".pre-commit-hooks.yaml"));
    manifest.lines().filter_map(|line| line.strip_prefix("- id: ")).map(str::to_owned).collect()
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=tests", "-c", "user.email=tests@localhost", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text").trim().to_owned()
}

/// A repository with our hooks, and one that uses them as the README says.
fn repository() -> World {
    let world =
        World::clean().file("hooks/.pre-commit-hooks.yaml", read(&project().join(".pre-commit-hooks.yaml")));
    let hooks_folder = world.path("hooks");
    git(&hooks_folder, &["init", "--quiet"]);
    git(&hooks_folder, &["add", "."]);
    git(&hooks_folder, &["commit", "--quiet", "-m", "hooks"]);
    let revision = git(&hooks_folder, &["rev-parse", "HEAD"]);
    let known = hooks();
    let lines: Vec<String> = fenced_block("yaml", "- repo: ")
        .lines()
        .filter_map(|line| {
            let line = line.trim_end();
            if line.contains("- repo: ") {
                Some(format!("  - repo: {}", hooks_folder.display()))
            } else if line.trim_start().starts_with("rev: ") {
                Some(format!("    rev: {revision}"))
            } else if let Some((_, id)) = line.split_once("- id: ") {
                known.iter().any(|known| known == id).then(|| format!("{line}\n        language: system"))
            } else {
                Some(line.to_owned())
            }
        })
        .collect();
    let configuration = lines.join("\n") + "\n";
    assert!(
        known.len() == 3 && configuration.matches("language: system").count() == known.len(),
        "{configuration}"
    );
    let user = world
        .file("user/.pre-commit-config.yaml", configuration)
        .file("user/rules/L5-oven.json", CLEAN)
        .file("user/rules/rulec.toml", "[[compiled]]\nentry = 'E1'\ntarget = 'sh'\noutput = 'E1.sh'\n")
        .file("user/package.json", "{\"name\": \"no rules\"}\n");
    git(&user.path("user"), &["init", "--quiet"]);
    user
}

/// Runs all hooks on what is staged.
fn commit(world: &World, arguments: &[&str]) -> (bool, String) {
    let folder = world.path("user");
    git(&folder, &["add", "."]);
    let built = Path::new(env!("CARGO_BIN_EXE_rulec")).parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("pre-commit")
        .args(["run", "--color", "never", "--verbose"])
        .args(arguments)
        .current_dir(&folder)
        .env("PATH", format!("{}:{path}", built.display()))
        .env("PRE_COMMIT_HOME", world.path("cache"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("pre-commit runs");
    let told =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), told)
}

#[test]
fn hooks_stop_a_commit_that_breaks_rules() {
    if !has("pre-commit") || !has("git") {
        return;
    }
    let world = repository();
    // The script was never compiled.
    let (passes, told) = commit(&world, &[]);
    assert!(!passes && told.contains("E1.sh: there is no such file"), "{told}");
    assert_eq!(world.run("compile --all user/rules").code, 0);
    let (passes, told) = commit(&world, &[]);
    assert!(passes && told.matches("Passed").count() == 3, "{told}");
    // An error in the rules; and the script is no longer what they compile to.
    world.write("user/rules/L5-oven.json", CLEAN.replacen("\"E2\"", "\"E8\"", 1));
    let (passes, told) = commit(&world, &["rulec-check"]);
    assert!(!passes && told.contains("unresolved-reference"), "{told}");
    world.write("user/rules/L5-oven.json", CLEAN.replacen("touch lit", "touch lamp", 1));
    assert!(commit(&world, &["rulec-check"]).0);
    let (passes, told) = commit(&world, &["rulec-compiled"]);
    assert!(!passes && told.contains("not what the rules compile to"), "{told}");
}

#[test]
fn the_hook_that_formats_stops_a_commit_once() {
    if !has("pre-commit") || !has("git") {
        return;
    }
    let world = repository();
    world.write("user/package.json", "{  \"name\":   \"no rules\"}\n");
    world.write("user/rules/L5-oven.json", CLEAN.replacen("{", "{   ", 1));
    let (passes, told) = commit(&world, &["rulec-fmt"]);
    assert!(!passes && told.contains("files were modified by this hook"), "{told}");
    assert!(read(&world.path("user/rules/L5-oven.json")).starts_with("{\n  \"layer\": \"L5\",\n"));
    // What is no rule file is nobody's to format.
    assert!(read(&world.path("user/package.json")).contains("  "));
    let (passes, told) = commit(&world, &["rulec-fmt"]);
    assert!(passes, "{told}");
    // A file with mistakes is left to whoever wrote it.
    world.write("user/rules/L5-oven.json", "{  \"layer\": ");
    let (passes, told) = commit(&world, &["rulec-fmt"]);
    assert!(!passes && told.contains("L5-oven.json"), "{told}");
}

#[test]
fn the_file_with_the_hooks_is_valid() {
    if !has("pre-commit") {
        return;
    }
    let file = project().join(".pre-commit-hooks.yaml");
    let output = Command::new("pre-commit").arg("validate-manifest").arg(file).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
