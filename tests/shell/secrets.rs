//! Secrets: where they come from, and that they stay secret.

use rulec::plan::ir::InputType;

use super::bench::{Bench, Run, every_shell, find, need};
use super::plans::{input, plan, step};

/// All files below the state folder, and what was printed, as one text.
fn everything(bench: &Bench, run: &Run) -> String {
    fn collect(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into);
            } else {
                into.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut all = format!("{}{}{}", run.stdout, run.stderr, run.report);
    collect(&bench.path().join("state"), &mut all);
    all
}

#[test]
fn secrets_are_masked_wherever_they_would_show() {
    every_shell(|bench| {
        let mut show = step(
            "a",
            "echo \"$TWO|$ONE\" >>trace; echo \"is $ONE, or $TWO.\"; echo \"$ONE\" >&2; printf %s \"$TWO\"",
        );
        show.output = true;
        let fail = step("b", "echo \"again $ONE\"; exit 1");
        let mut plan = plan([show, fail]);
        plan.inputs = vec![input("ONE", InputType::Secret), input("TWO", InputType::Secret)];
        std::fs::write(bench.path().join("two"), "hunter2 and \\more\"\nsecond-line\n").unwrap();
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2").env("TWO_FILE", "two");
        let run = bench.wait(command.spawn().unwrap());
        run.came_to(4, "failed", "hunter2 and \\more\" second-line|hunter2");
        let shown = everything(bench, &run);
        assert!(!shown.contains("hunter2") && !shown.contains("second-line"), "{shown}");
        assert_eq!(run.report["steps"][0]["output"], "is ***, or ***\n***.\n***\n***");
        run.says("| again ***");
    });
}

#[test]
fn a_service_keeps_its_log_where_there_are_secrets() {
    every_shell(|bench| {
        let start = "sh -c 'while [ -d bin ] && [ ! -e go ]; do sleep 0.05; done; echo \"late $ONE\"; echo said >>trace' &";
        let mut plan = plan([step("a", start), step("b", "touch go")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2");
        let run = bench.wait(command.spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        bench.await_trace("said");
        let log = format!("{}/1-a.1.log", run.report["folder"].as_str().unwrap());
        for _ in 0..200 {
            if std::fs::read_to_string(&log).unwrap() == "late ***\n" {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("{log}: {:?}", std::fs::read_to_string(&log));
    });
}

/// Programs of a bench that write down how they were started, and then do what they are for.
fn watch(bench: &Bench, programs: &[&str]) {
    let sed = find("sed").expect("it is installed").display().to_string();
    for program in programs {
        let Some(real) = find(program) else { continue };
        let (folder, real) = (bench.path().display(), real.display());
        let text = format!(
            "#!/bin/sh\n{{ echo \"{program} $*\"; env | {sed} 's/^/{program}: /'; }} >>'{folder}/started'\nexec '{real}' \"$@\"\n"
        );
        bench.write(&bench.path().join("bin").join(program), text);
    }
}

#[test]
fn secrets_stand_in_no_argument_and_in_the_environment_of_no_helper() {
    const HELPERS: [&str; 24] = [
        "cat",
        "cut",
        "date",
        "head",
        "id",
        "ln",
        "mkdir",
        "mkfifo",
        "mv",
        "od",
        "printf",
        "ps",
        "rm",
        "sed",
        "sha256sum",
        "sleep",
        "sort",
        "sync",
        "tail",
        "test",
        "tr",
        "uname",
        "wc",
        "readlink",
    ];
    every_shell(|bench| {
        watch(bench, &HELPERS);
        let mut fail = step(
            "a",
            "echo \"$ONE and $TWO\" >>trace; echo \"$ONE\" >&2; [ -e again ] && exit 3; echo >again; exit 1",
        );
        fail.retry.retries = 1;
        fail.output = true;
        let mut plan = plan([fail]);
        plan.inputs = vec![input("ONE", InputType::Secret), input("TWO", InputType::Secret)];
        std::fs::write(bench.path().join("two"), "secret-of-a-file\nsecond'line").unwrap();
        let script = bench.emit(&plan);
        // With every variable exported, and every command shown.
        for option in ["-a", "-x", "-u"] {
            let _ = std::fs::remove_file(bench.path().join("again"));
            let mut command = std::process::Command::new(bench.path().join("bin/sh"));
            command.arg(option).arg(&script).current_dir(bench.path()).env_clear().envs(bench.env());
            command.env("ONE", "secret-of-the-environment").env("TWO_FILE", "two");
            command.stdin(std::process::Stdio::null());
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            let run = bench.wait(command.spawn().unwrap());
            assert_eq!(run.code, 4, "{}", run.stderr);
            let shown = everything(bench, &run);
            let leak = shown.lines().find(|line| line.contains("secret-of"));
            assert_eq!((leak, shown.contains("***")), (None, true), "{option}");
        }
        assert!(
            bench.read("trace").contains("secret-of-the-environment and secret-of-a-file\nsecond'line\n")
        );
        let started = bench.read("started");
        assert!(started.contains("\ndate: PATH=") && started.contains("\nod: PATH="), "nothing was watched");
        let leak = started.lines().find(|line| line.contains("secret-of") || line.contains("second'line"));
        assert_eq!(leak, None);
    });
}

#[test]
fn no_process_shows_a_secret_among_its_arguments() {
    every_shell(|bench| {
        let mut plan = plan([step("a", "echo \"$ONE\"; sleep 0.3"), step("b", "echo \"$ONE\"; exit 1")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let secret = format!("secret{}x{:p}", std::process::id(), bench);
        let script = bench.emit(&plan);
        let child = bench.command(&script, &[]).env("ONE", &secret).spawn().unwrap();
        let over = std::sync::atomic::AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let mut seen = Vec::new();
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
                        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                        let line = String::from_utf8_lossy(&line).into_owned();
                        if line.contains(&secret) {
                            seen.push(line);
                        }
                    }
                }
                seen
            });
            let run = bench.wait(child);
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(run.code, 4, "{}", run.stderr);
            assert!(!everything(bench, &run).contains(&secret));
            watcher.join().unwrap()
        });
        assert_eq!(seen, Vec::<String>::new());
    });
}

#[test]
fn no_script_has_a_here_document() {
    // Some shells write such to a file.
    let script = Bench::new("sh");
    let text = std::fs::read_to_string(script.emit(&plan([step("a", "true")]))).unwrap();
    assert!(!text.contains("<<"));
}

#[test]
fn what_comes_bit_by_bit_is_masked() {
    every_shell(|bench| {
        let mut bits = step(
            "a",
            "head -c 1000000 /dev/zero | tr '\\0' x; echo \"$ONE\"
            printf '%s' 'a hun'; sleep 0.3; printf 'ter2\\0hunter2\\n{\\n'; sleep 0.1; printf 'two'",
        );
        bits.timeout_ms = Some(60_000);
        let mut plan = plan([bits]);
        plan.inputs = vec![input("ONE", InputType::Secret), input("TWO", InputType::Secret)];
        let script = bench.emit(&plan);
        let mut command = bench.command(&script, &["--quiet"]);
        let run = bench.wait(command.env("ONE", "hunter2").env("TWO", "{\ntwo").spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let log = format!("{}/1-a.1.log", run.report["folder"].as_str().unwrap());
        let log = std::fs::read_to_string(log).unwrap().replace('\0', "\n");
        assert_eq!(
            log.len(),
            1_000_000 + "***\na ***\n***\n***\n***\n".len(),
            "{}",
            log.trim_start_matches('x')
        );
        assert!(log.ends_with("x***\na ***\n***\n***\n***\n"), "{}", log.trim_start_matches('x'));
    });
}

#[test]
fn secrets_come_from_the_environment_or_a_file_only() {
    every_shell(|bench| {
        let mut plan = plan([step("a", "printf '%s\\n' \"$ONE\" >>trace")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let script = bench.emit(&plan);
        let go = |env: &[(&str, &str)]| {
            let mut command = bench.command(&script, &[]);
            bench.wait(command.envs(env.iter().copied()).spawn().unwrap())
        };
        let file = |text: &str| std::fs::write(bench.path().join("one"), text).unwrap();
        file("");
        let run = go(&[("ONE", ""), ("ONE_FILE", "one")]);
        run.came_to(3, "refused", "");
        run.says("ONE: ONE_FILE names a file that cannot be read, or is empty");
        go(&[("ONE_FILE", "/nowhere")]).came_to(3, "refused", "");
        file("a\0b");
        go(&[("ONE_FILE", "one")]).says("names a file with a NUL character");
        go(&[]).says("ONE is missing (secret)");
        file(" it's \\n one\n\n");
        go(&[("ONE_FILE", "one")]).came_to(0, "succeeded", " it's \\n one");
        let run = go(&[("ONE", "ab"), ("ONE_FILE", "one")]);
        run.came_to(0, "succeeded", " it's \\n one ab");
        run.says("the secret ONE is too short to be masked");
    });
}

#[test]
fn no_filter_waits_for_ever_for_a_command_that_its_runner_did_not_live_to_start() {
    const KILLED: &str = "
rulec_start_filter() {
  rulec_started_filter \"$@\"
  kill -s KILL \"$$\"
}
";
    every_shell(|bench| {
        let mut plan = plan([step("a", "echo \"is $ONE\"")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let script =
            super::faults::changed(bench, &plan, "rulec_start_filter", "rulec_started_filter", KILLED);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2");
        assert_eq!(bench.wait(command.spawn().unwrap()).code, 1009);
        assert_eq!(super::faults::leftovers(bench), [""; 0]);
    });
}

#[test]
fn a_filter_whose_command_has_ended_meanwhile_is_not_replaced() {
    // The runner looks after its filters, and is not given a processor for a while.
    const SLOW: &str = "
rulec_mend_filters() {
  while ! rulec_ended; do sleep 0.1; done
  sleep 0.5
  rulec_before=$rulec_filters
  rulec_mended_filters
  echo looked >>trace
  [ \"$rulec_filters\" = \"$rulec_before\" ] || echo another >>trace
}
";
    let Some(setsid) = need("setsid") else { return };
    every_shell(|bench| {
        let mut plan = plan([step("a", "echo \"is $ONE\"")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let script = super::faults::changed(bench, &plan, "rulec_mend_filters", "rulec_mended_filters", SLOW);
        // The command is started late, so that the runner looks before that.
        let late = format!("#!/bin/sh\nsleep 0.5\nexec '{}' \"$@\"\n", setsid.display());
        bench.write(&bench.path().join("bin/setsid"), late);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2");
        let run = bench.wait(command.spawn().unwrap());
        run.came_to(0, "succeeded", "looked");
        run.says("| is ***");
        assert_eq!(super::faults::leftovers(bench), [""; 0]);
    });
}

#[test]
fn a_filter_that_is_killed_at_once_is_replaced() {
    // The first filter is dead before it reads, as after a signal.
    const KILLED: &str = "
rulec_start_filter() {
  if [ -z \"${rulec_first_filter-}\" ]; then
    rulec_first_filter=dead
    { exit; } &
    rulec_filters=\"$rulec_filters log:$!:1\"
    return 0
  fi
  rulec_started_filter \"$@\"
}
";
    every_shell(|bench| {
        let mut plan = plan([step("a", "echo \"is $ONE\"; echo a >>trace")]);
        plan.inputs = vec![input("ONE", InputType::Secret)];
        let script =
            super::faults::changed(bench, &plan, "rulec_start_filter", "rulec_started_filter", KILLED);
        let mut command = bench.command(&script, &[]);
        command.env("ONE", "hunter2");
        let run = bench.wait(command.spawn().unwrap());
        run.came_to(0, "succeeded", "a");
        run.says("| is ***");
    });
}
