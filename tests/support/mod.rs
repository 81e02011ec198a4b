//! What the areas of the harness share.

#[path = "../../benches/generate/mod.rs"]
pub(crate) mod generate;
pub(crate) mod layouts;
pub(crate) mod plans;
pub(crate) mod promtool;
pub(crate) mod roll_out;
pub(crate) mod rules;
pub(crate) mod small_plans;
pub(crate) mod tools;
pub(crate) mod trials;
pub(crate) mod world;

use std::path::{Path, PathBuf};

use insta::Settings;

/// Compares with `snapshots/<name>.snap`.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Holds a generated file of the project to what generates it; with `BLESS=1`, writes it.
pub(crate) fn assert_current(path: &str, generated: &str) {
    let file = project().join(path);
    if is_blessing() {
        write(&file, generated);
    }
    assert!(
        read(&file) == generated,
        "{path} is not what the code generates: run `BLESS=1 cargo test` and look at the difference"
    );
}

/// The folder of the project.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A text file; empty where there is none.
#[expect(clippy::disallowed_methods, reason = "tests read the project itself")]
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n")
}

#[expect(clippy::disallowed_methods, reason = "tests bless generated files")]
fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("the folder is made");
    std::fs::write(path, text).expect("the file is written");
}

#[expect(clippy::disallowed_methods, reason = "the one switch of the tests")]
fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// What is wrong with the style of a message, a summary or a help text: one line that starts lower-case, a
/// name or a number, and has no full stop at its end.
pub(crate) fn style_faults(message: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{what}: {message:?}"));
    match message.chars().next() {
        None => fault("is empty"),
        Some(first) if first.is_lowercase() || first.is_ascii_digit() || first == '`' => {}
        // Names such as JSON keep their capitals.
        Some(_) if message.chars().take_while(|c| c.is_ascii_uppercase()).count() > 1 => {}
        Some(_) => fault("starts with something else than a small letter, a digit or a name in backticks"),
    }
    if message.contains(['\n', '\r']) {
        fault("has more than one line");
    }
    if message.trim() != message || message.contains("  ") {
        fault("has spaces where none belong");
    }
    if message.ends_with(['.', '!', ':', ';', ',']) && !message.ends_with("...") {
        fault("ends with a punctuation mark");
    }
    if message.matches('`').count() % 2 == 1 {
        fault("opens a backtick that it does not close");
    }
    faults
}

#[test]
fn tells_good_messages_from_bad_ones() {
    for good in ["`E1` has no rollback", "unknown key `a`, did you mean `b`?", "30 s is more than 20 s"] {
        assert_eq!(style_faults(good), Vec::<String>::new());
    }
    for bad in ["", "Unknown key", "unknown key.", "two\nlines", "space ", "two  spaces", "an `open name"] {
        assert_eq!(style_faults(bad).len(), 1, "{bad:?}: {:?}", style_faults(bad));
    }
}
