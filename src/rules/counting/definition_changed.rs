use crate::diag::{Evidence, Finding, Subject, grouped, percent_change};
use crate::history::{Change, WordingChange, changed_wordings, word_difference, words};
use crate::model::{Dataset, Observation, Period, SeriesKey, names};
use crate::rule::{Context, Need, Sink};
use crate::rules::vintages::{Lineage, Pair, VINTAGES};

crate::declare_rule! {
    /// A methodology, definition or note that reads otherwise in a later release, where no break is declared.
    ///
    /// When the words change, what is counted may have changed, and figures before and after are no longer one series. The
    /// finding shows the words that went `[-so-]` and the words that came `{+so+}`, and links numbers of the same series
    /// that were restated in the same release, and how its level changes with the first figure under the new words. A break in a registry that touches publisher and metric, and begins with
    /// the periods that the release is newer than the one before, or after the oldest figure that it restates, declares it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// vintage: {id: 2023-Q4}
    /// series: [{definition: Appeals that were received., values: {2022: 5100, 2023: 5300}}]
    /// ---
    /// vintage: {id: 2024-Q4, supersedes: 2023-Q4}
    /// series: [{definition: Appeals that were decided., values: {2022: 5100, 2023: 5300, 2024: 4710}}]
    /// ```
    "TR404" "definition-changed" Warning;
    needs [Need::Vintages];
    parameters &[];
    look VINTAGES
}

/// Reports each text that differs between two releases.
pub fn report(lineages: &[Lineage<'_>], context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for lineage in lineages {
        for pair in lineage.pairs() {
            let [old, new] = pair.releases.map(|release| release.documents.as_slice());
            let texts = new.iter().map(|id| dataset.document(*id).wordings.len());
            let of_series =
                new.iter().flat_map(|id| dataset.blocks_of(*id)).map(|block| block.wordings.len());
            sink.examined(texts.chain(of_series).sum());
            for change in changed_wordings((dataset, old), (dataset, new), &pair.comparison.renames) {
                if !is_declared(dataset, lineage, &pair, &change) {
                    let finding = describe(dataset, lineage, &pair, &change, sink);
                    sink.push(finding);
                }
            }
        }
    }
    sink.nothing_to_check("no release states a methodology, definition or note");
}

/// Numbers restated in the same place.
fn linked<'p, 'd>(pair: &'p Pair<'_, 'd>, change: &WordingChange<'_>) -> Vec<&'p Change<'d>> {
    let all = pair.comparison.restated.iter().chain(&pair.comparison.renamed_restated);
    all.filter(|one| change.key.is_none_or(|key| key == one.key)).collect()
}

/// Whether a documented break says that something changed.
fn is_declared(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    pair: &Pair<'_, '_>,
    change: &WordingChange<'_>,
) -> bool {
    let (Some(before), Some(newest)) = (pair.old.newest(), pair.new.newest()) else { return false };
    let oldest = linked(pair, change).iter().map(|one| one.period().start).min();
    let first = oldest.map_or(before.start, |oldest| oldest.min(before.start));
    dataset.registry.breaks().iter().any(|one| {
        (first..=newest.end).contains(&one.from)
            && names(&one.publishers, &lineage.publication.publisher)
            && change.key.is_none_or(|key| names(&one.metrics, &key.metric))
    })
}

/// The last figure that the earlier release could state, and the first that only the later one does: where a change of
/// definition would show as a change of level.
fn level_change<'d>(
    dataset: &'d Dataset,
    newest: Period,
    key: &SeriesKey,
) -> Option<(&'d Observation, &'d Observation)> {
    let about = dataset.series_about(&key.publisher, &key.subject);
    let series = about.iter().find(|series| series.key == *key)?;
    let is_alike =
        |one: &&Observation| one.period.frequency() == newest.frequency() && one.quantity.point().is_some();
    let before = dataset.points(series).filter(is_alike).rfind(|one| one.period.end <= newest.end)?;
    let after = dataset.points(series).filter(is_alike).find(|one| one.period.start > newest.end)?;
    before.period.is_followed_by(after.period).then_some((before, after))
}

fn describe(
    dataset: &Dataset,
    lineage: &Lineage<'_>,
    pair: &Pair<'_, '_>,
    change: &WordingChange<'_>,
    sink: &Sink,
) -> Finding {
    let about = change.key.map(|key| format!(" of {}", words::series_name(&dataset.registry, key)));
    let kind = change.new.kind;
    let message = format!(
        "the {kind}{} reads otherwise in {} than in {}, and no break is declared",
        about.unwrap_or_default(),
        pair.new.name,
        pair.old.name,
    );
    let subject = Subject {
        path: Some(format!("{} {kind}", pair.name())),
        publisher: Some(lineage.publication.publisher.to_string()),
        ..change.key.map(|key| key.finding_subject(None)).unwrap_or_default()
    };
    let mut finding = sink
        .finding(subject, message, change.new.location, format!("in {}", pair.new.name))
        .related(change.old.location, format!("in {}", pair.old.name))
        .note("words", word_difference(&change.old.text, &change.new.text));
    let linked = linked(pair, change);
    if let Some(largest) = linked.first() {
        let text = format!(
            "{} restated in the same place (restated), such as {}",
            if linked.len() == 1 {
                "1 value is".to_owned()
            } else {
                format!("{} values are", grouped(linked.len().into()))
            },
            words::change_in_words(largest),
        );
        finding = finding.note("linked", text);
    }
    let boundary = change.key.zip(pair.old.newest());
    if let Some((before, after)) = boundary.and_then(|(key, newest)| level_change(dataset, newest, key)) {
        let values = [before, after].map(|one| one.quantity.point().unwrap_or_default());
        let percent = percent_change(values[0], values[1]).unwrap_or_else(|| "from zero".to_owned());
        let text = format!(
            "the first figure that only {} states, {} in {}, stands {percent} against {} in {}",
            pair.new.name, after.quantity, after.period, before.quantity, before.period
        );
        finding = finding.related(after.origin.location(), format!("{}: {percent}", after.period));
        finding = finding.note("level", text);
    }
    finding = finding.help(
        "where something else is counted now, declare a break: what changed, from when, with its source",
    );
    finding.evidence(Evidence { method: "vintages-wording", ..Evidence::default() })
}
