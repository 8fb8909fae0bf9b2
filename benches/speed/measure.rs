//! Timing of programs, each in a process of its own, and of readers in this one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Each program is timed this often, in turn with the others, and the shortest time counts: all that another job on
/// the machine can do is add to it.
pub const ROUNDS: usize = 7;

/// Seconds that candor takes for a check, start of the process to its end.
pub fn candor(path: &Path) -> std::io::Result<f64> {
    let start = Instant::now();
    let output = check(path).stdout(Stdio::null()).status()?;
    let seconds = start.elapsed().as_secs_f64();
    match output.code() {
        Some(0 | 1) => Ok(seconds),
        _ => Err(std::io::Error::other(format!("candor check {} failed: {output}", path.display()))),
    }
}

pub fn check(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.arg("check").arg(path).args(["--format", "concise"]);
    command
}

/// How many findings candor prints for a path.
pub fn findings(path: &Path) -> std::io::Result<usize> {
    let text = check(path).output()?.stdout;
    Ok(text.iter().filter(|byte| **byte == b'\n').count())
}

/// Largest resident size of a check in bytes; `None` where the system does not tell.
pub fn peak_memory(path: &Path) -> std::io::Result<Option<u64>> {
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
pub fn csv_crate(path: &Path) -> std::io::Result<f64> {
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
pub struct Python {
    pub name: &'static str,
    script: String,
}

impl Python {
    pub fn new(module: &'static str, read: &str) -> Self {
        let script = format!(
            "import sys, time, {module}\nstart = time.perf_counter()\n{read}\nprint(time.perf_counter() - start)"
        );
        Self { name: module, script }
    }

    /// Work of another name than its module's; the script times itself.
    pub fn named(name: &'static str, script: &str) -> Self {
        Self { name, script: script.to_owned() }
    }

    /// Seconds of the read alone and of the whole process; `None` where Python or the module is not there.
    pub fn time(&self, path: &Path) -> Option<(f64, f64)> {
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let start = Instant::now();
        let output = Command::new(python).arg("-c").arg(&self.script).arg(path).output().ok()?;
        let whole = start.elapsed().as_secs_f64();
        let alone = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
        output.status.success().then_some((alone, whole))
    }
}

/// The shortest of some checks.
pub fn shortest(path: &Path, rounds: usize) -> std::io::Result<f64> {
    (0..rounds).try_fold(f64::INFINITY, |shortest, _| Ok(candor(path)?.min(shortest)))
}

/// Bytes of a file, or of all files in a folder.
pub fn size_of(path: &Path) -> std::io::Result<u64> {
    if path.is_file() {
        return Ok(std::fs::metadata(path)?.len());
    }
    std::fs::read_dir(path)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()))
}

/// Seconds that `serde_json` takes to read a file and parse it to a `Value`.
pub fn serde_json_crate(path: &Path) -> std::io::Result<f64> {
    let start = Instant::now();
    let value: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    std::hint::black_box(&value);
    Ok(start.elapsed().as_secs_f64())
}

/// Seconds that `calamine` takes to read all cells of the first sheet of a workbook.
pub fn calamine_crate(path: &Path) -> std::io::Result<f64> {
    use calamine::Reader as _;
    let start = Instant::now();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).map_err(std::io::Error::other)?;
    let range = book.worksheet_range_at(0).transpose().map_err(std::io::Error::other)?;
    std::hint::black_box(range.map(|range| range.get_size()));
    Ok(start.elapsed().as_secs_f64())
}

/// Seconds of a whole process and what it prints; `None` where the program is not there.
pub fn program(name: &str, arguments: &[&std::ffi::OsStr]) -> Option<(f64, String)> {
    let start = Instant::now();
    let output = Command::new(name).args(arguments).output().ok()?;
    Some((start.elapsed().as_secs_f64(), String::from_utf8_lossy(&output.stdout).into_owned()))
}
