//! Published numbers in the order of the inputs.
//!
//! A large document is read in stretches, on several threads. What each of them finds stays where it is, as a piece:
//! putting all of it into one list would take as long as reading a fifth of it, and room for half of it twice.

use super::{Observation, ObservationId};

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
        let place = id.0 as usize;
        let piece = &self.pieces[self.pieces.partition_point(|piece| piece.first <= place) - 1];
        &piece.observations[place - piece.first + piece.skipped]
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Observation> + Clone {
        self.pieces.iter().flat_map(Piece::counted)
    }

    /// Those that stand one after the other in one block.
    pub fn runs(&self) -> impl Iterator<Item = &[Observation]> {
        self.pieces.iter().flat_map(|piece| piece.counted().chunk_by(|left, right| left.block == right.block))
    }

    /// Adds one.
    pub fn push(&mut self, observation: Observation) {
        self.last().push(observation);
    }

    /// Makes room for so many.
    pub fn reserve(&mut self, count: usize) {
        self.last().reserve(count);
    }

    /// Adds those of a stretch. A run of one block is not cut: it belongs to the piece that it begins in.
    pub fn append(&mut self, mut observations: Vec<Observation>) {
        let last = self.last();
        let block = last.last().map(|one| one.block);
        let skipped = observations.iter().take_while(|one| Some(one.block) == block).count();
        if observations.len() - skipped < LEAST_PIECE {
            last.append(&mut observations);
        } else if last.is_empty() {
            *last = observations;
        } else {
            last.extend_from_slice(&observations[..skipped]);
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
    fn last(&mut self) -> &mut Vec<Observation> {
        if self.pieces.is_empty() {
            self.pieces.push(Piece { first: 0, skipped: 0, observations: Vec::new() });
        }
        let last = self.pieces.len() - 1;
        &mut self.pieces[last].observations
    }
}
