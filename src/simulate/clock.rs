//! The virtual clock: what will happen, and when.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Behaviour;
use crate::machine::{Ending, Event, Exit, Job, Launch, Timer};

/// What will happen, by its moment.
#[derive(Debug, Default)]
pub(super) struct Clock {
    now: u64,
    /// When offsets of the plan began to count.
    departed: u64,
    begun: u64,
    ahead: BTreeMap<Moment, Event>,
    /// Jobs that run: what stopping them takes.
    jobs: FxHashMap<Job, Running>,
    /// Timers that are set: when they elapse.
    timers: FxHashMap<Timer, Moment>,
}

/// A moment, and which of several events at it comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    ms: u64,
    kind: Kind,
    begun: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    End,
    Cancel,
    Deadline,
}

#[derive(Debug)]
struct Running {
    /// When it will be over; absent: never.
    ends: Option<Moment>,
    begun: u64,
    /// Between TERM and its end where it is stopped, in milliseconds.
    stops_in: u64,
}

impl Clock {
    /// Milliseconds from the start of the run.
    pub(super) fn now(&self) -> u64 {
        self.now
    }

    /// Goes on to the next event; none where nothing will ever happen.
    pub(super) fn next(&mut self) -> Option<Event> {
        let (moment, event) = self.ahead.pop_first()?;
        self.now = moment.ms;
        match &event {
            Event::Ended { job, .. } => drop(self.jobs.remove(job)),
            Event::Elapsed(timer) => drop(self.timers.remove(timer)),
            Event::Answered { .. } | Event::Decided { .. } | Event::Cancel => {}
        }
        Some(event)
    }

    /// Offsets of the plan count from now on.
    pub(super) fn depart(&mut self) {
        self.departed = self.now;
    }

    /// True where so many milliseconds are over since the departure.
    pub(super) fn is_over(&self, ms: u64) -> bool {
        self.departed.saturating_add(ms) <= self.now
    }

    pub(super) fn cancel_at(&mut self, ms: u64) {
        let moment = Moment { ms, kind: Kind::Cancel, begun: 0 };
        self.ahead.insert(moment, Event::Cancel);
    }

    /// Starts a job that ends as `ending` says if nothing stops it.
    pub(super) fn start(&mut self, launch: &Launch<'_>, behaviour: &Behaviour, ending: Ending) {
        let job = launch.job;
        let stops_in = if behaviour.ignores_term { launch.grace_ms } else { 0 };
        let by_itself = (!behaviour.hangs).then_some(behaviour.takes_ms);
        // What it printed before it was stopped was read.
        let timed_out = Ending { matched: ending.matched.clone(), ..Ending::of(Exit::TimedOut) };
        let (after, ending) = match (by_itself, launch.timeout_ms) {
            (Some(ms), Some(limit)) if ms > limit => {
                (Some(ms.min(limit.saturating_add(stops_in))), timed_out)
            }
            (None, Some(limit)) => (Some(limit.saturating_add(stops_in)), timed_out),
            (ms, _) => (ms, ending),
        };
        let late = launch.end_by_ms.map(|ms| self.departed.saturating_add(ms).saturating_sub(self.now));
        let (after, ending) = match late {
            Some(0) => (Some(0), ending),
            Some(left) if after.is_none_or(|ms| ms > left) => {
                let ms = after.unwrap_or(u64::MAX).min(left.saturating_add(stops_in));
                (Some(ms), Ending::of(Exit::Late))
            }
            _ => (after, ending),
        };
        let begun = self.begin();
        let ends = after.map(|ms| Moment { ms: self.now.saturating_add(ms), kind: Kind::End, begun });
        if let Some(moment) = ends {
            self.ahead.insert(moment, Event::Ended { job, ending });
        }
        self.jobs.insert(job, Running { ends, begun, stops_in });
    }

    /// Stops a job: it ends when it obeys, or is killed, or ended by itself before that.
    pub(super) fn stop(&mut self, job: Job) {
        let Some(running) = self.jobs.get_mut(&job) else { return };
        let stopped =
            Moment { ms: self.now.saturating_add(running.stops_in), kind: Kind::End, begun: running.begun };
        let ends = running.ends.map_or(stopped, |ends| ends.min(stopped));
        if let Some(before) = running.ends.replace(ends) {
            self.ahead.remove(&before);
        }
        self.ahead.insert(ends, Event::Ended { job, ending: Ending::of(Exit::Stopped) });
    }

    pub(super) fn set(&mut self, timer: Timer, ms: u64) {
        let kind = if timer == Timer::Deadline { Kind::Deadline } else { Kind::End };
        let moment = Moment { ms: self.now.saturating_add(ms), kind, begun: self.begin() };
        self.ahead.insert(moment, Event::Elapsed(timer));
        self.timers.insert(timer, moment);
    }

    /// Lets a timer elapse so many milliseconds after the departure, or now.
    pub(super) fn set_at(&mut self, timer: Timer, ms: u64) {
        let at = self.departed.saturating_add(ms);
        self.set(timer, at.saturating_sub(self.now));
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        if let Some(moment) = self.timers.remove(&timer) {
            self.ahead.remove(&moment);
        }
    }

    fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }
}
