//! candor itself as a method: its rules on a dataset that is built in memory, findings ranked by their score.

use std::collections::BTreeMap;
use std::sync::Arc;

use candor::diag::{Finding, Level};
use candor::engine::{Outcome, Plan, run};
use candor::model::{
    Absence, Basis, Block, BlockId, Builder, Dataset, Document, Format, Observation, Origin, Period,
    Provenance, Quantity, Registry, SeriesKey, Unit,
};
use candor::rule::Settings;
use candor::rules::{RULES, find};
use candor::source::{Source, SourceId, Sources, Span};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::measure::Alarm;
use super::table::Table;

/// The rules that look at series; the others have nothing to say of such tables.
const CODES: [&str; 12] = [
    "TR301", "TR302", "TR303", "TR304", "TR305", "TR306", "TR308", "TR310", "TR312", "TR405", "TR407",
    "TR408",
];

/// The most that parameters of these names can ask for, so that everything is found and the score alone decides.
const OPEN: [(&str, f64); 14] = [
    ("probability", 1.0),
    ("probability-note", 1.0),
    ("probability-aggregate", 1.0),
    ("probability-aggregate-note", 1.0),
    ("probability-documented", 1.0),
    ("count-guard", 1.0),
    ("false-discoveries", 1.0),
    ("alarms", 1000.0),
    ("least", 1.0),
    ("expected-ties", 1.0),
    ("evidence", 0.0),
    ("fit", 0.0),
    ("spread", 1.0),
    ("size", 0.0),
];

/// Everything that the rules can say of a table, whatever it is worth.
pub fn ranked(table: &Table) -> Vec<Alarm> {
    let mut settings = Settings::default();
    for rule in CODES.iter().filter_map(|code| find(code)) {
        for (name, value) in OPEN {
            // Not every rule has every parameter.
            let _ = settings.set(rule, name, None, value);
        }
    }
    alarms(table, settings, Level::Note)
}

/// The warnings that the rules give with the parameters that ship.
pub fn shipped(table: &Table) -> Vec<Alarm> {
    alarms(table, Settings::default(), Level::Warning)
}

/// Every finding, also what is told within another one: the score decides.
fn alarms(table: &Table, settings: Settings, least: Level) -> Vec<Alarm> {
    let outcome = check(table, settings);
    let mut best: BTreeMap<(usize, usize), (f64, bool)> = BTreeMap::new();
    let mut groups = Vec::new();
    let mut add = |finding: &Finding, is_within: bool| {
        if finding.level < least {
            return;
        }
        let score = finding.score.suspicion;
        let Some((row, period)) = cell(finding) else { return };
        if finding.rule.code == "TR407" {
            let group = table.groups().into_iter().find(|group| group.contains(&row));
            let rows = group.unwrap_or_default();
            let rows = rows.into_iter().filter(|row| table.rows[*row].has([period - 1, period])).collect();
            groups.push(Alarm { rows, period, score, is_group: true, is_within });
        } else {
            let known = best.entry((row, period)).or_insert((score, is_within));
            *known = (known.0.max(score), known.1 && is_within);
        }
    };
    fn each(findings: &[Finding], is_within: bool, add: &mut impl FnMut(&Finding, bool)) {
        for finding in findings {
            add(finding, is_within);
            each(&finding.folded, true, add);
        }
    }
    each(&outcome.findings, false, &mut add);
    let cells = best.into_iter();
    groups.extend(
        cells.map(|((row, period), (score, is_within))| Alarm {
            is_within,
            ..Alarm::cell(row, period, score)
        }),
    );
    groups
}

/// The cell that a finding points at: the spans of a table built here are the numbers of its cells.
fn cell(finding: &Finding) -> Option<(usize, usize)> {
    let cell = finding.primary.location.cell?;
    Some((cell.row as usize, cell.column.get() as usize - 1))
}

fn check(table: &Table, settings: Settings) -> Outcome {
    let rules: Vec<_> = RULES.iter().copied().filter(|rule| CODES.contains(&rule.id.code)).collect();
    let mut sources = Sources::default();
    sources.add(Source::new("table.csv", String::new()));
    run(dataset(table), sources, &rules, Plan { settings, ..Plan::default() })
}

fn dataset(table: &Table) -> Dataset {
    let mut builder = Builder::new(Registry::default().into());
    builder.count_input(true);
    let nowhere = Span::new(0, 0);
    let document = builder.document(Document {
        source: SourceId(0),
        path: "table.csv".to_owned(),
        format: Format::TidyCsv,
        profile: None,
        period: None,
        number_style: None,
        lists_selection: false,
        publisher: "publisher".into(),
        published: None,
        vintage: None,
        supersedes: None,
        provenance: Provenance::default(),
        has_methodology: true,
        values: 0,
        header: nowhere,
        complete: true,
        rank: 0,
        derived: false,
        reason: None,
        wordings: Vec::new(),
    });
    let periods: Vec<Period> = table.periods.iter().filter_map(|period| Period::parse(period)).collect();
    for (index, row) in table.rows.iter().enumerate() {
        let name = |text: &str| (!text.is_empty()).then(|| Arc::<str>::from(text));
        let series = builder.series(SeriesKey {
            publisher: "publisher".into(),
            subject: row.entity.as_str().into(),
            metric: row.metric.as_str().into(),
            unit: Unit::Piece,
            category: name(&row.category),
            channel: None,
            detection: None,
            surface: None,
            jurisdiction: None,
            basis: Basis::default(),
        });
        let block: BlockId = builder.block(Block {
            document,
            series,
            label: None,
            total_of: None,
            all_parts: false,
            redundant: false,
            wordings: Vec::new(),
            has_methodology: true,
            unit: nowhere,
            metric: nowhere,
            subject: nowhere,
            jurisdiction: nowhere,
            head: nowhere,
        });
        for (column, (value, period)) in row.values.iter().zip(&periods).enumerate() {
            let quantity = match value {
                Some(value) => quantity(table, *value),
                None => Quantity::Absent(Absence::NotReported),
            };
            // A number for every cell, so that no two findings have one place.
            let place = (index * table.periods.len() + column) as u32;
            let cell = candor::source::Cell::at(index as u32, column);
            let origin = Origin { source: SourceId(0), value: Span::new(place, place), cell: Some(cell) };
            builder.observation(Observation { block, period: *period, quantity, origin });
            builder.count_values(1);
        }
    }
    builder.finish()
}

fn quantity(table: &Table, value: f64) -> Quantity {
    let number = |value: f64| Decimal::from_f64(value).unwrap_or_default();
    match (table.grain)(value) {
        step if step > 0.0 => Quantity::rounded(number(value), number(step)),
        _ => Quantity::exact(number(value)),
    }
}
