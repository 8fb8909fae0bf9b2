//! Marks of numbers in tables that are separated by semicolons.
//!
//! Where a comma stands before decimals, programs separate cells by semicolons: a table saved anew in such a country has
//! `1.204` for one thousand two hundred and four, whatever its publisher or the format says. All numbers of the table
//! together mostly prove which it is; where they do not, that is reported. Nothing is assumed in silence.

use super::notation::{Evidence, Verdict};
use super::{ProblemKind, Reader};
use crate::load::csv::Rows;
use crate::source::{Cell, Span};

/// What separates thousands, and what stands before decimals.
pub(super) type Marks = (Option<char>, char);

impl Reader<'_> {
    /// The marks that the numbers of this table prove to be other than those declared for it.
    pub(super) fn evident_marks(&mut self, separator: u8, declared: Marks) -> Option<Marks> {
        // What a data package states needs no proof.
        if separator != b';' || self.source.sheet.is_some() || self.resource.is_some() {
            return None;
        }
        let mut evidence = Evidence::default();
        let mut first: Option<(Span, Cell, char)> = None;
        let mut rows = Rows::new(&self.source.text, separator, self.limits);
        while rows.advance() {
            for column in 0..rows.cells.len() {
                let text = rows.cell(column);
                if !is_figure(&text) {
                    continue;
                }
                evidence.see(&text);
                if let (None, Some(mark)) = (first, text.chars().find(|mark| matches!(mark, '.' | ','))) {
                    first = Some((rows.cells[column], Cell::at(rows.number, column), mark));
                }
            }
        }
        let (span, cell, _) = first?;
        let shown = self.source.slice(span).to_owned();
        let verdict = evidence.verdict();
        let (message, minor) = match (verdict, verdict.marks()) {
            (Verdict::Plain | Verdict::Contradictory(_), _) => return None,
            (_, Some(marks)) if marks == declared => return None,
            (_, Some((thousands, decimal))) => {
                let thousands =
                    thousands.map(|mark| format!(" and `{mark}` between thousands")).unwrap_or_default();
                (
                    format!(
                        "numbers of this table have `{decimal}` before decimals{thousands}; they are read so"
                    ),
                    true,
                )
            }
            (_, None) => (
                format!(
                    "`{shown}` can be read in two ways in a table separated by `;`, and no other number tells which"
                ),
                false,
            ),
        };
        let mut problem = self.problem(ProblemKind::MixedNumberFormat, span, message);
        problem.minor = minor;
        problem.location.cell = Some(cell);
        problem.path = format!("{}#marks", self.source.path);
        problem.label = "the first of them".to_owned();
        problem.help = (!minor).then(|| {
            let mark = if declared.0.is_some_and(|mark| shown.contains(mark)) { "a thousands separator" } else { "a decimal mark" };
            format!("it is read with {mark}; separate cells by commas, or state the marks in a data package (`groupChar`, `decimalChar`)")
        });
        self.builder.problem(problem);
        verdict.marks()
    }
}

/// Whether a text may be a figure and nothing else.
fn is_figure(text: &str) -> bool {
    let body = text.trim().trim_start_matches(['-', '+', '−']).trim_end_matches('%').trim_end();
    let is_part = |one: char| {
        one.is_ascii_digit() || matches!(one, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')
    };
    body.starts_with(|one: char| one.is_ascii_digit()) && body.chars().all(is_part)
}
