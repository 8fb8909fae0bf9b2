use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Location, closest};
use crate::model::{Block, Registry, SeriesKey, jurisdictions};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// An entity, metric or jurisdiction that no registry knows.
    ///
    /// A misspelt term makes a series of its own that is compared with nothing. Metrics and jurisdictions ship with
    /// candor; entities are checked where the dataset keeps a registry of them. What is not known and no slip can be
    /// added to a registry.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, metric: content-actionned, unit: piece, values: {2024: 100}}
    /// ```
    "TR010" "unknown-term" Warning;
    needs [Need::Observations];
    parameters &[];
    check check
}

/// One kind of term: how it is called, where a series states it, and what is known.
struct Terms<'a> {
    noun: &'static str,
    registry: &'static str,
    of: fn(&SeriesKey) -> Option<&str>,
    place: fn(&Block) -> crate::source::Span,
    known: BTreeMap<&'a str, &'a str>,
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for terms in vocabularies(&context.dataset.registry) {
        report_unknown(context, sink, &terms);
    }
    sink.examined(context.dataset.blocks.len());
}

fn vocabularies(registry: &Registry) -> Vec<Terms<'_>> {
    let has_own = registry.own_entities().next().is_some();
    let metrics = registry.metrics().map(|metric| (metric.id.as_str(), metric.name.as_str())).collect();
    let mut vocabularies = vec![
        Terms {
            noun: "metric",
            registry: "metrics-v1",
            of: |key| Some(&key.metric),
            place: |block| block.metric,
            known: metrics,
        },
        Terms {
            noun: "jurisdiction",
            registry: "",
            of: |key| key.jurisdiction.as_deref(),
            place: |block| block.jurisdiction,
            known: jurisdictions().map(|one| (one.code, one.name)).collect(),
        },
    ];
    if has_own {
        vocabularies.push(Terms {
            noun: "entity",
            registry: "entities-v1",
            of: |key| Some(&key.subject),
            place: |block| block.subject,
            known: registry.entities().map(|entity| (entity.id.as_str(), entity.name.as_str())).collect(),
        });
    }
    vocabularies
}

fn report_unknown(context: &Context<'_>, sink: &mut Sink, terms: &Terms<'_>) {
    let dataset = context.dataset;
    let mut seen: BTreeSet<Location> = BTreeSet::new();
    let mut helps: BTreeMap<String, Option<String>> = BTreeMap::new();
    for block in &dataset.blocks {
        let key = &dataset.series(block.series).key;
        let Some(term) = (terms.of)(key).filter(|term| !terms.known.contains_key(term)) else { continue };
        let place = dataset.location_in(block, (terms.place)(block));
        // One statement in `defaults` speaks for many series.
        if !seen.insert(place) {
            continue;
        }
        let subject = key.finding_subject(None);
        let mut finding = sink
            .finding(
                subject,
                format!("unknown {} `{term}`", terms.noun),
                place,
                format!("no {} of this name", terms.noun),
            )
            .fold(format!("{} {term}", terms.noun));
        finding.evidence.method = terms.noun;
        if let Some(help) = helps.entry(term.to_owned()).or_insert_with(|| help(term, terms)) {
            finding = finding.help(help.as_str());
        }
        sink.push(finding);
    }
}

fn help(term: &str, terms: &Terms<'_>) -> Option<String> {
    match closest(term, terms.known.keys().copied()) {
        Some(close) => Some(format!("did you mean `{close}` ({})?", terms.known[close])),
        None if terms.registry.is_empty() => {
            Some("use the ISO 3166-1 alpha-2 code, `EU` or `worldwide`".to_owned())
        }
        None => Some(format!("add it to a registry (`candor: {}`) that candor.toml names", terms.registry)),
    }
}
