//! Report documents: a header, then series whose values are keyed by period.

use std::collections::HashSet;

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::value::{self, Parts};
use super::{Format, Name, ProblemKind, Reader, is_large};
use crate::load::{Kind, Node, Tree};
use crate::model::{
    Absence, Basis, Block, BlockId, Builder, DocumentId, Observation, Origin, Period, Provenance, Quantity,
    SeriesKey, Unit, Wording, parse_count, parse_number,
};
use crate::schema::{SchemaName, Violation};
use crate::source::Span;

/// What was met in a document and has to be remembered until its end.
#[derive(Default)]
struct Seen {
    /// Values that a problem of their own speaks of.
    handled: HashSet<Span>,
    /// Whether any object has a key twice.
    has_duplicates: bool,
    /// Keys of values, where any object has a key twice.
    value_keys: HashSet<Span>,
    /// Keys of values that are no period.
    unread_keys: Vec<(String, Span)>,
}

impl Seen {
    fn followed_by(mut self, later: Self) -> Self {
        self.handled.extend(later.handled);
        self.value_keys.extend(later.value_keys);
        self.unread_keys.extend(later.unread_keys);
        self
    }
}

/// A series as it is being read: its own statements first, then the document's defaults.
struct SeriesReader<'t> {
    node: Node<'t>,
    defaults: Option<Node<'t>>,
}

impl<'t> SeriesReader<'t> {
    fn field(&self, name: &str) -> Option<Node<'t>> {
        self.node.get(name).or_else(|| self.defaults.and_then(|defaults| defaults.get(name)))
    }

    fn text(&self, name: &str) -> Option<Name> {
        self.field(name).and_then(text_of)
    }

    /// Where a field is stated; the head of the series where nothing states it.
    fn span(&self, name: &str) -> Span {
        self.field(name).map_or_else(|| head_of(self.node), Node::span)
    }

    fn key(&self, publisher: &Name, metric: Name, unit: Unit) -> SeriesKey {
        let category = self.field("category");
        let basis = self.field("basis");
        let basis_field = |name: &str| basis.and_then(|basis| basis.get(name)).and_then(text_of);
        SeriesKey {
            publisher: publisher.clone(),
            subject: self.text("subject").unwrap_or_else(|| publisher.clone()),
            metric,
            unit,
            category: category.map(|node| node.get("label").unwrap_or(node)).and_then(text_of),
            channel: self.text("channel"),
            detection: self.text("detection"),
            surface: self.text("surface"),
            // The world is where a figure is about unless it says otherwise.
            jurisdiction: self.text("jurisdiction").filter(|code| &**code != "worldwide"),
            basis: Basis { bundled: basis_field("bundled"), counted_when: basis_field("counted_when") },
        }
    }
}

fn text_of(node: Node<'_>) -> Option<Name> {
    matches!(node.kind(), Kind::String | Kind::Number).then(|| Name::from(node.text()))
}

/// The first bytes of a series: its first key, so that a finding about the whole has a short underline.
fn head_of(node: Node<'_>) -> Span {
    node.members()
        .next()
        .map_or_else(|| Span::new(node.span().start, node.span().start), |member| member.key_span)
}

impl Reader<'_> {
    pub(super) fn read_report(
        &mut self,
        tree: &Tree<'_>,
        root: Node<'_>,
        format: Format,
        violations: Vec<Violation>,
    ) {
        let document = self.add_document(tree, root, format);
        let (violations, mut seen) = if is_large(self.source) {
            let source = self.source;
            let validate = || super::violations(SchemaName::Report, tree, root, source);
            rayon::join(validate, || self.read_all_series(document, tree, root))
        } else {
            (violations, self.read_all_series(document, tree, root))
        };
        for (key, span) in std::mem::take(&mut seen.unread_keys) {
            // The schema knows the form of a period, not the calendar.
            if violations.iter().all(|one| one.span != span) {
                let mut problem = self.problem(ProblemKind::Schema, span, format!("`{key}` is not a period"));
                problem.label = "no such days, or the last before the first".to_owned();
                self.builder.problem(problem);
            }
        }
        // A value that is reported as a value is not reported as a violation of the schema once more.
        self.schema_problems(
            violations.into_iter().filter(|one| !seen.handled.contains(&one.span)).collect(),
        );
        // Two values for one period are two observations: rules compare them.
        self.duplicate_keys(tree, |key| seen.value_keys.contains(&key));
    }

    /// Reads all series of a document: of a large one in stretches, on all threads.
    fn read_all_series(&mut self, document: DocumentId, tree: &Tree<'_>, root: Node<'_>) -> Seen {
        let defaults = root.get("defaults");
        let has_duplicates = !tree.duplicates.is_empty();
        let series: Vec<SeriesReader<'_>> = root
            .get("series")
            .into_iter()
            .flat_map(Node::items)
            .map(|node| SeriesReader { node, defaults })
            .collect();
        if !is_large(self.source) {
            return self.read_stretch_of_series(document, &series, has_duplicates);
        }
        let this = &*self;
        let read_stretch = |stretch: &[SeriesReader<'_>]| {
            let (mut builder, document) = this.builder.for_stretch_of(document);
            let mut reader = Reader { builder: &mut builder, ..*this };
            let seen = reader.read_stretch_of_series(document, stretch, has_duplicates);
            (builder, seen)
        };
        let size = series.len().div_ceil(rayon::current_num_threads()).max(1);
        let (builders, seen): (Vec<Builder>, Vec<Seen>) = series.par_chunks(size).map(read_stretch).unzip();
        self.builder.add_stretches(document, builders, |stretch, block, _| (stretch, block));
        seen.into_iter().fold(Seen::default(), Seen::followed_by)
    }

    fn read_stretch_of_series(
        &mut self,
        document: DocumentId,
        stretch: &[SeriesReader<'_>],
        has_duplicates: bool,
    ) -> Seen {
        let mut seen = Seen { has_duplicates, ..Seen::default() };
        for series in stretch {
            self.read_series(document, series, &mut seen);
        }
        seen
    }

    fn add_document(&mut self, tree: &Tree<'_>, root: Node<'_>, format: Format) -> DocumentId {
        let text = |node: Option<Node<'_>>| node.and_then(text_of).map(|text| text.to_string());
        let publisher = root.get("publisher").and_then(text_of).unwrap_or_else(|| Name::from(""));
        let header =
            root.get("title").or_else(|| root.get("publisher")).map_or_else(|| head_of(root), Node::span);
        let mut document = self.document(format, publisher, header);
        let (vintage, source) = (root.get("vintage"), root.get("source"));
        document.published = text(root.get("published"));
        document.vintage = text(vintage.and_then(|vintage| vintage.get("id")));
        document.reason = text(vintage.and_then(|vintage| vintage.get("reason")));
        document.wordings = self.wordings(|kind| root.get(kind));
        document.supersedes = text(vintage.and_then(|vintage| vintage.get("supersedes")));
        document.provenance = Provenance {
            url: text(source.and_then(|source| source.get("url"))),
            retrieved: text(source.and_then(|source| source.get("retrieved"))),
            is_packaged: false,
        };
        document.has_methodology = root.get("methodology").is_some();
        document.complete &= tree.failure.is_none();
        self.builder.document(document)
    }

    fn read_series(&mut self, document: DocumentId, series: &SeriesReader<'_>, seen: &mut Seen) {
        let Some((metric, unit)) = self.metric_and_unit(series) else { return };
        let publisher = self.builder.document_publisher(document);
        let rounded_to = series.field("rounded_to").and_then(value::plain_number);
        let mut blocks: Vec<(Unit, BlockId)> = Vec::new();
        let Some(values) = series.node.get("values") else { return };
        let mut members = values.members();
        while let Some((key, value)) = members.next_pair() {
            self.builder.count_values(1);
            if seen.has_duplicates {
                seen.value_keys.extend(value.key_span());
            }
            if self.is_cut(value.span()) {
                continue;
            }
            let Some(period) = Period::parse(key) else {
                seen.unread_keys.push((key.to_owned(), value.key_span().unwrap_or_default()));
                continue;
            };
            let own_unit = value.get("unit").filter(|_| value.kind() == Kind::Object);
            let value_unit = own_unit.and_then(|node| Unit::parse(&node.text())).unwrap_or(unit);
            let block = match blocks.iter().find(|(known, _)| *known == value_unit) {
                Some((_, block)) => *block,
                None => {
                    let key = series.key(&publisher, metric.clone(), value_unit);
                    let unit_span = own_unit.map_or_else(|| series.span("unit"), Node::span);
                    let block = self.add_block(document, series, key, unit_span);
                    blocks.push((value_unit, block));
                    block
                }
            };
            let place = |value| Origin { source: self.input.source, value, cell: None };
            // Nearly every value is a whole number and nothing else.
            let count = match rounded_to {
                None if value.kind() == Kind::Number => parse_count(value.scalar_text()),
                _ => None,
            };
            let (quantity, origin) = match count {
                Some(count) => (Quantity::count(count), place(value.span())),
                None => {
                    let (quantity, span) = self.read_value(value, rounded_to, &mut seen.handled);
                    (quantity, place(span))
                }
            };
            self.builder.observation(Observation { block, period, quantity, origin });
        }
    }

    /// The metric and unit of a series; a problem where one is stated nowhere or is not known.
    fn metric_and_unit(&mut self, series: &SeriesReader<'_>) -> Option<(Name, Unit)> {
        let metric = series.text("metric");
        let unit = series.field("unit");
        for (name, missing) in [("metric", metric.is_none()), ("unit", unit.is_none())] {
            if missing && !series.node.is_incomplete() {
                let message = format!("this series states no `{name}`, and `defaults` states none");
                let mut problem = self.problem(ProblemKind::Schema, head_of(series.node), message);
                problem.label = format!("series without `{name}`");
                problem.path =
                    format!("{}#{}/{name}", self.source.path, series.text("subject").unwrap_or_default());
                problem.group = Some(format!("series without {name}"));
                problem.help = Some(format!("add `{name}` to the series, or to `defaults` for all series"));
                self.builder.problem(problem);
            }
        }
        // An unknown unit is a violation of the schema. Its numbers are read in the unit of the metric, so that the
        // series does not seem to be missing as well.
        let metric = metric?;
        let known = Unit::parse(&unit?.text()).or_else(|| self.builder.unit_of(&metric));
        Some((metric, known?))
    }

    fn add_block(
        &mut self,
        document: DocumentId,
        series: &SeriesReader<'_>,
        key: SeriesKey,
        unit: Span,
    ) -> BlockId {
        let id = self.builder.series(key);
        self.builder.block(Block {
            document,
            series: id,
            label: series.text("label"),
            total_of: series.text("total_of"),
            all_parts: series.text("parts").is_none_or(|parts| &*parts != "selected"),
            redundant: series.field("redundant").and_then(Node::as_bool).unwrap_or_default(),
            has_methodology: series.field("methodology").is_some() || series.field("definition").is_some(),
            wordings: self.wordings(|kind| series.field(kind)),
            unit,
            metric: series.span("metric"),
            subject: series.span("subject"),
            jurisdiction: series.span("jurisdiction"),
            head: head_of(series.node),
        })
    }

    /// The texts on how figures come about, where `text` finds them.
    fn wordings<'t>(&self, text: impl Fn(&str) -> Option<Node<'t>>) -> Vec<Wording> {
        let wording = |kind: &'static str| {
            let node = text(kind)?;
            Some(Wording { kind, text: text_of(node)?, location: self.location(node.span()) })
        };
        ["methodology", "definition", "note"].into_iter().filter_map(wording).collect()
    }

    /// What a value says and where its number stands.
    fn read_value(
        &mut self,
        node: Node<'_>,
        rounded_to: Option<Decimal>,
        handled: &mut HashSet<Span>,
    ) -> (Quantity, Span) {
        let unreadable = (Quantity::Absent(Absence::Unreadable), node.span());
        match node.kind() {
            Kind::Number | Kind::String => {
                let text = node.text();
                if node.kind() == Kind::String && parse_number(text.trim()).is_ok() {
                    // A number in quotes: the schema's own finding says it best.
                    return unreadable;
                }
                match value::number(&text) {
                    Ok(number) => {
                        let quantity = rounded_to
                            .map_or_else(|| Quantity::exact(number), |step| Quantity::rounded(number, step));
                        (quantity, node.span())
                    }
                    Err(fault) => {
                        self.value_fault(fault, node.span(), handled);
                        unreadable
                    }
                }
            }
            Kind::Object => self.read_value_object(node, rounded_to, handled),
            // Null, true, false and lists are violations of the schema.
            _ => unreadable,
        }
    }

    fn read_value_object(
        &mut self,
        node: Node<'_>,
        rounded_to: Option<Decimal>,
        handled: &mut HashSet<Span>,
    ) -> (Quantity, Span) {
        let part =
            |name: &str| node.get(name).filter(|part| matches!(part.kind(), Kind::Number | Kind::String));
        let texts: Vec<_> =
            ["value", "rounded_to", "low", "high", "kind"].map(|name| part(name).map(Node::text)).into();
        let text = |index: usize| texts[index].as_deref();
        let parts = Parts { value: text(0), rounded_to: text(1), low: text(2), high: text(3), kind: text(4) };
        let place = part("value").or_else(|| part("low")).or_else(|| part("kind")).unwrap_or(node).span();
        let quoted = part("value")
            .is_some_and(|value| value.kind() == Kind::String && parse_number(value.text().trim()).is_ok());
        if quoted {
            return (Quantity::Absent(Absence::Unreadable), place);
        }
        match parts.quantity(rounded_to) {
            Ok(quantity) => (quantity, place),
            Err(fault) => {
                self.value_fault(fault, place, handled);
                (Quantity::Absent(Absence::Unreadable), place)
            }
        }
    }

    fn value_fault(&mut self, fault: value::Fault, span: Span, handled: &mut HashSet<Span>) {
        handled.insert(span);
        let mut problem = self.problem(fault.kind, span, fault.message);
        // The line tells one `TBD` from another.
        let lines = self.source.lines();
        let line = lines.line_range(&self.source.text, lines.line_of(&self.source.text, span.start));
        problem.path = format!("{}#{}", self.source.path, self.source.text[line].trim());
        problem.help = fault.help;
        problem.group = Some("values".to_owned());
        self.builder.problem(problem);
    }
}
