//! The look that the rules between sources share: every pair becomes one row of the schedule, and a finding of one rule
//! at most.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::comparison::{Comparison, Pair, Reading, Scope, Source, comparisons};
use super::explanation::{Explanation, explain};
use super::mirror::{Mirror, Place, mirrors, reading};
use super::verdict::{Band, Limits, difference, is_equal, relative};
use super::{cross_source_mismatch, one_sided_differences, scope_mismatch, value_explains_gap};
use crate::diag::{
    Confidence, ExpectedRange, Finding, Level, Location, Schedule, ScheduleRow, grouped, listing, percent,
    signed,
};
use crate::model::{Dataset, Observation, SeriesKey, jurisdictions};
use crate::rule::{Look, Rule, Sink, Task};
use crate::rules::counting::reclassification_suspected;

/// All pairs of figures that two sources state of one thing.
pub static PAIRS: Look = Look { check };

const COLUMNS: &[&str] = &[
    "subject",
    "metric",
    "unit",
    "breakdown",
    "scope",
    "period",
    "first_source",
    "first",
    "second_source",
    "second",
    "difference",
    "difference_percent",
    "band",
    "verdict",
];

fn check(tasks: &mut [Task<'_>]) {
    let Some(lead) = tasks.iter().position(|task| std::ptr::eq(task.rule, &cross_source_mismatch::RULE))
    else {
        return;
    };
    let dataset = tasks[lead].context.dataset;
    let limits = Limits::new(tasks[lead].context.parameters.clone());
    let found = comparisons(dataset);
    let mut rows = Vec::new();
    let mirrors =
        match tasks.iter_mut().find(|task| std::ptr::eq(task.rule, &reclassification_suspected::RULE)) {
            Some(task) => {
                let mirrors = mirrors(&limits, &found, &task.context.parameters);
                for mirror in &mirrors {
                    let finding = mirrored(dataset, &task.sink, &limits, &found, mirror);
                    finding.into_iter().for_each(|finding| task.sink.push(finding));
                }
                mirrors
            }
            None => Vec::new(),
        };
    for (index, comparison) in found.iter().enumerate() {
        for (place, pair) in comparison.pairs.iter().enumerate() {
            let (Some(usual), Some(reading)) = (pair.readings.first(), reading(&limits, comparison, pair))
            else {
                continue;
            };
            let judged = Judged::new(dataset, &limits, comparison, pair, (usual, reading));
            if reading.scope != usual.scope {
                rows.push(judged.row(usual, judged.usual_band, "another scope"));
            }
            rows.push(judged.row(reading, judged.band, judged.verdict()));
            let Some(rule) = judged.rule() else { continue };
            if let Some(task) = tasks.iter_mut().find(|task| std::ptr::eq(task.rule, rule)) {
                let mut finding = judged.finding(&task.sink);
                let is_of = |mirror: &&Mirror| [mirror.falls, mirror.rises].contains(&(index, place));
                if let (Some(finding), Some(mirror)) = (&mut finding, mirrors.iter().find(is_of)) {
                    finding.cause = place_of(&limits, &found, mirror.falls);
                }
                finding.into_iter().for_each(|finding| task.sink.push(finding));
            }
        }
    }
    let pairs = found.iter().map(|comparison| comparison.pairs.len()).sum();
    for task in tasks.iter_mut() {
        task.sink.examined(pairs);
        task.sink.nothing_to_check("no two sources state figures of the same thing");
        if std::ptr::eq(task.rule, &one_sided_differences::RULE) {
            one_sided_differences::report(&task.context, &mut task.sink, &found);
        }
    }
    tasks[lead].sink.schedule(Schedule {
        name: "cross-source-pairs",
        title: "Figures that two sources state of the same thing",
        columns: COLUMNS,
        rows,
    });
}

/// A pair and what is to be said of it.
struct Judged<'a, 'd> {
    dataset: &'d Dataset,
    comparison: &'a Comparison<'d>,
    pair: &'a Pair<'d>,
    usual: &'a Reading<'d>,
    reading: &'a Reading<'d>,
    usual_band: Band,
    band: Band,
    explanation: Option<Explanation<'d>>,
    /// Second figures of which nothing would be said.
    agreeing: Option<ExpectedRange>,
}

impl<'a, 'd> Judged<'a, 'd> {
    fn new(
        dataset: &'d Dataset,
        limits: &Limits<'_>,
        comparison: &'a Comparison<'d>,
        pair: &'a Pair<'d>,
        (usual, reading): (&'a Reading<'d>, &'a Reading<'d>),
    ) -> Self {
        let band = |reading| limits.band(comparison, pair, reading);
        let (usual_band, band) = (band(usual), band(reading));
        let explanation = if band.differs() { explain(dataset, reading) } else { None };
        let told = if band.differs() { reading } else { usual };
        let agreeing = limits.agreeing(comparison, pair, told);
        Self { dataset, comparison, pair, usual, reading, usual_band, band, explanation, agreeing }
    }

    /// The rule that the pair is a matter of; `None` where the sources agree.
    fn rule(&self) -> Option<&'static Rule> {
        let is_told_apart = matches!(self.reading.scope, Scope::Without(_)) && self.usual_band.differs();
        match self.band.differs() {
            false => is_told_apart.then_some(&scope_mismatch::RULE),
            true if self.pair.is_unmatched => Some(&scope_mismatch::RULE),
            true if self.explanation.is_some() => Some(&value_explains_gap::RULE),
            true => Some(&cross_source_mismatch::RULE),
        }
    }

    fn verdict(&self) -> &'static str {
        match self.rule() {
            Some(rule) => rule.id.name,
            None if self.band == Band::Chance => "may be chance",
            None => "agrees",
        }
    }

    fn row(&self, reading: &Reading<'d>, band: Band, verdict: &str) -> ScheduleRow {
        let matter = &self.comparison.matter;
        let (first, second) = self.sources();
        let parts = reading.first.parts.iter().chain(&reading.second.parts);
        ScheduleRow {
            entries: vec![
                self.comparison.company.as_str().into(),
                (&*matter.metric).into(),
                matter.unit.as_str().into(),
                matter.narrowing().into(),
                self.scope(reading).into(),
                self.pair.period.to_string().into(),
                first.into(),
                reading.first.value.into(),
                second.into(),
                reading.second.value.into(),
                difference(reading).into(),
                (relative(reading) * Decimal::ONE_HUNDRED).round_dp(2).into(),
                band.as_str().into(),
                verdict.into(),
            ],
            places: parts.map(|part| part.origin.location()).collect(),
        }
    }

    /// Names of both sources.
    fn sources(&self) -> (String, String) {
        let name = |source: &Source, parts: &[&Observation]| match source {
            Source::Own => listing(&publishers(self.dataset, parts), 4),
            Source::Publisher(id) => self.dataset.registry.entity_name(id).to_owned(),
            Source::Document(id, _) => {
                let path = &self.dataset.document(*id).path;
                format!("`{}`", path.rsplit('/').next().unwrap_or(path))
            }
        };
        let (one, other) = (&self.comparison.first, &self.comparison.second);
        (name(one, &self.reading.first.parts), name(other, &self.reading.second.parts))
    }

    /// The scope of a reading in words.
    fn scope(&self, reading: &Reading<'d>) -> String {
        let covers = listing(&reading.covers, 6);
        match &reading.scope {
            Scope::Company | Scope::Brand => covers,
            Scope::Without(name) => format!("{covers}, without {name}"),
            Scope::Within(name) => format!("{covers}, with {name} in the figure of its owner"),
            Scope::Detection(way) => format!("{covers}, detection {way} alone"),
            Scope::FirstWithTerritories | Scope::SecondWithTerritories => {
                format!("{covers}, with territories")
            }
        }
    }

    fn finding(&self, sink: &Sink) -> Option<Finding> {
        let Self { comparison, pair, reading, .. } = self;
        let told = if self.band.differs() { *reading } else { self.usual };
        let (first, second) = self.sources();
        let metric = self.dataset.registry.metric_name(&comparison.matter.metric);
        let place = comparison.matter.narrowing().map(|_| format!(" ({})", heading(&comparison.matter)));
        let place = place.unwrap_or_default();
        let period = pair.period;
        let of = match comparison.second {
            Source::Document(_, ref publisher) if **publisher == *comparison.company => String::new(),
            _ => format!(" of {}", listing(&told.covers, 3)),
        };
        let share = relative(told).to_f64().map(percent).unwrap_or_default();
        let message = format!(
            "{second} states {} {metric}{of}{place} in {period}, {first} {}: {share} of their mean",
            grouped(told.second.value),
            grouped(told.first.value),
        );
        let label = |part: &Observation| format!("{}: {}", part.period, part.quantity);
        let (at, others) = told.second.parts.split_first()?;
        let (_, subject) = self.place()?;
        let mut finding =
            sink.finding(subject.finding_subject(Some(period)), message, at.origin.location(), label(at));
        for part in others.iter().chain(&told.first.parts) {
            finding = finding.related(part.origin.location(), label(part));
        }
        let band = if self.band.differs() { self.band } else { self.usual_band };
        finding.level = if band == Band::Slight { Level::Note } else { Level::Warning };
        finding.confidence = match band {
            Band::Large => Confidence::High,
            Band::Clear => Confidence::Medium,
            _ => Confidence::Low,
        };
        finding = finding
            .note("differs", format!("by {}", signed(difference(told))))
            .note("scope", self.scope(told))
            .fold(format!("{} {} {} {second}", comparison.company, comparison.matter.metric, place));
        finding.evidence.method = "two-sources";
        finding.evidence.observed = Some(grouped(told.second.value));
        finding.evidence.expected = Some(grouped(told.first.value));
        finding.evidence.expected_range = self.agreeing;
        Some(self.explained(finding))
    }

    /// Where the second figure stands, and what it is about.
    fn place(&self) -> Option<(Location, SeriesKey)> {
        let at = self.reading.second.parts.first()?;
        let subject = SeriesKey {
            publisher: self.dataset.series(self.dataset.block_of(at).series).key.publisher.clone(),
            subject: self.comparison.company.as_str().into(),
            ..self.comparison.matter.clone()
        };
        Some((at.origin.location(), subject))
    }

    /// What would mend or explain the difference.
    fn explained(&self, finding: Finding) -> Finding {
        if !self.band.differs() {
            return finding.note("scope", format!("equal {}", self.scope(self.reading)));
        }
        if self.pair.is_unmatched {
            let elsewhere = self.elsewhere();
            let finding =
                if elsewhere.is_empty() { finding } else { finding.note("scope", elsewhere.join("; ")) };
            return finding
                .help("one states a group and the other one of its services; compare figures of the same");
        }
        let Some(Explanation { suspect, needed, reason }) = &self.explanation else {
            return finding
                .help("the two may count other services, moments or units: see how each of them counts");
        };
        let place: Location = suspect.origin.location();
        finding
            .help(format!(
                "with {} in place of {} for {} both would be equal; {reason}",
                grouped(*needed),
                suspect.quantity,
                suspect.period
            ))
            .cause(place)
    }

    /// Periods in which the sources can be compared at the level of the service, and what comes of it.
    fn elsewhere(&self) -> Vec<String> {
        let of_service = self.comparison.pairs.iter().filter_map(|pair| {
            let brand = pair.readings.iter().find(|reading| reading.scope == Scope::Brand)?;
            Some((pair, pair.readings.first()?, brand))
        });
        let words = of_service.map(|(pair, usual, brand)| {
            let share = |reading| (relative(reading) * Decimal::ONE_HUNDRED).round_dp(2);
            let at_service =
                if is_equal(brand) { "equal".to_owned() } else { format!("{} %", signed(share(brand))) };
            format!(
                "{}: {at_service} for {}, {} % for {}",
                pair.period,
                listing(&brand.covers, 3),
                signed(share(usual)),
                listing(&usual.covers, 3),
            )
        });
        words.collect()
    }
}

/// Where the second figure of a pair stands.
fn place_of(limits: &Limits<'_>, found: &[Comparison<'_>], (index, place): Place) -> Option<Location> {
    let comparison = &found[index];
    let told = reading(limits, comparison, &comparison.pairs[place])?;
    told.second.parts.first().map(|part| part.origin.location())
}

/// The finding that two differences cancel out.
fn mirrored<'d>(
    dataset: &'d Dataset,
    sink: &Sink,
    limits: &Limits<'_>,
    found: &[Comparison<'d>],
    mirror: &Mirror,
) -> Option<Finding> {
    let judge = |(index, place): Place| {
        let (comparison, pair) = (&found[index], &found[index].pairs[place]);
        let usual = pair.readings.first()?;
        Some(Judged::new(dataset, limits, comparison, pair, (usual, reading(limits, comparison, pair)?)))
    };
    let (falls, rises) = (judge(mirror.falls)?, judge(mirror.rises)?);
    let (first, second) = falls.sources();
    let heading = |one: &Judged<'_, '_>| heading(&one.comparison.matter);
    let metric = dataset.registry.metric_name(&falls.comparison.matter.metric);
    let (less, more) = (difference(falls.reading).abs(), difference(rises.reading));
    let period = falls.pair.period;
    let message = format!(
        "{second} states {} {metric} fewer than {first} for {} in {period} and {} more for {}",
        grouped(less),
        heading(&falls),
        grouped(more),
        heading(&rises),
    );
    let (at, subject) = falls.place()?;
    let words = |one: &Judged<'_, '_>| {
        format!("{} and {}", grouped(one.reading.first.value), grouped(one.reading.second.value))
    };
    let mut finding = sink
        .finding(
            subject.finding_subject(Some(period)),
            message,
            at,
            format!("{}: {}", heading(&falls), words(&falls)),
        )
        .related(rises.place()?.0, format!("{}: {}", heading(&rises), words(&rises)))
        .note("differs", format!("together by {}", signed(more - less)))
        .note("scope", falls.scope(falls.reading))
        .help("see where each of the two puts what it cannot place otherwise")
        .fold(format!("{first} {second} {metric}"))
        .cause(at);
    finding.evidence.method = "opposite-differences";
    finding.evidence.observed = Some(signed(-less));
    finding.evidence.expected = Some(signed(more));
    Some(finding)
}

/// What a figure counts besides its metric, in words.
fn heading(matter: &SeriesKey) -> String {
    let country =
        matter.jurisdiction.as_deref().map(|code| match jurisdictions().find(|one| one.code == code) {
            Some(known) if code == "ZZ" => format!("{} country", known.name),
            Some(known) => known.name.to_owned(),
            None => code.to_owned(),
        });
    let parts: Vec<String> = [matter.breakdown(), country].into_iter().flatten().collect();
    if parts.is_empty() { "all".to_owned() } else { parts.join(", ") }
}

/// Names of those who state some figures, each once.
fn publishers(dataset: &Dataset, parts: &[&Observation]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let publisher = &dataset.series(dataset.block_of(part).series).key.publisher;
        let name = dataset.registry.entity_name(publisher);
        if names.iter().all(|known| known != name) {
            names.push(name.to_owned());
        }
    }
    names
}
