//! The chart of a finding: which figures it shows.
//!
//! One line a series, thinner lines for what earlier releases said, the figures of the finding marked, those that would
//! have been no finding as a band, documented breaks as dashed lines. Where a finding is about figures of two publishers
//! there is one line for each, of the sum of what it compares. `picture` draws them.

mod picture;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diag::{Finding, Location, State, grouped, listing};
use crate::model::{
    Additivity, Dataset, DocumentId, Frequency, Observation, ObservationId, Period, Series, SeriesId, names,
};
use crate::render::words::clean;
use picture::{Band, BreakLine, Line, Picture, Point};

/// Most series in one chart.
const SERIES: usize = 4;
/// Most earlier releases whose figures are drawn.
const RELEASES: usize = 6;
/// Fewest points that make a line worth looking at.
const POINTS: usize = 3;

/// Finds the series behind findings.
pub struct Charts<'d> {
    dataset: &'d Dataset,
    by_place: HashMap<Location, ObservationId>,
}

impl<'d> Charts<'d> {
    /// Prepares a dataset.
    pub fn new(dataset: &'d Dataset) -> Self {
        let places = dataset.observations.iter().enumerate();
        let by_place =
            places.map(|(index, one)| (one.origin.location(), ObservationId(index as u32))).collect();
        Self { dataset, by_place }
    }

    /// The chart of a finding; none where it points at no figure of a series that is long enough.
    pub fn of(&self, finding: &Finding) -> Option<String> {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let observations: Vec<&Observation> = labels
            .filter_map(|label| self.by_place.get(&label.location))
            .map(|id| self.dataset.observation(*id))
            .collect();
        let first = observations.first()?;
        let widest = observations.iter().map(|one| one.period).max_by_key(|period| period.days())?;
        let sides = self.sides(&observations, widest.frequency());
        let (period, lines, marks) = if sides.is_empty() {
            let frequency = first.period.frequency();
            let alike = observations.iter().filter(|one| one.period.frequency() == frequency);
            (first.period, self.each(&observations, frequency), alike.filter_map(|one| point(one)).collect())
        } else {
            let at = middle(widest);
            let marks = sides.iter().flat_map(|line| line.points.iter().filter(|point| point.at == at));
            (widest, sides.clone(), marks.cloned().collect::<Vec<Point>>())
        };
        // A dot alone is no series.
        if lines.iter().all(|line| line.points.len() < POINTS) {
            return None;
        }
        let end = |value: Option<Decimal>| value.and_then(|value| value.to_f64());
        let band = finding.evidence.expected_range.map(|range| Band {
            days: (day(period.start), day(period.end)),
            low: end(range.low),
            high: end(range.high),
            text: format!("{range} in {period}"),
        });
        let breaks = self.breaks(finding, self.series_of(first));
        Some(Picture { lines, marks, breaks, band }.draw(&clean(&finding.message)))
    }

    fn series_of(&self, observation: &Observation) -> &'d Series {
        self.dataset.series(self.dataset.block_of(observation).series)
    }

    /// A line for each series.
    fn each(&self, observations: &[&Observation], frequency: Frequency) -> Vec<Line> {
        let mut series: Vec<SeriesId> = Vec::new();
        for observation in observations {
            let id = self.dataset.block_of(observation).series;
            if !series.contains(&id) && series.len() < SERIES {
                series.push(id);
            }
        }
        let lines = |(index, id): (usize, &SeriesId)| {
            self.lines(self.dataset.series(*id), frequency, index, series.len() == 1)
        };
        series.iter().enumerate().flat_map(lines).collect()
    }

    /// A line for each publisher, of the sum of its series by periods of one length; none where there is one publisher
    /// only, or where figures cannot be added.
    fn sides(&self, observations: &[&Observation], frequency: Frequency) -> Vec<Line> {
        let mut sides: Vec<Vec<&Series>> = Vec::new();
        for series in observations.iter().map(|one| self.series_of(one)) {
            match sides.iter_mut().find(|side| side[0].key.publisher == series.key.publisher) {
                Some(side) if side.iter().any(|one| std::ptr::eq(*one, series)) => {}
                Some(side) => side.push(series),
                None => sides.push(vec![series]),
            }
        }
        let all = || sides.iter().flatten().copied();
        if sides.len() < 2 || all().any(|one| one.key.unit.additivity() == Additivity::None) {
            return Vec::new();
        }
        let points = all().flat_map(|one| self.dataset.points(one));
        let periods: BTreeSet<Period> =
            points.map(|one| one.period).filter(|period| period.frequency() == frequency).collect();
        let line = |(index, side): (usize, &Vec<&Series>)| Line {
            name: self.sum_name(side),
            class: format!("line c{}", index.min(SERIES - 1)),
            points: periods.iter().filter_map(|period| self.sum(side, *period)).collect(),
        };
        sides.iter().enumerate().map(line).collect()
    }

    /// The sum of some series in a period; of one that is stated by shorter periods, where they fill it.
    fn sum(&self, series: &[&Series], period: Period) -> Option<Point> {
        let of_one = |one: &&Series| -> Option<Decimal> {
            if let Some(at) = self.dataset.point_at(one, period) {
                return at.quantity.point();
            }
            let within: Vec<&Observation> =
                self.dataset.points(one).filter(|at| period.contains(at.period)).collect();
            let days: i32 = within.iter().map(|at| at.period.days()).sum();
            let mut values = within.iter().map(|at| at.quantity.point());
            (days == period.days())
                .then(|| values.try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value?)))?
        };
        let stated: Vec<Decimal> = series.iter().filter_map(of_one).collect();
        let sum = stated.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value))?;
        let point =
            Point { at: middle(period), value: sum.to_f64()?, text: format!("{period}: {}", grouped(sum)) };
        (!stated.is_empty()).then_some(point)
    }

    fn sum_name(&self, series: &[&Series]) -> String {
        let registry = &self.dataset.registry;
        let first = &series[0].key;
        if series.len() == 1 {
            return self.name(series[0]);
        }
        let names: Vec<String> = if series.iter().all(|one| one.key.subject == first.subject) {
            series.iter().filter_map(|one| one.key.narrowing()).collect()
        } else {
            series.iter().map(|one| registry.entity_name(&one.key.subject).to_owned()).collect()
        };
        let (metric, publisher) =
            (registry.metric_name(&first.metric), registry.entity_name(&first.publisher));
        clean(&format!("sum of {}, {metric}, by {publisher}", listing(&names, SERIES)))
    }

    fn lines(&self, series: &Series, frequency: Frequency, index: usize, with_releases: bool) -> Vec<Line> {
        let points = |observations: &[&Observation]| -> Vec<Point> {
            let drawn = observations.iter().filter(|one| one.period.frequency() == frequency);
            drawn.filter_map(|one| point(one)).collect()
        };
        let latest: Vec<&Observation> = self.dataset.points(series).collect();
        let latest =
            Line { name: self.name(series), class: format!("line c{index}"), points: points(&latest) };
        if !with_releases {
            return vec![latest];
        }
        let mut by_document: BTreeMap<DocumentId, Vec<&Observation>> = BTreeMap::new();
        for statement in self.dataset.statements(series) {
            by_document.entry(self.dataset.block_of(statement).document).or_default().push(statement);
        }
        let earlier = by_document.iter().filter_map(|(document, statements)| {
            let points = points(statements);
            let differs = points.iter().any(|point| {
                latest.points.iter().any(|other| point.at == other.at && point.value != other.value)
            });
            let document = self.dataset.document(*document);
            let name =
                document.vintage.as_deref().or(document.published.as_deref()).unwrap_or(&document.path);
            (differs && points.len() >= POINTS).then(|| Line {
                name: format!("as of {}", clean(name)),
                class: "line earlier".to_owned(),
                points,
            })
        });
        let mut lines: Vec<Line> = earlier.collect();
        lines.reverse();
        lines.truncate(RELEASES);
        for (age, line) in lines.iter_mut().enumerate() {
            let _ = write!(line.class, " e{age}");
        }
        lines.push(latest);
        lines
    }

    fn name(&self, series: &Series) -> String {
        let (key, registry) = (&series.key, &self.dataset.registry);
        let mut name =
            format!("{}, {}", registry.entity_name(&key.subject), registry.metric_name(&key.metric));
        if let Some(narrowing) = key.narrowing() {
            let _ = write!(name, " ({narrowing})");
        }
        if key.subject != key.publisher {
            let _ = write!(name, ", by {}", registry.entity_name(&key.publisher));
        }
        clean(&name)
    }

    /// Documented breaks: those that explain the finding, and those that touch its series. What happened to one entity
    /// touches a total too, but seldom so that it can be seen.
    fn breaks(&self, finding: &Finding, series: &Series) -> Vec<BreakLine> {
        let key = &series.key;
        let explains = |id: &str| match &finding.state {
            State::Explained { by } => by.iter().any(|one| one.by == id),
            _ => false,
        };
        let touching = self.dataset.registry.breaks().iter().filter(|one| {
            explains(&one.id)
                || (names(&one.publishers, &key.publisher)
                    && names(&one.metrics, &key.metric)
                    && names(&one.entities, &key.subject))
        });
        touching
            .map(|one| BreakLine { at: day(one.from), text: clean(&format!("{}: {}", one.from, one.title)) })
            .collect()
    }
}

/// Days since the year 0, roughly: only differences matter.
fn day(date: Date) -> f64 {
    f64::from(date.year()) * 365.25 + f64::from(date.day_of_year())
}

fn middle(period: Period) -> f64 {
    f64::midpoint(day(period.start), day(period.end))
}

fn point(observation: &Observation) -> Option<Point> {
    let value = observation.quantity.point().and_then(|value: Decimal| value.to_f64())?;
    Some(Point {
        at: middle(observation.period),
        value,
        text: format!("{}: {}", observation.period, observation.quantity),
    })
}
