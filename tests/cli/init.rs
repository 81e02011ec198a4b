//! `rulec init`: what it writes checks clean, compiles and runs.

use std::process::Command;

use super::world::{World, run};

#[test]
fn what_init_proposes_works() {
    let world = World::new();
    let ran = world.run("init demo");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(world.names("demo").len(), 7);
    let checked = world.run("check demo --notes --deny notes");
    assert_eq!((checked.code, checked.out.as_str()), (0, ""));

    // The commands are run as they stand, by a shell that finds this binary.
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_rulec"));
    let path = format!(
        "{}:{}",
        binary.parent().expect("a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    for line in ran.out.lines() {
        let mut shell = Command::new("sh");
        let shell = shell.args(["-e", "-c", line]).current_dir(world.path(".")).env("PATH", &path);
        let ran = run(shell.env("RULEC_STATE_DIR", world.path("state")));
        assert_eq!(ran.code, 0, "{line}\n{}\n{}", ran.out, ran.err);
    }
    assert_eq!(world.read("site/index.html"), "<h1>Hello</h1>\n");
    assert_eq!(world.read("site/old/index.html"), world.read("site/index.html"));
}

#[test]
fn every_entry_compiles_to_every_target() {
    let world = World::new();
    world.run("init");
    for target in rulec::target::targets() {
        let ran = world.run(&format!("compile rules --target {} -o out/", target.name()));
        assert_eq!(ran.code, 0, "{}: {}", target.name(), ran.err);
    }
    let all = |ending: &str| world.names("out").iter().filter(|name| name.ends_with(ending)).count();
    // The alert rules are the same for every entry.
    let count = |name: &str| if name == "prometheus" { 1 } else { 3 };
    for target in rulec::target::targets() {
        assert_eq!(all(&format!(".{}", target.extension())), count(target.name()), "{}", target.name());
    }
    let counts = rulec::target::targets().iter().map(|target| count(target.name()));
    assert_eq!(world.names("out").len(), counts.sum::<usize>());
}

#[test]
fn nothing_is_written_over() {
    let world = World::new().file("demo/L5-procedures.yaml", "mine").file("file", "");
    for (folder, why) in
        [("demo", "`demo/L5-procedures.yaml` is there already"), ("file", "`file` is no folder")]
    {
        let ran = world.run(&format!("init {folder}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    assert_eq!((world.names("demo").len(), world.read("demo/L5-procedures.yaml").as_str()), (1, "mine"));
}

#[test]
fn what_is_written_is_in_its_canonical_form() {
    let world = World::new();
    assert_eq!(world.run("init demo").code, 0);
    let ran = world.run("fmt demo --check");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}
