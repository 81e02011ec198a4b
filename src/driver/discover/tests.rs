//! Folders in, rule sets out.

use super::*;
use crate::host::{Memory, Special};

const LIMIT: u64 = 100;

/// The rule sets as `root: file, file`, a file with its fault if it has one.
fn check(host: &Memory, argument: Option<&str>) -> Vec<String> {
    let sets = discover(host, argument.map(Utf8Path::new), LIMIT).unwrap();
    let show = |set: RuleSet| {
        let mark = if set.config.is_some() { "*" } else { "" };
        let root = set.root.clone();
        let files = set.load(host, &[], LIMIT).into_iter().map(|file| match file.content {
            Ok(_) => file.path.into_string(),
            Err(why) => format!("{} ({why})", file.path),
        });
        format!("{root}{mark}: {}", files.collect::<Vec<_>>().join(", "))
    };
    sets.into_iter().map(show).collect()
}

#[test]
fn a_folder_with_rule_files_is_a_rule_set_with_all_below() {
    let host = Memory::new()
        .file("rules/L1-goals.json", "")
        .file("rules/L5-run.YML", "")
        .file("rules/more/components.toml", "layer = 'L2'")
        .file("rules/package.json", "{\"layers\": 1}")
        .file("rules/README.md", "layer: L1")
        .file("rules/L6-beyond.json", "{}")
        .file("rules/.hidden/L1-x.json", "")
        .file("rules/old/L1-x.json", "")
        .file("rules/.gitignore", "old/");
    let expected = ["rules: L1-goals.json, L5-run.YML, more/components.toml"];
    assert_eq!(check(&host, Some("rules")), expected);
    assert_eq!(check(&host, Some("rules/more")), ["rules/more: components.toml"]);
    assert_eq!(check(&host, Some(".")), expected);
    assert_eq!(check(&host, None), expected);
}

#[test]
fn a_repository_holds_many_rule_sets() {
    let host = Memory::new()
        .file("a/L1-x.json", "")
        .file("a/sub/L2-x.json", "")
        .file("b/rulec.toml", "layer = 'L1'")
        .file("b/deep/L1-x.json", "")
        .file("b/deep/inner/rulec.toml", "")
        .file("b/deep/inner/L1-y.json", "")
        .file("c/empty/rulec.toml", "")
        .file("d/x.json", "{}");
    let all = ["a: L1-x.json, sub/L2-x.json", "b*: deep/L1-x.json", "b/deep/inner*: L1-y.json", "c/empty*: "];
    assert_eq!(check(&host, Some(".")), all);
    assert_eq!(check(&host, Some("b")), ["b*: deep/L1-x.json"]);
    assert_eq!(check(&host, Some("d")), Vec::<String>::new());
}

#[test]
fn a_rule_set_without_configuration_leaves_out_those_with_one() {
    let host = Memory::new()
        .file("rules/L1-x.json", "")
        .file("rules/example/rulec.toml", "")
        .file("rules/example/L1-y.json", "");
    assert_eq!(check(&host, Some("rules")), ["rules: L1-x.json"]);
}

#[test]
fn a_file_stands_for_the_rule_set_around_it() {
    let host = Memory::new()
        .folder("/srv/.git")
        .file("/srv/one/rulec.toml", "")
        .file("/srv/one/a/b/L5-x.json", "")
        .file("/srv/two/L1-x.json", "")
        .file("/srv/two/notes.txt", "")
        .file("/srv/two/gap/deep/L5-x.json", "");
    assert_eq!(check(&host, Some("one/a/b/L5-x.json")), ["one*: a/b/L5-x.json"]);
    assert_eq!(check(&host, Some("one/rulec.toml")), ["one*: a/b/L5-x.json"]);
    let two = ["two: L1-x.json, gap/deep/L5-x.json"];
    assert_eq!(check(&host, Some("two/gap/deep/L5-x.json")), two);
    assert_eq!(check(&host, Some("/srv/two/notes.txt")), two);
}

#[test]
fn nothing_stands_for_the_rule_set_around_the_working_directory() {
    let host = |at: &str| {
        Memory::new()
            .file("/L1-stray.json", "")
            .file("/rulec.toml", "")
            .folder("/home/.git")
            .file("/home/rules/L1-x.json", "")
            .file("/home/rules/sub/L5-x.json", "")
            .folder("/home/rules/sub/none")
            .at(at)
    };
    let above = ["/home/rules: L1-x.json, sub/L5-x.json"];
    assert_eq!(check(&host("/home/rules/sub"), None), above);
    assert_eq!(check(&host("/home/rules/sub/none"), None), above);
    assert_eq!(check(&host("/home/rules"), None), [".: L1-x.json, sub/L5-x.json"]);
    assert_eq!(check(&host("/home"), None), ["rules: L1-x.json, sub/L5-x.json"]);
    assert_eq!(
        check(&host("/elsewhere"), None),
        ["/*: L1-stray.json, home/rules/L1-x.json, home/rules/sub/L5-x.json"]
    );
}

#[test]
fn outside_of_a_repository_a_gap_ends_the_search() {
    let host = |at: &str| {
        Memory::new()
            .file("/L1-stray.json", "")
            .file("/home/rules/L1-x.json", "")
            .folder("/home/rules/a/b")
            .at(at)
    };
    assert_eq!(check(&host("/home/rules"), None), [".: L1-x.json"]);
    assert_eq!(check(&host("/home/rules/a/b"), None), Vec::<String>::new());
}

#[test]
fn what_is_named_like_a_rule_file_is_never_left_out() {
    let host = Memory::new()
        .file("r/L1-big.json", vec![b' '; 101])
        .file("r/big.json", format!("{{\"layer\":\"L1\"{}}}", " ".repeat(100)))
        .folder("r/L1-folder.json")
        .special("r/L2-pipe.yaml", Special::Pipe)
        .special("r/pipe.yaml", Special::Pipe)
        .link("r/L3-dangling.toml", "nowhere")
        .link("r/L3-loop.toml", "L3-loop.toml")
        .link("r/dangling.toml", "nowhere")
        .file("elsewhere/x.json", "")
        .link("r/L4-linked.json", "../elsewhere/x.json")
        .link("r/folder.json", "../elsewhere")
        .closed("r/L4-shut.json", Kind::File)
        .closed("r/shut.json", Kind::File)
        .closed("r/shut", Kind::Folder)
        .not_utf8("r/L5-\u{fffd}.json")
        .not_utf8("r/\u{fffd}.json");
    let expected = [
        "r: L1-big.json (it has 101 bytes, more than 100 bytes)",
        "L1-folder.json (it is a folder)",
        "L2-pipe.yaml (it is a named pipe)",
        "L3-dangling.toml (it is a link to nothing)",
        "L3-loop.toml (it is a link that leads back to itself)",
        "L4-linked.json",
        "L4-shut.json (permission denied)",
        "L5-\u{fffd}.json (its name is not UTF-8)",
        "shut (permission denied)",
    ];
    assert_eq!(check(&host, Some("r")), [expected.join(", ")]);
}

#[test]
fn scenarios_belong_to_the_rules_around_them_and_are_none() {
    let host = Memory::new()
        .file("a/L1-x.json", "")
        .file("a/deep/x.scenario.json", "{\"layer\": \"L5\"}")
        .file("a/L5-y.scenario.YML", "")
        .file("a/old.scenario.toml", "")
        .file("a/.scenario.json", "")
        .file("a/scenario.json", "")
        .file("b/rulec.toml", "")
        .file("b/x.scenario.json", "")
        .file("c/x.scenario.json", "layer: L1")
        .closed("a/shut.scenario.yaml", Kind::File);
    assert_eq!(check(&host, Some(".")), ["a: L1-x.json", "b*: "]);
    let sets = discover(&host, Some(".".into()), LIMIT).unwrap();
    let exclude = [Glob::parse("old*").unwrap()];
    let files: Vec<Vec<String>> = sets
        .into_iter()
        .map(|mut set| {
            let files = set.load_scenarios(&host, &exclude, LIMIT).into_iter();
            files.map(|file| format!("{} {}", file.path, file.content.is_ok())).collect()
        })
        .collect();
    let expected = ["L5-y.scenario.YML true", "deep/x.scenario.json true", "shut.scenario.yaml false"];
    assert_eq!(files, [expected.map(str::to_owned).to_vec(), vec!["x.scenario.json true".to_owned()]]);
    // A file of scenarios stands for the rule set around it.
    assert_eq!(check(&host, Some("a/L5-y.scenario.YML")), ["a: L1-x.json"]);
}

#[test]
fn excludes_files_and_folders() {
    let host = Memory::new()
        .file("rulec.toml", "")
        .file("L1-a.json", "")
        .file("drafts/L1-b.json", "")
        .file("sub/L1-old.json", "")
        .closed("data", Kind::Folder);
    let set = discover(&host, None, LIMIT).unwrap().remove(0);
    let exclude = ["drafts", "**/*-old.json", "data/**", "data"].map(|glob| Glob::parse(glob).unwrap());
    let files: Vec<_> = set.load(&host, &exclude, LIMIT).into_iter().map(|file| file.path).collect();
    assert_eq!(files, ["L1-a.json"]);
}

#[test]
fn says_why_there_is_nothing_to_look_at() {
    let host = Memory::new().special("pipe", Special::Pipe).closed("shut", Kind::Folder);
    let why = |path: &str| discover(&host, Some(path.into()), LIMIT).unwrap_err().to_string();
    assert_eq!(why("nowhere"), "`nowhere` is no rule set: there is no such file");
    assert_eq!(why("pipe"), "`pipe` is no rule set: it is a named pipe");
    assert_eq!(why("shut"), "`shut` is no rule set: permission denied");
}

#[test]
fn many_files_are_read_in_order() {
    let host = (100..200).fold(Memory::new(), |host, n| host.file(&format!("r/L1-{n}.json"), n.to_string()));
    let set = discover(&host, Some("r".into()), LIMIT).unwrap().remove(0);
    let files = set.load(&host, &[], LIMIT);
    let expected: Vec<_> = (100..200).map(|n| format!("L1-{n}.json")).collect();
    assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), expected);
    assert!(files.iter().all(|file| {
        file.path.as_str().contains(std::str::from_utf8(&file.content.as_ref().unwrap().bytes).unwrap())
    }));
}
