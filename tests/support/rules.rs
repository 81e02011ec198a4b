//! Rule sets in memory, and findings as text.

use std::fmt::Write;

use rulec::diagnostic::Diagnostic;
use rulec::model::{LayerId, Loaded, RuleSet, decode};
use rulec::schema::validate;
use rulec::source::{Location, Source, Sources};
use rulec::syntax::{Format, parse};

/// A rule set of these files, whose shapes must be right.
pub(crate) fn rule_set(files: &[(&str, &str)]) -> RuleSet {
    let mut sources = Sources::default();
    let mut loaded = Vec::new();
    for (path, text) in files {
        let file = sources.add(Source::new(*path, *text));
        let layer = LayerId::of_path(path).expect("a file of a test names its layer");
        let parsed = parse(file, Format::of_path(path).expect("a file of a test has a format"), text);
        assert!(parsed.diagnostics.is_empty(), "{path}: {:#?}", parsed.diagnostics);
        let (found, bad) = validate(&parsed, text, layer);
        assert!(found.is_empty(), "{path}: {found:#?}");
        let document = decode(&parsed.tree, text, layer, &bad);
        loaded.push(Loaded { file, layer, tree: parsed.tree, document });
    }
    RuleSet::new("test", sources, loaded)
}

/// Findings as text: a line each, then its other places and its help.
pub(crate) fn told(rules: &RuleSet, found: &[Diagnostic]) -> String {
    let mut told = String::new();
    for finding in found {
        let place = |location: Location| {
            let at = rules.sources.position(location);
            let source = rules.sources.get(location.file);
            format!("{}:{}:{} `{}`", source.path, at.line, at.column, source.slice(location.span))
        };
        let Diagnostic { rule, level, message, primary, .. } = finding;
        writeln!(told, "{level}[{}] {message}\n  at {} {}", rule.id, place(primary.location), primary.text)
            .expect("a string takes all");
        for label in &finding.related {
            writeln!(told, "  see {} {}", place(label.location), label.text).expect("a string takes all");
        }
        if let Some(help) = &finding.help {
            writeln!(told, "  help {help}").expect("a string takes all");
        }
    }
    let lines: Vec<&str> = told.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}
