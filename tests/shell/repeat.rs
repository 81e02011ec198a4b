//! Repeated steps and probes for real: the rounds that a script runs are those of the simulator, their undo goes back
//! through all of them, and a run that was killed in one of them goes on with it, in time or too late.

use std::fs;

use super::bench::{Bench, every_shell};
use crate::repeat::{milling, planned};

/// True once there are so many sacks.
fn sacks(count: u32) -> String {
    format!("until: {{ command: 'test \"$(grep -c x sacks)\" -ge {count}', timeout: 20s }}")
}

#[test]
fn rounds_go_on_until_it_holds() {
    every_shell(|bench| {
        let run = |bench: &Bench, repeat: &str, more: &str| bench.run(&planned(&milling(repeat, more)), &[]);
        let fresh = || Bench::new(bench.shell);
        run(bench, &format!("{}, max: 3", sacks(1)), "").came_to(0, "succeeded", "open grind sell");
        let twice = run(&fresh(), &format!("{}, max: 3, delay: 1s", sacks(2)), "");
        twice.came_to(0, "succeeded", "open grind grind sell");
        twice.says("the answer is exit code 1");
        twice.says("Grind (round 2 of at most 3)");
        let never = "open grind grind spill spill shut";
        run(&fresh(), &format!("{}, max: 2", sacks(9)), "").came_to(5, "rolled_back", never);
        // Nothing is known to come behind a round but the next one, which would be too late.
        let late = run(&fresh(), &format!("{}, max: 5, deadline: 0s", sacks(9)), "");
        late.came_to(5, "rolled_back", "open grind spill shut");
        late.says("more than 0s have passed");
        let in_time = run(&fresh(), &format!("{}, max: 3, deadline: 1h", sacks(3)), "");
        in_time.came_to(0, "succeeded", "open grind grind grind sell");
        let fails =
            run(&fresh(), &format!("{}, max: 3", sacks(3)), ", verify: 'test \"$(grep -c x sacks)\" -lt 2'");
        fails.came_to(5, "rolled_back", "open grind grind spill spill shut");
        let goes_on = run(&fresh(), &format!("{}, max: 2", sacks(9)), ", on_failure: continue");
        goes_on.came_to(0, "degraded", "open grind grind");
    });
}

#[test]
fn a_called_procedure_is_repeated_as_a_whole() {
    let rules = "procedures:\n- id: E1\n  steps:\n  - { id: fill, run: E2, env: { WORD: fill }, repeat: { until: 'test \"$(grep -c sack trace)\" = 2', max: 4 } }\n\
                 - id: E2\n  steps:\n  - { id: grind, command: 'echo grind \"$WORD\" >>trace', undo: echo spill >>trace }\n  \
                 - { id: sack, command: echo sack >>trace, undo: echo empty >>trace, when: steps.grind.status == \"ok\" }\n";
    every_shell(|bench| {
        let run = bench.run(&planned(rules), &[]);
        run.came_to(0, "succeeded", "grind fill sack grind fill sack");
    });
}

#[test]
fn a_probe_answers_and_never_fails() {
    let rules = "procedures:\n- id: E1\n  steps:\n  \
                 - { id: three, probe: 'echo \" a b \"; exit 3', output: true }\n  \
                 - { id: slow, probe: 'echo half; sleep 60', output: true, timeout: 1s, grace: 0s }\n  \
                 - { id: yes, command: echo yes >>trace, when: 'steps.three.exit_code == 3 && steps.three.output == \"a b\"' }\n  \
                 - { id: late, command: echo late >>trace, when: 'steps.slow.exit_code == 124 && steps.slow.output == \"\"' }\n  \
                 - { id: no, command: echo no >>trace, when: steps.three.exit_code == 0 || steps.slow.status != \"ok\" }\n";
    every_shell(|bench| bench.run(&planned(rules), &[]).came_to(0, "succeeded", "yes late"));
}

/// Kills its runner in the second round.
fn killed(bench: &Bench, repeat: &str) -> std::path::PathBuf {
    let kill = "echo grind >>trace; echo x >>sacks; test \"$(grep -c x sacks)\" != 2 || \
                kill -s KILL \"$(sed -n 's/^pid=//p' \"$RULEC_STATE_DIR\"/test/runs/*/about)\"";
    let rules = milling(repeat, "")
        .replace("'echo grind >>trace; echo x >>sacks'", &serde_json::json!(kill).to_string());
    let script = bench.emit(&planned(&rules));
    let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
    assert_eq!((run.code, run.trace.as_str()), (1009, "open grind grind"), "{}", run.stderr);
    script
}

/// Lets the journal say that everything was so many seconds later than it was.
fn shift(bench: &Bench, seconds: i64) {
    let run =
        fs::read_dir(bench.path().join("state/test/runs")).unwrap().next().expect("there is a run").unwrap();
    let journal = run.path().join("journal");
    let text = fs::read_to_string(&journal).unwrap();
    let shifted = text.lines().map(|line| {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        words[2] = (words[2].parse::<i64>().unwrap() + seconds).to_string();
        words.join(" ") + "\n"
    });
    fs::write(&journal, shifted.collect::<String>()).unwrap();
}

#[test]
fn a_run_killed_in_a_round_goes_on_with_it() {
    every_shell(|bench| {
        let rounds = format!("{}, max: 3, deadline: 10m", sacks(3));
        let resume = |bench: &Bench, script| bench.wait(bench.command(script, &["resume"]).spawn().unwrap());
        let script = killed(bench, &rounds);
        resume(bench, &script).came_to(0, "succeeded", "open grind grind grind sell");
        // The first round began too long ago.
        let late = Bench::new(bench.shell);
        let script = killed(&late, &rounds);
        shift(&late, -3600);
        resume(&late, &script).came_to(5, "rolled_back", "open grind grind spill spill shut");
        // A clock that was set back counts as no time, and the rounds are counted all the same.
        let back = Bench::new(bench.shell);
        let script = killed(&back, &format!("{}, max: 3, deadline: 10m", sacks(9)));
        shift(&back, 3600);
        let run = resume(&back, &script);
        run.came_to(5, "rolled_back", "open grind grind grind spill spill spill shut");
    });
}
