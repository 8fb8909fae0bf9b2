//! Which figures a selection means, and what is missing where it means none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::bounds::Bounds;
use crate::diag::{Location, closest, listing};
use crate::model::{ClaimTerm, Dataset, Observation, Period, Periods, Selection, Series};
use crate::rules::members::has_ended;

/// Most periods that a range is followed through.
const MOST_PERIODS: usize = 2_000;

/// Why something cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub reason: String,
    /// The word in the expression, where one is to blame.
    pub location: Option<Location>,
    pub help: Option<String>,
}

impl Missing {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), location: None, help: None }
    }
}

/// The figures of one period: one, or one for each brand of a company.
#[derive(Debug, Clone)]
pub(super) struct Figures<'d> {
    pub period: Period,
    pub figures: Vec<(&'d Series, &'d Observation)>,
}

/// The series of a dataset by their metrics.
#[derive(Debug)]
pub(super) struct Index<'d> {
    pub dataset: &'d Dataset,
    by_metric: HashMap<&'d str, Vec<&'d Series>>,
}

impl<'d> Index<'d> {
    pub fn new(dataset: &'d Dataset) -> Self {
        let mut by_metric: HashMap<&str, Vec<&Series>> = HashMap::new();
        for series in &dataset.series {
            by_metric.entry(&series.key.metric).or_default().push(series);
        }
        Self { dataset, by_metric }
    }

    /// The figures of every selected period. Each is there and is a number.
    pub fn figures(&self, selection: &Selection) -> Result<Vec<Figures<'d>>, Missing> {
        let series = self.series(selection)?;
        let periods = selection.periods.ok_or_else(|| Missing::new("no period is named"))?;
        let figures = |period| self.figures_of(selection, &series, period);
        periods.iter(MOST_PERIODS).map(figures).collect()
    }

    fn figures_of(
        &self,
        selection: &Selection,
        series: &[&'d Series],
        period: Period,
    ) -> Result<Figures<'d>, Missing> {
        let registry = &self.dataset.registry;
        let belongs = |series: &&&'d Series| {
            let company = selection.company.as_ref();
            company.is_none_or(|company| registry.belongs_to(&series.key.subject, &company.text, period))
        };
        let figures: Vec<(&Series, &Observation)> = series
            .iter()
            .filter(belongs)
            .filter_map(|series| Some((*series, self.dataset.point_at(series, period)?)))
            .collect();
        let what = self.words(&Selection { periods: None, ..selection.clone() });
        if figures.is_empty() {
            return Err(Missing::new(format!("the data hold no figure of {period} for {what}")));
        }
        if let Some((_, figure)) = figures.iter().find(|one| one.1.quantity.interval().is_none()) {
            return Err(Missing {
                location: Some(figure.origin.location()),
                ..Missing::new(format!(
                    "the figure of {period} for {what} is {}, which is no 0",
                    figure.quantity
                ))
            });
        }
        Ok(Figures { period, figures })
    }

    /// The series that a selection means: one, or those of a company's brands.
    fn series(&self, selection: &Selection) -> Result<Vec<&'d Series>, Missing> {
        let metric = selection.metric.as_ref().ok_or_else(|| Missing::new("no metric is named"))?;
        let of_metric = self.by_metric.get(metric.text.as_str()).cloned().unwrap_or_default();
        if of_metric.is_empty() {
            return Err(unknown("metric", metric, self.by_metric.keys().copied()));
        }
        let registry = &self.dataset.registry;
        let has = |term: &Option<ClaimTerm>, value: &str| term.as_ref().is_none_or(|term| term.text == value);
        let mut left: Vec<&Series> = of_metric
            .iter()
            .filter(|series| selection.unit.is_none_or(|unit| unit == series.key.unit))
            .copied()
            .collect();
        if let (true, Some(unit)) = (left.is_empty(), selection.unit) {
            return Err(Missing::new(format!("the data hold no {} of this metric", unit.plural())));
        }
        let narrow = |left: &mut Vec<&'d Series>,
                      kind: &str,
                      term: &Option<ClaimTerm>,
                      value: &dyn Fn(&'d Series) -> Option<&'d str>,
                      keeps: &dyn Fn(&'d Series) -> bool| {
            let kept: Vec<&Series> = left.iter().copied().filter(|series| keeps(series)).collect();
            match term {
                Some(term) if kept.is_empty() => {
                    Err(unknown(kind, term, left.iter().filter_map(|series| value(series))))
                }
                _ => {
                    *left = kept;
                    Ok(())
                }
            }
        };
        narrow(
            &mut left,
            "publisher",
            &selection.publisher,
            &|series| Some(&series.key.publisher),
            &|series| has(&selection.publisher, &series.key.publisher),
        )?;
        match (&selection.subject, &selection.company) {
            (_, Some(company)) => {
                // Who belongs to whom depends on the period; here it is enough to have belonged once.
                let ever = |series: &'d Series| {
                    let mut periods = self.dataset.points(series).map(|point| point.period);
                    periods.any(|period| registry.belongs_to(&series.key.subject, &company.text, period))
                };
                let known = registry.entities().map(|entity| entity.id.as_str());
                let subjects: BTreeSet<&str> =
                    left.iter().map(|series| &*series.key.subject).chain(known).collect();
                if !subjects.contains(company.text.as_str()) {
                    return Err(unknown("company", company, subjects));
                }
                left.retain(|series| ever(series));
            }
            (subject, None) => {
                let keeps = |series: &'d Series| match subject {
                    Some(subject) => *subject.text == *series.key.subject,
                    None => series.key.subject == series.key.publisher,
                };
                narrow(&mut left, "subject", subject, &|series| Some(&series.key.subject), &keeps)?;
            }
        }
        let category = &selection.category;
        narrow(&mut left, "category", category, &|series| series.key.category.as_deref(), &|series| {
            category.as_ref().map(|term| term.text.as_str()) == series.key.category.as_deref()
        })?;
        let jurisdiction = &selection.jurisdiction;
        narrow(
            &mut left,
            "jurisdiction",
            jurisdiction,
            &|series| series.key.jurisdiction.as_deref(),
            &|series| {
                let own = series.key.jurisdiction.as_deref();
                match jurisdiction {
                    Some(term) => own == Some(&term.text),
                    None => own.is_none_or(|code| code == "worldwide"),
                }
            },
        )?;
        left.retain(|series| {
            let key = &series.key;
            key.channel.is_none() && key.detection.is_none() && key.surface.is_none()
        });
        if left.is_empty() {
            let what = self.words(&Selection { periods: None, ..selection.clone() });
            return Err(Missing::new(format!("the data hold no {what}")));
        }
        one_of_each(&left)?;
        Ok(left)
    }

    /// The series that an entity is ranked among, by period: every other subject of the same publisher and metric.
    pub fn peers(&self, series: &Series, period: Period) -> Vec<(&'d Series, &'d Observation)> {
        let key = &series.key;
        let of_metric = self.by_metric.get(&*key.metric).map(Vec::as_slice).unwrap_or_default();
        let is_peer = |other: &&&'d Series| {
            let other = &other.key;
            other.subject != other.publisher
                && (&other.publisher, other.unit, &other.category, &other.jurisdiction)
                    == (&key.publisher, key.unit, &key.category, &key.jurisdiction)
        };
        let at = |other: &&'d Series| Some((*other, self.dataset.point_at(other, period)?));
        of_metric.iter().filter(is_peer).filter_map(at).collect()
    }

    /// A publisher's own totals of a metric: what a share may be taken of.
    pub fn totals(&self, publisher: Option<&str>, metric: &str) -> Vec<&'d Series> {
        let of_metric = self.by_metric.get(metric).map(Vec::as_slice).unwrap_or_default();
        let is_total = |series: &&&'d Series| {
            let sums_subjects = |id| self.dataset.block(id).total_of.as_deref() == Some("subjects");
            series.key.subject == series.key.publisher
                && publisher.is_none_or(|publisher| publisher == &*series.key.publisher)
                && (series.key.category.is_none() || series.blocks.iter().copied().any(sums_subjects))
        };
        of_metric.iter().filter(is_total).copied().collect()
    }

    /// Whether a metric has figures in a category.
    pub fn has_category(&self, metric: &str, category: &str) -> bool {
        let of_metric = self.by_metric.get(metric).map(Vec::as_slice).unwrap_or_default();
        of_metric.iter().any(|series| series.key.category.as_deref() == Some(category))
    }

    /// The total of all subjects that the publisher states for a period, and whether it lists all of them.
    fn total_of_subjects(&self, series: &Series, period: Period) -> Option<(&'d Observation, bool)> {
        let totals = self.totals(Some(&series.key.publisher), &series.key.metric).into_iter();
        let statements = totals.flat_map(|total| self.dataset.statements(total));
        let mut of_subjects = statements.filter(|one| one.period == period).filter_map(|one| {
            let block = self.dataset.block_of(one);
            (block.total_of.as_deref() == Some("subjects")).then_some((one, block.all_parts))
        });
        of_subjects.next()
    }

    /// Whether a subject that has no figure for a period is known to have had nothing.
    pub fn had_nothing(&self, series: &Series, period: Period) -> bool {
        has_ended(&self.dataset.registry, &series.key.subject, period)
            || self.total_of_subjects(series, period).is_some_and(|(_, is_whole)| is_whole)
    }

    /// How many entities without a figure could have more than `own`: as many as the rest of the total has room for, and
    /// where the list is whole no more than it names without a figure; `None` where that is not known. Of companies, whose
    /// entities are added up, a figure that is not known may lift any.
    pub fn unknown_above(
        &self,
        series: &Series,
        period: Period,
        own: Decimal,
        is_company: bool,
    ) -> Option<usize> {
        let (total, is_whole) = self.total_of_subjects(series, period)?;
        let peers = self.peers(series, period);
        let room = || {
            if own <= Decimal::ZERO {
                return None;
            }
            let listed = peers.iter().try_fold(Decimal::ZERO, |sum, (_, figure)| {
                sum.checked_add(figure.quantity.interval().map_or(Decimal::ZERO, |interval| interval.low))
            })?;
            let rest = total.quantity.interval()?.high?.checked_sub(listed)?;
            rest.checked_div(own)?.max(Decimal::ZERO).floor().to_usize()
        };
        let without = peers.iter().filter(|(_, figure)| figure.quantity.interval().is_none()).count();
        match is_whole {
            true if is_company => Some(without),
            true => Some(room().map_or(without, |room| room.min(without))),
            false => room(),
        }
    }

    /// A selection in words: `CyberTipline reports of Meta in 2024`.
    pub fn words(&self, selection: &Selection) -> String {
        let registry = &self.dataset.registry;
        let name = |term: &ClaimTerm| registry.entity_name(&term.text).to_owned();
        let metric = selection.metric.as_ref().map_or("figures", |term| registry.metric_name(&term.text));
        let category =
            selection.category.as_ref().map(|term| format!(" ({})", term.text)).unwrap_or_default();
        let entity = selection.company.as_ref().or(selection.subject.as_ref());
        let entity = entity.map(|term| format!(" of {}", name(term))).unwrap_or_default();
        let place =
            selection.jurisdiction.as_ref().map(|term| format!(", {}", term.text)).unwrap_or_default();
        let when = match selection.periods {
            Some(periods) => format!(" in {periods}"),
            None => String::new(),
        };
        format!("{metric}{category}{entity}{place}{when}")
    }
}

/// Refuses a selection in which one subject has several series, or two publishers speak.
fn one_of_each(series: &[&Series]) -> Result<(), Missing> {
    let publishers: BTreeSet<&str> = series.iter().map(|series| &*series.key.publisher).collect();
    if publishers.len() > 1 {
        let names: Vec<String> = publishers.iter().map(|name| format!("`{name}`")).collect();
        return Err(Missing {
            help: Some("name one with `publisher = …`".to_owned()),
            ..Missing::new(format!("{} state it", listing(&names, 4)))
        });
    }
    let mut by_subject: BTreeMap<&str, &Series> = BTreeMap::new();
    for one in series {
        if by_subject.insert(&one.key.subject, one).is_some() {
            let reason = format!("there are several such series for `{}`", one.key.subject);
            return Err(Missing {
                help: Some("they differ in unit or in how they were counted".to_owned()),
                ..Missing::new(reason)
            });
        }
    }
    Ok(())
}

/// The figure's bounds. [`Index::figures`] gives numbers alone.
pub(super) fn bounds(figure: &Observation) -> Result<Bounds, Missing> {
    figure.quantity.interval().map(Bounds::from).ok_or_else(|| Missing::new("a figure is no number"))
}

/// The periods of a selection, where it has two or more.
pub(super) fn range(selection: &Selection) -> Result<Periods, Missing> {
    selection
        .periods
        .filter(|periods| !periods.is_single())
        .ok_or_else(|| Missing::new("a change needs a range of periods, such as `period = 2023..2024`"))
}

fn unknown<'w>(kind: &str, term: &ClaimTerm, known: impl IntoIterator<Item = &'w str>) -> Missing {
    Missing {
        reason: format!("the data hold nothing with the {kind} `{}`", term.text),
        location: Some(term.location),
        help: closest(&term.text, known).map(|known| format!("did you mean `{known}`?")),
    }
}
