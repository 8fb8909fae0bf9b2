//! Names of subjects that are spelt otherwise from one period to the next.
//!
//! A clearinghouse prints the names as it has them in that year: `Adobe Systems Incorporated`, then `Adobe Inc.` A table
//! over the years that is joined by name breaks there. Names are held to be the same where they agree without letter case,
//! punctuation, legal forms and second names (in parentheses or after a slash); never by mere likeness.

use std::collections::BTreeMap;

use crate::diag::Location;
use crate::model::{Block, Dataset, Format, Name, Observation, Period, Series, is_legal_form};
use crate::rule::Sink;

/// The end of an address on the web, which some names have in one year and not in another.
const ADDRESS: &str = "com";

/// One name in one period: the subject that it became, and where it stands.
type Printed<'d> = BTreeMap<&'d str, (&'d Name, &'d Observation)>;

/// Reports, for every two successive periods, how many names recur as printed and how many in another spelling.
pub fn check(dataset: &Dataset, sink: &mut Sink) {
    let mut lists: BTreeMap<(&Name, &Name), Vec<&Series>> = BTreeMap::new();
    for series in &dataset.series {
        let key = &series.key;
        if key.subject != key.publisher && key.narrowing().is_none() {
            lists.entry((&key.publisher, &key.metric)).or_default().push(series);
        }
    }
    for ((publisher, metric), list) in lists {
        if !has_two_spellings(dataset, &list) {
            continue;
        }
        let mut periods: BTreeMap<Period, Printed<'_>> = BTreeMap::new();
        for one in list.iter().flat_map(|series| dataset.statements(series)) {
            let block = dataset.block_of(one);
            if let (Some(label), Some(_)) = (&block.label, one.quantity.interval()) {
                let subject = &dataset.series(block.series).key.subject;
                periods.entry(one.period).or_default().insert(label, (subject, one));
            }
        }
        let periods: Vec<(Period, Printed<'_>)> = periods.into_iter().collect();
        for pair in periods.windows(2) {
            let [(earlier, before), (later, after)] = pair else { continue };
            // Where one list is less than half as long as the other it is a selection: who is not in it says nothing.
            let is_selection = before.len().min(after.len()) * 2 < before.len().max(after.len());
            if earlier.is_followed_by(*later) && earlier.frequency() == later.frequency() && !is_selection {
                compare(dataset, sink, (publisher, metric), (*earlier, before), (*later, after));
            }
        }
    }
}

/// Whether a name stands in two spellings at all, which spares most lists the look at every statement.
fn has_two_spellings(dataset: &Dataset, list: &[&Series]) -> bool {
    let mut first: BTreeMap<String, &Name> = BTreeMap::new();
    let blocks = list.iter().flat_map(|series| &series.blocks);
    let mut labels = blocks.filter_map(|id| dataset.block(*id).label.as_ref());
    labels.any(|label| *first.entry(form(label)).or_insert(label) != label)
}

/// Whether a block stands in a publisher's own file, which says nothing of what belongs together.
fn is_own_file(dataset: &Dataset, block: &Block) -> bool {
    dataset.document(block.document).format == Format::Publisher
}

fn compare(
    dataset: &Dataset,
    sink: &mut Sink,
    (publisher, metric): (&Name, &Name),
    (earlier, before): (Period, &Printed<'_>),
    (later, after): (Period, &Printed<'_>),
) {
    let forms = |names: &Printed<'_>| -> BTreeMap<String, Vec<String>> {
        let mut forms: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in names.keys() {
            forms.entry(form(name)).or_default().push((*name).to_owned());
        }
        forms
    };
    let (forms_before, forms_after) = (forms(before), forms(after));
    let alike = before.keys().filter(|name| after.contains_key(*name)).count();
    let recurring: Vec<(&Vec<String>, &Vec<String>)> =
        forms_before.iter().filter_map(|(form, names)| Some((names, forms_after.get(form)?))).collect();
    let mut changed = recurring.iter().filter_map(|(old, new)| {
        let (old, new) = (old.first()?, new.iter().find(|name| !old.contains(name))?);
        let (was, is) = (before.get(old.as_str())?, after.get(new.as_str())?);
        let is_apart = was.0 != is.0 || is_own_file(dataset, dataset.block_of(is.1));
        (is_apart && !after.contains_key(old.as_str())).then_some(((old, was.1), (new, is.1)))
    });
    let Some(((old, was), (new, is))) = changed.next() else { return };
    let message = format!(
        "names of {earlier} printed alike in {later}: {alike} of {}; the same without letter case, punctuation, legal forms \
         and second names: {}",
        before.len(),
        recurring.len()
    );
    let block = dataset.block_of(is);
    let mut subject = dataset.series(block.series).key.finding_subject(Some(later));
    subject.entity = None;
    let mut finding = sink
        .finding(subject, message, name_of(dataset, block, is), format!("`{new}`"))
        .related(name_of(dataset, dataset.block_of(was), was), format!("`{old}`, {earlier}"))
        .help("join the names by entities with `aliases` in a registry before comparing them over the years")
        .fold(format!("{publisher} {metric} names"));
    finding.evidence.method = "names";
    finding.evidence.observed = Some(alike.to_string());
    finding.evidence.expected = Some(recurring.len().to_string());
    sink.push(finding);
}

/// Where the name of a statement's subject stands: at the head of its block, or else at the figure.
fn name_of(dataset: &Dataset, block: &Block, statement: &Observation) -> Location {
    let stands_with = dataset
        .statements(dataset.series(block.series))
        .next()
        .is_some_and(|first| first.block == statement.block);
    if stands_with { dataset.location_in(block, block.subject) } else { statement.origin.location() }
}

/// A name without letter case, punctuation, legal forms and second names.
fn form(name: &str) -> String {
    let lower = name.to_lowercase();
    let is_edge = |letter: char| ",.;:".contains(letter);
    // The one legal form with a slash, which otherwise begins a second name.
    let words = lower.split_whitespace().filter(|word| word.trim_matches(is_edge) != "a/s");
    let text = words.collect::<Vec<_>>().join(" ").replace(['\'', '’'], "");
    let mut depth = 0_usize;
    let first: String = text
        .chars()
        .filter(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    let first = first.split('/').next().unwrap_or_default();
    let words = |text: &str| -> Vec<String> {
        let all = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        all.map(str::to_owned).collect()
    };
    let own: Vec<String> =
        words(first).into_iter().filter(|word| !is_legal_form(word) && word != ADDRESS).collect();
    if own.is_empty() { words(&text).concat() } else { own.concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_form() {
        for (one, other) in [
            ("Adobe Systems, Inc.", "ADOBE SYSTEMS INCORPORATED"),
            ("LEGO System A/S", "LEGO System"),
            ("Wixpress (Wix)", "Wixpress"),
            ("Care.com, Inc", "Care.com"),
            ("Facebook*", "facebook"),
            ("Amazon / Twitch", "Amazon"),
        ] {
            assert_eq!(form(one), form(other), "{one}");
        }
        for (one, other) in [("Co", "Inc"), ("Visa/Skype", "Skype"), ("Google", "Googel")] {
            assert_ne!(form(one), form(other), "{one}");
        }
    }
}
