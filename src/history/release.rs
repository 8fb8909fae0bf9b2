//! Which documents are releases of one publication, and in which order they came.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Dataset, DocumentId, Name, SeriesId};

/// One release: the documents of one vintage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Identifier of the vintage.
    pub vintage: String,
    /// Its documents; several where it has several files or sheets.
    pub documents: Vec<DocumentId>,
}

/// Successive releases of one publication, the oldest first; two at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Who publishes it.
    pub publisher: Name,
    /// The releases.
    pub releases: Vec<Release>,
}

/// All publications of which a dataset has several releases. Documents belong together where they are by one publisher,
/// in one format, and one names the other as the release that it replaces, or both state some of the same series, or
/// their files have names that differ in nothing but digits.
pub fn publications(dataset: &Dataset) -> Vec<Publication> {
    let mut families: BTreeMap<_, Vec<DocumentId>> = BTreeMap::new();
    for (index, document) in dataset.documents.iter().enumerate() {
        if document.vintage.is_some() {
            let family = families.entry((&document.publisher, &document.profile)).or_default();
            family.push(DocumentId(index as u32));
        }
    }
    let mut found: Vec<Publication> = Vec::new();
    for family in families.values().filter(|family| has_several_vintages(dataset, family)) {
        found.extend(
            connected(dataset, family).iter().filter_map(|documents| publication(dataset, documents)),
        );
    }
    found
}

fn has_several_vintages(dataset: &Dataset, documents: &[DocumentId]) -> bool {
    let vintage = |id: &DocumentId| &dataset.document(*id).vintage;
    documents.iter().any(|id| vintage(id) != vintage(&documents[0]))
}

/// Groups of documents that belong together, directly or through others.
fn connected(dataset: &Dataset, documents: &[DocumentId]) -> Vec<Vec<DocumentId>> {
    let mut group: Vec<usize> = (0..documents.len()).collect();
    let mut by_series: HashMap<SeriesId, usize> = HashMap::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (place, id) in documents.iter().enumerate() {
        let document = dataset.document(*id);
        if document.profile.is_some() {
            let known = *by_name.entry(stem(&document.path)).or_insert(place);
            join(&mut group, known, place);
        }
        let replaced = document.supersedes.as_ref();
        let earlier = replaced.and_then(|_| {
            documents.iter().position(|one| dataset.document(*one).vintage.as_ref() == replaced)
        });
        if let Some(earlier) = earlier {
            join(&mut group, earlier, place);
        }
        for block in dataset.blocks_of(*id) {
            let known = *by_series.entry(block.series).or_insert(place);
            join(&mut group, known, place);
        }
    }
    let mut groups: BTreeMap<usize, Vec<DocumentId>> = BTreeMap::new();
    for (place, id) in documents.iter().enumerate() {
        groups.entry(root(&group, place)).or_default().push(*id);
    }
    groups.into_values().collect()
}

/// The name of a file without digits and punctuation: the same for `report-2022-q1.csv` and `report-2022-q2.csv`.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn root(group: &[usize], mut place: usize) -> usize {
    while group[place] != place {
        place = group[place];
    }
    place
}

fn join(group: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(group, one), root(group, other));
    group[one.max(other)] = one.min(other);
}

fn publication(dataset: &Dataset, documents: &[DocumentId]) -> Option<Publication> {
    if !has_several_vintages(dataset, documents) {
        return None;
    }
    let mut ordered = documents.to_vec();
    ordered.sort_by_key(|id| dataset.document(*id).rank);
    let mut releases: Vec<Release> = Vec::new();
    for id in ordered {
        let Some(vintage) = dataset.document(id).vintage.clone() else { continue };
        match releases.iter_mut().find(|release| release.vintage == vintage) {
            Some(release) => release.documents.push(id),
            None => releases.push(Release { vintage, documents: vec![id] }),
        }
    }
    Some(Publication { publisher: dataset.document(documents[0]).publisher.clone(), releases })
}
