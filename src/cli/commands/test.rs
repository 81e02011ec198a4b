//! `rulec test`: try scenarios out.

use super::super::args::{TestArgs, TestFormat};
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, plural};
use crate::diagnostic::Level;
use crate::driver::{Refusal, TestRequest, TestedSet, test};
use crate::host::Stream;
use crate::scenario::report::{SetReport, human, json, junit, summary};
use crate::scenario::{Coverage, Verdict};
use crate::source::Location;

pub(in super::super) fn run(args: &TestArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let begun = console.host.elapsed();
    let request = TestRequest {
        rule_sets: &args.rule_sets,
        filters: &args.filter,
        overrides: &args.levels.overrides,
        deny: args.levels.deny.unwrap_or(Level::Error),
    };
    let tested = test(console.host, &request)?;
    if tested.iter().all(|set| set.files == 0 && set.findings.found.is_empty()) {
        return Ok(nothing(console, args.rule_sets.first().map(AsRef::as_ref)));
    }
    let elapsed = console.host.elapsed().saturating_sub(begun);
    let pointers: Vec<_> =
        tested.iter().map(|set| move |place: Location| set.findings.pointer(place)).collect();
    let sets: Vec<SetReport<'_>> = tested
        .iter()
        .zip(&pointers)
        .map(|(set, pointer)| SetReport {
            root: set.root.as_str(),
            name: &set.name,
            sources: &set.findings.sources,
            pointer,
            findings: &set.findings.found,
            scenarios: &set.scenarios,
            filtered_out: set.filtered_out,
            coverage: args.coverage.then_some(&set.coverage),
        })
        .collect();
    match args.format {
        TestFormat::Human => console.result(&human(&sets, console.style(Stream::Output)))?,
        TestFormat::Json => console.result(&json(&sets))?,
        TestFormat::Junit => console.result(&junit(&sets))?,
    }
    let exit = exit(&tested);
    if exit == Exit::Nothing {
        no_scenarios(&tested, args, console);
        return Ok(exit);
    }
    if args.format == TestFormat::Human {
        let errors: usize = tested.iter().map(|set| set.findings.found.len()).sum();
        let has_run = tested.iter().any(|set| !set.scenarios.is_empty());
        console.note(&match (errors, has_run) {
            (1.., false) => format!("{}: nothing was tried out", plural(errors, "error")),
            _ => summary(&sets, elapsed),
        });
    }
    Ok(if exit == Exit::Clean { reached_enough(&tested, args, console) } else { exit })
}

fn exit(tested: &[TestedSet]) -> Exit {
    let mut scenarios = tested.iter().flat_map(|set| &set.scenarios);
    if tested.iter().any(|set| set.is_config_broken) {
        Exit::Usage
    } else if tested.iter().any(|set| !set.findings.found.is_empty()) {
        Exit::Findings
    } else if tested.iter().all(|set| set.scenarios.is_empty()) {
        Exit::Nothing
    } else if scenarios.any(|it| it.verdict != Verdict::Passed) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// Says that there is nothing to try out.
fn no_scenarios(tested: &[TestedSet], args: &TestArgs, console: &Console<'_>) {
    let others: usize = tested.iter().map(|set| set.filtered_out).sum();
    let help = "write `NAME.scenario.yaml` in the folder of the rules, or below it; `rulec schema scenario` describes it";
    let refusal = if others > 0 {
        let parts: Vec<_> = args.filter.iter().map(|part| format!("`{part}`")).collect();
        let message = format!("no scenario has {} in its name", parts.join(" or "));
        Refusal::new(message, format!("there are {others} others: leave out `--filter` to run them all"))
    } else {
        Refusal::new("there are no scenarios", help)
    };
    console.refuse(&refusal);
}

fn reached_enough(tested: &[TestedSet], args: &TestArgs, console: &Console<'_>) -> Exit {
    let (reached, total, percent) = Coverage::sum(tested.iter().map(|set| &set.coverage));
    match args.fail_under {
        Some(least) if reached * 100 < total * usize::from(least) => {
            console.note(&format!("{percent} % is less than the {least} % asked for"));
            Exit::Findings
        }
        _ => Exit::Clean,
    }
}
