//! The verbs: a file each, from arguments to text and an exit code.

pub(super) mod check;
pub(super) mod compile;
pub(super) mod completions;
pub(super) mod explain;
pub(super) mod graph;
pub(super) mod init;
pub(super) mod list;
mod lowered;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod simulate;
pub(super) mod test;
pub(super) mod verify;

use camino::Utf8Path;

use super::console::Console;
use super::exit::Exit;
use crate::diagnostic::{Diagnostic, Level};
use crate::driver::{Findings, Refusal, Repository};
use crate::host::Stream;
use crate::report::{ReportFormat, ReportInput, render};

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
        files: findings.files,
        pointer: &|place| findings.pointer(place),
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

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
