//! Spans by property: in every format, the text under the span of an observation re-parses to its value.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use candor::ingest::{Input, TableHeader, ingest, shipped_registry};
use candor::load::csv::{Rows, unquote};
use candor::model::{Dataset, parse_number};
use candor::source::{Limits, Source, Sources};
use proptest::prelude::*;

fn read(name: &str, text: String) -> (Sources, Dataset) {
    let mut sources = Sources::default();
    let source = sources.add(Source::new(name, text));
    let header = TableHeader::default();
    let dataset = ingest(
        &sources,
        &[Input { source, header, named: true, ..Input::default() }],
        shipped_registry(),
        &[],
    );
    (sources, dataset)
}

/// Every observation's span holds its number; gives how many there are.
fn check_spans(sources: &Sources, dataset: &Dataset) -> usize {
    for observation in dataset.observations.iter() {
        let text = sources.get(observation.origin.source).slice(observation.origin.value);
        let text = unquote(text.trim_matches('"'));
        let Some(value) = observation.quantity.exact_value() else { panic!("{:?}", observation.quantity) };
        assert_eq!(parse_number(&text), Ok(value), "{text}");
        // Every digit is kept, trailing zeros included.
        assert_eq!(value.to_string(), text);
    }
    dataset.observations.len()
}

/// Counts, decimals and large numbers as they are written.
fn numbers() -> impl Strategy<Value = Vec<String>> {
    let number =
        prop_oneof!["[1-9][0-9]{0,17}", "0\\.[0-9]{1,16}", "[1-9][0-9]{18,20}", Just("0".to_owned())];
    prop::collection::vec(number, 1..12)
}

/// Labels with letters beyond ASCII, and with what must be quoted.
fn labels() -> impl Strategy<Value = String> {
    "[A-Za-zÄéß語 ,:#]{0,12}"
}

fn line_end() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("\n"), Just("\r\n")]
}

fn byte_order_mark() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(""), Just("\u{feff}")]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn yaml(values in numbers(), label in labels(), end in line_end(), mark in byte_order_mark(), anchor: bool) {
        let quoted = format!("'{}'", label.replace('\'', "''"));
        let mut lines = vec![
            "candor: report-v1".to_owned(), "publisher: example".to_owned(), format!("title: {quoted}"),
            "series:".to_owned(), format!("  - category: {quoted}"), "    metric: appeals".to_owned(),
            "    unit: appeal".to_owned(), "    values:".to_owned(),
        ];
        for (index, value) in values.iter().enumerate() {
            let name = if anchor && index == 0 { "&first " } else { "" };
            lines.push(format!("      {}: {name}{value}   # {label}", 1990 + index));
        }
        if anchor {
            lines.push("      2020: *first".to_owned());
        }
        let (sources, dataset) = read("report.yaml", format!("{mark}{}{end}", lines.join(end)));
        prop_assert_eq!(check_spans(&sources, &dataset), values.len() + usize::from(anchor));
    }

    #[test]
    fn json(values in numbers(), label in labels(), end in line_end(), mark in byte_order_mark()) {
        let label = serde_json::Value::from(label).to_string();
        let members: Vec<String> =
            values.iter().enumerate().map(|(index, value)| format!("\"{}\" : {value}", 1990 + index)).collect();
        let text = format!(
            "{mark}{{\"candor\": \"report-v1\",{end} \"publisher\": \"example\", \"title\": {label},{end} \"series\": \
             [{{\"category\": {label}, \"metric\": \"appeals\", \"unit\": \"appeal\",{end} \"values\": {{{}}}}}]}}{end}",
            members.join(&format!(",{end}"))
        );
        let (sources, dataset) = read("report.json", text);
        prop_assert_eq!(check_spans(&sources, &dataset), values.len());
    }

    #[test]
    fn csv(values in numbers(), label in labels(), end in line_end(), mark in byte_order_mark(), quote: bool) {
        // A quoted line break in one cell of every row.
        let mut text = format!("{mark}publisher,metric,unit,note,category,period,value{end}");
        for (index, value) in values.iter().enumerate() {
            let value = if quote { format!("\"{value}\"") } else { value.clone() };
            text.push_str(&format!("example,appeals,appeal,\"two{end}lines, \"\"{label}\"\"\",\"{label}\",{},{value}{end}", 1990 + index));
        }
        let (sources, dataset) = read("table.csv", text);
        prop_assert_eq!(check_spans(&sources, &dataset), values.len());
        for (index, observation) in dataset.observations.iter().enumerate() {
            let cell = observation.origin.cell.unwrap();
            prop_assert_eq!((cell.row as usize, cell.column.get()), (index + 2, 7));
        }
    }

    #[test]
    fn rows_are_those_of_another_reader(cells in prop::collection::vec(prop::collection::vec("[a-z,\"\nä ]{0,6}", 1..5), 1..8)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        cells.iter().for_each(|row| writer.write_record(row).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let expected: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let mut rows = Rows::new(&text, b',', &Limits::default());
        let mut found = Vec::new();
        while rows.advance() {
            for (column, span) in rows.cells.iter().enumerate() {
                prop_assert_eq!(unquote(&text[span.range()]), rows.cell(column));
            }
            found.push((0..rows.cells.len()).map(|column| rows.cell(column).into_owned()).collect::<Vec<_>>());
        }
        prop_assert!(rows.failures.is_empty());
        prop_assert_eq!(found, expected);
    }
}
