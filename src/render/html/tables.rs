//! The tables that rules lay open, as tables of the page. A revision triangle is shaded by how far a value moved.

use crate::diag::{Entry, Schedule, ScheduleRow, grouped};
use crate::render::region::Region;
use crate::render::words::clean;
use crate::source::Sources;

/// The schedule that is drawn as a heat map.
const TRIANGLE: &str = "revision-triangle";

/// A text of more characters than this gets a wide column.
const LONG: usize = 40;
/// Decimal places of a computed number; other formats have all of them.
const PLACES: u32 = 6;

/// A table.
pub struct Table {
    /// Identifier within the page.
    pub id: &'static str,
    /// What it lists.
    pub title: &'static str,
    /// Headings.
    pub columns: Vec<String>,
    /// Rows of cells.
    pub rows: Vec<Vec<TableCell>>,
}

/// A cell: its text, its class, and how it is shaded.
pub struct TableCell {
    /// What stands in it.
    pub text: String,
    /// `number`, `long`, `place` or nothing.
    pub class: &'static str,
    /// Share of the deepest shade, in percent; none where empty.
    pub shade: String,
}

/// The table of a schedule.
pub fn table(schedule: &Schedule, sources: &Sources) -> Table {
    if schedule.name == TRIANGLE {
        return triangle(schedule);
    }
    let has_places = schedule.rows.iter().any(|row| !row.places.is_empty());
    let mut columns: Vec<String> = schedule.columns.iter().map(|name| name.replace('_', " ")).collect();
    columns.extend(has_places.then(|| "where".to_owned()));
    let shaded = schedule.columns.iter().map(|name| name.ends_with("_percent")).collect::<Vec<bool>>();
    let row = |row: &ScheduleRow| {
        let mut cells: Vec<TableCell> =
            row.entries.iter().zip(&shaded).map(|(entry, shaded)| cell(entry, *shaded)).collect();
        cells.extend(has_places.then(|| places(row, sources)));
        cells
    };
    Table { id: schedule.name, title: schedule.title, columns, rows: schedule.rows.iter().map(row).collect() }
}

fn cell(entry: &Entry, is_shaded: bool) -> TableCell {
    match entry {
        Entry::Empty => TableCell { text: String::new(), class: "", shade: String::new() },
        Entry::Text(text) => {
            let class = if text.chars().count() > LONG { "long" } else { "" };
            TableCell { text: clean(text), class, shade: String::new() }
        }
        Entry::Number(number) => {
            // A change of half or more is the deepest shade.
            let percent = number.abs().min(50.into()) * rust_decimal::Decimal::TWO;
            let shade = if is_shaded { percent.round().to_string() } else { String::new() };
            TableCell { text: grouped(number.round_dp(PLACES).normalize()), class: "number", shade }
        }
    }
}

fn places(row: &ScheduleRow, sources: &Sources) -> TableCell {
    let names: Vec<String> = row
        .places
        .iter()
        .map(|place| {
            let region = Region::new(*place, sources);
            format!("{}{}", clean(region.path), clean(&region.suffix()))
        })
        .collect();
    TableCell { text: names.join(" "), class: "place", shade: String::new() }
}

/// Releases down, periods across; in each cell how many values of the period the release restated.
fn triangle(schedule: &Schedule) -> Table {
    let column = |name: &str| schedule.columns.iter().position(|one| *one == name);
    let text = |row: &ScheduleRow, name: &str| match column(name).and_then(|at| row.entries.get(at)) {
        Some(Entry::Text(text)) => clean(text),
        Some(Entry::Number(number)) => grouped(*number),
        _ => String::new(),
    };
    let mut periods: Vec<String> = schedule.rows.iter().map(|row| text(row, "period")).collect();
    periods.sort();
    periods.dedup();
    let release = |row: &ScheduleRow| ["publisher", "vintage", "file"].map(|name| text(row, name));
    let rows = schedule.rows.chunk_by(|left, right| release(left) == release(right)).map(|rows| {
        let plain = |text: String| TableCell { text, class: "", shade: String::new() };
        let mut cells: Vec<TableCell> = rows.first().map(release).into_iter().flatten().map(plain).collect();
        for period in &periods {
            let row = rows.iter().find(|row| text(row, "period") == *period);
            let restated = row.map(|row| text(row, "restated")).unwrap_or_default();
            let at = column("restated_percent");
            let share = row.and_then(|row| row.entries.get(at?)).map(|entry| cell(entry, true).shade);
            let shade = share.filter(|_| !["", "0"].contains(&restated.as_str())).unwrap_or_default();
            cells.push(TableCell { text: restated, class: "number", shade });
        }
        cells
    });
    let mut columns = ["publisher", "vintage", "file"].map(str::to_owned).to_vec();
    columns.extend(periods.iter().cloned());
    Table {
        id: schedule.name,
        title: "Values restated by each release, by period",
        columns,
        rows: rows.collect(),
    }
}
