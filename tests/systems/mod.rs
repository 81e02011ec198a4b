//! The rule sets of the project: checked with mistakes made in them, and run for real.

mod clearance;
mod governed_change;
mod orchestrator;
mod service_upgrade;
pub(crate) mod studio;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{project, read};

pub(crate) use studio::{Studio, program};

/// The shells in which each main procedure is run.
pub(crate) const SHELLS: [&[&str]; 2] = [&["dash"], &["busybox", "sh"]];

/// A folder in which the scripts of a rule set run; they stand in its folder `scripts`.
pub(crate) struct System {
    folder: tempfile::TempDir,
}

impl System {
    /// Compiles every entry of `rules/RULESET`, with further arguments of `rulec compile`.
    pub(crate) fn compiled(rule_set: &str, arguments: &[&str]) -> Self {
        let system = Self { folder: tempfile::tempdir().expect("a folder is made") };
        let done = rulec(&["compile", &format!("rules/{rule_set}"), "--target", "sh"])
            .args(arguments)
            .arg("-o")
            .arg(system.path().join("scripts/"))
            .output()
            .expect("rulec runs");
        assert!(done.status.success(), "{}", told(&done));
        system
    }

    /// The folder in which scripts run.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command that runs the script of an entry in a shell; its report is [`System::report`].
    pub(crate) fn command(&self, shell: &[&str], entry: &str) -> Command {
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(self.path().join("scripts").join(format!("{entry}.sh")));
        command.env("RULEC_STATE_DIR", self.path().join("state")).current_dir(self.path());
        command
    }

    /// Runs the script of an entry to its end.
    pub(crate) fn run(
        &self,
        shell: &[&str],
        entry: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Output {
        let mut command = self.command(shell, entry);
        command.arg("--report").arg(self.path().join("report.json")).args(arguments);
        command.envs(environment.iter().copied()).output().expect("the shell runs")
    }

    /// The report of the last run.
    pub(crate) fn report(&self) -> Value {
        let text = fs::read(self.path().join("report.json")).expect("there is a report");
        serde_json::from_slice(&text).expect("the report is JSON")
    }
}

/// `rulec` with some arguments, in the folder of the project.
pub(crate) fn rulec(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rulec"));
    command.args(arguments).current_dir(project());
    command
}

/// What `rulec check --format short --notes` says of `rules/RULESET` once a text in some of its files has been replaced
/// by another. Each edit is a file, what stands in it exactly once, and what takes its place.
pub(crate) fn findings(rule_set: &str, edits: &[(&str, &str, &str)]) -> String {
    let copy = tempfile::tempdir().expect("a folder is made");
    let rules = copy.path().join(rule_set);
    copy_folder(&project().join("rules"), copy.path());
    for (file, old, new) in edits {
        let path = rules.join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert_eq!(text.matches(old).count(), 1, "{file} has not exactly one {old:?}");
        fs::write(&path, text.replace(old, new)).expect("the file is written");
    }
    let done = rulec(&["check", rule_set, "--format", "short", "--notes"])
        .current_dir(copy.path())
        .output()
        .expect("rulec runs");
    assert!(done.status.code().is_some_and(|code| code < 2), "{}", told(&done));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// Where a word stands once an edit is made, as `FILE:LINE:COLUMN`: the first of it in what the edit has written.
pub(crate) fn place_of(rule_set: &str, (file, old, new): (&str, &str, &str), word: &str) -> String {
    let text = read(&project().join("rules").join(rule_set).join(file));
    let written = text.find(old).expect("the text is there");
    let text = text.replace(old, new);
    let before = &text[..written + new.find(word).expect("the word is in what is written")];
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!("{file}:{}:{}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Fails unless, with these edits made, a rule finds something on a line that the last of them has written.
pub(crate) fn assert_found(rule_set: &str, edits: &[(&str, &str, &str)], rule: &str) {
    let found = findings(rule_set, edits);
    let (file, old, new) = edits.last().expect("there is an edit");
    let text = read(&project().join("rules").join(rule_set).join(file));
    let first = text[..text.find(old).expect("the text is there")].matches('\n').count() + 1;
    let lines = first..=first + new.matches('\n').count();
    let is_there = |line: usize| {
        let place = format!("{rule_set}/{file}:{line}:");
        found.lines().any(|told| told.starts_with(&place) && told.contains(&format!("[{rule}]")))
    };
    assert!(lines.clone().any(is_there), "no {rule} in {file} at {lines:?}: {found}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder is made");
    for entry in fs::read_dir(from).expect("the folder is read") {
        let entry = entry.expect("it is read");
        let to = to.join(entry.file_name());
        match entry.file_type().expect("it has a type").is_dir() {
            true => copy_folder(&entry.path(), &to),
            false => _ = fs::copy(entry.path(), to).expect("the file is copied"),
        }
    }
}

/// What a program wrote, to both of its outputs.
pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Id and status of each step of a report's list.
pub(crate) fn statuses(steps: &Value) -> Vec<String> {
    let list = steps.as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    list.map(|step| format!("{} {}", text(&step["id"]), text(&step["status"]))).collect()
}

#[test]
fn every_rule_set_here_is_clean_and_canonical() {
    let folders = fs::read_dir(project().join("rules")).expect("there are rule sets");
    let folders = folders.map(|folder| folder.expect("it can be read").path()).filter(|path| path.is_dir());
    for folder in folders {
        for arguments in [&["check", "--deny", "warnings"][..], &["fmt", "--check"]] {
            let done = rulec(arguments).arg(&folder).output().expect("rulec runs");
            assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", told(&done));
        }
    }
}
