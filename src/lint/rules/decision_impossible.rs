//! # What
//!
//! A condition that no facts meet: a number that is to be above 90 and below 50, or, in a decision, a `when` that asks
//! for a value that no rule gives a decision and no environment a variable.
//!
//! # Why
//!
//! What depends on it never happens.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - id: R1
//!     condition:
//!       all:
//!         - { field: load, operator: greater, value: 90 }
//!         - { field: load, operator: less, value: 50 }
//!     action: { target: pace, value: stop }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - id: R1
//!     condition:
//!       any:
//!         - { field: load, operator: greater, value: 90 }
//!         - { field: load, operator: less, value: 50 }
//!     action: { target: pace, value: stop }
//! ```

use super::super::{Context, Lint, tables};
use crate::decide::{self, Domains, Flaw};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr::{self, Expr};
use crate::graph::Item;
use crate::model::{Decision, FactCondition, FactTest, MatchMode, Rule, Spanned, Text, TextOr};

/// `decision-impossible`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-impossible",
        code: "R0187",
        level: Level::Warning,
        summary: "a condition can never hold",
        source: include_str!("decision_impossible.rs"),
    },
    check,
};

/// How many parts of a condition are held against each other.
const MOST_PARTS: usize = 32;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for flaw in &context.tables().flaws {
        let Flaw::Impossible(rule) = flaw else { continue };
        found(of_rule(context, rule));
    }
    let mut domains = None;
    for (_, entity) in context.graph.entities() {
        if let Item::Decision(decision) = entity.item {
            let whens = whens(decision);
            if !whens.is_empty() {
                let domains = domains.get_or_insert_with(|| tables::names(context.graph));
                of_decision(context, decision, &whens, domains, found);
            }
        }
    }
}

fn of_rule(context: &Context<'_>, rule: &Rule) -> Diagnostic {
    let message = format!("the condition of `{}` can't hold, whatever the facts are", rule.id.value);
    let mut diagnostic = Diagnostic::new(&LINT.info, context.place(rule.condition.at), message)
        .label("can never hold")
        .help("mend the condition, or take the rule out");
    let asks = |part: &FactCondition| {
        tables::words(part).map_or("this".to_owned(), |words| format!("`{}`", words.replace('`', "'")))
    };
    if let Some((one, other)) = opposites(&rule.condition) {
        diagnostic = diagnostic
            .related(context.place(one.at), format!("asks for {}", asks(one)))
            .related(context.place(other.at), format!("asks for {} too", asks(other)));
    }
    diagnostic
}

/// Two parts of a condition that exclude each other.
fn opposites(condition: &FactCondition) -> Option<(&Spanned<FactCondition>, &Spanned<FactCondition>)> {
    let Some(FactTest::All(parts)) = condition.test() else { return None };
    let parts = &parts[..parts.len().min(MOST_PARTS)];
    parts.iter().enumerate().find_map(|(position, part)| {
        let excludes =
            |other: &&Spanned<FactCondition>| decide::can_meet([&part.value, &other.value]) == Some(false);
        parts[position + 1..].iter().find(excludes).map(|other| (part, other))
    })
}

/// The expressions among the conditions of a decision.
fn whens(decision: &Decision) -> Vec<(&Text, Expr)> {
    let texts = decision.conditions.iter().filter_map(|condition| match &condition.value {
        TextOr::Object(bound) => bound.when.as_ref(),
        TextOr::Text(_) => None,
    });
    texts.filter_map(|text| Some((text, expr::parse(&text.value).ok()?))).collect()
}

fn of_decision(
    context: &Context<'_>,
    decision: &Decision,
    whens: &[(&Text, Expr)],
    domains: &Domains,
    found: &mut dyn FnMut(Diagnostic),
) {
    let id = &decision.id.value;
    let mut alone = false;
    for (text, when) in whens {
        if decide::can_hold([when], domains) == Some(false) {
            alone = true;
            let message = format!("a condition of `{id}` can't hold, whatever is decided");
            found(
                Diagnostic::new(&LINT.info, context.place(text.at), message)
                    .label("can never be true")
                    .help("ask for a value that a rule or an environment gives"),
            );
        }
    }
    let all = whens.iter().map(|(_, when)| when);
    if !alone && decision.match_mode() == MatchMode::All && decide::can_hold(all, domains) == Some(false) {
        let message = format!("the conditions of `{id}` can't hold together, whatever is decided");
        let (last, before) = whens.split_last().expect("what can't hold has a condition");
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(last.0.at), message)
            .label("excludes what stands before it")
            .help("say `match: any` if one of them is enough, or mend them");
        for (text, _) in before {
            diagnostic = diagnostic.related(context.place(text.at), "must be true too");
        }
        found(diagnostic);
    }
}
