//! Findings as people and programs read them: a file a format.
//!
//! Takes findings that are sorted and levelled, with their sources, and gives one text. What becomes of the
//! text, and which format and colours are wanted, is left to `cli`.

mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod place;
mod sarif;
mod short;
mod story;
mod suites;
mod summary;
mod visible;
mod xml;

pub use crate::diagnostic::plural;
pub use fingerprint::{Marks, fingerprints};
pub use human::wrap;
pub use json::{Finding, document, finding, schema};
pub use suites::{Case, Fault, Outcome, Suite, junit_xml, seconds};
pub use summary::{Counts, left_out, summary};
pub use visible::visible;

use crate::diagnostic::{Diagnostic, Silenced};
use crate::source::{Location, Sources};

/// The formats that findings are reported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportFormat {
    /// Snippets of the sources with what is wrong there.
    #[default]
    Human,
    /// One line a finding: `file:line:column: error[rule]: message`.
    Short,
    /// One versioned JSON document, as `schemas/report.schema.json` describes it.
    Json,
    /// SARIF 2.1.0, which code scanners share.
    Sarif,
    /// Workflow commands that GitHub makes annotations of.
    Github,
    /// A code quality report as GitLab reads it.
    Gitlab,
    /// JUnit's XML: a suite a file, a case a finding.
    Junit,
}

impl ReportFormat {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Self; 7] =
        [Self::Human, Self::Short, Self::Json, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit];

    /// The name that `--format` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Short => "short",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
        }
    }

    /// True for one document as a whole, which a program reads; false for lines, which people see too.
    #[must_use]
    pub fn is_document(self) -> bool {
        match self {
            Self::Human | Self::Short | Self::Github => false,
            Self::Json | Self::Sarif | Self::Gitlab | Self::Junit => true,
        }
    }
}

/// What is reported.
#[derive(Clone, Copy)]
pub struct ReportInput<'a> {
    /// The files that the findings are in.
    pub sources: &'a Sources,
    /// The findings, in the order to show them; none has the level `off`.
    pub findings: &'a [Diagnostic],
    /// What was found and is left out, in the same order: counted, and shown where a format has a place for it.
    pub silenced: &'a [Silenced],
    /// How many files were looked at.
    pub files: usize,
    /// The JSON pointer of the value at a place, for whoever reads reports by program.
    pub pointer: &'a dyn Fn(Location) -> Option<String>,
    /// The way to that value, in which the objects of lists go by their names: it lasts.
    pub trail: &'a dyn Fn(Location) -> Option<String>,
    /// The path of a file from the root of the repository, given its path in the sources; none where it lies
    /// outside. For readers that know nothing else.
    pub in_repository: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a finding makes the check fail.
    pub fails: &'a dyn Fn(&Diagnostic) -> bool,
}

/// How it is to look. Formats for programs look the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours.
    pub color: Color,
    /// What to draw with.
    pub characters: Characters,
    /// Columns that lines should fit into.
    pub width: usize,
}

/// Whether colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Text only.
    Off,
    /// The sixteen colours that every terminal's theme defines.
    On,
}

/// What lines and arrows are drawn with. Text from the sources stays what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characters {
    /// ASCII, for files and other programs.
    Ascii,
    /// Box-drawing characters.
    Unicode,
}

impl Default for Style {
    /// What suits a file: no colours, ASCII, 100 columns.
    fn default() -> Self {
        Self { color: Color::Off, characters: Characters::Ascii, width: 100 }
    }
}

/// The findings in a format, ready to print: empty, or ending with a line break.
#[must_use]
pub fn render(format: ReportFormat, input: &ReportInput<'_>, style: Style) -> String {
    match format {
        ReportFormat::Human => human::render(input, style),
        ReportFormat::Short => short::render(input),
        ReportFormat::Json => json::render(input),
        ReportFormat::Sarif => sarif::render(input),
        ReportFormat::Github => github::render(input),
        ReportFormat::Gitlab => gitlab::render(input),
        ReportFormat::Junit => junit::render(input),
    }
}
