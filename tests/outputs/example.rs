//! Outcomes put together by hand.

use std::sync::LazyLock;

use candor::diag::{
    Change, Confidence, Entry, Evidence, ExpectedRange, Explanation, Finding, Label, Level, Location, RuleId,
    Schedule, ScheduleRow, State, Subject,
};
use candor::engine::{Outcome, RuleVerdict, Summary};
use candor::model::{Dataset, Document, Format as DocumentFormat, Problem, ProblemKind, Provenance};
use candor::render::{Format, RunInfo, Style, render};
use candor::rule::{Check, Context, Parameter, Rule, Selector, Settings, Sink, Verdict};
use candor::source::{Cell, Limits, Source, SourceId, Sources, Span, read_stream};

fn check_nothing(_: &Context<'_>, _: &mut Sink) {}

const fn rule(
    code: &'static str,
    name: &'static str,
    level: Level,
    parameters: &'static [Parameter],
) -> Rule {
    Rule {
        id: RuleId { code, name },
        level,
        needs: &[],
        parameters,
        documentation: "",
        check: Check::Alone(check_nothing),
    }
}

const ALPHA: &[Parameter] = &[Parameter {
    name: "alpha",
    default: 0.05,
    range: (0.0, 1.0),
    unit: "probability",
    documentation: "Most probable change that is reported.",
}];

pub static SHARP_DROP: Rule = rule("TR301", "sharp-drop", Level::Warning, ALPHA);
static SHARP_RISE: Rule = rule("TR302", "sharp-rise", Level::Warning, &[]);
static UNITS_COMPARED: Rule = rule("TR402", "units-compared", Level::Error, &[]);
static UNREADABLE: Rule = rule("TR001", "unreadable", Level::Error, &[]);
static NO_NOTE: Rule = rule("TR801", "no-methodology", Level::Note, &[]);

const YEARS: &str = "datasets/ncmec/reports-per-year.yaml";
const ROWS: &str = "contributions/ncmec.csv";

static YEARS_TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text =
        String::from("candor: report-v1\nseries:\n  - metric: cybertipline-reports\n    values:\n");
    for (year, value) in [(2019, "16987361"), (2020, "21751085"), (2021, "29397681"), (2022, "32059029")] {
        text.push_str(&format!("      {year}: {value}\n"));
    }
    text.push_str("      2023: 36210368\n      2024: 20512803\nnotes: none\n");
    text
});

const ROWS_TEXT: &str = "publisher,metric,period,unit,value\r\n\
    ncmec,cybertipline-reports,2022,report,32059029\r\n\
    ncmec,cybertipline-reports,2023,report,36210368\r\n\
    ncmec,cybertipline-reports,2024,incident,29200000\r\n";

/// The place of a piece of text in a source.
fn at(sources: &Sources, id: SourceId, wanted: &str) -> Location {
    let start = sources.get(id).text.find(wanted).expect("the text holds it");
    Location { source: id, span: Span::new(start as u32, (start + wanted.len()) as u32), cell: None }
}

pub fn subject(period: &str) -> Subject {
    Subject {
        publisher: Some("ncmec".into()),
        metric: Some("cybertipline-reports".into()),
        period: Some(period.into()),
        ..Subject::default()
    }
}

pub fn outcome(sources: Sources, findings: Vec<Finding>, verdicts: Vec<RuleVerdict>) -> Outcome {
    let checked = |one: &&RuleVerdict| matches!(one.verdict, Verdict::Checked { .. });
    let summary = Summary {
        inputs: sources.len(),
        rules_checked: verdicts.iter().filter(checked).count(),
        rules_not_applicable: verdicts
            .iter()
            .filter(|one| matches!(one.verdict, Verdict::NotApplicable(_)))
            .count(),
        rules_not_run: verdicts.iter().filter(|one| matches!(one.verdict, Verdict::NotRun(_))).count(),
        ..Summary::default()
    };
    Outcome {
        dataset: Dataset::default(),
        sources,
        findings,
        schedules: Vec::new(),
        verdicts,
        summary,
        settings: Settings::default(),
        as_of: None,
        baseline: None,
        is_whole_dataset: true,
        failed: false,
    }
}

/// A check with an explained drop, an error with repeats and another rule's finding folded into it, a note, and an
/// input that could not be read.
pub fn example() -> Outcome {
    let mut sources = Sources::default();
    let years = sources.add(Source::new(YEARS, YEARS_TEXT.clone()));
    let rows = sources.add(Source::new(ROWS, ROWS_TEXT.to_owned()));
    let broken =
        sources.add(read_stream(&b"PK\x03\x04\0\0"[..], "contributions/table.csv", 6, &Limits::default()));
    let findings =
        vec![unreadable(broken), mixed_units(&sources, years, rows), drop(&sources, years), no_note(years)];
    let verdict = |rule, verdict, findings| RuleVerdict { rule, verdict, findings };
    let verdicts = vec![
        verdict(&UNREADABLE, Verdict::Checked { examined: 3 }, 1),
        verdict(&SHARP_DROP, Verdict::Checked { examined: 1025 }, 1),
        verdict(&SHARP_RISE, Verdict::Checked { examined: 1025 }, 1),
        verdict(&UNITS_COMPARED, Verdict::NotApplicable("no series of 4 periods or more".into()), 3),
        verdict(
            &NO_NOTE,
            Verdict::NotRun("no registry says which services entities offer, so that none is known".into()),
            1,
        ),
    ];
    let schedule = pairs(&sources, years, rows);
    let mut outcome = outcome(sources, findings, verdicts);
    outcome.schedules = vec![schedule];
    outcome.summary = Summary {
        values: 1412,
        series: 1,
        errors: 4,
        warnings: 1,
        notes: 1,
        explained: 1,
        folded: 3,
        ..outcome.summary
    };
    outcome.dataset.unread_inputs = 1;
    outcome.dataset.documents = vec![
        document(years, DocumentFormat::ReportYaml, true),
        document(rows, DocumentFormat::TidyCsv, false),
    ];
    outcome.dataset.problems.push(Problem {
        kind: ProblemKind::Unreadable,
        minor: false,
        location: Location { source: broken, span: Span::default(), cell: None },
        path: String::new(),
        message: "binary".into(),
        label: String::new(),
        help: None,
        related: Vec::new(),
        group: None,
    });
    outcome.as_of = Some(jiff::civil::date(2025, 6, 1));
    let selector = Selector { publisher: Some("ncmec".into()), ..Selector::default() };
    outcome.settings.set(&SHARP_DROP, "alpha", Some(selector), 0.01).expect("it has that parameter");
    outcome
}

fn document(source: SourceId, format: DocumentFormat, complete: bool) -> Document {
    Document {
        source,
        path: format!("{source:?}"),
        format,
        profile: None,
        derived: false,
        period: None,
        number_style: None,
        lists_selection: false,
        publisher: "ncmec".into(),
        published: None,
        rank: 0,
        vintage: None,
        supersedes: None,
        reason: None,
        wordings: Vec::new(),
        provenance: Provenance::default(),
        has_methodology: false,
        values: 0,
        header: Span::default(),
        complete,
    }
}

fn unreadable(broken: SourceId) -> Finding {
    let place = Location { source: broken, span: Span::default(), cell: None };
    let subject = Subject { path: Some("contributions/table.csv#".into()), ..Subject::default() };
    let message = "the file is binary, not text: it begins like a ZIP archive or a spreadsheet";
    Finding::new(UNREADABLE.id, Level::Error, subject, message, Label::new(place, ""))
        .help("export the sheet as CSV")
}

fn mixed_units(sources: &Sources, years: SourceId, rows: SourceId) -> Finding {
    let mut place = at(sources, rows, "incident");
    place.cell = Some(Cell::at(4, 3));
    let finding = |place: Location, period: &str| {
        Finding::new(
            UNITS_COMPARED.id,
            Level::Error,
            subject(period),
            format!("{period} counts incidents where 2019 to 2023 count reports"),
            Label::new(place, "incidents; one report may carry several"),
        )
    };
    let mut lead = finding(place, "2024")
        .related(at(sources, rows, "report,36210368"), "reports")
        .related(at(sources, years, "20512803"), "the same in reports")
        .help("in reports, 2024 is 20,512,803 (datasets/ncmec/reports-per-year.yaml:10)");
    lead.folded = vec![
        Finding::new(
            SHARP_RISE.id,
            Level::Warning,
            subject("2024"),
            "CyberTipline reports rise 42.3 % in 2024",
            Label::new(at(sources, rows, "29200000"), "+8,687,197"),
        ),
        finding(at(sources, years, "29397681"), "2021"),
        finding(at(sources, years, "32059029"), "2022"),
    ];
    lead
}

/// Two figures for one period, compared.
fn pairs(sources: &Sources, years: SourceId, rows: SourceId) -> Schedule {
    let row = ScheduleRow {
        entries: vec!["2023".into(), Entry::Number(36_210_368.into()), Entry::Empty],
        places: vec![at(sources, years, "36210368"), at(sources, rows, "36210368")],
    };
    Schedule {
        name: "pairs",
        title: "Figures that were compared",
        columns: &["period", "figure", "difference"],
        rows: vec![row],
    }
}

fn drop(sources: &Sources, years: SourceId) -> Finding {
    let mut finding = Finding::new(
        SHARP_DROP.id,
        Level::Warning,
        subject("2024"),
        "CyberTipline reports fall 43.4 % in 2024, from 36,210,368 to 20,512,803",
        Label::new(at(sources, years, "20512803"), "−15,697,565"),
    )
    .related(at(sources, years, "36210368"), "2023")
    .confidence(Confidence::Medium)
    .note("usual", "−3 % to +112 % a year (8 in 10 of 25 changes); p < .05")
    .note(
        "members",
        "Facebook −9,248,065, Instagram −8,109,999, Google −295,874 … TikTok +769,430, Imgur +495,753\n\
         Meta's four services account for −16,893,905; everybody else for +1,196,340",
    )
    .help("compare incidents instead: 29.2M in 2024; NCMEC published no incidents for 2023")
    .evidence(Evidence {
        method: "robust-ratio",
        observed: Some("20,512,803".into()),
        expected: Some("−3 % to +112 %".into()),
        expected_range: Some(ExpectedRange { low: Some(35_100_000.into()), high: Some(76_800_000.into()) }),
        threshold: Some(("alpha", 0.01)),
        probability: Some(0.004),
        changes: vec![Change { name: "Facebook".into(), from: None, to: Some(8_611_065.into()) }],
    });
    finding.state = State::Explained {
        by: vec![Explanation {
            by: "ncmec-bundling-2024".into(),
            text: "from 2024 several incidents may be sent as one report".into(),
            source: Some("https://www.missingkids.org/gethelpnow/cybertipline/cybertiplinedata".into()),
        }],
    };
    finding
}

fn no_note(years: SourceId) -> Finding {
    let place = Location { source: years, span: Span::new(0, 17), cell: None };
    Finding::new(
        NO_NOTE.id,
        Level::Note,
        subject("2024"),
        "no methodology note",
        Label::new(place, "this report"),
    )
}

pub fn run_info() -> RunInfo {
    RunInfo {
        version: "0.1.0".into(),
        rule_set_hash: "0123456789abcdef".into(),
        command: "candor check".into(),
        fail_on: Some(Level::Error),
        exit_code: 3,
    }
}

pub fn terminal(outcome: &Outcome, style: Style) -> String {
    render(outcome, Format::Terminal, &style, &run_info())
}

pub fn plain(width: usize) -> Style {
    Style { width, ..Style::default() }
}

/// Columns of a line, wide characters counted twice; enough for what the tests hold.
pub fn columns(line: &str) -> usize {
    line.chars()
        .map(|one| match one {
            '\u{300}'..='\u{36f}' => 0,
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{1f300}'..='\u{1faff}' => 2,
            _ => 1,
        })
        .sum()
}
