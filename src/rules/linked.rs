//! The same events in another unit: reports and the incidents in them.

use std::collections::BTreeSet;

use crate::model::{Dataset, Observation, Registry, Series, SeriesKey};

/// The metrics that count the same events as this one in another unit, by what the registry says of either.
fn linked_metrics<'r>(registry: &'r Registry, id: &str) -> BTreeSet<&'r str> {
    let own = registry.metric(id).into_iter().flat_map(|metric| &metric.linked).map(String::as_str);
    let names_it = registry.metrics().filter(|metric| metric.linked.iter().any(|linked| linked == id));
    own.chain(names_it.map(|metric| metric.id.as_str())).collect()
}

/// The metrics of a dataset that are linked to another one of it. There are few.
pub fn metrics_with_links(dataset: &Dataset) -> BTreeSet<&str> {
    let present: BTreeSet<&str> = dataset.series.iter().map(|series| &*series.key.metric).collect();
    let mut linked: BTreeSet<&str> = BTreeSet::new();
    for metric in dataset.registry.metrics().filter(|metric| present.contains(metric.id.as_str())) {
        for other in metric.linked.iter().filter(|other| present.contains(other.as_str())) {
            linked.extend([metric.id.as_str(), other.as_str()]);
        }
    }
    linked
}

/// Whether two metrics count the same events in different units.
pub fn are_linked(registry: &Registry, one: &str, two: &str) -> bool {
    linked_metrics(registry, one).contains(two)
}

/// Series about the same thing in metrics that are linked to that of a series.
pub fn linked_series<'d>(dataset: &'d Dataset, series: &'d Series) -> impl Iterator<Item = &'d Series> {
    let metrics = linked_metrics(&dataset.registry, &series.key.metric).into_iter();
    let key = |metric: &str| SeriesKey { metric: metric.into(), ..series.key.clone() };
    metrics.flat_map(move |metric| dataset.series_in_any_unit(&key(metric)))
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
