use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::diag::{Confidence, Evidence, Finding, Score, percent_change};
use crate::model::{Additivity, Frequency, Observation, Series, SeriesKey};
use crate::rule::{Need, Parameter, Sink, Task};
use crate::rules::members::figure;
use crate::rules::time::family::{Family, common, part_name};
use crate::rules::time::survey::Survey;

crate::declare_rule! {
    /// One series ends where a similarly named one begins, at another level.
    ///
    /// A category that is renamed and drawn another way looks like two short series, and nothing compares them. Two
    /// series of one group are put side by side where the first ends in the period before the second begins and their
    /// names share enough words (the words in both, as a share of all words in either); they are reported where the figures
    /// differ by the ratio. A series that goes on under the same words is a matter of names, not of counting.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Spam, values: {2019: 81000, 2020: 80500, 2021: 81900, 2022: 82100, 2023: 81200, 2024: 81900}}
    ///   - {category: Bullying, values: {2019: 21000, 2020: 21500, 2021: 20900, 2022: 21400, 2023: 21200, 2024: 21900}}
    ///   - {category: Child Nudity and Exploitation, values: {2020: 5100, 2021: 5200}}
    ///   - {category: Child Sexual Exploitation, values: {2022: 25600, 2023: 24900, 2024: 25100}}
    /// ```
    "TR405" "series-replaced" Warning;
    needs [Need::Periods(2)];
    parameters &[
        Parameter {
            name: "words",
            default: 0.4,
            range: (0.0, 1.0),
            unit: "share",
            documentation: "Names share at least this part of their words.",
        },
        Parameter {
            name: "ratio",
            default: 1.25,
            range: (1.0, 1000.0),
            unit: "ratio",
            documentation: "The first figure of the new series is at least this many times the last of the old, or the other way round.",
        },
    ];
    look crate::rules::time::SERIES
}

/// A series and the one that takes its place.
#[derive(Clone, Copy)]
pub struct Replacement<'d> {
    family: usize,
    /// The run of the old one.
    pub old: usize,
    /// The new one.
    new: &'d Series,
    /// Its run, where two neighbouring figures of it are above zero.
    pub new_run: Option<usize>,
    /// Last figure of the old one.
    pub from: &'d Observation,
    /// First figure of the new one.
    pub to: &'d Observation,
}

fn stated(one: &&Observation) -> bool {
    one.quantity.approximate().is_some_and(|value| value > 0.0)
}

/// Pairs of series of which one ends where the other begins, the most alike in name.
pub fn find<'d>(survey: &Survey<'d>, families: &[Family], words: f64) -> Vec<Replacement<'d>> {
    let dataset = survey.dataset;
    let mut found = Vec::new();
    if families.is_empty() || !dataset.is_completely_read() {
        return found;
    }
    let single_figures = &single_figures(survey);
    // Names of companies change for other reasons; other rules follow them.
    let parts = families.iter().enumerate().filter(|(_, family)| family.noun != "subjects");
    for (index, family) in parts {
        let first = |run: usize| survey.runs[run].points().find(stated);
        let last = |run: usize| survey.runs[run].points().rev().find(stated);
        let frequency = survey.runs[family.runs[0]].frequency;
        let singles = single_figures.get(&(family.key.clone(), frequency, family.noun));
        let singles = || singles.into_iter().flatten().copied();
        let of_runs = family.runs.iter().filter_map(|run| last(*run));
        let of_singles = singles().map(|(_, only)| only);
        let Some(newest) = of_runs.chain(of_singles).map(|one| one.period).max() else { continue };
        let mut beginnings: BTreeMap<Date, Names<'d>> = BTreeMap::new();
        let mut add = |series: &'d Series, run: Option<usize>, to: &'d Observation| {
            let name = part_name(survey, series);
            beginnings.entry(to.period.start).or_default().add((series, run), to, &name);
        };
        for run in &family.runs {
            if let Some(to) = first(*run) {
                add(survey.runs[*run].series, Some(*run), to);
            }
        }
        singles().for_each(|(series, only)| add(series, None, only));
        let ended = family.runs.iter().filter_map(|run| Some((*run, last(*run)?)));
        for (old, from) in ended.filter(|(_, one)| one.period < newest) {
            let begin = from.period.end.tomorrow().ok().and_then(|day| beginnings.get(&day));
            let Some(names) = begin else { continue };
            let best = names.most_alike(&part_name(survey, survey.runs[old].series));
            let is_alike = |likeness: f64| (words..1.0).contains(&likeness);
            if let Some(((new, new_run), to, likeness)) = best
                && is_alike(likeness)
                && !dataset.document_of(to).lists_selection
            {
                found.push(Replacement { family: index, old, new, new_run, from, to });
            }
        }
    }
    found
}

/// Series with their only figure.
type SingleFigures<'d> = HashMap<(SeriesKey, Frequency, &'static str), Vec<(&'d Series, &'d Observation)>>;

/// Series with a single figure above zero, by what they share with a family: those that begin in the newest period
/// have no change yet, and so are in no run.
fn single_figures<'d>(survey: &Survey<'d>) -> SingleFigures<'d> {
    let dataset = survey.dataset;
    let mut found = SingleFigures::new();
    for series in &dataset.series {
        let mut figures = dataset.points(series).filter(stated);
        let (Some(only), None) = (figures.next(), figures.next()) else { continue };
        if series.key.unit.additivity() == Additivity::None || dataset.is_total(series) {
            continue;
        }
        if let Some((key, noun)) = common(&series.key) {
            found.entry((key, only.period.frequency(), noun)).or_default().push((series, only));
        }
    }
    found
}

/// A series and its run in the survey, where it has one.
type Successor<'d> = (&'d Series, Option<usize>);

/// The series of a family that begin on one day, by the words in their names.
#[derive(Default)]
struct Names<'d> {
    /// First figure and number of words of each, those in runs first.
    series: Vec<(Successor<'d>, &'d Observation, usize)>,
    /// In which of them each word stands.
    by_word: BTreeMap<String, Vec<usize>>,
}

impl<'d> Names<'d> {
    fn add(&mut self, series: Successor<'d>, first: &'d Observation, name: &str) {
        let words = words_of(name);
        self.series.push((series, first, words.len()));
        for word in words {
            self.by_word.entry(word).or_default().push(self.series.len() - 1);
        }
    }

    /// The series whose name is most like this one, with its first figure and the words in both names as a share of the
    /// words in either (Jaccard 1912); of several the first.
    fn most_alike(&self, name: &str) -> Option<(Successor<'d>, &'d Observation, f64)> {
        let words = words_of(name);
        let mut common = vec![0; self.series.len()];
        for place in words.iter().filter_map(|word| self.by_word.get(word)).flatten() {
            common[*place] += 1;
        }
        let likeness = |(series, common): (&(Successor<'d>, &'d Observation, usize), usize)| {
            let either = words.len() + series.2 - common;
            (series.0, series.1, common as f64 / either.max(1) as f64)
        };
        // Of several that are best, `max_by` takes the last.
        let all = self.series.iter().zip(common).rev().map(likeness);
        all.max_by(|left, right| left.2.total_cmp(&right.2))
    }
}

/// The words of a name that tell something.
fn words_of(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase();
    let words = lower.split(|one: char| !one.is_alphanumeric());
    words.filter(|word| word.len() > 2).map(str::to_owned).collect()
}

/// Reports those whose figures differ.
pub fn report(task: &mut Task<'_>, survey: &Survey<'_>, families: &[Family], found: &[Replacement<'_>]) {
    for one in found {
        let key = &one.new.key;
        let limit = task.context.parameters.get("ratio", key, Some(one.to.period));
        let value = |one: &Observation| one.quantity.approximate().unwrap_or(1.0);
        let ratio = (value(one.to) / value(one.from)).ln().abs();
        if ratio >= limit.ln() {
            let finding = describe(&task.sink, survey, &families[one.family], one, limit);
            task.sink.push(finding);
        }
    }
}

fn describe(
    sink: &Sink,
    survey: &Survey<'_>,
    family: &Family,
    found: &Replacement<'_>,
    limit: f64,
) -> Finding {
    let [old, new] = [survey.runs[found.old].series, found.new].map(|series| part_name(survey, series));
    let message = format!(
        "{old} ends with {} in {} and {new} begins with {} in {}",
        found.from.quantity, found.from.period, found.to.quantity, found.to.period
    );
    let place = found.to.origin.location();
    let change = percent_change(
        found.from.quantity.point().unwrap_or_default(),
        found.to.quantity.point().unwrap_or_default(),
    );
    sink.finding(
        found.new.key.finding_subject(Some(found.to.period)),
        message,
        place,
        change.clone().unwrap_or_default(),
    )
    .related(found.from.origin.location(), figure(found.from))
    .note(
        "counting",
        format!("the {} were drawn another way: the figures of both are not one series", family.noun),
    )
    .note("world", "a change in the world at the same time cannot be told from it in these figures")
    .help("declare the break with its date and source, and say what the new series holds of the old")
    .confidence(Confidence::Medium)
    .cause(place)
    .score(Score { suspicion: 3.0, influence: None })
    .evidence(Evidence {
        method: "ends-and-begins",
        observed: change,
        threshold: Some(("ratio", limit)),
        ..Evidence::default()
    })
}
