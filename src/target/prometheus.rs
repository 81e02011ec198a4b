//! Alert rules for Prometheus: one for each metric of a goal that says how it is measured, and some for what scripts report
//! about their runs (`report --format prometheus`).
//!
//! The file is the same whatever was compiled. Labels and annotations are templates of Go, so `{{` in a text of the rules
//! is written as a template that prints it; every text is quoted as YAML, with all that is not visible escaped. A query is
//! known to close whatever it opens, and stands in brackets of its own.

use std::fmt::Write as _;

use super::{Artifact, Loss, Target};
use crate::plan::Plan;
use crate::plan::ir::{Alarm, AlarmUnit, Metric, Priority};

/// The target `prometheus`.
#[derive(Debug, Clone, Copy)]
pub struct Prometheus;

/// What scripts report, and nobody should have to look for: a run that failed, one that could not be taken back, and one
/// that takes longer than it can.
const RUNS: &str = r#"  - name: "runs"
    rules:
      - alert: "RunFailed"
        expr: "rulec_run_outcome{outcome=~\"failed|rolled_back|refused\"} == 1"
        labels:
          severity: "warning"
        annotations:
          summary: "The last run of {{ $labels.entry }} did not succeed: {{ $labels.outcome }}"
      - alert: "RollbackFailed"
        expr: "rulec_run_outcome{outcome=\"rollback_failed\"} == 1"
        labels:
          severity: "critical"
        annotations:
          summary: "The last run of {{ $labels.entry }} failed, and not all of it could be taken back"
      - alert: "RunNotEnded"
        expr: "rulec_run_outcome{outcome=\"unfinished\"} == 1 and ignoring (outcome) rulec_run_duration_seconds > rulec_run_limit_seconds"
        labels:
          severity: "critical"
        annotations:
          summary: "The last run of {{ $labels.entry }} has not ended, and takes longer than its steps can: its runner is gone, or it waits for a person"
"#;

impl Target for Prometheus {
    fn name(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        "alert rules for Prometheus, from the metrics of the goals and from what scripts report"
    }

    fn extension(&self) -> &'static str {
        "rules.yml"
    }

    fn is_of_entry(&self) -> bool {
        false
    }

    fn losses(&self, plan: &Plan) -> Vec<Loss> {
        let lost = plan.metrics.iter().filter_map(|metric| {
            let what = match (&metric.query, &metric.alarm) {
                (None, Some(_)) => format!("the threshold of `{}`, which has no `query`", metric.id),
                (Some(_), None) => format!("the query of `{}`, whose threshold is prose", metric.id),
                _ => return None,
            };
            let instead = String::from("it raises no alert");
            Some(Loss { what, instead, source: metric.source.clone(), part: None })
        });
        lost.collect()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        let mut content = String::from(
            "# Made by rulec from the metrics of the goals, and from what scripts report about their runs.\ngroups:\n",
        );
        let rules: Vec<String> = plan.metrics.iter().filter_map(rule).collect();
        if !rules.is_empty() {
            content.push_str("  - name: \"goals\"\n    rules:\n");
            content.extend(rules);
        }
        content.push_str(RUNS);
        Artifact { file_name: format!("alerts.{}", self.extension()), content, executable: false }
    }
}

/// The rule of a metric; none where there is nothing to measure it by, or to hold it against.
fn rule(metric: &Metric) -> Option<String> {
    let (query, alarm) = (metric.query.as_ref()?, metric.alarm.as_ref()?);
    let mut text = String::new();
    let mut line = |indent: usize, key: &str, value: &str| {
        writeln!(text, "{:indent$}{key}: {value}", "").expect("a string takes any text");
    };
    line(6, "- alert", &quoted(&metric.id));
    line(8, "expr", &quoted(&expression(query, alarm)));
    if let Some(ms) = metric.for_ms {
        line(8, "for", &span(ms));
    }
    line(8, "labels", "");
    line(10, "severity", &quoted(severity(metric.priority)));
    line(10, "goal", &quoted(&literal(&metric.goal)));
    if let Some(priority) = metric.priority {
        line(10, "priority", &quoted(&format!("{priority:?}")));
    }
    if let Some(owner) = &metric.owner {
        line(10, "owner", &quoted(&literal(owner)));
    }
    line(8, "annotations", "");
    let measured = match alarm.unit {
        AlarmUnit::Share => "{{ $value | humanizePercentage }}",
        AlarmUnit::Number => "{{ $value }}",
        AlarmUnit::Seconds => "{{ $value }} s",
        AlarmUnit::Bytes => "{{ $value }} B",
        AlarmUnit::BytesPerSecond => "{{ $value }} B/s",
        AlarmUnit::PerSecond => "{{ $value }} per s",
    };
    let summary =
        format!("{} is {measured}, and the rules say: {}", literal(&metric.id), literal(&alarm.says));
    line(10, "summary", &quoted(&summary));
    if let Some(about) = &metric.about {
        line(10, "description", &quoted(&literal(about)));
    }
    Some(text.replace(": \n", ":\n"))
}

/// What holds while the metric is not as it should be. A comment at the end of a query must not take the rest.
fn expression(query: &str, alarm: &Alarm) -> String {
    let end = if query.contains('#') { "\n" } else { "" };
    format!("({query}{end}) {} {}", alarm.op.symbol(), alarm.limit)
}

fn severity(priority: Option<Priority>) -> &'static str {
    match priority {
        Some(Priority::P0) => "critical",
        Some(Priority::P1) | None => "warning",
        Some(Priority::P2 | Priority::P3) => "info",
    }
}

/// A text that a template prints as it is.
fn literal(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

/// A length of time as Prometheus takes it, in the largest unit of which it is a whole number.
fn span(ms: u64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let unit = units.into_iter().find(|(length, _)| ms > 0 && ms.is_multiple_of(*length));
    unit.map_or_else(|| format!("{ms}ms"), |(length, unit)| format!("{}{unit}", ms / length))
}

/// A text between double quotes, as YAML reads it: whatever is not visible, or ends a line, is escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            _ if c.is_control() || is_hidden(c) => {
                write!(out, "\\U{:08X}", u32::from(c)).expect("a string takes any text");
            }
            _ => out.push(c),
        }
    }
    out + "\""
}

/// True for what YAML does not take as it is, or reads as the end of a line, and for what hides or turns text around.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        for (text, written) in [
            ("plain", r#""plain""#),
            ("a \"b\" \\ c", r#""a \"b\" \\ c""#),
            ("a\nb\t\u{7f}\u{85}", r#""a\nb\U00000009\U0000007F\U00000085""#),
            ("\u{2028}é\u{feff}", r#""\U00002028é\U0000FEFF""#),
        ] {
            assert_eq!(quoted(text), written);
        }
        assert_eq!(literal("a {{ $x }} {{{"), "a {{ \"{{\" }} $x }} {{ \"{{\" }}{");
    }

    #[test]
    fn spans_are_whole_numbers() {
        for (ms, shown) in
            [(0, "0ms"), (1_500, "1500ms"), (90_000, "90s"), (300_000, "5m"), (86_400_000, "1d")]
        {
            assert_eq!(span(ms), shown);
        }
    }
}
