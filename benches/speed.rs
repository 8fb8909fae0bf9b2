//! How fast and how lean `candor check` is, as ratios that hold on any machine: `cargo bench --bench speed`.
//!
//! One run makes the data, times everything in turn and prints tables in Markdown. What stands beside candor is a bare
//! read of the same file: the `csv` crate, pandas, DuckDB. None of these checks anything. See `benches/README.md`.

// A benchmark prints its table.
#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Each program is timed this often, in turn with the others, and the shortest time counts: all that another job on
/// the machine can do is add to it.
const ROUNDS: usize = 7;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    let table = write_table(&folder.join("series"), 2_000, 500, Order::Series)?;
    println!("{}\n", against_readers(&table)?);
    println!("{}\n", shapes(&folder, &table)?);
    println!("{}\n", shipped_dataset()?);
    println!("{}", many_series(&folder)?);
    if let Some(corpus) = std::env::var_os("CANDOR_CORPUS") {
        println!("\n{}", published(Path::new(&corpus))?);
    }
    Ok(())
}

// ── Data ──

/// What the rows of a table are sorted by.
#[derive(Clone, Copy)]
enum Order {
    Series,
    Period,
}

const HEADER: &str = "publisher,subject,metric,unit,category,period,value\n";

/// What no row says, so that a table without faults has no finding of that kind.
const CONFIGURATION: &str = r#"[[tables]]
path = "*.csv"
published = "2025-09-01"
methodology = "https://www.example.org/how-we-count"
source = { url = "https://www.example.org/report", retrieved = "2025-09-02" }
"#;

/// A small generator (xorshift), so that the data are the same everywhere.
struct Random(u64);

impl Random {
    /// Evenly between 0 and 1.
    fn even(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, with mean 0 and variance 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}

/// Everything that a row says before its period.
fn key(series: usize) -> String {
    let metrics = [("content-actioned", "piece"), ("notices", "notice")];
    let (metric, unit) = metrics[series % 2];
    let (category, subject, publisher) = (series / 2 % 10, series / 20 % 10, series / 200);
    format!("publisher-{publisher},service-{publisher}-{subject},{metric},{unit},Category {category}")
}

/// Monthly counts of one series: a random walk of their logarithms.
fn counts(series: usize, months: usize) -> Vec<u64> {
    let mut random = Random((series as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut logarithm = 6.0 + 8.0 * random.even();
    (0..months)
        .map(|_| {
            logarithm = (logarithm + 0.06 * random.normal()).clamp(5.0, 20.0);
            logarithm.exp() as u64
        })
        .collect()
}

/// Writes a table without faults and the configuration beside it.
fn write_table(folder: &Path, series: usize, months: usize, order: Order) -> std::io::Result<PathBuf> {
    let keys: Vec<String> = (0..series).map(key).collect();
    let values: Vec<Vec<u64>> = (0..series).map(|one| counts(one, months)).collect();
    let mut text = HEADER.to_owned();
    for row in 0..series * months {
        let (one, month) = match order {
            Order::Series => (row / months, row % months),
            Order::Period => (row % series, row / series),
        };
        let (year, month_of_year) = (1984 + month / 12, month % 12 + 1);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{},{year}-{month_of_year:02},{}", keys[one], values[one][month]);
    }
    write(folder, "candor.toml", CONFIGURATION)?;
    write(folder, "table.csv", &text)
}

/// Writes the table of series in the form of Meta's Community Standards report: quoted thousands, quarters, every tenth
/// figure not there.
fn write_publisher_table(folder: &Path, series: usize, quarters: usize) -> std::io::Result<PathBuf> {
    let mut text = "app,policy_area,metric,period,value\n".to_owned();
    for one in 0..series {
        let app = ["Facebook", "Instagram"][one % 2];
        for (quarter, value) in counts(one, quarters).into_iter().enumerate() {
            let (year, quarter_of_year) = (1900 + quarter / 4, quarter % 4 + 1);
            let value =
                if (one + quarter) % 10 == 0 { "N/A".to_owned() } else { format!("\"{}\"", grouped(value)) };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{app},Policy area {},Content Actioned,{year}Q{quarter_of_year},{value}",
                one / 2
            );
        }
    }
    write(folder, "candor.toml", CONFIGURATION)?;
    write(folder, "table.csv", &text)
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let first = (digits.len() - 1) % 3 + 1;
    let rest = digits.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    std::iter::once(digits[..first].to_owned()).chain(rest).collect::<Vec<_>>().join(",")
}

/// Writes as many report documents as there are months, each with one month of every series.
fn write_documents(folder: &Path, series: usize, months: usize) -> std::io::Result<PathBuf> {
    let values: Vec<Vec<u64>> = (0..series).map(|one| counts(one, months)).collect();
    for month in 0..months {
        let (year, month_of_year) = (1984 + month / 12, month % 12 + 1);
        let mut text = format!(
            "candor: report-v1\npublisher: example\ntitle: Month {month}\npublished: 2025-09-01\n\
             methodology: https://www.example.org/how-we-count\n\
             source: {{url: \"https://www.example.org/{month}\", retrieved: 2025-09-02}}\n\
             defaults: {{metric: content-actioned, unit: piece}}\nseries:\n"
        );
        for (one, values) in values.iter().enumerate() {
            let value = values[month];
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "  - {{subject: service-{one}, values: {{{year}-{month_of_year:02}: {value}}}}}"
            );
        }
        write(folder, &format!("report-{month:03}.yaml"), &text)?;
    }
    Ok(folder.to_owned())
}

fn write(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), text)?;
    Ok(folder.join(name))
}

// ── Measuring ──

/// Seconds that candor takes for a check, start of the process to its end.
fn candor(path: &Path) -> std::io::Result<f64> {
    let start = Instant::now();
    let output = check(path).stdout(Stdio::null()).status()?;
    let seconds = start.elapsed().as_secs_f64();
    match output.code() {
        Some(0 | 1) => Ok(seconds),
        _ => Err(std::io::Error::other(format!("candor check {} failed: {output}", path.display()))),
    }
}

fn check(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.arg("check").arg(path).args(["--format", "concise"]);
    command
}

/// How many findings candor prints for a path.
fn findings(path: &Path) -> std::io::Result<usize> {
    let text = check(path).output()?.stdout;
    Ok(text.iter().filter(|byte| **byte == b'\n').count())
}

/// Largest resident size of a check in bytes; `None` where the system does not tell.
fn peak_memory(path: &Path) -> std::io::Result<Option<u64>> {
    let mut child = check(path).stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kibibytes.map(|number| number * 1024));
        std::thread::sleep(Duration::from_micros(500));
    }
    Ok(peak)
}

/// Seconds that the `csv` crate takes to read a file into one record that is used again: its quickest way that checks
/// the encoding, as candor must.
fn csv_crate(path: &Path) -> std::io::Result<f64> {
    let start = Instant::now();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::StringRecord::new();
    let mut cells = 0;
    while reader.read_record(&mut record)? {
        cells += record.len();
    }
    std::hint::black_box(cells);
    Ok(start.elapsed().as_secs_f64())
}

/// A read by a Python module, in a process of its own that times the read alone.
struct Python {
    name: &'static str,
    script: String,
}

impl Python {
    fn new(module: &'static str, read: &str) -> Self {
        let script = format!(
            "import sys, time, {module}\nstart = time.perf_counter()\n{read}\nprint(time.perf_counter() - start)"
        );
        Self { name: module, script }
    }

    /// Work of another name than its module's; the script times itself.
    fn named(name: &'static str, script: &str) -> Self {
        Self { name, script: script.to_owned() }
    }

    /// Seconds of the read alone and of the whole process; `None` where Python or the module is not there.
    fn time(&self, path: &Path) -> Option<(f64, f64)> {
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let start = Instant::now();
        let output = Command::new(python).arg("-c").arg(&self.script).arg(path).output().ok()?;
        let whole = start.elapsed().as_secs_f64();
        let alone = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
        output.status.success().then_some((alone, whole))
    }
}

// ── Tables ──

fn against_readers(table: &Path) -> std::io::Result<String> {
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
fn shapes(folder: &Path, table: &Path) -> std::io::Result<String> {
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

fn shortest(path: &Path, rounds: usize) -> std::io::Result<f64> {
    (0..rounds).try_fold(f64::INFINITY, |shortest, _| Ok(candor(path)?.min(shortest)))
}

/// Bytes of a file, or of all files in a folder.
fn size_of(path: &Path) -> std::io::Result<u64> {
    if path.is_file() {
        return Ok(std::fs::metadata(path)?.len());
    }
    std::fs::read_dir(path)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()))
}

fn shipped_dataset() -> std::io::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/datasets/ncmec");
    let seconds = shortest(&folder, 5 * ROUNDS)?;
    Ok(format!("## Shipped dataset\n\n`fixtures/datasets/ncmec`, start to end: {:.1} ms", seconds * 1e3))
}

/// How the time grows with the number of series, each of 20 months.
fn many_series(folder: &Path) -> std::io::Result<String> {
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
const LOAD_CURATED: &str = r#"
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
const DIFF_BY_CSV: &str = r#"
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
const DIFF_BY_PANDAS: &str = r#"
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
fn published(corpus: &Path) -> std::io::Result<String> {
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
