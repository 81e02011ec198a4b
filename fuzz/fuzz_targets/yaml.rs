//! Any bytes as YAML: no panic and a sound tree.
#![no_main]

#[path = "../../tests/syntax/invariants.rs"]
mod invariants;

use libfuzzer_sys::fuzz_target;
use rulec::source::FileId;
use rulec::syntax::{Format, decode_text, parse};

fuzz_target!(|bytes: Vec<u8>| {
    let (text, _) = decode_text(bytes);
    let parsed = parse(FileId(0), Format::Yaml, &text);
    invariants::check(&text, &parsed);
    // The value is built by recursion, as every consumer of a tree does.
    let _ = invariants::value_of(&parsed.tree, &text, rulec::syntax::Tree::ROOT);
});
