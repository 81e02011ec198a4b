//! For a comment on a pull request: a table of the entries, then what changes in each, as a diff.
//!
//! Texts of the rules stand in code only, so that none of them can be a heading, a link or HTML.

use super::human::{at_most, human, totals};
use super::{Comparison, Fate, has_own};
use crate::compare::Change;
use crate::report::visible;

/// The first line, by which a program finds the comment again that it wrote before.
const MARK: &str = "<!-- rulec diff -->";

/// The comment.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    let mut out = format!("{MARK}\n");
    let lines = human(comparison);
    if lines.is_empty() {
        out.push_str("No plan changes.\n");
        return out;
    }
    out.push_str(&format!("**{}**\n\n", capital(&totals(comparison.counts()))));
    out.push_str("| | entry | risk | at most |\n|---|---|---|---|\n");
    let common = comparison.common();
    for entry in &comparison.entries {
        let id = code(&entry.id);
        let row = match &entry.fate {
            Fate::Added(plan) => format!("| new | {id} | {} | {} |", risk_of(plan), time_of(plan)),
            Fate::Removed(_) => format!("| removed | {id} | | |"),
            Fate::Unknown { .. } => format!("| not compared | {id} | | |"),
            Fate::Kept { diff, .. } if !has_own(diff, &common) => continue,
            Fate::Kept { diff, plans, .. } => {
                let changes = diff.changes();
                let differs = |field: &str| {
                    changes.iter().any(|change: &Change| change.field.as_deref() == Some(field))
                };
                let (old, new) = (&plans.0, &plans.1);
                let risk = if differs("entry.risk") {
                    format!("{} → **{}**", risk_of(old), risk_of(new))
                } else {
                    risk_of(new)
                };
                let time = if differs("bounds.worst_case_ms") {
                    format!("{} → **{}**", time_of(old), time_of(new))
                } else {
                    time_of(new)
                };
                format!("| changed | {id} | {risk} | {time} |")
            }
        };
        out.push_str(&row);
        out.push('\n');
    }
    let body: Vec<String> = lines
        .iter()
        .map(|line| match line.sign {
            // What GitHub and GitLab colour as changed.
            '~' | '>' => format!("! {}", line.text.strip_prefix("  ").unwrap_or(&line.text)),
            '#' => format!("@@ {} @@", line.text),
            sign => {
                format!("{sign} {}", line.text.strip_prefix("  ").unwrap_or(&line.text)).trim_end().to_owned()
            }
        })
        .collect();
    let body = body.join("\n");
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    out.push_str(&format!(
        "\n<details><summary>What changes</summary>\n\n{fence}diff\n{body}\n{fence}\n\n</details>\n"
    ));
    out
}

fn risk_of(plan: &crate::plan::Plan) -> String {
    let word = plan.entry.risk.and_then(|risk| serde_json::to_value(risk).ok());
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_else(|| "not stated".to_owned())
}

fn time_of(plan: &crate::plan::Plan) -> String {
    at_most(plan).trim_start_matches("at most ").replace("no bound on its time", "no bound")
}

/// Code in a cell of a table, whatever is in it.
fn code(text: &str) -> String {
    let text = visible(&text.replace(['\n', '\r'], " ")).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
