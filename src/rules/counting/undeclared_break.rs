use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::diag::{Change, Confidence, Evidence, Finding, Score, listing};
use crate::model::{Name, Period};
use crate::rule::{Need, Parameter, Sink, Task};
use crate::rules::counting::declared_break::{EFFECT, VISIBLE};
use crate::rules::linked::linked_series;
use crate::rules::members::{Members, figure};
use crate::rules::time::explanation::{covering_breaks, explain_by};
use crate::rules::time::family::{
    CommonMoves, Family, Move, Moves, Paces, common_moves, factor, part_name, spread_of, usual_move,
};
use crate::rules::time::report::series_name;
use crate::rules::time::survey::Survey;
use crate::stats::evidence::{Pace, of_group};

use crate::rules::time::change::Shape;

crate::declare_rule! {
    /// All series of a group change by about the same factor in one period, and no break is declared.
    ///
    /// Categories of a service, countries of a report or members of a clearinghouse rarely move as one. Where they do, far
    /// more than they usually do together, a definition, the unit of count or the coverage may have changed; an event
    /// that touches all of them would look the same. Compared are two likelihoods of all log-ratios of the period: with
    /// a common move of a tenth or more, and with one that the group usually makes (its other periods, shrunk to
    /// what groups of the same metric do). The ratio must reach the parameter. Each series' own changes of that period
    /// are told as part of this finding.
    ///
    /// A declared break that covers the change makes it *explained*.
    ///
    /// The other way round, a note at a declared break of the registry says that no series which it touches shows it: the
    /// change from the last period before to the first behind it lies, for every one of them, within what the series and
    /// its peers suggest at the given probability (divided by the number of series), and so do all taken together. The note
    /// needs series that would show something: five other changes or more, and a usual range within `effect` times either
    /// way, so that such an effect is seen more often than not, and its square nine times in ten. Where one of the series
    /// cannot tell, begins or ends with the break or changes its unit, nothing is said.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Bullying, values: {2012: 10400, 2013: 12384, 2014: 15541, 2015: 16386, 2016: 10950, 2017: 10612, 2018: 8057, 2019: 8897, 2020: 6558, 2021: 3977, 2022: 4568, 2023: 6925}}
    ///   - {category: Nudity, values: {2012: 30120, 2013: 25941, 2014: 23862, 2015: 36173, 2016: 31832, 2017: 21865, 2018: 23654, 2019: 24637, 2020: 29482, 2021: 17528, 2022: 25826, 2023: 30372}}
    ///   - {category: Spam, values: {2012: 81000, 2013: 100405, 2014: 133991, 2015: 163409, 2016: 234068, 2017: 191731, 2018: 163295, 2019: 127358, 2020: 101579, 2021: 59195, 2022: 64493, 2023: 51243}}
    ///   - {category: Violence, values: {2012: 4120, 2013: 5476, 2014: 5274, 2015: 4857, 2016: 3205, 2017: 3279, 2018: 3633, 2019: 3268, 2020: 3017, 2021: 1723, 2022: 2490, 2023: 2727}}
    ///   - {category: Weapons, values: {2012: 12210, 2013: 18509, 2014: 16233, 2015: 15893, 2016: 13200, 2017: 10811, 2018: 15490, 2019: 15750, 2020: 15061, 2021: 8433, 2022: 12783, 2023: 16908}}
    ///   - {category: Drugs, values: {2012: 22200, 2013: 26410, 2014: 22348, 2015: 26276, 2016: 17334, 2017: 14632, 2018: 22073, 2019: 20398, 2020: 23323, 2021: 12800, 2022: 18229, 2023: 22918}}
    ///   - {category: Terrorism, values: {2012: 7200, 2013: 6280, 2014: 4143, 2015: 6280, 2016: 6703, 2017: 6965, 2018: 6429, 2019: 7565, 2020: 4991, 2021: 2685, 2022: 4070, 2023: 3376}}
    ///   - {category: Scams, values: {2012: 54000, 2013: 54411, 2014: 76674, 2015: 111560, 2016: 104437, 2017: 83629, 2018: 85703, 2019: 129917, 2020: 196939, 2021: 103844, 2022: 85259, 2023: 60767}}
    ///   - {category: Gore, values: {2012: 17000, 2013: 23556, 2014: 33414, 2015: 40301, 2016: 33831, 2017: 32879, 2018: 38945, 2019: 45609, 2020: 49805, 2021: 25742, 2022: 39022, 2023: 41497}}
    ///   - {category: Fraud, values: {2012: 26000, 2013: 24651, 2014: 32726, 2015: 29170, 2016: 28161, 2017: 18578, 2018: 18410, 2019: 13770, 2020: 12204, 2021: 6183, 2022: 4693, 2023: 4339}}
    ///   - {category: Impersonation, values: {2012: 6100, 2013: 7724, 2014: 6965, 2015: 7585, 2016: 6357, 2017: 5171, 2018: 5293, 2019: 4794, 2020: 4667, 2021: 2317, 2022: 2595, 2023: 3934}}
    ///   - {category: Hacking, values: {2012: 15400, 2013: 16747, 2014: 14283, 2015: 18972, 2016: 17043, 2017: 12775, 2018: 15858, 2019: 17222, 2020: 19994, 2021: 9732, 2022: 10636, 2023: 9346}}
    /// ```
    "TR407" "undeclared-break" Warning;
    needs [Need::Periods(2)];
    parameters &[
        Parameter {
            name: "evidence",
            default: 100.0,
            range: (0.0, 1e12),
            unit: "times",
            documentation: "How many times better a common change must explain the period than ordinary moves do.",
        },
        Parameter {
            name: VISIBLE,
            default: 0.2,
            range: (0.0, 1.0),
            unit: "probability",
            documentation: "A declared break shows where the change of a series is less probable than this, divided by the \
                            number of series.",
        },
        Parameter {
            name: EFFECT,
            default: 1.5,
            range: (1.0, 1000.0),
            unit: "ratio",
            documentation: "A declared break is looked for in series that usually change by less than this many times.",
        },
    ];
    look crate::rules::time::SERIES
}

/// A group that changes as one.
pub struct Break<'d> {
    family: usize,
    period: Period,
    moves: Vec<Move<'d>>,
    /// See [`of_group`].
    pub evidence: f64,
}

/// A common move is looked at from this log-ratio on, either way.
const LEAST_COMMON_RATIO: f64 = 0.1;
/// And where at least this share of the series goes its way.
const LEAST_ALONG: f64 = 0.7;
/// More common moves of one metric than this are many.
const MANY: usize = 500;

/// A common move that is looked at.
struct Candidate {
    family: usize,
    /// Its place among the common moves of the family.
    place: usize,
    period: Period,
}

/// Looks for groups that change as one, and says for each cell in them which finding speaks of it.
pub fn find<'d>(
    survey: &Survey<'d>,
    families: &[Family],
    moves: &[Moves<'_, 'd>],
    least: f64,
) -> (Vec<Break<'d>>, usize) {
    let common =
        common_moves(survey, moves, |ratio, along| ratio.abs() >= LEAST_COMMON_RATIO && along >= LEAST_ALONG);
    let mut by_metric: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    for (number, family) in families.iter().enumerate() {
        by_metric.entry(&family.key.metric).or_default().push(number);
    }
    let count = |alike: &[usize]| alike.iter().map(|family| common[*family].ratios.len()).sum::<usize>();
    // The ratios of some families without one of them, by its family and place.
    let ratios = |alike: &[usize], without: Option<(usize, usize)>| -> Vec<f64> {
        let places = |family: usize| (0..common[family].ratios.len()).map(move |place| (family, place));
        let others = alike.iter().flat_map(|family| places(*family)).filter(|one| Some(*one) != without);
        others.map(|(family, place)| common[family].ratios[place]).collect()
    };
    // Among many, one more or less changes nothing.
    let of_many: BTreeMap<&Name, Option<f64>> = by_metric
        .iter()
        .filter(|(_, alike)| count(alike) > MANY)
        .map(|(metric, alike)| (*metric, spread_of(&ratios(alike, None))))
        .collect();
    let striking = |(family, of_family): (usize, &CommonMoves)| {
        let candidate =
            |(place, period): &(usize, Period)| Candidate { family, place: *place, period: *period };
        of_family.striking.iter().map(candidate).collect::<Vec<_>>()
    };
    let candidates: Vec<Candidate> = common.iter().enumerate().flat_map(striking).collect();
    let judge = |&Candidate { family, place, period }: &Candidate| {
        let metric = &families[family].key.metric;
        let all = match of_many.get(metric) {
            Some(spread) => *spread,
            None => spread_of(&ratios(&by_metric[metric], Some((family, place)))),
        };
        let usual = usual_move(&ratios(&[family], Some((family, place))), all)?;
        let moves = moves[family].to(period);
        let mut expected = Paces::new(survey);
        let paces: Vec<Pace> = moves.iter().filter_map(|one| expected.of(one)).collect();
        let evidence = of_group(&paces, &usual);
        (paces.len() == moves.len() && evidence >= least).then_some(Break { family, period, moves, evidence })
    };
    let found = candidates.par_iter().filter_map(judge).collect();
    (found, common.iter().map(|one| one.ratios.len()).sum())
}

/// Reports what was found.
pub fn report(
    task: &mut Task<'_>,
    survey: &Survey<'_>,
    members: &Members<'_>,
    families: &[Family],
    breaks: &[Break<'_>],
) {
    for one in breaks {
        let finding = describe(&task.sink, survey, members, &families[one.family], one);
        task.sink.push(finding);
    }
}

impl<'d> Break<'d> {
    /// The move that the finding points at: the largest figure of those that go the way of the group.
    pub fn lead(&self) -> &Move<'d> {
        let size = |one: &Move<'_>| one.from.quantity.approximate().unwrap_or_default();
        let largest = self
            .along()
            .max_by(|left, right| size(left).total_cmp(&size(right)).then(right.run.cmp(&left.run)));
        largest.unwrap_or(&self.moves[0])
    }

    /// Moves that go the way of the group.
    pub fn along(&self) -> impl Iterator<Item = &Move<'d>> {
        let falls = factor(&self.moves) < 1.0;
        self.moves.iter().filter(move |one| if falls { one.ratio < 0.0 } else { one.ratio > 0.0 })
    }
}

fn describe(
    sink: &Sink,
    survey: &Survey<'_>,
    members: &Members<'_>,
    family: &Family,
    found: &Break<'_>,
) -> Finding {
    let dataset = survey.dataset;
    let (lead, factor) = (found.lead(), factor(&found.moves));
    let along = found.along().count();
    let verb = if factor < 1.0 { "fall" } else { "rise" };
    let of_what = {
        let metric = dataset.registry.metric_name(&family.key.metric);
        if family.key.subject == family.key.publisher {
            metric.to_owned()
        } else {
            format!("{metric} of {}", dataset.registry.entity_name(&family.key.subject))
        }
    };
    let message = format!(
        "{along} of {} {} of {of_what} {verb} together in {}, to about {:.2} times what they were",
        found.moves.len(),
        family.noun,
        found.period,
        factor,
    );
    let change = |one: &Move<'_>| Change {
        name: part_name(survey, survey.runs[one.run].series),
        from: one.from.quantity.point(),
        to: one.to.quantity.point(),
    };
    let words = |one: &Move<'_>| {
        format!("{} ×{:.2}", part_name(survey, survey.runs[one.run].series), one.ratio.exp())
    };
    let all: Vec<String> = found.moves.iter().map(words).collect();
    let series = survey.runs[lead.run].series;
    let mut finding = sink
        .finding(family.key.finding_subject(Some(found.period)), message, lead.place(), figure(lead.to))
        .related(lead.from.origin.location(), figure(lead.from));
    for one in found.along().filter(|one| one.run != lead.run).take(3) {
        finding = finding.related(
            one.place(),
            format!("{}: ×{:.2}", part_name(survey, survey.runs[one.run].series), one.ratio.exp()),
        );
    }
    finding = finding
        .note("series", listing(&all, 12))
        .note(
            "counting",
            "a new definition, unit of count or coverage moves all of them by about one factor, as here",
        )
        .note("world", "an event that touches all of them alike would look the same in these figures alone");
    if let Some(linked) = linked_series(dataset, series).next() {
        let at = |period| dataset.point_at(linked, period).map(figure);
        if let (Some(before), Some(now)) = (at(lead.from.period), at(lead.to.period)) {
            finding = finding.note("linked", format!("{}: {before}, {now}", series_name(dataset, linked)));
        }
    }
    finding = finding
        .help("if the counting changed, declare the break with its date and source")
        .cause(lead.place());
    let total: f64 = found.moves.iter().filter_map(|one| one.from.quantity.approximate()).sum();
    let changed: f64 = found
        .along()
        .filter_map(|one| Some(one.to.quantity.approximate()? - one.from.quantity.approximate()?))
        .sum();
    let breaks = covering_breaks(dataset, members, series, lead.from, lead.to, Shape::Step);
    explain_by(&mut finding, &breaks);
    finding
        .confidence(Confidence::High)
        .score(Score::of_evidence(found.evidence).with_influence(changed / total))
        .evidence(Evidence {
            method: "common-move",
            observed: Some(format!("×{factor:.2}")),
            expected: Some("×1.00".to_owned()),
            threshold: None,
            expected_range: None,
            probability: None,
            changes: found.moves.iter().map(change).collect(),
        })
}
