//! When rulec itself is wrong: a panic becomes a message that can be reported, and an exit code of its own.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use super::exit::Exit;

/// What the last panic said.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Runs the program; says what is to be done where it panics.
pub(super) fn guard(run: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or("no more is known").to_owned();
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        let text = format!("{said}{}", place.unwrap_or_default());
        LAST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(text);
    }));
    let exit = caught(run);
    let _ = panic::take_hook();
    exit.unwrap_or_else(|()| {
        let said = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Where not even this can be written, the exit code has to do.
        let _ = io::stderr().write_all(report(&said.unwrap_or_default()).as_bytes());
        Exit::Fault
    })
}

fn caught(run: impl FnOnce() -> Exit) -> Result<Exit, ()> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(drop)
}

fn report(said: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "error: rulec {version} has a fault: {said}\n  \
         help: your rules are not to blame, and nothing of the result counts\n  \
         help: please report it, with the command and, if you may, the rule files\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_and_nothing_else_is() {
        assert_eq!(caught(|| Exit::Findings), Ok(Exit::Findings));
        assert_eq!(caught(|| panic!("the invariant")), Err(()));
        assert!(report("the invariant at src/x.rs:1").contains("the invariant at src/x.rs:1"));
    }
}
