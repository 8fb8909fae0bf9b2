//! The same events in another unit: reports and the incidents in them.

use crate::model::{Dataset, Observation, Registry, Series, SeriesKey};

/// Whether two metrics count the same events in different units, by what the registry says of either.
pub fn are_linked(registry: &Registry, one: &str, two: &str) -> bool {
    let names = |from: &str, to: &str| {
        registry.metric(from).is_some_and(|metric| metric.linked.iter().any(|id| id == to))
    };
    names(one, two) || names(two, one)
}

/// Series about the same thing in metrics that are linked to that of a series.
pub fn linked_series<'d>(dataset: &'d Dataset, series: &'d Series) -> impl Iterator<Item = &'d Series> {
    let same = |key: &SeriesKey| SeriesKey { metric: "".into(), ..key.without_unit() };
    let of_subject = dataset.series_about(&series.key.publisher, &series.key.subject).iter();
    of_subject.filter(move |other| {
        are_linked(&dataset.registry, &other.key.metric, &series.key.metric)
            && same(&other.key) == same(&series.key)
    })
}

/// Of two statements that contradict each other: the figure of a linked series that the first agrees with and the
/// second does not. The first was then probably taken from there.
pub fn linked_figure<'d>(
    dataset: &'d Dataset,
    series: &'d Series,
    statement: &Observation,
    other: &Observation,
) -> Option<(&'d Series, &'d Observation)> {
    let meets = |left: &Observation, right: &Observation| {
        Some(left.quantity.interval()?.meets(right.quantity.interval()?))
    };
    linked_series(dataset, series)
        .filter_map(|linked| Some((linked, dataset.point_at(linked, statement.period)?)))
        .find(|(_, figure)| meets(statement, figure) == Some(true) && meets(other, figure) == Some(false))
}
