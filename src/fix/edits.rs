//! Edits of one text, and which of them get on with one another.

use std::collections::BTreeMap;

use crate::diagnostic::Edit;
use crate::source::FileId;

/// What the bytes of a file become by some edits, which must be in order of place and must not overlap. What no
/// edit covers stays as it is, byte for byte.
///
/// # Panics
/// If the edits overlap, are out of order, or reach beyond the end.
#[must_use]
pub fn apply<'e>(bytes: &[u8], edits: impl IntoIterator<Item = &'e Edit>) -> Vec<u8> {
    let mut changed = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for Edit { span, text } in edits {
        changed.extend_from_slice(&bytes[at..span.start as usize]);
        changed.extend_from_slice(text.as_bytes());
        at = span.end as usize;
    }
    changed.extend_from_slice(&bytes[at..]);
    changed
}

/// Where an offset comes to stand by some edits in order of place: what is replaced moves to where its
/// replacement starts.
#[must_use]
pub fn moved<'e>(offset: u32, edits: impl IntoIterator<Item = &'e Edit>) -> u32 {
    let mut shift = 0_i64;
    for Edit { span, text } in edits {
        if span.start >= offset {
            break;
        }
        if offset < span.end {
            return (i64::from(span.start) + shift) as u32;
        }
        shift += text.len() as i64 - i64::from(span.len());
    }
    (i64::from(offset) + shift) as u32
}

/// Which of several changes, each of one file, can be made together: of those that overlap or touch, the first
/// wins. Gives their positions, in order.
#[must_use]
pub fn compatible<'e>(changes: impl IntoIterator<Item = (FileId, &'e [Edit])>) -> Vec<usize> {
    let mut taken: BTreeMap<(FileId, u32), u32> = BTreeMap::new();
    let mut chosen = Vec::new();
    for (position, (file, edits)) in changes.into_iter().enumerate() {
        let is_free = edits.iter().all(|Edit { span, .. }| {
            let before = taken.range((file, 0)..=(file, span.end)).next_back();
            before.is_none_or(|(_, end)| *end < span.start)
        });
        let is_sound = edits.windows(2).all(|pair| pair[0].span.end < pair[1].span.start);
        if is_free && is_sound && !edits.is_empty() {
            taken.extend(edits.iter().map(|edit| ((file, edit.span.start), edit.span.end)));
            chosen.push(position);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn changes_what_edits_cover_and_nothing_else() {
        let edits = [edit(0, 0, "<"), edit(2, 4, "X"), edit(6, 6, ">")];
        assert_eq!(apply(b"abcd\xff\r\n", &edits), b"<abX\xff\r>\n");
        let places: Vec<_> = (0..7).map(|offset| moved(offset, &edits)).collect();
        assert_eq!(places, [0, 2, 3, 3, 4, 5, 6]);
    }

    #[test]
    fn of_those_that_meet_the_first_wins() {
        let changes = [
            (FileId(0), vec![edit(4, 6, "")]),
            (FileId(0), vec![edit(0, 2, ""), edit(5, 5, "")]),
            (FileId(0), vec![edit(6, 6, "")]),
            (FileId(0), vec![edit(0, 3, "")]),
            (FileId(1), vec![edit(4, 6, "")]),
            (FileId(1), vec![edit(2, 3, ""), edit(0, 1, "")]),
            (FileId(1), vec![]),
            (FileId(1), vec![edit(0, 9, "")]),
        ];
        let changes = changes.iter().map(|(file, edits)| (*file, edits.as_slice()));
        assert_eq!(compatible(changes), [0, 3, 4]);
    }
}
