//! `action.yml`: judged by the schema of actions and by a linter, and its scripts run as a runner runs them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use rulec::report::ReportFormat;
use rulec::source::FileId;
use rulec::syntax::{Format, NodeId, Tree, parse};

use crate::cli::world::{CLEAN, World};
use crate::formats::assert_valid;
use crate::readme::fenced_block;
use crate::support::tools::has;
use crate::support::{project, read};

/// A step that runs a script.
struct Script {
    name: String,
    text: String,
    environment: BTreeMap<String, String>,
}

fn tree(text: &str) -> Tree {
    let parsed = parse(FileId(0), Format::Yaml, text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.tree
}

fn entries(tree: &Tree, text: &str, at: &[&str]) -> Vec<(String, NodeId)> {
    let node = tree.get_path(text, Tree::ROOT, at).unwrap_or_else(|| panic!("no {at:?}"));
    tree.entries(node).map(|(key, value)| (tree.text(text, key).to_owned(), value)).collect()
}

fn scripts() -> Vec<Script> {
    let text = read(&project().join("action.yml"));
    let tree = tree(&text);
    let steps = tree.get_path(&text, Tree::ROOT, &["runs", "steps"]).expect("it has steps");
    let value = |step, key: &str| tree.get(&text, step, key).map(|node| tree.text(&text, node).to_owned());
    let script = |step| {
        let environment = tree.get(&text, step, "env").into_iter().flat_map(|env| tree.entries(env));
        let of = |(key, value)| (tree.text(&text, key).to_owned(), tree.text(&text, value).to_owned());
        let environment = environment.map(of).collect();
        Some(Script { name: value(step, "name")?, text: value(step, "run")?, environment })
    };
    let scripts: Vec<_> = tree.items(steps).filter_map(script).collect();
    assert_eq!(scripts.len(), 3);
    scripts
}

fn judged(program: &str, arguments: &[&str], file: &Path) {
    if !has(program) {
        return;
    }
    let output = Command::new(program).args(arguments).arg(file).output().expect("it runs");
    let told =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{program}: {told}");
}

#[test]
fn the_action_is_valid_and_safe() {
    let action = project().join("action.yml");
    judged("check-jsonschema", &["--builtin-schema", "vendor.github-actions"], &action);
    judged("zizmor", &["--offline", "--no-progress", "--persona", "auditor"], &action);
    for script in scripts() {
        assert!(!script.text.contains("${{"), "{}: an input would be a part of the script", script.name);
        let world = World::new().file("script.sh", format!("#!/usr/bin/env bash\n{}", script.text));
        judged("shellcheck", &["--norc"], &world.path("script.sh"));
    }
}

#[test]
fn workflows_of_the_readme_are_valid() {
    let text = read(&project().join("action.yml"));
    let inputs = entries(&tree(&text), &text, &["inputs"]);
    let workflow = fenced_block("yaml", "uses: OWNER/rulec@");
    let world = World::new()
        .file("workflow.yml", &workflow)
        .file("plain.yml", fenced_block("yaml", "rulec check --format github"))
        .file("gitlab.yml", fenced_block("yaml", "codequality"));
    for name in ["workflow.yml", "plain.yml"] {
        let file = world.path(name);
        judged("check-jsonschema", &["--builtin-schema", "vendor.github-workflows"], &file);
    }
    judged("check-jsonschema", &["--builtin-schema", "vendor.gitlab-ci"], &world.path("gitlab.yml"));
    let with = workflow.split("with:").nth(1).expect("it says something");
    let with = with.lines().take_while(|line| line.is_empty() || line.starts_with("          "));
    let given: Vec<&str> = with.filter_map(|line| line.trim().split_once(':').map(|(key, _)| key)).collect();
    assert!(given.len() >= 2, "{workflow}");
    for key in given {
        assert!(inputs.iter().any(|(name, _)| name == key), "there is no input `{key}`");
    }
}

/// Runs the scripts of all steps, one after the other, as a runner does: what one puts out, the next may read.
fn run(world: &World, inputs: &[(&str, &str)]) -> (i32, String, BTreeMap<String, String>) {
    let built = Path::new(env!("CARGO_BIN_EXE_rulec")).parent().expect("it is in a folder");
    let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap_or_default());
    let (mut told, mut worst, mut outputs) = (String::new(), 0, BTreeMap::new());
    for script in scripts() {
        if script.name == "Compare what was compiled" && !inputs.contains(&("compiled", "true")) {
            continue;
        }
        world.write("output", "");
        let value = |expression: &str| {
            let name = expression.trim_start_matches("${{").trim_end_matches("}}").trim();
            if let Some(input) = name.strip_prefix("inputs.") {
                let given = inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| *value);
                return given.unwrap_or(if input == "path" { "." } else { "" }).to_owned();
            }
            match name.rsplit_once("outputs.") {
                Some((_, output)) => outputs.get(output).cloned().unwrap_or_default(),
                None => project().display().to_string(),
            }
        };
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script.text])
            .current_dir(world.path("."))
            .env("PATH", &path)
            .env("RUNNER_TEMP", world.path("."))
            .env("GITHUB_OUTPUT", world.path("output"))
            .envs(script.environment.iter().map(|(name, of)| (name, value(of))))
            .output()
            .expect("bash runs");
        told.push_str(&String::from_utf8_lossy(&output.stdout));
        told.push_str(&String::from_utf8_lossy(&output.stderr));
        if !output.status.success() && worst == 0 {
            worst = output.status.code().unwrap_or(-1);
        }
        for line in world.read("output").lines() {
            let (key, value) = line.split_once('=').expect("an output has a name");
            outputs.insert(key.to_owned(), value.to_owned());
        }
    }
    (worst, told, outputs)
}

#[test]
fn the_action_annotates_and_reports() {
    if !has("bash") {
        return;
    }
    let warned = CLEAN.replace("touch lit", "touch lit || true");
    let world = World::clean().file("more rules/L5-x.json", &warned);
    std::fs::create_dir(world.path(".git")).expect("a folder is made");
    for (inputs, code) in [
        (vec![("path", "rules")], 0),
        (vec![("path", "rules\nmore rules\n"), ("sarif", "my report.sarif")], 0),
        (vec![("path", "more rules"), ("deny", "warnings")], 1),
        (vec![("path", "nowhere")], 2),
        (vec![("deny", "nothing")], 2),
        (vec![("sarif", "a\nb")], 2),
    ] {
        let (worst, told, outputs) = run(&world, &inputs);
        assert_eq!(worst, code, "{inputs:?}: {told}");
        assert_eq!(
            told.contains("::warning file=more rules/L5-x.json"),
            inputs.iter().any(|(_, it)| it.contains("more rules")),
            "{told}"
        );
        if code < 2 {
            let report = read(Path::new(&outputs["sarif"]));
            assert_valid(ReportFormat::Sarif, &report);
        }
    }
}

#[test]
fn no_input_is_a_command() {
    if !has("bash") {
        return;
    }
    let world = World::clean();
    for hostile in [
        "$(touch pwned)",
        "`touch pwned`",
        "x; touch pwned",
        "\"; touch pwned; \"",
        "--color=always",
        "* | touch pwned",
    ] {
        for input in ["path", "deny", "sarif"] {
            run(&world, &[(input, hostile), ("compiled", "true")]);
            assert!(!world.path("pwned").exists(), "{input}: {hostile}");
        }
    }
}

#[test]
fn what_was_compiled_is_compared() {
    if !has("bash") {
        return;
    }
    let world =
        World::clean().file("rules/rulec.toml", "[[compiled]]\nentry = 'E1'\noutput = 'E1.plan.json'\n");
    let (code, told, _) = run(&world, &[("path", "rules"), ("compiled", "true")]);
    assert!(code == 1 && told.contains("there is no such file"), "{told}");
    assert_eq!(world.run("compile --all rules").code, 0);
    assert_eq!(run(&world, &[("path", "rules"), ("compiled", "true")]).0, 0);
}
