//! Inputs that would upset a careless renderer.

use candor::diag::{Finding, Label, Level, Location};
use candor::engine::RuleVerdict;
use candor::render::{Format, Style, render};
use candor::rule::Verdict;
use candor::source::{Source, SourceId, Sources, Span};

use super::example::{SHARP_DROP, columns, outcome, plain, run_info, subject, terminal};

/// One finding about one file, drawn.
fn drawn(text: &str, span: Span, label: &str, width: usize) -> String {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("data.json", text.to_owned()));
    let place = Location { source: id, span, cell: None };
    let finding =
        Finding::new(SHARP_DROP.id, Level::Warning, subject("2024"), "it falls", Label::new(place, label));
    terminal(&outcome(sources, vec![finding], Vec::new()), plain(width))
}

/// The text above the mark of the last drawing: what the reader sees marked.
fn marked(drawing: &str) -> String {
    let lines: Vec<&str> = drawing.lines().collect();
    let index = lines.iter().position(|line| line.contains('·')).expect("a line with a mark");
    let (text, marks) = (lines[index - 1], lines[index]);
    let after_bar =
        |line: &str| line.split_once(['│', '·']).map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    let (text, marks) = (after_bar(text), after_bar(marks));
    let start = marks.chars().take_while(|one| *one == ' ').count();
    let end = marks.chars().count();
    let mut column = 0;
    let mut found = String::new();
    for one in text.chars() {
        if (start..end).contains(&column) {
            found.push(one);
        }
        column += columns(&one.to_string());
    }
    found
}

#[test]
fn a_file_of_one_long_line_is_cut_to_a_window() {
    let mut text = "{\"value\":1234},".repeat(3_400_000);
    let start = text.len();
    text.push_str("{\"value\":\"many\"},");
    text.push_str(&"{\"value\":5678},".repeat(100));
    let span = Span::new(start as u32 + 9, start as u32 + 15);
    let drawing = drawn(&text, span, "a word where a number belongs", 100);
    assert!(drawing.contains(&format!("data.json:1:{}", start + 10)), "{drawing}");
    assert_eq!(marked(&drawing), "\"many\"");
    assert!(drawing.lines().all(|line| columns(line) <= 100), "{drawing}");
    assert!(drawing.contains("│ …") && drawing.contains("…\n"), "{drawing}");
}

#[test]
fn a_label_never_leaves_a_narrow_terminal() {
    let text = format!("{}\"many\"{}", "a,".repeat(40), ",b".repeat(40));
    for width in [40, 60, 80] {
        let drawing =
            drawn(&text, Span::new(80, 86), "a word stands where a number belongs; write digits only", width);
        assert_eq!(marked(&drawing), "\"many\"");
        assert!(drawing.lines().all(|line| columns(line) <= width), "{drawing}");
    }
}

#[test]
fn places_at_the_end_and_beyond() {
    for text in ["", "a", "a\n", "a\r\n", "\u{feff}", "\u{feff}a", "\n\n\n", "é"] {
        let end = text.len() as u32;
        for span in [(0, 0), (end, end), (0, end), (end, end + 9), (end + 1, end + 3), (end + 5, 0), (1, 2)] {
            for label in ["", "here"] {
                let drawing = drawn(text, Span::new(span.0, span.1), label, 60);
                assert!(drawing.contains("data.json"), "{text:?} {span:?}");
                assert!(text.is_empty() || drawing.contains("╰────"), "{text:?} {span:?} {drawing}");
                assert!(text.is_empty() || drawing.contains('·'), "no mark for {text:?} {span:?}\n{drawing}");
            }
        }
    }
}

#[test]
fn an_empty_file_has_no_drawing() {
    assert!(drawn("", Span::default(), "nothing here", 60).contains(" --> data.json: nothing here\n"));
}

#[test]
fn marks_stand_beneath_wide_and_combining_characters() {
    let text = "名前,e\u{301}te\u{301},値段,100\n";
    let of = |wanted: &str| {
        let start = text.find(wanted).expect("the text holds it") as u32;
        Span::new(start, start + wanted.len() as u32)
    };
    assert_eq!(marked(&drawn(text, of("100"), "", 60)), "100");
    assert_eq!(marked(&drawn(text, of("値段"), "", 60)), "値段");
    assert!(drawn(text, of("100"), "", 60).contains("data.json:1:13"));
}

#[test]
fn marks_stand_beneath_text_after_tabs_and_a_byte_order_mark() {
    let text = "\u{feff}a\tb\t100\r\nc\t\td\r\n";
    let drawing = drawn(text, Span::new(7, 10), "", 60);
    assert_eq!(marked(&drawing), "100");
    assert!(drawing.contains("data.json:1:5"), "{drawing}");
    assert!(!drawing.contains(['\u{feff}', '\t', '\r']));
}

#[test]
fn what_could_steer_a_terminal_is_made_visible() {
    let text = "a\u{1b}[31mred\u{202e}back\u{7}\u{9b}2J,100\rx\n";
    let start = text.find("100").expect("it is there") as u32;
    let mut drawing = drawn(text, Span::new(start, start + 3), "a\u{1b}[2J label\u{2066}", 100);
    assert_eq!(marked(&drawing), "100");
    drawing.retain(|one| one != '\n');
    assert!(drawing.contains("a␛[31mred⟨U+202E⟩back␇⟨U+009B⟩2J,100␍x"), "{drawing}");
    assert!(drawing.contains("a␛[2J label⟨U+2066⟩"), "{drawing}");
    assert!(!drawing.chars().any(|one| one.is_control() || ('\u{202a}'..='\u{202e}').contains(&one)));
}

#[test]
fn messages_paths_and_notes_are_made_visible_too() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("a\u{1b}]0;b.csv", "1\n".to_owned()));
    let place = Location { source: id, span: Span::new(0, 1), cell: None };
    let mut finding = Finding::new(
        SHARP_DROP.id,
        Level::Warning,
        subject("2024"),
        "it\u{1b}[2J\nfalls\u{7f}\u{9b}2J",
        Label::new(place, "\u{9b}2J"),
    )
    .note("data", "x\u{1b}[2J\u{202e}");
    finding.folded = vec![finding.clone()];
    let verdict =
        RuleVerdict { rule: &SHARP_DROP, verdict: Verdict::NotRun("failed: \u{1b}[2J".into()), findings: 0 };
    let outcome = outcome(sources, vec![finding], vec![verdict]);
    for format in [Format::Terminal, Format::Concise] {
        let style = Style { verbose: true, all: true, ..plain(80) };
        let text = render(&outcome, format, &style, &run_info());
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        assert!(text.contains("a␛]0;b.csv:1:1"), "{text}");
    }
    for format in Format::ALL {
        let text = render(&outcome, format, &Style { verbose: true, all: true, ..plain(80) }, &run_info());
        let is_raw = |one: char| (one.is_control() && !"\n\t\r".contains(one)) || one == '\u{202e}';
        let raw: Vec<&str> = text.lines().filter(|line| line.contains(is_raw)).collect();
        assert!(raw.is_empty(), "{format:?}: {raw:?}");
    }
}

#[test]
fn a_place_of_several_lines_is_marked_on_its_first() {
    let drawing = drawn("a:\n  b: 1\n  c: 2\n", Span::new(5, 16), "all of this", 60);
    assert_eq!(marked(&drawing), "b: 1");
    assert!(drawing.contains("data.json:2:3"), "{drawing}");
}

#[test]
fn a_flood_of_combining_characters_is_cut() {
    let text = format!("a{}b,100\n", "\u{301}".repeat(1_000_000));
    let drawing = drawn(&text, Span::new(0, 1), "here", 60);
    assert!(drawing.len() < 10_000);
    let start = text.len() as u32 - 4;
    assert_eq!(marked(&drawn(&text, Span::new(start, start + 3), "", 60)), "100");
}

#[test]
fn places_far_apart_are_drawn_apart_and_only_so_many() {
    let mut sources = Sources::default();
    let text: String = (0..200).map(|line| format!("row {line:03}\n")).collect();
    let id = sources.add(Source::new("rows.csv", text));
    let place = |line: u32| Location { source: id, span: Span::new(line * 8 + 4, line * 8 + 7), cell: None };
    let mut finding = Finding::new(
        SHARP_DROP.id,
        Level::Warning,
        subject("2024"),
        "it falls",
        Label::new(place(10), "first"),
    );
    for line in [12, 50, 52, 100, 150, 190, 192] {
        finding = finding.related(place(line), format!("also {line}"));
    }
    finding = finding.related(place(10), "and once more");
    let text = terminal(&outcome(sources, vec![finding], Vec::new()), plain(80));
    assert_eq!(text.matches("╭─[rows.csv").count(), 4, "{text}");
    assert!(text.contains("╰── first; and once more"), "{text}");
    assert!(text.contains("\n  and 2 more places\n"), "{text}");
}

#[test]
fn labels_that_overlap_are_drawn_apart() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("rows.csv", "one,two,three\n".to_owned()));
    let place = |start, end| Location { source: id, span: Span::new(start, end), cell: None };
    let finding = Finding::new(
        SHARP_DROP.id,
        Level::Warning,
        subject("2024"),
        "it falls",
        Label::new(place(4, 7), "cell"),
    )
    .related(place(0, 13), "row");
    let text = terminal(&outcome(sources, vec![finding], Vec::new()), plain(80));
    assert_eq!(text.matches("╭─[rows.csv").count(), 2, "{text}");
}

#[test]
fn repeats_are_counted_and_listed_on_demand() {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> =
        (0..3).map(|file| sources.add(Source::new(format!("{file}.csv"), "1\n".repeat(1000)))).collect();
    let finding = |file: usize, line: u32| {
        let place = Location { source: ids[file], span: Span::new(line * 2, line * 2 + 1), cell: None };
        Finding::new(SHARP_DROP.id, Level::Warning, subject("2024"), "it falls", Label::new(place, ""))
    };
    let mut lead = finding(0, 0);
    lead.folded = (1..=1184).map(|count| finding(1 + count % 2, count as u32 % 900)).collect();
    let outcome = outcome(sources, vec![lead], Vec::new());
    let text = terminal(&outcome, plain(100));
    assert!(text.contains("\n  + 1,184 more (in 2 files; --all lists them)\n"), "{text}");
    let text = terminal(&outcome, Style { all: true, ..plain(100) });
    assert!(text.contains("\n  + 1,184 more (in 2 files)\n    2.csv:2:1: it falls\n"), "{text}");
    assert_eq!(text.matches(": it falls\n").count(), 1185);
}

/// Texts, places and widths from a small generator: nothing panics, nothing steers the terminal, nothing is too wide.
#[test]
fn any_text_and_any_place_can_be_drawn() {
    const PARTS: [&str; 16] = [
        "a",
        "1,234",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "é",
        "数値",
        "e\u{301}",
        "\u{1b}[1m",
        "\u{202e}",
        "\u{feff}",
        "🎉",
        " ",
        "a long run of words, longer than a narrow terminal is wide",
        "\u{0}",
    ];
    let mut state = 1_u64;
    let mut next = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    for round in 0..1500 {
        let count = next(40);
        let text: String = (0..count).map(|_| PARTS[next(PARTS.len())]).collect();
        let mut sources = Sources::default();
        let id = sources.add(Source::new("x.csv", text.clone()));
        let mut label = || {
            let (start, length) = (next(text.len() + 3) as u32, next(30) as u32);
            let words: String = (0..next(4)).map(|_| PARTS[next(PARTS.len())]).collect();
            Label::new(Location { source: id, span: Span::new(start, start + length), cell: None }, words)
        };
        let mut finding = Finding::new(SHARP_DROP.id, Level::Note, subject("2024"), "it falls", label());
        finding.related = (0..round % 5).map(|_| label()).collect();
        let outcome = outcome(sources, vec![finding], Vec::new());
        let width = 40 + round % 80;
        let drawing = terminal(&outcome, plain(width));
        for line in drawing.lines() {
            assert!(columns(line) <= width, "round {round}, {width} columns: {line}\n{drawing}");
            assert!(!line.chars().any(|one| one.is_control() || one == '\u{202e}'), "round {round}: {line}");
        }
        assert!(render(&outcome, Format::Json, &plain(width), &run_info()).len() > 1000);
        assert!(render(&outcome, Format::Concise, &plain(width), &run_info()).contains("x.csv:"));
    }
}
