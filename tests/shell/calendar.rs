//! Dates and moments out of a clock that only counts.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::audit::fake_date;
use super::bench::every_shell;
use super::parts::run_pieces;

#[test]
fn dates_are_those_of_the_calendar() {
    let days = [0, 59, 60, 365, 789, 11_016, 11_017, 18_321, 19_722, 20_778, 24_837, 32_768, 49_709, 146_096];
    let days = days.map(|day: i32| day.to_string());
    let expected: Vec<String> = days
        .iter()
        .filter_map(|day| {
            let day = format!("1970-01-01 +{day} days");
            let output = Command::new("date").args(["-u", "-d", &day, "+%F"]).output().unwrap();
            output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
        })
        .collect();
    if expected.is_empty() {
        eprintln!("not run: this `date` cannot compute");
        return;
    }
    let snippet = format!(
        "for rulec_d in {}; do
  rulec_date \"$rulec_d\"
  echo \"$rulec_out\"
  rulec_digits \"$rulec_out\"
  rulec_day_number \"$rulec_out\"
  [ \"$rulec_out\" = \"$rulec_d\" ] || echo \"not $rulec_d: $rulec_out\"
done",
        days.join(" ")
    );
    every_shell(|bench| {
        let run = run_pieces(bench, &snippet, &[]);
        assert_eq!(run.stdout.lines().collect::<Vec<_>>(), expected, "{}", run.stderr);
    });
}

#[test]
fn a_clock_that_is_set_back_does_not_change_the_moments_of_a_run() {
    every_shell(|bench| {
        if !Path::new("/proc/uptime").exists() {
            return;
        }
        fake_date(bench);
        let now = bench.path().join("now");
        fs::write(&now, "2027-12-31T23:59:59Z\n").unwrap();
        let snippet = "rulec_iso
echo \"$rulec_out\"
echo 1999-01-01T00:00:00Z >\"$HOME/now\"
sleep 1.2
rulec_iso
echo \"$rulec_out\"";
        let run = run_pieces(bench, snippet, &[]);
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert!(lines[0] == "2027-12-31T23:59:59Z" || lines[0] == "2028-01-01T00:00:00Z", "{lines:?}");
        assert!(lines[1].starts_with("2028-01-01T00:00:0"), "{lines:?}");
    });
}
