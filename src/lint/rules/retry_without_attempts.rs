//! # What
//!
//! A step says what happens when it is tried again, and is never tried again: `on_failure: retry_then_abort` without a
//! `retry`, a `retry` with a delay and no `retries`, or a remedy that leads to another attempt where none is left.
//!
//! # Why
//!
//! The author counts on a second attempt. The first failure ends the run, and a remedy that asks for another attempt
//! does not even begin.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./bake.sh, undo: ./clear.sh, on_failure: retry_then_abort }
//!       - { step: 2, command: ./sell.sh, undo: ./recall.sh, retry: { delay: 5s } }
//!       - step: 3
//!         command: ./light.sh
//!         undo: ./quench.sh
//!         remedies: [{ exit_codes: [7], run: ./open-valve.sh }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./bake.sh, undo: ./clear.sh, on_failure: retry_then_abort, retry: 1 }
//!       - { step: 2, command: ./sell.sh, undo: ./recall.sh, retry: { retries: 2, delay: 5s } }
//!       - step: 3
//!         command: ./light.sh
//!         undo: ./quench.sh
//!         remedies: [{ exit_codes: [7], run: ./open-valve.sh, then: continue }]
//! ```
//!
//! # Exceptions
//!
//! `retry: 0` by itself: it says that there is no further attempt.

use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, OnFailure, Retry, Spanned, Step, StepKind, Then};
use crate::source::Span;
use crate::syntax::Format;

/// `retry-without-attempts`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "retry-without-attempts",
        code: "R0141",
        level: Level::Warning,
        summary: "a step says how it is retried, and never is",
        source: include_str!("retry_without_attempts.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _) => {
                if let Some(at) = idle_policy(action.retry.as_ref()) {
                    let mut diagnostic = diagnostic(context, vec![Promise::Policy(at)], None);
                    diagnostic.fix = honest(context, action.retry.as_ref(), None);
                    found(diagnostic);
                }
            }
            Item::Procedure(procedure) => {
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    judge(context, step, found);
                }
            }
            _ => {}
        }
    }
}

/// Something that only another attempt would make true.
enum Promise {
    /// How to try again.
    Policy(At),
    /// `retry_then_abort`.
    OnFailure(At),
    /// A remedy that leads to another attempt.
    Remedy(At),
}

fn judge(context: &Context<'_>, step: &Spanned<Step>, found: &mut dyn FnMut(Diagnostic)) {
    // What a call can't carry is a finding of its own.
    if matches!(step.kind(), None | Some(StepKind::Run(_))) {
        return;
    }
    let retries = match &step.retry {
        Some(retry) => retry.plan().retries,
        None => ways_back::action(context.graph, step).map_or(0, |action| action.retry().retries),
    };
    if retries > 0 {
        return;
    }
    let on_failure = step.on_failure.filter(|it| it.value == OnFailure::RetryThenAbort);
    let remedies = step.remedies.iter().filter(|remedy| remedy.then() == Then::Retry);
    let remedies = remedies.map(|remedy| remedy.then.map_or(remedy.at, |then| then.at));
    let promises: Vec<Promise> = idle_policy(step.retry.as_ref())
        .map(Promise::Policy)
        .into_iter()
        .chain(on_failure.map(|it| Promise::OnFailure(it.at)))
        .chain(remedies.map(Promise::Remedy))
        .collect();
    if !promises.is_empty() {
        let stated = step.retry.as_ref().map(|retry| retry.at);
        // What a remedy was meant to lead to, nobody can tell.
        let is_plain = !promises.iter().any(|promise| matches!(promise, Promise::Remedy(_)));
        let idle = step.retry.as_ref().filter(|retry| idle_policy(Some(retry)).is_some());
        let mut diagnostic = diagnostic(context, promises, stated);
        if is_plain {
            diagnostic.fix = honest(context, idle, on_failure.map(|it| it.at));
        }
        found(diagnostic);
    }
}

/// The fix that makes the rules say what happens anyhow: an idle policy becomes `0`, and `retry_then_abort` becomes
/// `abort`. None where a policy is spread over lines with something else between them, or over tables.
fn honest(context: &Context<'_>, idle: Option<&Spanned<Retry>>, on_failure: Option<At>) -> Option<Fix> {
    let mut edits = Vec::new();
    let mut title = String::new();
    if let Some(retry) = idle {
        edits.push(emptied(context, retry.at)?);
        title.push_str("write `retry: 0`");
    }
    if let Some(at) = on_failure {
        let span = context.part(at, 0..context.rules.text(at).len()).span;
        edits.push(Edit { span, text: "abort".to_owned() });
        title.push_str(if title.is_empty() { "write `abort`" } else { " and `abort`" });
    }
    edits.sort_by_key(|edit| edit.span);
    (!edits.is_empty()).then_some(Fix { title, safe: true, edits })
}

/// The edit that puts `0` in the place of a policy.
fn emptied(context: &Context<'_>, policy: At) -> Option<Edit> {
    let (tree, source) = (context.rules.tree(policy), context.rules.source(policy.file));
    let span = tree.node(policy.node).span;
    // Nobody's comment is lost.
    let text = source.get(span.range()).filter(|text| !text.contains('#'))?;
    if text.starts_with('{') {
        return Some(Edit { span, text: "0".to_owned() });
    }
    let key = tree.node(tree.key_of(policy.node)?).span;
    let between = source.get(key.end as usize..span.start as usize)?;
    let is_bare = tree.format == Format::Yaml && between.trim() == ":";
    is_bare.then(|| Edit { span: Span { start: key.end, end: span.end }, text: ": 0".to_owned() })
}

/// Where a policy says something of further attempts, and that there are none.
fn idle_policy(retry: Option<&Spanned<Retry>>) -> Option<At> {
    let retry = retry?;
    let Retry::Policy(policy) = &retry.value else { return None };
    let says_how = policy.delay.is_some()
        || policy.backoff.is_some()
        || policy.max_delay.is_some()
        || !policy.on_exit_codes.is_empty();
    let is_idle = says_how && policy.retries.is_none_or(|retries| retries.value == 0);
    is_idle.then(|| policy.retries.map_or(retry.at, |retries| retries.at))
}

fn diagnostic(context: &Context<'_>, promises: Vec<Promise>, stated: Option<At>) -> Diagnostic {
    let mut promises = promises.into_iter();
    let first = promises.next().expect("whoever asks has found one");
    let (at, message, label, help) = match first {
        Promise::Policy(at) => (
            at,
            "this says how to try again, and never does",
            "no further attempt",
            "add how often: `retries: 2`",
        ),
        Promise::OnFailure(at) => (
            at,
            "`retry_then_abort` aborts at once",
            "no further attempt comes before that",
            "add a `retry`, or say `abort`",
        ),
        Promise::Remedy(at) => (
            at,
            "this remedy never runs",
            "leads to another attempt, and none is left",
            "give the step a `retry`, or say `then: continue` or `then: abort`",
        ),
    };
    let stated = stated.filter(|_| !matches!(first, Promise::Policy(_)));
    let mut found = Diagnostic::new(&LINT.info, context.place(at), message).label(label).help(help);
    for other in promises {
        found = match other {
            Promise::Policy(at) => found.related(context.place(at), "says how to try again"),
            Promise::OnFailure(at) => found.related(context.place(at), "aborts at once"),
            Promise::Remedy(at) => found.related(context.place(at), "never runs"),
        };
    }
    match stated {
        Some(stated) => found.related(context.place(stated), "gives it no further attempt"),
        None => found,
    }
}
