//! candor beside programs that hold a file against a schema: the same file, the same schema, whole processes.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;

use super::data::{Order, Syntax, write_document, write_table};
use super::measure::program;

/// Faults in each file.
const FAULTS: usize = 50;

/// What the table's schema demands, for a program that reads Table Schema.
const TABLE_SCHEMA: &str = r#"{"name": "table", "path": "faulty.csv", "schema": {"fields": [
  {"name": "publisher", "type": "string"}, {"name": "subject", "type": "string"}, {"name": "metric", "type": "string"},
  {"name": "unit", "type": "string", "constraints": {"enum": ["piece", "notice"]}},
  {"name": "category", "type": "string"}, {"name": "period", "type": "string"}, {"name": "value", "type": "integer"}]}}
"#;

/// A program that validates.
struct Validator<'a> {
    name: &'static str,
    program: String,
    arguments: Vec<&'a OsStr>,
    /// How many findings it prints.
    count: fn(&str) -> usize,
}

/// Validates documents and a table with candor and with others.
pub fn against_validators(folder: &Path) -> std::io::Result<String> {
    let mut text =
        "## Schemas\n\n| file | program | findings | seconds | times candor |\n|---|---|---:|---:|---:|\n"
            .to_owned();
    let schema = folder.join("report.schema.json");
    let (_, printed) = program(env!("CARGO_BIN_EXE_candor"), &["schema".as_ref(), "report-v1".as_ref()])
        .ok_or_else(|| std::io::Error::other("candor schema report failed"))?;
    std::fs::create_dir_all(folder)?;
    std::fs::write(&schema, printed)?;
    let schema = schema.as_os_str();
    let script = |name: &str| {
        std::env::var("PYTHON_SCRIPTS").map_or_else(|_| name.to_owned(), |bin| format!("{bin}/{name}"))
    };

    let document = write_document(&folder.join("faulty"), 760, 500, Syntax::Json, FAULTS)?;
    let file = document.as_os_str();
    let others = [Validator {
        name: "check-jsonschema, that schema",
        program: script("check-jsonschema"),
        arguments: vec!["--schemafile".as_ref(), schema, "-o".as_ref(), "JSON".as_ref(), file],
        count: |text| text.matches("\"path\":").count(),
    }];
    compare(&mut text, "report JSON of 10 MB, 50 unknown units", file, &others, 3)?;

    let whole = write_document(&folder.join("whole"), 7_600, 500, Syntax::Json, 0)?;
    let file = whole.as_os_str();
    let others = [Validator {
        name: "sourcemeta jsonschema validate --fast",
        program: script("jsonschema"),
        arguments: vec!["validate".as_ref(), "--fast".as_ref(), schema, file],
        count: |_| 0,
    }];
    compare(&mut text, "report JSON of 100 MB, no faults", file, &others, 3)?;

    let table = write_table(&folder.join("faulty"), 2_950, 500, Order::Series)?;
    let faulty = folder.join("faulty").join("faulty.csv");
    let written = std::fs::read_to_string(&table)?;
    let spoilt = |(row, line): (usize, &str)| match (row % 1_000, line.rsplit_once(',')) {
        (999, Some((start, _))) if row / 1_000 < FAULTS => format!("{start},none\n"),
        _ => format!("{line}\n"),
    };
    std::fs::write(&faulty, written.lines().enumerate().map(spoilt).collect::<String>())?;
    std::fs::remove_file(&table)?;
    let resource = folder.join("faulty").join("resource.json");
    std::fs::write(&resource, TABLE_SCHEMA)?;
    let others = [Validator {
        name: "frictionless validate, a Table Schema",
        program: script("frictionless"),
        arguments: vec![
            "validate".as_ref(),
            "--type".as_ref(),
            "resource".as_ref(),
            "--json".as_ref(),
            resource.as_os_str(),
        ],
        count: |text| text.matches("\"rowNumber\":").count(),
    }];
    compare(&mut text, "tidy CSV of 100 MB, 50 values that are none", faulty.as_os_str(), &others, 2)?;
    Ok(text)
}

fn compare(
    text: &mut String,
    what: &str,
    file: &OsStr,
    others: &[Validator<'_>],
    rounds: usize,
) -> std::io::Result<()> {
    let all = [
        own("candor check, all rules", file, &[]),
        own("candor check, reading and schema", file, &["--select", "TR0"]),
    ];
    let mut base = f64::NAN;
    for validator in all.iter().chain(others) {
        let mut shortest: Option<(f64, usize)> = None;
        for _ in 0..rounds {
            if let Some((seconds, printed)) = program(&validator.program, &validator.arguments) {
                let found = (validator.count)(&printed);
                shortest = Some(shortest.map_or((seconds, found), |one| (one.0.min(seconds), found)));
            }
        }
        let Some((seconds, found)) = shortest else {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {what} | {} | not available | | |", validator.name);
            continue;
        };
        if base.is_nan() {
            base = seconds;
        }
        let _ = writeln!(
            text,
            "| {what} | {} | {found} | {seconds:.3} | {:.1} × |",
            validator.name,
            seconds / base
        );
    }
    Ok(())
}

fn own<'a>(name: &'static str, file: &'a OsStr, rules: &'static [&'static str]) -> Validator<'a> {
    let options = ["--format", "concise"].iter().chain(rules).map(OsStr::new);
    Validator {
        name,
        program: env!("CARGO_BIN_EXE_candor").to_owned(),
        arguments: [OsStr::new("check"), file].into_iter().chain(options).collect(),
        count: errors,
    }
}

/// The errors that a summary counts: `…: 50 errors, 2 notes.`
fn errors(text: &str) -> usize {
    let before = text.lines().last().and_then(|line| line.split(" error").next());
    before.and_then(|before| before.rsplit(' ').next()?.replace(',', "").parse().ok()).unwrap_or(0)
}
