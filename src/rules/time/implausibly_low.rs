use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::diag::{Evidence, Location, Score, grouped_float, listing, to_digits};
use crate::model::{Additivity, Dataset, Name, Observation, Period, Registry, Series, SeriesKey};
use crate::rule::{Context, Need, Parameter, Sink};
use crate::rules::members::figure;
use crate::stats::robust::{median, quantile};

crate::declare_rule! {
    /// A count far below what the peers and the company of its subject suggest, or an abrupt zero.
    ///
    /// Peers are the entities that the registry lists under one of the same services and for which the same
    /// publisher states the same metric in the same period. On the scale of logarithms the count is compared with the
    /// distribution of theirs (mean and standard deviation of the peers alone, Student's t for one further value). It
    /// is reported where so low a count has a small probability, is below a hundredth of the peers' median, and the
    /// subject is not simply small: the other services of its company stand among the largest quarter of companies in
    /// the same table. How many people use a service is not known here; the reader who knows it should weigh it.
    /// Several periods of one subject are one finding.
    ///
    /// A zero between two periods with larger counts is reported without any peers.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {values: {2022: 5120, 2023: 0, 2024: 4870}}
    /// ```
    "TR309" "implausibly-low" Warning;
    needs [Need::Observations];
    parameters &[
        Parameter {
            name: "probability",
            default: 0.05,
            range: (0.0, 0.5),
            unit: "probability",
            documentation: "A count counts as low where one this low, or lower, is less probable among its peers.",
        },
        Parameter {
            name: "peers",
            default: 4.0,
            range: (3.0, 1000.0),
            unit: "entities",
            documentation: "Fewer peers say nothing.",
        },
        Parameter {
            name: "ratio",
            default: 0.01,
            range: (0.0, 1.0),
            unit: "ratio",
            documentation: "A count of this share of its peers' median or more is not low.",
        },
        Parameter {
            name: "company-quantile",
            default: 0.75,
            range: (0.0, 1.0),
            unit: "quantile",
            documentation: "The other services of its company must reach this quantile of all companies in the table.",
        },
        Parameter {
            name: "zero-beside",
            default: 50.0,
            range: (1.0, 1e12),
            unit: "count",
            documentation: "A zero is abrupt where both neighbouring periods are at least this.",
        },
    ];
    check check
}

/// Figures of one publisher and metric that can be compared across subjects, by period.
type Table<'d> = BTreeMap<Period, Vec<(&'d Name, &'d Observation)>>;

/// A low figure and what its peers report.
struct Low<'d> {
    observation: &'d Observation,
    probability: f64,
    service: &'d str,
    peers: Vec<(&'d Name, f64)>,
    /// What the other services of its company report.
    company: f64,
}

impl Low<'_> {
    /// The count as a share of the peers' median.
    fn ratio(&self) -> f64 {
        let peers: Vec<f64> = self.peers.iter().map(|peer| peer.1).collect();
        self.observation.quantity.approximate().unwrap_or(0.0) / median(&peers)
    }
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let mut low: BTreeMap<&SeriesKey, Vec<Low<'_>>> = BTreeMap::new();
    for (period, figures) in tables(dataset).into_iter().flatten() {
        let companies = Companies::new(&dataset.registry, period, &figures);
        for (subject, observation) in figures.iter().filter(|(subject, _)| offers_any(dataset, subject)) {
            sink.examined(1);
            let key = &dataset.series(dataset.block_of(observation).series).key;
            let quantile = context.parameters.get("company-quantile", key, Some(period));
            let others = companies.others_of(subject, observation);
            if others <= 0.0 || others < companies.size_at(quantile) {
                continue;
            }
            if let Some(found) = compare(context, key, subject, observation, &figures, others) {
                low.entry(key).or_default().push(found);
            }
        }
    }
    for (key, mut periods) in low {
        periods.sort_by(|left, right| left.ratio().total_cmp(&right.ratio()));
        report(dataset, sink, key, &periods);
    }
    for series in dataset.series.iter().filter(|series| series.key.unit.additivity() != Additivity::None) {
        abrupt_zeros(context, sink, series);
    }
    sink.nothing_to_check(
        "no count beside those of other entities, and none between two others of its series",
    );
}

/// A table for all series that differ in nothing but their subject, where a subject has peers at all.
fn tables(dataset: &Dataset) -> Vec<Table<'_>> {
    let mut groups: BTreeMap<SeriesKey, Vec<&Series>> = BTreeMap::new();
    let single = |series: &&Series| series.key.subject != series.key.publisher && !dataset.is_total(series);
    for series in dataset.series.iter().filter(single) {
        groups.entry(SeriesKey { subject: "".into(), ..series.key.clone() }).or_default().push(series);
    }
    let has_peers = |group: &Vec<&Series>| group.iter().any(|one| offers_any(dataset, &one.key.subject));
    groups.into_values().filter(has_peers).map(|group| table(dataset, &group)).collect()
}

fn table<'d>(dataset: &'d Dataset, group: &[&'d Series]) -> Table<'d> {
    let mut table = Table::new();
    for series in group {
        for point in dataset.points(series).filter(|point| point.quantity.approximate().is_some()) {
            table.entry(point.period).or_default().push((&series.key.subject, point));
        }
    }
    table
}

fn offers_any(dataset: &Dataset, subject: &str) -> bool {
    dataset.registry.entity(subject).is_some_and(|entity| !entity.services.is_empty())
}

/// What all services of each company report together.
struct Companies<'d> {
    registry: &'d Registry,
    period: Period,
    sums: BTreeMap<&'d str, f64>,
    sorted: Vec<f64>,
}

impl<'d> Companies<'d> {
    fn new(registry: &'d Registry, period: Period, figures: &[(&'d Name, &'d Observation)]) -> Self {
        let mut sums = BTreeMap::new();
        for (subject, observation) in figures {
            *sums.entry(registry.top_of(subject, period)).or_insert(0.0) +=
                observation.quantity.approximate().unwrap_or(0.0);
        }
        let mut sorted: Vec<f64> = sums.values().copied().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { registry, period, sums, sorted }
    }

    /// What the other services of a subject's company report.
    fn others_of(&self, subject: &str, own: &Observation) -> f64 {
        let sum = self.sums.get(self.registry.top_of(subject, self.period)).copied().unwrap_or(0.0);
        sum - own.quantity.approximate().unwrap_or(0.0)
    }

    /// The size that a share of all companies stays below.
    fn size_at(&self, share: f64) -> f64 {
        quantile(&self.sorted, share)
    }
}

/// Compares one figure with those of the peers of its subject, service by service.
fn compare<'d>(
    context: &Context<'d>,
    key: &SeriesKey,
    subject: &str,
    observation: &'d Observation,
    figures: &[(&'d Name, &'d Observation)],
    company: f64,
) -> Option<Low<'d>> {
    let registry = &context.dataset.registry;
    let own = observation.quantity.approximate()?;
    let parameter = |name| context.parameters.get(name, key, Some(observation.period));
    let services = registry.entity(subject)?.services.iter();
    services
        .filter_map(|service| {
            let offers =
                |id: &str| registry.entity(id).is_some_and(|entity| entity.services.contains(service));
            let peers: Vec<(&Name, f64)> = figures
                .iter()
                .filter(|(id, _)| &***id != subject && offers(id))
                .filter_map(|(id, one)| Some((*id, one.quantity.approximate().filter(|value| *value > 0.0)?)))
                .collect();
            if (peers.len() as f64) < parameter("peers") {
                return None;
            }
            let values: Vec<f64> = peers.iter().map(|peer| peer.1).collect();
            let probability = probability_below(own.max(1.0).ln(), &values)?;
            let is_low = own < parameter("ratio") * median(&values) && probability < parameter("probability");
            is_low.then_some(Low { observation, probability, service: service.as_str(), peers, company })
        })
        .min_by(|left, right| left.probability.total_cmp(&right.probability))
}

/// Probability that one more value from the peers' log-normal distribution is at most `logarithm`: the predictive
/// distribution is Student's t with `n − 1` degrees of freedom, scaled by `s · √(1 + 1/n)`.
fn probability_below(logarithm: f64, peers: &[f64]) -> Option<f64> {
    let count = peers.len() as f64;
    let logarithms: Vec<f64> = peers.iter().map(|value| value.ln()).collect();
    let mean = logarithms.iter().sum::<f64>() / count;
    let variance = logarithms.iter().map(|one| (one - mean) * (one - mean)).sum::<f64>() / (count - 1.0);
    // There is no distribution of which all values are the same.
    let scale = (variance * (1.0 + 1.0 / count)).sqrt();
    Some(StudentsT::new(mean, scale, count - 1.0).ok()?.cdf(logarithm))
}

fn report(dataset: &Dataset, sink: &mut Sink, key: &SeriesKey, periods: &[Low<'_>]) {
    let Some(worst) = periods.first() else { return };
    let registry = &dataset.registry;
    let values: Vec<f64> = worst.peers.iter().map(|peer| peer.1).collect();
    let mut peers = worst.peers.clone();
    peers.sort_by(|left, right| left.1.total_cmp(&right.1));
    let lowest: Vec<String> = peers
        .iter()
        .map(|(id, value)| format!("{} {}", registry.entity_name(id), grouped_float(*value)))
        .collect();
    let observation = worst.observation;
    let message = format!(
        "{} {} of {} in {} are far below what its peers report",
        observation.quantity,
        registry.metric_name(&key.metric),
        registry.entity_name(&key.subject),
        observation.period
    );
    let label = format!("median of {} peers: {}", values.len(), grouped_float(median(&values)));
    let mut finding = sink.finding(
        key.finding_subject(Some(observation.period)),
        message,
        observation.origin.location(),
        label,
    );
    for other in &periods[1..] {
        finding = finding.related(other.observation.origin.location(), figure(other.observation));
    }
    let finding = finding
        .note("peers", format!("{} ({}): {}", worst.service, observation.period, listing(&lowest, 8)))
        .note(
            "company",
            format!(
                "{} reports {} through its other services",
                registry.entity_name(registry.top_of(&key.subject, observation.period)),
                grouped_float(worst.company)
            ),
        )
        .note("usual", format!("a count this low has {} among them", in_words(worst.probability)))
        .help("state in a note how it is counted, or how many people use the service, if that explains it")
        .score(Score::of_probability(worst.probability))
        .evidence(Evidence {
            method: "below-peers",
            observed: Some(observation.quantity.to_string()),
            expected: Some(format!("about {}", grouped_float(median(&values)))),
            expected_range: None,
            threshold: None,
            probability: Some(to_digits(worst.probability, 2)),
            changes: Vec::new(),
        });
    sink.push(finding);
}

fn in_words(probability: f64) -> String {
    match probability {
        p if p < 0.001 => "p < .001".to_owned(),
        p if p < 0.01 => "p < .01".to_owned(),
        p if p < 0.05 => "p < .05".to_owned(),
        p => format!("p = {p:.2}").replace("0.", "."),
    }
}

/// Zeros, one or several in a row, between two periods with larger counts.
fn abrupt_zeros(context: &Context<'_>, sink: &mut Sink, series: &Series) {
    if series.rhythm.is_some() && !series.makeup.has_zeros {
        sink.examined(series.points.len().saturating_sub(2));
        return;
    }
    for points in context.dataset.points_by_frequency(series).into_values() {
        zeros_among(context, sink, series, &points);
    }
}

fn zeros_among(context: &Context<'_>, sink: &mut Sink, series: &Series, points: &[&Observation]) {
    let mut rest = points;
    while let Some(first) = rest.iter().position(|one| is_zero(one)) {
        let zeros = rest[first..].iter().take_while(|one| is_zero(one)).count();
        let neighbours = first.checked_sub(1).map(|before| rest[before]).zip(rest.get(first + zeros));
        if let Some((before, after)) = neighbours {
            compare_zeros(context, sink, series, before, &rest[first..first + zeros], after);
        }
        rest = &rest[first + zeros..];
    }
    sink.examined(points.len().saturating_sub(2));
}

fn is_zero(one: &Observation) -> bool {
    one.quantity.point().is_some_and(|value| value.is_zero())
}

fn compare_zeros(
    context: &Context<'_>,
    sink: &mut Sink,
    series: &Series,
    before: &Observation,
    zeros: &[&Observation],
    after: &Observation,
) {
    let Some(zero) = zeros.first() else { return };
    let mut all = std::iter::once(before).chain(zeros.iter().copied()).chain([after]);
    let is_unbroken = all
        .clone()
        .skip(1)
        .all(|later| all.next().is_some_and(|one| one.period.is_followed_by(later.period)));
    let least = context.parameters.get("zero-beside", &series.key, Some(zero.period));
    // A zero that was rounded may stand for as much as its neighbours do.
    let is_above = |one: &Observation| {
        let apart =
            one.quantity.interval().zip(zero.quantity.interval()).is_some_and(|(one, zero)| !one.meets(zero));
        apart && one.quantity.approximate().is_some_and(|value| value >= least)
    };
    if is_unbroken && is_above(before) && is_above(after) {
        report_zero(sink, series, before, zeros, after);
    }
}

fn report_zero(
    sink: &mut Sink,
    series: &Series,
    before: &Observation,
    zeros: &[&Observation],
    after: &Observation,
) {
    let Some(zero) = zeros.first() else { return };
    let place: Location = zero.origin.location();
    let periods: Vec<String> = zeros.iter().map(|one| one.period.to_string()).collect();
    let verb = if zeros.len() == 1 { "is" } else { "are" };
    let message =
        format!("{} {verb} 0 between {} and {}", listing(&periods, 6), figure(before), figure(after));
    let mut finding = sink
        .finding(series.key.finding_subject(Some(zero.period)), message, place, "0")
        .related(before.origin.location(), figure(before))
        .related(after.origin.location(), figure(after))
        .help("a figure that is not known is `{kind: not_reported}`, not 0")
        // All series of a report that are 0 at the same time are so for one reason.
        .fold(format!(
            "{} {} {} {}",
            series.key.publisher,
            series.key.subject,
            series.key.metric,
            listing(&periods, 6)
        ))
        .cause(place);
    finding.evidence.method = "abrupt-zero";
    finding.evidence.observed = Some("0".to_owned());
    sink.push(finding);
}
