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
    let likeness = |word| {
        let other = simplified(word);
        // To compare letters in their order takes long, and most words have other letters.
        let may_be_like = greatest_likeness(&plain, &other) >= LEAST_LIKENESS;
        may_be_like.then(|| (TextDiff::from_chars(&plain, &other).ratio(), word))
    };
    let ranked = words.into_iter().filter_map(likeness);
    let (likeness, word) =
        ranked.max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)))?;
    (likeness >= LEAST_LIKENESS).then_some(word)
}

/// The likeness that two words would have if their letters stood in one order; all that are not ASCII are taken for one.
fn greatest_likeness(one: &str, other: &str) -> f32 {
    let place = |letter: char| if letter.is_ascii() { letter as usize } else { 0 };
    let mut left = [0i32; 128];
    let (mut common, mut letters) = (0, 0);
    for letter in one.chars() {
        left[place(letter)] += 1;
        letters += 1;
    }
    for letter in other.chars() {
        common += i32::from(left[place(letter)] > 0);
        left[place(letter)] -= 1;
        letters += 1;
    }
    2.0 * common as f32 / letters.max(1) as f32
}

fn simplified(text: &str) -> String {
    text.to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use similar::TextDiff;

    use super::{closest, greatest_likeness};

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

    #[test]
    fn no_words_are_more_alike_than_their_letters() {
        let words = [
            "report",
            "troper",
            "reports",
            "incident",
            "incidnet",
            "not_reported",
            "naïve",
            "naive",
            "é",
            "",
        ];
        for one in words {
            for other in words {
                let likeness = TextDiff::from_chars(one, other).ratio();
                let bound = greatest_likeness(one, other);
                assert!(bound >= likeness || one.is_empty() && other.is_empty(), "{one} {other}");
            }
        }
        assert!(greatest_likeness("report", "troper") > 0.99 && greatest_likeness("report", "adieu") < 0.2);
    }
}
