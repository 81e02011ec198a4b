//! One line of a source, cut to what is to be seen of it.

use std::ops::Range;

use super::super::visible::{columns, push_visible};

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// The fewest columns that a place in a crowded line gets.
const LEAST: usize = 20;

/// A line as it is shown.
#[derive(Debug)]
pub(super) struct Row {
    /// The text, without a line break.
    pub(super) text: String,
    /// Offsets of characters in the source, with where they start in `text` and at which column.
    map: Vec<(usize, usize, usize)>,
}

impl Row {
    /// Where a place that starts at an offset of the source starts in the text.
    pub(super) fn start_of(&self, offset: usize) -> usize {
        let index = self.map.partition_point(|&(from, ..)| from < offset);
        self.map.get(index).or(self.map.last()).map_or(0, |&(_, to, _)| to)
    }

    /// Where a place that ends at an offset of the source ends in the text.
    pub(super) fn end_of(&self, offset: usize) -> usize {
        let index = self.map.partition_point(|&(from, ..)| from <= offset);
        index.checked_sub(1).map_or(0, |index| self.map[index].1)
    }

    /// About how many columns precede a place in the text.
    pub(super) fn columns_before(&self, start: usize) -> usize {
        let index = self.map.partition_point(|&(_, to, _)| to < start);
        self.map.get(index).map_or(0, |&(.., column)| column)
    }
}

/// Shows a line of `text`: whole where it fits into about `width` columns, else the parts around the places
/// that are `wanted`, with `mark` where something is left out.
pub(super) fn cut(text: &str, line: Range<usize>, wanted: &[Range<usize>], width: usize, mark: &str) -> Row {
    let mut row = Row { text: String::new(), map: Vec::new() };
    let mut column = 0;
    let parts = parts(text, &line, wanted, width);
    let mut shown = line.start;
    for part in parts {
        if part.start > shown {
            row.text.push_str(mark);
            column += mark.chars().count();
        }
        let start = column;
        let mut before = None;
        for (at, c) in text[part.clone()].char_indices() {
            row.map.push((part.start + at, row.text.len(), column));
            if c == '\t' {
                let stop = TAB - (column - start) % TAB;
                row.text.extend(std::iter::repeat_n(' ', stop));
                column += stop;
            } else {
                push_visible(&mut row.text, c, before);
                column += columns(c, before);
            }
            before = Some(c);
        }
        row.map.push((part.end, row.text.len(), column));
        shown = part.end;
    }
    if shown < line.end {
        row.text.push_str(mark);
    }
    row
}

/// The parts of a line that are shown, in order, apart from each other.
fn parts(text: &str, line: &Range<usize>, wanted: &[Range<usize>], width: usize) -> Vec<Range<usize>> {
    let (reach, _) = forward(text, line.clone(), width);
    let head = line.start..reach;
    if reach == line.end || wanted.iter().all(|place| place.end <= reach) {
        return vec![head];
    }
    let each = (width / wanted.len()).max(LEAST);
    let mut parts: Vec<_> = wanted.iter().map(|place| around(text, line, place, each)).collect();
    parts.sort_by_key(|part| (part.start, part.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            // What is left out should be worth its mark.
            Some(last) if part.start <= last.end + 4 => last.end = last.end.max(part.end),
            _ => joined.push(part),
        }
    }
    joined
}

/// A place with what stands around it, in so many columns: a third of the rest before it, unless the line
/// ends there.
fn around(text: &str, line: &Range<usize>, place: &Range<usize>, width: usize) -> Range<usize> {
    let clamp = |offset: usize| offset.clamp(line.start, line.end);
    let (start, end) = (clamp(place.start), clamp(place.end));
    let (end, used) = forward(text, start..end, width);
    let rest = width - used;
    let (from, before) = backward(text, line.start..start, rest / 3);
    let (to, after) = forward(text, end..line.end, rest - before);
    let (from, _) = backward(text, line.start..from, rest - before - after);
    from..to
}

/// As far as so many columns reach, and how many were used.
fn forward(text: &str, range: Range<usize>, width: usize) -> (usize, usize) {
    let (mut used, mut before) = (0, None);
    for (at, c) in text[range.clone()].char_indices() {
        let more = columns(c, before);
        if used + more > width {
            return (range.start + at, used);
        }
        used += more;
        before = Some(c);
    }
    (range.end, used)
}

fn backward(text: &str, range: Range<usize>, width: usize) -> (usize, usize) {
    let mut used = 0;
    for (at, c) in text[range.clone()].char_indices().rev() {
        let more = columns(c, None);
        if used + more > width {
            return (range.start + at + c.len_utf8(), used);
        }
        used += more;
    }
    (range.start, used)
}
