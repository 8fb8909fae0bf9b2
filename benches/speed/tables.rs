//! candor beside bare readers, on data of several shapes, and on published files.

use std::fmt::Write as _;
use std::path::Path;

use super::data::{Order, write_documents, write_publisher_table, write_table};
use super::measure::{Python, ROUNDS, candor, csv_crate, findings, peak_memory, shortest, size_of};

pub fn against_readers(table: &Path) -> std::io::Result<String> {
    let pythons = [
        Python::new("pandas", "frame = pandas.read_csv(sys.argv[1])"),
        Python::new("duckdb", "duckdb.sql(f\"CREATE TABLE t AS FROM read_csv('{sys.argv[1]}')\")"),
    ];
    let mut own = f64::INFINITY;
    let mut others: Vec<(String, f64)> = vec![("csv crate, reading alone".to_owned(), f64::INFINITY)];
    for python in &pythons {
        others.push((format!("{}, reading alone", python.name), f64::INFINITY));
        others.push((format!("{}, with the start of Python", python.name), f64::INFINITY));
    }
    for _ in 0..ROUNDS {
        own = own.min(candor(table)?);
        others[0].1 = others[0].1.min(csv_crate(table)?);
        for (index, python) in pythons.iter().enumerate() {
            if let Some((alone, whole)) = python.time(table) {
                others[1 + 2 * index].1 = others[1 + 2 * index].1.min(alone);
                others[2 + 2 * index].1 = others[2 + 2 * index].1.min(whole);
            }
        }
    }
    let size = std::fs::metadata(table)?.len();
    let mut text = format!(
        "## One million observations ({:.0} MB), all rules, whole process\n\n\
         | program | seconds | candor takes |\n|---|---:|---:|\n| candor check | {own:.3} | |\n",
        size as f64 / 1e6
    );
    for (name, seconds) in others {
        // Writing to a String cannot fail.
        let _ = if seconds.is_finite() {
            writeln!(text, "| {name} | {seconds:.3} | {:.2} × |", own / seconds)
        } else {
            writeln!(text, "| {name} | not available | |")
        };
    }
    Ok(text)
}

/// Time and memory on data of several sizes and shapes: both should grow as the data do.
pub fn shapes(folder: &Path, table: &Path) -> std::io::Result<String> {
    let inputs = [
        (
            "100,000 rows, 2,000 series",
            100_000,
            write_table(&folder.join("small"), 2_000, 50, Order::Series)?,
        ),
        ("1,000,000 rows, 2,000 series", 1_000_000, table.to_owned()),
        ("the same, by period", 1_000_000, write_table(&folder.join("period"), 2_000, 500, Order::Period)?),
        (
            "1,000,000 rows, 100,000 series",
            1_000_000,
            write_table(&folder.join("many"), 100_000, 10, Order::Series)?,
        ),
        (
            "1,000,000 rows as Meta publishes them",
            1_000_000,
            write_publisher_table(&folder.join("publisher"), 2_000, 500)?,
        ),
        ("300 documents, 100 series", 30_000, write_documents(&folder.join("documents"), 100, 300)?),
    ];
    let mut text = "## Shapes\n\n| input | MB | findings | seconds | microseconds a value | peak memory, as sizes of the input |\n\
                    |---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for (name, values, path) in inputs {
        let seconds = shortest(&path, ROUNDS / 2)?;
        let size = size_of(&path)?;
        let memory = peak_memory(&path)?
            .map_or_else(|| "not available".to_owned(), |peak| format!("{:.2} ×", peak as f64 / size as f64));
        let (megabytes, each) = (size as f64 / 1e6, seconds / f64::from(values) * 1e6);
        let found = findings(&path)?;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {name} | {megabytes:.0} | {found} | {seconds:.3} | {each:.2} | {memory} |");
    }
    Ok(text)
}

pub fn shipped_dataset() -> std::io::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/datasets/ncmec");
    let seconds = shortest(&folder, 5 * ROUNDS)?;
    Ok(format!("## Shipped dataset\n\n`fixtures/datasets/ncmec`, start to end: {:.1} ms", seconds * 1e3))
}

/// How the time grows with the number of series, each of 20 months.
pub fn many_series(folder: &Path) -> std::io::Result<String> {
    let mut text =
        "## Series of 20 points\n\n| series | seconds | series a second |\n|---:|---:|---:|\n".to_owned();
    for series in [1_000, 10_000, 100_000] {
        let path = write_table(&folder.join(format!("short-{series}")), series, 20, Order::Series)?;
        let seconds = shortest(&path, ROUNDS / 2)?;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {series} | {seconds:.3} | {:.0} |", series as f64 / seconds);
    }
    Ok(text)
}

/// Loads every JSON file of a folder into frames, and checks nothing.
pub const LOAD_CURATED: &str = r#"
import glob, json, sys, time
import pandas
start = time.perf_counter()
for path in glob.glob(sys.argv[1] + "/*.json"):
    for entry in json.load(open(path)).values():
        if isinstance(entry, dict) and isinstance(entry.get("rows"), list):
            pandas.DataFrame(entry["rows"])
print(time.perf_counter() - start)
"#;

/// Reads releases of a table and tells which cells of each differ from the one before.
pub const DIFF_BY_CSV: &str = r#"
import csv, glob, sys, time
start = time.perf_counter()
before, differences = {}, 0
for path in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    now = {tuple(row[:4]): row[4] for row in csv.reader(open(path, encoding="utf-8")) if len(row) == 5}
    differences += sum(1 for key, value in before.items() if now.get(key) != value)
    before = now
print(time.perf_counter() - start)
"#;

/// The same with pandas.
pub const DIFF_BY_PANDAS: &str = r#"
import glob, sys, time
import pandas
start = time.perf_counter()
before, differences = None, 0
for path in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    now = pandas.read_csv(path, dtype=str)
    key = list(now.columns[:4])
    if before is not None:
        both = before.merge(now, on=key, how="outer", suffixes=("_before", "_now"))
        differences += (both[both.columns[-2]].fillna("") != both[both.columns[-1]].fillna("")).sum()
    before = now
print(time.perf_counter() - start)
"#;

/// Published files, beside scripts that only load or compare them.
pub fn published(corpus: &Path) -> std::io::Result<String> {
    let cases = [
        (
            "curated disclosures of 29 organisations",
            "curated",
            vec![Python::named("pandas, loading alone", LOAD_CURATED)],
        ),
        (
            "seven releases of one table",
            "meta",
            vec![
                Python::named("csv of Python, reading and comparing", DIFF_BY_CSV),
                Python::named("pandas, reading and comparing", DIFF_BY_PANDAS),
            ],
        ),
    ];
    let mut text =
        "## Published files\n\n| input | program | milliseconds | candor takes |\n|---|---|---:|---:|\n"
            .to_owned();
    for (name, folder, pythons) in cases {
        let folder = corpus.join(folder);
        let (mut own, mut others) = (f64::INFINITY, vec![f64::INFINITY; pythons.len()]);
        for _ in 0..ROUNDS {
            own = own.min(candor(&folder)?);
            for (other, python) in others.iter_mut().zip(&pythons) {
                *other = other.min(python.time(&folder).map_or(f64::INFINITY, |(alone, _)| alone));
            }
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {name} | candor check | {:.1} | |", own * 1e3);
        for (python, seconds) in pythons.iter().zip(others) {
            let _ = if seconds.is_finite() {
                writeln!(text, "| | {} | {:.1} | {:.2} × |", python.name, seconds * 1e3, own / seconds)
            } else {
                writeln!(text, "| | {} | not available | |", python.name)
            };
        }
    }
    Ok(text)
}
