//! "Did you mean …?", with a bound on how much work that may be.

use std::collections::HashMap;

use crate::diag::closest;

/// So many different misspellings of one file get a suggestion; a file with more is not a matter of spelling.
const SUGGESTION_LIMIT: usize = 2_000;

/// Finds the nearest of the allowed words, and remembers what it found.
#[derive(Debug, Default)]
pub(super) struct Suggestions {
    found: HashMap<(String, String), Option<String>>,
}

impl Suggestions {
    /// The word nearest to `text`; `scope` tells one list of words from another.
    pub(super) fn nearest<'w>(
        &mut self,
        scope: &str,
        text: &str,
        words: impl FnOnce() -> Vec<&'w str>,
    ) -> Option<String> {
        let key = (scope.to_owned(), text.to_owned());
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        if self.found.len() >= SUGGESTION_LIMIT {
            return None;
        }
        let nearest = closest(text, words()).map(str::to_owned);
        self.found.insert(key, nearest.clone());
        nearest
    }
}
