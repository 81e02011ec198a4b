//! Files that the rules say of components: sites of nginx, files for `logrotate`, files of variables.
//!
//! They are in the plan as they are; a target picks those of its kind. Units of systemd are beside those that run the
//! plan, see `systemd`.

use super::{Artifact, Loss, Target, file_name};
use crate::plan::Plan;
use crate::plan::ir::{GeneratedFile, GeneratedKind};

/// A target that picks the files of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Generated {
    kind: GeneratedKind,
    name: &'static str,
    about: &'static str,
    extension: &'static str,
}

/// The target `nginx`.
pub const NGINX: Generated = Generated {
    kind: GeneratedKind::Nginx,
    name: "nginx",
    about: "a site of nginx for each component with a `proxy`",
    extension: "nginx.conf",
};

/// The target `logrotate`.
pub const LOGROTATE: Generated = Generated {
    kind: GeneratedKind::Logrotate,
    name: "logrotate",
    about: "a file for logrotate for each component with `logs`",
    extension: "logrotate",
};

/// The target `env`.
pub const ENV: Generated = Generated {
    kind: GeneratedKind::Env,
    name: "env",
    about: "the settings of an environment as a file of variables",
    extension: "env",
};

impl Target for Generated {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extension(&self) -> &'static str {
        self.extension
    }

    fn is_of_entry(&self) -> bool {
        false
    }

    fn losses(&self, _plan: &Plan) -> Vec<Loss> {
        Vec::new()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        let first = of_kind(plan, self.kind, self.extension).into_iter().next();
        first.unwrap_or_else(|| Artifact {
            file_name: file_name(&plan.entry.id, self.extension),
            content: String::from(
                "# The rules declare nothing to make a file of: see the keys of a component in L2.\n",
            ),
            executable: false,
        })
    }

    fn files(&self, plan: &Plan) -> Vec<Artifact> {
        let files = of_kind(plan, self.kind, self.extension);
        if files.is_empty() { vec![self.emit(plan)] } else { files }
    }
}

/// The files of one kind in a plan, in order.
pub(super) fn of_kind(plan: &Plan, kind: GeneratedKind, extension: &str) -> Vec<Artifact> {
    let of = plan.files.iter().filter(|file| file.kind == kind);
    of.map(|file| Artifact {
        file_name: file_name(&stem(file), extension),
        content: file.content.clone(),
        executable: false,
    })
    .collect()
}

fn stem(file: &GeneratedFile) -> String {
    match (file.kind, &file.environment) {
        (GeneratedKind::Env, Some(environment)) => format!("{}.{environment}", file.component),
        // A unit is known by its file.
        (GeneratedKind::Systemd, _) => {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            name.trim_end_matches(".service").to_owned()
        }
        _ => file.component.clone(),
    }
}
