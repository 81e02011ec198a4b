//! Runs emitted scripts as real processes, under every shell of the matrix.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex, Once, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rulec::plan::Plan;
use rulec::target::{Shell as Target, Target as _};
use serde_json::Value;
use tempfile::TempDir;

/// The shells under which every script must do the same. Each is started by the name `sh`.
pub(crate) const MATRIX: [&str; 7] = ["dash", "bash", "busybox", "ksh93", "mksh", "yash", "zsh"];

/// Where a program stands, if it is installed.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The program, or a word aloud that a test was not run; where all are required, a failure.
pub(crate) fn need(program: &str) -> Option<PathBuf> {
    let found = find(program);
    if found.is_none() {
        assert!(std::env::var_os("RULEC_REQUIRE_TOOLS").is_none(), "`{program}` is not installed");
        eprintln!("not run: `{program}` is not installed");
    }
    found
}

/// The `env` that gives signals their default meaning again, where there is one. Tests that are started in the
/// background, or by `nohup`, have some of them ignored, and no shell can take that back.
fn signals_as_from_a_terminal() -> Option<&'static PathBuf> {
    static ENV: OnceLock<Option<PathBuf>> = OnceLock::new();
    let env = ENV.get_or_init(|| {
        let env = find("env")?;
        let probe = Command::new(&env).args(["--default-signal=HUP", "true"]).stderr(Stdio::null()).status();
        probe.is_ok_and(|status| status.success()).then_some(env)
    });
    env.as_ref()
}

pub(crate) fn installed() -> Vec<&'static str> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let missing: Vec<&str> = MATRIX.into_iter().filter(|shell| find(shell).is_none()).collect();
        if !missing.is_empty() {
            assert!(std::env::var_os("RULEC_REQUIRE_TOOLS").is_none(), "shells are missing: {missing:?}");
            // Straight to the terminal: the harness would keep it from whoever runs passing tests.
            let words = format!("not run under {} of {} shells: {missing:?}\n", missing.len(), MATRIX.len());
            let _ = fs::write("/dev/stderr", words);
        }
    });
    // For whoever mends something and wants to know quickly: `RULEC_SHELLS=dash,zsh`.
    let only = std::env::var("RULEC_SHELLS").ok();
    let wanted = |shell: &&str| only.as_ref().is_none_or(|only| only.split(',').any(|it| it == *shell));
    MATRIX.into_iter().filter(wanted).filter(|shell| find(shell).is_some()).collect()
}

/// The script of a plan: it is made once for all shells, which ask for it one after another.
pub(crate) fn script_of(plan: &Plan) -> Arc<String> {
    type Script = OnceLock<Arc<String>>;
    static LATEST: Mutex<VecDeque<(String, Arc<Script>)>> = Mutex::new(VecDeque::new());
    let key = serde_json::to_string(plan).expect("a plan is JSON");
    let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    let known = latest.iter().find(|(known, _)| *known == key).map(|(_, script)| Arc::clone(script));
    let script = known.unwrap_or_else(|| {
        let script = Arc::<Script>::default();
        latest.push_front((key, Arc::clone(&script)));
        latest.truncate(32);
        script
    });
    drop(latest);
    Arc::clone(script.get_or_init(|| Arc::new(Target.emit(plan).content)))
}

/// Calls `check` with a bench for every shell of the matrix, all at once.
pub(crate) fn every_shell(check: impl Fn(&Bench) + Sync) {
    these_shells(&installed(), check);
}

/// How many scripts run at once, whichever tests they are of: they sleep most of the time, and those that are timed
/// have to be repeated where they are late.
pub(crate) const PLACES: usize = 6;

/// Does something that keeps a processor busy, once there is a place for it; who came first goes first.
pub(crate) fn in_place<T>(run: impl FnOnce() -> T) -> T {
    struct Queue {
        taken: usize,
        came: u64,
        went: u64,
    }
    static QUEUE: (Mutex<Queue>, Condvar) =
        (Mutex::new(Queue { taken: 0, came: 0, went: 0 }), Condvar::new());
    struct Place;
    impl Drop for Place {
        fn drop(&mut self) {
            QUEUE.0.lock().unwrap_or_else(PoisonError::into_inner).taken -= 1;
            QUEUE.1.notify_all();
        }
    }
    let mut queue = QUEUE.0.lock().unwrap_or_else(PoisonError::into_inner);
    let number = queue.came;
    queue.came += 1;
    let must_wait = |queue: &mut Queue| queue.went != number || queue.taken >= PLACES;
    let mut queue = QUEUE.1.wait_while(queue, must_wait).unwrap_or_else(PoisonError::into_inner);
    queue.went += 1;
    queue.taken += 1;
    drop(queue);
    // The next in the queue may have been woken too early.
    QUEUE.1.notify_all();
    let _place = Place;
    run()
}

/// Calls `check` with a bench for each of these shells that is installed.
pub(crate) fn these_shells(shells: &[&'static str], check: impl Fn(&Bench) + Sync) {
    let check = &check;
    let installed = installed();
    let failed: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = shells
            .iter()
            .filter(|shell| installed.contains(shell))
            .map(|shell| (shell, scope.spawn(move || in_place(|| check(&Bench::new(shell))))))
            .collect();
        threads
            .into_iter()
            .filter_map(|(shell, thread)| thread.join().err().map(|error| (shell, error)))
            .map(|(shell, error)| {
                let text = error.downcast_ref::<String>().map_or("a panic", String::as_str);
                format!("--- under {shell}:\n{text}")
            })
            .collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A working folder for runs under one shell.
pub(crate) struct Bench {
    pub(crate) shell: &'static str,
    dir: TempDir,
    env: BTreeMap<String, String>,
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The report, null where none was written.
    pub(crate) report: Value,
    /// The lines of the file `trace`, joined by spaces.
    pub(crate) trace: String,
}

impl Bench {
    pub(crate) fn new(shell: &'static str) -> Self {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(find(shell).expect("it is installed"), bin.join("sh")).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let state = dir.path().join("state").display().to_string();
        let home = dir.path().display().to_string();
        let env = [("PATH", path), ("RULEC_STATE_DIR", state), ("HOME", home), ("LC_ALL", "C.UTF-8".into())];
        Self { shell, env: env.map(|(name, value)| (name.to_owned(), value)).into(), dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Writes the script of a plan and yields its path.
    pub(crate) fn emit(&self, plan: &Plan) -> PathBuf {
        let script = self.path().join("script.sh");
        self.write(&script, script_of(plan).as_str());
        script
    }

    pub(crate) fn write(&self, script: &Path, content: impl AsRef<[u8]>) {
        fs::write(script, content).unwrap();
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A command that runs a script under the shell of this bench.
    pub(crate) fn command(&self, script: &Path, args: &[&str]) -> Command {
        let shell = self.path().join("bin/sh");
        let mut command = match signals_as_from_a_terminal() {
            Some(env) => {
                let mut command = Command::new(env);
                command.arg("--default-signal=HUP,INT,QUIT,TERM").arg(shell);
                command
            }
            None => Command::new(shell),
        };
        command.arg(script).args(args).current_dir(self.path()).env_clear().envs(&self.env);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn(&self, plan: &Plan, args: &[&str]) -> Child {
        self.command(&self.emit(plan), args).spawn().unwrap()
    }

    pub(crate) fn run(&self, plan: &Plan, args: &[&str]) -> Run {
        self.wait(self.spawn(plan, args))
    }

    /// Waits until the script and all that hold its output are gone; a hang fails.
    pub(crate) fn wait(&self, child: Child) -> Run {
        let pid = child.id().to_string();
        let (send, receive) = mpsc::channel();
        thread::spawn(move || send.send(child.wait_with_output()));
        let Ok(output) = receive.recv_timeout(Duration::from_secs(100)) else {
            let _ = Command::new("kill").args(["-s", "KILL", &pid]).status();
            panic!("the script hangs; trace: {}", self.read("trace"));
        };
        self.finish(output.unwrap())
    }

    /// Sends a signal once the trace has this line.
    pub(crate) fn signal_after(&self, child: &Child, line: &str, signal: &str) {
        self.await_trace(line);
        assert!(self.signal(child, signal), "it is over already");
    }

    /// Sends a signal to a script, and says whether it could be sent. yash loses one that comes while a
    /// function returns, so there it is sent again.
    pub(crate) fn signal(&self, child: &Child, signal: &str) -> bool {
        let pid = child.id().to_string();
        // When it was born; nothing where it is over.
        let birth = |pid: &str| {
            let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let fields: Vec<&str> = line.rsplit_once(") ")?.1.split(' ').collect();
            (fields[0] != "Z").then(|| fields[19].to_owned())
        };
        let send = |pid: &str, signal: &str| {
            let kill = Command::new("kill").args(["-s", signal, pid]).stderr(Stdio::null()).status();
            kill.expect("`kill` can be started").success()
        };
        let born = birth(&pid);
        let is_sent = send(&pid, signal);
        if self.shell == "yash" && born.is_some() {
            let signal = signal.to_owned();
            thread::spawn(move || {
                for _ in 0..10 {
                    thread::sleep(Duration::from_secs(1));
                    if birth(&pid) != born {
                        break;
                    }
                    send(&pid, &signal);
                }
            });
        }
        is_sent
    }

    pub(crate) fn await_trace(&self, line: &str) {
        for _ in 0..1500 {
            if self.read("trace").lines().any(|l| l == line) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("`{line}` never came to the trace: {}", self.read("trace"));
    }

    /// A file of the working folder; nothing where there is none.
    pub(crate) fn read(&self, file: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path().join(file)).unwrap_or_default()).into_owned()
    }

    /// The processes whose numbers are in the file `pids` and that still live.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let pids = self.read("pids");
        let lives = |pid: &&str| {
            let output = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
            // A zombie only waits for whoever adopted it.
            !matches!(output.stdout.first(), None | Some(b'Z'))
        };
        pids.lines().filter(lives).map(str::to_owned).collect()
    }

    /// The report that the last lines of a run name; null where they name none.
    pub(crate) fn report_of(&self, printed: &str) -> Value {
        let Some(file) = printed.lines().find_map(|line| line.strip_prefix("report: ")) else {
            return Value::Null;
        };
        let text = fs::read(file).unwrap_or_else(|error| panic!("{error}: {printed}"));
        serde_json::from_slice(&text)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&text)))
    }

    fn finish(&self, output: Output) -> Run {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = self.report_of(&stderr);
        Run {
            code: output.status.code().unwrap_or_else(|| 1000 + output.status.signal().unwrap()),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr,
            report,
            trace: self.read("trace").lines().collect::<Vec<_>>().join(" "),
        }
    }
}

impl Run {
    /// Asserts exit code, outcome and trace; all that is known is shown where one differs.
    #[track_caller]
    pub(crate) fn came_to(&self, code: i32, outcome: &str, trace: &str) {
        let report = self.report["outcome"].as_str().unwrap_or("no report");
        assert!(
            self.code == code && report == outcome && self.trace == trace,
            "expected {code}, {outcome}, trace `{trace}`\ngot {}, {report}, trace `{}`\n{}",
            self.code,
            self.trace,
            self.stderr
        );
        assert_eq!(self.report["exit_code"], self.code, "{}", self.report);
    }

    /// Asserts that nothing ran, and no report was written.
    #[track_caller]
    pub(crate) fn came_to_nothing(&self, code: i32) {
        let is_nothing = self.code == code && self.trace.is_empty() && self.report.is_null();
        assert!(
            is_nothing,
            "expected {code}, and no trace\ngot {}: {}\n{}",
            self.code, self.trace, self.stderr
        );
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        assert!(self.stderr.contains(words), "`{words}` is not in:\n{}", self.stderr);
    }
}
