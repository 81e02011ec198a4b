//! The hours in which a run may start.

use std::io::Write as _;
use std::process::Stdio;
use std::thread;

use rulec::plan::ir::Window;
use rulec::scalar::DailyWindow;

use super::bench::every_shell;
use super::plans::{plan, source, traced};
use super::stage::set_clock;
use crate::support::{project, read};

#[test]
fn a_window_is_open_when_the_compiler_says_so() {
    let minutes = [0_u16, 1, 8 * 60 + 9, 9 * 60 + 8, 719, 720, 22 * 60, 1439];
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut asked = String::new();
    let mut expected = String::new();
    for (from, to, now) in minutes
        .iter()
        .flat_map(|&from| minutes.iter().flat_map(move |&to| minutes.map(|now| (from, to, now))))
    {
        let (start, end) = (clock(from), clock(to));
        let window = if from == to { "00:00-24:00".to_owned() } else { format!("{start}-{end}") };
        let now_shown = clock(now);
        asked += &format!("{start} {end} {now_shown}\n");
        expected += &if DailyWindow::parse(&window).unwrap().contains(now) {
            "open\n".to_owned()
        } else {
            let wait = (from + 1440 - now) % 1440;
            let wait = if wait < 60 { format!("{wait}m") } else { format!("{}h{}m", wait / 60, wait % 60) };
            format!("the window {start}-{end} opens in {wait}: it is {now_shown} here\n")
        };
    }
    let runtime = |name: &str| read(&project().join(format!("src/target/shell/runtime/{name}.sh")));
    let script = format!(
        "{}{}{}\nrulec_longest=\ndate() {{ rulec_put \"$now\"; }}\nwhile read -r rulec_window_from rulec_window_to now; do\n\
         if rulec_window; then echo open; else rulec_put \"$rulec_why$rulec_nl\"; fi\ndone\n",
        runtime("prologue"),
        runtime("helpers"),
        runtime("gates")
    );
    every_shell(|bench| {
        let file = bench.path().join("window.sh");
        bench.write(&file, &script);
        let mut command = bench.command(&file, &[]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let asked = asked.clone();
        thread::spawn(move || stdin.write_all(asked.as_bytes()));
        let run = bench.wait(child);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (expected.as_str(), ""));
    });
}

#[test]
fn a_shut_window_refuses_and_says_when_it_opens() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        let hours = |start: &str, end: &str| Window {
            start: start.into(),
            end: end.into(),
            source: source("/procedures/0/window"),
        };
        plan.policy.window = Some(hours("22:00", "02:00"));
        plan.bounds.worst_case_ms = Some(3_600_001);
        for (time, words) in [
            ("18:48", "the window 22:00-02:00 opens in 3h12m: it is 18:48 here"),
            ("", "`date` does not tell the time"),
        ] {
            set_clock(bench, time);
            let run = bench.run(&plan, &["--yes"]);
            run.came_to(3, "refused", "");
            assert!(run.report["reason"].as_str().unwrap().contains(words), "{}", run.report);
        }
        set_clock(bench, "01:00");
        let run = bench.run(&plan, &[]);
        run.came_to(0, "succeeded", "a");
        run.says("the window 22:00-02:00 shuts in 1h0m");
        plan.bounds.worst_case_ms = Some(3_600_000);
        let run = bench.run(&plan, &[]);
        assert!(!run.stderr.contains("shuts in"), "{}", run.stderr);
        assert!(bench.run(&plan, &["--dry-run"]).stdout.contains("\nwindow: 22:00-02:00, local time\n"));
    });
}
