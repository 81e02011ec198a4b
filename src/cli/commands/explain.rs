//! `rulec explain`: what a rule is about, or which rules there are.

use serde::Serialize;

use super::super::args::{ExplainArgs, ExplainFormat, LintsArgs, ListFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::lints::{self, Rule};
use crate::diagnostic::RuleInfo;
use crate::driver::Refusal;
use crate::host::Stream;
use crate::report::document;

/// The version of the JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Explained {
    version: u32,
    #[serde(flatten)]
    rule: Rule,
    /// The documentation, as Markdown.
    docs: String,
    bad: Vec<Vec<File>>,
    good: Vec<Vec<File>>,
}

/// A file of an example.
#[derive(Serialize)]
struct File {
    file: String,
    text: String,
}

pub(in super::super) fn run(args: &ExplainArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let Some(rule) = args.rule else {
        let format = match args.format {
            ExplainFormat::Json => ListFormat::Json,
            ExplainFormat::Human | ExplainFormat::Markdown => ListFormat::Human,
        };
        return lints::run(&LintsArgs { text: Vec::new(), level: None, format }, console);
    };
    let text = match args.format {
        ExplainFormat::Human => page(rule, Paint::new(console.style(Stream::Output))),
        ExplainFormat::Markdown => markdown(rule),
        ExplainFormat::Json => {
            let examples = |heading: &str| -> Vec<Vec<File>> {
                let file = |of: crate::diagnostic::Example| File { file: of.file, text: of.text };
                rule.examples(heading).into_iter().map(|set| set.into_iter().map(file).collect()).collect()
            };
            let (bad, good) = (examples("Bad"), examples("Good"));
            document(&Explained { version: VERSION, rule: Rule::new(rule), docs: rule.docs(), bad, good })
        }
    };
    console.result(&text)?;
    Ok(Exit::Clean)
}

/// The documentation as a page: its headings one level down, below the rule's name.
fn markdown(rule: &RuleInfo) -> String {
    let mut page =
        format!("# {}\n\n`{}`, {} by default: {}\n\n", rule.id, rule.code, rule.level, rule.summary);
    let mut is_code = false;
    for line in rule.docs().lines() {
        is_code ^= line.starts_with("```");
        if line.starts_with('#') && !is_code {
            page.push('#');
        }
        page.push_str(line);
        page.push('\n');
    }
    page
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
pub(super) fn shown(line: &str, paint: Paint) -> String {
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
