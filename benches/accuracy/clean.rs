//! Clean tables: published ones, where they are at hand, and synthetic ones that need nothing.

use std::path::{Path, PathBuf};

use candor::cli::{CheckRequest, Checked, check};
use candor::model::Dataset;

use super::table::{Random, Row, Table};

/// How Meta rounds its counts, from the values: to 10⁸ from 10⁹ on, to 10⁵ from 10⁶, to 100 from 100, and to 10 below.
fn meta_grain(value: f64) -> f64 {
    match value {
        1e9.. => 1e8,
        1e6.. => 1e5,
        100.0.. => 100.0,
        _ => 10.0,
    }
}

fn exact(_: f64) -> f64 {
    0.0
}

/// Published tables; the first two need the corpus.
pub fn published() -> Vec<Table> {
    let mut tables = Vec::new();
    if let Some(corpus) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) {
        let meta = read(&corpus.join("meta/meta-2022-q4.csv"));
        let counts =
            ["content-actioned", "appeals", "restorations-after-appeal", "restorations-without-appeal"];
        tables.extend(meta.as_ref().map(|meta| table("Meta actioned", meta, &counts[..1], meta_grain)));
        tables.extend(meta.as_ref().map(|meta| table("Meta all counts", meta, &counts, meta_grain)));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/datasets/ncmec");
    if let Some(dataset) = read(&folder) {
        let mut ncmec = table("NCMEC by provider", &dataset, &["cybertipline-reports"], exact);
        // Whole tables are printed for 2019 to 2023; totals of everybody are no provider.
        ncmec.rows.retain(|row| row.entity != "ncmec");
        let kept: Vec<usize> = (0..ncmec.periods.len())
            .filter(|index| ("2019"..="2023").contains(&ncmec.periods[*index].as_str()))
            .collect();
        for row in &mut ncmec.rows {
            row.values = kept.iter().map(|index| row.values[*index]).collect();
        }
        ncmec.periods = kept.iter().map(|index| ncmec.periods[*index].clone()).collect();
        ncmec.rows.retain(|row| row.len() >= 3);
        tables.push(ncmec);
    }
    tables
}

/// An event in a published table that its publisher or the published file itself tells of, so that these cells are
/// neither clean nor faulted. An event is told by what is counted, whose, and when: all cells of it, found or not.
struct Event {
    /// How the table's name begins.
    table: &'static str,
    /// Whether it touched a series.
    touches: fn(&Row) -> bool,
    /// When.
    periods: &'static [&'static str],
}

const EVENTS: [Event; 4] = [
    // One category gave way to two: https://transparency.meta.com/reports/community-standards-enforcement/
    Event { table: "Meta", touches: |row| row.category.contains("Child"), periods: &["2021-Q2"] },
    // Appeals could not always be offered, and what users disagreed with was looked at without one:
    // https://about.fb.com/news/2020/08/community-standards-enforcement-report-aug-2020/. Facebook's came back in the second
    // half of 2020, and in 2022-Q2 rose about ninefold in all categories, of which the file alone tells.
    Event {
        table: "Meta",
        touches: |row| row.entity == "facebook" && row.metric.contains("appeal"),
        periods: &["2020-Q2", "2020-Q3", "2020-Q4", "2022-Q2"],
    },
    // Instagram prints 0 appeals in every category from 2020-Q2 to 2022-Q1, and thousands from 2022-Q2 on.
    Event {
        table: "Meta",
        touches: |row| row.entity == "instagram" && row.metric.contains("appeal"),
        periods: &["2020-Q2", "2022-Q2"],
    },
    // One row for both in 2020: https://www.missingkids.org/content/dam/missingkids/pdfs/2020-reports-by-esp.pdf
    Event { table: "NCMEC", touches: |row| row.entity == "amazon", periods: &["2020", "2021"] },
];

/// Whether a cell belongs to a known event.
pub fn is_event(table: &Table, row: usize, period: usize) -> bool {
    EVENTS.iter().any(|event| {
        table.name.starts_with(event.table)
            && event.periods.contains(&table.periods[period].as_str())
            && (event.touches)(&table.rows[row])
    })
}

/// How many values of a table belong to no known event.
pub fn cells(table: &Table) -> usize {
    let of_row = |row: usize| (0..table.periods.len()).map(move |period| (row, period));
    let is_clean = |(row, period): &(usize, usize)| {
        table.rows[*row].values[*period].is_some() && !is_event(table, *row, *period)
    };
    (0..table.rows.len()).flat_map(of_row).filter(is_clean).count()
}

fn read(path: &Path) -> Option<Dataset> {
    match check(&CheckRequest { paths: vec![path.to_path_buf()], ..CheckRequest::default() }) {
        Checked::Done(outcome, _) => Some(outcome.dataset),
        _ => None,
    }
}

fn table(name: &'static str, dataset: &Dataset, metrics: &[&str], grain: fn(f64) -> f64) -> Table {
    let series: Vec<_> =
        dataset.series.iter().filter(|series| metrics.contains(&&*series.key.metric)).collect();
    let mut periods: Vec<_> =
        series.iter().flat_map(|series| dataset.points(series)).map(|one| one.period).collect();
    periods.sort_unstable();
    periods.dedup();
    let row = |series: &&candor::model::Series| Row {
        entity: series.key.subject.to_string(),
        metric: series.key.metric.to_string(),
        category: series.key.category.as_deref().unwrap_or_default().to_owned(),
        values: periods
            .iter()
            .map(|period| dataset.point_at(series, *period).and_then(|one| one.quantity.approximate()))
            .collect(),
    };
    let mut rows: Vec<Row> = series.iter().map(row).collect();
    rows.retain(|row| row.len() > 0);
    Table { name, periods: periods.iter().map(ToString::to_string).collect(), rows, grain }
}

/// Twelve entities with six categories each over 24 quarters: random walks of their logarithms with spreads of their
/// own, a movement in common, a tenth of the changes three times as large, printed in full.
pub fn calm(seed: u64) -> Table {
    synthetic("synthetic quarters", seed, (12, 6, 24), (0.08, 0.25), 0.0, exact)
}

/// Thirty entities over 24 quarters with a season that moves them more than anything else does.
pub fn swinging(seed: u64) -> Table {
    synthetic("synthetic seasons", seed, (30, 1, 24), (0.05, 0.15), 0.8, exact)
}

/// Thirty entities over 36 months with a yearly season, rounded to a hundred.
pub fn seasonal(seed: u64) -> Table {
    synthetic("synthetic months", seed, (30, 1, 36), (0.05, 0.15), 0.3, |_| 100.0)
}

fn synthetic(
    name: &'static str,
    seed: u64,
    (entities, categories, periods): (usize, usize, usize),
    (least, most): (f64, f64),
    swing: f64,
    grain: fn(f64) -> f64,
) -> Table {
    let mut random = Random(seed);
    let is_monthly = periods > 24;
    let year = if is_monthly { 12.0 } else { 4.0 };
    let period = |index: usize| {
        if is_monthly {
            format!("{}-{:02}", 2018 + index / 12, index % 12 + 1)
        } else {
            format!("{}-Q{}", 2016 + index / 4, index % 4 + 1)
        }
    };
    let common: Vec<f64> = (0..periods).map(|_| 0.05 * random.normal()).collect();
    let mut table = Table { name, periods: (0..periods).map(period).collect(), rows: Vec::new(), grain };
    for entity in 0..entities {
        for category in 0..categories {
            let spread = least + (most - least) * random.even();
            let season = if swing > 0.0 { swing * random.even() } else { 0.0 };
            let mut logarithm = 7.0 + 8.0 * random.even();
            let values = (0..periods)
                .map(|index| {
                    let size = if random.even() < 0.1 { 3.0 } else { 1.0 };
                    logarithm += common[index] + size * spread * random.normal();
                    let phase = index as f64 * std::f64::consts::TAU / year;
                    Some(table.print((logarithm + season * phase.sin()).exp().max(1.0)))
                })
                .collect();
            table.rows.push(Row {
                entity: format!("entity-{entity}"),
                metric: "content-actioned".to_owned(),
                category: if categories > 1 { format!("category {category}") } else { String::new() },
                values,
            });
        }
    }
    table
}
