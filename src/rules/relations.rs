//! The series that stand in declared relations.

use std::collections::HashMap;

use crate::model::{Dataset, Name, Relation, RelationKind, Series, SeriesKey, Term, fields_of};

/// Series that stand in a relation, in the order of its terms.
#[derive(Debug, Clone)]
pub struct Related<'d> {
    /// The relation.
    pub relation: &'d Relation,
    /// One series a term.
    pub members: Vec<&'d Series>,
}

/// What the members of a relation share: the fields that none of its terms names.
type Shared<'d> = [Option<&'d Name>; 7];

/// Every set of series that stands in a relation of some kind.
pub fn related<'d>(dataset: &'d Dataset, is_wanted: impl Fn(&RelationKind) -> bool) -> Vec<Related<'d>> {
    let wanted = dataset.registry.relations().iter().filter(|relation| is_wanted(&relation.kind));
    wanted.flat_map(|relation| members(dataset, relation)).collect()
}

fn members<'d>(dataset: &'d Dataset, relation: &'d Relation) -> Vec<Related<'d>> {
    let terms = relation.kind.terms();
    let mut named = [false; 7];
    for term in &terms {
        for (field, value) in term.fields().iter().enumerate() {
            named[field] |= value.is_some();
        }
    }
    let shared = |key: &'d SeriesKey| {
        let mut shared: Shared<'d> = fields_of(key);
        for (field, _) in named.iter().enumerate().filter(|(_, named)| **named) {
            shared[field] = None;
        }
        shared
    };
    let mut first: Vec<(Shared<'d>, &Series)> = Vec::new();
    let mut others: Vec<HashMap<Shared<'d>, &Series>> = vec![HashMap::new(); terms.len()];
    for series in &dataset.series {
        for (place, _) in terms.iter().enumerate().filter(|(_, term)| stands_at(&series.key, term, &named)) {
            match place {
                0 => first.push((shared(&series.key), series)),
                _ => {
                    others[place].entry(shared(&series.key)).or_insert(series);
                }
            }
        }
    }
    let whole = |(shared, series): (Shared<'d>, &'d Series)| {
        let rest = others[1..].iter().map(|other| other.get(&shared).copied());
        let members: Option<Vec<&Series>> = std::iter::once(Some(series)).chain(rest).collect();
        Some(Related { relation, members: members? })
    };
    first.into_iter().filter_map(whole).collect()
}

/// Whether a series is meant by a term, given which fields some term of the relation names.
fn stands_at(key: &SeriesKey, term: &Term, named: &[bool; 7]) -> bool {
    key.metric == term.metric
        && term.fields().iter().zip(fields_of(key)).enumerate().all(|(field, (wanted, found))| {
            match (wanted, named[field], field) {
                (Some(wanted), ..) => found == Some(wanted),
                (None, false, _) => true,
                // Without a name the publisher speaks of itself.
                (None, true, 0 | 1) => key.publisher == key.subject,
                (None, true, _) => found.is_none(),
            }
        })
}
