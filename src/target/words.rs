//! What a plan says, in words: the phrases that every form for people shares.

use crate::plan::Plan;
use crate::plan::bounds::seconds;
use crate::plan::ir::{Action, Backoff, Measure, Retry, Step};

/// A duration as people say it: `4 min 10 s`, `250 ms`, `2 h`.
pub(super) fn duration(ms: u64) -> String {
    if ms < 1000 {
        return if ms == 0 { String::from("0 s") } else { format!("{ms} ms") };
    }
    let (minutes, rest) = (ms / 60_000, ms % 60_000);
    let mut words: Vec<String> = [(minutes / 60 / 24, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if rest > 0 {
        words.push(format!("{} s", seconds(rest)));
    }
    words.join(" ")
}

/// A list: `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// How often: `once`, `twice`, `5 times`.
pub(super) fn times(count: u32) -> String {
    match count {
        1 => String::from("once"),
        2 => String::from("twice"),
        count => format!("{count} times"),
    }
}

/// The further attempts: "try again up to twice, after waits of 5 s and 10 s"; none where there are none.
pub(super) fn retries(retry: &Retry) -> Option<String> {
    if retry.retries == 0 {
        return None;
    }
    let mut words = match retry.retries {
        1 => String::from("try again once"),
        count => format!("try again up to {}", times(count)),
    };
    if !retry.on_exit_codes.is_empty() {
        words = format!("if it ended with exit code {}, {words}", exit_codes(&retry.on_exit_codes));
    }
    let limit = retry.max_delay_ms.unwrap_or(u64::MAX);
    let delay = retry.delay_ms.min(limit);
    match retry.backoff {
        _ if delay == 0 => {}
        Backoff::Exponential if retry.retries > 1 && delay < limit => {
            words.push_str(&format!(", after {} at first and twice as long each time", duration(delay)));
            if let Some(limit) = retry.max_delay_ms {
                words.push_str(&format!(", at most {}", duration(limit)));
            }
        }
        _ if retry.retries == 1 => words.push_str(&format!(", after {}", duration(delay))),
        _ => words.push_str(&format!(", after {} each time", duration(delay))),
    }
    Some(words)
}

/// Exit codes: `1`, `1 or 124 (it took too long)`.
pub(super) fn exit_codes(codes: &[u8]) -> String {
    let codes: Vec<String> = codes
        .iter()
        .map(|code| match code {
            124 => String::from("124 (it took too long)"),
            code => code.to_string(),
        })
        .collect();
    list(&codes, "or")
}

/// What a probe's number must be: `>= 95 %`.
pub(super) fn measure(measure: &Measure) -> String {
    let words = format!("{} {} {}", measure.op.symbol(), measure.value, measure.unit);
    words.trim_end().to_owned()
}

/// True where a rollback takes the step back: by its own undo, or because the runner keeps the old file.
pub(super) fn is_undone(step: &Step) -> bool {
    !step.read_only && (step.undo.is_some() || matches!(step.action, Action::File { .. }))
}

/// True where a rollback has something to do.
pub(super) fn can_roll_back(plan: &Plan) -> bool {
    plan.steps.iter().any(is_undone) || plan.rollbacks.iter().any(|rollback| !rollback.steps.is_empty())
}

/// True where each step needs exactly the one before it, so that the order says it all.
pub(super) fn is_sequence(steps: &[Step]) -> bool {
    steps.iter().enumerate().all(|(index, step)| match index {
        0 => step.needs.is_empty(),
        _ => step.needs.len() == 1 && step.needs[0] == steps[index - 1].id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        for (ms, words) in [
            (0, "0 s"),
            (250, "250 ms"),
            (1_500, "1.5 s"),
            (60_000, "1 min"),
            (250_000, "4 min 10 s"),
            (7_200_000, "2 h"),
            (90_061_001, "1 d 1 h 1 min 1.001 s"),
        ] {
            assert_eq!(duration(ms), words);
        }
    }

    #[test]
    fn retries_say_how_often_and_after_which_wait() {
        let retry = |count, delay_ms, backoff, max_delay_ms, on_exit_codes: &[u8]| {
            let on_exit_codes = on_exit_codes.to_vec();
            retries(&Retry { retries: count, delay_ms, backoff, max_delay_ms, on_exit_codes })
                .unwrap_or_default()
        };
        assert_eq!(retry(0, 5_000, Backoff::Fixed, None, &[]), "");
        assert_eq!(retry(1, 5_000, Backoff::Exponential, None, &[]), "try again once, after 5 s");
        assert_eq!(retry(2, 0, Backoff::Fixed, None, &[]), "try again up to twice");
        assert_eq!(
            retry(3, 5_000, Backoff::Fixed, None, &[]),
            "try again up to 3 times, after 5 s each time"
        );
        assert_eq!(
            retry(4, 5_000, Backoff::Exponential, Some(60_000), &[1, 124]),
            "if it ended with exit code 1 or 124 (it took too long), try again up to 4 times, after 5 s at first \
             and twice as long each time, at most 1 min"
        );
        assert_eq!(
            retry(2, 90_000, Backoff::Exponential, Some(60_000), &[]),
            "try again up to twice, after 1 min each time"
        );
    }
}
