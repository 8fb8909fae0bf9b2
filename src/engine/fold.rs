//! One cause, one finding.
//!
//! Two kinds of repetition are folded. Findings of several rules that would all go away if one value were mended
//! become one, led by the most exact of them. Findings of one rule that say the same thing of many places become one,
//! led by the first. What was folded stays inside the leading finding, so that totals are exact and nothing is lost.
//!
//! Where more is found than anybody reads, [`keep`] leaves out what weighs least, and the caller counts it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::diag::{Finding, Location};
use crate::source::Sources;

/// Puts findings in the order in which they are printed.
pub fn sort(findings: &mut [Finding], sources: &Sources) {
    findings.sort_by(|left, right| position(left, sources).cmp(&position(right, sources)));
}

/// Sorts and folds.
pub fn fold(mut findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    sort(&mut findings, sources);
    let mut one_a_cause = by_cause(findings);
    // Causes come in the order in which inputs were read, and the first of a group leads it.
    sort(&mut one_a_cause, sources);
    let mut folded =
        by_group(one_a_cause, |finding| Some((finding.rule, finding.fold.clone()?, finding.is_set_aside())));
    sort(&mut folded, sources);
    folded
}

/// How many findings are folded into one, at any depth.
pub fn count(finding: &Finding) -> usize {
    finding.folded.iter().map(|one| 1 + count(one)).sum()
}

/// Keeps so many findings, folded ones included: what counts before what does not, the graver before the lighter, and
/// what leads before what is folded into it. Those that stay are in the same order.
pub fn keep(findings: &mut Vec<Finding>, most: usize) {
    if findings.iter().map(|one| 1 + count(one)).sum::<usize>() <= most {
        return;
    }
    let mut by_weight: Vec<usize> = (0..findings.len()).collect();
    by_weight.sort_by_key(|place| (!findings[*place].is_active(), Reverse(findings[*place].level)));
    let mut stays = vec![false; findings.len()];
    by_weight.iter().take(most).for_each(|place| stays[*place] = true);
    let mut stays = stays.into_iter();
    findings.retain(|_| stays.next().unwrap_or_default());
    let mut room = most - findings.len();
    findings.iter_mut().for_each(|finding| shorten(finding, &mut room));
}

/// Leaves out what is folded into a finding where there is no room for it.
fn shorten(finding: &mut Finding, room: &mut usize) {
    finding.folded.truncate(*room);
    *room -= finding.folded.len();
    finding.folded.iter_mut().for_each(|one| shorten(one, room));
}

/// Findings are printed in the order of the places they point at, those on claims after those on the figures themselves.
fn position<'a>(finding: &'a Finding, sources: &'a Sources) -> impl Ord + 'a {
    let location = finding.primary.location;
    let path = &sources.get(location.source).path;
    (
        finding.rule.code.starts_with("TR7"),
        path,
        location.span,
        finding.rule,
        &finding.subject,
        &finding.message,
    )
}

fn by_cause(findings: Vec<Finding>) -> Vec<Finding> {
    // What was set aside is kept apart from what counts: the one is not printed.
    let mut groups: BTreeMap<(Location, bool), Vec<Finding>> = BTreeMap::new();
    let mut result = Vec::new();
    for finding in findings {
        match finding.cause {
            // Most stand alone, and room for four takes kilobytes.
            Some(cause) => groups
                .entry((cause, finding.is_set_aside()))
                .or_insert_with(|| Vec::with_capacity(1))
                .push(finding),
            None => result.push(finding),
        }
    }
    for ((cause, _), mut group) in groups {
        // The lead counts, is graver, surer and points at the cause itself; among equals the lower code decides.
        group.sort_by_key(|one| {
            let away = one.primary.location != cause;
            (!one.is_active(), std::cmp::Reverse((one.level, one.confidence)), away, one.rule)
        });
        let mut group = group.into_iter();
        if let Some(mut lead) = group.next() {
            lead.folded.extend(group);
            result.push(lead);
        }
    }
    result
}

fn by_group<K: Ord>(findings: Vec<Finding>, key: impl Fn(&Finding) -> Option<K>) -> Vec<Finding> {
    let mut places: BTreeMap<K, usize> = BTreeMap::new();
    let mut result: Vec<Finding> = Vec::new();
    for finding in findings {
        match key(&finding).map(|key| places.entry(key).or_insert(result.len())) {
            Some(place) if *place < result.len() => {
                let lead = &mut result[*place];
                lead.level = lead.level.max(finding.level);
                lead.folded.push(finding);
            }
            _ => result.push(finding),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Label, Level, RuleId, Subject};
    use crate::source::{Source, Span};

    #[test]
    fn the_first_by_path_leads_whatever_the_order_of_inputs() {
        let lead = |names: [&str; 2]| {
            let mut sources = Sources::default();
            let findings = names.map(|name| {
                let source = sources.add(Source::new(name, "1\n".to_owned()));
                let place = Location { source, span: Span::new(0, 1), cell: None };
                let rule = RuleId { code: "TR999", name: "repeated" };
                Finding::new(rule, Level::Note, Subject::default(), name, Label::new(place, ""))
                    .cause(place)
                    .fold("all")
            });
            let folded = fold(findings.to_vec(), &sources);
            (folded.len(), folded[0].message.clone(), folded[0].folded[0].message.clone())
        };
        let expected = (1, "a.yaml".to_owned(), "b.yaml".to_owned());
        assert_eq!(lead(["a.yaml", "b.yaml"]), expected);
        assert_eq!(lead(["b.yaml", "a.yaml"]), expected);
    }
}
