//! A script that is not what the compiler wrote runs nothing; one that is runs from anywhere.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, every_shell, installed};
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

/// One byte of a script made another, taken away or put in; which of these depends on `kind`.
fn mutant(content: &[u8], at: usize, kind: usize) -> Vec<u8> {
    const ODD: &[u8] = b"\n ;#\"'`$()xX0|&<>\\\0";
    let mut bytes = content.to_vec();
    match kind % 11 {
        bit @ 0..=7 => bytes[at] ^= 1 << bit,
        8 => drop(bytes.remove(at)),
        9 => bytes.insert(at, ODD[(at + kind) % ODD.len()]),
        _ => drop(bytes.drain(at..(at + 1 + kind % 50).min(content.len()))),
    }
    bytes
}

/// Where each of these begins, up to where the next function does.
fn of_functions(content: &[u8], names: &[&str]) -> Vec<usize> {
    let text = std::str::from_utf8(content).expect("a script is ASCII");
    let function = |name: &&str| {
        let from = text.find(&format!("\n{name}() {{")).expect("it is in every script");
        from..from + text[from..].find("\n}\n").expect("it has an end") + 3
    };
    names.iter().flat_map(function).collect()
}

/// `RULEC_CASES=N` takes N times as many places, with 16 all those of what verifies the script.
#[test]
fn nothing_that_is_done_to_a_script_gets_a_step_run() {
    let content = content();
    let cases: usize = std::env::var("RULEC_CASES").map_or(1, |text| text.parse().unwrap());
    let last = content.len() - content.iter().rev().skip(1).position(|&byte| byte == b'\n').unwrap() - 2;
    let mut places: Vec<usize> = (last..content.len()).collect();
    let gates = of_functions(
        &content,
        &[
            "rulec_weigh",
            "rulec_whole",
            "rulec_sealed",
            "rulec_refuse_changed",
            "rulec_hash_of",
            "rulec_find_hasher",
        ],
    );
    places.extend(gates.iter().step_by(16_usize.div_ceil(cases)));
    let boot = of_functions(&content, &["rulec_boot"]);
    places.extend(boot.iter().step_by(32_usize.div_ceil(cases)));
    // Anywhere: steps that are prime to the length, so that no pattern of the text is left out.
    places.extend((1..200 * cases).map(|i| i * 7919 % content.len()));
    // The steps are not to be run: each shell takes its share of the places.
    let shells = installed();
    every_shell(|bench| {
        let mine = shells.iter().position(|&shell| shell == bench.shell).unwrap();
        for (i, &at) in places.iter().enumerate().skip(mine).step_by(shells.len()) {
            let kind = i / shells.len() * 7 + at;
            let changed = mutant(&content, at, kind);
            if changed == content {
                continue;
            }
            let (code, stderr) = run_bytes(bench, &changed);
            assert_ne!(code, 0, "byte {at}, kind {}: {stderr}", kind % 11);
        }
    });
}

#[test]
fn bytes_that_a_shell_reads_over_are_refused_too() {
    let content = content();
    every_shell(|bench| {
        for end in [&b"\0"[..], b"\n\0", b" ", b"\n#", b"\n\n"] {
            let changed = [&content[..], end].concat();
            assert_eq!(run_bytes(bench, &changed).0, 8, "{end:?}");
        }
        for back in 1..90 {
            if back % 10 == 3 {
                let mut changed = content.clone();
                changed.insert(content.len() - back, 0);
                assert_ne!(run_bytes(bench, &changed).0, 0, "{back}");
            }
        }
        assert_eq!(run_bytes(bench, &content[..content.len() - 1]).0, 8, "the last line has no end");
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
