//! The report document: one disclosure by one publisher, its series with their figures by period.
//!
//! JSON and YAML are written from the same members, each a name and a text in JSON, which YAML reads alike; so a figure
//! has the same digits in both.

use std::collections::HashSet;

use serde_json::Value;

use super::{Parts, parts};
use crate::model::{Block, Dataset, Document, Observation, Period};

/// Names with their values as JSON, in the order in which people write them.
type Members = Vec<(&'static str, String)>;

/// A series: what it is about, and its figures by period.
struct Series {
    members: Members,
    values: Vec<(String, String)>,
}

/// Writes the figures as a report document in JSON.
///
/// # Errors
/// Where they are by several publishers: a report document is by one.
pub fn json(dataset: &Dataset) -> Result<String, String> {
    let (head, series) = document(dataset)?;
    let line = |(name, value): &(&str, String)| format!("  \"{name}\": {value},\n");
    let one = |series: &Series| {
        let members: String =
            series.members.iter().map(|(name, value)| format!("      \"{name}\": {value},\n")).collect();
        let values: Vec<String> = series
            .values
            .iter()
            .map(|(period, value)| format!("        {}: {value}", quoted(period)))
            .collect();
        format!("    {{\n{members}      \"values\": {{\n{}\n      }}\n    }}", values.join(",\n"))
    };
    let head: String = head.iter().map(line).collect();
    let series: Vec<String> = series.iter().map(one).collect();
    Ok(format!("{{\n{head}  \"series\": [\n{}\n  ]\n}}\n", series.join(",\n")))
}

/// Writes the figures as a report document in YAML.
///
/// # Errors
/// As [`json`].
pub fn yaml(dataset: &Dataset) -> Result<String, String> {
    let (head, series) = document(dataset)?;
    let head: String = head.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let one = |series: &Series| {
        let members = series.members.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let values = series.values.iter().map(|(period, value)| format!("  {}: {value}\n", quoted(period)));
        let lines: Vec<String> = members.chain(["values:\n".to_owned()]).chain(values).collect();
        format!("  - {}", lines.join("    "))
    };
    Ok(format!("{head}series:\n{}", series.iter().map(one).collect::<String>()))
}

/// A text as JSON. Periods are quoted as well, so that no reader takes `2024` for a number.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn document(dataset: &Dataset) -> Result<(Members, Vec<Series>), String> {
    let mut publishers: Vec<&str> = dataset.series.iter().map(|series| &*series.key.publisher).collect();
    // Series are sorted by their publishers.
    publishers.dedup();
    let publisher = match publishers.as_slice() {
        [publisher] => *publisher,
        [] => return Err("there is no figure to convert".to_owned()),
        several => {
            let names: Vec<String> = several.iter().map(|name| (*name).to_owned()).collect();
            return Err(format!(
                "a report document is by one publisher, and these figures are by {}: convert them to csv",
                crate::diag::listing(&names, 4)
            ));
        }
    };
    let first = dataset.documents.iter().find(|document| &*document.publisher == publisher);
    let mut head = vec![
        ("candor", quoted("report-v1")),
        ("publisher", quoted(publisher)),
        ("title", quoted(first.map_or(publisher, title))),
    ];
    head.extend(first.and_then(|one| one.published.as_deref()).map(|day| ("published", quoted(day))));
    head.extend(first.and_then(source).map(|source| ("source", source)));
    Ok((head, all_series(dataset, publisher)))
}

/// What a document is called: its file, which has no other title in a publisher's own format.
fn title(document: &Document) -> &str {
    document.path.rsplit('/').next().unwrap_or_default()
}

fn source(document: &Document) -> Option<String> {
    let url = quoted(document.provenance.url.as_deref()?);
    let retrieved = document.provenance.retrieved.as_deref();
    let retrieved = retrieved.map(|day| format!(", \"retrieved\": {}", quoted(day))).unwrap_or_default();
    Some(format!("{{\"url\": {url}{retrieved}}}"))
}

/// Every series as its documents state it, in the order in which they were read.
fn all_series(dataset: &Dataset, publisher: &str) -> Vec<Series> {
    let mut of_block: Vec<Vec<&Observation>> = vec![Vec::new(); dataset.blocks.len()];
    for one in dataset.observations.iter().filter(|one| parts(&one.quantity).is_some()) {
        of_block[one.block.0 as usize].push(one);
    }
    let mut list = Vec::new();
    for (block, mut rest) in dataset.blocks.iter().zip(of_block) {
        // A period stands once in a series: what states it again is another entry.
        while !rest.is_empty() {
            let mut seen: HashSet<Period> = HashSet::new();
            let (now, later): (Vec<_>, Vec<_>) = rest.into_iter().partition(|one| seen.insert(one.period));
            list.push(series(dataset, publisher, block, &now));
            rest = later;
        }
    }
    list
}

fn series(dataset: &Dataset, publisher: &str, block: &Block, observations: &[&Observation]) -> Series {
    let key = &dataset.series(block.series).key;
    let texts = [
        ("subject", Some(&*key.subject).filter(|subject| *subject != publisher)),
        ("label", block.label.as_deref()),
        ("metric", Some(&*key.metric)),
        ("unit", Some(key.unit.as_str())),
        ("category", key.category.as_deref()),
        ("channel", key.channel.as_deref()),
        ("detection", key.detection.as_deref()),
        ("surface", key.surface.as_deref()),
        ("jurisdiction", key.jurisdiction.as_deref()),
        ("total_of", block.total_of.as_deref()),
        ("parts", (block.total_of.is_some() && !block.all_parts).then_some("selected")),
    ];
    let mut members: Members =
        texts.into_iter().filter_map(|(name, text)| Some((name, quoted(text?)))).collect();
    members.extend(block.redundant.then(|| ("redundant", "true".to_owned())));
    let basis = [("bundled", &key.basis.bundled), ("counted_when", &key.basis.counted_when)];
    let basis: Vec<String> = basis
        .into_iter()
        .filter_map(|(name, text)| Some(format!("\"{name}\": {}", quoted(text.as_deref()?))))
        .collect();
    if !basis.is_empty() {
        members.push(("basis", format!("{{{}}}", basis.join(", "))));
    }
    let figure = |one: &&Observation| Some((one.period.to_string(), value(parts(&one.quantity)?)));
    Series { members, values: observations.iter().filter_map(figure).collect() }
}

/// A figure as JSON: a number where that says it all, else an object.
fn value(parts: Parts) -> String {
    if let Parts { value: Some(value), rounded_to: None, kind: None, .. } = parts {
        return value.to_string();
    }
    let numbers =
        [("value", parts.value), ("rounded_to", parts.rounded_to), ("low", parts.low), ("high", parts.high)];
    let numbers = numbers.into_iter().filter_map(|(name, number)| Some(format!("\"{name}\": {}", number?)));
    let kind = parts.kind.map(|kind| format!("\"kind\": {}", quoted(kind)));
    format!("{{{}}}", numbers.chain(kind).collect::<Vec<_>>().join(", "))
}
