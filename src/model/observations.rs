//! Published numbers in the order of the inputs.
//!
//! A large document is read in stretches, on several threads. What each of them finds stays where it is, as a piece:
//! putting all of it into one list would take as long as reading a fifth of it, and room for half of it twice.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::{BlockId, Observation, ObservationId};

/// There are millions of them: what makes one larger is to be noticed.
const _: () = assert!(size_of::<Observation>() <= 48);

/// A stretch of fewer numbers is copied behind those before it.
const LEAST_PIECE: usize = 1 << 14;

/// Numbers that stand side by side in memory.
#[derive(Debug)]
struct Piece {
    /// The number of the first that counts.
    first: usize,
    /// How many at its beginning stand in the piece before it too, and do not count here.
    skipped: usize,
    observations: Vec<Observation>,
}

impl Piece {
    fn counted(&self) -> &[Observation] {
        &self.observations[self.skipped..]
    }
}

/// The numbers of some observations, in an order of their own.
#[derive(Debug, Clone)]
pub enum ObservationIds {
    /// Those from the first number up to, and without, the second. They stand in one run of one block, and so side by
    /// side in memory.
    Run(u32, u32),
    /// Any others.
    List(Arc<[ObservationId]>),
}

impl ObservationIds {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Run(first, end) => (end - first) as usize,
            Self::List(list) => list.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place.
    ///
    /// # Panics
    /// Where there are fewer.
    #[inline]
    pub fn at(&self, place: usize) -> ObservationId {
        assert!(place < self.len());
        match self {
            Self::Run(first, _) => ObservationId(first + place as u32),
            Self::List(list) => list[place],
        }
    }

    /// The number at a place; none where there are fewer.
    pub fn get(&self, place: usize) -> Option<ObservationId> {
        (place < self.len()).then(|| self.at(place))
    }

    /// The first number.
    pub fn first(&self) -> Option<ObservationId> {
        self.get(0)
    }

    /// The last number.
    pub fn last(&self) -> Option<ObservationId> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = ObservationId> + Clone + '_ {
        let (run, list) = match self {
            Self::Run(first, end) => (*first..*end, &[][..]),
            Self::List(list) => (0..0, &**list),
        };
        run.map(ObservationId).chain(list.iter().copied())
    }

    /// The place of the first of which this is not so; all those before it come first.
    pub fn partition_point(&self, is_before: impl Fn(ObservationId) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(self.at(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

impl From<Vec<ObservationId>> for ObservationIds {
    fn from(list: Vec<ObservationId>) -> Self {
        Self::List(list.into())
    }
}

/// All observations of a dataset; their numbers are their places.
#[derive(Debug, Default)]
pub struct Observations {
    pieces: Vec<Piece>,
}

impl Observations {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.first + piece.counted().len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The observation with this number.
    #[inline]
    pub fn get(&self, id: ObservationId) -> &Observation {
        let (piece, place) = self.place_of(id.0);
        &piece.observations[place]
    }

    /// The observations with these numbers.
    #[inline]
    pub fn of<'d, 'i>(
        &'d self,
        ids: &'i ObservationIds,
    ) -> impl DoubleEndedIterator<Item = &'d Observation> + Clone + use<'d, 'i> {
        self.within(ids, 0..ids.len())
    }

    /// Those of the observations with these numbers that have these places among them.
    #[inline]
    pub fn within<'d, 'i>(
        &'d self,
        ids: &'i ObservationIds,
        places: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = &'d Observation> + Clone + use<'d, 'i> {
        let (run, list) = match ids {
            ObservationIds::Run(first, _) if !places.is_empty() => {
                let (piece, start) = self.place_of(*first);
                (&piece.observations[start + places.start..start + places.end], &[][..])
            }
            ObservationIds::Run(..) => (&[][..], &[][..]),
            ObservationIds::List(list) => (&[][..], &list[places]),
        };
        run.iter().chain(list.iter().map(|id| self.get(*id)))
    }

    /// The piece that holds an observation, and its place there.
    #[inline]
    fn place_of(&self, number: u32) -> (&Piece, usize) {
        let number = number as usize;
        let piece = &self.pieces[self.pieces.partition_point(|piece| piece.first <= number) - 1];
        (piece, number - piece.first + piece.skipped)
    }

    /// The number of the first of each run of one block, with that block, in order. Runs lie within pieces.
    pub fn run_starts(&self) -> Vec<(ObservationId, BlockId)> {
        let starts = self.pieces.par_iter().map(|piece| {
            let counted = piece.counted();
            let start = |(place, one): (usize, &Observation)| {
                let is_start = place == 0 || counted[place - 1].block != one.block;
                is_start.then_some((ObservationId((piece.first + place) as u32), one.block))
            };
            counted.par_iter().enumerate().filter_map(start).collect()
        });
        starts.collect::<Vec<Vec<_>>>().concat()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Observation> + Clone {
        self.pieces.iter().flat_map(Piece::counted)
    }

    /// All of them, for all threads.
    pub fn par_iter(&self) -> impl ParallelIterator<Item = &Observation> {
        self.pieces.par_iter().flat_map(Piece::counted)
    }

    /// Those that stand one after the other in one block.
    pub fn runs(&self) -> impl Iterator<Item = &[Observation]> {
        self.pieces.iter().flat_map(|piece| piece.counted().chunk_by(|left, right| left.block == right.block))
    }

    /// Adds one.
    #[inline]
    pub fn push(&mut self, observation: Observation) {
        self.newest_piece().push(observation);
    }

    /// Makes room for so many.
    pub fn reserve(&mut self, count: usize) {
        self.newest_piece().reserve(count);
    }

    /// Adds those of a stretch. A run of one block is not cut: it belongs to the piece that it begins in.
    pub fn append(&mut self, mut observations: Vec<Observation>) {
        let newest = self.newest_piece();
        let block = newest.last().map(|one| one.block);
        let skipped = observations.iter().take_while(|one| Some(one.block) == block).count();
        if observations.len() - skipped < LEAST_PIECE {
            newest.append(&mut observations);
        } else if newest.is_empty() {
            *newest = observations;
        } else {
            // No more room than is needed: a large piece would be moved to twice its room.
            newest.reserve_exact(skipped);
            newest.extend_from_slice(&observations[..skipped]);
            self.pieces.push(Piece { first: self.len(), skipped, observations });
        }
    }

    /// The observations themselves, in pieces.
    pub fn into_pieces(self) -> impl Iterator<Item = Vec<Observation>> {
        self.pieces.into_iter().map(|mut piece| {
            piece.observations.drain(..piece.skipped);
            piece.observations
        })
    }

    /// The observations of the last piece, to add some.
    #[inline]
    fn newest_piece(&mut self) -> &mut Vec<Observation> {
        if self.pieces.is_empty() {
            self.pieces.push(Piece { first: 0, skipped: 0, observations: Vec::new() });
        }
        let last = self.pieces.len() - 1;
        &mut self.pieces[last].observations
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Absence, BlockId, Origin, Period, Quantity};
    use crate::source::{SourceId, Span};

    /// Observations that stand at these places of a text, of one block each.
    fn some(places: std::ops::Range<usize>, block: impl Fn(usize) -> u32) -> Vec<Observation> {
        let observation = |place: usize| Observation {
            block: BlockId(block(place)),
            period: Period::parse("2024").unwrap(),
            quantity: Quantity::Absent(Absence::NotReported),
            origin: Origin { source: SourceId(0), value: Span::new(place as u32, place as u32), cell: None },
        };
        places.map(observation).collect()
    }

    #[test]
    fn pieces_read_like_one_list() {
        // The ends of these stretches lie within runs, at their ends, and all of one stretch is within a run.
        let ends =
            [LEAST_PIECE + 7, 2 * LEAST_PIECE + 14, 2 * LEAST_PIECE + 20, 4 * LEAST_PIECE, 9 * LEAST_PIECE];
        let block = |place: usize| {
            let start_of_run = 4 * LEAST_PIECE;
            if place < start_of_run {
                (place / 10) as u32
            } else {
                ((place - start_of_run) / (2 * LEAST_PIECE)) as u32
            }
        };
        let mut observations = Observations::default();
        let mut start = 0;
        for end in ends {
            observations.append(some(start..end, block));
            start = end;
        }
        observations.append(some(start..start + LEAST_PIECE, block));
        observations.push(some(start + LEAST_PIECE..start + LEAST_PIECE + 1, block).remove(0));
        let all = some(0..start + LEAST_PIECE + 1, block);
        assert!(observations.pieces.len() > 2, "{}", observations.pieces.len());
        assert_eq!(observations.len(), all.len());
        let places =
            |some: &[Observation]| some.iter().map(|one| one.origin.value.start).collect::<Vec<u32>>();
        for (place, one) in observations.iter().enumerate() {
            assert_eq!(one.origin.value.start as usize, place);
            assert_eq!(observations.get(ObservationId(place as u32)).origin.value.start as usize, place);
        }
        let runs = || all.chunk_by(|left, right| left.block == right.block);
        assert!(observations.runs().map(places).eq(runs().map(places)));
        let starts = runs().map(|run| (ObservationId(run[0].origin.value.start), run[0].block));
        assert!(observations.run_starts().into_iter().eq(starts));
        assert_eq!(observations.par_iter().count(), all.len());
        assert_eq!(places(&observations.into_pieces().collect::<Vec<_>>().concat()), places(&all));
    }

    #[test]
    fn ids_of_a_run_and_of_a_list_read_alike() {
        let run = ObservationIds::Run(3, 8);
        let list = ObservationIds::from((3..8).map(ObservationId).collect::<Vec<_>>());
        let mut observations = Observations::default();
        observations.append(some(0..10, |_| 0));
        for ids in [&run, &list] {
            assert_eq!((ids.len(), ids.is_empty()), (5, false));
            assert_eq!((ids.first(), ids.last()), (Some(ObservationId(3)), Some(ObservationId(7))));
            assert_eq!((ids.at(2), ids.get(4), ids.get(5)), (ObservationId(5), Some(ObservationId(7)), None));
            assert!(ids.iter().rev().eq((3..8).rev().map(ObservationId)));
            for first_after in 0..10 {
                let place = ids.partition_point(|id| id.0 < first_after);
                assert_eq!(place as u32, first_after.clamp(3, 8) - 3);
            }
            let starts = |range: Range<usize>| -> Vec<u32> {
                observations.within(ids, range).map(|one| one.origin.value.start).collect()
            };
            assert_eq!((starts(0..5), starts(2..4)), (vec![3, 4, 5, 6, 7], vec![5, 6]));
            assert!(starts(5..5).is_empty());
        }
        let none = ObservationIds::Run(0, 0);
        assert!(
            none.is_empty() && none.last().is_none() && Observations::default().of(&none).next().is_none()
        );
    }
}
