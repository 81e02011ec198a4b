//! `rulec explain`: what a rule is about, or which rules there are.

use super::super::args::ExplainArgs;
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::super::table::table;
use crate::diagnostic::RuleInfo;
use crate::driver::{Refusal, all_rules};
use crate::host::Stream;

pub(in super::super) fn run(args: &ExplainArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let paint = Paint::new(console.style(Stream::Output));
    match args.rule {
        Some(rule) => console.result(&page(rule, paint))?,
        None => {
            let rows = all_rules().into_iter().map(|rule| {
                let level = rule.level.name().to_owned();
                vec![rule.code.to_owned(), paint.strong(rule.id), level, shown(rule.summary, paint)]
            });
            console.result(&table(&rows.collect::<Vec<_>>()))?;
            console.hint("read more with `rulec explain RULE`");
        }
    }
    Ok(Exit::Clean)
}

fn page(rule: &RuleInfo, paint: Paint) -> String {
    let title = format!("{} ({}, {})", paint.strong(rule.id), rule.code, rule.level);
    let mut page = format!("{title}\n{}\n\n", shown(rule.summary, paint));
    let mut is_code = false;
    for line in rule.docs().lines() {
        let line = if let Some(info) = line.strip_prefix("```") {
            is_code = !is_code;
            match info.split_once(' ') {
                Some((_, file)) if is_code => format!("  {}", paint.faint(&format!("{file}:"))),
                _ => continue,
            }
        } else if is_code {
            format!("    {}", paint.code(line))
        } else if line.starts_with('#') {
            paint.strong(line.trim_start_matches('#').trim())
        } else {
            shown(line, paint)
        };
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
}

/// A line of Markdown. The backticks stay: they can be read without colours, and copied with them.
fn shown(line: &str, paint: Paint) -> String {
    let parts: Vec<_> = line.split('`').collect();
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        match index % 2 {
            1 if index + 1 < parts.len() => text.push_str(&paint.code(&format!("`{part}`"))),
            1 => text.push_str(&format!("`{part}")),
            _ => text.push_str(part),
        }
    }
    text
}
