//! What changed between two sides, as text: one file a format.
//!
//! `terminal` and `markdown` are for people: the largest restatement first, both cells shown, the rest folded with exact
//! totals. `json` (schema `diff-v1`) and `csv` hold everything. `words` is what they share.

mod csv;
mod json;
mod markdown;
mod patch;
mod terminal;
mod words;

use super::Style;
use crate::diag::Level;
use crate::engine::Step;

pub use patch::{Patch, patch};

/// How a difference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiffFormat {
    /// For people, on a screen.
    Terminal,
    /// For people, as a comment on a change.
    Markdown,
    /// For programs: everything, as described by the schema `diff-v1`.
    Json,
    /// For spreadsheets: a row for every figure that is not the same.
    Csv,
}

impl DiffFormat {
    /// Every format, in the order of the help text.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Markdown, Self::Json, Self::Csv];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// What a report on a difference states about the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffInfo {
    /// Version of candor.
    pub version: String,
    /// Lowest level at which a change counts; `None` where none does.
    pub fail_on: Option<Level>,
    /// The exit code that the comparison ends with.
    pub exit_code: u8,
}

/// Writes what changed in one or several steps. The text ends with a line break.
///
/// # Errors
/// Where the library that writes tables fails.
pub fn difference(
    steps: &[Step<'_>],
    format: DiffFormat,
    style: &Style,
    info: &DiffInfo,
) -> Result<String, String> {
    Ok(match format {
        DiffFormat::Terminal => terminal::render(steps, style),
        DiffFormat::Markdown => markdown::render(steps, style),
        DiffFormat::Json => json::render(steps, info),
        DiffFormat::Csv => csv::render(steps)?,
    })
}
