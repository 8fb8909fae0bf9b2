//! How time and memory grow with the size of a file, in every format that candor reads.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::data::{Order, Syntax, write_document, write_table, write_workbook};
use super::measure::{calamine_crate, candor, csv_crate, peak_memory, program, serde_json_crate, size_of};

/// How often a file is timed at least.
const LEAST_ROUNDS: usize = 5;
/// How often it is timed at most: another job on the machine may fall on each of a few short times, and falls most on a program
/// that runs on all threads.
const MOST_ROUNDS: usize = 25;
/// More rounds than the least begin only while all before took less than this.
const TIME_FOR_MORE: Duration = Duration::from_secs(20);

/// Periods of each series.
const MONTHS: usize = 500;

/// What reads a file and checks nothing: its name, and the seconds that it takes.
type Reader = (&'static str, fn(&Path) -> std::io::Result<f64>);

/// A format: its name, how a file of so many series is written, and what reads it and checks nothing.
struct Format {
    name: &'static str,
    write: fn(&Path, usize) -> std::io::Result<PathBuf>,
    reader: Option<Reader>,
    /// Series that make about a megabyte of text.
    per_megabyte: f64,
    /// Megabytes of text. A sheet has no more than 1,048,576 rows.
    sizes: &'static [f64],
}

const FORMATS: [Format; 4] = [
    Format {
        name: "tidy CSV",
        write: |folder, series| write_table(folder, series, MONTHS, Order::Series),
        reader: Some(("csv crate", csv_crate)),
        per_megabyte: 29.5,
        sizes: &[1.0, 10.0, 100.0],
    },
    Format {
        name: "report JSON",
        write: |folder, series| write_document(folder, series, MONTHS, Syntax::Json, 0),
        reader: Some(("serde_json to Value", serde_json_crate)),
        per_megabyte: 76.0,
        sizes: &[1.0, 10.0, 100.0],
    },
    Format {
        name: "report YAML",
        write: |folder, series| write_document(folder, series, MONTHS, Syntax::Yaml, 0),
        reader: None,
        per_megabyte: 91.0,
        sizes: &[1.0, 10.0, 100.0],
    },
    Format {
        name: "XLSX, as sizes of its text",
        write: |folder, series| write_workbook(folder, series, MONTHS),
        reader: Some(("calamine", calamine_crate)),
        per_megabyte: 29.5,
        sizes: &[1.0, 10.0, 60.0],
    },
];

/// One file of each format and size, beside what only reads it.
pub fn sizes(folder: &Path) -> std::io::Result<String> {
    let mut text = "## Formats and sizes\n\n\
                    | format | MB | values | seconds | nanoseconds a value | peak memory, as sizes of the file | reader | seconds | candor takes |\n\
                    |---|---:|---:|---:|---:|---:|---|---:|---:|\n"
        .to_owned();
    for (number, format) in FORMATS.iter().enumerate() {
        for megabytes in format.sizes {
            let series = (megabytes * format.per_megabyte).round() as usize;
            let path = (format.write)(&folder.join(format!("format-{number}-{megabytes}")), series)?;
            let (size, values) = (size_of(&path)? as f64, (series * MONTHS) as f64);
            // By turns, so that what else the machine does falls on both.
            let (mut seconds, mut alone) = (f64::INFINITY, f64::INFINITY);
            let (start, mut rounds) = (Instant::now(), 0);
            while rounds < LEAST_ROUNDS || (rounds < MOST_ROUNDS && start.elapsed() < TIME_FOR_MORE) {
                rounds += 1;
                seconds = seconds.min(candor(&path)?);
                if let Some((_, read)) = format.reader {
                    alone = alone.min(read(&path)?);
                }
            }
            let memory = peak_memory(&path)?
                .map_or_else(|| "not available".to_owned(), |peak| format!("{:.2} ×", peak as f64 / size));
            let reader = match format.reader {
                Some((name, _)) => format!("{name} | {alone:.3} | {:.2} ×", seconds / alone),
                None => "| |".to_owned(),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {:.1} | {values} | {seconds:.3} | {:.0} | {memory} | {reader} |",
                format.name,
                size / 1e6,
                seconds / values * 1e9,
            );
        }
    }
    let empty = (0..20).filter_map(|_| program(env!("CARGO_BIN_EXE_candor"), &["--version".as_ref()]));
    let start = empty.map(|(seconds, _)| seconds).fold(f64::INFINITY, f64::min);
    let _ = writeln!(text, "\nStart and end of the program alone (`--version`): {:.1} ms", start * 1e3);
    Ok(text)
}
