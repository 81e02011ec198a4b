//! Holds the source to the plan of the house: which module may see which, and what only one place may do.
//!
//! It reads text, not types: a path that starts at `crate`, or climbs there by `super`, counts wherever it
//! stands. Unit tests may look where they like.

use std::path::{Path, PathBuf};

use crate::support::{project, read};

/// The floors, from the ground up: a module sees what is below its own floor, and nothing beside it.
const FLOORS: &[&[&str]] = &[
    &["source"],
    &["diagnostic", "diagram", "host"],
    &["expr", "fix", "report", "scalar", "syntax"],
    &["fmt", "model"],
    &["schema"],
    &["decide", "graph"],
    &["plan"],
    &["compare", "lint", "machine", "survey", "target"],
    &["simulate", "verify"],
    &["scenario"],
    &["driver"],
    &["cli"],
];

/// What `target` may see: it shows plans and the expressions in them, and must work for plans that no rules are
/// left of.
const SEEN_BY_TARGET: &[&str] = &["diagnostic", "diagram", "expr", "plan", "scalar", "source"];

/// Words that only some places may say, those places, and why.
const DOORS: &[(&[&str], &[&str], &str)] = &[
    (
        &["std::fs", "std::env", "std::net", "process::Command", "Instant::now", "SystemTime::now"],
        &["src/host/os.rs"],
        "only src/host/os.rs touches the machine: ask `host::Host`",
    ),
    (
        &["println!", "print!", "eprintln!", "eprint!", "dbg!", "io::stdout", "io::stderr"],
        &["src/cli/", "src/host/os.rs"],
        "only src/cli prints: return the text",
    ),
];

/// The most lines of `src/main.rs`.
const MAIN_LINES: usize = 20;

#[test]
fn the_house_stands() {
    let mut files = Vec::new();
    collect(&project().join("src"), &mut files);
    assert!(files.len() > 10, "the sources were not found");
    files.sort();
    let faults: Vec<_> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(project()).expect("the file is in the project");
            let path = path.to_str().expect("names are UTF-8").replace('\\', "/");
            faults(&path, &read(file))
        })
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "tests read the project itself")]
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// What is wrong in one file, as `file:line: reason`.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{path}:1: does not open with `//!` and its story"));
    }
    let lines = text.lines().count();
    if path == "src/main.rs" && lines > MAIN_LINES {
        faults.push(format!("{path}:{lines}: has more than {MAIN_LINES} lines: move it to src/cli"));
    }
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return faults;
    }
    let code = without_tests(&code(text));
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    for (words, places, reason) in DOORS {
        if places.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        for (at, word) in words.iter().flat_map(|word| mentions(&code, word)) {
            faults.push(format!("{path}:{}: `{word}`: {reason}", line_of(at)));
        }
    }
    let inside = path.trim_start_matches("src/").trim_end_matches("/mod.rs").trim_end_matches(".rs");
    let modules: Vec<&str> = inside.split('/').collect();
    if !matches!(inside, "lib" | "main") {
        for (at, seen) in imports(&code, modules.len()) {
            if let Some(reason) = refusal(modules[0], &seen) {
                faults.push(format!("{path}:{}: {reason}", line_of(at)));
            }
        }
    }
    faults
}

/// Why one module may not see another.
fn refusal(from: &str, seen: &str) -> Option<String> {
    let floor = |module: &str| FLOORS.iter().position(|floor| floor.contains(&module));
    if from == seen {
        return None;
    }
    let Some(own) = floor(from) else {
        return Some(format!("`{from}` has no floor: give it one in tests/architecture.rs"));
    };
    let Some(other) = floor(seen) else {
        return Some(format!("`{seen}` is no module of the house: name the module where it stands"));
    };
    if other >= own {
        return Some(format!("`{from}` is on floor {own} and may not see `{seen}` on floor {other}"));
    }
    if from == "target" && !SEEN_BY_TARGET.contains(&seen) {
        return Some(format!("`target` sees plans, not `{seen}`"));
    }
    None
}

/// The modules at the root of the crate that some code names, each with its place. `depth` is how many
/// `super` lead from the file to the root.
fn imports(code: &str, depth: usize) -> Vec<(usize, String)> {
    let root = "crate::".to_owned();
    let climb = "super::".repeat(depth);
    let mut found = Vec::new();
    for start in [&root, &climb] {
        for (at, _) in mentions(code, start.trim_end_matches("::")) {
            let Some(rest) = code[at..].strip_prefix(start.as_str()) else { continue };
            // A shorter climb ends inside the module; this one is the tail of a longer path.
            if code[..at].trim_end().ends_with("::") {
                continue;
            }
            found.extend(heads(rest).into_iter().map(|head| (at, head)));
        }
    }
    found
}

/// The first names of a path, or of all paths in a group.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut heads, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(name(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// Where a word stands as a word of its own. `std::{fs, io}` mentions `std::fs`.
fn mentions<'w>(code: &str, word: &'w str) -> Vec<(usize, &'w str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let stands_alone = |at: usize, length: usize| {
        !code[..at].ends_with(is_part) && (word.ends_with('!') || !code[at + length..].starts_with(is_part))
    };
    let mut found: Vec<_> =
        code.match_indices(word).map(|(at, _)| at).filter(|at| stands_alone(*at, word.len())).collect();
    if let Some((start, last)) = word.rsplit_once("::") {
        let group = format!("{start}::{{");
        for (at, _) in code.match_indices(&group).filter(|(at, _)| stands_alone(*at, group.len() - 1)) {
            if heads(&code[at + group.len() - 1..]).iter().any(|head| head == last) {
                found.push(at);
            }
        }
    }
    found.into_iter().map(|at| (at, word)).collect()
}

/// The text with comments, strings and characters blanked; every line stays where it is.
fn code(text: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => string_length(rest),
            'r' if !code.ends_with(|c: char| c.is_alphanumeric() || c == '_') => raw_length(rest),
            '\'' => char_length(rest),
            _ => 0,
        };
        if length == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.extend(rest[..length].chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = &rest[length..];
        }
    }
    code
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw string, or 0 for a word that starts with `r`.
fn raw_length(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    if !text[1 + hashes..].starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let inside = 2 + hashes;
    text[inside..].find(&close).map_or(text.len(), |end| inside + end + close.len())
}

/// The length of a character, or 0 for a lifetime.
fn char_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            text[3..].find('\'').map_or(0, |end| 3 + end + 1)
        }
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

/// The code without its inline test modules; every line stays where it is.
fn without_tests(code: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(code.len()), code);
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        let end = after.find(['{', ';']).map_or(after.len(), |at| at + block_length(&after[at..]));
        kept.extend(after[..end].chars().filter(|c| *c == '\n'));
        rest = &after[end..];
    }
    kept + rest
}

/// The length of a block in braces that code starts with; 1 for any other character.
fn block_length(code: &str) -> usize {
    let mut depth = 0;
    let close = code.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth == 0
    });
    close.map_or(code.len(), |(at, c)| at + c.len_utf8())
}

#[test]
fn sees_through_code_to_what_is_wrong() {
    let check = |path: &str, code: &str| faults(path, &format!("//! Story.\n{code}"));
    for (path, code, expected) in [
        (
            "src/syntax/mod.rs",
            "use crate::{source::Span, model::{A, B}};",
            "2: `syntax` is on floor 2 and may not see `model`",
        ),
        (
            "src/syntax/mod.rs",
            "\n\nlet x = crate::scalar::y();",
            "4: `syntax` is on floor 2 and may not see `scalar`",
        ),
        (
            "src/syntax/json/mod.rs",
            "use super::super::graph::G;",
            "2: `syntax` is on floor 2 and may not see `graph`",
        ),
        ("src/target/json.rs", "use crate::model::M;", "2: `target` sees plans, not `model`"),
        ("src/attic/mod.rs", "use crate::source::Span;", "2: `attic` has no floor"),
        ("src/syntax/mod.rs", "use crate::Span;", "2: `Span` is no module of the house"),
        ("src/driver/mod.rs", "use std::{io, fs};", "2: `std::fs`: only src/host/os.rs"),
        ("src/driver/mod.rs", "std::env::var(x)", "2: `std::env`: only src/host/os.rs"),
        ("src/report/mod.rs", "println!()", "2: `println!`: only src/cli prints"),
        ("src/report/mod.rs", "std::io::stderr()", "2: `io::stderr`: only src/cli prints"),
    ] {
        let found = check(path, code);
        assert_eq!(found.len(), 1, "{code}: {found:?}");
        assert!(found[0].starts_with(&format!("{path}:{expected}")), "{code}: {found:?}");
    }
    for (path, code) in [
        ("src/syntax/mod.rs", "use crate::{source::{self, Span}, diagnostic::Level};"),
        ("src/syntax/json/mod.rs", "use super::Tree; use crate::syntax::Kind;"),
        ("src/cli/mod.rs", "println!(); use crate::driver::d;"),
        ("src/host/os.rs", "use std::fs;"),
        (
            "src/syntax/mod.rs",
            "// crate::model\n/* println! */ let a = \"std::fs \\\" crate::cli\"; let b = '\"';",
        ),
        ("src/syntax/mod.rs", "let a = r#\"crate::cli \" \"#; fn f<'a>(x: &'a str) {}"),
        (
            "src/syntax/mod.rs",
            "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod tests { use crate::cli::X; fn f() { println!() } }\n",
        ),
        ("src/syntax/tests.rs", "use crate::cli::X;"),
        ("src/syntax/mod.rs", "reprintln!(); std::fsx::y(); env!(\"X\");"),
    ] {
        assert_eq!(check(path, code), Vec::<String>::new(), "{code}");
    }
    assert!(faults("src/a.rs", "use x;")[0].contains("does not open with"));
    assert!(check("src/main.rs", &"\n".repeat(30))[0].contains("more than 20 lines"));
}
