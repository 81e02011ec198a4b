//! Where a step may write: the globs of L3 mean in a script what they mean to the compiler, and a path is held
//! against them where it really leads. Steps that write files, in whole runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rulec::plan::Plan;
use rulec::plan::ir::{Action, Step};
use rulec::scalar::Glob;
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, every_shell, need, these_shells};
use super::files::{PROGRAM, sha};
use super::pieces::AWKS;
use super::plans::{act, plan, retry, step, traced, undone};

/// A step that writes a file.
fn file(id: &str, path: &str, content: &str) -> Step {
    act(
        id,
        Action::File {
            path: path.into(),
            content: Some(content.into()),
            from: None,
            expect_sha256: None,
            mode: None,
            absent: false,
        },
    )
}

fn bounded(steps: impl IntoIterator<Item = Step>, allowed: &[&str], forbidden: &[&str]) -> Plan {
    let mut plan = plan(steps);
    plan.policy.allowed_paths = allowed.iter().map(|&glob| glob.to_owned()).collect();
    plan.policy.forbidden_paths = forbidden.iter().map(|&glob| glob.to_owned()).collect();
    plan
}

/// The value of a variable that a script sets to one quoted word.
fn value_of(script: &str, name: &str) -> String {
    let (_, rest) = script.split_once(&format!("  {name}='")).expect("the script sets it");
    let mut value = String::new();
    let mut parts = rest.split("'\\''").peekable();
    while let Some(part) = parts.next() {
        match part.split_once('\'') {
            Some((last, _)) => return value + last,
            None => {
                value.push_str(part);
                assert!(parts.peek().is_some(), "the word ends");
                value.push('\'');
            }
        }
    }
    unreachable!("a word ends")
}

/// True where the glob of a case is tried as one that forbids, false as one that allows.
fn forbids((glob, path): &(String, String)) -> bool {
    (glob.len() + path.len()) % 2 == 0
}

/// What a script answers of each case, a glob and a path from the folder `/start`.
fn judged(bench: &Bench, cases: &[(String, String)]) -> Vec<String> {
    let (_, judge) = PROGRAM.split_once("\nrulec_judge() {\n").expect("the program has it");
    let (judge, _) = judge.split_once("\n}\n").expect("a function ends");
    let mut script = format!(
        "set -u -f\nrulec_fail() {{\n  echo \"$2\"\n  exit\n}}\nrulec_judge() {{\n{judge}\n}}\nRULEC_FILE_START=/start\n"
    );
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut known = BTreeMap::new();
    for case in cases {
        let (glob, path) = case;
        let lines = known.entry(glob).or_insert_with(|| {
            let plan = bounded([file("a", "x", "")], &[glob], &[]);
            value_of(&Shell.emit(&plan).content, "rulec_file_allowed")
        });
        let (allowed, forbidden) = if forbids(case) { ("", lines.as_str()) } else { (lines.as_str(), "") };
        let real = if path.starts_with('/') { path.clone() } else { format!("/start/{path}") };
        let words = [path, real.as_str(), allowed, forbidden].map(quoted);
        let [path, real, allowed, forbidden] = words;
        writeln!(
            script,
            "(\nRULEC_FILE_NAME={path} rulec_real={real}\nexport RULEC_FILE_ALLOWED={allowed} RULEC_FILE_FORBIDDEN={forbidden}\nrulec_judge && echo fine\n)\necho =="
        )
        .unwrap();
    }
    let place = bench.path().join("judge.sh");
    bench.write(&place, script);
    let output = bench.command(&place, &[]).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split("\n==\n").map(str::to_owned).collect()
}

fn expected(case: &(String, String)) -> &'static str {
    let (glob, path) = (Glob::parse(&case.0).unwrap(), case.1.as_str());
    let full = if path.starts_with('/') { path.to_owned() } else { format!("/start/{path}") };
    let near = full.strip_prefix("/start/").unwrap_or(&full);
    if forbids(case) {
        let is_forbidden = [path, full.as_str(), near].iter().any(|name| glob.matches(name));
        return if is_forbidden { "is forbidden by" } else { "fine" };
    }
    let is_rooted = glob.as_str().starts_with('/');
    let fits =
        |names: [&str; 2]| names.iter().any(|name| name.starts_with('/') == is_rooted && glob.matches(name));
    if fits([path, &full]) && fits([near, &full]) { "fine" } else { "is outside allowed_paths" }
}

fn agree(bench: &Bench, cases: &[(String, String)]) -> Result<(), String> {
    let got = judged(bench, cases);
    for (case, got) in cases.iter().zip(&got) {
        if !got.contains(expected(case)) {
            return Err(format!("{case:?}: {got}, not {}", expected(case)));
        }
    }
    assert_eq!(got.len(), cases.len() + 1);
    Ok(())
}

#[test]
fn globs_mean_the_same_in_a_script() {
    let globs = [
        "*",
        "**",
        "a",
        "a/*",
        "a/**",
        "**/a",
        "a/**/b",
        "/etc/**",
        "/**",
        "**/*.conf",
        "?",
        "??",
        "[a-c]",
        "[!a]",
        "[]a]",
        "[^é]",
        "é*",
        "{a,b/*}",
        "{,a}b",
        "\\*",
        "a[/]b",
        "a.b",
        "a+b",
        "(a|b)",
        "$a^",
        "/start/a",
        "**/**",
        "a**",
        "**a/b",
        "/",
        "a/",
        "[!-x]",
        "it's",
    ];
    let paths = [
        "a",
        "b",
        "a/b",
        "a/x/b",
        "a/b/c",
        "x.conf",
        "d/x.conf",
        "/etc/passwd",
        "/start/a",
        "é",
        "*",
        "a.b",
        "axb",
        "a+b",
        "(a|b)",
        "$a^",
        "ab",
        "-x",
        "it's",
        "a\nb",
        "]",
        "2f",
    ];
    let cases: Vec<(String, String)> = globs
        .iter()
        .flat_map(|&glob| paths.iter().map(move |&path| (glob.to_owned(), path.to_owned())))
        .collect();
    // Every awk that is here, each with a part of them: they start for each case.
    let awks: Vec<_> = AWKS.into_iter().filter_map(need).collect();
    for (i, awk) in awks.iter().enumerate() {
        let bench = Bench::new("dash");
        symlink(awk, bench.path().join("bin/awk")).unwrap();
        let part: Vec<_> = cases.iter().skip(i).step_by(3.min(awks.len())).cloned().collect();
        agree(&bench, &part).unwrap_or_else(|error| panic!("{}: {error}", awk.display()));
    }
    assert!(!awks.is_empty());
}

#[test]
fn any_glob_means_the_same_in_a_script() {
    let part = prop_oneof![
        3 => "[ab./é -]",
        1 => Just("*".to_owned()),
        1 => Just("**".to_owned()),
        1 => Just("**/".to_owned()),
        1 => Just("/**".to_owned()),
        1 => Just("?".to_owned()),
        1 => "\\[[!^]?[]]?[ab/é.-]{1,3}\\]",
        1 => "\\{[ab*/]{0,3},[ab?]{0,2}\\}",
        1 => "\\\\[*?{\\[]",
    ];
    let glob = prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat());
    let glob = glob.prop_filter("a glob", |glob| Glob::parse(glob).is_ok());
    let path = "/?[ab./é*? \n-]{1,8}".prop_map(|text| {
        let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        format!("{}{}", if text.starts_with('/') { "/" } else { "" }, parts.join("/"))
    });
    let path = path.prop_filter("a file", |path| !matches!(path.as_str(), "" | "/"));
    let cases = prop::collection::vec((glob, path), 30);
    these_shells(&["dash", "yash"], |bench| {
        let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
        runner.run(&cases, |cases| agree(bench, &cases).map_err(TestCaseError::fail)).unwrap();
    });
}

#[test]
fn what_is_outside_is_refused_when_run() {
    every_shell(|bench| {
        for folder in ["config", "other", "releases/5"] {
            fs::create_dir_all(bench.path().join(folder)).unwrap();
        }
        let _ = symlink("releases/5", bench.path().join("current"));
        let _ = symlink("../other", bench.path().join("config/out"));
        let elsewhere = bench.path().join("other/absolute").display().to_string();
        let mut in_current = file("a", "x", "new");
        in_current.working_dir = Some("current".into());
        for (step, allowed, forbidden, words) in [
            (file("a", "config/x", "new"), vec!["config/*"], vec![], None),
            (
                file("a", "config/x", "new"),
                vec!["other/*"],
                vec![],
                Some("config/x is outside allowed_paths"),
            ),
            (file("a", "config/x", "new"), vec!["config/*"], vec!["**/x"], Some("is forbidden by **/x")),
            (file("a", "config/out/x", "new"), vec!["config/**"], vec![], Some("is a symbolic link")),
            (file("a", &elsewhere, "new"), vec!["other/*"], vec![], Some("outside allowed_paths")),
            (file("a", &elsewhere, "new"), vec!["/**"], vec![], None),
            (file("a", &elsewhere, "new"), vec!["/**"], vec!["other/*"], Some("is forbidden by other/*")),
            (in_current.clone(), vec!["current/*"], vec![], Some("releases/5/x is outside allowed_paths")),
            (in_current.clone(), vec!["{current,releases/*}/*"], vec![], None),
            (in_current, vec![], vec!["releases/**"], Some("is forbidden by releases/**")),
        ] {
            let run = bench.run(&bounded([step], &allowed, &forbidden), &[]);
            match words {
                None => run.came_to(0, "succeeded", ""),
                Some(words) => {
                    assert_eq!(
                        (run.code, &run.report["steps"][0]["exit_code"]),
                        (5, &3.into()),
                        "{}",
                        run.stderr
                    );
                    run.says(words);
                    assert!(!bench.path().join("other/x").exists());
                }
            }
            let left = ["config/x", "other/absolute", "releases/5/x"]
                .map(|name| bench.path().join(name))
                .map(fs::remove_file);
            assert_eq!(left.iter().filter(|it| it.is_ok()).count(), usize::from(words.is_none()));
        }
    });
}

#[test]
fn a_run_writes_files_and_takes_them_back() {
    let hostile =
        "it's \"quoted\" `x` $(touch no) \\n \\0101 \\c %s\n\té ü 漢 🦀\u{1b}\u{7f}\r\n end without";
    let long = "0123456789 it's\\\n".repeat(16_000);
    let nul = "a\0b\\0c";
    every_shell(|bench| {
        fs::write(bench.path().join("old"), "old\n").unwrap();
        fs::set_permissions(bench.path().join("old"), fs::Permissions::from_mode(0o640)).unwrap();
        let steps = || {
            [
                file("hostile", "old", hostile),
                file("long", "-long é", &long),
                file("nul", "nul", nul),
                retry(file("again", "nul", "x"), 1, 0),
                traced("b"),
            ]
        };
        let run = bench.run(&plan(steps()), &[]);
        run.came_to(0, "succeeded", "b");
        assert_eq!(bench.read("old"), hostile);
        assert!(bench.read("-long é") == long);
        assert_eq!(bench.read("nul"), "x");
        assert_eq!(run.report["steps"][0]["kind"], "file");
        fs::write(bench.path().join("old"), "old\n").unwrap();
        for file in ["nul", "-long é", "trace"] {
            fs::remove_file(bench.path().join(file)).unwrap();
        }
        let check = "sha256sum <nul >sums; sha256sum <'-long é' >>sums; exit 1";
        let run = bench.run(&plan(steps().into_iter().take(3).chain([step("fail", check)])), &[]);
        run.came_to(5, "rolled_back", "");
        assert_eq!(bench.read("sums"), format!("{}  -\n{}  -\n", sha(nul.as_bytes()), sha(long.as_bytes())));
        assert_eq!(bench.read("old"), "old\n");
        assert!(!bench.path().join("nul").exists() && !bench.path().join("-long é").exists());
        assert_eq!(run.report["undone"][2]["id"], "hostile");
        // An undo of its own takes the place of the runner's.
        let run = bench.run(&plan([undone(file("a", "old", "new")), step("fail", "exit 1")]), &[]);
        run.came_to(5, "rolled_back", "undo a");
        assert_eq!(bench.read("old"), "new");
        // What somebody else has changed meanwhile stays, and that is no success.
        let meddle = step("meddle", "echo theirs >old; exit 1");
        let run = bench.run(&plan([file("a", "old", "newer"), meddle]), &[]);
        assert_eq!((run.code, bench.read("old").as_str()), (6, "theirs\n"), "{}", run.stderr);
        run.says("it is not what the step wrote");
    });
}

#[test]
fn a_file_of_the_working_folder_is_copied() {
    every_shell(|bench| {
        for folder in ["sub/templates", "sub/config"] {
            fs::create_dir_all(bench.path().join(folder)).unwrap();
        }
        fs::write(bench.path().join("sub/templates/a"), "copied").unwrap();
        let mut copy = file("a", "config/a", "");
        copy.working_dir = Some("sub".into());
        copy.action = Action::File {
            path: "config/a".into(),
            content: None,
            from: Some("templates/a".into()),
            expect_sha256: Some(sha(b"")),
            mode: Some("0600".into()),
            absent: false,
        };
        let run = bench.run(&bounded([copy.clone()], &["sub/config/*"], &[]), &[]);
        run.came_to(0, "succeeded", "");
        assert_eq!(bench.read("sub/config/a"), "copied");
        let facts = fs::metadata(bench.path().join("sub/config/a")).unwrap();
        assert_eq!(facts.permissions().mode() & 0o777, 0o600);
        let run = bench.run(&bounded([copy], &["sub/config/*"], &[]), &[]);
        assert_eq!((run.code, &run.report["steps"][0]["exit_code"]), (5, &4.into()), "{}", run.stderr);
    });
}

#[test]
fn a_shell_that_cannot_hold_the_content_writes_it_all_the_same_or_nothing() {
    every_shell(|bench| {
        let mut bench = Bench::new(bench.shell);
        bench.set("LC_ALL", "C");
        let run = bench.run(&plan([file("a", "x", "é")]), &[]);
        if run.code == 0 {
            assert_eq!(bench.read("x"), "é");
        } else {
            assert_eq!(bench.shell, "yash");
            run.says("LC_ALL=C.UTF-8");
            assert!(!bench.path().join("x").exists());
        }
    });
}

#[test]
fn linters_have_nothing_to_say_of_the_program() {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/src/target/shell/runtime/file.sh");
    assert!(!PROGRAM.contains('\''), "it stands in a quoted word");
    for tool in
        [vec!["shellcheck", "--norc", "-s", "sh"], vec!["shfmt", "-ln", "posix", "-i", "2", "-ci", "-d"]]
    {
        if super::bench::need(tool[0]).is_none() {
            continue;
        }
        let output = Command::new(tool[0]).args(&tool[1..]).arg(program).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
