//! Every block of the README does what it says.

use std::fs;
use std::process::Command;

use rulec::report::ReportFormat;
use rulec::source::FileId;
use rulec::syntax::Format;

use crate::formats::assert_valid;
use crate::support::{project, read};
use crate::systems::{Studio, program};

/// The fenced blocks of the README: info string and text.
fn blocks() -> Vec<(String, String)> {
    let readme = read(&project().join("README.md"));
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((info.to_owned(), text.join("\n") + "\n"));
        }
    }
    blocks
}

fn fenced(text: &str) -> String {
    format!("```text\n{}\n```", text.trim_end())
}

fn block(info: &str, position: usize) -> String {
    let found = blocks().into_iter().filter(|(of, _)| of == info).nth(position);
    found.unwrap_or_else(|| panic!("the README has no block `{info}` number {position}")).1
}

/// The block of a kind that has some words in it.
pub(crate) fn fenced_block(info: &str, words: &str) -> String {
    let found = blocks().into_iter().find(|(of, text)| of == info && text.contains(words));
    found.unwrap_or_else(|| panic!("the README has no block `{info}` with `{words}`")).1
}

/// A text as the shell runs it, with the folder that the tests were built into in the place of `target/debug`.
fn run(text: &str, folder: &std::path::Path, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let built = std::path::PathBuf::from(env!("CARGO_BIN_EXE_rulec"));
    let built = built.parent().expect("a binary is in a folder");
    let text = text.replace("target/debug/", &format!("{}/", built.display()));
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-e", "-c", &text])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", built.display()))
        .envs(environment.iter().copied())
        .output()
        .expect("a shell runs");
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), told)
}

#[test]
fn the_finding_is_what_check_prints() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L5-start.yaml"), block("yaml", 0)).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_rulec"))
        .args(["check", "."])
        .current_dir(folder.path())
        .output()
        .expect("rulec runs");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).expect("it is text");
    assert_shown(0, &printed);
}

#[test]
fn the_simulation_prints_what_is_shown() {
    let (code, told) = run(&fenced_block("sh", "--take 2=6s"), &project(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert_shown(1, &told);
}

/// Holds a block of text to what is printed; with `BLESS=1`, writes it.
fn assert_shown(position: usize, printed: &str) {
    let shown = block("text", position);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        let path = project().join("README.md");
        let readme = read(&path);
        let of = readme.match_indices("```text\n").nth(position).expect("there is such a block").0;
        let (before, rest) = readme.split_at(of);
        fs::write(path, format!("{before}{}", rest.replacen(&fenced(&shown), &fenced(printed), 1)))
            .expect("it is written");
    }
    assert!(
        block("text", position).trim_end() == printed.trim_end(),
        "the README shows something else than the program prints: run `BLESS=1 cargo test`\n{printed}"
    );
}

/// The procedure that the rule of the user's own in the README is held against.
const MOVE: &str = "procedures:
  - id: move-shop
    steps:
      - { id: save, command: ./save.sh, read_only: true, timeout: 30, on_failure: continue }
      - { id: move, command: ./move.sh, undo: ./move.sh back, timeout: 30 }
";

#[test]
fn the_proof_is_what_verify_prints() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L3-shop.yaml"), fenced_block("yaml", "never:")).expect("a file is written");
    fs::write(folder.path().join("L5-shop.yaml"), MOVE).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_rulec"))
        .args(["verify", "."])
        .current_dir(folder.path())
        .output()
        .expect("rulec runs");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).expect("it is text");
    assert_shown(2, &printed);
}

#[test]
fn figures_are_held_against_plans_and_have_alert_rules() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file is written");
    write("L1-goals.yaml", &fenced_block("yaml", "bounds: procedures"));
    write("L3-limits.yaml", "performance_constraints: { step_time: p95 <= 10s }\n");
    let step = |id: &str, delay: u32| {
        format!(
            "      - {{ id: {id}, command: ./{id}.sh, undo: ./undo.sh, timeout: 30, delay_after: {delay} }}\n"
        )
    };
    let steps = |delay| ["a", "b", "c", "d"].map(|id| step(id, delay)).concat();
    let procedure =
        |delay| format!("procedures:\n  - id: order\n    satisfies: [G1]\n    steps:\n{}", steps(delay));
    write("L5-order.yaml", &procedure(0));
    let (code, told) = run("rulec check . --format short --deny warnings", folder.path(), &[]);
    assert_eq!((code, told.contains("[bounds-do-not-add-up]")), (Some(1), true), "{told}");
    assert!(told.contains("4 × 10 = 40 s"), "{told}");
    let (_, rules) = run("rulec compile . --target prometheus", folder.path(), &[]);
    let expr = "expr: \"(histogram_quantile(0.95, sum by (le) (rate(order_seconds_bucket[5m])))) >= 30\"";
    for line in [expr, "for: 5m", "severity: \"critical\""] {
        assert!(rules.lines().any(|is| is.trim() == line), "{line} is not in\n{rules}");
    }
    write("L5-order.yaml", &procedure(9));
    let (_, told) = run("rulec check . --format short", folder.path(), &[]);
    assert!(told.contains("[waits-over-bound]"), "{told}");
}

#[test]
fn the_typed_checks_are_checks() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let conditions = fenced_block("yaml", "- { http:").replace('\n', "\n    ");
    let step = "steps: [{ step: 1, command: ./look.sh, timeout: 5, read_only: true }]";
    let rules = format!("layer: L5\nprocedures:\n  - id: look\n    {conditions}{step}\n");
    fs::write(folder.path().join("L5-look.yaml"), rules).expect("a file is written");
    let (code, told) =
        run("rulec check . --deny warnings && rulec compile . --target sh", folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("psql -XAtd orders"), "{told}");
}

#[test]
fn the_first_command_ends_with_a_running_script() {
    let studio = Studio::open();
    let folder = studio.folder();
    let state = folder.join("state");
    let state = state.to_str().expect("a temporary folder has a plain name");
    // Cargo has built both already, and the scripts go to a folder of the test's own.
    let command = block("sh", 0).replace("cargo build --bins --examples && ", "");
    let command = command.replace("target/studio", &folder.join("scripts").display().to_string());
    let program = program();
    let program = program.as_str();
    let environment = [
        ("RULEC_STATE_DIR", state),
        ("studio", program),
        ("STUDIO_DATA", folder.to_str().expect("it has a plain name")),
    ];
    let (code, told) = run(&command, &project(), &environment);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("succeeded after"), "{told}");
    assert_eq!(studio.open_ports().len(), 3);
    let stop = folder.join("scripts/E2.sh").display().to_string();
    let (code, told) = run(&stop, &project(), &environment);
    assert_eq!(code, Some(0), "{told}");
    assert!(studio.open_ports().is_empty());
}

#[test]
fn the_second_command_is_the_one_that_ci_runs() {
    assert_eq!(block("sh", 1), "cargo test\n");
    let ci = read(&project().join(".ci/run"));
    assert!(ci.lines().any(|line| line == "cargo test"), "{ci}");
}

#[test]
fn the_other_commands_run() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (code, told) = run(&fenced_block("sh", "rulec explain"), folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(folder.path().join("start.sh").exists());
}

#[test]
fn what_can_be_mended_is_mended() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::create_dir(folder.path().join("rules")).expect("a folder is made");
    let file = folder.path().join("rules/L5-oven.yaml");
    fs::write(&file, "procedures:\n- {id: \"E1\", descripton: Heat, steps: [{step: 2, manual: Light it}]}\n")
        .expect("a file is written");
    let commands = fenced_block("sh", "--unsafe-fixes");
    let codes: Vec<_> = commands.lines().map(|command| run(command, folder.path(), &[]).0).collect();
    assert_eq!(codes, [1, 0, 0, 0, 0].map(Some));
    let mended = "procedures:\n  - { id: E1, description: Heat, steps: [{ step: 1, manual: Light it }] }\n";
    assert_eq!(read(&file), mended);
}

/// The workflow of GitHub that uses no action of ours.
fn by_hand() -> String {
    fenced_block("yaml", "rulec check --format github")
}

/// The commands of a pipeline that check rules, as a shell gets them.
fn checks(pipeline: &str) -> Vec<String> {
    let command = |line: &str| {
        let start = line.find("rulec check")?;
        line[start..].split('\'').next().map(str::to_owned)
    };
    pipeline.lines().filter_map(command).collect()
}

/// Runs each in a repository with the rules from the top of the page, and looks at the file that the pipeline
/// hands on.
#[test]
fn the_pipelines_hand_on_reports() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::create_dir(folder.path().join(".git")).expect("a folder is made");
    fs::write(folder.path().join("L5-start.yaml"), block("yaml", 0)).expect("a file is written");
    let formats = |pipeline: &str| -> Vec<(String, ReportFormat)> {
        let checks = checks(pipeline).into_iter().map(|check| {
            let format =
                ReportFormat::ALL.into_iter().find(|it| check.contains(&format!("--format {}", it.name())));
            let format = format.unwrap_or_else(|| panic!("no format: {check}"));
            (check, format)
        });
        checks.collect()
    };
    let mut shown = Vec::new();
    for pipeline in [by_hand(), fenced_block("yaml", "codequality"), block("groovy", 0)] {
        for (check, format) in formats(&pipeline) {
            let (code, told) = run(&check, folder.path(), &[]);
            assert_eq!(code, Some(1), "{check}: {told}");
            let report = match check.split_once(" > ") {
                Some((_, file)) => {
                    assert_eq!(pipeline.matches(file).count(), 2, "{file} is not handed on: {pipeline}");
                    read(&folder.path().join(file))
                }
                None => told.lines().filter(|line| line.starts_with("::")).collect::<Vec<_>>().join("\n"),
            };
            assert!(report.contains("L5-start.yaml") && report.contains("missing-rollback"), "{report}");
            assert_valid(format, &report);
            shown.push(format);
        }
    }
    use ReportFormat::{Github, Gitlab, Junit, Sarif};
    assert_eq!(shown, [Github, Sarif, Gitlab, Junit]);
}

#[test]
fn the_pipelines_are_yaml() {
    for text in [by_hand(), fenced_block("yaml", "codequality"), fenced_block("yaml", "uses: OWNER/rulec@")] {
        let parsed = rulec::syntax::parse(FileId(0), Format::Yaml, &text);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    }
}

#[test]
fn what_is_said_about_living_with_findings_holds() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let write =
        |name: &str, text: String| fs::write(folder.path().join(name), text).expect("a file is written");
    write("L5-shop.yaml", fenced_block("yaml", "rulec: allow"));
    let check = |arguments: &str| {
        run(&format!("rulec check . --format short --notes {arguments}"), folder.path(), &[])
    };
    let (code, told) = check("");
    assert!(code == Some(0) && told.contains("; 1 suppressed"), "{told}");
    let (_, told) = check("--no-suppressions");
    assert!(told.contains("warning[masked-failure]") && !told.contains("suppressed"), "{told}");
    write("rulec.toml", fenced_block("toml", "profile = "));
    assert_eq!(check("").0, Some(2), "there is no baseline yet");
    let (code, told) = run("rulec baseline write", folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    let (code, told) = check("--profile night");
    assert!(code == Some(0) && told.contains("1 suppressed, "), "{told}");
    let (code, told) = check("--no-suppressions --profile night");
    assert!(code == Some(1) && told.contains("error[masked-failure]"), "{told}");
    let folder = tempfile::tempdir().expect("a folder is made");
    let (code, told) = run(&fenced_block("sh", "rulec baseline write"), folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
}

#[test]
fn every_format_is_in_the_table() {
    let readme = read(&project().join("README.md"));
    for format in ReportFormat::ALL {
        assert!(readme.contains(&format!("`{}`", format.name())), "{}", format.name());
    }
}

#[test]
fn the_scenario_passes_and_so_do_those_of_the_studio() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let studio = folder.path().join("rules/studio");
    fs::create_dir_all(&studio).expect("a folder is made");
    for entry in fs::read_dir(project().join("rules/studio")).expect("the rules are there") {
        let entry = entry.expect("an entry");
        if entry.path().is_file() {
            fs::copy(entry.path(), studio.join(entry.file_name())).expect("a file is copied");
        }
    }
    let (code, before) = run("rulec test rules/studio --format json", folder.path(), &[]);
    assert_eq!(code, Some(0), "{before}");
    fs::write(studio.join("readme.scenario.yaml"), fenced_block("yaml", "the console hangs"))
        .expect("a file is written");
    let (code, told) = run(&fenced_block("sh", "rulec test rules/studio"), folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("the console hangs, and what was started is taken back  rolled_back after"),
        "{told}"
    );
    assert!(read(&folder.path().join("scenarios.xml")).contains("failures=\"0\""));
}

#[test]
fn what_is_run_runs() {
    let studio = Studio::open();
    let folder = studio.folder().to_str().expect("it has a plain name");
    let state = studio.folder().join("state");
    let program = program();
    let environment = [
        ("RULEC_STATE_DIR", state.to_str().expect("it has a plain name")),
        ("studio", program.as_str()),
        ("STUDIO_DATA", folder),
    ];
    let (code, told) = run(&fenced_block("sh", "rulec run rules/studio"), &project(), &environment);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told.matches("succeeded after").count(), 2, "{told}");
    assert!(studio.open_ports().is_empty());
    assert_eq!(fs::read_dir(state.join("scripts")).expect("it is there").count(), 2);
}

#[test]
fn what_a_script_is_asked_it_answers() {
    let studio = Studio::open();
    let folder = studio.folder().to_str().expect("it has a plain name");
    let state = studio.folder().join("state");
    let scripts = studio.folder().join("scripts");
    let program = program();
    let environment = [
        ("RULEC_STATE_DIR", state.to_str().expect("it has a plain name")),
        ("studio", program.as_str()),
        ("STUDIO_DATA", folder),
    ];
    let commands =
        fenced_block("sh", "E1.sh status").replace("target/studio", &scripts.display().to_string());
    let (code, told) = run(&commands, &project(), &environment);
    assert_eq!(code, Some(0), "{told}");
    for words in [
        "4 of 4 steps",
        "STATE           ENTRY",
        "<testsuite name=\"Start the studio\"",
        "\"digest\": \"sha256:",
    ] {
        assert!(told.contains(words), "`{words}` is not in: {told}");
    }
    assert_eq!(told.matches("succeeded after").count(), 2, "{told}");
    assert!(studio.open_ports().is_empty());
}

/// The exit codes of the table are those that the script itself tells of, but for that of monitors.
#[test]
fn every_exit_code_is_in_the_table() {
    let readme = read(&project().join("README.md"));
    let table = readme.lines().skip_while(|line| !line.starts_with("| exit code |")).skip(2);
    let rows = table.map_while(|line| line.strip_prefix("| ")?.split(" |").next());
    let told: Vec<u8> =
        rows.flat_map(|row| row.split(", ").map(|code| code.parse().expect("a number"))).collect();
    assert_eq!(told, [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 70, 129, 130, 143]);
    let help = read(&project().join("src/target/shell/runtime/show.sh"));
    for code in told {
        let shown = if code > 127 { "  129, 130, 143  ".to_owned() } else { format!("'{code:>5}  ") };
        assert!(help.contains(&shown), "{code}");
    }
}

#[test]
fn what_is_read_can_be_asked() {
    let folder = tempfile::tempdir().expect("a folder is made");
    for copy in ["rules/studio", "old/studio"] {
        fs::create_dir_all(folder.path().join(copy)).expect("a folder is made");
        for entry in fs::read_dir(project().join("rules/studio")).expect("the rules are there") {
            let entry = entry.expect("an entry");
            if entry.path().is_file() {
                fs::copy(entry.path(), folder.path().join(copy).join(entry.file_name()))
                    .expect("a file is copied");
            }
        }
    }
    let rules = folder.path().join("rules/studio/L5-procedures.yaml");
    fs::write(&rules, read(&rules).replacen("risk: medium", "risk: high", 1)).expect("a file is written");
    let (code, told) = run(&fenced_block("sh", "rulec coverage"), folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    for words in ["BOUND TO A CHECK", "serves goal G1", "plans to compile again", "plans: 1 changed"] {
        assert!(told.contains(words), "`{words}` is not in: {told}");
    }
    assert!(read(&folder.path().join("comment.md")).contains("medium → **high**"));
}

#[test]
fn what_the_configuration_names_is_compiled() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L5-start.yaml"), block("yaml", 0).replace("databse", "database"))
        .expect("a file is written");
    fs::write(folder.path().join("rulec.toml"), fenced_block("toml", "[[compiled]]"))
        .expect("a file is written");
    let (code, told) = run("rulec compile --all && rulec compile --all --check", folder.path(), &[]);
    assert!(code == Some(0) && told.contains("as compiled from the rules"), "{told}");
}

#[test]
fn what_is_repeated_is_unrolled() {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("L5-queue.yaml"), fenced_block("yaml", "repeat:"))
        .expect("a file is written");
    let (code, told) = run("rulec check --deny warnings && rulec verify", folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    let (code, told) = run("rulec simulate --fail drain~1~until=1", folder.path(), &[]);
    assert!(code == Some(0) && told.contains("drain~2"), "{told}");
}

#[test]
fn every_block_is_one_that_a_test_looks_at() {
    let count = |info: &str| blocks().iter().filter(|(of, _)| of == info).count();
    let kinds = ["sh", "yaml", "toml", "text", "groovy"];
    assert_eq!(kinds.map(count), [10, 11, 2, 3, 1]);
    assert!(blocks().iter().all(|(info, _)| kinds.contains(&info.as_str())));
}

#[test]
fn every_path_that_it_names_is_there() {
    // Findings are shown in frames of backticks, so the blocks are left out.
    let readme = read(&project().join("README.md"));
    let prose: String = readme.split("```").step_by(2).collect();
    let named = prose.split('`').skip(1).step_by(2).filter(|it| it.contains('/') && !it.contains(' '));
    let is_of_the_machine = |path: &&str| path.starts_with(['~', '$']) || path.starts_with("target/");
    let paths: Vec<_> = named.filter(|path| !is_of_the_machine(path) && !path.contains('=')).collect();
    assert!(paths.contains(&"rules/studio"), "{paths:?}");
    for path in paths {
        assert!(project().join(path).exists(), "{path}");
    }
}
