//! Figures that a table states in parts.
//!
//! Where a profile says that rows add up, rows that agree in series and period are parts of one figure: services of a
//! company, accounts of one subscriber, which the table does not name. Their sum is the figure. What cannot be added,
//! such as rates and distinct counts, stays apart, each part by its place among the others.

use std::collections::HashMap;

use crate::ingest::Reader;
use crate::model::{
    Absence, Additivity, Block, BlockId, Name, Observation, Origin, Period, Quantity, SeriesKey,
};

impl Reader<'_> {
    /// Hands figures on, those that are parts of one as their sum.
    pub(super) fn add_up(&mut self, figures: Vec<Observation>) {
        let mut places: HashMap<(BlockId, Period), usize> = HashMap::new();
        let mut groups: Vec<Vec<Observation>> = Vec::new();
        for figure in figures {
            let place = *places.entry((figure.block, figure.period)).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(figure),
                None => groups.push(vec![figure]),
            }
        }
        let mut apart: HashMap<(BlockId, usize, usize), BlockId> = HashMap::new();
        for group in groups {
            let group = self.without_blanks(group);
            let Some(first) = group.first().cloned() else { continue };
            let (block, count) = (first.block, group.len());
            let is_additive = self.builder.block_with_key(block).1.unit.additivity() == Additivity::Additive;
            if let Some(sum) = sum(&group).filter(|_| is_additive || count == 1) {
                self.builder.count_values(1);
                self.builder.observation(sum);
                continue;
            }
            self.builder.count_values(count + 1);
            // The parts are stated, and the whole is not.
            self.builder
                .observation(Observation { quantity: Quantity::Absent(Absence::NotReported), ..first });
            for (index, part) in group.into_iter().enumerate() {
                let block = *apart
                    .entry((block, index, count))
                    .or_insert_with(|| self.block_of_part(block, index, count));
                self.builder.observation(Observation { block, ..part });
            }
        }
    }

    /// Figures that may be parts of one, without those that say nothing: a blank beside a figure is the place of another
    /// part, and a blank in a row that repeats figures repeats none.
    fn without_blanks(&self, mut group: Vec<Observation>) -> Vec<Observation> {
        let is_absent = |one: &Observation| matches!(one.quantity, Quantity::Absent(_));
        let is_redundant = self.builder.block_with_key(group[0].block).0.redundant;
        if is_redundant || !group.iter().all(is_absent) {
            group.retain(|one| !is_absent(one));
        }
        group.truncate(if group.iter().all(is_absent) { 1 } else { group.len() });
        group
    }

    /// The block of a part that has no name. Parts of as many are compared with each other, others are not.
    fn block_of_part(&mut self, block: BlockId, index: usize, count: usize) -> BlockId {
        let (block, key) = self.builder.block_with_key(block);
        let part = format!("part {} of {count}", index + 1);
        let surface = key.surface.as_ref().map_or(part.clone(), |surface| format!("{surface}, {part}"));
        let key = SeriesKey { surface: Some(Name::from(surface)), ..key.clone() };
        let block = block.clone();
        let series = self.builder.series(key);
        self.builder.block(Block { series, ..block })
    }
}

/// The sum of figures, which stands where they stand; `None` where one of them is no number.
fn sum(figures: &[Observation]) -> Option<Observation> {
    let (first, others) = figures.split_first()?;
    others.iter().try_fold(first.clone(), |sum, part| {
        let quantity = sum.quantity.plus(&part.quantity)?;
        let value = sum.origin.value.to(part.origin.value);
        Some(Observation { quantity, origin: Origin { value, ..sum.origin }, ..sum })
    })
}
