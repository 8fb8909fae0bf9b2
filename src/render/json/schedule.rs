//! A table of what a rule compared, in JSON: one object a row, with the names of the columns as keys.

use serde::Serialize;
use serde_json::{Map, Value};

use super::finding::{LocationEntry, location_entry};
use crate::diag::{Entry, Schedule, ScheduleRow};
use crate::source::Sources;

/// A table.
#[derive(Serialize)]
pub struct ScheduleEntry<'a> {
    name: &'static str,
    title: &'static str,
    columns: &'static [&'static str],
    rows: Vec<RowEntry<'a>>,
}

#[derive(Serialize)]
struct RowEntry<'a> {
    entries: Map<String, Value>,
    places: Vec<LocationEntry<'a>>,
}

/// The entry of a table.
pub fn schedule_entry<'a>(schedule: &'a Schedule, sources: &'a Sources) -> ScheduleEntry<'a> {
    let row = |row: &'a ScheduleRow| RowEntry {
        entries: schedule
            .columns
            .iter()
            .map(|name| (*name).to_owned())
            .zip(row.entries.iter().map(value))
            .collect(),
        places: row.places.iter().map(|place| location_entry(*place, sources)).collect(),
    };
    ScheduleEntry {
        name: schedule.name,
        title: schedule.title,
        columns: schedule.columns,
        rows: schedule.rows.iter().map(row).collect(),
    }
}

fn value(entry: &Entry) -> Value {
    match entry {
        Entry::Empty => Value::Null,
        Entry::Text(text) => Value::from(text.as_str()),
        Entry::Number(number) => Value::from(number.to_string()),
    }
}
