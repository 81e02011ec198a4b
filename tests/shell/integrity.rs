//! A script that is not what the compiler wrote runs nothing; one that is runs from anywhere.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, every_shell};
use super::plans::{plan, traced};

fn content() -> Vec<u8> {
    Shell.emit(&plan([traced("a")])).content.into_bytes()
}

fn run_bytes(bench: &Bench, bytes: &[u8]) -> (i32, String) {
    let script = bench.path().join("script.sh");
    bench.write(&script, bytes);
    let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
    assert_eq!(run.trace, "", "it ran: {}", run.stderr);
    (run.code, run.stderr)
}

#[test]
fn changed_text_is_refused() {
    every_shell(|bench| {
        let text = String::from_utf8(content()).unwrap();
        let changes = [
            text.replace("echo a >>trace", "echo b >>trace"),
            text.replace("# plan sha256:0", "# plan sha256:1"),
            text.replace("\nrulec_boot ", "\n\nrulec_boot "),
            format!("{text}\n"),
            format!("{text}echo more >>trace\n"),
            format!("{text} "),
            text.replace("${1+", "${2+"),
        ];
        for changed in changes {
            assert_eq!(run_bytes(bench, changed.as_bytes()).0, 8);
        }
    });
}

#[test]
fn cut_off_scripts_run_nothing() {
    every_shell(|bench| {
        let content = content();
        let text = String::from_utf8(content.clone()).unwrap();
        // After the line that guards, and wherever a shell would not complain of its own.
        let ends = ["\n\n# Test", "\n\nrulec_nap()", "\n\nrulec_plan()", "\n\nrulec_boot "];
        for end in ends.map(|end| text.find(end).unwrap_or_else(|| text.find("\n}\n").unwrap() + 2)) {
            let (code, stderr) = run_bytes(bench, &content[..end]);
            assert_eq!(code, 8, "cut at {end}: {stderr}");
            assert!(stderr.contains("cut off"), "{stderr}");
        }
        for part in 1..12 {
            let end = content.len() * part / 12;
            assert_ne!(run_bytes(bench, &content[..end]).0, 0, "cut at {end}");
        }
        assert_ne!(run_bytes(bench, &content[..content.len() - 2]).0, 0);
        assert_ne!(run_bytes(bench, &content[..content.len() - 20]).0, 0);
    });
}

#[test]
fn no_flipped_bit_gets_a_step_run() {
    let content = content();
    every_shell(|bench| {
        let mut runner =
            TestRunner::new(Config { cases: 10, failure_persistence: None, ..Config::default() });
        let law = runner.run(&(any::<prop::sample::Index>(), 0..7_u32), |(at, bit)| {
            let mut flipped = content.clone();
            flipped[at.index(content.len())] ^= 1 << bit;
            let (code, stderr) = run_bytes(bench, &flipped);
            prop_assert_ne!(code, 0, "{}", stderr);
            Ok(())
        });
        law.unwrap();
    });
}

#[test]
fn a_script_runs_from_anywhere() {
    every_shell(|bench| {
        let script = bench.emit(&plan([traced("a")]));
        let folder = bench.path().join("a folder");
        std::fs::create_dir(&folder).unwrap();
        let spaced = folder.join("my script.sh");
        std::fs::rename(&script, &spaced).unwrap();
        std::os::unix::fs::symlink(&spaced, bench.path().join("link")).unwrap();
        for (path, from) in [
            (spaced.as_path(), bench.path()),
            (Path::new("a folder/my script.sh"), bench.path()),
            (Path::new("./my script.sh"), &folder),
            (Path::new("my script.sh"), &folder),
            (Path::new("../a folder/my script.sh"), &folder),
            (Path::new("link"), bench.path()),
            (Path::new("../link"), &folder),
        ] {
            let run = bench.wait(bench.command(path, &[]).current_dir(from).spawn().unwrap());
            assert_eq!(run.code, 0, "{path:?}: {}", run.stderr);
        }
        let direct = bench.wait(bench.command(Path::new("-c"), &["./link"]).spawn().unwrap());
        assert_eq!(direct.code, 0, "{}", direct.stderr);
        let piped = bench.wait(bench.command(Path::new("-c"), &["cat link | sh"]).spawn().unwrap());
        assert_eq!(piped.code, 8, "{}", piped.stderr);
    });
}

#[test]
fn native_modes_of_the_shells_do() {
    every_shell(|bench| {
        let script = bench.emit(&plan([traced("a")]));
        let args: &[&str] = if bench.shell == "busybox" { &["sh"] } else { &[] };
        let mut line = format!("exec {} {} ./script.sh", bench.shell, args.join(" "));
        assert!(script.exists());
        let run = bench.wait(bench.command(Path::new("-c"), &[&line]).spawn().unwrap());
        run.came_to(0, "succeeded", "a");
        if bench.shell == "bash" {
            line = "exec bash --posix -eu ./script.sh".into();
            let run = bench.wait(bench.command(Path::new("-c"), &[&line]).spawn().unwrap());
            assert_eq!(run.code, 0, "{}", run.stderr);
        }
    });
}
