//! The site of nginx, from the `proxy` and the port of a component.

use super::{About, Fault};

pub(super) fn text(about: &About<'_, '_>) -> Result<String, Fault> {
    let name = &about.component.name.value;
    let Some(proxy) = &about.component.proxy else {
        return Err(Fault::new(format!("`{name}` has no `proxy`"), "declare it in L2"));
    };
    let Some(port) = about.port() else {
        return Err(Fault::new(format!("`{name}` has no `port`"), "say in L2 which port it listens on"));
    };
    let names: Vec<&str> = proxy.server_name.iter().map(|name| name.value.as_str()).collect();
    if names.is_empty() {
        return Err(Fault::new(
            format!("the `proxy` of `{name}` has no `server_name`"),
            "say which names it answers to",
        ));
    }
    let listen = proxy.listen.map_or(80, |listen| listen.value);
    let upstream: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let timeout =
        proxy.timeout.map(|timeout| format!("        proxy_read_timeout {}ms;\n", timeout.value.as_millis()));
    Ok(format!(
        "{head}upstream {upstream} {{\n    server 127.0.0.1:{port};\n}}\n\nserver {{\n    listen {listen};\n    \
         server_name {names};\n\n    location / {{\n        proxy_pass http://{upstream};\n        \
         proxy_set_header Host $host;\n        proxy_set_header X-Real-IP $remote_addr;\n        \
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n        \
         proxy_set_header X-Forwarded-Proto $scheme;\n{timeout}    }}\n}}\n",
        head = about.head(),
        names = names.join(" "),
        timeout = timeout.unwrap_or_default(),
    ))
}
