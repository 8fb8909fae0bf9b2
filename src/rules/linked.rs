//! The same events in another unit: reports and the incidents in them.

use crate::model::{Dataset, Observation, Registry, Series};

/// Whether two metrics count the same events in different units, by what the registry says of either.
fn are_linked(registry: &Registry, one: &str, two: &str) -> bool {
    let names = |from: &str, to: &str| {
        registry.metric(from).is_some_and(|metric| metric.linked.iter().any(|id| id == to))
    };
    names(one, two) || names(two, one)
}

/// Series about the same thing in metrics that are linked to that of a series.
pub fn linked_series<'d>(dataset: &'d Dataset, series: &'d Series) -> impl Iterator<Item = &'d Series> {
    let key = &series.key;
    dataset.series.iter().filter(move |other| {
        let other = &other.key;
        (&other.publisher, &other.subject, &other.jurisdiction, &other.category)
            == (&key.publisher, &key.subject, &key.jurisdiction, &key.category)
            && are_linked(&dataset.registry, &other.metric, &key.metric)
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
        .flat_map(|linked| dataset.points(linked).map(move |figure| (linked, figure)))
        .filter(|(_, figure)| figure.period == statement.period)
        .find(|(_, figure)| meets(statement, figure) == Some(true) && meets(other, figure) == Some(false))
}
