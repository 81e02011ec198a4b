//! The runbook, read back by a CommonMark parser.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rulec::diagram::show_controls;
use rulec::plan::Plan;
use rulec::plan::ir::{Action, Condition, Step};

use super::emit;
use crate::support::plans::any_plan;
use crate::support::roll_out::roll_out;

/// What a reader sees: prose with single spaces, and the contents of fences.
#[derive(Debug, Default)]
struct Page {
    prose: String,
    fences: BTreeMap<String, usize>,
    numbered: usize,
}

/// Reads a runbook, which holds no markup of anybody but its own.
fn read(markdown: &str) -> Page {
    let mut page = Page::default();
    let mut fence: Option<String> = None;
    let mut heading = false;
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => panic!("HTML in {markdown}"),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => panic!("indented code in {markdown}"),
            Event::Start(Tag::Image { .. } | Tag::Emphasis | Tag::Strikethrough) => {
                panic!("{event:?} in {markdown}")
            }
            Event::Start(Tag::Link { dest_url, .. }) => assert_eq!(&*dest_url, "#rollback"),
            Event::Start(Tag::CodeBlock(_)) => fence = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => {
                let text = fence.take().expect("a fence that ends was begun");
                *page.fences.entry(text).or_default() += 1;
            }
            Event::Text(text) => match &mut fence {
                Some(fence) => fence.push_str(&text),
                None => {
                    if heading && text.starts_with(|c: char| c.is_ascii_digit()) {
                        page.numbered += 1;
                    }
                    heading = false;
                    page.prose.push_str(&text);
                }
            },
            Event::Code(text) => page.prose.push_str(&text),
            Event::Start(Tag::Heading { .. }) => {
                heading = true;
                page.prose.push('\n');
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::TableCell) => {
                page.prose.push('\n');
            }
            _ => {}
        }
    }
    page.prose = one_line(&page.prose);
    page
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asserts that the page says the text.
fn says(page: &Page, text: &str) -> Result<(), TestCaseError> {
    let text = show_controls(&one_line(text));
    prop_assert!(page.prose.contains(&text), "{text:?} is not in {}", page.prose);
    Ok(())
}

/// Asserts that the page has the command in a fence, byte for byte but for a line break at its end.
fn has(page: &Page, command: &str) -> Result<(), TestCaseError> {
    let mut command = show_controls(command);
    if !command.is_empty() && !command.ends_with('\n') {
        command.push('\n');
    }
    prop_assert!(page.fences.contains_key(&command), "{command:?} is not in {:#?}", page.fences);
    Ok(())
}

fn condition(page: &Page, condition: &Condition) -> Result<(), TestCaseError> {
    says(page, &condition.text)?;
    condition.check.as_ref().map_or(Ok(()), |check| has(page, &check.command))
}

fn step(page: &Page, step: &Step) -> Result<(), TestCaseError> {
    says(page, &step.name)?;
    match &step.action {
        Action::Command { command } => has(page, command)?,
        Action::Manual { instruction } => says(page, instruction)?,
        Action::Condition { condition: held } => condition(page, held)?,
        Action::Fail { reason } => has(page, reason)?,
        Action::File { content, .. } => content.as_ref().map_or(Ok(()), |content| has(page, content))?,
    }
    step.verify.as_ref().map_or(Ok(()), |verify| has(page, &verify.command))?;
    step.owner.as_ref().map_or(Ok(()), |owner| says(page, owner))?;
    step.irreversible.as_ref().map_or(Ok(()), |reason| says(page, reason))?;
    step.remedies.iter().flat_map(|remedy| &remedy.run).try_for_each(|command| has(page, command))
}

fn all_of(plan: &Plan, page: &Page) -> Result<(), TestCaseError> {
    says(page, &plan.entry.name)?;
    says(page, &plan.entry.description)?;
    plan.preconditions.iter().chain(&plan.postconditions).try_for_each(|held| condition(page, held))?;
    plan.checklists.values().flatten().try_for_each(|item| condition(page, item))?;
    plan.steps.iter().chain(&plan.finally).try_for_each(|s| step(page, s))?;
    plan.rollbacks.iter().filter(|_| page.prose.contains("Rollback")).try_for_each(|group| {
        says(page, &group.name)?;
        group.steps.iter().try_for_each(|s| step(page, s))
    })?;
    for undo in plan.steps.iter().filter(|step| !step.read_only).filter_map(|step| step.undo.as_ref()) {
        has(page, &undo.command)?;
    }
    plan.inputs.iter().try_for_each(|input| says(page, &input.description))?;
    plan.dropped.iter().try_for_each(|dropped| says(page, &dropped.reason))?;
    says(page, &plan.digest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_runbook_says_all_that_the_plan_says_and_nothing_breaks_out(plan in any_plan()) {
        all_of(&plan, &read(&emit("markdown", &plan)))?;
    }
}

#[test]
fn the_steps_are_headings_with_their_numbers() {
    assert_eq!(read(&emit("markdown", &roll_out())).numbered, 7);
}
