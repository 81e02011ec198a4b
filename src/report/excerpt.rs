//! The few lines of the sources that a finding is about, made fit to show.
//!
//! Takes the places of one finding, gives a small text that a renderer can print as it is: lines that belong
//! together, whichever files they come from; long lines cut to a window around the places; tabs expanded and
//! invisible characters spelled out. Knows where in that text each place has gone. Its cost depends on what
//! is shown, not on the size of the file.

mod window;

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::place::meant;
use super::visible::visible;
use crate::diagnostic::Label;
use crate::source::{Position, Source, Sources, Span};

/// Lines shown before and after each place.
const CONTEXT: u32 = 1;

/// A place of more lines is shown by its first one.
const MOST_LINES: u32 = 6;

/// What is shown of the sources.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    blocks: Vec<Block>,
    /// The places, in the order in which they were given.
    pub(super) marks: Vec<Mark>,
}

/// Lines that stand together, of one file.
#[derive(Debug)]
struct Block {
    path: String,
    text: Range<usize>,
    first_line: u32,
}

/// Where a place has gone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// The bytes of the excerpt.
    pub(super) start: usize,
    /// The byte of the excerpt after the last.
    pub(super) end: usize,
    /// Columns before it in its line of the excerpt.
    pub(super) indent: usize,
    /// Line and column in the file.
    pub(super) position: Position,
    /// The last line of a place whose first one only is shown.
    pub(super) up_to: Option<u32>,
}

/// A place, cut to what is shown of it.
struct Shown<'a> {
    source: &'a Source,
    span: Span,
    first: Position,
    last_line: u32,
    up_to: Option<u32>,
}

impl Excerpt {
    /// The lines of some places, those of the first place first, in lines of about `width` columns that end
    /// with `cut` where they are cut.
    pub(super) fn new(sources: &Sources, labels: &[&Label], width: usize, cut: &str) -> Self {
        let shown: Vec<_> = labels.iter().map(|label| shown(sources, label)).collect();
        let mark =
            Mark { start: 0, end: 0, indent: 0, position: Position { line: 1, column: 1 }, up_to: None };
        let mut excerpt = Self { text: String::new(), blocks: Vec::new(), marks: vec![mark; shown.len()] };
        for group in groups(labels, &shown) {
            excerpt.push_block(&shown, &group, width, cut);
        }
        excerpt
    }

    fn push_block(&mut self, shown: &[Shown<'_>], group: &[usize], width: usize, cut: &str) {
        let source = shown[group[0]].source;
        let (lines, text) = (source.lines(), &source.text);
        let first = group.iter().map(|&index| shown[index].first.line).min().unwrap_or(1);
        let last = group.iter().map(|&index| shown[index].last_line).max().unwrap_or(1);
        let first = first.saturating_sub(CONTEXT).max(1);
        // The empty line after a last line break says nothing, unless it is the place itself.
        let is_said = |line: u32| lines.start(line).is_some_and(|start| (start as usize) < text.len());
        let last = (last + 1..=last + CONTEXT).filter(|&line| is_said(line)).max().unwrap_or(last);

        let start = self.text.len();
        for line in first..=last {
            let bytes = line_bytes(source, line);
            let here = |index: usize| {
                let place = &shown[index];
                let [start, end] = [place.span.start, place.span.end].map(|offset| offset as usize);
                let starts = place.first.line == line;
                let ends = place.last_line == line;
                (starts || ends).then(|| {
                    let start = if starts { start } else { bytes.start };
                    (index, start..if ends { end } else { start })
                })
            };
            let places: Vec<_> = group.iter().filter_map(|&index| here(index)).collect();
            let wanted: Vec<_> = places.iter().map(|(_, range)| range.clone()).collect();
            let row = window::cut(text, bytes, &wanted, width, cut);
            for (index, range) in places {
                let mark = &mut self.marks[index];
                let place = &shown[index];
                if place.first.line == line {
                    let column = row.start_of(range.start);
                    mark.start = self.text.len() + column;
                    mark.indent = row.columns_before(column);
                    mark.position = place.first;
                    mark.up_to = place.up_to;
                }
                if place.last_line == line {
                    mark.end = (self.text.len() + row.end_of(range.end)).max(mark.start);
                }
            }
            self.text.push_str(&row.text);
            self.text.push('\n');
        }
        let path = visible(&source.path).into_owned();
        self.blocks.push(Block { path, text: start..self.text.len(), first_line: first });
    }
}

fn shown<'a>(sources: &'a Sources, label: &Label) -> Shown<'a> {
    let source = sources.get(label.location.file);
    let (lines, text) = (source.lines(), &source.text);
    let Range { start, end } = meant(source, label.location.span).range();
    let first = lines.position(text, start as u32);
    let last = lines.position(text, end as u32).line;
    let (end, last_line, up_to) = if last - first.line < MOST_LINES {
        (end, last, None)
    } else {
        (line_bytes(source, first.line).end, first.line, Some(last))
    };
    Shown { source, span: Span::new(start as u32, end.max(start) as u32), first, last_line, up_to }
}

/// The bytes of a line, without its break and without a byte order mark.
fn line_bytes(source: &Source, line: u32) -> Range<usize> {
    let (lines, text) = (source.lines(), &source.text);
    let start = lines.start(line).map_or(text.len(), |start| start as usize);
    let end = match lines.start(line + 1) {
        Some(next) => {
            let end = next as usize - 1;
            if text[start..end].ends_with('\r') { end - 1 } else { end }
        }
        None => text.len(),
    };
    let mark = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    start + mark..end.max(start + mark)
}

/// Which places are shown together: those of one file whose lines, with context, touch. In the order of the
/// first place of each.
fn groups(labels: &[&Label], shown: &[Shown<'_>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..shown.len()).collect();
    order.sort_by_key(|&index| (labels[index].location.file, shown[index].first.line, index));
    let mut groups: Vec<(u32, Vec<usize>)> = Vec::new();
    for index in order {
        let file = labels[index].location.file;
        match groups.last_mut() {
            Some((last_line, group))
                if labels[group[0]].location.file == file
                    && shown[index].first.line <= *last_line + 2 * CONTEXT + 1 =>
            {
                *last_line = shown[index].last_line.max(*last_line);
                group.push(index);
            }
            _ => groups.push((shown[index].last_line, vec![index])),
        }
    }
    let mut groups: Vec<_> = groups.into_iter().map(|(_, group)| group).collect();
    groups.sort_by_key(|group| group.iter().min().copied());
    groups
}

impl SourceCode for Excerpt {
    /// With context, the whole block: it holds exactly the context that was chosen. Without, the place alone,
    /// which the renderer asks for to print its line and column.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let block = self
            .blocks
            .iter()
            .find(|block| block.text.start <= start && end <= block.text.end && start < block.text.end)
            .ok_or(MietteError::OutOfBounds)?;
        let (bytes, line, column) = if before > 0 {
            (block.text.clone(), block.first_line, 1)
        } else {
            let mark = self.marks.iter().find(|mark| mark.start == start).ok_or(MietteError::OutOfBounds)?;
            (start..end, mark.position.line, mark.position.column)
        };
        let text = &self.text[bytes.clone()];
        Ok(Box::new(MietteSpanContents::new_named(
            block.path.clone(),
            text.as_bytes(),
            SourceSpan::from(bytes),
            line as usize - 1,
            column as usize - 1,
            text.matches('\n').count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Location;

    fn excerpt(text: &str, spans: &[Span]) -> Excerpt {
        let mut sources = Sources::default();
        let file = sources.add(Source::new("a.json", text));
        let labels: Vec<_> = spans
            .iter()
            .map(|&span| Label { location: Location { file, span }, text: String::new() })
            .collect();
        Excerpt::new(&sources, &labels.iter().collect::<Vec<_>>(), 60, "…")
    }

    #[test]
    fn shows_little_of_a_long_line() {
        let text = format!("[{}", "\"0123456789\",".repeat(500_000));
        let middle = text.len() as u32 / 2;
        let found = excerpt(&text, &[Span::new(middle, middle + 3), Span::new(20, 25)]);
        assert!(found.text.len() < 150, "{}", found.text);
        for (mark, span) in found.marks.iter().zip([middle, 20]) {
            assert_eq!(found.text[mark.start..mark.start + 3], text[span as usize..span as usize + 3]);
        }
        assert_eq!(found.marks[0].position.column, middle + 1);
    }

    #[test]
    fn marks_stay_on_their_text() {
        let text = "\u{feff}a\t\u{1b}b\r\nsecond é漢\r\n";
        for (span, shown) in
            [((5, 6), "<U+001B>"), ((6, 7), "b"), ((0, 4), "a"), ((16, 18), "é"), ((17, 18), "é")]
        {
            let found = excerpt(text, &[Span::new(span.0, span.1)]);
            let mark = found.marks[0];
            assert_eq!(&found.text[mark.start..mark.end], shown, "{span:?} of {:?}", found.text);
        }
        assert_eq!(excerpt(text, &[Span::at(0)]).text, "a   <U+001B>b\nsecond é漢\n");
    }

    #[test]
    fn any_place_can_be_shown() {
        for text in ["", "\n", "\u{feff}", "a", "a\n", "a\r\n\r\nb", "é\tb\n\n漢字\u{200b}", "\r"] {
            let end = text.len() as u32 + 2;
            for (start, stop) in (0..=end).flat_map(|start| (start..=end).map(move |stop| (start, stop))) {
                let found = excerpt(text, &[Span::new(start, stop), Span::at(stop)]);
                for mark in &found.marks {
                    assert!(found.text.is_char_boundary(mark.start) && found.text.is_char_boundary(mark.end));
                    assert!(mark.start <= mark.end && mark.end < found.text.len());
                    let span = SourceSpan::from(mark.start..mark.end);
                    found.read_span(&span, 1, 1).expect("a mark lies in a block");
                    found.read_span(&span, 0, 0).expect("a mark has a position");
                }
            }
        }
    }

    #[test]
    fn places_far_apart_or_in_other_files_get_blocks_of_their_own() {
        let text = (1..=40).map(|line| format!("line {line}\n")).collect::<String>();
        let at = |line: usize| Span::at(text.find(&format!("line {line}\n")).expect("there") as u32);
        let found = excerpt(&text, &[at(30), at(3), at(6)]);
        let blocks: Vec<_> =
            found.blocks.iter().map(|block| (block.first_line, &found.text[block.text.clone()])).collect();
        assert_eq!(blocks[0], (29, "line 29\nline 30\nline 31\n"));
        assert_eq!(blocks[1], (2, "line 2\nline 3\nline 4\nline 5\nline 6\nline 7\n"));
    }
}
