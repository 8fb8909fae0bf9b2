//! The shipped dataset: what candor says of NCMEC's statements, and of the same with one fault put in by hand.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::Path;

use candor::diag::{Finding, Level, State};
use candor::engine::Outcome;
use rust_decimal::Decimal;
use support::{copy_folder, every_finding, lines, outcome, place, project};

fn shipped() -> Outcome {
    outcome(&[project().join("fixtures/datasets/ncmec")])
}

fn find<'o>(outcome: &'o Outcome, rule: &str, entity: &str, period: &str) -> Option<&'o Finding> {
    every_finding(outcome).into_iter().find(|finding| {
        finding.rule.name == rule
            && finding.subject.entity.as_deref() == Some(entity)
            && finding.subject.period.as_deref() == Some(period)
    })
}

fn notes<'f>(finding: &'f Finding, kind: &str) -> Vec<&'f str> {
    finding.notes.iter().filter(|note| note.kind == kind).map(|note| note.text.as_str()).collect()
}

/// Relative change of one of the figures behind a finding, in hundredths of a per cent.
fn change_of(finding: &Finding, name: &str) -> i64 {
    let change = finding
        .evidence
        .changes
        .iter()
        .find(|change| change.name == name)
        .unwrap_or_else(|| panic!("no {name}"));
    let ratio = change.to.unwrap() / change.from.unwrap() - Decimal::ONE;
    i64::try_from((ratio * Decimal::from(10_000)).round()).unwrap()
}

#[test]
fn the_fall_of_2024_is_reported_with_its_members_and_its_explanation() {
    let outcome = shipped();
    let finding = find(&outcome, "sharp-drop", "ncmec", "2024").unwrap();
    assert_eq!(place(&outcome, finding), "reports-per-year.yaml:53:21");
    assert_eq!(finding.message, "CyberTipline reports fall 43.4 % in 2024, from 36,210,368 to 20,512,803");
    assert_eq!(change_of(finding, "CyberTipline reports"), -4335);
    // Published: Google −20.1, X −21.2, Discord −28.9, Microsoft −27.2 per cent.
    for (name, hundredths) in
        [("Google", -2011), ("X", -2117), ("Discord", -2889), ("Microsoft", -2723), ("Meta", -5510)]
    {
        assert_eq!(change_of(finding, name), hundredths, "{name}");
    }
    let members = notes(finding, "members")[0];
    assert!(
        members.starts_with("Meta accounts for −16,893,905 (Facebook −9,248,065, Instagram −8,109,999"),
        "{members}"
    );
    assert!(members.ends_with("everybody else for +1,196,340"), "{members}");
    let falls = notes(finding, "falls")[0];
    for figure in
        ["Google −295,874 (−20.1 %)", "X −184,327 (−21.2 %)", "Discord −98,058 (−28.9 %)", "(−27.2 %)"]
    {
        assert!(falls.contains(figure), "{figure} in {falls}");
    }
    let State::Explained { by } = &finding.state else { panic!("not explained") };
    let breaks: Vec<&str> = by.iter().map(|one| one.by.as_str()).collect();
    assert_eq!(breaks, ["meta-default-encryption-2023", "ncmec-bundling-2024"]);
    let help = notes(finding, "help")[0];
    assert!(help.contains("29,200,000") && help.contains("1.42"), "{help}");
}

#[test]
fn earlier_declines_are_reported_where_the_evidence_supports_it_and_named_where_not() {
    let outcome = shipped();
    let fall = find(&outcome, "sharp-drop", "ncmec", "2005").unwrap();
    assert_eq!(place(&outcome, fall), "reports-per-year.yaml:34:13");
    assert_eq!(change_of(fall, "CyberTipline reports"), -3682);
    assert!(fall.is_active());
    // Three per cent and eight per cent are within what the series does; the record names them all the same.
    assert!(
        find(&outcome, "sharp-drop", "ncmec", "2008").is_none()
            && find(&outcome, "sharp-drop", "ncmec", "2019").is_none()
    );
    assert_eq!(
        notes(fall, "record"),
        ["4 falls in 27 changes: 2005 −36.8 %, 2008 −3.1 %, 2019 −8.0 %, 2024 −43.4 %"]
    );
}

#[test]
fn listing_brands_apart_is_no_drop() {
    let outcome = shipped();
    for entity in ["facebook", "meta"] {
        assert!(find(&outcome, "sharp-drop", entity, "2021").is_none(), "{entity}");
    }
}

#[test]
fn fifteen_reports_of_wickr_are_implausibly_low() {
    let outcome = shipped();
    let finding = find(&outcome, "implausibly-low", "wickr", "2021").unwrap();
    assert_eq!(place(&outcome, finding), "reports-by-provider-2021.yaml:241:53");
    assert!(finding.message.starts_with("15 CyberTipline reports of Wickr in 2021"), "{}", finding.message);
    assert!(notes(finding, "peers")[0].contains("WhatsApp 1,372,696"));
}

#[test]
fn printed_totals_hold() {
    let outcome = shipped();
    let rules = [
        "sum-mismatch",
        "part-exceeds-whole",
        "conflicting-duplicate",
        "units-compared",
        "period-gap",
        "repeated-value",
    ];
    for finding in every_finding(&outcome) {
        assert!(!rules.contains(&finding.rule.name), "{}", finding.message);
    }
    assert_eq!(outcome.summary.errors, 0);
    let sums = outcome.verdicts.iter().find(|verdict| verdict.rule.id.name == "sum-mismatch").unwrap();
    assert_eq!(sums.verdict, candor::rule::Verdict::Checked { examined: 7 });
}

/// Changes one place of one file of a copy of the dataset and gives the findings that this adds.
fn corrupted(file: &str, from: &str, to: &str) -> (Vec<String>, u8) {
    let folder = tempfile::tempdir().unwrap();
    let dataset = folder.path().join("ncmec");
    copy_folder(&project().join("fixtures/datasets/ncmec"), &dataset);
    change(&dataset.join(file), from, to);
    let shipped = shipped();
    let before: Vec<&str> = every_finding(&shipped).iter().map(|finding| finding.message.as_str()).collect();
    let after = outcome(&[dataset]);
    // What is said of a figure reads differently where the figure does.
    let is_on_claims = |line: &String| line.contains("[claim-") || line.contains("[claims-");
    let added = lines(&after)
        .into_iter()
        .filter(|line| !before.contains(&message_of(line)) && !is_on_claims(line))
        .collect();
    (added, after.exit_code(Some(Level::Note)))
}

/// A line that is put in moves all others down, and what was folded may stand alone: neither is new.
fn message_of(line: &str) -> &str {
    line.split_once("] ").unwrap().1
}

fn change(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} in {}", path.display());
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// One fault, one new finding, at its place.
#[track_caller]
fn one_finding(file: &str, from: &str, to: &str, expected: &str) {
    let (added, exit) = corrupted(file, from, to);
    assert_eq!(added, [expected]);
    assert_ne!(exit, 0);
}

#[test]
fn a_dropped_digit() {
    one_finding(
        "reports-by-provider-2021.yaml",
        "{2021: 875783}",
        "{2021: 87578}",
        "reports-by-provider-2021.yaml:89:55 error[sum-mismatch] 230 parts of 2021 sum to 28,368,878, while the total is stated as 29,157,083",
    );
    one_finding(
        "reports-per-year.yaml",
        "2015: 4403657",
        "2015: 440365",
        "reports-per-year.yaml:44:13 warning[sharp-drop] CyberTipline reports fall 60.2 % in 2015, from 1,106,071 to 440,365, and return to 8,297,923 in 2016",
    );
    one_finding(
        "reports-per-year.yaml",
        "2023: 36210368",
        "2023: 3621036",
        "reports-per-year.yaml:52:13 error[conflicting-duplicate] 2023 is stated as 36,210,368 and as 3,621,036",
    );
    // Of 2024 the list is a selection and no sum can be checked: the figure stands out beside its neighbours.
    one_finding(
        "reports-by-provider-2024.yaml",
        "{2024: 1175084}",
        "{2024: 117508}",
        "reports-by-provider-2024.yaml:40:55 note[sharp-drop] CyberTipline reports of Google fall 92.0 % in 2024, from 1,470,958 to 117,508, and return to 1,461,378 in 2025",
    );
}

#[test]
fn a_year_doubled() {
    one_finding(
        "reports-per-year.yaml",
        "2012: 415650",
        "2012: 415650\n      2012: 415650",
        "reports-per-year.yaml:42:13 warning[repeated-key] 2012 is stated twice: 415,650",
    );
    one_finding(
        "reports-per-year.yaml",
        "2012: 415650",
        "2011: 415650",
        "reports-per-year.yaml:41:13 error[conflicting-duplicate] 2011 is stated as 326,310 and as 415,650",
    );
    one_finding(
        "reports-per-year.yaml",
        "2022: 32059029",
        "2022: 64118058",
        "reports-per-year.yaml:51:13 error[conflicting-duplicate] 2022 is stated as 32,059,029 and as 64,118,058",
    );
    one_finding(
        "reports-per-year.yaml",
        "2012: 415650",
        "2012: 831300",
        "reports-per-year.yaml:41:13 note[sharp-rise] CyberTipline reports rise 154.8 % in 2012, from 326,310 to 831,300, and return to 505,280 in 2013",
    );
}

#[test]
fn a_unit_renamed() {
    one_finding(
        "reports-by-provider-2021.yaml",
        "unit: report",
        "unit: reports",
        "reports-by-provider-2021.yaml:22:9 error[schema-violation] `reports` is not one of the values allowed for `unit`",
    );
    let (added, _) = corrupted("reports-by-provider-2021.yaml", "unit: report", "unit: incident");
    let units: Vec<&String> = added.iter().filter(|line| line.contains("units-compared")).collect();
    assert_eq!(
        units,
        [
            "reports-by-provider-2021.yaml:22:9 error[units-compared] 232 values of 2021 count incidents where 1998 to 2025 count reports"
        ]
    );
}

#[test]
fn a_total_off_by_one() {
    one_finding(
        "reports-by-provider-2023.yaml",
        "{2023: 35944826}",
        "{2023: 35944827}",
        "reports-by-provider-2023.yaml:274:95 error[sum-mismatch] 247 parts of 2023 sum to 35,944,826, while the total is stated as 35,944,827",
    );
}

#[test]
fn a_value_quoted_as_text() {
    one_finding(
        "reports-per-year.yaml",
        "2022: 32059029",
        "2022: \"32059029\"",
        "reports-per-year.yaml:51:13 error[schema-violation] expected a number or an object, found text `\"32059029\"`",
    );
}

#[test]
fn a_broken_brace() {
    one_finding(
        "reports-by-provider-2022.yaml",
        "values: {2022: 2174548}}",
        "values: {2022: 2174548}",
        "reports-by-provider-2022.yaml:94:5 error[unreadable-input] the `{` that opens here is never closed",
    );
}

#[test]
fn incidents_are_not_reports() {
    // The figure alone, in a series of reports.
    let (added, _) = corrupted("reports-per-year.yaml", "2024: {value: 20512803", "2024: {value: 29200000");
    assert_eq!(
        added,
        [
            "reports-per-year.yaml:53:21 error[units-compared] 29,200,000 of 2024 is the number of incidents, in a series of reports"
        ]
    );
    // The unit named at the value.
    let (added, _) = corrupted(
        "reports-per-year.yaml",
        "2024: {value: 20512803",
        "2024: {value: 29200000, unit: incident",
    );
    assert_eq!(
        added,
        [
            "reports-per-year.yaml:53:21 error[units-compared] 2024 counts incidents where 1998 to 2025 count reports"
        ]
    );
}

#[test]
fn a_contribution_that_continues_reports_with_incidents() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = folder.path().join("ncmec");
    copy_folder(&project().join("fixtures/datasets/ncmec"), &dataset);
    let table = "publisher,metric,period,unit,value\n\
                 ncmec,cybertipline-reports,2022,report,32059029\n\
                 ncmec,cybertipline-reports,2023,report,36210368\n\
                 ncmec,cybertipline-reports,2024,incident,29200000\n";
    std::fs::write(dataset.join("contribution.csv"), table).unwrap();
    let outcome = outcome(&[dataset]);
    let errors: Vec<&Finding> =
        outcome.findings.iter().filter(|finding| finding.level == Level::Error).collect();
    let [finding] = errors.as_slice() else { panic!("{:?}", lines(&outcome)) };
    assert_eq!(finding.rule.name, "units-compared");
    assert_eq!(place(&outcome, finding), "contribution.csv:4:42");
    assert!(notes(finding, "help").contains(&"in reports, 2024 is 20,512,803"), "{:?}", finding.notes);
}
