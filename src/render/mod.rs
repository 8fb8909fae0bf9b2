//! From an [`Outcome`] to text: one file a format.
//!
//! [`render`] is the way in; it gets everything it prints from its arguments (no clock, no terminal, no
//! environment), so that the same check always gives the same bytes. `terminal` draws each finding over an excerpt of
//! its input with miette, `concise` writes one line a finding, `json` writes everything for other programs; `sarif`,
//! `github`, `gitlab`, `junit`, `markdown`, `csv` and `html` put the same findings where people meet them. The other files are
//! what these share: `excerpt` cuts a window out of an input, `region` says where it is, `words` makes text safe to
//! print and wraps it, `sparkline` draws a series in a line, `inputs` says what was read of each input, `summary`
//! counts, `paint` colours.

mod concise;
mod csv;
mod difference;
mod excerpt;
mod github;
mod gitlab;
mod html;
mod inputs;
mod json;
mod junit;
mod markdown;
mod paint;
mod region;
mod sarif;
mod sparkline;
mod summary;
mod terminal;
mod words;

pub use difference::{DiffFormat, DiffInfo, Patch, difference, patch};

use crate::diag::{Finding, Level};
use crate::engine::Outcome;
use crate::source::Sources;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people: each finding drawn over the lines it speaks of.
    Terminal,
    /// For editors and quick looks: one line a finding.
    Concise,
    /// For programs: everything, as described by the schema `findings-v1`.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For pull requests on GitHub: annotations on the lines.
    Github,
    /// For merge requests on GitLab: a code quality report.
    Gitlab,
    /// For test reports: JUnit XML.
    Junit,
    /// For a comment on a pull request.
    Markdown,
    /// For spreadsheets: one finding a row.
    Csv,
    /// For the file: one page that stands on its own.
    Html,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: [Self; 10] = [
        Self::Terminal,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Csv,
        Self::Html,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// How the formats for people look. JSON takes no notice of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to write terminal colours; without them no escape byte is written.
    pub colour: bool,
    /// Columns of the terminal. Less than 40 counts as 40.
    pub width: usize,
    /// Whether to list what every rule did.
    pub verbose: bool,
    /// Whether to list every finding that was folded into another one or set aside.
    pub all: bool,
    /// Whether a finding about a series draws it in one line, where there is room.
    pub plot: bool,
}

impl Default for Style {
    /// Plain text, 100 columns wide, nothing more than the findings with their series.
    fn default() -> Self {
        Self { colour: false, width: 100, verbose: false, all: false, plot: true }
    }
}

/// What a report states about the run and cannot know from its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInfo {
    /// Version of candor.
    pub version: String,
    /// Hash of all rules with their parameters and documentation.
    pub rule_set_hash: String,
    /// Lowest level at which a finding makes the check fail; `None` where none does.
    pub fail_on: Option<Level>,
    /// The exit code that the check ends with.
    pub exit_code: u8,
    /// The command that makes the report again.
    pub command: String,
}

/// Writes an outcome in a format. The text ends with a line break.
pub fn render(outcome: &Outcome, format: Format, style: &Style, run: &RunInfo) -> String {
    // Here, where all threads are free to count the lines of a large file.
    for finding in shown(&outcome.findings, style.all) {
        for one in std::iter::once(finding).chain(folded_findings(finding)) {
            for label in std::iter::once(&one.primary).chain(&one.related) {
                outcome.sources.get(label.location.source).lines();
            }
        }
    }
    match format {
        Format::Terminal => terminal::render(outcome, style),
        Format::Concise => concise::render(outcome, style),
        Format::Json => json::render(outcome, run),
        Format::Sarif => sarif::render(outcome, run),
        Format::Github => github::render(outcome),
        Format::Gitlab => gitlab::render(outcome),
        Format::Junit => junit::render(outcome, run),
        Format::Markdown => markdown::render(outcome),
        Format::Csv => csv::render(outcome),
        Format::Html => html::render(outcome, run),
    }
}

/// A text of several lines without anything that could upset a terminal.
pub fn printable(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", words::clean(line))).collect()
}

/// Writes findings that belong to no check, such as faults of a configuration, as [`Format::Terminal`] does: each with a
/// blank line after it, without totals.
pub fn faults(sources: &Sources, findings: &[Finding], style: &Style) -> String {
    terminal::findings(sources, None, findings, style)
}

/// The findings that are listed: with `all` those as well that an allow entry or the baseline has set aside.
fn shown(findings: &[Finding], all: bool) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(move |finding| all || !finding.is_set_aside())
}

/// How many findings are folded into one, at any depth.
fn folded_count(finding: &Finding) -> usize {
    finding.folded.iter().map(|one| 1 + folded_count(one)).sum()
}

/// Every finding that is folded into one, at any depth, in order.
fn folded_findings(finding: &Finding) -> Vec<&Finding> {
    finding.folded.iter().flat_map(|one| std::iter::once(one).chain(folded_findings(one))).collect()
}
