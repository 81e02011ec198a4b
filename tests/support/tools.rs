//! Programs that some tests compare against: what is missing is said aloud, never passed over in silence.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;

/// Set where everything must be there, as in CI: what is missing is then a failure.
pub(crate) const REQUIRE: &str = "RULEC_REQUIRE_TOOLS";

/// True where a program is installed. Where it is not, that is said once, past the capture of the harness; it
/// is a failure where [`REQUIRE`] is set.
pub(crate) fn has(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).any(|folder| folder.join(program).is_file());
    if !found {
        missing(program);
    }
    found
}

/// Says that something needed is not there.
pub(crate) fn missing(what: &str) {
    assert!(std::env::var_os(REQUIRE).is_none(), "`{what}` is missing, and {REQUIRE} is set");
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if said.insert(what.to_owned()) {
        let line = format!("\nNOT RUN ({}): tests that need `{what}`, which is not installed\n", said.len());
        std::io::stderr().write_all(line.as_bytes()).expect("standard error takes it");
    }
}
