//! Findings for people: what is wrong, with the lines of every file that has to do with it.
//!
//! Draws with miette, one finding at a time, from an [`Excerpt`] that holds all its snippets. The wording is
//! that of the findings.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, ThemeCharacters, ThemeStyles};

use super::excerpt::{Excerpt, Mark};
use super::story::{MOST_RELATED, help, unseen};
use super::{Characters, Color, ReportInput, Style, visible};
use crate::diagnostic::{Diagnostic, Label, Level};

/// The narrowest and the widest that a report gets: no narrower is readable, and no wider.
const WIDTHS: (usize, usize) = (40, 120);

/// Room for line number and frame beside a line of source.
const GUTTER: usize = 10;

pub(super) fn render(input: &ReportInput<'_>, style: Style) -> String {
    let style = Style { width: style.width.clamp(WIDTHS.0, WIDTHS.1), ..style };
    let mut out = String::new();
    for found in input.findings {
        render_one(&mut out, input, found, style);
        out.push('\n');
    }
    out
}

fn render_one(out: &mut String, input: &ReportInput<'_>, found: &Diagnostic, style: Style) {
    let labels: Vec<&Label> =
        std::iter::once(&found.primary).chain(found.related.iter().take(MOST_RELATED)).collect();
    let cut = match style.characters {
        Characters::Ascii => "...",
        Characters::Unicode => "…",
    };
    let view = View {
        found,
        excerpt: Excerpt::new(input.sources, &labels, style.width - GUTTER, cut),
        words: labels.iter().map(|label| label.text.as_str()).collect(),
        width: style.width,
    };
    let handler = GraphicalReportHandler::new_themed(theme(&view, style))
        .with_width(style.width)
        .with_links(false)
        .without_syntax_highlighting();
    handler.render_report(out, &view).expect("an excerpt holds the lines of all its marks");
    if let Some(unseen) = unseen(found) {
        out.push_str(&format!("  {unseen}\n"));
    }
}

/// One finding as miette wants to see it.
#[derive(Debug)]
struct View<'a> {
    found: &'a Diagnostic,
    excerpt: Excerpt,
    words: Vec<&'a str>,
    width: usize,
}

impl View<'_> {
    /// The words at a place, in lines that fit beside it.
    fn words(&self, mark: &Mark, words: &str) -> Option<String> {
        let words = visible(words);
        let words = match mark.up_to {
            Some(line) if words.is_empty() => format!("up to line {line}"),
            Some(line) => format!("{words} (up to line {line})"),
            None if words.is_empty() => return None,
            None => words.into_owned(),
        };
        let middle = mark.indent + (mark.end - mark.start) / 2;
        Some(wrap(&words, self.width.saturating_sub(GUTTER + middle + 4).max(WIDTHS.0 / 2)))
    }
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.found.message))
    }
}

impl std::error::Error for View<'_> {}

impl miette::Diagnostic for View<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let rule = self.found.rule;
        Some(Box::new(format!("{}[{}] {}", self.found.level, rule.id, rule.code)))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.found.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note | Level::Off => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(visible(help(self.found)?)))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.marks.iter().zip(&self.words).enumerate().map(
            |(index, (mark, words))| {
                let (words, span) = (self.words(mark, words), mark.start..mark.end);
                match index {
                    0 => LabeledSpan::new_primary_with_span(words, span),
                    _ => LabeledSpan::new_with_span(words, span),
                }
            },
        )))
    }
}

/// Line breaks at spaces. A word that is longer than the line stays whole.
#[must_use]
pub fn wrap(words: &str, width: usize) -> String {
    let (mut text, mut column) = (String::with_capacity(words.len()), 0);
    for word in words.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

/// The primary place has the colour of the level, the others share one that no level has.
fn theme(view: &View<'_>, style: Style) -> GraphicalTheme {
    let characters = match style.characters {
        Characters::Ascii => ThemeCharacters::ascii(),
        Characters::Unicode => ThemeCharacters::unicode(),
    };
    let mut styles = match style.color {
        Color::Off => ThemeStyles::none(),
        Color::On => ThemeStyles::ansi(),
    };
    let primary = match view.found.level {
        Level::Error => styles.error,
        Level::Warning => styles.warning,
        Level::Note | Level::Off => styles.advice,
    };
    let other = styles.highlights[0];
    // miette sorts the places before it hands out the colours.
    let mut order: Vec<_> =
        view.excerpt.marks.iter().enumerate().map(|(index, mark)| (mark.start, index)).collect();
    order.sort_unstable();
    styles.highlights = order.iter().map(|&(_, index)| if index == 0 { primary } else { other }).collect();
    GraphicalTheme { characters, styles }
}
