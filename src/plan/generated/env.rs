//! The file of variables of an environment: every setting with the value that it has there.
//!
//! A value is quoted so that a shell and systemd read the same: in double quotes, in which both take the backslash
//! before `"`, `\`, `$` and the backtick away, and leave everything else, the end of a line too, as it is.

use std::fmt::Write as _;

use super::{About, Fault, one_line};
use crate::model::{InputType, Literal};
use crate::plan::settings::{Origin, as_input, effective, fault};

pub(super) fn text(about: &About<'_, '_>) -> Result<String, Fault> {
    let service = about.component.service.as_ref();
    let all = effective(about.graph, about.known);
    if all.is_empty() {
        return Err(Fault::new("there are no settings", "declare them under `context.settings` of L2"));
    }
    if service.is_none_or(|service| service.env_file.is_none()) {
        let why = format!("`{}` has no `service.env_file`", about.component.name.value);
        return Err(Fault::new(why, "say there where the file stands"));
    }
    let mut text = about.head();
    for one in all {
        let name = one.setting.variable();
        let about = one.setting.description.as_ref().map(|text| format!(": {}", one_line(&text.value)));
        let about = about.unwrap_or_default();
        let line = match (&one.value, &one.origin) {
            _ if one.setting.input_type() == InputType::Secret => {
                let place = service.and_then(|service| service.secrets_file.as_ref());
                let place = place.map_or_else(|| "another file".to_owned(), |place| one_line(&place.value));
                format!("\n# {name}{about}. A secret: its line belongs into {place}\n")
            }
            (Some(value), Some(origin)) => {
                if *origin == Origin::Given
                    && let Some(why) = fault(&as_input(one.setting), &Literal::Text(value.clone()))
                {
                    let why = format!("the value of `{}` does not fit: {why}", one.setting.name.value);
                    return Err(Fault::new(why, "give it a value of its type"));
                }
                if value.contains('\0') {
                    let why = format!("`{}` has a NUL character", one.setting.name.value);
                    return Err(Fault::new(why, "no variable holds one"));
                }
                format!("\n# From {}{about}\n{name}={}\n", origin.words(), quoted(value))
            }
            _ => format!("\n# {name}{about}. It has no value\n"),
        };
        write!(text, "{line}").expect("a string takes any text");
    }
    Ok(text)
}

/// A value as a shell and systemd read it.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/:@%+,-".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        if "\"\\$`".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_quoted() {
        for (value, written) in [
            ("8901", "8901"),
            ("https://a.test/x?y=1", "\"https://a.test/x?y=1\""),
            ("", "\"\""),
            ("it's $5 `a` \"b\" \\", "\"it's \\$5 \\`a\\` \\\"b\\\" \\\\\""),
            ("#1", "\"#1\""),
        ] {
            assert_eq!(quoted(value), written);
        }
    }
}
