//! `rulec fmt`: which files it writes, and what it says and ends with.

use std::io::Write;
use std::process::Stdio;

use super::world::World;

const LOOSE: &str = "procedures:\r\n-   id:  'E1'\r\n";
const TIGHT: &str = "procedures:\n  - id: E1\n";

fn world() -> World {
    World::new()
        .file("set/rulec.toml", "name   = 'set'\nexclude = ['old/**']\n")
        .file("set/L5-a.yaml", LOOSE)
        .file("set/b.scenario.json", "{\"scenarios\":[]}")
        .file("set/L3-broken.json", "{\"layer\": \"L3\",}")
        .file("set/old/L5-c.yaml", LOOSE)
        .file("set/notes.json", "{}")
}

#[test]
fn formats_the_files_of_a_rule_set_and_no_others() {
    let world = world();
    let ran = world.run("fmt set --check");
    assert_eq!((ran.code, ran.out.as_str()), (1, "set/L5-a.yaml\nset/b.scenario.json\n"), "{}", ran.err);
    assert_eq!(world.read("set/L5-a.yaml"), LOOSE);
    let ran = world.run("fmt set --diff");
    assert!(
        ran.code == 1 && ran.out.starts_with("--- set/L5-a.yaml\n+++ set/L5-a.yaml\n@@ -1,2 +1,2 @@\n"),
        "{}",
        ran.out
    );
    let ran = world.run("fmt set");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    for words in [
        "syntax-error",
        "left set/L3-broken.json as it is: it has mistakes\n",
        "formatted set/L5-a.yaml\nformatted set/b.scenario.json\nformatted 2 of 3 files\n",
    ] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    assert_eq!(world.read("set/L5-a.yaml"), TIGHT);
    assert_eq!(world.read("set/L3-broken.json"), "{\"layer\": \"L3\",}");
    assert_eq!(world.read("set/notes.json"), "{}");
    assert!(world.read("set/rulec.toml").contains("name   ="));
    assert_eq!(world.read("set/old/L5-c.yaml"), LOOSE);
    world.write("set/L3-broken.json", "{ \"layer\": \"L3\" }\n");
    let ran = world.run("fmt set --check");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", "nothing to format in 3 files\n"));
}

#[test]
fn a_named_file_is_formatted_alone() {
    let world = world();
    let ran = world.run("fmt set/old/L5-c.yaml set/notes.json");
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, "formatted set/old/L5-c.yaml\nformatted set/notes.json\nformatted 2 files\n")
    );
    assert_eq!(
        (world.read("set/L5-a.yaml").as_str(), world.read("set/notes.json").as_str()),
        (LOOSE, "{}\n")
    );
}

#[test]
fn standard_input_becomes_standard_output() {
    let world = World::new();
    let pipe = |arguments: &[&str], input: &str| {
        let mut command = world.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // A program that does not read may be gone already.
        let _ = child.stdin.take().expect("it has an input").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let named = ["fmt", "-", "--stdin-filename", "rules/L5-a.yaml"];
    assert_eq!(pipe(&named, LOOSE), (Some(0), TIGHT.to_owned(), String::new()));
    assert_eq!(pipe(&named, TIGHT), (Some(0), TIGHT.to_owned(), String::new()));
    assert_eq!(pipe(&[&named[..], &["--check"]].concat(), LOOSE), (Some(1), String::new(), String::new()));
    let (code, out, err) = pipe(&named, "a: [\n");
    assert!((code, out.as_str()) == (Some(1), "") && err.contains("rules/L5-a.yaml:"), "{err}");
    let (code, _, err) = pipe(&["fmt", "-"], LOOSE);
    assert!(code == Some(2) && err.contains("--stdin-filename"), "{err}");
    assert!(world.names("").is_empty());
}

#[test]
fn what_it_can_not_do() {
    let world = world().file("set/a.txt", "");
    for (arguments, words) in [
        ("fmt nowhere", "there is no such file"),
        ("fmt set/a.txt", "does not end in .json"),
        ("fmt - set", "standard input"),
        ("fmt --chek", "--check"),
        ("fomt", "fmt"),
    ] {
        let ran = world.run(arguments);
        assert!(ran.code == 2 && ran.err.contains(words), "{arguments}: {}", ran.err);
    }
    assert_eq!(World::new().run("fmt .").code, 4);
    world.write("set/rulec.toml", "excluded = []\n");
    let ran = world.run("fmt set");
    assert!(ran.code == 2 && ran.err.contains("invalid-config"), "{}", ran.err);
    assert!(!ran.err.contains("nothing to format"), "{}", ran.err);
    assert_eq!(world.read("set/L5-a.yaml"), LOOSE);
    let broken = World::new().file("set/L3-broken.json", "{");
    let ran = broken.run("fmt set");
    assert!(ran.code == 1 && ran.err.ends_with("as it is: it has mistakes\n"), "{}", ran.err);
}
