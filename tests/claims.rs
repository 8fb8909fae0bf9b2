//! Claims: the verdict and the arithmetic of every claim of the shipped dataset, the language of expressions, and hostile
//! claims files.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use candor::diag::{Entry, Schedule};
use candor::engine::Outcome;
use support::{every_finding, lines, outcome, project};

/// The schedule of claims: each row by its columns.
fn claims(outcome: &Outcome) -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let schedule: &Schedule = outcome.schedules.iter().find(|one| one.name == "claims").expect("no claims");
    let text = |entry: &Entry| match entry {
        Entry::Empty => String::new(),
        Entry::Text(text) => text.clone(),
        Entry::Number(number) => number.to_string(),
    };
    let row = |row: &candor::diag::ScheduleRow| -> BTreeMap<&'static str, String> {
        schedule.columns.iter().copied().zip(row.entries.iter().map(text)).collect()
    };
    schedule.rows.iter().map(row).map(|row| (row["id"].clone(), row)).collect()
}

fn shipped() -> &'static Outcome {
    static SHIPPED: OnceLock<Outcome> = OnceLock::new();
    SHIPPED.get_or_init(|| outcome(&[project().join("fixtures/datasets/ncmec")]))
}

/// A claim of the shipped dataset ends in a verdict, and a column holds some words.
#[track_caller]
fn holds(id: &str, verdict: &str, words: &[(&str, &str)]) {
    let outcome = shipped();
    let all = claims(outcome);
    let row = &all[id];
    assert_eq!(row["verdict"], verdict, "{id}: {row:?}");
    for (column, expected) in words {
        assert!(row[column].contains(expected), "{id} {column}: {}", row[column]);
    }
    let reported = every_finding(outcome)
        .into_iter()
        .filter(|finding| {
            finding.rule.code.starts_with("TR7")
                && finding.subject.path.as_deref().is_some_and(|path| path.ends_with(&format!("#{id}")))
        })
        .count();
    assert_eq!(reported, usize::from(verdict != "consistent"), "{id}: one verdict, one finding");
}

#[test]
fn k01_fifteen_reports_of_wickr() {
    holds("K01", "consistent", &[("arithmetic", "15"), ("reading", "of Wickr in 2021")]);
}

#[test]
fn k02_three_services_of_meta() {
    holds("K02-facebook", "consistent", &[("computed_low", "22118952"), ("computed_high", "22118952")]);
    holds("K02-instagram", "consistent", &[("computed_low", "3393654")]);
    holds("K02-whatsapp", "consistent", &[("computed_low", "1372696")]);
}

#[test]
fn k03_in_the_millions() {
    holds("K03", "consistent", &[("arithmetic", "1,372,696 (the lowest of 3)")]);
}

#[test]
fn k04_sixty_nine_million_belong_to_2019() {
    holds(
        "K04",
        "wrong period",
        &[
            ("fits", "CyberTipline files in 2019: 69,158,197"),
            ("arithmetic", "33,690,561"),
            ("tried", "CyberTipline files in 2020: 65,465,314"),
            ("tried", "CyberTipline files (images) in 2019: 27,788,328"),
        ],
    );
}

#[test]
fn k05_sixty_nine_million_are_files() {
    holds(
        "K05",
        "wrong unit",
        &[("fits", "CyberTipline files in 2019: 69,158,197"), ("arithmetic", "27,788,328")],
    );
}

#[test]
fn k06_ninety_four_per_cent_of_the_reports_of_providers() {
    holds(
        "K06",
        "wrong unit",
        &[
            ("fits", "15,884,511 / 16,836,694 = 94.34 %"),
            ("fits", "CyberTipline reports (electronic service providers) in 2019"),
            ("arithmetic", "the data hold no CyberTipline files of Meta"),
        ],
    );
}

#[test]
fn k07_one_figure_for_two_years() {
    holds(
        "K07",
        "contradicts another claim",
        &[("remarks", "K07 and claim K04"), ("remarks", "period 2019 against 2020")],
    );
}

#[test]
fn k08_another_period_and_another_base() {
    holds(
        "K08",
        "contradicts another claim",
        &[
            ("remarks", "period 2020 against 2019-10-01/2020-09-30"),
            ("remarks", "base all online sexual crimes"),
        ],
    );
}

#[test]
fn k09_incidents_are_no_reports() {
    holds(
        "K09",
        "wrong unit",
        &[("fits", "CyberTipline incidents in 2024: 29,200,000"), ("arithmetic", "20,512,803")],
    );
}

#[test]
fn k10_nineteen_per_cent_across_units() {
    holds(
        "K10",
        "consistent",
        &[
            ("arithmetic", "29,200,000 / 36,210,368 − 1 = −19.50 % to −19.22 %"),
            ("remarks", "alone: 20,512,803 / 36,210,368 − 1 = −43.35 %"),
        ],
    );
}

#[test]
fn k11_seven_million_across_units() {
    holds(
        "K11",
        "consistent",
        &[
            ("arithmetic", "= −7,060,368 to −6,960,368"),
            ("remarks", "alone: 20,512,803 − 36,210,368 = −15,697,565"),
        ],
    );
}

#[test]
fn k12_the_largest_in_numbers_and_not_in_proportion() {
    holds(
        "K12",
        "consistent",
        &[
            ("arithmetic", "(−1,475,061: 2019, the lowest of 25)"),
            ("remarks", "read as relative it does not hold"),
            ("remarks", "−36.82 %: 2005"),
        ],
    );
}

#[test]
fn k13_the_fourth_decline() {
    holds("K13", "contradicted", &[("arithmetic", "4 (2005, 2008, 2019 and 2024)"), ("stated", "2")]);
}

#[test]
fn k14_not_reproducible_and_out_of_bounds() {
    holds(
        "K14",
        "uncheckable",
        &[
            ("arithmetic", "the data hold no CyberTipline incidents of Meta"),
            ("tried", "= −16,893,905"),
            ("remarks", "−6,900,000 is outside what other figures allow"),
            // 29.15 to 29.25 million incidents less 6,747,998 reports of others, less 30,658,723 reports of Meta in 2023.
            ("remarks", "at most −8,156,721"),
        ],
    );
}

#[test]
fn k15_sixty_seven_per_cent_of_reports_among_incidents() {
    holds(
        "K15",
        "consistent",
        &[
            ("arithmetic", "/ 20,512,803 = 67.10 %"),
            (
                "remarks",
                "it counts CyberTipline reports, while K09, K10, K11, K12, K14 and K19 of the same source count CyberTipline incidents",
            ),
        ],
    );
}

#[test]
fn k16_first_in_every_year() {
    holds(
        "K16",
        "consistent",
        &[("arithmetic", "1 (1 in 2019, 1 in 2020, 1 in 2021, 1 in 2022, 1 in 2023, 1 in 2024)")],
    );
}

#[test]
fn k17_from_thousands_to_millions() {
    holds("K17-from", "consistent", &[("arithmetic", "4,560")]);
    holds("K17-to", "consistent", &[("arithmetic", "36,210,368")]);
}

#[test]
fn k18_four_of_five_and_the_two_rows_of_x() {
    holds("K18-google", "consistent", &[("arithmetic", "= −20.11 %")]);
    holds(
        "K18-x",
        "consistent",
        &[("arithmetic", "686,176 / (Twitter, Inc. 597,087 + X Corp. 273,416) − 1 = −21.17 %")],
    );
    holds("K18-discord", "consistent", &[("arithmetic", "= −28.89 %")]);
    holds("K18-microsoft", "consistent", &[("arithmetic", "= −27.21 %")]);
    holds("K18-synchronoss", "uncheckable", &[("arithmetic", "no figure of 2024")]);
}

#[test]
fn k19_fewer_reports_than_incidents() {
    holds("K19", "consistent", &[("arithmetic", "20,512,803 − 29,200,000 = −8,737,197 to −8,637,197")]);
    holds(
        "K19-quarters",
        "consistent",
        &[("arithmetic", "2,000,000 − 6,000,000 = −4,100,000 to −3,900,000")],
    );
}

#[test]
fn k20_and_k21_lack_a_base_and_figures() {
    holds("K20", "uncheckable", &[("arithmetic", "no base is given")]);
    holds("K21", "uncheckable", &[("arithmetic", "no aggregate figures")]);
}

const HEADER: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}
methodology: https://www.example.org/how-we-count
defaults: {metric: appeals, unit: appeal}
series:
";

/// Checks claims against series; both are what stands after the header.
fn check(claims: &str, series: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "candor: claims-v1\ndefaults: {{publisher: example, metric: appeals}}\nsources:\n  - id: article\n    publisher: Example Times\n    claims:\n{claims}"
    );
    std::fs::write(folder.path().join("claims.yaml"), text).unwrap();
    std::fs::write(folder.path().join("report.yaml"), format!("{HEADER}{series}")).unwrap();
    outcome(&[folder.path().to_path_buf()])
}

/// One claim with this number and expression.
fn one(stated: &str, expression: &str) -> String {
    format!("      - {{id: C1, says: So., stated: {stated}, expression: '{expression}'}}\n")
}

#[track_caller]
fn verdict(stated: &str, expression: &str, series: &str, expected: &str, arithmetic: &str) {
    let outcome = check(&one(stated, expression), series);
    let all = claims(&outcome);
    let row = &all["C1"];
    assert_eq!((row["verdict"].as_str(), row["arithmetic"].as_str()), (expected, arithmetic), "{expression}");
}

#[test]
fn what_is_missing_is_said() {
    let series = "  - {values: {2022: 0, 2023: {kind: suppressed}, 2024: 1311}}\n";
    let cases = [
        ("value(period = 2023)", "the figure of 2023 for Appeals is suppressed, which is no 0"),
        ("value(period = 2021)", "the data hold no figure of 2021 for Appeals"),
        (
            "percent_change(value(period = 2022), value(period = 2024))",
            "it divides by a figure that is, or may be, 0",
        ),
        ("1 / 0", "it divides by a figure that is, or may be, 0"),
        ("value(metric = apeals, period = 2024)", "the data hold nothing with the metric `apeals`"),
        ("value(subject = somebody, period = 2024)", "the data hold nothing with the subject `somebody`"),
        ("value(category = Spam, period = 2024)", "the data hold nothing with the category `Spam`"),
        ("value()", "no period is named"),
        ("value(period = 2022..2024)", "a value has one period; `sum` adds up a range"),
        ("change(period = 2024)", "a change needs a range of periods, such as `period = 2023..2024`"),
        ("changes(period = 2022..2024)", "`changes` is a list, from which `minimum` or `maximum` takes one"),
        ("1000000000000000000000 * 1000000000000000000000", "a result has more digits than can be kept"),
    ];
    for (expression, why) in cases {
        verdict("{value: 5}", expression, series, "uncheckable", why);
    }
}

#[test]
fn a_misspelt_term_is_pointed_at() {
    let outcome =
        check(&one("{value: 5}", "value(metric = apeals, period = 2024)"), "  - {values: {2024: 1311}}\n");
    let [finding] = every_finding(&outcome)[..] else { panic!("{:?}", lines(&outcome)) };
    assert_eq!(finding.rule.name, "claim-uncheckable");
    assert!(finding.notes.iter().any(|note| note.text == "did you mean `appeals`?"), "{:?}", finding.notes);
    let location = finding.related[0].location;
    assert_eq!(outcome.sources.get(location.source).slice(location.span), "apeals");
}

#[test]
fn faults_of_expressions_point_into_the_file() {
    let cases = [
        ("valeu(period = 2024)", "there is no function `valeu`", "valeu", "did you mean `value`?"),
        ("value(periode = 2024)", "there is no selector `periode`", "periode", "did you mean `period`?"),
        ("value(unit = apeal)", "there is no unit `apeal`", "apeal", "did you mean `appeal`?"),
        ("value(period = 20x4)", "`20x4` is no period", "20x4", ""),
        ("value(period = 2024..2019)", "`2024..2019` is no period", "2024..2019", ""),
        ("value(period = 2024", "expected `,` or `)`, found the end", "", ""),
        ("share(1)", "`share` takes two operands", "share", ""),
        ("value(1)", "`value` takes selectors alone", "value", ""),
        ("sum(1, period = 2024)", "`sum` takes either selectors or operands, not both", "sum", ""),
        ("value(subject = a, company = b)", "`subject` and `company` exclude each other", "company", ""),
        ("1.2.3", "`1.2.3` is no number that can be kept exactly", "1.2.3", ""),
    ];
    for (expression, message, at, help) in cases {
        let outcome = check(&one("{value: 5}", expression), "  - {values: {2024: 1311}}\n");
        let [finding] = every_finding(&outcome)[..] else { panic!("{expression}: {:?}", lines(&outcome)) };
        assert_eq!(finding.rule.name, "schema-violation", "{expression}");
        assert!(finding.message.contains(message), "{expression}: {}", finding.message);
        let location = finding.primary.location;
        assert_eq!(outcome.sources.get(location.source).slice(location.span), at, "{expression}");
        assert!(help.is_empty() || finding.notes.iter().any(|note| note.text == help), "{:?}", finding.notes);
        assert_eq!(claims(&outcome)["C1"]["verdict"], "uncheckable");
    }
}

#[test]
fn words_in_folded_text_are_found_in_the_file() {
    let claim = "      - id: C1\n        says: So.\n        stated: {value: 5}\n        expression: >-\n          value(period = 2024)\n          + vlaue(period = 2023)\n";
    let outcome = check(claim, "  - {values: {2024: 1311}}\n");
    assert_eq!(
        lines(&outcome),
        ["claims.yaml:12:13 error[schema-violation] in an expression: there is no function `vlaue`"]
    );
}

#[test]
fn hostile_expressions_end_quickly() {
    let nested = format!("{}1{}", "(".repeat(1_900), ")".repeat(1_900));
    let calls = format!("{}1{}", "sum(".repeat(500), ")".repeat(500));
    let long = "1+".repeat(1_900) + "1";
    let endless = "declines(period = 0001-01..9999-12)";
    for expression in [nested.as_str(), &calls, &long, endless] {
        let outcome = check(&one("{value: 5}", expression), "  - {values: {2024: 1311}}\n");
        assert_eq!(claims(&outcome)["C1"]["verdict"], "uncheckable");
    }
}

#[test]
fn rounding_is_no_contradiction() {
    let series = "  - {values: {2023: {value: 9400000, rounded_to: 100000}, 2024: 1449}}\n";
    verdict("{value: 9440000, rounded_to: 10000}", "value(period = 2023)", series, "consistent", "9,400,000");
    verdict("{value: 1400, rounded_to: 100}", "value(period = 2024)", series, "consistent", "1,449");
    verdict("{value: 1400, rounded_to: 10}", "value(period = 2024)", series, "contradicted", "1,449");
}

#[test]
fn a_period_without_a_figure_fits_no_other() {
    let series = "  - {values: {2023: 1204}}\n";
    verdict(
        "{value: 1204}",
        "value(period = 2024)",
        series,
        "uncheckable",
        "the data hold no figure of 2024 for Appeals",
    );
}

#[test]
fn neighbouring_periods_are_a_parameter() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("report.yaml", &format!("{HEADER}  - {{values: {{2022: 1204, 2023: 1300, 2024: 1311}}}}\n"));
    write(
        "claims.yaml",
        &format!(
            "candor: claims-v1\ndefaults: {{metric: appeals}}\nsources:\n  - id: article\n    publisher: Example Times\n    claims:\n{}",
            one("{value: 1204}", "value(period = 2024)")
        ),
    );
    assert_eq!(claims(&outcome(&[folder.path().to_path_buf()]))["C1"]["verdict"], "contradicted");
    write("candor.toml", "[rules.parameters.claim-wrong-period]\nneighbours = 2\n");
    assert_eq!(claims(&outcome(&[folder.path().to_path_buf()]))["C1"]["verdict"], "wrong period");
}

#[test]
fn a_claim_is_stated_once() {
    let claim = one("{value: 1311}", "value(period = 2024)");
    let outcome = check(&format!("{claim}{claim}"), "  - {values: {2024: 1311}}\n");
    assert_eq!(lines(&outcome).len(), 1);
    assert!(lines(&outcome)[0].contains("the claim `C1` stands twice; the first is used"));
}

#[test]
fn the_schedule_is_there_whichever_rule_runs() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(project())
        .args(["check", "fixtures/datasets/ncmec", "--ignore", "TR701", "--format", "json"])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut schedules = report["schedules"].as_array().unwrap().iter();
    let claims = schedules.find(|schedule| schedule["name"] == "claims").unwrap();
    assert_eq!(claims["rows"].as_array().unwrap().len(), 30);
}

#[test]
fn verdicts_of_claims_that_hold_are_shown_on_request() {
    let print = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_candor"));
        command.current_dir(project()).args(["check", "fixtures/datasets/ncmec"]).args(more);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let row = "K18-google       consistent";
    assert!(print(&["--verbose"]).contains(row) && !print(&[]).contains(row));
}

/// The tables of docs/claims.md: expression and what comes of it, on the figures of examples/claims.
#[test]
fn the_expressions_of_the_documentation_give_what_it_says() {
    let text = std::fs::read_to_string(project().join("docs/claims.md")).unwrap();
    let rows: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
        .filter(|(expression, _)| expression.contains('('))
        .collect();
    assert!(rows.len() >= 12, "{rows:?}");
    for (expression, expected) in rows {
        let folder = tempfile::tempdir().unwrap();
        let example = project().join("examples/claims");
        for name in ["report.yaml", "entities.yaml"] {
            std::fs::copy(example.join(name), folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("candor.toml"), "registries = [\"entities.yaml\"]\n").unwrap();
        let claim =
            format!("      - {{id: C1, says: So., stated: {{value: 5}}, expression: '{expression}'}}\n");
        let claims_file = format!(
            "candor: claims-v1\ndefaults: {{metric: appeals}}\nsources:\n  - id: article\n    publisher: Example Times\n    claims:\n{claim}"
        );
        std::fs::write(folder.path().join("claims.yaml"), claims_file).unwrap();
        let outcome = outcome(&[folder.path().to_path_buf()]);
        assert_eq!(claims(&outcome)["C1"]["arithmetic"], expected, "{expression}");
    }
}

#[test]
fn the_documentation_shows_its_example_whole() {
    let text = std::fs::read_to_string(project().join("docs/claims.md")).unwrap();
    let shown = std::fs::read_to_string(project().join("examples/claims/claims.yaml")).unwrap();
    assert!(text.contains(&shown));
}
