//! Rule files that the real binary has compiled to a script, in a working folder of their own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::bench::{Bench, Run};

/// Long enough for fifty runs, one after another, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(400);

/// What the compiler said.
pub(crate) struct Compiled {
    pub(crate) code: i32,
    pub(crate) stderr: String,
}

/// A folder with rules in `rules/`, and the script of one of their procedures.
pub(crate) struct Site<'b> {
    pub(crate) bench: &'b Bench,
    pub(crate) script: PathBuf,
    pub(crate) entry: &'static str,
}

/// Compiles the rules of a bench to a file.
pub(crate) fn compile(bench: &Bench, entry: &str, target: &str, to: &str) -> Compiled {
    let output = Command::new(env!("CARGO_BIN_EXE_rulec"))
        .args(["compile", "rules", "--entry", entry, "--target", target, "-o", to])
        .current_dir(bench.path())
        .env_clear()
        .output()
        .unwrap();
    Compiled {
        code: output.status.code().unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Writes rule files, each a name and its text.
pub(crate) fn write_rules(bench: &Bench, files: &[(&str, &str)]) {
    fs::create_dir_all(bench.path().join("rules")).unwrap();
    for (name, text) in files {
        fs::write(bench.path().join("rules").join(name), text).unwrap();
    }
}

/// What the compiler has written to a file.
#[derive(Clone)]
struct Made {
    content: Arc<Vec<u8>>,
    mode: u32,
}

impl Made {
    fn write(&self, path: &Path) {
        fs::write(path, &*self.content).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(self.mode)).unwrap();
    }
}

/// The script of these rules, which are compiled once for all shells.
#[track_caller]
fn script_of_rules(bench: &Bench, entry: &str, files: &[(&str, &str)]) -> Made {
    type Known = BTreeMap<String, Arc<OnceLock<Made>>>;
    static KNOWN: Mutex<Known> = Mutex::new(Known::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let made = Arc::clone(known.entry(format!("{entry} {files:?}")).or_default());
    drop(known);
    let make = || {
        let compiled = compile(bench, entry, "sh", "script.sh");
        assert_eq!(compiled.code, 0, "{}", compiled.stderr);
        let path = bench.path().join("script.sh");
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        Made { content: Arc::new(fs::read(path).unwrap()), mode }
    };
    made.get_or_init(make).clone()
}

impl<'b> Site<'b> {
    #[track_caller]
    pub(crate) fn new(bench: &'b Bench, entry: &'static str, files: &[(&str, &str)]) -> Self {
        write_rules(bench, files);
        let script = bench.path().join("script.sh");
        script_of_rules(bench, entry, files).write(&script);
        Self { bench, script, entry }
    }

    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.bench.command(&self.script, args).spawn().unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.bench.wait(self.start(args))
    }

    /// A command that must say yes, and what it prints.
    #[track_caller]
    pub(crate) fn ask(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
        run.stdout
    }

    #[track_caller]
    pub(crate) fn status(&self, args: &[&str]) -> Value {
        let text = self.ask(&[&["status", "--json"], args].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    #[track_caller]
    pub(crate) fn report(&self, args: &[&str]) -> Value {
        let run = self.run(&[&["report"], args].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
    }

    /// The folder of the scope.
    pub(crate) fn home(&self) -> PathBuf {
        let script = fs::read_to_string(&self.script).unwrap();
        let scope =
            script.lines().find_map(|line| line.trim().strip_prefix("rulec_scope='")?.strip_suffix('\''));
        self.bench.path().join("state").join(scope.expect("every script has a scope"))
    }

    pub(crate) fn write(&self, path: &str, content: &[u8], mode: u32) {
        let path = self.bench.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// What stands at a path, with its mode; nothing where nothing is.
    pub(crate) fn found(&self, path: &str) -> Option<(Vec<u8>, u32)> {
        let path = self.bench.path().join(path);
        let mode = fs::symlink_metadata(&path).ok()?.permissions().mode() & 0o7777;
        Some((fs::read(&path).unwrap(), mode))
    }
}

/// Waits until this is so.
#[track_caller]
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends a process as the power would: nothing can be done about it.
pub(crate) fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What each of many runs came to: exit code and standard error.
pub(crate) fn wait_all(children: Vec<Child>) -> Vec<(i32, String)> {
    let (send, receive) = mpsc::channel();
    let count = children.len();
    for child in children {
        let send = send.clone();
        thread::spawn(move || send.send(child.wait_with_output()));
    }
    let begun = Instant::now();
    (0..count)
        .map(|_| {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let output = receive.recv_timeout(left).expect("a run hangs").unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            (output.status.code().unwrap_or(-1), told)
        })
        .collect()
}

/// Commands that start the same script in the same folder, each under the next shell.
pub(crate) fn mixed(home: &Site<'_>, benches: &[Bench], count: usize, args: &[&str]) -> Vec<Child> {
    let start = |i: usize| {
        let mut command = benches[i % benches.len()].command(&home.script, args);
        command.current_dir(home.bench.path()).env("RULEC_STATE_DIR", home.bench.path().join("state"));
        command.env("HOME", home.bench.path()).spawn().unwrap()
    };
    (0..count).map(start).collect()
}

/// Lets `date +%s` run ahead by so many seconds.
pub(crate) fn set_clock_ahead(bench: &Bench, seconds: u64) {
    let date = super::bench::find("date").expect("it is there");
    let date = date.display();
    let text = format!(
        "#!/bin/sh\ncase $* in\n+%s) echo $(($({date} +%s) + {seconds})) ;;\n*) exec {date} \"$@\" ;;\nesac\n"
    );
    bench.write(&bench.path().join("bin/date"), text);
}
