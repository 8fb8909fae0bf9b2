use std::collections::{HashMap, HashSet};

use super::names;
use crate::diag::{Location, listing, quantity_of};
use crate::model::{Block, Dataset, DocumentId, Format, Observation, Period, Series, SeriesKey};
use crate::rule::{Context, Need, Sink};
use crate::rules::breakdown::{BREAKDOWNS, common_key, names_part};

crate::declare_rule! {
    /// A missing period inside a series.
    ///
    /// A gap makes every comparison over it one of two years, and a figure that was published may have been lost on
    /// the way. Where a document was not read to its end, or its list of series is declared a selection, nothing can
    /// be said of what it does not hold. A value that is stated as not reported is no gap, and neither is what a complete
    /// list of the missing period does not name (subjects come and go), or a period whose parts or whole are stated. A
    /// publisher's own table of countries or providers most of which are missing from some period names those that it has
    /// something to count for; one that has the same number of them in every period, ten or more and not always the same, is
    /// one of the largest; and where no two of three or more periods follow each other, figures are stated now and then.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2020: 100, 2021: 120, 2023: 130}}
    /// ```
    "TR101" "period-gap" Warning;
    needs [Need::Periods(2)];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let complete = lists(dataset, |block| block.all_parts && dataset.document(block.document).complete);
    let selected = lists(dataset, |block| !block.all_parts);
    let mut open = OpenLists::default();
    for group in dataset.same_but_unit() {
        let series = group[0];
        if group.len() == 1 && series.rhythm.is_some() {
            sink.examined(series.points.len().saturating_sub(1));
            continue;
        }
        // A period that is stated in another unit is not missing; another rule compares units.
        let mut points: Vec<&Observation> = group.iter().flat_map(|series| dataset.points(series)).collect();
        points.sort_by_key(|point| point.period);
        sink.examined(points.len().saturating_sub(1));
        if is_now_and_then(&points) {
            continue;
        }
        for (index, earlier) in points.iter().enumerate() {
            let frequency = earlier.period.frequency();
            let Some(later) = points[index + 1..].iter().find(|one| one.period.frequency() == frequency)
            else {
                continue;
            };
            if earlier.period.is_followed_by(later.period) {
                continue;
            }
            let mut missing = missing_between(earlier.period, later.period);
            // Of what a selection in another document does not hold, nothing can be said.
            let own = [earlier, later].map(|one| dataset.block_of(one).document);
            missing.retain(|period| {
                !is_left_out(&complete, &series.key, *period, &[])
                    && !is_left_out(&selected, &series.key, *period, &own)
                    && !is_covered(&points, *period)
            });
            missing.retain(|period| !open.name_others(dataset, series, *period));
            if !missing.is_empty() && can_tell(dataset, series, earlier, later) {
                report(dataset, sink, series, (earlier, later), &missing);
            }
        }
    }
}

/// Lists, by breakdown, what all its parts have in common and period, with the documents that hold them.
type Lists<'d> = HashMap<(&'d str, SeriesKey, Period), Vec<DocumentId>>;

/// The lists with totals of which this holds.
fn lists<'d>(dataset: &'d Dataset, is_wanted: impl Fn(&Block) -> bool) -> Lists<'d> {
    let mut lists = Lists::new();
    let is_wanted = |block: &Block| block.total_of.is_some() && is_wanted(block);
    if !dataset.blocks.iter().any(is_wanted) {
        return lists;
    }
    for (block, observations) in dataset.runs() {
        let Some(breakdown) = block.total_of.as_deref() else { continue };
        if is_wanted(block) {
            let key = &dataset.series(block.series).key;
            // The total of all subjects may have a name of its own, which stands as its category.
            let plain = SeriesKey { category: None, ..key.clone() };
            let keys = [Some(key.clone()), (breakdown == "subjects").then_some(plain)];
            let keys: Vec<SeriesKey> =
                keys.iter().flatten().filter_map(|key| common_key(key, breakdown)).collect();
            let periods = observations.iter().map(|observation| observation.period);
            for list in
                periods.flat_map(|period| keys.iter().map(move |key| (breakdown, key.clone(), period)))
            {
                lists.entry(list).or_default().push(block.document);
            }
        }
    }
    lists
}

/// Whether one of these lists of a period, in a document other than `but`, does not name the series: in a complete one,
/// what it counts was then none.
fn is_left_out(lists: &Lists<'_>, key: &SeriesKey, period: Period, but: &[DocumentId]) -> bool {
    let is_in = |breakdown| {
        let list = common_key(key, breakdown).and_then(|common| lists.get(&(breakdown, common, period)));
        list.is_some_and(|documents| documents.iter().any(|one| !but.contains(one)))
    };
    !lists.is_empty() && BREAKDOWNS.into_iter().filter(|breakdown| names_part(key, breakdown)).any(is_in)
}

/// Whether three figures or more are stated, and no two for periods that follow each other.
fn is_now_and_then(points: &[&Observation]) -> bool {
    let follows = |pair: &[&Observation]| {
        pair[0].period == pair[1].period
            || pair[0].period.is_followed_by(pair[1].period)
            || pair[0].period.frequency() != pair[1].period.frequency()
    };
    points.len() > 2 && !points.windows(2).any(follows)
}

/// A list of fewer members has as many of them in every period by chance.
const FEWEST_RANKED: usize = 10;

/// Lists of countries or of subjects in publishers' own tables, looked at where a period is missing from one of them.
#[derive(Default)]
struct OpenLists<'d> {
    members: Option<HashMap<(&'static str, SeriesKey), Vec<&'d Series>>>,
    /// The periods of each list that is open.
    periods: HashMap<(&'static str, SeriesKey), HashSet<Period>>,
}

impl<'d> OpenLists<'d> {
    /// Whether a list that the series is in, and that is open (most of its members are missing from some period, or the
    /// number of members is always the same and they are not), names others in a period.
    fn name_others(&mut self, dataset: &'d Dataset, series: &Series, period: Period) -> bool {
        let is_own_table = series
            .blocks
            .iter()
            .all(|id| dataset.document(dataset.block(*id).document).format == Format::Publisher);
        is_own_table && lists_of(&series.key).any(|list| self.periods_of(dataset, list).contains(&period))
    }

    fn periods_of(&mut self, dataset: &'d Dataset, list: (&'static str, SeriesKey)) -> &HashSet<Period> {
        let members = self.members.get_or_insert_with(|| {
            let mut members: HashMap<_, Vec<&Series>> = HashMap::new();
            for series in &dataset.series {
                lists_of(&series.key).for_each(|list| members.entry(list).or_default().push(series));
            }
            members
        });
        let members = members.get(&list).map_or(&[][..], Vec::as_slice);
        self.periods.entry(list).or_insert_with(|| {
            let periods: HashSet<Period> =
                members.iter().flat_map(|series| dataset.points(series)).map(|one| one.period).collect();
            let incomplete = members.iter().filter(|series| series.points.len() < periods.len()).count();
            let is_open = incomplete * 2 > members.len() || is_ranking(dataset, members);
            if is_open { periods } else { HashSet::new() }
        })
    }
}

/// Whether a list has the same number of members in every period, and fewer than it names in all: a place that one of them
/// leaves is taken by another. Who is missing by mistake leaves the list shorter.
fn is_ranking(dataset: &Dataset, members: &[&Series]) -> bool {
    let mut lengths: HashMap<Period, usize> = HashMap::new();
    for point in members.iter().flat_map(|series| dataset.points(series)) {
        *lengths.entry(point.period).or_default() += 1;
    }
    let shortest = lengths.values().min().copied().unwrap_or_default();
    let longest = lengths.values().max().copied().unwrap_or_default();
    shortest == longest && (FEWEST_RANKED..members.len()).contains(&shortest)
}

/// The lists that a series is in: what tells its members apart, and what they have in common.
fn lists_of(key: &SeriesKey) -> impl Iterator<Item = (&'static str, SeriesKey)> + use<'_> {
    ["jurisdictions", "subjects"]
        .into_iter()
        .filter(|breakdown| names_part(key, breakdown))
        .filter_map(|breakdown| Some((breakdown, common_key(key, breakdown)?)))
}

/// Whether figures of another frequency say something of a period: the series changed its granularity.
fn is_covered(points: &[&Observation], period: Period) -> bool {
    let from = points.partition_point(|point| point.period.start < period.start);
    let inside = points[from..].first().is_some_and(|point| period.contains(point.period));
    inside || points.iter().any(|point| point.period.contains(period))
}

/// Periods that lie between two of the same frequency.
fn missing_between(earlier: Period, later: Period) -> Vec<Period> {
    let mut missing = Vec::new();
    let mut next = earlier.next();
    while let Some(period) = next.filter(|period| period.end < later.start) {
        missing.push(period);
        // Two figures a century apart are no series with a gap.
        if missing.len() > 100 {
            return Vec::new();
        }
        next = period.next();
    }
    missing
}

/// Whether what is missing could not simply be unread, or outside what the documents list.
fn can_tell(dataset: &Dataset, series: &Series, earlier: &Observation, later: &Observation) -> bool {
    let (first, second) = (dataset.block_of(earlier).document, dataset.block_of(later).document);
    if first == second {
        return dataset.document(first).complete;
    }
    let selected = |document| dataset.document(document).lists_selection;
    let is_part = series.key.subject != series.key.publisher;
    dataset.is_completely_read() && !(is_part && (selected(first) || selected(second)))
}

fn report(
    dataset: &Dataset,
    sink: &mut Sink,
    series: &Series,
    (earlier, later): (&Observation, &Observation),
    missing: &[Period],
) {
    let periods = names(missing.iter().copied());
    let verb = if periods.len() == 1 { "is" } else { "are" };
    let message =
        format!("{} {verb} missing between {} and {}", listing(&periods, 4), earlier.period, later.period);
    let mut finding = sink
        .finding(
            series.key.finding_subject(missing.first().copied()),
            message,
            later.origin.location(),
            format!("{}", later.period),
        )
        .related(earlier.origin.location(), earlier.period.to_string())
        .help("add the figure, or state why there is none: `{kind: not_reported}`");
    // One document that was left out makes the same gap in many series.
    let document = |one: &Observation| dataset.block_of(one).document.0;
    finding = finding.fold(format!("{} {} {}", document(earlier), document(later), periods.join(" ")));
    finding.cause = stated_twice(dataset, series, [earlier, later]);
    finding.evidence.method = "calendar";
    finding.evidence.expected = Some(quantity_of(missing.len(), earlier.period.frequency().noun()));
    sink.push(finding);
}

/// The second statement of a period beside the gap in one document: it probably is the missing one, mislabelled.
fn stated_twice(dataset: &Dataset, series: &Series, beside: [&Observation; 2]) -> Option<Location> {
    let twins =
        |one: &Observation, other: &Observation| one.period == other.period && one.block == other.block;
    let mut again = dataset.statements(series).filter(|one| {
        beside.iter().any(|point| twins(point, one))
            && dataset.statements(series).filter(|other| twins(one, other)).count() > 1
    });
    again.next_back().map(|one| one.origin.location())
}
