//! Files of components: whatever a declaration has in it, each is taken by the program that it is for, and read back.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::tools::has;

/// A component of which every text is odd.
const ODD: &str = r#"
context:
  settings:
    - { name: text, default: "a b $HOME `id` \"q\" \\ 'x' %n #c" }
  environments: { production: {} }
  project_structure:
    components:
      - name: odd one
        port: 9001
        responsibilities: ["100% of $it \"quoted\" \\"]
        service:
          exec: [/bin/echo, "a b", "100%", "$HOME", "it's \"q\" \\n", ";", ""]
          reload: [/bin/kill, -HUP, $MAINPID]
          working_dir: "/tmp/a b%c"
          environment: { GREETING: "hello $USER 100% \"you\" \\" }
          env_file: "/etc/a b.env"
          restart: on_failure
        proxy: { server_name: ["*.odd.test", odd.test], listen: 18099 }
        logs: { path: "/var/log/odd one/*.log", keep: 3, mode: "0640", owner: root }
"#;

/// The least that can be compiled.
const ENTRY: &str = "procedures:\n  - id: E1\n    steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]\n";

/// A folder with the rules and all that is generated from them.
fn generated(system: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L2-odd.yaml"), system).expect("it is written");
    fs::write(folder.path().join("L5-odd.yaml"), ENTRY).expect("it is written");
    for target in ["systemd", "nginx", "logrotate", "env"] {
        let done = Command::new(env!("CARGO_BIN_EXE_rulec"))
            .args(["compile", ".", "--target", target, "-o", "out/"])
            .current_dir(folder.path())
            .output()
            .expect("rulec runs");
        assert!(done.status.success(), "{}", told(&done));
    }
    folder
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn text(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join("out").join(name)).expect("it was made")
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    Command::new(program).args(arguments).current_dir(folder).output().expect("it runs")
}

#[test]
fn odd_texts_are_taken_by_the_programs_that_they_are_for() {
    let folder = generated(ODD);
    let path = folder.path();
    let unit = text(&folder, "odd-one.service");
    for line in [
        "Description=100%% of $it \"quoted\" \\ ",
        "Environment=\"GREETING=hello $USER 100%% \\\"you\\\" \\\\\"",
        "ExecStart=/bin/echo \"a b\" \"100%%\" \"$$HOME\" \"it's \\\"q\\\" \\\\n\" \";\" \"\"",
        "WorkingDirectory=/tmp/a b%%c",
    ] {
        assert!(unit.lines().any(|is| is == line), "{line} is not in\n{unit}");
    }
    if has("systemd-analyze") {
        let done = run("systemd-analyze", &["verify", "--man=no", "out/odd-one.service"], path);
        assert_eq!((done.status.code(), told(&done).as_str()), (Some(0), ""), "{unit}");
    }
    if has("nginx") {
        let all = "error_log stderr;\npid n.pid;\nevents {}\nhttp { access_log off; include out/odd-one.nginx.conf; }\n";
        let name =
            fs::read_dir(path.join("out")).expect("it is read").map(|it| it.expect("it is read").file_name());
        let site =
            name.map(|name| name.to_string_lossy().into_owned()).find(|name| name.ends_with(".nginx.conf"));
        let all = all.replace("odd-one.nginx.conf", &site.expect("there is a site"));
        fs::write(path.join("n.conf"), all).expect("it is written");
        let (prefix, file) = (path.to_str().expect("it is UTF-8"), path.join("n.conf"));
        let done = run("nginx", &["-t", "-p", prefix, "-c", file.to_str().expect("it is UTF-8")], path);
        assert!(done.status.success(), "{}", told(&done));
    }
    if has("logrotate") {
        let done = run("logrotate", &["-d", "-s", "state", "out/odd-one.logrotate"], path);
        assert!(done.status.success() && !told(&done).contains("error:"), "{}", told(&done));
        assert!(told(&done).contains("rotating pattern: \"/var/log/odd one/*.log\""), "{}", told(&done));
    }
    let read = run("sh", &["-c", ". ./out/odd-one.production.env; printf %s \"$TEXT\""], path);
    assert_eq!(told(&read), "a b $HOME `id` \"q\" \\ 'x' %n #c");
}

#[test]
fn a_service_that_can_not_be_reloaded_has_its_logs_copied() {
    let folder = generated(&ODD.replace("          reload: [/bin/kill, -HUP, $MAINPID]\n", ""));
    let text = text(&folder, "odd-one.logrotate");
    assert!(text.contains("    copytruncate\n") && !text.contains("postrotate"), "{text}");
}
