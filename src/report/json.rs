//! The report for programs: one JSON document with a version, described by `schemas/report.schema.json`.
//!
//! These types are a border: a key may be added, but none may change its meaning or go without [`VERSION`]
//! going up.

use std::fmt::Write;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::visible::shows;
use super::{Counts, ReportInput};
use crate::diagnostic::{self, Diagnostic, Silence, Silenced};
use crate::source::Location;

/// The version of the report's form.
const VERSION: u32 = 1;

/// What rulec found in a rule set.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "rulec report", extend("$id" = "https://rulec.dev/schemas/1/report.schema.json"))]
#[serde(rename = "Report")]
struct Report<'a> {
    /// The version of this form.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The findings, by file and place.
    findings: Vec<Finding<'a>>,
    /// What was found and is left out, because somebody said so; in the same order.
    suppressed: Vec<Suppressed<'a>>,
    /// How many there are.
    counts: Totals,
}

/// A finding that is left out.
#[derive(Serialize, JsonSchema)]
struct Suppressed<'a> {
    /// What was found.
    finding: Finding<'a>,
    /// Who said that it is to be left out.
    by: By,
    /// Why; not there where nobody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    reason: Option<&'a str>,
    /// The last day on which it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date"))]
    until: Option<&'a str>,
    /// Where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Place")]
    place: Option<Place<'a>>,
}

/// Who said that a finding is to be left out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum By {
    /// The rules do, beside the place.
    Source,
    /// It was there when the baseline was written.
    Baseline,
}

/// One finding.
#[derive(Serialize, JsonSchema)]
pub struct Finding<'a> {
    /// The rule's name, such as `missing-rollback`. Stable.
    rule: &'a str,
    /// The rule's code, such as `R0401`. Stable.
    code: &'a str,
    /// How grave it is.
    level: Level,
    /// What is wrong at the primary place, in one line.
    message: &'a str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    help: Option<&'a str>,
    /// Where it is wrong.
    primary: Place<'a>,
    /// The other places that have to do with it, such as the other side of a contradiction.
    related: Vec<Place<'a>>,
    /// A change that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Fix")]
    fix: Option<Fix<'a>>,
}

/// How grave a finding is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// Worth knowing.
    Note,
    /// Will go wrong in operation.
    Warning,
    /// Contradicts itself or can't be compiled.
    Error,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
struct Place<'a> {
    /// Path of the file, with `/` on every platform.
    file: &'a str,
    #[serde(flatten)]
    range: Range,
    /// JSON pointer of the value, in files that have one there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pointer: Option<String>,
    /// A few words about the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    label: Option<&'a str>,
}

/// Where something starts and ends. Lines and columns count from 1, columns in Unicode characters; the end
/// is the place after the last character.
#[derive(Serialize, JsonSchema)]
struct Range {
    /// Line of the first character.
    #[schemars(range(min = 1))]
    line: u32,
    /// Column of the first character.
    #[schemars(range(min = 1))]
    column: u32,
    /// Line of the end.
    #[schemars(range(min = 1))]
    end_line: u32,
    /// Column of the end.
    #[schemars(range(min = 1))]
    end_column: u32,
    /// Bytes before it, from the start of the file.
    offset: u32,
    /// Number of bytes; 0 for a place between two characters.
    length: u32,
}

/// A change of the primary place's file: all edits together, or none.
#[derive(Serialize, JsonSchema)]
struct Fix<'a> {
    /// What the change does.
    title: &'a str,
    /// True where the change can't alter the meaning that the author intended.
    safe: bool,
    /// What to replace, in order of place, without overlaps.
    edits: Vec<Edit<'a>>,
}

/// One replacement.
#[derive(Serialize, JsonSchema)]
struct Edit<'a> {
    #[serde(flatten)]
    range: Range,
    /// What takes its place.
    text: &'a str,
}

/// How many findings there are, and files.
#[derive(Serialize, JsonSchema)]
struct Totals {
    /// Findings of level `error`.
    errors: usize,
    /// Findings of level `warning`.
    warnings: usize,
    /// Findings of level `note`.
    notes: usize,
    /// Files that have findings.
    files_with_findings: usize,
    /// Files that were looked at.
    files: usize,
    /// Findings that the rules say to leave out.
    suppressed: usize,
    /// Findings that are left out since they are in the baseline.
    in_baseline: usize,
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Report<'_>>().to_value()
}

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let counts = Counts::new(input.findings, input.silenced, input.files);
    let report = Report {
        version: VERSION,
        findings: input.findings.iter().map(|found| finding(input, found)).collect(),
        suppressed: input.silenced.iter().map(|silenced| suppressed(input, silenced)).collect(),
        counts: Totals {
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            files_with_findings: counts.files_with_findings,
            files: counts.files,
            suppressed: counts.suppressed,
            in_baseline: counts.in_baseline,
        },
    };
    document(&report)
}

/// A report of any kind as a JSON document that is safe to show.
///
/// # Panics
/// If it has keys that are no strings.
#[must_use]
pub fn document(report: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(report).expect("a report has string keys only");
    escaped(json) + "\n"
}

/// A finding as reports for programs hold it.
#[must_use]
pub fn finding<'a>(input: &ReportInput<'a>, found: &'a Diagnostic) -> Finding<'a> {
    Finding {
        rule: found.rule.id,
        code: found.rule.code,
        level: match found.level {
            diagnostic::Level::Off | diagnostic::Level::Note => Level::Note,
            diagnostic::Level::Warning => Level::Warning,
            diagnostic::Level::Error => Level::Error,
        },
        message: &found.message,
        help: found.help.as_deref(),
        primary: place(input, &found.primary),
        related: found.related.iter().map(|label| place(input, label)).collect(),
        fix: found.fix.as_ref().map(|fix| Fix {
            title: &fix.title,
            safe: fix.safe,
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit {
                    range: range(input, Location { file: found.file(), span: edit.span }),
                    text: &edit.text,
                })
                .collect(),
        }),
    }
}

fn suppressed<'a>(input: &ReportInput<'a>, silenced: &'a Silenced) -> Suppressed<'a> {
    let (by, reason, until, at) = match &silenced.by {
        Silence::Baseline => (By::Baseline, None, None, None),
        Silence::InSource { place, reason, until } => {
            (By::Source, reason.as_deref(), until.as_deref(), Some(*place))
        }
    };
    let place = at.map(|location| Place {
        file: &input.sources.get(location.file).path,
        range: range(input, location),
        pointer: (input.pointer)(location),
        label: None,
    });
    Suppressed { finding: finding(input, &silenced.finding), by, reason, until, place }
}

fn place<'a>(input: &ReportInput<'a>, label: &'a diagnostic::Label) -> Place<'a> {
    Place {
        file: &input.sources.get(label.location.file).path,
        range: range(input, label.location),
        pointer: (input.pointer)(label.location),
        label: Some(label.text.as_str()).filter(|text| !text.is_empty()),
    }
}

fn range(input: &ReportInput<'_>, location: Location) -> Range {
    let source = input.sources.get(location.file);
    let [start, end] =
        [location.span.start, location.span.end].map(|offset| source.lines().position(&source.text, offset));
    Range {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        offset: location.span.start,
        length: location.span.len(),
    }
}

/// Escapes what a terminal would obey. It can stand inside strings only, so the document stays the same.
fn escaped(json: String) -> String {
    let hidden = |c: char| c == '\u{7f}' || !c.is_ascii() && !shows(c, Some(c));
    if !json.contains(hidden) {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(safe, "\\u{unit:04x}").expect("writing to a string succeeds");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}
