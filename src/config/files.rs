//! Which files belong to a dataset, and what is known of tables that say little of themselves.

use std::path::Path;

use globset::{Glob, GlobMatcher};

use super::strings;
use crate::diag::Location;
use crate::ingest::TableHeader;
use crate::load::Node;
use crate::model::Provenance;
use crate::source::SourceId;

/// A pattern and where it stands in the configuration.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The pattern as written.
    pub text: String,
    /// Where.
    pub location: Location,
    matcher: Option<GlobMatcher>,
}

impl Pattern {
    fn new(text: String, location: Location) -> Self {
        // A folder names everything in it.
        let glob = text.strip_suffix('/').map_or_else(|| text.clone(), |folder| format!("{folder}/**"));
        let matcher = Glob::new(&glob).ok().map(|glob| glob.compile_matcher());
        Self { text, location, matcher }
    }

    /// Whether it matches a path relative to the dataset's folder.
    pub fn matches(&self, path: &Path) -> bool {
        self.matcher.as_ref().is_some_and(|matcher| matcher.is_match(path))
    }
}

/// A table and the facts about it.
#[derive(Debug, Clone)]
struct TableFacts {
    pattern: Pattern,
    header: TableHeader,
}

/// Files of a dataset.
#[derive(Debug, Clone, Default)]
pub struct Files {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    tables: Vec<TableFacts>,
    /// Registries to read whichever files are checked, relative to the dataset's folder.
    pub registries: Vec<Pattern>,
    /// Profiles of publishers' formats, relative to the dataset's folder.
    pub profiles: Vec<Pattern>,
}

/// Why a pattern has no effect.
#[derive(Debug, Clone)]
pub struct FilesFault {
    /// The pattern.
    pub text: String,
    /// Where it stands.
    pub location: Location,
}

impl Files {
    pub(super) fn read(root: Node<'_>, source: SourceId) -> Self {
        let pattern = |(text, span)| Pattern::new(text, Location { source, span, cell: None });
        let patterns = |name: &str| strings(root, name).map(pattern).collect();
        let tables = root.get("tables").into_iter().flat_map(Node::items);
        Self {
            include: patterns("include"),
            exclude: patterns("exclude"),
            registries: patterns("registries"),
            profiles: patterns("profiles"),
            tables: tables
                .filter_map(|node| {
                    let path = node.get("path")?;
                    Some(TableFacts {
                        pattern: pattern((path.text().into_owned(), path.span())),
                        header: header(node),
                    })
                })
                .collect(),
        }
    }

    /// Whether a file that was met in a folder belongs to the dataset; the path is relative to the dataset's folder.
    pub fn selects(&self, path: &Path) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(path));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }

    /// Whether `include` names a file, so that it ought to be readable.
    pub fn includes(&self, path: &Path) -> bool {
        self.include.iter().any(|pattern| pattern.matches(path))
    }

    /// Every pattern that ought to match something.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.include.iter().chain(&self.exclude).chain(self.tables.iter().map(|facts| &facts.pattern))
    }

    /// What is known of a table; a later entry adds to an earlier one.
    pub fn header(&self, path: &Path) -> TableHeader {
        let mut result = TableHeader::default();
        for facts in self.tables.iter().filter(|facts| facts.pattern.matches(path)) {
            let mut header = facts.header.clone();
            header.add(&result);
            result = header;
        }
        result
    }

    /// Patterns that match none of some paths.
    pub fn unmatched<'a>(&'a self, paths: &'a [impl AsRef<Path>]) -> impl Iterator<Item = FilesFault> + 'a {
        self.patterns()
            .filter(|pattern| !paths.iter().any(|path| pattern.matches(path.as_ref())))
            .map(|pattern| FilesFault { text: pattern.text.clone(), location: pattern.location })
    }
}

fn header(node: Node<'_>) -> TableHeader {
    let text = |node: Option<Node<'_>>| node.map(|node| node.text().into_owned());
    let source = node.get("source");
    let columns = node.get("columns").into_iter().flat_map(Node::members);
    TableHeader {
        columns: columns.map(|member| (member.key.into_owned(), member.value.text().into_owned())).collect(),
        published: text(node.get("published")),
        vintage: text(node.get("vintage")),
        reason: text(node.get("reason")),
        methodology: text(node.get("methodology")),
        provenance: Provenance {
            url: text(source.and_then(|source| source.get("url"))),
            retrieved: text(source.and_then(|source| source.get("retrieved"))),
            is_packaged: false,
        },
    }
}
