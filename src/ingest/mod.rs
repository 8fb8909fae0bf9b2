//! From text to the data model.
//!
//! Each input is recognised, parsed into a spanned tree or into rows, checked against the schema of its format and
//! turned into documents, blocks and observations. What is wrong on the way becomes a
//! [`Problem`], and reading goes on as far as it can: rules decide later what to make of it.

mod allow;
mod claims;
mod marks;
pub mod notation;
pub mod package;
pub mod profile;
mod registry;
mod report;
mod table;
mod tidy;
mod value;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diag::{Location, closest};
use crate::load::{self, Node, Tree, csv};
use crate::model::{
    Builder, Dataset, Document, Entities, Format, Name, Problem, ProblemKind, Provenance, Registry, Wording,
};
use crate::schema::{self, SchemaName, Violation};
use package::{Packages, Resource};
use profile::Profile;
use profile::recognise::{Recognition, recognise};

use crate::source::{Cell, Limits, Source, SourceId, Sources, Span};

/// What the dataset's configuration says of a table that says less of itself than a report document does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableHeader {
    /// Values of columns that the table does not have, by column name.
    pub columns: Vec<(String, String)>,
    /// Day of publication.
    pub published: Option<String>,
    /// Which release it is, where its name and its figures do not say.
    pub vintage: Option<String>,
    /// Why it states other figures than earlier releases.
    pub reason: Option<String>,
    /// Where the figures come from.
    pub provenance: Provenance,
    /// Methodology note for all series.
    pub methodology: Option<String>,
}

impl TableHeader {
    /// Adds what it does not say yet.
    pub fn add(&mut self, other: &Self) {
        let is_new = |one: &&(String, String)| self.columns.iter().all(|(name, _)| *name != one.0);
        let new: Vec<(String, String)> = other.columns.iter().filter(is_new).cloned().collect();
        self.columns.extend(new);
        let add = |own: &mut Option<String>, other: &Option<String>| {
            if own.is_none() {
                own.clone_from(other);
            }
        };
        add(&mut self.published, &other.published);
        add(&mut self.vintage, &other.vintage);
        add(&mut self.reason, &other.reason);
        add(&mut self.methodology, &other.methodology);
        self.provenance.is_packaged |= self.provenance.url.is_none() && other.provenance.is_packaged;
        add(&mut self.provenance.url, &other.provenance.url);
        add(&mut self.provenance.retrieved, &other.provenance.retrieved);
    }
}

/// An input and what is known of it beforehand.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The source.
    pub source: SourceId,
    /// Absolute path of its file without `.` and `..`; empty for standard input.
    pub path: PathBuf,
    /// Of a data package: paths in it that lead to no file that may be read, and why.
    pub absent: Vec<(String, &'static str)>,
    /// Facts about the table, from the configuration.
    pub header: TableHeader,
    /// Whether the user named it, so that it ought to be a format that candor knows.
    pub named: bool,
}

/// The terms that ship with candor, read at the first call.
pub fn shipped_registry() -> Arc<Registry> {
    static REGISTRY: OnceLock<Arc<Registry>> = OnceLock::new();
    let read = || {
        let mut builder = Builder::default();
        let tree = load::yaml::parse(include_str!("../../registry/metrics.yaml"));
        if let Some(root) = tree.root() {
            registry::read_metrics(root, &mut builder);
        }
        Arc::new(std::mem::take(builder.registry()).with_shipped_entities(shipped_entities))
    };
    Arc::clone(REGISTRY.get_or_init(read))
}

/// The entities that ship with candor; read once, when the first of them is asked for.
fn shipped_entities() -> &'static Entities {
    static ENTITIES: OnceLock<Entities> = OnceLock::new();
    ENTITIES.get_or_init(|| {
        let mut entities = Entities::default();
        let tree = load::yaml::parse(include_str!("../../registry/entities.yaml"));
        if let Some(root) = tree.root() {
            registry::read_entities(root, None, |entity| entities.add(entity));
        }
        entities
    })
}

/// The rows in which headings are looked for: of a table, or of every table in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headings {
    rows: Vec<Vec<String>>,
}

impl Headings {
    /// Which profile the table is read by.
    pub fn recognise<'p>(&self, profiles: &[&'p Profile], path: &str) -> Recognition<'p> {
        recognise(profiles, path, &self.rows)
    }

    /// How well each profile fits, the best first.
    pub fn fits<'p>(&self, profiles: &[&'p Profile], path: &str) -> Vec<profile::recognise::Fit<'p>> {
        profile::recognise::fits(profiles, path, &self.rows)
    }

    /// Whether the first row has the headings of a tidy table.
    pub fn is_tidy(&self) -> bool {
        let has = |name: &str| self.rows.first().is_some_and(|row| row.iter().any(|heading| heading == name));
        has("period") && has("value")
    }

    /// The first row with several texts, and those after it: a header and its figures, as far as can be told.
    pub fn first_table(&self) -> (&[String], &[Vec<String>]) {
        let is_header = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() > 1;
        let place = self.rows.iter().position(is_header).unwrap_or_default();
        match self.rows.get(place..).and_then(<[_]>::split_first) {
            Some((header, rows)) => (header, rows),
            None => (&[], &[]),
        }
    }
}

/// What separates the cells of a table: what its package states, or else what its rows show. A sheet is written with
/// commas, whatever its cells hold.
fn separator_of(source: &Source, resource: Option<&Resource>) -> u8 {
    let stated = resource.and_then(Resource::separator);
    if source.sheet.is_some() { b',' } else { stated.unwrap_or_else(|| csv::separator(&source.text)) }
}

/// The headings of a source; none where it holds no table.
pub fn headings(source: &Source, limits: &Limits) -> Option<Headings> {
    match syntax_of(source)? {
        Syntax::Csv => {
            let rows = csv::Rows::new(&source.text, separator_of(source, None), limits);
            Some(Headings { rows: profile::recognise::first_rows(rows) })
        }
        Syntax::Json => {
            let tree = load::json::parse_within(&source.text, limits);
            let tables = load::grid::tables(tree.root()?);
            let rows: Vec<Vec<String>> = tables.into_iter().map(|table| table.headings).collect();
            (!rows.is_empty()).then_some(Headings { rows })
        }
        Syntax::Yaml => None,
    }
}

/// Reads all inputs, in parallel; the result does not depend on the number of threads. `profiles` are those of the
/// dataset; those that ship with candor come after them.
pub fn ingest(sources: &Sources, inputs: &[Input], registry: Arc<Registry>, profiles: &[Profile]) -> Dataset {
    let mut builder = Builder::new(registry);
    let parsed: Vec<Parsed<'_>> =
        inputs.par_iter().map(|input| parse(sources.get(input.source), &sources.limits)).collect();
    let packages = Packages::read(inputs, |index| parsed[index].whole_root());
    let inputs: Vec<Input> =
        inputs.iter().enumerate().map(|(index, input)| packages.complete(index, input)).collect();
    let mut parsed: Vec<(usize, Parsed<'_>)> = parsed.into_iter().enumerate().collect();
    // A table names companies as registries say, wherever these stand.
    parsed.sort_by_key(|(_, parsed)| !parsed.is_registry());
    for (index, parsed) in parsed {
        let resource = packages.resource(index);
        let parsed = match packages.part(index) {
            Some(part) => parsed.into_part_of_package(part),
            None => parsed,
        };
        Reader {
            source: sources.get(inputs[index].source),
            limits: &sources.limits,
            input: &inputs[index],
            profiles,
            builder: &mut builder,
            resource,
        }
        .read(parsed);
    }
    builder.date_by_newest_period(table::file_of);
    package::Pass { sources, inputs: &inputs, packages: &packages, profiles, builder: &mut builder }.run();
    builder.finish()
}

/// An input after its syntax has been read.
enum Parsed<'a> {
    /// YAML or JSON, with what its schema says of it.
    Tree(Box<ParsedTree<'a>>),
    /// CSV; its rows are read when it is their turn, on all threads.
    Table,
    /// Nothing of it can be read.
    Nothing,
    /// Not a kind of file that candor reads.
    Unknown,
}

impl<'a> Parsed<'a> {
    /// The outermost value of JSON that was read to its end.
    fn whole_root(&self) -> Option<Node<'_>> {
        match self {
            Self::Tree(parsed) if parsed.tree.failure.is_none() => parsed.tree.root(),
            _ => None,
        }
    }

    /// The same as a file that a data package names as a part of it.
    fn into_part_of_package(mut self, part: &str) -> Self {
        if let Self::Tree(parsed) = &mut self {
            parsed.kind = DocumentKind::OfPackage;
            if let Some(root) = parsed.tree.root() {
                parsed.violations = schema::validate_part(SchemaName::DataPackage, part, root);
            }
        }
        self
    }

    fn is_registry(&self) -> bool {
        let kind = if let Parsed::Tree(parsed) = self { Some(&parsed.kind) } else { None };
        matches!(kind, Some(DocumentKind::Known(name)) if *name != SchemaName::Report)
    }
}

/// A tree and what is known of it before it is turned into observations.
struct ParsedTree<'a> {
    tree: Tree<'a>,
    format: Format,
    kind: DocumentKind,
    violations: Vec<Violation>,
}

/// What a tree says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum DocumentKind {
    Known(SchemaName),
    /// The `candor` key holds something else.
    Other(Span, String),
    /// There is no `candor` key.
    Unmarked,
    /// A table schema or dialect of a data package.
    OfPackage,
}

fn parse<'a>(source: &'a Source, limits: &Limits) -> Parsed<'a> {
    if source.failure.is_some() && source.text.is_empty() {
        return Parsed::Nothing;
    }
    let (tree, format) = match syntax_of(source) {
        Some(Syntax::Yaml) => (load::yaml::parse_within(&source.text, limits), Format::ReportYaml),
        Some(Syntax::Json) => (load::json::parse_within(&source.text, limits), Format::ReportJson),
        Some(Syntax::Csv) => return Parsed::Table,
        None => return Parsed::Unknown,
    };
    let is_package = format == Format::ReportJson && package::is_package(&source.path);
    let kind = if is_package { DocumentKind::Known(SchemaName::DataPackage) } else { kind_of(&tree) };
    let violations = match (&kind, tree.root()) {
        (DocumentKind::Known(SchemaName::Report), _) if is_large(source) => Vec::new(),
        (DocumentKind::Known(schema), Some(root)) => violations(*schema, &tree, root, source),
        _ => Vec::new(),
    };
    Parsed::Tree(Box::new(ParsedTree { tree, format, kind, violations }))
}

/// Whether a report document is so large, more than a megabyte, that it is held against its schema, and its figures are
/// read, on all threads.
fn is_large(source: &Source) -> bool {
    source.text.len() > 1 << 20
}

/// How a document breaks its schema.
fn violations(schema: SchemaName, tree: &Tree<'_>, root: Node<'_>, source: &Source) -> Vec<Violation> {
    let mut violations = match schema {
        SchemaName::Report if is_large(source) => schema::validate_report(root),
        _ => schema::validate(schema, root),
    };
    if tree.failure.is_some() || source.failure.is_some() {
        // What is missing may stand in the part that was not read.
        violations.retain(|one| !["required", "minItems", "minProperties"].contains(&one.keyword.as_str()));
    }
    violations
}

enum Syntax {
    Yaml,
    Json,
    Csv,
}

/// The syntax by the file's ending; by its first characters for standard input and other endings.
fn syntax_of(source: &Source) -> Option<Syntax> {
    if source.sheet.is_some() {
        return Some(Syntax::Csv);
    }
    let ending = source.path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("yaml" | "yml") => Some(Syntax::Yaml),
        Some("json") => Some(Syntax::Json),
        Some("csv" | "tsv") => Some(Syntax::Csv),
        _ => sniff(&source.text),
    }
}

fn sniff(text: &str) -> Option<Syntax> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let line = text.lines().next()?;
    if text.starts_with(['{', '[']) {
        Some(Syntax::Json)
    } else if line.starts_with('#') || line.contains(": ") || line.ends_with(':') || line == "---" {
        Some(Syntax::Yaml)
    } else {
        line.contains([',', ';', '\t', '|']).then_some(Syntax::Csv)
    }
}

fn kind_of(tree: &Tree<'_>) -> DocumentKind {
    let Some(marker) = tree.root().and_then(|root| root.get("candor")) else { return DocumentKind::Unmarked };
    let word = marker.text();
    match SchemaName::DOCUMENTS.into_iter().find(|name| name.id() == word) {
        Some(name) => DocumentKind::Known(name),
        None => DocumentKind::Other(marker.span(), word.into_owned()),
    }
}

/// Turns one parsed input into parts of the dataset.
struct Reader<'a> {
    source: &'a Source,
    limits: &'a Limits,
    input: &'a Input,
    /// Those of the dataset.
    profiles: &'a [Profile],
    builder: &'a mut Builder,
    /// What a data package says of the input, where one lists it.
    resource: Option<&'a Resource>,
}

impl Reader<'_> {
    fn read(mut self, parsed: Parsed<'_>) {
        if self.source.failure.is_some() {
            self.report_read_failure();
        }
        if self.source.sheet.as_ref().is_some_and(|sheet| sheet.hidden) {
            let message = "this sheet is hidden in its workbook; it is read like the others";
            let mut problem = self.problem(ProblemKind::UnrecognisedFormat, Span::new(0, 0), message);
            problem.minor = true;
            problem.help = Some("`exclude` in candor.toml leaves a workbook out".to_owned());
            self.builder.problem(problem);
        }
        self.inexact_numbers();
        let has_schema = match &parsed {
            Parsed::Table => true,
            Parsed::Tree(parsed) => matches!(parsed.kind, DocumentKind::Known(_)),
            Parsed::Nothing | Parsed::Unknown => false,
        };
        self.builder.count_input(has_schema);
        match parsed {
            Parsed::Nothing => {}
            Parsed::Unknown => {
                self.unrecognised(Span::new(0, 0), "no format that candor reads is recognised")
            }
            Parsed::Table => self.read_table(),
            Parsed::Tree(parsed) => self.read_tree(*parsed),
        }
    }

    /// What separates the cells of the table that this input is.
    fn separator(&self) -> u8 {
        let separator = separator_of(self.source, self.resource);
        self.source.note_separator(separator);
        separator
    }

    fn location(&self, span: Span) -> Location {
        Location { source: self.input.source, span, cell: self.cell_at(span) }
    }

    /// The cell of a sheet that something stands in: nobody sees the lines of its text.
    fn cell_at(&self, span: Span) -> Option<Cell> {
        self.source.sheet.as_ref()?;
        let (text, start) = (&self.source.text, (span.start as usize).min(self.source.text.len()));
        let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(line..)?.find('\n').map_or(text.len(), |at| line + at);
        // Also in a row that is too long to be read.
        let limits = Limits { row_length: u64::MAX, cell_length: u64::MAX, ..*self.limits };
        let mut rows = csv::Rows::new(&text[line..end], b',', &limits);
        let is_read = rows.advance();
        let before = rows.cells.iter().filter(|cell| is_read && cell.end as usize + line < start).count();
        let row = self.source.lines().line_of(text, span.start) as u32 + 1;
        Some(Cell::at(row, before))
    }

    /// Whether something ends where the readable text was cut off, so that it may itself be cut.
    fn is_cut(&self, span: Span) -> bool {
        self.source.failure.is_some() && span.end as usize >= self.source.text.trim_end().len()
    }

    /// A problem at a span; complete it, then hand it to the builder. Its path is the file and the text at the place,
    /// which stay the same when other lines move.
    fn problem(&self, kind: ProblemKind, span: Span, message: impl Into<String>) -> Problem {
        Problem {
            kind,
            minor: false,
            location: self.location(span),
            path: format!(
                "{}#{}",
                self.source.path,
                self.source.slice(span).chars().take(80).collect::<String>()
            ),
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
            group: None,
        }
    }

    fn report_read_failure(&mut self) {
        let Some(failure) = &self.source.failure else { return };
        let mut problem =
            self.problem(ProblemKind::Unreadable, failure.span.unwrap_or_default(), failure.message.clone());
        problem.help.clone_from(&failure.help);
        if !self.source.text.is_empty() {
            "here".clone_into(&mut problem.label);
        }
        self.builder.problem(problem);
        self.builder.count_unread();
    }

    /// Reports rows of a table that could not be read, or the rest; whether there are any.
    fn report_broken_rows(&mut self, failures: Vec<load::SyntaxError>) -> bool {
        // A fault of the bytes is already reported.
        if failures.is_empty() || self.source.failure.is_some() {
            return false;
        }
        for failure in failures {
            let mut problem = self.problem(ProblemKind::Unreadable, failure.span, failure.message);
            problem.help = failure.help;
            "here".clone_into(&mut problem.label);
            self.builder.problem(problem);
        }
        self.builder.count_unread();
        true
    }

    /// Reports whole numbers of a sheet that may have been others when they were typed.
    fn inexact_numbers(&mut self) {
        let Some(sheet) = self.source.sheet.as_ref().filter(|sheet| !sheet.inexact.is_empty()) else {
            return;
        };
        let mut rows = csv::Rows::new(&self.source.text, b',', self.limits);
        let mut cells = sheet.inexact.iter().peekable();
        while cells.peek().is_some() && rows.advance() {
            while let Some(cell) = cells.next_if(|cell| cell.row == rows.number) {
                let column = cell.column.get() as usize - 1;
                let span = rows.cells.get(column).copied().unwrap_or(rows.span);
                let message = format!(
                    "`{}` is too large for a workbook to keep every digit: the last ones may not be those that were \
                     published",
                    rows.cell(column)
                );
                let mut problem = self.problem(ProblemKind::UnparsableValue, span, message);
                problem.minor = true;
                problem.location.cell = Some(*cell);
                problem.help = Some("keep numbers from 2⁵³ (9,007,199,254,740,992) on as texts".to_owned());
                problem.group = Some("inexact".to_owned());
                self.builder.problem(problem);
            }
        }
    }

    fn unrecognised(&mut self, span: Span, message: &str) {
        let mut problem = self.problem(ProblemKind::UnrecognisedFormat, span, message);
        // What a folder holds besides may be anything; what was named ought to be readable.
        problem.minor = !self.input.named;
        problem.help = Some(
            "a report document begins with `candor: report-v1`; a tidy table has the columns `period` and `value`; \
             `exclude` in candor.toml leaves a file out"
                .to_owned(),
        );
        self.builder.problem(problem);
        if self.input.named {
            self.builder.count_unread();
        }
    }

    fn read_tree(&mut self, parsed: ParsedTree<'_>) {
        let ParsedTree { tree, format, kind, violations } = parsed;
        // A fault of the bytes is already reported; the syntax error at the same place would repeat it.
        if let (Some(failure), None) = (&tree.failure, &self.source.failure) {
            let mut problem = self.problem(ProblemKind::Unreadable, failure.span, failure.message.clone());
            if !self.source.text.is_empty() {
                "reading stops here".clone_into(&mut problem.label);
            }
            problem.help.clone_from(&failure.help);
            self.builder.problem(problem);
            self.builder.count_unread();
        }
        let Some(root) = tree.root() else { return };
        if format == Format::ReportYaml {
            self.allow_comments(&tree);
        }
        match kind {
            DocumentKind::Known(SchemaName::Report) => self.read_report(&tree, root, format, violations),
            DocumentKind::OfPackage | DocumentKind::Known(SchemaName::DataPackage) => {
                self.schema_problems(violations);
                self.duplicate_keys(&tree, |_| false);
            }
            DocumentKind::Known(SchemaName::Claims) => self.read_claims(&tree, root, violations),
            DocumentKind::Known(name) => self.read_registry(&tree, root, name, violations),
            DocumentKind::Other(span, word) => self.unrecognised_kind(span, &word),
            DocumentKind::Unmarked if self.read_json_tables(root) => {}
            DocumentKind::Unmarked if tree.failure.is_some() || self.source.failure.is_some() => {}
            DocumentKind::Unmarked => self.unrecognised(
                Span::new(root.span().start, root.span().start),
                "this file is not a candor document: it has no `candor` key",
            ),
        }
    }

    /// Reads tables in JSON by the profile that they are recognised by; `false` where there is none.
    fn read_json_tables(&mut self, root: Node<'_>) -> bool {
        let tables = load::grid::tables(root);
        let headings: Vec<Vec<String>> = tables.iter().map(|table| table.headings.clone()).collect();
        let profiles: Vec<&Profile> = self.profiles.iter().chain(profile::shipped()).collect();
        let Recognition::By(profile) = recognise(&profiles, &self.source.path, &headings) else {
            return false;
        };
        self.read_json_by_profile(profile, &tables, &load::grid::lists_beside_tables(root));
        true
    }

    fn unrecognised_kind(&mut self, span: Span, word: &str) {
        let known = SchemaName::DOCUMENTS.map(SchemaName::id);
        let mut problem = self.problem(
            ProblemKind::UnrecognisedFormat,
            span,
            format!("`{word}` is no kind of document that candor reads"),
        );
        problem.label = format!("not one of {}", known.join(", "));
        problem.help = closest(word, known).map(|known| format!("did you mean `{known}`?"));
        self.builder.problem(problem);
        self.builder.count_unread();
    }

    fn read_registry(
        &mut self,
        tree: &Tree<'_>,
        root: Node<'_>,
        name: SchemaName,
        violations: Vec<Violation>,
    ) {
        self.schema_problems(violations);
        self.duplicate_keys(tree, |_| false);
        let source = self.input.source;
        match name {
            SchemaName::Entities => {
                registry::read_entities(root, Some(source), |entity| {
                    self.builder.registry().add_entity(entity)
                });
            }
            SchemaName::Metrics => registry::read_metrics(root, self.builder),
            SchemaName::Breaks => registry::read_breaks(root, Some(source), self.builder),
            SchemaName::Relations => registry::read_relations(root, Some(source), self.builder),
            _ => {}
        }
    }

    fn schema_problems(&mut self, violations: Vec<Violation>) {
        for violation in violations {
            let mut problem = self.problem(ProblemKind::Schema, violation.span, violation.message);
            problem.group = Some(group_of(&violation.pointer, &violation.keyword));
            problem.path = format!("{}#{}", self.source.path, violation.pointer);
            problem.label = violation.label;
            problem.help = violation.help;
            problem.related =
                violation.related.into_iter().map(|(span, text)| (self.location(span), text)).collect();
            self.builder.problem(problem);
        }
    }

    /// Keys that stand twice in one object, but for those that `elsewhere` says are reported another way.
    fn duplicate_keys(&mut self, tree: &Tree<'_>, elsewhere: impl Fn(Span) -> bool) {
        for duplicate in &tree.duplicates {
            if elsewhere(duplicate.second) {
                continue;
            }
            let mut problem = self.problem(
                ProblemKind::DuplicateKey,
                duplicate.second,
                format!("the key `{}` stands twice in one object; the first is used", duplicate.key),
            );
            "again".clone_into(&mut problem.label);
            problem.related = vec![(self.location(duplicate.first), "first".to_owned())];
            problem.help = Some("remove one of them".to_owned());
            self.builder.problem(problem);
        }
    }

    /// What the configuration says of how the figures of a table come about. It points at the beginning of the table.
    fn wordings_of_table(&self) -> Vec<Wording> {
        let methodology = self.input.header.methodology.iter();
        let location = self.location(Span::new(0, 0));
        methodology
            .map(|text| Wording { kind: "methodology", text: Name::from(text.as_str()), location })
            .collect()
    }

    /// A document without any statement about itself yet.
    fn document(&self, format: Format, publisher: Name, header: Span) -> Document {
        Document {
            source: self.input.source,
            path: self.source.path.clone(),
            format,
            profile: None,
            derived: false,
            period: None,
            number_style: None,
            lists_selection: false,
            publisher,
            published: None,
            vintage: None,
            rank: 0,
            supersedes: None,
            reason: None,
            provenance: Provenance::default(),
            has_methodology: false,
            wordings: Vec::new(),
            values: 0,
            header,
            complete: self.source.failure.is_none(),
        }
    }

    /// States in the document of a table what is known of it beforehand.
    fn state_header(&self, document: &mut Document) {
        let header = &self.input.header;
        document.published.clone_from(&header.published);
        document.vintage.clone_from(&header.vintage);
        document.reason.clone_from(&header.reason);
        document.provenance = header.provenance.clone();
        document.has_methodology = header.methodology.is_some();
    }
}

/// The group of repeats that a violation belongs to: the same keyword at the same place but for positions in lists.
fn group_of(pointer: &str, keyword: &str) -> String {
    let shape: Vec<&str> = pointer
        .split('/')
        .map(
            |part| {
                if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { part }
            },
        )
        .collect();
    format!("{} {keyword}", shape.join("/"))
}
