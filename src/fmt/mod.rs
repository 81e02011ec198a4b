//! One canonical form for the text of rule files: where blanks, line breaks and quotes stand, and nothing else.
//!
//! Takes a text and its format, gives the text as it should be. What it says stays the same: keys keep their order,
//! since the author chose it for those who read, numbers and escapes their spelling, comments their place. A text
//! with mistakes is left alone. So is one whose canonical form would say something else: both are read again and
//! held against one another before anything is given back.
//!
//! | | |
//! |---|---|
//! | all | line ends `\n`, one at the end of the file, no blanks at the ends of lines, no byte order mark |
//! | JSON | two blanks a level, a key a line; on one line a list of plain values that fits, and an object that fits and was there |
//! | YAML | two blanks a level, for lists too; quotes only where they are needed, then double ones; `{ a: 1 }` and `[1]` where they fit, else a line for each entry; at most one empty line |
//! | TOML | `a = 1`, no indentation, an empty line before each header; a list on one line where it fits |

mod json;
mod meaning;
mod toml;
mod yaml;

use crate::diagnostic::{Diagnostic, Level};
use crate::source::FileId;
use crate::syntax::{self, Format};

/// What fits on one line, in characters.
const WIDTH: usize = 120;

/// Why a text is left as it is.
#[derive(Debug)]
pub enum Unformatted {
    /// It has mistakes: what it means is not known. The findings are those of a file of this id.
    Mistakes(Vec<Diagnostic>),
    /// It holds something that has no canonical form here; the words say what.
    Unusual(&'static str),
}

/// The canonical form of a text. Formatting it again changes nothing.
///
/// # Errors
/// Where the text has mistakes or something unusual.
///
/// ```
/// use rulec::fmt::format;
/// use rulec::source::FileId;
/// use rulec::syntax::Format;
///
/// let text = "steps:\n-   id:  'a'  # first\n";
/// assert_eq!(format(FileId(0), Format::Yaml, text).unwrap(), "steps:\n  - id: a # first\n");
/// ```
pub fn format(file: FileId, format: Format, text: &str) -> Result<String, Unformatted> {
    let parsed = syntax::parse(file, format, text);
    let is_grave = |found: &Diagnostic| found.level == Level::Error;
    if !parsed.complete || parsed.diagnostics.iter().any(is_grave) {
        let mistakes = parsed.diagnostics.into_iter().filter(is_grave);
        return Err(Unformatted::Mistakes(mistakes.collect()));
    }
    let formatted = once(&parsed.tree, format, text)?;
    let again = syntax::parse(file, format, &formatted);
    let is_same = meaning::same((&parsed.tree, text), (&again.tree, &formatted))
        && meaning::comments(format, text) == meaning::comments(format, &formatted);
    if !is_same {
        return Err(Unformatted::Unusual("its canonical form would say something else"));
    }
    if once(&again.tree, format, &formatted)? != formatted {
        return Err(Unformatted::Unusual("it has no canonical form that stays as it is"));
    }
    Ok(formatted)
}

fn once(tree: &syntax::Tree, format: Format, text: &str) -> Result<String, Unformatted> {
    match format {
        Format::Json => Ok(json::print(tree, text)),
        Format::Toml => Ok(toml::print(text)),
        Format::Yaml => yaml::print(text),
    }
}
