//! TR5xx: between vintages. What became of published figures in later releases of the same publication.
//!
//! All rules of this family look at the data together: the releases are found, put in order and held against each other
//! once ([`crate::history`]), and each rule reports on what it is about. Findings are made for a pair of releases, not for
//! a figure; the totals are exact, and every change stands in the evidence.

mod evidence;
mod schedules;

pub mod not_comparable;
pub mod renamed;
pub mod restated;
pub mod restated_materially;
pub mod rolled_back;
pub mod stale_after_restatement;
pub mod transcription_stale;
pub mod withdrawn;

use rayon::prelude::*;

use crate::diag::{Location, Subject};
use crate::history::{Comparison, Histories, Publication, Release, Side, compare, publications, sides};
use crate::model::Dataset;
use crate::rule::{Context, Look, Rule, Sink, Task};
use crate::rules::counting::definition_changed;
use crate::rules::documentation::revision_unmarked;

/// One look at all releases.
pub static VINTAGES: Look = Look { check };

/// A publication, with all that its releases say of each other.
pub struct Lineage<'d> {
    /// Its releases.
    pub publication: Publication,
    /// What each of them states.
    pub sides: Vec<Side<'d>>,
    /// Each release but the first, held against the one before.
    pub comparisons: Vec<Comparison<'d>>,
    /// Every figure through all of them.
    pub histories: Histories<'d>,
    /// Smallest share of earlier numbers with a counterpart at which releases are compared.
    comparable_share: f64,
}

/// Two releases, one after the other.
pub struct Pair<'l, 'd> {
    /// What the earlier one states.
    pub old: &'l Side<'d>,
    /// What the later one states.
    pub new: &'l Side<'d>,
    /// The documents of both.
    pub releases: [&'l Release; 2],
    /// What became of the figures.
    pub comparison: &'l Comparison<'d>,
    /// Whether enough of the earlier numbers have a counterpart; `None` where no period is in common.
    pub is_comparable: Option<bool>,
}

impl<'d> Lineage<'d> {
    fn new(dataset: &'d Dataset, publication: Publication, comparable_share: f64) -> Self {
        let sides = sides(dataset, &publication);
        let pairs: Vec<&[Side<'d>]> = sides.windows(2).collect();
        let comparisons: Vec<Comparison<'d>> =
            pairs.par_iter().map(|pair| compare(&pair[0], &pair[1])).collect();
        let histories = Histories::follow(&sides, &comparisons);
        Self { publication, sides, comparisons, histories, comparable_share }
    }

    /// Every release with the one before.
    pub fn pairs(&self) -> impl Iterator<Item = Pair<'_, 'd>> {
        self.comparisons.iter().enumerate().map(|(place, comparison)| Pair {
            old: &self.sides[place],
            new: &self.sides[place + 1],
            releases: [&self.publication.releases[place], &self.publication.releases[place + 1]],
            comparison,
            is_comparable: comparison.comparability.share().map(|share| share >= self.comparable_share),
        })
    }

    /// What a finding about a release is about.
    pub fn subject(&self, about: String) -> Subject {
        Subject {
            publisher: Some(self.publication.publisher.to_string()),
            path: Some(about),
            ..Subject::default()
        }
    }
}

impl Pair<'_, '_> {
    /// Both names, for the identity of a finding.
    pub fn name(&self) -> String {
        format!("{} to {}", self.old.name, self.new.name)
    }
}

/// Where a release begins.
pub fn place_of(dataset: &Dataset, release: &Release) -> Location {
    let document = dataset.document(release.documents[0]);
    Location { source: document.source, span: document.header, cell: None }
}

/// What a rule makes of the publications.
type Report = fn(&[Lineage<'_>], &Context<'_>, &mut Sink);

/// The rules that share the look.
static REPORTS: [(&Rule, Report); 10] = [
    (&definition_changed::RULE, definition_changed::report),
    (&restated::RULE, restated::report),
    (&restated_materially::RULE, restated_materially::report),
    (&rolled_back::RULE, rolled_back::report),
    (&withdrawn::RULE, withdrawn::report),
    (&renamed::RULE, renamed::report),
    (&stale_after_restatement::RULE, stale_after_restatement::report),
    (&not_comparable::RULE, not_comparable::report),
    (&transcription_stale::RULE, transcription_stale::report),
    (&revision_unmarked::RULE, revision_unmarked::report),
];

fn check(tasks: &mut [Task<'_>]) {
    let Some(dataset) = tasks.first().map(|task| task.context.dataset) else { return };
    let share = tasks.iter().find(|task| task.rule.id == not_comparable::RULE.id);
    let share = share.map_or(0.0, |task| task.context.parameters.global(not_comparable::SHARE));
    let lineages: Vec<Lineage<'_>> =
        publications(dataset).into_iter().map(|one| Lineage::new(dataset, one, share)).collect();
    for task in tasks.iter_mut().filter(|task| task.is_wanted) {
        if let Some((_, report)) = REPORTS.iter().find(|(rule, _)| rule.id == task.rule.id) {
            report(&lineages, &task.context, &mut task.sink);
            task.sink.nothing_to_check("no two releases of one publication state the same figure");
        }
    }
}
