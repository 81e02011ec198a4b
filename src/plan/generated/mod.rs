//! Files that are generated from what L2 says of components: units, sites, files for `logrotate`, files of variables.
//!
//! A port, a path or a user stands once, in the declaration of the component or the setting; each of these files takes
//! it from there. Every format has its own file here, which knows how that format quotes.

mod env;
mod logrotate;
mod nginx;
pub mod unit;

use super::ir::{GeneratedFile, GeneratedKind};
use super::settings::{self, Known};
use crate::graph::{EntityKind, Graph, Item};
use crate::model::{self, Component, Spanned};

/// What a generator knows.
struct About<'g, 'a> {
    graph: &'g Graph<'a>,
    component: &'a Spanned<Component>,
    known: Known<'g>,
}

/// Why a file can't be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in words that end a sentence.
    pub why: String,
    /// What to do.
    pub help: String,
}

impl Fault {
    fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
    }
}

/// All files that can be generated: of every component what it declares, and where there are settings, the file of
/// variables for the environment, or for each where none is chosen. What can't be generated is left out.
#[must_use]
pub fn files(graph: &Graph<'_>, known: Known<'_>) -> Vec<GeneratedFile> {
    let names: Vec<&str> =
        graph.of_kind(EntityKind::Environment).map(|(_, entity)| entity.id.as_ref()).collect();
    let mut files = Vec::new();
    for (_, entity) in graph.of_kind(EntityKind::Component) {
        let Item::Component(component) = entity.item else { continue };
        use model::GeneratedKind::{Env, Logrotate, Nginx, Systemd};
        for kind in [Systemd, Nginx, Logrotate] {
            files.extend(file(graph, component, kind, known));
        }
        match known.environment {
            Some(_) => files.extend(file(graph, component, Env, known)),
            None => files.extend(names.iter().filter_map(|name| {
                file(graph, component, Env, Known { environment: Some(*name), ..known }).ok()
            })),
        }
    }
    files
}

/// One file of a component.
///
/// # Errors
/// Where the component does not declare what the file is made of, or the format can't hold it.
pub fn file<'a>(
    graph: &Graph<'a>,
    component: &'a Spanned<Component>,
    kind: model::GeneratedKind,
    known: Known<'_>,
) -> Result<GeneratedFile, Fault> {
    let about = About { graph, component, known };
    let name = &component.name.value;
    let made = |kind, path: String, mode: &str, content| GeneratedFile {
        kind,
        component: name.clone(),
        environment: known.environment.map(str::to_owned),
        path,
        mode: mode.to_owned(),
        content,
    };
    Ok(match kind {
        model::GeneratedKind::Systemd => {
            let content = unit::text(&about)?;
            made(
                GeneratedKind::Systemd,
                format!("/etc/systemd/system/{}.service", about.unit()),
                "0644",
                content,
            )
        }
        model::GeneratedKind::Nginx => made(
            GeneratedKind::Nginx,
            format!("/etc/nginx/sites-available/{}", about.plain_name()),
            "0644",
            nginx::text(&about)?,
        ),
        model::GeneratedKind::Logrotate => made(
            GeneratedKind::Logrotate,
            format!("/etc/logrotate.d/{}", about.plain_name()),
            "0644",
            logrotate::text(&about)?,
        ),
        model::GeneratedKind::Env => {
            let content = env::text(&about)?;
            let path = component.service.as_ref().and_then(|service| service.env_file.as_ref());
            let path = path.map_or_else(
                || format!(".env.{}", known.environment.unwrap_or("default")),
                |path| path.value.clone(),
            );
            made(GeneratedKind::Env, path, "0600", content)
        }
    })
}

impl About<'_, '_> {
    /// The first line of each file. All four formats take it as a comment.
    fn head(&self) -> String {
        let of = self.known.environment.map(|name| format!(", environment {name}")).unwrap_or_default();
        format!("# Made by rulec from what the rules say of {}{of}.\n", one_line(&self.component.name.value))
    }

    /// The name of the unit, without `.service`.
    fn unit(&self) -> String {
        unit_name(self.component).unwrap_or_else(|| self.plain_name())
    }

    fn plain_name(&self) -> String {
        plain_name(&self.component.name.value)
    }

    fn port(&self) -> Option<u16> {
        settings::port(self.graph, self.component, self.known)
    }
}

/// The name of the unit that a component runs as, without `.service`; none where it is no service.
#[must_use]
pub fn unit_name(component: &Component) -> Option<String> {
    let unit = component.service.as_ref()?.unit.as_ref();
    Some(unit.map_or_else(|| plain_name(&component.name.value), |unit| unit.value.clone()))
}

/// A component's name as the name of a file.
fn plain_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
}

/// A text on one line, without what a terminal would obey.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A path that stands in a file as it is; a fault where it has characters that end a line, or join two.
fn path(text: &str) -> Result<&str, Fault> {
    let is_odd = text.ends_with(['\\', ' ']) || text.contains(|c: char| c.is_control() || !unit::is_kept(c));
    match is_odd {
        true => Err(Fault::new(
            "a path has a character that ends or joins lines",
            "give the file or folder another name",
        )),
        false => Ok(text),
    }
}
