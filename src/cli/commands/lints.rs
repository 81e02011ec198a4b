//! `rulec lints`: which rules there are.

use serde::Serialize;

use super::super::args::{LevelName, LintsArgs, ListFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::super::table::table;
use super::explain::shown;
use crate::diagnostic::{Level, RuleInfo};
use crate::driver::{Refusal, all_rules, group};
use crate::host::Stream;
use crate::report::document;

/// The version of the JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct List {
    version: u32,
    rules: Vec<Rule>,
}

/// A rule, as programs read it.
#[derive(Serialize)]
pub(super) struct Rule {
    id: &'static str,
    code: &'static str,
    level: &'static str,
    group: &'static str,
    summary: &'static str,
    uri: String,
}

impl Rule {
    pub(super) fn new(rule: &'static RuleInfo) -> Self {
        Self {
            id: rule.id,
            code: rule.code,
            level: rule.level.name(),
            group: group(rule),
            summary: rule.summary,
            uri: rule.uri(),
        }
    }
}

pub(in super::super) fn run(args: &LintsArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let rules: Vec<&'static RuleInfo> = all_rules().into_iter().filter(|rule| is_meant(rule, args)).collect();
    match args.format {
        ListFormat::Json => {
            let rules = rules.into_iter().map(Rule::new).collect();
            console.result(&document(&List { version: VERSION, rules }))?;
        }
        ListFormat::Human => {
            let paint = Paint::new(console.style(Stream::Output));
            let titles = ["CODE", "RULE", "LEVEL", "GROUP", "WHAT IT FINDS"].map(|title| paint.faint(title));
            let mut rows = vec![titles.to_vec()];
            rows.extend(rules.iter().map(|rule| {
                let level = rule.level.name();
                vec![
                    rule.code.to_owned(),
                    paint.strong(rule.id),
                    if rule.level == Level::Error { paint.bad(level) } else { level.to_owned() },
                    group(rule).to_owned(),
                    shown(rule.summary, paint),
                ]
            }));
            if rules.is_empty() {
                console.note("no rule is like that, `rulec lints` lists all of them");
            } else {
                console.result(&table(&rows))?;
                console.hint("read more with `rulec explain RULE`");
            }
        }
    }
    Ok(Exit::Clean)
}

fn is_meant(rule: &RuleInfo, args: &LintsArgs) -> bool {
    let level = args.level.is_none_or(|level| {
        rule.level
            == match level {
                LevelName::Error => Level::Error,
                LevelName::Warning => Level::Warning,
                LevelName::Note => Level::Note,
                LevelName::Off => Level::Off,
            }
    });
    let words = [rule.id, rule.code, rule.summary, group(rule)].map(str::to_lowercase);
    level && args.text.iter().all(|text| words.iter().any(|word| word.contains(&text.to_lowercase())))
}
