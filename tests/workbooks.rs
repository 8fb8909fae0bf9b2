//! Publishers' workbooks: what spreadsheet programs put into cells reaches the figures.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;

use zip::write::{SimpleFileOptions, ZipWriter};

/// A cell: its reference and its XML, without the outer element.
type Cell<'a> = (&'a str, &'a str);

/// A sheet: name, whether it is hidden, cells by row, merged ranges.
struct Sheet<'a> {
    name: &'a str,
    hidden: bool,
    rows: &'a [&'a [Cell<'a>]],
    merged: &'a [&'a str],
}

/// A text cell, a number, a number in a style: 1 is a percentage, 2 a date.
fn xml((reference, content): Cell<'_>) -> String {
    match content.split_once('@') {
        Some((style, number)) => format!(r#"<c r="{reference}" s="{style}"><v>{number}</v></c>"#),
        None if content.parse::<f64>().is_ok() => format!(r#"<c r="{reference}"><v>{content}</v></c>"#),
        None => {
            let text = content.trim_start_matches('\'');
            format!(r#"<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        }
    }
}

fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    const SPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                r#"<styleSheet xmlns="{SPACE}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
            ),
        ),
    ];
    let (mut listed, mut targets) = (String::new(), String::new());
    for (index, sheet) in sheets.iter().enumerate() {
        let number = index + 1;
        let state = if sheet.hidden { r#" state="hidden""# } else { "" };
        listed += &format!(r#"<sheet name="{}" sheetId="{number}"{state} r:id="rId{number}"/>"#, sheet.name);
        targets += &format!(
            r#"<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
        let rows: String = sheet
            .rows
            .iter()
            .enumerate()
            .map(|(row, cells)| {
                let cells: String = cells.iter().map(|cell| xml(*cell)).collect();
                format!(r#"<row r="{}">{cells}</row>"#, row + 1)
            })
            .collect();
        let merged: String =
            sheet.merged.iter().map(|range| format!(r#"<mergeCell ref="{range}"/>"#)).collect();
        let merged = if merged.is_empty() { merged } else { format!("<mergeCells>{merged}</mergeCells>") };
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!(r#"<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData>{merged}</worksheet>"#),
        ));
    }
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!(r#"<workbook xmlns="{SPACE}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>"#),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{targets}</Relationships>"#),
    ));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(&*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn candor(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_candor")).current_dir(folder).args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

const PROFILE: &str = r#"candor = "profile-v1"
id = "example-workbook"
title = "Example: content by kind (workbook)"
url = "https://www.example.org/transparency"

[constants]
publisher = "example"

[numbers]
thousands = ","

[[tables]]
header = ["Until", "Actioned", "Found by us"]
fields = { quarter = "Until", category = "@group" }
values = [
  { column = "Actioned", constants = { metric = "content-actioned" } },
  { column = "Found by us", constants = { metric = "proactive-rate" } },
]
"#;

const CONTENT: Sheet<'_> = Sheet {
    name: "Content",
    hidden: false,
    rows: &[
        &[("A1", "Kind"), ("B1", "Spam"), ("D1", "Nudity")],
        &[
            ("A2", "Until"),
            ("B2", "Actioned"),
            ("C2", "Found by us"),
            ("D2", "Actioned"),
            ("E2", "Found by us"),
        ],
        &[("A3", "2@45382"), ("B3", "'12,345"), ("C3", "1@0.998"), ("D3", "810"), ("E3", "1@0.5")],
        &[
            ("A4", "2@45473"),
            ("B4", "15935*"),
            ("C4", "1@0.99"),
            ("D4", "9007199254740993"),
            ("E4", "1@0.25"),
        ],
    ],
    merged: &["B1:C1", "D1:E1"],
};

const NOTES: Sheet<'_> = Sheet {
    name: "Notes",
    hidden: false,
    rows: &[
        &[("A1", "How we count")],
        &[("A2", "Version"), ("B2", "2")],
        &[("A3", "* restated from the report before")],
    ],
    merged: &[],
};

fn folder(sheets: &[Sheet<'_>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("candor.toml", b"profiles = [\"profile.toml\"]\n");
    write("profile.toml", PROFILE.as_bytes());
    write("book.xlsx", &workbook(sheets));
    folder
}

#[test]
fn merged_headers_percentages_dates_and_texts_are_read() {
    let folder = folder(&[CONTENT]);
    let (text, code) = candor(folder.path(), &["convert", "book.xlsx", "--to", "csv"]);
    assert_eq!(code, 0, "{text}");
    let expected = "\
publisher,subject,metric,unit,category,period,value,rounded_to
example,example,content-actioned,piece,Spam,2024-Q1,12345,
example,example,proactive-rate,rate,Spam,2024-Q1,0.998,0.001
example,example,content-actioned,piece,Nudity,2024-Q1,810,
example,example,proactive-rate,rate,Nudity,2024-Q1,0.50,0.01
example,example,content-actioned,piece,Spam,2024-Q2,15935,
example,example,proactive-rate,rate,Spam,2024-Q2,0.99,0.01
example,example,content-actioned,piece,Nudity,2024-Q2,9007199254740992,
example,example,proactive-rate,rate,Nudity,2024-Q2,0.25,0.01
";
    assert_eq!(text, expected);
}

#[test]
fn what_a_cell_cannot_keep_and_what_marks_it_are_said() {
    let folder = folder(&[CONTENT]);
    let (text, _) = candor(folder.path(), &["check", "book.xlsx", "--format", "concise", "--select", "TR0"]);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("book")).collect();
    assert_eq!(
        lines,
        [
            "book.xlsx!Content!B4: note[unparsable-value] `15935*` carries a footnote mark",
            "book.xlsx!Content!D4: note[unparsable-value] `9007199254740992` is too large for a workbook to keep every \
             digit: the last ones may not be those that were published",
        ]
    );
}

#[test]
fn a_sheet_without_a_table_is_no_fault() {
    let folder = folder(&[CONTENT, NOTES]);
    let (text, code) =
        candor(folder.path(), &["check", "book.xlsx", "--format", "concise", "--select", "TR003"]);
    assert!(!text.contains("TR003") && !text.contains("unrecognised") && code == 0, "{text}");
    let unknown = Sheet {
        name: "Other",
        hidden: false,
        rows: &[
            &[("A1", "Country"), ("B1", "Requests")],
            &[("A2", "France"), ("B2", "12")],
            &[("A3", "Spain"), ("B3", "14")],
        ],
        merged: &[],
    };
    let folder = self::folder(&[CONTENT, unknown]);
    let (text, code) =
        candor(folder.path(), &["check", "book.xlsx", "--format", "concise", "--select", "TR003"]);
    assert!(text.contains("book.xlsx!Other!A1: error[unrecognised-format]") && code != 0, "{text}");
}

#[test]
fn a_hidden_sheet_is_noted_and_read() {
    let folder = folder(&[Sheet { hidden: true, ..CONTENT }]);
    let (text, _) =
        candor(folder.path(), &["check", "book.xlsx", "--format", "concise", "--select", "TR003"]);
    assert!(text.contains("note[unrecognised-format] this sheet is hidden in its workbook"), "{text}");
    assert!(text.contains("8 values in 4 series"), "{text}");
}

#[test]
fn a_baseline_of_a_table_holds_for_the_workbook_that_it_becomes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = [
        "publisher,metric,unit,period,value",
        "example,appeals,appeal,2021,97",
        "example,appeals,appeal,2023,98",
    ];
    std::fs::write(folder.join("candor.toml"), "fail-on = \"note\"\n").unwrap();
    std::fs::write(folder.join("appeals.csv"), rows.join("\n")).unwrap();
    let (text, code) = candor(folder, &["check", ".", "--format", "concise"]);
    assert!(code == 1 && text.contains("[period-gap]"), "{text}");
    let (written, _) = candor(folder, &["baseline", "write"]);

    let columns = ["A", "B", "C", "D", "E"];
    let references: Vec<Vec<String>> =
        (1..=rows.len()).map(|row| columns.iter().map(|column| format!("{column}{row}")).collect()).collect();
    let cells: Vec<Vec<Cell<'_>>> = rows
        .iter()
        .zip(&references)
        .map(|(row, references)| references.iter().map(String::as_str).zip(row.split(',')).collect())
        .collect();
    let cells: Vec<&[Cell<'_>]> = cells.iter().map(Vec::as_slice).collect();
    std::fs::remove_file(folder.join("appeals.csv")).unwrap();
    let sheet = Sheet { name: "Appeals", hidden: false, rows: &cells, merged: &[] };
    std::fs::write(folder.join("appeals.xlsx"), workbook(&[sheet])).unwrap();
    let (text, code) = candor(folder, &["check", ".", "--format", "concise"]);
    let count = written.split(' ').nth(1).unwrap();
    assert!(code == 0 && text.contains(&format!("no findings, {count} baselined")), "{written}{text}");
}
