//! Typed checks, from rule files, compiled by the binary, asked for real under every shell.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::thread;

use super::bench::{Bench, find, need, these_shells};
use super::site::Site;

/// The shells in which each check is asked.
const SHELLS: [&str; 3] = ["dash", "busybox", "mksh"];

/// A procedure that does nothing, once this holds.
fn procedure(condition: &str) -> String {
    format!(
        "layer: L5\nprocedures:\n  - id: look\n    inputs: [{{ name: PLACE, type: string, default: here }}]\n    preconditions:\n      - {condition}\n    steps:\n      - {{ id: a, command: 'true', timeout: 20, read_only: true, on_failure: abort }}\n"
    )
}

/// How a run ends that this must hold before: 0, or 3 with what was said.
fn judged(bench: &Bench, condition: &str) -> (i32, String) {
    let site = Site::new(bench, "look", &[("L5-look.yaml", &procedure(condition))]);
    let run = site.run(&[]);
    (run.code, run.stderr)
}

#[track_caller]
fn holds(bench: &Bench, condition: &str) {
    let (code, told) = judged(bench, condition);
    assert_eq!(code, 0, "{condition}: {told}");
}

#[track_caller]
fn fails(bench: &Bench, condition: &str, words: &str) {
    let (code, told) = judged(bench, condition);
    assert_eq!(code, 3, "{condition}: {told}");
    let logs = fs::read_dir(bench.path().join("state")).map(|_| all_logs(&bench.path().join("state")));
    let logs = logs.unwrap_or_default();
    assert!(told.contains(words) || logs.contains(words), "{condition}: `{words}` is not in {told}{logs}");
}

/// Everything that commands printed.
fn all_logs(folder: &std::path::Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            all.push_str(&all_logs(&entry.path()));
        } else if entry.path().extension().is_some_and(|it| it == "log") {
            all.push_str(&String::from_utf8_lossy(&fs::read(entry.path()).unwrap()));
        }
    }
    all
}

/// A server that answers each request with a status and a body, for as long as the test runs.
fn serve(status: &'static str, body: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|count| count > 0) {
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nLocation: /\r\nConnection: close\r\n\r\n{body}"
                );
                drop(stream.write_all(answer.as_bytes()));
            }
        }
    });
    port
}

/// A port at which nobody listens.
fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Lets a bench find these programs only, beside those that any system has.
fn with_only(shell: &'static str, tools: &[&str]) -> Bench {
    let mut bench = Bench::new(shell);
    let folder = bench.path().join("few");
    fs::create_dir(&folder).unwrap();
    for path in bench.env()["PATH"].clone().split(':') {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_left_out = ["curl", "wget", "nc", "bash", "perl"].contains(&name.as_str());
            if !is_left_out || tools.contains(&name.as_str()) {
                drop(symlink(entry.path(), folder.join(name)));
            }
        }
    }
    bench.set("PATH", folder.to_str().unwrap());
    bench
}

/// Shows change.31.
#[test]
fn a_web_address_answers() {
    let (fine, broken) = (serve("200 OK", "it's \"fine\" $(no) `x`"), serve("503 Service Unavailable", ""));
    let moved = serve("302 Found", "");
    these_shells(&SHELLS, |bench| {
        holds(bench, &format!("{{ http: 'http://127.0.0.1:{fine}/health' }}"));
        holds(bench, &format!("{{ http: 'http://127.0.0.1:{broken}/', status: [200, 503] }}"));
        holds(bench, &format!("{{ http: 'http://127.0.0.1:{moved}/', status: 302 }}"));
        holds(bench, &format!("{{ http: 'http://127.0.0.1:{fine}/', contains: 's \"fine\" $(no) `x' }}"));
        fails(bench, &format!("{{ http: 'http://127.0.0.1:{broken}/' }}"), "answered 503, not 200");
        fails(bench, &format!("{{ http: 'http://127.0.0.1:{fine}/', contains: 'fine*' }}"), "has not what");
        fails(bench, &format!("{{ http: 'http://127.0.0.1:{}/' }}", closed()), "");
        holds(bench, &format!("{{ http: 'http://127.0.0.1:{fine}/${{PLACE}}?a=$(touch%20no)&b=`c`;d' }}"));
        assert!(!bench.path().join("no").exists());
    });
}

#[test]
fn a_web_address_is_asked_with_what_is_there() {
    let (fine, broken) = (serve("200 OK", "fine"), serve("503 Service Unavailable", ""));
    let moved = serve("302 Found", "");
    let bench = with_only("dash", &["wget"]);
    holds(&bench, &format!("{{ http: 'http://127.0.0.1:{fine}/', contains: fine }}"));
    holds(&bench, &format!("{{ http: 'http://127.0.0.1:{broken}/', status: 503 }}"));
    fails(&bench, &format!("{{ http: 'http://127.0.0.1:{broken}/' }}"), "answered 503, not 200");
    fails(&bench, &format!("{{ http: 'http://127.0.0.1:{moved}/' }}"), "answered 302, not 200");
    fails(&bench, &format!("{{ http: 'http://127.0.0.1:{}/' }}", closed()), "answered nothing, not 200");
    let bench = with_only("dash", &[]);
    fails(&bench, &format!("{{ http: 'http://127.0.0.1:{fine}/' }}"), "neither curl nor wget");
    if let Some(busybox) = need("busybox") {
        symlink(busybox, bench.path().join("few/wget")).unwrap();
        holds(&bench, &format!("{{ http: 'http://127.0.0.1:{fine}/', contains: fine }}"));
        fails(&bench, &format!("{{ http: 'http://127.0.0.1:{broken}/' }}"), "answered 503, not 200");
    }
}

/// Shows change.31.
#[test]
fn a_port_takes_connections() {
    let (open, shut) = (serve("200 OK", ""), closed());
    these_shells(&SHELLS, |bench| {
        holds(bench, &format!("{{ tcp: {open} }}"));
        holds(bench, &format!("{{ tcp: 'localhost:{open}', timeout: 20 }}"));
        fails(bench, &format!("{{ tcp: {shut} }}"), "no connection");
    });
    for tool in ["nc", "bash", "perl", "curl"] {
        let bench = with_only("dash", &[tool]);
        match tool {
            "nc" => drop(find("busybox").map(|busybox| symlink(busybox, bench.path().join("few/nc")))),
            _ if find(tool).is_none() => continue,
            _ => {}
        }
        holds(&bench, &format!("{{ tcp: {open} }}"));
        fails(&bench, &format!("{{ tcp: {shut} }}"), "no connection");
    }
    fails(&with_only("dash", &[]), &format!("{{ tcp: {open} }}"), "neither nc, bash, perl nor curl");
}

/// Shows change.31.
#[test]
fn a_process_runs() {
    these_shells(&SHELLS, |bench| {
        // One of its own: the shells are not asked one after another.
        let name = &format!("rulec-probed-{}", bench.shell);
        fs::copy(need("sleep").unwrap(), bench.path().join(name)).unwrap();
        let mut child = std::process::Command::new(bench.path().join(name)).arg("600").spawn().unwrap();
        fs::write(bench.path().join("pid"), child.id().to_string()).unwrap();
        fs::write(bench.path().join("odd"), "not a number\n").unwrap();
        let by_name = judged(bench, &format!("{{ process: {name} }}"));
        let by_file = judged(bench, "{ process: { pidfile: pid } }");
        let other = judged(bench, "{ process: rulec-pro }");
        child.kill().unwrap();
        // It is a zombie until somebody waits for it.
        let zombie = judged(bench, "{ process: { pidfile: pid } }");
        child.wait().unwrap();
        for ((code, told), expected) in [(by_name, 0), (by_file, 0), (other, 3), (zombie, 3)] {
            assert_eq!(code, expected, "{told}");
        }
        fails(bench, &format!("{{ process: {name} }}"), "no process");
        fails(bench, "{ process: { pidfile: pid } }", "no process");
        fails(bench, "{ process: { pidfile: odd } }", "no id of a process");
        fails(bench, "{ process: { pidfile: none } }", "cannot be read");
    });
}

/// Shows change.31.
#[test]
fn a_file_is_as_it_must_be() {
    let sum = super::files::sha(b"four");
    these_shells(&SHELLS, |bench| {
        let path = bench.path().join("it's $(x)");
        fs::write(&path, "four").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        fs::write(bench.path().join("-n"), "").unwrap();
        let all = format!("min_size: 4, max_age: 1h, sha256: {sum}, mode: '0640'");
        holds(bench, &format!("{{ file: \"it's $(x)\", {all} }}"));
        holds(bench, "{ file: -n }");
        holds(bench, "{ file: gone, absent: true }");
        holds(bench, "{ file: '${PLACE}', absent: true }");
        fails(bench, "{ file: gone }", "it is not there");
        fails(bench, "{ file: -n, absent: true }", "it is there");
        fails(bench, "{ file: \"it's $(x)\", min_size: 5 }", "its size is under 5 B");
        fails(bench, "{ file: \"it's $(x)\", mode: '0600' }", "mode is not 0600");
        fails(bench, &format!("{{ file: -n, sha256: {sum} }}"), "SHA-256 is not");
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
        fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        fails(bench, "{ file: \"it's $(x)\", max_age: 1h }", "more than 1h ago");
    });
}

/// Shows change.31.
#[test]
fn a_database_answers() {
    these_shells(&SHELLS, |bench| {
        let client = "#!/bin/sh\nread -r query\ncase $query in\n*\"it's one\"*) echo 1 ;;\n*none*) ;;\n*) echo bad >&2; exit 1 ;;\nesac\n";
        let path = bench.path().join("client");
        fs::write(&path, client).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let ask = |query: &str, rest: &str| {
            format!("{{ database: {{ command: ./client --to \"$PLACE\", query: \"{query}\"{rest} }} }}")
        };
        holds(bench, &ask("select it's one;", ", expect: '1'"));
        holds(bench, &ask("select it's one;", ""));
        fails(bench, &ask("select it's one;", ", expect: '2'"), "the answer is: 1");
        fails(bench, &ask("none", ""), "the answer is: ");
        fails(bench, &ask("wrong", ""), "the client could not ask");
        if find("sqlite3").is_some() {
            holds(bench, "{ database: { command: sqlite3 a.db, query: 'select 1 + 1;', expect: '2' } }");
            fails(
                bench,
                "{ database: { command: sqlite3 a.db, query: 'select * from none;' } }",
                "could not ask",
            );
        }
    });
}

/// Each place where a check may stand takes a typed one.
#[test]
fn typed_checks_stand_wherever_checks_do() {
    let port = serve("200 OK", "fine");
    let rules = format!(
        "layer: L5\nchecklists:\n  all:\n    - {{ item: it answers, mandatory: true, http: 'http://127.0.0.1:{port}/' }}\nmonitors:\n  - {{ id: M1, every: 1h, tcp: {port} }}\nprocedures:\n  - id: look\n    preconditions: [{{ checklist: all }}, {{ health: web }}]\n    postconditions: [{{ file: made }}]\n    steps:\n      - {{ id: a, command: touch made, timeout: 20, undo: rm -f made, on_failure: abort, verify: {{ file: made, attempts: 2, interval: 1s }} }}\n"
    );
    let system = format!(
        "layer: L2\ncontext:\n  project_structure:\n    components:\n      - {{ name: web, port: {port}, health: {{ http: 'http://127.0.0.1:{port}/', contains: fine, timeout: 5 }} }}\n"
    );
    these_shells(&SHELLS, |bench| {
        let site = Site::new(bench, "look", &[("L5-look.yaml", &rules), ("L2-look.yaml", &system)]);
        let run = site.run(&[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let watched = bench.wait(bench.command(&site.script, &["monitor", "--once"]).spawn().unwrap());
        assert_eq!(watched.code, 0, "{}", watched.stderr);
    });
}
