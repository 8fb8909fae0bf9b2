//! What it takes to print 10,000 findings in every format.

use std::fmt::Write as _;
use std::path::Path;

use super::data::write;
use super::measure::program;

/// Findings, each of a publisher of its own, so that none is folded into another.
const FINDINGS: usize = 10_000;

/// Checks a table with a total of every publisher that is one less than its parts, in every format.
pub fn renderers(folder: &Path) -> std::io::Result<String> {
    let mut table = "publisher,subject,metric,unit,period,value,total_of\n".to_owned();
    for one in 0..FINDINGS {
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "publisher-{one},publisher-{one},notices,notice,2024,{},subjects\n\
             publisher-{one},service-{one}-a,notices,notice,2024,{},\n\
             publisher-{one},service-{one}-b,notices,notice,2024,{},",
            2_999 + one,
            1_000 + one,
            2_000,
        );
    }
    let path = write(&folder.join("findings"), "table.csv", &table)?;
    let formats =
        ["concise", "terminal", "json", "sarif", "github", "gitlab", "junit", "markdown", "csv", "html"];
    let check = |format: &str| {
        let arguments = ["check", "--select", "TR2", "--color", "never", "--format", format];
        let mut arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(std::ffi::OsStr::new).collect();
        arguments.push(path.as_os_str());
        let all = (0..3).filter_map(|_| program(env!("CARGO_BIN_EXE_candor"), &arguments));
        all.min_by(|left, right| left.0.total_cmp(&right.0)).unwrap_or((f64::NAN, String::new()))
    };
    let (base, concise) = check("concise");
    let mut text = format!(
        "## {} findings in every format\n\n| format | MB | seconds | times concise |\n|---|---:|---:|---:|\n",
        concise.matches("error[").count()
    );
    for format in formats {
        let (seconds, printed) = check(format);
        let _ = writeln!(
            text,
            "| {format} | {:.1} | {seconds:.3} | {:.1} × |",
            printed.len() as f64 / 1e6,
            seconds / base
        );
    }
    Ok(text)
}
