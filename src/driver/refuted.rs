//! What is said of a refuted property, and where: both sides of it, in the rules.

use super::compile::Around;
use super::own_rules::StatedRule;
use crate::diagnostic::Diagnostic;
use crate::expr;
use crate::machine::{Machine, Record, StepId};
use crate::plan::ir::{Action, Source};
use crate::source::Location;
use crate::verify::{Property, Refutation, rules};

/// How many further steps are pointed at.
const SHOWN: usize = 3;

/// A finding, and the records of the run that shows it.
type Shown<'r, 'a> = (Diagnostic, &'r [Record<'a>]);

/// The findings for what refutes a property.
pub(super) fn refuted<'r, 'a>(
    machine: &Machine<'a>,
    around: &mut Around<'_, '_>,
    own: &[&StatedRule],
    property: Property,
    found: &[&'r Refutation<'a>],
) -> Vec<Shown<'r, 'a>> {
    let mut teller = Teller { machine, around };
    match property {
        Property::TakenBack => teller.left_behind(found).into_iter().collect(),
        Property::Verified => teller.all_unverified(found),
        Property::Own(place) => {
            found.iter().map(|found| (teller.own(own[place], found), &*found.records)).collect()
        }
        _ => found.iter().map(|found| (teller.one(found), &*found.records)).collect(),
    }
}

struct Teller<'t, 'r, 'g, 'a> {
    machine: &'t Machine<'a>,
    around: &'t mut Around<'r, 'g>,
}

impl<'a> Teller<'_, '_, '_, 'a> {
    fn place(&mut self, source: &Source, key: &str) -> Location {
        self.around.places.location(&source.file, &format!("{}{key}", source.pointer))
    }

    /// Where a step is shown: at a key of it, else as a whole.
    fn step(&mut self, id: StepId, key: &str) -> Location {
        self.place(&self.machine.step(id).source, key)
    }

    /// Where a step is shown: at its name, else at its id or number.
    fn shown(&mut self, id: StepId) -> Location {
        let whole = self.step(id, "");
        let named = ["/name", "/id", "/step"].map(|key| self.step(id, key));
        named.into_iter().find(|place| *place != whole).unwrap_or(whole)
    }

    fn entry(&self) -> &'a str {
        &self.machine.plan().entry.id
    }

    fn name(&self, id: StepId) -> &'a str {
        &self.machine.step(id).id
    }

    fn one(&mut self, found: &Refutation<'a>) -> Diagnostic {
        match (found.flaw.property, found.flaw.steps.as_slice()) {
            (Property::Decidable, [step, rest @ ..]) => self.undecidable(*step, rest),
            (Property::Apart, [a, b]) => self.overlap(*a, *b),
            (Property::Alerted, [step, rest @ ..]) => self.silenced(*step, rest.first().copied()),
            _ => {
                let place = self.place(&self.machine.plan().entry.source, "/id");
                let message = format!("a run of `{}` need not come to an end", self.entry());
                Diagnostic::new(&rules::ENDLESS_RUN, place, message)
            }
        }
    }

    /// All that is left behind is one finding: what is missing is a way back.
    fn left_behind<'r>(&mut self, found: &[&'r Refutation<'a>]) -> Option<Shown<'r, 'a>> {
        let shortest = found.iter().min_by_key(|found| found.records.len())?;
        let first = *shortest.flaw.steps.first()?;
        let message = format!(
            "a run of `{}` can be broken off after `{}` has begun, and nothing takes that back",
            self.entry(),
            self.name(first)
        );
        let mut diagnostic = Diagnostic::new(&rules::CHANGE_LEFT_BEHIND, self.shown(first), message)
            .label("changes something")
            .help("give it an `undo`, name a `rollback_procedure`, or say why it is `irreversible`; a step that changes nothing is `read_only: true`");
        let others = found.iter().filter_map(|found| found.flaw.steps.first()).filter(|id| **id != first);
        for id in others.take(SHOWN) {
            diagnostic = diagnostic.related(self.shown(*id), "this is not taken back either");
        }
        let cause = shortest.records.iter().find_map(|record| match record {
            Record::BrokenOff { step, .. } => *step,
            _ => None,
        });
        if let Some(id) = cause.and_then(|cause| self.machine.find(cause)).filter(|id| *id != first) {
            diagnostic =
                diagnostic.related(self.step(id, "/on_failure"), "a failure here breaks the run off");
        }
        Some((diagnostic, &shortest.records))
    }

    /// What one run leaves unverified is one finding.
    fn all_unverified<'r>(&mut self, found: &[&'r Refutation<'a>]) -> Vec<Shown<'r, 'a>> {
        let mut shown: Vec<Shown<'r, 'a>> = Vec::new();
        for refutation in found {
            let Some(step) = refutation.flaw.steps.first() else { continue };
            match shown.iter_mut().find(|(_, records)| *records == &*refutation.records) {
                Some((diagnostic, _)) => {
                    let place = self.shown(*step);
                    *diagnostic = diagnostic.clone().related(place, "nor is what this starts");
                }
                None => shown.push((self.unverified(*step, refutation), &refutation.records)),
            }
        }
        shown
    }

    fn unverified(&mut self, id: StepId, found: &Refutation<'a>) -> Diagnostic {
        let name = self.name(id);
        let message = format!("`{}` can end well without `{name}` being verified", self.entry());
        let mut diagnostic =
            Diagnostic::new(&rules::UNVERIFIED_SERVICE, self.shown(id), message).label("starts a component");
        let remedy = found.records.iter().rev().find_map(|record| match record {
            Record::RemedyEnded { step, remedy, .. } if *step == name => Some(*remedy),
            _ => None,
        });
        let step = self.machine.step(id);
        let goes_on = step.remedies.iter().position(|it| it.then == crate::plan::ir::RemedyThen::Continue);
        let remedy = remedy.map(|number| number as usize - 1).or(goes_on);
        if let (Some(remedy), true) = (remedy, step.verify.is_some()) {
            let is_fallback = step.remedies.get(remedy).is_some_and(|it| it.fallback);
            let (key, what) = match is_fallback {
                true => ("/fallback".to_owned(), "this fallback goes past the verification"),
                false => (format!("/remedies/{remedy}"), "this remedy goes past the verification"),
            };
            diagnostic = diagnostic.related(self.step(id, &key), what);
        }
        diagnostic.help(match step.verify {
            Some(_) => "let the remedy say `then: retry`, or add a `read_only` step behind it that looks whether it is well",
            None => "give it a `verify`, or add a `read_only` step behind it that looks whether it is well",
        })
    }

    fn undecidable(&mut self, id: StepId, rest: &[StepId]) -> Diagnostic {
        let names = self.machine.when(id).map(expr::free_names).unwrap_or_default();
        let of = rest.first().map(|step| self.name(*step));
        let read = names.into_iter().find(|name| name.path.get(1).map(String::as_str) == of);
        let read = read.map_or_else(|| "an input".to_owned(), |name| format!("`{}`", name.path.join(".")));
        let message = format!("`when` of `{}` asks for {read}, which need not be there", self.name(id));
        let mut diagnostic = Diagnostic::new(&rules::UNDECIDABLE_WHEN, self.step(id, "/when"), message)
            .label("can't be decided");
        for step in rest {
            diagnostic = diagnostic.related(self.shown(*step), "this step need not have left it");
        }
        let help = match of {
            Some(step) => {
                format!("ask for `steps.{step}.status == \"ok\" &&` first, and let the step need `{step}`")
            }
            None => "give the input a default, or make it `required`".to_owned(),
        };
        diagnostic.help(help)
    }

    fn overlap(&mut self, a: StepId, b: StepId) -> Diagnostic {
        let (one, other) = (self.machine.step(a), self.machine.step(b));
        let (key, what) = match (&one.mutex, &one.action) {
            (Some(mutex), _) if other.mutex.as_ref() == Some(mutex) => {
                ("/mutex", format!("share the mutex `{mutex}`"))
            }
            (_, Action::File { path, .. }) => ("/file/path", format!("change `{path}`")),
            _ => ("", "must not overlap".to_owned()),
        };
        let message = format!("`{}` and `{}` can run at once, and both {what}", one.id, other.id);
        Diagnostic::new(&rules::OVERLAPPING_STEPS, self.step(a, key), message)
            .label("the one")
            .related(self.step(b, key), "the other")
            .help("let one need the other, or give both the same `mutex`")
    }

    fn silenced(&mut self, id: StepId, cause: Option<StepId>) -> Diagnostic {
        let name = self.name(id);
        let (by, place) = match cause {
            Some(cause) => {
                let place = self.step(cause, "/on_failure");
                (
                    format!("the failure of `{}`", self.name(cause)),
                    Some((place, "its failure breaks the run off")),
                )
            }
            None => {
                let place = self.place(&self.machine.plan().entry.source, "/timeout");
                ("the `timeout` of the run".to_owned(), Some((place, "this breaks the run off")))
            }
        };
        let message = format!("the alert that `{name}` failed can be cut off by {by}");
        let mut diagnostic = Diagnostic::new(&rules::SILENCED_ALERT, self.step(id, "/on_failure"), message)
            .label("asks for an alert");
        if let Some((place, words)) = place {
            diagnostic = diagnostic.related(place, words);
        }
        diagnostic.help("let the other step need this one, so that the alert is raised first")
    }

    fn own(&mut self, own: &StatedRule, found: &Refutation<'a>) -> Diagnostic {
        let place = self.around.graph.rules.location(own.at);
        let word = own.rule.holds.word();
        let message = format!("`{}` does not hold: a run of `{}` can break it", own.rule.id, self.entry());
        let mut diagnostic = Diagnostic::new(&rules::BROKEN_CONSTRAINT, place, message)
            .label(format!("{} here", if word == "always" { "is false" } else { "is true" }));
        diagnostic.level = own.level;
        let named: Vec<StepId> =
            own.rule.steps().iter().filter_map(|step| self.machine.find(step)).take(SHOWN).collect();
        if named.is_empty() {
            let entry = self.place(&self.machine.plan().entry.source, "/id");
            diagnostic = diagnostic.related(entry, "it is broken by a run of this");
        }
        for id in named {
            diagnostic = diagnostic.related(self.shown(id), "it speaks of this step");
        }
        let last = found.records.iter().rev().find_map(|record| match record {
            Record::BrokenOff { step, .. } => *step,
            _ => None,
        });
        if let Some(id) = last.and_then(|step| self.machine.find(step)) {
            diagnostic = diagnostic.related(self.step(id, "/on_failure"), "the run is broken off here");
        }
        diagnostic.help("change the steps so that no run comes there, or the constraint so that it may")
    }
}
