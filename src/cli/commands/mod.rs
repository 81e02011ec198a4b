//! The verbs: a file each, from arguments to text and an exit code.

pub(super) mod baseline;
pub(super) mod check;
pub(super) mod compile;
pub(super) mod completions;
pub(super) mod coverage;
pub(super) mod diff;
pub(super) mod explain;
mod fix;
pub(super) mod fmt;
pub(super) mod graph;
pub(super) mod impact;
pub(super) mod init;
pub(super) mod lints;
pub(super) mod list;
mod lowered;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod simulate;
pub(super) mod test;
pub(super) mod verify;
pub(super) mod why;

use camino::{Utf8Path, Utf8PathBuf};

use super::console::Console;
use super::exit::Exit;
use crate::diagnostic::{Diagnostic, Level};
use crate::driver::{Checked, Findings, Overrides, Refusal, Repository, check};
use crate::host::Stream;
use crate::report::{ReportFormat, ReportInput, plural, render};

/// Some of the findings in a format. `deny` is the least level that fails, where the command line says one.
fn reported(
    console: &Console<'_>,
    stream: Stream,
    format: ReportFormat,
    findings: &Findings,
    found: &[Diagnostic],
    deny: Option<Level>,
) -> String {
    let repository = Repository::new(console.host);
    let input = ReportInput {
        sources: &findings.sources,
        findings: found,
        silenced: &findings.silenced,
        files: findings.files,
        pointer: &|place| findings.pointer(place),
        trail: &|place| findings.trail(place),
        in_repository: &|path| repository.path(path),
        fails: &|found| found.level >= deny.unwrap_or_else(|| findings.deny(found.file())),
    };
    render(format, &input, console.style(stream))
}

/// Says that there are no rules.
fn nothing(console: &Console<'_>, path: Option<&Utf8Path>) -> Exit {
    let place = path.map_or("here".to_owned(), |path| format!("in `{path}`"));
    console.refuse(&Refusal {
        message: format!("there are no rule files {place}"),
        help: vec![
            "a rule file is called `L1-…` to `L5-…`, or says `layer: L1` to `L5`, in JSON, YAML or TOML"
                .to_owned(),
            "`rulec init` writes a small rule set to start from".to_owned(),
        ],
    });
    Exit::Nothing
}

/// The rule set that a path stands for, if there are rules; refuses several.
fn single(console: &Console<'_>, path: Option<&Utf8Path>) -> Result<Option<Checked>, Refusal> {
    let paths: Vec<Utf8PathBuf> = path.map(Utf8Path::to_owned).into_iter().collect();
    let mut sets = check(console.host, &paths, &Overrides::default())?;
    if sets.len() > 1 {
        let roots: Vec<_> = sets.iter().map(|set| set.root.as_str()).collect();
        return Err(Refusal::several_rule_sets(&roots));
    }
    Ok(sets.pop().filter(|set| set.files > 0))
}

/// Says that there are errors, which what was shown may lack something for.
fn count_errors(console: &Console<'_>, set: &Checked) {
    let errors = set.findings.iter().filter(|found| found.level == Level::Error).count();
    if errors > 0 {
        console.note(&format!("{}, see `rulec check`", plural(errors, "error")));
    }
}
