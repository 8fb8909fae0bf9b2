//! Which profile a table was written by.
//!
//! A profile is recognised where a row among the first of a file holds every heading that one of its tables asks for,
//! and the file's name is one of those it names, if it names any. The more headings agree, the better the match; two
//! that agree equally are not decided between. What came close is kept, because that is what helps with a file that
//! nothing matches.

use super::{Profile, TableShape};
use crate::load::csv::Rows;

/// Rows that are looked at: a title, notes and a blank line may stand above the first header.
const ROWS_LOOKED_AT: usize = 40;

/// How well a profile fits a table.
#[derive(Debug, Clone)]
pub struct Fit<'p> {
    /// The profile.
    pub profile: &'p Profile,
    /// Headings that were found, in the kind of table that fits best.
    pub found: usize,
    /// Headings of it that were not.
    pub missing: Vec<&'p str>,
    /// Whether the file's name is one that the profile is for.
    pub is_named: bool,
}

impl Fit<'_> {
    /// Whether the table can be read by this profile.
    pub fn is_match(&self) -> bool {
        self.missing.is_empty() && self.is_named
    }

    /// The order of fits: matches before others, then by headings found, those of a named file first.
    fn rank(&self) -> (bool, usize, bool, std::cmp::Reverse<usize>) {
        let is_for_name = self.is_named && !self.profile.files.is_empty();
        (self.is_match(), self.found, is_for_name, std::cmp::Reverse(self.missing.len()))
    }
}

/// Which profile a table is read by.
#[derive(Debug, Clone)]
pub enum Recognition<'p> {
    /// This one.
    By(&'p Profile),
    /// Several fit equally well.
    Ambiguous(Vec<&'p Profile>),
    /// None; those that came closest, the best first.
    None(Vec<Fit<'p>>),
}

/// The rows at the beginning of a table, with the texts of their cells; blank ones are passed over.
pub fn first_rows(mut rows: Rows<'_>) -> Vec<Vec<String>> {
    let mut first = Vec::new();
    while first.len() < ROWS_LOOKED_AT && rows.advance() {
        if !rows.is_blank() {
            first.push((0..rows.cells.len()).map(|column| rows.cell(column).trim().to_owned()).collect());
        }
    }
    first
}

/// How well each profile fits a table with some heading in common, the best first.
pub fn fits<'p>(profiles: &[&'p Profile], path: &str, rows: &[Vec<String>]) -> Vec<Fit<'p>> {
    let mut fits: Vec<Fit<'_>> = profiles.iter().filter_map(|profile| fit(profile, path, rows)).collect();
    // A stable sort: the dataset's own profiles come before those that ship with candor.
    fits.sort_by_key(|fit| std::cmp::Reverse(fit.rank()));
    fits
}

/// Decides between the profiles.
pub fn recognise<'p>(profiles: &[&'p Profile], path: &str, rows: &[Vec<String>]) -> Recognition<'p> {
    let fits = fits(profiles, path, rows);
    let Some(best) = fits.first().filter(|fit| fit.is_match()) else { return Recognition::None(fits) };
    let equal: Vec<&Profile> =
        fits.iter().filter(|fit| fit.rank() == best.rank()).map(|fit| fit.profile).collect();
    if equal.len() > 1 { Recognition::Ambiguous(equal) } else { Recognition::By(best.profile) }
}

fn fit<'p>(profile: &'p Profile, path: &str, rows: &[Vec<String>]) -> Option<Fit<'p>> {
    let tables = profile.tables.iter().flat_map(|shape| rows.iter().map(move |row| (shape, row)));
    let (shape, missing) = tables
        .map(|(shape, row)| (shape, missing_headings(shape, row)))
        .filter(|(shape, missing)| missing.len() < shape.header.len())
        .max_by_key(|(shape, missing)| {
            let found = shape.header.len() - missing.len();
            // Tables with one header stand in files of several names.
            let is_named = shape.is_for(path);
            (
                missing.is_empty() && is_named,
                missing.is_empty(),
                found,
                is_named,
                std::cmp::Reverse(missing.len()),
            )
        })?;
    let is_named = profile.is_for(path) && shape.is_for(path);
    Some(Fit { profile, found: shape.header.len() - missing.len(), missing, is_named })
}

/// Headings of a table that a row does not hold.
pub fn missing_headings<'p>(shape: &'p TableShape, row: &[String]) -> Vec<&'p str> {
    let missing = shape.header.iter().filter(|heading| !row.iter().any(|cell| heading.matches(cell)));
    missing.map(|heading| heading.text.as_str()).collect()
}
