//! The engine: a rule that panics stands alone, folding is exact, and the result is the same in any order.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::PathBuf;
use std::process::Command;

use candor::diag::{Level, RuleId};
use candor::engine::{Plan, run};
use candor::ingest::{Input, ingest, shipped_registry};
use candor::rule::{Check, Context, Look, Need, Rule, Sink, Verdict};
use candor::rules::RULES;
use candor::source::{Source, Sources};
use support::{every_finding, project};

static PANICKING: Rule = Rule {
    id: RuleId { code: "TR999", name: "panicking" },
    level: Level::Error,
    needs: &[Need::Observations],
    parameters: &[],
    documentation: "",
    check: Check::Alone(panic_now),
};

fn panic_now(_: &Context<'_>, _: &mut Sink) {
    panic!("out of cheese");
}

/// Two rules that share a look, which panics.
static LOOK: Look = Look { check: |_| panic!("out of wine") };
static FIRST: Rule =
    Rule { id: RuleId { code: "TR997", name: "first" }, check: Check::Together(&LOOK), ..sharing() };
static SECOND: Rule =
    Rule { id: RuleId { code: "TR998", name: "second" }, check: Check::Together(&LOOK), ..sharing() };

const fn sharing() -> Rule {
    Rule {
        id: RuleId { code: "", name: "" },
        level: Level::Error,
        needs: &[Need::Observations],
        parameters: &[],
        documentation: "",
        check: Check::Alone(panic_now),
    }
}

const DOCUMENT: &str = "candor: report-v1
publisher: example
title: Transparency report
defaults: {metric: appeals, unit: appeal}
series:
  - {category: Nudity, values: {2024: 1002}}
  - {category: Violence, values: {2024: 297}}
  - {category: All, total_of: categories, values: {2024: 1298}}
";

fn run_document(text: &str, rules: &[&'static Rule], plan: Plan) -> candor::engine::Outcome {
    let mut sources = Sources::default();
    let source = sources.add(Source::new("report.yaml", text.to_owned()));
    let input = Input { source, named: true, ..Input::default() };
    let dataset = ingest(&sources, &[input], shipped_registry(), &[]);
    run(dataset, sources, rules, plan)
}

#[test]
fn a_rule_that_panics_has_its_own_verdict_and_others_go_on() {
    let mut rules = RULES.to_vec();
    rules.push(&PANICKING);
    let outcome = run_document(DOCUMENT, &rules, Plan::default());
    assert_eq!(outcome.exit_code(None), 70);
    let verdict = outcome.verdicts.iter().find(|verdict| verdict.rule.id == PANICKING.id).unwrap();
    assert_eq!(verdict.verdict, Verdict::NotRun("failed: out of cheese".to_owned()));
    let names = support::rule_names(&outcome);
    assert!(names.contains(&"rule-failed") && names.contains(&"sum-mismatch"), "{names:?}");
    assert_eq!(outcome.verdicts.len(), RULES.len() + 1);
}

#[test]
fn rules_that_share_a_look_fail_together_wherever_they_stand() {
    let mut rules = RULES.to_vec();
    rules.insert(0, &SECOND);
    rules.push(&FIRST);
    let outcome = run_document(DOCUMENT, &rules, Plan::default());
    for (rule, other) in [(&FIRST, "TR998"), (&SECOND, "TR997")] {
        let verdict = outcome.verdicts.iter().find(|verdict| verdict.rule.id == rule.id).unwrap();
        assert_eq!(verdict.verdict, Verdict::NotRun("failed: out of wine".to_owned()));
        let findings = every_finding(&outcome);
        let own =
            findings.iter().find(|one| one.message.contains(rule.id.code) && one.message.contains("failed"));
        assert!(own.unwrap().message.contains(other), "{}", own.unwrap().message);
    }
    let codes: Vec<&str> = outcome.verdicts.iter().map(|verdict| verdict.rule.id.code).collect();
    assert_eq!(codes, rules.iter().map(|rule| rule.id.code).collect::<Vec<_>>());
    assert!(support::rule_names(&outcome).contains(&"sum-mismatch"));
}

#[test]
fn a_muted_rise_does_not_make_its_return_a_fall() {
    let values = "2014: 1040, 2015: 1102, 2016: 1075, 2017: 1130, 2018: 1099, 2019: 9680, 2020: 1123, 2021: 1151, 2022: 1170";
    let document = format!(
        "candor: report-v1\npublisher: example\ntitle: T\ndefaults: {{metric: appeals, unit: appeal}}\n\
         series:\n  - {{values: {{{values}}}}}\n"
    );
    let names = |plan: Plan| {
        let outcome = run_document(&document, RULES, plan);
        support::rule_names(&outcome).into_iter().filter(|name| name.starts_with("sharp")).collect::<Vec<_>>()
    };
    assert_eq!(names(Plan::default()), ["sharp-rise"]);
    let rise = candor::rules::find("sharp-rise").unwrap();
    let mut muted = Plan::default();
    for parameter in ["probability", "probability-note"] {
        muted.settings.set(rise, parameter, None, 0.0).unwrap();
    }
    assert!(names(muted).is_empty());
    let mut off = Plan::default();
    off.policy.turn_off(rise);
    assert!(names(off).is_empty());
}

/// Output of the program with a number of threads.
fn output(threads: &str, format: &str, paths: &[PathBuf]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .env("RAYON_NUM_THREADS", threads)
        .current_dir(project())
        .args(["check", "--verbose", "--all", "--format", format])
        .args(paths)
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn output_is_the_same_with_any_number_of_threads_and_any_order_of_paths() {
    let folder = "fixtures/datasets/ncmec";
    let mut files: Vec<PathBuf> = std::fs::read_dir(project().join(folder))
        .unwrap()
        .map(|entry| PathBuf::from(folder).join(entry.unwrap().file_name()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    for format in ["terminal", "concise", "json"] {
        let expected = output("1", format, &files);
        assert!(expected.len() > 1_000);
        let mut shuffled = files.clone();
        shuffled.reverse();
        shuffled.swap(1, 4);
        assert!(output("2", format, &shuffled) == expected, "{format}, two threads, shuffled");
        shuffled.rotate_left(3);
        assert!(output("8", format, &shuffled) == expected, "{format}, eight threads, shuffled");
        shuffled.push(files[0].clone());
        assert!(output("2", format, &shuffled) == expected, "{format}, a path named twice");
    }
}

#[test]
fn a_long_table_reads_the_same_in_any_number_of_parts() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "publisher,subject,metric,unit,detection,period,value\n".to_owned();
    for row in 0..70_000 {
        let (subject, month) = (row % 350, row / 350);
        let period = format!("{}-{:02}", 1990 + month / 12, month % 12 + 1);
        let value = 1_000_001 + row;
        // Faults of every kind that a part could count or number in its own way.
        let (detection, cells) = match row {
            5 | 40_000 | 69_000 => ("robot", format!("{period},{value}")),
            66_000 => ("human", format!("{period},2,{value}")),
            67_000 => ("human", format!("{period},\u{2013}")),
            68_000 => ("human", "someday,17".to_owned()),
            _ => ("human", format!("{period},{value}")),
        };
        text.push_str(&format!("example,service-{subject},content-actioned,piece,{detection},{cells}\n"));
    }
    assert!(text.len() > 4 << 20);
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    let expected = output("1", "json", std::slice::from_ref(&path));
    let report = String::from_utf8(expected.clone()).unwrap();
    for part in ["row 66002 has 8 cells", "robot", "someday"] {
        assert!(report.contains(part), "{part}");
    }
    for threads in ["2", "3", "8"] {
        assert!(output(threads, "json", std::slice::from_ref(&path)) == expected, "{threads} threads");
    }
}

#[test]
fn a_long_table_of_a_publisher_reads_the_same_in_any_number_of_parts() {
    const ROWS: usize = 20_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let header = "app,policy_area,metric,period,value\n";
    // What stands after some rows: nothing, what ends the table for a while, what ends it for good.
    for (name, after, between) in [
        ("one table", ROWS / 2, ""),
        ("a blank line", ROWS / 2, "\r\n\n"),
        ("the header again", ROWS / 2, header),
        ("a table that is not known", ROWS / 2, "\nsomething,else\n1,2\n\n"),
        ("notes at the end", ROWS, "\n\"Source: \"\"the report\"\"\nof the year\",,,,\n"),
        ("a quote that is never closed", ROWS, "Facebook,\"Bullying,Content Actioned,2020Q1,1\n"),
    ] {
        let mut text = header.to_owned();
        for row in 0..ROWS {
            let (area, quarter) = (row / 100, row % 100);
            let period = format!("{}Q{}", 1950 + quarter / 4, quarter % 4 + 1);
            let number = format!("{},{:03}", 20 + row / 1000, row % 1000);
            let value = match row {
                // Faults that a part could count or number in its own way.
                10 | 19_000 => "1234567".to_owned(),
                20 | 17_000 => format!("\"{number}\",1"),
                30 | 15_000 => "some".to_owned(),
                40 | 18_000 => format!("\"{number}*\""),
                _ if row % 9 == 0 => "N/A".to_owned(),
                _ => format!("\"{number}\""),
            };
            let area = if area % 7 == 0 { format!("\"Area,\n{area}\"") } else { format!("Area {area}") };
            text.push_str(&format!(
                "Facebook,{area} of the community standards,Content Actioned,{period},{value}\n"
            ));
            if row + 1 == after {
                text.push_str(between);
            }
        }
        assert!(text.len() > 5 << 18);
        std::fs::write(&path, text).unwrap();
        let expected = output("1", "json", std::slice::from_ref(&path));
        let report = String::from_utf8(expected.clone()).unwrap();
        for part in ["has 6 cells", "footnote mark", "`some`", "thousands separators"] {
            assert!(report.contains(part), "{name}: {part}");
        }
        assert!(output("3", "json", std::slice::from_ref(&path)) == expected, "{name}, three threads");
    }
}

#[test]
fn totals_count_what_is_folded() {
    let outcome = support::outcome(&[project().join("fixtures/datasets/ncmec")]);
    let all = every_finding(&outcome).len();
    let summary = outcome.summary;
    assert_eq!(summary.errors + summary.warnings + summary.notes + summary.explained, all);
    assert_eq!(summary.folded, all - outcome.findings.len());
    assert_eq!(outcome.verdicts.iter().map(|verdict| verdict.findings).sum::<usize>(), all);
    assert_eq!(summary.rules_checked + summary.rules_not_applicable + summary.rules_not_run, RULES.len());
}

#[test]
fn fingerprints_are_unique_and_survive_reordering() {
    let outcome = support::outcome(&[project().join("fixtures/datasets/ncmec")]);
    let prints = |outcome: &candor::engine::Outcome| {
        let mut prints: Vec<String> =
            every_finding(outcome).iter().map(|finding| finding.fingerprint()).collect();
        prints.sort();
        prints
    };
    let before = prints(&outcome);
    let mut unique = before.clone();
    unique.dedup();
    assert_eq!(unique, before);
    // The same dataset with the series of each document in another order.
    let folder = tempfile::tempdir().unwrap();
    let dataset = folder.path().join("ncmec");
    support::copy_folder(&project().join("fixtures/datasets/ncmec"), &dataset);
    for year in 2019..=2025 {
        let path = dataset.join(format!("reports-by-provider-{year}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, series) = text.split_once("\nseries:\n").unwrap();
        let mut entries: Vec<&str> = series.lines().filter(|line| line.starts_with("  - {")).collect();
        let rest: Vec<&str> = series.lines().filter(|line| !line.starts_with("  - {")).collect();
        entries.reverse();
        std::fs::write(&path, format!("{head}\nseries:\n{}\n{}\n", entries.join("\n"), rest.join("\n")))
            .unwrap();
    }
    assert_eq!(prints(&support::outcome(&[dataset])), before);
}
