//! Findings as people and programs read them: a file a format.
//!
//! Takes findings that are sorted and levelled, with their sources, and gives one text. What becomes of the
//! text, and which format and colours are wanted, is left to `cli`.

mod excerpt;
mod human;
mod json;
mod short;
mod summary;
mod visible;

pub use human::wrap;
pub use json::schema;
pub use summary::{Counts, summary};
pub use visible::visible;

use crate::diagnostic::Diagnostic;
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
}

impl ReportFormat {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Self; 3] = [Self::Human, Self::Short, Self::Json];

    /// The name that `--format` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Short => "short",
            Self::Json => "json",
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
    /// How many files were looked at.
    pub files: usize,
    /// The JSON pointer of the value at a place, for whoever reads reports by program.
    pub pointer: &'a dyn Fn(Location) -> Option<String>,
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
    }
}
