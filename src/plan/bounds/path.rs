//! What steps take that run one after another whatever happens: the other side of a worst case, which nothing exceeds.
//!
//! A chain of needs runs one after another, and so do all steps where one may run at a time. What is held apart by
//! something that is shared is not counted here: it depends on who comes first.

use super::schedule::Graph;
use super::{Part, Term, term};
use crate::plan::Plan;
use crate::plan::ir::{Action, Step};

/// The steps that run one after another and weigh the most together, in the order of the plan; those that weigh nothing
/// are left out. Empty where needs go in a circle. Work is linear in steps and needs.
#[must_use]
pub fn heaviest<'a>(plan: &'a Plan, weigh: impl Fn(&'a Step) -> u64) -> Vec<&'a Step> {
    let weights: Vec<u64> = plan.steps.iter().map(weigh).collect();
    let is_on_path = match plan.max_parallel {
        Some(1) => vec![true; weights.len()],
        _ => Graph::new(&plan.steps).heaviest(&weights),
    };
    let all = plan.steps.iter().zip(is_on_path).zip(weights);
    all.filter(|((_, is_on_path), weight)| *is_on_path && *weight > 0).map(|((step, _), _)| step).collect()
}

/// What a step that ends well waits before and after its work, and sleeps. What it does besides takes more.
#[must_use]
pub fn waits(step: &Step) -> Vec<Term<'_>> {
    let term = |part, ms| Term { part, of: &step.id, ms: Some(ms), times: 1, source: &step.source };
    let all = [
        term(Part::DelayBefore, step.delay_before_ms),
        term(Part::Command, slept_ms(&step.action)),
        term(Part::DelayAfter, step.delay_after_ms),
    ];
    all.into_iter().filter(|term| term.ms != Some(0)).collect()
}

/// The longest that a step takes from its first attempt to its last when it ends well, without its delays; nothing where
/// it has no bound. Only commands count: not what people do, nor conditions of a called procedure.
#[must_use]
pub fn work_ms(step: &Step) -> Option<u64> {
    match &step.action {
        Action::Command { .. } => {}
        _ => return Some(0),
    }
    let worst = term::worst(step, None);
    let own = worst.iter().filter(|term| !matches!(term.part, Part::DelayBefore | Part::DelayAfter));
    let all = own.map(Term::total_ms).try_fold(0_u64, |sum, ms| Some(sum.saturating_add(ms?)))?;
    // Neither its last attempt nor the last look of its verification is stopped.
    let spared = 1 + u64::from(step.verify.is_some());
    Some(all.saturating_sub(step.grace_ms.saturating_mul(spared)))
}

/// What an action sleeps that does nothing else: `sleep 30`, with `s`, `m`, `h` or `d` behind it as many systems take it.
fn slept_ms(action: &Action) -> u64 {
    let Action::Command { command } = action else { return 0 };
    let mut words = command.split_ascii_whitespace();
    let (Some("sleep"), Some(time), None) = (words.next(), words.next(), words.next()) else { return 0 };
    let digits = time.trim_end_matches(['s', 'm', 'h', 'd']);
    let unit = match &time[digits.len()..] {
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return 0,
    };
    digits.parse::<u32>().map_or(0, |number| u64::from(number) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_command_that_does_nothing_but_sleep_is_known() {
        for (command, ms) in [
            ("sleep 30", 30_000),
            (" sleep  2m ", 120_000),
            ("sleep 1d", 86_400_000),
            ("sleep 30 && ./bake", 0),
            ("sleep $TIME", 0),
            ("sleep 1 2", 0),
            ("sleep ms", 0),
            ("sleep 5sm", 0),
            ("echo 5", 0),
        ] {
            let action = Action::Command { command: command.to_owned() };
            assert_eq!(slept_ms(&action), ms, "{command}");
        }
    }
}
