//! The same figures in another encoding, with other separators or in a workbook give the same findings.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::Path;
use std::process::Command;

use candor::render::{Format, RunInfo, Style, render};
use candor::source::Limits;
use support::{every_finding, outcome};

/// A table with a sum that does not come out, and a category that is not ASCII.
const TABLE: &str = "publisher,metric,unit,category,total_of,period,value
example,appeals,appeal,Nudité,,2024,1002
example,appeals,appeal,“Violence”,,2024,297
example,appeals,appeal,All,categories,2024,1298
";

/// Rule and message of each finding on a table of this name and these bytes.
fn findings(name: &str, bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    facts(&path)
}

fn facts(path: &Path) -> Vec<String> {
    let outcome = outcome(&[path.to_path_buf()]);
    assert_eq!(outcome.exit_code(None), 0, "{:?}", support::lines(&outcome));
    let fact = |finding: &&candor::diag::Finding| {
        let location = finding.primary.location;
        let text = outcome.sources.get(location.source).slice(location.span);
        // What concerns the whole table is named by the file.
        let place = location.cell.map(|cell| (cell.row, cell.column, text, finding.fingerprint()));
        format!("{} {} {place:?}", finding.rule.name, finding.message)
    };
    every_finding(&outcome).iter().map(fact).collect()
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
}

fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |character: char| match character {
        '“' => 0x93,
        '”' => 0x94,
        other => u8::try_from(other).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn other_encodings_and_separators_change_no_finding() {
    let expected = findings("table.csv", TABLE.as_bytes());
    assert!(expected.iter().any(|one| one.starts_with("sum-mismatch")), "{expected:?}");
    let copies = [
        ("utf-16le.csv", utf_16(TABLE, u16::to_le_bytes)),
        ("utf-16be.csv", utf_16(TABLE, u16::to_be_bytes)),
        ("windows-1252.csv", windows_1252(TABLE)),
        ("semicolons.csv", TABLE.replace(',', ";").into_bytes()),
        ("tabs.tsv", TABLE.replace(',', "\t").into_bytes()),
        ("bars.txt", TABLE.replace(',', "|").into_bytes()),
        ("utf-16-without-mark.csv", utf_16(TABLE, u16::to_le_bytes)[2..].to_vec()),
        ("carriage-returns.csv", TABLE.replace('\n', "\r").into_bytes()),
        ("tabs-utf-16le.txt", utf_16(&TABLE.replace(',', "\t"), u16::to_le_bytes)),
    ];
    for (name, bytes) in copies {
        assert_eq!(findings(name, &bytes), expected, "{name}");
    }
}

/// Values and findings of a table of this name and these bytes.
fn read(name: &str, bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let outcome = outcome(&[folder.path().join(name)]);
    let readable =
        every_finding(&outcome).into_iter().filter(|finding| finding.rule.code.starts_with("TR00"));
    let found = readable
        .map(|finding| format!("{} {} {}", finding.rule.code, finding.level.as_str(), finding.message));
    let found = found.collect();
    (outcome.dataset.observations.iter().map(|one| one.quantity.to_string()).collect(), found)
}

const MARKS: &str =
    "TR008 note numbers of this table have `,` before decimals and `.` between thousands; they are read so";

#[test]
fn a_publishers_table_saved_where_commas_are_decimal_marks_is_read() {
    let table = "app;policy_area;metric;period;value\r\nFacebook;Spam;Content Actioned;2023Q1;20.800.000\r\n\
                 Facebook;Belästigung;Content Actioned;2023Q1;1.100\r\nFacebook;Spam;Proactive Rate;2023Q1;99,10%\r\n";
    for table in [table.to_owned(), format!("sep=;\r\n{table}")] {
        let (values, found) = read("meta.csv", &windows_1252(&table));
        assert_eq!(found, [MARKS]);
        let numbers: Vec<&str> = values.iter().map(|value| value.split(' ').next().unwrap()).collect();
        assert_eq!(numbers, ["20,800,000", "1,100", "0.9910"], "{values:?}");
    }
}

#[test]
fn a_tidy_table_with_decimal_commas_is_read_and_an_open_one_reported() {
    let table = |values: [&str; 2]| {
        let rows: String = values
            .iter()
            .zip(2023..)
            .map(|(value, year)| format!("example;appeals;appeal;{year};{value}\n"))
            .collect();
        format!("publisher;metric;unit;period;value\n{rows}")
    };
    let (values, found) = read("a.csv", table(["1.234", "12.345.678"]).as_bytes());
    assert_eq!((values, found), (vec!["1,234".to_owned(), "12,345,678".to_owned()], vec![MARKS.to_owned()]));
    let (_, found) = read("a.csv", table(["1.234", "2.345"]).as_bytes());
    let open = "TR008 warning `1.234` can be read in two ways in a table separated by `;`, and no other number tells which";
    assert_eq!(found, [open]);
    let (_, found) = read("a.csv", table(["0.25", "1234"]).as_bytes());
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn rows_after_an_open_quote_are_read() {
    let table = "publisher,metric,unit,category,period,value\nexample,appeals,appeal,x,2022,4\n\
                 example,appeals,appeal,the 5\" rule,2023,5\nexample,appeals,appeal,x,2024,6\n";
    let (values, found) = read("a.csv", table.as_bytes());
    assert_eq!(values, ["4", "6"]);
    assert_eq!(
        found,
        ["TR001 error the quote that opens here is never closed; the rest of its line is not read"]
    );
}

#[test]
fn what_was_assumed_of_the_bytes_is_stated() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = windows_1252(&TABLE.replace(',', ";"));
    std::fs::write(folder.path().join("table.csv"), &bytes).unwrap();
    let outcome = outcome(&[folder.path().to_path_buf()]);
    let run = RunInfo {
        version: String::new(),
        rule_set_hash: String::new(),
        fail_on: None,
        exit_code: 0,
        command: String::new(),
    };
    let text = render(&outcome, Format::Concise, &Style::default(), &run);
    assert!(text.contains("table.csv (windows-1252, separated by `;`)."), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&render(&outcome, Format::Json, &Style::default(), &run)).unwrap();
    let input = &json["inputs"][0];
    assert_eq!((input["encoding"].as_str(), input["separator"].as_str()), (Some("windows-1252"), Some(";")));
    assert_eq!(input["bytes"].as_u64(), Some(bytes.len() as u64));
    assert_eq!(input["sha256"].as_str(), Some(candor::source::sha256_hex(&bytes).as_str()));
    assert!(input.get("sheet").is_none());
}

#[test]
fn standard_input_in_another_encoding_is_read() {
    let (exit, out) = piped(&windows_1252(TABLE));
    assert!(
        exit == 1
            && out.contains("\n-:4:44: error[sum-mismatch]")
            && out.contains("Read as: - (windows-1252)."),
        "{out}"
    );
}

/// Checks bytes on standard input: exit code, standard output.
fn piped(bytes: &[u8]) -> (i32, String) {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["check", "--format", "concise", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_workbook_gives_the_findings_of_its_table() {
    let folder = support::project().join("fixtures/workbooks");
    let expected = findings("table.csv", TABLE.as_bytes());
    let found = facts(&folder.join("tidy.xlsx"));
    assert_eq!(found, expected);
    let bytes = std::fs::read(folder.join("tidy.xlsx")).unwrap();
    let outcome = outcome(&[folder.join("tidy.xlsx")]);
    assert_eq!(outcome.sources.len(), 1, "a blank sheet is no input");
    let run = RunInfo {
        version: String::new(),
        rule_set_hash: String::new(),
        fail_on: None,
        exit_code: 0,
        command: String::new(),
    };
    let json: serde_json::Value =
        serde_json::from_str(&render(&outcome, Format::Json, &Style::default(), &run)).unwrap();
    let schema = std::fs::read_to_string(support::project().join("schemas/findings-v1.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    assert!(schema.is_valid(&json));
    let input = &json["inputs"][0];
    assert!(input["path"].as_str().unwrap().ends_with("tidy.xlsx!Appeals"), "{input}");
    assert_eq!(input["format"].as_str(), Some("tidy table (XLSX)"));
    assert_eq!(
        (input["sheet"]["name"].as_str(), input["sheet"]["hidden"].as_bool()),
        (Some("Appeals"), Some(false))
    );
    assert_eq!(input["bytes"].as_u64(), Some(bytes.len() as u64));
    assert_eq!(input["sha256"].as_str(), Some(candor::source::sha256_hex(&bytes).as_str()));
    let concise = render(&outcome, Format::Concise, &Style::default(), &run);
    assert!(concise.contains("tidy.xlsx!Appeals!G4: error[sum-mismatch]"), "{concise}");
    let drawn = render(&outcome, Format::Terminal, &Style::default(), &run);
    assert!(drawn.contains("tidy.xlsx!Appeals!G4]"), "{drawn}");
}

#[test]
fn a_workbook_on_standard_input_is_read() {
    let (exit, out) = piped(&std::fs::read(support::project().join("fixtures/workbooks/tidy.xlsx")).unwrap());
    assert!(exit == 1 && out.contains("\n-!Appeals!G4: error[sum-mismatch]"), "{out}");
}

#[test]
fn workbooks_in_folders_are_found() {
    let outcome = outcome(&[support::project().join("fixtures/workbooks")]);
    let sheets: Vec<(&str, bool)> = outcome
        .sources
        .iter()
        .filter_map(|(_, source)| source.sheet.as_ref())
        .map(|sheet| (sheet.name.as_str(), sheet.hidden))
        .collect();
    let expected = [("Cells", false), ("Merged & hidden", true), ("One column", false), ("Appeals", false)];
    assert_eq!(sheets, expected);
}

#[test]
fn cells_become_what_a_reader_sees() {
    let bytes = std::fs::read(support::project().join("fixtures/workbooks/cells.xlsx")).unwrap();
    let sheets = candor::load::xlsx::sheets(&bytes, &Limits::default()).unwrap();
    assert!(sheets.iter().all(|sheet| sheet.failure.is_none()));
    let texts: Vec<&str> = sheets.iter().map(|sheet| sheet.text.as_str()).collect();
    let expected = [
        "What,As in the sheet
text,\" a, \"\"b\"\" c \"
whole,920793
grouped,1234567
decimal,0.947
noise,0.9470000000000001
percent,99.8%
small percent,0.56%
no percent,0.5
date,2024-02-29
moment,2024-02-29T18:30:00
time,06:15:00
hours,30:05:00
true,TRUE
false,FALSE
error,#REF!
number as text,\"15,935*\"
tiny,0.0000001
large,9007199254740992
not computed,\"=SUM(B3,B4)\"
",
        ",,,\n,,,\n,Requests,Requests,Users\n,2023,2024,2024\nSpain,1,2,3\nSpain,4,,\n",
        "",
        "title\n\"\"\n\"\"\nx\n",
    ];
    assert_eq!(texts, expected);
    let mut rows = candor::load::csv::Rows::new(texts[3], b',', &Limits::default());
    while rows.advance() {}
    assert_eq!(rows.number, 4, "a blank row counts");
}

#[test]
fn a_damaged_workbook_ends_no_program() {
    let bytes = std::fs::read(support::project().join("fixtures/workbooks/cells.xlsx")).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        assert!(candor::load::xlsx::sheets(&bytes[..length], &Limits::default()).is_err());
    }
    for place in (0..bytes.len()).step_by(13) {
        let mut changed = bytes.clone();
        changed[place] ^= 0xFF;
        // What it says does not matter, only that it comes back.
        let _ = candor::load::xlsx::sheets(&changed, &Limits::default());
    }
}
