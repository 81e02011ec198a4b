//! What every host must do: the same tests run on the machine in memory and on the real one.

use super::*;

/// A machine to be filled, and the folder to do it in.
struct Bench {
    host: Box<dyn Host>,
    folder: Utf8PathBuf,
    _keep: Option<tempfile::TempDir>,
}

impl Bench {
    fn at(&self, path: &str) -> Utf8PathBuf {
        self.folder.join(path)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.host.read(&self.at(path), 10)
    }

    fn write(&self, path: &str, content: &str, mode: Mode) -> Result<(), FileError> {
        self.host.write(&self.at(path), content.as_bytes(), mode)
    }
}

/// The same folder on both: `a.txt`, `sub/b.txt`, a pipe, and links of all sorts.
fn benches() -> Vec<Bench> {
    let memory = Memory::new()
        .file("/srv/a.txt", "a")
        .file("/srv/big", "more than ten")
        .file("/srv/sub/b.txt", "b")
        .folder("/srv/empty")
        .special("/srv/pipe", Special::Pipe)
        .link("/srv/to-file", "sub/b.txt")
        .link("/srv/to-folder", "sub")
        .link("/srv/to-nothing", "nowhere")
        .link("/srv/to-pipe", "pipe")
        .link("/srv/to-itself", "to-itself")
        .not_utf8("/srv/\u{fffd}.json");
    let mut benches = Vec::from([Bench { host: Box::new(memory), folder: "/srv".into(), _keep: None }]);
    #[cfg(unix)]
    benches.push(real());
    benches
}

#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "makes what a Host has no business to make")]
fn real() -> Bench {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let keep = tempfile::tempdir().unwrap();
    let folder = Utf8PathBuf::from_path_buf(keep.path().canonicalize().unwrap()).unwrap();
    let at = |path: &str| folder.join(path);
    for path in ["sub", "empty"] {
        std::fs::create_dir(at(path)).unwrap();
    }
    for (path, content) in [("a.txt", "a"), ("big", "more than ten"), ("sub/b.txt", "b")] {
        std::fs::write(at(path), content).unwrap();
    }
    let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(made.success());
    for (link, target) in [
        ("to-file", "sub/b.txt"),
        ("to-folder", "sub"),
        ("to-nothing", "nowhere"),
        ("to-pipe", "pipe"),
        ("to-itself", "to-itself"),
    ] {
        std::os::unix::fs::symlink(target, at(link)).unwrap();
    }
    std::fs::write(folder.as_std_path().join(OsStr::from_bytes(b"\xff.json")), "").unwrap();
    Bench { host: Box::new(Os), folder, _keep: Some(keep) }
}

#[test]
fn reads_files_and_says_why_not() {
    for bench in benches() {
        assert_eq!(bench.read("a.txt"), Ok(b"a".to_vec()));
        assert_eq!(bench.read("to-file"), Ok(b"b".to_vec()));
        assert_eq!(bench.read("to-folder/b.txt"), Ok(b"b".to_vec()));
        assert_eq!(bench.read("sub/../a.txt"), Ok(b"a".to_vec()));
        assert_eq!(bench.read("big"), Err(FileError::TooLarge { size: 13, limit: 10 }));
        assert_eq!(bench.read("sub"), Err(FileError::IsFolder));
        assert_eq!(bench.read("to-folder"), Err(FileError::IsFolder));
        assert_eq!(bench.read("nowhere"), Err(FileError::NotFound));
        assert_eq!(bench.read("nowhere/a.txt"), Err(FileError::NotFound));
        assert_eq!(bench.read("to-folder/nothing"), Err(FileError::NotFound));
        assert_eq!(bench.read("to-nothing"), Err(FileError::DanglingLink));
        assert_eq!(bench.read("to-itself"), Err(FileError::LinkLoop));
    }
}

#[test]
fn never_opens_a_pipe() {
    for bench in benches() {
        let refused = Err(FileError::NotRegular(Special::Pipe));
        assert_eq!(bench.read("pipe"), refused);
        assert_eq!(bench.read("to-pipe"), refused);
        assert_eq!(bench.write("pipe", "x", Mode::Keep), Err(FileError::NotRegular(Special::Pipe)));
    }
}

#[test]
fn lists_names_in_order_without_following_links() {
    for bench in benches() {
        let listing = bench.host.list(&bench.folder).unwrap();
        let seen: Vec<_> = listing.entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
        let expected = [
            ("a.txt", Kind::File),
            ("big", Kind::File),
            ("empty", Kind::Folder),
            ("pipe", Kind::Special(Special::Pipe)),
            ("sub", Kind::Folder),
            ("to-file", Kind::Link),
            ("to-folder", Kind::Link),
            ("to-itself", Kind::Link),
            ("to-nothing", Kind::Link),
            ("to-pipe", Kind::Link),
        ];
        assert_eq!(seen, expected);
        assert_eq!(listing.not_utf8, ["\u{fffd}.json"]);
        assert_eq!(bench.host.list(&bench.at("empty")), Ok(Listing::default()));
        assert_eq!(bench.host.list(&bench.at("to-folder")).unwrap().entries.len(), 1);
        assert_eq!(bench.host.list(&bench.at("a.txt")), Err(FileError::IsNoFolder));
        assert_eq!(bench.host.list(&bench.at("nowhere")), Err(FileError::NotFound));
        assert_eq!(bench.host.list(&bench.at("to-nothing")), Err(FileError::DanglingLink));
    }
}

#[test]
fn tells_what_a_path_leads_to() {
    for bench in benches() {
        let kind = |path| bench.host.kind(&bench.at(path));
        assert_eq!(kind("a.txt"), Ok(Kind::File));
        assert_eq!(kind("to-folder"), Ok(Kind::Folder));
        assert_eq!(kind("to-pipe"), Ok(Kind::Special(Special::Pipe)));
        assert_eq!(kind("to-itself"), Err(FileError::LinkLoop));
        assert!(bench.host.exists(&bench.at("sub/b.txt")));
        assert!(!bench.host.exists(&bench.at("to-nothing")));
    }
}

#[test]
fn writes_whole_files_and_leaves_nothing_beside_them() {
    for bench in benches() {
        let names = |bench: &Bench| bench.host.list(&bench.folder).unwrap().entries.len();
        let before = names(&bench);
        bench.write("a.txt", "new", Mode::Keep).unwrap();
        bench.write("to-file", "through", Mode::Keep).unwrap();
        assert_eq!(names(&bench), before);
        assert_eq!(bench.read("a.txt"), Ok(b"new".to_vec()));
        assert_eq!(bench.read("sub/b.txt"), Ok(b"through".to_vec()));

        bench.write("made/on/the-way.sh", "run", Mode::Executable).unwrap();
        assert_eq!(bench.read("made/on/the-way.sh"), Ok(b"run".to_vec()));
        assert_eq!(bench.host.list(&bench.at("made/on")).unwrap().entries.len(), 1);

        assert_eq!(bench.write("sub", "x", Mode::Keep), Err(FileError::IsFolder));
        assert_eq!(bench.write("to-nothing", "x", Mode::Keep), Err(FileError::DanglingLink));
        assert_eq!(bench.write("a.txt/b", "x", Mode::Keep), Err(FileError::IsNoFolder));
    }
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "looks at what a Host does not show")]
fn written_files_keep_their_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let bench = real();
    let mode = |path| std::fs::metadata(bench.at(path)).unwrap().permissions().mode() & 0o777;

    std::fs::set_permissions(bench.at("a.txt"), std::fs::Permissions::from_mode(0o640)).unwrap();
    bench.write("a.txt", "new", Mode::Keep).unwrap();
    assert_eq!(mode("a.txt"), 0o640);
    bench.write("a.txt", "new", Mode::Executable).unwrap();
    assert_eq!(mode("a.txt"), 0o750);
    bench.write("new", "", Mode::Executable).unwrap();
    assert_eq!(mode("new") & 0o100, 0o100);
}

#[test]
fn closed_files_and_folders_are_there_and_shut() {
    let host = Memory::new().closed("f", Kind::File).closed("d", Kind::Folder);
    assert_eq!(host.read("f".into(), 10), Err(FileError::PermissionDenied));
    assert_eq!(host.list("d".into()), Err(FileError::PermissionDenied));
    assert_eq!(host.kind("d".into()), Ok(Kind::Folder));
}

#[test]
fn environment_and_terminal() {
    let host = Memory::new().variable("NAME", "value").at("/home").on_terminal(Some(72));
    assert_eq!(host.env("NAME").as_deref(), Some("value"));
    assert_eq!(host.env("OTHER"), None);
    assert_eq!(host.working_dir().unwrap(), "/home");
    assert_eq!(host.terminal(Stream::Error), Terminal::Yes(Some(72)));
    assert_eq!(Os.env("no=such\0name"), None);
    assert!(Os.working_dir().unwrap().is_absolute());
}

fn walked(host: &dyn Host, root: &str) -> Vec<String> {
    let show = |found: Found| match found.kind {
        Ok(Kind::File) => found.path.into_string(),
        Ok(Kind::Folder) => format!("{}/", found.path),
        Ok(kind) => format!("{}: {kind:?}", found.path),
        Err(why) => format!("{}: {why}", found.path),
    };
    walk(host, root.into()).unwrap().into_iter().map(show).collect()
}

#[test]
fn walks_alike_everywhere() {
    for bench in benches() {
        let expected = [
            "a.txt",
            "big",
            "empty/",
            "pipe: Special(Pipe)",
            "sub/",
            "sub/b.txt",
            "to-file",
            "to-itself: it is a link that leads back to itself",
            "to-nothing: it is a link to nothing",
            "to-pipe: Special(Pipe)",
            "\u{fffd}.json: its name is not UTF-8",
        ];
        assert_eq!(walked(&*bench.host, bench.folder.as_str()), expected);
    }
}

#[test]
fn walks_past_what_is_hidden_or_ignored() {
    let host = Memory::new()
        .file("a.txt", "")
        .file("b.log", "")
        .file("keep.log", "")
        .file(".hidden/c.txt", "")
        .file(".d.txt", "")
        .file("build/e.txt", "")
        .file("sub/build", "")
        .file("sub/f.log", "")
        .file(".gitignore", "# made by tools\n*.log\n!keep.log\nbuild/\n[\n")
        .file("sub/.gitignore", "!f.log")
        .closed("shut", Kind::Folder);
    let expected =
        ["a.txt", "keep.log", "shut/", "shut: permission denied", "sub/", "sub/build", "sub/f.log"];
    assert_eq!(walked(&host, "."), expected);
}

#[test]
fn a_repository_ends_what_ignores_reach() {
    let host = Memory::new()
        .file("/.gitignore", "*")
        .folder("/srv/.git")
        .file("/srv/.gitignore", "b.txt\n/rules/c.txt")
        .file("/srv/rules/a.txt", "")
        .file("/srv/rules/b.txt", "")
        .file("/srv/rules/c.txt", "")
        .file("/srv/rules/module/.git", "")
        .file("/srv/rules/module/b.txt", "");
    assert_eq!(walked(&host, "rules"), ["a.txt", "module/", "module/b.txt"]);
}

#[test]
fn a_file_is_replaced_only_while_it_is_what_it_was() {
    for bench in benches() {
        let replace = |path: &str, old: &str| bench.host.replace(&bench.at(path), old.as_bytes(), b"new");
        assert_eq!(replace("a.txt", "b"), Err(FileError::Changed));
        assert_eq!(replace("a.txt", "ab"), Err(FileError::Changed));
        assert_eq!(replace("a.txt", ""), Err(FileError::Changed));
        assert_eq!(bench.read("a.txt"), Ok(b"a".to_vec()));
        assert_eq!(replace("to-file", "b"), Ok(()));
        assert_eq!(bench.read("sub/b.txt"), Ok(b"new".to_vec()));
        assert_eq!(replace("nowhere", ""), Err(FileError::NotFound));
        assert_eq!(bench.host.list(&bench.at("sub")).unwrap().entries.len(), 1);
    }
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "makes what a Host has no business to make")]
fn a_read_only_file_is_not_replaced() {
    let bench = real();
    let path = bench.at("a.txt");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    assert_eq!(bench.host.replace(&path, b"a", b"b"), Err(FileError::ReadOnly));
    assert_eq!(bench.read("a.txt"), Ok(b"a".to_vec()));
}
