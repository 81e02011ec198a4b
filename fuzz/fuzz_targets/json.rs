//! Any bytes as JSON: no panic, a sound tree, and the verdict and value of serde_json.
#![no_main]

#[path = "../../tests/syntax/invariants.rs"]
mod invariants;

use libfuzzer_sys::fuzz_target;
use rulec::source::FileId;
use rulec::syntax::{Format, Tree, decode_text, parse};
use serde_json::Value;

fuzz_target!(|bytes: Vec<u8>| {
    let (text, fault) = decode_text(bytes);
    let parsed = parse(FileId(0), Format::Json, &text);
    invariants::check(&text, &parsed);
    if fault.is_some() {
        return;
    }
    let refused = |id| parsed.diagnostics.iter().any(|found| found.rule.id == id);
    let duplicates = refused("duplicate-key");
    let takes = !refused("syntax-error") && !refused("nested-too-deep") && !duplicates;
    match serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
        Ok(value) => {
            assert!(takes || duplicates, "refused: {text:?}");
            if takes {
                assert_eq!(invariants::value_of(&parsed.tree, &text, Tree::ROOT), value);
            }
        }
        Err(error) => {
            // Numbers are kept as they are written here, and 200 levels are fine where serde_json has 128.
            let message = error.to_string();
            let ours = message.starts_with("number out of range") || message.starts_with("recursion limit");
            assert!(!takes || ours, "taken: {text:?}");
        }
    }
});
