//! What one publisher, or a company with all its services, states for a period.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::{Additivity, Dataset, DocumentId, Interval, Name, Observation, Period, Series};

/// A figure that is stated as such or adds up from others: of finer periods, or of several services.
#[derive(Debug, Clone)]
pub struct Figure<'d> {
    /// The numbers that it may stand for.
    pub interval: Interval,
    /// As it is printed, or the sum of what is printed.
    pub value: Decimal,
    /// What it adds up from.
    pub parts: Vec<&'d Observation>,
}

impl<'d> Figure<'d> {
    /// The figure of one observation; `None` where that is no number.
    fn of(observation: &'d Observation) -> Option<Self> {
        let (interval, value) = (observation.quantity.interval()?, observation.quantity.point()?);
        Some(Self { interval, value, parts: vec![observation] })
    }

    /// The sum of some figures; `None` where there are none or their sum cannot be represented.
    pub fn sum(figures: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut figures = figures.into_iter();
        let first = figures.next()?;
        figures.try_fold(first, |mut sum, other| {
            sum.interval = sum.interval.plus(other.interval)?;
            sum.value = sum.value.checked_add(other.value)?;
            sum.parts.extend(other.parts);
            Some(sum)
        })
    }
}

/// What one document states of one series for a period.
#[derive(Debug, Clone)]
pub struct Entry<'d> {
    /// The document.
    pub document: DocumentId,
    /// The series.
    pub series: &'d Series,
    /// The figure.
    pub figure: Figure<'d>,
}

impl<'d> Entry<'d> {
    /// Whose activity it is about.
    pub fn subject(&self) -> &'d Name {
        &self.series.key.subject
    }
}

/// What each document states of a series for a period: as such, or in finer periods that leave no day out and add up.
/// Figures that repeat others are left out.
pub fn entries<'d>(dataset: &'d Dataset, series: &'d Series, period: Period) -> Vec<Entry<'d>> {
    let start = series.statements.partition_point(|id| dataset.observation(id).period.start < period.start);
    let mut by_document: BTreeMap<DocumentId, Vec<&Observation>> = BTreeMap::new();
    for statement in dataset.observations.within(&series.statements, start..series.statements.len()) {
        if statement.period.start > period.end {
            break;
        }
        let block = dataset.block_of(statement);
        if period.contains(statement.period) && !block.redundant {
            by_document.entry(block.document).or_default().push(statement);
        }
    }
    let entry = |(document, statements): (DocumentId, Vec<&'d Observation>)| {
        let figure = figure(dataset, &statements, period, series.key.unit.additivity())?;
        Some(Entry { document, series, figure })
    };
    by_document.into_iter().filter_map(entry).collect()
}

fn figure<'d>(
    dataset: &'d Dataset,
    statements: &[&'d Observation],
    period: Period,
    additivity: Additivity,
) -> Option<Figure<'d>> {
    // One company may stand under several names, each with a figure of its own.
    let direct = statements.iter().filter(|one| one.period == period);
    let named: BTreeMap<&Option<Name>, &Observation> =
        direct.map(|one| (&dataset.block_of(one).label, *one)).collect();
    let figures = if additivity == Additivity::Additive { named.len() } else { 1 };
    if let Some(figure) = Figure::sum(named.into_values().filter_map(Figure::of).take(figures)) {
        return Some(figure);
    }
    let months = period.frequency().months().filter(|_| additivity == Additivity::Additive)?;
    let mut by_length: BTreeMap<std::cmp::Reverse<i8>, BTreeMap<Period, &Observation>> = BTreeMap::new();
    for statement in statements {
        if let Some(length) = statement.period.frequency().months().filter(|length| *length < months) {
            by_length.entry(std::cmp::Reverse(length)).or_default().insert(statement.period, statement);
        }
    }
    let complete =
        by_length.into_iter().filter(|(length, parts)| parts.len() == (months / length.0) as usize);
    complete
        .filter_map(|(_, parts)| parts.into_values().map(Figure::of).collect::<Option<Vec<_>>>())
        .find_map(Figure::sum)
}

/// How things were found: these words together leave nothing out.
const DETECTIONS: [&str; 3] = ["automated", "human", "mixed"];

/// Entries of one publisher that may be added: for each subject the plain figure, or else figures by how things were
/// found where there are several.
pub fn without_repeats(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    let place = |one: &Entry<'_>| (one.subject().clone(), one.series.key.publisher.clone());
    let mut found: BTreeMap<(Name, Name), (bool, usize)> = BTreeMap::new();
    for entry in &entries {
        let known = found.entry(place(entry)).or_default();
        match entry.series.key.detection.as_deref() {
            None => known.0 = true,
            Some(word) => known.1 += usize::from(DETECTIONS.contains(&word)),
        }
    }
    entries.retain(|entry| {
        let (has_plain, detections) = found.get(&place(entry)).copied().unwrap_or_default();
        match entry.series.key.detection.as_deref() {
            None => true,
            Some(word) => !has_plain && detections > 1 && DETECTIONS.contains(&word),
        }
    });
    entries
}
