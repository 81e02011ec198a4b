//! `rulec compile --check` and `--all`: files that are kept beside the rules that they were compiled from.

use super::world::{CLEAN, World};

const CONFIG: &str = r#"
[[compiled]]
entry = "E1"
target = "sh"
output = "../scripts/E1.sh"

[[compiled]]
target = "markdown"
output = "books/"
"#;

fn world() -> World {
    World::clean().file("rules/rulec.toml", CONFIG)
}

#[test]
fn what_is_compiled_is_written_and_checked() {
    let world = world();
    let ran = world.run("compile --all --check rules");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("rules/../scripts/E1.sh: there is no such file\n"), "{}", ran.out);
    assert!(!world.path("scripts").exists(), "a check writes nothing");
    let ran = world.run("compile --all rules");
    assert!(ran.code == 0 && ran.err.matches("wrote ").count() == 3, "{}", ran.err);
    assert_eq!(world.names("rules/books"), ["E1.md", "E2.md"]);
    for arguments in ["compile --all --check rules", "compile --all --check", "compile --all --check ."] {
        let ran = world.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{arguments}: {}", ran.err);
        assert_eq!(ran.err, "3 files as compiled from the rules\n");
    }
    // From anywhere in the rule set.
    let inside = super::world::run(
        world.command(&["compile", "--all", "--check"]).current_dir(world.path("rules/books")),
    );
    assert_eq!(inside.code, 0, "{}", inside.err);
}

#[test]
fn a_file_that_is_not_what_it_should_be_is_shown_where_it_differs() {
    let world = world();
    world.run("compile --all rules");
    let book = world.read("rules/books/E1.md");
    let line = book.lines().position(|line| line.contains("Start the oven")).expect("it has a title") + 1;
    world.write("rules/books/E1.md", book.replacen("Start the oven", "Start the \u{1b}[31moven", 1));
    let ran = world.run("compile --all --check rules");
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.starts_with(&format!("rules/books/E1.md:{line}: not what the rules compile to\n  - ")),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\n  + ") && !ran.out.contains('\u{1b}'), "{}", ran.out);
    assert_eq!(ran.err, "1 of 3 files differs: compile again without `--check`\n");
    // The rules have changed, and nobody has compiled them.
    world.run("compile --all rules");
    world.write("rules/L5-oven.json", CLEAN.replacen("touch lit", "touch lamp", 1));
    let ran = world.run("compile --all --check rules");
    // What was compiled from the other entry of that file names the file's digest.
    assert!(ran.code == 1 && ran.err.starts_with("3 of 3 files differ"), "{}", ran.err);
}

#[test]
fn one_file_is_checked_where_it_is_named() {
    let world = World::clean();
    assert_eq!(world.run("compile rules --entry E1 --target sh -o E1.sh").code, 0);
    assert_eq!(world.run("compile rules --entry E1 --target sh -o E1.sh --check").code, 0);
    let other = world.run("compile rules --entry E2 --target sh -o E1.sh --check");
    assert!(other.code == 1 && other.out.contains("not what the rules compile to"), "{}", other.out);
    let nowhere = world.run("compile rules --entry E1 --check");
    assert!(
        nowhere.code == 2 && nowhere.err.contains("nothing to check the result against"),
        "{}",
        nowhere.err
    );
}

#[test]
fn what_is_compiled_has_to_be_said_and_sound() {
    let world = World::clean();
    let none = world.run("compile --all rules");
    assert!(
        none.code == 2 && none.err.contains("no `rulec.toml` here says what is compiled"),
        "{}",
        none.err
    );
    world.write("rules/rulec.toml", "[[compiled]]\nentry = 'E1'\n");
    let broken = world.run("compile --all rules");
    assert!(broken.code == 2 && broken.err.contains("is broken"), "{}", broken.err);
    world.write("rules/rulec.toml", "[[compiled]]\nentry = 'E9'\noutput = 'E9.json'\n");
    let unknown = world.run("compile --all rules");
    assert!(unknown.code == 2 && unknown.err.contains("`E9`"), "{}", unknown.err);
    world.write("rules/rulec.toml", "[[compiled]]\nentry = 'E1'\noutput = 'L5-oven.json'\n");
    let over = world.run("compile --all rules");
    assert!(
        over.code == 2 && over.err.contains("one of the files that it would be made from"),
        "{}",
        over.err
    );
    world.write("rules/rulec.toml", CONFIG);
    world.write("rules/L5-oven.json", CLEAN.replacen("\"E2\"", "\"E8\"", 1));
    for arguments in ["compile --all rules", "compile --all --check rules"] {
        let errors = world.run(arguments);
        assert!(errors.code == 1 && errors.err.contains("unresolved-reference"), "{}", errors.err);
    }
    assert_eq!(world.run("compile --all --entry E1 rules").code, 2);
}

#[test]
fn facts_and_environments_are_those_of_the_table() {
    let rules = "rules:\n  - { id: R1, condition: { field: size, operator: equals, value: 3 }, action: { target: way, value: slow } }\n\
        procedures:\n  - id: E1\n    steps:\n      - { step: 1, command: ./go, when: decisions.way == \"slow\", timeout: 5, undo: ./back }\n";
    let world = World::new()
        .file("L5-shop.yaml", rules)
        .file("rulec.toml", "[[compiled]]\nentry = 'E1'\noutput = 'E1.json'\nset = { size = 3 }\n");
    let ran = world.run("compile --all");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(world.read("E1.json"), world.run("compile --entry E1 --set size=3").out);
}
