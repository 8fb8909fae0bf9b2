//! Two checks, one held against the other: which figures changed, and which findings came and went.

use std::collections::HashMap;

use super::Outcome;
use crate::diag::{Finding, Level, State, Subject};
use crate::history::{Comparison, Side, WordingChange, changed_wordings, compare};
use crate::model::DocumentId;

/// One side of a difference: a check, and how its side is called.
#[derive(Debug)]
pub struct CheckedSide {
    /// What was named on the command line: a path, or a revision and a path.
    pub name: String,
    /// What the paths of all its inputs begin with, which says nothing of a finding.
    pub prefix: String,
    /// The check.
    pub outcome: Outcome,
}

/// What changed from one side to the next.
#[derive(Debug)]
pub struct Step<'o> {
    /// The earlier side.
    pub old: &'o CheckedSide,
    /// The later side.
    pub new: &'o CheckedSide,
    /// What became of the figures.
    pub comparison: Comparison<'o>,
    /// Texts on the figures that read otherwise.
    pub wordings: Vec<WordingChange<'o>>,
    /// What became of the findings.
    pub findings: FindingChanges<'o>,
}

/// Findings of both sides, by what they are about and not by where they stand.
#[derive(Debug, Default)]
pub struct FindingChanges<'o> {
    /// Only on the later side, the gravest first.
    pub new: Vec<&'o Finding>,
    /// On both, as the later side has them.
    pub still: Vec<&'o Finding>,
    /// Only on the earlier side.
    pub resolved: Vec<&'o Finding>,
}

impl<'o> Step<'o> {
    /// Holds a side against the one before.
    pub fn new(old: &'o CheckedSide, new: &'o CheckedSide) -> Self {
        let (before, after) = (&old.outcome.dataset, &new.outcome.dataset);
        let comparison = compare(&Side::whole(before, &old.name), &Side::whole(after, &new.name));
        let all = |count: usize| (0..count as u32).map(DocumentId).collect::<Vec<DocumentId>>();
        let documents = [all(before.documents.len()), all(after.documents.len())];
        let wordings = changed_wordings((before, &documents[0]), (after, &documents[1]), &comparison.renames);
        Self { old, new, comparison, wordings, findings: changed_findings(old, new) }
    }

    /// Whether something is to be said at a level or above: a new finding, a restated or withdrawn figure (warnings, as
    /// their rules are), a renamed one (a note).
    pub fn reaches(&self, level: Level) -> bool {
        let comparison = &self.comparison;
        let changes =
            comparison.restated.len() + comparison.renamed_restated.len() + comparison.no_longer_published();
        self.findings.new.iter().any(|finding| finding.is_active() && finding.level >= level)
            || (level <= Level::Warning && changes > 0)
            || (level <= Level::Note && !comparison.renames.is_empty())
    }
}

fn changed_findings<'o>(old: &'o CheckedSide, new: &'o CheckedSide) -> FindingChanges<'o> {
    let mut before: HashMap<String, Vec<&'o Finding>> = HashMap::new();
    for finding in every_finding(&old.outcome.findings) {
        before.entry(identity(finding, &old.prefix)).or_default().push(finding);
    }
    let mut changes = FindingChanges::default();
    for finding in every_finding(&new.outcome.findings) {
        match before.get_mut(&identity(finding, &new.prefix)).and_then(Vec::pop) {
            Some(_) => changes.still.push(finding),
            None => changes.new.push(finding),
        }
    }
    // In the order of the inputs again.
    for finding in every_finding(&old.outcome.findings) {
        let left = before.get(&identity(finding, &old.prefix));
        if left.is_some_and(|left| left.iter().any(|one| std::ptr::eq(*one, finding))) {
            changes.resolved.push(finding);
        }
    }
    for list in [&mut changes.new, &mut changes.resolved] {
        list.sort_by_key(|finding| std::cmp::Reverse((finding.is_active(), finding.level)));
    }
    changes
}

/// Every finding that is not set aside, folded ones included.
fn every_finding(findings: &[Finding]) -> Vec<&Finding> {
    let all = findings.iter().flat_map(|one| std::iter::once(one).chain(every_finding(&one.folded)));
    all.filter(|one| !matches!(one.state, State::Allowed { .. } | State::Baselined)).collect()
}

/// What a finding is, wherever its side lies.
fn identity(finding: &Finding, prefix: &str) -> String {
    let path = finding.subject.path.as_ref().map(|path| path.replacen(prefix, "", 1));
    finding.fingerprint_as(&Subject { path, ..finding.subject.clone() })
}
