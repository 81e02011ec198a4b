//! Byte offset to line and column, in the time of a binary search.

use std::sync::OnceLock;

/// A place as people and editors count it: both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1. A byte order mark does not count.
    pub column: u32,
}

/// The offsets at which the lines of a text start, and how many characters stand before some of its bytes.
/// `\n` and `\r\n` end a line.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Characters before every [`STRIDE`]-th byte, so that a place deep in a long line costs no more than one
    /// in a short line. A file on a single line may have many findings.
    /// Counted when a column is first asked for: a file without findings has none.
    characters: OnceLock<Vec<u32>>,
}

/// Bytes that are counted anew for a position, at most twice.
const STRIDE: usize = 256;

impl LineIndex {
    /// Scans a text once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { starts, characters: OnceLock::new() }
    }

    /// Number of lines; an empty text has one.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Offset of the first byte of a line (from 1), or `None` past the last one.
    #[must_use]
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// The line (from 1) of a byte offset. An offset past the end counts as the end.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }

    /// Line and column of a byte offset of `text`, which must be the text of this index. An offset past the
    /// end counts as the end; one inside a character counts as its start.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = text.floor_char_boundary(offset as usize);
        let line = self.line(offset as u32);
        let start = self.starts[line as usize - 1] as usize;
        let mark = text[start..offset].chars().next().is_some_and(|first| first == '\u{feff}');
        let columns = self.before(text, offset) - self.before(text, start) - u32::from(mark);
        Position { line, column: columns + 1 }
    }

    /// Number of characters that start before a byte of the text.
    fn before(&self, text: &str, offset: usize) -> u32 {
        let stride = offset / STRIDE;
        let characters = self.characters.get_or_init(|| characters(text));
        characters[stride] + count_characters(&text.as_bytes()[stride * STRIDE..offset])
    }
}

/// How many characters start before every [`STRIDE`]-th byte.
fn characters(text: &str) -> Vec<u32> {
    let mut characters = vec![0];
    let mut count = 0;
    for chunk in text.as_bytes().chunks_exact(STRIDE) {
        count += count_characters(chunk);
        characters.push(count);
    }
    characters
}

fn count_characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let position = LineIndex::new(text).position(text, offset);
        (position.line, position.column)
    }

    #[test]
    fn counts_lines_and_characters_from_one() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("ab\ncd", 3), (2, 1));
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("é=1", 3), (1, 3));
        assert_eq!(at("é", 1), (1, 1));
        assert_eq!(at("\u{feff}a", 3), (1, 1));
        assert_eq!(at("ab\n", 99), (2, 1));
    }

    #[test]
    fn counts_the_same_in_long_lines() {
        let text = "\u{feff}".to_owned() + &"aé€😀\n".repeat(100) + &"aé€😀".repeat(300);
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..offset];
            let line = before.matches('\n').count() as u32 + 1;
            let in_line = before.rsplit('\n').next().unwrap_or_default();
            let column = in_line.chars().filter(|c| *c != '\u{feff}').count() as u32 + 1;
            assert_eq!(at(&text, offset as u32), (line, column), "at {offset}");
        }
    }
}
