//! The rule set `rules/governed-change`, run for real: changes are gated, made, verified, recorded and taken back.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Output};
use std::thread;

use serde_json::Value;

use super::{SHELLS, System, findings, place_of, rulec, statuses, told};

const RULE_SET: &str = "governed-change";

/// A workspace with all services up, and the scripts of the rule set.
struct Workspace {
    system: System,
    worker: Child,
    port: String,
}

impl Workspace {
    fn open() -> Self {
        let system = System::compiled(RULE_SET, &[]);
        let folder = system.path();
        for made in ["services/gateway", "docs", "change", "run"] {
            fs::create_dir_all(folder.join(made)).expect("a folder is made");
        }
        for (file, text) in [
            ("change/intent.md", "greet people\n"),
            ("change/page.md", "# Greetings\n"),
            ("change/verify.sh", "grep -q welcome services/gateway/settings.conf\n"),
            ("services/gateway/settings.conf", "greeting = hello \u{e9}"),
            ("services/gateway/old.conf", "old\n"),
        ] {
            fs::write(folder.join(file), text).expect("a file is written");
        }
        let old = fs::Permissions::from_mode(0o604);
        fs::set_permissions(folder.join("services/gateway/settings.conf"), old).expect("a mode is set");
        let worker = Command::new("sleep").arg("600").spawn().expect("a process starts");
        fs::write(folder.join("run/worker.pid"), worker.id().to_string()).expect("a file is written");
        if !crate::support::tools::has("sqlite3") {
            stand_in(folder);
        }
        let port = gateway().to_string();
        Self { system, worker, port }
    }

    fn path(&self) -> &Path {
        self.system.path()
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_else(|_| "none".to_owned())
    }

    fn verification(&self, script: &str) {
        fs::write(self.path().join("change/verify.sh"), script).expect("a file is written");
    }

    fn environment(&self) -> Vec<(String, String)> {
        let path = std::env::var("PATH").expect("there is a path");
        let path = format!("{}:{path}", self.path().join("bin").display());
        vec![("PORT".to_owned(), self.port.clone()), ("PATH".to_owned(), path)]
    }

    fn run(&self, shell: &[&str], entry: &str, arguments: &[&str]) -> Output {
        let environment = self.environment();
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.system.run(shell, entry, arguments, &environment)
    }

    /// A command of the script, which writes no report.
    fn ask(&self, shell: &[&str], entry: &str, arguments: &[&str]) -> Output {
        let mut command = self.system.command(shell, entry);
        command.args(arguments).envs(self.environment()).output().expect("the shell runs")
    }

    fn start(&self, shell: &[&str], arguments: &[&str]) -> Child {
        let mut command = self.system.command(shell, "apply");
        command.args(arguments).envs(self.environment());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().expect("the shell runs")
    }

    fn audit(&self) -> Vec<Value> {
        self.text("run/audit.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).expect("it is JSON"))
            .collect()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        drop(self.worker.kill());
        drop(self.worker.wait());
    }
}

/// A client that answers the one question that the rules ask.
fn stand_in(folder: &Path) {
    fs::create_dir(folder.join("bin")).expect("a folder is made");
    let client = folder.join("bin/sqlite3");
    fs::write(&client, "#!/bin/sh\ncat >/dev/null\necho 42\n").expect("a file is written");
    fs::set_permissions(client, fs::Permissions::from_mode(0o755)).expect("a mode is set");
}

/// A gateway that is well for as long as the test runs.
fn gateway() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 2048];
            drop(stream.read(&mut request));
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"));
        }
    });
    port
}

fn each_shell(check: impl Fn(&[&str], &Workspace)) {
    let mut tried = 0;
    for shell in SHELLS.iter().filter(|shell| crate::support::tools::has(shell[0])) {
        check(shell, &Workspace::open());
        tried += 1;
    }
    assert!(tried > 0);
}

const OLD: &str = "greeting = hello \u{e9}";
const NEW: &str = "greeting = welcome\nworkers = 4\n";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Shows change.4, change.9, change.29, change.30.
#[test]
fn a_change_is_made_verified_and_recorded() {
    each_shell(|shell, workspace| {
        let run = workspace.run(shell, "apply", &[]);
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        assert_eq!(workspace.text("services/gateway/settings.conf"), NEW);
        assert_eq!(mode(&workspace.path().join("services/gateway/settings.conf")), 0o640);
        assert_eq!(workspace.text("docs/change.md"), "# Greetings\n");
        let report = workspace.system.report();
        assert_eq!(report["outcome"], "succeeded");
        assert_eq!(statuses(&report["steps"]), ["settings ok", "page ok", "verification ok"]);
        for key in ["execution", "plan", "started", "finished"] {
            assert!(report[key].is_string(), "{key}: {report}");
        }
        let audit = workspace.audit();
        let events: Vec<_> = audit.iter().filter_map(|line| line["event"].as_str()).collect();
        assert_eq!(events.first().zip(events.last()), Some((&"run_started", &"run_ended")), "{events:?}");
        assert_eq!(events.iter().filter(|event| **event == "step_ended").count(), 3, "{events:?}");
        for (before, after) in audit.iter().zip(&audit[1..]) {
            assert_eq!(before["hash"], after["prev"]);
        }
        let verified = workspace.ask(shell, "apply", &["audit", "verify"]);
        assert_eq!(verified.status.code(), Some(0), "{}", told(&verified));
    });
}

/// What stands in a trace, a word for each line.
fn stages(trace: &str) -> Vec<String> {
    let lines = trace.lines().map(|line| serde_json::from_str(line).expect("a line is JSON"));
    let stage = |line: Value| {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        match line["event"].as_str().unwrap_or_default() {
            "gate" => format!("{} {}", text("gate"), line["passed"]),
            "condition_ended" => format!("{} {}", text("list"), text("status")),
            "attempt_ended" => format!("{} done {}", text("step"), line["exit_code"]),
            "poll_ended" => format!("{} verified {}", text("step"), line["exit_code"]),
            "step_ended" => format!("{} {}", text("step"), text("status")),
            "run_ended" => text("outcome"),
            "run_started" => format!("plan {}", line["plan"].as_str().is_some_and(|plan| plan.len() == 71)),
            _ => String::new(),
        }
    };
    let mut stages: Vec<String> = lines.map(stage).filter(|stage| !stage.is_empty()).collect();
    stages.dedup();
    stages
}

/// What the audit log says, a word for each line.
fn recorded(workspace: &Workspace) -> Vec<String> {
    let word = |line: &Value| {
        let of = ["step", "name", "outcome"].iter().find_map(|key| line[*key].as_str()).unwrap_or_default();
        format!("{} {of}", line["event"].as_str().unwrap_or_default()).trim().to_owned()
    };
    workspace.audit().iter().map(word).collect()
}

/// The way of a change, from its plan to the last line of the audit log: what comes first in the order of its stages is
/// the first in every record of it.
///
/// Shows change.4.
#[test]
fn a_change_has_one_way_and_its_order() {
    each_shell(|shell, workspace| {
        let run = workspace.run(shell, "apply", &["--trace", "trace"]);
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        let expected = [
            "plan true",
            "lock true",
            "earlier true",
            "inputs true",
            "preconditions held",
            "settings done 0",
            "settings verified 0",
            "settings ok",
            "page done 0",
            "page verified 0",
            "page ok",
            "verification done 0",
            "verification ok",
            "postconditions held",
            "succeeded",
        ];
        assert_eq!(stages(&workspace.text("trace")), expected);
        let steps = ["step_ended settings", "step_ended page", "step_ended verification"];
        assert_eq!(recorded(workspace), [&["run_started"][..], &steps, &["run_ended succeeded"]].concat());
        // Where the gate needs an approval, that comes before anything is asked or done.
        workspace.verification("true\n");
        let run = workspace.run(shell, "retire", &["--trace", "trace", "--approve", "maintainer=Ada"]);
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        let expected = [
            "plan true",
            "lock true",
            "earlier true",
            "inputs true",
            "approval true",
            "preconditions held",
            "old done 0",
            "old verified 0",
            "old ok",
            "verification done 0",
            "verification ok",
            "postconditions held",
            "succeeded",
        ];
        assert_eq!(stages(&workspace.text("trace")), expected);
        let expected = [
            "run_started",
            "approved Ada",
            "step_ended old",
            "step_ended verification",
            "run_ended succeeded",
        ];
        assert_eq!(recorded(workspace)[5..], expected);
        let verified = workspace.ask(shell, "retire", &["audit", "verify"]);
        assert_eq!(verified.status.code(), Some(0), "{}", told(&verified));
    });
}

/// The first stage that does not pass is the last: nothing behind it happens but taking back.
///
/// Shows change.4.
#[test]
fn where_a_stage_fails_none_of_those_behind_it_is_reached() {
    each_shell(|shell, workspace| {
        // No intent.
        fs::rename(workspace.path().join("change/intent.md"), workspace.path().join("change/later.md"))
            .expect("it is renamed");
        let run = workspace.run(shell, "apply", &["--trace", "trace"]);
        assert_eq!(run.status.code(), Some(3), "{}", told(&run));
        let expected =
            ["plan true", "lock true", "earlier true", "inputs true", "preconditions failed", "refused"];
        assert_eq!(stages(&workspace.text("trace")), expected);
        assert_eq!(recorded(workspace), ["run_started", "run_ended refused"]);
        fs::rename(workspace.path().join("change/later.md"), workspace.path().join("change/intent.md"))
            .expect("it is renamed");
        // No approval.
        let run = workspace.run(shell, "retire", &["--trace", "trace"]);
        assert_eq!(run.status.code(), Some(3), "{}", told(&run));
        let expected = ["plan true", "lock true", "earlier true", "inputs true", "approval false", "refused"];
        assert_eq!(stages(&workspace.text("trace")), expected);
        // The verification fails: the services are asked only after the change is taken back.
        workspace.verification("exit 1\n");
        let run = workspace.run(shell, "apply", &["--trace", "trace"]);
        assert_eq!(run.status.code(), Some(5), "{}", told(&run));
        let reached = stages(&workspace.text("trace"));
        let failed = reached.iter().position(|stage| stage == "verification failed").expect("it failed");
        assert!(!reached.iter().any(|stage| stage.starts_with("postconditions")), "{reached:?}");
        assert!(
            reached[failed + 1..]
                .iter()
                .all(|stage| stage.starts_with("apply/after") || stage == "rolled_back")
        );
        let log = recorded(workspace);
        let end = ["rollback_started", "undo_ended page", "undo_ended settings"];
        let from = log.iter().position(|line| line == "rollback_started").expect("it is on record");
        assert_eq!(log[from..from + 3], end, "{log:?}");
    });
}

/// No stage can be left out of a plan that is made, or of a run that was killed in it.
///
/// Shows change.4, change.10.
#[test]
fn no_stage_can_be_skipped() {
    each_shell(|shell, workspace| {
        let script = workspace.path().join("scripts/retire.sh");
        let text = fs::read_to_string(&script).expect("it is read");
        for (stage, without) in [
            ("rulec_pres=3", "rulec_pres=0"),
            ("rulec_approvals=1", "rulec_approvals=0"),
            ("rulec_steps=2", "rulec_steps=1"),
            ("rulec_verify_polls=1", "rulec_verify_polls=0"),
            ("rulec_posts=1", "rulec_posts=0"),
            ("rulec_audit_on=1", "rulec_audit_on=0"),
            ("rulec_lock_timeout=120000", "rulec_lock_timeout="),
        ] {
            assert!(text.contains(stage), "{stage}");
            fs::write(&script, text.replacen(stage, without, 1)).expect("it is written");
            let run = workspace.run(shell, "retire", &["--yes", "--approve", "maintainer=Ada"]);
            assert_eq!(run.status.code(), Some(8), "{stage}: {}", told(&run));
            assert!(!workspace.path().join("state").exists(), "{stage}");
        }
        fs::write(&script, &text).expect("it is written");
        assert!(workspace.path().join("services/gateway/old.conf").exists());
        // An option for it belongs to a run that was begun, and there to a step of which nobody knows.
        let run = workspace.run(shell, "apply", &["--skip-step", "verification"]);
        assert_eq!(run.status.code(), Some(2), "{}", told(&run));
        workspace.verification("echo in >>trace\nsleep 30\n");
        let mut killed = workspace.start(shell, &[]);
        for _ in 0..600 {
            if workspace.text("trace").contains("in") {
                break;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
        drop(killed.kill());
        drop(killed.wait());
        workspace.verification("echo again >>trace\n");
        for step in ["verification", "settings", "page"] {
            let run = workspace.ask(shell, "apply", &["resume", "--skip-step", step]);
            assert_eq!(run.status.code(), Some(2), "{step}: {}", told(&run));
            assert!(told(&run).contains(&format!("step {step} cannot be skipped")), "{}", told(&run));
        }
        assert_eq!(workspace.text("trace"), "in\n");
        let log = recorded(workspace);
        assert!(!log.contains(&"step_ended verification".to_owned()), "{log:?}");
        let resumed = workspace.ask(shell, "apply", &["cancel"]);
        assert_eq!(resumed.status.code(), Some(143), "{}", told(&resumed));
        assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
    });
    for entry in ["apply", "retire"] {
        let done = rulec(&["compile", "rules/governed-change", "--entry", entry, "--target", "plan"])
            .output()
            .expect("rulec runs");
        let whole: Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
        let is_whole = |plan: &Value| {
            let plan = serde_json::from_value(plan.clone()).expect("it is a plan");
            rulec::plan::canonical::verify(&plan)
        };
        assert!(is_whole(&whole));
        for stage in ["/preconditions", "/steps", "/postconditions", "/policy/gate", "/policy/approvals"] {
            let mut plan = whole.clone();
            let (parent, key) = stage.rsplit_once('/').expect("it is a pointer");
            let parent = plan.pointer_mut(parent).and_then(Value::as_object_mut).expect("it is an object");
            if let Some(Value::Array(list)) = parent.get_mut(key) {
                list.remove(0);
            } else if parent.remove(key).is_none() {
                assert_eq!((entry, stage), ("apply", "/policy/approvals"));
                continue;
            }
            assert!(!is_whole(&plan), "{stage}");
        }
    }
}

/// The folders in which runs of the workspace keep old files.
fn backups(workspace: &Workspace) -> Vec<std::path::PathBuf> {
    let folder = workspace.path().join("run/backups/workspace");
    let mut runs: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().map(|run| run.expect("it is read").path()).collect();
    runs.sort();
    runs
}

/// Each change keeps what was there, for itself alone; a success needs it no more, and what nobody asked for in a week
/// goes.
///
/// Shows change.32.
#[test]
fn backups_are_kept_as_long_as_somebody_may_need_them() {
    each_shell(|shell, workspace| {
        workspace.verification("exit 1\n");
        for number in 1..3 {
            let run = workspace.run(shell, "apply", &[]);
            assert_eq!(run.status.code(), Some(5), "{}", told(&run));
            assert_eq!(backups(workspace).len(), number);
        }
        let kept = backups(workspace);
        for folder in &kept {
            let old = folder.join("1-settings.file.old");
            assert_eq!(fs::read_to_string(&old).expect("it is there"), OLD);
            assert_eq!((mode(&old), mode(folder)), (0o604, 0o700));
            // What the change made was not there before.
            assert!(folder.join("2-page.file.record").exists() && !folder.join("2-page.file.old").exists());
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is later");
        let long_ago = now.as_secs() - 8 * 86_400;
        fs::write(kept[0].join("kept"), format!("{long_ago} .\n")).expect("a file is written");
        workspace.verification("true\n");
        let run = workspace.run(shell, "apply", &[]);
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        assert_eq!(workspace.text("services/gateway/settings.conf"), NEW);
        assert_eq!(backups(workspace), kept[1..]);
    });
}

/// Shows change.32, change.33.
#[test]
fn a_run_that_was_killed_is_taken_back_from_its_backups() {
    each_shell(|shell, workspace| {
        workspace.verification("echo in >>trace\nsleep 30\n");
        let mut killed = workspace.start(shell, &[]);
        for _ in 0..600 {
            if workspace.text("trace").contains("in") {
                break;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
        drop(killed.kill());
        drop(killed.wait());
        assert_eq!(workspace.text("services/gateway/settings.conf"), NEW);
        let cancelled = workspace.ask(shell, "apply", &["cancel"]);
        assert_eq!(cancelled.status.code(), Some(143), "{}", told(&cancelled));
        assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
        assert_eq!(mode(&workspace.path().join("services/gateway/settings.conf")), 0o604);
        assert_eq!(workspace.text("docs/change.md"), "none");
    });
}

/// Shows change.32.
#[test]
fn backups_that_cannot_be_kept_are_found() {
    for (old, new, words) in [
        ("always = true", "always = false", "error[backup-left-out]: backups cannot be left out"),
        (
            r#"location = "run/backups""#,
            r#"location = "services/policy/old""#,
            "error[backup-misplaced]: the backups are kept in `services/policy/old`, which `**/policy/**` forbids",
        ),
        (
            r#"location = "run/backups""#,
            r#"location = "docs/change.md""#,
            "error[backup-overwritten]: this writes to `docs/change.md/`, where the backups are kept",
        ),
        (
            r#"max_age = "7d""#,
            r#"max_age = "0s""#,
            "warning[backup-short-lived]: backups are kept for no time",
        ),
    ] {
        let found = findings(RULE_SET, &[("L3-policy.toml", old, new)]);
        assert!(found.contains(words), "{words}: {found}");
    }
}

/// Shows change.22, change.23, change.25, change.28, change.35.
#[test]
fn concurrent_writes() {
    each_shell(|shell, workspace| {
        workspace.verification(
            "mkdir busy || echo overlap >>trace\necho in >>trace\nsleep 1\necho out >>trace\nrmdir busy\n",
        );
        let both = [
            workspace.start(shell, &["--input", "CHANGE=a"]),
            workspace.start(shell, &["--input", "CHANGE=b"]),
        ];
        let both: Vec<Output> =
            both.into_iter().map(|child| child.wait_with_output().expect("it ends")).collect();
        assert!(both.iter().all(|run| run.status.code() == Some(0)), "{both:?}");
        assert_eq!(workspace.text("trace"), "in\nout\nin\nout\n");
        let waited = both.iter().filter(|run| told(run).contains("for the lock, held by run")).count();
        assert_eq!(waited, 1, "{both:?}");
    });
}

/// Shows change.26, change.27, change.36.
#[test]
fn duplicate_submission() {
    each_shell(|shell, workspace| {
        workspace.verification("echo verified >>trace\n");
        for outcome in ["succeeded", "already_done"] {
            let run = workspace.run(shell, "apply", &[]);
            assert_eq!(run.status.code(), Some(0), "{}", told(&run));
            assert_eq!(workspace.system.report()["outcome"], outcome);
            assert_eq!(workspace.text("trace"), "verified\n");
        }
        let other = workspace.run(shell, "apply", &["--input", "CHANGE=other"]);
        assert_eq!(other.status.code(), Some(0), "{}", told(&other));
        assert_eq!(workspace.text("trace"), "verified\nverified\n");
    });
}

/// Shows change.8, change.37.
#[test]
fn partial_failure() {
    each_shell(|shell, workspace| {
        workspace.verification("cat services/gateway/settings.conf docs/change.md >trace\nexit 1\n");
        let run = workspace.run(shell, "apply", &[]);
        assert_eq!(run.status.code(), Some(5), "{}", told(&run));
        assert_eq!(workspace.text("trace"), format!("{NEW}# Greetings\n"));
        assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
        assert_eq!(mode(&workspace.path().join("services/gateway/settings.conf")), 0o604);
        assert_eq!(workspace.text("docs/change.md"), "none");
        let report = workspace.system.report();
        assert_eq!(report["outcome"], "rolled_back");
        assert_eq!(statuses(&report["undone"]), ["page ok", "settings ok"]);
        // Nothing stops it from being tried again.
        workspace.verification("true\n");
        assert_eq!(workspace.run(shell, "apply", &[]).status.code(), Some(0));
    });
}

/// What held before must hold after a rollback, too, and where it does not, the rollback has failed.
///
/// Shows change.33.
#[test]
fn the_rollback_is_verified() {
    each_shell(|shell, workspace| {
        workspace.verification("rm change/intent.md\nexit 1\n");
        let run = workspace.run(shell, "apply", &[]);
        assert_eq!(run.status.code(), Some(6), "{}", told(&run));
        assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
        let report = workspace.system.report();
        let steps = statuses(&report["rollback"][0]["steps"]);
        assert_eq!(steps[0], "apply/after-1 failed", "{steps:?}");
    });
}

/// Shows change.2, change.7, change.38.
#[test]
fn tampering() {
    each_shell(|shell, workspace| {
        let script = workspace.path().join("scripts/apply.sh");
        let text = fs::read_to_string(&script).expect("it is read");
        assert!(text.contains("greeting = welcome"));
        fs::write(&script, text.replace("greeting = welcome", "greeting = begone!")).expect("it is written");
        for arguments in [&[][..], &["--yes"]] {
            let run = workspace.run(shell, "apply", arguments);
            assert_eq!(run.status.code(), Some(8), "{}", told(&run));
            assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
            assert_eq!(workspace.text("docs/change.md"), "none");
        }
        assert!(!workspace.path().join("state").exists());
    });
}

const SETTINGS: &str = "path: services/gateway/settings.conf\n          content";

fn written_to(path: &str) -> (String, String) {
    let edit = format!("path: {path}\n          content");
    let edit = ("L5-procedures.yaml", SETTINGS, edit.as_str());
    (findings(RULE_SET, &[edit]), place_of(RULE_SET, edit, path))
}

/// Shows change.3, change.5, change.11, change.12, change.39, change.40.
#[test]
fn path_boundary_is_held_when_compiled() {
    for (path, words) in [
        (".env", "`.env` is forbidden by `**/.env`"),
        ("services/gateway/.env", "`services/gateway/.env` is forbidden by `**/.env`"),
        ("services/../.env", "`services/../.env` leads through `..`"),
        ("../settings.conf", "`../settings.conf` leads through `..`"),
        ("/etc/settings.conf", "`/etc/settings.conf` is not allowed"),
        ("docs/archive/a.md", "`docs/archive/a.md` is made read-only by `docs/archive/**`"),
    ] {
        let (found, place) = written_to(path);
        let wanted = format!("{place}: error[path-not-allowed]: {words}");
        assert!(found.contains(&wanted), "{wanted}: {found}");
    }
    assert!(!written_to("docs/archive/index.md").0.contains("path-not-allowed"));
}

/// Shows change.39, change.40.
#[test]
fn path_boundary_is_held_when_run() {
    each_shell(|shell, workspace| {
        let (outside, inside) = (workspace.path().join("outside"), workspace.path().join("services/gateway"));
        fs::create_dir(&outside).expect("a folder is made");
        fs::write(outside.join("settings.conf"), "precious").expect("a file is written");
        fs::remove_dir_all(&inside).expect("it is removed");
        symlink(&outside, &inside).expect("a link is made");
        let run = workspace.run(shell, "apply", &[]);
        assert_eq!(run.status.code(), Some(5), "{}", told(&run));
        assert!(told(&run).contains("is a symbolic link"), "{}", told(&run));
        assert_eq!(fs::read(outside.join("settings.conf")).expect("it is read"), b"precious");
        assert_eq!(fs::read_dir(&outside).expect("it is listed").count(), 1);
        // Somewhere below a folder that is forbidden, the same script writes nothing.
        let policy = workspace.path().join("policy");
        for made in ["services/gateway", "docs", "change", "run"] {
            fs::create_dir_all(policy.join(made)).expect("a folder is made");
        }
        for file in ["change/intent.md", "change/page.md", "change/verify.sh", "run/worker.pid"] {
            fs::copy(workspace.path().join(file), policy.join(file)).expect("it is copied");
        }
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .arg(workspace.path().join("scripts/apply.sh"))
            .envs(workspace.environment());
        command.env("RULEC_STATE_DIR", workspace.path().join("state")).current_dir(&policy);
        let run = command.output().expect("the shell runs");
        assert_ne!(run.status.code(), Some(0), "{}", told(&run));
        assert!(!policy.join("services/gateway/settings.conf").exists());
    });
}

/// Shows change.6, change.20.
#[test]
fn a_deletion_waits_for_its_approval() {
    each_shell(|shell, workspace| {
        let old = workspace.path().join("services/gateway/old.conf");
        workspace.verification("true\n");
        let refused = workspace.run(shell, "retire", &[]);
        assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
        let attested = workspace.run(shell, "retire", &["--yes"]);
        assert_eq!(attested.status.code(), Some(3), "{}", told(&attested));
        assert!(old.exists());
        let approved = workspace.run(shell, "retire", &["--approve", "maintainer=Ada"]);
        assert_eq!(approved.status.code(), Some(0), "{}", told(&approved));
        assert!(!old.exists());
        let approvals = workspace.audit().into_iter().filter(|line| line["event"] == "approved");
        assert_eq!(approvals.count(), 1);
    });
}

/// Shows change.10.
#[test]
fn no_argument_skips_gate_verification_or_rollback() {
    each_shell(|shell, workspace| {
        let help = told(&workspace.ask(shell, "apply", &["--help"]));
        assert!(help.contains("--dry-run"), "{help}");
        for word in
            ["force", "skip-gate", "no-verify", "skip-verify", "no-rollback", "ignore", "unsafe", "bypass"]
        {
            assert!(!help.to_lowercase().contains(word), "{word}: {help}");
        }
        for argument in ["--force", "--no-verify", "--no-rollback", "--skip-verification", "--skip-gate"] {
            let run = workspace.run(shell, "apply", &[argument]);
            assert_eq!(run.status.code(), Some(2), "{argument}: {}", told(&run));
            assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
        }
    });
}

/// Shows change.34.
#[test]
fn a_dry_run_changes_nothing() {
    each_shell(|shell, workspace| {
        let run = workspace.run(shell, "apply", &["--dry-run"]);
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        assert!(told(&run).contains("services/gateway/settings.conf"), "{}", told(&run));
        assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
        assert_eq!(workspace.text("docs/change.md"), "none");
    });
}

/// Shows change.31.
#[test]
fn a_service_that_is_not_well_refuses_the_change_or_takes_it_back() {
    each_shell(|shell, workspace| {
        fs::write(workspace.path().join("run/worker.pid"), "999999999").expect("a file is written");
        let run = workspace.run(shell, "apply", &[]);
        assert_eq!(run.status.code(), Some(3), "{}", told(&run));
        let pid = workspace.worker.id().to_string();
        fs::write(workspace.path().join("run/worker.pid"), pid).expect("a file is written");
        workspace.verification("echo 999999999 >run/worker.pid\n");
        let run = workspace.run(shell, "apply", &[]);
        assert!(matches!(run.status.code(), Some(5 | 6)), "{}", told(&run));
        assert_eq!(workspace.text("services/gateway/settings.conf"), OLD);
    });
}

/// Shows change.13.
#[test]
fn too_many_files_are_found() {
    let found = findings(RULE_SET, &[("L3-policy.toml", "max_files_touched = 50", "max_files_touched = 1")]);
    assert!(found.contains("error[too-many-files]: `apply` writes 2 files > 1"), "{found}");
}

/// Shows change.14.
#[test]
fn a_long_patch_is_found() {
    let found = findings(RULE_SET, &[("L3-policy.toml", "max_patch_lines = 5000", "max_patch_lines = 1")]);
    assert!(found.contains("error[patch-too-long]: `apply` writes 2 lines > 1"), "{found}");
}

/// Shows change.15, change.16.
#[test]
fn steps_and_runs_that_take_too_long_are_found() {
    let found =
        findings(RULE_SET, &[("L3-policy.toml", r#"max_step_time = "60s""#, r#"max_step_time = "30s""#)]);
    assert!(found.contains("[step-over-limit]"), "{found}");
    let limit = (r#"max_execution_time = "5m""#, r#"max_execution_time = "50s""#);
    let found = findings(RULE_SET, &[("L3-policy.toml", limit.0, limit.1)]);
    assert!(found.contains("[execution-over-limit]"), "{found}");
}

const POSTCONDITIONS: &str = "    postconditions:\n      - health: gateway\n      - health: worker\n      - health: history\n      - { file: docs/change.md, max_age: 1h }\n";

/// The step of `apply` that verifies the change, up to what is stated of it behind its limit of time.
const VERIFYING: &str = "command: sh change/verify.sh\n        timeout: 45s\n        read_only: true\n";

/// What is found where that step states something else than that it only reads.
fn verifying_states(text: &str, edits: &[(&str, &str, &str)]) -> String {
    let stated = VERIFYING.replace("read_only: true", text);
    let mut edits = edits.to_vec();
    edits.push(("L5-procedures.yaml", VERIFYING, &stated));
    findings(RULE_SET, &edits)
}

/// Shows change.17, change.21.
#[test]
fn a_risky_change_without_health_checks_is_found() {
    let found = verifying_states("undo: 'true'", &[("L5-procedures.yaml", POSTCONDITIONS, "")]);
    assert!(found.contains("error[risk-needs-health-check]"), "{found}");
}

/// Shows change.18.
#[test]
fn a_change_that_nothing_verifies_is_found() {
    let found = verifying_states("undo: 'true'", &[]);
    assert!(found.contains("error[risk-needs-verification]"), "{found}");
}

/// Shows change.19.
#[test]
fn a_change_without_a_way_back_is_found() {
    let found = verifying_states("verify: { file: docs/change.md }", &[]);
    assert!(found.contains("error[risk-needs-rollback]"), "{found}");
}

/// Shows change.3, change.20.
#[test]
fn a_deletion_that_nobody_approves_is_found() {
    let approval = "    approval:\n      roles: [maintainer]\n      reason: A file is deleted\n";
    let found = findings(RULE_SET, &[("L5-procedures.yaml", approval, "")]);
    assert!(
        found.contains("error[review-required]: `services/gateway/old.conf` is always reviewed"),
        "{found}"
    );
}

/// Shows change.21.
#[test]
fn a_risk_below_its_floor_is_found() {
    let stated = "satisfies: [FR1, FR2]\n    risk: medium";
    let found = findings(RULE_SET, &[("L5-procedures.yaml", stated, "satisfies: [FR1, FR2]\n    risk: low")]);
    let words = "warning[risk-below-floor]: `retire` deletes `services/gateway/old.conf`, which is of medium risk at least: low < medium";
    assert!(found.contains(words), "{found}");
}

/// Shows change.12.
#[test]
fn a_precedence_that_leaves_a_list_out_is_found() {
    let order = r#"["forbidden_paths", "write_allowed_paths", "read_only_paths", "allowed_paths"]"#;
    let found = findings(RULE_SET, &[("L3-policy.toml", order, r#"["forbidden_paths", "allowed_paths"]"#)]);
    assert!(found.contains("error[precedence-incomplete]: `read_only_paths` has no place"), "{found}");
}

/// Shows change.33.
#[test]
fn a_file_that_is_taken_back_both_ways_is_found() {
    let manual = (r#"manual_paths = ["migrations/**"]"#, r#"manual_paths = ["services/**"]"#);
    let found = findings(RULE_SET, &[("L3-policy.toml", manual.0, manual.1)]);
    assert!(
        found.contains("error[rollback-mode-conflict]: `services/**` is taken back by the run"),
        "{found}"
    );
}

/// Shows change.31.
#[test]
fn a_check_of_a_port_that_nobody_has_is_found() {
    let edit = (
        "      - { file: docs/change.md, max_age: 1h }",
        "      - { http: \"http://localhost:18422/health\" }",
    );
    let found = findings(RULE_SET, &[("L5-procedures.yaml", edit.0, edit.1)]);
    assert!(found.contains("warning[unknown-port-asked]: no component listens on port 18422"), "{found}");
}

/// Shows change.1.
#[test]
fn a_change_that_leads_nowhere_is_found() {
    for (old, new, rule) in [
        ("    satisfies: [FR1, FR2, FR3]\n", "    satisfies: [FR9]\n", "unresolved-reference"),
        (
            "      - health: history\n    steps:",
            "      - health: archive\n    steps:",
            "unresolved-reference",
        ),
        (
            "    risk: medium\n    inputs:\n      - { name: CHANGE",
            "    risk: huge\n    inputs:\n      - { name: CHANGE",
            "invalid-value",
        ),
    ] {
        let found = findings(RULE_SET, &[("L5-procedures.yaml", old, new)]);
        assert!(found.contains(&format!("error[{rule}]")), "{rule}: {found}");
    }
}

/// Shows change.3, change.21.
#[test]
fn the_plan_says_what_the_gate_has_decided() {
    for (entry, verdict, risk) in [("apply", "allow", "medium"), ("retire", "needs_approval", "medium")] {
        let done = rulec(&["compile", "rules/governed-change", "--entry", entry, "--target", "plan"])
            .output()
            .expect("rulec runs");
        assert!(done.status.success(), "{}", told(&done));
        let plan: Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
        assert_eq!(plan["policy"]["gate"]["verdict"], verdict, "{entry}");
        assert_eq!(plan["entry"]["risk"], risk);
        if entry == "retire" {
            let reason = plan["policy"]["gate"]["reasons"][0]["text"].as_str().unwrap_or_default();
            assert_eq!(reason, "`services/gateway/old.conf` is under review by `deletion`");
        }
    }
}

/// A lock of a run that is dead is taken over; that of one that lives is not.
///
/// Shows change.24.
#[test]
fn the_lock_of_a_dead_run_is_taken_over() {
    each_shell(|shell, workspace| {
        workspace.verification("echo in >>trace\nuntil test -e over; do sleep 0.1; done\n");
        let mut first = workspace.start(shell, &[]);
        for _ in 0..600 {
            if workspace.text("trace").contains("in") {
                break;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
        drop(first.kill());
        drop(first.wait());
        workspace.verification("true\n");
        fs::write(workspace.path().join("over"), "").expect("the file is written");
        let resumed = workspace.ask(shell, "apply", &["resume"]);
        assert_eq!(resumed.status.code(), Some(0), "{}", told(&resumed));
        assert_eq!(workspace.text("services/gateway/settings.conf"), NEW);
    });
}

#[test]
fn every_run_of_it_is_proved_and_its_scenarios_pass() {
    for arguments in [["verify", "rules/governed-change"], ["test", "rules/governed-change"]] {
        let done = rulec(&arguments).output().expect("rulec runs");
        assert!(done.status.success(), "{arguments:?}: {}", told(&done));
    }
}
