//! How fast a plan is played for real: a machine that is late makes two things happen in another order than the
//! clock of the simulator has them, and that is no fault of the script.
//!
//! A run whose moments are not those of the simulator proves nothing. It is played again with every time of plan
//! and world stretched, twice, since a fault of the script that shows by chance only must not pass for one of
//! the machine; so the last word is a run that kept its times, or the longest one.

use rulec::plan::Plan;
use serde_json::Value;

use crate::support::plans::finish;
use crate::support::world::Surroundings;

/// How much longer than written everything takes. At each but the first a run is played twice.
pub(super) const PACES: [u64; 3] = [1, 3, 8];

/// Milliseconds by which a run at pace 1 may be late and still count: cases leave 150 between two things.
const LEEWAY: u64 = 100;

/// A plan and its world, in which everything takes `pace` times as long.
pub(super) fn stretched(plan: &Plan, world: &Surroundings, pace: u64) -> (Plan, Surroundings) {
    if pace == 1 {
        return (plan.clone(), world.clone());
    }
    let mut plan = serde_json::to_value(plan).expect("a plan is JSON");
    stretch(&mut plan, pace);
    let plan = serde_json::from_value(plan).expect("times are numbers");
    let mut world = serde_json::to_value(world).expect("a world is JSON");
    stretch(&mut world, pace);
    (finish(plan), serde_json::from_value(world).expect("times are numbers"))
}

/// Multiplies whatever is named as milliseconds.
fn stretch(value: &mut Value, pace: u64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| stretch(item, pace)),
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_u64() {
                    Some(ms) if key.ends_with("_ms") => *member = ms.saturating_mul(pace).into(),
                    _ => stretch(member, pace),
                }
            }
        }
        _ => {}
    }
}

/// True where the lines of a run came when the simulator has them, up to the first that is another.
pub(super) fn kept_time(expected: &[Value], got: &[Value], differs_at: usize, pace: u64) -> bool {
    let moment = |line: &Value| line["at_ms"].as_u64().expect("every line has a moment");
    let begun = |lines: &[Value]| lines.first().map_or(0, moment);
    let zero = (begun(expected), begun(got));
    let both = expected.iter().zip(got).take(differs_at + 1);
    both.into_iter().all(|(expected, got)| {
        let (expected, got) = (moment(expected) - zero.0, moment(got) - zero.1);
        expected.abs_diff(got) <= LEEWAY * pace
    })
}

#[test]
fn every_time_is_stretched_and_nothing_else() {
    let mut value =
        serde_json::json!({ "a_ms": 5, "exit": 3, "of": [{ "takes_ms": 7, "cancel_at_ms": null }] });
    stretch(&mut value, 3);
    let expected =
        serde_json::json!({ "a_ms": 15, "exit": 3, "of": [{ "takes_ms": 21, "cancel_at_ms": null }] });
    assert_eq!(value, expected);
}

#[test]
fn who_is_late_has_not_kept_time() {
    let at = |moments: &[u64]| -> Vec<Value> {
        moments.iter().map(|at_ms| serde_json::json!({ "at_ms": at_ms })).collect()
    };
    assert!(kept_time(&at(&[0, 200, 300]), &at(&[20, 310, 300]), 1, 1));
    assert!(!kept_time(&at(&[0, 200, 300]), &at(&[20, 330, 300]), 1, 1));
    assert!(kept_time(&at(&[0, 200, 300]), &at(&[20, 330, 300]), 0, 1));
    assert!(kept_time(&at(&[0, 600, 900]), &at(&[20, 890, 900]), 2, 3));
    // What comes too early is as telling as what comes too late.
    assert!(!kept_time(&at(&[0, 200]), &at(&[0, 90]), 1, 1));
}
