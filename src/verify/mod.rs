//! Proves or refutes what a plan promises, over every combination of outcomes.
//!
//! Takes a [`Machine`], whose transitions are the only meaning there is, and a [`Question`], and gives a [`Proof`]:
//! each property proved, refuted with a shortest counterexample, or not decided because there are more states than may be
//! explored. What is said of a refutation, and where, is left to others.
//!
//! Everything that may happen does, on some path: jobs succeed, fail with each exit code that anything tells
//! apart, and time out where they may; people confirm or don't; gates are passed or not; somebody cancels, or the
//! time of the run is up, at any moment (see `outcomes` and `values`). Two things are taken for granted: a job without
//! a timeout comes to an end, and a `when` is decided before anything else happens. States that
//! nothing can tell apart are explored once (see `explore`, `lens` and `clip`); [`brute_force`] explores them all, to hold
//! the one against the other.

mod clip;
mod counterexample;
mod explore;
mod lens;
mod outcomes;
mod own;
mod question;
pub mod rules;
mod store;
mod values;
mod watch;

use std::collections::BTreeSet;

use crate::machine::{Machine, Outcome, Record};
use crate::plan::Plan;

pub use explore::{ObservedEnd, ObservedStep};
pub use own::{Holds, OwnRule, scope};
pub use question::{MAX_STATES, Property, Question};
pub use watch::Flaw;

use explore::{Explored, Space, explore};
use lens::Lens;

/// What came of a question.
#[derive(Debug, Clone)]
pub struct Proof<'a> {
    /// How many states were explored.
    pub states: usize,
    /// False where there are more than may be explored: what is not refuted is then not decided.
    pub is_whole: bool,
    /// The ends that runs can have.
    pub ends: BTreeSet<ObservedEnd>,
    /// What refutes properties, in their order.
    pub refutations: Vec<Refutation<'a>>,
}

/// Why a property does not hold.
#[derive(Debug, Clone)]
pub struct Refutation<'a> {
    /// What is wrong.
    pub flaw: Flaw,
    /// What happens, up to where it shows; empty where that is too long for anybody to read.
    pub records: Vec<Record<'a>>,
}

/// What is known of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds on every path.
    Proved,
    /// There is a path on which it does not hold.
    Refuted,
    /// There were more states than may be explored.
    NotDecided,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::NotDecided => "not decided",
        }
    }
}

impl Proof<'_> {
    /// What is known of a property.
    #[must_use]
    pub fn verdict(&self, property: Property) -> Verdict {
        if self.refutations.iter().any(|found| found.flaw.property == property) {
            Verdict::Refuted
        } else if self.is_whole {
            Verdict::Proved
        } else {
            Verdict::NotDecided
        }
    }

    /// The outcomes that runs can have.
    #[must_use]
    pub fn outcomes(&self) -> BTreeSet<Outcome> {
        self.ends.iter().map(|end| end.outcome).collect()
    }
}

/// Explores all paths of a plan.
#[must_use]
pub fn verify<'a>(machine: &Machine<'a>, question: &Question) -> Proof<'a> {
    let clipped: Plan = clip::clipped(machine.plan());
    let small = Machine::new(&clipped).expect("a plan with fewer attempts has a meaning too");
    let lens = Lens::of(&small, question);
    let explored = explore(&mut Space::new(&small, question, Some(lens)));
    let whole = Space::new(machine, question, Some(Lens::of(machine, question)));
    proof(explored, |flaw, inputs, moves| counterexample::records(&whole, flaw, inputs, moves))
}

/// Explores all paths of a plan event by event, and takes nothing for the same that is not. It gives what
/// [`verify`] gives, for plans of a few steps.
#[must_use]
pub fn brute_force<'a>(machine: &Machine<'a>, question: &Question) -> Proof<'a> {
    let mut space = Space::new(machine, question, None);
    let explored = explore(&mut space);
    proof(explored, |flaw, inputs, moves| counterexample::records(&space, flaw, inputs, moves))
}

fn proof<'a>(
    explored: Explored,
    records: impl Fn(&Flaw, u32, &[explore::Move]) -> Vec<Record<'a>>,
) -> Proof<'a> {
    let Explored { states, is_whole, flaws, ends } = explored;
    let refutations = flaws.into_iter().map(|(flaw, (inputs, moves))| {
        let records = records(&flaw, inputs, &moves);
        Refutation { flaw, records }
    });
    Proof { states, is_whole, ends, refutations: refutations.collect() }
}
