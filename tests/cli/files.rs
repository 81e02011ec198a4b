//! Things that stand where rule files should: each is a clear finding, and none makes rulec wait.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::world::{CLEAN, World};

/// The one finding in a rule set, as `--format short` shows it.
fn finding(world: &World) -> String {
    let ran = world.run("check . --format short");
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    ran.out.trim_end().to_owned()
}

fn unreadable(why: &str) -> String {
    format!("L4-x.json:1:1: error[unreadable-file]: this can't be read as a rule file: {why}")
}

#[test]
fn what_is_no_file() {
    let world = World::new().file("L5-a.json", CLEAN);
    let odd = world.path("L4-x.json");
    std::fs::create_dir(&odd).expect("the folder is made");
    assert_eq!(finding(&world), unreadable("it is a folder"));
    std::fs::remove_dir(&odd).expect("the folder goes");

    symlink("nowhere", &odd).expect("the link is made");
    assert_eq!(finding(&world), unreadable("it is a link to nothing"));
    std::fs::remove_file(&odd).expect("the link goes");

    let made = Command::new("mkfifo").arg(&odd).status().expect("mkfifo is there");
    assert!(made.success());
    assert_eq!(finding(&world), unreadable("it is a named pipe"));
    assert_eq!(world.run("compile . --entry E1").code, 1);
}

#[test]
fn a_file_of_a_gigabyte_is_not_read() {
    let world = World::new().file("L4-x.json", "{}");
    let file = std::fs::File::options().write(true).open(world.path("L4-x.json")).expect("the file opens");
    file.set_len(1 << 30).expect("the file grows without taking room");
    assert_eq!(finding(&world), unreadable("it has 1024 MiB, more than 64 MiB"));
}

#[test]
fn bytes_that_are_no_text() {
    let latin = CLEAN.replace("Start the oven", "Caf\u{1}").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    let found = finding(&World::new().file("L5-x.json", latin));
    assert_eq!(found, "L5-x.json:6:19: error[invalid-encoding]: the byte `e9` is not valid UTF-8");
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = finding(&World::new().file("L5-x.json", utf16));
    assert!(found.contains("the file is UTF-16"), "{found}");
    let found = finding(&World::new().file("L5-x.json", ""));
    assert!(found.contains("the file is empty"), "{found}");
}

#[test]
fn ten_thousand_levels() {
    for (name, text) in [
        ("L5-x.json", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("L5-x.json", "{\"a\":".repeat(10_000)),
        ("L5-x.yaml", format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("L5-x.yaml", "- ".repeat(10_000)),
        ("L5-x.toml", format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000))),
    ] {
        let ran = World::new().file(name, &text).run("check . --format short");
        assert_eq!(ran.code, 1, "{name}: {}", ran.err);
        assert!(ran.out.contains("error["), "{name}: {}", ran.out);
        assert!(ran.out.lines().count() < 5, "{name}: {}", ran.out);
    }
}

#[test]
fn line_endings_and_marks_change_nothing() {
    let broken = CLEAN.replace("\"E2\",\n      \"steps\"", "\"E7\",\n      \"steps\"");
    let expected = finding(&World::new().file("L5-x.json", &broken));
    assert!(expected.starts_with("L5-x.json:8:29: error[unresolved-reference]"), "{expected}");
    let windows = format!("\u{feff}{}", broken.replace('\n', "\r\n"));
    assert_eq!(finding(&World::new().file("L5-x.json", windows)), expected);
    let clean = format!("\u{feff}{}", CLEAN.replace('\n', "\r\n"));
    assert_eq!(World::new().file("L5-x.json", clean).run("check").code, 0);
}

#[test]
fn a_broken_file_hides_no_more_than_itself() {
    // `E2` stands in the file that can't be read to its end: who refers to it makes no mistake.
    let world = World::new()
        .file(
            "L5-a.yaml",
            "procedures:\n- id: E1\n  rollback_procedure: E2\n  steps: [{ step: 1, command: ls }]\n",
        )
        .file("L5-b.json", "{\"layer\": \"L5\", \"procedures\": [{\"id\": \"E2\" \"steps\": []}]}");
    let found = finding(&world);
    assert!(found.starts_with("L5-b.json:1:43: error[syntax-error]"), "{found}");
}
