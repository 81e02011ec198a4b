//! Walking through a tree.

use std::ops::Range;

use super::{Chain, Command, CommandKind, List, Pipeline, Redirect, Simple, Word};

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// True where its exit code is looked at: it ends its pipeline and all around it.
    pub decides: bool,
    /// True where a pipe or a redirection may give it something to read.
    pub is_fed: bool,
    /// True where it is in a pipeline of several commands.
    pub is_piped: bool,
}

impl List {
    /// Visits every simple command, also those in functions and substitutions, in order of the source but for
    /// substitutions, which come after the command that they stand in.
    pub fn each_simple<'a>(&'a self, visit: &mut dyn FnMut(&'a Simple)) {
        self.each(&mut |command, _| {
            if let CommandKind::Simple(simple) = &command.kind {
                visit(simple);
            }
        });
    }

    /// Visits every simple command whose exit code is looked at: not those whose output alone matters, on the
    /// left of a pipe or in a substitution.
    pub fn each_deciding<'a>(&'a self, visit: &mut dyn FnMut(&'a Simple)) {
        self.walk(START, &mut |command, place| {
            if let (CommandKind::Simple(simple), true) = (&command.kind, place.decides) {
                visit(simple);
            }
        });
    }

    /// Visits every command, also those in functions and substitutions, in the order of [`List::each_simple`].
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Command, Place)) {
        self.walk(START, &mut |command, place| {
            visit(command, place);
            for inner in command.substitutions() {
                inner.each(&mut |command, inside| {
                    let is_fed = inside.is_fed || place.is_fed;
                    visit(command, Place { decides: false, is_fed, ..inside });
                });
            }
        });
    }

    /// Visits this list and every one in it, those in substitutions too.
    pub fn each_list<'a>(&'a self, visit: &mut dyn FnMut(&'a List)) {
        visit(self);
        let pipelines = self.items.iter().flat_map(|item| item.chain.pipelines());
        for command in pipelines.flat_map(|pipeline| &pipeline.commands) {
            command.lists(visit);
        }
    }

    fn walk<'a>(&'a self, place: Place, visit: &mut dyn FnMut(&'a Command, Place)) {
        for item in &self.items {
            for pipeline in item.chain.pipelines() {
                let count = pipeline.commands.len();
                for (position, command) in pipeline.commands.iter().enumerate() {
                    let place = Place {
                        decides: place.decides && position + 1 == count,
                        is_fed: place.is_fed || position > 0,
                        is_piped: place.is_piped || count > 1,
                    };
                    command.walk(place, visit);
                }
            }
        }
    }
}

impl Chain {
    /// Its pipelines, in order of the source.
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|link| &link.pipeline))
    }
}

/// Where a whole text stands.
const START: Place = Place { decides: true, is_fed: false, is_piped: false };

impl Command {
    /// A command, with what its words tell of it.
    pub(super) fn new(kind: CommandKind, redirects: Vec<Redirect>, at: Range<usize>) -> Self {
        let mut command = Self { kind, redirects, at, substitutes: false };
        let substitutes = command.words().any(|word| word.substitutions().next().is_some());
        command.substitutes = substitutes;
        command
    }

    /// The commands whose output is a part of its words.
    fn substitutions(&self) -> impl Iterator<Item = &List> {
        let words = self.substitutes.then(|| self.words()).into_iter().flatten();
        words.flat_map(Word::substitutions)
    }

    /// The program and its arguments, where it is that.
    #[must_use]
    pub fn as_simple(&self) -> Option<&Simple> {
        match &self.kind {
            CommandKind::Simple(simple) => Some(simple),
            _ => None,
        }
    }

    /// The words of it that are not those of a command in it.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        let (assignments, words): (&[Word], &[Word]) = match &self.kind {
            CommandKind::Simple(simple) => (&simple.assignments, &simple.words),
            CommandKind::For(each) => (&[], &each.words),
            CommandKind::Case(subject, _) => (std::slice::from_ref(subject), &[]),
            _ => (&[], &[]),
        };
        assignments.iter().chain(words).chain(self.redirects.iter().map(|redirect| &redirect.target))
    }

    fn lists<'a>(&'a self, visit: &mut dyn FnMut(&'a List)) {
        match &self.kind {
            CommandKind::Group(list) | CommandKind::Subshell(list) => list.each_list(visit),
            CommandKind::For(each) => each.body.each_list(visit),
            CommandKind::If(arms, otherwise) => {
                let arms = arms.iter().flat_map(|(condition, body)| [condition, body]);
                arms.chain(otherwise).for_each(|list| list.each_list(visit));
            }
            CommandKind::While(condition, body) => {
                condition.each_list(visit);
                body.each_list(visit);
            }
            CommandKind::Case(_, bodies) => bodies.iter().for_each(|body| body.each_list(visit)),
            CommandKind::Function(_, body) => body.lists(visit),
            CommandKind::Simple(_) | CommandKind::DoubleBracket => {}
        }
        self.substitutions().for_each(|list| list.each_list(visit));
    }

    fn walk<'a>(&'a self, place: Place, visit: &mut dyn FnMut(&'a Command, Place)) {
        let place = Place { is_fed: place.is_fed || self.redirects.iter().any(Redirect::is_input), ..place };
        visit(self, place);
        match &self.kind {
            CommandKind::Group(list) | CommandKind::Subshell(list) => list.walk(place, visit),
            CommandKind::For(each) => each.body.walk(place, visit),
            CommandKind::If(arms, otherwise) => {
                for (condition, body) in arms {
                    condition.walk(place, visit);
                    body.walk(place, visit);
                }
                if let Some(list) = otherwise {
                    list.walk(place, visit);
                }
            }
            CommandKind::While(condition, body) => {
                condition.walk(place, visit);
                body.walk(place, visit);
            }
            CommandKind::Case(_, bodies) => bodies.iter().for_each(|body| body.walk(place, visit)),
            // Whoever calls it may give it something to read.
            CommandKind::Function(_, body) => body.walk(Place { is_fed: true, ..place }, visit),
            CommandKind::Simple(_) | CommandKind::DoubleBracket => {}
        }
    }
}
