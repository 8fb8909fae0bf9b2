//! Which series of a later release took the place of which series of an earlier one.
//!
//! Looked at are series that only one side states. Names alone never decide. Two series are one where they state the
//! same numbers for the same periods and what tells their keys apart is alike, or where so many numbers agree that no
//! name is needed. What such a pair says of a label then holds for other series with this label, whose figures may all be
//! blank, unless their own numbers speak against it; and so does a label that differs in nothing but letter case,
//! spacing and punctuation. A key that was split over other columns differs in several fields, and is compared by all of
//! its labels together.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use similar::TextDiff;

use super::printed::{Relation, plain, relation};
use super::side::is_number;
use super::{Side, Stated};
use crate::model::{Period, SeriesKey};

/// Numbers that must be the same, of those in common: four fifths.
const AGREEING: (usize, usize) = (4, 5);
/// Different numbers that must agree where the names are alike.
const FEW: usize = 2;
/// Different numbers that must agree, all without exception, where the names are not alike.
const MANY: usize = 6;
/// Names of at least this likeness (twice the common letters over all letters) are alike.
const LIKENESS: f32 = 0.5;
/// A number that more series state for one period tells nothing apart.
const COMMONPLACE: usize = 40;

/// By what one series was recognised in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// By equal numbers, and names that are alike.
    Values,
    /// By equal numbers alone: so many that the name does not matter.
    ValuesAlone,
    /// By a label that another pair of series proves to have been renamed.
    Label,
    /// By labels that differ in letter case, spacing or punctuation only.
    Spelling,
}

impl Basis {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Values => "equal values and similar names",
            Self::ValuesAlone => "equal values",
            Self::Label => "the label, renamed in series with equal values",
            Self::Spelling => "the spelling",
        }
    }
}

/// One field in which two keys differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelChange<'d> {
    /// Name of the field.
    pub field: &'static str,
    /// The label before; none where the field was not used.
    pub old: Option<&'d str>,
    /// The label after.
    pub new: Option<&'d str>,
}

/// A series that took the place of another.
#[derive(Debug, Clone)]
pub struct Rename<'d> {
    /// Key on the earlier side.
    pub old: &'d SeriesKey,
    /// Key on the later side.
    pub new: &'d SeriesKey,
    /// Periods that the earlier side states, with a number or without.
    pub statements: usize,
    /// Numbers for the same period on both sides.
    pub common: usize,
    /// Those that are the same.
    pub equal: usize,
    /// By what it was recognised.
    pub basis: Basis,
}

/// Labels that were changed in the same way in several series.
#[derive(Debug, Clone)]
pub struct Mapping<'d> {
    /// What changed.
    pub labels: Vec<LabelChange<'d>>,
    /// In which series.
    pub renames: Vec<&'d Rename<'d>>,
}

/// A part of a key.
type Part = (&'static str, fn(&SeriesKey) -> Option<&str>);

/// The parts of a key that hold words, whose change makes a new key.
const PARTS: [Part; 7] = [
    ("subject", |key| Some(&key.subject)),
    ("metric", |key| Some(&key.metric)),
    ("category", |key| key.category.as_deref()),
    ("channel", |key| key.channel.as_deref()),
    ("detection", |key| key.detection.as_deref()),
    ("surface", |key| key.surface.as_deref()),
    ("jurisdiction", |key| key.jurisdiction.as_deref()),
];

/// The fields in which two keys differ.
fn label_changes<'d>(old: &'d SeriesKey, new: &'d SeriesKey) -> Vec<LabelChange<'d>> {
    let change = |(field, of): &Part| LabelChange { field, old: of(old), new: of(new) };
    let mut changes: Vec<LabelChange<'d>> =
        PARTS.iter().map(change).filter(|change| change.old != change.new).collect();
    if changes.is_empty() && old.unit != new.unit {
        changes.push(LabelChange {
            field: "unit",
            old: Some(old.unit.as_str()),
            new: Some(new.unit.as_str()),
        });
    }
    changes
}

/// In lower case and without anything but letters, digits and signs that mean something.
fn spelling(label: &str) -> String {
    let is_spelling = |letter: char| letter.is_whitespace() || "-_.,:;'’‘\"“”/()[]–—&".contains(letter);
    let words = label.to_lowercase().replace('&', " and ");
    words.chars().filter(|letter| !is_spelling(*letter)).collect()
}

/// All labels of some changes on one side.
fn joined(changes: &[LabelChange<'_>], of: impl Fn(&LabelChange<'_>) -> Option<String>) -> String {
    changes.iter().filter_map(of).collect::<Vec<_>>().join(" ")
}

/// How alike the labels are that tell two keys apart: 1 where only the spelling differs.
fn likeness(changes: &[LabelChange<'_>]) -> f32 {
    let old = joined(changes, |one| one.old.map(str::to_lowercase));
    let new = joined(changes, |one| one.new.map(str::to_lowercase));
    if spelling(&old) == spelling(&new) { 1.0 } else { TextDiff::from_chars(&*old, &*new).ratio() }
}

/// How the numbers of two series agree.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Agreement {
    common: usize,
    equal: usize,
    /// Different numbers, other than zero, among the equal ones.
    different: usize,
}

impl Agreement {
    fn of(old: (&Side<'_>, &Stated<'_>), new: (&Side<'_>, &Stated<'_>)) -> Self {
        let mut agreement = Self::default();
        let mut numbers = HashSet::new();
        for point in old.1.points.iter().filter(|point| is_number(point)) {
            let Some(other) = new.1.at(point.period).filter(|other| is_number(other)) else { continue };
            agreement.common += 1;
            let relation = relation((old.0, old.1.key, &point.quantity), (new.0, new.1.key, &other.quantity));
            if relation == Relation::Same {
                agreement.equal += 1;
                numbers.extend(point.quantity.point().map(plain).filter(|number| !number.is_zero()));
            }
        }
        agreement.different = numbers.len();
        agreement
    }

    fn mostly(self) -> bool {
        self.equal * AGREEING.1 >= self.common * AGREEING.0
    }
}

/// Two series that may be one.
struct Candidate {
    old: usize,
    new: usize,
    agreement: Agreement,
    likeness: f32,
    basis: Basis,
}

/// Which of the new series took the place of which of those that are gone; sorted by the old key.
pub(super) fn renamed<'d>(
    (old_side, gone): (&Side<'d>, &[&Stated<'d>]),
    (new_side, fresh): (&Side<'d>, &[&Stated<'d>]),
) -> Vec<Rename<'d>> {
    let mut search =
        Search { old_side, gone, new_side, fresh, taken: Default::default(), renames: Vec::new() };
    search.by_values();
    search.by_labels();
    search.by_spelling();
    search.renames.sort_by(|left, right| left.old.cmp(right.old));
    search.renames
}

struct Search<'s, 'd> {
    old_side: &'s Side<'d>,
    gone: &'s [&'s Stated<'d>],
    new_side: &'s Side<'d>,
    fresh: &'s [&'s Stated<'d>],
    /// Those that are gone and those that are fresh, of which it is known which took the place of which.
    taken: [HashSet<usize>; 2],
    renames: Vec<Rename<'d>>,
}

impl<'d> Search<'_, 'd> {
    fn agreement(&self, old: usize, new: usize) -> Agreement {
        Agreement::of((self.old_side, self.gone[old]), (self.new_side, self.fresh[new]))
    }

    fn is_gone_free(&self, old: usize) -> bool {
        !self.taken[0].contains(&old)
    }

    fn is_fresh_free(&self, new: usize) -> bool {
        !self.taken[1].contains(&new)
    }

    fn take(&mut self, old: usize, new: usize, agreement: Agreement, basis: Basis) {
        self.taken[0].insert(old);
        self.taken[1].insert(new);
        self.renames.push(Rename {
            old: self.gone[old].key,
            new: self.fresh[new].key,
            statements: self.gone[old].points.len(),
            common: agreement.common,
            equal: agreement.equal,
            basis,
        });
    }

    /// Pairs that state the same numbers; of several that could be, the one with most of them, then the likest names.
    fn by_values(&mut self) {
        let mut by_number: HashMap<(Period, Decimal), Vec<usize>> = HashMap::new();
        for (place, series) in self.fresh.iter().enumerate() {
            for point in series.points.iter().filter(|point| is_number(point)) {
                let number = point.quantity.point().map(plain).filter(|number| !number.is_zero());
                if let Some(number) = number {
                    by_number.entry((point.period, number)).or_default().push(place);
                }
            }
        }
        let mut candidates = Vec::new();
        for (old, series) in self.gone.iter().enumerate() {
            let mut places: Vec<usize> = Vec::new();
            for point in series.points.iter().filter(|point| is_number(point)) {
                let number = point.quantity.point().map(plain);
                let with = number.and_then(|number| by_number.get(&(point.period, number)));
                places.extend(with.filter(|with| with.len() <= COMMONPLACE).into_iter().flatten());
            }
            places.sort_unstable();
            places.dedup();
            candidates.extend(places.into_iter().filter_map(|new| self.candidate(old, new)));
        }
        candidates.sort_by(|left, right| {
            let by_values = right.agreement.equal.cmp(&left.agreement.equal);
            let by_name = || right.likeness.total_cmp(&left.likeness);
            by_values.then_with(by_name).then((left.old, left.new).cmp(&(right.old, right.new)))
        });
        for Candidate { old, new, agreement, basis, .. } in candidates {
            if self.is_gone_free(old) && self.is_fresh_free(new) {
                self.take(old, new, agreement, basis);
            }
        }
    }

    fn candidate(&self, old: usize, new: usize) -> Option<Candidate> {
        let (old_key, new_key) = (self.gone[old].key, self.fresh[new].key);
        if old_key.publisher != new_key.publisher {
            return None;
        }
        let agreement = self.agreement(old, new);
        let likeness = likeness(&label_changes(old_key, new_key));
        let basis = match agreement.different {
            FEW.. if likeness >= LIKENESS && agreement.mostly() => Basis::Values,
            MANY.. if agreement.equal == agreement.common => Basis::ValuesAlone,
            _ => return None,
        };
        Some(Candidate { old, new, agreement, likeness, basis })
    }

    /// Series with a label that was renamed elsewhere.
    fn by_labels(&mut self) {
        let mut proven: Vec<Vec<LabelChange<'d>>> =
            self.renames.iter().map(|rename| label_changes(rename.old, rename.new)).collect();
        proven.sort();
        proven.dedup();
        for changes in &proven {
            self.by_rule(Basis::Label, |key| {
                changes.iter().try_fold(key.clone(), |key, change| {
                    let of = PARTS.iter().find(|(field, _)| *field == change.field)?.1;
                    (of(&key) == change.old).then(|| with_label(key, change))
                })
            });
        }
    }

    /// Series whose key differs from a new one in spelling only.
    fn by_spelling(&mut self) {
        let mut spelt: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (place, series) in self.fresh.iter().enumerate() {
            spelt.entry(spelt_key(series.key)).or_default().push(place);
        }
        for old in 0..self.gone.len() {
            if !self.is_gone_free(old) {
                continue;
            }
            // Where two keys are spelt alike nothing says which of them it is.
            let Some([new]) = spelt.get(&spelt_key(self.gone[old].key)).map(Vec::as_slice) else { continue };
            let agreement = self.agreement(old, *new);
            if self.is_fresh_free(*new) && agreement.mostly() {
                self.take(old, *new, agreement, Basis::Spelling);
            }
        }
    }

    /// Pairs each series that is gone with the new one whose key a rule makes of its own.
    fn by_rule(&mut self, basis: Basis, rule: impl Fn(&SeriesKey) -> Option<SeriesKey>) {
        for old in 0..self.gone.len() {
            if !self.is_gone_free(old) {
                continue;
            }
            let Some(wanted) = rule(self.gone[old].key) else { continue };
            let Ok(new) = self.fresh.binary_search_by(|one| one.key.cmp(&wanted)) else { continue };
            let agreement = self.agreement(old, new);
            if self.is_fresh_free(new) && agreement.mostly() {
                self.take(old, new, agreement, basis);
            }
        }
    }
}

/// A key with one label replaced.
fn with_label(mut key: SeriesKey, change: &LabelChange<'_>) -> SeriesKey {
    let label = change.new.map(Into::into);
    match (change.field, label) {
        ("subject", Some(label)) => key.subject = label,
        ("metric", Some(label)) => key.metric = label,
        ("category", label) => key.category = label,
        ("channel", label) => key.channel = label,
        ("detection", label) => key.detection = label,
        ("surface", label) => key.surface = label,
        ("jurisdiction", label) => key.jurisdiction = label,
        _ => {}
    }
    key
}

/// All parts of a key as they are compared for spelling.
fn spelt_key(key: &SeriesKey) -> Vec<String> {
    let parts = PARTS.iter().map(|(_, of)| of(key).map(spelling).unwrap_or_default());
    parts.chain([key.publisher.to_string(), key.unit.as_str().to_owned()]).collect()
}

/// Renames by what changed, those of most statements first.
pub fn mappings<'d>(renames: &'d [Rename<'d>]) -> Vec<Mapping<'d>> {
    let mut by_change: BTreeMap<Vec<LabelChange<'d>>, Vec<&'d Rename<'d>>> = BTreeMap::new();
    for rename in renames {
        by_change.entry(label_changes(rename.old, rename.new)).or_default().push(rename);
    }
    let mut mappings: Vec<Mapping<'d>> =
        by_change.into_iter().map(|(labels, renames)| Mapping { labels, renames }).collect();
    mappings.sort_by_key(|mapping| std::cmp::Reverse(mapping.statements()));
    mappings
}

impl Mapping<'_> {
    fn sum(&self, of: impl Fn(&Rename<'_>) -> usize) -> usize {
        self.renames.iter().map(|rename| of(rename)).sum()
    }

    /// Statements of the earlier side under the old labels.
    pub fn statements(&self) -> usize {
        self.sum(|rename| rename.statements)
    }

    /// Numbers in common.
    pub fn common(&self) -> usize {
        self.sum(|rename| rename.common)
    }

    /// Those that are the same.
    pub fn equal(&self) -> usize {
        self.sum(|rename| rename.equal)
    }

    /// What changed, in words: `category "a" is "b"`.
    pub fn words(&self) -> String {
        let label =
            |label: Option<&str>| label.map_or_else(|| "none".to_owned(), |label| format!("`{label}`"));
        let change = |one: &LabelChange<'_>| format!("{} {} → {}", one.field, label(one.old), label(one.new));
        self.labels.iter().map(change).collect::<Vec<_>>().join(", ")
    }

    /// By what the series were recognised, each once, in words.
    pub fn evidence(&self) -> String {
        let mut bases: Vec<Basis> = self.renames.iter().map(|rename| rename.basis).collect();
        bases.sort_unstable();
        bases.dedup();
        bases.iter().map(|basis| basis.words()).collect::<Vec<_>>().join("; ")
    }
}
