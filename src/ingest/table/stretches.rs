//! Reading a long file on all threads.
//!
//! Most files hold one table. What follows its header is cut into stretches that are read side by side, each as if
//! nothing but rows of that table stood before it. Where that does not hold, because a stretch ends with a blank row or
//! a note or begins another table, what was read is dropped and the file is read from top to bottom.

use rayon::prelude::*;

use super::{Section, State};
use crate::ingest::Reader;
use crate::ingest::profile::Profile;
use crate::load::csv::Rows;
use crate::model::Builder;

impl<'a> Reader<'a> {
    /// Reads the rest of a file in stretches; `false` where nothing was read in this way.
    pub(super) fn read_in_stretches<'p>(
        &mut self,
        profile: &'p Profile,
        rows: &Rows<'a>,
        state: &mut State<'a, 'p>,
    ) -> bool {
        // Rows that add up may stand in several stretches.
        let section = state.section.as_ref().filter(|section| !section.rows_add_up());
        let Some(section) = section else { return false };
        let stretches = rows.rest_in_stretches(rayon::current_num_threads());
        // A fault of the rows so far would be forgotten.
        if stretches.len() < 2 || !rows.failures.is_empty() {
            return false;
        }
        let text = &self.source.text;
        let read: Vec<(Builder, State<'a, 'p>)> = stretches
            .par_iter()
            .map(|stretch| self.read_stretch_by_profile(profile, Rows::of(text, stretch), state))
            .collect();
        let is_as_assumed = |(index, (_, end)): (usize, &(Builder, State<'a, 'p>))| {
            let is_same = |other: &Section<'a, 'p>| {
                other.header == section.header && other.key_columns() == section.key_columns()
            };
            end.section.as_ref().is_some_and(is_same)
                && !end.begins_ragged
                // A label with a blank is reported once.
                && end.spaced.len() == state.spaced.len()
                && (index + 1 == read.len() || end.is_within_table())
        };
        if !read.iter().enumerate().all(is_as_assumed) {
            return false;
        }
        self.join_stretches(read, state);
        true
    }

    fn read_stretch_by_profile<'p>(
        &self,
        profile: &'p Profile,
        mut rows: Rows<'a>,
        state: &State<'a, 'p>,
    ) -> (Builder, State<'a, 'p>) {
        let (mut builder, document) = self.builder.for_stretch_of(state.document);
        let mut state = State { document, ..state.clone() };
        Reader { builder: &mut builder, ..*self }.read_lines(profile, &mut rows, &mut state);
        (builder, state)
    }

    /// Puts stretches together, in their order, as if they had been read one after the other.
    fn join_stretches<'p>(&mut self, read: Vec<(Builder, State<'a, 'p>)>, state: &mut State<'a, 'p>) {
        let document = state.document;
        let (mut builders, mut cells) = (Vec::with_capacity(read.len()), Vec::with_capacity(read.len()));
        for (builder, later) in read {
            builders.push(builder);
            cells.push(later.section.as_ref().map(Section::cells_of_blocks).unwrap_or_default());
            let mut styles = std::mem::take(&mut state.styles);
            styles.add(later.styles);
            *state = State { document, styles, is_whole: state.is_whole && later.is_whole, ..later };
        }
        self.builder.add_stretches(document, builders, |stretch, block, _| cells[stretch].get(&block));
    }
}
