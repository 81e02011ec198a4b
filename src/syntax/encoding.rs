//! # What
//!
//! The file is not UTF-8 text: it holds bytes that are not valid UTF-8, it is UTF-16 or UTF-32, or it is not
//! text at all.
//!
//! # Why
//!
//! JSON, YAML and TOML are UTF-8. Each program that reads something else guesses in its own way, and a rule
//! that is read in two ways is no rule. A byte that can't be read counts as `?`; the rest of the file is
//! checked all the same. Old editors on Windows write such files, often with the one byte `e9` for `é`.
//!
//! # Bad
//!
//! A file that holds the byte `e9` alone, or one that was saved as "Unicode" (UTF-16).
//!
//! # Good
//!
//! ```json L5-execution.json
//! {"layer": "L5", "description": "café", "procedures": []}
//! ```
//!
//! # Exceptions
//!
//! A byte order mark at the start of a UTF-8 file is fine.

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::{FileId, Location, Span};

/// `invalid-encoding`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "invalid-encoding",
    code: "R0002",
    level: Level::Error,
    summary: "the file is not UTF-8 text",
    source: include_str!("encoding.rs"),
};

/// What keeps a file from being UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingFault {
    /// Some bytes are not valid; each stands in the text as `?`.
    InvalidBytes {
        /// Offset of the first.
        offset: u32,
        /// The first.
        byte: u8,
        /// How many there are.
        count: usize,
    },
    /// Another encoding of Unicode. There is no text.
    Other {
        /// Its name.
        name: &'static str,
    },
    /// Not text at all. There is no text.
    Binary {
        /// Offset of the first NUL byte.
        offset: usize,
    },
}

impl EncodingFault {
    /// Whether the text is lost, so that [`super::parse`] has nothing to read.
    #[must_use]
    pub fn hides_text(&self) -> bool {
        !matches!(self, EncodingFault::InvalidBytes { .. })
    }

    /// The finding.
    #[must_use]
    pub fn diagnostic(&self, file: FileId) -> Diagnostic {
        let found = |span: Span, message: String| Diagnostic::new(&RULE, Location { file, span }, message);
        match *self {
            EncodingFault::InvalidBytes { offset, byte, count } => {
                let message = match count {
                    1 => format!("the byte `{byte:02x}` is not valid UTF-8"),
                    _ => format!("the byte `{byte:02x}` is not valid UTF-8, the first of {count} such bytes"),
                };
                found(Span::new(offset, offset + 1), message).help("save the file as UTF-8")
            }
            EncodingFault::Other { name } => {
                found(Span::at(0), format!("the file is {name}, not UTF-8")).help("save it as UTF-8")
            }
            EncodingFault::Binary { offset } => {
                found(Span::at(0), format!("the file is not text: byte {offset} is NUL"))
                    .help("remove it from the rule set, or write it anew")
            }
        }
    }
}

/// The text of a file's bytes, with offsets equal to those of the file: a byte order mark stays, a byte that
/// is not valid UTF-8 becomes one `?`. The text is empty where the fault hides it.
#[must_use]
pub fn decode_text(mut bytes: Vec<u8>) -> (String, Option<EncodingFault>) {
    if let Some(fault) = not_utf8(&bytes) {
        return (String::new(), Some(fault));
    }
    if simdutf8::basic::from_utf8(&bytes).is_ok() {
        let text = String::from_utf8(bytes).expect("validated above");
        return (text, None);
    }
    let mut first = None;
    let (mut at, mut count) = (0, 0);
    while let Err(error) = simdutf8::compat::from_utf8(&bytes[at..]) {
        let bad = at + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |len| bad + len);
        first.get_or_insert((bad, bytes[bad]));
        count += end - bad;
        bytes[bad..end].fill(b'?');
        at = end;
    }
    let text = String::from_utf8(bytes).expect("every invalid byte was replaced");
    let fault =
        first.map(|(offset, byte)| EncodingFault::InvalidBytes { offset: offset as u32, byte, count });
    (text, fault)
}

/// What the bytes are, where they can't be UTF-8 text.
fn not_utf8(bytes: &[u8]) -> Option<EncodingFault> {
    let other = |name| Some(EncodingFault::Other { name });
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => return other("UTF-32 (little endian)"),
        [0, 0, 0xfe, 0xff, ..] => return other("UTF-32 (big endian)"),
        [0xff, 0xfe, ..] => return other("UTF-16 (little endian)"),
        [0xfe, 0xff, ..] => return other("UTF-16 (big endian)"),
        _ => {}
    }
    let offset = memchr::memchr(0, bytes)?;
    let start: Vec<bool> = bytes.iter().take(4).map(|byte| *byte == 0).collect();
    match start[..] {
        [true, true, true, false] => other("UTF-32 (big endian)"),
        [false, true, true, true] => other("UTF-32 (little endian)"),
        [true, false, true, false] => other("UTF-16 (big endian)"),
        [false, true, false, true] => other("UTF-16 (little endian)"),
        _ => Some(EncodingFault::Binary { offset }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        let (text, fault) = decode_text(bytes.to_vec());
        match fault {
            Some(fault) => {
                assert_eq!(text.is_empty(), fault.hides_text());
                let found = fault.diagnostic(FileId(0));
                format!(
                    "{}..{} {} {text}",
                    found.primary.location.span.start, found.primary.location.span.end, found.message
                )
            }
            None => format!("ok {text}"),
        }
    }

    #[test]
    fn keeps_offsets_and_names_what_is_wrong() {
        assert_eq!(message("caf\u{e9}".as_bytes()), "ok café");
        assert_eq!(message(b"\xef\xbb\xbfa"), "ok \u{feff}a");
        assert_eq!(message(b""), "ok ");
        assert_eq!(message(b"caf\xe9!"), "3..4 the byte `e9` is not valid UTF-8 caf?!");
        assert_eq!(
            message(b"\xff\xc3\xa9\xe2\x82z\xf0\x9f"),
            "0..1 the byte `ff` is not valid UTF-8, the first of 5 such bytes ?é??z??"
        );
        assert_eq!(message(b"\xff\xfe{\0}\0"), "0..0 the file is UTF-16 (little endian), not UTF-8 ");
        assert_eq!(message(b"\xfe\xff\0{\0}"), "0..0 the file is UTF-16 (big endian), not UTF-8 ");
        assert_eq!(message(b"{\0}\0"), "0..0 the file is UTF-16 (little endian), not UTF-8 ");
        assert_eq!(message(b"{\0\0\0}\0\0\0"), "0..0 the file is UTF-32 (little endian), not UTF-8 ");
        assert_eq!(message(b"\x7fELF\0\0"), "0..0 the file is not text: byte 4 is NUL ");
    }
}
