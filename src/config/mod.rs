//! `candor.toml`: which files belong to a dataset, what is known of them, and how rules are to judge.
//!
//! The file is read as a spanned tree, checked against a schema that is made from the rules themselves, and turned
//! into the plan of a check. Every fault points into the file; with one, nothing is checked.

mod allow;
mod files;
mod rules;
mod schema;

use std::path::{Path, PathBuf};

pub use files::{Files, FilesFault};
pub use schema::schema_text;

use crate::diag::{Finding, Label, Level, Location, RuleId, Subject};
use crate::engine::Plan;
use crate::ingest::profile::Profile;
use crate::load::{self, Node, Tree};
use crate::schema::{SchemaName, Violation};
use crate::source::limits::LIMITS;
use crate::source::{Limits, Source, SourceId, Span};
use crate::suppress::Baseline;

/// Name of the file.
pub const FILE_NAME: &str = "candor.toml";

/// Findings about the configuration itself carry this identity; they end the run.
pub const CONFIGURATION: RuleId = RuleId { code: "TR002", name: "schema-violation" };

/// A configuration that was read.
#[derive(Debug, Default)]
pub struct Config {
    /// Folder of the file; paths in it are relative to this.
    pub root: PathBuf,
    /// Files of the dataset and what is known of them.
    pub files: Files,
    /// Levels and parameters of rules.
    pub plan: Plan,
    /// The baseline that the file names, relative to its folder.
    pub baseline: Option<String>,
    /// How much of an input is read, and of what is found kept.
    pub limits: Limits,
    /// From which level on findings set exit code 1; `None` for never.
    pub fail_on: Option<FailOn>,
}

/// From which level on findings set exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// From this level on.
    Level(Level),
    /// Never.
    Never,
}

impl FailOn {
    /// The words that configuration and command line use.
    pub const WORDS: [&str; 4] = ["error", "warning", "note", "never"];

    /// Reads one of the words.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "error" => Some(Self::Level(Level::Error)),
            "warning" => Some(Self::Level(Level::Warning)),
            "note" => Some(Self::Level(Level::Note)),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// The level, where there is one.
    pub const fn level(self) -> Option<Level> {
        match self {
            Self::Level(level) => Some(level),
            Self::Never => None,
        }
    }
}

/// Finds the configuration that holds for a path: the nearest one in its folder or above.
pub fn discover(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    absolute.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
}

/// Collects what is wrong with a configuration, and where.
struct Faults<'a> {
    source: SourceId,
    list: Vec<Finding>,
    text: &'a Source,
}

impl Faults<'_> {
    fn add(
        &mut self,
        span: Span,
        path: &str,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Finding {
        let location = Location { source: self.source, span, cell: None };
        let subject = Subject { path: Some(format!("{}#/{path}", self.text.path)), ..Subject::default() };
        self.list.push(Finding::new(
            CONFIGURATION,
            Level::Error,
            subject,
            message,
            Label::new(location, label),
        ));
        // Just pushed.
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}

impl Faults<'_> {
    fn add_violation(&mut self, violation: Violation) {
        let pointer = violation.pointer.trim_start_matches('/').to_owned();
        let finding = self.add(violation.span, &pointer, violation.message, violation.label);
        let mut complete = finding.clone();
        for (span, text) in violation.related {
            let location = Location { span, ..complete.primary.location };
            complete = complete.related(location, text);
        }
        *finding = violation.help.into_iter().fold(complete, Finding::help);
    }
}

/// Reads a configuration.
///
/// # Errors
/// Every fault of the file as a finding that points into it.
pub fn read(source: &Source, id: SourceId, root: PathBuf) -> Result<Config, Vec<Finding>> {
    let mut faults = Faults { source: id, list: Vec::new(), text: source };
    if let Some(failure) = &source.failure {
        faults.add(failure.span.unwrap_or_default(), "", failure.message.clone(), "");
        return Err(faults.list);
    }
    let tree = load::toml::parse(&source.text);
    if let Some(failure) = &tree.failure {
        let finding = faults.add(failure.span, "", failure.message.clone(), "here");
        let help = failure.help.clone();
        *finding = help.into_iter().fold(finding.clone(), Finding::help);
        return Err(faults.list);
    }
    let Some(root_node) = tree.root() else { return Ok(Config { root, ..Config::default() }) };
    check_schema(&tree, root_node, &mut faults);
    let config = Config {
        files: Files::read(root_node, id),
        plan: plan(root_node, &mut faults),
        limits: limits(root_node),
        baseline: root_node.get("baseline").map(|node| node.text().into_owned()),
        fail_on: root_node.get("fail-on").and_then(|node| FailOn::parse(&node.text())),
        root,
    };
    if faults.list.is_empty() { Ok(config) } else { Err(faults.list) }
}

/// Reads `[limits]`. What is no number in range is reported by the schema.
fn limits(root: Node<'_>) -> Limits {
    let mut limits = Limits::default();
    for limit in LIMITS {
        let stated = root.get("limits").and_then(|table| table.get(limit.key));
        if let Some(value) = stated.and_then(|node| node.text().parse().ok()) {
            limits.set(limit, value);
        }
    }
    limits
}

fn plan(root: Node<'_>, faults: &mut Faults<'_>) -> Plan {
    let mut plan = rules::plan(root, faults);
    plan.suppression.allows = allow::entries(root, faults);
    plan
}

/// Reads a baseline.
///
/// # Errors
/// Every fault of the file as a finding that points into it.
pub fn read_baseline(source: &Source, id: SourceId) -> Result<Baseline, Vec<Finding>> {
    let mut faults = Faults { source: id, list: Vec::new(), text: source };
    if let Some(failure) = &source.failure {
        faults.add(failure.span.unwrap_or_default(), "", failure.message.clone(), "");
        return Err(faults.list);
    }
    let tree = load::json::parse(&source.text);
    if let Some(failure) = &tree.failure {
        faults.add(failure.span, "", failure.message.clone(), "here");
        return Err(faults.list);
    }
    let Some(root) = tree.root() else { return Ok(Baseline::empty(id)) };
    let violations = crate::schema::validate(SchemaName::Baseline, root);
    violations.into_iter().for_each(|violation| faults.add_violation(violation));
    if faults.list.is_empty() { Ok(Baseline::read(root, id)) } else { Err(faults.list) }
}

/// Reads a profile that the configuration names.
///
/// # Errors
/// Every fault of the file as a finding that points into it.
pub fn read_profile(source: &Source, id: SourceId) -> Result<Profile, Vec<Finding>> {
    let mut faults = Faults { source: id, list: Vec::new(), text: source };
    if let Some(failure) = &source.failure {
        faults.add(failure.span.unwrap_or_default(), "", failure.message.clone(), "");
        return Err(faults.list);
    }
    Profile::parse(&source.text).map_err(|violations| {
        violations.into_iter().for_each(|violation| faults.add_violation(violation));
        faults.list
    })
}

fn check_schema(tree: &Tree<'_>, root: Node<'_>, faults: &mut Faults<'_>) {
    let violations = match crate::schema::validate_with(&schema_text(), root) {
        Ok(violations) => violations,
        Err(error) => {
            faults.add(Span::new(0, 0), "", error.message, "");
            return;
        }
    };
    violations.into_iter().for_each(|violation| faults.add_violation(violation));
    debug_assert!(tree.duplicates.is_empty(), "TOML refuses duplicate keys");
}

/// Strings of a list.
fn strings<'t>(node: Node<'t>, name: &str) -> impl Iterator<Item = (String, Span)> + use<'t> {
    node.get(name).into_iter().flat_map(Node::items).map(|item| (item.text().into_owned(), item.span()))
}
