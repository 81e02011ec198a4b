//! Colours, pipes that close early, and disks that are full.

use std::io::Read;
use std::process::Stdio;

use super::world::{CLEAN, World, run};

fn broken() -> World {
    World::new().file("L5-x.json", CLEAN.replace("\"E2\",\n      \"steps\"", "\"E7\",\n      \"steps\""))
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let world = broken();
    let has_colours = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = world.command(arguments);
        command.envs(variables.iter().copied());
        let ran = run(&mut command);
        assert_eq!(ran.code, 1);
        ran.out.contains('\u{1b}')
    };
    assert!(!has_colours(&["check"], &[]));
    assert!(has_colours(&["check", "--color", "always"], &[]));
    assert!(has_colours(&["--color=always", "check"], &[("NO_COLOR", "1")]));
    assert!(has_colours(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colours(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!has_colours(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colours(&["check", "--format", "json", "--color", "always"], &[]));
}

#[test]
fn a_reader_that_goes_away_is_no_mistake() {
    // Far more than a pipe holds.
    let world = World::new();
    for n in 0..300 {
        world.write(
            &format!("L5-{n}.json"),
            CLEAN
                .replace("E2", &format!("X{n}"))
                .replace("E1", &format!("Y{n}"))
                .replace("touch lit", &"x".repeat(1000)),
        );
    }
    for arguments in [
        &["compile", "--entry", "Y1"][..],
        &["simulate", "--entry", "Y1"],
        &["simulate", "--entry", "Y1", "--fail", "1", "--format", "jsonl"],
        &["graph"],
        &["list"],
        &["schema", "L5"],
        &["--help"],
        &["explain"],
    ] {
        let mut child = world
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let status = child.wait().expect("the program ends");
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert_eq!((status.code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_full_disk_is_said() {
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let world = World::clean();
        let output = world
            .command(&["compile", "rules", "--entry", "E1"])
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .expect("the program starts");
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains("the result can't be written: no space left on device"), "{said}");
    } else {
        crate::support::tools::missing("/dev/full");
    }
}
