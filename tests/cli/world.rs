//! A folder of its own for a test, and the binary to run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run of the binary gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A temporary folder with some files.
pub(crate) struct World {
    folder: TempDir,
}

/// A rule set that nothing is wrong with.
pub(crate) const CLEAN: &str = r#"{
  "layer": "L5",
  "procedures": [
    {
      "id": "E1",
      "name": "Start the oven",
      "risk": "low",
      "rollback_procedure": "E2",
      "steps": [
        {"step": 1, "command": "touch lit", "timeout": 5, "on_failure": "rollback", "idempotent": true}
      ]
    },
    {
      "id": "E2",
      "name": "Stop the oven",
      "steps": [
        {"step": 1, "command": "rm -f lit", "timeout": 5, "on_failure": "continue", "idempotent": true,
         "irreversible": "it can be lit again"}
      ]
    }
  ]
}
"#;

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    /// A world with the clean rule set in the folder `rules`.
    pub(crate) fn clean() -> Self {
        Self::new().file("rules/L5-oven.json", CLEAN)
    }

    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a file stands in a folder"))
            .expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect("the file is there")
    }

    /// The names in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("the folder is there");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        names
    }

    /// The binary, to be run in the folder, with nothing of this machine's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = rulec(self.folder.path());
        command.args(arguments);
        command
    }

    /// Runs the binary in the folder; the arguments are split at blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        run(&mut self.command(&arguments.split_whitespace().collect::<Vec<_>>()))
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn rulec(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rulec"));
    command.current_dir(folder);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "LANG", "LC_ALL", "LC_CTYPE"] {
        command.env_remove(name);
    }
    command
}
