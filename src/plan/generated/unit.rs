//! The unit of systemd, from the `service` of a component; and how systemd quotes.

use std::fmt::Write as _;

use super::{About, Fault, one_line, path, unit_name};
use crate::graph::Item;
use crate::model::{Restart, Text};
use crate::scalar::{Duration, Size};

pub(super) fn text(about: &About<'_, '_>) -> Result<String, Fault> {
    let component = about.component;
    let name = &component.name.value;
    let Some(service) = &component.service else {
        return Err(Fault::new(format!("`{name}` has no `service`"), "declare it in L2"));
    };
    let first = service.exec.first().map(|word| word.value.as_str()).unwrap_or_default();
    if !first.starts_with('/') {
        let why = format!("`exec` of `{name}` does not begin with a whole path");
        return Err(Fault::new(why, "give the path of the program from the root"));
    }
    let what = component.responsibilities.first().map_or(name.as_str(), |what| what.value.as_str());
    let needed = needed(about);
    let mut text = about.head();
    let mut line = |key: &str, value: &str| writeln!(text, "{key}{value}").expect("a string takes any text");
    line("[Unit]", "");
    line("Description=", &description(what));
    let after: Vec<String> =
        service.after.iter().map(|unit| unit.value.clone()).chain(needed.iter().cloned()).collect();
    if !after.is_empty() {
        line("After=", &words(&after)?);
    }
    if !needed.is_empty() {
        line("Requires=", &words(&needed)?);
    }
    line("\n[Service]", "");
    line("Type=", "simple");
    let user = service.user.as_ref();
    for (key, value) in [("User=", user), ("Group=", service.group.as_ref().or(user))] {
        if let Some(value) = value {
            line(key, &value.value);
        }
    }
    if let Some(folder) = &service.working_dir {
        line("WorkingDirectory=", &path(&folder.value)?.replace('%', "%%"));
    }
    for entry in &service.environment {
        let setting = format!("{}={}", entry.name.value, entry.value.value.0);
        line("Environment=", &word(&setting).ok_or_else(nul)?);
    }
    for file in [&service.env_file, &service.secrets_file].into_iter().flatten() {
        line("EnvironmentFile=", &path(&file.value)?.replace('%', "%%"));
    }
    line("ExecStart=", &command(&service.exec)?);
    if !service.reload.is_empty() {
        line("ExecReload=", &command(&service.reload)?);
    }
    match service.restart.map_or(Restart::No, |restart| restart.value) {
        Restart::No => {}
        Restart::OnFailure => line("Restart=", "on-failure"),
        Restart::Always => line("Restart=", "always"),
    }
    let times = [
        ("RestartSec=", service.restart_delay),
        ("TimeoutStartSec=", service.start_timeout),
        ("TimeoutStopSec=", service.stop_timeout),
    ];
    for (key, time) in times {
        if let Some(time) = time {
            line(key, &span(time.value));
        }
    }
    if let Some(limits) = &service.limits {
        if let Some(memory) = &limits.memory {
            let bytes = Size::parse(&memory.value);
            let bytes =
                bytes.map_err(|_| Fault::new(format!("`{}` is no size", memory.value), "write `4GB`"))?;
            line("MemoryMax=", &bytes.as_bytes().to_string());
        }
        for (key, limit) in [("LimitNOFILE=", limits.open_files), ("TasksMax=", limits.tasks)] {
            if let Some(limit) = limit {
                line(key, &limit.value.to_string());
            }
        }
    }
    line("\n[Install]", "");
    line("WantedBy=", "multi-user.target");
    Ok(text)
}

/// One line for people. A backslash at its end would take the next line along; the blank behind it is cut off again.
fn description(text: &str) -> String {
    let text: String = one_line(text).replace('%', "%%").chars().filter(|c| is_kept(*c)).collect();
    if text.ends_with('\\') { text + " " } else { text }
}

/// The units of the components that it can't do without: they run before it.
fn needed(about: &About<'_, '_>) -> Vec<String> {
    let mut units = Vec::new();
    for dependency in &about.component.dependencies {
        let target = about.graph.target(dependency.at).map(|entity| entity.item);
        if let Some(Item::Component(component)) = target
            && let Some(unit) = unit_name(component)
        {
            units.push(format!("{unit}.service"));
        }
    }
    units
}

fn words(units: &[String]) -> Result<String, Fault> {
    let words: Option<Vec<String>> = units.iter().map(|unit| word(unit)).collect();
    words.map(|words| words.join(" ")).ok_or_else(nul)
}

fn nul() -> Fault {
    Fault::new("a text has a NUL character", "no unit holds one")
}

/// A command line. `$MAINPID` stays a variable: systemd sets it for a reload.
fn command(words: &[Text]) -> Result<String, Fault> {
    let written = words.iter().map(|word| match word.value.as_str() {
        "$MAINPID" => Some(String::from("$MAINPID")),
        text => argument(text),
    });
    written.collect::<Option<Vec<String>>>().map(|words| words.join(" ")).ok_or_else(nul)
}

fn span(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}

/// One argument of a command line. None where there can't be one: no argument holds a NUL character.
#[must_use]
pub fn argument(text: &str) -> Option<String> {
    word(text).map(|word| word.replace('$', "$$"))
}

/// One word of a setting in which variables have no meaning. None where it has a NUL character.
fn word(text: &str) -> Option<String> {
    if text.contains('\0') {
        return None;
    }
    if !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/:=@+,-".contains(&byte))
    {
        return Some(text.to_owned());
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '%' => out.push_str("%%"),
            c if c.is_control() || !is_kept(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    write!(out, "\\x{byte:02x}").expect("a string takes any text");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Some(out)
}

/// False for the characters that some versions take for none.
#[must_use]
pub fn is_kept(c: char) -> bool {
    let code = u32::from(c);
    !(0xfdd0..=0xfdef).contains(&code) && code & 0xfffe != 0xfffe && !matches!(code, 0x80..=0x9f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_read_back() {
        for (text, written) in [
            ("M1", "M1"),
            ("", "\"\""),
            (";", "\";\""),
            ("a b", "\"a b\""),
            ("it's \"100%\" $HOME \\n", "\"it's \\\"100%%\\\" $$HOME \\\\n\""),
            ("a\nb\u{e9}", "\"a\\x0ab\u{e9}\""),
            ("\u{85}", "\"\\xc2\\x85\""),
        ] {
            assert_eq!(argument(text).as_deref(), Some(written));
        }
        assert_eq!(argument("\0"), None);
        assert_eq!(word("A=$B").as_deref(), Some("\"A=$B\""));
    }
}
