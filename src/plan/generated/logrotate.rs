//! The file for `logrotate`, from the `logs` of a component.
//!
//! A service that can be reloaded opens the new file itself; of any other the old file is copied and emptied, since
//! it would go on writing to a file that was moved.

use std::fmt::Write as _;

use super::{About, Fault};
use crate::model::Rotate;

pub(super) fn text(about: &About<'_, '_>) -> Result<String, Fault> {
    let name = &about.component.name.value;
    let Some(logs) = &about.component.logs else {
        return Err(Fault::new(format!("`{name}` has no `logs`"), "declare them in L2"));
    };
    let service = about.component.service.as_ref();
    let reloads = service.is_some_and(|service| !service.reload.is_empty());
    let every = match logs.rotate.map_or(Rotate::Daily, |rotate| rotate.value) {
        Rotate::Daily => "daily",
        Rotate::Weekly => "weekly",
        Rotate::Monthly => "monthly",
    };
    let mut text = about.head();
    let mut line = |words: &str| writeln!(text, "{words}").expect("a string takes any text");
    line(&format!("{} {{", quoted(&logs.path.value)?));
    line(&format!("    {every}"));
    line(&format!("    rotate {}", logs.keep.value));
    line("    missingok");
    line("    notifempty");
    if logs.compress.is_some_and(|compress| compress.value) {
        line("    compress");
        line("    delaycompress");
    }
    if reloads {
        if let Some(mode) = &logs.mode {
            let owner = logs.owner.as_ref().or_else(|| service?.user.as_ref());
            let group = logs.group.as_ref().or_else(|| service?.group.as_ref()).or(owner);
            let words: Vec<&str> =
                [owner, group].into_iter().flatten().map(|word| word.value.as_str()).collect();
            line(format!("    create {} {}", mode.value, words.join(" ")).trim_end());
        }
        line("    sharedscripts");
        line("    postrotate");
        line(&format!("        systemctl try-reload-or-restart {}.service", about.unit()));
        line("    endscript");
    } else {
        line("    copytruncate");
    }
    line("}");
    Ok(text)
}

/// A pattern of paths as `logrotate` reads it.
fn quoted(path: &str) -> Result<String, Fault> {
    let path = super::path(path)?;
    if path.contains(['{', '}']) {
        return Err(Fault::new("the path of its logs has braces", "`logrotate` takes none in a path"));
    }
    if path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._*@:+-".contains(&byte)) {
        return Ok(path.to_owned());
    }
    Ok(format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"")))
}
