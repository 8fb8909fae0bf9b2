//! The tables, in Markdown.

use std::fmt::Write as _;

use super::fault::Kind;
use super::measure::mean;
use super::{PRICES, Part, Result};

/// Mean over the nine kinds at a threshold, with its standard error: kinds count alike.
fn mean_of_nine(result: &Result, threshold: f64) -> (f64, f64) {
    let kinds = (0..Kind::NINE.len()).map(|kind| result.found(kind, threshold));
    let each: Vec<(f64, f64)> = kinds.filter(|found| !found.is_empty()).map(|found| mean(&found)).collect();
    let count = each.len().max(1) as f64;
    let average = each.iter().map(|one| one.0).sum::<f64>() / count;
    (average, each.iter().map(|one| one.1 * one.1).sum::<f64>().sqrt() / count)
}

/// The mean over the nine kinds at a price.
fn at_price(result: &Result, price: f64) -> (f64, f64) {
    mean_of_nine(result, result.threshold(price))
}

fn view(part: &Part) -> &'static str {
    if part.is_prospective { "the newest period" } else { "the whole history" }
}

/// One table in one view.
pub fn part(part: &Part) -> String {
    let mut text = format!(
        "### {}, {}\n\n{} series, {} values. Recall at {} alarms per 1,000 clean cells.\n\n| method |",
        part.table,
        view(part),
        part.series,
        part.cells,
        PRICES[0]
    );
    let kinds: Vec<&str> = Kind::NINE.iter().chain(&Kind::FURTHER).map(|kind| kind.name()).collect();
    // Writing to a String cannot fail.
    for kind in &kinds[..9] {
        let _ = write!(text, " {kind} |");
    }
    let _ = write!(text, " **mean of nine** | at {} |", PRICES[1]);
    for kind in &kinds[9..] {
        let _ = write!(text, " {kind} |");
    }
    text.push_str(" as shipped (of candor: warnings): alarms per 1,000 | findings per 1,000 |\n|---|");
    text.push_str(&"--:|".repeat(kinds.len() + 4));
    text.push('\n');
    for result in &part.results {
        let _ = write!(text, "| {} |", result.method);
        let threshold = result.threshold(PRICES[0]);
        let cell = |index: usize| match result.found(index, threshold) {
            found if found.is_empty() => "–".to_owned(),
            found => {
                let (mean, error) = mean(&found);
                format!("{mean:.2} ±{error:.2}")
            }
        };
        for index in 0..9 {
            let _ = write!(text, " {} |", cell(index));
        }
        let (first, error) = at_price(result, PRICES[0]);
        let _ = write!(text, " **{first:.3}** ±{error:.3} | {:.3} |", at_price(result, PRICES[1]).0);
        for index in 9..kinds.len() {
            let _ = write!(text, " {} |", cell(index));
        }
        let _ = writeln!(text, " {:.1} | {:.1} |", result.shipped, result.findings);
    }
    let ours = part.results.last().map_or(0.0, |result| at_price(result, PRICES[0]).0);
    let peers = &part.results[..part.results.len().saturating_sub(1)];
    let best = peers.iter().map(|result| at_price(result, PRICES[0]).0).fold(0.0, f64::max);
    let _ = writeln!(text, "\ncandor against the best peer: {:.2} times.", ours / best.max(1e-9));
    // The price is a whole number of cells: on a small table one natural tie more or less decides.
    let cells = (PRICES[0] * part.cells as f64 / 1000.0).floor();
    if let Some(result) = part.results.last() {
        let at = |cells: f64| mean_of_nine(result, result.threshold_at(cells)).0;
        let _ = writeln!(
            text,
            "The price is {cells} cells here; at one less and one more candor's mean is {:.3} and {:.3}.",
            at(cells - 1.0),
            at(cells + 1.0)
        );
        if result.in_events > 0 {
            let _ = writeln!(
                text,
                "Beside these, candor's warnings as shipped speak of {} cells of the events that are taken out.",
                result.in_events
            );
        }
    }
    text
}

/// Recall where the threshold was fitted on another publisher's table.
pub fn transfer(parts: &[Part]) -> String {
    let mut text = "| fitted on | tested on | method | recall, mean of nine | alarms per 1,000 there |\n|---|---|---|--:|--:|\n".to_owned();
    let published: Vec<&Part> =
        parts.iter().filter(|part| !part.is_prospective && !part.table.starts_with("synthetic")).collect();
    for fitted in &published {
        for tested in published.iter().filter(|tested| tested.table != fitted.table) {
            for (one, other) in fitted.results.iter().zip(&tested.results) {
                let threshold = one.threshold(PRICES[0]);
                let (recall, alarms) = (mean_of_nine(other, threshold).0, other.alarms(threshold));
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {recall:.3} | {alarms:.1} |",
                    fitted.table, tested.table, one.method
                );
            }
        }
    }
    text
}

/// The page `docs/accuracy.md`.
pub fn document(parts: &[Part], seeds: &[u64], tables: usize) -> String {
    let seeds: Vec<String> = seeds.iter().map(ToString::to_string).collect();
    let mut text = format!(
        include_str!("page.md"),
        seeds = seeds.join(", "),
        tables = tables,
        transfer = transfer(parts),
    );
    for one in parts {
        text.push('\n');
        text.push_str(&part(one));
    }
    text
}
