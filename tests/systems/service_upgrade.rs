//! The rule set `rules/service-upgrade`, run for real: a service with a database is installed, upgraded and taken back,
//! with a fault at every step. `systemctl` and what else would need a whole machine is a stand-in that says so,
//! `services/stand-in.sh` of the rule set; repository, database, files and the service itself are real.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{SHELLS, System, findings, place_of, rulec, told};
use crate::support::project;
use crate::support::promtool::{Trial, assert_alerts};
use crate::support::tools::has;

/// What the rules call, and the stand-in takes the place of.
const STAND_INS: [&str; 7] = ["systemctl", "curl", "git", "cp", "mv", "sqlite3", "psql"];

/// The steps of an upgrade, by the fault of the stand-in that makes each fail after it has done its work.
const UPGRADE: [&str; 9] =
    ["prepare", "stop", "code", "dependencies", "migrate", "settings", "test", "start", "verify"];

/// Those of a rollback.
const ROLLBACK: [&str; 7] = ["prepare", "stop", "database", "code", "dependencies", "settings", "start"];

/// An installed service with its machine around it.
struct Ledger {
    system: System,
    shell: &'static [&'static str],
    port: u16,
}

impl Ledger {
    /// A machine with nothing on it but the repository; none where a program is missing. `changes` is whether files are
    /// to be changed by hand.
    fn new(shell: &'static [&'static str], changes: &str) -> Option<Self> {
        if !["git", "sqlite3", "curl", "setsid", shell[0]].into_iter().all(has) {
            return None;
        }
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|it| it.local_addr())
            .expect("a port is free")
            .port();
        let port_set = format!("api_port={port}");
        let by_hand = format!("by_hand={changes}");
        let sets = ["--environment", "testing", "--set", port_set.as_str(), "--set", by_hand.as_str()];
        let system = System::compiled("service-upgrade", &sets);
        let ledger = Self { system, shell, port };
        let stand_in = project().join("rules/service-upgrade/services/stand-in.sh");
        fs::create_dir(ledger.path("bin")).expect("a folder is made");
        for name in STAND_INS {
            symlink(&stand_in, ledger.path("bin").join(name)).expect("a link is made");
        }
        ledger.repository();
        Some(ledger)
    }

    /// Version 1 of it runs.
    fn installed(shell: &'static [&'static str]) -> Option<Self> {
        Self::installed_with(shell, "false")
    }

    fn installed_with(shell: &'static [&'static str], changes: &str) -> Option<Self> {
        let ledger = Self::new(shell, changes)?;
        let source = ledger.path("source");
        let source = source.to_str().expect("it is UTF-8");
        let done = ledger.run(
            "install",
            &[
                ("source", source),
                ("version", "v1.0.0"),
                ("memory_kb", "1"),
                ("disk_kb", "1"),
                ("with_tests", "true"),
            ],
        );
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        assert_eq!(ledger.asked("/version"), "1.0.0");
        Some(ledger)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.system.path().join(name)
    }

    /// A repository with two versions, of which the second changes the database.
    fn repository(&self) {
        let source = self.path("source");
        for folder in ["migrations", "vendor"] {
            fs::create_dir_all(source.join(folder)).expect("a folder is made");
        }
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "commit.gpgsign=false"];
            let done = Command::new("git").args(identity).args(arguments).current_dir(&source).output();
            let done = done.expect("git runs");
            assert!(done.status.success(), "{}", told(&done));
        };
        let version = |version: &str, files: &[(&str, &str)]| {
            for (name, text) in files {
                fs::write(source.join(name), text).expect("a file is written");
            }
            git(&["add", "."]);
            git(&["commit", "--quiet", "-m", version]);
            git(&["tag", version]);
        };
        git(&["init", "--quiet", "."]);
        let first = "begin; create table bookings (id integer primary key, guest text not null);\n\
                     insert into bookings (guest) values ('Ada'), ('Bert'); pragma user_version = 1; commit;\n";
        version(
            "v1.0.0",
            &[
                ("VERSION", "1.0.0\n"),
                ("SCHEMA", "1\n"),
                ("CHANGES", "the first\n"),
                ("check", "test \"${FAULT-}\" != test\n"),
                ("vendor/list", "alpha 1\n"),
                ("migrations/1.up.sql", first),
            ],
        );
        let up = "begin; alter table bookings add column note text; update bookings set note = 'asked';\n\
                  pragma user_version = 2; commit;\n";
        let down = "begin; alter table bookings drop column note; pragma user_version = 1; commit;\n";
        version(
            "v2.0.0",
            &[
                ("VERSION", "2.0.0\n"),
                ("SCHEMA", "2\n"),
                ("vendor/list", "alpha 2\nbeta 1\n"),
                ("migrations/2.up.sql", up),
                ("migrations/2.down.sql", down),
            ],
        );
    }

    fn run(&self, entry: &str, environment: &[(&str, &str)]) -> Output {
        self.run_with(entry, &[], environment)
    }

    fn run_with(&self, entry: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let bin = self.path("bin");
        let bin = bin.to_str().expect("it is UTF-8");
        let path = format!("{bin}:{}", std::env::var("PATH").expect("there is a PATH"));
        let program = program();
        let mut all = vec![("PATH", path.as_str()), ("STAND_INS", bin), ("LEDGER_PROGRAM", program.as_str())];
        all.extend(environment);
        self.system.run(self.shell, entry, arguments, &all)
    }

    /// Runs an entry with a fault, once.
    fn faulty(&self, entry: &str, fault: &str, environment: &[(&str, &str)]) -> Output {
        drop(fs::remove_file(self.path("bin/fault.done")));
        let mut all = vec![("FAULT", fault)];
        all.extend(environment);
        let done = self.run(entry, &all);
        // The test of the version has its fault in itself.
        assert!(
            fault == "test" || self.path("bin/fault.done").exists(),
            "{fault} never struck: {}",
            told(&done)
        );
        done
    }

    /// What the service answers.
    fn asked(&self, path: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return String::new() };
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it takes the question");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer.rsplit("\r\n").next().unwrap_or_default().trim().to_owned()
    }

    /// Everything that an upgrade may change: what is in the database, every file with its permissions, and which version
    /// runs.
    fn state(&self) -> String {
        let dump = Command::new("sqlite3").arg(self.path("data/ledger.db")).arg(".dump").output();
        let mut state = told(&dump.expect("sqlite3 runs"));
        for folder in ["app", "deps", "etc", "data", "units"] {
            describe(&self.path(folder), &mut state);
        }
        state.push_str(&self.asked("/version"));
        state.push_str(&self.asked("/health"));
        state
    }

    fn query(&self, sql: &str) -> String {
        let output = Command::new("sqlite3").arg(self.path("data/ledger.db")).arg(sql).output();
        String::from_utf8_lossy(&output.expect("sqlite3 runs").stdout).trim().to_owned()
    }
}

impl Drop for Ledger {
    /// A test that failed half-way must not leave a service behind.
    fn drop(&mut self) {
        if let Ok(process) = fs::read_to_string(self.path("service.pid")) {
            drop(Command::new("kill").arg(process.trim()).output());
        }
    }
}

/// Path, permissions and content of all files of a folder, without what git keeps for itself; of the database only path
/// and permissions, since its content is told by its dump.
fn describe(path: &Path, out: &mut String) {
    let Ok(about) = fs::symlink_metadata(path) else { return };
    out.push_str(&format!("{} {:o}\n", path.display(), about.permissions().mode()));
    if about.is_dir() {
        if path.file_name().is_some_and(|name| name == ".git") {
            return;
        }
        let entries = fs::read_dir(path).expect("the folder is read");
        let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("it is read").path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| describe(entry, out));
    } else if path.extension().is_none_or(|ending| ending != "db") {
        out.push_str(&fs::read_to_string(path).expect("it is text"));
    }
}

/// The example program that Cargo builds together with the tests.
fn program() -> String {
    let rulec = Path::new(env!("CARGO_BIN_EXE_rulec"));
    let program = rulec.parent().expect("a binary is in a folder").join("examples/ledger");
    program.to_str().expect("it is UTF-8").to_owned()
}

/// The findings once some texts have been replaced, without those that the rule set has anyway.
fn found(edits: &[(&str, &str, &str)]) -> String {
    findings("service-upgrade", edits)
}

/// What `rulec compile` gives.
fn compiled(arguments: &[&str]) -> String {
    let mut all = vec!["compile", "rules/service-upgrade"];
    all.extend(arguments);
    let done = rulec(&all).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// Shows upgrade.3, upgrade.8, upgrade.9, upgrade.15, upgrade.20.
#[test]
fn is_installed_upgraded_and_answers_with_its_new_version() {
    for shell in SHELLS {
        let Some(ledger) = Ledger::installed(shell) else { continue };
        assert_eq!(ledger.query("select group_concat(guest) from bookings"), "Ada,Bert");
        let mode = fs::metadata(ledger.path("etc/ledger.env")).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let done = ledger.run("upgrade", &[("version", "v2.0.0")]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        assert_eq!(ledger.asked("/version"), "2.0.0");
        assert!(ledger.asked("/health").contains("\"database\":\"healthy\""));
        assert_eq!(ledger.query("select group_concat(note) from bookings"), "asked,asked");
        let health = ledger.run("health", &[]);
        assert_eq!(health.status.code(), Some(0), "{}", told(&health));
    }
}

/// Shows upgrade.19, upgrade.21.
#[test]
fn an_upgrade_that_fails_at_any_step_leaves_everything_as_it_was() {
    for shell in SHELLS {
        let Some(ledger) = Ledger::installed(shell) else { continue };
        let before = ledger.state();
        for step in UPGRADE {
            let done = ledger.faulty("upgrade", step, &[("version", "v2.0.0")]);
            assert_eq!(done.status.code(), Some(5), "{step}: {}", told(&done));
            assert_eq!(ledger.state(), before, "{step}: {}", told(&done));
        }
    }
}

/// Shows upgrade.21, upgrade.22.
#[test]
fn a_rollback_takes_one_of_two_ways_and_leaves_nothing_half_done() {
    for (shell, (way, place)) in SHELLS.into_iter().zip([("backup", "database"), ("migration", "migrate")]) {
        let Some(ledger) = Ledger::installed(shell) else { continue };
        let done = ledger.run("upgrade", &[("version", "v2.0.0")]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        ledger.query("insert into bookings (guest) values ('Cleo')");
        let newer = ledger.state();
        for step in ROLLBACK {
            let step = if step == "database" { place } else { step };
            let done = ledger.faulty("rollback", step, &[("way", way)]);
            assert_eq!(done.status.code(), Some(5), "{way} {step}: {}", told(&done));
            assert_eq!(ledger.state(), newer, "{way} {step}: {}", told(&done));
        }
        let done = ledger.run("rollback", &[("way", way)]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        assert_eq!(ledger.asked("/version"), "1.0.0");
        // Whoever goes back by migration keeps what was booked since.
        let kept = if way == "backup" { "Ada,Bert" } else { "Ada,Bert,Cleo" };
        assert_eq!(ledger.query("select group_concat(guest) from bookings"), kept);
    }
}

/// Shows upgrade.23.
#[test]
fn what_only_a_person_can_change_is_asked_for_and_refused_without_one() {
    let Some(ledger) = Ledger::installed_with(&["dash"], "true") else { return };
    let before = ledger.state();
    let done = ledger.run("upgrade", &[("version", "v2.0.0")]);
    assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    assert!(told(&done).contains("Read app/CHANGES"), "{}", told(&done));
    assert_eq!(ledger.state(), before);
    let done = ledger.run_with("upgrade", &["--yes"], &[("version", "v2.0.0")]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert_eq!(ledger.asked("/version"), "2.0.0");
}

/// Shows upgrade.17, upgrade.18.
#[test]
fn an_archive_is_restored_and_the_service_runs_whatever_comes_of_it() {
    let Some(ledger) = Ledger::installed(&["dash"]) else { return };
    let done = ledger.run("backup", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    ledger.query("delete from bookings");
    let refused = ledger.run("restore", &[("archive", "backup/none.tar.gz")]);
    assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
    assert_eq!(ledger.asked("/version"), "1.0.0");
    let done = ledger.run("restore", &[("archive", "backup/latest.tar.gz")]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert_eq!(ledger.query("select group_concat(guest) from bookings"), "Ada,Bert");
    assert_eq!(ledger.asked("/version"), "1.0.0");
    // A second backup keeps an archive that is not old.
    let done = ledger.run("backup", &[("name", "other")]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(ledger.path("backup/latest.tar.gz").exists() && ledger.path("backup/other.tar.gz").exists());
}

/// Shows upgrade.1, upgrade.2.
#[test]
fn a_machine_that_will_not_do_is_told_before_anything_is_made() {
    let Some(ledger) = Ledger::new(&["dash"], "false") else { return };
    let done = ledger.run("preflight", &[("memory_kb", "999999999999"), ("disk_kb", "1")]);
    assert_eq!(done.status.code(), Some(4), "{}", told(&done));
    assert!(told(&done).contains("Look at the memory"), "{}", told(&done));
    let wrong = ledger.run("preflight", &[("memory_kb", "0"), ("disk_kb", "1")]);
    assert!(told(&wrong).contains("a whole number, at least 1"), "{}", told(&wrong));
    let fine = ledger.run("preflight", &[("memory_kb", "1"), ("disk_kb", "1"), ("with_cache", "true")]);
    assert!([Some(0), Some(1)].contains(&fine.status.code()), "{}", told(&fine));
    // Without the cache, which it can do without, it ends degraded at worst.
    let outcome = ledger.system.report()["outcome"].as_str().map(str::to_owned);
    assert!(["succeeded", "degraded"].contains(&outcome.as_deref().unwrap_or_default()), "{outcome:?}");
}

/// Shows upgrade.16.
#[test]
fn a_known_trouble_is_diagnosed_and_mended_or_handed_on() {
    let Some(ledger) = Ledger::installed(&["dash"]) else { return };
    let done = ledger.run_with("trouble-database", &["--yes"], &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let steps = super::statuses(&ledger.system.report()["steps"]);
    assert_eq!(steps, ["diagnose ok", "schema ok", "restart ok", "tell skipped"]);
    // A schema that is not that of the version is nothing that a new start would mend: a person is told to restore.
    ledger.query("pragma user_version = 7");
    let done = ledger.run("trouble-database", &[]);
    assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    assert!(told(&done).contains("Restore the last archive"), "{}", told(&done));
    let done = ledger.run_with("trouble-database", &["--yes"], &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let steps = super::statuses(&ledger.system.report()["steps"]);
    assert_eq!(steps, ["diagnose ok", "schema ok", "restart skipped", "tell ok"]);
    // The same procedure with other arguments.
    let plan = compiled(&["--entry", "trouble-peer", "--environment", "production"]);
    assert!(
        plan.contains("\"peer\": \"mail.guild.test\"") && plan.contains("\"peer_port\": \"8025\""),
        "{plan}"
    );
    let wrong = found(&[("L5-operation.yaml", "run: reach", "run: reech")]);
    assert!(wrong.contains("error[unresolved-reference]"), "{wrong}");
}

/// Shows upgrade.4, upgrade.5.
#[test]
fn values_that_no_setting_allows_are_found_where_they_stand() {
    let file = "L2-system.yaml";
    let misfit = |what: &str| format!("error[setting-misfit]: the value of {what}");
    for (old, new, word, wanted) in [
        (
            "log_level: debug",
            "log_level: verbose",
            "verbose",
            misfit("`log_level` in `development` does not fit: `verbose` is not one of"),
        ),
        (
            "record_batch: 2000",
            "record_batch: 20000",
            "20000",
            misfit("`record_batch` in `tuned` does not fit: `20000` is more than `10000`"),
        ),
        (
            "record_flush_seconds: 15.0",
            "record_flush_seconds: soon",
            "soon",
            misfit("`record_flush_seconds` in `tuned` does not fit: `soon` is not a number"),
        ),
        (
            "record_batch: 2000",
            "record_bach: 2000",
            "record_bach",
            "error[unknown-setting]: no setting is called `record_bach`".to_owned(),
        ),
    ] {
        let found = found(&[(file, old, new)]);
        let wanted = format!("{}: {wanted}", place_of("service-upgrade", (file, old, new), word));
        assert!(found.contains(&wanted), "{wanted}:\n{found}");
    }
    let missing = found(&[(file, "      mode: production\n", "")]);
    let wanted = "error[setting-missing]: `production` has no value for `mode`";
    assert!(missing.contains(wanted), "{missing}");
    let secret = found(&[(
        "L2-system.yaml",
        "      mode: production\n",
        "      mode: production\n      signing_key: abc123\n",
    )]);
    assert!(
        secret.contains("error[setting-misfit]") && secret.contains("a secret has no value in rules"),
        "{secret}"
    );
}

/// Shows upgrade.6, upgrade.7.
#[test]
fn an_environment_has_the_values_of_the_one_that_it_extends() {
    let testing = compiled(&["--target", "env", "--environment", "testing"]);
    assert!(testing.contains("# From environment production: Where the record of bookings is kept\nLEDGER_RECORD_STORAGE=database\n"), "{testing}");
    assert!(
        testing.contains(
            "# From environment testing: How many records are written at once\nLEDGER_RECORD_BATCH=10\n"
        ),
        "{testing}"
    );
    assert!(
        testing.contains("# From the default: How many processes answer\nLEDGER_WORKERS=2\n"),
        "{testing}"
    );
    let folder = tempfile::tempdir().expect("a folder is made");
    let into = format!("{}/", folder.path().display());
    compiled(&["--target", "env", "-o", &into]);
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("it is read")
        .map(|it| it.expect("it is read").file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["development", "production", "testing", "tuned"]
            .map(|name| std::ffi::OsString::from(format!("ledger.{name}.env")))
    );
    let circle = found(&[(
        "L2-system.yaml",
        "      mode: production\n",
        "      extends: testing\n      mode: production\n",
    )]);
    assert!(circle.contains("error[environment-cycle]: environments extend one another"), "{circle}");
    let unknown = found(&[(
        "L2-system.yaml",
        "      extends: production\n      mode: testing\n",
        "      extends: prodction\n      mode: testing\n",
    )]);
    assert!(
        unknown.contains("error[unresolved-reference]: no environment is called `prodction`"),
        "{unknown}"
    );
}

/// Shows upgrade.26, upgrade.5.
#[test]
fn settings_that_can_not_work_together_are_found() {
    for (old, new, id) in [
        ("pool_overflow: 30", "pool_overflow: 40", "C1"),
        ("record_batch: 2000", "record_batch: 6000", "C2"),
        ("      mode: production\n", "      mode: production\n      record_days: 30\n", "C3"),
    ] {
        let found = found(&[("L2-system.yaml", old, new)]);
        assert!(
            found.contains("error[setting-contradiction]") && found.contains(&format!("breaks `{id}`")),
            "{found}"
        );
    }
}

/// Shows upgrade.11, upgrade.29.
#[test]
fn a_port_stands_in_one_place() {
    let site = compiled(&["--target", "nginx", "--set", "api_port=9100"]);
    assert!(site.contains("server 127.0.0.1:9100;"), "{site}");
    assert!(
        compiled(&["--target", "env", "--environment", "production", "--set", "api_port=9100"])
            .contains("LEDGER_PORT=9100")
    );
    let again = found(&[(
        "L5-operation.yaml",
        "\"http://127.0.0.1:$api_port/health\" | grep",
        "\"http://127.0.0.1:8901/health\" | grep",
    )]);
    assert!(again.contains("warning[port-typed-again]: port 8901 of `ledger` is typed again"), "{again}");
    let firewall = found(&[(
        "L5-operation.yaml",
        "command: systemctl reload nginx\n",
        "command: systemctl reload nginx && ufw allow 8901/tcp && ufw enable\n",
    )]);
    assert!(firewall.contains("opens port 8901, but `ledger` is reached through port 80"), "{firewall}");
    assert!(firewall.contains("closes port 80, on which `ledger` is reached"), "{firewall}");
}

/// Shows upgrade.10, upgrade.27, upgrade.14.
#[test]
fn systemd_takes_the_unit() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let into = format!("{}/", folder.path().display());
    compiled(&["--target", "systemd", "--entry", "health", "--environment", "production", "-o", &into]);
    let path = folder.path().join("ledger.service");
    let unit = fs::read_to_string(&path).expect("there is a unit");
    for line in [
        "User=ledger",
        "WorkingDirectory=/opt/ledger",
        "ExecStart=/opt/ledger/bin/ledger serve",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=always",
        "RestartSec=10000ms",
        "LimitNOFILE=65536",
        "MemoryMax=4000000000",
        "EnvironmentFile=/opt/ledger/etc/ledger.env",
    ] {
        assert!(unit.lines().any(|is| is == line), "{line} is not in\n{unit}");
    }
    // What is measured again and again has a timer.
    assert!(folder.path().join("rulec-health-monitor-M1.timer").exists());
    if has("systemd-analyze") {
        // The program is not on this machine; everything else is judged as it is.
        fs::write(&path, unit.replace("/opt/ledger/bin/ledger", "/bin/sh")).expect("it is written");
        let done = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&path)
            .output()
            .expect("it runs");
        assert_eq!((done.status.code(), told(&done).as_str()), (Some(0), ""), "{unit}");
    }
    let reload = found(&[
        ("L2-system.yaml", "          reload: [/bin/kill, -HUP, $MAINPID]\n", ""),
        (
            "L5-operation.yaml",
            "command: systemctl reload nginx\n",
            "command: systemctl reload nginx && systemctl reload ledger\n",
        ),
    ]);
    assert!(reload.contains("warning[reload-unsupported]: `ledger` can't be reloaded"), "{reload}");
}

/// Shows upgrade.14.
#[test]
fn what_is_measured_has_an_alert_rule() {
    let rules = compiled(&["--target", "prometheus"]);
    let series = |slow: u32, failed: &'static str, free: &'static str, backups, unwritten, upgrade| {
        [
            ("ledger_booking_seconds_bucket{kind=\"room\",le=\"0.1\"}", "0+50x40".to_owned()),
            ("ledger_booking_seconds_bucket{kind=\"room\",le=\"0.5\"}", format!("0+{}x40", 100 - slow)),
            ("ledger_booking_seconds_bucket{kind=\"room\",le=\"+Inf\"}", "0+100x40".to_owned()),
            ("ledger_bookings_total{kind=\"room\",status=\"failed\"}", failed.to_owned()),
            ("ledger_bookings_total{kind=\"room\",status=\"ok\"}", "0+950x40".to_owned()),
            ("node_filesystem_avail_bytes{mountpoint=\"/opt\"}", free.to_owned()),
            ("node_filesystem_size_bytes{mountpoint=\"/opt\"}", "100x40".to_owned()),
            ("ledger_backups", format!("{backups}x40")),
            ("ledger_unwritten_records", format!("{unwritten}x40")),
            ("rulec_run_duration_seconds{entry=\"upgrade\"}", format!("{upgrade}x40")),
        ]
    };
    // Between target and alarm a share of bookings, and a number of records, is no reason to wake anybody.
    let kept = series(0, "0+50x40", "16x40", 1, 5_000, 899);
    let broken = series(10, "0+51x40", "15x40", 0, 5_001, 900);
    let names = [
        "G1.booking_time",
        "G1.failed_bookings",
        "G1.disk",
        "G2.backups",
        "G2.unwritten_records",
        "G1.upgrade_time",
    ];
    let (kept, broken) = (
        kept.each_ref().map(|(name, values)| (*name, values.as_str())),
        broken.each_ref().map(|(name, values)| (*name, values.as_str())),
    );
    let (none, all) = (names.map(|name| (name, 0)), names.map(|name| (name, 1)));
    let trials = [
        Trial { series: &kept, at: "40m", firing: &none },
        Trial { series: &broken, at: "40m", firing: &all },
    ];
    assert_alerts(&rules, &trials);
}

/// Shows upgrade.11.
#[test]
fn nginx_takes_the_site() {
    let site = compiled(&["--target", "nginx", "--environment", "production"]);
    assert_eq!(site.matches("proxy_set_header").count(), 4, "{site}");
    if !has("nginx") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder is made");
    let port =
        TcpListener::bind(("127.0.0.1", 0)).and_then(|it| it.local_addr()).expect("a port is free").port();
    fs::write(folder.path().join("site"), site.replace("listen 80;", &format!("listen {port};")))
        .expect("it is written");
    let all = "error_log stderr;\npid nginx.pid;\nevents {}\nhttp { access_log off; include site; }\n";
    fs::write(folder.path().join("nginx.conf"), all).expect("it is written");
    let mut command = Command::new("nginx");
    command.arg("-t").arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf"));
    let done = command.output().expect("it runs");
    assert!(done.status.success(), "{}", told(&done));
}

/// Shows upgrade.12, upgrade.13.
#[test]
fn logrotate_takes_its_file_and_paths_agree() {
    let text = compiled(&["--target", "logrotate"]);
    for line in [
        "/var/log/ledger/*.log {",
        "    rotate 30",
        "    compress",
        "    delaycompress",
        "    create 0640 ledger ledger",
        "        systemctl try-reload-or-restart ledger.service",
    ] {
        assert!(text.lines().any(|is| is == line), "{line} is not in\n{text}");
    }
    // Without a way to reload it, the old file is copied and emptied.
    let folder = tempfile::tempdir().expect("a folder is made");
    if has("logrotate") {
        let path = folder.path().join("ledger");
        fs::write(&path, text.replace("ledger ledger", "root root")).expect("it is written");
        let mut command = Command::new("logrotate");
        command.arg("-d").arg("-s").arg(folder.path().join("state")).arg(&path);
        let done = command.output().expect("it runs");
        assert!(done.status.success() && !told(&done).contains("error:"), "{}", told(&done));
    }
    let modes = found(&[(
        "L5-operation.yaml",
        "command: systemctl reload nginx\n",
        "command: systemctl reload nginx && chmod 644 /var/log/ledger/*.log\n",
    )]);
    assert!(
        modes
            .contains("warning[mode-conflict]: `/var/log/ledger/*.log` is given 644 here and 0640 elsewhere"),
        "{modes}"
    );
}

/// Shows upgrade.28.
#[test]
fn permissions_that_contradict_each_other_are_found() {
    let wider = found(&[
        (
            "L5-versions.yaml",
            "generated: { kind: env, component: ledger } }",
            "generated: { kind: env, component: ledger }, mode: \"0600\" }",
        ),
        (
            "L5-operation.yaml",
            "command: systemctl reload nginx\n",
            "command: systemctl reload nginx && chmod -R 755 etc\n",
        ),
    ]);
    assert!(
        wider.contains("warning[mode-conflict]: this gives all below `etc` 755, `etc/ledger.env` too"),
        "{wider}"
    );
}

/// Shows upgrade.30.
#[test]
fn old_records_are_deleted_by_a_user_who_may() {
    const FILE: &str = "L5-operation.yaml";
    let text = fs::read_to_string(project().join("rules/service-upgrade").join(FILE)).expect("it is there");
    let line = text.lines().position(|line| line.contains("DELETE FROM records")).expect("it is there") + 1;
    let refused = found(&[(FILE, "--username=steward", "--username=ledger")]);
    let place = format!("{FILE}:{line}:11: error[not-granted]: `DELETE` is not granted to `ledger`");
    assert!(refused.contains(&place), "{refused}");
    let blind =
        found(&[("L3-limits.toml", "steward = [\"CONNECT\", \"SELECT\", ", "steward = [\"CONNECT\", ")]);
    assert!(!blind.contains("not-granted"), "only the service's user reads: {blind}");
    let ledger = "ledger = [\"CONNECT\", \"SELECT\", ";
    let blind = found(&[("L3-limits.toml", ledger, "ledger = [\"CONNECT\", ")]);
    assert!(blind.contains("error[not-granted]: `SELECT` is not granted to `ledger`"), "{blind}");
    let slip = found(&[("L3-limits.toml", ledger, "ledger = [\"CONNECT\", \"SELCT\", ")]);
    assert!(slip.contains("error[invalid-value]: `SELCT` is no privilege"), "{slip}");

    for shell in SHELLS {
        let Some(machine) = Ledger::new(shell, "false") else { continue };
        fs::create_dir(machine.path("data")).expect("a folder is made");
        let records = |sql: &str| {
            let done = Command::new("sqlite3").arg(machine.path("data/records.db")).arg(sql).output();
            String::from_utf8_lossy(&done.expect("sqlite3 runs").stdout).trim().to_owned()
        };
        records(
            "create table records (what text, written text); \
             insert into records values ('old', date('now', '-91 days')), ('new', date('now', '-89 days'));",
        );
        let done = machine.run("retention", &[]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        assert_eq!(records("select what from records"), "new");
    }
}

/// Shows upgrade.17.
#[test]
fn old_archives_are_not_deleted_before_there_is_a_new_one() {
    let blind = found(&[(
        "L5-versions.yaml",
        "mv -- \"backup/$name.tar.gz.part\" \"backup/$name.tar.gz\" &&\n",
        "mv -- \"backup/$name.tar.gz.part\" \"backup/$name.tar.gz\"\n",
    )]);
    assert!(blind.contains("warning[prune-without-proof]"), "{blind}");
}

/// Shows upgrade.24.
#[test]
fn looking_on_without_end_is_found() {
    let endless = found(&[(
        "L5-operation.yaml",
        "command: systemctl reload nginx\n",
        "command: systemctl reload nginx && tail -f /var/log/ledger/ledger.log\n",
    )]);
    assert!(endless.contains("warning[interactive-command]: this never ends"), "{endless}");
}

/// Shows upgrade.31, upgrade.32.
#[test]
fn what_was_never_filled_in_is_an_error_in_production() {
    let left = found(&[("L2-system.yaml", "https://ledger.guild.test/", "https://ledger.example.com/")]);
    assert!(
        left.contains("error[unfilled-setting]: `public_url` of `production` was never filled in"),
        "{left}"
    );
    let elsewhere = found(&[(
        "L2-system.yaml",
        "      log_level: debug\n",
        "      log_level: debug\n      public_url: https://ledger.example.com/\n",
    )]);
    assert!(!elsewhere.contains("unfilled-setting"), "{elsewhere}");
    let key = found(&[(
        "L2-system.yaml",
        "      type: secret\n",
        "      type: secret\n      default: your-encryption-key\n",
    )]);
    assert!(
        key.contains("the default of `signing_key` does not fit: a secret has no value in rules"),
        "{key}"
    );
    let env = compiled(&["--target", "env", "--environment", "production"]);
    assert!(
        env.contains("# LEDGER_SIGNING_KEY: What receipts are signed with. A secret: its line belongs into"),
        "{env}"
    );
}

/// Shows upgrade.4.
#[test]
fn a_shell_reads_the_file_of_variables_back() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = folder.path().join("ledger.env");
    let url = "http://a.test/?q=$x&it's=\"1\"`b`\\";
    let set = format!("public_url={url}");
    fs::write(&path, compiled(&["--target", "env", "--environment", "testing", "--set", &set]))
        .expect("it is written");
    let done = Command::new("sh")
        .args(["-c", ". \"$1\"; printf '%s' \"$LEDGER_PUBLIC_URL\"", "sh"])
        .arg(&path)
        .output()
        .expect("sh runs");
    assert_eq!(told(&done), url);
}

#[test]
fn what_happens_when_things_go_wrong_is_as_expected() {
    let done = rulec(&["test", "rules/service-upgrade"]).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
    let done = rulec(&["verify", "rules/service-upgrade"]).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
}
