//! YAML: two blanks a level, quotes only where they are needed, comments where they are.
//!
//! Block collections stay block collections. One in brackets stays on its line where it fits and has no comment in
//! it; else it becomes a block. Block scalars keep their lines, anchors, aliases and tags their spelling.

mod flat;
mod print;
mod read;
mod scalar;

use super::Unformatted;

/// The canonical form of a text without mistakes.
pub(super) fn print(source: &str) -> Result<String, Unformatted> {
    // To YAML all line breaks are one.
    let source = source.strip_prefix('\u{feff}').unwrap_or(source).replace("\r\n", "\n").replace('\r', "\n");
    let document = read::read(&source).map_err(Unformatted::Unusual)?;
    Ok(print::print(&source, &document))
}
