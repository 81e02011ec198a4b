//! What steps share while they run, as one kind of thing: a mutex is a pool of one unit, a resource one of as many
//! as it has.
//!
//! Takes the steps of a plan and its resources, and gives the pools in order of their first use, with what each step
//! claims of them. Whoever schedules steps lets one start where all that it claims is left, and takes it until the
//! step is over.

use std::collections::BTreeMap;

use super::ir::{Resource, Step};

/// The pools of a list of steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pools<'a> {
    /// The pools, in order of their first use.
    pub all: Vec<Pool<'a>>,
    claims: Vec<Vec<Claim>>,
}

/// So many units of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool<'a> {
    /// What it is.
    pub of: Shared<'a>,
    /// How many units there are; 0 of a resource that nobody declared.
    pub units: u64,
}

/// What a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared<'a> {
    /// A mutex, by its name.
    Mutex(&'a str),
    /// A resource, by its name.
    Resource(&'a str),
}

/// What a step takes of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The place of the pool in [`Pools::all`].
    pub pool: usize,
    /// How many units.
    pub units: u64,
}

impl<'a> Pools<'a> {
    /// The pools that steps claim.
    #[must_use]
    pub fn of(steps: &'a [Step], resources: &BTreeMap<String, Resource>) -> Self {
        let mut numbers: BTreeMap<Shared<'a>, usize> = BTreeMap::new();
        let mut all = Vec::new();
        let mut claim = |of: Shared<'a>, units: u32| {
            let pool = *numbers.entry(of).or_insert_with(|| {
                let units = match of {
                    Shared::Mutex(_) => 1,
                    Shared::Resource(name) => resources.get(name).map_or(0, |it| u64::from(it.capacity)),
                };
                all.push(Pool { of, units });
                all.len() - 1
            });
            Claim { pool, units: u64::from(units) }
        };
        let claims = steps.iter().map(|step| {
            let mutex = step.mutex.iter().map(|name| (Shared::Mutex(name), 1));
            let taken = step.resources.iter().map(|(name, units)| (Shared::Resource(name), *units));
            mutex.chain(taken).map(|(of, units)| claim(of, units)).collect()
        });
        let claims = claims.collect();
        Self { all, claims }
    }

    /// What a step claims, by its place.
    #[must_use]
    pub fn claims(&self, step: usize) -> &[Claim] {
        self.claims.get(step).map_or(&[], Vec::as_slice)
    }

    /// The first step that claims more of a pool than there is, and what it claims.
    #[must_use]
    pub fn unmet(&self) -> Option<(usize, Claim)> {
        let claims = self.claims.iter().enumerate();
        let mut each = claims.flat_map(|(step, claims)| claims.iter().map(move |claim| (step, *claim)));
        each.find(|(_, claim)| claim.units > self.all[claim.pool].units)
    }
}
