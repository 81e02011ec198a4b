//! Files as the rest of the house sees them: an id, a path to show, a text, and byte spans into it.
//!
//! Takes raw bytes, gives text whose byte offsets are those of the file on disk. Finding, reading and
//! deciding which files matter is left to `host` and `driver`.

mod line_index;

pub use line_index::{LineIndex, Position};

use std::sync::OnceLock;

/// One file of a check, in the order in which the driver loaded it (sorted by path, so the same everywhere).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The id as an index into [`Sources`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open range of bytes `start..end` in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`. Panics if the ends are out of order.
    #[must_use]
    pub fn new(start: u32, end: u32) -> Self {
        assert!(start <= end, "a span must not end before it starts: {start}..{end}");
        Self { start, end }
    }

    /// The empty span at `offset`.
    #[must_use]
    pub fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// True where nothing lies between the ends.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The span as a range to slice a text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A span in a file: the place of a finding, a definition or a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

/// One file: its path as it is shown, and its text.
#[derive(Debug)]
pub struct Source {
    /// Path relative to the rule set's root, with `/` on every platform.
    pub path: String,
    /// The text. Byte offsets equal those of the file: a byte that is not valid UTF-8 is replaced by one
    /// `?` (and reported by `syntax`), a byte order mark is kept.
    pub text: String,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source from a path to show and a text.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// The line index, built when first asked for: files without findings never pay for it.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The text that a span covers.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }
}

/// All files of one check, by [`FileId`].
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, source: Source) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(source);
        id
    }

    /// The file of an id that [`Sources::add`] gave.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.index()]
    }

    /// All files with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (FileId(index as u32), source))
    }

    /// Line and column (both from 1, columns in characters) where a location starts.
    #[must_use]
    pub fn position(&self, location: Location) -> Position {
        let source = self.get(location.file);
        source.lines().position(&source.text, location.span.start)
    }
}

impl IntoIterator for Sources {
    type Item = Source;
    type IntoIter = std::vec::IntoIter<Source>;

    /// All files, in order of their ids.
    fn into_iter(self) -> Self::IntoIter {
        self.files.into_iter()
    }
}
