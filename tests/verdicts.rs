//! What a check ends in: the verdict of every rule, what is counted, and the exit code.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::process::Command;
use std::sync::Arc;

use candor::diag::{Finding, Label, Level, Location, RuleId, Schedule, ScheduleRow, Subject};
use candor::engine::{Outcome, Plan, Summary, run};
use candor::ingest::{Input, ingest, shipped_registry};
use candor::model::{Dataset, Registry};
use candor::rule::{Check, Configured, Context, Look, Need, Rule, Sink, Task, Verdict};
use candor::source::{Source, SourceId, Sources, Span};
use candor::suppress::Baseline;
use support::project;

/// Two parts, and a total that is one too low: one finding of sum-mismatch.
const DOCUMENT: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\"}
methodology: https://www.example.org/how-we-count
defaults: {metric: appeals, unit: appeal}
series:
  - {category: Nudity, values: {2023: 1000, 2024: 1002}}
  - {category: Violence, values: {2023: 300, 2024: 297}}
  - {category: All, total_of: categories, values: {2023: 1300, 2024: 1298}}
";

const fn rule(code: &'static str, level: Level, needs: &'static [Need], check: Check) -> Rule {
    Rule { id: RuleId { code, name: code }, level, needs, parameters: &[], documentation: "", check }
}

fn read(texts: &[(&str, &str)], registry: Arc<Registry>) -> (Sources, Dataset) {
    let mut sources = Sources::default();
    let inputs: Vec<Input> = texts
        .iter()
        .map(|(name, text)| Input {
            source: sources.add(Source::new(*name, (*text).to_owned())),
            named: true,
            ..Input::default()
        })
        .collect();
    let dataset = ingest(&sources, &inputs, registry, &[]);
    (sources, dataset)
}

fn check(rules: &[&'static Rule], plan: Plan) -> Outcome {
    let (sources, dataset) = read(&[("report.yaml", DOCUMENT)], shipped_registry());
    run(dataset, sources, rules, plan)
}

const START: Location = Location { source: SourceId(0), span: Span::new(0, 1), cell: None };

#[test]
fn the_exit_code_follows_what_counts_at_the_level_or_above() {
    let mut outcome = check(&[], Plan::default());
    for errors in 0..3 {
        for warnings in 0..3 {
            for notes in 0..3 {
                // What does not count sets no code.
                outcome.summary = Summary {
                    errors,
                    warnings,
                    notes,
                    explained: 1,
                    allowed: 1,
                    baselined: 1,
                    ..outcome.summary
                };
                let code = |level| outcome.exit_code(level);
                assert_eq!(code(None), 0);
                assert_eq!(code(Some(Level::Error)), u8::from(errors > 0));
                assert_eq!(code(Some(Level::Warning)), u8::from(errors > 0 || warnings > 0));
                assert_eq!(code(Some(Level::Note)), u8::from(errors > 0 || warnings > 0 || notes > 0));
            }
        }
    }
    let levels = [None, Some(Level::Error), Some(Level::Warning), Some(Level::Note)];
    outcome.dataset.unread_inputs = 1;
    assert_eq!(levels.map(|level| outcome.exit_code(level)), [3; 4]);
    outcome.failed = true;
    assert_eq!(levels.map(|level| outcome.exit_code(level)), [70; 4]);
    outcome.dataset.unread_inputs = 0;
    assert_eq!(levels.map(|level| outcome.exit_code(level)), [70; 4]);
}

static NOTHING: Rule = rule("TR990", Level::Error, &[], Check::Alone(|_, _| {}));

#[test]
fn a_rule_has_checked_what_it_examined_and_else_says_why_not() {
    let mut sink = Sink::new(&NOTHING);
    assert_eq!(sink.verdict(), Verdict::Checked { examined: 0 });
    sink.nothing_to_check("no rates");
    sink.nothing_to_check("no totals");
    assert_eq!(sink.verdict(), Verdict::NotApplicable("no rates".to_owned()));
    sink.examined(2);
    sink.examined(3);
    assert_eq!(sink.verdict(), Verdict::Checked { examined: 5 });
}

#[test]
fn what_is_looked_at_in_parallel_is_as_if_one_by_one() {
    let schedule = |rows: usize| Schedule {
        name: "table",
        title: "a table",
        columns: &[],
        rows: vec![ScheduleRow { entries: Vec::new(), places: Vec::new() }; rows],
    };
    let finding = |sink: &mut Sink, message: String| {
        let finding = sink.finding(Subject::default(), message, START, "here");
        sink.push(finding);
    };
    let mut sink = Sink::new(&NOTHING);
    finding(&mut sink, "before".to_owned());
    sink.examined(4);
    sink.schedule(schedule(7));
    let things: Vec<usize> = (0..100).collect();
    sink.each(&things, |thing, sink| {
        finding(sink, thing.to_string());
        sink.schedule(schedule(thing % 2));
        sink.examined(2);
    });
    let messages: Vec<String> = sink.findings.iter().map(|finding| finding.message.clone()).collect();
    let expected: Vec<String> =
        std::iter::once("before".to_owned()).chain(things.iter().map(usize::to_string)).collect();
    assert_eq!(messages, expected);
    assert!(sink.findings.iter().all(|one| one.rule == NOTHING.id && one.level == Level::Error));
    // A table without rows says nothing.
    let rows: Vec<usize> = sink.schedules.iter().map(|schedule| schedule.rows.len()).collect();
    assert_eq!(rows, [vec![7], vec![1; 50]].concat());
    assert_eq!(sink.verdict(), Verdict::Checked { examined: 204 });

    // Nor does what was said and found before come once more with every thing.
    let mut sink = Sink::new(&NOTHING);
    sink.nothing_to_check("before");
    sink.each(&things, |thing, sink| sink.nothing_to_check(&thing.to_string()));
    assert_eq!(sink.verdict(), Verdict::NotApplicable("before".to_owned()));
    let mut sink = Sink::new(&NOTHING);
    sink.each(&things, |thing, sink| sink.nothing_to_check(&thing.to_string()));
    assert_eq!(sink.verdict(), Verdict::NotApplicable("0".to_owned()));
}

/// What a need says of some texts: `None` where it is met.
fn missing(need: Need, texts: &[(&str, &str)], registry: Arc<Registry>) -> Option<Verdict> {
    missing_as_of(need, texts, registry, None, 0)
}

fn missing_as_of(
    need: Need,
    texts: &[(&str, &str)],
    registry: Arc<Registry>,
    as_of: Option<&str>,
    dated_allows: usize,
) -> Option<Verdict> {
    let (_, dataset) = read(texts, registry);
    let plan = Plan::default();
    need.missing_in(&Context {
        dataset: &dataset,
        parameters: plan.settings.parameters(&NOTHING),
        as_of: as_of.map(|day| day.parse().unwrap()),
        configured: Configured { dated_allows, ..Configured::default() },
    })
}

#[test]
fn every_need_is_missing_where_the_data_do_not_hold_it() {
    let document = [("report.yaml", DOCUMENT)];
    let no_total = DOCUMENT.replace("total_of: categories, ", "");
    let no_total = [("report.yaml", no_total.as_str())];
    let table = [("table.csv", "publisher,metric,unit,period,value\nexample,appeals,appeal,2024,5\n")];
    let claims =
        std::fs::read_to_string(project().join("fixtures/rules/claim-contradicted/fail-limit/claims.yaml"));
    let claims = claims.unwrap();
    let claims = [("claims.yaml", claims.as_str()), document[0]];
    let release = |id: &str| DOCUMENT.replace("title: ", &format!("vintage: {{id: \"{id}\"}}\ntitle: "));
    let (first, second) = (release("2025-01"), release("2025-07"));
    let releases = [("first.yaml", first.as_str()), ("second.yaml", second.as_str())];
    let of_others = second.replace("publisher: example", "publisher: meta");
    let unrelated = [("first.yaml", first.as_str()), ("second.yaml", of_others.as_str())];
    let once = [("first.yaml", first.as_str()), ("again.yaml", first.as_str())];
    let (known, unknown) = (shipped_registry, || Arc::new(Registry::default()));

    assert_eq!(missing(Need::Inputs, &[], known()), None);
    let not_applicable = |why: &str| Some(Verdict::NotApplicable(why.to_owned()));
    let not_run = |why: &str| Some(Verdict::NotRun(why.to_owned()));
    assert_eq!(missing(Need::Observations, &document, known()), None);
    assert_eq!(missing(Need::Observations, &[], known()), not_applicable("no published number"));
    for (periods, is_met) in [(1, true), (2, true), (3, false)] {
        let why = not_applicable(&format!("no series of {periods} periods or more"));
        assert_eq!(missing(Need::Periods(periods), &document, known()), why.filter(|_| !is_met));
    }
    assert_eq!(missing(Need::Totals, &document, known()), None);
    assert_eq!(
        missing(Need::Totals, &no_total, known()),
        not_applicable("no total whose parts are stated (`total_of`)")
    );
    assert_eq!(missing(Need::Entities, &document, known()), None);
    assert_eq!(missing(Need::Entities, &document, unknown()), not_run("no registry of entities"));
    assert_eq!(missing(Need::Services, &document, known()), None);
    assert_eq!(
        missing(Need::Services, &document, unknown()),
        not_run("no registry says which services entities offer")
    );
    assert_eq!(missing(Need::Table, &table, known()), None);
    assert_eq!(missing(Need::Table, &document, known()), not_applicable("no table"));
    assert_eq!(missing(Need::Vintages, &releases, known()), None);
    for texts in [&document[..], &once, &unrelated] {
        let why = not_run("no second release of a publication (a later vintage)");
        assert_eq!(missing(Need::Vintages, texts, known()), why);
    }
    assert_eq!(missing(Need::Claims, &claims, known()), None);
    assert_eq!(missing(Need::Claims, &document, known()), not_applicable("no claims"));
    for (as_of, dated_allows, is_met) in
        [(None, 0, true), (None, 1, false), (None, 2, false), (Some("2026-01-31"), 1, true)]
    {
        let why = not_run("no day is named (--as-of)");
        let found = missing_as_of(Need::Day, &document, known(), as_of, dated_allows);
        assert_eq!(found, why.filter(|_| !is_met), "{as_of:?} {dated_allows}");
    }
}

/// Finds one thing.
fn find(sink: &mut Sink, level: Level) {
    let message = format!("one {}", level.as_str());
    let finding = Finding { level, ..sink.finding(Subject::default(), message, START, "here") };
    sink.push(finding);
    sink.examined(1);
}

static ALONE: Rule = rule(
    "TR991",
    Level::Warning,
    &[],
    Check::Alone(|_, sink| {
        find(sink, Level::Warning);
        find(sink, Level::Note);
    }),
);
static TOGETHER: Look = Look {
    check: |tasks: &mut [Task<'_>]| {
        assert_eq!(tasks.len(), 2, "a look comes once, with all of its rules");
        tasks.iter_mut().for_each(|task| find(&mut task.sink, Level::Error));
    },
};
static LEFT: Rule = rule("TR992", Level::Error, &[], Check::Together(&TOGETHER));
static RIGHT: Rule = rule("TR993", Level::Error, &[], Check::Together(&TOGETHER));
static WITHOUT_DATA: Rule =
    rule("TR994", Level::Error, &[Need::Claims], Check::Alone(|_, sink| find(sink, Level::Error)));
static WITHOUT_RELEASE: Rule =
    rule("TR995", Level::Error, &[Need::Vintages], Check::Alone(|_, sink| find(sink, Level::Error)));
static ALL: [&Rule; 5] = [&ALONE, &LEFT, &RIGHT, &WITHOUT_DATA, &WITHOUT_RELEASE];

fn verdicts(outcome: &Outcome) -> Vec<(&'static str, &Verdict, usize)> {
    outcome.verdicts.iter().map(|one| (one.rule.id.code, &one.verdict, one.findings)).collect()
}

#[test]
fn every_rule_ends_in_a_verdict_and_what_it_found_is_counted() {
    let outcome = check(&ALL, Plan::default());
    let (no_claims, no_release) = (
        Verdict::NotApplicable("no claims".to_owned()),
        Verdict::NotRun("no second release of a publication (a later vintage)".to_owned()),
    );
    assert_eq!(
        verdicts(&outcome),
        [
            ("TR991", &Verdict::Checked { examined: 2 }, 2),
            ("TR992", &Verdict::Checked { examined: 1 }, 1),
            ("TR993", &Verdict::Checked { examined: 1 }, 1),
            ("TR994", &no_claims, 0),
            ("TR995", &no_release, 0),
        ]
    );
    let Summary { errors, warnings, notes, .. } = outcome.summary;
    assert_eq!((errors, warnings, notes), (2, 1, 1));
    let Summary { rules_checked, rules_not_applicable, rules_not_run, .. } = outcome.summary;
    assert_eq!((rules_checked, rules_not_applicable, rules_not_run), (3, 1, 1));
    assert_eq!((outcome.summary.inputs, outcome.summary.series, outcome.summary.values), (1, 3, 6));
    assert!(!outcome.failed);
    assert_eq!(outcome.exit_code(Some(Level::Error)), 1);
}

#[test]
fn a_rule_that_is_turned_off_finds_nothing_and_lets_others_look() {
    let mut plan = Plan::default();
    [&LEFT, &ALONE, &WITHOUT_RELEASE].iter().for_each(|rule| plan.policy.turn_off(rule));
    // A finding of the engine's own for a rule that is off is dropped; one for another rule is not.
    let own = |rule: &Rule| {
        Finding::new(rule.id, Level::Note, Subject::default(), "own", Label::new(START, "here"))
    };
    plan.own_findings = vec![own(&ALONE), own(&RIGHT), own(&NOTHING)];
    let outcome = check(&ALL, plan);
    let off = Verdict::NotRun("turned off in candor.toml or on the command line".to_owned());
    let no_claims = Verdict::NotApplicable("no claims".to_owned());
    assert_eq!(
        verdicts(&outcome),
        [
            ("TR991", &off, 0),
            ("TR992", &off, 0),
            ("TR993", &Verdict::Checked { examined: 1 }, 2),
            ("TR994", &no_claims, 0),
            ("TR995", &off, 0),
        ]
    );
    let Summary { errors, warnings, notes, rules_not_run, .. } = outcome.summary;
    assert_eq!((errors, warnings, notes, rules_not_run), (1, 0, 2, 3));

    let mut plan = Plan::default();
    [&LEFT, &RIGHT].iter().for_each(|rule| plan.policy.turn_off(rule));
    assert_eq!(check(&ALL, plan).summary.errors, 0, "nobody wants the look");
}

#[test]
fn the_configured_level_counts() {
    let mut plan = Plan::default();
    plan.policy.set_level(&LEFT, None, Some(Level::Note));
    plan.policy.set_level(&RIGHT, None, None);
    let outcome = check(&ALL, plan);
    let Summary { errors, warnings, notes, .. } = outcome.summary;
    assert_eq!((errors, warnings, notes), (0, 1, 2));
    assert_eq!([Level::Error, Level::Warning].map(|level| outcome.exit_code(Some(level))), [0, 1]);
}

static BROKEN: Look = Look { check: |_| panic!("out of cheese") };
static BROKEN_LEFT: Rule = rule("TR996", Level::Note, &[], Check::Together(&BROKEN));
static BROKEN_RIGHT: Rule = rule("TR997", Level::Note, &[], Check::Together(&BROKEN));

#[test]
fn a_rule_that_fails_says_so_and_sets_the_code_whatever_counts() {
    let outcome = check(&[&BROKEN_LEFT, &ALONE, &BROKEN_RIGHT], Plan::default());
    assert!(outcome.failed);
    assert_eq!(outcome.exit_code(None), 70);
    let failed = Verdict::NotRun("failed: out of cheese".to_owned());
    assert_eq!(
        verdicts(&outcome),
        [("TR996", &failed, 0), ("TR991", &Verdict::Checked { examined: 2 }, 2), ("TR997", &failed, 0)]
    );
    let messages: Vec<&str> = outcome
        .findings
        .iter()
        .filter(|finding| finding.rule.name == "rule-failed")
        .map(|finding| finding.message.as_str())
        .collect();
    let expected = [("TR996", "TR997"), ("TR997", "TR996")].map(|(rule, other)| {
        format!("the rule {rule} ({rule}) failed and found nothing; all others but {other}, with which it looks ran")
    });
    assert_eq!(messages, expected);
}

static REPEATING: Rule = rule(
    "TR998",
    Level::Note,
    &[],
    Check::Alone(|_, sink| {
        for _ in 0..3 {
            let finding = sink.finding(Subject::default(), "again", START, "here").fold("all");
            sink.push(finding);
        }
    }),
);

#[test]
fn what_is_folded_counts_as_well() {
    let outcome = check(&[&REPEATING], Plan::default());
    assert_eq!((outcome.findings.len(), outcome.summary.folded, outcome.summary.notes), (1, 2, 3));
    assert_eq!(verdicts(&outcome), [("TR998", &Verdict::Checked { examined: 0 }, 3)]);
}

static CONFIGURED: Rule = rule(
    "TR999",
    Level::Note,
    &[],
    Check::Alone(|context, sink| {
        sink.examined(context.configured.paths * 100 + context.configured.baselined)
    }),
);

#[test]
fn rules_on_the_configuration_see_how_much_of_it_there_is() {
    let finding = Finding::new(NOTHING.id, Level::Note, Subject::default(), "old", Label::new(START, "here"));
    let mut plan = Plan { configured_paths: 3, ..Plan::default() };
    plan.suppression.baseline = Some(Baseline::of([&finding, &finding]));
    assert_eq!(verdicts(&check(&[&CONFIGURED], plan)), [("TR999", &Verdict::Checked { examined: 302 }, 0)]);
}

#[test]
fn an_entry_is_unused_only_where_its_rule_ran() {
    let unused = |is_off: bool| {
        let text = format!("{DOCUMENT}# candor: allow period-gap: announced\n");
        let (sources, dataset) = read(&[("report.yaml", &text)], shipped_registry());
        let mut plan = Plan::default();
        if is_off {
            plan.policy.turn_off(candor::rules::find("period-gap").unwrap());
        }
        let outcome = run(dataset, sources, candor::rules::RULES, plan);
        support::rule_names(&outcome).contains(&"unused-allow")
    };
    assert!(unused(false));
    assert!(!unused(true));
}

#[test]
fn rules_are_named_by_code_name_family_or_all() {
    let rule = candor::rules::find("sum-mismatch").unwrap();
    for word in ["ALL", "TR201", "sum-mismatch", "TR2", "TR20"] {
        assert!(rule.is_named(word), "{word}");
    }
    for word in ["", "T", "TR", "TR3", "TR2011", "sum", "all", "R201", "201"] {
        assert!(!rule.is_named(word), "{word}");
    }
}

#[test]
fn the_command_line_decides_over_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("report.yaml", DOCUMENT);
    let exit_code = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
        command
            .current_dir(folder.path())
            .arg("check")
            .args(arguments)
            .output()
            .unwrap()
            .status
            .code()
            .unwrap()
    };
    for (configuration, expected) in [
        ("", 1),
        ("fail-on = \"never\"\n", 0),
        ("fail-on = \"error\"\n", 1),
        ("[rules]\nignore = [\"TR2\"]\n", 0),
    ] {
        write("candor.toml", configuration);
        assert_eq!(exit_code(&["report.yaml"]), expected, "{configuration}");
        assert_eq!(exit_code(&["."]), expected, "{configuration}");
    }
    write("candor.toml", "fail-on = \"never\"\n");
    assert_eq!(exit_code(&["--fail-on", "error"]), 1);
    assert_eq!(exit_code(&["--fail-on", "error", "--ignore", "sum-mismatch"]), 0);
    assert_eq!(exit_code(&["--fail-on", "error", "--select", "sum-mismatch"]), 1);
    assert_eq!(exit_code(&["--fail-on", "error", "--select", "period-gap"]), 0);
    write("candor.toml", "");
    write("other.toml", "fail-on = \"never\"\n");
    assert_eq!(exit_code(&["--config", "other.toml"]), 0);
    for (level, expected) in [("error", 1), ("warning", 1), ("note", 1), ("never", 0)] {
        assert_eq!(exit_code(&["--fail-on", level]), expected, "{level}");
    }
    assert_eq!(exit_code(&["--config", "missing.toml"]), 2);
    assert_eq!(exit_code(&["--baseline", "missing.json"]), 2);
    assert_eq!(exit_code(&["--fail-on", "fatal"]), 2);
    assert_eq!(exit_code(&["missing.yaml"]), 3);
    write("candor.toml", "fail-on = 1\n");
    assert_eq!(exit_code(&[]), 2);
    // An entry that has run out does not set its finding aside on the day that the command names.
    write(
        "candor.toml",
        "[[allow]]\nrule = \"sum-mismatch\"\nreason = \"rounding\"\nuntil = \"2025-06-30\"\n",
    );
    assert_eq!(exit_code(&["--as-of", "2025-06-30"]), 0);
    assert_eq!(exit_code(&["--as-of", "2025-07-01"]), 1);
    write("candor.toml", "");
    write("other.json", "{\"candor\": \"baseline-v1\", \"findings\": []}\n");
    assert_eq!(exit_code(&["report.yaml", "--baseline", "other.json"]), 1);
}
