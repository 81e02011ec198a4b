//! `rulec check --fix` and `--diff`: what they write, say and end with.

use super::world::{World, run};
use crate::support::snapshot;

const MISTAKEN: &str = "# the oven\r
procedures:\r
  - id: E1   # first\r
    estimatedDuration: 2 minutes\r
    steps:\r
      - { step: 1, command: ./on, undo: ./off, timout: 30, verify: curl -m 5 http://oven }\r
      - step: 3\r
        command: rm -rf \"$OVEN/\"*\r
        undo: ./off\r
        timeout: 30\r
";

#[test]
fn a_diff_writes_nothing() {
    let world = World::new().file("L5-oven.yaml", MISTAKEN);
    let ran = world.run("check . --diff");
    assert_eq!(ran.code, 1);
    snapshot("check_diff", &format!("{}--- standard error\n{}", ran.out.replace('\r', "␍"), ran.err));
    assert_eq!(world.read("L5-oven.yaml"), MISTAKEN);
    assert_eq!(world.names(""), ["L5-oven.yaml"]);
    // What is shown is what is written.
    assert_eq!(world.run("check . --fix").code, 0);
    let ran = world.run("check . --diff");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn a_fix_is_counted_and_listed() {
    let world = World::new().file("L5-oven.yaml", MISTAKEN);
    let ran = world.run("check . --fix --format short");
    snapshot("check_fix", &format!("{}--- standard error\n{}", ran.out, ran.err));
    assert_eq!(ran.code, 0);
    let expected = MISTAKEN
        .replace("estimatedDuration", "estimated_duration")
        .replace("timout", "timeout")
        .replace("curl", "curl --fail")
        .replace("step: 3", "step: 2");
    assert_eq!(world.read("L5-oven.yaml"), expected);
    let ran = world.run("check . --fix --unsafe-fixes --format short");
    assert_eq!(world.read("L5-oven.yaml"), expected.replace("$OVEN/", "${OVEN:?}/"), "{}", ran.err);
    let again = world.run("check . --fix --unsafe-fixes --deny warnings");
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
}

#[test]
fn what_the_options_need() {
    let world = World::clean();
    for (arguments, words) in [
        ("check --unsafe-fixes", "--fix"),
        ("check --diff --format json", "--format"),
        ("check --dif", "--diff"),
        ("check --fix nowhere", "there is no such file"),
    ] {
        let ran = world.run(arguments);
        assert!(ran.code == 2 && ran.err.contains(words), "{arguments}: {}", ran.err);
    }
    assert_eq!(World::new().run("check . --fix").code, 4);
    assert_eq!(World::new().run("check . --diff").code, 4);
}

#[test]
#[cfg(unix)]
fn modes_links_and_read_only_files_are_kept() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new().file("kept/rules.yaml", MISTAKEN).file("set/L2-x.yaml", "contxt: {}\n");
    let mode = |path: &str| fs::metadata(world.path(path)).expect("it is there").permissions().mode() & 0o777;
    let set = |path: &str, mode| {
        fs::set_permissions(world.path(path), fs::Permissions::from_mode(mode)).expect("it is set");
    };
    symlink("../kept/rules.yaml", world.path("set/L5-oven.yaml")).expect("the link is made");
    set("kept/rules.yaml", 0o640);
    set("set/L2-x.yaml", 0o444);
    let ran = world.run("check set --fix");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("`set/L2-x.yaml` can't be written: it is read-only"), "{}", ran.err);
    assert_eq!(world.read("set/L2-x.yaml"), "contxt: {}\n");
    assert!(world.read("kept/rules.yaml").contains("estimated_duration"));
    assert!(fs::symlink_metadata(world.path("set/L5-oven.yaml")).expect("it is there").is_symlink());
    assert_eq!((mode("kept/rules.yaml"), mode("set/L2-x.yaml")), (0o640, 0o444));
    assert_eq!(world.names("kept"), ["rules.yaml"]);
}

#[test]
fn a_document_stays_one() {
    let world = World::new().file("L5-oven.yaml", MISTAKEN);
    let mut command = world.command(&["check", ".", "--fix", "--format", "json"]);
    let ran = run(&mut command);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.out).is_ok(), "{}", ran.out);
    assert!(
        ran.err.starts_with("fixed L5-oven.yaml:4:5: camel-case-key: rename to `estimated_duration`\n"),
        "{}",
        ran.err
    );
}
