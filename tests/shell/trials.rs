//! Random plans in random worlds, run for real and by the simulator.
//!
//! `RULEC_CASES=N` runs so many of them instead of a few, each under one shell, and `RULEC_SEED=S` other ones.
//! The same numbers give the same trials.

use std::time::{Duration, Instant};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::bench::installed;
use super::stage::{agrees, all_at_once, can_be_told, not_held};
use crate::support::trials::{Trial, trial};

/// Few enough for each run of the tests.
const CASES: u64 = 24;

/// How long a trial that failed is made smaller.
const SHRINKING: Duration = Duration::from_secs(120);

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// Runs a trial under a shell; one that fails is made as small as time allows.
fn hold(seed: u64, number: u64, shell: &'static str) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut tree = trial().new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).unwrap();
    let check = |Trial { plan, world }: &Trial| {
        assert_eq!(not_held(plan), [""; 0]);
        assert!(can_be_told(plan, world));
        agrees(shell, plan, world, &world.play(plan).lines)
    };
    let Err(mut fault) = check(&tree.current()) else { return Ok(()) };
    let begun = Instant::now();
    let mut is_smaller = tree.simplify();
    while is_smaller && begun.elapsed() < SHRINKING {
        is_smaller = match check(&tree.current()) {
            Err(smaller) => {
                fault = smaller;
                tree.simplify()
            }
            Ok(()) => tree.complicate(),
        };
    }
    Err(format!("trial {number} of RULEC_SEED={seed}\n{fault}"))
}

#[test]
fn scripts_do_what_the_machine_does() {
    let (cases, seed) = (number("RULEC_CASES", CASES), number("RULEC_SEED", 0));
    let shells = installed();
    let trials = (0..cases).zip(shells.iter().cycle()).collect();
    let faults = all_at_once(trials, |(number, shell)| hold(seed, number, shell));
    assert!(faults.is_empty(), "{} of {cases} trials\n{}", faults.len(), faults.join("\n"));
}
