//! JSON, YAML 1.2 and TOML to one tree with a byte span for every key and value.
//!
//! [`decode_text`] makes text of a file's bytes; [`parse`] never fails: it gives the tree of what could be
//! read, and a finding for each thing that could not. What the values mean is left to `schema` and `model`.

mod comments;
pub mod de;
mod duplicate_key;
mod encoding;
mod findings;
mod hidden_unicode;
mod json;
mod nested_too_deep;
mod node_set;
mod number;
mod place;
mod syntax_error;
mod toml;
mod tree;
mod unreadable_file;
mod yaml;

pub use comments::comments;
pub use encoding::{EncodingFault, decode_text};
pub(crate) use findings::show;
pub use node_set::NodeSet;
pub use tree::{Builder, Entries, Format, Items, Kind, Node, NodeId, Pointers, Tree};
pub use unreadable_file::unreadable_file;

use crate::diagnostic::{Diagnostic, RuleInfo};
use crate::host::FileError;
use crate::source::FileId;

/// The largest file that is read. Far above any rule file, far below what 32-bit offsets can hold.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The rules that this module reports, by code.
pub static RULES: &[&RuleInfo] = &[
    &syntax_error::RULE,
    &encoding::RULE,
    &duplicate_key::RULE,
    &nested_too_deep::RULE,
    &hidden_unicode::RULE,
    &unreadable_file::RULE,
];

/// What reading a file gave.
#[derive(Debug)]
pub struct Parsed {
    /// The content, with a [`Kind::Hole`] wherever a value could not be read.
    pub tree: Tree,
    /// False where a mistake hides a part of the file, or where that part is not there: what seems to be
    /// missing in the tree need not be missing in the file.
    pub complete: bool,
    /// What was wrong, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text. Always gives a tree, in time linear in the text (and in the expansion of YAML's aliases,
/// which is bounded).
#[must_use]
pub fn parse(file: FileId, format: Format, source: &str) -> Parsed {
    if source.len() as u64 > MAX_BYTES {
        let tree = Builder::new(file, format).finish(0);
        let why = FileError::TooLarge { size: source.len() as u64, limit: MAX_BYTES };
        return Parsed { tree, complete: false, diagnostics: vec![unreadable_file(file, &why)] };
    }
    match format {
        Format::Json => json::parse(file, source),
        Format::Yaml => yaml::parse(file, source),
        Format::Toml => toml::parse(file, source),
    }
}
