//! "Did you mean …?"

use similar::TextDiff;

/// Below this likeness (twice the common letters over all letters) a word is no misspelling of another.
const LEAST_LIKENESS: f32 = 0.6;
/// Longer texts are no misspelt word.
const LONGEST: usize = 64;

/// The word that is most like `text`, where one is like it; letter case and the choice of separator do not count.
pub fn closest<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    if text.len() > LONGEST {
        return None;
    }
    let plain = simplified(text);
    let ranked = words.into_iter().map(|word| (TextDiff::from_chars(&plain, simplified(word)).ratio(), word));
    let (likeness, word) =
        ranked.max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)))?;
    (likeness >= LEAST_LIKENESS).then_some(word)
}

fn simplified(text: &str) -> String {
    text.to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let words = ["report", "incident", "not_reported", "actor"];
        let cases = [
            ("reports", Some("report")),
            ("Report", Some("report")),
            ("not-reported", Some("not_reported")),
            ("incidnet", Some("incident")),
            ("xyz", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(closest(text, words), expected, "{text}");
        }
    }
}
