//! `rulec init`: a small rule set to start from.
//!
//! The files are in `template/`. They check clean, and what they compile to runs with nothing but a shell.

use super::super::args::InitArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use crate::driver::Refusal;
use crate::host::{Kind, Mode};

/// The files, in the order in which a reader meets them.
const FILES: [(&str, &str); 7] = [
    ("rulec.toml", include_str!("template/rulec.toml")),
    ("L1-goals.yaml", include_str!("template/L1-goals.yaml")),
    ("L2-system.yaml", include_str!("template/L2-system.yaml")),
    ("L3-limits.toml", include_str!("template/L3-limits.toml")),
    ("L4-decisions.yaml", include_str!("template/L4-decisions.yaml")),
    ("L5-procedures.yaml", include_str!("template/L5-procedures.yaml")),
    ("pages.scenario.yaml", include_str!("template/pages.scenario.yaml")),
];

pub(in super::super) fn run(args: &InitArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let folder = &args.folder;
    match console.host.kind(folder) {
        Ok(Kind::Folder) | Err(_) => {}
        Ok(_) => {
            let message = format!("`{folder}` is no folder");
            return Err(Refusal::new(message, "name a folder, or one that is to be made"));
        }
    }
    for (name, _) in FILES {
        let path = folder.join(name);
        if console.host.exists(&path) {
            let message = format!("`{path}` is there already, and nothing is written over");
            return Err(Refusal::new(message, "name another folder: `rulec init DIR`"));
        }
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        console.host.write(&path, text.as_bytes(), Mode::Keep).map_err(|why| {
            Refusal::new(format!("`{path}` can't be written: {why}"), "name another folder: `rulec init DIR`")
        })?;
        console.note(&format!("wrote {path}"));
    }
    console.note("");
    console.note(
        "next, look for mistakes, try the scenarios out, then make a script of a procedure and run it:",
    );
    console.result(&format!(
        "rulec check {0}\nrulec test {0}\nrulec compile {0} --entry E1 --target sh -o publish.sh && ./publish.sh --yes\n",
        quoted(folder.as_str())
    ))?;
    Ok(Exit::Clean)
}

/// A path as a shell reads it back.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("rules/demo"), "rules/demo");
        assert_eq!(quoted("my rules"), "'my rules'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
