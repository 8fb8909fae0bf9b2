//! Sums, parts, rates and stocks of real publications, with their figures, and files in which all of them hold.
//!
//! Each test is named after what was published; the comment names its case in the list that the project was built to.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::fmt::Write as _;
use std::path::PathBuf;

use candor::diag::{Finding, Level};
use candor::engine::Outcome;

use support::{of_rule, outcome, project, published};

/// What checking a fixture of a rule leads to.
fn fixture(name: &str) -> Outcome {
    outcome(&[project().join("fixtures/rules").join(name)])
}

fn messages(outcome: &Outcome, code: &str) -> Vec<String> {
    of_rule(outcome, code).into_iter().map(|finding| finding.message.clone()).collect()
}

fn notes(finding: &Finding) -> String {
    finding.notes.iter().map(|note| format!("{}: {}\n", note.kind, note.text)).collect()
}

/// The finding whose message has these words.
fn finding<'o>(outcome: &'o Outcome, code: &str, words: &str) -> &'o Finding {
    let found = of_rule(outcome, code);
    let all = || messages(outcome, code).join("\n");
    found.iter().find(|one| one.message.contains(words)).unwrap_or_else(|| panic!("{words}:\n{}", all()))
}

#[test]
fn github_s_halves_of_2024_are_the_same_and_not_its_year() {
    // G1
    let folder = "github-transparency/data/appeals_and_other_reinstatements";
    let Some(outcome) = published(&[folder]) else { return };
    let disabled = finding(&outcome, "TR102", "sum to 5,954, while 2024 is stated as 30,371");
    assert_eq!(disabled.level, Level::Error);
    let help = "2024-H2 repeats the figure of 2024-H1; with 27,394 the sum would hold";
    assert!(notes(disabled).contains(help), "{}", notes(disabled));
    finding(&outcome, "TR102", "sum to 6, while 2024 is stated as 8");
}

#[test]
fn github_s_years_differ_from_their_halves() {
    // G2
    let folder = "github-transparency/data";
    let Some(outcome) = published(&[
        &format!("{folder}/appeals_and_other_reinstatements"),
        &format!("{folder}/government_takedowns"),
    ]) else {
        return;
    };
    finding(&outcome, "TR102", "2024-H1 and 2024-H2 sum to 401, while 2024 is stated as 402");
    finding(&outcome, "TR102", "2024-H1 and 2024-H2 sum to 358, while 2024 is stated as 348");
    finding(&outcome, "TR102", "2024-H1 and 2024-H2 sum to 0, while 2024 is stated as 1");
    let left_out = |figures: &str| {
        let one = finding(&outcome, "TR102", figures);
        assert_eq!(one.level, Level::Warning);
        assert_eq!(one.subject.jurisdiction.as_deref(), Some("RU"));
    };
    left_out("2024-H1 is 5, and no other half-year is listed, while 2024 is stated as 13");
    left_out("2024-H1 is 17, and no other half-year is listed, while 2024 is stated as 42");
}

#[test]
fn github_disclosed_more_than_was_requested() {
    // G3
    let folder = "github-transparency/data/requests_to_disclose_user_information";
    let Some(outcome) = published(&[folder]) else { return };
    let found = messages(&outcome, "TR202");
    assert_eq!(found.len(), 3, "{found:?}");
    for (disclosed, received) in [("269", "183"), ("170", "94"), ("64", "22")] {
        finding(
            &outcome,
            "TR202",
            &format!("{disclosed} legal requests with disclosure in 2021, more than the {received} "),
        );
    }
}

#[test]
fn github_s_months_of_notices_differ_from_its_halves() {
    // G6
    let Some(outcome) = published(&["github-transparency/data/dmca"]) else { return };
    finding(&outcome, "TR102", "sum to 1,133, while 2020-H2 is stated as 1,134");
    finding(&outcome, "TR102", "sum to 981, while 2021-H1 is stated as 982");
    finding(&outcome, "TR102", "sum to 844, while 2021-H2 is stated as 846");
}

#[test]
fn telegram_s_nested_periods_add_up() {
    // TG
    let Some(outcome) = published(&["telegram/dataset.json"]) else { return };
    assert_eq!(messages(&outcome, "TR102"), Vec::<String>::new());
}

#[test]
fn ncmec_s_list_of_signatures_grew_by_more_than_was_added() {
    // N02
    let outcome = fixture("stock-flow-mismatch/fail-signatures");
    let found = finding(&outcome, "TR205", "+927,077, while 427,139 is stated for 2023");
    assert!(notes(found).contains("the flow as 927,139, one digit away, would leave 62"), "{}", notes(found));
    assert_eq!(fixture("stock-flow-mismatch/pass-signatures").findings, []);
}

#[test]
fn overlapping_relationships_sum_to_less_than_the_images_that_have_one() {
    // N05
    let outcome = fixture("below-union/fail-relationships");
    finding(&outcome, "TR206", "sum to 1,238,363, less than the 1,241,723 that are in any of them");
}

#[test]
fn a_total_of_the_states_counts_a_district_that_is_not_listed() {
    // N06
    let outcome = fixture("entity-missing-from-total/fail-district");
    let found = finding(&outcome, "TR106", "is 678,972 more than");
    assert!(found.message.contains("District of Columbia"), "{}", found.message);
    assert_eq!(found.related.len(), 1);
}

#[test]
fn reports_to_ncmec_fell_in_three_years() {
    // N12
    let Some(outcome) = published(&["ncmec/ocse-reports-per-year.csv"]) else { return };
    let drops = messages(&outcome, "TR301");
    let shipped = outcome_of_the_dataset();
    let fall = finding(&shipped, "TR301", "fall 43.4 % in 2024");
    let record = "2005 −36.8 %, 2008 −3.1 %, 2019 −8.0 %, 2024 −43.4 %";
    assert!(notes(fall).contains(record), "{} {drops:?}", notes(fall));
}

fn outcome_of_the_dataset() -> Outcome {
    outcome(&[project().join("fixtures/datasets/ncmec")])
}

#[test]
fn recipients_of_reports_may_sum_to_more_than_the_reports() {
    // N13
    let Some(outcome) = published(&["ncmec/ocse-report-recipients.csv"]) else { return };
    for code in ["TR201", "TR206"] {
        assert_eq!(messages(&outcome, code), Vec::<String>::new());
    }
}

#[test]
fn ncmec_s_tables_sum_to_their_totals() {
    // N14
    let files = [
        "ncmec/ncmec-by-esp.csv",
        "ncmec/ncmec-by-country.csv",
        "ncmec/ocse-report-contents.csv",
        "ncmec/ocse-report-recipients.csv",
    ];
    let Some(all) = published(&files) else { return };
    assert_eq!(messages(&all, "TR201"), Vec::<String>::new());
    for file in files {
        let outcome = published(&[file]).unwrap();
        assert_eq!(messages(&outcome, "TR201"), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn a_comparison_lacks_the_reports_of_a_brand() {
    // P08
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return;
    };
    // A registry beside them, without the configuration of its own dataset.
    let beside = tempfile::tempdir().unwrap();
    let entities = beside.path().join("entities.yaml");
    std::fs::copy(project().join("fixtures/datasets/ncmec/entities.yaml"), &entities).unwrap();
    let outcome = outcome(&[
        folder.join("curated/comparable-reports.csv"),
        folder.join("curated/ocse-reports-per-platform.json"),
        entities,
    ]);
    let found = finding(&outcome, "TR207", "Microsoft in 2023 are stated as 140,720");
    assert!(found.message.ends_with("give 140,757"), "{}", found.message);
    assert!(notes(found).contains("without GitHub it would follow"), "{}", notes(found));
}

#[test]
fn snap_s_shares_of_accounts_are_not_its_accounts() {
    // P13
    let Some(outcome) = published(&["curated/ocse-reports-per-platform.json"]) else { return };
    let snap: Vec<&Finding> = of_rule(&outcome, "TR203")
        .into_iter()
        .filter(|found| found.subject.publisher.as_deref() == Some("snap"))
        .collect();
    assert_eq!(snap.len(), 3, "{:?}", messages(&outcome, "TR203"));
    for words in [
        "2.51 % of 1,355,163 is 34,015 (33,947 to 34,082 with its rounding), not 34,830",
        "2.99 % of 2,100,124 is 62,794 (62,689 to 62,898 with its rounding), not 47,550",
        "5.43 % of 2,510,798 is 136,336 (136,211 to 136,461 with its rounding), not 119,134",
    ] {
        assert!(snap.iter().any(|found| notes(found).contains(words)), "{words}");
    }
}

#[test]
fn snap_s_shares_of_accounts_as_a_fixture() {
    // P13
    let outcome = fixture("rate-mismatch/fail-share-of-accounts");
    let found = of_rule(&outcome, "TR203");
    assert_eq!(found.len(), 2);
    assert!(notes(found[0]).contains("2.51 % of 1,355,163 is 34,015"), "{}", notes(found[0]));
}

#[test]
fn tiktok_s_accounts_of_one_quarter_are_more_than_their_total() {
    // T01
    let Some(outcome) = published(&["tiktok/tiktok-2023-q2.csv"]) else { return };
    let found = of_rule(&outcome, "TR201");
    assert_eq!(found.len(), 1, "{:?}", messages(&outcome, "TR201"));
    assert_eq!(
        found[0].message,
        "3 parts of 2023-Q2 sum to 64,779,883, while the total is stated as 64,763,500"
    );
    assert!(notes(found[0]).contains("differs: by −16,383"), "{}", notes(found[0]));
}

#[test]
fn discord_s_servers_are_one_more_than_their_total() {
    // D04
    let Some(outcome) = published(&["discord/discord-2023-q2.csv"]) else { return };
    assert_eq!(of_rule(&outcome, "TR201").len(), 2, "{:?}", messages(&outcome, "TR201"));
    finding(&outcome, "TR201", "2 parts of 2023-Q2 sum to 1,299, while the total is stated as 1,298");
    finding(&outcome, "TR201", "sum to 54,363, while the total is stated as 54,362");
}

#[test]
fn discord_granted_its_only_appeal_in_zero_percent() {
    // D06
    let Some(outcome) = published(&["discord/discord-2023-q2.csv"]) else { return };
    let found = finding(&outcome, "TR203", "stated as 0.00 %, while 1 of 1 are 100 %");
    assert_eq!(found.level, Level::Error);
}

/// A generator of numbers that look random: xorshift, by Marsaglia (2003).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[test]
fn ten_thousand_reports_of_rounded_parts_are_no_error() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let folder = tempfile::tempdir().unwrap();
    let mut table = String::from("subject,category,total_of,period,value,rounded_to\n");
    for report in 0..10_000 {
        let (mut truth, mut rows) = (0, Vec::new());
        for part in 0..random.below(11) + 2 {
            let size = 10u64.pow(random.below(7) as u32 + 1);
            let value = random.below(size) + 1;
            truth += value;
            rows.push((format!("{part}"), "", value));
        }
        rows.push((String::new(), "categories", truth));
        for (category, total_of, value) in rows {
            // To some digits of its own: every figure is rounded by itself.
            let step = 10u64.pow((random.below(4) as u32).min(value.ilog10()));
            let rounded = (value + step / 2) / step * step;
            let rounded_to = if step > 1 { step.to_string() } else { String::new() };
            writeln!(table, "s{report},{category},{total_of},2024,{rounded},{rounded_to}").unwrap();
        }
    }
    std::fs::write(folder.path().join("reports.csv"), table).unwrap();
    std::fs::write(
        folder.path().join("candor.toml"),
        "[[tables]]\npath = \"reports.csv\"\ncolumns = { publisher = \"example\", metric = \"appeals\", unit = \"appeal\" }\n",
    )
    .unwrap();
    let outcome = outcome(&[folder.path().to_path_buf()]);
    let verdict = outcome.verdicts.iter().find(|one| one.rule.id.code == "TR201").unwrap();
    assert_eq!(verdict.verdict, candor::rule::Verdict::Checked { examined: 10_000 });
    let errors: Vec<String> = of_rule(&outcome, "TR201")
        .into_iter()
        .filter(|found| found.level == Level::Error)
        .map(|found| found.message.clone())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    // What is improbable happens: at most once in a thousand.
    assert!(of_rule(&outcome, "TR201").len() <= 10, "{}", of_rule(&outcome, "TR201").len());
}
