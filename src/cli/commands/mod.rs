//! The verbs: a file each, from arguments to text and an exit code.

pub(super) mod check;
pub(super) mod compile;
pub(super) mod completions;
pub(super) mod explain;
pub(super) mod graph;
pub(super) mod init;
pub(super) mod list;
mod lowered;
pub(super) mod schema;
pub(super) mod verify;

use camino::Utf8Path;

use super::console::Console;
use super::exit::Exit;
use crate::driver::{Findings, Refusal};
use crate::host::Stream;
use crate::report::{ReportFormat, ReportInput, render};

/// Writes findings to standard output.
fn show(console: &Console<'_>, format: ReportFormat, findings: &Findings) -> Result<(), Refusal> {
    let pointer = |place| findings.pointer(place);
    console.result(&render(format, &input(findings, &pointer), console.style(Stream::Output)))
}

/// Findings as `report` takes them.
fn input<'a>(
    findings: &'a Findings,
    pointer: &'a dyn Fn(crate::source::Location) -> Option<String>,
) -> ReportInput<'a> {
    ReportInput { sources: &findings.sources, findings: &findings.found, files: findings.files, pointer }
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
