//! A beginning of a profile for a file that none fits.
//!
//! What can be told from the cells is filled in: which columns hold figures and how these are written, which one holds
//! the period. What cannot is left as a comment that says what belongs there.

use std::fmt::Write as _;

use super::super::Headings;
use super::super::notation::evidence::Evidence;
use super::super::notation::number::{self, NumberNotation};
use super::super::notation::period::{self, PeriodContext};

/// What a column seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Figures,
    Period,
    Labels,
}

/// The text of a profile for a file with these rows.
pub fn of(path: &str, headings: &Headings) -> String {
    let (header, rows) = headings.first_table();
    let columns: Vec<(&String, Holds)> = header
        .iter()
        .enumerate()
        .map(|(column, heading)| (heading, holds(heading, &cells(rows, column))))
        .collect();
    let of = |kind: Holds| -> Vec<String> {
        let those = columns.iter().filter(|(heading, holds)| *holds == kind && !heading.is_empty());
        those.map(|(heading, _)| quoted(heading)).collect()
    };
    let mut evidence = Evidence::default();
    for (column, _) in columns.iter().enumerate().filter(|(_, (_, holds))| *holds == Holds::Figures) {
        cells(rows, column).iter().for_each(|cell| evidence.see(cell));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let id: Vec<String> = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_lowercase()
        .split(|one: char| !one.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "candor = \"profile-v1\"\nid = {}\ntitle = {}\n\n\
         [constants]\n# The identifier of who states the figures.\npublisher = \"example\"\n\
         # What is counted, where no column says it: see `candor explain unknown-term`.\n# metric = \"content-actioned\"\n\n",
        quoted(&id.join("-")),
        quoted(name),
    );
    text.push_str(&numbers(&evidence));
    let header: Vec<String> =
        header.iter().filter(|heading| !heading.is_empty()).map(|heading| quoted(heading)).collect();
    let _ = write!(text, "[[tables]]\nheader = [{}]\n", header.join(", "));
    let labels = of(Holds::Labels);
    let mut fields: Vec<String> =
        of(Holds::Period).first().map(|period| format!("period = {period}")).into_iter().collect();
    fields.extend(labels.first().map(|label| format!("category = {label}")));
    let _ = writeln!(text, "fields = {{ {} }}", fields.join(", "));
    if labels.len() > 1 {
        let _ = writeln!(
            text,
            "# What else the rows say: subject, metric, unit, channel, detection, surface, jurisdiction, or `ignored`.\n\
             # columns: {}",
            labels[1..].join(", ")
        );
    }
    let _ = writeln!(text, "values = [");
    for column in of(Holds::Figures) {
        let _ = writeln!(text, "  {{ column = {column} }},");
    }
    let _ = writeln!(text, "]");
    text
}

/// How the figures are written, where the cells tell.
fn numbers(evidence: &Evidence) -> String {
    match evidence.verdict().marks() {
        Some((Some(thousands), decimal)) => {
            let decimal = if decimal == '.' {
                String::new()
            } else {
                format!("decimal = {}\n", quoted(&decimal.to_string()))
            };
            format!("[numbers]\nthousands = {}\n{decimal}\n", quoted(&thousands.to_string()))
        }
        Some((None, decimal)) if decimal != '.' => {
            format!("[numbers]\ndecimal = {}\n\n", quoted(&decimal.to_string()))
        }
        Some(_) => String::new(),
        None => {
            "# Whether a mark in the figures stands between thousands or before decimals is not certain.\n\
                 [numbers]\n# thousands = \",\"\n# decimal = \".\"\n\n"
                .to_owned()
        }
    }
}

fn cells(rows: &[Vec<String>], column: usize) -> Vec<&str> {
    rows.iter()
        .filter_map(|row| row.get(column))
        .map(String::as_str)
        .filter(|cell| !cell.is_empty())
        .collect()
}

fn holds(heading: &str, cells: &[&str]) -> Holds {
    let most = |is: &dyn Fn(&str) -> bool| {
        let count = cells.iter().filter(|cell| is(cell)).count();
        count > 0 && count * 10 >= cells.len() * 9
    };
    let context = PeriodContext::default();
    let names_period = super::normal(heading)
        .split(' ')
        .any(|word| ["period", "year", "month", "quarter", "date"].contains(&word));
    let is_figure = |cell: &str| {
        [Some(','), Some('.'), None].into_iter().any(|thousands| {
            let decimal = if thousands == Some('.') { ',' } else { '.' };
            number::read(cell, &NumberNotation { thousands, decimal, ..NumberNotation::default() }).is_ok()
        })
    };
    if most(&|cell| period::read(cell, &context).is_some()) && (names_period || !most(&is_figure)) {
        Holds::Period
    } else if most(&is_figure) {
        Holds::Figures
    } else {
        Holds::Labels
    }
}

/// A text as TOML writes it; a JSON string is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
