//! What a comma or a dot between digits means, where a profile does not say it.
//!
//! The figures of a column show together how they are written. Where each of those with a mark can be read in two ways,
//! none is guessed: one finding says so for the column, and its other figures are read.

use std::borrow::Cow;

use super::{Reader, State};
use crate::ingest::notation::evidence::{Evidence, Verdict};
use crate::load::csv::Rows;
use crate::model::ProblemKind;
use crate::source::{Cell, Span};

/// What was seen of a column.
#[derive(Default)]
struct Seen {
    evidence: Evidence,
    /// Figures with a comma or a dot, each with its place and text.
    marked: Vec<(Span, u32, String)>,
}

impl Reader<'_> {
    /// Looks at the rows of a table that has just begun and settles how each of its columns is written.
    pub(super) fn settle_marks(&mut self, state: &mut State<'_, '_>, mut rows: Rows<'_>) {
        let Some(section) = &mut state.section else { return };
        let mut seen: Vec<Seen> = section.values.iter().map(|_| Seen::default()).collect();
        while rows.advance() && !rows.is_blank() {
            if rows.cells.len() != section.width || section.is_note(&rows) {
                continue;
            }
            for (value, seen) in section.values.iter().zip(&mut seen) {
                let text = rows.cell(value.column);
                seen.evidence.see(&text);
                if has(&text, ',') || has(&text, '.') {
                    let place = rows.cells.get(value.column).copied().unwrap_or(rows.span);
                    seen.marked.push((place, rows.number, text.into_owned()));
                }
            }
        }
        let mut unsettled = Vec::new();
        for (value, seen) in section.values.iter_mut().zip(seen) {
            let verdict = seen.evidence.verdict();
            // A workbook keeps numbers apart from texts and writes their decimals with a dot here.
            if self.source.sheet.is_some() && verdict == Verdict::Ambiguous('.') {
                continue;
            }
            match (verdict, verdict.notation(&value.notation)) {
                (Verdict::Plain, _) => {}
                (_, Some(notation)) => value.notation = Cow::Owned(notation),
                (Verdict::Ambiguous(mark) | Verdict::Contradictory(mark), None) => {
                    value.unsettled = Some(mark);
                    unsettled.push((value.column, verdict, mark, seen.marked));
                }
                _ => {}
            }
        }
        for (column, verdict, mark, marked) in unsettled {
            let heading = state.section.as_ref().map(|section| section.headings[column].clone());
            self.unsettled_marks(&heading.unwrap_or_default(), column, verdict, mark, &marked);
            state.is_whole = false;
        }
    }

    fn unsettled_marks(
        &mut self,
        heading: &str,
        column: usize,
        verdict: Verdict,
        mark: char,
        marked: &[(Span, u32, String)],
    ) {
        let with_mark: Vec<_> = marked.iter().filter(|(.., text)| has(text, mark)).collect();
        let Some((place, row, text)) = with_mark.first() else { return };
        let figures = crate::diag::quantity_of(with_mark.len(), "figure");
        let message = if matches!(verdict, Verdict::Ambiguous(_)) {
            format!(
                "`{mark}` may stand between thousands or before decimals in the column `{heading}`; {figures} with it \
                 are not read"
            )
        } else {
            format!(
                "`{mark}` stands between thousands and before decimals in the column `{heading}`; {figures} with it are \
                 not read"
            )
        };
        let mut problem = self.problem(ProblemKind::UnparsableValue, *place, message);
        problem.location.cell = Some(Cell::at(*row, column));
        problem.path = format!("{}#{heading}", self.source.path);
        problem.label = format!("the first of them, `{}`", crate::ingest::value::shortened(text.trim()));
        problem.help =
            Some("say which it is in the profile: `thousands` or `decimal` under `[numbers]`".to_owned());
        self.builder.problem(problem);
    }
}

/// Whether a mark stands between digits of a text.
pub fn has(text: &str, mark: char) -> bool {
    text.match_indices(mark).any(|(at, found)| {
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        is_digit(text.as_bytes().get(at + found.len()))
            && at.checked_sub(1).is_some_and(|before| is_digit(text.as_bytes().get(before)))
    })
}
