//! What reports look like, format by format.

use proptest::prelude::*;
use rulec::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use rulec::report::{Characters, Color, ReportFormat, ReportInput, Style, render, schema, visible};
use rulec::source::{FileId, Location, Source, Sources, Span};

use crate::formats::{assert_valid, command};
use crate::support::{assert_current, snapshot};

static START_ORDER: RuleInfo = RuleInfo {
    id: "start-order",
    code: "R0310",
    level: Level::Error,
    summary: "a component is started before what it depends on",
    source: "",
};

static ESTIMATE: RuleInfo = RuleInfo {
    id: "estimate-exceeded",
    code: "R0502",
    level: Level::Warning,
    summary: "the steps can take longer than the author's estimate",
    source: "",
};

static PROSE: RuleInfo = RuleInfo {
    id: "prose-only-gate",
    code: "R0611",
    level: Level::Note,
    summary: "nothing but prose guards a procedure",
    source: "",
};

const PLAIN: Style = Style { color: Color::Off, characters: Characters::Unicode, width: 80 };

/// Sources and findings to be reported.
#[derive(Default)]
struct Case {
    sources: Sources,
    findings: Vec<Diagnostic>,
}

impl Case {
    fn file(&mut self, path: &str, text: &str) -> FileId {
        self.sources.add(Source::new(path, text))
    }

    /// The first place of some text of a file.
    fn at(&self, file: FileId, needle: &str) -> Location {
        let start = self.sources.get(file).text.find(needle).expect("the needle is in the text");
        Location { file, span: Span::new(start as u32, (start + needle.len()) as u32) }
    }

    fn push(&mut self, found: Diagnostic) {
        self.findings.push(found);
    }

    fn render(&self, format: ReportFormat, style: Style) -> String {
        let pointer = |place: Location| (place.file == FileId(0)).then(|| "/procedures/0".to_owned());
        let input = ReportInput {
            sources: &self.sources,
            findings: &self.findings,
            silenced: &[],
            files: self.sources.iter().count(),
            pointer: &pointer,
            trail: &pointer,
            in_repository: &|path| (!path.starts_with("../")).then(|| path.to_owned()),
            fails: &|found| found.level == Level::Error,
        };
        render(format, &input, style)
    }

    fn human(&self) -> String {
        self.render(ReportFormat::Human, PLAIN)
    }
}

/// A report like those that people get: two files, all levels, a fix.
fn bakery() -> Case {
    let mut case = Case::default();
    let components = case.file(
        "L2-components.yaml",
        "layer: L2\ncontext:\n  project_structure:\n    components:\n      - name: oven\n        \
         path: oven\n        dependencies: [mixer]\n      - name: mixer\n        path: mixer\n",
    );
    let procedures = case.file(
        "L5-procedures.json",
        "{\n  \"layer\": \"L5\",\n  \"procedures\": [\n    {\n      \"id\": \"E1\",\n      \
         \"estimated_duration\": \"3 minutes\",\n      \"steps\": [\n        { \"id\": \"heat\", \"uses\": \
         \"oven.start\", \"timeout\": \"2m\" },\n        { \"id\": \"stir\", \"uses\": \"mixer.start\", \
         \"timeout\": \"2m\" }\n      ],\n      \"preconditions\": [\"the baker is awake\"]\n    }\n  ]\n}\n",
    );
    case.file("L1-goals.toml", "layer = \"L1\"\n");
    let (oven, mixer) = (case.at(procedures, "\"oven.start\""), case.at(procedures, "\"mixer.start\""));
    case.push(
        Diagnostic::new(&START_ORDER, oven, "step `heat` starts `oven` before `mixer`, which it depends on")
            .label("`oven` starts here")
            .related(mixer, "`mixer` starts only here")
            .related(case.at(components, "[mixer]"), "`oven` depends on `mixer`")
            .help("start `mixer` first, or drop the dependency if `oven` does not need it"),
    );
    let estimate = case.at(procedures, "\"3 minutes\"");
    case.push(
        Diagnostic::new(&ESTIMATE, estimate, "the steps of `E1` can take 120 + 120 = 240 s > 180 s")
            .label("the author's estimate")
            .related(case.at(procedures, "\"2m\""), "120 s")
            .fix(Fix {
                title: "raise the estimate to `4 minutes`".into(),
                safe: false,
                edits: vec![Edit { span: estimate.span, text: "\"4 minutes\"".into() }],
            }),
    );
    let prose = case.at(procedures, "\"the baker is awake\"");
    case.push(Diagnostic::new(&PROSE, prose, "only prose guards `E1`"));
    case
}

#[test]
fn human() {
    snapshot("report_human", &bakery().human());
}

#[test]
fn human_in_ascii() {
    snapshot("report_human_ascii", &bakery().render(ReportFormat::Human, Style::default()));
}

#[test]
fn human_on_a_narrow_terminal() {
    snapshot("report_human_narrow", &bakery().render(ReportFormat::Human, Style { width: 48, ..PLAIN }));
}

#[test]
fn human_in_colour() {
    let text = bakery().render(ReportFormat::Human, Style { color: Color::On, ..PLAIN });
    snapshot("report_human_colour", &text.replace('\u{1b}', "ESC"));
}

#[test]
fn short() {
    snapshot("report_short", &bakery().render(ReportFormat::Short, PLAIN));
}

/// The formats for programs that know nothing of rulec.
#[test]
fn formats_of_others() {
    for format in ReportFormat::ALL.into_iter().skip(2) {
        let text = bakery().render(format, PLAIN);
        assert_valid(format, &text);
        snapshot(&format!("report_{}", format.name()), &without_version(&text));
    }
}

/// SARIF says which version of rulec wrote it.
pub(crate) fn without_version(text: &str) -> String {
    text.replace(
        &format!("\"semanticVersion\": {:?}", env!("CARGO_PKG_VERSION")),
        "\"semanticVersion\": \"…\"",
    )
}

#[test]
fn the_schema_of_the_report_is_current() {
    let text = serde_json::to_string_pretty(&schema()).expect("a schema is JSON") + "\n";
    assert_current("schemas/report.schema.json", &text);
}

#[test]
fn nothing_found() {
    let mut case = Case::default();
    case.file("L1-goals.toml", "");
    for format in ReportFormat::ALL {
        let text = case.render(format, PLAIN);
        assert_valid(format, &text);
        match format.is_document() {
            true => snapshot(&format!("report_{}_empty", format.name()), &without_version(&text)),
            false => assert_eq!(text, ""),
        }
        assert_valid(format, &Case::default().render(format, PLAIN));
    }
}

/// Places at the edges, and texts that are hard to show.
#[test]
fn human_at_the_edges() {
    snapshot("report_human_edges", &edges().human());
}

#[test]
fn other_formats_at_the_edges() {
    let case = edges();
    for format in ReportFormat::ALL {
        assert_valid(format, &case.render(format, PLAIN));
    }
    snapshot("report_github_edges", &case.render(ReportFormat::Github, PLAIN));
}

fn edges() -> Case {
    let mut case = Case::default();
    let empty = case.file("unreadable.json", "");
    let cut = case.file("cut-off.json", "{\n  \"layer\": \"L5\"");
    let ended = case.file("ended.yaml", "layer: L5\n");
    let windows = case.file("windows.toml", "\u{feff}layer = \"L5\"\r\n\tname\t= \"tabs\"\r\n");
    let wide = case.file("wide.yaml", "名前: 料理 # 🍞 bread\nname: 👨\u{200d}👩\u{200d}👧 café\n");
    let block = case.file("block.yaml", "steps:\n  - id: a\n    command: x\n  - id: b\nname: x\n");
    let long = case.file("long.yaml", &("steps:\n".to_owned() + &"  - id: a\n".repeat(12) + "name: x\n"));
    let span = |file, start, end| Location { file, span: Span::new(start, end) };
    for (place, message) in [
        (span(empty, 0, 0), "the file can't be read: permission denied"),
        (span(cut, 17, 17), "the object is never closed"),
        (span(ended, 10, 10), "the document ends too early"),
        (case.at(windows, "layer"), "first thing after a byte order mark"),
        (case.at(windows, "\"tabs\""), "behind tabs"),
        (case.at(wide, "料理"), "two wide characters"),
        (case.at(wide, "bread"), "behind an emoji"),
        (case.at(wide, "café"), "behind a family"),
        (case.at(block, "  - id: a\n    command: x\n  - id: b\n"), "a block that ends before the next line"),
        (span(long, 7, 127), "a block of many lines"),
    ] {
        case.push(Diagnostic::new(&START_ORDER, place, message).label("here"));
    }
    case
}

#[test]
fn human_shows_a_window_of_long_lines() {
    let mut case = Case::default();
    let items = |range: std::ops::Range<u32>| {
        range.map(|item| format!("{{\"id\":\"item-{item}\",\"needs\":[]}}")).collect::<Vec<_>>().join(",")
    };
    let text = format!("{{\"layer\":\"L5\",\"steps\":[{}]}}", items(0..5000));
    let file = case.file("minified.json", &text);
    case.push(
        Diagnostic::new(&START_ORDER, case.at(file, "\"item-2500\""), "one place in the middle")
            .label("this one"),
    );
    case.push(
        Diagnostic::new(&START_ORDER, case.at(file, "\"L5\""), "two places far apart")
            .label("at the start")
            .related(case.at(file, "\"item-4999\""), "at the end"),
    );
    case.push(Diagnostic::new(&START_ORDER, case.at(file, &items(10..400)), "a place longer than any line"));
    snapshot("report_human_long_lines", &case.human());
}

#[test]
fn terminals_get_no_orders_from_rules() {
    let mut case = Case::default();
    let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";
    let file = case.file(&format!("L5-{evil}.yaml"), &format!("name: {evil}\n\u{1b}[2Kkey: 1\n"));
    case.push(
        Diagnostic::new(&START_ORDER, case.at(file, evil), format!("no name can be `{evil}`\nsecond line"))
            .label(evil)
            .help(evil),
    );
    for format in ReportFormat::ALL {
        let text = case.render(format, PLAIN);
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(bad), "{}: {text:?}", format.name());
        assert_valid(format, &text);
    }
    snapshot("report_human_hostile", &(case.human() + &case.render(ReportFormat::Short, PLAIN)));
    let json: serde_json::Value = serde_json::from_str(&case.render(ReportFormat::Json, PLAIN)).unwrap();
    assert_eq!(json["findings"][0]["primary"]["label"], evil);
}

#[test]
fn texts_are_no_markup() {
    let hostile = "50% ]]> \"'<&, [a](1): ::error::\u{fffe}\r\n%0A";
    let mut case = Case::default();
    let file = case.file(&format!("../{hostile}/L5-%2C,:=.yaml"), "name: \u{fffe}\n");
    let place = case.at(file, "name");
    let found = Diagnostic::new(&START_ORDER, place, hostile).label(hostile).related(place, hostile);
    case.push(found.help(hostile));
    for format in ReportFormat::ALL {
        assert_valid(format, &case.render(format, PLAIN));
    }
    let shown = visible(hostile);
    let github = case.render(ReportFormat::Github, PLAIN);
    let annotation = command(github.trim_end()).expect("a command");
    assert_eq!(annotation.properties[0], ("file".into(), format!("../{shown}/L5-%2C,:=.yaml")));
    assert!(annotation.message.starts_with(&format!("{shown}\n../")), "{annotation:?}");
    assert!(annotation.message.ends_with(&format!("\nhelp: {shown}")), "{annotation:?}");
    let sarif: serde_json::Value = serde_json::from_str(&case.render(ReportFormat::Sarif, PLAIN)).unwrap();
    let artifact = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(artifact["uriBaseId"], serde_json::Value::Null);
    snapshot("report_junit_hostile", &case.render(ReportFormat::Junit, PLAIN));
}

proptest! {
    /// Whatever a file is called and a message says, GitHub's runner reads just that.
    #[test]
    fn annotations_say_what_was_meant(path in ".{1,20}", message in ".{0,20}", help in ".{0,20}") {
        let mut case = Case::default();
        let file = case.file(&path, "a: 1\n");
        case.push(Diagnostic::new(&START_ORDER, case.at(file, "a"), message.clone()).help(help.clone()));
        let text = case.render(ReportFormat::Github, PLAIN);
        prop_assert_eq!(text.lines().count(), 1);
        let annotation = command(text.trim_end_matches('\n')).expect("a command");
        prop_assert_eq!(annotation.message, format!("{}\nhelp: {}", visible(&message), visible(&help)));
        prop_assert_eq!(&annotation.properties[0].1, &visible(&path));
        prop_assert_eq!(&annotation.properties[5].1, "start-order");
    }
}

#[test]
fn the_gravest_annotations_come_first() {
    let mut case = Case::default();
    let file = case.file("a.yaml", "a: 1\nb: 2\n");
    for (rule, needle) in [(&PROSE, "a"), (&ESTIMATE, "a"), (&START_ORDER, "b"), (&START_ORDER, "1")] {
        case.push(Diagnostic::new(rule, case.at(file, needle), format!("found {needle}")));
    }
    let text = case.render(ReportFormat::Github, PLAIN);
    let kinds: Vec<_> = text.lines().map(|line| command(line).map(|it| (it.kind, it.message))).collect();
    let expected =
        [("error", "found b"), ("error", "found 1"), ("warning", "found a"), ("notice", "found a")];
    assert_eq!(kinds, expected.map(|(kind, message)| Ok((kind.to_owned(), message.to_owned()))));
}

#[test]
fn human_counts_places_that_it_leaves_out() {
    let mut case = Case::default();
    let file = case.file("many.yaml", &"- a\n\n\n\n\n".repeat(30));
    let place = |line: u32| Location { file, span: Span::new(line * 8, line * 8 + 3) };
    let found = (1..30).fold(Diagnostic::new(&START_ORDER, place(0), "many places"), |found, line| {
        found.related(place(line), "")
    });
    case.push(found);
    assert!(case.human().contains("\n  and 17 more places\n"), "{}", case.human());
}

/// Would not end in a lifetime if a finding cost what its file does.
#[test]
fn many_findings_in_one_long_line() {
    let mut case = Case::default();
    let text = "{\"key\":\"value\"},".repeat(450_000);
    let file = case.file("long.json", &text);
    for index in 0..20_000 {
        let start = index * 16 * 22;
        let place = Location { file, span: Span::new(start, start + 15) };
        case.push(Diagnostic::new(&ESTIMATE, place, "found"));
    }
    for format in ReportFormat::ALL {
        let text = case.render(format, PLAIN);
        assert!(text.len() < 20_000 * 1_200, "{}: {}", format.name(), text.len());
        // GitLab takes no columns.
        let is_there = text.contains("7039649") || format == ReportFormat::Gitlab;
        assert!(is_there, "{}", format.name());
    }
}
