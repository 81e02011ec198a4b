//! SARIF 2.1.0, the form that code scanners share: GitHub, editors and dashboards read it.
//!
//! One run, with the rules that found something and their whole documentation. Paths lead from the root of
//! the repository, [`SOURCE_ROOT`]; one outside of it has no such base. The form itself is in `log`.

mod log;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::fingerprint::of_report;
use super::{ReportInput, json, place, story, visible};
use crate::diagnostic::{Diagnostic, Label, Level, RuleInfo, Silence};
use crate::source::{FileId, Position};
use log::{
    ArtifactChange, ArtifactLocation, BaseId, Configuration, Driver, Finding, Fix, Log, LogicalLocation,
    Message, PhysicalLocation, Place, Properties, Region, Replacement, Rule, Run, Suppression, Text, Tool,
};

/// What paths are relative to; readers know it by this name.
const SOURCE_ROOT: &str = "%SRCROOT%";

/// The name of the fingerprint, with the version of how it is made.
const FINGERPRINT: &str = "rulec/v2";

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let silenced = input.silenced.iter().map(|silenced| &silenced.finding);
    let rules: BTreeMap<&str, &'static RuleInfo> =
        input.findings.iter().chain(silenced).map(|found| (found.rule.code, found.rule)).collect();
    let rules: Vec<_> = rules.into_values().collect();
    let (of_findings, of_silenced) = of_report(input);
    let reported = input.findings.iter().zip(of_findings).map(|(found, print)| (found, print, None));
    let silenced = input.silenced.iter().zip(of_silenced);
    let silenced = silenced.map(|(silenced, print)| (&silenced.finding, print, Some(&silenced.by)));
    let has_silenced = !input.silenced.is_empty();
    let results = reported.chain(silenced).map(|(found, fingerprint, by)| {
        let rule = rules.iter().position(|rule| rule.code == found.rule.code);
        let result = result(input, found, rule.expect("the rule of every finding is listed"), fingerprint);
        let suppressions = by.map(|by| suppression(input, by)).into_iter().collect();
        Finding { suppressions: has_silenced.then_some(suppressions), ..result }
    });
    let results = results.collect();
    json::document(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "rulec",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: "https://rulec.dev/",
                    rules: rules.into_iter().map(rule).collect(),
                },
            },
            original_uri_base_ids: BTreeMap::from([(
                SOURCE_ROOT,
                BaseId { description: Text { text: "the root of the repository".to_owned() } },
            )]),
            column_kind: "unicodeCodePoints",
            results,
        }],
    })
}

fn rule(rule: &'static RuleInfo) -> Rule {
    let docs = rule.docs();
    // The paragraphs under the first heading say what the rule finds.
    let about: Vec<_> =
        docs.lines().skip(1).take_while(|line| !line.starts_with('#')).map(str::trim).collect();
    let about = Some(about.join(" ").trim().to_owned()).filter(|about| !about.is_empty());
    Rule {
        id: rule.id,
        short_description: Text { text: rule.summary.to_owned() },
        full_description: Text { text: about.unwrap_or_else(|| rule.summary.to_owned()) },
        help: Message {
            text: format!("`rulec explain {}` says what it is about", rule.id),
            markdown: Some(docs.trim().to_owned()).filter(|docs| !docs.is_empty()),
        },
        help_uri: rule.uri(),
        default_configuration: Configuration { enabled: rule.level != Level::Off, level: level(rule.level) },
        properties: Properties { code: rule.code },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Off => "none",
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn result(input: &ReportInput<'_>, found: &Diagnostic, rule_index: usize, fingerprint: String) -> Finding {
    let mut message = text(&found.message);
    if let Some(help) = story::help(found) {
        message.text.push_str(&format!("\nhelp: {}", text(help).text));
    }
    let related = found.related.iter().zip(1..);
    Finding {
        rule_id: found.rule.id,
        rule_index,
        level: level(found.level),
        message,
        locations: [location(input, &found.primary, None)],
        related_locations: related.map(|(label, id)| location(input, label, Some(id))).collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint)]),
        fixes: found.fix.iter().map(|fix| self::fix(input, found.file(), fix)).collect(),
        suppressions: None,
    }
}

fn suppression(input: &ReportInput<'_>, by: &Silence) -> Suppression {
    match by {
        Silence::Baseline => Suppression {
            kind: "external",
            justification: Some("it is in the baseline".to_owned()),
            location: None,
        },
        Silence::InSource { place, reason, .. } => Suppression {
            kind: "inSource",
            justification: reason.as_deref().map(|reason| visible(reason).into_owned()),
            location: Some(location(input, &Label { location: *place, text: String::new() }, None)),
        },
    }
}

fn location(input: &ReportInput<'_>, label: &Label, id: Option<u32>) -> Place {
    let place = label.location;
    let (start, end) = place::ends(input, place);
    let pointer = (input.pointer)(place).filter(|pointer| !pointer.is_empty());
    Place {
        id,
        physical_location: PhysicalLocation {
            artifact_location: artifact(input, place.file),
            region: region(start, end),
        },
        logical_locations: pointer
            .map(|pointer| LogicalLocation { fully_qualified_name: pointer })
            .into_iter()
            .collect(),
        message: Some(text(&label.text)).filter(|_| !label.text.is_empty()),
    }
}

fn fix(input: &ReportInput<'_>, file: FileId, fix: &crate::diagnostic::Fix) -> Fix {
    let replacements = fix.edits.iter().map(|edit| {
        let source = input.sources.get(file);
        let at = |offset| source.lines().position(&source.text, offset);
        Replacement {
            deleted_region: region(at(edit.span.start), at(edit.span.end)),
            inserted_content: Text { text: edit.text.clone() },
        }
    });
    Fix {
        description: text(&fix.title),
        artifact_changes: [ArtifactChange {
            artifact_location: artifact(input, file),
            replacements: replacements.collect(),
        }],
    }
}

fn region(start: Position, end: Position) -> Region {
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn artifact(input: &ReportInput<'_>, file: FileId) -> ArtifactLocation {
    let shown = &input.sources.get(file).path;
    match (input.in_repository)(shown) {
        Some(path) => ArtifactLocation { uri: uri(&path), uri_base_id: Some(SOURCE_ROOT) },
        None => ArtifactLocation { uri: uri(shown), uri_base_id: None },
    }
}

/// A path as a reference; an absolute one as an address of a file.
fn uri(path: &str) -> String {
    let mut uri = match path.as_bytes() {
        [b'/', ..] => "file://".to_owned(),
        [letter, b':', b'/', ..] if letter.is_ascii_alphabetic() => "file:///".to_owned(),
        _ => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            _ => write!(uri, "%{byte:02X}").expect("writing to a string succeeds"),
        }
    }
    uri
}

/// A text for people, in which nothing is a link: `[words](target)` is one to readers, unless its brackets
/// are escaped.
fn text(text: &str) -> Text {
    let text = visible(text);
    if !text.contains("](") {
        return Text { text: text.into_owned() };
    }
    Text { text: text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_is_a_reference() {
        for (path, expected) in [
            ("rules/L5-a.yaml", "rules/L5-a.yaml"),
            ("a b/100%: [x]#?.yaml", "a%20b/100%25%3A%20%5Bx%5D%23%3F.yaml"),
            ("käse\u{1b}", "k%C3%A4se%1B"),
            ("../x", "../x"),
            ("/srv/x y", "file:///srv/x%20y"),
            ("C:/x", "file:///C%3A/x"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn no_text_is_a_link() {
        assert_eq!(text("`steps[0]` \u{202e}").text, "`steps[0]` <U+202E>");
        assert_eq!(text("[a](1) \\ [b]").text, r"\[a\](1) \\ \[b\]");
    }
}
