//! What a finding about a change says: shared by the rules on drops and rises.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use super::change::{
    ALARMS, Change, DOCUMENTED, FALSE_DISCOVERIES, ParametersByWay, Shape, Way, unusual_changes,
};
use super::explanation::{covering_breaks, explain_by, share_of_gross};
use super::survey::{Peers, Survey};
use super::{scale_slip, sharp_drop, sharp_rise};
use crate::diag::{
    Change as Figure, Confidence, Evidence, Finding, Level, Location, Note, Score, grouped, listing, percent,
    percent_change, quantity_of, signed, to_digits,
};
use crate::model::{Dataset, Frequency, Interval, Observation, Series};
use crate::rule::{Parameters, Rule, Sink, Task};
use crate::rules::counting::transfer_suspected::Transfer;
use crate::rules::counting::undeclared_break::Break;
use crate::rules::linked::linked_series;
use crate::rules::members::{Members, Part, brands_in_words, figure};
use crate::stats::digits::{self, Slip};
use crate::stats::discovery::false_discovery_rates;
use crate::stats::ratio::Prior;
use crate::stats::robust::quantile_of_unsorted;

/// Companies that are named as falls, and as rises.
const NAMED: (usize, usize) = (8, 6);
/// Eight changes in ten are usual.
const USUAL: f64 = 0.2;
/// A series with at least this many other changes speaks for itself.
const SPEAKS_FOR_ITSELF: usize = 5;
/// So many alarms are told one by one however small the table.
const LEAST_BUDGET: usize = 5;

/// Which finding speaks of a cell already, because the cell's change is part of something larger.
#[derive(Debug, Default)]
pub struct Causes(HashMap<Location, f64>);

impl Causes {
    /// Cells of groups that change as one.
    pub fn add_breaks(&mut self, breaks: &[Break<'_>]) {
        for one in breaks {
            one.along().for_each(|along| self.add(along.place(), one.evidence));
        }
    }

    /// Cells of series of which one gives what another takes.
    pub fn add_transfers(&mut self, transfers: &[Transfer<'_>]) {
        for one in transfers {
            one.places().for_each(|place| self.add(place, one.evidence));
        }
    }

    fn add(&mut self, place: Location, evidence: f64) {
        let known = self.0.entry(place).or_insert(evidence);
        *known = known.max(evidence);
    }

    /// Whether what is told already explains a change better than it would by itself.
    fn explain(&self, change: &Change<'_, '_>) -> bool {
        let known = self.0.get(&change.at.origin.location());
        known.is_some_and(|known| *known >= change.evidence)
    }
}

/// The rules on single changes.
const RULES: [&Rule; 3] = [&sharp_drop::RULE, &sharp_rise::RULE, &scale_slip::RULE];

/// Looks for unusual changes and gives each to the rule that it belongs to. What is part of something larger is not told
/// again. Gives the cells that were spoken of, by these rules or before.
pub fn check_changes(
    tasks: &mut [Task<'_>],
    survey: &Survey<'_>,
    members: &Members<'_>,
    causes: &Causes,
) -> HashSet<Location> {
    let dataset = survey.dataset;
    let parameters = |rule: &Rule| {
        let task = tasks.iter().find(|task| task.rule.id == rule.id);
        task.map(|task| &task.context.parameters)
    };
    let [down, up, scale] = RULES.map(parameters);
    let Some(any) = down.or(up).or(scale) else { return HashSet::new() };
    let by_way =
        ParametersByWay { down: down.unwrap_or(any), up: up.unwrap_or(any), scale: scale.unwrap_or(any) };
    let (mut changes, examined) = unusual_changes(survey, members, &by_way);
    changes.retain(|change| !causes.explain(change));
    let mut told: HashSet<Location> = causes.0.keys().copied().collect();
    for task in tasks.iter_mut().filter(|task| task.is_wanted) {
        if RULES.iter().all(|rule| rule.id != task.rule.id) {
            continue;
        }
        task.sink.examined(examined);
        task.sink.nothing_to_check("no count with a number above zero in two neighbouring periods");
        let own: Vec<&Change<'_, '_>> =
            changes.iter().filter(|change| rule_of(change).id == task.rule.id).collect();
        told.extend(own.iter().map(|change| change.at.origin.location()));
        let sink = &task.sink;
        let findings: Vec<Finding> = own
            .par_iter()
            .map(|change| Finding {
                cause: Some(cause(&own, change)),
                ..report(dataset, members, sink, change)
            })
            .collect();
        let findings = discoveries(findings, &own, examined, &task.context.parameters);
        findings.into_iter().for_each(|finding| task.sink.push(finding));
    }
    told
}

/// Which rule a change belongs to.
fn rule_of(change: &Change<'_, '_>) -> &'static Rule {
    match change.way() {
        _ if change.is_scale_slip() => &scale_slip::RULE,
        Way::Down => &sharp_drop::RULE,
        Way::Up => &sharp_rise::RULE,
    }
}

/// Makes a note of what was to be expected among so many tests, and tells what goes beyond the budget of alarms as one. Aggregates
/// are few and have thresholds of their own, and what a break explains is no alarm.
fn discoveries(
    findings: Vec<Finding>,
    changes: &[&Change<'_, '_>],
    examined: usize,
    parameters: &Parameters<'_>,
) -> Vec<Finding> {
    let probabilities: Vec<f64> = changes.iter().map(|change| change.surprise.probability).collect();
    let rates = false_discovery_rates(&probabilities, examined);
    let is_exempt =
        |finding: &Finding, change: &Change<'_, '_>| change.run.is_aggregate || !finding.is_active();
    let mut kept: Vec<(Finding, bool)> = Vec::new();
    for ((finding, change), rate) in findings.into_iter().zip(changes).zip(rates) {
        let period = Some(change.at.period);
        let exempt = is_exempt(&finding, change);
        let is_discovery = rate <= parameters.get(FALSE_DISCOVERIES, &change.series().key, period);
        let level = if exempt || is_discovery { finding.level } else { Level::Note };
        kept.push((Finding { level, ..finding }, exempt));
    }
    let budget = parameters.global(ALARMS) * examined as f64 / 1000.0;
    let budget = (budget.ceil() as usize).max(LEAST_BUDGET);
    let mut order: Vec<usize> = (0..kept.len()).filter(|index| !kept[*index].1).collect();
    order.sort_by(|left, right| {
        let value = |index: &usize| kept[*index].0.score.value();
        value(right).total_cmp(&value(left)).then(left.cmp(right))
    });
    for index in order.into_iter().skip(budget) {
        let finding = &mut kept[index].0;
        finding.level = Level::Note;
        finding.fold = Some("beyond the budget of alarms".to_owned());
        let text =
            format!("one of those beyond the first {budget} by their score, which are told one by one");
        finding.notes.push(Note { kind: "budget", text });
    }
    kept.into_iter().map(|one| one.0).collect()
}

fn report(dataset: &Dataset, members: &Members<'_>, sink: &Sink, change: &Change<'_, '_>) -> Finding {
    let finding = usual(describe(dataset, sink, change), change);
    let finding = year_before(dataset, finding, change);
    let parts = if change.run.is_aggregate {
        members.parts(change.series(), change.before.period, change.at.period)
    } else {
        Vec::new()
    };
    let finding = name_members(dataset, finding, change, &parts);
    let finding = explain(dataset, members, finding, change);
    let finding = linked_units(dataset, finding, change);
    match digit_slip(change) {
        Some(help) => finding.help(help),
        None => off_by_power_of_ten(finding, change),
    }
}

/// The cell whose change would make the finding go away. A total of some members falls because the total of all does.
fn cause(changes: &[&Change<'_, '_>], change: &Change<'_, '_>) -> Location {
    let own = &change.series().key;
    if !change.run.is_aggregate || own.category.is_none() {
        return change.at.origin.location();
    }
    let is_wider = |other: &&&Change<'_, '_>| {
        let wide = &other.series().key;
        other.run.is_aggregate
            && wide.category.is_none()
            && (&own.publisher, &own.metric, own.unit, &own.jurisdiction)
                == (&wide.publisher, &wide.metric, wide.unit, &wide.jurisdiction)
            && other.at.period == change.at.period
    };
    changes.iter().find(is_wider).map_or(change, |wider| wider).at.origin.location()
}

fn describe(dataset: &Dataset, sink: &Sink, change: &Change<'_, '_>) -> Finding {
    let (before, at) = (change.before, change.at);
    let name = series_name(dataset, change.series());
    let values = |one: &Observation| one.quantity.point().unwrap_or_default();
    let (from, to) = (values(before), values(at));
    let percent = percent_change(from, to).unwrap_or_default();
    let size = percent.trim_start_matches(['−', '+']);
    let verb = if change.way() == Way::Down { "fall" } else { "rise" };
    let message = match change.after {
        Some(after) if change.season().is_some() => format!(
            "{name} {verb} {size} in {}, from {} to {}, and follow the season again in {}",
            at.period,
            grouped(from),
            grouped(to),
            after.period
        ),
        Some(after) if change.shape == Shape::Excursion => format!(
            "{name} {verb} {size} in {}, from {} to {}, and return to {} in {}",
            at.period,
            grouped(from),
            grouped(to),
            grouped(values(after)),
            after.period
        ),
        _ => format!("{name} {verb} {size} in {}, from {} to {}", at.period, grouped(from), grouped(to)),
    };
    let subject = change.series().key.finding_subject(Some(at.period));
    let mut finding = sink
        .finding(subject, message, at.origin.location(), signed(to - from))
        .related(before.origin.location(), before.period.to_string());
    if let Some(after) = change.after {
        finding = finding.related(after.origin.location(), figure(after));
    }
    let probability = change.surprise.probability;
    if change.threshold.0.ends_with("-note") || change.threshold.0 == DOCUMENTED {
        finding.level = Level::Note;
    }
    finding.confidence = match probability {
        p if p < 0.001 => Confidence::High,
        p if p < 0.01 => Confidence::Medium,
        _ => Confidence::Low,
    };
    let expected = change.surprise.expected.exp();
    finding.score = Score::of_evidence(change.evidence).with_influence(influence(change));
    finding.evidence(Evidence {
        method: if change.shape == Shape::Excursion {
            "leave-one-out-ratio-excursion"
        } else {
            "leave-one-out-ratio"
        },
        observed: Some(format!("×{:.3}", expected_ratio(from, to))),
        expected: Some(format!("×{expected:.3}")),
        expected_range: change.expected_range,
        threshold: Some(change.threshold),
        probability: Some(to_digits(probability, 2)),
        changes: vec![Figure { name: name.clone(), from: Some(from), to: Some(to) }],
    })
}

/// What is unexpected of a change, as a share of the figures of its series.
fn influence(change: &Change<'_, '_>) -> f64 {
    let value = |one: &Observation| one.quantity.approximate().unwrap_or_default();
    let (from, to) = (value(change.before), value(change.at));
    (to - from * change.surprise.expected.exp()).abs() / to.max(from)
}

fn expected_ratio(from: Decimal, to: Decimal) -> f64 {
    to.checked_div(from).and_then(|ratio| ratio.to_f64()).unwrap_or(f64::NAN)
}

/// Whose what: `CyberTipline reports about Google`.
pub fn series_name(dataset: &Dataset, series: &Series) -> String {
    let key = &series.key;
    let metric = dataset.registry.metric_name(&key.metric);
    let mut name = if key.subject == key.publisher {
        metric.to_owned()
    } else {
        format!("{metric} of {}", dataset.registry.entity_name(&key.subject))
    };
    if let Some(breakdown) = key.narrowing() {
        name = format!("{name} ({breakdown})");
    }
    name
}

/// What the series does otherwise, or its peers where it is too short to tell.
fn usual(finding: Finding, change: &Change<'_, '_>) -> Finding {
    let mut others: Vec<f64> = change
        .steps()
        .enumerate()
        .filter(|(index, _)| *index != change.index && (change.after.is_none() || *index != change.index + 1))
        .map(|(_, ratio)| ratio)
        .collect();
    let noun = change.at.period.frequency().noun();
    let bound = bound(change.surprise.probability);
    let text = match change.run.peers {
        _ if change.season().is_some() => in_season(change, &bound),
        _ if others.len() >= SPEAKS_FOR_ITSELF => {
            let mut quantile = |share| quantile_of_unsorted(&mut others, share);
            let (low, high) = (quantile(0.1), quantile(0.9));
            format!(
                "{} to {} a {noun} (8 in 10 of {} other changes); {bound}",
                percent(low),
                percent(high),
                others.len()
            )
        }
        Some(Peers { prior: Prior { spread, .. }, series }) => {
            // Nine tenths of a normal distribution lie below 1.2816 standard deviations.
            let (low, high) = ((-1.2816 * spread).exp() - 1.0, (1.2816 * spread).exp() - 1.0);
            format!(
                "{} to {} a {noun} (8 in 10 changes of {series} series like this); {bound}",
                percent(low),
                percent(high)
            )
        }
        None => bound,
    };
    falls(finding.note("usual", text), change)
}

/// What the figure is expected to be where the season is known, as a change.
fn in_season(change: &Change<'_, '_>, bound: &str) -> String {
    let before = change.before.quantity.approximate().unwrap_or_default().ln();
    let (low, high) = change.surprise.figure.range(USUAL).unwrap_or_default();
    let noun = change.at.period.frequency().noun();
    format!(
        "{} to {} in this {noun} of the year (8 in 10 changes); {bound}",
        percent((low - before).exp() - 1.0),
        percent((high - before).exp() - 1.0)
    )
}

/// Quarters and months beside the same one a year before, and where the series has a season, what it does then.
fn year_before(dataset: &Dataset, mut finding: Finding, change: &Change<'_, '_>) -> Finding {
    let period = change.at.period;
    if !matches!(period.frequency(), Frequency::Quarter | Frequency::Month) {
        return finding;
    }
    if let Some(length) = change.season() {
        let alike = change.steps().enumerate();
        let alike = alike.filter(|(at, _)| at.abs_diff(change.index) % length == 0 && *at != change.index);
        let words: Vec<String> = alike.map(|(_, ratio)| percent(ratio)).collect();
        let text =
            format!("in the same {} of other years: {}", period.frequency().noun(), listing(&words, 12));
        finding = finding.note("season", text);
    }
    let earlier = period.year_before().and_then(|period| dataset.point_at(change.series(), period));
    let words = |earlier: &Observation| {
        let (from, to) = (earlier.quantity.point()?, change.at.quantity.point()?);
        Some(format!("a year before: {}, {}", grouped(from), percent_change(from, to)?))
    };
    match earlier.and_then(words) {
        Some(text) => finding.note("year", text),
        None => finding,
    }
}

/// For an aggregate: every fall on record, so that a reader can place this one.
fn falls(finding: Finding, change: &Change<'_, '_>) -> Finding {
    if !change.run.is_aggregate || change.steps().len() < 10 {
        return finding;
    }
    let falls = || change.steps().enumerate().filter(|(_, ratio)| *ratio < 0.0);
    if !(1..=8).contains(&falls().count()) {
        return finding;
    }
    let words = |(step, ratio)| format!("{} {}", change.run.period_after(step), percent(ratio));
    let falls: Vec<String> = falls().map(words).collect();
    let text = format!(
        "{} in {}: {}",
        quantity_of(falls.len(), "fall"),
        quantity_of(change.steps().len(), "change"),
        falls.join(", ")
    );
    finding.note("record", text)
}

/// A probability as a bound.
fn bound(probability: f64) -> String {
    let bounds = [0.001, 0.01, 0.05, 0.1];
    match bounds.iter().find(|bound| probability < **bound) {
        Some(bound) => format!("p < {}", bound.to_string().trim_start_matches('0')),
        None => "p > .1".to_owned(),
    }
}

fn name_members(dataset: &Dataset, finding: Finding, change: &Change<'_, '_>, parts: &[Part]) -> Finding {
    let (Some(from), Some(to)) = (change.before.quantity.point(), change.at.quantity.point()) else {
        return finding;
    };
    let total = to - from;
    let Some(leader) = parts
        .iter()
        .max_by_key(|part| part.change().abs())
        .filter(|leader| parts.len() > 1 && !leader.change().is_zero())
    else {
        return finding;
    };
    let noun = if leader.change() < Decimal::ZERO { "falls" } else { "rises" };
    let brands = brands_in_words(leader);
    let brands = if brands.is_empty() { brands } else { format!(" ({brands})") };
    let mut finding = finding.note(
        "members",
        format!(
            "{} accounts for {}{brands}, {:.1} % of all {noun}; everybody else for {}",
            leader.name,
            signed(leader.change()),
            100.0 * share_of_gross(leader, parts),
            signed(total - leader.change()),
        ),
    );
    let line = |parts: Vec<&Part>, most: usize| {
        let words: Vec<String> = parts.iter().take(most).map(|part| part.words()).collect();
        let rest =
            if parts.len() > most { format!(" and {} more", parts.len() - most) } else { String::new() };
        format!("{}{rest}", words.join(", "))
    };
    let falls: Vec<&Part> = parts.iter().filter(|part| part.change() < Decimal::ZERO).collect();
    let rises: Vec<&Part> = parts.iter().rev().filter(|part| part.change() > Decimal::ZERO).collect();
    if !falls.is_empty() {
        finding = finding.note("falls", line(falls, NAMED.0));
    }
    if !rises.is_empty() {
        finding = finding.note("rises", line(rises, NAMED.1));
    }
    for part in parts {
        let figure = |name: &str, from, to| Figure { name: name.to_owned(), from, to };
        finding.evidence.changes.push(figure(&part.name, Some(part.from), Some(part.to)));
        let brands = part
            .brands
            .iter()
            .map(|brand| figure(&format!("{} / {}", part.name, brand.name), brand.from, brand.to));
        finding.evidence.changes.extend(brands);
    }
    let periods = [change.before.period, change.at.period];
    let mut statements = dataset.statements(change.series()).filter(|one| periods.contains(&one.period));
    let is_selection = statements.any(|one| dataset.document_of(one).lists_selection);
    if is_selection { finding.note("note", "not every member is listed in both periods") } else { finding }
}

/// Documented breaks that cover the change.
fn explain(
    dataset: &Dataset,
    members: &Members<'_>,
    mut finding: Finding,
    change: &Change<'_, '_>,
) -> Finding {
    let breaks = covering_breaks(dataset, members, change.series(), change.before, change.at, change.shape);
    explain_by(&mut finding, &breaks);
    finding
}

/// The figure as it would lie on the line between its neighbours.
fn off_by_power_of_ten(finding: Finding, change: &Change<'_, '_>) -> Finding {
    let (Some(power), Some(value)) = (change.scale, change.at.quantity.point()) else { return finding };
    let factor = Decimal::from(10i64.pow(power.unsigned_abs()));
    let mended = if power > 0 { value.checked_mul(factor) } else { value.checked_div(factor) };
    let Some(mended) = mended else { return finding };
    let slip = match power {
        1 => "a digit may be missing".to_owned(),
        -1 => "there may be a digit too many".to_owned(),
        _ => format!("it may be stated in another unit, by a factor of {}", grouped(factor)),
    };
    finding.help(format!("{} would lie between its neighbours: {slip}", grouped(mended)))
}

/// The only figure within what is usual that a slip in writing the digits turns into this one, in words. One figure has
/// many that are a slip away; where two of them fit, neither tells more than the power of ten. A figure whose successors
/// stay where it is was written as it was meant, and a change that is only looked at because a break is documented is small
/// enough for slips to fit by chance.
fn digit_slip(change: &Change<'_, '_>) -> Option<String> {
    let is_newest = change.index + 1 == change.steps().len();
    if (change.after.is_none() && !is_newest) || change.threshold.0 == DOCUMENTED {
        return None;
    }
    let value = change.at.quantity.point()?;
    let (low, high) = change.surprise.figure.range(USUAL)?;
    let mut meant = digits::meant(value.to_f64()?);
    let all = meant.len();
    meant.retain(|(_, meant)| (low..=high).contains(&meant.ln()));
    let &[(slip, meant)] = meant.as_slice() else { return None };
    let slip = match slip {
        Slip::Transposed => "two neighbouring digits may stand the other way round",
        Slip::Doubled => "a digit may stand there twice",
        Slip::Dropped => "one of two equal digits may be missing",
    };
    Some(format!(
        "{} would be usual: {slip} (the only one of {all} figures one slip away that would)",
        grouped(Decimal::from_f64(meant)?)
    ))
}

/// The same events in another unit, where a linked metric counts them.
fn linked_units(dataset: &Dataset, finding: Finding, change: &Change<'_, '_>) -> Finding {
    linked_series(dataset, change.series()).fold(finding, |finding, series| {
        let at = |one: &Observation| dataset.point_at(series, one.period);
        let units = series.key.unit.plural();
        match (at(change.before), at(change.at)) {
            (None, None) => finding,
            (Some(before), Some(now)) => {
                finding.help(format!("in {units}: {} and {}", figure(before), figure(now)))
            }
            (None, Some(now)) => {
                let ratio = unit_ratio(change.at, now).unwrap_or_default();
                finding.help(format!(
                    "compare {units} instead: {}{ratio}; none are stated for {}",
                    figure(now),
                    change.before.period
                ))
            }
            (Some(before), None) => finding.help(format!(
                "compare {units} instead: {}; none are stated for {}",
                figure(before),
                change.at.period
            )),
        }
    })
}

/// How many of the linked units go into one of the series' own.
fn unit_ratio(own: &Observation, linked: &Observation) -> Option<String> {
    let (own, linked): (Interval, Interval) = (own.quantity.interval()?, linked.quantity.interval()?);
    let ratio = linked.low.checked_add(linked.high?)?.checked_div(own.low.checked_add(own.high?)?)?;
    Some(format!(", {} to one", ratio.round_dp(2)))
}
