//! What findings give as their reasons: words and figures, each worked out by hand from the figures that are published.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::PathBuf;

use candor::diag::Finding;
use candor::engine::Outcome;
use candor::rule::Verdict;
use candor::rules::RULES;
use support::{of_rule, outcome, outcome_of, project};

const HEADER: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}
methodology: https://www.example.org/how-we-count
defaults: {metric: appeals, unit: appeal}
series:
";

/// What checking a report with some series leads to.
fn report(series: &str) -> Outcome {
    outcome_of(&[("report.yaml", &format!("{HEADER}{series}"))])
}

/// What checking a folder of a fixture leads to once some words in its files are others.
fn changed(name: &str, words: &[(&str, &str)]) -> Outcome {
    let entries = std::fs::read_dir(project().join("fixtures/rules").join(name)).unwrap();
    let text = |path: PathBuf| -> (String, String) {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = words.iter().fold(text, |text, (from, to)| text.replace(from, to));
        (path.file_name().unwrap().to_string_lossy().into_owned(), text)
    };
    let files: Vec<(String, String)> = entries.map(|entry| text(entry.unwrap().path())).collect();
    outcome_of(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// Level and message, every note, what stands beside it, how sure it is and by which method, of each finding of one rule.
fn said(outcome: &Outcome, code: &str) -> Vec<String> {
    let lines = |finding: &Finding| -> Vec<String> {
        let message = format!("{}: {}", finding.level.as_str(), finding.message);
        let notes = finding.notes.iter().map(|note| format!("{}: {}", note.kind, note.text));
        let related = finding.related.iter().map(|label| format!("beside: {}", label.text));
        let certainty = format!("{:?} by {}", finding.confidence, finding.evidence.method);
        std::iter::once(message).chain(notes).chain(related).chain([certainty]).collect()
    };
    of_rule(outcome, code).into_iter().flat_map(lines).collect()
}

/// The findings of a rule say all of this.
#[track_caller]
fn says(outcome: &Outcome, code: &str, expected: &[&str]) {
    let said = said(outcome, code);
    for line in expected {
        assert!(said.iter().any(|one| one == line), "{line}\n{}", said.join("\n"));
    }
}

#[track_caller]
fn is_silent(outcome: &Outcome, code: &str) {
    assert_eq!(said(outcome, code), Vec::<String>::new());
}

#[track_caller]
fn fixture(name: &str, code: &str, expected: &[&str]) {
    says(&outcome(&[project().join("fixtures/rules").join(name)]), code, expected);
}

#[test]
fn sums_say_by_how_much_and_what_would_mend_them() {
    // 520 + 305, and a part that is at least nothing.
    fixture(
        "sum-mismatch/fail-above-with-suppressed-part.yaml",
        "TR201",
        &["error: 3 parts of 2024 sum to at least 825, while the total is stated as 819"],
    );
    // Three times 1,150,000 to 1,250,000.
    fixture(
        "sum-mismatch/fail-beyond-rounding.yaml",
        "TR201",
        &[
            "error: 3 parts of 2024 sum to 3,450,000 to 3,750,000, while the total is stated as 4,100,000 (to the nearest 100,000)",
        ],
    );
    // 919,543 − 131,338 = 788,205, and 87,578 + 788,205 = 875,783 has one 3 more.
    fixture(
        "sum-mismatch/fail-dropped-digit.yaml",
        "TR201",
        &["differs: by +788,205", "help: the sum would hold if example-chat were 875,783, one digit away"],
    );
    // 38,400 − 37,900 = 500; rounding to hundreds moves thirteen figures by √(13/12) · 100 = 104.1: 4.8 times that.
    fixture(
        "sum-mismatch/fail-improbable.yaml",
        "TR201",
        &[
            "warning: 12 parts of 2024 sum to 37,800 to 39,000, while the total is stated as 37,900 (to the nearest 100)",
            "rounding: differs by 4.8 standard deviations of what rounding does",
        ],
    );
    fixture(
        "sum-mismatch/fail-learned.yaml",
        "TR201",
        &[
            "warning: 2 parts of 2023-Q3 sum to 5,762, while the figure that they otherwise make up is stated as 5,726",
            "learned: Removals and Suspensions make it up exactly in 7 of 8 periods",
            "help: the total would hold as 5,762, two digits swapped",
        ],
    );
    // 1,377 − 1,260 = 117, which is one of the parts.
    fixture(
        "sum-mismatch/fail-part-counted-twice.json",
        "TR201",
        &[
            "differs: by −117",
            "help: PF is exactly the difference: it may be counted twice, or not belong here",
        ],
    );
    // 3,310 + 852 = 4,162: each figure in place of the other.
    fixture(
        "sum-mismatch/fail-swapped.yaml",
        "TR201",
        &[
            "differs: by +852",
            "differs: by −852",
            "help: both sums would hold if Spam / posts and Spam / comments changed places",
            "help: both sums would hold if Spam / comments and Spam / posts changed places",
        ],
    );
}

/// A total of 1,001 and 297 that should be 1,298.
fn total(stated: u32) -> Outcome {
    report(&format!(
        "  - {{category: Nudity, values: {{2024: 1001}}}}
  - {{category: Violence, values: {{2024: 297}}}}
  - {{total_of: categories, values: {{2024: {stated}}}}}\n"
    ))
}

#[test]
fn one_slip_is_a_digit_replaced_dropped_doubled_or_two_that_changed_places() {
    for stated in [1299, 1398, 9298, 128, 129, 298, 12998, 11298, 12980, 12098] {
        says(&total(stated), "TR201", &["help: the total would hold as 1,298, one digit away"]);
    }
    for stated in [1289, 1928, 2198] {
        says(&total(stated), "TR201", &["help: the total would hold as 1,298, two digits swapped"]);
    }
    // Two digits replaced, two dropped, two that do not stand side by side, and a 9 dropped beside another slip.
    for stated in [1388, 2297, 12, 98, 8291, 1892, 182, 29811] {
        let said = said(&total(stated), "TR201").join("\n");
        assert!(said.contains("while the total is stated"), "{said}");
        assert!(!said.contains("the total would hold"), "{stated}: {said}");
    }
}

#[test]
fn a_figure_of_another_period_may_stand_where_the_right_one_belongs() {
    // 893 − 300 = 593, where 420 of the year before stand again.
    let repeated = report(
        "  - {category: Spam, values: {2023: 420, 2024: 420}}
  - {category: Nudity, values: {2023: 310, 2024: 300}}
  - {total_of: categories, values: {2023: 730, 2024: 893}}\n",
    );
    says(
        &repeated,
        "TR201",
        &[
            "error: 2 parts of 2024 sum to 720, while the total is stated as 893",
            "help: Spam repeats the figure of 2023; with 593 the sum would hold",
        ],
    );
}

const STOCKS: [(&str, &str); 3] = [
    ("candor.toml", "registries = [\"metrics.yaml\"]\n"),
    (
        "metrics.yaml",
        "candor: metrics-v1
metrics:
  - {id: listed, name: Signatures on the list, unit: item, additivity: none, direction: internal, definition: Signatures at the end of the day.}
  - {id: added, name: Signatures added, unit: item, additivity: additive, direction: internal, definition: Signatures that were added.}
",
    ),
    (
        "relations.yaml",
        "candor: relations-v1
relations:
  - {id: signatures, title: The list grows by what is added, kind: stock_and_flow, stock: {metric: listed}, flow: {metric: added}}
",
    ),
];

fn stock_and_flow(stocks: &str, flows: &str) -> Outcome {
    let header = HEADER.replace("{metric: appeals, unit: appeal}", "{unit: item}");
    let text = format!(
        "{header}  - {{metric: listed, values: {{{stocks}}}}}\n  - {{metric: added, values: {{{flows}}}}}\n"
    );
    let mut files = STOCKS.to_vec();
    files.push(("report.yaml", &text));
    outcome_of(&files)
}

#[test]
fn a_stock_grows_from_the_day_before_or_else_from_the_first_within() {
    // 61,000 − 50,000 = 11,000; the year before the last has nothing to do with it.
    let before = "2021-12-31/2021-12-31: 10000, 2022-12-31/2022-12-31: 50000, 2023-06-30/2023-06-30: 55000, 2023-12-31/2023-12-31: 61000";
    says(
        &stock_and_flow(before, "2023: 15000"),
        "TR205",
        &[
            "warning: from 50,000 at 2022-12-31 to 61,000 at 2023-12-31 are +11,000, while 15,000 is stated for 2023",
            "differs: by −4,000",
            "help: the flow as 11,000, one digit away, would leave nothing",
        ],
    );
    is_silent(&stock_and_flow(before, "2023: 11000"), "TR205");
    // 61,000 − 52,000 = 9,000.
    let within = "2021-12-31/2021-12-31: 10000, 2023-01-31/2023-01-31: 52000, 2023-06-30/2023-06-30: 55000, 2023-12-31/2023-12-31: 61000";
    says(
        &stock_and_flow(within, "2023: 15000"),
        "TR205",
        &[
            "warning: from 52,000 at 2023-01-31 to 61,000 at 2023-12-31 are +9,000, while 15,000 is stated for 2023",
        ],
    );
}

#[test]
fn digits_that_changed_places_are_a_slip_of_a_stock_too() {
    // 927,077 were added; 297,077 has its first two digits the other way round.
    says(
        &stock_and_flow("2022-12-31/2022-12-31: 2973022, 2023-12-31/2023-12-31: 3900099", "2023: 297077"),
        "TR205",
        &["differs: by +630,000", "help: the flow as 927,077, two digits swapped, would leave nothing"],
    );
}

#[test]
fn periods_parts_and_rates_say_what_they_should_have_been() {
    // Four times 1,150,000 to 1,250,000.
    fixture(
        "periods-disagree/fail-beyond-rounding.json",
        "TR102",
        &[
            "error: 2024-Q1, 2024-Q2, 2024-Q3 and 2024-Q4 sum to 4,600,000 to 5,000,000, while 2024 is stated as 5,200,000 (to the nearest 100,000)",
        ],
    );
    fixture(
        "periods-disagree/fail-halves",
        "TR102",
        &["differs: by +1", "help: the total would hold as 401, one digit away"],
    );
    fixture(
        "periods-disagree/fail-some-exceed-the-whole.yaml",
        "TR102",
        &[
            "error: 2024-Q1, 2024-Q2 and 2024-Q3 sum to 1,910, while 2024 is stated as 1,530",
            "differs: by −380",
        ],
    );
    // 34,830 / 1,355,163 = 2.570 %; 2.51 % of 1,355,163 = 34,014.6, with 2.505 and 2.515 per cent 33,946.8 and 34,082.3.
    fixture(
        "rate-mismatch/fail-share-of-accounts",
        "TR203",
        &[
            "error: Child sexual exploitation: the share of accounts of 2019-H2 is stated as 2.51 %, while 34,830 of 1,355,163 are 2.57 %",
            "gives: 2.51 % of 1,355,163 is 34,015 (33,947 to 34,082 with its rounding), not 34,830",
        ],
    );
    // 1,241,723 − 1,238,363.
    fixture(
        "below-union/fail-relationships",
        "TR206",
        &["differs: at least 3,360 are in none of Family and Others"],
    );
}

#[test]
fn a_change_stands_beside_what_the_series_does_otherwise() {
    // The seven others are −3.85, −2.74, −2.45, 2.49, 5.12, 5.96 and 6.28 per cent; a tenth of the way from the first to
    // the last lies 0.6 of the way from the first to the second.
    fixture(
        "sharp-drop/fail-step.yaml",
        "TR301",
        &[
            "warning: Appeals fall 66.0 % in 2024, from 1,151 to 391",
            "usual: −3.2 % to +6.1 % a year (8 in 10 of 7 other changes); p < .001",
            "beside: 2023",
            "High by leave-one-out-ratio",
        ],
    );
    // Out and back are left out: −3.85, −2.45, 2.49, 2.78, 5.12 and 5.96 per cent.
    fixture(
        "sharp-drop/fail-excursion.yaml",
        "TR301",
        &[
            "warning: Appeals (Spam) fall 72.6 % in 2020, from 1,130 to 310, and return to 1,168 in 2021",
            "usual: −3.2 % to +5.5 % a year (8 in 10 of 6 other changes); p < .001",
            "beside: 2019",
            "beside: 2021: 1,168",
            "High by leave-one-out-ratio-excursion",
        ],
    );
    // Five others are enough, and all of them are a fifth.
    let fifths = report(
        "  - values: {2018: 156250, 2019: 187500, 2020: 225000, 2021: 270000, 2022: 324000, 2023: 388800, 2024: 46660}\n",
    );
    says(&fifths, "TR301", &["usual: +20.0 % to +20.0 % a year (8 in 10 of 5 other changes); p < .001"]);
}

#[test]
fn a_season_is_told_by_the_same_month_of_other_years() {
    let outcome = outcome(&[project().join("fixtures/rules/sharp-drop/fail-in-a-season.yaml")]);
    // 22,431 / 41,729, 24,863 / 44,626, 24,664 / 47,188 and 27,506 / 53,759; 9,238 / 24,664.
    says(
        &outcome,
        "TR301",
        &[
            "warning: Appeals fall 81.7 % in 2022-12, from 50,404 to 9,238, and follow the season again in 2023-01",
            "season: in the same month of other years: −46.2 %, −44.3 %, −47.7 % and −48.8 %",
            "year: a year before: 24,664, −62.5 %",
        ],
    );
    // What is usual is about what the other Decembers do: 47 per cent less.
    let said = said(&outcome, "TR301");
    let usual = said.iter().find_map(|one| one.strip_prefix("usual: ")).unwrap();
    assert!(usual.ends_with(" in this month of the year (8 in 10 changes); p < .001"), "{usual}");
    let ends: Vec<f64> = usual
        .split([' ', '−'])
        .filter_map(|word| word.parse().ok())
        .filter(|number: &f64| *number > 11.0)
        .collect();
    let [low, high] = ends[..] else { panic!("{usual}: {ends:?}") };
    assert!(60.0 > low && low > 47.0 && 47.0 > high && high > 40.0, "{usual}");
}

#[test]
fn the_members_of_a_total_account_for_its_change() {
    // −2,495 of −2,495 − 5; the total changes by 8,120 − 10,510 = −2,390, and 105 more than that member does.
    fixture(
        "sharp-drop/fail-aggregate",
        "TR301",
        &[
            "warning: CyberTipline reports (All providers) fall 22.7 % in 2024, from 10,510 to 8,120",
            "members: example-video accounts for −2,495, 99.8 % of all falls; everybody else for +105",
            "falls: example-video −2,495 (−33.7 %), example-mail −5 (−0.5 %)",
            "rises: example-chat +110 (+5.5 %)",
        ],
    );
    fixture(
        "sharp-drop/fail-dropped-digit.yaml",
        "TR301",
        &["help: 1,130 would lie between its neighbours: a digit may be missing"],
    );
}

/// Whether a rule speaks of 2021, at which the level changes, with so many figures after it and before.
fn shifts(before: usize, after: usize) -> bool {
    let early = [8100, 7900, 8150, 8050];
    let late = [3300, 3390, 3350, 3320];
    let figures = early[4 - before..].iter().chain(&late[..after]);
    let values: Vec<String> =
        (2021 - before..).zip(figures).map(|(year, value)| format!("{year}: {value}")).collect();
    // Others as restless as this one is: its fall alone is nothing unusual.
    let outcome = report(&format!(
        "  - {{category: Spam, values: {{{}}}}}
  - {{category: Nudity, values: {{2017: 3010, 2018: 7700, 2019: 4100, 2020: 9050, 2021: 8900, 2022: 3390, 2023: 8350, 2024: 2320}}}}
  - {{category: Gore, values: {{2017: 9010, 2018: 3700, 2019: 4600, 2020: 1950, 2021: 5900, 2022: 6390, 2023: 2350, 2024: 8820}}}}\n",
        values.join(", ")
    ));
    let found = of_rule(&outcome, "TR303");
    assert!(found.len() < 2);
    // About 8,049 and 3,340, to two digits.
    let words = "Appeals (Spam) change level in 2021, from about 8,000 to about 3,300, and stay there";
    assert!(found.iter().all(|one| one.message == words), "{:?}", said(&outcome, "TR303"));
    !found.is_empty()
}

#[test]
fn a_level_has_at_least_three_figures_on_either_side() {
    for (before, after, expected) in
        [(4, 4, true), (4, 3, true), (3, 4, true), (3, 3, true), (4, 2, false), (2, 4, false)]
    {
        assert_eq!(shifts(before, after), expected, "{before} {after}");
    }
}

#[test]
fn three_figures_in_coarser_steps_are_a_change_of_precision() {
    let figures = |last: &str| {
        report(&format!(
            "  - values: {{2014: 41213, 2015: 38871, 2016: 44102, 2017: 39557, 2018: 40213, 2019: 42871, 2020: 39102, 2021: 41557, {last}}}\n"
        ))
    };
    // Zeros that are there by chance once in 1,000, each of three times.
    says(
        &figures("2022: 41000, 2023: 43000, 2024: 38000"),
        "TR310",
        &[
            "note: Appeals: printed in steps of 1,000 from 2022 on, and to the last digit before",
            "usual: one figure in 1,000 ends in 3 more zeros than two thirds of the finer side by chance; here 3 do that are no larger than those",
        ],
    );
    is_silent(&figures("2022: 41000, 2023: 43000, 2024: 38001"), "TR310");
    is_silent(&figures("2023: 43000, 2024: 38000"), "TR310");
}

#[test]
fn figures_that_are_stated_again_are_counted() {
    // Five periods are ten pairs, of the subject, of the metric, and of both.
    fixture(
        "repeated-block/fail-quarter-left-in.yaml",
        "TR305",
        &[
            "warning: 5 of 6 figures of Appeals in 2021-Q4 are those of 2021-Q3",
            "same: Drugs 48, Nudity 71, Scams 172, Spam 231 and Violence 418",
            "other: Weapons 343 → 351",
            "usual: fewer than 0.00001 such blocks were to be expected by chance in the 30 pairs of periods that were compared",
        ],
    );
    // Six periods are fifteen pairs, of the subject, of each of five metrics, and of both.
    fixture(
        "repeated-block/fail-year-before.yaml",
        "TR305",
        &[
            "warning: 5 of 5 figures of example in 2023 are those of 2021",
            "usual: fewer than 0.00001 such blocks were to be expected by chance in the 165 pairs of periods that were compared",
        ],
    );
}

#[test]
fn what_is_counted_otherwise_says_what_became_of_the_figures() {
    // 4,110 end; 8,060 become 12,180.
    fixture(
        "transfer-suspected/fail-ending.yaml",
        "TR408",
        &[
            "warning: Bullying ends after 2021 (4,110) and Hate rises by 4,120 in 2022",
            "together: both change by +10",
        ],
    );
    // 10,400 become 5,130, and 8,060 become 13,320.
    fixture(
        "transfer-suspected/fail-transfer.yaml",
        "TR408",
        &["warning: Bullying falls by 5,270 and Hate rises by 5,260 in 2022", "together: both change by −10"],
    );
    // The sixth and the seventh of the twelve quotients are 2,685 / 4,991 = 0.538 and 12,800 / 23,323 = 0.549.
    fixture(
        "undeclared-break/fail-halved-group.yaml",
        "TR407",
        &[
            "warning: 12 of 12 categories of Appeals fall together in 2021, to about 0.54 times what they were",
            "series: Bullying ×0.61, Drugs ×0.55, Fraud ×0.51, Gore ×0.52, Hacking ×0.49, Impersonation ×0.50, \
             Nudity ×0.59, Scams ×0.53, Spam ×0.58, Terrorism ×0.54, Violence ×0.57 and Weapons ×0.56",
        ],
    );
    // 1,435 / 1,351.
    fixture(
        "granularity-changed/fail-joined-row.yaml",
        "TR406",
        &["sum: 2019: 1,351 in all, against 1,435 in 2020 (+6.2 %)"],
    );
    // 30,368 / 38,059, 41,600 / 30,368, and 41,600 / 38,059.
    fixture(
        "bundling-suspected/fail-not-stated-before.yaml",
        "TR401",
        &[
            "warning: CyberTipline reports fall 20.2 % in 2023 while one report holds 1.37 incidents",
            "ratio: 41,600 incidents in 30,368 reports, 1.37 to one; if each report of 2022 held one, incidents change by +9.3 %",
        ],
    );
    // 5,210 / 5,300.
    fixture(
        "definition-changed/fail-definition",
        "TR404",
        &[
            "level: the first figure that only 2024-Q4 states, 5,210 in 2024, stands −1.7 % against 5,300 in 2023",
        ],
    );
}

#[test]
fn sources_that_differ_say_by_how_much() {
    // 29,606 − 24,623 over their mean, 27,114.5, and 34,310 − 32,964 over 33,637.
    fixture(
        "cross-source-mismatch/fail-clear-and-slight",
        "TR601",
        &[
            "warning: NCMEC states 29,606 CyberTipline reports of Discord in 2021, Discord 24,623: +18.4 % of their mean",
            "differs: by +4,983",
            "note: NCMEC states 34,310 CyberTipline reports of Pinterest in 2022, Pinterest 32,964: +4.0 % of their mean",
            "differs: by +1,346",
        ],
    );
    // −36 over 19.
    fixture(
        "cross-source-mismatch/fail-small-counts",
        "TR601",
        &["note: NCMEC states 1 CyberTipline reports of GitHub in 2023, GitHub 37: −189.5 % of their mean"],
    );
    // Ten of ten heads: 1 in 1,024, and as many tails.
    fixture(
        "one-sided-differences/fail-always-more",
        "TR604",
        &[
            "note: NCMEC states more CyberTipline reports than those that it speaks of in 10 of 10 pairs that differ",
            "usual: 0 more are equal; were either direction as likely, so one-sided a result would have p = 0.0020 (two-sided; 0.0010 one-sided, for this direction alone)",
        ],
    );
    // 9,367 − 4,107 over 6,737.
    fixture(
        "value-explains-gap/fail-half-for-a-year",
        "TR603",
        &[
            "warning: NCMEC states 9,367 CyberTipline reports of a in 2023, a 4,107: +78.1 % of their mean",
            "help: with 9,367 in place of 4,107 for 2023 both would be equal; it is the value of 2023-H1 alone",
        ],
    );
    fixture(
        "value-explains-gap/fail-swapped-digits",
        "TR603",
        &[
            "help: with 29,606 in place of 26,906 for 2021 both would be equal; one slip of the hand leads from one to the other",
        ],
    );
}

#[test]
fn two_of_as_many_values_are_expected_to_tie_as_chance_has_it() {
    // Half of the large values end in a zero: that is no series of rounded ones.
    let values = |last: u32| {
        report(&format!(
            "  - values: {{2017: 10540, 2018: 96871, 2019: 43120, 2020: 96871, 2021: 27310, 2022: 51233, 2023: 71650, 2024: {last}}}\n"
        ))
    };
    let found = values(33337);
    says(&found, "TR304", &["warning: 96,871 is the value of 2018 and 2020"]);
    // 28 pairs, over 96,871 times the spread of the logarithms (0.8), times 2.507.
    let said = said(&found, "TR304");
    let usual = said.iter().find_map(|one| one.strip_prefix("usual: ")).unwrap();
    assert!(
        usual.ends_with(" ties of so large a value were to be expected by chance among 8 values"),
        "{usual}"
    );
    let expected: f64 = usual.split(' ').next().unwrap().parse().unwrap();
    assert!((0.0001..=0.0002).contains(&expected), "{usual}");
    is_silent(&values(33330), "TR304");
}

#[test]
fn a_rule_counts_what_it_looked_at() {
    let examined = |name: &str, code: &str| {
        let outcome = outcome(&[project().join("fixtures/rules").join(name)]);
        let verdict = outcome.verdicts.iter().find(|one| one.rule.id.code == code).unwrap();
        match &verdict.verdict {
            Verdict::Checked { examined } => *examined,
            other => panic!("{name}: {other:?}"),
        }
    };
    // All rules ran.
    assert_eq!(examined("sharp-drop/fail-step.yaml", "TR906"), RULES.len());
    // Two numbers in three releases each.
    assert_eq!(examined("rolled-back/fail-three-releases", "TR503"), 2);
    // Nine figures are eight changes.
    assert_eq!(examined("sharp-drop/fail-step.yaml", "TR301"), 8);
    assert_eq!(examined("sharp-drop/fail-excursion.yaml", "TR301"), 24);
    // Twelve parts are one sum.
    assert_eq!(examined("sum-mismatch/fail-improbable.yaml", "TR201"), 1);
    assert_eq!(examined("sum-mismatch/fail-swapped.yaml", "TR201"), 2);
    // The seven sums that hold, and the one that does not.
    assert_eq!(examined("sum-mismatch/fail-learned.yaml", "TR201"), 8);
    assert_eq!(examined("repeated-block/fail-quarter-left-in.yaml", "TR305"), 30);
}

/// The lists and the totals of a fixture, with earlier years and further providers.
fn of_members(totals: &str, others: &str) -> Outcome {
    let totals = format!("{{{totals}2016: 9310");
    let others = format!("2024: 4905}}}}{others}");
    changed("sharp-drop/fail-aggregate", &[("2024: 4905}}", &others), ("{2016: 9310", &totals)])
}

#[test]
fn ten_changes_are_a_record() {
    // 9,644 / 9,702, 10,190 / 10,243 and 8,120 / 10,510.
    says(
        &of_members("2014: 9105, 2015: 9240, ", ""),
        "TR301",
        &["record: 3 falls in 10 changes: 2018 −0.6 %, 2021 −0.5 %, 2024 −22.7 %"],
    );
    for totals in ["2015: 9240, ", ""] {
        let said = said(&of_members(totals, ""), "TR301");
        assert!(said.iter().any(|one| one.starts_with("members: ")), "{said:?}");
        assert!(!said.iter().any(|one| one.starts_with("record: ")), "{said:?}");
    }
}

#[test]
fn of_many_members_those_that_change_most_are_named() {
    // Eight more fall by 2 to 9; the ninth and the tenth fall are not named.
    let others: String = (2..10)
        .map(|by| format!("\n  - {{subject: service-{by}, values: {{2023: 100, 2024: {}}}}}", 100 - by))
        .collect();
    let said = said(&of_members("", &others), "TR301");
    let falls = said.iter().find_map(|one| one.strip_prefix("falls: ")).unwrap();
    assert!(falls.starts_with("example-video −2,495 (−33.7 %), service-9 −9 (−9.0 %), "), "{falls}");
    assert!(falls.ends_with(" and 2 more"), "{falls}");
    assert_eq!(falls.matches(" %)").count(), 8, "{falls}");
}

#[test]
fn what_peers_do_is_as_likely_up_as_down() {
    let mut seen = 0;
    for name in ["sharp-drop/fail-aggregate", "sharp-drop/fail-beside-peers"] {
        let said = said(&outcome(&[project().join("fixtures/rules").join(name)]), "TR301");
        let of_peers = said.iter().filter(|one| one.contains("(8 in 10 changes of "));
        for usual in of_peers.filter_map(|one| one.strip_prefix("usual: −")) {
            let (low, rest) = usual.split_once(" % to +").unwrap();
            let (high, _) = rest.split_once(" % a year").unwrap();
            let [low, high] = [low, high].map(|percent| percent.parse::<f64>().unwrap() / 100.0);
            // Half as likely down and up are reciprocals, here of a few per cent.
            assert!(((1.0 - low) * (1.0 + high) - 1.0).abs() < 0.0015 && low > 0.02 && high < 0.1, "{usual}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn shares_that_are_percentages_are_said_to_be() {
    let shares =
        |values: &str| report(&format!("  - {{metric: reversal-rate, unit: rate, values: {{{values}}}}}\n"));
    let all = "help: the whole series looks like percentages: divide it by 100";
    says(
        &shares("2022: 12.5, 2023: 11.9, 2024: 100"),
        "TR204",
        &["error: the share of 2024 is 100, outside 0 to 1", all],
    );
    // Two are no percentage that one would think of, and one that is a share speaks for all.
    says(&shares("2022: 2, 2023: 12"), "TR204", &["help: as a percentage it would be 0.02", all]);
    says(&shares("2022: 0.125, 2023: 12.5"), "TR204", &["help: as a percentage it would be 0.125"]);
    assert!(!said(&shares("2022: 0.125, 2023: 12.5"), "TR204").contains(&all.to_owned()));
    says(&shares("2022: 0.125, 2023: 100"), "TR204", &["help: as a percentage it would be 1"]);
    says(&shares("2022: 0.125, 2023: 101"), "TR204", &["help: a share is a fraction of one"]);
    is_silent(&shares("2022: 0, 2023: 1"), "TR204");
}

#[test]
fn a_rounded_count_is_a_whole_number_too() {
    let counts = |value: &str| report(&format!("  - values: {{2024: {value}}}\n"));
    for (value, help) in [
        ("{value: 10.5, rounded_to: 0.5}", "help: state the count, or the unit that this is in"),
        ("10.5", "help: state the count, or the unit that this is in"),
        ("0.5", "help: a share has a metric of its own"),
    ] {
        says(&counts(value), "TR208", &[help]);
    }
    for value in ["{value: 10, rounded_to: 0.5}", "10.0", "{value: 20, rounded_to: 10}"] {
        is_silent(&counts(value), "TR208");
    }
}

#[test]
fn a_series_that_ends_says_how_many_go_on() {
    fixture(
        "coverage-lost/fail-category.yaml",
        "TR103",
        &[
            "warning: Appeals, Violence, is stated from 2020 to 2022, and not for 2023, for which 2 series of the metric are",
            "before: 610, 640 and 620 in 2020, 2021 and 2022",
            "beside: goes on: 420",
        ],
    );
}

#[test]
fn what_looks_filled_in_names_the_figures_that_it_comes_from() {
    // (47,311 + 33,203) / 2 = 40,257.
    fixture(
        "imputed-value/fail-mean.yaml",
        "TR312",
        &[
            "note: 40,257 of Appeals in 2020 is the mean of 2019 and 2021",
            "beside: 2019: 47,311",
            "beside: 2021: 33,203",
            "Medium by mean-of-neighbours",
        ],
    );
    fixture(
        "imputed-value/fail-carried-forward.yaml",
        "TR312",
        &[
            "note: 581,300 (to the nearest 100) of Appeals (Spam) stands for 2019 and 2020",
            "beside: 2019: 581,300",
            "Medium by carried-forward",
        ],
    );
    fixture(
        "round-among-exact/fail-four-hundred-thousand.yaml",
        "TR308",
        &[
            "note: 400,000 of Appeals in 2021 ends in 5 zeros, the 5 exact counts beside it in 0 at most",
            "usual: one count in 100,000 ends so by chance; the publisher states 6 exact counts of a thousand or more",
        ],
    );
}

#[test]
fn later_releases_say_how_far_back_they_change_what_was_stated() {
    // 6,410 / 5,300; one of the two values that both releases state.
    fixture(
        "restated-materially/fail-a-fifth",
        "TR502",
        &[
            "warning: 1 of 1 values that 2024-Q4 restates change materially, the median by +20.9 %",
            "reach: back to 2023, 1 year before the newest figures; 50.0 % of the values in common",
            "beside: 5,300 in 2023-Q4",
        ],
    );
    fixture(
        "transcription-stale/fail-earlier-release",
        "TR508",
        &[
            "warning: 1 value follows 2023-Q4 and not 2024-Q4, the latest release",
            "largest: Appeals, 2023: 5,300 → 6,410 (+20.9 %)",
            "beside: 6,410 in 2024-Q4",
        ],
    );
}

#[test]
fn small_moves_the_same_way_show_together() {
    let speaks = |spam: u32, nudity: u32| {
        let (spam, nudity) = (format!("2021: {spam}"), format!("2021: {nudity}"));
        let words = [("2021: 8120", spam.as_str()), ("2021: 3310", nudity.as_str())];
        let said = said(&changed("undeclared-break/fail-declared-without-effect", &words), "TR407");
        said.iter()
            .any(|one| one.starts_with("note: the break `example-decided-2021` is declared for 2021-01-01"))
    };
    // From 8,290 and 3,240: −2.1 and +2.2 per cent, +3.7 and −3.4, −4.7 and +4.9. Some seven per cent down and six up
    // are usual of the one, five down and ten up of the other.
    for (spam, nudity) in [(8120, 3310), (8600, 3130), (7900, 3400)] {
        assert!(speaks(spam, nudity), "{spam} {nudity}");
    }
    // −4.7 and −3.4 per cent, +4.9 and +8.0.
    for (spam, nudity) in [(7900, 3130), (8700, 3500)] {
        assert!(!speaks(spam, nudity), "{spam} {nudity}");
    }
}

#[test]
fn a_slip_of_the_hand_is_one_digit_or_two_neighbours() {
    let stated = |figure: u32| {
        changed("value-explains-gap/fail-swapped-digits", &[("2021,26906", &format!("2021,{figure}"))])
    };
    // NCMEC states 29,606.
    for figure in [26906, 20606, 26606, 19606] {
        let said = said(&stated(figure), "TR603").join("\n");
        assert!(said.contains("one slip of the hand leads from one to the other"), "{figure}: {said}");
    }
    // Two that are not neighbours, two neighbours that are others, and three.
    for figure in [69206, 26506, 20906, 26096] {
        is_silent(&stated(figure), "TR603");
        assert!(!of_rule(&stated(figure), "TR601").is_empty(), "{figure}");
    }
}

#[test]
fn pairs_that_are_equal_speak_for_neither_side() {
    let first = "a,a,cybertipline-reports,report,,2019,10000";
    let stated = |rows: &str| changed("one-sided-differences/fail-always-more", &[(first, rows)]);
    // Ten of ten all the same.
    let equal = "a,a,cybertipline-reports,report,,2018,9000\nncmec,a,cybertipline-reports,report,,2018,9000";
    says(
        &stated(&format!("{equal}\n{first}")),
        "TR604",
        &[
            "note: NCMEC states more CyberTipline reports than those that it speaks of in 10 of 10 pairs that differ",
            "usual: 1 more is equal; were either direction as likely, so one-sided a result would have p = 0.0020 (two-sided; 0.0010 one-sided, for this direction alone)",
        ],
    );
    // Nine of nine are too few.
    is_silent(&stated("a,a,cybertipline-reports,report,,2019,10011"), "TR604");
}

#[test]
fn round_values_and_small_ones_tie_all_the_time() {
    is_silent(
        &report(
            "  - values: {2017: 10543, 2018: 96870, 2019: 43121, 2020: 96870, 2021: 27313, 2022: 51233, 2023: 71651, 2024: 33337}\n",
        ),
        "TR304",
    );
}

/// In two tables the figures of Spam changed places; in all others the total is ten too high. Among more than two hundred sums
/// that do not hold, nothing is looked for.
#[test]
fn figures_that_changed_places_are_looked_for_in_two_hundred_sums() {
    let swapped = "  - {surface: posts, category: Spam, values: {2024: 3310}}
  - {surface: posts, category: Nudity, values: {2024: 2045}}
  - {surface: posts, total_of: categories, values: {2024: 6207}}
  - {surface: comments, category: Spam, values: {2024: 4162}}
  - {surface: comments, category: Nudity, values: {2024: 1278}}
  - {surface: comments, total_of: categories, values: {2024: 4588}}
";
    for (more, expected) in [(198, 2), (199, 0)] {
        let table = |number: usize| {
            let figures = [("category: Spam", 3001 + number), ("category: Nudity", 2004 + number)];
            let total = ("total_of: categories", 5015 + 2 * number);
            let row = |(part, value)| {
                format!("  - {{surface: forum {number}, {part}, values: {{2024: {value}}}}}\n")
            };
            figures.into_iter().chain([total]).map(row).collect::<String>()
        };
        let tables: String = (0..more).map(table).collect();
        let outcome = report(&format!("{swapped}{tables}"));
        let found = of_rule(&outcome, "TR201");
        assert_eq!(found.len(), more + 2);
        let is_swap =
            |finding: &&&Finding| finding.notes.iter().any(|note| note.text.ends_with("changed places"));
        assert_eq!(found.iter().filter(is_swap).count(), expected, "{more}");
    }
}

/// What a total lacks is told of figures of any size: the difference of two may need more room than either.
#[test]
fn what_a_learned_total_lacks_may_be_beyond_64_bits() {
    let outcome = report(
        "  - {category: Removals, values: {2022-Q1: 4120, 2022-Q2: 4310, 2022-Q3: 4190, 2022-Q4: 4205, 2023-Q1: 4418, 2023-Q2: 4377, 2023-Q3: -9000000000000000000, 2023-Q4: 4291}}
  - {category: Suspensions, values: {2022-Q1: 1210, 2022-Q2: 1188, 2022-Q3: 1302, 2022-Q4: 1275, 2023-Q1: 1243, 2023-Q2: 1311, 2023-Q3: -5, 2023-Q4: 1229}}
  - {values: {2022-Q1: 5330, 2022-Q2: 5498, 2022-Q3: 5492, 2022-Q4: 5480, 2023-Q1: 5661, 2023-Q2: 5688, 2023-Q3: 9000000000000000000, 2023-Q4: 5520}}
",
    );
    says(&outcome, "TR201", &["differs: by +18,000,000,000,000,000,005"]);
    assert_eq!(of_rule(&outcome, "TR201").len(), 1);
    assert_eq!(of_rule(&outcome, "TR906").len(), 0);
}

#[test]
fn a_figure_that_cannot_be_read_hides_no_conflict() {
    let row = |value: &str| format!("  - values: {{2024: {value}}}\n");
    let outcome = report(&[row("about 5300"), row("5300"), row("5410")].concat());
    says(&outcome, "TR005", &["error: 2024 is stated as 5,300 and as 5,410"]);
    assert_eq!(of_rule(&outcome, "TR005").len(), 1);
}
