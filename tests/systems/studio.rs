//! The rule set `rules/studio`, run for real: its services start, answer, stop, and are taken back.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;

use super::{SHELLS, System, findings, rulec, statuses, told};

/// The ports of the three services: those of the rules, so that only one test at a time may use them.
const PORTS: [u16; 3] = [18401, 18402, 18403];
static PORTS_IN_USE: Mutex<()> = Mutex::new(());

/// The studio's scripts and a folder for them, and the only use of its ports while it lives.
pub(crate) struct Studio {
    system: System,
    _ports: MutexGuard<'static, ()>,
}

impl Studio {
    /// Compiled, with no service running.
    pub(crate) fn open() -> Self {
        let ports = PORTS_IN_USE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let studio = Self { system: System::compiled("studio", &[]), _ports: ports };
        assert_eq!(studio.open_ports(), Vec::<u16>::new(), "the ports of the studio are taken");
        studio
    }

    fn run(&self, shell: &[&str], entry: &str, environment: &[(&str, &str)]) -> Output {
        let program = program();
        let data = self.folder().join("target/studio/data");
        let mut all =
            vec![("studio", program.as_str()), ("STUDIO_DATA", data.to_str().expect("it is UTF-8"))];
        all.extend(environment);
        self.system.run(shell, entry, &[], &all)
    }

    fn report(&self) -> Value {
        self.system.report()
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.system.path()
    }

    /// Which of the services' ports take connections.
    pub(crate) fn open_ports(&self) -> Vec<u16> {
        PORTS.into_iter().filter(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()).collect()
    }
}

impl Drop for Studio {
    /// A test that failed half-way must not leave services behind.
    fn drop(&mut self) {
        for (name, port) in ["watch", "console", "mixer"].iter().zip(["18403", "18402", "18401"]) {
            drop(Command::new(program()).args(["stop", name, port]).output());
        }
    }
}

/// The example program that Cargo builds together with the tests.
pub(crate) fn program() -> String {
    let rulec = Path::new(env!("CARGO_BIN_EXE_rulec"));
    let program = rulec.parent().expect("a binary is in a folder").join("examples/studio");
    program.to_str().expect("it is UTF-8").to_owned()
}

#[test]
fn the_rules_are_clean() {
    let done = rulec(&["check", "rules/studio", "--deny", "warnings"]).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
}

/// Shows studio.30.
#[test]
fn components_that_need_each_other_are_found() {
    let needs = ("L2-system.json", r#""dependencies": ["mixer"],"#, r#""dependencies": ["mixer", "watch"],"#);
    let found = findings("studio", &[needs]);
    assert!(found.contains("L2-system.json:37:37: error[component-cycle]"), "{found}");
}

#[test]
fn starts_verifies_and_stops() {
    for shell in SHELLS {
        if !crate::support::tools::has(shell[0]) {
            continue;
        }
        let studio = Studio::open();
        let started = studio.run(shell, "E1", &[]);
        assert_eq!(started.status.code(), Some(0), "{}", told(&started));
        assert_eq!(studio.open_ports(), PORTS);
        let report = studio.report();
        assert_eq!(report["outcome"], "succeeded");
        assert_eq!(statuses(&report["steps"]), ["1 ok", "2 ok", "3 ok", "4 ok"]);
        let stopped = studio.run(shell, "E2", &[]);
        assert_eq!(stopped.status.code(), Some(0), "{}", told(&stopped));
        assert_eq!(studio.open_ports(), Vec::<u16>::new());
    }
}

#[test]
fn takes_everything_back_when_the_third_service_is_not_well() {
    let studio = Studio::open();
    let run = studio.run(&["sh"], "E1", &[("STUDIO_BROKEN", "watch")]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    assert_eq!(studio.open_ports(), Vec::<u16>::new());
    let report = studio.report();
    assert_eq!(report["outcome"], "rolled_back");
    assert_eq!(report["steps"][2]["attempts"], 2);
    assert_eq!(statuses(&report["undone"]), ["3 ok", "2 ok", "1 ok"]);
    assert_eq!(report["rollback"][0]["procedure"], "E2");
    assert_eq!(statuses(&report["rollback"][0]["steps"]), ["E2/1 ok", "E2/2 ok", "E2/3 ok", "E2/4 ok"]);
}

#[test]
fn the_decision_runs_like_a_procedure() {
    let studio = Studio::open();
    let run = studio.run(&["sh"], "D1", &[]);
    assert_eq!(run.status.code(), Some(0), "{}", told(&run));
    assert_eq!(studio.open_ports(), PORTS);
    assert_eq!(studio.run(&["sh"], "E2", &[]).status.code(), Some(0));
}

#[test]
fn backs_up_what_can_be_read_back() {
    let studio = Studio::open();
    let folder = studio.folder();
    let refused = studio.run(&["sh"], "E3", &[]);
    assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
    fs::create_dir_all(folder.join("target/studio/data")).expect("a folder is made");
    fs::write(folder.join("target/studio/data/take-1"), "la la la").expect("a file is written");
    let done = studio.run(&["sh"], "E3", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let listed = Command::new("tar")
        .args(["-tzf", "target/studio/backup.tar.gz"])
        .current_dir(folder)
        .output()
        .expect("tar runs");
    assert!(told(&listed).contains("target/studio/data/take-1"));
    assert!(!folder.join("target/studio/backup.tar.gz.part").exists());
}

#[test]
fn a_backup_that_cannot_be_put_in_its_place_leaves_nothing() {
    let studio = Studio::open();
    let folder = studio.folder();
    fs::create_dir_all(folder.join("target/studio/data")).expect("a folder is made");
    fs::write(folder.join("target/studio/data/take-1"), "la la la").expect("a file is written");
    let run = studio.run(&["sh"], "E3", &[("archive", "missing-folder/archive.tar.gz")]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    assert_eq!(
        fs::read_dir(folder)
            .expect("it is listed")
            .filter(|it| it.as_ref().is_ok_and(|it| it.file_name().to_string_lossy().contains(".tar")))
            .count(),
        0
    );
}
