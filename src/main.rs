//! The `rulec` binary: hands the arguments to [`rulec::cli`] and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    rulec::cli::main()
}
