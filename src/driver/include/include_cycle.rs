//! # What
//!
//! Rule sets include one another in a circle, or one includes itself.
//!
//! # Why
//!
//! Neither can be read, versioned and changed without the other: they are one rule set in several folders. What two
//! share belongs into a third, which includes neither.
//!
//! # Bad
//!
//! ```yaml L5-bake.yaml
//! include: [library]
//! procedures: []
//! ```
//!
//! ```toml library/rulec.toml
//! name = "library"
//! ```
//!
//! ```yaml library/L5-ovens.yaml
//! include: [..]
//! actions:
//!   heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! include: [library]
//! procedures: []
//! ```
//!
//! ```toml library/rulec.toml
//! name = "library"
//! ```
//!
//! ```yaml library/L5-ovens.yaml
//! actions:
//!   heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
//! ```

use super::{Ask, Unit};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `include-cycle`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "include-cycle",
    code: "R0401",
    level: Level::Error,
    summary: "rule sets include one another",
    source: include_str!("include_cycle.rs"),
};

/// A finding for each circle that is closed on the way from the first unit, in order of that way.
pub(super) fn find(units: &[Unit]) -> Vec<Diagnostic> {
    let mut walk =
        Walk { units, stands: vec![Stands::Unseen; units.len()], way: Vec::new(), found: Vec::new() };
    walk.visit(0);
    walk.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Unseen,
    /// On the way, behind so many others.
    OnTheWay(usize),
    Done,
}

struct Walk<'a> {
    units: &'a [Unit],
    stands: Vec<Stands>,
    /// What was asked for on the way from the first unit.
    way: Vec<&'a Ask>,
    found: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn visit(&mut self, unit: usize) {
        self.stands[unit] = Stands::OnTheWay(self.way.len());
        for ask in &self.units[unit].asks {
            self.way.push(ask);
            match self.stands[ask.unit] {
                Stands::Unseen => self.visit(ask.unit),
                Stands::OnTheWay(depth) => self.found.push(finding(self.units, &self.way[depth..])),
                Stands::Done => {}
            }
            self.way.pop();
        }
        self.stands[unit] = Stands::Done;
    }
}

fn finding(units: &[Unit], circle: &[&Ask]) -> Diagnostic {
    let name = |ask: &Ask| {
        let place = &units[ask.unit].place;
        format!("`{}`", place.file_name().unwrap_or(place.as_str()))
    };
    let last = circle.last().expect("a circle has an edge");
    let mut names = vec![name(last)];
    names.extend(circle.iter().map(|ask| name(ask)));
    let message = match circle {
        [_] => format!("{} includes itself", names[0]),
        _ => format!("rule sets include one another: {}", names.join(" -> ")),
    };
    let help = "put what they share into a rule set that includes neither, or leave one of these out";
    let finding = Diagnostic::new(&RULE, circle[0].at, message).help(help);
    circle[1..].iter().fold(finding, |finding, ask| finding.related(ask.at, "and so back"))
}
