//! The data: seeded, so that they are the same everywhere.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use zip::write::{SimpleFileOptions, ZipWriter};

/// What the rows of a table are sorted by.
#[derive(Clone, Copy)]
pub enum Order {
    Series,
    Period,
}

pub const HEADER: &str = "publisher,subject,metric,unit,category,period,value\n";

/// What no row says, so that a table without faults has no finding of that kind.
pub const CONFIGURATION: &str = r#"[[tables]]
path = "*.csv"
published = "2025-09-01"
methodology = "https://www.example.org/how-we-count"
source = { url = "https://www.example.org/report", retrieved = "2025-09-02" }
"#;

/// A small generator (xorshift), so that the data are the same everywhere.
pub struct Random(u64);

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
pub fn key(series: usize) -> String {
    let metrics = [("content-actioned", "piece"), ("notices", "notice")];
    let (metric, unit) = metrics[series % 2];
    let (category, subject, publisher) = (series / 2 % 10, series / 20 % 10, series / 200);
    format!("publisher-{publisher},service-{publisher}-{subject},{metric},{unit},Category {category}")
}

/// Monthly counts of one series: a random walk of their logarithms.
pub fn counts(series: usize, months: usize) -> Vec<u64> {
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
pub fn write_table(folder: &Path, series: usize, months: usize, order: Order) -> std::io::Result<PathBuf> {
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
pub fn write_publisher_table(folder: &Path, series: usize, quarters: usize) -> std::io::Result<PathBuf> {
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

pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let first = (digits.len() - 1) % 3 + 1;
    let rest = digits.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    std::iter::once(digits[..first].to_owned()).chain(rest).collect::<Vec<_>>().join(",")
}

/// Writes as many report documents as there are months, each with one month of every series.
pub fn write_documents(folder: &Path, series: usize, months: usize) -> std::io::Result<PathBuf> {
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

pub fn write(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), text)?;
    Ok(folder.join(name))
}

/// The syntax of a report document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    Json,
    Yaml,
}

/// Writes the figures of a table as one report document, in the form that `candor convert` writes. The unit of the first
/// `faults` series is none of those that the schema names.
pub fn write_document(
    folder: &Path,
    series: usize,
    months: usize,
    syntax: Syntax,
    faults: usize,
) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(if syntax == Syntax::Json { "report.json" } else { "report.yaml" });
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    let header = [
        ("candor", "report-v1"),
        ("publisher", "example"),
        ("title", "Figures"),
        ("published", "2025-09-01"),
        ("methodology", "https://www.example.org/how-we-count"),
    ];
    let is_json = syntax == Syntax::Json;
    if is_json {
        file.write_all(b"{\n")?;
    }
    for (key, value) in header {
        if is_json { writeln!(file, "  \"{key}\": \"{value}\",")? } else { writeln!(file, "{key}: {value}")? }
    }
    file.write_all(if is_json {
        b"  \"source\": {\"url\": \"https://www.example.org/report\", \"retrieved\": \"2025-09-02\"},\n  \"series\": [\n"
    } else {
        b"source: {url: \"https://www.example.org/report\", retrieved: 2025-09-02}\nseries:\n"
    })?;
    for one in 0..series {
        let key = key(one);
        let words: Vec<&str> = key.split(',').skip(1).collect();
        let unit = if one < faults { "thing" } else { words[2] };
        let fields = [("subject", words[0]), ("metric", words[1]), ("unit", unit), ("category", words[3])];
        let names = fields.iter().enumerate();
        for (place, (name, value)) in names {
            match (is_json, place) {
                (true, 0) => writeln!(file, "    {{\n      \"{name}\": \"{value}\",")?,
                (true, _) => writeln!(file, "      \"{name}\": \"{value}\",")?,
                (false, 0) => writeln!(file, "  - {name}: {value}")?,
                (false, _) => writeln!(file, "    {name}: {value}")?,
            }
        }
        file.write_all(if is_json { b"      \"values\": {\n" } else { b"    values:\n" })?;
        for (month, value) in counts(one, months).into_iter().enumerate() {
            let (year, month_of_year) = (1984 + month / 12, month % 12 + 1);
            let end = if month + 1 < months { "," } else { "" };
            if is_json {
                writeln!(file, "        \"{year}-{month_of_year:02}\": {value}{end}")?;
            } else {
                writeln!(file, "      {year}-{month_of_year:02}: {value}")?;
            }
        }
        if is_json {
            file.write_all(if one + 1 < series { b"      }\n    },\n" } else { b"      }\n    }\n" })?;
        }
    }
    if is_json {
        file.write_all(b"  ]\n}\n")?;
    }
    file.flush()?;
    Ok(path)
}

/// Writes a table as a workbook of one sheet, every text in its cell.
pub fn write_workbook(folder: &Path, series: usize, months: usize) -> std::io::Result<PathBuf> {
    const SPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    write(folder, "candor.toml", &CONFIGURATION.replace("*.csv", "*.xlsx"))?;
    let path = folder.join("table.xlsx");
    let mut writer = ZipWriter::new(std::io::BufWriter::new(std::fs::File::create(&path)?));
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
                .to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r\" \
                 Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{SPACE}\" xmlns:r=\"{RELATIONS}\"><sheets>\
                 <sheet name=\"Figures\" sheetId=\"1\" r:id=\"r\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r\" \
                 Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
    ];
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default())?;
        writer.write_all(text.as_bytes())?;
    }
    writer.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default())?;
    write!(writer, "<worksheet xmlns=\"{SPACE}\"><sheetData>")?;
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |words: &str| words.trim_end().split(',').map(cell).collect::<String>();
    write!(writer, "<row>{}</row>", row(HEADER))?;
    for one in 0..series {
        let words = row(&key(one));
        for (month, value) in counts(one, months).into_iter().enumerate() {
            let period = cell(&format!("{}-{:02}", 1984 + month / 12, month % 12 + 1));
            write!(writer, "<row>{words}{period}<c><v>{value}</v></c></row>")?;
        }
    }
    write!(writer, "</sheetData></worksheet>")?;
    writer.finish()?.flush()?;
    Ok(path)
}
